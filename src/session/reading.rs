//! The clerk's side of an import: a file is read into parts of bounded size, which wait for the session thread.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::domain::{FileFault, Prompt};
use crate::formats::{self, ArchiveLine, Format, IncomingGroup, RefusedRow, Source};
use crate::store::{Reader, StoreError};

/// Text in one part, in bytes: about what a label that comes meanwhile waits for. A single row may be longer.
pub const PART_BYTES: usize = 2 << 20;
/// Groups or archive lines in one part.
const PART_ROWS: usize = 2000;
/// Text of refused rows that is kept for a report, in bytes; of those after it only line and reason are.
const REFUSED_BYTES: usize = 16 << 20;

/// What a group is known by, whichever file it comes from.
pub(super) type Fingerprint = [u8; 16];

/// What the clerk hands over while it reads a file.
pub(super) enum Incoming {
    /// Some groups of a file that has no ids, and how many were passed over because they are there already.
    Groups { groups: Vec<(Fingerprint, IncomingGroup)>, duplicates: u64 },
    /// Some lines of an archive.
    Lines(Vec<ArchiveLine>),
    /// The file was read to its end.
    End { refused: Vec<RefusedRow> },
    /// The file cannot be imported, or nobody wanted the rest.
    Broken { path: PathBuf, fault: FileFault },
}

/// Read a file and hand on what it holds beside what the session has; the last word is returned.
pub(super) fn read(
    reader: &Reader,
    source: &Source,
    path: PathBuf,
    format: Option<Format>,
    hand_on: &mut dyn FnMut(Incoming),
) -> Incoming {
    let found = match format {
        Some(format) => Ok(format),
        None => formats::detect(&path),
    };
    let read = match found {
        Ok(Format::Archive) => archive(source, hand_on).map(|()| Vec::new()),
        Ok(format) => groups(reader, source, format, hand_on),
        Err(fault) => Err(fault),
    };
    match read {
        Ok(refused) => Incoming::End { refused },
        Err(fault) => Incoming::Broken { path, fault },
    }
}

fn groups(
    reader: &Reader,
    source: &Source,
    format: Format,
    hand_on: &mut dyn FnMut(Incoming),
) -> Result<Vec<RefusedRow>, FileFault> {
    let known: Result<_, StoreError> = reader.read(|read| read.fingerprints());
    let mut known = known.map_err(|error| FileFault::Other { said: error.to_string() })?;
    let mut part = Part::default();
    let mut duplicates = 0;
    let (mut refused, mut kept) = (Vec::new(), 0);
    formats::read_groups(source, Some(format), &mut |row| {
        match row {
            Ok(group) => {
                let fingerprint = fingerprint(&group);
                if !known.insert(fingerprint) {
                    duplicates += 1;
                    return ControlFlow::Continue(());
                }
                let bytes = size(&group);
                if let Some(groups) = part.add((fingerprint, group), bytes) {
                    hand_on(Incoming::Groups { groups, duplicates: std::mem::take(&mut duplicates) });
                }
            }
            Err(mut row) => {
                kept += row.raw.len();
                if kept > REFUSED_BYTES {
                    row.raw = String::new();
                }
                refused.push(row);
            }
        }
        ControlFlow::Continue(())
    })?;
    hand_on(Incoming::Groups { groups: part.rows, duplicates });
    Ok(refused)
}

fn archive(source: &Source, hand_on: &mut dyn FnMut(Incoming)) -> Result<(), FileFault> {
    let mut part = Part::default();
    formats::read_archive(source, &mut |_, line| {
        let bytes = match &line {
            ArchiveLine::Group(group) => group.prompt.user.len(),
            ArchiveLine::Reply(reply) => reply.text.len() + reply.reasoning.as_ref().map_or(0, String::len),
            _ => 0,
        };
        if let Some(full) = part.add(line, bytes) {
            hand_on(Incoming::Lines(full));
        }
        Ok(())
    })?;
    hand_on(Incoming::Lines(part.rows));
    Ok(())
}

/// Rows that are not handed on yet.
struct Part<T> {
    rows: Vec<T>,
    bytes: usize,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), bytes: 0 }
    }
}

