//! `stats`: a session, or a file of replies or pairs, in numbers.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::args::Stats;
use super::report::Report;
use super::{Context, Done, Stop, open, options, transfer, wait_for};
use crate::domain::{
    Agreement, Annotator, FileFault, JudgeFigure, Lengths, Plan, Problem, ScorerAgreement, ScorerId, ScorerKind,
    Statistics,
};
use crate::ranking::agreement::SEED;
use crate::ranking::statistics::RESAMPLES;
use crate::session::{Command, Options, Session};
use crate::store;
use crate::text::Text;

/// Everything that is told.
struct Counted {
    statistics: Arc<Statistics>,
    agreement: Arc<Agreement>,
    /// What the verdicts of judges tell of themselves, in the order of the list.
    judges: Vec<(String, Vec<JudgeFigure>)>,
    names: HashMap<ScorerId, String>,
    annotator: String,
}

pub(super) fn stats(args: &Stats, context: &Context) -> Done {
    if store::is_session(&args.file) {
        let annotator = annotator(&args.file, args.annotator.as_deref(), context)?;
        let session = Session::open(&args.file, Options { annotator, ..options(context) })?;
        return Ok(count(&session)?.report(args, context.text, Vec::new()));
    }
    // A data file is read into a session that is gone afterwards.
    let file = |error: &std::io::Error| {
        let fault = FileFault::Other { said: error.to_string() };
        Stop::Problem(Problem::File { path: args.file.clone(), fault })
    };
    let folder = tempfile::tempdir().map_err(|error| file(&error))?;
    let path = folder.path().join("input.pairloom");
    Session::create(&path, "", &Plan::default(), options(context))?.close();
    let session = open(&path, context)?;
    let imported = transfer::import_file(&session, &args.file, None, context)?;
    session.close();
    let annotator = annotator(&path, args.annotator.as_deref(), context)?;
    let session = Session::open(&path, Options { annotator, ..options(context) })?;
    let mut report = count(&session)?.report(args, context.text, imported.lines);
    session.close();
    report.incomplete = !imported.refused_rows.is_empty();
    Ok(report)
}

/// Whose labels are compared with scores: the one who was named; without a name whoever runs this, and where they have
/// labeled nothing, whoever labeled most.
fn annotator(path: &Path, named: Option<&str>, context: &Context) -> Result<Annotator, Stop> {
    let problem = |error: store::StoreError| Problem::Store { path: path.to_owned(), fault: error.into() };
    let reader = store::Reader::open(path).map_err(problem)?;
    let (annotators, counts) = reader
        .read(|read| Ok((read.annotators()?, read.labels_by_annotator()?)))
        .map_err(|error: store::StoreError| problem(error))?;
    if let Some(name) = named {
        let there = || annotators.iter().map(|annotator| annotator.name.as_str()).collect::<Vec<_>>().join(", ");
        let found = annotators.iter().find(|annotator| annotator.name == name).cloned();
        return found.ok_or_else(|| Stop::Usage(context.text.stats_no_annotator(name, &there())));
    }
    let own = &context.annotator;
    let is_own = |(id, _): &(crate::domain::AnnotatorId, u64)| *id == own.id;
    let most = counts.iter().max_by_key(|(_, labels)| *labels).filter(|_| !counts.iter().any(is_own));
    let busiest = most.and_then(|(id, _)| annotators.iter().find(|annotator| annotator.id == *id));
    Ok(busiest.unwrap_or(own).clone())
}

fn count(session: &Session) -> Result<Counted, Stop> {
    session.send(Command::CountStatistics);
    let number = session.send(Command::Measure);
    let snapshot = wait_for(session, number, |snapshot| {
        snapshot.statistics.is_some() && snapshot.agreement.is_some() && !snapshot.measuring && !snapshot.counting
    })?;
    let (Some(statistics), Some(agreement)) = (snapshot.statistics.clone(), snapshot.agreement.clone()) else {
        return Err(Stop::Usage(String::new()));
    };
    let mut judges = Vec::new();
    for state in snapshot.scorers.iter().filter(|state| matches!(state.scorer.kind, ScorerKind::Judge(_))) {
        let scorer = state.scorer.id;
        let number = session.send(Command::ListScores(scorer));
        let listed = wait_for(session, number, |snapshot| {
            snapshot.score_table.as_ref().is_some_and(|table| table.scorer == scorer)
        })?;
        let figures = listed.score_table.as_ref().map(|table| table.itself.clone()).unwrap_or_default();
        judges.push((state.scorer.name.clone(), figures));
    }
    let names = snapshot.scorers.iter().map(|state| (state.scorer.id, state.scorer.name.clone())).collect();
    Ok(Counted { statistics, agreement, judges, names, annotator: snapshot.annotator.name.clone() })
}

