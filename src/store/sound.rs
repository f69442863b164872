//! Whether a row reads as what it should be. SQLite looks at pages and kinds of values; what stands in them it cannot
//! know, and one value that does not read keeps a whole session from being opened.

use rusqlite::Connection;
use rusqlite::types::Value;
use serde::de::DeserializeOwned;

use super::Change;
use super::rows::MOST_WANTED;
use crate::domain::{
    Call, Design, Draw, JobPhase, Judgement, Label, Origin, Place, Plan, ReplyId, RequestFault, RewardFinding, Run,
    Scorer, SessionId, Step, Stratum, Turn, Verdict,
};

/// Values of one table that are told one by one.
const TOLD: usize = 5;

/// The column of a row that does not read.
pub(super) fn unreadable<'c>(table: &str, columns: &'c [String], values: &[Value]) -> Option<&'c str> {
    if table == "meta" {
        let (Some(Value::Text(key)), Some(Value::Text(value))) = (values.first(), values.get(1)) else {
            return columns.first().map(String::as_str);
        };
        let reads = match key.as_str() {
            "id" => value.parse::<SessionId>().is_ok(),
            "created_at" => time(value),
            "plan" => json::<Plan>(value),
            "phase" => json::<JobPhase>(value),
            _ => true,
        };
        return columns.first().filter(|_| !reads).map(String::as_str);
    }
    columns.iter().zip(values).find(|(column, value)| !reads(table, column, value)).map(|(column, _)| column.as_str())
}

fn reads(table: &str, column: &str, value: &Value) -> bool {
    match (table, column, value) {
        ("writings", "parent", Value::Blob(bytes)) => matches!(bytes.len(), 0 | 16),
        (_, "id" | "group_id" | "annotator" | "scorer", Value::Blob(bytes)) => bytes.len() == 16,
        ("groups", "wanted", Value::Integer(number)) => (0..=i64::from(MOST_WANTED)).contains(number),
        (
            _,
            "round" | "batch" | "slot" | "hidden" | "skips" | "version" | "step" | "attempt" | "superseded" | "missing",
            Value::Integer(number),
        ) => u32::try_from(*number).is_ok(),
        (_, "number" | "skip_order" | "seq", Value::Integer(number)) => *number >= 0,
        (_, "created_at" | "labeled_at" | "at", Value::Text(text)) => time(text),
        ("groups", "history", Value::Text(text)) => json::<Vec<Turn>>(text),
        ("replies", "origin", Value::Text(text)) => json::<Origin>(text),
        ("failures", "fault", Value::Text(text)) => json::<RequestFault>(text),
        ("scorers", "scorer", Value::Text(text)) => json::<Scorer>(text),
        ("scorers", "finding", Value::Text(text)) => json::<RewardFinding>(text),
        ("scorers", "run", Value::Text(text)) => json::<Run>(text),
        ("calls", "call", Value::Text(text)) => json::<Call>(text),
        ("judgements", "judgement", Value::Text(text)) => json::<Judgement>(text),
        ("labels", "verdict", Value::Text(text)) => json::<Verdict>(text),
        ("reveals", "blind", Value::Text(text)) | ("repeats", "label", Value::Text(text)) => json::<Label>(text),
        ("picks", "draw", Value::Text(text)) => json::<Draw>(text),
        ("picks", "stratum", Value::Text(text)) => json::<Stratum>(text),
        ("designs", "design", Value::Text(text)) => json::<Design>(text),
        ("drafts", "checked", Value::Text(text)) => json::<Vec<ReplyId>>(text),
        ("places", "place", Value::Text(text)) => json::<Place>(text),
        ("journal", "step", Value::Text(text)) => json::<Step>(text),
        ("journal", "changes", Value::Text(text)) => json::<Vec<Change>>(text),
        _ => true,
    }
}

/// The names of a table's columns; one that is damaged is as good as any other.
pub(super) fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
    let names = statement.query_map([table], |row| Ok(row.get(0).unwrap_or_default()))?;
    names.collect()
}

fn json<T: DeserializeOwned>(text: &str) -> bool {
    serde_json::from_str::<T>(text).is_ok()
}

fn time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}

/// Tell the rows of a table that do not read. What SQLite itself finds it tells elsewhere.
pub(super) fn unreadable_rows(connection: &Connection, table: &str, problems: &mut Vec<String>) {
    let Ok(mut statement) = connection.prepare(&format!("SELECT * FROM {table}")) else { return };
    let mut columns = columns(connection, table).unwrap_or_default();
    columns.resize(statement.column_count(), String::new());
    let Ok(mut rows) = statement.query([]) else { return };
    let mut told = 0;
    while let Ok(Some(row)) = rows.next() {
        let values: rusqlite::Result<Vec<Value>> = (0..columns.len()).map(|column| row.get(column)).collect();
        let column = match &values {
            Ok(values) => unreadable(table, &columns, values),
            Err(_) => Some("text"),
        };
        if let Some(column) = column {
            problems.push(format!("{table}: a row whose {column} does not read"));
            told += 1;
        }
        if told == TOLD {
            return;
        }
    }
}
