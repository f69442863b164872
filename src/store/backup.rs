//! Copies: one that a person asks for, and rotating ones that nobody has to think of.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags};

use super::{Result, StoreError, files};

/// Backups kept beside a session.
const KEPT: u32 = 5;

/// Write a compact copy under a temporary name, then give it its own.
pub(super) fn copy(connection: &Connection, target: &Path) -> Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    files::make_folder(folder)?;
    let holder = files::holder_in(folder)?;
    let draft = holder.path().join("copy");
    let name = draft.to_str().ok_or_else(|| StoreError::Other { said: "the path is not valid text".to_owned() })?;
    connection.execute("VACUUM INTO ?1", [name])?;
    mark_closed(Connection::open(&draft)?)?;
    std::fs::File::open(&draft)?.sync_all()?;
    std::fs::rename(&draft, target)?;
    Ok(files::sync_folder(folder)?)
}

/// A copy is a closed session of its own.
fn mark_closed(copy: Connection) -> Result<()> {
    copy.execute("UPDATE meta SET value = '0' WHERE key = 'open'", [])?;
    Ok(copy.close().map_err(|(_, error)| error)?)
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
    let (stand, newest) = (stand(session), std::fs::metadata(name(1)).and_then(|data| data.modified()).ok());
    if groups == 0 || (newest.is_some() && newest == stand) {
        return Ok(());
    }
    files::make_folder(&folder)?;
    // In a folder of its own, so that what SQLite makes beside it goes with it.
    let holder = files::holder_in(&folder)?;
    let draft = holder.path().join("backup");
    files::make(&draft)?;
    let mut target = Connection::open(&draft)?;
    // In one go, from one state of the file: writers go on in the log meanwhile.
    rusqlite::backup::Backup::new(&source, &mut target)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
    mark_closed(target)?;
    let file = std::fs::File::options().write(true).open(&draft)?;
    file.sync_all()?;
    // The backup carries the time of what it is a copy of.
    if let Some(stand) = stand {
        file.set_modified(stand)?;
    }
    // Up to the first gap: a backup that fails again and again must not push the older ones out.
    let gap = (1..KEPT).find(|number| !name(*number).exists()).unwrap_or(KEPT);
    for number in (1..gap).rev() {
        std::fs::rename(name(number), name(number + 1))?;
    }
    std::fs::rename(&draft, name(1))?;
    Ok(files::sync_folder(&folder)?)
}

/// When the session was last written to: to its log, where it has one. Another time, earlier or later, is another
/// state: a clock that was set back must not end the backups.
fn stand(session: &Path) -> Option<SystemTime> {
    let log = std::fs::metadata(super::lock::companion(session, "-wal")).ok().filter(|log| log.len() > 0);
    log.or_else(|| std::fs::metadata(session).ok())?.modified().ok()
}
