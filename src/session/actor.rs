//! The session thread: one loop that takes commands first, then what the job and the clerk report.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::aside::Aside;
use super::clerk::{Clerk, Report};
use super::followed::Followers;
use super::intake::{Intake, Leaving};
use super::lanes::Generation;
use super::movement::Trail;
use super::queue::Queue;
use super::scorers::Scorers;
use super::snapshot::{
    Card, FileWork, Finding, Integrity, Nearby, OpenGroup, Preview, RewardLook, ScoreTable, Snapshot, Summary,
};
use super::trial::Trials;
use super::{Command, Options, Published};
use crate::domain::{
    Agreement, Annotator, GroupId, Guidelines, Notice, PickedCounts, Place, Plan, Problem, ScorerId, Statistics, Step,
    StoreFault,
};
use crate::formats::{Format, RefusedRow};
use crate::jobs::{ScoringTold, Told};
use crate::store::{Opened, SessionInfo, Store, StoreError};

/// Job results that are committed together at most, and how long the first of them waits for the others.
const BATCH: usize = 64;
const BATCH_WAIT: Duration = Duration::from_millis(50);
/// Labels over which the pace is measured.
const PACE: u32 = 30;
/// Messages that a snapshot carries.
const NOTICES: usize = 20;

/// The session's state and everything that changes it.
pub(super) struct Actor {
    pub(super) options: Options,
    pub(super) path: Arc<PathBuf>,
    pub(super) store: Store,
    pub(super) info: SessionInfo,
    pub(super) annotator: Arc<Annotator>,
    pub(super) plan: Arc<Plan>,
    pub(super) queue: Queue,
    pub(super) place: Place,
    pub(super) place_saved: Place,
    pub(super) trail: Trail,
    pub(super) generation: Generation,
    pub(super) followers: Followers,
    pub(super) clerk: Clerk,
    pub(super) bodies: HashMap<GroupId, Arc<OpenGroup>>,
    /// The group whose near-identical replies stand on cards of their own: asked for, or their arrival was watched.
    pub(super) unfolded: Option<GroupId>,
    pub(super) guidelines: Option<Arc<Guidelines>>,
    pub(super) pace: Option<f32>,
    pub(super) scorers: Scorers,
    pub(super) trials: Trials,
    /// Judges whose calibration run has something new to tell.
    pub(super) refigured: HashSet<ScorerId>,
    pub(super) calibrating: Aside,
    pub(super) looks: Arc<Vec<RewardLook>>,
    pub(super) score_table: Option<Arc<ScoreTable>>,
    /// Rounds of groups whose scores the annotator has seen.
    pub(super) revealed: HashSet<(GroupId, u32)>,
    /// Groups are being picked.
    pub(super) picking: bool,
    pub(super) agreement: Option<Arc<Agreement>>,
    pub(super) measurement: Aside,
    pub(super) statistics: Option<Arc<Statistics>>,
    pub(super) count: Aside,
    pub(super) findings: Arc<Vec<Finding>>,
    pub(super) nearby: Option<Arc<Nearby>>,
    pub(super) summary: Option<Arc<Summary>>,
    pub(super) preview: Option<Arc<Preview>>,
    pub(super) file_work: Option<FileWork>,
    pub(super) intake: Option<Intake>,
    /// Files that are to be imported next.
    pub(super) waiting: VecDeque<(PathBuf, Option<Format>)>,
    /// Batches that never were shown and are taken out of the file, part by part.
    pub(super) leaving: VecDeque<Leaving>,
    pub(super) refused: Arc<Vec<RefusedRow>>,
    pub(super) integrity: Integrity,
    notices: VecDeque<(u64, Notice)>,
    notice_count: u64,
    handled: u64,
    saved_at: Option<jiff::Timestamp>,
    published: Arc<Published>,
}

