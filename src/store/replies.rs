//! Replies. A place (group, round, slot) is filled once.

use rusqlite::{Row, params};

use super::rows::{id, json, time, to_json};
use super::{Read, Result, Write};
use crate::domain::{GroupId, Reply, ReplyId};

const COLUMNS: &str = "id, group_id, round, slot, text, reasoning, origin, created_at";

impl Read<'_> {
    /// The replies of a round by slot.
    pub fn replies(&self, group: GroupId, round: u32) -> Result<Vec<Reply>> {
        let sql = format!("SELECT {COLUMNS} FROM replies WHERE group_id = ?1 AND round = ?2 ORDER BY slot");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![group.to_bytes(), round], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The replies of all rounds.
    pub fn all_replies(&self, group: GroupId) -> Result<Vec<Reply>> {
        let sql = format!("SELECT {COLUMNS} FROM replies WHERE group_id = ?1 ORDER BY round, slot");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([group.to_bytes()], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// All replies of the session.
    pub fn count_replies(&self) -> Result<u64> {
        let count: i64 = self.connection.query_row("SELECT count(*) FROM replies", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

impl Write<'_> {
    /// Add a reply and forget the failure of its place; `false` when the place is filled, then nothing is written.
    pub fn add_reply(&self, reply: &Reply) -> Result<bool> {
        let sql = format!(
            "INSERT INTO replies ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (group_id, round, slot) DO NOTHING"
        );
        let added = self.connection.prepare_cached(&sql)?.execute(params![
            reply.id.to_bytes(),
            reply.group.to_bytes(),
            reply.round,
            reply.slot,
            reply.text,
            reply.reasoning,
            to_json(&reply.origin)?,
            reply.created_at.to_string(),
        ])?;
        if added > 0 {
            self.clear_failure(reply.group, reply.round, reply.slot)?;
        }
        Ok(added > 0)
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
    })
}
