//! The queue as one pass over the file.

use rusqlite::{OptionalExtension as _, Row, params};

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

/// The count of replies walks the index on (group, round, slot) and never touches a text.
const SELECT: &str = "
SELECT groups.id, groups.number, groups.title, groups.wanted, groups.round,
    (SELECT count(*) FROM replies WHERE group_id = groups.id AND replies.round = groups.round AND slot < groups.wanted AND hidden = 0),
    (SELECT count(*) FROM failures WHERE group_id = groups.id AND failures.round = groups.round AND slot < groups.wanted),
    labels.verdict, labels.labeled_at, marks.skip_order, marks.flagged, marks.note <> '', marks.later
FROM groups
LEFT JOIN labels ON labels.group_id = groups.id AND labels.annotator = ?1 AND labels.round = groups.round
LEFT JOIN marks ON marks.group_id = groups.id AND marks.annotator = ?1
";

impl Read<'_> {
    /// Every group in the order of the numbers.
    pub fn index(&self, annotator: AnnotatorId, mut each: impl FnMut(IndexRow) -> Result<()>) -> Result<()> {
        let sql = format!("{SELECT} WHERE groups.withdrawn = 0 ORDER BY groups.number");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([annotator.to_bytes()])?;
        while let Some(row) = rows.next()? {
            each(from_row(row)?)?;
        }
        Ok(())
    }

    /// One group.
    pub fn index_row(&self, group: GroupId, annotator: AnnotatorId) -> Result<Option<IndexRow>> {
        let sql = format!("{SELECT} WHERE groups.id = ?2");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row(params![annotator.to_bytes(), group.to_bytes()], from_row).optional()?)
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<IndexRow> {
    let verdict = row.get_ref(7)?.as_str_or_null()?.map(|verdict| {
        // The column holds `"none_acceptable"` or `{"ranked": …}`; reading the tiers would be waste here.
        if verdict.starts_with('{') { VerdictKind::Ranked } else { VerdictKind::NoneAcceptable }
    });
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
