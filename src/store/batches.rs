//! Groups that came together. A batch is shown, or it is not: since an undo withdrew it, and then it stays in the file
//! so that redo brings it back; or since it is still arriving. One row says so for all of its groups.

use rusqlite::OptionalExtension as _;

use super::{Read, Result, Write};
use crate::domain::{AnnotatorId, BatchId};

/// The condition for groups that are shown.
pub(super) const SHOWN: &str = "groups.batch NOT IN (SELECT batch FROM withdrawn)";

/// What belongs to a group and goes with it.
const OF_GROUPS: [&str; 11] = [
    "replies",
    "failures",
    "labels",
    "marks",
    "drafts",
    "writings",
    "calls",
    "judgements",
    "reveals",
    "picks",
    "repeats",
];

impl Read<'_> {
    /// Batches that began to arrive and were never shown: of an import under way, or of one that broke off.
    pub fn arriving(&self) -> Result<Vec<BatchId>> {
        let mut statement = self.connection.prepare_cached("SELECT batch FROM withdrawn WHERE arriving = 1")?;
        let rows = statement.query_map([], |row| row.get(0).map(BatchId::from_bytes))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether a batch is withdrawn; `None` where it has no group.
    pub(super) fn batch_withdrawn(&self, batch: BatchId) -> Result<Option<bool>> {
        let sql = "SELECT EXISTS (SELECT 1 FROM withdrawn WHERE batch = ?1) FROM groups WHERE batch = ?1 LIMIT 1";
        Ok(self.connection.prepare_cached(sql)?.query_row([batch.to_bytes()], |row| row.get(0)).optional()?)
    }
}

impl Write<'_> {
    /// Groups of this batch are about to come, part by part; none is shown until [`Self::set_withdrawn`] shows all.
    pub fn expect_batch(&self, batch: BatchId) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO withdrawn (batch, arriving) VALUES (?1, 1)";
        self.connection.prepare_cached(sql)?.execute([batch.to_bytes()])?;
        Ok(())
    }

    /// Hide the groups of a batch, or show them.
    pub fn set_withdrawn(&self, batch: BatchId, withdrawn: bool) -> Result<()> {
        let sql = if withdrawn {
            "INSERT OR IGNORE INTO withdrawn (batch, arriving) VALUES (?1, 0)"
        } else {
            "DELETE FROM withdrawn WHERE batch = ?1"
        };
        self.connection.prepare_cached(sql)?.execute([batch.to_bytes()])?;
        Ok(())
    }

    /// Take groups of a batch that was never shown out of the file with all that belongs to them, at most `most`;
    /// whether that was the rest of them. With the rest go the annotators who came with them, never `annotator`.
    pub fn drop_arriving(&self, batch: BatchId, annotator: AnnotatorId, most: u32) -> Result<bool> {
        let doomed = format!(
            "FROM groups WHERE batch = ?1 AND batch IN (SELECT batch FROM withdrawn WHERE arriving = 1)
             ORDER BY number LIMIT {most}"
        );
        for table in OF_GROUPS {
            let sql = format!("DELETE FROM {table} WHERE group_id IN (SELECT id {doomed})");
            self.connection.prepare_cached(&sql)?.execute([batch.to_bytes()])?;
        }
        let sql = format!("DELETE FROM groups WHERE number IN (SELECT number {doomed})");
        let gone = self.connection.prepare_cached(&sql)?.execute([batch.to_bytes()])?;
        if gone >= most as usize {
            return Ok(false);
        }
        let sql = "DELETE FROM withdrawn WHERE batch = ?1 AND arriving = 1";
        if self.connection.prepare_cached(sql)?.execute([batch.to_bytes()])? > 0 {
            self.forget_strangers(annotator)?;
        }
        Ok(true)
    }
}
