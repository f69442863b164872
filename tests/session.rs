//! The session: labeling, undo, generation, files.

use std::fs;

use pairloom::domain::{
    GroupStatus, JobPhase, Notice, PairPolicy, Problem, QueueFilter, RequestFault, ServerAddress, Step, StoreFault,
    View,
};
use pairloom::formats::Format;
use pairloom::session::{Card, Command, Session, Snapshot};
use tempfile::tempdir;

use crate::support::{check, counting_server, generated, label, options, plan, run, server, url, wait};

fn export(session: &Session, path: &std::path::Path, format: Format) -> String {
    let told = newest(&session.snapshot());
    session.send(Command::Export {
        path: path.to_owned(),
        format,
        policy: PairPolicy::All,
        source: pairloom::domain::PairSource::default(),
    });
    wait(session, |snapshot| {
        snapshot.notices.iter().any(|(id, notice)| *id > told && matches!(notice, Notice::Exported { .. }))
    });
    fs::read_to_string(path).unwrap()
}

fn newest(snapshot: &Snapshot) -> u64 {
    snapshot.notices.last().map_or(0, |(id, _)| *id)
}

#[test]
fn a_confirm_is_one_commit_and_moves_on() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 3);
    let before = check(&session, &[0, 1]);
    let after = run(&session, Command::Confirm { group: before.place.group.unwrap(), seconds: 2.0 });
    assert_eq!(after.commits - before.commits, 1, "one transaction, one fsync for a confirm");
    assert_eq!(after.counts.done, 1);
    assert_ne!(after.place.group, before.place.group);
}

#[test]
fn undo_and_redo_are_exact_and_survive_a_restart() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 4);
    let first = session.snapshot().place.group.unwrap();
    label(&session, &[0]);
    let second = session.snapshot().place.group.unwrap();
    run(&session, Command::Skip { group: second });
    let third = session.snapshot().place.group.unwrap();
    run(&session, Command::SetFlag { group: third, flagged: true });
    run(&session, Command::SetNote { group: third, note: "近".to_owned() });
    run(&session, Command::SetNote { group: third, note: "近似".to_owned() });
    session.close();

    let session = Session::open(&path, options()).unwrap();
    let snapshot = run(&session, Command::Undo);
    assert_eq!(snapshot.notices.last().unwrap().1, Notice::Undone(Step::Noted { number: 3 }));
    assert_eq!(snapshot.current.as_ref().unwrap().mark.note, "", "typing one note is one step");
    run(&session, Command::Undo);
    let snapshot = run(&session, Command::Undo);
    assert_eq!(snapshot.counts.skipped, 0);
    assert_eq!(snapshot.place.group, Some(second), "undo goes to where the step was made");
    let snapshot = run(&session, Command::Undo);
    assert_eq!((snapshot.counts.done, snapshot.place.group), (0, Some(first)));
    assert_eq!(snapshot.current.as_ref().unwrap().draft.checked.len(), 1, "the checks are back");
    for _ in 0..4 {
        run(&session, Command::Redo);
    }
    let snapshot = session.snapshot();
    assert_eq!((snapshot.counts.done, snapshot.counts.flagged), (1, 1));
    assert_eq!(snapshot.redo, None);
}

#[test]
fn regenerating_keeps_the_old_replies_for_undo() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 2);
    let before = session.snapshot().current.clone().unwrap();
    let texts = |snapshot: &Snapshot| -> Vec<String> {
        snapshot.current.as_ref().unwrap().replies().map(|reply| reply.text.clone()).collect()
    };
    let old = texts(&session.snapshot());
    run(&session, Command::Regenerate { group: before.group.id });
    let snapshot = wait(&session, |snapshot| {
        snapshot.current.as_ref().is_some_and(|open| open.group.round == 1 && !open.cards.contains(&Card::Waiting))
    });
    assert_ne!(texts(&snapshot), old);
    let snapshot = run(&session, Command::Undo);
    assert_eq!(texts(&snapshot), old);
    let snapshot = run(&session, Command::Redo);
    assert_eq!(snapshot.current.as_ref().unwrap().group.round, 1);
}

