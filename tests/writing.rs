//! Editing and writing replies, the later pile, one reply asked for again, near-identical replies, guidelines.

use std::fs;

use pairloom::domain::{GroupStatus, Notice, Origin, QueueFilter, Step, Verdict};
use pairloom::session::{Command, Session};
use tempfile::tempdir;

use crate::support::{check, generated, label, options, plan, run, url, wait};

/// A session with one imported group of these replies.
fn imported(folder: &std::path::Path, replies: &[&str]) -> Session {
    let file = folder.join("in.json");
    let mut row = serde_json::json!({"query": "Q", "history": []});
    for (index, reply) in replies.iter().enumerate() {
        row[format!("response_{index}")] = (*reply).into();
    }
    fs::write(&file, serde_json::json!({ "0": row }).to_string()).unwrap();
    let session =
        Session::create(&folder.join("s.pairloom"), "T", &plan(url(crate::support::server(&[])), 0), options())
            .unwrap();
    session.send(Command::Import { path: file, format: None });
    wait(&session, |snapshot| snapshot.counts.ready == 1);
    session
}

#[test]
fn an_edited_reply_is_confirmed_on_top_of_the_checked_ones() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 2);
    let open = check(&session, &[1]).current.clone().unwrap();
    let replies: Vec<_> = open.replies().map(|reply| reply.id).collect();
    let group = open.group.id;
    let before = session.snapshot().commits;
    let take = Command::Take { group, parent: Some(replies[1]), text: "better".to_owned(), confirm: Some(3.0) };
    let snapshot = run(&session, take);
    assert_eq!(snapshot.commits - before, 2, "the text, then the step");
    assert_eq!(snapshot.undo, Some(Step::Labeled { number: 1 }));
    let open = run(&session, Command::Go(group)).current.clone().unwrap();
    let Some(Verdict::Ranked(tiers)) = open.label.clone().map(|label| label.verdict) else { panic!("a ranking") };
    let new = open.replies().last().unwrap();
    assert!(matches!(&new.origin, Origin::Written { parent, .. } if *parent == Some(replies[1])));
    assert_eq!(tiers.as_slice().iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 3]);
    assert_eq!((tiers.best(), tiers.as_slice()[1][0]), ([new.id].as_slice(), replies[1]));
    // Undone as one step: the original is untouched, the edited one off the page.
    let open = run(&session, Command::Undo).current.clone().unwrap();
    assert_eq!((open.cards.len(), open.label.is_none(), open.draft.checked.len()), (4, true, 1));
    let open = run(&session, Command::Redo).current.clone();
    assert!(open.is_some());
    assert_eq!(run(&session, Command::Go(group)).current.clone().unwrap().cards.len(), 5);
}

#[test]
fn what_is_being_written_survives_and_comes_back_with_undo() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 1);
    let group = session.snapshot().place.group.unwrap();
    let text = "写到一半\u{1f642}".to_owned();
    run(&session, Command::SetWriting { group, parent: None, text: Some(text.clone()) });
    session.close();
    let session = Session::open(&path, options()).unwrap();
    assert_eq!(session.snapshot().current.clone().unwrap().writings[0].text, text);
    let open = run(&session, Command::Take { group, parent: None, text: text.clone(), confirm: None }).current.clone();
    let open = open.unwrap();
    assert_eq!((open.writings.len(), open.cards.len(), open.draft.checked.len()), (0, 5, 1));
    let open = run(&session, Command::Undo).current.clone().unwrap();
    assert_eq!((open.writings[0].text.as_str(), open.cards.len(), open.draft.checked.len()), (text.as_str(), 4, 0));
    // Nothing to take: said, nothing changed.
    for (parent, text) in [
        (None, " \n".to_owned()),
        (Some(open.replies().next().unwrap().id), open.replies().next().unwrap().text.clone()),
    ] {
        let snapshot = run(&session, Command::Take { group, parent, text, confirm: Some(1.0) });
        assert!(matches!(snapshot.notices.last(), Some((_, Notice::NothingWritten))));
        assert_eq!(snapshot.counts.labeled(), 0);
    }
}

