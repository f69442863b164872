//! The generation job as the session drives it: one lane for each endpoint of the plan.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::queue::Queue;
use crate::domain::{GenerationState, GroupId, JobPhase, Reply, RequestFailure, RequestFault, ServerState, Turns};
use crate::jobs::{Generator, Told};

/// Job events under way to the session thread.
const EVENTS: usize = 256;
/// Over how long the rate is measured.
const RATE_WINDOW: Duration = Duration::from_secs(15);

/// One endpoint at work.
pub(super) struct Lane {
    /// `None` when it could not begin, or had to stop.
    pub(super) generator: Option<Generator>,
    /// Numbers of groups that may want something from it.
    open: BTreeSet<u64>,
    /// Groups that were handed to it and are not answered yet, with their rounds.
    busy: HashMap<GroupId, u32>,
}

impl Lane {
    /// A lane that works, or could not begin.
    pub(super) fn new(generator: Option<Generator>) -> Self {
        Self { generator, open: BTreeSet::new(), busy: HashMap::new() }
    }

    /// The group that may want something, nearest after `near` and then from the start, and which is not being worked
    /// at in the same round. It is taken out.
    fn next(&mut self, queue: &Queue, near: u64) -> Option<GroupId> {
        loop {
            let free = |number: &&u64| {
                let standing = queue.by_number(**number).and_then(|id| queue.get(id));
                standing.is_none_or(|standing| self.busy.get(&standing.id) != Some(&standing.round))
            };
            let number = *self.open.range(near..).chain(self.open.range(..near)).find(free)?;
            self.open.remove(&number);
            // A group that is gone, because its import was taken back, wants nothing.
            if let Some(id) = queue.by_number(number) {
                return Some(id);
            }
        }
    }
}

/// The job's side of the session.
pub(super) struct Generation {
    pub(super) lanes: Vec<Lane>,
    /// Which lane each reply comes from.
    pub(super) turns: Turns,
    events: mpsc::Receiver<Told>,
    /// What jobs that were stopped had told and nobody had heard: replies among it are good.
    left: VecDeque<(u64, Told)>,
    /// Results that could not be written.
    held: (Vec<Reply>, Vec<RequestFailure>),
    /// Which job this is, counted from 0; grows when one is stopped.
    job: u64,
    pub(super) sender: mpsc::Sender<Told>,
    /// When replies arrived, for the rate.
    arrivals: VecDeque<Instant>,
    state: Arc<GenerationState>,
}

impl Generation {
    pub(super) fn new(phase: JobPhase) -> Self {
        let (sender, events) = mpsc::channel(EVENTS);
        let state = Arc::new(GenerationState { phase, ..GenerationState::default() });
        let (lanes, turns, arrivals) = (Vec::new(), Turns::default(), VecDeque::new());
        Self { lanes, turns, events, left: VecDeque::new(), held: Default::default(), job: 0, sender, arrivals, state }
    }

    pub(super) fn state(&self) -> Arc<GenerationState> {
        Arc::clone(&self.state)
    }

    pub(super) fn was_running(&self) -> bool {
        self.state.phase == JobPhase::Running
    }

    fn generators(&self) -> impl Iterator<Item = &Generator> {
        self.lanes.iter().filter_map(|lane| lane.generator.as_ref())
    }

    /// Somebody is at work, or held up.
    pub(super) fn has_begun(&self) -> bool {
        self.generators().next().is_some()
    }

    pub(super) fn try_now(&self) {
        self.generators().for_each(Generator::try_now);
    }

    pub(super) fn pause(&self, paused: bool) {
        self.generators().for_each(|generator| generator.pause(paused));
    }

    /// The next event, and the job that it is of; waits for ever while there is no job.
    pub(super) async fn next_event(&mut self) -> (u64, Told) {
        if let Some(event) = self.left.pop_front() {
            return event;
        }
        match self.events.recv().await {
            Some(event) => (self.job, event),
            // The channel cannot close: this side holds a sender.
            None => std::future::pending().await,
        }
    }

    /// Begin with these lanes; every group that lacks replies is open to them.
    pub(super) fn begin(&mut self, lanes: Vec<Lane>, servers: Vec<ServerState>, turns: Turns, queue: &mut Queue) {
        queue.take_reopened();
        self.turns = turns;
        self.lanes = lanes;
        for lane in self.lanes.iter_mut().filter(|lane| lane.generator.is_some()) {
            lane.open = queue.lacking().collect();
        }
        self.change().servers = servers;
    }

