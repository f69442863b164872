//! Undo and redo: the journal in the file, walked back and forth.

use super::actor::Actor;
use crate::domain::{Notice, Place, Step};
use crate::store::{Change, Direction, Entry, EntryState, StoreError};

impl Actor {
    /// Take the last step back. Entries whose rows have moved on are passed over, with a word for each.
    pub(super) fn undo(&mut self) -> Result<(), StoreError> {
        let annotator = self.annotator.id;
        loop {
            let Some(entry) = self.store.read(|read| read.last_done(annotator))? else {
                self.notify(Notice::NothingToUndo);
                return Ok(());
            };
            let step = entry.step.clone();
            if self.turn(entry, Direction::Undo)? {
                self.notify(Notice::Undone(step));
                return Ok(());
            }
            self.notify(Notice::UndoPassedOver(step));
        }
    }

    /// Do the step again that was taken back last.
    pub(super) fn redo(&mut self) -> Result<(), StoreError> {
        let annotator = self.annotator.id;
        loop {
            let Some(entry) = self.store.read(|read| read.first_undone(annotator))? else {
                self.notify(Notice::NothingToRedo);
                return Ok(());
            };
            let step = entry.step.clone();
            if self.turn(entry, Direction::Redo)? {
                self.notify(Notice::Redone(step));
                return Ok(());
            }
            self.notify(Notice::UndoPassedOver(step));
        }
    }

    /// Carry an entry out in one direction, in one transaction. `false` when its rows have moved on: then nothing but
    /// the entry's state changed.
    fn turn(&mut self, mut entry: Entry, direction: Direction) -> Result<bool, StoreError> {
        if direction == Direction::Undo {
            // What came to a place that was waiting comes back with redo.
            for change in &mut entry.changes {
                if let Change::Shown { group, round, slot, after: after @ None, .. } = change {
                    *after = self.store.read(|read| read.reply_at(*group, *round, *slot))?;
                }
            }
        }
        let turned: Vec<Change> = entry.changes.iter().map(|change| change.turned(direction)).collect();
        let fits = self.store.read(|read| {
            for change in &entry.changes {
                if !read.fits(change, direction)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })?;
        if !fits {
            self.store.write(|write| write.set_entry_state(entry.seq, EntryState::PassedOver))?;
            return Ok(false);
        }
        let followed = self.followers.prepare(&self.store, &turned)?;
        let annotator = self.annotator.id;
        let place = match entry.group {
            Some(group) if self.place.group != Some(group) => {
                Place { group: Some(group), focus: 0, scroll: 0.0, ..self.place.clone() }
            }
            _ => self.place.clone(),
        };
        let state = match direction {
            Direction::Undo => EntryState::Undone,
            Direction::Redo => EntryState::Done,
        };
        self.store.write(|write| {
            for change in &turned {
                write.set(change)?;
            }
            followed.note(write)?;
            write.replace_entry_changes(entry.seq, &entry.changes)?;
            if place != self.place_saved {
                write.set_place(annotator, &place)?;
            }
            write.set_entry_state(entry.seq, state)
        })?;
        self.place_saved = place;
        self.followers.hand_over(followed, &self.clerk);
        self.after_commit(&turned)?;
        if turned.iter().any(|change| matches!(change, Change::Batch { .. })) {
            self.reconcile_followers();
        }
        if matches!(entry.step, Step::Regenerated { .. } | Step::RegeneratedOne { .. }) && self.generation.was_running()
        {
            self.feed();
        }
        // Back to where the step was made. An undone import has no group; the place may have gone with it.
        let gone = self.place.group.is_some_and(|group| self.queue.get(group).is_none());
        match entry.group {
            Some(group) => self.visit(Some(group)),
            None if gone || self.place.group.is_none() => {
                let next = self.queue.next_unlabeled(None);
                self.visit(next);
            }
            None => {}
        }
        // Where a whole import came or went the place may have moved once more. The step is made all the same: what
        // is told of it must not depend on that.
        if let Err(error) = self.save_place() {
            tracing::warn!(%error, "the place was not saved; the next step takes it along");
        }
        Ok(true)
    }
}