#[test]
fn the_later_pile_is_left_alone_until_it_is_looked_for() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 3);
    let first = session.snapshot().place.group.unwrap();
    let snapshot = run(&session, Command::SetLater { group: first, later: true });
    assert_eq!((snapshot.counts.later, snapshot.counts.ready), (1, 2));
    label(&session, &[0]);
    let snapshot = label(&session, &[0]);
    assert_eq!(snapshot.place.group, None, "the end of the queue, the pile aside");
    assert_eq!(snapshot.queue[0].status, GroupStatus::Later);
    run(&session, Command::SetFilter(QueueFilter::Later));
    let snapshot = run(&session, Command::Next);
    assert_eq!(snapshot.place.group, Some(first));
    let snapshot = label(&session, &[2]);
    assert_eq!((snapshot.counts.later, snapshot.counts.done), (0, 3));
    let snapshot = run(&session, Command::Undo);
    assert_eq!((snapshot.counts.later, snapshot.queue[0].status), (1, GroupStatus::Later));
}

#[test]
fn one_reply_is_asked_for_again_in_its_own_place() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 1);
    let open = check(&session, &[0, 2]).current.clone().unwrap();
    let ids = |session: &Session| -> Vec<_> {
        session.snapshot().current.clone().unwrap().replies().map(|reply| reply.id).collect()
    };
    let before = ids(&session);
    run(&session, Command::RegenerateOne { group: open.group.id, reply: before[2] });
    wait(&session, |snapshot| snapshot.generation.missing() == 0 && snapshot.counts.ready == 1);
    let after = ids(&session);
    assert_eq!((before[0], before[1], before[3]), (after[0], after[1], after[3]));
    assert_ne!(before[2], after[2]);
    assert_eq!(session.snapshot().current.clone().unwrap().draft.checked, [before[0]]);
    let seeds: std::collections::HashSet<_> = {
        let generated = |origin: &Origin| match origin {
            Origin::Generated(generated) => generated.seed,
            _ => None,
        };
        let seen: Vec<_> = open.replies().map(|reply| generated(&reply.origin)).collect();
        let new = session.snapshot().current.clone().unwrap();
        seen.into_iter()
            .chain(new.replies().filter(|reply| reply.id == after[2]).map(|reply| generated(&reply.origin)))
            .collect()
    };
    assert_eq!(seeds.len(), 2, "another seed, or it would be the same reply");
    run(&session, Command::Undo);
    assert_eq!(ids(&session), before);
    run(&session, Command::Redo);
    assert_eq!(ids(&session), after);
}

#[test]
fn near_identical_replies_share_a_card_and_only_it_is_named() {
    let folder = tempdir().unwrap();
    let long =
        "Boil the water, let it cool for a minute, then pour it over the leaves and wait for three minutes in all. ";
    let same = long.repeat(3);
    let nearly = same.replacen("cool", "rest", 1);
    let session = imported(folder.path(), &[&same, "Something else entirely.", &nearly, "不一样的回答。"]);
    let open = session.snapshot().current.clone().unwrap();
    assert_eq!((open.cards.len(), open.alike.len()), (3, 1));
    assert_eq!(open.alike.values().next().unwrap().len(), 1);
    let unfolded = run(&session, Command::Unfold { group: open.group.id }).current.clone().unwrap();
    assert_eq!((unfolded.cards.len(), unfolded.alike.len()), (4, 0));
    // An edit stands for itself, however close it is.
    let parent = unfolded.replies().next().map(|reply| (reply.id, format!("{}.", reply.text)));
    let (parent, text) = parent.unwrap();
    let taken = run(&session, Command::Take { group: open.group.id, parent: Some(parent), text, confirm: None });
    assert_eq!(taken.current.clone().unwrap().cards.len(), 5);
    run(&session, Command::Undo);
    session.close();
    let session = Session::open(&folder.path().join("s.pairloom"), options()).unwrap();
    let place = session.snapshot().current.clone().unwrap().cards.len() - 1;
    label(&session, &[place]);
    let open = run(&session, Command::Go(open.group.id)).current.clone().unwrap();
    let Some(Verdict::Ranked(tiers)) = open.label.clone().map(|label| label.verdict) else { panic!("a ranking") };
    assert_eq!(tiers.as_slice().iter().map(Vec::len).sum::<usize>(), 3);
}

