//! Trying scorers out: the same jobs as runs have, with a channel of their own, whose events go nowhere but into the
//! snapshot.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::actor::Actor;
use crate::domain::{
    Call, Exchange, GroupId, MOST_TRIED, Notice, ReplyId, RewardNumbers, Scorer, ScorerFault, ScorerId, ScorerKind,
    Trial, TrialPart, TrialPhase, TrialState, Waiting,
};
use crate::jobs::{Scoring, ScoringEvent, ScoringSetup, ScoringTold, ScoringWork};
use crate::ranking::can_be_judged;

/// Events under way to the session thread.
const EVENTS: usize = 64;

/// The last trial and the jobs that it has under way.
pub(super) struct Trials {
    shown: Option<Arc<TrialState>>,
    /// The group that its replies are to scorers; the same trial again is the same to them.
    group: Option<GroupId>,
    jobs: Vec<(ScorerId, Scoring)>,
    /// Which trial this is; events of one before are passed over.
    number: u64,
    events: mpsc::Receiver<ScoringTold>,
    sender: mpsc::Sender<ScoringTold>,
}

impl Default for Trials {
    fn default() -> Self {
        let (sender, events) = mpsc::channel(EVENTS);
        Self { shown: None, group: None, jobs: Vec::new(), number: 0, events, sender }
    }
}

impl Trials {
    pub(super) fn shown(&self) -> Option<Arc<TrialState>> {
        self.shown.clone()
    }

    /// The next event; waits for ever while there is no job.
    pub(super) async fn next_event(&mut self) -> ScoringTold {
        match self.events.recv().await {
            Some(told) => told,
            // The channel cannot close: this side holds a sender.
            None => std::future::pending().await,
        }
    }

    /// Take in an event and what has come after it.
    pub(super) fn take(&mut self, told: ScoringTold) {
        self.take_one(told);
        while let Ok(told) = self.events.try_recv() {
            self.take_one(told);
        }
    }

    fn take_one(&mut self, told: ScoringTold) {
        let ScoringTold { scorer, job, event } = told;
        if job != self.number {
            return;
        }
        if matches!(event, ScoringEvent::Judged(_) | ScoringEvent::Stopped(_)) {
            self.jobs.retain(|(of, _)| *of != scorer);
        }
        if let Some(state) = &mut self.shown
            && let Some(part) = Arc::make_mut(state).parts.iter_mut().find(|part| part.scorer.id == scorer)
        {
            part_takes(part, event);
        }
    }

    /// A server is being waited for: try it at once.
    pub(super) fn try_now(&self, scorer: ScorerId) {
        self.jobs.iter().filter(|(of, _)| *of == scorer).for_each(|(_, job)| job.try_now());
    }

    /// Stop what runs; what came stays in sight.
    pub(super) fn cancel(&mut self) {
        self.jobs.drain(..).for_each(|(_, job)| job.cancel());
        let Some(state) = &mut self.shown else { return };
        if state.is_running() {
            for part in Arc::make_mut(state).parts.iter_mut().filter(|part| part.phase == TrialPhase::Running) {
                part.phase = TrialPhase::Cancelled;
                part.waiting = None;
            }
        }
        // What was told before they stopped is of a trial that is over.
        self.number += 1;
    }
}

fn part_takes(part: &mut TrialPart, event: ScoringEvent) {
    match event {
        ScoringEvent::Found(finding) => part.finding = Some(Arc::from(finding)),
        ScoringEvent::Sending { step, attempt, sent } => {
            part.exchanges.push(Arc::new(Exchange { step, attempt, sent: Some(*sent), call: None }));
        }
        ScoringEvent::Called { call, .. } => part_answered(part, *call),
        ScoringEvent::Judged(judgement) => {
            part.judgement = Some(Arc::from(judgement));
            (part.phase, part.waiting) = (TrialPhase::Done, None);
        }
        ScoringEvent::Away { fault, next_try, tries } => part.waiting = Some(Waiting { fault, next_try, tries }),
        ScoringEvent::Back => part.waiting = None,
        ScoringEvent::Stopped(fault) => (part.phase, part.waiting) = (TrialPhase::Stopped(fault), None),
    }
}

