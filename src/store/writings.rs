//! Texts that people are writing and have not taken yet.

use rusqlite::params;

use super::rows::id;
use super::{Read, Result, Write};
use crate::domain::{AnnotatorId, GroupId, ReplyId, Writing};

impl Read<'_> {
    /// What an annotator is writing for a group.
    pub fn writings(&self, group: GroupId, annotator: AnnotatorId) -> Result<Vec<Writing>> {
        let all = self.writings_of(group)?;
        Ok(all.into_iter().filter(|(whose, _)| *whose == annotator).map(|(_, writing)| writing).collect())
    }

    /// What all annotators are writing for a group.
    pub fn writings_of(&self, group: GroupId) -> Result<Vec<(AnnotatorId, Writing)>> {
        let sql = "SELECT annotator, parent, text FROM writings WHERE group_id = ?1 ORDER BY annotator, parent";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([group.to_bytes()], |row| {
            // A reply of one's own has no parent: an empty value, since a key takes no NULL.
            let parent = match row.get_ref(1)?.as_blob()? {
                [] => None,
                _ => Some(id(row, 1, ReplyId::from_bytes)?),
            };
            Ok((id(row, 0, AnnotatorId::from_bytes)?, Writing { parent, text: row.get(2)? }))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Keep a text that is being written.
    pub fn set_writing(&self, group: GroupId, annotator: AnnotatorId, writing: &Writing) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO writings (group_id, annotator, parent, text) VALUES (?1, ?2, ?3, ?4)";
        let parent = key(writing.parent);
        let values = params![group.to_bytes(), annotator.to_bytes(), parent, writing.text];
        self.connection.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Bring a text back that was taken; one that was begun since stays.
    pub(super) fn bring_writing_back(&self, group: GroupId, annotator: AnnotatorId, writing: &Writing) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO writings (group_id, annotator, parent, text) VALUES (?1, ?2, ?3, ?4)";
        let values = params![group.to_bytes(), annotator.to_bytes(), key(writing.parent), writing.text];
        self.connection.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Forget a text that was taken; one that reads otherwise by now stays.
    pub(super) fn remove_taken_writing(&self, group: GroupId, annotator: AnnotatorId, taken: &Writing) -> Result<()> {
        let sql = "DELETE FROM writings WHERE group_id = ?1 AND annotator = ?2 AND parent = ?3 AND text = ?4";
        let values = params![group.to_bytes(), annotator.to_bytes(), key(taken.parent), taken.text];
        self.connection.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Forget it: it was given up.
    pub fn remove_writing(&self, group: GroupId, annotator: AnnotatorId, parent: Option<ReplyId>) -> Result<()> {
        let sql = "DELETE FROM writings WHERE group_id = ?1 AND annotator = ?2 AND parent = ?3";
        self.connection.prepare_cached(sql)?.execute(params![group.to_bytes(), annotator.to_bytes(), key(parent)])?;
        Ok(())
    }
}

fn key(parent: Option<ReplyId>) -> Vec<u8> {
    parent.map_or_else(Vec::new, |parent| parent.to_bytes().to_vec())
}