#[test]
fn a_key_that_comes_late_hits_no_other_group() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 3);
    let group = session.snapshot().place.group.unwrap();
    label(&session, &[0]);
    // A second Enter for the group that was in front before.
    let snapshot = run(&session, Command::Confirm { group, seconds: 1.0 });
    assert_eq!(snapshot.counts.done, 1);
}

#[test]
fn nothing_checked_and_all_checked_are_told() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 2);
    let group = session.snapshot().place.group.unwrap();
    let snapshot = run(&session, Command::Confirm { group, seconds: 1.0 });
    assert_eq!((snapshot.counts.done, &snapshot.notices.last().unwrap().1), (0, &Notice::NothingChecked));
    let snapshot = label(&session, &[0, 1, 2, 3]);
    assert!(snapshot.notices.iter().any(|(_, notice)| *notice == Notice::AllChecked));
    let file = folder.path().join("out.jsonl");
    assert_eq!(export(&session, &file, Format::MsSwift), "", "one tier gives no pairs");
}

#[test]
fn skipped_groups_come_again_at_the_end() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 3);
    let first = session.snapshot().place.group.unwrap();
    run(&session, Command::Skip { group: first });
    label(&session, &[0]);
    let snapshot = label(&session, &[0]);
    assert_eq!(snapshot.place.group, Some(first));
    let snapshot = run(&session, Command::NoneAcceptable { group: first, seconds: 1.0 });
    assert_eq!((snapshot.place.group, snapshot.counts.none_acceptable), (None, 1), "all done");
}

#[test]
fn it_reopens_where_the_annotator_stopped() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 3);
    label(&session, &[0]);
    check(&session, &[2]);
    let group = session.snapshot().place.group.unwrap();
    run(&session, Command::SetPlace { group, focus: 2, scroll: 120.0 });
    run(&session, Command::SetFilter(QueueFilter::Ready));
    run(&session, Command::SetView(View::Data));
    let place = session.snapshot().place.clone();
    session.close();
    let session = Session::open(&path, options()).unwrap();
    let snapshot = session.snapshot();
    assert_eq!(snapshot.place, place);
    assert_eq!(snapshot.current.as_ref().unwrap().draft.checked.len(), 1, "unconfirmed checks are kept");
    assert!(!snapshot.notices.iter().any(|(_, notice)| matches!(notice, Notice::Recovered { .. })));
}

#[test]
fn a_second_instance_is_refused_and_told_who_has_it() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = generated(&path, 1);
    match Session::open(&path, options()) {
        Err(Problem::Store { fault: StoreFault::Locked { holder }, .. }) => {
            assert!(holder.contains("process"), "{holder}")
        }
        other => panic!("{:?}", other.err()),
    }
    session.close();
    Session::open(&path, options()).unwrap().close();
}

#[test]
fn every_fault_of_a_server_loses_nothing_and_is_never_a_reply() {
    // Those that pass by retrying.
    for fault in ["429:1", "500:1", "cut:1", "garbage:1", "empty:1", "ignore-n", "delay:20"] {
        let folder = tempdir().unwrap();
        let path = folder.path().join("s.pairloom");
        let plan = plan(url(server(&[fault])), 2);
        let session = Session::create(&path, "Test", &plan, options()).unwrap();
        session.send(Command::Start);
        let snapshot =
            wait(&session, |snapshot| snapshot.generation.have == 8 && snapshot.generation.phase == JobPhase::Idle);
        assert_eq!((snapshot.generation.failed, snapshot.counts.ready), (0, 2), "{fault}");
    }
    // Those that nothing can help: the job stops, no reply counts as failed.
    for (fault, fits) in [
        ("401", (|fault| matches!(fault, RequestFault::Unauthorized { .. })) as fn(&RequestFault) -> bool),
        ("html", |fault| matches!(fault, RequestFault::NotAnApi { .. })),
    ] {
        let folder = tempdir().unwrap();
        let plan = plan(url(server(&[fault])), 2);
        let session = Session::create(&folder.path().join("s.pairloom"), "Test", &plan, options()).unwrap();
        session.send(Command::Start);
        let snapshot = wait(&session, |snapshot| snapshot.generation.stopped().is_some());
        assert!(fits(snapshot.generation.stopped().unwrap()), "{fault}: {:?}", snapshot.generation);
        assert_eq!((snapshot.generation.have, snapshot.generation.failed, snapshot.counts.total), (0, 0, 2));
    }
}

