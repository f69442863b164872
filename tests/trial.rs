//! Scorers are tried without leaving a trace, and never on what is still to be labeled.

use std::path::Path;
use std::sync::Arc;

use pairloom::domain::{
    ChatTemplate, Endpoint, Judge, JudgeMethod, NoScore, Notice, Prompt, RequestFault, Reward, Scorer, ScorerFault,
    ScorerId, ScorerKind, Sent, ServerAddress, Trial, TrialPart, TrialPhase, TrialState, VerdictReading,
};
use pairloom::sample;
use pairloom::session::{Command, Session, Snapshot};
use tempfile::tempdir;

use crate::support::{counting_server, generated, label, run, server, url, wait};

fn scorer(address: ServerAddress, name: &str, kind: ScorerKind) -> Scorer {
    let mut endpoint = Endpoint::at(address);
    let model = if matches!(kind, ScorerKind::Judge(_)) { sample::MODEL } else { sample::REWARD_MODEL };
    model.clone_into(&mut endpoint.model);
    let created_at = jiff::Timestamp::now();
    Scorer { id: ScorerId::new(), name: name.to_owned(), endpoint, kind, created_at, calibrates: None }
}

fn judge(method: JudgeMethod) -> ScorerKind {
    ScorerKind::Judge(Judge { method, ..Judge::default() })
}

fn add(session: &Session, scorer: Scorer) -> ScorerId {
    let id = scorer.id;
    run(session, Command::AddScorer(Box::new(scorer)));
    id
}

fn trial(replies: &[&str]) -> Trial {
    let prompt = Prompt::new(Some("Be kind.".to_owned()), "What makes the tides?");
    Trial { prompt, replies: replies.iter().map(|text| (*text).to_owned()).collect(), scorers: Vec::new() }
}

const GOOD: &str = "The Moon's gravity pulls the water of the sea, and so the tides come and go twice a day.";
const RUDE: &str = "shut up, who cares";

/// Try, and wait for the end of it.
fn tried(session: &Session, trial: Trial) -> Arc<TrialState> {
    let number = session.send(Command::TryOut(Box::new(trial)));
    let ended = |snapshot: &Snapshot| snapshot.trial.as_ref().is_some_and(|trial| !trial.is_running());
    wait(session, |snapshot| snapshot.handled >= number && ended(snapshot)).trial.clone().unwrap()
}

fn part(state: &TrialState, scorer: ScorerId) -> &TrialPart {
    state.parts.iter().find(|part| part.scorer.id == scorer).unwrap()
}

/// All that a session file holds, as a copy of it has it.
fn rows(path: &Path) -> Vec<(String, i64)> {
    let connection = rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let count = |table: &String| {
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)).unwrap()
    };
    tables.iter().map(|table| (table.clone(), count(table))).collect()
}

