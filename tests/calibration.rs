//! Calibration runs: parts that nobody sees, groups that stay the same, and words that follow from what people said.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use pairloom::domain::{
    CALIBRATION_REPEATS, Calibration, Draw, Endpoint, Flaw, GroupId, JobPhase, Judge, JudgeMethod, Notice, QueueFilter,
    ReplyId, Scorer, ScorerId, ScorerKind, ScorerState, ServerAddress, View, Worth,
};
use pairloom::formats::Format;
use pairloom::sample;
use pairloom::session::{Command, Session, Snapshot};
use pairloom::store::{KeptScorer, Reader, StoreError};
use tempfile::tempdir;

use crate::support::{counting_server, generated, options, plan, run, server, url, wait};

fn judge_at(address: ServerAddress, name: &str) -> Scorer {
    let mut endpoint = Endpoint::at(address);
    sample::MODEL.clone_into(&mut endpoint.model);
    let kind = ScorerKind::Judge(Judge { method: JudgeMethod::Listwise, ..Judge::default() });
    let created_at = jiff::Timestamp::now();
    Scorer { id: ScorerId::new(), name: name.to_owned(), endpoint, kind, created_at, calibrates: None }
}

fn add(session: &Session, scorer: Scorer) -> ScorerId {
    let id = scorer.id;
    run(session, Command::AddScorer(Box::new(scorer)));
    id
}

fn state(snapshot: &Snapshot, scorer: ScorerId) -> &ScorerState {
    snapshot.scorers.iter().find(|state| state.scorer.id == scorer).unwrap()
}

fn calibration(snapshot: &Snapshot, scorer: ScorerId) -> Option<Arc<Calibration>> {
    state(snapshot, scorer).calibration.clone()
}

/// Calibrate until it comes to something.
fn calibrated(session: &Session, scorer: ScorerId) -> Arc<Calibration> {
    let number = session.send(Command::Calibrate(scorer));
    let ended = |snapshot: &Snapshot| {
        calibration(snapshot, scorer)
            .is_some_and(|calibration| calibration.verdict != Worth::Unfinished && calibration.phase == JobPhase::Idle)
    };
    let snapshot = wait(session, |snapshot| snapshot.handled >= number && ended(snapshot));
    calibration(&snapshot, scorer).unwrap()
}

fn parts(path: &Path) -> Vec<KeptScorer> {
    let reader = Reader::open(path).unwrap();
    let kept = reader.read(|read| read.scorers()).unwrap();
    kept.into_iter().filter(|kept| kept.scorer.calibrates.is_some()).collect()
}

/// The replies of every group in the order of what the judge thinks of them, best first; for a test's annotator alone.
fn preferred(session: &Session, path: &Path) -> HashMap<GroupId, Vec<ReplyId>> {
    let scorer = add(session, judge_at(ServerAddress::Sample, "oracle"));
    session.send(Command::Score { scorer, filter: QueueFilter::All, follows: false });
    let all = session.snapshot().counts.total;
    wait(session, |snapshot| snapshot.scorers.iter().any(|state| state.scorer.id == scorer && state.scored == all));
    let mut preferred = HashMap::new();
    let reader = Reader::open(path).unwrap();
    let read = reader.read(|read| {
        read.for_each_judgement::<StoreError>(scorer, |group, judgement| {
            let ranked = judgement.ranked().into_iter().map(|(reply, _)| reply).collect();
            preferred.insert(group.id, ranked);
            Ok(())
        })
    });
    read.unwrap();
    run(session, Command::RemoveScorer(scorer));
    preferred
}

/// Label the group in front: this reply is the best one.
fn choose(session: &Session, reply: ReplyId) {
    let group = session.snapshot().place.group.unwrap();
    // Near-identical replies stand on one card; the one that is meant may lie under another.
    run(session, Command::Unfold { group });
    run(session, Command::Check { group, reply, checked: true });
    run(session, Command::Confirm { group, seconds: 1.0 });
}

/// Label so many groups, each as `pick` says of the judge's order.
fn label(session: &Session, order: &HashMap<GroupId, Vec<ReplyId>>, count: usize, pick: impl Fn(usize) -> usize) {
    run(session, Command::SetFilter(QueueFilter::All));
    run(session, Command::GoToUnlabeled);
    for number in 0..count {
        let group = session.snapshot().place.group.unwrap();
        let replies = &order[&group];
        choose(session, replies[pick(number) % replies.len()]);
        run(session, Command::GoToUnlabeled);
    }
}