#[test]
fn failures_are_listed_with_the_servers_words_and_retried() {
    let folder = tempdir().unwrap();
    // Two tries of the request for all four, then two of each single one.
    let plan = plan(url(server(&["empty:2"])), 1);
    let session = Session::create(&folder.path().join("s.pairloom"), "Test", &plan, options()).unwrap();
    session.send(Command::Start);
    let snapshot = wait(&session, |snapshot| snapshot.generation.failed == 4);
    assert!(matches!(snapshot.generation.failures[0].fault, RequestFault::EmptyReply { .. }));
    assert_eq!(snapshot.queue[0].status, GroupStatus::Failed);
    session.send(Command::RetryFailed);
    let snapshot = wait(&session, |snapshot| snapshot.generation.have == 4);
    assert_eq!((snapshot.generation.failed, snapshot.queue[0].status), (0, GroupStatus::Ready));
}

#[test]
fn a_model_that_is_not_there_stops_the_job_and_names_those_that_are() {
    let folder = tempdir().unwrap();
    let mut plan = plan(url(server(&[])), 1);
    plan.endpoints[0].model = "gpt-99".to_owned();
    let session = Session::create(&folder.path().join("s.pairloom"), "Test", &plan, options()).unwrap();
    session.send(Command::Start);
    let snapshot = wait(&session, |snapshot| snapshot.generation.stopped().is_some());
    let Some(RequestFault::NoSuchModel { models, .. }) = snapshot.generation.stopped() else {
        panic!("{:?}", snapshot.generation)
    };
    assert_eq!(models, &["sample", "sample-reward"]);
}

#[test]
fn a_server_that_is_away_is_waited_for() {
    let folder = tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let session =
        Session::create(&folder.path().join("s.pairloom"), "Test", &plan(url(address), 1), options()).unwrap();
    session.send(Command::Start);
    let snapshot = wait(&session, |snapshot| snapshot.generation.waiting().is_some());
    assert!(matches!(snapshot.generation.waiting().unwrap().fault, RequestFault::Unreachable { .. }));
    // It comes up.
    crate::support::RUNTIME.spawn(async move {
        let listener = pairloom::sample::listen(address.port()).await.unwrap();
        pairloom::sample::serve(listener, pairloom::sample::Behaviour::default()).await.unwrap();
    });
    session.send(Command::TryNow);
    let snapshot = wait(&session, |snapshot| snapshot.generation.have == 4);
    assert_eq!((snapshot.generation.failed, snapshot.generation.waiting().cloned()), (0, None));
}

#[test]
fn pause_resume_and_a_restart_ask_only_for_what_is_missing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let (address, asked) = counting_server(&["delay:30"]);
    let mut plan = plan(url(address), 12);
    plan.endpoints[0].concurrency = 2;
    let session = Session::create(&path, "Test", &plan, options()).unwrap();
    session.send(Command::Start);
    wait(&session, |snapshot| snapshot.generation.have >= 8);
    session.send(Command::Pause);
    wait(&session, |snapshot| snapshot.generation.phase == JobPhase::Paused && snapshot.generation.in_flight == 0);
    session.close();
    let session = Session::open(&path, options()).unwrap();
    assert_eq!(session.snapshot().generation.phase, JobPhase::Paused, "a pause survives a restart");
    session.send(Command::Resume);
    let snapshot = wait(&session, |snapshot| snapshot.generation.phase == JobPhase::Idle);
    assert_eq!(snapshot.generation.have, 48);
    assert_eq!(asked.load(std::sync::atomic::Ordering::Relaxed), 12, "one request for four replies, none repeated");
}

