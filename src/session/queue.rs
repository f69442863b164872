//! Every group's standing, in memory: what a queue row shows, what is to be labeled next, what is still to be asked
//! for. Filled from the session file on opening and kept in step with each commit.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::snapshot::{Counts, QueueRow};
use crate::domain::{GroupId, GroupStatus, PickedCounts, QueueFilter};
use crate::store::{IndexRow, VerdictKind};

/// All groups in the order of their numbers.
#[derive(Default)]
pub(super) struct Queue {
    rows: Vec<Standing>,
    shown: imbl::Vector<QueueRow>,
    positions: HashMap<GroupId, usize>,
    /// Positions of groups that lack replies which have not failed.
    incomplete: BTreeSet<usize>,
    /// Numbers of groups that came to lack replies, or more replies than before, since somebody asked.
    reopened: BTreeSet<u64>,
    /// Positions of groups that can be labeled now and were not skipped.
    ready: BTreeSet<usize>,
    /// Positions in the order in which their groups were skipped; only those without a verdict.
    skipped: BTreeSet<(u64, usize)>,
    /// Positions of the last picks in the order in which they come, and the place of each in it.
    picks: Vec<usize>,
    places: HashMap<usize, usize>,
    counts: Counts,
    picked: PickedCounts,
    /// Groups with replies, none of which is still to come.
    complete: u64,
    /// Replies that are there and that are wanted, and those that failed, over all groups.
    have: u64,
    wanted: u64,
    failed: u64,
}

/// A group's standing for the annotator.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) id: GroupId,
    pub(super) number: u64,
    pub(super) wanted: u32,
    pub(super) round: u32,
    pub(super) have: u32,
    pub(super) failed: u32,
    pub(super) verdict: Option<VerdictKind>,
    pub(super) labeled_today: bool,
    pub(super) skip_order: u64,
    pub(super) flagged: bool,
    pub(super) noted: bool,
    pub(super) later: bool,
    /// Among the last picks for a spot-check.
    pub(super) picked: bool,
    /// It was labeled, and comes again as if it were new.
    pub(super) again: bool,
}

impl Standing {
    /// As it is shown: one that comes again looks as it did before its label.
    pub(super) fn status(&self) -> GroupStatus {
        self.status_with(self.verdict.filter(|_| !self.again))
    }

    fn status_with(&self, verdict: Option<VerdictKind>) -> GroupStatus {
        match verdict {
            Some(VerdictKind::Ranked) => GroupStatus::Done,
            Some(VerdictKind::NoneAcceptable) => GroupStatus::NoneAcceptable,
            None if self.failed > 0 && self.have + self.failed >= self.wanted => GroupStatus::Failed,
            None if self.have == 0 => GroupStatus::Waiting,
            None if self.have < self.wanted => GroupStatus::Generating,
            None if self.later => GroupStatus::Later,
            None if self.skip_order > 0 => GroupStatus::Skipped,
            None => GroupStatus::Ready,
        }
    }

    fn missing(&self) -> u32 {
        self.wanted.saturating_sub(self.have + self.failed)
    }

    /// There are replies, and none is still to come.
    pub(super) fn is_complete(&self) -> bool {
        self.have > 0 && !self.lacks_replies()
    }

    fn lacks_replies(&self) -> bool {
        self.missing() > 0
    }

    /// The verdict can be given now.
    fn can_be_labeled(&self) -> bool {
        matches!(self.status(), GroupStatus::Ready | GroupStatus::Failed) && self.have > 0 && !self.later
    }
}

impl Queue {
    /// Add a group at the end.
    pub(super) fn push(&mut self, row: IndexRow, midnight: jiff::Timestamp) {
        let standing = Standing {
            id: row.id,
            number: row.number,
            wanted: row.wanted,
            round: row.round,
            have: row.have,
            failed: row.failed,
            verdict: row.verdict,
            labeled_today: row.labeled_at.is_some_and(|at| at >= midnight),
            skip_order: row.skip_order,
            flagged: row.flagged,
            noted: row.noted,
            later: row.later,
            picked: false,
            again: false,
        };
        let position = self.rows.len();
        self.positions.insert(standing.id, position);
        self.shown.push_back(shown(&standing, Arc::from(row.title.as_str())));
        self.rows.push(standing.clone());
        if standing.lacks_replies() {
            self.reopened.insert(standing.number);
        }
        self.count(position, &standing, 1);
    }

