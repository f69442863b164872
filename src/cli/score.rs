//! `score`: judges and reward models over a session, or over a file of replies or pairs.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use serde_json::json;

use super::args::Score;
use super::progress::Progress;
use super::report::Report;
use super::{Context, Done, LOOK, Stop, interrupted, open, open_or_create, transfer, wait_for};
use crate::domain::{
    ChatTemplate, Endpoint, FileFault, JobPhase, Judge, NoScore, OrdersError, PairOrder, PairSource, Problem,
    QueueFilter, Reward, RewardServer, Rubric, Scorer, ScorerFault, ScorerId, ScorerKind, ScorerState,
};
use crate::formats::Format;
use crate::session::{Command, ScoreTable, Session, Snapshot};
use crate::store;

/// Tries after which a server that never answered counts as not there.
const FIRST_TRIES: u32 = 3;

pub(super) fn score(args: &Score, context: &Context) -> Done {
    let wanted = scorer(args)?;
    if store::is_session(&args.file) {
        if args.out.is_some() {
            return Err(Stop::Usage(context.text.cli_out_without_input().to_owned()));
        }
        let session = open(&args.file, context)?;
        return Ok(run(&session, wanted, args, context)?.report(args, context));
    }
    let Some(out) = &args.out else {
        return Err(Stop::Usage(context.text.cli_input_without_out().to_owned()));
    };
    let has_pairs = matches!(wanted.kind, ScorerKind::Reward(_));
    let format = args.format.unwrap_or(if has_pairs { Format::Seed004 } else { Format::Seed000 });
    if !format.writes() {
        return Err(Stop::Usage(context.text.cli_cannot_write(format.name())));
    }
    // What was asked is kept beside the output, so that the same command goes on where it was.
    let kept = beside(out);
    let session = open_or_create(&kept, context)?;
    let imported = transfer::import_file(&session, &args.file, args.input_format, context)?;
    let ran = run(&session, wanted, args, context)?;
    let mut written = imported.lines;
    if !ran.interrupted {
        // Pairs keep the order that they came in; replies without one go by their scores.
        let by_scores = matches!(format, Format::Seed000 | Format::Seed000Triplets) || !ran.has_labels();
        let order = if by_scores { PairOrder::Scorer(ran.scorer) } else { PairOrder::Human };
        let source = PairSource { order, scores: Some(ran.scorer), threshold: None };
        let (pairs, groups) = transfer::export_file(&session, out, format, args.pairs, source)?;
        written.push(context.text.cli_exported(&out.display().to_string(), pairs, groups));
    }
    written.push(context.text.cli_kept_beside(&kept.display().to_string()));
    let mut report = ran.report(args, context);
    session.close();
    report.incomplete |= !imported.refused_rows.is_empty();
    written.append(&mut report.lines);
    report.lines = written;
    Ok(report)
}

/// The session beside an output file: `out.json` has `out.json.pairloom`.
fn beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".pairloom");
    PathBuf::from(name)
}

/// What came of a run.
struct Ran {
    scorer: ScorerId,
    state: ScorerState,
    table: Option<std::sync::Arc<ScoreTable>>,
    interrupted: bool,
}

/// Score what has no score yet.
fn run(session: &Session, wanted: Scorer, args: &Score, context: &Context) -> Result<Ran, Stop> {
    let scorer = add(session, wanted)?;
    if args.retry {
        let number = session.send(Command::RetryScorer(scorer));
        wait_for(session, number, |_| true)?;
    }
    let number = session.send(Command::Score { scorer, filter: QueueFilter::All, follows: false });
    wait_for(session, number, |_| true)?;
    let stop = interrupted(context);
    let mut progress = Progress::new(args.json);
    let text = context.text;
    let first = state_of(&session.snapshot(), scorer).map_or(0, |state| state.scored);
    loop {
        let (snapshot, over) = match session.wait(LOOK, |snapshot| is_over(snapshot, scorer)) {
            Ok(snapshot) => (snapshot, true),
            Err(snapshot) => (snapshot, false),
        };
        let Some(state) = state_of(&snapshot, scorer) else { break };
        if over {
            break;
        }
        let wanted = state.scored + state.left;
        if let Some(waiting) = &state.waiting {
            if state.scored == first && waiting.tries >= FIRST_TRIES {
                progress.end();
                return Err(Stop::Problem(Problem::Request(waiting.fault.clone())));
            }
            progress.show(state.scored, wanted, &text.cli_waiting(&waiting.fault.to_string()), true);
        } else {
            let rate = state.per_second.unwrap_or(0.0);
            progress.show(state.scored, wanted, &text.cli_group_rate(&format!("{rate:.1}")), false);
        }
        if stop.load(Ordering::Relaxed) {
            let number = session.send(Command::PauseScorer(scorer));
            wait_for(session, number, |_| true)?;
            break;
        }
    }
    progress.end();
    let interrupted = stop.load(Ordering::Relaxed);
    let number = session.send(Command::ListScores(scorer));
    let listed = |snapshot: &Snapshot| snapshot.score_table.as_ref().is_some_and(|table| table.scorer == scorer);
    let snapshot = wait_for(session, number, listed)?;
    let Some(state) = state_of(&snapshot, scorer).cloned() else {
        return Err(Stop::Usage(String::new()));
    };
    match &state.stopped {
        Some(ScorerFault::Request(fault)) => return Err(Stop::Problem(Problem::Request(fault.clone()))),
        Some(ScorerFault::Reward(fault)) => return Err(Stop::Usage(text.reward_fault(fault))),
        None => {}
    }
    Ok(Ran { scorer, state, table: snapshot.score_table.clone(), interrupted })
}

