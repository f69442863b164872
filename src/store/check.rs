//! A thorough look at a session file, and what can be saved of a damaged one.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::SystemTime;

use rusqlite::{Connection, OpenFlags};

use super::lock::companion;
use super::repair::{TABLES, repair};
use super::{Read, Result, StoreError, files, migrations, sound};

/// The page size of every session file.
const PAGE: u64 = 4096;
/// How many times longer than what is left of it a file may have been.
const MOST_MISSING: u64 = 1000;
/// What every log begins with.
const LOG_HEADER: u64 = 32;
/// How often a file is copied anew whose log was begun anew meanwhile.
const ATTEMPTS: u32 = 16;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// The number of the newest schema step.
    pub format_version: u32,
    /// Groups that can be counted.
    pub groups: u64,
    /// Replies that can be counted.
    pub replies: u64,
    /// Labels that can be counted.
    pub labels: u64,
    /// What is wrong, in SQLite's words.
    pub problems: Vec<String>,
    /// What was saved, where a repair was asked for.
    pub saved: Option<Saved>,
}

/// Rows that a repair saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Groups.
    pub groups: u64,
    /// Replies.
    pub replies: u64,
    /// Labels.
    pub labels: u64,
}

/// Check a session file; with `repair_to`, save row by row what can be read into a new session file. SQLite would move
/// the log into the file: it gets a copy of both, so that nothing changes and whoever has the session open goes on.
pub fn check(path: &Path, repair_to: Option<&Path>) -> Result<CheckReport> {
    let version = match migrations::recognise(path) {
        Err(StoreError::NotASession) if speaks_of_groups(path)? => None,
        other => Some(other?),
    };
    let mut report = CheckReport { format_version: version.unwrap_or(migrations::KNOWN), ..CheckReport::default() };
    // What people wrote is in the copy.
    let folder = files::holder_aside()?;
    let copy = folder.path().join("session");
    copy_with_log(path, &copy)?;
    if fill_up(&copy)? {
        report.problems.push("the end of the file is missing".to_owned());
    }
    if put_header_right(&copy)? {
        report.problems.push("the header of the file is damaged".to_owned());
    }
    let connection = Connection::open_with_flags(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if version.is_none() && !has_our_tables(&connection) {
        return Err(StoreError::NotASession);
    }
    collect(&connection, "PRAGMA integrity_check(50)", &mut report.problems);
    report.problems.retain(|said| said != "ok");
    collect(
        &connection,
        "SELECT 'a row of ' || \"table\" || ' points at a missing row of ' || parent FROM pragma_foreign_key_check",
        &mut report.problems,
    );
    // A newer step may be in the log.
    let stands = connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
    report.format_version =
        stands.ok().filter(|step| (1..=migrations::KNOWN).contains(step)).unwrap_or(report.format_version);
    if let Err(error) = (Read { connection: &connection }).info() {
        report.problems.push(error.to_string());
    }
    match migrations::foreign(&connection, report.format_version) {
        Ok(names) => report.problems.extend(names.iter().map(|name| format!("{name}: not as it was made"))),
        Err(error) => report.problems.push(error.to_string()),
    }
    for table in TABLES {
        sound::unreadable_rows(&connection, table, &mut report.problems);
    }
    let mut count = |table: &str| -> u64 {
        match connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)) {
            Ok(rows) => rows.unsigned_abs(),
            Err(error) => {
                report.problems.push(format!("{table}: {error}"));
                0
            }
        }
    };
    (report.groups, report.replies, report.labels) = (count("groups"), count("replies"), count("labels"));
    if let Some(target) = repair_to {
        report.saved = Some(repair(&connection, report.format_version, target)?);
    }
    Ok(report)
}

/// Copy the file and its log as they are at one moment, whoever writes to them meanwhile.
fn copy_with_log(path: &Path, copy: &Path) -> Result<()> {
    // SQLite keeps the log beside the file that a link leads to.
    let path = path.canonicalize()?;
    let (log, log_copy) = (companion(&path, "-wal"), companion(copy, "-wal"));
    let mut held = None;
    for _ in 0..ATTEMPTS {
        let before = log_stand(&path, &log)?;
        std::io::copy(&mut File::open(&path)?, &mut File::create(copy)?)?;
        let mut frames = File::create(&log_copy)?;
        if let Some(mut log) = present(File::open(&log))? {
            std::io::copy(&mut log, &mut frames)?;
        }
        // A log that was not begun anew has all that came into the file since.
        if log_stand(&path, &log)? == before {
            return Ok(());
        }
        // Somebody writes: while there is a reader, the log goes on as it is.
        drop(held.take());
        held = hold(&path);
    }
    Err(StoreError::Other { said: "the file changes too quickly to be copied".to_owned() })
}

/// A reader in the middle of its reading, where the file can be read.
fn hold(path: &Path) -> Option<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    connection.execute_batch("BEGIN").ok()?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).ok()?;
    Some(connection)
}

/// What changes when a log is begun anew: its header; without a log, the time of the file.
fn log_stand(path: &Path, log: &Path) -> Result<(Vec<u8>, Option<SystemTime>)> {
    let mut header = Vec::new();
    if let Some(log) = present(File::open(log))? {
        log.take(LOG_HEADER).read_to_end(&mut header)?;
    }
    let time = if header.is_empty() { Some(path.metadata()?.modified()?) } else { None };
    Ok((header, time))
}