fn part_answered(part: &mut TrialPart, call: Call) {
    let same = |exchange: &&mut Arc<Exchange>| (exchange.step, exchange.attempt) == (call.step, call.attempt);
    match part.exchanges.iter_mut().find(same) {
        Some(exchange) => Arc::make_mut(exchange).call = Some(call),
        None => {
            let (step, attempt) = (call.step, call.attempt);
            part.exchanges.push(Arc::new(Exchange { step, attempt, sent: None, call: Some(call) }));
        }
    }
}

impl Actor {
    /// Ask scorers about replies that are in no group. Replies of a group that this annotator has still to label are
    /// refused: what machines say of them would lead.
    pub(super) fn try_out(&mut self, trial: Trial) {
        let has_text = |text: &String| !text.trim().is_empty();
        let is_full = has_text(&trial.prompt.user) && trial.replies.iter().any(has_text);
        if !is_full || trial.replies.len() > MOST_TRIED {
            self.notify(Notice::TrialIncomplete);
            return;
        }
        if let Some(number) = self.unlabeled_with(&trial.replies) {
            self.notify(Notice::TrialLeads { number });
            return;
        }
        self.trials.cancel();
        self.trials.number += 1;
        let before = self.trials.shown.as_ref();
        let is_same =
            before.is_some_and(|last| last.trial.prompt == trial.prompt && last.trial.replies == trial.replies);
        let replies: Vec<ReplyId> = match before.filter(|_| is_same) {
            Some(last) => last.replies.clone(),
            None => trial.replies.iter().map(|_| ReplyId::new()).collect(),
        };
        let group = self.trials.group.filter(|_| is_same).unwrap_or_default();
        self.trials.group = Some(group);
        let texts = replies.iter().copied().zip(trial.replies.iter().map(|text| Arc::from(text.as_str()))).collect();
        let work =
            ScoringWork { group, round: 0, prompt: Arc::new(trial.prompt.clone()), replies: texts, calls: Vec::new() };
        let places: Vec<usize> = (0..self.scorers.benches.len())
            .filter(|at| trial.scorers.is_empty() || trial.scorers.contains(&self.scorers.benches[*at].scorer.id))
            .collect();
        let parts = places.into_iter().map(|at| self.try_scorer_out(at, &work)).collect();
        self.trials.shown = Some(Arc::new(TrialState { trial: Arc::new(trial), replies, parts }));
    }

    /// The number of a group in front, or near it, that holds one of these replies and has no label of this annotator.
    fn unlabeled_with(&self, replies: &[String]) -> Option<u64> {
        let holds = |text: &str| replies.iter().any(|reply| reply.trim() == text.trim() && !text.trim().is_empty());
        let open =
            self.bodies.values().find(|open| open.label.is_none() && open.replies().any(|reply| holds(&reply.text)));
        open.map(|open| open.group.number)
    }

    /// Hand the replies to a job of one scorer.
    fn try_scorer_out(&mut self, at: usize, work: &ScoringWork) -> TrialPart {
        let bench = &self.scorers.benches[at];
        let (scorer, finding) = (Arc::clone(&bench.scorer), bench.finding.clone());
        let part = |phase| TrialPart {
            scorer: Arc::clone(&scorer),
            phase,
            exchanges: Vec::new(),
            judgement: None,
            finding: finding.clone(),
            waiting: None,
        };
        if needs_two(&scorer) && work.replies.iter().filter(|(_, text)| can_be_judged(text)).count() < 2 {
            return part(TrialPhase::NeedsTwo);
        }
        let client = match self.client(&scorer.endpoint) {
            Ok(client) => client,
            Err(fault) => return part(TrialPhase::Stopped(ScorerFault::Request(fault))),
        };
        let setup = ScoringSetup {
            scorer: Arc::clone(&scorer),
            client,
            finding: finding.as_deref().filter(|found| found.numbers != RewardNumbers::RawByServer).cloned(),
            job: self.trials.number,
            server_permits: self.scorers.server_permits(&scorer.endpoint),
            shown: true,
        };
        let job = Scoring::start(&self.options.runtime, setup, self.trials.sender.clone());
        if job.offer(work.clone()).is_err() {
            tracing::error!(scorer = %scorer.id, "a scoring job takes no work");
            return part(TrialPhase::Cancelled);
        }
        self.trials.jobs.push((scorer.id, job));
        part(TrialPhase::Running)
    }
}

/// A judge that compares has nothing to say of one reply.
fn needs_two(scorer: &Scorer) -> bool {
    matches!(&scorer.kind, ScorerKind::Judge(judge) if !judge.method.is_for_each())
}
