//! Work that may wait for a disk or for the system: each piece on a thread of its own, its end taken up in a frame.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::domain::{FileFault, RequestFault};
use crate::formats::PlanFile;

/// What came of a piece of work.
pub(crate) enum Done {
    /// A list of system or user prompts was read.
    Prompts { system: bool, path: PathBuf, texts: Result<Vec<String>, FileFault> },
    /// A plan was read.
    PlanRead { path: PathBuf, plan: Result<Box<PlanFile>, FileFault> },
    /// A plan was written.
    PlanWritten { path: PathBuf, written: Result<(), FileFault> },
    /// A chat template was read.
    Template { path: PathBuf, text: Result<String, FileFault> },
    /// A key was put into the keyring, or taken out.
    Key { kept: bool, done: Result<(), RequestFault> },
}

/// The window's errands.
pub(crate) struct Errands {
    sender: Sender<Done>,
    receiver: Receiver<Done>,
}

impl Errands {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver }
    }

    /// Begin one.
    pub(crate) fn run(&self, ctx: &egui::Context, work: impl FnOnce() -> Done + Send + 'static) {
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        let spawned = std::thread::Builder::new().name("errand".to_owned()).spawn(move || {
            // The session may have been closed meanwhile.
            drop(sender.send(work()));
            ctx.request_repaint();
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "the system gives no thread");
        }
    }

    /// One that has ended.
    pub(crate) fn take(&self) -> Option<Done> {
        self.receiver.try_recv().ok()
    }
}