#[test]
fn a_followed_file_is_kept_current_and_leaves_other_rows_alone() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 3);
    let out = folder.path().join("out.jsonl");
    fs::write(&out, "{\"foreign\": 1}").unwrap();
    let lines = || fs::read_to_string(&out).unwrap().lines().count();
    let rows = |rows: u64| move |snapshot: &Snapshot| snapshot.followed.first().is_some_and(|file| file.rows == rows);
    label(&session, &[0]);
    session.send(Command::Follow { path: out.clone() });
    wait(&session, rows(3));
    label(&session, &[0, 1]);
    wait(&session, rows(7));
    assert_eq!(lines(), 8);
    run(&session, Command::Undo);
    wait(&session, rows(3));
    assert_eq!(lines(), 4, "undo takes the pairs back");
    assert!(fs::read_to_string(&out).unwrap().starts_with("{\"foreign\": 1}\n"));
    run(&session, Command::Redo);
    wait(&session, rows(7));
    session.close();
    assert_eq!(lines(), 8);
}

#[test]
fn an_import_is_undone_as_one_step_and_adds_nothing_twice() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("in.json");
    fs::write(&file, r#"{"0": {"query": "q", "history": [], "response_0": "a", "response_2": "b"}, "1": {"query": "r", "history": [["u", "v"]], "response_0": "c"}}"#).unwrap();
    let session =
        Session::create(&folder.path().join("s.pairloom"), "T", &pairloom::domain::Plan::default(), options()).unwrap();
    let import = || {
        let told = newest(&session.snapshot());
        session.send(Command::Import { path: file.clone(), format: None });
        let snapshot = wait(&session, |snapshot| newest(snapshot) > told);
        snapshot.notices.last().unwrap().1.clone()
    };
    let Notice::Imported { groups, replies, .. } = import() else { panic!("not imported") };
    assert_eq!((groups, replies), (2, 3));
    let Notice::Imported { groups, duplicates, .. } = import() else { panic!("not imported") };
    assert_eq!((groups, duplicates), (0, 2));
    assert_eq!(run(&session, Command::Undo).counts.total, 0);
    assert_eq!(run(&session, Command::Redo).counts.total, 2);
}

#[test]
fn the_archive_holds_everything_both_ways() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("a.pairloom"), 3);
    label(&session, &[0]);
    let group = session.snapshot().place.group.unwrap();
    run(&session, Command::SetNote { group, note: "很近\n\"quote\"".to_owned() });
    run(&session, Command::SetFlag { group, flagged: true });
    check(&session, &[1]);
    let first = export(&session, &folder.path().join("a.jsonl"), Format::Archive);
    session.close();
    let other =
        Session::create(&folder.path().join("b.pairloom"), "Other", &pairloom::domain::Plan::default(), options())
            .unwrap();
    other.send(Command::Import { path: folder.path().join("a.jsonl"), format: None });
    wait(&other, |snapshot| snapshot.counts.total == 3);
    let second = export(&other, &folder.path().join("b.jsonl"), Format::Archive);
    // The session's own id and time of making are its own; everything else is the same.
    let rest = |archive: &str| archive.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rest(&first), rest(&second));
}

#[test]
fn the_built_in_samples_are_archives_of_twelve_groups() {
    for name in ["sample-en", "sample-zh"] {
        let folder = tempdir().unwrap();
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions").join(format!("{name}.jsonl"));
        let session =
            Session::create(&folder.path().join("s.pairloom"), "T", &pairloom::domain::Plan::default(), options())
                .unwrap();
        session.send(Command::Import { path: file, format: None });
        let snapshot = wait(&session, |snapshot| snapshot.counts.total == 12);
        assert_eq!(snapshot.counts.ready, 12, "{name}: every group has all its replies");
    }
}

#[test]
fn without_a_server_regenerate_says_so() {
    let folder = tempdir().unwrap();
    let session = generated(&folder.path().join("s.pairloom"), 1);
    let mut plan = plan(ServerAddress::Sample, 1);
    plan.endpoints.clear();
    run(&session, Command::SetPlan(Box::new(plan)));
    let group = session.snapshot().place.group.unwrap();
    let snapshot = run(&session, Command::Regenerate { group });
    assert_eq!(snapshot.notices.last().unwrap().1, Notice::NoEndpoint);
    assert_eq!(snapshot.counts.ready, 1);
}
