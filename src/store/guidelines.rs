//! Versions of what the annotators agreed on.

use rusqlite::{OptionalExtension as _, Row, params};

use super::rows::time;
use super::{Read, Result, Write};
use crate::domain::Guidelines;

impl Read<'_> {
    /// The newest version.
    pub fn guidelines(&self) -> Result<Option<Guidelines>> {
        let sql = "SELECT version, text, created_at FROM guidelines ORDER BY version DESC LIMIT 1";
        Ok(self.connection.prepare_cached(sql)?.query_row([], guidelines).optional()?)
    }

    /// All versions, oldest first.
    pub fn all_guidelines(&self) -> Result<Vec<Guidelines>> {
        let sql = "SELECT version, text, created_at FROM guidelines ORDER BY version";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], guidelines)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Add a version.
    pub fn add_guidelines(&self, guidelines: &Guidelines) -> Result<()> {
        let sql = "INSERT INTO guidelines (version, text, created_at) VALUES (?1, ?2, ?3)";
        let Guidelines { version, text, created_at } = guidelines;
        self.connection.prepare_cached(sql)?.execute(params![version, text, created_at.to_string()])?;
        Ok(())
    }
}

fn guidelines(row: &Row<'_>) -> rusqlite::Result<Guidelines> {
    Ok(Guidelines { version: row.get(0)?, text: row.get(1)?, created_at: time(row, 2)? })
}