#[test]
fn every_scorer_says_what_it_says_and_nothing_is_stored() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 2);
    let list = add(&session, scorer(ServerAddress::Sample, "list", judge(JudgeMethod::Listwise)));
    let pairs = add(&session, scorer(ServerAddress::Sample, "pairs", judge(JudgeMethod::Pairs)));
    let points = add(&session, scorer(ServerAddress::Sample, "points", judge(JudgeMethod::Pointwise)));
    let reward = add(&session, scorer(ServerAddress::Sample, "reward", ScorerKind::Reward(Box::default())));
    let templated = Reward { template: ChatTemplate::ChatMl, ..Reward::default() };
    let own = add(&session, scorer(ServerAddress::Sample, "own", ScorerKind::Reward(Box::new(templated))));
    let before = session.snapshot();
    let (commits, kept) = (before.commits, rows(&path));
    let state = tried(&session, trial(&[RUDE, GOOD]));
    assert_eq!(state.parts.len(), 5);
    for (scorer, requests) in [(list, 2), (pairs, 2), (points, 2), (reward, 2), (own, 2)] {
        let part = part(&state, scorer);
        assert_eq!(part.phase, TrialPhase::Done, "{}: {part:?}", part.scorer.name);
        assert_eq!(part.exchanges.len(), requests, "{}", part.scorer.name);
        for exchange in &part.exchanges {
            let call = exchange.call.as_ref().unwrap();
            assert_ne!(call.reading, VerdictReading::None, "{call:?}");
            assert!(!call.answer.as_ref().unwrap().text.is_empty(), "the raw answer is there: {call:?}");
        }
        let judgement = part.judgement.as_ref().unwrap();
        let [rude, good] = [0, 1].map(|at| judgement.value_of(state.replies[at]).unwrap());
        assert!(good > rude, "{}: {good} {rude}", part.scorer.name);
    }
    // What a judge reads: the criteria, the prompt, both replies.
    let Some(Sent::Messages(sent)) = &part(&state, list).exchanges[0].sent else { panic!("no messages") };
    assert!(sent.system.is_some());
    for words in [GOOD, RUDE, "What makes the tides?", "Be kind."] {
        assert!(sent.user.contains(words), "{words}: {}", sent.user);
    }
    // A reward model: the conversation, or the text where a template makes it here.
    let Some(Sent::Request(sent)) = &part(&state, reward).exchanges[1].sent else { panic!("no request") };
    assert!(sent.contains(GOOD) && sent.contains("\"role\""), "{sent}");
    let Some(Sent::Text(sent)) = &part(&state, own).exchanges[0].sent else { panic!("no text") };
    assert!(sent.starts_with("<|im_start|>system\nBe kind.<|im_end|>") && sent.contains(RUDE), "{sent}");
    let after = session.snapshot();
    assert_eq!((after.commits, rows(&path)), (commits, kept));
    assert!(after.scorers.iter().all(|state| state.scored == 0 && state.in_flight == 0 && state.finding.is_none()));
    session.close();
}

#[test]
fn one_reply_is_scored_by_those_that_do_not_compare() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 1);
    let (address, asked) = counting_server(&[]);
    let list = add(&session, scorer(url(address), "list", judge(JudgeMethod::Listwise)));
    let points = add(&session, scorer(ServerAddress::Sample, "points", judge(JudgeMethod::Pointwise)));
    let reward = add(&session, scorer(ServerAddress::Sample, "reward", ScorerKind::Reward(Box::default())));
    let state = tried(&session, trial(&[GOOD]));
    assert_eq!(part(&state, list).phase, TrialPhase::NeedsTwo);
    assert_eq!(asked.load(std::sync::atomic::Ordering::Relaxed), 0);
    for scorer in [points, reward] {
        let part = part(&state, scorer);
        assert!(part.judgement.as_ref().unwrap().value_of(state.replies[0]).is_some(), "{part:?}");
    }
    // A second reply without text is none.
    let state = tried(&session, Trial { scorers: vec![list], ..trial(&[GOOD, " "]) });
    assert_eq!(state.parts.len(), 1);
    assert_eq!(part(&state, list).phase, TrialPhase::NeedsTwo);
    let gaps = tried(&session, Trial { scorers: vec![points], ..trial(&[GOOD, " "]) });
    let judgement = part(&gaps, points).judgement.clone().unwrap();
    assert_eq!(judgement.scores[1].result, Err(NoScore::Empty));
}

#[test]
fn what_goes_wrong_is_shown_in_the_servers_words() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 1);
    let prose = add(&session, scorer(url(server(&["judge-prose"])), "prose", judge(JudgeMethod::Listwise)));
    let locked = add(&session, scorer(url(server(&["401"])), "locked", judge(JudgeMethod::Listwise)));
    let long = add(&session, scorer(url(server(&["too-long"])), "long", judge(JudgeMethod::Listwise)));
    let one = add(&session, scorer(url(server(&["reward-one"])), "one", ScorerKind::Reward(Box::default())));
    let state = tried(&session, trial(&[GOOD, RUDE]));
    let told = part(&state, prose);
    assert_eq!(told.phase, TrialPhase::Done);
    let call = told.exchanges[0].call.as_ref().unwrap();
    assert_eq!((call.reading, &call.gap), (VerdictReading::None, &Some(NoScore::Prose)));
    assert!(!call.answer.as_ref().unwrap().text.is_empty());
    assert_eq!(told.exchanges.len(), 4, "two lists, each asked for once more");
    let stopped = &part(&state, locked).phase;
    assert!(
        matches!(stopped, TrialPhase::Stopped(ScorerFault::Request(RequestFault::Unauthorized { .. }))),
        "{stopped:?}"
    );
    let call = part(&state, long).exchanges[0].call.clone().unwrap();
    assert!(matches!(&call.gap, Some(NoScore::TooLong { said }) if !said.is_empty()), "{call:?}");
    let stopped = &part(&state, one).phase;
    assert!(matches!(stopped, TrialPhase::Stopped(ScorerFault::Reward(_))), "{stopped:?}");
}

