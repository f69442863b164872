//! The plan and the generation job: what is asked for, what comes back, what is said of it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::actor::Actor;
use super::clerk::Report;
use super::queue::Queue;
use super::snapshot::Probe;
use crate::domain::{
    Endpoint, GenerationState, GroupId, JobPhase, Notice, Origin, Plan, Prompt, Reply, ReplyId, RequestFailure,
    RequestFault, ServerAddress, Waiting,
};
use crate::endpoints::{ApiKey, Client, Timeouts};
use crate::jobs::{Generator, JobEvent, Setup, Work};
use crate::store::StoreError;

/// Job events under way to the session thread.
const EVENTS: usize = 256;
/// Over how long the rate is measured.
const RATE_WINDOW: Duration = Duration::from_secs(15);
/// Failures that a snapshot lists.
const FAILURES: usize = 50;

/// The job's side of the session.
pub(super) struct Generation {
    generator: Option<Generator>,
    events: mpsc::Receiver<JobEvent>,
    sender: mpsc::Sender<JobEvent>,
    /// Groups that were handed to the job and are not answered yet.
    busy: HashSet<GroupId>,
    /// When replies arrived, for the rate.
    arrivals: VecDeque<Instant>,
    state: Arc<GenerationState>,
}

impl Generation {
    pub(super) fn new(phase: JobPhase) -> Self {
        let (sender, events) = mpsc::channel(EVENTS);
        let state = Arc::new(GenerationState { phase, ..GenerationState::default() });
        Self { generator: None, events, sender, busy: HashSet::new(), arrivals: VecDeque::new(), state }
    }

    pub(super) fn state(&self) -> Arc<GenerationState> {
        Arc::clone(&self.state)
    }

    pub(super) fn was_running(&self) -> bool {
        self.state.phase == JobPhase::Running
    }

    pub(super) fn try_now(&self) {
        if let Some(generator) = &self.generator {
            generator.try_now();
        }
    }

    /// The next event of the job; waits for ever while there is no job.
    pub(super) async fn next_event(&mut self) -> JobEvent {
        match self.events.recv().await {
            Some(event) => event,
            // The channel cannot close: this side holds a sender.
            None => std::future::pending().await,
        }
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
        let in_flight = self.generator.as_ref().map_or(0, Generator::in_flight);
        let state = &self.state;
        if (state.have, state.wanted, state.failed, state.in_flight, state.per_second)
            != (have, wanted, failed, in_flight, per_second)
        {
            let state = Arc::make_mut(&mut self.state);
            (state.have, state.wanted, state.failed) = (have, wanted, failed);
            (state.in_flight, state.per_second) = (in_flight, per_second);
        }
    }

    /// Stop the requests that run.
    pub(super) fn stop(&mut self) {
        if let Some(generator) = self.generator.take() {
            generator.cancel();
        }
        self.busy.clear();
        self.arrivals.clear();
        // Events of the job that has ended must not be taken for those of the next one.
        let (sender, events) = mpsc::channel(EVENTS);
        (self.sender, self.events) = (sender, events);
        Arc::make_mut(&mut self.state).waiting = None;
    }

    fn change(&mut self) -> &mut GenerationState {
        Arc::make_mut(&mut self.state)
    }
}

impl Actor {
    pub(super) fn set_title(&mut self, title: String) -> Result<(), StoreError> {
        self.store.write(|write| write.set_title(&title))?;
        self.info.title = title;
        self.saved();
        Ok(())
    }

    pub(super) fn set_plan(&mut self, plan: Plan) -> Result<(), StoreError> {
        if *self.plan == plan {
            return Ok(());
        }
        self.store.write(|write| write.set_plan(&plan))?;
        if self.plan.endpoint != plan.endpoint {
            self.probe = None;
        }
        self.plan = Arc::new(plan);
        self.saved();
        Ok(())
    }

    /// Groups for prompts, then replies for them.
    pub(super) fn start(&mut self, prompts: &[Prompt]) -> Result<(), StoreError> {
        if self.plan.endpoint.is_none() {
            self.notify(Notice::NoEndpoint);
            return Ok(());
        }
        self.add_groups(prompts)?;
        // A new start takes the plan as it is now: another endpoint, other sampling.
        self.generation.stop();
        self.resume_generation();
        Ok(())
    }

    /// Ask for what is missing. Without an endpoint or with an address that is none, says so and stays as it is.
    pub(super) fn resume_generation(&mut self) {
        if self.generation.generator.is_none() {
            let Some(endpoint) = self.plan.endpoint.clone() else {
                self.notify(Notice::NoEndpoint);
                return;
            };
            let client = match self.client(&endpoint) {
                Ok(client) => client,
                Err(fault) => {
                    self.generation.change().stopped = Some(fault);
                    self.set_phase(JobPhase::Paused);
                    return;
                }
            };
            let setup = Setup {
                client,
                server_label: endpoint.address.as_str().to_owned(),
                model: endpoint.model,
                sampling: self.plan.sampling.clone(),
                concurrency: self.plan.concurrency(),
            };
            let sender = self.generation.sender.clone();
            self.generation.generator = Some(Generator::start(&self.options.runtime, setup, sender));
        }
        if let Some(generator) = &self.generation.generator {
            generator.pause(false);
        }
        self.generation.change().stopped = None;
        self.set_phase(JobPhase::Running);
        self.feed();
    }

