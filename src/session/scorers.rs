//! The scorers of the session: what each has done, what it has still to do, and the job that does it.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc};

use super::calibration::Figured;
use super::queue::{Queue, Standing};
use crate::domain::{
    Endpoint, GroupId, JobPhase, Revision, RewardFinding, Run, ScoreGap, Scorer, ScorerFault, ScorerId, ScorerState,
    ServerAddress, Waiting,
};
use crate::jobs::{Scoring, ScoringTold};

/// Events under way to the session thread.
const EVENTS: usize = 256;
/// Over how long the rate is measured.
const RATE_WINDOW: Duration = Duration::from_secs(20);
/// Replies without a score that a snapshot lists.
const GAPS: usize = 50;

/// One scorer.
pub(super) struct Bench {
    pub(super) scorer: Arc<Scorer>,
    pub(super) finding: Option<Arc<RewardFinding>>,
    pub(super) run: Run,
    /// Groups that it has looked at as they are shown, with the number of replies without a score. `None`: not read yet.
    pub(super) judged: Option<HashMap<GroupId, u32>>,
    /// Groups of those in which a reply has no score.
    incomplete: u64,
    pub(super) job: Option<Scoring>,
    /// Which job this is, counted from 1.
    pub(super) job_number: u64,
    /// Numbers of groups that the run has still to begin.
    pub(super) open: BTreeSet<u64>,
    /// Groups that were handed to the job and are not done yet, with the replies that they had.
    pub(super) busy: HashMap<GroupId, Revision>,
    pub(super) gaps: VecDeque<ScoreGap>,
    pub(super) waiting: Option<Waiting>,
    pub(super) stopped: Option<ScorerFault>,
    arrivals: VecDeque<Instant>,
}

impl Bench {
    pub(super) fn new(scorer: Scorer, finding: Option<RewardFinding>, run: Run) -> Self {
        Self {
            scorer: Arc::new(scorer),
            finding: finding.map(Arc::new),
            run,
            judged: None,
            incomplete: 0,
            job: None,
            job_number: 0,
            open: BTreeSet::new(),
            busy: HashMap::new(),
            gaps: VecDeque::new(),
            waiting: None,
            stopped: None,
            arrivals: VecDeque::new(),
        }
    }

    /// Everything of the run's filter that has no judgement is to be done; for part of a calibration run, of its groups.
    pub(super) fn open_all(&mut self, queue: &Queue) {
        let Some(judged) = &self.judged else { return };
        let (busy, filter) = (&self.busy, self.run.filter);
        let is_open = |standing: &&Standing| !judged.contains_key(&standing.id) && !busy.contains_key(&standing.id);
        self.open = match &self.scorer.calibrates {
            None => queue.complete_in(filter).filter(is_open).map(|standing| standing.number).collect(),
            Some(part) => {
                let there = part.groups.iter().filter_map(|group| queue.get(*group));
                let there = there.filter(|standing| standing.is_complete());
                there.filter(is_open).map(|standing| standing.number).collect()
            }
        };
    }

    /// Whether its run takes a group at all.
    pub(super) fn takes(&self, group: GroupId, queue: &Queue) -> bool {
        let is_of_part = self.scorer.calibrates.as_ref().is_none_or(|part| part.groups.contains(&group));
        is_of_part && queue.is_complete_in(group, self.run.filter)
    }

    /// The first group that is to be done; it is taken out.
    pub(super) fn next(&mut self, queue: &Queue) -> Option<GroupId> {
        while let Some(number) = self.open.pop_first() {
            // A group that is gone, because its import was taken back, wants nothing.
            if let Some(id) = queue.by_number(number) {
                return Some(id);
            }
        }
        None
    }

    /// A group was done, or asked for again.
    pub(super) fn set_judged(&mut self, group: GroupId, missing: Option<u32>) {
        let Some(judged) = &mut self.judged else { return };
        let before = match missing {
            Some(missing) => judged.insert(group, missing),
            None => judged.remove(&group),
        };
        self.incomplete += u64::from(missing.is_some_and(|missing| missing > 0));
        self.incomplete -= u64::from(before.is_some_and(|missing| missing > 0));
    }

    /// What was read of all groups.
    pub(super) fn set_all_judged(&mut self, judged: HashMap<GroupId, u32>) {
        self.incomplete = judged.values().filter(|missing| **missing > 0).count() as u64;
        self.judged = Some(judged);
    }

    pub(super) fn note_gap(&mut self, gap: ScoreGap) {
        self.gaps.push_front(gap);
        self.gaps.truncate(GAPS);
    }

    pub(super) fn arrived(&mut self) {
        self.arrivals.push_back(Instant::now());
    }

    /// Stop the requests that run.
    pub(super) fn stop(&mut self) {
        self.job.take().into_iter().for_each(Scoring::cancel);
        self.open.clear();
        self.busy.clear();
        self.arrivals.clear();
        self.waiting = None;
    }

    /// Nothing is open and nothing under way.
    pub(super) fn is_done(&self) -> bool {
        self.judged.is_some() && self.open.is_empty() && self.busy.is_empty()
    }

