//! Spot-checks: what is picked, what a person sees and when, what stays of a label that was changed after scores were
//! seen, groups that come again.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use pairloom::domain::{
    Draw, Endpoint, GroupId, GroupStatus, JobPhase, Judge, Notice, PairPolicy, PairSource, Pause, QueueFilter, Reward,
    Scorer, ScorerId, ScorerKind, ServerAddress, Verdict, View,
};
use pairloom::formats::Format;
use pairloom::ranking::picking::own_number;
use pairloom::sample;
use pairloom::session::{Command, Session, Snapshot};
use pairloom::store::{BlindLabel, Reader, StoreError};
use tempfile::tempdir;

use crate::support::{annotator, check, generated, label, options, plan, run, wait};

fn scorer(name: &str, kind: ScorerKind, model: &str) -> Scorer {
    let mut endpoint = Endpoint::at(ServerAddress::Sample);
    endpoint.model = model.to_owned();
    let created_at = jiff::Timestamp::now();
    Scorer { id: ScorerId::new(), name: name.to_owned(), endpoint, kind, created_at, calibrates: None }
}

/// Add a scorer of the sample and let it score everything.
fn scored(session: &Session, scorer: &Scorer) -> ScorerId {
    run(session, Command::AddScorer(Box::new(scorer.clone())));
    let number = session.send(Command::Score { scorer: scorer.id, filter: QueueFilter::All, follows: false });
    wait(session, |snapshot| {
        let state = snapshot.scorers.iter().find(|state| state.scorer.id == scorer.id);
        snapshot.handled >= number && state.is_some_and(|state| state.run.phase == JobPhase::Idle && state.left == 0)
    });
    scorer.id
}

fn judge(session: &Session) -> ScorerId {
    scored(session, &scorer("judge", ScorerKind::Judge(Judge::default()), sample::MODEL))
}

fn reward(session: &Session) -> ScorerId {
    scored(session, &scorer("reward", ScorerKind::Reward(Box::<Reward>::default()), sample::REWARD_MODEL))
}

fn pick(session: &Session, scorer: ScorerId, draw: Option<Draw>, count: u32) -> Arc<Snapshot> {
    let before = session.snapshot().saved_at;
    session.send(Command::Pick { scorer, draw, count });
    wait(session, |snapshot| snapshot.picked.groups > 0 && snapshot.saved_at != before)
}

fn blind(path: &Path) -> Vec<BlindLabel> {
    let reader = Reader::open(path).unwrap();
    let mut found = Vec::new();
    let read = reader.read(|read| {
        read.for_each_blind_label::<StoreError>(annotator().id, |one| {
            found.push(one);
            Ok(())
        })
    });
    read.unwrap();
    found
}

fn picks(path: &Path) -> Vec<pairloom::domain::Picked> {
    Reader::open(path).unwrap().read(|read| read.picks(annotator().id)).unwrap()
}

fn best(verdict: &Verdict) -> Vec<pairloom::domain::ReplyId> {
    match verdict {
        Verdict::Ranked(tiers) => tiers.best().to_vec(),
        Verdict::NoneAcceptable => Vec::new(),
    }
}

/// Check and confirm, and stay where the view stays.
fn decide(session: &Session, places: &[usize]) -> Arc<Snapshot> {
    let group = check(session, places).place.group.unwrap();
    run(session, Command::Confirm { group, seconds: 1.0 })
}

/// Confirm what is in front once more: "keep mine, next".
fn keep(session: &Session) -> Arc<Snapshot> {
    let group = session.snapshot().place.group.unwrap();
    run(session, Command::Confirm { group, seconds: 1.0 })
}

#[test]
fn picked_groups_come_one_after_the_other_and_nothing_else() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 40);
    let judge = judge(&session);
    reward(&session);
    run(&session, Command::SetPause(Pause::Never));
    let snapshot = pick(&session, judge, None, 20);
    assert_eq!((snapshot.picked.groups, snapshot.picked.labeled), (20, 0));
    assert_eq!((snapshot.place.view, snapshot.place.filter), (View::Label, QueueFilter::Picked));
    let shown: HashSet<GroupId> = snapshot.queue.iter().filter(|row| row.picked).map(|row| row.id).collect();
    for labeled in 0..20 {
        let snapshot = session.snapshot();
        assert_eq!(snapshot.picked.labeled, labeled);
        assert!(shown.contains(&snapshot.place.group.unwrap()));
        label(&session, &[0]);
    }
    let snapshot = session.snapshot();
    assert_eq!((snapshot.picked.labeled, snapshot.place.group), (20, None), "the picks are done, and nothing follows");
    // The next time others are picked; the sample only grows.
    let snapshot = pick(&session, judge, None, 20);
    let second: HashSet<GroupId> = snapshot.queue.iter().filter(|row| row.picked).map(|row| row.id).collect();
    assert!(second.is_disjoint(&shown));
    session.close();
    let picks = picks(&path);
    let count = |draw, batch| picks.iter().filter(|pick| pick.draw == draw && pick.batch == batch).count();
    assert_eq!((count(Draw::Random, 1), count(Draw::Disagreement, 1)), (10 + 3 - count(Draw::Audit, 1), 7));
    assert!(picks.iter().all(|pick| pick.stratum.is_some() == (pick.draw == Draw::Random)));
    assert!(picks.iter().filter(|pick| pick.draw == Draw::Audit).all(|pick| pick.chance.is_some()));
}

