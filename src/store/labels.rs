//! Verdicts, one for each group and annotator.

use rusqlite::{OptionalExtension as _, Row, params};

use super::batches::SHOWN;
use super::rows::{id, json, time, to_json};
use super::{Read, Result, StoreError, Write, groups};
use crate::domain::{AnnotatorId, Group, GroupId, Label, ReplyId};

pub(super) const COLUMNS: &str = "labels.group_id, labels.annotator, labels.round, labels.verdict, labels.guidelines, labels.seconds, labels.labeled_at";

impl Read<'_> {
    /// An annotator's verdict on a group.
    pub fn label(&self, group: GroupId, annotator: AnnotatorId) -> Result<Option<Label>> {
        let sql = format!("SELECT {COLUMNS} FROM labels WHERE group_id = ?1 AND annotator = ?2");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row([group.to_bytes(), annotator.to_bytes()], |row| from_row(row, 0)).optional()?)
    }

    /// All annotators' verdicts on a group.
    pub fn labels_of(&self, group: GroupId) -> Result<Vec<Label>> {
        let sql = format!("SELECT {COLUMNS} FROM labels WHERE group_id = ?1 ORDER BY annotator");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([group.to_bytes()], |row| from_row(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every verdict with its group and the texts of its round, in the order of the groups' numbers.
    pub fn for_each_label<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(Group, Vec<(ReplyId, String)>, Label) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "SELECT {}, {COLUMNS} FROM groups CROSS JOIN labels ON labels.group_id = groups.id
             WHERE {SHOWN} ORDER BY groups.number, labels.annotator",
            groups::COLUMNS
        );
        let mut statement = self.connection.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let group = groups::from_row(row).map_err(StoreError::from)?;
            let label = from_row(row, 7).map_err(StoreError::from)?;
            let texts = self.texts(group.id, label.round)?;
            each(group, texts, label)?;
        }
        Ok(())
    }

    /// The mean time of an annotator's last labels, at most `count`, in seconds; imported ones, which took no time, left
    /// out.
    pub fn recent_seconds(&self, annotator: AnnotatorId, count: u32) -> Result<Option<f32>> {
        let sql = "SELECT avg(seconds) FROM (SELECT seconds FROM labels WHERE annotator = ?1 AND seconds > 0
            ORDER BY labeled_at DESC LIMIT ?2)";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row(params![annotator.to_bytes(), count], |row| row.get(0))?)
    }

    /// How many verdicts each annotator gave.
    pub fn labels_by_annotator(&self) -> Result<Vec<(AnnotatorId, u64)>> {
        let sql = "SELECT annotator, count(*) FROM labels GROUP BY annotator ORDER BY annotator";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement
            .query_map([], |row| Ok((id(row, 0, AnnotatorId::from_bytes)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// All verdicts of the session.
    pub fn count_labels(&self) -> Result<u64> {
        let count: i64 = self.connection.query_row("SELECT count(*) FROM labels", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

impl Write<'_> {
    /// Give a verdict, in place of an earlier one.
    pub fn set_label(&self, label: &Label) -> Result<()> {
        self.keep_blind(label.group, label.annotator)?;
        let sql = "INSERT OR REPLACE INTO labels (group_id, annotator, round, verdict, guidelines, seconds, labeled_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.connection.prepare_cached(sql)?.execute(params![
            label.group.to_bytes(),
            label.annotator.to_bytes(),
            label.round,
            to_json(&label.verdict)?,
            label.guidelines,
            f64::from(label.seconds),
            label.labeled_at.to_string(),
        ])?;
        Ok(())
    }

    pub(super) fn remove_label(&self, group: GroupId, annotator: AnnotatorId) -> Result<()> {
        self.keep_blind(group, annotator)?;
        let sql = "DELETE FROM labels WHERE group_id = ?1 AND annotator = ?2";
        self.connection.prepare_cached(sql)?.execute([group.to_bytes(), annotator.to_bytes()])?;
        Ok(())
    }
}

pub(super) fn from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Label> {
    Ok(Label {
        group: id(row, first, GroupId::from_bytes)?,
        annotator: id(row, first + 1, AnnotatorId::from_bytes)?,
        round: row.get(first + 2)?,
        verdict: json(row, first + 3)?,
        guidelines: row.get(first + 4)?,
        seconds: row.get::<_, f64>(first + 5)? as f32,
        labeled_at: time(row, first + 6)?,
    })
}
