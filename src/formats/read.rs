//! Reading a file of groups, and looking at its head.

use std::ops::ControlFlow;
use std::path::Path;

use super::incoming::{Format, ImportPreview, IncomingGroup, PreviewRow, RefusedRow};
use super::source::Source;
use super::{ArchiveLine, cvalues, detect, ms_swift, prompts, read_archive, seed000, seed001, seed004, triplets, trl};
use crate::domain::{FileFault, RowFault};

/// Characters of a refused row that are kept.
const RAW: usize = 4096;
/// Groups that a preview reads, and rows that it shows.
const PREVIEWED: u64 = 2000;
const SHOWN: usize = 50;
/// Characters of a text that a preview shows.
const WORDS: usize = 120;

/// Where groups and refused rows go; breaking off ends the reading.
pub(super) type Sink<'a> = dyn FnMut(Result<IncomingGroup, RefusedRow>) -> ControlFlow<()> + 'a;

/// Hand on each group of a file; one bad row never stops the rest. The format that was read is returned.
pub fn read_groups(source: &Source, format: Option<Format>, sink: &mut Sink<'_>) -> Result<Format, FileFault> {
    let format = match format {
        Some(format) => format,
        None => detect(&source.path)?,
    };
    let mut any = false;
    let counted = &mut |row: Result<IncomingGroup, RefusedRow>| {
        any = true;
        sink(row)
    };
    match format {
        Format::Prompts => prompts::read(source, counted)?,
        Format::Seed000 => seed000::read(source, counted)?,
        Format::Seed001Session => seed001::read(source, counted)?,
        Format::Seed000Triplets => triplets::read(source, counted)?,
        Format::Seed004 => seed004::read(source, counted)?,
        Format::MsSwift => ms_swift::read(source, counted)?,
        Format::Trl | Format::TrlExplicit => trl::read(source, counted)?,
        Format::Cvalues => cvalues::read(source, counted)?,
        Format::Archive => {
            let seen = format.name().to_owned();
            return Err(FileFault::UnknownFormat { wanted: Some("prompts, replies".to_owned()), seen });
        }
    }
    if any { Ok(format) } else { Err(FileFault::NothingInIt) }
}

/// A row that stays out.
pub(super) fn refuse(line: u64, fault: RowFault, raw: &str) -> RefusedRow {
    RefusedRow { line, fault, raw: raw.chars().take(RAW).collect() }
}

/// Read the head of a file: what is it, and what would come in.
pub fn preview(path: &Path, format: Option<Format>) -> Result<ImportPreview, FileFault> {
    let format = match format {
        Some(format) => format,
        None => detect(path)?,
    };
    let bytes = std::fs::metadata(path).map_err(|error| super::fault::from_io(&error))?.len();
    let mut seen = ImportPreview {
        format,
        bytes,
        rows: Vec::new(),
        groups: 0,
        replies: 0,
        verdicts: 0,
        refused: Vec::new(),
        refused_count: 0,
        complete: true,
    };
    if format == Format::Archive {
        preview_archive(path, &mut seen)?;
        return Ok(seen);
    }
    read_groups(&path.into(), Some(format), &mut |row| {
        match row {
            Ok(group) => {
                seen.groups += 1;
                seen.replies += group.replies.len() as u64;
                seen.verdicts += u64::from(group.verdict.is_some());
                if seen.rows.len() < SHOWN {
                    seen.rows.push(PreviewRow {
                        line: group.line,
                        system: words(group.prompt.system.as_deref().unwrap_or_default()),
                        user: words(&group.prompt.user),
                        replies: group.replies.len(),
                        first_reply: group.replies.first().map_or_else(String::new, |reply| words(&reply.text)),
                    });
                }
            }
            Err(row) => {
                seen.refused_count += 1;
                if seen.refused.len() < SHOWN {
                    seen.refused.push(row);
                }
            }
        }
        if seen.groups + seen.refused_count < PREVIEWED {
            ControlFlow::Continue(())
        } else {
            seen.complete = false;
            ControlFlow::Break(())
        }
    })?;
    Ok(seen)
}

fn preview_archive(path: &Path, seen: &mut ImportPreview) -> Result<(), FileFault> {
    read_archive(&path.into(), &mut |line, item| {
        match item {
            ArchiveLine::Group(group) => {
                seen.groups += 1;
                if seen.rows.len() < SHOWN {
                    seen.rows.push(PreviewRow {
                        line,
                        system: words(group.prompt.system.as_deref().unwrap_or_default()),
                        user: words(&group.prompt.user),
                        replies: 0,
                        first_reply: String::new(),
                    });
                }
            }
            ArchiveLine::Reply(reply) => {
                seen.replies += 1;
                if seen.rows.len() as u64 == seen.groups
                    && let Some(row) = seen.rows.last_mut()
                {
                    row.replies += 1;
                    if row.first_reply.is_empty() {
                        row.first_reply = words(&reply.text);
                    }
                }
            }
            ArchiveLine::Label(_) => seen.verdicts += 1,
            _ => {}
        }
        Ok(())
    })
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(WORDS).collect()
}