#[test]
fn what_was_picked_is_there_after_a_restart_and_comes_before_new_picks() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 30);
    let judge = judge(&session);
    let before: Vec<GroupId> =
        pick(&session, judge, Some(Draw::Random), 6).queue.iter().filter(|row| row.picked).map(|row| row.id).collect();
    run(&session, Command::SetPause(Pause::Never));
    label(&session, &[1]);
    session.close();
    let session = Session::open(&path, options()).unwrap();
    let snapshot = session.snapshot();
    assert_eq!((snapshot.picked.groups, snapshot.picked.labeled), (6, 1));
    assert!(before.contains(&snapshot.place.group.unwrap()));
    let snapshot = pick(&session, judge, Some(Draw::Random), 8);
    let open = |id: &GroupId| snapshot.queue.iter().any(|row| row.id == *id && row.picked);
    assert_eq!(snapshot.picked.groups, 8);
    assert_eq!(before.iter().filter(|group| open(group)).count(), 5, "what was left open comes first");
}

#[test]
fn without_scores_there_is_nothing_to_pick() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 3);
    let judge = scorer("judge", ScorerKind::Judge(Judge::default()), sample::MODEL);
    run(&session, Command::AddScorer(Box::new(judge.clone())));
    session.send(Command::Pick { scorer: judge.id, draw: None, count: 50 });
    let snapshot = wait(&session, |snapshot| !snapshot.notices.is_empty());
    assert!(snapshot.notices.iter().any(|(_, notice)| *notice == Notice::NothingToPick), "{:?}", snapshot.notices);
    assert_eq!(snapshot.place.filter, QueueFilter::All, "the person stays where they are");
}

#[test]
fn scores_show_after_the_verdict_and_what_was_said_before_stays() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 4);
    judge(&session);
    run(&session, Command::SetPause(Pause::Always));
    run(&session, Command::GoToNumber(1));
    let open = check(&session, &[0]).current.clone().unwrap();
    assert!(open.judgements.is_empty() && open.reasons.is_empty(), "nothing shows before the verdict");
    let first: Vec<_> = open.draft.checked.clone();
    let group = open.group.id;
    let snapshot = run(&session, Command::Confirm { group, seconds: 2.0 });
    let open = snapshot.current.clone().unwrap();
    assert_eq!(open.group.id, group, "the view stays");
    assert_eq!((open.judgements.len(), open.reasons.len()), (1, 4));
    assert!(open.reasons[0].names.len() == 4 && open.reasons[0].order.concat().len() == 4, "{:?}", open.reasons);
    run(&session, Command::Reveal { groups: vec![group] });
    assert!(!blind(&path)[0].blind.verdict.eq(&Verdict::NoneAcceptable));
    // A change of mind.
    let other = open.replies().map(|reply| reply.id).find(|reply| !first.contains(reply)).unwrap();
    run(&session, Command::Check { group, reply: first[0], checked: false });
    run(&session, Command::Check { group, reply: other, checked: true });
    let snapshot = run(&session, Command::Confirm { group, seconds: 1.0 });
    assert_ne!(snapshot.place.group, Some(group), "after a change the view goes on");
    let found = blind(&path);
    assert_eq!(best(&found[0].blind.verdict), first, "agreement is computed from this one");
    assert_eq!(best(&found[0].now.as_ref().unwrap().verdict), [other], "and files are written from this one");
    assert!(found[0].is_revealed);
    // Undo gives the label back, and makes nobody forget what they saw.
    run(&session, Command::Undo);
    let found = blind(&path);
    assert_eq!((best(&found[0].blind.verdict), best(&found[0].now.as_ref().unwrap().verdict)), (first.clone(), first));
    run(&session, Command::Undo);
    let found = blind(&path);
    assert!(found[0].now.is_none() && found[0].is_revealed, "taken back, and still known");
}

