//! `import` and `export`.

use std::path::Path;

use serde_json::json;

use super::args::{Export, Import};
use super::report::Report;
use super::{Context, Done, Stop, open, open_or_create, wait_for};
use crate::domain::{Notice, PairOrder, PairPolicy, PairSource, Problem};
use crate::formats::{self, Format, RefusedRow};
use crate::session::{Command, Session, Snapshot};

pub(super) fn import(args: &Import, context: &Context) -> Done {
    let session = open_or_create(&args.file, context)?;
    let mut lines = Vec::new();
    let mut files = Vec::new();
    let mut refused_rows = Vec::new();
    for input in &args.inputs {
        let mut imported = import_file(&session, input, args.format, context)?;
        lines.append(&mut imported.lines);
        refused_rows.append(&mut imported.refused_rows);
        files.push(imported.json);
    }
    session.close();
    if let Some(path) = &args.refused {
        let written = formats::write_whole(path, |out| {
            for row in &refused_rows {
                serde_json::to_writer(&mut *out, row)?;
                out.write_all(b"\n")?;
            }
            Ok(())
        });
        written.map_err(|fault| Stop::Problem(Problem::File { path: path.clone(), fault }))?;
    }
    let refused: u64 = files.iter().filter_map(|file| file["refused"].as_u64()).sum();
    Ok(Report { lines, json: args.json.then(|| json!({"files": files, "refused": refused})), incomplete: refused > 0 })
}

/// What came of reading a file.
pub(super) struct Imported {
    pub(super) lines: Vec<String>,
    pub(super) json: serde_json::Value,
    pub(super) refused_rows: Vec<RefusedRow>,
}

/// Read a file into a session, and wait until it is there.
pub(super) fn import_file(
    session: &Session,
    input: &Path,
    format: Option<Format>,
    context: &Context,
) -> Result<Imported, Stop> {
    let first = newest(&session.snapshot());
    let number = session.send(Command::Import { path: input.to_owned(), format });
    let snapshot = wait_for(session, number, |snapshot| imported(snapshot, first).is_some())?;
    let Some(Notice::Imported { file, groups, replies, duplicates, refused }) = imported(&snapshot, first) else {
        return Err(Stop::Usage(String::new()));
    };
    let mut lines = vec![context.text.cli_imported(&file, groups, replies, duplicates)];
    if refused > 0 {
        lines.push(context.text.rows_refused(refused));
        let rows = snapshot.refused.iter().take(5);
        lines.extend(rows.map(|row| format!("  {}", context.text.refused_row(row.line, &row.fault))));
    }
    let json = json!({
        "file": file, "groups": groups, "replies": replies, "duplicates": duplicates, "refused": refused,
    });
    Ok(Imported { lines, json, refused_rows: snapshot.refused.to_vec() })
}

pub(super) fn export(args: &Export, context: &Context) -> Done {
    if !args.format.writes() {
        return Err(Stop::Usage(context.text.cli_cannot_write(args.format.name())));
    }
    let session = open(&args.file, context)?;
    let (pairs, groups) = export_file(&session, &args.out, args.format, args.pairs, source(&session, args)?)?;
    session.close();
    let path = args.out.display().to_string();
    let mut lines = vec![context.text.cli_exported(&path, pairs, groups)];
    lines.extend(formats::load_line(args.format, &args.out));
    Ok(Report {
        lines,
        json: args.json.then(|| json!({"file": path, "pairs": pairs, "groups": groups})),
        incomplete: false,
    })
}

/// Whose order pairs are made from: `human`, or `scorer:NAME`.
fn source(session: &Session, args: &Export) -> Result<PairSource, Stop> {
    if args.order == "human" {
        return Ok(PairSource::default());
    }
    let snapshot = session.snapshot();
    let named = args.order.strip_prefix("scorer:");
    let found = named.and_then(|name| snapshot.scorers.iter().find(|state| state.scorer.name == name));
    match found {
        Some(state) => {
            let scorer = state.scorer.id;
            Ok(PairSource { order: PairOrder::Scorer(scorer), scores: Some(scorer) })
        }
        None => {
            let orders: Vec<String> =
                snapshot.scorers.iter().map(|state| format!("scorer:{}", state.scorer.name)).collect();
            Err(Stop::Usage(format!("--order: human {}", orders.join(" "))))
        }
    }
}

/// Write a file and wait until it is there; how many pairs of how many groups.
pub(super) fn export_file(
    session: &Session,
    out: &Path,
    format: Format,
    policy: PairPolicy,
    source: PairSource,
) -> Result<(u64, u64), Stop> {
    let first = newest(&session.snapshot());
    let number = session.send(Command::Export { path: out.to_owned(), format, policy, source });
    let snapshot = wait_for(session, number, |snapshot| exported(snapshot, first).is_some())?;
    exported(&snapshot, first).ok_or_else(|| Stop::Usage(String::new()))
}

fn newest(snapshot: &Snapshot) -> u64 {
    snapshot.notices.last().map_or(0, |(id, _)| *id)
}

fn imported(snapshot: &Snapshot, after: u64) -> Option<Notice> {
    let mut new = snapshot.notices.iter().filter(|(id, _)| *id > after);
    new.find(|(_, notice)| matches!(notice, Notice::Imported { .. })).map(|(_, notice)| notice.clone())
}

fn exported(snapshot: &Snapshot, after: u64) -> Option<(u64, u64)> {
    snapshot.notices.iter().filter(|(id, _)| *id > after).find_map(|(_, notice)| match notice {
        Notice::Exported { pairs, groups, .. } => Some((*pairs, *groups)),
        _ => None,
    })
}
