//! Checks, verdicts and marks. Each step of a person is one transaction that writes the rows, the journal entry and
//! the place where it was made; memory follows only when it is on disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::actor::{Actor, midnight};
use super::machines;
use super::snapshot::{Card, OpenGroup};
use crate::domain::{
    Draft, Group, GroupId, Label, Mark, Notice, Place, QueueFilter, Repeat, Reply, ReplyId, Scorer, Step, Tiers,
    Verdict, alike, shown_order,
};
use crate::store::{Change, StoreError};

/// Groups kept in memory around the one in front.
const BODIES: usize = 16;

impl Actor {
    pub(super) fn check(&mut self, group: GroupId, reply: ReplyId, checked: bool) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        if open.text_of(reply).is_none() {
            return Ok(());
        }
        let mut draft = open.draft.clone();
        draft.checked.retain(|id| *id != reply);
        if checked {
            draft.checked.push(reply);
        }
        let annotator = self.annotator.id;
        self.store.write(|write| write.set_draft(group, annotator, &draft))?;
        self.saved();
        self.remember(OpenGroup { draft, ..OpenGroup::clone(&open) });
        Ok(())
    }

    pub(super) fn confirm(&mut self, group: GroupId, seconds: f32) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        let replies: Vec<ReplyId> = open.replies().map(|reply| reply.id).collect();
        if open.cards.contains(&Card::Waiting) || replies.is_empty() {
            self.notify(Notice::NotReady);
            return Ok(());
        }
        // Enter on a label that nobody changed goes on; a finer order than checks can say stays as it is.
        let unchanged = self.store.read(|read| read.draft(group, self.annotator.id))?.is_none();
        if unchanged && open.label.is_some() {
            let next = self.next_after(group, true);
            self.visit(next);
            return self.save_place();
        }
        let Ok(tiers) = Tiers::from_checked(&replies, &open.draft.checked) else {
            self.notify(Notice::NothingChecked);
            return Ok(());
        };
        if tiers.as_slice().len() == 1 {
            self.notify(Notice::AllChecked);
        }
        let step = Step::Labeled { number: open.group.number };
        self.give_verdict(&open, Verdict::Ranked(tiers), step, seconds, Vec::new())
    }

    pub(super) fn none_acceptable(&mut self, group: GroupId, seconds: f32) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        if open.replies().next().is_none() {
            self.notify(Notice::NotReady);
            return Ok(());
        }
        let step = Step::NoneAcceptable { number: open.group.number };
        self.give_verdict(&open, Verdict::NoneAcceptable, step, seconds, Vec::new())
    }

    /// Label a group and go on; `changes` are what the step changes beside that.
    pub(super) fn give_verdict(
        &mut self,
        open: &OpenGroup,
        verdict: Verdict,
        step: Step,
        seconds: f32,
        mut changes: Vec<Change>,
    ) -> Result<(), StoreError> {
        let (group, annotator) = (open.group.id, self.annotator.id);
        // The row of another round, too, is brought back by undo.
        let given = self.store.read(|read| read.label(group, annotator))?;
        let label = Label {
            group,
            annotator,
            round: open.group.round,
            verdict,
            guidelines: self.guidelines.as_ref().map(|newest| newest.version),
            seconds: if seconds.is_finite() { seconds.max(0.0) } else { 0.0 },
            labeled_at: jiff::Timestamp::now(),
        };
        let draft = self.store.read(|read| read.draft(group, annotator))?;
        // A group that comes again keeps its label; what is said now only measures. Where its replies change in the same
        // step it is another group, and this is its label.
        let again = if changes.is_empty() { self.repeat_of(&open.group)? } else { None };
        changes.extend(if again.is_none() { self.end_repeat(&open.group)? } else { None });
        let stays = again.is_none() && self.stays(group, open.group.round, &label.verdict)?;
        match again {
            Some(before) => {
                let after = Some(Repeat { label: Some(label), ..before.clone() });
                changes.push(Change::Repeat { group, annotator, before: Some(before), after });
            }
            None => changes.push(Change::Label { group, annotator, before: given, after: Some(label) }),
        }
        if open.mark.later {
            let after = Mark { later: false, ..open.mark.clone() };
            changes.push(Change::Mark { group, annotator, before: open.mark.clone(), after });
        }
        if draft.is_some() {
            changes.push(Change::Draft { group, annotator, before: draft, after: None });
        }
        let next = (!stays).then(|| self.next_after(group, true));
        self.commit(group, step, changes, next)
    }

    /// The repeat that a group waits for, where it came again. Only among the picks: who goes to a group by themselves
    /// wants to see and change what they said.
    fn repeat_of(&self, group: &Group) -> Result<Option<Repeat>, StoreError> {
        if self.place.filter != QueueFilter::Picked {
            return Ok(None);
        }
        let waits = |repeat: &Repeat| repeat.label.is_none() && repeat.round == group.round;
        Ok(self.store.read(|read| read.repeat(group.id, self.annotator.id))?.filter(waits))
    }

    /// A group whose replies or label change waits for no second verdict on what was there.
    pub(super) fn end_repeat(&self, group: &Group) -> Result<Option<Change>, StoreError> {
        let annotator = self.annotator.id;
        let waiting = self.store.read(|read| read.repeat(group.id, annotator))?.filter(|one| one.label.is_none());
        Ok(waiting.map(|before| Change::Repeat { group: group.id, annotator, before: Some(before), after: None }))
    }

    pub(super) fn skip(&mut self, group: GroupId) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        let annotator = self.annotator.id;
        let skip_order = self.store.read(|read| read.next_skip_order(annotator))?;
        let after = Mark { skips: open.mark.skips.saturating_add(1), skip_order, ..open.mark.clone() };
        let step = Step::Skipped { number: open.group.number };
        let next = self.next_after(group, false);
        let change = Change::Mark { group, annotator, before: open.mark.clone(), after };
        self.commit(group, step, vec![change], Some(next))
    }

    pub(super) fn set_flag(&mut self, group: GroupId, flagged: bool) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        if open.mark.flagged == flagged {
            return Ok(());
        }
        let after = Mark { flagged, ..open.mark.clone() };
        let step = Step::Flagged { number: open.group.number, set: flagged };
        let annotator = self.annotator.id;
        self.commit(group, step, vec![Change::Mark { group, annotator, before: open.mark.clone(), after }], None)
    }

    pub(super) fn set_note(&mut self, group: GroupId, note: String) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        if open.mark.note == note {
            return Ok(());
        }
        let annotator = self.annotator.id;
        let after = Mark { note, ..open.mark.clone() };
        let step = Step::Noted { number: open.group.number };
        // Consecutive changes of one note are one step: the entry keeps the oldest text and takes the newest.
        let last = self.store.read(|read| read.last_done(annotator))?;
        let redo = self.store.read(|read| read.first_undone(annotator))?;
        let joined = last.filter(|entry| entry.step == step && redo.is_none()).and_then(|entry| {
            match entry.changes.as_slice() {
                [Change::Mark { before, after: then, .. }] if *then == open.mark => Some((entry.seq, before.clone())),
                _ => None,
            }
        });
        let change = |before: Mark| Change::Mark { group, annotator, before, after: after.clone() };
        match joined {
            Some((seq, before)) => {
                self.store.write(|write| {
                    write.set_mark(group, annotator, &after)?;
                    write.replace_entry_changes(seq, &[change(before)])
                })?;
                self.after_commit(&[change(open.mark.clone())])
            }
            None => self.commit(group, step, vec![change(open.mark.clone())], None),
        }
    }

    pub(super) fn set_later(&mut self, group: GroupId, later: bool) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        if open.mark.later == later {
            return Ok(());
        }
        let after = Mark { later, ..open.mark.clone() };
        let step = Step::Later { number: open.group.number, set: later };
        let next = later.then(|| self.next_after(group, true));
        let annotator = self.annotator.id;
        self.commit(group, step, vec![Change::Mark { group, annotator, before: open.mark.clone(), after }], next)
    }

    pub(super) fn regenerate(&mut self, group: GroupId) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        if !self.plan.has_endpoint() {
            self.notify(Notice::NoEndpoint);
            return Ok(());
        }
        let annotator = self.annotator.id;
        let (before, wanted_before) = (open.group.round, open.group.wanted);
        let newest = self.store.read(|read| read.newest_round(group))?;
        let mut changes = vec![Change::Round {
            group,
            before,
            after: newest.saturating_add(1),
            wanted_before,
            wanted_after: self.plan.replies.get(),
        }];
        let given = self.store.read(|read| read.label(group, annotator))?;
        if given.is_some() {
            changes.push(Change::Label { group, annotator, before: given, after: None });
        }
        if let Some(draft) = self.store.read(|read| read.draft(group, annotator))? {
            changes.push(Change::Draft { group, annotator, before: Some(draft), after: None });
        }
        changes.extend(self.end_repeat(&open.group)?);
        self.commit(group, Step::Regenerated { number: open.group.number }, changes, None)?;
        self.resume_generation();
        Ok(())
    }

    /// Empty the place of one reply and ask for another; a verdict that was given goes with it.
    pub(super) fn regenerate_one(&mut self, group: GroupId, reply: ReplyId) -> Result<(), StoreError> {
        let Some(open) = self.open_group(group) else { return Ok(()) };
        let Some(old) = open.replies().find(|shown| shown.id == reply) else { return Ok(()) };
        if !self.plan.has_endpoint() {
            self.notify(Notice::NoEndpoint);
            return Ok(());
        }
        if old.is_written() || old.slot >= open.group.wanted {
            self.notify(Notice::CannotRegenerate);
            return Ok(());
        }
        let annotator = self.annotator.id;
        let (round, slot) = (open.group.round, old.slot);
        let mut changes = vec![Change::Shown { group, round, slot, before: Some(reply), after: None }];
        let given = self.store.read(|read| read.label(group, annotator))?;
        if given.is_some() {
            changes.push(Change::Label { group, annotator, before: given, after: None });
        }
        let mut draft = open.draft.clone();
        draft.checked.retain(|checked| *checked != reply);
        let before = self.store.read(|read| read.draft(group, annotator))?;
        changes.push(Change::Draft { group, annotator, before, after: Some(draft) });
        // The place is being watched: nothing folds away under the reader's eyes.
        self.unfolded = Some(group);
        changes.extend(self.end_repeat(&open.group)?);
        self.commit(group, Step::RegeneratedOne { number: open.group.number }, changes, None)?;
        self.resume_generation();
        Ok(())
    }

    /// Write a step in one transaction, one fsync: its rows, its journal entry and, where it moves on, the place.
    /// `next` is the group that comes to the front; `Some(None)` is the end of the queue.
    pub(super) fn commit(
        &mut self,
        group: GroupId,
        step: Step,
        changes: Vec<Change>,
        next: Option<Option<GroupId>>,
    ) -> Result<(), StoreError> {
        let annotator = self.annotator.id;
        let place = match next {
            Some(next) if next != self.place.group => {
                Place { group: next, focus: 0, scroll: 0.0, ..self.place.clone() }
            }
            _ => self.place.clone(),
        };
        let followed = self.followers.prepare(&self.store, &changes)?;
        self.store.write(|write| {
            for change in &changes {
                write.set(change)?;
            }
            followed.note(write)?;
            if place != self.place_saved {
                write.set_place(annotator, &place)?;
            }
            write.push_entry(annotator, &step, Some(group), &changes)
        })?;
        self.place_saved = place;
        if let Some(next) = next {
            self.visit(next);
        }
        self.followers.hand_over(followed, &self.clerk);
        self.after_commit(&changes)
    }

    /// Bring memory in step with changes that are on disk.
    pub(super) fn after_commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.saved();
        let mut reload = false;
        for change in changes {
            match change {
                Change::Batch { .. } => reload = true,
                Change::Label { group, .. }
                | Change::Repeat { group, .. }
                | Change::Mark { group, .. }
                | Change::Draft { group, .. }
                | Change::Writing { group, .. }
                | Change::Shown { group, .. }
                | Change::Round { group, .. } => {
                    self.bodies.remove(group);
                    self.refresh_row(*group)?;
                }
            }
        }
        if changes.iter().any(|change| matches!(change, Change::Label { .. })) {
            self.refresh_pace()?;
        }
        if reload {
            self.bodies.clear();
            self.load_queue()?;
        }
        Ok(())
    }

    /// Read one group's standing anew.
    pub(super) fn refresh_row(&mut self, group: GroupId) -> Result<(), StoreError> {
        let Some(row) = self.store.read(|read| read.index_row(group, self.annotator.id))? else { return Ok(()) };
        let repeat = self.store.read(|read| read.repeat(group, self.annotator.id))?;
        let again = self.place.filter == QueueFilter::Picked
            && repeat.is_some_and(|repeat| repeat.label.is_none() && repeat.round == row.round);
        let midnight = midnight();
        self.queue.update(group, |standing| {
            standing.again = again;
            standing.wanted = row.wanted;
            standing.round = row.round;
            standing.have = row.have;
            standing.failed = row.failed;
            standing.verdict = row.verdict;
            standing.labeled_today = row.labeled_at.is_some_and(|at| at >= midnight);
            standing.skip_order = row.skip_order;
            standing.flagged = row.flagged;
            standing.noted = row.noted;
            standing.later = row.later;
        });
        self.label_of_calibration_changed(group);
        self.rescore(group)
    }

    /// A group with its replies, from memory or from the file. An unreadable group is told and shown as none.
    pub(super) fn open_group(&mut self, group: GroupId) -> Option<Arc<OpenGroup>> {
        if let Some(open) = self.bodies.get(&group) {
            return Some(Arc::clone(open));
        }
        match self.read_group(group) {
            Ok(Some(open)) => Some(self.remember(open)),
            Ok(None) => None,
            Err(error) => {
                self.report_store_error(error);
                None
            }
        }
    }

    pub(super) fn remember(&mut self, open: OpenGroup) -> Arc<OpenGroup> {
        if self.bodies.len() >= BODIES {
            let front = self.place.group;
            self.bodies.retain(|group, _| Some(*group) == front);
        }
        let open = Arc::new(open);
        self.bodies.insert(open.group.id, Arc::clone(&open));
        open
    }

    fn read_group(&self, id: GroupId) -> Result<Option<OpenGroup>, StoreError> {
        let annotator = self.annotator.id;
        let is_picking = self.place.filter == QueueFilter::Picked;
        let scorers: Vec<Arc<Scorer>> = self.scorers.benches.iter().map(|bench| Arc::clone(&bench.scorer)).collect();
        self.store.read(|read| {
            let Some(group) = read.group(id)? else { return Ok(None) };
            let replies = read.shown_replies(id, group.round)?;
            let failures = read.failures(id, group.round)?;
            let again = read.repeat(id, annotator)?;
            let again = is_picking && again.is_some_and(|again| again.label.is_none() && again.round == group.round);
            let label = read.label(id, annotator)?.filter(|label| label.round == group.round && !again);
            let (judgements, reasons) = match &label {
                Some(_) => machines::read(read, &group, &scorers)?,
                None => (Vec::new(), Vec::new()),
            };
            let mark = read.mark(id, annotator)?;
            let draft = read.draft(id, annotator)?.unwrap_or_else(|| checks_of(label.as_ref()));
            let writings = read.writings(id, annotator)?;
            let extra = replies.iter().map(|reply| reply.slot).filter(|slot| *slot >= group.wanted);
            let mut by_slot: std::collections::HashMap<u32, Card> =
                failures.into_iter().map(|failure| (failure.slot, Card::Failed(failure.fault))).collect();
            let order: Vec<u32> = shown_order(id, group.round, group.wanted).into_iter().chain(extra).collect();
            by_slot.extend(replies.into_iter().map(|reply| (reply.slot, Card::Reply(Arc::new(reply)))));
            let cards = order.into_iter().map(|slot| by_slot.remove(&slot).unwrap_or(Card::Waiting)).collect();
            let mut open =
                OpenGroup { group, cards, label, draft, mark, writings, alike: BTreeMap::new(), judgements, reasons };
            if self.unfolded != Some(id) && !open.cards.contains(&Card::Waiting) {
                fold_alike(&mut open);
            }
            Ok(Some(open))
        })
    }
}

