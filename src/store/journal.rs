//! What people did, step by step, with the rows before and after: undo, redo and audit in one.

use rusqlite::{OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use super::rows::{json, to_json};
use super::{Read, Result, Write};
use crate::domain::{AnnotatorId, BatchId, Draft, GroupId, Label, Mark, Repeat, ReplyId, Step, Writing};

/// One row before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A verdict was given, changed or taken away.
    Label { group: GroupId, annotator: AnnotatorId, before: Option<Label>, after: Option<Label> },
    /// Skips, flag or note changed.
    Mark { group: GroupId, annotator: AnnotatorId, before: Mark, after: Mark },
    /// Checks came or went with a verdict.
    Draft { group: GroupId, annotator: AnnotatorId, before: Option<Draft>, after: Option<Draft> },
    /// Another round became current.
    Round { group: GroupId, before: u32, after: u32, wanted_before: u32, wanted_after: u32 },
    /// A place shows another reply. `after: None` waits for one; undo notes the one that came, so that redo shows it.
    Shown { group: GroupId, round: u32, slot: u32, before: Option<ReplyId>, after: Option<ReplyId> },
    /// A text that was being written was taken, or brought back by undo. The text of the side that has one.
    Writing { group: GroupId, annotator: AnnotatorId, writing: Writing, there_before: bool, there_after: bool },
    /// A group that came again got its second verdict, or no longer waits for one.
    Repeat { group: GroupId, annotator: AnnotatorId, before: Option<Repeat>, after: Option<Repeat> },
    /// The groups of a batch came or went.
    Batch { batch: BatchId, withdrawn_before: bool, withdrawn_after: bool },
}

/// Which way a change is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Back to what was before.
    Undo,
    /// Forward to what was after.
    Redo,
}

impl Change {
    /// The change that leads in `direction`.
    #[must_use]
    pub fn turned(&self, direction: Direction) -> Self {
        if direction == Direction::Redo {
            return self.clone();
        }
        match self.clone() {
            Self::Label { group, annotator, before, after } => {
                Self::Label { group, annotator, before: after, after: before }
            }
            Self::Mark { group, annotator, before, after } => {
                Self::Mark { group, annotator, before: after, after: before }
            }
            Self::Draft { group, annotator, before, after } => {
                Self::Draft { group, annotator, before: after, after: before }
            }
            Self::Round { group, before, after, wanted_before, wanted_after } => Self::Round {
                group,
                before: after,
                after: before,
                wanted_before: wanted_after,
                wanted_after: wanted_before,
            },
            Self::Shown { group, round, slot, before, after } => {
                Self::Shown { group, round, slot, before: after, after: before }
            }
            Self::Writing { group, annotator, writing, there_before, there_after } => {
                Self::Writing { group, annotator, writing, there_before: there_after, there_after: there_before }
            }
            Self::Repeat { group, annotator, before, after } => {
                Self::Repeat { group, annotator, before: after, after: before }
            }
            Self::Batch { batch, withdrawn_before, withdrawn_after } => {
                Self::Batch { batch, withdrawn_before: withdrawn_after, withdrawn_after: withdrawn_before }
            }
        }
    }
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// Can be undone.
    Done = 0,
    /// Can be redone.
    Undone = 1,
    /// Was undone before another step was made; kept for audit.
    Dropped = 2,
    /// Its rows had moved on; kept for audit.
    PassedOver = 3,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place in the order of all steps.
    pub seq: i64,
    /// What was done, in the words of the domain.
    pub step: Step,
    /// The group where it was done.
    pub group: Option<GroupId>,
    /// The rows.
    pub changes: Vec<Change>,
}

