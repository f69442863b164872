//! The people who labeled in this session.

use super::rows::id;
use super::{Read, Result, Write};
use crate::domain::{Annotator, AnnotatorId};

impl Read<'_> {
    /// All annotators.
    pub fn annotators(&self) -> Result<Vec<Annotator>> {
        let mut statement = self.connection.prepare_cached("SELECT id, name FROM annotators ORDER BY id")?;
        let rows = statement
            .query_map([], |row| Ok(Annotator { id: id(row, 0, AnnotatorId::from_bytes)?, name: row.get(1)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Add an annotator, or take over the name they have now.
    pub fn put_annotator(&self, annotator: &Annotator) -> Result<()> {
        let sql = "INSERT INTO annotators (id, name) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute(rusqlite::params![annotator.id.to_bytes(), annotator.name])?;
        Ok(())
    }

    /// Add an annotator; one who is here already keeps their name.
    pub fn know_annotator(&self, annotator: &Annotator) -> Result<()> {
        let mut statement =
            self.connection.prepare_cached("INSERT OR IGNORE INTO annotators (id, name) VALUES (?1, ?2)")?;
        statement.execute(rusqlite::params![annotator.id.to_bytes(), annotator.name])?;
        Ok(())
    }

    /// Forget the annotators of whom nothing is here, but for this one.
    pub(super) fn forget_strangers(&self, but: AnnotatorId) -> Result<()> {
        let sql = "DELETE FROM annotators WHERE id <> ?1 AND id NOT IN (
            SELECT annotator FROM labels UNION SELECT annotator FROM marks UNION SELECT annotator FROM drafts UNION
            SELECT annotator FROM writings UNION SELECT annotator FROM places UNION SELECT annotator FROM journal UNION
            SELECT annotator FROM reveals UNION SELECT annotator FROM picks UNION SELECT annotator FROM repeats UNION
            SELECT annotator FROM designs)";
        self.connection.execute(sql, [but.to_bytes()])?;
        Ok(())
    }
}
