//! Undo and redo as exact inverses, over random edits.

use std::path::Path;

use pairloom::domain::{Notice, PairPolicy};
use pairloom::formats::Format;
use pairloom::session::{Command, Session, Snapshot};
use proptest::prelude::*;
use tempfile::tempdir;

use crate::support::{generated, run, wait};

#[derive(Clone, Debug)]
enum Edit {
    Label(usize, Vec<usize>),
    NoneAcceptable(usize),
    Skip(usize),
    Flag(usize),
    Note(usize, String),
    Regenerate(usize),
    RegenerateOne(usize),
    Later(usize),
    Take(usize, bool, bool),
}

const GROUPS: usize = 4;

fn edit() -> impl Strategy<Value = Edit> {
    let group = 0..GROUPS;
    prop_oneof![
        (group.clone(), prop::collection::vec(0usize..4, 1..4)).prop_map(|(group, places)| Edit::Label(group, places)),
        group.clone().prop_map(Edit::NoneAcceptable),
        group.clone().prop_map(Edit::Skip),
        group.clone().prop_map(Edit::Flag),
        (group.clone(), "[a-z好]{1,4}").prop_map(|(group, note)| Edit::Note(group, note)),
        group.clone().prop_map(Edit::Regenerate),
        group.clone().prop_map(Edit::RegenerateOne),
        group.clone().prop_map(Edit::Later),
        (group, any::<bool>(), any::<bool>()).prop_map(|(group, edit, confirm)| Edit::Take(group, edit, confirm)),
    ]
}

/// What a person decided: labels and marks of the archive, and which round each group shows.
fn decided(session: &Session, path: &Path) -> Vec<String> {
    let told = |snapshot: &Snapshot| snapshot.notices.last().map_or(0, |(id, _)| *id);
    let before = told(&session.snapshot());
    session.send(Command::Export {
        path: path.to_owned(),
        format: Format::Archive,
        policy: PairPolicy::All,
        source: pairloom::domain::PairSource::default(),
    });
    wait(session, |snapshot| {
        told(snapshot) > before && matches!(snapshot.notices.last(), Some((_, Notice::Exported { .. })))
    });
    let archive = std::fs::read_to_string(path).unwrap();
    let kinds = ["\"kind\":\"label\"", "\"kind\":\"mark\"", "\"kind\":\"group\""];
    let untouched = "\"skips\":0,\"skip_order\":0,\"flagged\":false,\"note\":\"\",\"later\":false";
    // A mark that says nothing is as none.
    let counts = |line: &&str| kinds.iter().any(|kind| line.contains(kind)) && !line.contains(untouched);
    let mut found: Vec<String> = archive.lines().filter(counts).map(str::to_owned).collect();
    // And which replies each group shows, and what is being written.
    for row in &session.snapshot().queue {
        let open = run(session, Command::Go(row.id)).current.clone().unwrap();
        let shown: Vec<_> = open.replies().map(|reply| reply.id).collect();
        found.push(format!("{shown:?} {:?}", open.writings));
    }
    found
}

fn apply(session: &Session, edit: &Edit) {
    let snapshot = session.snapshot();
    let group = |index: usize| snapshot.queue[index].id;
    match edit {
        Edit::Label(index, places) => {
            let snapshot = run(session, Command::Go(group(*index)));
            let open = snapshot.current.clone().unwrap();
            let replies: Vec<_> = open.replies().map(|reply| reply.id).collect();
            for place in places.iter().filter(|place| **place < replies.len()) {
                run(session, Command::Check { group: open.group.id, reply: replies[*place], checked: true });
            }
            run(session, Command::Confirm { group: open.group.id, seconds: 1.0 });
        }
        Edit::NoneAcceptable(index) => {
            drop(run(session, Command::NoneAcceptable { group: group(*index), seconds: 1.0 }))
        }
        Edit::Skip(index) => drop(run(session, Command::Skip { group: group(*index) })),
        Edit::Flag(index) => {
            let flagged = !snapshot.queue[*index].flagged;
            run(session, Command::SetFlag { group: group(*index), flagged });
        }
        Edit::Note(index, note) => drop(run(session, Command::SetNote { group: group(*index), note: note.clone() })),
        Edit::RegenerateOne(index) => {
            let snapshot = run(session, Command::Go(group(*index)));
            let open = snapshot.current.clone().unwrap();
            let reply = open.replies().next().unwrap().id;
            run(session, Command::RegenerateOne { group: open.group.id, reply });
            wait(session, |snapshot| snapshot.generation.missing() == 0);
        }
        Edit::Later(index) => {
            let group = group(*index);
            let open = run(session, Command::Go(group)).current.clone().unwrap();
            run(session, Command::SetLater { group, later: !open.mark.later });
        }
        Edit::Take(index, edit, confirm) => {
            let snapshot = run(session, Command::Go(group(*index)));
            let open = snapshot.current.clone().unwrap();
            let group = open.group.id;
            let parent = edit.then(|| open.replies().next().unwrap().id);
            let text = format!("written {}", open.cards.len());
            let confirm = confirm.then_some(2.0);
            run(session, Command::Take { group, parent, text, confirm });
        }
        Edit::Regenerate(index) => {
            run(session, Command::Regenerate { group: group(*index) });
            wait(session, |snapshot| snapshot.generation.missing() == 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn undoing_everything_and_redoing_it_is_exact(edits in prop::collection::vec(edit(), 1..10)) {
        let folder = tempdir().unwrap();
        let session = generated(&folder.path().join("s.pairloom"), GROUPS);
        let out = folder.path().join("a.jsonl");
        let undo = |session: &Session| session.snapshot().undo.clone();
        let (base, before) = (undo(&session), decided(&session, &out));
        for edit in &edits {
            apply(&session, edit);
        }
        let after = decided(&session, &out);
        let mut taken = 0;
        while undo(&session) != base {
            run(&session, Command::Undo);
            taken += 1;
            prop_assert!(taken <= edits.len(), "more undo steps than edits");
        }
        wait(&session, |snapshot| snapshot.generation.missing() == 0);
        prop_assert_eq!(decided(&session, &out), before);
        for _ in 0..taken {
            run(&session, Command::Redo);
        }
        prop_assert_eq!(decided(&session, &out), after);
    }
}