#[test]
fn a_judge_that_agrees_is_worth_a_run_and_its_parts_show_nowhere() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 60);
    let order = preferred(&session, &path);
    label(&session, &order, 40, |_| 0);
    let (address, asked) = counting_server(&[]);
    let judge = add(&session, judge_at(url(address), "judge"));
    let found = calibrated(&session, judge);
    assert_eq!((found.groups, found.labeled, found.done, found.all), (50, 40, 300, 300));
    assert!(matches!(found.verdict, Worth::Worth { .. }), "{found:#?}");
    for method in [&found.lists, &found.pairs] {
        let accuracy = method.accuracy.unwrap();
        assert!(accuracy.value > 0.6 && accuracy.groups == 40, "{accuracy:?}");
        assert_eq!(method.steadiness.unwrap().groups, 50, "all groups tell how steady it is");
        assert_eq!(method.missing, Some(0.0));
    }
    assert_eq!((found.lists.requests, found.pairs.requests), (Some(4.0), Some(12.0)));
    assert_eq!(asked.load(Ordering::Relaxed), 50 * 3 * (4 + 12));
    // A calibration is no run: nothing of it is on the list, in tables or beside a group.
    let snapshot = session.snapshot();
    assert_eq!(snapshot.scorers.len(), 1);
    assert_eq!((state(&snapshot, judge).scored, state(&snapshot, judge).run.phase), (0, JobPhase::Idle));
    let labeled = snapshot.queue.iter().find(|row| row.status.labeled()).unwrap().number;
    run(&session, Command::GoToNumber(labeled));
    let open = session.snapshot().current.clone().unwrap();
    assert!(open.label.is_some() && open.judgements.is_empty());
    session.send(Command::Measure);
    let measured = wait(&session, |snapshot| snapshot.agreement.is_some()).agreement.clone().unwrap();
    assert!(measured.scorers.is_empty());
    // Its six parts have the same groups, the labeled ones among them, and differ in what they ask and how often.
    let parts = parts(&path);
    assert_eq!(parts.len(), 6);
    assert!(parts.iter().all(|part| part.removed && part.scorer.calibrates.as_ref().unwrap().of == judge));
    let groups = &parts[0].scorer.calibrates.as_ref().unwrap().groups;
    assert!(parts.iter().all(|part| &part.scorer.calibrates.as_ref().unwrap().groups == groups));
    // Taken off the list, it is forgotten.
    assert!(run(&session, Command::RemoveScorer(judge)).scorers.is_empty());
}

#[test]
fn a_judge_that_people_do_not_agree_with_is_not_worth_it_however_steady() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 36);
    let order = preferred(&session, &path);
    // The best and the worst in turn: to these people the judge is a coin.
    label(&session, &order, 36, |number| if number % 2 == 0 { 0 } else { 3 });
    let judge = add(&session, judge_at(ServerAddress::Sample, "judge"));
    let found = calibrated(&session, judge);
    assert_eq!((found.groups, found.labeled), (36, 36), "as many as there are");
    assert!(matches!(found.verdict, Worth::NotWorth(Flaw::Coin | Flaw::SteadyCoin)), "{found:#?}");
    // A change of labels changes the words, without a request.
    for _ in 0..36 {
        run(&session, Command::Undo);
    }
    let snapshot = wait(&session, |snapshot| calibration(snapshot, judge).is_some_and(|found| found.labeled == 0));
    assert_eq!(calibration(&snapshot, judge).unwrap().verdict, Worth::TooFewLabels { labeled: 0, needed: 30 });
    label(&session, &order, 36, |_| 0);
    wait(&session, |snapshot| {
        calibration(snapshot, judge).is_some_and(|found| matches!(found.verdict, Worth::Worth { .. }))
    });
}

