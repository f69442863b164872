//! Replies. A place (group, round, slot) shows one reply; those that it showed before are kept, hidden.

use rusqlite::{OptionalExtension as _, Row, params};

use super::rows::{id, json, time, to_json};
use super::{Read, Result, Write};
use crate::domain::{GroupId, Reply, ReplyId};

const COLUMNS: &str = "id, group_id, round, slot, text, reasoning, origin, created_at, hidden > 0";

impl Read<'_> {
    /// The replies of a round that are shown, by slot.
    pub fn shown_replies(&self, group: GroupId, round: u32) -> Result<Vec<Reply>> {
        let mut replies = self.replies(group, round)?;
        replies.retain(|reply| !reply.hidden);
        Ok(replies)
    }

    /// The replies of a round by slot, hidden ones too: a label may name them.
    pub fn replies(&self, group: GroupId, round: u32) -> Result<Vec<Reply>> {
        let sql = format!("SELECT {COLUMNS} FROM replies WHERE group_id = ?1 AND round = ?2 ORDER BY slot, hidden");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![group.to_bytes(), round], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The texts of a round by slot, hidden ones too: all that pairs are made of.
    pub fn texts(&self, group: GroupId, round: u32) -> Result<Vec<(ReplyId, String)>> {
        let sql = "SELECT id, text FROM replies WHERE group_id = ?1 AND round = ?2 ORDER BY slot, hidden";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement
            .query_map(params![group.to_bytes(), round], |row| Ok((id(row, 0, ReplyId::from_bytes)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The reply that a place shows.
    pub fn reply_at(&self, group: GroupId, round: u32, slot: u32) -> Result<Option<ReplyId>> {
        let sql = "SELECT id FROM replies WHERE group_id = ?1 AND round = ?2 AND slot = ?3 AND hidden = 0";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_row(params![group.to_bytes(), round, slot], |row| id(row, 0, ReplyId::from_bytes));
        Ok(found.optional()?)
    }

    /// The replies of all rounds.
    pub fn all_replies(&self, group: GroupId) -> Result<Vec<Reply>> {
        let sql = format!("SELECT {COLUMNS} FROM replies WHERE group_id = ?1 ORDER BY round, slot, hidden");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([group.to_bytes()], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Replies of the present rounds of the groups that are shown.
    pub fn count_shown_replies(&self) -> Result<u64> {
        let sql = format!(
            "SELECT count(*) FROM groups CROSS JOIN replies
             ON replies.group_id = groups.id AND replies.round = groups.round AND replies.hidden = 0
             WHERE {}",
            super::batches::SHOWN
        );
        let count: i64 = self.connection.query_row(&sql, [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// All replies of the session.
    pub fn count_replies(&self) -> Result<u64> {
        let count: i64 = self.connection.query_row("SELECT count(*) FROM replies", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

impl Write<'_> {
    /// Add a reply and forget the failure of its place; `false` when the place shows one already, then nothing is
    /// written.
    pub fn add_reply(&self, reply: &Reply) -> Result<bool> {
        let added = self.connection.prepare_cached(ADD)?.execute(params![
            reply.id.to_bytes(),
            reply.group.to_bytes(),
            reply.round,
            reply.slot,
            reply.text,
            reply.reasoning,
            to_json(&reply.origin)?,
            reply.created_at.to_string(),
            reply.hidden,
        ])?;
        if added > 0 && !reply.hidden {
            self.clear_failure(reply.group, reply.round, reply.slot)?;
        }
        Ok(added > 0)
    }
}

const ADD: &str = "INSERT INTO replies (id, group_id, round, slot, text, reasoning, origin, created_at, hidden)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, iif(?9,
        (SELECT coalesce(max(hidden), 0) + 1 FROM replies WHERE group_id = ?2 AND round = ?3 AND slot = ?4), 0))
    ON CONFLICT (group_id, round, slot, hidden) DO NOTHING";

/// The number that hides one more reply of the place (?2, ?3, ?4).
const NEXT_HIDDEN: &str =
    "(SELECT coalesce(max(hidden), 0) + 1 FROM replies WHERE group_id = ?2 AND round = ?3 AND slot = ?4)";

impl Write<'_> {
    /// Let a place show another reply, or none, so that it waits for one. The one that it showed is hidden.
    pub(super) fn set_shown(&self, group: GroupId, round: u32, slot: u32, next: Option<ReplyId>) -> Result<()> {
        if let Some(shown) = self.reply_at(group, round, slot)? {
            let sql = format!("UPDATE replies SET hidden = {NEXT_HIDDEN} WHERE id = ?1");
            let place = params![shown.to_bytes(), group.to_bytes(), round, slot];
            self.connection.prepare_cached(&sql)?.execute(place)?;
        }
        if let Some(next) = next {
            let sql = "UPDATE replies SET hidden = 0 WHERE id = ?1";
            self.connection.prepare_cached(sql)?.execute([next.to_bytes()])?;
            self.clear_failure(group, round, slot)?;
        }
        self.replies_changed(group, round)
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Reply> {
    Ok(Reply {
        id: id(row, 0, ReplyId::from_bytes)?,
        group: id(row, 1, GroupId::from_bytes)?,
        round: row.get(2)?,
        slot: row.get(3)?,
        text: row.get(4)?,
        reasoning: row.get(5)?,
        origin: json(row, 6)?,
        created_at: time(row, 7)?,
        hidden: row.get(8)?,
    })
}
