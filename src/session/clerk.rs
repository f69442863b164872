//! A second thread with a read-only connection of its own: exports, previews, statistics, checks, backups and output
//! files, so that none of them ever delays a label. It changes nothing in the session file; what it finds it reports.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc;

use super::actor::Actor;
use super::calibration::Figured;
use super::export::{self, Unwritten};
use super::followed::{FileEdit, Outcome, rows};
use super::reading::{self, Incoming};
use super::score_table;
use super::snapshot::{FileWork, Finding, Integrity, Preview, RewardLook, ScoreTable, Summary};
use super::spot::{self, PickTask, Picking};
use crate::domain::{
    Agreement, AnnotatorId, FileFault, GroupId, Notice, PairPolicy, PairSource, Problem, ScorerId, ServerInfo,
    Statistics,
};
use crate::formats::{self, Format, Reading, RowHash, Source};
use crate::store::{self, Reader, StoreError};

/// Reports under way to the session thread; a long import waits here and keeps memory bounded.
pub(super) const REPORTS: usize = 4;
/// How often the open file is backed up, if something changed.
const BACK_UP_EVERY: Duration = Duration::from_secs(1800);

/// The session's rows in a followed file.
type OwnRows = Vec<(GroupId, RowHash)>;

/// What the clerk is asked to do, one thing after the other.
enum Task {
    CheckAndBackUp,
    Preview {
        path: PathBuf,
        format: Option<Format>,
    },
    Import {
        source: Source,
        path: PathBuf,
        format: Option<Format>,
    },
    Export {
        path: PathBuf,
        format: Format,
        /// Which pairs, and where they come from.
        what: (PairPolicy, PairSource),
    },
    Summarise {
        format: Format,
        what: (PairPolicy, PairSource),
        annotator: AnnotatorId,
    },
    Copy {
        path: PathBuf,
    },
    ListScores(score_table::Asked),
    Pick(Box<PickTask>),
    EditFollowed(FileEdit),
    /// With rows of the file that are the session's though it has no note of them.
    Reconcile {
        path: PathBuf,
        unnoted: Vec<RowHash>,
    },
}

/// What the clerk reports.
pub(super) enum Report {
    Integrity(Integrity),
    Preview(Preview),
    /// With the groups whose scores its rows give away.
    Summary(Summary, Vec<GroupId>),
    Exported(Notice),
    Copied(PathBuf),
    Scores(ScoreTable),
    Picked(Result<Picking, StoreError>),
    /// What calibration runs tell.
    Figured(Result<Vec<(ScorerId, Figured)>, StoreError>),
    Looked(RewardLook),
    Probed(Finding),
    /// The servers of this machine.
    Nearby(Vec<ServerInfo>),
    Incoming(Incoming),
    Followed(Outcome),
    Measured(Result<Box<Agreement>, StoreError>),
    Counted(Result<Box<Statistics>, StoreError>),
    Failed(Problem),
    NotBackedUp(StoreError),
}

/// The session thread's side of the clerk.
pub(super) struct Clerk {
    tasks: Option<std::sync::mpsc::Sender<Task>>,
    sender: mpsc::Sender<Report>,
    reports: mpsc::Receiver<Report>,
    thread: Option<JoinHandle<()>>,
}

