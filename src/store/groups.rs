//! Prompts with their standing.

use std::collections::HashSet;

use rusqlite::{OptionalExtension as _, Row, params};

use super::batches::SHOWN;
use super::rows::{id, json, to_json, wanted};
use super::{Read, Result, StoreError, Write};
use crate::domain::{BatchId, Group, GroupId, Prompt};

/// Characters of a prompt that the queue shows.
const TITLE: usize = 80;

pub(super) const COLUMNS: &str =
    "groups.id, groups.number, groups.system, groups.history, groups.user, groups.wanted, groups.round";

impl Read<'_> {
    /// One group, shown or not.
    pub fn group(&self, group: GroupId) -> Result<Option<Group>> {
        let sql = format!("SELECT {COLUMNS} FROM groups WHERE id = ?1");
        Ok(self.connection.prepare_cached(&sql)?.query_row([group.to_bytes()], from_row).optional()?)
    }

    /// All groups in the order of their numbers.
    pub fn for_each_group<E: From<StoreError>>(&self, mut each: impl FnMut(Group) -> Result<(), E>) -> Result<(), E> {
        let sql = format!("SELECT {COLUMNS} FROM groups WHERE {SHOWN} ORDER BY number");
        let mut statement = self.connection.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            each(from_row(row).map_err(StoreError::from)?)?;
        }
        Ok(())
    }

    /// The first number that no group has, or had.
    pub fn next_number(&self) -> Result<u64> {
        let mut statement = self.connection.prepare_cached("SELECT coalesce(max(number), 0) + 1 FROM groups")?;
        Ok(statement.query_row([], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// Whether a group has this number.
    pub fn number_taken(&self, number: u64) -> Result<bool> {
        let mut statement = self.connection.prepare_cached("SELECT 1 FROM groups WHERE number = ?1")?;
        Ok(statement.exists([number as i64])?)
    }

    /// What the groups that are shown are known by: same prompt and replies, same fingerprint.
    pub fn fingerprints(&self) -> Result<HashSet<[u8; 16]>> {
        let mut statement = self.connection.prepare_cached(&format!("SELECT fingerprint FROM groups WHERE {SHOWN}"))?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The batch that a group came with.
    pub fn batch_of(&self, group: GroupId) -> Result<Option<BatchId>> {
        let mut statement = self.connection.prepare_cached("SELECT batch FROM groups WHERE id = ?1")?;
        Ok(statement.query_row([group.to_bytes()], |row| id(row, 0, BatchId::from_bytes)).optional()?)
    }

    /// The newest round of a group that has replies or is current.
    pub fn newest_round(&self, group: GroupId) -> Result<u32> {
        let sql = "SELECT max(round) FROM (
            SELECT round FROM groups WHERE id = ?1 UNION ALL SELECT max(round) FROM replies WHERE group_id = ?1)";
        Ok(self.connection.prepare_cached(sql)?.query_row([group.to_bytes()], |row| row.get(0))?)
    }
}

impl Write<'_> {
    /// Add a group.
    pub fn add_group(&self, group: &Group, fingerprint: [u8; 16], batch: BatchId) -> Result<()> {
        let sql = "INSERT INTO groups
            (id, number, system, history, user, title, wanted, round, fingerprint, batch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        self.connection.prepare_cached(sql)?.execute(params![
            group.id.to_bytes(),
            group.number as i64,
            group.prompt.system,
            to_json(&group.prompt.history)?,
            group.prompt.user,
            group.prompt.title(TITLE),
            group.wanted,
            group.round,
            fingerprint,
            batch.to_bytes(),
        ])?;
        Ok(())
    }

    pub(super) fn set_round(&self, group: GroupId, round: u32, wanted: u32) -> Result<()> {
        let sql = "UPDATE groups SET round = ?2, wanted = ?3 WHERE id = ?1";
        self.connection.prepare_cached(sql)?.execute(params![group.to_bytes(), round, wanted])?;
        Ok(())
    }
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        id: id(row, 0, GroupId::from_bytes)?,
        number: row.get::<_, i64>(1)?.unsigned_abs(),
        prompt: Prompt { system: row.get(2)?, history: json(row, 3)?, user: row.get(4)? },
        wanted: wanted(row, 5)?,
        round: row.get(6)?,
    })
}