    /// Change a group's standing.
    pub(super) fn update(&mut self, id: GroupId, change: impl FnOnce(&mut Standing)) {
        let Some(&position) = self.positions.get(&id) else { return };
        let before = self.rows[position].clone();
        let mut after = before.clone();
        change(&mut after);
        let (lacked, lacks) = (before.missing(), after.missing());
        if lacks > lacked || lacks > 0 && before.round != after.round {
            self.reopened.insert(after.number);
        }
        self.count(position, &before, -1);
        self.count(position, &after, 1);
        if let Some(row) = self.shown.get(position) {
            let row = shown(&after, Arc::clone(&row.title));
            self.shown.set(position, row);
        }
        self.rows[position] = after;
    }

    fn count(&mut self, position: usize, standing: &Standing, sign: i64) {
        let add = |sum: &mut u64, amount: u32| *sum = sum.saturating_add_signed(sign * i64::from(amount));
        add(&mut self.have, standing.have.min(standing.wanted));
        add(&mut self.wanted, standing.wanted);
        add(&mut self.complete, u32::from(standing.is_complete()));
        add(&mut self.failed, standing.failed.min(standing.wanted.saturating_sub(standing.have)));
        let counts = &mut self.counts;
        add(&mut counts.total, 1);
        let status = standing.status();
        add(&mut self.picked.groups, u32::from(standing.picked));
        add(&mut self.picked.labeled, u32::from(standing.picked && status.labeled()));
        add(
            // A label that is given a second time is not lost meanwhile.
            match standing.status_with(standing.verdict) {
                GroupStatus::Done => &mut counts.done,
                GroupStatus::NoneAcceptable => &mut counts.none_acceptable,
                GroupStatus::Ready => &mut counts.ready,
                GroupStatus::Later => &mut counts.later,
                GroupStatus::Skipped => &mut counts.skipped,
                GroupStatus::Waiting | GroupStatus::Generating => &mut counts.waiting,
                GroupStatus::Failed => &mut counts.failed,
            },
            1,
        );
        add(&mut counts.flagged, u32::from(standing.flagged));
        add(&mut counts.today, u32::from(standing.labeled_today));
        if sign > 0 && standing.lacks_replies() {
            self.incomplete.insert(position);
        } else {
            self.incomplete.remove(&position);
        }
        if sign > 0 && standing.can_be_labeled() {
            self.ready.insert(position);
        } else {
            self.ready.remove(&position);
        }
        if sign > 0 && status == GroupStatus::Skipped {
            self.skipped.insert((standing.skip_order, position));
        } else {
            self.skipped.remove(&(standing.skip_order, position));
        }
    }

