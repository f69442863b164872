//! The plan and the generation job: what is asked for, what comes back, what is said of it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::actor::Actor;
use super::clerk::Report;
use super::lanes::Lane;
use super::snapshot::{Finding, Nearby, Probe};
use crate::domain::{
    Endpoint, GroupId, JobPhase, Notice, Origin, Plan, Prompt, Reply, ReplyId, RequestFailure, RequestFault,
    ServerAddress, ServerState, Turns, Waiting,
};
use crate::endpoints::{Access, Client, LOCAL_PORTS, Timeouts, find_local};
use crate::jobs::{Generator, JobEvent, Setup, Told, Work};
use crate::store::StoreError;

/// Failures that a snapshot lists.
const FAILURES: usize = 50;

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
        self.plan = Arc::new(plan);
        self.saved();
        Ok(())
    }

    /// Groups for prompts, then replies for them.
    pub(super) fn start(&mut self, prompts: &[Prompt]) -> Result<(), StoreError> {
        if !self.plan.has_endpoint() {
            self.notify(Notice::NoEndpoint);
            return Ok(());
        }
        self.add_groups(prompts)?;
        // A new start takes the plan as it is now: another endpoint, other sampling.
        self.generation.stop();
        self.resume_generation();
        Ok(())
    }

    /// Ask for what is missing. Without an endpoint, says so and stays as it is.
    pub(super) fn resume_generation(&mut self) {
        self.store_held();
        if self.generation.holds() {
            return;
        }
        if !self.generation.has_begun() {
            if !self.plan.has_endpoint() {
                self.notify(Notice::NoEndpoint);
                return;
            }
            self.begin_lanes();
        }
        self.generation.pause(false);
        self.set_phase(JobPhase::Running);
        self.feed();
    }

    /// One lane for each endpoint of the plan. One that cannot begin says why; the others do.
    fn begin_lanes(&mut self) {
        let plan = Arc::clone(&self.plan);
        let (mut lanes, mut servers) = (Vec::new(), Vec::new());
        for (number, endpoint) in plan.endpoints.iter().enumerate() {
            let name = endpoint.address.as_str().to_owned();
            let mut server = ServerState { name, model: endpoint.model.clone(), ..ServerState::default() };
            let mut generator = None;
            if endpoint.share > 0 {
                match self.client(endpoint) {
                    Ok(client) => generator = Some(self.start_generator(number, endpoint, client)),
                    Err(fault) => server.stopped = Some(fault),
                }
            }
            lanes.push(Lane::new(generator));
            servers.push(server);
        }
        self.generation.begin(lanes, servers, Turns::new(&plan.endpoints), &mut self.queue);
    }

    fn start_generator(&mut self, number: usize, endpoint: &Endpoint, client: Client) -> Generator {
        let setup = Setup {
            endpoint: number,
            client,
            server_label: endpoint.address.as_str().to_owned(),
            model: endpoint.model.clone(),
            sampling: self.plan.sampling.clone(),
            concurrency: endpoint.concurrency(),
            server_permits: self.scorers.server_permits(endpoint),
        };
        Generator::start(&self.options.runtime, setup, self.generation.sender.clone())
    }

    pub(super) fn client(&self, endpoint: &Endpoint) -> Result<Client, RequestFault> {
        let address = self.address(&endpoint.address)?;
        let (keys, of) = (Arc::clone(&self.options.keys), endpoint.clone());
        let access = match endpoint.address {
            ServerAddress::Sample => Access::with_key(None),
            ServerAddress::Url(_) => Access {
                key: Arc::new(move || keys(&of)),
                headers: endpoint.headers.clone(),
                proxy: endpoint.proxy.clone(),
            },
        };
        Client::new(&address, access, Timeouts::default())
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
            self.generation.pause(true);
            self.set_phase(JobPhase::Paused);
        }
        Ok(())
    }

    pub(super) fn cancel_generation(&mut self) -> Result<(), StoreError> {
        self.generation.stop();
        self.generation.change().servers.iter_mut().for_each(|server| server.stopped = None);
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
        if self.generation.state().phase == phase {
            return;
        }
        match self.store.write(|write| write.set_phase(phase)) {
            Ok(()) => self.generation.change().phase = phase,
            Err(error) => self.report_store_error(error),
        }
    }

    /// Hand out work until every lane has enough; end the job when nothing is left.
    pub(super) fn feed(&mut self) {
        if !self.generation.was_running() {
            return;
        }
        self.generation.reopen(&mut self.queue);
        let near = self.place.group.and_then(|group| self.queue.get(group)).map_or(0, |standing| standing.number);
        for lane in 0..self.generation.lanes.len() {
            while let Some(id) = self.generation.next_for(lane, &self.queue, near) {
                match self.work_for(id, lane) {
                    Ok(Some(work)) => self.hand_over(lane, work),
                    // All of the group's missing replies are other endpoints'.
                    Ok(None) => {}
                    Err(error) => {
                        self.report_store_error(error);
                        return;
                    }
                }
            }
        }
        if self.generation.is_done() {
            let held_up = self.generation.state().stopped().is_some();
            self.generation.stop();
            self.set_phase(if held_up { JobPhase::Paused } else { JobPhase::Idle });
        }
    }

    fn hand_over(&mut self, lane: usize, work: Work) {
        let (group, round) = (work.group, work.round);
        let Some(generator) = &self.generation.lanes[lane].generator else { return };
        match generator.offer(work) {
            Ok(()) => self.generation.handed_over(lane, group, round),
            // Room was there a moment ago and only this thread takes it: the job has ended.
            Err(_) => tracing::error!(lane, "a job takes no work"),
        }
    }

    /// The places of a group that have neither a reply nor a failure and are this lane's.
    fn work_for(&self, id: GroupId, lane: usize) -> Result<Option<Work>, StoreError> {
        let plan = &self.plan;
        let turns = &self.generation.turns;
        self.store.read(|read| {
            let Some(group) = read.group(id)? else { return Ok(None) };
            let mut taken: HashSet<u32> = HashSet::new();
            let replies = read.replies(id, group.round)?;
            taken.extend(replies.iter().filter(|reply| !reply.hidden).map(|reply| reply.slot));
            taken.extend(read.failures(id, group.round)?.iter().map(|failure| failure.slot));
            let mine = |slot: &u32| turns.endpoint(group.number, group.wanted, *slot) == Some(lane);
            let slots: Vec<u32> = (0..group.wanted).filter(|slot| !taken.contains(slot)).filter(mine).collect();
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
    pub(super) fn take_job_events(&mut self, events: Vec<(u64, Told)>) {
        let mut replies: Vec<Reply> = Vec::new();
        let mut failures: Vec<RequestFailure> = Vec::new();
        let mut ended: Vec<(usize, GroupId, u32)> = Vec::new();
        let mut arrived: Vec<usize> = Vec::new();
        for (job, Told { endpoint, event }) in events {
            let present = self.generation.is_present(job);
            match event {
                JobEvent::Reply { group, round, slot, text, reasoning, generated } => {
                    if self.is_current(group, round) {
                        arrived.extend(present.then_some(endpoint));
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
                // What a job that was stopped says of itself means nothing any more; its replies are good.
                _ if !present => {}
                JobEvent::Ended { group, round } => ended.push((endpoint, group, round)),
                JobEvent::Away { fault, next_try, tries } => {
                    self.wait_for_server(endpoint, Some(Waiting { fault, next_try, tries }));
                }
                JobEvent::Back => self.wait_for_server(endpoint, None),
                JobEvent::Stopped { fault } => self.generation.stop_lane(endpoint, fault),
            }
        }
        for endpoint in arrived {
            if let Some(server) = self.generation.change().servers.get_mut(endpoint) {
                server.arrived += 1;
            }
        }
        self.store_results(replies, failures);
        for (lane, group, round) in ended {
            self.generation.ended(lane, group, round);
        }
        self.feed();
    }

    /// Write what came, in one transaction. What cannot be written is held until work goes on.
    fn store_results(&mut self, replies: Vec<Reply>, failures: Vec<RequestFailure>) {
        if self.generation.holds() {
            // It would fail as what came before did, and was told then.
            self.generation.hold(replies, failures);
            return;
        }
        let stored = self.store.write(|write| {
            let mut stored: HashMap<GroupId, u32> = HashMap::new();
            for reply in &replies {
                if write.add_reply(reply)? {
                    *stored.entry(reply.group).or_default() += 1;
                    write.replies_changed(reply.group, reply.round)?;
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
                // Going on would burn requests whose replies cannot be kept.
                self.report_store_error(error);
                self.generation.hold(replies, failures);
                self.generation.stop();
                self.generation.change().phase = JobPhase::Paused;
            }
        }
    }

    /// Try again to write what could not be written.
    pub(super) fn store_held(&mut self) {
        let (mut replies, mut failures) = self.generation.take_held();
        replies.retain(|reply| self.is_current(reply.group, reply.round));
        failures.retain(|failure| self.is_current(failure.group, failure.round));
        if !replies.is_empty() || !failures.is_empty() {
            self.store_results(replies, failures);
        }
    }

    fn wait_for_server(&mut self, endpoint: usize, waiting: Option<Waiting>) {
        if let Some(server) = self.generation.change().servers.get_mut(endpoint) {
            server.waiting = waiting;
        }
    }

    fn after_results(&mut self, stored: &HashMap<GroupId, u32>, failures: Vec<RequestFailure>) {
        let mut touched: HashSet<GroupId> = stored.keys().copied().collect();
        touched.extend(failures.iter().map(|failure| failure.group));
        self.generation.arrived(stored.values().sum());
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

    /// Ask a server what it is; the answer comes as a report.
    pub(super) fn ask_server(&mut self, endpoint: Endpoint) {
        let client = match self.client(&endpoint) {
            Ok(client) => client,
            Err(fault) => {
                self.take_finding(Finding { endpoint, probe: Probe::Failed(fault) });
                return;
            }
        };
        self.take_finding(Finding { endpoint: endpoint.clone(), probe: Probe::Asking });
        let reports = self.clerk.reports();
        self.options.runtime.spawn(async move {
            let probe = match client.examine(&endpoint.model).await {
                Ok(found) => Probe::Found(found),
                Err(fault) => Probe::Failed(fault),
            };
            // A session that was closed meanwhile takes no answer.
            drop(reports.send(Report::Probed(Finding { endpoint, probe })).await);
        });
    }

    /// Look for servers on this machine; what answers comes as a report.
    pub(super) fn find_servers(&mut self) {
        self.nearby = Some(Arc::new(Nearby::Looking));
        let reports = self.clerk.reports();
        self.options.runtime.spawn(async move {
            let found = find_local(&LOCAL_PORTS).await;
            // A session that was closed meanwhile takes no answer.
            drop(reports.send(Report::Nearby(found)).await);
        });
    }

    /// Keep what was found out about a server, in place of what was known before.
    pub(super) fn take_finding(&mut self, finding: Finding) {
        let findings = Arc::make_mut(&mut self.findings);
        findings.retain(|other| !other.is_about(&finding.endpoint));
        findings.push(finding);
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
