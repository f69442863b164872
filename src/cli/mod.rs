//! The same work without a window: every subcommand runs the same session thread.
//!
//! Results go to stdout, progress and errors to stderr. Exit codes: 0 done, 1 done with refusals or failures (counted
//! in the report), 2 could not start.

mod args;
mod check;
mod endpoints;
mod generate;
mod progress;
mod report;
mod score;
mod stats;
mod transfer;

pub use args::{Args, Command};

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::domain::{Annotator, Notice, Plan, Problem};
use crate::sample;
use crate::session::{Options, Session, Snapshot};
use crate::settings::key_from_environment;
use crate::text::Text;
use report::Report;

/// What a subcommand needs from the program around it.
pub struct Context {
    /// The language of messages.
    pub text: Text,
    /// Who labels, for files that bring verdicts.
    pub annotator: Annotator,
    /// Runs requests.
    pub runtime: tokio::runtime::Runtime,
}

/// Why a subcommand could not start or go on.
pub(crate) enum Stop {
    /// Something that the text module has a sentence for.
    Problem(Problem),
    /// An argument that cannot be used.
    Usage(String),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Run a subcommand.
pub fn run(command: Command, context: &Context) -> ExitCode {
    let report = match command {
        Command::New(args) => generate::new(&args, context),
        Command::Generate(args) => generate::generate(&args, context),
        Command::Import(args) => transfer::import(&args, context),
        Command::Export(args) => transfer::export(&args, context),
        Command::Score(args) => score::score(&args, context),
        Command::Stats(args) => stats::stats(&args, context),
        Command::Check(args) => check::check(&args, context),
        Command::Endpoints(args) => endpoints::endpoints(&args, context),
        Command::Completions(args) => {
            let script = Args::completions(args.shell);
            Ok(Report { lines: vec![script.trim_end().to_owned()], json: None, incomplete: false })
        }
        Command::SampleServer(args) => generate::sample_server(&args, context),
    };
    match report {
        Ok(report) => report.print(),
        Err(Stop::Problem(problem)) => {
            report::error(context.text, &problem);
            ExitCode::from(2)
        }
        Err(Stop::Usage(said)) => {
            report::line(&said);
            ExitCode::from(2)
        }
    }
}

/// How long a command line waits for one step of the session thread before it looks again.
const LOOK: Duration = Duration::from_millis(200);

fn options(context: &Context) -> Options {
    let runtime = context.runtime.handle().clone();
    let server = Arc::new(OnceLock::new());
    Options {
        annotator: context.annotator.clone(),
        runtime: runtime.clone(),
        waker: Arc::new(|| {}),
        sample: Arc::new(move || match server.get() {
            Some(address) => Ok(*address),
            None => {
                let address = sample::start(&runtime, sample::Behaviour::default())?;
                Ok(*server.get_or_init(|| address))
            }
        }),
        keys: Arc::new(key_from_environment),
        resume_jobs: false,
    }
}

fn open(file: &Path, context: &Context) -> Result<Session, Stop> {
    Ok(Session::open(file, options(context))?)
}

/// Open a session, or make it where there is none.
fn open_or_create(file: &Path, context: &Context) -> Result<Session, Stop> {
    if file.exists() {
        return open(file, context);
    }
    let title = file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Ok(Session::create(file, &title, &Plan::default(), options(context))?)
}

/// Ctrl-C sets a flag; the work stops cleanly and can be gone on with.
fn interrupted(context: &Context) -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    context.runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            set.store(true, Ordering::Relaxed);
        }
    });
    flag
}

/// Wait until the session has carried out the command with this number and `done` holds; a problem that it tells
/// meanwhile ends the wait.
fn wait_for(session: &Session, number: u64, done: impl Fn(&Snapshot) -> bool) -> Result<Arc<Snapshot>, Stop> {
    let first = session.snapshot().notices.last().map_or(0, |(id, _)| *id);
    loop {
        let ready =
            |snapshot: &Snapshot| snapshot.handled >= number && (done(snapshot) || told(snapshot, first).is_some());
        if let Ok(snapshot) = session.wait(LOOK, ready) {
            return match told(&snapshot, first) {
                Some(problem) => Err(Stop::Problem(problem)),
                None => Ok(snapshot),
            };
        }
    }
}

fn told(snapshot: &Snapshot, after: u64) -> Option<Problem> {
    snapshot.notices.iter().filter(|(id, _)| *id > after).find_map(|(_, notice)| match notice {
        Notice::Problem(problem) => Some(problem.clone()),
        _ => None,
    })
}

/// A report that a subcommand prints at its end.
type Done = Result<Report, Stop>;

/// Say on stderr why the window could not be opened; the system's words below.
pub fn complain(said: &str, detail: &str) {
    report::line(said);
    for line in detail.lines().take(12) {
        report::line(&format!("  {line}"));
    }
}
