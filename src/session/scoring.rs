//! Runs of scorers: what is asked for, what comes back, what is said of it.

use std::collections::HashMap;
use std::sync::Arc;

use super::actor::Actor;
use super::score_table;
use super::scorers::Bench;
use crate::domain::{
    GroupId, JobPhase, Judgement, NoScore, QueueFilter, Revision, RewardNumbers, Run, ScoreGap, ScorerFault, ScorerId,
    Waiting,
};
use crate::jobs::{Scoring, ScoringEvent, ScoringSetup, ScoringTold, ScoringWork};
use crate::store::{KeptCall, KeptScorer, StoreError};

impl Actor {
    /// The scorer whose judgements have not been counted yet. Done one by one between commands, since each walks a table.
    pub(super) fn uncounted_scorer(&self) -> Option<ScorerId> {
        let uncounted = self.scorers.every().find(|bench| bench.judged.is_none())?;
        Some(uncounted.scorer.id)
    }

    /// Count what a scorer has done, and go on with a run that was under way.
    pub(super) fn count_scorer(&mut self, scorer: ScorerId) {
        let mut judged = HashMap::new();
        let read = self.store.read(|read| {
            read.judged(scorer, |group, missing| {
                judged.insert(group, missing);
            })
        });
        let resume = self.options.resume_jobs && read.is_ok();
        if let Some(bench) = self.scorers.get(scorer) {
            bench.set_all_judged(judged);
            if bench.run.phase == JobPhase::Running {
                if read.is_ok() && (bench.job.is_some() || resume) {
                    self.begin_run(scorer);
                } else {
                    // Of a file that does not read nobody knows what is missing.
                    bench.stop();
                    bench.run.phase = JobPhase::Paused;
                }
            }
        }
        if let Err(error) = read {
            self.report_store_error(error);
        }
        self.figure_later(scorer);
    }

    /// Groups came or went: everything is counted anew.
    pub(super) fn recount_scorers(&mut self) {
        for bench in self.scorers.every_mut() {
            bench.judged = None;
        }
    }

    /// What is known of a group's scores after its replies, or its place in the queue, changed.
    pub(super) fn rescore(&mut self, group: GroupId) -> Result<(), StoreError> {
        let Some(number) = self.queue.get(group).map(|standing| standing.number) else { return Ok(()) };
        for scorer in self.scorers.ids() {
            let Some(bench) = self.scorers.get(scorer).filter(|bench| bench.judged.is_some()) else { continue };
            // A part has nothing to do with groups that are not its own.
            if bench.scorer.calibrates.as_ref().is_some_and(|part| !part.groups.contains(&group)) {
                continue;
            }
            let missing = self.store.read(|read| read.missing_scores(group, scorer))?;
            let queue = &self.queue;
            let Some(bench) = self.scorers.get(scorer) else { continue };
            bench.set_judged(group, missing);
            let is_wanted = missing.is_none() && bench.takes(group, queue);
            if is_wanted && bench.run.phase == JobPhase::Running && !bench.busy.contains_key(&group) {
                bench.open.insert(number);
            } else {
                bench.open.remove(&number);
            }
        }
        Ok(())
    }

    /// Begin a run, or go on with it.
    pub(super) fn score(&mut self, scorer: ScorerId, filter: QueueFilter, follows: bool) -> Result<(), StoreError> {
        self.store_held_scores();
        let Some(bench) = self.scorers.get(scorer) else { return Ok(()) };
        bench.run = Run { phase: JobPhase::Running, filter, follows };
        let kept = kept(bench, false);
        self.store.write(|write| write.put_scorer(&kept))?;
        self.saved();
        if !self.scorers.held.is_empty() {
            return Ok(());
        }
        self.begin_run(scorer);
        Ok(())
    }

    pub(super) fn begin_run(&mut self, scorer: ScorerId) {
        let Some(bench) = self.scorers.get(scorer) else { return };
        let (endpoint, is_begun) = (bench.scorer.endpoint.clone(), bench.job.is_some());
        if !is_begun {
            let client = match self.client(&endpoint) {
                Ok(client) => client,
                Err(fault) => {
                    self.stop_run(scorer, ScorerFault::Request(fault));
                    return;
                }
            };
            let server_permits = self.scorers.server_permits(&endpoint);
            let sender = self.scorers.sender.clone();
            let Some(bench) = self.scorers.get(scorer) else { return };
            bench.job_number += 1;
            let setup = ScoringSetup {
                scorer: Arc::clone(&bench.scorer),
                client,
                // A server may have been started anew without the flag that made its numbers raw.
                finding: bench.finding.as_deref().filter(|found| found.numbers != RewardNumbers::RawByServer).cloned(),
                job: bench.job_number,
                server_permits,
                shown: false,
            };
            bench.job = Some(Scoring::start(&self.options.runtime, setup, sender));
        }
        let queue = &self.queue;
        let Some(bench) = self.scorers.get(scorer) else { return };
        bench.stopped = None;
        bench.open_all(queue);
        if let Some(job) = &bench.job {
            job.pause(false);
        }
        self.feed_scorers();
    }