/// The scorer of the session that has these settings, added where there is none.
fn add(session: &Session, wanted: Scorer) -> Result<ScorerId, Stop> {
    let snapshot = session.snapshot();
    let same = |state: &&ScorerState| state.scorer.kind == wanted.kind && is_same_server(&state.scorer, &wanted);
    if let Some(state) = snapshot.scorers.iter().find(same) {
        return Ok(state.scorer.id);
    }
    let taken = |name: &str| snapshot.scorers.iter().any(|state| state.scorer.name == name);
    let name = std::iter::once(wanted.name.clone())
        .chain((2..).map(|number| format!("{} {number}", wanted.name)))
        .find(|name| !taken(name))
        .unwrap_or_default();
    let scorer = Scorer { name, ..wanted };
    let id = scorer.id;
    let number = session.send(Command::AddScorer(Box::new(scorer)));
    wait_for(session, number, |snapshot| state_of(snapshot, id).is_some())?;
    Ok(id)
}

/// The number of requests at the same time changes no score.
fn is_same_server(one: &Scorer, other: &Scorer) -> bool {
    Endpoint { concurrency: 0, ..one.endpoint.clone() } == Endpoint { concurrency: 0, ..other.endpoint.clone() }
}

fn state_of(snapshot: &Snapshot, scorer: ScorerId) -> Option<&ScorerState> {
    snapshot.scorers.iter().find(|state| state.scorer.id == scorer)
}

fn is_over(snapshot: &Snapshot, scorer: ScorerId) -> bool {
    state_of(snapshot, scorer).is_none_or(|state| state.run.phase != JobPhase::Running)
}

impl Ran {
    /// The input said which reply is the better one.
    fn has_labels(&self) -> bool {
        self.table.as_ref().is_some_and(|table| !table.rows.is_empty())
    }

    fn report(self, args: &Score, context: &Context) -> Report {
        let (text, state) = (context.text, &self.state);
        let mut lines = vec![text.cli_scored(state.scored, state.groups)];
        let gaps = self.table.as_ref().map(|table| table.gaps.clone()).unwrap_or_default();
        for (why, count) in &gaps {
            lines.push(format!("  {count} × {}", text.no_score(why)));
        }
        if let Some(table) = &self.table {
            lines.extend(table.itself.iter().map(|figure| text.judge_figure(figure)));
        }
        let agreement = self.table.as_ref().and_then(|table| agreement(table));
        if let Some(agreement) = &agreement {
            lines.push(text.cli_pair_accuracy(agreement.pairs, agreement.accuracy * 100.0));
            lines.push(text.cli_margins(agreement.mean, agreement.median));
        }
        if self.interrupted {
            lines.push(text.cli_go_on().to_owned());
        }
        let missing: u64 = gaps.iter().map(|(_, count)| count).sum();
        let json = args.json.then(|| {
            let why = |(why, count): &(NoScore, u64)| json!({"why": why, "replies": count});
            json!({
                "scorer": state.scorer.name, "groups": state.groups, "scored": state.scored,
                "without_score": gaps.iter().map(why).collect::<Vec<_>>(),
                "pairs": agreement.as_ref().map(|agreement| agreement.pairs),
                "pair_accuracy": agreement.as_ref().map(|agreement| agreement.accuracy),
                "margin_mean": agreement.as_ref().map(|agreement| agreement.mean),
                "margin_median": agreement.as_ref().map(|agreement| agreement.median),
                "interrupted": self.interrupted,
            })
        });
        Report { lines, json, incomplete: missing > 0 || self.interrupted || state.scored < state.groups }
    }
}

/// How the scores stand to labels: over pairs of a chosen and a left-out reply that both have a score.
struct Agreement {
    pairs: u64,
    /// The share in which the chosen one has the higher score; equal scores count as half.
    accuracy: f64,
    /// Score of the chosen one less the other's.
    mean: f64,
    median: f64,
}

