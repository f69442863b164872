//! The queue as one pass over each table.

use rusqlite::{OptionalExtension as _, Params, Row, params};

use super::batches::SHOWN;
use super::rows::{id, time, wanted};
use super::{Read, Result};
use crate::domain::{AnnotatorId, GroupId};

/// A group's standing for one annotator.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexRow {
    /// The group.
    pub id: GroupId,
    /// Its number.
    pub number: u64,
    /// The first words of its prompt.
    pub title: String,
    /// Replies that the current round is to have.
    pub wanted: u32,
    /// The current round.
    pub round: u32,
    /// Replies that are there, those of people left out.
    pub have: u32,
    /// Replies that could not be had.
    pub failed: u32,
    /// The kind of verdict on the current round.
    pub verdict: Option<VerdictKind>,
    /// When it was given.
    pub labeled_at: Option<jiff::Timestamp>,
    /// See [`crate::domain::Mark`].
    pub skip_order: u64,
    /// Flagged.
    pub flagged: bool,
    /// Has a note.
    pub noted: bool,
    /// On the later pile.
    pub later: bool,
}

/// What kind of verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerdictKind {
    /// An order of replies.
    Ranked,
    /// None acceptable.
    NoneAcceptable,
}

/// One group with all that its row shows. The count of replies walks the index on (group, round, slot) and never touches
/// a text.
const ONE: &str = "
SELECT groups.id, groups.number, groups.title, groups.wanted, groups.round,
    (SELECT count(*) FROM replies WHERE group_id = groups.id AND replies.round = groups.round AND slot < groups.wanted AND hidden = 0),
    (SELECT count(*) FROM failures WHERE group_id = groups.id AND failures.round = groups.round AND slot < groups.wanted),
    labels.verdict, labels.labeled_at, marks.skip_order, marks.flagged, marks.note <> '', marks.later
FROM groups
LEFT JOIN labels ON labels.group_id = groups.id AND labels.annotator = ?1 AND labels.round = groups.round
LEFT JOIN marks ON marks.group_id = groups.id AND marks.annotator = ?1
WHERE groups.id = ?2";

// The same for all groups: each table is walked once from end to end, which costs a third of finding every group's rows.
const GROUPS: &str = "SELECT id, number, title, wanted, round FROM groups";
const REPLIES: &str =
    "SELECT group_id, round, count(*), max(slot) FROM replies WHERE hidden = 0 GROUP BY group_id, round";
const FAILURES: &str = "SELECT group_id, round, count(*), max(slot) FROM failures GROUP BY group_id, round";
const LABELS: &str = "SELECT group_id, round, verdict, labeled_at FROM labels WHERE annotator = ?1 ORDER BY group_id";
const MARKS: &str = "SELECT group_id, 0, skip_order, flagged, note <> '', later FROM marks WHERE annotator = ?1
    ORDER BY group_id";

impl Read<'_> {
    /// Every group in the order of the numbers.
    pub fn index(&self, annotator: AnnotatorId, mut each: impl FnMut(IndexRow) -> Result<()>) -> Result<()> {
        let own = params![annotator.to_bytes()];
        let counted = |row: &Row<'_>| Ok((row.get(2)?, row.get(3)?));
        let mut replies: Beside<(u32, u32)> = self.beside(REPLIES, params![], counted)?;
        let mut failures: Beside<(u32, u32)> = self.beside(FAILURES, params![], counted)?;
        let mut labels = self.beside(LABELS, own, |row| Ok((kind(row, 2)?, time(row, 3)?)))?;
        let mut marks =
            self.beside(MARKS, own, |row| Ok((row.get::<_, i64>(2)?, row.get(3)?, row.get(4)?, row.get(5)?)))?;
        let mut statement =
            self.connection.prepare_cached(&format!("{GROUPS} WHERE {SHOWN} ORDER BY groups.number"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (group, wanted, round) = (id(row, 0, GroupId::from_bytes)?, wanted(row, 3)?, row.get(4)?);
            let (have, last) = replies.of(group, round).copied().unwrap_or_default();
            let (failed, last_failed) = failures.of(group, round).copied().unwrap_or_default();
            if have + failed > 0 && last.max(last_failed) >= wanted {
                // Some are beyond the places that are to be filled, such as texts of people.
                if let Some(row) = self.index_row(group, annotator)? {
                    each(row)?;
                }
                continue;
            }
            let label = labels.of(group, round);
            let (skip_order, flagged, noted, later) = marks.of(group, 0).copied().unwrap_or_default();
            each(IndexRow {
                id: group,
                number: row.get::<_, i64>(1)?.unsigned_abs(),
                title: row.get(2)?,
                wanted,
                round,
                have,
                failed,
                verdict: label.and_then(|(verdict, _)| *verdict),
                labeled_at: label.map(|(_, at)| *at),
                skip_order: skip_order.unsigned_abs(),
                flagged,
                noted,
                later,
            })?;
        }
        Ok(())
    }

    /// One group.
    pub fn index_row(&self, group: GroupId, annotator: AnnotatorId) -> Result<Option<IndexRow>> {
        let mut statement = self.connection.prepare_cached(ONE)?;
        Ok(statement.query_row(params![annotator.to_bytes(), group.to_bytes()], from_row).optional()?)
    }

    /// Rows beside those of the groups; the statement gives group and round first, and sorts by them.
    fn beside<T>(
        &self,
        sql: &str,
        values: impl Params,
        from: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Beside<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows =
            statement.query_map(values, |row| Ok(((id(row, 0, GroupId::from_bytes)?, row.get(1)?), from(row)?)))?;
        Ok(Beside { rows: rows.collect::<rusqlite::Result<_>>()?, next: 0 })
    }
}

/// What another table has for groups and their rounds, sorted by both.
struct Beside<T> {
    rows: Vec<((GroupId, u32), T)>,
    /// Ids sort by time, as numbers do: the row that is asked for is most often the one after the last.
    next: usize,
}

impl<T> Beside<T> {
    fn of(&mut self, group: GroupId, round: u32) -> Option<&T> {
        let key = (group, round);
        if self.rows.get(self.next).is_none_or(|(found, _)| *found != key) {
            self.next = self.rows.binary_search_by_key(&key, |(found, _)| *found).ok()?;
        }
        self.next += 1;
        self.rows.get(self.next - 1).map(|(_, value)| value)
    }
}

/// The kind of a verdict. The column holds `"none_acceptable"` or `{"ranked": …}`; reading the tiers would be waste.
fn kind(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<VerdictKind>> {
    let verdict = row.get_ref(column)?.as_str_or_null()?;
    Ok(verdict.map(|verdict| if verdict.starts_with('{') { VerdictKind::Ranked } else { VerdictKind::NoneAcceptable }))
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<IndexRow> {
    let verdict = kind(row, 7)?;
    Ok(IndexRow {
        id: id(row, 0, GroupId::from_bytes)?,
        number: row.get::<_, i64>(1)?.unsigned_abs(),
        title: row.get(2)?,
        wanted: wanted(row, 3)?,
        round: row.get(4)?,
        have: row.get(5)?,
        failed: row.get(6)?,
        verdict,
        labeled_at: if verdict.is_some() { Some(time(row, 8)?) } else { None },
        skip_order: row.get::<_, Option<i64>>(9)?.unwrap_or(0).unsigned_abs(),
        flagged: row.get::<_, Option<bool>>(10)?.unwrap_or(false),
        noted: row.get::<_, Option<bool>>(11)?.unwrap_or(false),
        later: row.get::<_, Option<bool>>(12)?.unwrap_or(false),
    })
}
