//! The session file: SQLite in WAL mode with full synchronisation, one file per table.
//!
//! [`Store`] is the one writer and holds the lock file; [`Reader`]s have read-only connections of their own. What is
//! written in one [`Store::write`] is one transaction and one fsync: all of it is on disk when it returns, or nothing.
//! Knows rows, not what a session means.

mod annotators;
mod backup;
mod batches;
mod calls;
mod check;
mod error;
mod failures;
mod files;
mod groups;
mod guidelines;
mod identity;
mod index;
mod journal;
mod judgements;
mod labels;
mod lock;
mod marks;
mod meta;
mod migrations;
mod outputs;
mod repair;
mod replies;
mod rows;
mod scorers;
mod sound;
mod spot;
mod writings;

pub use backup::back_up;
pub use calls::KeptCall;
pub use check::{CheckReport, Saved, check};
pub use error::StoreError;
pub use index::{IndexRow, VerdictKind};
pub use journal::{Change, Direction, Entry, EntryState};
pub use meta::SessionInfo;
pub use scorers::KeptScorer;
pub use spot::BlindLabel;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use identity::Presence;
use lock::Lock;

/// How long a statement waits for another connection, such as a checkpoint that a backup holds up.
const BUSY: Duration = Duration::from_secs(10);

/// Pages in the log (of 4 KiB each) before they are moved into the file. Pages that change again and again, as the ends
/// of indexes do, are moved once; and few labels wait for a move.
const LOG_PAGES: u32 = 4000;

type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Whether a file is a session, of this version or another.
pub fn is_session(path: &Path) -> bool {
    !matches!(migrations::recognise(path), Err(StoreError::NotASession | StoreError::Missing)) && path.is_file()
}

/// The one writer of a session file.
pub struct Store {
    connection: Connection,
    path: PathBuf,
    lock: Lock,
    presence: Presence,
    transactions: u64,
}

/// A session file that was just opened.
pub struct Opened {
    /// The file.
    pub store: Store,
    /// Its last holder did not close it.
    pub recovered: bool,
}

/// Reading, on whichever connection.
pub struct Read<'c> {
    connection: &'c Connection,
}

/// Reading and writing inside one transaction.
pub struct Write<'c> {
    read: Read<'c>,
}

impl<'c> std::ops::Deref for Write<'c> {
    type Target = Read<'c>;

    fn deref(&self) -> &Self::Target {
        &self.read
    }
}

impl Store {
    /// Make a session file. Fails with [`StoreError::Exists`] where a file of that name is there.
    pub fn create(path: &Path, info: &SessionInfo) -> Result<Self> {
        if path.exists() {
            return Err(StoreError::Exists);
        }
        lock::refuse_network_drive(path)?;
        if let Some(folder) = path.parent() {
            files::make_folder(folder)?;
        }
        Self::create_held(path, info, Lock::take(path)?)
    }

    /// Another may have made the file before the lock was ours: what fails removes only what it made itself.
    fn create_held(path: &Path, info: &SessionInfo, lock: Lock) -> Result<Self> {
        if let Err(error) = files::make(path) {
            lock.release();
            return Err(if error.kind() == ErrorKind::AlreadyExists { StoreError::Exists } else { error.into() });
        }
        let filled = Self::fill_new(path, info).and_then(|connection| Ok((connection, Presence::of(path)?)));
        match filled {
            Ok((connection, presence)) => {
                Ok(Self { connection, path: path.to_owned(), lock, presence, transactions: 1 })
            }
            Err(error) => {
                lock::remove_with_companions(path);
                lock.release();
                Err(error)
            }
        }
    }

    fn fill_new(path: &Path, info: &SessionInfo) -> Result<Connection> {
        let mut connection = Connection::open(path)?;
        connection.pragma_update(None, "application_id", migrations::APPLICATION_ID)?;
        configure(&connection)?;
        migrations::run(&mut connection)?;
        in_transaction(&mut connection, |write| {
            write.put_info(info)?;
            write.set_open(true)
        })?;
        Ok(connection)
    }

