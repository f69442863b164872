//! Judges: groups of the sample server scored and on disk a second; scores made out of the verdicts of a whole session, and
//! how far they agree with a person.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pairloom::domain::{
    Endpoint, JobPhase, Judge, Plan, PromptList, QueueFilter, Scorer, ScorerId, ScorerKind, ServerAddress, SplitMix64,
};
use pairloom::ranking::agreement::{Checked, CheckedReply, person};
use pairloom::ranking::{Wins, balanced_orders, fit, list_weight};
use pairloom::sample::{self, Behaviour};
use pairloom::session::{Command, Options, Session, Snapshot};

use crate::content::{self, options};
use crate::table::{Bar, Table};

const GROUPS: usize = 145_669;
const REPLIES: usize = 8;
const CHECKED_REPLIES: usize = 4;
const ORDERS: u32 = 4;
const PROMPTS: usize = 500;
const LONG: Duration = Duration::from_secs(120);

pub(crate) fn bench(table: &mut Table, folder: &Path) {
    let mut times = Vec::new();
    for run in 0..5 {
        let began = Instant::now();
        black_box(aggregate(run));
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    let case = format!("scores of {GROUPS} groups x {REPLIES} replies from {ORDERS} lists each, one core");
    table.add(case, "ms", times, Some(Bar::MedianAtMost(2000.0)));
    agreement(table);
    let (mut judged, mut rewarded) = (Vec::new(), Vec::new());
    for run in 0..3 {
        let session = generated(&folder.join(format!("score-{run}.pairloom")));
        judged.push(PROMPTS as f64 * 4.0 / score(&session, judge()));
        rewarded.push(PROMPTS as f64 * 4.0 / score(&session, reward()));
    }
    table.add("verdicts of a judge a second, on disk, sample server on the same cores", "/s", judged, None);
    table.add("rewards a second, on disk, sample server on the same cores", "/s", rewarded, None);
}

/// All that is measured of one scorer where every group is a labeled random pick, intervals of 2,000 draws and all.
fn agreement(table: &mut Table) {
    let mut dice = SplitMix64::new(9);
    let group = |seed: u64| {
        let reply = |place: usize| CheckedReply {
            tier: Some(u32::from(place > 0)),
            score: Some(dice.unit() + if place == 0 { 0.3 } else { 0.0 }),
            length: 100 + dice.below(400) as u32,
        };
        let replies = (0..CHECKED_REPLIES).map(reply).collect();
        Checked { seed, replies, weight: Some(2.0), is_audit: seed.is_multiple_of(10) }
    };
    let groups: Vec<Checked> = (0..GROUPS as u64).map(group).collect();
    let mut times = Vec::new();
    for _ in 0..3 {
        let began = Instant::now();
        black_box(person(ScorerId::from_bytes([1; 16]), &groups, Some(0.3), &|| false));
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    let case = format!("agreement and its intervals, {GROUPS} groups x {CHECKED_REPLIES} replies, one core");
    table.add(case, "ms", times, Some(Bar::MedianAtMost(5000.0)));
}

/// What it takes to turn the lists of every group into scores; the sum of the best ones, so that nothing is left out.
fn aggregate(seed: u64) -> f64 {
    let weight = list_weight(REPLIES);
    (0..GROUPS as u64)
        .map(|group| {
            let mut wins = Wins::new(REPLIES);
            for order in balanced_orders(REPLIES, ORDERS, seed ^ group) {
                let tiers: Vec<Vec<usize>> = order.into_iter().map(|reply| vec![reply]).collect();
                wins.add_list(&tiers, weight);
            }
            let fit = fit(&wins);
            black_box(fit.spread());
            fit.scores.iter().copied().fold(f64::MIN, f64::max)
        })
        .sum()
}

fn judge() -> ScorerKind {
    ScorerKind::Judge(Judge::default())
}

fn reward() -> ScorerKind {
    ScorerKind::Reward(Box::default())
}

/// Seconds until every group has its scores.
fn score(session: &Session, kind: ScorerKind) -> f64 {
    let (name, model) = match kind {
        ScorerKind::Judge(_) => ("judge", sample::MODEL),
        ScorerKind::Reward(_) => ("reward", sample::REWARD_MODEL),
    };
    let endpoint = Endpoint { model: model.to_owned(), concurrency: 16, ..Endpoint::at(ServerAddress::Sample) };
    let id = ScorerId::new();
    let scorer =
        Scorer { id, name: name.to_owned(), endpoint, kind, created_at: jiff::Timestamp::now(), calibrates: None };
    session.send(Command::AddScorer(Box::new(scorer)));
    let began = Instant::now();
    session.send(Command::Score { scorer: id, filter: QueueFilter::All, follows: false });
    wait(session, |snapshot| {
        snapshot.scorers.iter().any(|state| state.scorer.id == id && state.scored == PROMPTS as u64)
    });
    began.elapsed().as_secs_f64()
}

/// A session with all replies, of which the sample server lives in this process.
fn generated(path: &Path) -> Session {
    let address = sample::start(content::RUNTIME.handle(), Behaviour::default()).unwrap();
    let user = (0..PROMPTS).map(|number| format!("Question {number}")).collect();
    let plan = Plan {
        endpoints: vec![Endpoint { concurrency: 32, ..Endpoint::at(ServerAddress::Sample) }],
        prompts: PromptList { user, ..PromptList::default() },
        ..Plan::default()
    };
    let options = Options { sample: Arc::new(move || Ok(address)), ..options() };
    let session = Session::create(path, "Scoring", &plan, options).unwrap();
    session.send(Command::Start);
    wait(&session, |snapshot| snapshot.counts.total == PROMPTS as u64 && snapshot.generation.phase == JobPhase::Idle);
    session
}

fn wait(session: &Session, done: impl Fn(&Snapshot) -> bool) {
    assert!(session.wait(LONG, done).is_ok(), "the session did not come so far");
}
