//! What can go wrong with a session file.

use std::io::ErrorKind;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::domain::StoreFault;

/// A session file that could not be used. A failed write changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is not there.
    #[error("there is no such file")]
    Missing,
    /// A file of this name is there already.
    #[error("the file exists")]
    Exists,
    /// It was moved, deleted or replaced while it was open.
    #[error("moved or deleted while it was open")]
    Moved,
    /// Another Pairloom has it open.
    #[error("open elsewhere: {holder}")]
    Locked { holder: String },
    /// A newer Pairloom wrote it.
    #[error("format {found}, this version knows {known}")]
    Newer { found: u32, known: u32 },
    /// It is some other kind of file.
    #[error("not a session file")]
    NotASession,
    /// SQLite found it damaged.
    #[error("damaged: {said}")]
    Damaged { said: String },
    /// The folder or the file may not be written to.
    #[error("read-only")]
    ReadOnly,
    /// No space is left.
    #[error("the disk is full")]
    DiskFull,
    /// It lies on a network file system.
    #[error("on a network drive ({kind})")]
    NetworkDrive { kind: String },
    /// Anything else.
    #[error("{said}")]
    Other { said: String },
}

impl StoreError {
    /// SQLite could not open `path`; the system may know more closely why.
    pub(super) fn opening(path: &Path, error: rusqlite::Error) -> Self {
        match std::fs::metadata(path) {
            Err(system) => system.into(),
            Ok(_) => error.into(),
        }
    }
}

/// Whether an I/O error of SQLite was for lack of space. A write to the file or its log that finds the disk full has a
/// code of its own, so that `SQLITE_IOERR_WRITE` alone says something else: only the system can tell.
fn lacks_space(extended: i32, system: ErrorKind) -> bool {
    extended == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
        || matches!(system, ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let system = std::io::Error::last_os_error().kind();
        let said = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::NotADatabase) => Self::NotASession,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { said },
            Some(ErrorCode::CannotOpen) => Self::ReadOnly,
            Some(ErrorCode::SystemIoFailure)
                if error.sqlite_extended_error_code().is_some_and(|extended| lacks_space(extended, system)) =>
            {
                Self::DiskFull
            }
            _ => match error {
                // A row that does not read as what it should be was not written by us, or was hit by damage.
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..) => Self::Damaged { said },
                _ => Self::Other { said },
            },
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::NotADirectory => Self::ReadOnly,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Other { said: error.to_string() },
        }
    }
}

impl From<StoreError> for StoreFault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing => Self::Missing,
            StoreError::Exists => Self::Exists,
            StoreError::Moved => Self::Moved,
            StoreError::Locked { holder } => Self::Locked { holder },
            StoreError::Newer { found, known } => Self::Newer { found, known },
            StoreError::NotASession => Self::NotASession,
            StoreError::Damaged { said } => Self::Damaged { said },
            StoreError::ReadOnly => Self::ReadOnly,
            StoreError::DiskFull => Self::DiskFull,
            StoreError::NetworkDrive { kind } => Self::NetworkDrive { kind },
            StoreError::Other { said } => Self::Other { said },
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn lack_of_space_is_told_from_other_faults_of_the_disk() {
        assert!(lacks_space(ffi::SQLITE_IOERR_SHMSIZE, ErrorKind::Other));
        assert!(lacks_space(ffi::SQLITE_IOERR_WRITE, ErrorKind::QuotaExceeded));
        assert!(lacks_space(ffi::SQLITE_IOERR_FSYNC, ErrorKind::StorageFull));
        assert!(!lacks_space(ffi::SQLITE_IOERR_WRITE, ErrorKind::Other));
        assert!(!lacks_space(ffi::SQLITE_IOERR_READ, ErrorKind::NotFound));
        let failed = |code| StoreError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert!(matches!(failed(ffi::SQLITE_IOERR_SHMSIZE), StoreError::DiskFull));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_system_says_why_a_write_failed() {
        let failed = |code| StoreError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        std::fs::write("/dev/full", "x").unwrap_err();
        assert!(matches!(failed(ffi::SQLITE_IOERR_FSYNC), StoreError::DiskFull));
        std::fs::read("/").unwrap_err();
        assert!(matches!(failed(ffi::SQLITE_IOERR_WRITE), StoreError::Other { .. }));
    }
}
