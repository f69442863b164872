//! The file side of an output file that is kept current: rows are added, or replaced where an earlier label changed;
//! rows of others stay byte for byte.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::fault::from_io;
use super::write_whole;
use crate::domain::FileFault;

/// What a row is known by: a hash of its line without the line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowHash([u8; 16]);

impl RowHash {
    /// The hash of a row.
    pub fn of(line: &str) -> Self {
        Self::of_bytes(line.as_bytes())
    }

    fn of_bytes(line: &[u8]) -> Self {
        let mut short = [0; 16];
        short.copy_from_slice(&blake3::hash(line).as_bytes()[..16]);
        Self(short)
    }

    /// The hash as it is stored.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The hash that [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// Add rows at the end; a last row without a line end gets one first. A file that is not there is made.
pub fn append(path: &Path, lines: &[String]) -> Result<(), FileFault> {
    if lines.is_empty() {
        return Ok(());
    }
    let appended = (|| {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let length = file.seek(SeekFrom::End(0))?;
        let mut addition = String::new();
        if length > 0 {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                addition.push('\n');
            }
        }
        for line in lines {
            addition.push_str(line);
            addition.push('\n');
        }
        let written = file.write_all(addition.as_bytes()).and_then(|()| file.sync_data());
        if written.is_err() {
            // Half a row must not stay: the next row would be glued to it.
            if let Err(error) = file.set_len(length) {
                tracing::warn!(%error, "a half-written row could not be taken out of a followed file");
            }
        }
        written
    })();
    appended.map_err(|error: std::io::Error| from_io(&error))
}

/// Take rows out and add others. Of each hash at most so many rows go, the last ones first, so that equal rows of
/// others, which stood there before, stay. Half a row at the end that one of the added ones begins with was left by a
/// power cut, and goes.
pub fn rewrite(path: &Path, remove: &HashMap<RowHash, u32>, add: &[String]) -> Result<(), FileFault> {
    let Some(present) = count(path, remove)? else {
        return append(path, add);
    };
    // Rows of a hash that come before the ones to remove.
    let mut keep: HashMap<RowHash, u32> = present
        .iter()
        .map(|(hash, found)| (*hash, found.saturating_sub(remove.get(hash).copied().unwrap_or(0))))
        .collect();
    let torn = torn(path, add)?;
    if present.is_empty() && !torn {
        return append(path, add);
    }
    write_whole(path, |out| {
        let mut ends_with_newline = true;
        each_line(path, |line| {
            if torn && !line.ends_with(b"\n") {
                return Ok(());
            }
            let hash = RowHash::of_bytes(content(line));
            if let Some(left) = keep.get_mut(&hash) {
                if *left == 0 {
                    return Ok(());
                }
                *left -= 1;
            }
            ends_with_newline = line.ends_with(b"\n");
            out.write_all(line)
        })?;
        if !ends_with_newline && !add.is_empty() {
            out.write_all(b"\n")?;
        }
        for line in add {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })
}

/// Whether a file ends in the middle of one of these rows.
fn torn(path: &Path, rows: &[String]) -> Result<bool, FileFault> {
    let longest = rows.iter().map(String::len).max().unwrap_or(0) as u64;
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.saturating_sub(longest)))?;
        let mut end = Vec::new();
        file.read_to_end(&mut end)?;
        Ok(end)
    };
    let end = read().map_err(|error| from_io(&error))?;
    let last = end.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(!last.is_empty() && rows.iter().any(|row| row.len() > last.len() && row.as_bytes().starts_with(last)))
}

/// How often each of the hashes stands in the file; `None` where there is no file.
fn count(path: &Path, hashes: &HashMap<RowHash, u32>) -> Result<Option<HashMap<RowHash, u32>>, FileFault> {
    let mut found: HashMap<RowHash, u32> = HashMap::new();
    let read = each_line(path, |line| {
        let hash = RowHash::of_bytes(content(line));
        if hashes.contains_key(&hash) {
            *found.entry(hash).or_default() += 1;
        }
        Ok(())
    });
    match read {
        Ok(()) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(from_io(&error)),
    }
}

fn each_line(path: &Path, mut each: impl FnMut(&[u8]) -> std::io::Result<()>) -> std::io::Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        each(&line)?;
    }
}

/// A line without its end.
fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
