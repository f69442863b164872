//! What scorers were asked and what they answered. One that is asked for again is kept, superseded.

use rusqlite::params;

use super::rows::{json, to_json};
use super::{Read, Result, Write};
use crate::domain::{Call, GroupId, Revision, ScorerId};

impl Read<'_> {
    /// The calls that count for these replies, by step and try.
    pub fn calls(&self, group: GroupId, scorer: ScorerId, revision: Revision) -> Result<Vec<Call>> {
        let sql = "SELECT call FROM calls WHERE group_id = ?1 AND scorer = ?2 AND revision = ?3 AND superseded = 0
            ORDER BY step, attempt";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement
            .query_map(params![group.to_bytes(), scorer.to_bytes(), revision.0.cast_signed()], |row| json(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every call of a group with its scorer, the round and replies that it was for, and how often it was superseded.
    pub fn all_calls(&self, group: GroupId) -> Result<Vec<KeptCall>> {
        let sql = "SELECT scorer, round, revision, superseded, call FROM calls WHERE group_id = ?1
            ORDER BY scorer, revision, step, attempt, superseded";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([group.to_bytes()], |row| {
            Ok(KeptCall {
                scorer: super::rows::id(row, 0, ScorerId::from_bytes)?,
                round: row.get(1)?,
                revision: Revision(row.get::<_, i64>(2)?.cast_unsigned()),
                superseded: row.get(3)?,
                call: json(row, 4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many calls were made for a scorer.
    pub fn count_calls(&self, scorer: ScorerId) -> Result<u64> {
        let sql = "SELECT count(*) FROM calls WHERE scorer = ?1";
        let count: i64 = self.connection.prepare_cached(sql)?.query_row([scorer.to_bytes()], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

/// A call as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptCall {
    /// Whose it was.
    pub scorer: ScorerId,
    /// The round of the group.
    pub round: u32,
    /// The replies that were scored.
    pub revision: Revision,
    /// 0 where it counts; else which of those that were asked for again it is, from 1.
    pub superseded: u32,
    /// The call.
    pub call: Call,
}

impl Write<'_> {
    /// Keep a call; one that is there already stays as it is.
    pub fn add_call(&self, group: GroupId, kept: &KeptCall) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO calls
            (group_id, scorer, round, revision, step, attempt, superseded, decided, call)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        self.connection.prepare_cached(sql)?.execute(params![
            group.to_bytes(),
            kept.scorer.to_bytes(),
            kept.round,
            kept.revision.0.cast_signed(),
            kept.call.step,
            kept.call.attempt,
            kept.superseded,
            kept.call.gap.is_none(),
            to_json(&kept.call)?,
        ])?;
        Ok(())
    }

    /// Let all calls of a step count no more that ended without a verdict, so that it is asked anew.
    pub(super) fn supersede_undecided(&self, group: GroupId, scorer: ScorerId, revision: Revision) -> Result<()> {
        let sql = "UPDATE calls AS mine SET superseded = 1 + (
                SELECT max(other.superseded) FROM calls AS other
                WHERE other.group_id = ?1 AND other.scorer = ?2 AND other.revision = ?3 AND other.step = mine.step)
            WHERE group_id = ?1 AND scorer = ?2 AND revision = ?3 AND superseded = 0 AND step NOT IN (
                SELECT step FROM calls AS decided
                WHERE decided.group_id = ?1 AND decided.scorer = ?2 AND decided.revision = ?3
                    AND decided.superseded = 0 AND decided.decided = 1)";
        let of = params![group.to_bytes(), scorer.to_bytes(), revision.0.cast_signed()];
        self.connection.prepare_cached(sql)?.execute(of)?;
        Ok(())
    }
}