    pub(super) fn pause_run(&mut self, scorer: ScorerId) -> Result<(), StoreError> {
        if let Some(bench) = self.scorers.get(scorer).filter(|bench| bench.run.phase == JobPhase::Running) {
            if let Some(job) = &bench.job {
                job.pause(true);
            }
            self.set_run_phase(scorer, JobPhase::Paused)?;
        }
        Ok(())
    }

    pub(super) fn cancel_run(&mut self, scorer: ScorerId) -> Result<(), StoreError> {
        if let Some(bench) = self.scorers.get(scorer) {
            bench.stop();
            bench.stopped = None;
            self.set_run_phase(scorer, JobPhase::Idle)?;
        }
        Ok(())
    }

    /// Ask again for the scores that are missing, in every group that lacks some.
    pub(super) fn retry_scores(&mut self, scorer: ScorerId) -> Result<(), StoreError> {
        let Some(run) = self.scorers.get(scorer).map(|bench| bench.run) else { return Ok(()) };
        let reopened = self.store.write(|write| write.reopen_missing(scorer))?;
        if let Some(bench) = self.scorers.get(scorer) {
            bench.gaps.clear();
            for group in reopened {
                bench.set_judged(group, None);
            }
        }
        self.score(scorer, run.filter, run.follows)
    }

    pub(super) fn try_scorer_now(&mut self, scorer: ScorerId) {
        self.trials.try_now(scorer);
        self.try_calibration_now(scorer);
        if let Some(job) = self.scorers.get(scorer).and_then(|bench| bench.job.as_ref()) {
            job.try_now();
        }
    }

    fn set_run_phase(&mut self, scorer: ScorerId, phase: JobPhase) -> Result<(), StoreError> {
        let Some(bench) = self.scorers.get(scorer).filter(|bench| bench.run.phase != phase) else { return Ok(()) };
        bench.run.phase = phase;
        let kept = kept(bench, false);
        self.store.write(|write| write.put_scorer(&kept))
    }

    /// A run cannot go on.
    fn stop_run(&mut self, scorer: ScorerId, fault: ScorerFault) {
        if let Some(bench) = self.scorers.get(scorer) {
            bench.stop();
            bench.stopped = Some(fault);
        }
        if let Err(error) = self.set_run_phase(scorer, JobPhase::Paused) {
            self.report_store_error(error);
        }
    }

    /// Hand out groups until every job has enough; end the runs that are done.
    pub(super) fn feed_scorers(&mut self) {
        for scorer in self.scorers.ids() {
            while let Some(group) = self.next_to_score(scorer) {
                match self.scoring_work(scorer, group) {
                    Ok(Some(work)) => self.hand_to_scorer(scorer, work),
                    // Its replies went away again.
                    Ok(None) => {}
                    Err(error) => {
                        self.report_store_error(error);
                        return;
                    }
                }
            }
            let Some(bench) = self.scorers.get(scorer) else { continue };
            let is_over = bench.job.is_some() && bench.is_done() && !bench.run.follows;
            if bench.run.phase == JobPhase::Running && is_over {
                bench.stop();
                if let Err(error) = self.set_run_phase(scorer, JobPhase::Idle) {
                    self.report_store_error(error);
                }
                self.figure_later(scorer);
            }
        }
    }

    fn next_to_score(&mut self, scorer: ScorerId) -> Option<GroupId> {
        let queue = &self.queue;
        let bench = self.scorers.get(scorer)?;
        let has_room = bench.job.as_ref().is_some_and(|job| job.capacity() > 0);
        if bench.run.phase != JobPhase::Running || !has_room {
            return None;
        }
        bench.next(queue)
    }

    fn scoring_work(&self, scorer: ScorerId, id: GroupId) -> Result<Option<ScoringWork>, StoreError> {
        if !self.queue.get(id).is_some_and(super::queue::Standing::is_complete) {
            return Ok(None);
        }
        self.store.read(|read| {
            let Some(group) = read.group(id)? else { return Ok(None) };
            let replies = read.scored_replies(id, group.round, group.wanted)?;
            let revision = Revision::of(replies.iter().map(|reply| reply.id));
            let calls = read.calls(id, scorer, revision)?;
            let replies = replies.into_iter().map(|reply| (reply.id, Arc::from(reply.text))).collect();
            Ok(Some(ScoringWork { group: id, round: group.round, prompt: Arc::new(group.prompt), replies, calls }))
        })
    }

    fn hand_to_scorer(&mut self, scorer: ScorerId, work: ScoringWork) {
        let Some(bench) = self.scorers.get(scorer) else { return };
        let Some(job) = &bench.job else { return };
        let (group, revision) = (work.group, work.revision());
        match job.offer(work) {
            Ok(()) => {
                bench.busy.insert(group, revision);
            }
            // Room was there a moment ago and only this thread takes it: the job has ended.
            Err(_) => tracing::error!(scorer = %bench.scorer.id, "a scoring job takes no work"),
        }
    }