impl Clerk {
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        let reader = Reader::open(path)?;
        let (sender, reports) = mpsc::channel(REPORTS);
        let (tasks, inbox) = std::sync::mpsc::channel();
        let desk = Desk { path: path.to_owned(), reader, reports: sender.clone() };
        let thread = std::thread::Builder::new()
            .name("clerk".to_owned())
            .spawn(move || desk.work(&inbox))
            .map_err(|error| StoreError::Other { said: error.to_string() })?;
        Ok(Self { tasks: Some(tasks), sender, reports, thread: Some(thread) })
    }

    fn ask(&self, task: Task) {
        if let Some(tasks) = &self.tasks
            && tasks.send(task).is_err()
        {
            tracing::error!("the clerk thread has ended; a file task was not carried out");
        }
    }

    pub(super) fn check_and_back_up(&self) {
        self.ask(Task::CheckAndBackUp);
    }

    pub(super) fn preview(&self, path: PathBuf, format: Option<Format>) {
        self.ask(Task::Preview { path, format });
    }

    /// Read a file and report what it holds; `reading` tells how far, and stops it.
    pub(super) fn import(&self, path: PathBuf, format: Option<Format>, reading: Arc<Reading>) {
        self.ask(Task::Import { source: Source::new(path.clone(), reading), path, format });
    }

    pub(super) fn summarise(&self, format: Format, what: (PairPolicy, PairSource), annotator: AnnotatorId) {
        self.ask(Task::Summarise { format, what, annotator });
    }

    pub(super) fn copy(&self, path: PathBuf) {
        self.ask(Task::Copy { path });
    }

    pub(super) fn list_scores(&self, asked: score_table::Asked) {
        self.ask(Task::ListScores(asked));
    }

    pub(super) fn pick(&self, task: PickTask) {
        self.ask(Task::Pick(Box::new(task)));
    }

    pub(super) fn edit_followed(&self, edit: FileEdit) {
        self.ask(Task::EditFollowed(edit));
    }

    pub(super) fn reconcile(&self, path: PathBuf, unnoted: Vec<RowHash>) {
        self.ask(Task::Reconcile { path, unnoted });
    }

    /// Where others may report, too: answers of servers come this way.
    pub(super) fn reports(&self) -> mpsc::Sender<Report> {
        self.sender.clone()
    }

    /// The next report; waits while there is none.
    pub(super) async fn next_report(&mut self) -> Report {
        match self.reports.recv().await {
            Some(report) => report,
            // The channel cannot close: this side holds a sender.
            None => std::future::pending().await,
        }
    }

    /// Let the tasks that were asked for come to their end; an import was stopped before. The reports that come meanwhile are returned: they hold what became of followed files.
    pub(super) fn stop(&mut self) -> Vec<Report> {
        drop(self.tasks.take());
        let mut late = Vec::new();
        if let Some(thread) = self.thread.take() {
            while !thread.is_finished() {
                match self.reports.try_recv() {
                    Ok(report) => late.push(report),
                    Err(_) => std::thread::yield_now(),
                }
            }
            if thread.join().is_err() {
                tracing::error!("the clerk thread panicked");
            }
        }
        while let Ok(report) = self.reports.try_recv() {
            late.push(report);
        }
        late
    }
}

impl Actor {
    pub(super) fn export(&mut self, path: PathBuf, format: Format, what: (PairPolicy, PairSource)) {
        self.file_work = Some(FileWork {
            path: path.clone(),
            format: Some(format),
            reading: false,
            groups: 0,
            share: None,
            leaving: false,
        });
        self.clerk.ask(Task::Export { path, format, what });
    }
}

/// The clerk's side.
struct Desk {
    path: PathBuf,
    reader: Reader,
    reports: mpsc::Sender<Report>,
}

impl Desk {
    fn work(self, inbox: &std::sync::mpsc::Receiver<Task>) {
        loop {
            let task = match inbox.recv_timeout(BACK_UP_EVERY) {
                Ok(task) => task,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => Task::CheckAndBackUp,
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return,
            };
            // A mistake in one task must not leave the others, and the person, waiting for ever.
            let done = std::panic::catch_unwind(AssertUnwindSafe(|| self.carry_out(task)));
            self.report(done.unwrap_or_else(|_| {
                self.failed(StoreError::Other { said: "an internal error in a file task; the log has more".to_owned() })
            }));
        }
    }

