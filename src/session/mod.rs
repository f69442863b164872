//! The only place where state changes: commands in, snapshots out.
//!
//! A session is a thread. It owns the session file, takes commands first and job events second, and publishes an
//! immutable [`Snapshot`] after each change. Views hold a [`Session`] handle; nothing they do waits for the disk.

mod command;
mod snapshot;

pub use command::Command;
pub use snapshot::{
    Card, Counts, FileWork, Followed, Integrity, OpenGroup, Preview, Probe, QueueRow, Snapshot, Summary,
};

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use crate::domain::{Annotator, Plan, Problem};

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
    /// Go on with a generation that was running when the session was closed.
    pub resume_generation: bool,
}

/// An open session. Dropping it closes the session as [`Session::close`] does.
pub struct Session {}

impl Session {
    /// Make a session file at `path`, which must not exist, and open it.
    pub fn create(path: &Path, title: &str, plan: &Plan, options: Options) -> Result<Self, Problem> {
        let _ = (path, title, plan, options);
        unimplemented!()
    }

    /// Open the session file at `path`. Takes as long as reading the queue takes: call it off the UI thread.
    pub fn open(path: &Path, options: Options) -> Result<Self, Problem> {
        let _ = (path, options);
        unimplemented!()
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        unimplemented!()
    }

    /// Send a command; it is carried out after those sent before. The number returned is reached by
    /// [`Snapshot::handled`] once it was carried out or refused.
    pub fn send(&self, command: Command) -> u64 {
        let _ = command;
        unimplemented!()
    }

    /// Wait until a snapshot satisfies `done`, at most `timeout`; the last snapshot either way. For programs without
    /// a window, never called on a UI thread.
    pub fn wait(
        &self,
        timeout: std::time::Duration,
        done: impl Fn(&Snapshot) -> bool,
    ) -> Result<Arc<Snapshot>, Arc<Snapshot>> {
        let _ = (timeout, done);
        unimplemented!()
    }

    /// Carry out what was sent, stop requests, write the place, close the file. Waits for the session thread.
    pub fn close(self) {}
}
