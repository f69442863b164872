//! What the system says of a file, as a fault.

use std::io::{Error, ErrorKind};

use crate::domain::FileFault;

/// The fault for a system error.
pub(super) fn from_io(error: &Error) -> FileFault {
    match error.kind() {
        ErrorKind::NotFound => FileFault::Missing,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::NotADirectory => FileFault::Denied,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => FileFault::DiskFull,
        ErrorKind::IsADirectory => FileFault::IsFolder,
        _ => FileFault::Other { said: error.to_string() },
    }
}

/// The fault for text that is no JSON; `line` where the reader did not count from the file's start.
pub(super) fn from_json(error: &serde_json::Error) -> FileFault {
    if error.is_io() {
        return FileFault::Other { said: error.to_string() };
    }
    FileFault::Broken { line: error.line() as u64, said: error.to_string() }
}
