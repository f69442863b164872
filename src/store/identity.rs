//! Whether a name still leads to the file that is open under it. SQLite goes on writing into a file that was deleted
//! or moved, and says that all is well; what was written so would be gone with the window.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::lock::{companion, real};
use super::{Result, StoreError};

/// What a file is known by whatever its name; `None` where there is none. Systems that do not let an open file be
/// moved do not tell, and need not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity(Option<(u64, u64)>);

impl Identity {
    pub(super) fn of(path: &Path) -> Result<Self> {
        match std::fs::metadata(path) {
            Ok(data) => Ok(Self::from(&data)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Self(None)),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn of_open(file: &File) -> Result<Self> {
        Ok(Self::from(&file.metadata()?))
    }

    #[cfg(unix)]
    fn from(data: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self(Some((data.dev(), data.ino())))
    }

    #[cfg(not(unix))]
    fn from(_: &std::fs::Metadata) -> Self {
        Self(Some((0, 0)))
    }
}

/// A session file and its log, as they were when they were opened.
pub(super) struct Presence {
    files: [(PathBuf, Identity); 2],
}

impl Presence {
    pub(super) fn of(session: &Path) -> Result<Self> {
        let session = real(session);
        let log = companion(&session, "-wal");
        let (file, frames) = (Identity::of(&session)?, Identity::of(&log)?);
        Ok(Self { files: [(session, file), (log, frames)] })
    }

    /// Fails with [`StoreError::Moved`] where one of them is no longer there, or is another file.
    pub(super) fn confirm(&self) -> Result<()> {
        for (path, identity) in &self.files {
            if Identity::of(path)? != *identity {
                return Err(StoreError::Moved);
            }
        }
        Ok(())
    }
}