    /// Store what jobs brought, in one transaction.
    pub(super) fn take_scoring_events(&mut self, events: Vec<ScoringTold>) {
        if !self.scorers.held.is_empty() {
            // It would fail as what came before did, and was told then.
            self.scorers.held.extend(events);
            return;
        }
        if events.is_empty() {
            // Replies that came may have made groups whole.
            self.feed_scorers();
            return;
        }
        let stored = self.store.write(|write| {
            for told in &events {
                match &told.event {
                    ScoringEvent::Called { group, round, revision, call } => {
                        let (round, revision, call) = (*round, *revision, (**call).clone());
                        let call = KeptCall { scorer: told.scorer, round, revision, superseded: 0, call };
                        write.add_call(*group, &call)?;
                    }
                    ScoringEvent::Judged(judgement) => write.put_judgement(judgement)?,
                    ScoringEvent::Found(finding) => {
                        if let Some(mut kept) = write.scorer(told.scorer)? {
                            kept.finding = Some((**finding).clone());
                            write.put_scorer(&kept)?;
                        }
                    }
                    _ => {}
                }
            }
            Ok(())
        });
        if let Err(error) = stored {
            // Going on would burn requests whose answers cannot be kept.
            self.report_store_error(error);
            self.scorers.held.extend(events);
            for bench in self.scorers.every_mut() {
                bench.stop();
                bench.run.phase = if bench.run.phase == JobPhase::Idle { JobPhase::Idle } else { JobPhase::Paused };
            }
            return;
        }
        for told in events {
            self.take_scoring_event(told);
        }
        self.feed_scorers();
    }

    /// The slots of the replies that a judgement names.
    fn slots_of(&mut self, judgement: &Judgement) -> Vec<u32> {
        let slots = self.store.read(|read| match read.group(judgement.group)? {
            Some(group) => score_table::slots(read, &group, judgement),
            None => Ok(Vec::new()),
        });
        slots.unwrap_or_else(|error| {
            self.report_store_error(error);
            Vec::new()
        })
    }

    fn take_scoring_event(&mut self, told: ScoringTold) {
        let ScoringTold { scorer, job, event } = told;
        match event {
            ScoringEvent::Judged(judgement) => {
                let group = judgement.group;
                let slots = if judgement.missing() > 0 { self.slots_of(&judgement) } else { Vec::new() };
                let slots = judgement.scores.iter().zip(slots);
                let gaps: Vec<(u32, NoScore)> =
                    slots.filter_map(|(score, slot)| Some((slot, score.result.clone().err()?))).collect();
                let number = self.queue.get(group).map_or(0, |standing| standing.number);
                if let Some(bench) = self.scorers.get(scorer) {
                    if bench.busy.get(&group) == Some(&judgement.revision()) {
                        bench.busy.remove(&group);
                    }
                    bench.arrived();
                    for (slot, why) in gaps {
                        bench.note_gap(ScoreGap { group, number, slot, why });
                    }
                }
                // Whoever has labeled the group may see it.
                self.bodies.remove(&group);
                if let Err(error) = self.rescore(group) {
                    self.report_store_error(error);
                }
                self.figure_later(scorer);
            }
            ScoringEvent::Found(finding) => {
                if let Some(bench) = self.scorers.get(scorer) {
                    bench.finding = Some(Arc::new(*finding));
                }
            }
            ScoringEvent::Called { .. } | ScoringEvent::Sending { .. } => {}
            // What a job that was stopped says of itself means nothing any more; its answers are good.
            _ if self.scorers.get(scorer).is_none_or(|bench| bench.job.is_none() || bench.job_number != job) => {}
            ScoringEvent::Away { fault, next_try, tries } => {
                self.wait_for_scorer(scorer, Some(Waiting { fault, next_try, tries }));
            }
            ScoringEvent::Back => self.wait_for_scorer(scorer, None),
            ScoringEvent::Stopped(fault) => self.stop_run(scorer, fault),
        }
    }

    fn wait_for_scorer(&mut self, scorer: ScorerId, waiting: Option<Waiting>) {
        if let Some(bench) = self.scorers.get(scorer) {
            bench.waiting = waiting;
        }
    }

    /// Try again to write what could not be written.
    pub(super) fn store_held_scores(&mut self) {
        let held = std::mem::take(&mut self.scorers.held);
        if !held.is_empty() {
            self.take_scoring_events(held);
        }
    }

    /// Stop all jobs and keep what they had told.
    pub(super) fn stop_scorers(&mut self, mut events: Vec<ScoringTold>) {
        // All are held before the first one stops: what one leaves free, another would take.
        self.scorers.every().filter_map(|bench| bench.job.as_ref()).for_each(|job| job.pause(true));
        self.scorers.every_mut().for_each(Bench::stop);
        events.extend(self.scorers.take_left());
        self.store_held_scores();
        self.take_scoring_events(events);
    }
}

pub(super) fn kept(bench: &Bench, removed: bool) -> KeptScorer {
    let finding = bench.finding.as_deref().cloned();
    let removed = removed || bench.scorer.calibrates.is_some();
    KeptScorer { scorer: (*bench.scorer).clone(), finding, run: bench.run, removed }
}