    /// Open a session file. Nothing is changed in a file that is not one, or that a newer Pairloom wrote.
    pub fn open(path: &Path) -> Result<Opened> {
        migrations::recognise(path)?;
        lock::refuse_network_drive(path)?;
        let lock = Lock::take(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(path, flags);
        let mut connection = opened.map_err(|error| StoreError::opening(path, error))?;
        configure(&connection)?;
        migrations::refuse_triggers(&connection)?;
        migrations::run(&mut connection)?;
        let recovered = Read { connection: &connection }.is_open()?;
        in_transaction(&mut connection, |write| write.set_open(true))?;
        // The log is there from the first write on.
        let presence = Presence::of(path)?;
        let store = Self { connection, path: path.to_owned(), lock, presence, transactions: 1 };
        Ok(Opened { store, recovered })
    }

    /// The session file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Read.
    pub fn read<T>(&self, read: impl FnOnce(&Read<'_>) -> Result<T>) -> Result<T> {
        read(&Read { connection: &self.connection })
    }

    /// Write in one transaction; an error rolls everything back.
    pub fn write<T>(&mut self, write: impl FnOnce(&Write<'_>) -> Result<T>) -> Result<T> {
        let presence = &self.presence;
        let done = in_transaction(&mut self.connection, |step| {
            let done = write(step)?;
            presence.confirm()?;
            Ok(done)
        })?;
        self.transactions += 1;
        Ok(done)
    }

    /// Transactions committed so far.
    pub fn transactions(&self) -> u64 {
        self.transactions
    }

    /// Mark the file as closed, move the log into it and give the lock back. What fails is told; the rest is done all
    /// the same: a file that was moved away while it was open takes the log along.
    pub fn close(mut self) -> Result<()> {
        let marked = self.write(|write| write.set_open(false));
        let moved = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        let Self { connection, lock, .. } = self;
        let closed = connection.close().map_err(|(_, error)| error);
        lock.release();
        marked.and(moved.map_err(StoreError::from)).and(closed.map_err(StoreError::from))
    }
}

/// A read-only connection of its own, for a thread of its own.
pub struct Reader {
    connection: Connection,
}

impl Reader {
    /// Open the session file for reading; a [`Store`] may have it open.
    pub fn open(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(path, flags);
        let connection = opened.map_err(|error| StoreError::opening(path, error))?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "cache_size", -8192)?;
        Ok(Self { connection })
    }

    /// Read one state of the file, whatever is written meanwhile.
    pub fn read<T, E: From<StoreError>>(&self, read: impl FnOnce(&Read<'_>) -> Result<T, E>) -> Result<T, E> {
        let transaction = self.connection.unchecked_transaction().map_err(StoreError::from)?;
        read(&Read { connection: &transaction })
    }

    /// SQLite's quick check: what is wrong, or `None`.
    pub fn quick_check(&self) -> Result<Option<String>> {
        let said: String = self.connection.query_row("PRAGMA quick_check(5)", [], |row| row.get(0))?;
        Ok((said != "ok").then_some(said))
    }

    /// Write a complete, compact copy under another name; it appears whole or not at all.
    pub fn copy_to(&self, target: &Path) -> Result<()> {
        backup::copy(&self.connection, target)
    }
}

fn in_transaction<T>(connection: &mut Connection, write: impl FnOnce(&Write<'_>) -> Result<T>) -> Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = write(&Write { read: Read { connection: &transaction } })?;
    transaction.commit()?;
    Ok(done)
}

fn configure(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SessionId;

    #[test]
    fn a_file_that_came_before_the_lock_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.pairloom");
        let info = SessionInfo { id: SessionId::new(), title: "T".to_owned(), created_at: jiff::Timestamp::now() };
        let lock = Lock::take(&path).unwrap();
        std::fs::write(&path, "another's").unwrap();
        assert!(matches!(Store::create_held(&path, &info, lock), Err(StoreError::Exists)));
        assert_eq!(std::fs::read(&path).unwrap(), b"another's");
    }
}