    fn state(&mut self, queue: &Queue) -> ScorerState {
        while self.arrivals.front().is_some_and(|at| at.elapsed() > RATE_WINDOW) {
            self.arrivals.pop_front();
        }
        let per_second = match (self.arrivals.front(), self.arrivals.len()) {
            (Some(first), count @ 2..) if self.run.phase == JobPhase::Running => {
                Some((count - 1) as f64 / first.elapsed().as_secs_f64().max(0.05))
            }
            _ => None,
        };
        ScorerState {
            scorer: Arc::clone(&self.scorer),
            finding: self.finding.clone(),
            run: self.run,
            groups: queue.complete(),
            scored: self.judged.as_ref().map_or(0, |judged| judged.len() as u64),
            incomplete: self.incomplete,
            left: (self.open.len() + self.busy.len()) as u64,
            in_flight: self.job.as_ref().map_or(0, Scoring::in_flight),
            per_second,
            gaps: self.gaps.iter().cloned().collect(),
            waiting: self.waiting.clone(),
            stopped: self.stopped.clone(),
            calibration: None,
        }
    }
}

/// All scorers that are on the list, and the parts of their calibration runs.
pub(super) struct Scorers {
    /// Those on the list, in its order.
    pub(super) benches: Vec<Bench>,
    /// Parts of calibration runs. They run as scorers do and are shown nowhere by themselves.
    pub(super) parts: Vec<Bench>,
    /// What calibration runs told so far, by the scorer that they are of.
    pub(super) figured: HashMap<ScorerId, Figured>,
    events: mpsc::Receiver<ScoringTold>,
    pub(super) sender: mpsc::Sender<ScoringTold>,
    /// Results that could not be written.
    pub(super) held: Vec<ScoringTold>,
    /// One for each request to an endpoint, whichever job it is of, and how many there are.
    permits: HashMap<(ServerAddress, String), (Arc<Semaphore>, u32)>,
    shown: Arc<Vec<ScorerState>>,
}

impl Default for Scorers {
    fn default() -> Self {
        let (sender, events) = mpsc::channel(EVENTS);
        Self {
            benches: Vec::new(),
            parts: Vec::new(),
            figured: HashMap::new(),
            events,
            sender,
            held: Vec::new(),
            permits: HashMap::new(),
            shown: Arc::default(),
        }
    }
}

impl Scorers {
    pub(super) fn get(&mut self, scorer: ScorerId) -> Option<&mut Bench> {
        self.every_mut().find(|bench| bench.scorer.id == scorer)
    }

    /// The place on the list.
    pub(super) fn position(&self, scorer: ScorerId) -> Option<usize> {
        self.benches.iter().position(|bench| bench.scorer.id == scorer)
    }

    /// Those on the list, then the parts of calibration runs.
    pub(super) fn every(&self) -> impl Iterator<Item = &Bench> {
        self.benches.iter().chain(&self.parts)
    }

    /// See [`Self::every`].
    pub(super) fn every_mut(&mut self) -> impl Iterator<Item = &mut Bench> {
        self.benches.iter_mut().chain(&mut self.parts)
    }

    /// The ids of all that run.
    pub(super) fn ids(&self) -> Vec<ScorerId> {
        self.every().map(|bench| bench.scorer.id).collect()
    }

    /// The parts of a scorer's calibration run.
    pub(super) fn parts_of(&self, scorer: ScorerId) -> impl Iterator<Item = &Bench> {
        let is_of = move |bench: &&Bench| bench.scorer.calibrates.as_ref().is_some_and(|part| part.of == scorer);
        self.parts.iter().filter(is_of)
    }

    /// The next event; waits for ever while there is no job.
    pub(super) async fn next_event(&mut self) -> ScoringTold {
        match self.events.recv().await {
            Some(told) => told,
            // The channel cannot close: this side holds a sender.
            None => std::future::pending().await,
        }
    }

    /// What jobs that were stopped had told and nobody had heard.
    pub(super) fn take_left(&mut self) -> Vec<ScoringTold> {
        let mut left = Vec::new();
        while let Ok(told) = self.events.try_recv() {
            left.push(told);
        }
        left
    }

    /// What lets requests through to an endpoint: as many at the same time as the most generous of its jobs may send.
    /// Several jobs take turns, because who waits longest is let through first.
    pub(super) fn server_permits(&mut self, endpoint: &Endpoint) -> Arc<Semaphore> {
        let wanted = endpoint.concurrency();
        let key = (endpoint.address.clone(), endpoint.model.clone());
        let (permits, there) = self.permits.entry(key).or_insert_with(|| (Arc::new(Semaphore::new(0)), 0));
        if wanted > *there {
            permits.add_permits((wanted - *there) as usize);
            *there = wanted;
        }
        Arc::clone(permits)
    }

    /// Bring what is shown up to date.
    pub(super) fn refresh(&mut self, queue: &Queue) -> Arc<Vec<ScorerState>> {
        let changed = self.benches.len() != self.shown.len();
        let mut states: Vec<ScorerState> = self.benches.iter_mut().map(|bench| bench.state(queue)).collect();
        for state in &mut states {
            state.calibration = self.calibration(state.scorer.id, queue).map(Arc::new);
        }
        if changed || *self.shown != states {
            self.shown = Arc::new(states);
        }
        Arc::clone(&self.shown)
    }
}