    pub(super) fn shown(&self) -> imbl::Vector<QueueRow> {
        self.shown.clone()
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Replies there, wanted and failed.
    pub(super) fn reply_counts(&self) -> (u64, u64, u64) {
        (self.have, self.wanted, self.failed)
    }

    pub(super) fn picked_counts(&self) -> PickedCounts {
        self.picked
    }

    /// Let these groups, and no others, be the last picks, in the order in which they come; those of `again` come once more.
    pub(super) fn set_picked(&mut self, picked: impl Iterator<Item = GroupId>, again: &HashSet<GroupId>) {
        self.picks = picked.filter_map(|group| self.position(group)).collect();
        self.places = self.picks.iter().enumerate().map(|(place, position)| (*position, place)).collect();
        let is_picked = |position: usize| self.places.contains_key(&position);
        let change: Vec<(GroupId, bool)> = self
            .rows
            .iter()
            .enumerate()
            .map(|(position, row)| (row, is_picked(position)))
            .filter(|(row, is_picked)| row.picked != *is_picked || row.again != again.contains(&row.id))
            .map(|(row, is_picked)| (row.id, is_picked))
            .collect();
        for (id, is_picked) in change {
            self.update(id, |standing| {
                standing.picked = is_picked;
                standing.again = again.contains(&id);
            });
        }
    }

    /// Groups that can be labeled now and have no verdict, skipped ones too; not those of the later pile.
    pub(super) fn open_groups(&self) -> impl Iterator<Item = &Standing> {
        let positions = self.ready.iter().chain(self.skipped.iter().map(|(_, position)| position));
        positions.map(|position| &self.rows[*position]).filter(|row| !row.again)
    }

    /// The next of the picks that has no verdict, after `from` and then from the start; then skipped ones in the order in
    /// which they were skipped.
    pub(super) fn next_picked(&self, from: Option<usize>) -> Option<GroupId> {
        let start = from.and_then(|from| self.places.get(&from)).map_or(0, |place| place + 1);
        let around = || self.picks[start..].iter().chain(&self.picks[..start]).copied();
        let others = || around().filter(|position| Some(*position) != from);
        let skipped = || {
            let skipped = others().map(|position| (self.rows[position].skip_order, position));
            skipped.filter(|skipped| self.skipped.contains(skipped)).min().map(|(_, position)| position)
        };
        let position = others().find(|position| self.ready.contains(position)).or_else(skipped);
        let stay = || from.filter(|&from| self.rows[from].picked && !self.rows[from].status().labeled());
        position.or_else(stay).map(|position| self.rows[position].id)
    }

    /// Groups with replies, none of which is still to come.
    pub(super) fn complete(&self) -> u64 {
        self.complete
    }

    /// The groups of a filter with replies, none of which is still to come.
    pub(super) fn complete_in(&self, filter: QueueFilter) -> impl Iterator<Item = &Standing> {
        self.rows.iter().filter(move |standing| standing.is_complete() && passes(standing, filter))
    }

    /// Whether a filter shows a group and it can be scored.
    pub(super) fn is_complete_in(&self, id: GroupId, filter: QueueFilter) -> bool {
        self.get(id).is_some_and(|standing| standing.is_complete() && passes(standing, filter))
    }

    pub(super) fn get(&self, id: GroupId) -> Option<&Standing> {
        self.positions.get(&id).map(|&position| &self.rows[position])
    }

    pub(super) fn position(&self, id: GroupId) -> Option<usize> {
        self.positions.get(&id).copied()
    }

    pub(super) fn by_number(&self, number: u64) -> Option<GroupId> {
        let position = self.rows.binary_search_by_key(&number, |standing| standing.number).ok()?;
        Some(self.rows[position].id)
    }

    /// The group to label after the one at `from` (excluded): the next one with all its replies, from there on and then
    /// from the start; then one that waits for replies; then the skipped ones in the order in which they were skipped.
    /// Never one of the later pile.
    pub(super) fn next_unlabeled(&self, from: Option<usize>) -> Option<GroupId> {
        let start = from.map_or(0, |position| position + 1);
        let around = |set: &BTreeSet<usize>, wanted: fn(&Standing) -> bool| {
            let mut positions = set.range(start..).chain(set.range(..start)).copied();
            positions.find(|&position| Some(position) != from && wanted(&self.rows[position]))
        };
        around(&self.ready, |_| true)
            .or_else(|| {
                around(&self.incomplete, |standing| standing.status() == GroupStatus::Generating && !standing.later)
            })
            .or_else(|| {
                around(&self.incomplete, |standing| standing.status() == GroupStatus::Waiting && !standing.later)
            })
            .or_else(|| self.skipped.iter().map(|&(_, position)| position).find(|&position| Some(position) != from))
            .or_else(|| from.filter(|&position| !self.rows[position].status().labeled()))
            .map(|position| self.rows[position].id)
    }

    /// The group after or before `from` among those that the filter shows: by number, picks in the order in which they come.
    pub(super) fn step(&self, from: Option<usize>, filter: QueueFilter, forward: bool) -> Option<GroupId> {
        if filter == QueueFilter::Picked {
            let place = match (from.and_then(|from| self.places.get(&from)), forward) {
                (Some(place), true) => Some(place + 1),
                (Some(place), false) => place.checked_sub(1),
                (None, true) => Some(0),
                (None, false) => self.picks.len().checked_sub(1),
            };
            return place.and_then(|place| self.picks.get(place)).map(|position| self.rows[*position].id);
        }
        let shows = |position: &usize| passes(&self.rows[*position], filter);
        let position = match (from, forward) {
            (Some(from), true) => (from + 1..self.rows.len()).find(shows),
            (Some(from), false) => (0..from).rev().find(shows),
            (None, true) => (0..self.rows.len()).find(shows),
            (None, false) => (0..self.rows.len()).rev().find(shows),
        };
        position.map(|position| self.rows[position].id)
    }

    /// Numbers of groups that came to lack replies since this was asked last.
    pub(super) fn take_reopened(&mut self) -> BTreeSet<u64> {
        std::mem::take(&mut self.reopened)
    }

    /// Numbers of all groups that lack replies.
    pub(super) fn lacking(&self) -> impl Iterator<Item = u64> {
        self.incomplete.iter().map(|&position| self.rows[position].number)
    }
}

/// Whether the filter shows a group.
fn passes(standing: &Standing, filter: QueueFilter) -> bool {
    match filter {
        QueueFilter::All => true,
        QueueFilter::Ready => !standing.status().labeled() && !standing.later,
        QueueFilter::Done => standing.status().labeled(),
        QueueFilter::Flagged => standing.flagged,
        QueueFilter::Later => standing.later && !standing.status().labeled(),
        QueueFilter::Picked => standing.picked,
    }
}

fn shown(standing: &Standing, title: Arc<str>) -> QueueRow {
    QueueRow {
        id: standing.id,
        number: standing.number,
        status: standing.status(),
        flagged: standing.flagged,
        noted: standing.noted,
        picked: standing.picked,
        title,
    }
}