#[test]
fn a_trial_is_cancelled_and_another_takes_its_place() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 1);
    let slow = add(&session, scorer(url(server(&["delay:60000"])), "slow", judge(JudgeMethod::Listwise)));
    let quick = add(&session, scorer(ServerAddress::Sample, "quick", judge(JudgeMethod::Listwise)));
    session.send(Command::TryOut(Box::new(trial(&[GOOD, RUDE]))));
    let snapshot = wait(&session, |snapshot| {
        snapshot.trial.as_ref().is_some_and(|trial| {
            part(trial, quick).phase == TrialPhase::Done && !part(trial, slow).exchanges.is_empty()
        })
    });
    let under_way = snapshot.trial.clone().unwrap();
    assert!(under_way.is_running() && part(&under_way, slow).exchanges[0].call.is_none());
    let snapshot = run(&session, Command::CancelTrial);
    let state = snapshot.trial.clone().unwrap();
    assert_eq!(part(&state, slow).phase, TrialPhase::Cancelled);
    assert!(part(&state, quick).judgement.is_some(), "what came stays");
    // The same again is the same to the judge: its orders do not change.
    let again = tried(&session, Trial { scorers: vec![quick], ..trial(&[GOOD, RUDE]) });
    let sent = |state: &TrialState| part(state, quick).exchanges.iter().map(|one| one.sent.clone()).collect::<Vec<_>>();
    assert_eq!(sent(&again), sent(&state));
    let other = tried(&session, Trial { scorers: vec![quick], ..trial(&[GOOD, "The Moon does."]) });
    assert_eq!(other.parts.len(), 1);
    assert_ne!(other.replies, again.replies);
}

/// A server takes as many requests at a time as its endpoint says, whoever asks.
#[test]
fn a_trial_takes_turns_with_a_run() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 4);
    let mut slow = scorer(url(server(&["delay:20"])), "slow", judge(JudgeMethod::Listwise));
    slow.endpoint.concurrency = 1;
    let id = add(&session, slow);
    session.send(Command::Score { scorer: id, filter: pairloom::domain::QueueFilter::All, follows: false });
    let state = tried(&session, trial(&[GOOD, RUDE]));
    assert!(part(&state, id).judgement.is_some());
    let snapshot = wait(&session, |snapshot| snapshot.scorers[0].scored == 4);
    assert_eq!(snapshot.scorers[0].incomplete, 0, "the run went on");
}

#[test]
fn replies_that_are_still_to_be_labeled_are_refused() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 2);
    add(&session, scorer(ServerAddress::Sample, "judge", judge(JudgeMethod::Listwise)));
    let open = session.snapshot().current.clone().unwrap();
    let texts: Vec<&str> = open.replies().map(|reply| reply.text.as_str()).collect();
    let refused = |snapshot: &Snapshot, wanted: &Notice| snapshot.notices.iter().any(|(_, notice)| notice == wanted);
    let number = open.group.number;
    let snapshot = run(&session, Command::TryOut(Box::new(trial(&texts))));
    assert!(refused(&snapshot, &Notice::TrialLeads { number }) && snapshot.trial.is_none());
    // One of them among others leads just as well.
    let snapshot = run(&session, Command::TryOut(Box::new(trial(&[GOOD, texts[1]]))));
    assert!(snapshot.trial.is_none());
    label(&session, &[0]);
    let state = tried(&session, trial(&texts));
    assert!(state.parts[0].judgement.is_some());
    for empty in [trial(&[]), trial(&[" ", ""]), Trial { prompt: Prompt::new(None, " "), ..trial(&[GOOD]) }] {
        let snapshot = run(&session, Command::TryOut(Box::new(empty)));
        assert!(refused(&snapshot, &Notice::TrialIncomplete));
    }
    let many = vec![GOOD; 21];
    let snapshot = run(&session, Command::TryOut(Box::new(trial(&many))));
    assert_eq!(snapshot.trial.as_ref().unwrap().replies.len(), texts.len(), "the last trial stays");
}
