//! Output files that are kept current, and which of their rows are ours.

use std::path::{Path, PathBuf};

use rusqlite::params;

use super::rows::id;
use super::{Read, Result, StoreError, Write};
use crate::domain::GroupId;

impl Read<'_> {
    /// The files.
    pub fn followed(&self) -> Result<Vec<PathBuf>> {
        let mut statement = self.connection.prepare_cached("SELECT path FROM outputs ORDER BY path")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        Ok(rows.map(|path| path.map(PathBuf::from)).collect::<rusqlite::Result<_>>()?)
    }

    /// The hashes of all our rows in a file.
    pub fn own_rows(&self, path: &Path) -> Result<Vec<(GroupId, [u8; 16])>> {
        let sql = "SELECT group_id, hash FROM output_rows WHERE path = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([text(path)?], |row| Ok((id(row, 0, GroupId::from_bytes)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The hashes of one group's rows in a file.
    pub fn own_rows_of(&self, path: &Path, group: GroupId) -> Result<Vec<[u8; 16]>> {
        let sql = "SELECT hash FROM output_rows WHERE path = ?1 AND group_id = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![text(path)?, group.to_bytes()], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Keep a file current.
    pub fn follow(&self, path: &Path) -> Result<()> {
        self.connection.execute("INSERT OR IGNORE INTO outputs (path) VALUES (?1)", [text(path)?])?;
        Ok(())
    }

    /// Keep it no longer.
    pub fn unfollow(&self, path: &Path) -> Result<()> {
        self.connection.execute("DELETE FROM outputs WHERE path = ?1", [text(path)?])?;
        Ok(())
    }

    /// Note rows of a group.
    pub fn add_own_rows(&self, path: &Path, group: GroupId, hashes: &[[u8; 16]]) -> Result<()> {
        let sql = "INSERT INTO output_rows (path, group_id, hash) VALUES (?1, ?2, ?3)";
        let mut statement = self.connection.prepare_cached(sql)?;
        for hash in hashes {
            statement.execute(params![text(path)?, group.to_bytes(), hash])?;
        }
        Ok(())
    }

    /// Forget rows of a group, each hash as often as it is named.
    pub fn remove_own_rows(&self, path: &Path, group: GroupId, hashes: &[[u8; 16]]) -> Result<()> {
        let sql = "DELETE FROM output_rows WHERE row = (
            SELECT row FROM output_rows WHERE path = ?1 AND group_id = ?2 AND hash = ?3 ORDER BY row LIMIT 1)";
        let mut statement = self.connection.prepare_cached(sql)?;
        for hash in hashes {
            statement.execute(params![text(path)?, group.to_bytes(), hash])?;
        }
        Ok(())
    }

    /// Forget all rows of a file.
    pub fn clear_own_rows(&self, path: &Path) -> Result<()> {
        self.connection.execute("DELETE FROM output_rows WHERE path = ?1", [text(path)?])?;
        Ok(())
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .ok_or_else(|| StoreError::Other { said: "a path that is not valid text cannot be followed".to_owned() })
}