#[test]
fn each_label_carries_the_version_of_the_guidelines() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 3);
    let group = session.snapshot().place.group.unwrap();
    label(&session, &[0]);
    let second = session.snapshot().place.group.unwrap();
    run(&session, Command::SetGuidelines("1. **Safe**".to_owned()));
    run(&session, Command::SetGuidelines("1. **Safe**".to_owned()));
    let snapshot = run(&session, Command::SetGuidelines("1. **Safe**\n2. Short".to_owned()));
    assert_eq!(snapshot.guidelines.as_ref().unwrap().version, 2);
    label(&session, &[1]);
    session.close();
    let session = Session::open(&path, options()).unwrap();
    let version = |group| run(&session, Command::Go(group)).current.clone().unwrap().label.clone().unwrap().guidelines;
    assert_eq!((version(group), version(second)), (None, Some(2)));
    assert_eq!(session.snapshot().guidelines.as_ref().unwrap().text, "1. **Safe**\n2. Short");
}

#[test]
fn another_reply_is_asked_for_even_where_one_was_taken_back() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 1);
    let group = session.snapshot().place.group.unwrap();
    let shown = |session: &Session| session.snapshot().current.clone().unwrap().replies().next().unwrap().id;
    let regenerate = |session: &Session| {
        run(session, Command::RegenerateOne { group, reply: shown(session) });
        wait(session, |snapshot| snapshot.generation.missing() == 0 && snapshot.counts.ready == 1);
        shown(session)
    };
    let first = shown(&session);
    let second = regenerate(&session);
    run(&session, Command::Undo);
    assert_eq!(shown(&session), first);
    let third = regenerate(&session);
    assert!(third != first && third != second, "a new one, not the one that was taken back");
    // A label in between: redo shows the reply that the label names.
    let fourth = regenerate(&session);
    label(&session, &[0]);
    run(&session, Command::Go(group));
    let fifth = regenerate(&session);
    for _ in 0..3 {
        run(&session, Command::Undo);
    }
    assert_eq!(shown(&session), third);
    for expected in [fourth, fourth, fifth] {
        run(&session, Command::Redo);
        run(&session, Command::Go(group));
        wait(&session, |snapshot| snapshot.generation.missing() == 0);
        assert_eq!(shown(&session), expected);
    }
}

#[test]
fn undo_never_writes_over_a_text_that_was_begun_since() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 1);
    let group = session.snapshot().place.group.unwrap();
    let write = |text: &str| Command::SetWriting { group, parent: None, text: Some(text.to_owned()) };
    let writing =
        |session: &Session| session.snapshot().current.clone().unwrap().writings.first().map(|w| w.text.clone());
    run(&session, write("first"));
    run(&session, Command::Take { group, parent: None, text: "first".to_owned(), confirm: None });
    run(&session, write("second"));
    run(&session, Command::Undo);
    assert_eq!(writing(&session).as_deref(), Some("second"));
    run(&session, Command::Redo);
    assert_eq!(writing(&session).as_deref(), Some("second"));
}

#[test]
fn enter_on_a_label_that_nobody_changed_keeps_its_order() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 2);
    let open = check(&session, &[1]).current.clone().unwrap();
    let group = open.group.id;
    run(&session, Command::Take { group, parent: None, text: "mine".to_owned(), confirm: Some(1.0) });
    run(&session, Command::Go(group));
    let tiers = |session: &Session| {
        let open = run(session, Command::Go(group)).current.clone().unwrap();
        match open.label.clone().map(|label| label.verdict) {
            Some(Verdict::Ranked(tiers)) => tiers.as_slice().len(),
            _ => 0,
        }
    };
    assert_eq!(tiers(&session), 3);
    let snapshot = run(&session, Command::Confirm { group, seconds: 1.0 });
    assert_ne!(snapshot.place.group, Some(group), "it goes on");
    assert_eq!(tiers(&session), 3);
}
