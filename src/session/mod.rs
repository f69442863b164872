//! The only place where state changes: commands in, snapshots out.
//!
//! A session is a thread. It owns the session file, takes commands first and job events second, and publishes an
//! immutable [`Snapshot`] after each change. Views hold a [`Session`] handle; nothing they do waits for the disk.
//!
//! | file | what it does |
//! |---|---|
//! | `actor` | the loop: what is taken up when, what is published |
//! | `wishes` | which wish is carried out where |
//! | `queue` | every group's standing in memory, and what is to be labeled or asked for next |
//! | `labeling` | checks, verdicts, marks: changes and their journal entry in one transaction |
//! | `writing` | replies that people edit or write, guidelines |
//! | `history` | undo and redo |
//! | `movement` | which group is in front |
//! | `generation` | the plan, the generation job, what it brings |
//! | `lanes` | the job of each endpoint: what it may be handed, what it has in hand |
//! | `scorer_list` | judges and reward models: which there are, and looks at their servers |
//! | `scoring` | runs of scorers, what they bring |
//! | `scorers` | what each scorer has done and has still to do |
//! | `score_table` | what a scorer said of labeled groups, read by the clerk |
//! | `calibration` | whether a judge is worth a full run: parts that run over some groups, and what they tell |
//! | `heard` | what a judge said of a group, by the places of replies |
//! | `trial` | scorers tried on replies of no group: nothing of it is stored |
//! | `itself` | what a judge's own verdicts tell of it |
//! | `agreement` | how far people and machines agree, computed beside the session thread |
//! | `statistics` | the session in numbers, counted beside the session thread |
//! | `aside` | a thread of its own for what takes seconds |
//! | `intake` | groups that come in: from the plan's prompts, from files |
//! | `clerk` | a second thread with a read-only connection: exports, previews, checks, backups |
//! | `reading` | the clerk's side of an import: a file read into parts |
//! | `export` | files of pairs and archives, written and counted by the clerk |
//! | `followed` | output files that are kept current |

mod actor;
mod agreement;
mod aside;
mod calibration;
mod clerk;
mod command;
mod export;
mod followed;
mod generation;
mod heard;
mod history;
mod intake;
mod itself;
mod labeling;
mod lanes;
mod machine_pairs;
mod machines;
mod movement;
mod queue;
mod reading;
mod score_table;
mod scorer_list;
mod scorers;
mod scoring;
mod snapshot;
mod spot;
mod statistics;
mod trial;
mod wishes;
mod writing;

pub use command::Command;
pub use reading::PART_BYTES;
pub use snapshot::{
    Card, Counts, FileWork, Finding, Followed, Integrity, Looked, Nearby, OpenGroup, Preview, Probe, QueueRow, Reason,
    RewardLook, ScoreRow, ScoreTable, Snapshot, Summary,
};

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::domain::{Annotator, ApiKey, Endpoint, Plan, Problem, RequestFault, SessionId, StoreFault};
use crate::store::{SessionInfo, Store, StoreError};

/// What a session needs from the program around it.
#[derive(Clone)]
pub struct Options {
    /// Who labels.
    pub annotator: Annotator,
    /// Runs requests.
    pub runtime: tokio::runtime::Handle,
    /// Called after each new snapshot, from the session thread: wakes the window. Must not block.
    pub waker: Arc<dyn Fn() + Send + Sync>,
    /// Where the sample server listens; starts it when it is first asked for.
    pub sample: Arc<dyn Fn() -> std::io::Result<SocketAddr> + Send + Sync>,
    /// Where keys come from; may wait for the system's keyring, so it is called on a thread of its own.
    pub keys: Keys,
    /// Go on with what was running when the session was closed: generation, runs of scorers.
    pub resume_jobs: bool,
}

/// Finds the key of an endpoint.
pub type Keys = Arc<dyn Fn(&Endpoint) -> Result<Option<ApiKey>, RequestFault> + Send + Sync>;

/// Commands under way between a view and the session thread; a person never gets near it.
const INBOX: usize = 1024;

/// An open session. Dropping it closes the session as [`Session::close`] does.
pub struct Session {
    published: Arc<Published>,
    /// The number of the last command that was sent; the lock keeps numbers and inbox in the same order.
    sent: Mutex<u64>,
    inbox: Option<mpsc::Sender<(u64, Command)>>,
    thread: Option<JoinHandle<()>>,
}

impl Session {
    /// Make a session file at `path`, which must not exist, and open it.
    pub fn create(path: &Path, title: &str, plan: &Plan, options: Options) -> Result<Self, Problem> {
        let title = crate::domain::title(title);
        let info = SessionInfo { id: SessionId::new(), title, created_at: jiff::Timestamp::now() };
        let made = Store::create(path, &info).and_then(|mut store| {
            store.write(|write| write.set_plan(plan))?;
            store.close()
        });
        made.map_err(|error| problem(path, error))?;
        Self::open(path, options)
    }

    /// Open the session file at `path`. Takes as long as reading the queue takes: call it off the UI thread.
    pub fn open(path: &Path, options: Options) -> Result<Self, Problem> {
        let (sender, receiver) = mpsc::channel(INBOX);
        let runtime = options.runtime.clone();
        let actor = actor::Actor::open(path, options).map_err(|error| problem(path, error))?;
        let published = actor.published();
        let thread = std::thread::Builder::new()
            .name("session".to_owned())
            .spawn(move || runtime.block_on(actor.run(receiver)))
            .map_err(|error| Problem::Store {
                path: path.to_owned(),
                fault: StoreFault::Other { said: error.to_string() },
            })?;
        Ok(Self { published, sent: Mutex::new(0), inbox: Some(sender), thread: Some(thread) })
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.published.lock())
    }

    /// Send a command; it is carried out after those sent before. The number returned is reached by
    /// [`Snapshot::handled`] once it was carried out or refused. Not to be called from asynchronous code.
    pub fn send(&self, command: Command) -> u64 {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        *sent += 1;
        if let Some(inbox) = &self.inbox
            && inbox.blocking_send((*sent, command)).is_err()
        {
            tracing::error!("the session thread has ended; a command was not carried out");
        }
        *sent
    }

    /// The session thread has ended though nobody closed the session: nothing is saved any more.
    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Wait until a snapshot satisfies `done`, at most `timeout`; the last snapshot either way. For programs without
    /// a window, never called on a UI thread.
    pub fn wait(&self, timeout: Duration, done: impl Fn(&Snapshot) -> bool) -> Result<Arc<Snapshot>, Arc<Snapshot>> {
        let deadline = Instant::now() + timeout;
        let mut snapshot = self.published.lock();
        loop {
            if done(&snapshot) {
                return Ok(Arc::clone(&snapshot));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Arc::clone(&snapshot));
            }
            snapshot = self.published.changed.wait_timeout(snapshot, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Carry out what was sent, stop requests, write the place, close the file. Waits for the session thread.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.inbox.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the session thread panicked; the file holds everything up to its last commit");
        }
    }
}

/// Where the session thread puts snapshots and everybody else finds them.
struct Published {
    snapshot: Mutex<Arc<Snapshot>>,
    changed: Condvar,
}

impl Published {
    fn new(snapshot: Snapshot) -> Self {
        Self { snapshot: Mutex::new(Arc::new(snapshot)), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Snapshot>> {
        self.snapshot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, snapshot: Snapshot) {
        *self.lock() = Arc::new(snapshot);
        self.changed.notify_all();
    }
}

fn problem(path: &Path, error: StoreError) -> Problem {
    Problem::Store { path: path.to_owned(), fault: error.into() }
}
