//! Pairs from scores: what agreement of a judge and a reward model gives, what it costs, what people say of it.

use std::fs;
use std::path::Path;
use std::process::Command as Process;

use pairloom::domain::{
    Endpoint, Judge, PairOrder, PairPolicy, PairSource, Pause, QueueFilter, Reward, Scorer, ScorerId, ScorerKind,
    ServerAddress, Threshold,
};
use pairloom::formats::Format;
use pairloom::sample;
use pairloom::session::{Command, Session, Summary};
use pairloom::text::{Language, Text};
use serde_json::Value;
use tempfile::tempdir;

use crate::support::{generated, label, run, wait};

fn scorer(session: &Session, name: &str, kind: ScorerKind, model: &str, groups: u64) -> ScorerId {
    let mut endpoint = Endpoint::at(ServerAddress::Sample);
    endpoint.model = model.to_owned();
    let (id, created_at) = (ScorerId::new(), jiff::Timestamp::now());
    let scorer = Scorer { id, name: name.to_owned(), endpoint, kind, created_at, calibrates: None };
    run(session, Command::AddScorer(Box::new(scorer)));
    session.send(Command::Score { scorer: id, filter: QueueFilter::All, follows: false });
    wait(session, |snapshot| {
        let state = snapshot.scorers.iter().find(|state| state.scorer.id == id).unwrap();
        state.scored == groups && state.left == 0
    });
    id
}

/// Forty groups that both scored, 34 of them labeled.
fn judged(path: &Path) -> (Session, ScorerId, ScorerId) {
    let session = generated(path, 40);
    let judge = scorer(&session, "judge", ScorerKind::Judge(Judge::default()), sample::MODEL, 40);
    let reward = scorer(&session, "reward", ScorerKind::Reward(Box::<Reward>::default()), sample::REWARD_MODEL, 40);
    run(&session, Command::SetPause(Pause::Never));
    for place in 0..34 {
        label(&session, &[place % 4]);
    }
    (session, judge, reward)
}

fn summary(session: &Session, policy: PairPolicy, source: PairSource) -> Summary {
    let number = session.send(Command::Summarise { format: Format::default(), policy, source });
    let is_it = |found: &Summary| found.source == source && found.policy == policy;
    let snapshot =
        wait(session, |snapshot| snapshot.handled >= number && snapshot.summary.as_deref().is_some_and(is_it));
    (**snapshot.summary.as_ref().unwrap()).clone()
}

#[test]
fn agreement_gives_fewer_pairs_and_each_of_them_passes_both() {
    let folder = tempdir().unwrap();
    let (session, judge, reward) = judged(&folder.path().join("s.pairloom"));
    let of = |order: PairOrder, margin: f64| PairSource {
        order,
        scores: order.scorers().first().copied(),
        threshold: Some(Threshold { margin, z: 0.0 }),
    };
    let both = PairOrder::Agreement { judge, reward };
    for policy in [PairPolicy::BestWorst, PairPolicy::All] {
        let found = summary(&session, policy, of(both, 0.5));
        let [agreed, alone, other] = &found.yields[..] else { panic!("{:?}", found.yields) };
        assert_eq!((agreed.order, agreed.pairs), (both, found.pairs));
        assert_eq!((alone.order, other.order), (PairOrder::Scorer(judge), PairOrder::Scorer(reward)));
        assert!(policy != PairPolicy::All || agreed.pairs <= other.pairs);
        assert!(agreed.pairs > 0 && agreed.pairs <= alone.pairs && agreed.groups == 40);
        assert!(agreed.checked > 0 && agreed.right.is_some() && agreed.giving <= agreed.groups);
        let stricter = summary(&session, policy, of(both, 1.5));
        assert!(stricter.pairs < found.pairs, "{} {}", stricter.pairs, found.pairs);
    }
    // People's labels are nobody's scores.
    assert!(summary(&session, PairPolicy::All, PairSource::default()).yields.is_empty());
    session.close();
}

#[test]
fn the_command_line_exports_by_agreement_and_says_what_it_costs() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let (session, ..) = judged(&path);
    session.close();
    let export = |out: &str, more: &[&str]| -> (Value, Vec<Value>) {
        let out = folder.path().join(out);
        let mut process = Process::new(env!("CARGO_BIN_EXE_pairloom"));
        process.env("PAIRLOOM_HOME", folder.path().join("home"));
        process.args(["export", path.to_str().unwrap(), "--format", "seed004", "--json", "--out"]);
        let done = process.arg(&out).args(more).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let rows: Vec<Value> = serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap_or_else(|_| {
            fs::read_to_string(&out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        });
        (serde_json::from_slice(&done.stdout).unwrap(), rows)
    };
    let (said, rows) = export("agreed.json", &["--order", "agreement", "--min-margin", "0.5"]);
    assert_eq!(said["pairs"].as_u64(), Some(rows.len() as u64));
    let yields = said["yields"].as_array().unwrap();
    assert_eq!(
        yields.iter().map(|one| one["order"].as_str().unwrap()).collect::<Vec<_>>(),
        ["judge + reward", "judge", "reward"]
    );
    assert_eq!(yields[0]["pairs"], said["pairs"]);
    let beside = fs::read_to_string(folder.path().join("agreed.export.json")).unwrap();
    let beside: Value = serde_json::from_str(&beside).unwrap();
    assert_eq!(beside["threshold"]["margin"].as_f64(), Some(0.5));
    assert_eq!(beside["units"].as_object().unwrap().len(), 2, "{beside}");
    let (every, _) = export("judge.json", &["--order", "scorer:judge", "--min-margin", "0"]);
    let (usual, _) = export("usual.json", &["--order", "scorer:judge"]);
    assert!(every["pairs"].as_u64() >= usual["pairs"].as_u64() && usual["pairs"].as_u64() > Some(0));
    let mut process = Process::new(env!("CARGO_BIN_EXE_pairloom"));
    process.env("PAIRLOOM_HOME", folder.path().join("home")).args(["export", path.to_str().unwrap(), "--out", "x"]);
    let refused = process.args(["--order", "scorer:nobody"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("agreement") && words.contains("scorer:judge"), "{words}");
}

#[test]
fn the_advice_follows_what_people_say() {
    let text = Text::new(Language::English);
    let (judge, reward) = (ScorerId::new(), ScorerId::new());
    let found = |order, share: f64, interval| pairloom::domain::PairYield {
        order,
        groups: 100,
        giving: 50,
        pairs: 50,
        checked: 40,
        right: Some((share, interval)),
        is_sample: interval.is_some(),
    };
    let both = PairOrder::Agreement { judge, reward };
    let of = |judges: f64, rewards: f64, interval: Option<(f64, f64)>| {
        [
            found(both, 0.9, interval),
            found(PairOrder::Scorer(judge), judges, interval),
            found(PairOrder::Scorer(reward), rewards, interval),
        ]
    };
    let some = Some((0.7, 0.9));
    assert_eq!(text.agreement_advice(&of(0.85, 0.6, some)), Some(text.advice_judge()));
    assert_eq!(text.agreement_advice(&of(0.85, 0.8, some)), Some(text.advice_both()));
    assert_eq!(text.agreement_advice(&of(0.85, 0.8, None)), Some(text.advice_unknown()), "too few labels to tell");
    assert_eq!(text.agreement_advice(&of(0.85, 0.8, some)[1..2]), None);
}
