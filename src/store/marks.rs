//! What an annotator noted beside the verdict, and checks that are not confirmed yet.

use rusqlite::{OptionalExtension as _, Row, params};

use super::rows::{id, json, to_json};
use super::{Read, Result, Write};
use crate::domain::{AnnotatorId, Draft, GroupId, Mark};

impl Read<'_> {
    /// An annotator's marks on a group.
    pub fn mark(&self, group: GroupId, annotator: AnnotatorId) -> Result<Mark> {
        let sql = "SELECT skips, skip_order, flagged, note, later FROM marks WHERE group_id = ?1 AND annotator = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_row([group.to_bytes(), annotator.to_bytes()], |row| from_row(row, 0));
        Ok(found.optional()?.unwrap_or_default())
    }

    /// All annotators' marks on a group.
    pub fn marks_of(&self, group: GroupId) -> Result<Vec<(AnnotatorId, Mark)>> {
        let sql = "SELECT annotator, skips, skip_order, flagged, note, later FROM marks WHERE group_id = ?1 ORDER BY annotator";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement
            .query_map([group.to_bytes()], |row| Ok((id(row, 0, AnnotatorId::from_bytes)?, from_row(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The place that the next skip takes in the order of this annotator's skips.
    pub fn next_skip_order(&self, annotator: AnnotatorId) -> Result<u64> {
        let sql = "SELECT coalesce(max(skip_order), 0) + 1 FROM marks WHERE annotator = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([annotator.to_bytes()], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// An annotator's checks that are not confirmed.
    pub fn draft(&self, group: GroupId, annotator: AnnotatorId) -> Result<Option<Draft>> {
        let sql = "SELECT checked FROM drafts WHERE group_id = ?1 AND annotator = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found =
            statement.query_row([group.to_bytes(), annotator.to_bytes()], |row| Ok(Draft { checked: json(row, 0)? }));
        Ok(found.optional()?)
    }

    /// All annotators' unconfirmed checks on a group.
    pub fn drafts_of(&self, group: GroupId) -> Result<Vec<(AnnotatorId, Draft)>> {
        let sql = "SELECT annotator, checked FROM drafts WHERE group_id = ?1 ORDER BY annotator";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([group.to_bytes()], |row| {
            Ok((id(row, 0, AnnotatorId::from_bytes)?, Draft { checked: json(row, 1)? }))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Replace an annotator's marks on a group.
    pub fn set_mark(&self, group: GroupId, annotator: AnnotatorId, mark: &Mark) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO marks (group_id, annotator, skips, skip_order, flagged, note, later)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.connection.prepare_cached(sql)?.execute(params![
            group.to_bytes(),
            annotator.to_bytes(),
            mark.skips,
            mark.skip_order as i64,
            mark.flagged,
            mark.note,
            mark.later,
        ])?;
        Ok(())
    }

    /// Keep checks that are not confirmed.
    pub fn set_draft(&self, group: GroupId, annotator: AnnotatorId, draft: &Draft) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO drafts (group_id, annotator, checked) VALUES (?1, ?2, ?3)";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute(params![group.to_bytes(), annotator.to_bytes(), to_json(&draft.checked)?])?;
        Ok(())
    }

    pub(super) fn remove_draft(&self, group: GroupId, annotator: AnnotatorId) -> Result<()> {
        let sql = "DELETE FROM drafts WHERE group_id = ?1 AND annotator = ?2";
        self.connection.prepare_cached(sql)?.execute([group.to_bytes(), annotator.to_bytes()])?;
        Ok(())
    }
}

fn from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Mark> {
    Ok(Mark {
        skips: row.get(first)?,
        skip_order: row.get::<_, i64>(first + 1)?.unsigned_abs(),
        flagged: row.get(first + 2)?,
        note: row.get(first + 3)?,
        later: row.get(first + 4)?,
    })
}
