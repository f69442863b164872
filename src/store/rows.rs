//! How values are written in a row: ids as 16 bytes, times as RFC 3339, the rest of what has a shape as JSON.

use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Result, StoreError};

/// A column that holds an id.
pub(super) fn id<T>(row: &Row<'_>, column: usize, from: impl Fn([u8; 16]) -> T) -> rusqlite::Result<T> {
    Ok(from(row.get::<_, [u8; 16]>(column)?))
}

/// The most replies that a group may want: a number that came from damage must not be counted up to.
pub(super) const MOST_WANTED: u32 = 10_000;

/// A column that says how many replies a group wants.
pub(super) fn wanted(row: &Row<'_>, column: usize) -> rusqlite::Result<u32> {
    let wanted: u32 = row.get(column)?;
    if wanted > MOST_WANTED {
        return Err(rusqlite::Error::IntegralValueOutOfRange(column, i64::from(wanted)));
    }
    Ok(wanted)
}

/// A column that holds JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// A column that holds a time.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<jiff::Timestamp> {
    let text = row.get_ref(column)?.as_str()?;
    text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// A value as JSON.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Other { said: error.to_string() })
}
