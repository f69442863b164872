//! Replies that could not be had, with the server's words.

use rusqlite::{Row, params};

use super::batches::SHOWN;
use super::rows::{id, json, time, to_json};
use super::{Read, Result, Write};
use crate::domain::{GroupId, RequestFailure};

const COLUMNS: &str = "failures.group_id, failures.round, failures.slot, failures.fault, failures.at";

impl Read<'_> {
    /// The failures of a round by slot.
    pub fn failures(&self, group: GroupId, round: u32) -> Result<Vec<RequestFailure>> {
        let sql = format!("SELECT {COLUMNS} FROM failures WHERE group_id = ?1 AND round = ?2 ORDER BY slot");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![group.to_bytes(), round], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The failures of all rounds.
    pub fn all_failures(&self, group: GroupId) -> Result<Vec<RequestFailure>> {
        let sql = format!("SELECT {COLUMNS} FROM failures WHERE group_id = ?1 ORDER BY round, slot");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([group.to_bytes()], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The newest failures of current rounds.
    pub fn recent_failures(&self, limit: u32) -> Result<Vec<RequestFailure>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM failures JOIN groups ON groups.id = failures.group_id
             WHERE failures.round = groups.round AND {SHOWN} ORDER BY failures.at DESC LIMIT ?1"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([limit], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Note that the reply of a place could not be had.
    pub fn put_failure(&self, failure: &RequestFailure) -> Result<()> {
        let sql = "INSERT INTO failures (group_id, round, slot, fault, at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET fault = ?4, at = ?5";
        self.connection.prepare_cached(sql)?.execute(params![
            failure.group.to_bytes(),
            failure.round,
            failure.slot,
            to_json(&failure.fault)?,
            failure.at.to_string(),
        ])?;
        Ok(())
    }

    pub(super) fn clear_failure(&self, group: GroupId, round: u32, slot: u32) -> Result<()> {
        let sql = "DELETE FROM failures WHERE group_id = ?1 AND round = ?2 AND slot = ?3";
        self.connection.prepare_cached(sql)?.execute(params![group.to_bytes(), round, slot])?;
        Ok(())
    }

    /// Forget all failures, so that their places are asked for again; the groups that had some.
    pub fn clear_failures(&self) -> Result<Vec<GroupId>> {
        let mut statement = self.connection.prepare_cached("SELECT DISTINCT group_id FROM failures")?;
        let rows = statement.query_map([], |row| id(row, 0, GroupId::from_bytes))?;
        let groups = rows.collect::<rusqlite::Result<_>>()?;
        self.connection.execute("DELETE FROM failures", [])?;
        Ok(groups)
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<RequestFailure> {
    Ok(RequestFailure {
        group: id(row, 0, GroupId::from_bytes)?,
        round: row.get(1)?,
        slot: row.get(2)?,
        fault: json(row, 3)?,
        at: time(row, 4)?,
    })
}
