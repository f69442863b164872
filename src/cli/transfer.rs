//! `import` and `export`.

use std::path::Path;

use serde_json::json;

use super::args::{Export, Import};
use super::report::Report;
use super::{Context, Done, Stop, open, open_or_create, wait_for};
use crate::domain::{
    Notice, PairOrder, PairPolicy, PairSource, PairYield, Problem, ScorerId, ScorerKind, ScorerState, Threshold,
};
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
    let source = source(&session, args)?;
    let by_people = source.order == PairOrder::Human;
    let policy = args.pairs.unwrap_or(if by_people { PairPolicy::All } else { PairPolicy::BestWorst });
    let yields =
        if by_people || args.format == Format::Archive { Vec::new() } else { yields(&session, policy, source)? };
    let (pairs, groups) = export_file(&session, &args.out, args.format, policy, source)?;
    let named = |order: PairOrder| order_name(&session.snapshot(), order);
    let mut lines: Vec<String> = yields.iter().map(|one| context.text.pair_yield(&named(one.order), one)).collect();
    lines.extend(context.text.agreement_advice(&yields).map(str::to_owned));
    let path = args.out.display().to_string();
    lines.push(context.text.cli_exported(&path, pairs, groups));
    let told: Vec<serde_json::Value> = yields
        .iter()
        .map(|one| {
            let right = one.right.map(|(share, _)| share);
            json!({"order": named(one.order), "groups": one.groups, "giving": one.giving, "pairs": one.pairs,
                "checked": one.checked, "right": right})
        })
        .collect();
    session.close();
    lines.extend(formats::load_line(args.format, &args.out));
    Ok(Report {
        lines,
        json: args.json.then(|| json!({"file": path, "pairs": pairs, "groups": groups, "yields": told})),
        incomplete: false,
    })
}

/// Whose order pairs are made from: `human`, `scorer:NAME`, or `agreement`.
fn source(session: &Session, args: &Export) -> Result<PairSource, Stop> {
    if args.order == "human" {
        return Ok(PairSource::default());
    }
    let snapshot = session.snapshot();
    let is_judge = |state: &&ScorerState| matches!(state.scorer.kind, ScorerKind::Judge(_));
    let (judge, reward) =
        (snapshot.scorers.iter().find(is_judge), snapshot.scorers.iter().find(|state| !is_judge(state)));
    let named = args.order.strip_prefix("scorer:");
    let found = named.and_then(|name| snapshot.scorers.iter().find(|state| state.scorer.name == name));
    let (order, usual) = match (found, judge, reward) {
        (Some(state), ..) if is_judge(&state) => (PairOrder::Scorer(state.scorer.id), Threshold::JUDGE),
        (Some(state), ..) => (PairOrder::Scorer(state.scorer.id), Threshold::REWARD),
        (None, Some(judge), Some(reward)) if args.order == "agreement" => {
            (PairOrder::Agreement { judge: judge.scorer.id, reward: reward.scorer.id }, Threshold::AGREEMENT)
        }
        _ => {
            let mut orders: Vec<String> =
                snapshot.scorers.iter().map(|state| format!("scorer:{}", state.scorer.name)).collect();
            if judge.is_some() && reward.is_some() {
                orders.push("agreement".to_owned());
            }
            return Err(Stop::Usage(format!("--order: human {}", orders.join(" "))));
        }
    };
    let threshold = match args.min_margin {
        Some(margin) => Threshold { margin, z: 0.0 },
        None => usual,
    };
    Ok(PairSource { order, scores: order.scorers().first().copied(), threshold: Some(threshold) })
}

fn order_name(snapshot: &Snapshot, order: PairOrder) -> String {
    let name = |scorer: ScorerId| {
        let state = snapshot.scorers.iter().find(|state| state.scorer.id == scorer);
        state.map_or_else(String::new, |state| state.scorer.name.clone())
    };
    match order {
        PairOrder::Human => "human".to_owned(),
        PairOrder::Scorer(scorer) => name(scorer),
        PairOrder::Agreement { judge, reward } => format!("{} + {}", name(judge), name(reward)),
    }
}

/// What an order of machines gives, and what people say of it.
fn yields(session: &Session, policy: PairPolicy, source: PairSource) -> Result<Vec<PairYield>, Stop> {
    let number = session.send(Command::Summarise { format: Format::default(), policy, source });
    let is_it = |snapshot: &Snapshot| {
        snapshot.summary.as_ref().is_some_and(|summary| summary.source == source && summary.policy == policy)
    };
    let snapshot = wait_for(session, number, is_it)?;
    Ok(snapshot.summary.as_ref().map(|summary| summary.yields.clone()).unwrap_or_default())
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
