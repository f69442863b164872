//! Which group is in front, and where the annotator will find themselves at the next start.

use std::sync::Arc;

use super::actor::Actor;
use super::snapshot::OpenGroup;
use crate::domain::{GroupId, QueueFilter, View};
use crate::store::StoreError;

/// Groups remembered for going back, oldest dropped first.
const TRAIL: usize = 1000;

/// The groups in the order visited; `[` and `]` walk along it.
#[derive(Default)]
pub(super) struct Trail {
    back: Vec<GroupId>,
    forward: Vec<GroupId>,
}

impl Actor {
    /// Bring a group to the front and remember the one that was there.
    pub(super) fn visit(&mut self, group: Option<GroupId>) {
        if self.place.group == group {
            return;
        }
        if let Some(left) = self.place.group {
            if self.trail.back.len() >= TRAIL {
                self.trail.back.remove(0);
            }
            self.trail.back.push(left);
        }
        self.trail.forward.clear();
        self.show(group);
    }

    fn show(&mut self, group: Option<GroupId>) {
        self.place.group = group;
        self.place.focus = 0;
        self.place.scroll = 0.0;
        if let Some(unfolded) = self.unfolded.take().filter(|unfolded| Some(*unfolded) != group) {
            self.bodies.remove(&unfolded);
        }
    }

    /// Where a verdict on `from` (or its skip) leads: the next group in the queue's filter that is to be labeled, or
    /// the next one that the filter shows where it shows labeled ones only. `None` is the end.
    pub(super) fn next_after(&self, from: GroupId, labeled: bool) -> Option<GroupId> {
        let position = self.queue.position(from);
        match self.place.filter {
            QueueFilter::All | QueueFilter::Ready => {
                self.queue.next_unlabeled(position).filter(|next| !(labeled && *next == from))
            }
            QueueFilter::Picked => self.queue.next_picked(position).filter(|next| !(labeled && *next == from)),
            filter @ (QueueFilter::Done | QueueFilter::Flagged | QueueFilter::Later) => {
                self.queue.step(position, filter, true)
            }
        }
    }

    pub(super) fn go(&mut self, group: GroupId) -> Result<(), StoreError> {
        if self.queue.get(group).is_none() {
            return Ok(());
        }
        self.visit(Some(group));
        self.place.view = View::Label;
        self.save_place()
    }

    pub(super) fn go_to_number(&mut self, number: u64) -> Result<(), StoreError> {
        match self.queue.by_number(number) {
            Some(group) => self.go(group),
            None => Ok(()),
        }
    }

    pub(super) fn go_to_unlabeled(&mut self) -> Result<(), StoreError> {
        let position = self.place.group.and_then(|group| self.queue.position(group));
        let next = match self.place.filter {
            QueueFilter::Picked => self.queue.next_picked(position),
            _ => self.queue.next_unlabeled(position),
        };
        self.visit(next);
        self.place.view = View::Label;
        self.save_place()
    }

    pub(super) fn go_next(&mut self) -> Result<(), StoreError> {
        if let Some(group) = self.trail.forward.pop() {
            self.trail.back.extend(self.place.group);
            self.show(Some(group));
            return self.save_place();
        }
        let position = self.place.group.and_then(|group| self.queue.position(group));
        if let Some(next) = self.queue.step(position, self.place.filter, true) {
            self.visit(Some(next));
        }
        self.save_place()
    }

    pub(super) fn go_previous(&mut self) -> Result<(), StoreError> {
        let known = std::iter::from_fn(|| self.trail.back.pop()).find(|group| self.queue.get(*group).is_some());
        let position = self.place.group.and_then(|group| self.queue.position(group));
        let previous = known.or_else(|| self.queue.step(position, self.place.filter, false));
        if let Some(group) = previous {
            self.trail.forward.extend(self.place.group);
            self.show(Some(group));
        }
        self.save_place()
    }

    pub(super) fn set_place(&mut self, group: GroupId, focus: u32, scroll: f32) -> Result<(), StoreError> {
        if self.place.group == Some(group) && scroll.is_finite() {
            self.place.focus = focus;
            self.place.scroll = scroll;
            return self.save_place();
        }
        Ok(())
    }

    /// Write the place where it differs from what the file holds.
    pub(super) fn save_place(&mut self) -> Result<(), StoreError> {
        if self.place == self.place_saved {
            return Ok(());
        }
        let (annotator, place) = (self.annotator.id, &self.place);
        self.store.write(|write| write.set_place(annotator, place))?;
        self.place_saved = self.place.clone();
        Ok(())
    }

    /// The groups that the annotator will most likely see next, with their replies.
    pub(super) fn neighbours(&mut self) -> Vec<Arc<OpenGroup>> {
        let Some(position) = self.place.group.and_then(|group| self.queue.position(group)) else { return Vec::new() };
        let mut likely = vec![match self.place.filter {
            QueueFilter::Picked => self.queue.next_picked(Some(position)),
            _ => self.queue.next_unlabeled(Some(position)),
        }];
        likely.push(self.queue.step(Some(position), self.place.filter, true));
        let before = self.trail.back.last().copied();
        likely.push(before.or_else(|| self.queue.step(Some(position), self.place.filter, false)));
        let mut groups: Vec<GroupId> = likely.into_iter().flatten().collect();
        groups.dedup();
        groups.into_iter().filter_map(|group| self.open_group(group)).collect()
    }
}