impl Counted {
    fn name(&self, scorer: ScorerId) -> &str {
        self.names.get(&scorer).map_or("", String::as_str)
    }

    fn report(&self, args: &Stats, text: Text, mut lines: Vec<String>) -> Report {
        lines.extend(self.table(args, text));
        lines.extend(self.progress(text));
        lines.extend(self.agreement(text));
        Report { lines, json: args.json.then(|| self.json()), incomplete: false }
    }

    /// The table that data sets are described by.
    fn table(&self, args: &Stats, text: Text) -> Vec<String> {
        let Statistics { groups, replies, labels, pairs, .. } = &*self.statistics;
        let mut lines = vec![
            text.stats_session(*groups, *replies),
            text.stats_labels(labels.ranked, labels.none_acceptable, labels.imported),
        ];
        let Some(per_label) = pairs.per_label() else {
            lines.push(text.stats_no_pairs().to_owned());
            return lines;
        };
        lines.push(text.stats_pairs(pairs.count, &format!("{per_label:.1}")));
        if let Some(share) = pairs.longer_share() {
            lines.push(text.stats_longer(&format!("{:.1}", share * 100.0), pairs.different));
        }
        let name = args.file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let mean = |lengths: Lengths| format!("{:.1}", lengths.mean(pairs.count).unwrap_or_default());
        let cells = [
            name,
            pairs.count.to_string(),
            pairs.prompt.max.to_string(),
            mean(pairs.prompt),
            pairs.chosen.max.to_string(),
            mean(pairs.chosen),
            pairs.rejected.max.to_string(),
            mean(pairs.rejected),
        ];
        lines.push(String::new());
        lines.push(format!("| {} |", HEADS.join(" | ")));
        lines.push(format!("| {} |", HEADS.map(|_| "----").join(" | ")));
        lines.push(format!("| {} |", cells.join(" | ")));
        lines.push(text.stats_unit().to_owned());
        lines
    }

    fn progress(&self, text: Text) -> Vec<String> {
        let mut lines = Vec::new();
        for day in &self.statistics.days {
            let seconds = day.median_seconds.map_or_else(String::new, |seconds| format!("{seconds:.1}"));
            lines.push(text.stats_day(&day.date.to_string(), day.labels, &seconds, day.pairs_so_far));
        }
        if let Some(over_time) = &self.statistics.over_time {
            let name = self.name(over_time.scorer);
            lines.extend(
                over_time.days.iter().map(|day| {
                    text.stats_day_agreement(&day.date.to_string(), name, &percent(day.accuracy), day.pairs)
                }),
            );
        }
        if !lines.is_empty() {
            lines.insert(0, String::new());
        }
        lines
    }

    fn agreement(&self, text: Text) -> Vec<String> {
        let Agreement { scorers, itself, between, changes } = &*self.agreement;
        if self.names.is_empty() {
            return Vec::new();
        }
        let mut lines = vec![String::new()];
        if scorers.is_empty() {
            lines.push(text.stats_no_labels().to_owned());
        } else {
            lines.push(text.stats_annotator(&self.annotator));
        }
        for of in scorers {
            lines.push(format!("{}: {}", self.name(of.scorer), text.stats_basis(of.basis)));
            lines.extend(figures(of, text).into_iter().map(|line| format!("  {line}")));
        }
        if let Some(itself) = itself {
            let ceiling = itself.ceiling.map(|ceiling| format!("; {}", text.stats_ceiling(&percent(ceiling))));
            let share = text.stats_share(text.stats_itself(), &itself.accuracy);
            lines.push(format!("{share}{}", ceiling.unwrap_or_default()));
        }
        for of in between {
            let name = text.stats_between(self.name(of.judge), self.name(of.reward));
            lines.push(text.stats_share(&name, &of.accuracy));
        }
        if changes.revealed > 0 {
            lines.push(text.stats_changes(changes.revealed, changes.changed, changes.toward));
        }
        for (name, figures) in self.judges.iter().filter(|(_, figures)| !figures.is_empty()) {
            lines.push(format!("{name}:"));
            lines.extend(figures.iter().map(|figure| format!("  {}", text.judge_figure(figure))));
        }
        lines
    }

