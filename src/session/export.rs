//! What the session's labels give: files of pairs, archives, and counts of both. Read through the clerk's connection.

use std::path::Path;

use super::snapshot::Summary;
use crate::domain::{FileFault, GroupId, Origin, PairPolicy, Reply, ReplyId, pairs, possible_pairs};
use crate::formats::{self, ArchiveLine, Companion, Format, RowOptions, RowWriter, ScoredPair, ScoredReply, Unheld};
use crate::store::{Read, Reader, SessionInfo, StoreError};

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
    let mut why = None;
    let written = formats::write_whole(path, |out| {
        let mut writer = RowWriter::new(out, format);
        let mut put = |row: &str| writer.put(row);
        let read = reader.read(|read| match format {
            Format::Archive => archive(read, &mut put, &mut tally),
            _ => pair_rows(read, format, policy, &mut put, &mut tally),
        });
        match read {
            Ok(()) => writer.end(),
            Err(Stopped::Io(error)) => Err(error),
            Err(Stopped::Store(error)) => {
                why = Some(Unwritten::Store(error));
                Err(std::io::Error::other("the session could not be read"))
            }
            Err(Stopped::File(fault)) => {
                why = Some(Unwritten::File(fault));
                Err(std::io::Error::other("the format cannot hold the session"))
            }
        }
    });
    if let Some(why) = why {
        return Err(why);
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
pub(super) fn summarise(reader: &Reader, format: Format, policy: PairPolicy) -> Result<Summary, StoreError> {
    let mut tally = Tally::default();
    let mut shown = Vec::new();
    let mut put = |row: &str| -> std::io::Result<()> {
        if shown.len() < SHOWN_ROWS {
            shown.push(row.to_owned());
        }
        Ok(())
    };
    let unheld = match reader.read(|read| pair_rows(read, format, policy, &mut put, &mut tally)) {
        Ok(()) => None,
        Err(Stopped::File(fault)) => Some(fault),
        Err(Stopped::Store(error)) => return Err(error),
        Err(Stopped::Io(error)) => return Err(StoreError::Other { said: error.to_string() }),
    };
    let pretty = |row: String| {
        serde_json::from_str::<serde_json::Value>(&row)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .unwrap_or(row)
    };
    let rows = shown.into_iter().map(pretty).collect();
    let Tally { groups, pairs, left_out } = tally;
    Ok(Summary { policy, format, groups, pairs, left_out, rows, unheld })
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
    File(FileFault),
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

/// All labels as rows of a format, in the order of the groups. Where the format has no place for what some prompts
/// hold, the rows are still handed on, and the end is an error.
fn pair_rows(
    read: &Read<'_>,
    format: Format,
    policy: PairPolicy,
    put: &mut dyn FnMut(&str) -> std::io::Result<()>,
    tally: &mut Tally,
) -> Result<(), Stopped> {
    let options = RowOptions::default();
    let mut able = Format::PAIRS.to_vec();
    let (mut systems, mut histories) = (0, 0);
    read.for_each_label(|group, texts, label| -> Result<(), Stopped> {
        let text_of = |id: ReplyId| texts.iter().find(|(of, _)| *of == id).map(|(_, text)| text.as_str());
        let found = pairs(&label.verdict, policy, text_of);
        tally.groups += 1;
        tally.pairs += found.len() as u64;
        tally.left_out += possible_pairs(&label.verdict, policy).saturating_sub(found.len()) as u64;
        if found.is_empty() {
            return Ok(());
        }
        match format.holds(&group.prompt, options.plain) {
            Ok(()) => {}
            Err(Unheld::System) => systems += 1,
            Err(Unheld::History) => histories += 1,
        }
        able.retain(|format| format.holds(&group.prompt, options.plain).is_ok());
        let beside = Beside::of(read, format, group.id, label.round)?;
        let reply =
            |id: ReplyId| ScoredReply { text: text_of(id).unwrap_or_default(), score: None, kind: beside.kind(id) };
        for pair in found {
            let (chosen, rejected) = (reply(pair.chosen), reply(pair.rejected));
            let pair = ScoredPair { prompt: &group.prompt, chosen, rejected, scores: &beside.scores };
            put(&formats::pair_row(format, &pair, options))?;
        }
        Ok(())
    })?;
    if systems + histories == 0 {
        return Ok(());
    }
    let can = able.into_iter().map(|format| format.name().to_owned()).collect();
    Err(Stopped::File(FileFault::CannotHold { format: format.name().to_owned(), systems, histories, can }))
}

/// What a format says of a group's replies beside their texts.
#[derive(Default)]
struct Beside {
    /// One for each reply that is shown. A person's label has none.
    scores: Vec<Option<f64>>,
    kinds: Vec<(ReplyId, String)>,
}

impl Beside {
    fn of(read: &Read<'_>, format: Format, group: GroupId, round: u32) -> Result<Self, StoreError> {
        match format {
            Format::Seed000 | Format::Seed000Triplets => {
                let scores = vec![None; read.shown_replies(group, round)?.len()];
                Ok(Self { scores, kinds: Vec::new() })
            }
            Format::Cvalues => {
                let kind = |reply: Reply| match reply.origin {
                    Origin::Imported { kind, .. } => Some((reply.id, kind?)),
                    Origin::Generated(_) | Origin::Written { .. } => None,
                };
                let kinds = read.replies(group, round)?.into_iter().filter_map(kind).collect();
                Ok(Self { scores: Vec::new(), kinds })
            }
            _ => Ok(Self::default()),
        }
    }

    fn kind(&self, reply: ReplyId) -> Option<&str> {
        self.kinds.iter().find(|(of, _)| *of == reply).map(|(_, kind)| kind.as_str())
    }
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