#[test]
fn a_slip_that_is_mended_before_any_score_was_seen_is_no_change_of_mind() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 3);
    judge(&session);
    run(&session, Command::SetPause(Pause::Never));
    run(&session, Command::GoToNumber(2));
    let group = label(&session, &[3]).current.as_ref().map(|open| open.group.id);
    assert!(group.is_some());
    run(&session, Command::Undo);
    run(&session, Command::NoneAcceptable { group: session.snapshot().place.group.unwrap(), seconds: 1.0 });
    let found = blind(&path);
    assert_eq!((found.len(), &found[0].blind.verdict), (1, &Verdict::NoneAcceptable));
    assert!(!found[0].is_revealed);
}

#[test]
fn by_default_the_view_stays_only_where_a_scorer_differs() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 12);
    let judge = judge(&session);
    let (mut stayed, mut went) = (0, 0);
    for number in 1..=12 {
        run(&session, Command::GoToNumber(number));
        let snapshot = decide(&session, &[0]);
        let open = snapshot.current.as_ref().filter(|open| open.group.number == number);
        match open {
            Some(open) => {
                let judgement = open.judgements.iter().find(|judgement| judgement.scorer == judge).unwrap();
                assert!(!judgement.opposes(&open.label.as_ref().unwrap().verdict).is_empty());
                stayed += 1;
                let next = keep(&session);
                assert_ne!(next.place.group, Some(open.group.id), "Enter keeps the label and goes on");
            }
            None => went += 1,
        }
    }
    assert!(stayed > 0 && went > 0, "{stayed} {went}");
}

#[test]
fn scores_count_as_seen_when_they_are_shown_and_not_before() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 3);
    let judge = judge(&session);
    run(&session, Command::SetPause(Pause::Never));
    run(&session, Command::GoToNumber(1));
    label(&session, &[0]);
    session.send(Command::ListScores(judge));
    let table = wait(&session, |snapshot| snapshot.score_table.is_some()).score_table.clone().unwrap();
    assert!(!blind(&path)[0].is_revealed, "counted for figures, shown to nobody");
    let groups: Vec<GroupId> = session.snapshot().queue.iter().map(|row| row.id).collect();
    assert_eq!(table.rows[0].group, groups[0]);
    run(&session, Command::Reveal { groups });
    let found = blind(&path);
    assert!(found.len() == 1 && found[0].is_revealed, "groups without a label have nothing to show");
}

#[test]
fn replies_that_change_end_the_wait_for_a_second_verdict() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 70);
    let judge = judge(&session);
    run(&session, Command::SetPause(Pause::Never));
    for _ in 0..60 {
        label(&session, &[0]);
    }
    let open = pick(&session, judge, Some(Draw::Repeat), 1).current.clone().unwrap();
    assert!(open.label.is_none());
    // Who goes there by themselves sees and changes what they said.
    run(&session, Command::SetFilter(QueueFilter::All));
    let snapshot = run(&session, Command::Go(open.group.id));
    assert!(snapshot.current.as_ref().unwrap().label.is_some());
    run(&session, Command::SetFilter(QueueFilter::Picked));
    assert!(session.snapshot().current.as_ref().unwrap().label.is_none());
    // A text of one's own, confirmed on top, is this group's label now.
    let group = open.group.id;
    run(&session, Command::Take { group, parent: None, text: "What I would say.".to_owned(), confirm: Some(1.0) });
    let read = |path: &Path| {
        let reader = Reader::open(path).unwrap();
        reader
            .read(|read| Ok::<_, StoreError>((read.label(group, annotator().id)?, read.repeat(group, annotator().id)?)))
    };
    let (label, repeat) = read(&path).unwrap();
    assert_ne!(label.unwrap().verdict, open.label.clone().map_or(Verdict::NoneAcceptable, |label| label.verdict));
    assert!(repeat.is_none(), "it waits for nothing");
    run(&session, Command::Undo);
    assert!(read(&path).unwrap().1.is_some_and(|repeat| repeat.label.is_none()), "undo lets it wait again");
}