    fn client(&self, endpoint: &Endpoint) -> Result<Client, RequestFault> {
        let address = self.address(&endpoint.address)?;
        Client::new(&address, ApiKey::from_env(), Timeouts::default())
    }

    fn address(&self, address: &ServerAddress) -> Result<String, RequestFault> {
        match address {
            ServerAddress::Url(url) => Ok(url.clone()),
            ServerAddress::Sample => match (self.options.sample)() {
                Ok(address) => Ok(format!("http://{address}/v1")),
                Err(error) => Err(RequestFault::Unreachable { url: "sample".to_owned(), said: error.to_string() }),
            },
        }
    }

    pub(super) fn pause_generation(&mut self) -> Result<(), StoreError> {
        if self.generation.was_running() {
            if let Some(generator) = &self.generation.generator {
                generator.pause(true);
            }
            self.set_phase(JobPhase::Paused);
        }
        Ok(())
    }

    pub(super) fn cancel_generation(&mut self) -> Result<(), StoreError> {
        self.generation.stop();
        self.generation.change().stopped = None;
        self.set_phase(JobPhase::Idle);
        Ok(())
    }

    pub(super) fn retry_failed(&mut self) -> Result<(), StoreError> {
        let touched = self.store.write(|write| write.clear_failures())?;
        for group in touched {
            self.bodies.remove(&group);
            self.refresh_row(group)?;
        }
        self.generation.change().failures.clear();
        self.resume_generation();
        Ok(())
    }

    /// The phase is written so that a restart goes on where it was; a failure to write it is told.
    fn set_phase(&mut self, phase: JobPhase) {
        if self.generation.state.phase == phase {
            return;
        }
        match self.store.write(|write| write.set_phase(phase)) {
            Ok(()) => self.generation.change().phase = phase,
            Err(error) => self.report_store_error(error),
        }
    }

    /// Hand out work until the job has enough; end the job when nothing is left.
    pub(super) fn feed(&mut self) {
        if !self.generation.was_running() {
            return;
        }
        let near = self.place.group.and_then(|group| self.queue.position(group)).unwrap_or(0);
        loop {
            let Some(generator) = &self.generation.generator else { return };
            if generator.capacity() == 0 {
                return;
            }
            let busy = &self.generation.busy;
            let Some(id) = self.queue.next_incomplete(near, |group| busy.contains(&group)).map(|row| row.id) else {
                break;
            };
            match self.work_for(id) {
                Ok(Some(work)) => {
                    if generator.offer(work).is_err() {
                        return;
                    }
                    self.generation.busy.insert(id);
                }
                Ok(None) => {
                    tracing::warn!(%id, "a group was counted as incomplete and is not");
                    return;
                }
                Err(error) => {
                    self.report_store_error(error);
                    return;
                }
            }
        }
        if self.generation.busy.is_empty() {
            self.generation.stop();
            self.set_phase(JobPhase::Idle);
        }
    }

    /// The places of a group that have neither a reply nor a failure.
    fn work_for(&self, id: GroupId) -> Result<Option<Work>, StoreError> {
        let plan = &self.plan;
        self.store.read(|read| {
            let Some(group) = read.group(id)? else { return Ok(None) };
            let mut taken: HashSet<u32> = HashSet::new();
            let replies = read.replies(id, group.round)?;
            taken.extend(replies.iter().filter(|reply| !reply.hidden).map(|reply| reply.slot));
            taken.extend(read.failures(id, group.round)?.iter().map(|failure| failure.slot));
            let slots: Vec<u32> = (0..group.wanted).filter(|slot| !taken.contains(slot)).collect();
            if slots.is_empty() {
                return Ok(None);
            }
            // A place that is asked for again needs another seed than the replies that it had.
            let tries = |slot: u32| replies.iter().filter(|reply| reply.slot == slot).count() as u64;
            let seed = |slot: u32| seed(plan.sampling.first_seed, group.number, group.round, slot, tries(slot));
            let seeds = slots.iter().map(|slot| seed(*slot)).collect();
            Ok(Some(Work { group: id, round: group.round, prompt: Arc::new(group.prompt), slots, seeds }))
        })
    }

