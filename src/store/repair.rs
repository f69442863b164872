//! What can be saved of a damaged session file.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::meta::SessionInfo;
use super::{Result, Saved, Store, sound};
use crate::domain::SessionId;

/// The highest row number that a repair looks for, and how many in a row may be missing.
const MOST_ROWS: i64 = 1 << 24;
const MOST_GAP: u32 = 1 << 16;

/// Tables in the order in which their rows can be written, parents first.
pub(super) const TABLES: [&str; 13] = [
    "meta",
    "annotators",
    "guidelines",
    "withdrawn",
    "groups",
    "replies",
    "failures",
    "labels",
    "marks",
    "drafts",
    "writings",
    "places",
    "journal",
];

/// Save what reads into a new session file.
pub(super) fn repair(damaged: &Connection, target: &Path) -> Result<Saved> {
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

/// Copy the rows that can be read and that fit: from both ends of the table, since damage often lies in between; then,
/// where that did not reach all, row by row.
fn copy_table(from: &Connection, to: &Connection, table: &str) -> u64 {
    let mut saved = 0;
    for order in ["", " ORDER BY 1 DESC"] {
        let (rows, whole) = copy_rows(from, to, table, &format!("SELECT * FROM {table}{order}"), None);
        saved += rows;
        if whole {
            return saved;
        }
    }
    // A table without row numbers has none to go by.
    let newest = from.query_row(&format!("SELECT max(rowid) FROM {table}"), [], |row| row.get::<_, i64>(0));
    let newest = match newest {
        Ok(newest) => newest,
        Err(_) if from.prepare(&format!("SELECT rowid FROM {table}")).is_ok() => MOST_ROWS,
        Err(_) => return saved,
    };
    let sql = format!("SELECT * FROM {table} WHERE rowid BETWEEN ?1 AND ?1");
    let mut left = MOST_GAP;
    for number in 1..=newest.min(MOST_ROWS) {
        let (rows, _) = copy_rows(from, to, table, &sql, Some(number));
        saved += rows;
        left = if rows > 0 { MOST_GAP } else { left - 1 };
        if left == 0 {
            break;
        }
    }
    saved
}

/// Copy what a query gives until a row cannot be read; how many rows were new, and whether all could be read.
fn copy_rows(from: &Connection, to: &Connection, table: &str, sql: &str, number: Option<i64>) -> (u64, bool) {
    let Ok(mut statement) = from.prepare_cached(sql) else { return (0, false) };
    // The sound file's names, since damage may have hit the others; newer columns come last, and an older version lacks
    // them.
    let columns = sound::columns(to, table, statement.column_count());
    let (names, marks) = (columns.join(", "), vec!["?"; columns.len()].join(", "));
    let or = if table == "meta" { "REPLACE" } else { "IGNORE" };
    let insert = to.prepare_cached(&format!("INSERT OR {or} INTO {table} ({names}) VALUES ({marks})"));
    let (Ok(mut insert), Ok(mut rows)) = (insert, statement.query(params_from_iter(number))) else { return (0, false) };
    let mut saved = 0;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let values: rusqlite::Result<Vec<Value>> = (0..columns.len()).map(|column| row.get(column)).collect();
                // A row that does not read or does not fit stays out; that is what the count tells.
                if let Ok(values) = values
                    && sound::unreadable(table, &columns, &values).is_none()
                {
                    saved += insert.execute(params_from_iter(values)).unwrap_or(0) as u64;
                }
            }
            Ok(None) => return (saved, true),
            Err(_) => return (saved, false),
        }
    }
}
