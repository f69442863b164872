//! What the session's labels give: files of pairs, archives, and counts of both. Read through the clerk's connection.

use std::path::Path;

use super::followed::rows;
use super::snapshot::Summary;
use crate::domain::{FileFault, PairPolicy, possible_pairs};
use crate::formats::{self, ArchiveLine, Companion, Format};
use crate::store::{KeptCall, KeptScorer, Read, Reader, SessionInfo, StoreError};

/// Rows that a preview of an export shows.
const SHOWN_ROWS: usize = 20;

/// Why a file was not written: the session could not be read, or the file not be written.
pub(super) enum Unwritten {
    Store(StoreError),
    File(FileFault),
}

/// Write a file, whole or not at all, and the companion that says what is in it.
pub(super) fn write(reader: &Reader, path: &Path, format: Format, policy: PairPolicy) -> Result<Tally, Unwritten> {
    let mut tally = Tally::default();
    let mut store_error = None;
    let written = formats::write_whole(path, |out| {
        let mut line = |line: &str| -> std::io::Result<()> {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")
        };
        let read = reader.read(|read| match format {
            Format::Archive => Ok(archive(read, &mut line, &mut tally)?),
            _ => Ok(pair_rows(read, policy, &mut line, &mut tally)?),
        });
        match read {
            Ok(()) => Ok(()),
            Err(Stopped::Store(error)) => {
                store_error = Some(error);
                Err(std::io::Error::other("the session could not be read"))
            }
            Err(Stopped::Io(error)) => Err(error),
        }
    });
    if let Some(error) = store_error {
        return Err(Unwritten::Store(error));
    }
    written.map_err(Unwritten::File)?;
    if format != Format::Archive {
        let info = reader.read(|read| read.info());
        let info = info.map_err(|error| Unwritten::File(FileFault::Other { said: error.to_string() }))?;
        formats::write_companion(path, &companion(info, format, policy, &tally)).map_err(Unwritten::File)?;
    }
    Ok(tally)
}

/// What an export would hold.
pub(super) fn summarise(reader: &Reader, policy: PairPolicy) -> Result<Summary, StoreError> {
    let mut tally = Tally::default();
    let mut shown = Vec::new();
    let mut line = |line: &str| -> std::io::Result<()> {
        if shown.len() < SHOWN_ROWS {
            shown.push(line.to_owned());
        }
        Ok(())
    };
    match reader.read(|read| pair_rows(read, policy, &mut line, &mut tally)) {
        Ok(()) => {}
        Err(Stopped::Store(error)) => return Err(error),
        Err(Stopped::Io(error)) => return Err(StoreError::Other { said: error.to_string() }),
    }
    let pretty = |row: String| {
        serde_json::from_str::<serde_json::Value>(&row)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .unwrap_or(row)
    };
    let rows = shown.into_iter().map(pretty).collect();
    Ok(Summary { policy, groups: tally.groups, pairs: tally.pairs, left_out: tally.left_out, rows })
}

/// Counts of an export.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) groups: u64,
    pub(super) pairs: u64,
    left_out: u64,
}

/// Why writing rows ended early.
enum Stopped {
    Store(StoreError),
    Io(std::io::Error),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// All labels as rows of the default format, in the order of the groups.
fn pair_rows(
    read: &Read<'_>,
    policy: PairPolicy,
    line: &mut dyn FnMut(&str) -> std::io::Result<()>,
    tally: &mut Tally,
) -> Result<(), Stopped> {
    read.for_each_label(|group, texts, label| -> Result<(), Stopped> {
        let written = rows(&group, &texts, &label, policy);
        tally.groups += 1;
        tally.pairs += written.len() as u64;
        tally.left_out += possible_pairs(&label.verdict, policy).saturating_sub(written.len()) as u64;
        for row in &written {
            line(row)?;
        }
        Ok(())
    })
}

/// Everything, lossless.
fn archive(
    read: &Read<'_>,
    line: &mut dyn FnMut(&str) -> std::io::Result<()>,
    tally: &mut Tally,
) -> Result<(), Stopped> {
    let info = read.info()?;
    let mut put = |item: &ArchiveLine| line(&formats::archive_line(item));
    put(&ArchiveLine::session(info.id, info.title, info.created_at, Some(read.plan()?)))?;
    for annotator in read.annotators()? {
        put(&ArchiveLine::Annotator(annotator))?;
    }
    for guidelines in read.all_guidelines()? {
        put(&ArchiveLine::Guidelines(guidelines))?;
    }
    for KeptScorer { scorer, finding, removed, .. } in read.scorers()? {
        put(&ArchiveLine::Scorer { scorer, finding, removed })?;
    }
    read.for_each_group(|group| -> Result<(), Stopped> {
        let id = group.id;
        tally.groups += 1;
        put(&ArchiveLine::Group(group))?;
        for reply in read.all_replies(id)? {
            put(&ArchiveLine::Reply(reply))?;
        }
        for failure in read.all_failures(id)? {
            put(&ArchiveLine::Failure(failure))?;
        }
        for label in read.labels_of(id)? {
            put(&ArchiveLine::Label(label))?;
        }
        for (annotator, mark) in read.marks_of(id)? {
            put(&ArchiveLine::Mark { group: id, annotator, mark })?;
        }
        for (annotator, draft) in read.drafts_of(id)? {
            put(&ArchiveLine::Draft { group: id, annotator, draft })?;
        }
        for (annotator, writing) in read.writings_of(id)? {
            put(&ArchiveLine::Writing { group: id, annotator, writing })?;
        }
        for KeptCall { scorer, round, revision, superseded, call } in read.all_calls(id)? {
            put(&ArchiveLine::Call { group: id, scorer, round, revision, superseded, call })?;
        }
        for judgement in read.all_judgements(id)? {
            put(&ArchiveLine::Judgement(judgement))?;
        }
        Ok(())
    })
}

fn companion(info: SessionInfo, format: Format, policy: PairPolicy, tally: &Tally) -> Companion {
    Companion {
        session_id: info.id,
        session_title: info.title,
        format,
        policy,
        groups: tally.groups,
        pairs: tally.pairs,
        left_out: tally.left_out,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