    fn json(&self) -> Value {
        // Plain data always has a JSON form.
        let value = |of: &dyn Fn() -> serde_json::Result<Value>| of().unwrap_or_default();
        let mut statistics = value(&|| serde_json::to_value(&*self.statistics));
        let mut agreement = value(&|| serde_json::to_value(&*self.agreement));
        self.put_names(&mut statistics);
        self.put_names(&mut agreement);
        if let Value::Object(agreement) = &mut agreement {
            agreement.insert("annotator".to_owned(), json!(self.annotator));
            agreement.insert("seed".to_owned(), json!(SEED));
            agreement.insert("draws".to_owned(), json!(RESAMPLES));
        }
        let judge = |(name, figures): &(String, Vec<JudgeFigure>)| (name.clone(), json!(figures));
        let judges: Map<String, Value> = self.judges.iter().map(judge).collect();
        let pairs = &self.statistics.pairs;
        let mean = |lengths: Lengths| lengths.mean(pairs.count);
        let table = json!({
            "unit": "characters", "count": pairs.count,
            "prompt_max": pairs.prompt.max, "prompt_avg": mean(pairs.prompt),
            "chosen_max": pairs.chosen.max, "chosen_avg": mean(pairs.chosen),
            "reject_max": pairs.rejected.max, "reject_avg": mean(pairs.rejected),
        });
        json!({"table": table, "statistics": statistics, "agreement": agreement, "judges": judges})
    }

    /// Scorers by their names.
    fn put_names(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    let id = || value.as_str()?.parse::<ScorerId>().ok();
                    match id().filter(|_| matches!(key.as_str(), "scorer" | "judge" | "reward")) {
                        Some(scorer) => *value = json!(self.name(scorer)),
                        None => self.put_names(value),
                    }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.put_names(value)),
            _ => {}
        }
    }
}

/// The columns as seed 003 has them.
const HEADS: [&str; 8] =
    ["", "count", "prompt_max", "prompt_avg", "chosen_max", "chosen_avg", "reject_max", "reject_avg"];

fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// One scorer's figures, those that are there.
fn figures(of: &ScorerAgreement, text: Text) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(accuracy) = &of.accuracy {
        lines.push(text.stats_share(text.stats_accuracy(), accuracy));
    }
    lines.extend(of.coverage.map(|share| text.stats_coverage(&percent(share))));
    if let Some(top) = &of.top {
        let chance = of.top_chance.map(|chance| format!("; {}", text.stats_chance(&percent(chance))));
        lines.push(format!("{}{}", text.stats_share(text.stats_top(), top), chance.unwrap_or_default()));
    }
    if let Some(tau) = &of.tau {
        let line = text.stats_coefficient(text.stats_tau(), tau);
        lines.push(format!("{line}; {}", text.stats_undefined(of.tau_undefined)));
    }
    lines.extend(of.kappa.as_ref().map(|kappa| text.stats_coefficient(text.stats_kappa(), kappa)));
    lines.extend(of.audit.as_ref().map(|audit| text.stats_share(text.stats_audit(), audit)));
    if let Some(longer) = &of.longer {
        lines.push(text.stats_share(text.stats_longer_person(), &longer.person));
        lines.push(text.stats_share(text.stats_longer_scorer(), &longer.scorer));
    }
    if let (Some(unit), Some(margins)) = (of.unit, &of.margins) {
        lines.push(text.stats_margin_unit(&format!("{unit:.3}")));
        lines.extend(margins.bins.iter().map(|bin| text.stats_bin(bin)));
        lines.extend(
            margins.slope.map(|(slope, error)| text.stats_slope(&format!("{slope:.3}"), &format!("{error:.3}"))),
        );
        lines.extend(margins.log_loss.map(|loss| text.stats_log_loss(&format!("{loss:.3}"))));
    }
    if let Some(spread) = &of.spread
        && let (Some(chosen), Some(left_out)) = (spread.median_chosen, spread.median_left_out)
    {
        let signed = |value: f64| format!("{value:+.3}").replace('-', "−");
        lines.push(text.stats_medians(&signed(chosen), &signed(left_out)));
    }
    lines
}