    /// Groups that came to lack replies are open to every lane.
    pub(super) fn reopen(&mut self, queue: &mut Queue) {
        let reopened = queue.take_reopened();
        for lane in self.lanes.iter_mut().filter(|lane| lane.generator.is_some()) {
            lane.open.extend(&reopened);
        }
    }

    /// The next group for a lane that has room; it counts as handed over.
    pub(super) fn next_for(&mut self, lane: usize, queue: &Queue, near: u64) -> Option<GroupId> {
        let lane = &mut self.lanes[lane];
        lane.generator.as_ref().filter(|generator| generator.capacity() > 0)?;
        lane.next(queue, near)
    }

    pub(super) fn handed_over(&mut self, lane: usize, group: GroupId, round: u32) {
        self.lanes[lane].busy.insert(group, round);
    }

    pub(super) fn ended(&mut self, lane: usize, group: GroupId, round: u32) {
        if let Some(lane) = self.lanes.get_mut(lane)
            && lane.busy.get(&group) == Some(&round)
        {
            lane.busy.remove(&group);
        }
    }

    /// The job has begun, nothing is open and nothing under way.
    pub(super) fn is_done(&self) -> bool {
        !self.lanes.is_empty() && self.lanes.iter().all(|lane| lane.open.is_empty() && lane.busy.is_empty())
    }

    /// Bring counts and rate up to date.
    pub(super) fn refresh(&mut self, queue: &Queue) {
        let (have, wanted, failed) = queue.reply_counts();
        while self.arrivals.front().is_some_and(|at| at.elapsed() > RATE_WINDOW) {
            self.arrivals.pop_front();
        }
        let per_second = match (self.arrivals.front(), self.arrivals.len()) {
            (Some(first), count @ 2..) if self.was_running() => {
                Some((count - 1) as f64 / first.elapsed().as_secs_f64().max(0.05))
            }
            _ => None,
        };
        let running: Vec<u32> =
            self.lanes.iter().map(|lane| lane.generator.as_ref().map_or(0, Generator::in_flight)).collect();
        let in_flight = running.iter().sum();
        let state = &self.state;
        if (state.have, state.wanted, state.failed, state.in_flight, state.per_second)
            != (have, wanted, failed, in_flight, per_second)
        {
            let state = Arc::make_mut(&mut self.state);
            (state.have, state.wanted, state.failed) = (have, wanted, failed);
            (state.in_flight, state.per_second) = (in_flight, per_second);
            state.servers.iter_mut().zip(running).for_each(|(server, running)| server.in_flight = running);
        }
    }

    /// Whether an event is of the job that runs, not of one that was stopped meanwhile.
    pub(super) fn is_present(&self, job: u64) -> bool {
        self.job == job
    }

    /// Replies that were stored.
    pub(super) fn arrived(&mut self, replies: u32) {
        let now = Instant::now();
        self.arrivals.extend((0..replies).map(|_| now));
    }

    /// An endpoint cannot go on; the others do.
    pub(super) fn stop_lane(&mut self, lane: usize, fault: RequestFault) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            *lane = Lane::new(None);
        }
        if let Some(server) = self.change().servers.get_mut(lane) {
            (server.stopped, server.waiting) = (Some(fault), None);
        }
    }

    /// Stop the requests that run.
    pub(super) fn stop(&mut self) {
        for lane in self.lanes.drain(..) {
            lane.generator.into_iter().for_each(Generator::cancel);
        }
        self.arrivals.clear();
        while let Ok(told) = self.events.try_recv() {
            self.left.push_back((self.job, told));
        }
        self.job += 1;
        // Events of the job that has ended must not be taken for those of the next one.
        let (sender, events) = mpsc::channel(EVENTS);
        (self.sender, self.events) = (sender, events);
        self.change().servers.iter_mut().for_each(|server| server.waiting = None);
    }

    /// Keep results that could not be written.
    pub(super) fn hold(&mut self, replies: Vec<Reply>, failures: Vec<RequestFailure>) {
        self.held.0.extend(replies);
        self.held.1.extend(failures);
    }

    /// Whether there are results that could not be written.
    pub(super) fn holds(&self) -> bool {
        !self.held.0.is_empty() || !self.held.1.is_empty()
    }

    pub(super) fn take_held(&mut self) -> (Vec<Reply>, Vec<RequestFailure>) {
        std::mem::take(&mut self.held)
    }

    /// What jobs that were stopped had told and nobody had heard.
    pub(super) fn take_left(&mut self) -> impl Iterator<Item = (u64, Told)> {
        std::mem::take(&mut self.left).into_iter()
    }

    /// Change what is shown of it.
    pub(super) fn change(&mut self) -> &mut GenerationState {
        Arc::make_mut(&mut self.state)
    }
}
