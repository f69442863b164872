//! Replies that people edit or write, and the guidelines that they agree on.

use super::actor::Actor;
use super::snapshot::{Card, OpenGroup};
use crate::domain::{
    Draft, GroupId, Guidelines, Notice, Origin, Reply, ReplyId, Step, Tiers, TiersError, Verdict, Writing,
};
use crate::store::{Change, StoreError};

impl Actor {
    pub(super) fn set_writing(
        &mut self,
        group: GroupId,
        parent: Option<ReplyId>,
        text: Option<String>,
    ) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        let annotator = self.annotator.id;
        let mut writings = open.writings.clone();
        writings.retain(|writing| writing.parent != parent);
        match text {
            Some(text) => {
                let writing = Writing { parent, text };
                self.store.write(|write| write.set_writing(group, annotator, &writing))?;
                writings.push(writing);
            }
            None => self.store.write(|write| write.remove_writing(group, annotator, parent))?,
        }
        self.saved();
        self.remember(OpenGroup { writings, ..OpenGroup::clone(&open) });
        Ok(())
    }

    /// Make a text a reply of the group; see [`super::Command::Take`].
    pub(super) fn take(
        &mut self,
        group: GroupId,
        parent: Option<ReplyId>,
        text: String,
        confirm: Option<f32>,
    ) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        let same = parent.and_then(|parent| open.text_of(parent)).is_some_and(|old| old == text);
        if text.trim().is_empty() || same {
            self.notify(Notice::NothingWritten);
            return Ok(());
        }
        if confirm.is_some() && open.cards.contains(&Card::Waiting) {
            self.notify(Notice::NotReady);
            return Ok(());
        }
        let annotator = self.annotator.id;
        let (round, number) = (open.group.round, open.group.number);
        let taken = self.store.read(|read| read.replies(group, round))?;
        let slot = taken.iter().map(|reply| reply.slot.saturating_add(1)).max().unwrap_or(0).max(open.group.wanted);
        let reply = Reply {
            id: ReplyId::new(),
            group,
            round,
            slot,
            text: text.clone(),
            reasoning: None,
            origin: Origin::Written { annotator, parent },
            created_at: jiff::Timestamp::now(),
            hidden: true,
        };
        // Hidden until the step is made, so that a kill in between leaves nothing in sight; output files that are
        // kept current find its text when the step is made.
        self.store.write(|write| write.add_reply(&reply))?;
        let mut changes = vec![Change::Shown { group, round, slot, before: None, after: Some(reply.id) }];
        if open.writings.iter().any(|writing| writing.parent == parent) {
            let writing = Writing { parent, text };
            changes.push(Change::Writing { group, annotator, writing, there_before: true, there_after: false });
        }
        if let Some(seconds) = confirm {
            let Ok(tiers) = on_top(&open, reply.id) else { return Ok(()) };
            return self.give_verdict(&open, Verdict::Ranked(tiers), Step::Labeled { number }, seconds, changes);
        }
        changes.extend(self.end_repeat(&open.group)?);
        let mut checked = open.draft.checked.clone();
        checked.push(reply.id);
        let before = self.store.read(|read| read.draft(group, annotator))?;
        changes.push(Change::Draft { group, annotator, before, after: Some(Draft { checked }) });
        let step = if parent.is_some() { Step::Edited { number } } else { Step::Wrote { number } };
        self.commit(group, step, changes, None)
    }

    pub(super) fn set_guidelines(&mut self, text: String) -> Result<(), StoreError> {
        if self.guidelines.as_ref().map_or("", |newest| newest.text.as_str()) == text {
            return Ok(());
        }
        let version = self.guidelines.as_ref().map_or(1, |newest| newest.version.saturating_add(1));
        let newest = Guidelines { version, text, created_at: jiff::Timestamp::now() };
        self.store.write(|write| write.add_guidelines(&newest))?;
        self.guidelines = Some(newest.into());
        self.saved();
        Ok(())
    }
}

/// The new reply over the checked ones, and those over the rest.
fn on_top(open: &OpenGroup, new: ReplyId) -> Result<Tiers, TiersError> {
    let (checked, rest): (Vec<_>, Vec<_>) =
        open.replies().map(|reply| reply.id).partition(|id| open.draft.checked.contains(id));
    let tiers = [vec![new], checked, rest];
    Tiers::new(tiers.into_iter().filter(|tier| !tier.is_empty()).collect())
}