    fn carry_out(&self, task: Task) -> Report {
        match task {
            Task::CheckAndBackUp => self.check_and_back_up(),
            Task::Preview { path, format } => Report::Preview(match formats::preview(&path, format) {
                Ok(preview) => Preview::Ready { path, preview },
                Err(fault) => Preview::Failed { path, fault },
            }),
            Task::Import { source, path, format } => {
                Report::Incoming(reading::read(&self.reader, &source, path, format, &mut |part| {
                    self.report(Report::Incoming(part));
                }))
            }
            Task::Export { path, format, what } => self.export(path, format, what),
            Task::Summarise { format, what, annotator } => {
                match export::summarise(&self.reader, format, what, annotator) {
                    Ok((summary, told)) => Report::Summary(summary, told),
                    Err(error) => self.failed(error),
                }
            }
            Task::Copy { path } => match self.reader.copy_to(&path) {
                Ok(()) => Report::Copied(path),
                Err(error) => Report::Failed(Problem::Store { path, fault: error.into() }),
            },
            Task::ListScores(asked) => match score_table::read(&self.reader, asked) {
                Ok(table) => Report::Scores(table),
                Err(error) => self.failed(error),
            },
            Task::Pick(task) => Report::Picked(spot::picks(&self.reader, &task)),
            Task::EditFollowed(edit) => Report::Followed(match edit_file(&edit) {
                Ok(()) => Outcome::Edited(edit),
                Err(fault) => Outcome::Failed { path: edit.path, fault },
            }),
            Task::Reconcile { path, unnoted } => match self.reconcile(&path, &unnoted) {
                Ok(Ok(rows)) => Report::Followed(Outcome::Reconciled { path, rows }),
                Ok(Err(fault)) => Report::Followed(Outcome::Failed { path, fault }),
                Err(error) => {
                    let fault = FileFault::Other { said: error.to_string() };
                    Report::Followed(Outcome::Failed { path, fault })
                }
            },
        }
    }

    fn report(&self, report: Report) {
        // Nobody listens only when the session is closing.
        drop(self.reports.blocking_send(report));
    }

    fn failed(&self, error: StoreError) -> Report {
        Report::Failed(Problem::Store { path: self.path.clone(), fault: error.into() })
    }

    fn check_and_back_up(&self) -> Report {
        match self.reader.quick_check() {
            // Only a sound file is copied over the oldest backup.
            Ok(None) => {
                if let Err(error) = store::back_up(&self.path) {
                    self.report(Report::NotBackedUp(error));
                }
                Report::Integrity(Integrity::Sound)
            }
            Ok(Some(said)) => Report::Integrity(Integrity::Damaged(said)),
            Err(error) => self.failed(error),
        }
    }

    fn export(&self, path: PathBuf, format: Format, what: (PairPolicy, PairSource)) -> Report {
        match export::write(&self.reader, &path, format, what) {
            Ok(tally) => Report::Exported(Notice::Exported { path, pairs: tally.pairs, groups: tally.groups }),
            Err(Unwritten::Store(error)) => self.failed(error),
            Err(Unwritten::File(fault)) => Report::Failed(Problem::File { path, fault }),
        }
    }

    /// Set a followed file right: lines that equal ours go, the lines that are due are added.
    fn reconcile(&self, path: &Path, unnoted: &[RowHash]) -> Result<Result<OwnRows, FileFault>, StoreError> {
        let mut due: Vec<(GroupId, String)> = Vec::new();
        let mut ours: HashMap<RowHash, u32> = unnoted.iter().map(|hash| (*hash, u32::MAX)).collect();
        self.reader.read(|read| {
            for (_, hash) in read.own_rows(path)? {
                ours.insert(RowHash::from_bytes(hash), u32::MAX);
            }
            read.for_each_label(|group, texts, label| -> Result<(), StoreError> {
                let lines = rows(&group, &texts, &label, PairPolicy::All);
                due.extend(lines.into_iter().map(|line| (group.id, line)));
                Ok(())
            })
        })?;
        let hashes: OwnRows = due.iter().map(|(group, line)| (*group, RowHash::of(line))).collect();
        ours.extend(hashes.iter().map(|(_, hash)| (*hash, u32::MAX)));
        let lines: Vec<String> = due.into_iter().map(|(_, line)| line).collect();
        Ok(formats::rewrite(path, &ours, &lines).map(|()| hashes))
    }
}

fn edit_file(edit: &FileEdit) -> Result<(), FileFault> {
    if edit.remove.is_empty() {
        return formats::append(&edit.path, &edit.add);
    }
    let mut remove: HashMap<RowHash, u32> = HashMap::new();
    for hash in &edit.remove {
        *remove.entry(*hash).or_default() += 1;
    }
    formats::rewrite(&edit.path, &remove, &edit.add)
}
