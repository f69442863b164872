//! Work beside the session thread that takes seconds: a thread with a read-only connection of its own, so that neither
//! labels nor the clerk's files wait for it. One at a time; what is asked for meanwhile is done after it, once.

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::clerk::Report;
use crate::store::{Reader, StoreError};

/// How long a finished figure waits before it tries the door of the session thread again.
const KNOCK: Duration = Duration::from_millis(5);

/// Why there is no result.
pub(super) enum Halted {
    /// Nobody wants it any more.
    Stopped,
    /// The file could not be read.
    Store(StoreError),
}

impl From<StoreError> for Halted {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Says when to stop.
#[derive(Clone, Default)]
pub(super) struct Halt(Arc<AtomicBool>);

impl Halt {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// An error once it is set.
    pub(super) fn check(&self) -> Result<(), Halted> {
        if self.is_set() { Err(Halted::Stopped) } else { Ok(()) }
    }
}

/// One kind of such work.
#[derive(Default)]
pub(super) struct Aside {
    halt: Halt,
    thread: Option<JoinHandle<()>>,
    again: bool,
}

impl Aside {
    pub(super) fn is_running(&self) -> bool {
        self.thread.is_some()
    }

    /// It is to be done once more when it is done; `false` where it does not run.
    pub(super) fn ask_again(&mut self) -> bool {
        self.again = self.is_running();
        self.again
    }

    /// Begin. What comes of it, a failure too, is reported as `told` says.
    pub(super) fn begin<T>(
        &mut self,
        name: &str,
        path: PathBuf,
        reports: mpsc::Sender<Report>,
        work: impl FnOnce(&Reader, &Halt) -> Result<T, Halted> + Send + 'static,
        told: impl FnOnce(Result<T, StoreError>) -> Report + Send + 'static,
    ) -> Result<(), StoreError> {
        let halt = self.halt.clone();
        let worked = move || {
            let work = AssertUnwindSafe(|| work(&Reader::open(&path)?, &halt));
            let done = std::panic::catch_unwind(work).unwrap_or_else(|_| {
                let said = "an internal error while figures were computed; the log has more".to_owned();
                Err(Halted::Store(StoreError::Other { said }))
            });
            match done {
                Ok(found) => knock(&reports, told(Ok(found)), &halt),
                Err(Halted::Store(error)) => knock(&reports, told(Err(error)), &halt),
                Err(Halted::Stopped) => {}
            }
        };
        let begun = std::thread::Builder::new().name(name.to_owned()).spawn(worked);
        self.thread = Some(begun.map_err(|error| StoreError::Other { said: error.to_string() })?);
        Ok(())
    }

    /// It has reported; whether it is wanted once more.
    pub(super) fn ended(&mut self) -> bool {
        // A report is the last that a thread does.
        self.thread = None;
        std::mem::take(&mut self.again)
    }

    /// Let it stop, and wait for that: the file cannot be closed well while it reads.
    pub(super) fn stop(&mut self) {
        self.halt.0.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a thread that computes figures panicked");
        }
    }
}

/// Hand over a report. Whoever closes the session takes no more, so it must not wait for ever.
fn knock(reports: &mpsc::Sender<Report>, report: Report, halt: &Halt) {
    let mut report = report;
    while let Err(TrySendError::Full(back)) = reports.try_send(report) {
        if halt.is_set() {
            return;
        }
        report = back;
        std::thread::sleep(KNOCK);
    }
}