#[test]
fn a_judge_without_verdicts_is_told_before_anybody_labels() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 6);
    let judge = add(&session, judge_at(url(server(&["judge-prose"])), "judge"));
    let found = calibrated(&session, judge);
    assert_eq!(found.verdict, Worth::NotWorth(Flaw::NoScores));
    assert_eq!((found.lists.missing, found.pairs.missing, found.labeled), (Some(1.0), Some(1.0), 0));
    assert!(found.lists.accuracy.is_none());
}

#[test]
fn a_run_that_was_cut_off_paused_or_stopped_goes_on_where_it_was() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 8);
    let (address, asked) = counting_server(&["delay:10"]);
    let mut scorer = judge_at(url(address), "judge");
    scorer.endpoint.concurrency = 4;
    let judge = add(&session, scorer);
    session.send(Command::Calibrate(judge));
    let grew =
        |least: u64| move |snapshot: &Snapshot| calibration(snapshot, judge).is_some_and(|found| found.done >= least);
    wait(&session, grew(3));
    // Killed: the next start goes on by itself.
    session.close();
    let groups = parts(&path)[0].scorer.calibrates.clone().unwrap().groups;
    let session = Session::open(&path, options()).unwrap();
    wait(&session, grew(8));
    run(&session, Command::PauseCalibration(judge));
    let paused = session.snapshot();
    assert_eq!(calibration(&paused, judge).unwrap().phase, JobPhase::Paused);
    assert_eq!(calibration(&paused, judge).unwrap().verdict, Worth::Unfinished);
    session.send(Command::Calibrate(judge));
    wait(&session, grew(14));
    let stopped = run(&session, Command::CancelCalibration(judge));
    let done = calibration(&stopped, judge).unwrap();
    assert!(done.phase == JobPhase::Idle && done.done >= 14 && done.done < 48, "{done:?}");
    // Stopped by a person, it does not go on by itself.
    session.close();
    let session = Session::open(&path, options()).unwrap();
    let snapshot = wait(&session, grew(done.done));
    assert_eq!(calibration(&snapshot, judge).unwrap().phase, JobPhase::Idle);
    let found = calibrated(&session, judge);
    assert_eq!((found.done, found.all), (48, 48));
    assert_eq!(found.verdict, Worth::TooFewLabels { labeled: 0, needed: 30 });
    session.close();
    assert_eq!(parts(&path)[0].scorer.calibrates.as_ref().unwrap().groups, groups, "the groups stay the same");
    let all = 8 * u64::from(CALIBRATION_REPEATS) * (4 + 12);
    // What was under way at the close and the cancel may have been asked twice.
    let asked = asked.load(Ordering::Relaxed);
    assert!((all..=all + 3 * 8).contains(&asked), "{asked} of {all}: {found:#?}");
    assert_eq!((found.lists.missing, found.pairs.missing), (Some(0.0), Some(0.0)), "what was held left no gap");
    // Told again from what is there, without a request.
    let session = Session::open(&path, options()).unwrap();
    wait(&session, |snapshot| {
        calibration(snapshot, judge).is_some_and(|found| matches!(found.verdict, Worth::TooFewLabels { .. }))
    });
}

#[test]
fn a_server_that_is_away_is_waited_for() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 2);
    let judge = add(&session, judge_at(ServerAddress::Url("http://127.0.0.1:1/v1".to_owned()), "judge"));
    session.send(Command::Calibrate(judge));
    let waits =
        |snapshot: &Snapshot| calibration(snapshot, judge).is_some_and(|calibration| calibration.waiting.is_some());
    wait(&session, waits);
    run(&session, Command::CancelCalibration(judge));
    // One that refuses stops it, and says why.
    let locked = add(&session, judge_at(url(server(&["401"])), "locked"));
    session.send(Command::Calibrate(locked));
    let snapshot = wait(&session, |snapshot| {
        calibration(snapshot, locked).is_some_and(|calibration| calibration.stopped.is_some())
    });
    assert_eq!(calibration(&snapshot, locked).unwrap().phase, JobPhase::Paused);
}

