//! A file while it is read: how far reading has come, and whether anybody still wants the rest.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared by the one who reads and the one who waits.
#[derive(Debug, Default)]
pub struct Reading {
    bytes: AtomicU64,
    stopped: AtomicBool,
}

impl Reading {
    /// Bytes of the file that were read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Nobody wants the rest: reading ends with an error before the next piece of the file.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether [`Self::stop`] was called.
    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// A file that is to be read.
#[derive(Clone, Debug)]
pub struct Source {
    pub(super) path: PathBuf,
    reading: Arc<Reading>,
}

impl Source {
    /// A file whose reading others follow.
    pub fn new(path: PathBuf, reading: Arc<Reading>) -> Self {
        Self { path, reading }
    }

    pub(super) fn metered(&self, file: File) -> impl Read + use<> {
        Metered { file, reading: Arc::clone(&self.reading) }
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Self::new(path.to_owned(), Arc::default())
    }
}

struct Metered {
    file: File,
    reading: Arc<Reading>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.reading.stopped() {
            return Err(io::Error::other("stopped"));
        }
        let read = self.file.read(buffer)?;
        self.reading.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