/// Let one card stand for replies that are nearly the same. What people wrote stands for itself: an edit is often
/// close to the reply that it was made from.
fn fold_alike(open: &mut OpenGroup) {
    let places: Vec<(usize, Arc<Reply>)> = open
        .cards
        .iter()
        .enumerate()
        .filter_map(|(place, card)| match card {
            Card::Reply(reply) if !reply.is_written() => Some((place, Arc::clone(reply))),
            _ => None,
        })
        .collect();
    let texts: Vec<&str> = places.iter().map(|(_, reply)| reply.text.as_str()).collect();
    let first = alike(&texts);
    let ranked = |reply: &Reply| match open.label.as_ref().map(|label| &label.verdict) {
        Some(Verdict::Ranked(tiers)) => tiers.as_slice().iter().flatten().any(|id| *id == reply.id),
        Some(Verdict::NoneAcceptable) | None => false,
    };
    let named = |reply: &Reply| open.draft.checked.contains(&reply.id) || ranked(reply);
    let mut folded = vec![false; open.cards.len()];
    for index in 0..places.len() {
        let same: Vec<usize> = (0..places.len()).filter(|other| first[*other] == index).collect();
        if same.len() < 2 {
            continue;
        }
        // What a check or a label names stays in sight.
        let shown = same.iter().copied().find(|member| named(&places[*member].1)).unwrap_or(index);
        let away = |member: &usize| *member != shown && !named(&places[*member].1);
        let others: Vec<ReplyId> = same.iter().copied().filter(away).map(|member| places[member].1.id).collect();
        for member in same.iter().copied().filter(away) {
            folded[places[member].0] = true;
        }
        if !others.is_empty() {
            open.alike.insert(places[shown].1.id, others);
        }
    }
    let mut folded = folded.into_iter();
    open.cards.retain(|_| !folded.next().unwrap_or(false));
}

fn checks_of(label: Option<&Label>) -> Draft {
    let checked = match label.map(|label| &label.verdict) {
        Some(Verdict::Ranked(tiers)) => tiers.best().to_vec(),
        Some(Verdict::NoneAcceptable) | None => Vec::new(),
    };
    Draft { checked }
}
