//! What can be saved of a damaged session file.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::meta::SessionInfo;
use super::{Result, Saved, Store, migrations, sound};
use crate::domain::SessionId;

/// The highest row number that a repair looks for, and how many in a row may be missing.
const MOST_ROWS: i64 = 1 << 24;
const MOST_GAP: u32 = 1 << 16;

/// Tables in the order in which their rows can be written, parents first.
pub(super) const TABLES: [&str; 20] = [
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
    "scorers",
    "calls",
    "judgements",
    "reveals",
    "picks",
    "designs",
    "repeats",
    "places",
    "journal",
];

/// Save what reads into a new session file.
pub(super) fn repair(damaged: &Connection, version: u32, target: &Path) -> Result<Saved> {
    let info = SessionInfo { id: SessionId::new(), title: "Repaired".to_owned(), created_at: jiff::Timestamp::now() };
    let mut store = Store::create(target, &info)?;
    let mut saved = Saved::default();
    let made = migrations::made(version)?;
    for table in TABLES {
        let rows = store.write(|write| {
            // Damage may have hit the names, too: they are those that this version gave, by their order.
            let columns =
                Columns { there: sound::columns(&made, table)?, here: sound::columns(write.connection, table)? };
            Ok(copy_table(damaged, write.connection, table, &columns))
        })?;
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
fn copy_table(from: &Connection, to: &Connection, table: &str, columns: &Columns) -> u64 {
    let mut saved = 0;
    for order in ["", " ORDER BY 1 DESC"] {
        let (rows, whole) = copy_rows(from, to, table, columns, &format!("SELECT * FROM {table}{order}"), None);
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
        let (rows, _) = copy_rows(from, to, table, columns, &sql, Some(number));
        saved += rows;
        left = if rows > 0 { MOST_GAP } else { left - 1 };
        if left == 0 {
            break;
        }
    }
    saved
}

/// The columns of a table in the damaged file and in the new one.
struct Columns {
    there: Vec<String>,
    here: Vec<String>,
}

/// Copy what a query gives until a row cannot be read; how many rows were new, and whether all could be read.
fn copy_rows(
    from: &Connection,
    to: &Connection,
    table: &str,
    columns: &Columns,
    sql: &str,
    number: Option<i64>,
) -> (u64, bool) {
    let Ok(mut statement) = from.prepare_cached(sql) else { return (0, false) };
    let count = statement.column_count().min(columns.there.len());
    let there = &columns.there[..count];
    // An older version has some fewer, and some more.
    let both: Vec<usize> = (0..count).filter(|column| columns.here.contains(&there[*column])).collect();
    let names = both.iter().map(|column| there[*column].as_str()).collect::<Vec<_>>().join(", ");
    let marks = vec!["?"; both.len()].join(", ");
    let or = if table == "meta" { "REPLACE" } else { "IGNORE" };
    let insert = to.prepare_cached(&format!("INSERT OR {or} INTO {table} ({names}) VALUES ({marks})"));
    let (Ok(mut insert), Ok(mut rows)) = (insert, statement.query(params_from_iter(number))) else { return (0, false) };
    let mut saved = 0;
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let values: rusqlite::Result<Vec<Value>> = (0..count).map(|column| row.get(column)).collect();
                // A row that does not read or does not fit stays out; that is what the count tells.
                if let Ok(values) = values
                    && sound::unreadable(table, there, &values).is_none()
                {
                    let values = both.iter().map(|column| &values[*column]);
                    saved += insert.execute(params_from_iter(values)).unwrap_or(0) as u64;
                }
            }
            Ok(None) => return (saved, true),
            Err(_) => return (saved, false),
        }
    }
}
