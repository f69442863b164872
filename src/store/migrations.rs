//! The schema, step by step, and how a session file is told from any other.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::sync::LazyLock;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::{Result, StoreError};

/// "Plm1" in the header of every session file.
pub(super) const APPLICATION_ID: i32 = 0x506c_6d31;
/// What every SQLite file begins with.
const HEADER_LENGTH: usize = 100;
const HEADER: &[u8; 16] = b"SQLite format 3\0";

static STEPS: LazyLock<Migrations<'static>> =
    LazyLock::new(|| Migrations::new(vec![M::up(FIRST), M::up(SECOND), M::up(THIRD), M::up(FOURTH), M::up(FIFTH)]));

/// The number of the newest step.
pub(super) const KNOWN: u32 = 5;

const FIRST: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE annotators (id BLOB PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE groups (
    id BLOB NOT NULL UNIQUE, number INTEGER PRIMARY KEY, system TEXT, history TEXT NOT NULL, user TEXT NOT NULL,
    title TEXT NOT NULL, wanted INTEGER NOT NULL, round INTEGER NOT NULL, fingerprint BLOB NOT NULL,
    batch BLOB NOT NULL, withdrawn INTEGER NOT NULL
) STRICT;
CREATE INDEX groups_fingerprint ON groups (fingerprint);
CREATE INDEX groups_batch ON groups (batch);
CREATE TABLE replies (
    id BLOB NOT NULL UNIQUE, group_id BLOB NOT NULL REFERENCES groups (id), round INTEGER NOT NULL,
    slot INTEGER NOT NULL, text TEXT NOT NULL, reasoning TEXT, origin TEXT NOT NULL, created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX replies_place ON replies (group_id, round, slot);
CREATE TABLE failures (
    group_id BLOB NOT NULL REFERENCES groups (id), round INTEGER NOT NULL, slot INTEGER NOT NULL,
    fault TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (group_id, round, slot)
) STRICT, WITHOUT ROWID;
CREATE TABLE labels (
    group_id BLOB NOT NULL REFERENCES groups (id), annotator BLOB NOT NULL REFERENCES annotators (id),
    round INTEGER NOT NULL, verdict TEXT NOT NULL, guidelines INTEGER, seconds REAL NOT NULL, labeled_at TEXT NOT NULL,
    PRIMARY KEY (group_id, annotator)
) STRICT, WITHOUT ROWID;
CREATE TABLE marks (
    group_id BLOB NOT NULL REFERENCES groups (id), annotator BLOB NOT NULL REFERENCES annotators (id),
    skips INTEGER NOT NULL, skip_order INTEGER NOT NULL, flagged INTEGER NOT NULL, note TEXT NOT NULL,
    PRIMARY KEY (group_id, annotator)
) STRICT, WITHOUT ROWID;
CREATE INDEX marks_skips ON marks (annotator, skip_order);
CREATE TABLE drafts (
    group_id BLOB NOT NULL REFERENCES groups (id), annotator BLOB NOT NULL REFERENCES annotators (id),
    checked TEXT NOT NULL, PRIMARY KEY (group_id, annotator)
) STRICT, WITHOUT ROWID;
CREATE TABLE places (annotator BLOB PRIMARY KEY REFERENCES annotators (id), place TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE guidelines (version INTEGER PRIMARY KEY, text TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, annotator BLOB NOT NULL REFERENCES annotators (id),
    step TEXT NOT NULL, group_id BLOB, changes TEXT NOT NULL, state INTEGER NOT NULL
) STRICT;
CREATE INDEX journal_state ON journal (annotator, state, seq);
CREATE TABLE outputs (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE output_rows (
    row INTEGER PRIMARY KEY, path TEXT NOT NULL REFERENCES outputs (path) ON DELETE CASCADE, group_id BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX output_rows_group ON output_rows (path, group_id);
";

/// A place shows one reply, and keeps those that it showed before: `hidden` counts them from 1, 0 is the one that is
/// shown. Texts that are being written, the later pile, and the last labels for the pace.
const SECOND: &str = "
ALTER TABLE replies ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
DROP INDEX replies_place;
CREATE UNIQUE INDEX replies_place ON replies (group_id, round, slot, hidden);
ALTER TABLE marks ADD COLUMN later INTEGER NOT NULL DEFAULT 0;
CREATE INDEX labels_recent ON labels (annotator, labeled_at, seconds);
CREATE TABLE writings (
    group_id BLOB NOT NULL REFERENCES groups (id), annotator BLOB NOT NULL REFERENCES annotators (id),
    parent BLOB NOT NULL, text TEXT NOT NULL, PRIMARY KEY (group_id, annotator, parent)
) STRICT, WITHOUT ROWID;
";

/// One row for a batch that is not shown, in place of a mark on each of its groups: what a step shows, hides or takes
/// back costs the same whether it has two groups or a hundred thousand. `arriving`: its groups are still coming in.
/// Fingerprints are read as a whole before an import, from an index that grows at its end; one sorted by them would have
/// every part of an import write nearly all of its pages again.
const THIRD: &str = "
CREATE TABLE withdrawn (batch BLOB PRIMARY KEY, arriving INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO withdrawn SELECT DISTINCT batch, 0 FROM groups WHERE withdrawn = 1;
ALTER TABLE groups DROP COLUMN withdrawn;
DROP INDEX groups_fingerprint;
DROP INDEX groups_batch;
CREATE INDEX groups_batch ON groups (batch, number, fingerprint);
";

/// Scorers, what they were asked, what came of it. `revision` names the replies that were scored; `stale`: others are
/// shown now. `superseded` counts calls that were asked again from 1; 0 is the one that counts.
const FOURTH: &str = "
CREATE TABLE scorers (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, scorer TEXT NOT NULL, finding TEXT, run TEXT NOT NULL,
    removed INTEGER NOT NULL
) STRICT;
CREATE TABLE calls (
    group_id BLOB NOT NULL REFERENCES groups (id), scorer BLOB NOT NULL REFERENCES scorers (id), round INTEGER NOT NULL,
    revision INTEGER NOT NULL, step INTEGER NOT NULL, attempt INTEGER NOT NULL, superseded INTEGER NOT NULL,
    decided INTEGER NOT NULL, call TEXT NOT NULL,
    PRIMARY KEY (group_id, scorer, revision, step, attempt, superseded)
) STRICT, WITHOUT ROWID;
CREATE TABLE judgements (
    group_id BLOB NOT NULL REFERENCES groups (id), scorer BLOB NOT NULL REFERENCES scorers (id), round INTEGER NOT NULL,
    revision INTEGER NOT NULL, stale INTEGER NOT NULL, missing INTEGER NOT NULL, judgement TEXT NOT NULL,
    PRIMARY KEY (group_id, scorer, revision)
) STRICT, WITHOUT ROWID;
CREATE INDEX judgements_standing ON judgements (scorer, stale, missing, round, group_id);
";

/// Spot-checks. `reveals.blind` is the label as it was before it was changed by somebody who had seen scores; NULL as long
/// as it is the one in `labels`. `repeats.label` is NULL while the group waits for its second label.
const FIFTH: &str = "
CREATE TABLE reveals (
    group_id BLOB NOT NULL REFERENCES groups (id), annotator BLOB NOT NULL REFERENCES annotators (id),
    round INTEGER NOT NULL, at TEXT NOT NULL, blind TEXT, PRIMARY KEY (group_id, annotator, round)
) STRICT, WITHOUT ROWID;
CREATE TABLE picks (
    group_id BLOB NOT NULL REFERENCES groups (id), annotator BLOB NOT NULL REFERENCES annotators (id),
    round INTEGER NOT NULL, draw TEXT NOT NULL, batch INTEGER NOT NULL, stratum TEXT, chance REAL, at TEXT NOT NULL,
    PRIMARY KEY (group_id, annotator, draw)
) STRICT, WITHOUT ROWID;
CREATE INDEX picks_batch ON picks (annotator, batch);
CREATE TABLE designs (
    annotator BLOB PRIMARY KEY REFERENCES annotators (id), design TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE repeats (
    group_id BLOB NOT NULL REFERENCES groups (id), annotator BLOB NOT NULL REFERENCES annotators (id),
    round INTEGER NOT NULL, label TEXT, PRIMARY KEY (group_id, annotator)
) STRICT, WITHOUT ROWID;
";

/// Bring the schema up to date.
pub(super) fn run(connection: &mut Connection) -> Result<()> {
    STEPS.to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
        rusqlite_migration::Error::MigrationDefinition(
            rusqlite_migration::MigrationDefinitionError::DatabaseTooFarAhead,
        ) => StoreError::Newer { found: KNOWN + 1, known: KNOWN },
        other => StoreError::Other { said: other.to_string() },
    })
}

/// What the schema holds: tables with the names and kinds of their columns, and the names of all else. Whatever cannot
/// be read is nothing.
fn holds(connection: &Connection) -> Result<BTreeSet<(String, String, String)>> {
    let sql = "
        SELECT name, type, '' FROM sqlite_schema WHERE sql NOT NULL
        UNION ALL
        SELECT tables.name, columns.name, columns.type FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let text = |column| row.get::<_, String>(column).unwrap_or_default();
        Ok((text(0), text(1), text(2)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A file as `version` makes it, in memory.
pub(super) fn made(version: u32) -> Result<Connection> {
    let mut file = Connection::open_in_memory()?;
    STEPS.to_version(&mut file, version as usize).map_err(|error| StoreError::Other { said: error.to_string() })?;
    Ok(file)
}

/// The names in the schema of a file that are not as `version` makes them: changed, gone, or not ours.
pub(super) fn foreign(connection: &Connection, version: u32) -> Result<Vec<String>> {
    let (found, right) = (holds(connection)?, holds(&made(version)?)?);
    let names: BTreeSet<String> = found.symmetric_difference(&right).map(|(name, ..)| name.clone()).collect();
    Ok(names.into_iter().collect())
}

/// Refuse a file whose schema acts by itself: none of ours does, and what is written would not be what was meant.
pub(super) fn refuse_triggers(connection: &Connection) -> Result<()> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')";
    let found: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    if found > 0 {
        return Err(StoreError::Damaged { said: "triggers or views that are not ours".to_owned() });
    }
    Ok(())
}

/// Bring an empty file to an older version, as that version would have made it.
#[cfg(test)]
pub(super) fn run_to(connection: &Connection, version: usize) {
    for step in [FIRST, SECOND, THIRD, FOURTH, FIFTH].iter().take(version) {
        connection.execute_batch(step).unwrap();
    }
    connection.pragma_update(None, "user_version", version as u32).unwrap();
}

/// Look at a file's header without opening it: is it a session file that this version can open? The version in the
/// header may be older than the one in the log; [`run`] looks again.
pub(super) fn recognise(path: &Path) -> Result<u32> {
    let mut header = Vec::with_capacity(HEADER_LENGTH);
    std::fs::File::open(path)?.take(HEADER_LENGTH as u64).read_to_end(&mut header)?;
    let number =
        |at: usize| header.get(at..at + 4).map(|bytes| bytes.iter().fold(0u32, |n, b| (n << 8) | u32::from(*b)));
    // Offsets of sqlite.org, "Database File Format", section 1.3: user_version at 60, application_id at 68.
    let ours = header.starts_with(HEADER) && number(68) == Some(APPLICATION_ID.cast_unsigned());
    match number(60) {
        Some(found) if ours && found > KNOWN => Err(StoreError::Newer { found, known: KNOWN }),
        Some(found) if ours => Ok(found),
        _ => Err(StoreError::NotASession),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_fit_together_and_are_counted() {
        assert!(STEPS.validate().is_ok());
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection).unwrap();
        let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, KNOWN);
    }

    #[test]
    fn a_file_of_the_first_version_keeps_its_rows() {
        let mut connection = Connection::open_in_memory().unwrap();
        run_to(&connection, 1);
        connection
            .execute_batch(
                "INSERT INTO groups VALUES (x'02', 1, NULL, '[]', 'q', 'q', 2, 0, x'00', x'00', 0);
                 INSERT INTO replies VALUES (x'03', x'02', 0, 0, 'text', NULL, '{}', '2026-01-01T00:00:00Z');",
            )
            .unwrap();
        run(&mut connection).unwrap();
        let hidden: i64 = connection.query_row("SELECT hidden FROM replies", [], |row| row.get(0)).unwrap();
        assert_eq!(hidden, 0);
    }

    #[test]
    fn a_file_of_the_second_version_keeps_what_was_withdrawn() {
        let mut connection = Connection::open_in_memory().unwrap();
        run_to(&connection, 2);
        connection
            .execute_batch(
                "INSERT INTO groups VALUES (x'02', 1, NULL, '[]', 'q', 'q', 2, 0, x'00', x'0a', 0);
                 INSERT INTO groups VALUES (x'03', 2, NULL, '[]', 'r', 'r', 2, 0, x'00', x'0b', 1);
                 INSERT INTO groups VALUES (x'04', 3, NULL, '[]', 's', 's', 2, 0, x'00', x'0b', 1);",
            )
            .unwrap();
        run(&mut connection).unwrap();
        let sql = "SELECT group_concat(hex(batch) || arriving) FROM withdrawn";
        let withdrawn: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(withdrawn, "0B0", "one row a batch, and none of them is taken for one that broke off");
    }
}