#[test]
fn some_labeled_groups_come_again_as_if_they_were_new() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 130);
    let judge = judge(&session);
    run(&session, Command::SetPause(Pause::Never));
    for _ in 0..90 {
        label(&session, &[0]);
    }
    let done = session.snapshot().counts.done;
    let snapshot = pick(&session, judge, Some(Draw::Repeat), 4);
    assert_eq!((snapshot.picked.groups, snapshot.picked.labeled), (4, 0));
    assert_eq!(snapshot.counts.done, done, "no label went away");
    let open = snapshot.current.clone().unwrap();
    assert!(open.label.is_none() && open.draft.checked.is_empty() && open.judgements.is_empty(), "as if it were new");
    let row = snapshot.queue.iter().find(|row| row.id == open.group.id).unwrap();
    assert_eq!(row.status, GroupStatus::Ready);
    // The table must not give away what the label view hides.
    session.send(Command::ListScores(judge));
    let table = wait(&session, |snapshot| snapshot.score_table.is_some()).score_table.clone().unwrap();
    assert!(table.rows.iter().all(|row| row.group != open.group.id));
    let snapshot = label(&session, &[1]);
    assert_eq!((snapshot.picked.labeled, snapshot.counts.done), (1, done));
    assert_ne!(snapshot.place.group, Some(open.group.id), "no pause, as at any other group of the picks");
    let repeat =
        |path: &Path| Reader::open(path).unwrap().read(|read| read.repeat(open.group.id, annotator().id)).unwrap();
    let second = repeat(&path).unwrap().label.unwrap();
    let kept = blind(&path).into_iter().find(|one| one.group.id == open.group.id).unwrap();
    assert_ne!(second.verdict, kept.now.unwrap().verdict, "the first label stays as it was");
    let snapshot = run(&session, Command::Undo);
    assert_eq!(snapshot.place.group, Some(open.group.id));
    assert!(repeat(&path).unwrap().label.is_none());
    let snapshot = run(&session, Command::Redo);
    assert_eq!(snapshot.picked.labeled, 1);
    // In a mix of fifty two or three come again.
    run(&session, Command::SetFilter(QueueFilter::All));
    let snapshot = pick(&session, judge, None, 20);
    assert!((20..=25).contains(&snapshot.picked.groups), "{:?}", snapshot.picked);
}

#[test]
fn an_archive_carries_picks_reveals_and_repeats() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 70);
    let judge = judge(&session);
    for number in 0..60 {
        // Of five no score is seen: they can come again.
        let looks = !(1..6).contains(&number);
        run(&session, Command::SetPause(if looks { Pause::Always } else { Pause::Never }));
        let group = decide(&session, &[2]).place.group.unwrap();
        if looks {
            run(&session, Command::Reveal { groups: vec![group] });
            keep(&session);
        }
    }
    pick(&session, judge, None, 8);
    pick(&session, judge, Some(Draw::Repeat), 1);
    label(&session, &[0]);
    run(&session, Command::GoToNumber(1));
    let group = check(&session, &[0]).place.group.unwrap();
    run(&session, Command::Confirm { group, seconds: 1.0 });
    let export = |session: &Session, to: &Path| {
        let (policy, source) = (PairPolicy::All, PairSource::default());
        session.send(Command::Export { path: to.to_owned(), format: Format::Archive, policy, source });
        wait(session, |snapshot| {
            let written = |notice: &Notice| matches!(notice, Notice::Exported { path, .. } if path == to);
            snapshot.notices.iter().any(|(_, notice)| written(notice))
        });
        std::fs::read_to_string(to).unwrap()
    };
    let text = export(&session, &folder.path().join("a.jsonl"));
    session.close();
    for kind in ["design", "pick", "reveal", "repeat"] {
        assert!(text.contains(&format!("{{\"kind\":\"{kind}\"")), "{kind}");
    }
    assert!(text.contains("\"blind\":{"), "what was said before the change");
    let copy = folder.path().join("t.pairloom");
    let session = Session::create(&copy, "Copy", &plan(ServerAddress::Sample, 0), options()).unwrap();
    session.send(Command::Import { path: folder.path().join("a.jsonl"), format: None });
    wait(&session, |snapshot| snapshot.counts.total == 70 && snapshot.file_work.is_none());
    let again = export(&session, &folder.path().join("b.jsonl"));
    let lines = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with("{\"kind\":\"session\"")).map(str::to_owned).collect()
    };
    assert_eq!(lines(&again), lines(&text));
}

#[test]
fn two_wishes_at_once_draw_one_sample() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 30);
    let judge = judge(&session);
    session.send(Command::Pick { scorer: judge, draw: Some(Draw::Random), count: 5 });
    pick(&session, judge, Some(Draw::Random), 5);
    run(&session, Command::GoToNumber(1));
    session.close();
    let picks = picks(&path);
    assert_eq!(picks.len(), 5);
    let design = Reader::open(&path).unwrap().read(|read| read.design(annotator().id)).unwrap().unwrap();
    for pick in picks {
        assert!(own_number(design.seed, pick.group) < design.chance(pick.stratum.unwrap()).unwrap());
    }
}