#[test]
fn a_session_that_grew_gives_the_next_run_more_groups_and_judges_share_them() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 3);
    let judge = add(&session, judge_at(ServerAddress::Sample, "judge"));
    assert_eq!(calibrated(&session, judge).groups, 3);
    run(&session, Command::SetPlan(Box::new(plan(ServerAddress::Sample, 9))));
    session.send(Command::Start);
    wait(&session, |snapshot| snapshot.counts.ready == 9 && snapshot.generation.missing() == 0);
    let before = parts(&path)[0].scorer.calibrates.clone().unwrap().groups;
    let number = session.send(Command::Calibrate(judge));
    wait(&session, |snapshot| {
        let found = calibration(snapshot, judge).unwrap();
        snapshot.handled >= number && found.all == 54 && found.done == 54
    });
    let after = parts(&path)[0].scorer.calibrates.clone().unwrap().groups;
    assert_eq!((parts(&path).len(), after.len()), (6, 9));
    assert_eq!(after[..3], before[..], "those that it had stay");
    // Another judge is asked about the same groups.
    let other = add(&session, judge_at(ServerAddress::Sample, "other"));
    calibrated(&session, other);
    let mut same = parts(&path)[6].scorer.calibrates.clone().unwrap().groups;
    let mut first = after.clone();
    same.sort();
    first.sort();
    assert_eq!(same, first);
}

#[test]
fn an_archive_carries_what_was_calibrated() {
    let folder = tempdir().unwrap();
    let (path, archive) = (folder.path().join("s.pairloom"), folder.path().join("a.jsonl"));
    let session = generated(&path, 4);
    let judge = add(&session, judge_at(ServerAddress::Sample, "judge"));
    let found = calibrated(&session, judge);
    let (policy, source) = (pairloom::domain::PairPolicy::All, pairloom::domain::PairSource::default());
    session.send(Command::Export { path: archive.clone(), format: Format::Archive, policy, source });
    wait(&session, |snapshot| snapshot.file_work.is_none() && archive.exists() && !snapshot.notices.is_empty());
    session.close();
    let copy = folder.path().join("t.pairloom");
    let session = Session::create(&copy, "Copy", &plan(ServerAddress::Sample, 0), options()).unwrap();
    session.send(Command::Import { path: archive, format: None });
    let snapshot = wait(&session, |snapshot| {
        snapshot.scorers.len() == 1
            && calibration(snapshot, judge).is_some_and(|found| found.verdict != Worth::Unfinished)
    });
    let again = calibration(&snapshot, judge).unwrap();
    assert_eq!((again.done, &again.lists, &again.pairs), (found.done, &found.lists, &found.pairs));
    assert_eq!(snapshot.scorers.len(), 1, "the parts are on no list here either");
}

#[test]
fn the_groups_that_are_not_labeled_are_led_to_blind() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 34);
    let order = preferred(&session, &path);
    label(&session, &order, 4, |_| 0);
    let judge = add(&session, judge_at(ServerAddress::Sample, "judge"));
    assert_eq!(calibrated(&session, judge).verdict, Worth::TooFewLabels { labeled: 4, needed: 30 });
    let snapshot = run(&session, Command::LabelCalibration(judge));
    assert_eq!((snapshot.picked.groups, snapshot.picked.labeled), (30, 0));
    assert_eq!((snapshot.place.view, snapshot.place.filter), (View::Label, QueueFilter::Picked));
    let open = snapshot.current.clone().unwrap();
    assert!(open.label.is_none() && open.judgements.is_empty());
    for labeled in 1..=30 {
        let group = session.snapshot().place.group.unwrap();
        choose(&session, order[&group][0]);
        assert_eq!(session.snapshot().picked.labeled, labeled);
    }
    let snapshot = wait(&session, |snapshot| calibration(snapshot, judge).is_some_and(|found| found.labeled == 34));
    assert!(matches!(calibration(&snapshot, judge).unwrap().verdict, Worth::Worth { .. }));
    // Picked for a calibration, they measure that alone: the design of the random picks knows nothing of them.
    let reader = Reader::open(&path).unwrap();
    let annotator = crate::support::annotator().id;
    let picks = reader.read(|read| read.picks(annotator)).unwrap();
    assert!(picks.len() == 30 && picks.iter().all(|pick| pick.draw == Draw::Calibration && pick.stratum.is_none()));
    assert!(reader.read(|read| read.design(annotator)).unwrap().is_none());
    run(&session, Command::LabelCalibration(judge));
    assert!(session.snapshot().notices.iter().any(|(_, notice)| *notice == Notice::NothingToPick));
}