impl Actor {
    pub(super) fn open(path: &Path, options: Options) -> Result<Self, StoreError> {
        let Opened { mut store, recovered } = Store::open(path)?;
        let annotator = options.annotator.clone();
        store.write(|write| write.put_annotator(&annotator))?;
        let (info, plan, place, phase, guidelines) = store.read(|read| {
            let place = read.place(annotator.id)?.unwrap_or_default();
            Ok((read.info()?, read.plan()?, place, read.phase()?, read.guidelines()?))
        })?;
        let clerk = Clerk::start(path)?;
        let published = Arc::new(Published::new(empty_snapshot(path, &info, &annotator)));
        let generation = Generation::new(phase);
        let mut actor = Self {
            path: Arc::new(path.to_owned()),
            annotator: Arc::new(annotator),
            plan: Arc::new(plan),
            queue: Queue::default(),
            place_saved: place.clone(),
            place,
            trail: Trail::default(),
            generation,
            followers: Followers::default(),
            clerk,
            bodies: HashMap::new(),
            unfolded: None,
            guidelines: guidelines.map(Arc::new),
            pace: None,
            scorers: Scorers::default(),
            trials: Trials::default(),
            refigured: HashSet::new(),
            calibrating: Aside::default(),
            looks: Arc::default(),
            score_table: None,
            revealed: HashSet::new(),
            picking: false,
            agreement: None,
            measurement: Aside::default(),
            statistics: None,
            count: Aside::default(),
            findings: Arc::default(),
            nearby: None,
            summary: None,
            preview: None,
            file_work: None,
            intake: None,
            waiting: VecDeque::new(),
            leaving: VecDeque::new(),
            refused: Arc::default(),
            integrity: Integrity::Checking,
            notices: VecDeque::new(),
            notice_count: 0,
            handled: 0,
            saved_at: None,
            published,
            options,
            store,
            info,
        };
        actor.load_queue()?;
        actor.refresh_pace()?;
        actor.open_followers(recovered)?;
        if actor.place.group.is_none_or(|group| actor.queue.get(group).is_none()) {
            actor.place.group = actor.queue.next_unlabeled(None);
        }
        if recovered {
            let (labels, replies) = actor.store.read(|read| Ok((read.count_labels()?, read.count_replies()?)))?;
            actor.notify(Notice::Recovered { labels, replies });
        }
        actor.find_leaving()?;
        actor.clerk.check_and_back_up();
        actor.publish();
        Ok(actor)
    }

    pub(super) fn published(&self) -> Arc<Published> {
        Arc::clone(&self.published)
    }

    /// Read every group's standing anew, after opening and after groups came or went.
    pub(super) fn load_queue(&mut self) -> Result<(), StoreError> {
        let midnight = midnight();
        let mut queue = Queue::default();
        self.store.read(|read| {
            read.index(self.annotator.id, |row| {
                queue.push(row, midnight);
                Ok(())
            })
        })?;
        self.queue = queue;
        self.load_picked()?;
        self.recount_scorers();
        self.load_scorers()
    }