impl Read<'_> {
    /// The step that undo takes back.
    pub fn last_done(&self, annotator: AnnotatorId) -> Result<Option<Entry>> {
        self.entry(annotator, EntryState::Done, "DESC")
    }

    /// The step that redo does again.
    pub fn first_undone(&self, annotator: AnnotatorId) -> Result<Option<Entry>> {
        self.entry(annotator, EntryState::Undone, "ASC")
    }

    fn entry(&self, annotator: AnnotatorId, state: EntryState, order: &str) -> Result<Option<Entry>> {
        let sql = format!(
            "SELECT seq, step, group_id, changes FROM journal WHERE annotator = ?1 AND state = ?2
             ORDER BY seq {order} LIMIT 1"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row(params![annotator.to_bytes(), state as i64], from_row).optional()?)
    }

    /// Whether the rows are as the change left them (for undo) or found them (for redo), so that it can be carried
    /// out. Checks that were made since do not stand in the way.
    pub fn fits(&self, change: &Change, direction: Direction) -> Result<bool> {
        Ok(match change.turned(direction) {
            Change::Label { group, annotator, before, .. } => self.label(group, annotator)? == before,
            Change::Mark { group, annotator, before, .. } => self.mark(group, annotator)? == before,
            // Texts that are being written do not stand in the way either.
            Change::Draft { .. } | Change::Writing { .. } => true,
            Change::Round { group, before, wanted_before, .. } => {
                self.group(group)?.is_some_and(|group| group.round == before && group.wanted == wanted_before)
            }
            Change::Shown { group, round, slot, before: Some(before), .. } => {
                self.reply_at(group, round, slot)? == Some(before)
            }
            // The place was waiting: whatever came there since makes room for the one that it showed.
            Change::Shown { group, round, slot, before: None, after } => self.reply_at(group, round, slot)? != after,
            Change::Repeat { group, annotator, before, .. } => self.repeat(group, annotator)? == before,
            Change::Batch { batch, withdrawn_before, .. } => self.batch_withdrawn(batch)? == Some(withdrawn_before),
        })
    }
}

impl Write<'_> {
    /// Write the row as it is after the change.
    pub fn set(&self, change: &Change) -> Result<()> {
        match change {
            Change::Label { after: Some(label), .. } => self.set_label(label),
            Change::Label { group, annotator, after: None, .. } => self.remove_label(*group, *annotator),
            Change::Mark { group, annotator, after, .. } => self.set_mark(*group, *annotator, after),
            Change::Draft { group, annotator, after: Some(draft), .. } => self.set_draft(*group, *annotator, draft),
            Change::Draft { group, annotator, after: None, .. } => self.remove_draft(*group, *annotator),
            Change::Round { group, after, wanted_after, .. } => self.set_round(*group, *after, *wanted_after),
            Change::Shown { group, round, slot, after, .. } => self.set_shown(*group, *round, *slot, *after),
            Change::Writing { group, annotator, writing, there_after: true, .. } => {
                self.bring_writing_back(*group, *annotator, writing)
            }
            Change::Writing { group, annotator, writing, there_after: false, .. } => {
                self.remove_taken_writing(*group, *annotator, writing)
            }
            Change::Repeat { after: Some(repeat), .. } => self.set_repeat(repeat),
            Change::Repeat { group, annotator, after: None, .. } => self.remove_repeat(*group, *annotator),
            Change::Batch { batch, withdrawn_after, .. } => self.set_withdrawn(*batch, *withdrawn_after),
        }
    }

    /// Note a step; steps that were undone can no longer be redone.
    pub fn push_entry(
        &self,
        annotator: AnnotatorId,
        step: &Step,
        group: Option<GroupId>,
        changes: &[Change],
    ) -> Result<()> {
        let sql = "UPDATE journal SET state = 2 WHERE annotator = ?1 AND state = 1";
        self.connection.prepare_cached(sql)?.execute([annotator.to_bytes()])?;
        let sql = "INSERT INTO journal (at, annotator, step, group_id, changes, state) VALUES (?1, ?2, ?3, ?4, ?5, 0)";
        self.connection.prepare_cached(sql)?.execute(params![
            jiff::Timestamp::now().to_string(),
            annotator.to_bytes(),
            to_json(step)?,
            group.map(GroupId::to_bytes),
            to_json(&changes)?,
        ])?;
        Ok(())
    }

    /// Move an entry to another state.
    pub fn set_entry_state(&self, seq: i64, state: EntryState) -> Result<()> {
        let mut statement = self.connection.prepare_cached("UPDATE journal SET state = ?2 WHERE seq = ?1")?;
        statement.execute(params![seq, state as i64])?;
        Ok(())
    }

    /// Let an entry stand for more: consecutive changes of one text are one step.
    pub fn replace_entry_changes(&self, seq: i64, changes: &[Change]) -> Result<()> {
        let mut statement = self.connection.prepare_cached("UPDATE journal SET changes = ?2 WHERE seq = ?1")?;
        statement.execute(params![seq, to_json(&changes)?])?;
        Ok(())
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let group = row.get::<_, Option<[u8; 16]>>(2)?.map(GroupId::from_bytes);
    Ok(Entry { seq: row.get(0)?, step: json(row, 1)?, group, changes: json(row, 3)? })
}
