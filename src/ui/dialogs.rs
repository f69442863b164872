//! Choosing a file: the system's dialog on a thread of its own, and always a field for the path as well.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

/// What a file is chosen for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Open a session, or import any other file into a new one.
    Open,
    /// Look at a file before importing it into the open session.
    Import,
    /// Write a copy of the session.
    SaveCopy,
    /// Fill a list of prompts.
    SystemPrompts,
    /// See [`Purpose::SystemPrompts`].
    UserPrompts,
    /// The chat template of a reward model.
    ChatTemplate,
    /// Where to export to.
    Export,
    /// Take what a session is made from out of a plan file.
    LoadPlan,
    /// Write it to one.
    SavePlan,
}

impl Purpose {
    pub(crate) fn saves(&self) -> bool {
        matches!(self, Self::SaveCopy | Self::Export | Self::SavePlan)
    }
}

/// The popup with the path field.
pub(crate) struct PathPopup {
    pub(crate) purpose: Purpose,
    pub(crate) path: String,
    answer: Option<Receiver<Option<PathBuf>>>,
}

impl PathPopup {
    pub(crate) fn new(purpose: Purpose, path: String) -> Self {
        Self { purpose, path, answer: None }
    }

    /// Ask the system's dialog; without one the field remains.
    pub(crate) fn ask_system(&mut self, ctx: &egui::Context) {
        let (sender, receiver) = channel();
        let (ctx, saves, start) = (ctx.clone(), self.purpose.saves(), self.path.clone());
        let spawned = std::thread::Builder::new().name("file dialog".to_owned()).spawn(move || {
            let mut dialog = rfd::FileDialog::new();
            let start = PathBuf::from(start);
            if let Some(folder) = start.parent().filter(|folder| folder.is_dir()) {
                dialog = dialog.set_directory(folder);
            }
            if saves && let Some(name) = start.file_name() {
                dialog = dialog.set_file_name(name.to_string_lossy());
            }
            let chosen = if saves { dialog.save_file() } else { dialog.pick_file() };
            // The popup may have been closed meanwhile.
            drop(sender.send(chosen));
            ctx.request_repaint();
        });
        match spawned {
            Ok(_) => self.answer = Some(receiver),
            Err(error) => tracing::warn!(%error, "the system's file dialog could not be asked"),
        }
    }

    /// Take up what was chosen.
    pub(crate) fn poll(&mut self) {
        if let Some(receiver) = &self.answer
            && let Ok(chosen) = receiver.try_recv()
        {
            self.answer = None;
            if let Some(path) = chosen {
                self.path = path.display().to_string();
            }
        }
    }
}