impl<T> Part<T> {
    /// Add a row with so much text; gives the part away once it is full.
    fn add(&mut self, row: T, bytes: usize) -> Option<Vec<T>> {
        self.rows.push(row);
        self.bytes += bytes;
        let full = self.bytes >= PART_BYTES || self.rows.len() >= PART_ROWS;
        full.then(|| std::mem::take(self).rows)
    }
}

/// The text of a group, in bytes.
fn size(group: &IncomingGroup) -> usize {
    let prompt = &group.prompt;
    let turns = prompt.history.iter().map(|turn| turn.text.len()).sum::<usize>();
    let replies = group.replies.iter().map(|reply| reply.text.len()).sum::<usize>();
    prompt.system.as_ref().map_or(0, String::len) + prompt.user.len() + turns + replies
}

/// The size of a file, in bytes; 0 where it cannot be told.
pub(super) fn size_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |data| data.len())
}

/// The same prompt with the same replies gives the same fingerprint, whichever file it comes from.
pub(super) fn fingerprint(group: &IncomingGroup) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    let Prompt { system, history, user } = &group.prompt;
    add(system.as_deref().unwrap_or(""));
    add(user);
    for turn in history {
        add(turn.role.as_str());
        add(&turn.text);
    }
    add("replies");
    for reply in &group.replies {
        add(&reply.text);
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::sync::Arc;

    use super::super::clerk::REPORTS;
    use super::*;
    use crate::domain::SessionId;
    use crate::formats::Reading;
    use crate::store::{SessionInfo, Store};

    const ROWS: usize = 12_000;
    /// What stands between the file and the parser: a buffer of 64 KiB, and a row.
    const BETWEEN: usize = 80 << 10;

    /// Every row is as long as the others.
    fn file(folder: &Path) -> (PathBuf, usize) {
        let path = folder.join("in.json");
        let mut text = String::new();
        for index in 0..ROWS {
            let before = if index == 0 { '{' } else { ',' };
            let (a, b) = ("a".repeat(1000), "字".repeat(300));
            write!(text, "{before}\"{index:05}\": {{\"query\": \"{index:05}\", \"response_0\": \"{a}\", ").unwrap();
            writeln!(text, "\"response_1\": \"{b}\"}}").unwrap();
        }
        let row = text.len() / ROWS;
        text.push('}');
        std::fs::write(&path, text).unwrap();
        (path, row)
    }

    #[test]
    fn an_import_holds_a_few_parts_of_the_file_however_long_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let session = folder.path().join("s.pairloom");
        let info = SessionInfo { id: SessionId::new(), title: "T".to_owned(), created_at: jiff::Timestamp::now() };
        Store::create(&session, &info).unwrap().close().unwrap();
        let (path, row) = file(folder.path());
        let reading = Arc::new(Reading::default());
        let source = Source::new(path.clone(), Arc::clone(&reading));
        let (sender, mut reports) = tokio::sync::mpsc::channel(REPORTS);
        let clerk = std::thread::spawn(move || {
            let reader = Reader::open(&session).unwrap();
            let last = read(&reader, &source, path, None, &mut |part| sender.blocking_send(part).unwrap());
            assert!(matches!(last, Incoming::End { refused } if refused.is_empty()));
        });
        let (mut taken, mut parts) = (0, 0);
        // Those that wait, the one that is on its way, the one that is being filled; a row is little more than its text.
        let most = (REPORTS + 2) * PART_BYTES * 11 / 10 + BETWEEN;
        assert!(ROWS * row > most, "the file is long enough to tell");
        while let Some(Incoming::Groups { groups, .. }) = reports.blocking_recv() {
            let held = reading.bytes() as usize - taken;
            assert!(held <= most, "{held} bytes of the file are held, {most} may be");
            taken += groups.len() * row;
            parts += 1;
        }
        assert_eq!(taken, ROWS * row);
        assert!(parts >= taken / (PART_BYTES * 2), "{parts} parts");
        clerk.join().unwrap();
    }

    #[test]
    fn a_stopped_reading_ends_before_the_end_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, row) = file(folder.path());
        let reading = Arc::new(Reading::default());
        let source = Source::new(path, Arc::clone(&reading));
        let mut rows = 0;
        let read = formats::read_groups(&source, None, &mut |_| {
            rows += 1;
            reading.stop();
            ControlFlow::Continue(())
        });
        assert!(read.is_err() && rows <= BETWEEN / row + 1, "{rows} rows");
    }
}