    /// Store what the job brought, in one transaction.
    pub(super) fn take_job_events(&mut self, events: Vec<JobEvent>) {
        let mut replies: Vec<Reply> = Vec::new();
        let mut failures: Vec<RequestFailure> = Vec::new();
        let mut ended: Vec<GroupId> = Vec::new();
        for event in events {
            match event {
                JobEvent::Reply { group, round, slot, text, reasoning, generated } => {
                    if self.is_current(group, round) {
                        replies.push(Reply {
                            id: ReplyId::new(),
                            group,
                            round,
                            slot,
                            text,
                            reasoning,
                            origin: Origin::Generated(generated),
                            created_at: jiff::Timestamp::now(),
                            hidden: false,
                        });
                    }
                }
                JobEvent::Failed { group, round, slot, fault } => {
                    if self.is_current(group, round) {
                        failures.push(RequestFailure { group, round, slot, fault, at: jiff::Timestamp::now() });
                    }
                }
                JobEvent::Ended { group, .. } => ended.push(group),
                JobEvent::Away { fault, next_try, tries } => {
                    self.generation.change().waiting = Some(Waiting { fault, next_try, tries });
                }
                JobEvent::Back => self.generation.change().waiting = None,
                JobEvent::Stopped { fault } => {
                    self.generation.stop();
                    self.generation.change().stopped = Some(fault);
                    self.set_phase(JobPhase::Paused);
                }
            }
        }
        let stored = self.store.write(|write| {
            let mut stored: HashMap<GroupId, u32> = HashMap::new();
            for reply in &replies {
                if write.add_reply(reply)? {
                    *stored.entry(reply.group).or_default() += 1;
                }
            }
            for failure in &failures {
                // An undo may have filled the place meanwhile.
                if write.reply_at(failure.group, failure.round, failure.slot)?.is_none() {
                    write.put_failure(failure)?;
                }
            }
            Ok(stored)
        });
        match stored {
            Ok(stored) => self.after_results(&stored, failures),
            Err(error) => {
                // Nothing was stored: the places are still missing and are asked for again on resume. Going on would
                // burn requests whose replies cannot be kept.
                self.report_store_error(error);
                self.generation.stop();
                if let Some(state) = Arc::get_mut(&mut self.generation.state) {
                    state.phase = JobPhase::Paused;
                } else {
                    self.generation.change().phase = JobPhase::Paused;
                }
                return;
            }
        }
        for group in ended {
            self.generation.busy.remove(&group);
        }
        self.feed();
    }

    fn after_results(&mut self, stored: &HashMap<GroupId, u32>, failures: Vec<RequestFailure>) {
        let now = Instant::now();
        let mut touched: HashSet<GroupId> = stored.keys().copied().collect();
        touched.extend(failures.iter().map(|failure| failure.group));
        for _ in 0..stored.values().sum::<u32>() {
            self.generation.arrivals.push_back(now);
        }
        let listed = &mut self.generation.change().failures;
        for failure in failures {
            listed.insert(0, failure);
        }
        listed.truncate(FAILURES);
        let mut at_front = false;
        for group in touched {
            self.bodies.remove(&group);
            at_front |= self.place.group == Some(group);
            if let Err(error) = self.refresh_row(group) {
                self.report_store_error(error);
            }
        }
        // The annotator waits at the end of the queue or has not begun: bring the first group that can be read.
        if self.place.group.is_none() && !at_front {
            self.place.group = self.queue.next_unlabeled(None);
        }
    }

    fn is_current(&self, group: GroupId, round: u32) -> bool {
        self.queue.get(group).is_some_and(|standing| standing.round == round)
    }

    /// Ask the plan's server what it is; the answer comes as a report.
    pub(super) fn ask_server(&mut self) {
        let Some(endpoint) = self.plan.endpoint.clone() else {
            self.notify(Notice::NoEndpoint);
            return;
        };
        let client = match self.client(&endpoint) {
            Ok(client) => client,
            Err(fault) => {
                self.probe = Some(Arc::new(Probe::Failed(fault)));
                return;
            }
        };
        self.probe = Some(Arc::new(Probe::Asking));
        let reports = self.clerk.reports();
        self.options.runtime.spawn(async move {
            let probe = match client.probe().await {
                Ok(info) => Probe::Found(info),
                Err(fault) => Probe::Failed(fault),
            };
            // A session that was closed meanwhile takes no answer.
            drop(reports.send(Report::Probed(probe)).await);
        });
    }
}

/// The seed of one place. With a first seed the same plan gives the same seeds; without one they are drawn at random
/// and recorded. Stays below 2^31 where the first seed does, since some servers take no more.
fn seed(first: Option<u64>, number: u64, round: u32, slot: u32, tries: u64) -> u64 {
    match first {
        Some(first) => first
            .wrapping_add(number.wrapping_mul(64))
            .wrapping_add(u64::from(slot))
            .wrapping_add(u64::from(round).wrapping_mul(1_000_003))
            .wrapping_add(tries.wrapping_mul(15_485_863)),
        None => {
            let bytes = ReplyId::new().to_bytes();
            bytes[12..].iter().fold(0u64, |seed, byte| (seed << 8) | u64::from(*byte)) >> 1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_repeat_with_a_first_seed_and_differ_between_places() {
        assert_eq!(seed(Some(7), 3, 0, 1, 0), seed(Some(7), 3, 0, 1, 0));
        assert_ne!(seed(Some(7), 3, 0, 1, 0), seed(Some(7), 3, 0, 1, 1));
        let all: HashSet<u64> =
            (1..100).flat_map(|number| (0..20).map(move |slot| seed(Some(7), number, 0, slot, 0))).collect();
        assert_eq!(all.len(), 99 * 20);
        assert!(seed(None, 1, 0, 0, 0) < 1 << 31);
    }
}