    /// How long the last labels took.
    pub(super) fn refresh_pace(&mut self) -> Result<(), StoreError> {
        self.pace = self.store.read(|read| read.recent_seconds(self.annotator.id, PACE))?;
        Ok(())
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<(u64, Command)>) {
        if self.options.resume_jobs && self.generation.was_running() {
            self.resume_generation();
            self.publish();
        }
        let mut events: Vec<(u64, Told)> = Vec::with_capacity(BATCH);
        let mut scored: Vec<ScoringTold> = Vec::new();
        let mut due: Option<Instant> = None;
        loop {
            let batch_due = due.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some((number, command)) => {
                        self.carry_out(command);
                        self.handled = number;
                        // What was sent meanwhile is carried out before the window is asked to paint.
                        while let Ok((number, command)) = commands.try_recv() {
                            self.carry_out(command);
                            self.handled = number;
                        }
                        // What was done may have brought groups that want scores.
                        self.feed_scorers();
                        self.publish();
                    }
                    None => break,
                },
                () = tokio::time::sleep_until(batch_due), if due.is_some() => {
                    due = None;
                    self.take_events(&mut events, &mut scored);
                }
                event = self.generation.next_event() => {
                    events.push(event);
                    if events.len() >= BATCH {
                        due = None;
                        self.take_events(&mut events, &mut scored);
                    } else if due.is_none() {
                        due = Some(Instant::now() + BATCH_WAIT);
                    }
                }
                told = self.scorers.next_event() => {
                    scored.push(told);
                    if scored.len() >= BATCH {
                        due = None;
                        self.take_events(&mut events, &mut scored);
                    } else if due.is_none() {
                        due = Some(Instant::now() + BATCH_WAIT);
                    }
                }
                told = self.trials.next_event() => {
                    self.trials.take(told);
                    self.publish();
                }
                report = self.clerk.next_report() => {
                    self.take_report(report);
                    self.publish();
                }
                () = std::future::ready(()), if self.uncounted_scorer().is_some() => {
                    if let Some(scorer) = self.uncounted_scorer() {
                        self.count_scorer(scorer);
                        self.figure();
                    }
                    self.publish();
                }
                // Last: commands come between two parts.
                () = std::future::ready(()), if !self.leaving.is_empty() => {
                    self.let_leave();
                    if self.leaving.is_empty() {
                        self.publish();
                    }
                }
            }
        }
        self.generation.stop();
        events.extend(self.generation.take_left());
        self.take_job_events(events);
        self.store_held();
        self.stop_scorers(scored);
        self.shut_down();
    }

    /// Store what jobs brought, and show it.
    fn take_events(&mut self, events: &mut Vec<(u64, Told)>, scored: &mut Vec<ScoringTold>) {
        if !events.is_empty() {
            self.take_job_events(std::mem::take(events));
        }
        self.take_scoring_events(std::mem::take(scored));
        self.figure();
        self.publish();
    }

    /// Tell the person something.
    pub(super) fn notify(&mut self, notice: Notice) {
        self.notice_count += 1;
        self.notices.push_back((self.notice_count, notice));
        while self.notices.len() > NOTICES {
            self.notices.pop_front();
        }
    }

    /// A write failed: it was rolled back, memory was not touched, the person is told.
    pub(super) fn report_store_error(&mut self, error: StoreError) {
        let problem = Problem::Store { path: self.path.to_path_buf(), fault: StoreFault::from(error) };
        self.notify(Notice::Problem(problem));
    }

    /// Note that something is on disk now.
    pub(super) fn saved(&mut self) {
        self.saved_at = Some(jiff::Timestamp::now());
    }

    fn publish(&mut self) {
        self.generation.refresh(&self.queue);
        let scorers = self.scorers.refresh(&self.queue);
        let current = self.place.group.and_then(|group| self.open_group(group));
        // Replies whose arrival is watched keep their cards, alike or not.
        if let Some(open) = current.as_ref().filter(|open| open.cards.contains(&Card::Waiting)) {
            self.unfolded = Some(open.group.id);
        }
        let neighbours = self.neighbours();
        let (undo, redo) = self.steps();
        self.published.publish(Snapshot {
            handled: self.handled,
            id: self.info.id,
            path: Arc::clone(&self.path),
            title: Arc::from(self.info.title.as_str()),
            annotator: Arc::clone(&self.annotator),
            queue: self.queue.shown(),
            counts: self.queue.counts(),
            place: self.place.clone(),
            current,
            neighbours,
            pace: self.pace,
            guidelines: self.guidelines.clone(),
            plan: Arc::clone(&self.plan),
            generation: self.generation.state(),
            scorers,
            looks: Arc::clone(&self.looks),
            score_table: self.score_table.clone(),
            picked: self.queue.picked_counts(),
            agreement: self.agreement.clone(),
            measuring: self.measurement.is_running(),
            statistics: self.statistics.clone(),
            counting: self.count.is_running(),
            trial: self.trials.shown(),
            findings: Arc::clone(&self.findings),
            nearby: self.nearby.clone(),
            undo,
            redo,
            notices: self.notices.iter().cloned().collect(),
            saved_at: self.saved_at,
            followed: self.followers.shown(),
            summary: self.summary.clone(),
            preview: self.preview.clone(),
            file_work: self.file_work.clone(),
            refused: Arc::clone(&self.refused),
            integrity: self.integrity.clone(),
            commits: self.store.transactions(),
        });
        (self.options.waker)();
    }

    /// What undo and redo would do. An unreadable journal is told once, when undo is asked for.
    fn steps(&self) -> (Option<Step>, Option<Step>) {
        let annotator = self.annotator.id;
        self.store
            .read(|read| {
                let step = |entry: Option<crate::store::Entry>| entry.map(|entry| entry.step);
                Ok((step(read.last_done(annotator)?), step(read.first_undone(annotator)?)))
            })
            .unwrap_or_default()
    }

    fn shut_down(mut self) {
        self.measurement.stop();
        self.count.stop();
        self.calibrating.stop();
        self.cancel_import();
        if let Err(error) = self.save_place() {
            tracing::error!(%error, "the place was not saved");
        }
        for report in self.clerk.stop() {
            match report {
                Report::Followed(outcome) => self.take_followed(outcome),
                Report::Incoming(incoming) => self.take_incoming(incoming),
                _ => {}
            }
        }
        while !self.leaving.is_empty() {
            self.let_leave();
        }
        if let Err(error) = self.close_followers() {
            // Left open in the file, the session looks after its output files when it is opened again.
            tracing::error!(%error, "the session file was not closed cleanly; it holds everything all the same");
            return;
        }
        if let Err(error) = self.store.close() {
            tracing::error!(%error, "the session file was not closed cleanly; it holds everything all the same");
        }
    }
}

/// The start of today, local time.
pub(super) fn midnight() -> jiff::Timestamp {
    jiff::Zoned::now().start_of_day().map_or(jiff::Timestamp::UNIX_EPOCH, |start| start.timestamp())
}

fn empty_snapshot(path: &Path, info: &SessionInfo, annotator: &Annotator) -> Snapshot {
    Snapshot {
        handled: 0,
        id: info.id,
        path: Arc::new(path.to_owned()),
        title: Arc::from(info.title.as_str()),
        annotator: Arc::new(annotator.clone()),
        queue: imbl::Vector::new(),
        counts: super::Counts::default(),
        place: Place::default(),
        current: None,
        neighbours: Vec::new(),
        pace: None,
        guidelines: None,
        plan: Arc::default(),
        generation: Arc::default(),
        scorers: Arc::default(),
        looks: Arc::default(),
        score_table: None,
        picked: PickedCounts::default(),
        agreement: None,
        measuring: false,
        statistics: None,
        counting: false,
        trial: None,
        findings: Arc::default(),
        nearby: None,
        undo: None,
        redo: None,
        notices: imbl::Vector::new(),
        saved_at: None,
        followed: Arc::default(),
        summary: None,
        preview: None,
        file_work: None,
        refused: Arc::default(),
        integrity: Integrity::Checking,
        commits: 0,
    }
}