fn present(opened: std::io::Result<File>) -> Result<Option<File>> {
    match opened {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether what has no header of ours may still be a session: its schema is among the first pages.
fn speaks_of_groups(path: &Path) -> Result<bool> {
    let words = b"CREATE TABLE groups";
    let mut pages = Vec::new();
    File::open(path)?.take(64 * PAGE).read_to_end(&mut pages)?;
    Ok(pages.len() as u64 > PAGE && pages.windows(words.len()).any(|window| window == words))
}

fn has_our_tables(connection: &Connection) -> bool {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('groups', 'replies', 'labels')";
    connection.query_row(sql, [], |row| row.get::<_, i64>(0)).is_ok_and(|tables| tables == 3)
}

/// Give a file whose end is missing the length that its header tells, so that SQLite reads what is there: of a file
/// that ends before the first page of a table it would read nothing. Whether something was missing.
fn fill_up(copy: &Path) -> Result<bool> {
    let mut file = OpenOptions::new().read(true).write(true).open(copy)?;
    let length = file.metadata()?.len();
    // With a log, the end may be there.
    if length < PAGE || companion(copy, "-wal").metadata()?.len() > 0 {
        return Ok(false);
    }
    let mut header = [0; 32];
    file.read_exact(&mut header)?;
    let told = header[28..].iter().fold(0, |told, byte| told << 8 | u64::from(*byte)) * PAGE;
    // What is told may itself be damaged.
    let missing = length < told && told / MOST_MISSING <= length;
    if missing {
        file.set_len(told)?;
    }
    Ok(missing)
}

/// Put right what has one value in the header of every session file. Whether something was wrong.
fn put_header_right(copy: &Path) -> Result<bool> {
    let mut file = OpenOptions::new().read(true).write(true).open(copy)?;
    let length = file.metadata()?.len();
    if length < PAGE {
        return Ok(false);
    }
    let mut found = [0; 100];
    file.read_exact(&mut found)?;
    let right = right_header(found, length, companion(copy, "-wal").metadata()?.len() > 0);
    if right != found {
        file.rewind()?;
        file.write_all(&right)?;
    }
    Ok(right != found)
}

/// The header as it should be, by sqlite.org, "Database File Format", section 1.3.
fn right_header(found: [u8; 100], length: u64, has_log: bool) -> [u8; 100] {
    const NONE: &[u8] = &[0; 4];
    let ours = migrations::APPLICATION_ID.to_be_bytes();
    let size = ((length / PAGE) as u32).to_be_bytes();
    // Where a field lies, and what it may be. Before the first table, format and encoding are not set.
    let fields: [(usize, &[&[u8]]); 9] = [
        (0, &[b"SQLite format 3\0"]),
        // The page size, then the journal mode: a log, or none in a copy.
        (16, &[&[0x10, 0]]),
        (18, &[&[2, 2], &[1, 1]]),
        // Reserved bytes, payload fractions.
        (20, &[&[0, 64, 32, 32]]),
        // The schema format, the cache size, the largest root page, the encoding.
        (44, &[&[0, 0, 0, 4], NONE]),
        (48, &[NONE]),
        (52, &[NONE]),
        (56, &[&[0, 0, 0, 1], NONE]),
        (68, &[&ours]),
    ];
    let mut right = found;
    for (at, allowed) in fields {
        if !allowed.iter().any(|value| right[at..].starts_with(value)) {
            right[at..at + allowed[0].len()].copy_from_slice(allowed[0]);
        }
    }
    // With a log, the size may stand there.
    let fits = has_log || (length.is_multiple_of(PAGE) && found[28..32] == size);
    if right != found || !fits {
        right[28..32].copy_from_slice(&size);
        // The list of free pages is not needed for reading.
        right[32..40].fill(0);
        // The size counts where it is of the last change.
        right.copy_within(24..28, 92);
    }
    right
}

fn collect(connection: &Connection, sql: &str, into: &mut Vec<String>) {
    let read = connection.prepare(sql).and_then(|mut statement| {
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    });
    match read {
        Ok(lines) => into.extend(lines),
        Err(error) => into.push(error.to_string()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::store::Store;

    #[test]
    fn a_damaged_file_of_the_first_version_is_saved_into_one_of_this_version() {
        let folder = tempfile::tempdir().unwrap();
        let old = Connection::open(folder.path().join("old")).unwrap();
        migrations::run_to(&old, 1);
        old.execute_batch(
            "INSERT INTO annotators VALUES (x'00000000000000000000000000000001', 'A');
             INSERT INTO groups VALUES (x'00000000000000000000000000000002', 1, NULL, '[]', 'q', 'q', 2, 0, x'00', x'00', 0);
             INSERT INTO replies VALUES (x'00000000000000000000000000000003', x'00000000000000000000000000000002', 0, 0,
                 'text', NULL, '{\"imported\":{\"source\":\"s\",\"model\":null}}', '2026-01-01T00:00:00Z');
             INSERT INTO marks VALUES (x'00000000000000000000000000000002', x'00000000000000000000000000000001', 1, 1, 1, 'n');",
        )
        .unwrap();
        let target = folder.path().join("new.pairloom");
        let saved = repair(&old, 1, &target).unwrap();
        assert_eq!((saved.groups, saved.replies), (1, 1));
        let store = Store::open(&target).unwrap().store;
        let group = crate::domain::GroupId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(store.read(|read| read.shown_replies(group, 0)).unwrap().len(), 1);
        assert_eq!(store.read(|read| read.marks_of(group)).unwrap()[0].1.note, "n");
    }

    #[test]
    fn a_copy_is_for_its_owner_alone() {
        let folder = files::holder_aside().unwrap();
        assert_eq!(folder.path().metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }
}