fn agreement(table: &ScoreTable) -> Option<Agreement> {
    let mut margins: Vec<f64> = Vec::new();
    for row in &table.rows {
        let (chosen, others): (Vec<_>, Vec<_>) = row.ranked.iter().partition(|(place, _)| row.chosen.contains(place));
        margins.extend(chosen.iter().flat_map(|(_, better)| others.iter().map(move |(_, worse)| better - worse)));
    }
    if margins.is_empty() {
        return None;
    }
    let count = margins.len();
    let right = |margin: &f64| if margin.abs() < 1e-9 { 0.5 } else { f64::from(u8::from(*margin > 0.0)) };
    let accuracy = margins.iter().map(right).sum::<f64>() / count as f64;
    let mean = margins.iter().sum::<f64>() / count as f64;
    margins.sort_by(f64::total_cmp);
    let median = f64::midpoint(margins[(count - 1) / 2], margins[count / 2]);
    Some(Agreement { pairs: count as u64, accuracy, mean, median })
}

/// The scorer that the command line describes.
fn scorer(args: &Score) -> Result<Scorer, Stop> {
    let usage = |error: &dyn std::fmt::Display| Stop::Usage(error.to_string());
    let (url, kind) = match (&args.judge, &args.reward) {
        (Some(url), None) => (url, ScorerKind::Judge(judge(args)?)),
        (None, Some(url)) => (url, ScorerKind::Reward(Box::new(reward(args)?))),
        _ => return Err(Stop::Usage("--judge URL or --reward URL".to_owned())),
    };
    if let ScorerKind::Judge(judge) = &kind {
        judge.rubric.check().map_err(|error| usage(&error))?;
    }
    let mut endpoint = Endpoint::at(url.as_str().into());
    endpoint.model = args.model.clone().unwrap_or_default();
    endpoint.concurrency = args.concurrency.unwrap_or_default();
    endpoint.key = args.key.clone();
    let fallback = if args.judge.is_some() { "judge" } else { "reward" };
    let name = args.name.clone().or_else(|| args.model.clone()).unwrap_or_else(|| fallback.to_owned());
    Ok(Scorer { id: ScorerId::new(), name, endpoint, kind, created_at: jiff::Timestamp::now(), calibrates: None })
}

fn judge(args: &Score) -> Result<Judge, Stop> {
    let mut judge = Judge { thinking: args.thinking, ..Judge::default() };
    judge.method = args.method.unwrap_or_default();
    judge.language = args.language.unwrap_or_default();
    if let Some(orders) = args.orders {
        judge.orders = orders.try_into().map_err(|error: OrdersError| Stop::Usage(error.to_string()))?;
    }
    judge.max_tokens = args.max_tokens.unwrap_or(judge.max_tokens);
    judge.rubric = match args.rubric.strip_prefix('@') {
        Some(path) => {
            let text = read(path.as_ref())?;
            toml::from_str(&text).map_err(|error| Stop::Usage(format!("{path}: {error}")))?
        }
        None => Rubric::built_in(&args.rubric)
            .ok_or_else(|| Stop::Usage("--rubric: general, safety, strict or @file".to_owned()))?,
    };
    Ok(judge)
}

fn reward(args: &Score) -> Result<Reward, Stop> {
    let template = match args.template.as_str() {
        "server" => ChatTemplate::Server,
        "chatml" => ChatTemplate::ChatMl,
        "llama3" => ChatTemplate::Llama3,
        "plain" => ChatTemplate::Plain,
        other => match other.strip_prefix('@') {
            Some(path) => ChatTemplate::Jinja(template(path.as_ref())?),
            None => return Err(Stop::Usage("--template: server, chatml, llama3, plain or @file".to_owned())),
        },
    };
    Ok(Reward {
        server: args.preset.clone().map_or(RewardServer::Find, RewardServer::Preset),
        system: args.system.clone().filter(|system| system != "none"),
        template,
        steps: args.steps,
        label: args.label.clone(),
        batch: args.batch.unwrap_or_default(),
    })
}

/// A template from a file of its own, or from a `tokenizer_config.json`.
fn template(path: &Path) -> Result<String, Stop> {
    let text = read(path)?;
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(config) => match config.get("chat_template").and_then(serde_json::Value::as_str) {
            Some(template) => Ok(template.to_owned()),
            None => Err(Stop::Usage(format!("{}: no chat_template in it", path.display()))),
        },
        Err(_) => Ok(text),
    }
}

fn read(path: &Path) -> Result<String, Stop> {
    std::fs::read_to_string(path).map_err(|error| {
        let fault = match error.kind() {
            std::io::ErrorKind::NotFound => FileFault::Missing,
            std::io::ErrorKind::PermissionDenied => FileFault::Denied,
            _ => FileFault::Other { said: error.to_string() },
        };
        Stop::Problem(Problem::File { path: path.to_owned(), fault })
    })
}
