//! A thorough look at a session file, and what can be saved of a damaged one.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::meta::SessionInfo;
use super::{Result, Store, StoreError, migrations};
use crate::domain::SessionId;

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

/// Check a session file; with `repair_to`, save row by row what can be read into a new session file.
pub fn check(path: &Path, repair_to: Option<&Path>) -> Result<CheckReport> {
    let mut report = CheckReport::default();
    match migrations::recognise(path) {
        Ok(version) => report.format_version = version,
        Err(StoreError::Damaged { said }) => report.problems.push(said),
        Err(other) => return Err(other),
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    collect(&connection, "PRAGMA integrity_check(50)", &mut report.problems);
    report.problems.retain(|said| said != "ok");
    collect(
        &connection,
        "SELECT 'a row of ' || \"table\" || ' points at a missing row of ' || parent FROM pragma_foreign_key_check",
        &mut report.problems,
    );
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
        report.saved = Some(repair(&connection, target)?);
    }
    Ok(report)
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

/// Tables in the order in which their rows can be written, parents first.
const TABLES: [&str; 11] = [
    "meta",
    "annotators",
    "guidelines",
    "groups",
    "replies",
    "failures",
    "labels",
    "marks",
    "drafts",
    "places",
    "journal",
];

fn repair(damaged: &Connection, target: &Path) -> Result<Saved> {
    let info = SessionInfo { id: SessionId::new(), title: "Repaired".to_owned(), created_at: jiff::Timestamp::now() };
    let mut store = Store::create(target, &info)?;
    let mut saved = Saved::default();
    for table in TABLES {
        let rows = store.write(|write| Ok(copy_table(damaged, write.connection, table)))?;
        match table {
            "groups" => saved.groups = rows,
            "replies" => saved.replies = rows,
            "labels" => saved.labels = rows,
            _ => {}
        }
    }
    store.close()?;
    Ok(saved)
}

/// Copy the rows that can be read and that fit, from both ends of the table, since damage often lies in between.
fn copy_table(from: &Connection, to: &Connection, table: &str) -> u64 {
    let mut saved = 0;
    for order in ["", " ORDER BY 1 DESC"] {
        let Ok(mut statement) = from.prepare(&format!("SELECT * FROM {table}{order}")) else { continue };
        let columns = statement.column_count();
        let marks = vec!["?"; columns].join(", ");
        let sql = format!("INSERT OR IGNORE INTO {table} VALUES ({marks})");
        let replace = format!("INSERT OR REPLACE INTO {table} VALUES ({marks})");
        let Ok(mut insert) = to.prepare(if table == "meta" { &replace } else { &sql }) else { continue };
        let Ok(mut rows) = statement.query([]) else { continue };
        let mut whole = true;
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let values: rusqlite::Result<Vec<Value>> = (0..columns).map(|column| row.get(column)).collect();
                    // A row that does not read or does not fit stays out; that is what the count tells.
                    if let Ok(values) = values {
                        saved += insert.execute(params_from_iter(values)).unwrap_or(0) as u64;
                    }
                }
                Ok(None) => break,
                Err(_) => {
                    whole = false;
                    break;
                }
            }
        }
        if whole {
            break;
        }
    }
    saved
}
