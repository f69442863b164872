//! Writing settings on a thread of its own: a slider that is dragged asks for it many times, and no frame waits for
//! the disk.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::{Folders, Settings, SettingsError};

/// Writes the newest settings that it was given; those in between are passed over.
pub struct Saver {
    sender: Option<Sender<Settings>>,
    faults: Receiver<SettingsError>,
    thread: Option<JoinHandle<()>>,
}

impl Saver {
    /// A saver for these folders.
    pub fn new(folders: Folders) -> Self {
        let (sender, inbox) = channel::<Settings>();
        let (told, faults) = channel();
        let work = move || {
            while let Ok(mut settings) = inbox.recv() {
                while let Ok(newer) = inbox.try_recv() {
                    settings = newer;
                }
                if let Err(fault) = settings.save(&folders) {
                    tracing::error!(%fault, "the settings were not saved");
                    // Nobody listens once the app is closing.
                    drop(told.send(fault));
                }
            }
        };
        let thread = std::thread::Builder::new().name("settings".to_owned()).spawn(work);
        let thread = thread.inspect_err(|error| tracing::error!(%error, "no thread to save settings on")).ok();
        Self { sender: Some(sender), faults, thread }
    }

    /// Write these settings soon.
    pub fn save(&self, settings: &Settings) {
        if let Some(sender) = &self.sender {
            // Without a thread there is nobody to take it; that was told.
            drop(sender.send(settings.clone()));
        }
    }

    /// Why the last settings could not be written, once.
    pub fn fault(&self) -> Option<SettingsError> {
        self.faults.try_iter().last()
    }
}

impl Drop for Saver {
    /// Waits until all is written.
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that saves settings panicked");
        }
    }
}
