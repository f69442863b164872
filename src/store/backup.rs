//! Copies: one that a person asks for, and rotating ones that nobody has to think of.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{Result, StoreError};

/// Backups kept beside a session.
const KEPT: u32 = 5;

/// Write a compact copy under a temporary name, then give it its own.
pub(super) fn copy(connection: &Connection, target: &Path) -> Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let holder = tempfile::Builder::new().prefix(".pairloom-").tempdir_in(folder)?;
    let draft = holder.path().join("copy");
    let name = draft.to_str().ok_or_else(|| StoreError::Other { said: "the path is not valid text".to_owned() })?;
    connection.execute("VACUUM INTO ?1", [name])?;
    mark_closed(Connection::open(&draft)?)?;
    std::fs::File::open(&draft)?.sync_all()?;
    std::fs::rename(&draft, target)?;
    sync_folder(folder)
}

/// A copy is a closed session of its own.
fn mark_closed(copy: Connection) -> Result<()> {
    copy.execute("UPDATE meta SET value = '0' WHERE key = 'open'", [])?;
    Ok(copy.close().map_err(|(_, error)| error)?)
}

/// New names reach the disk with their folder. Other systems do not open folders.
fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Back a session file up into `backups/` beside it by SQLite's online backup, newest as `.1`, oldest as `.5`.
/// Does nothing where the file has not changed since the newest backup.
pub fn back_up(session: &Path) -> Result<()> {
    let folder = session.parent().unwrap_or(Path::new(".")).join("backups");
    let name = |number: u32| -> PathBuf {
        let stem = session.file_name().unwrap_or_default().to_string_lossy().into_owned();
        folder.join(format!("{stem}.{number}"))
    };
    let opened = Connection::open_with_flags(session, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let source = opened.map_err(|error| StoreError::opening(session, error))?;
    let groups: i64 = source.query_row("SELECT count(*) FROM groups", [], |row| row.get(0))?;
    if groups == 0 || !changed_since(session, &name(1)) {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)?;
    let draft = tempfile::Builder::new().prefix(".backup-").tempfile_in(&folder)?;
    let mut target = Connection::open(draft.path())?;
    // In one go, from one state of the file: writers go on in the log meanwhile.
    rusqlite::backup::Backup::new(&source, &mut target)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
    mark_closed(target)?;
    draft.as_file().sync_all()?;
    for number in (1..KEPT).rev() {
        if name(number).exists() {
            std::fs::rename(name(number), name(number + 1))?;
        }
    }
    draft.persist(name(1)).map_err(|error| StoreError::from(error.error))?;
    sync_folder(&folder)
}

fn changed_since(session: &Path, backup: &Path) -> bool {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    let newest = modified(session).max(modified(&super::lock::companion(session, "-wal")));
    match modified(backup) {
        Some(backup) => newest.is_none_or(|newest| newest > backup),
        None => true,
    }
}
