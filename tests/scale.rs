//! Large files in and out: what is bounded, what can be broken off, what never waits.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use pairloom::domain::{Annotator, AnnotatorId, BatchId, Group, GroupId, Notice, Origin, Plan, Prompt, Reply, ReplyId};
use pairloom::session::{Command, Options, Session, Snapshot};
use pairloom::store::{Store, check};
use tempfile::tempdir;

use crate::support::{options, run, wait};

/// Text of one reply, in bytes.
const REPLY: usize = 2000;

/// A file as seed 000 has them, of two replies a group; without its end where it is to be broken.
fn file(folder: &Path, groups: usize, whole: bool) -> PathBuf {
    let path = folder.join("in.json");
    let mut out = BufWriter::new(File::create(&path).unwrap());
    for index in 0..groups {
        let before = if index == 0 { '{' } else { ',' };
        let (a, b) = ("a".repeat(REPLY), "字".repeat(REPLY / 3));
        write!(out, "{before}\n\"{index}\": {{\"query\": \"question {index}\", \"history\": [], ").unwrap();
        write!(out, "\"response_0\": \"{a}\", \"response_1\": \"{b}\"}}").unwrap();
    }
    if whole {
        writeln!(out, "\n}}").unwrap();
    }
    out.into_inner().unwrap();
    path
}

fn empty(folder: &Path) -> Session {
    Session::create(&folder.join("s.pairloom"), "T", &Plan::default(), options()).unwrap()
}

fn coming(snapshot: &Snapshot) -> bool {
    snapshot.file_work.as_ref().is_some_and(|work| work.groups > 0)
}

/// Groups and replies in the file, shown or not.
fn rows(folder: &Path) -> (u64, u64) {
    let report = check(&folder.join("s.pairloom"), None).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    (report.groups, report.replies)
}

#[test]
fn a_cancelled_import_leaves_nothing() {
    let folder = tempdir().unwrap();
    let session = empty(folder.path());
    let path = file(folder.path(), 10_000, true);
    session.send(Command::Import { path: path.clone(), format: None });
    let half = wait(&session, coming);
    let share = half.file_work.as_ref().and_then(|work| work.share).unwrap();
    assert!(share > 0.0 && share < 1.0, "it says how far it is: {share}");
    // The second waits for the first, and is forgotten with it.
    session.send(Command::Import { path, format: None });
    session.send(Command::CancelImport);
    let cancelled = |snapshot: &Snapshot| {
        snapshot
            .notices
            .iter()
            .any(|(_, notice)| matches!(notice, Notice::ImportCancelled { file } if file == "in.json"))
    };
    let after = wait(&session, cancelled);
    assert_eq!((after.counts.total, &after.undo, &after.file_work), (0, &None, &None));
    assert_eq!(rows(folder.path()), (0, 0), "no hidden rows either");
    let other = file(folder.path(), 3, true);
    session.send(Command::Import { path: other, format: None });
    let after = wait(&session, |snapshot| snapshot.counts.total == 3);
    assert_eq!(after.queue[0].number, 1, "numbers that nobody saw are given again");
    session.close();
}

#[test]
fn an_import_that_fails_or_is_closed_on_leaves_nothing() {
    let folder = tempdir().unwrap();
    let session = empty(folder.path());
    session.send(Command::Import { path: file(folder.path(), 3000, false), format: None });
    wait(&session, |snapshot| snapshot.notices.iter().any(|(_, notice)| matches!(notice, Notice::Problem(_))));
    assert_eq!(rows(folder.path()), (0, 0));
    session.send(Command::Import { path: file(folder.path(), 10_000, true), format: None });
    wait(&session, coming);
    session.close();
    assert_eq!(rows(folder.path()), (0, 0));
}

#[test]
fn what_a_killed_import_left_is_taken_out_at_the_next_opening() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = empty(folder.path());
    session.send(Command::Import { path: file(folder.path(), 2, true), format: None });
    wait(&session, |snapshot| snapshot.counts.total == 2);
    session.close();
    let mut store = Store::open(&path).unwrap().store;
    let batch = BatchId::new();
    for part in 0..3 {
        store.write(|write| half_import(write, batch, part)).unwrap();
    }
    drop(store);
    assert_eq!(rows(folder.path()), (602, 1204));
    let session = Session::open(&path, options()).unwrap();
    assert_eq!(session.snapshot().counts.total, 2);
    // The file can be imported again at once.
    session.send(Command::Import { path: file(folder.path(), 4, true), format: None });
    wait(&session, |snapshot| snapshot.counts.total == 4);
    session.close();
    assert_eq!(rows(folder.path()), (4, 8));
    let left = pairloom::store::Reader::open(&path).unwrap().read(|read| read.annotators()).unwrap();
    assert_eq!(left.len(), 1, "who came with it is gone, too: {left:?}");
}

fn half_import(
    write: &pairloom::store::Write<'_>,
    batch: BatchId,
    part: u64,
) -> Result<(), pairloom::store::StoreError> {
    write.expect_batch(batch)?;
    let stranger = Annotator { id: AnnotatorId::from_bytes([9; 16]), name: "Stranger".to_owned() };
    write.know_annotator(&stranger)?;
    for index in 0..200 {
        let (id, number) = (GroupId::new(), 100 + part * 200 + index);
        let prompt = Prompt::new(None, format!("question {number}"));
        write.add_group(&Group { id, number, prompt, wanted: 2, round: 0 }, [0; 16], batch)?;
        for slot in 0..2 {
            let (origin, created_at) =
                (Origin::Imported { source: String::new(), model: None, kind: None }, jiff::Timestamp::now());
            let (text, reasoning, hidden) = ("text".to_owned(), None, false);
            let reply =
                Reply { id: ReplyId::new(), group: id, round: 0, slot, text, reasoning, origin, created_at, hidden };
            write.add_reply(&reply)?;
        }
    }
    Ok(())
}

#[test]
fn showing_and_taking_back_an_import_is_one_commit_however_long_it_is() {
    let folder = tempdir().unwrap();
    let session = empty(folder.path());
    session.send(Command::Import { path: file(folder.path(), 3000, true), format: None });
    let done = wait(&session, |snapshot| snapshot.counts.total == 3000);
    let text = 3000 * 2 * REPLY;
    let parts = (text / pairloom::session::PART_BYTES + 2) as u64;
    // The file as it was opened, the parts, the step that shows them, the group in front.
    assert!(done.commits <= parts + 5, "{} commits for {parts} parts", done.commits);
    let undone = run(&session, Command::Undo);
    assert_eq!((undone.counts.total, undone.place.group), (0, None));
    let redone = run(&session, Command::Redo);
    assert_eq!(redone.counts.total, 3000);
    assert!(redone.commits - done.commits <= 4, "each is a step and the place after it");
    session.close();
    assert_eq!(rows(folder.path()), (3000, 6000));
}

/// Which command was carried out last and how many groups had come, for each snapshot.
type Seen = Arc<Mutex<Vec<(u64, u64)>>>;

#[test]
fn a_label_waits_for_one_part_of_an_import_at_most() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let seen = Seen::default();
    let session: Arc<OnceLock<Session>> = Arc::default();
    let waker = {
        let (seen, session) = (Arc::clone(&seen), Arc::clone(&session));
        move || {
            let Some(session): Option<&Session> = session.get() else { return };
            let snapshot = session.snapshot();
            let groups = snapshot.file_work.as_ref().map_or(u64::MAX, |work| work.groups);
            seen.lock().unwrap().push((snapshot.handled, groups));
        }
    };
    let own = Options { waker: Arc::new(waker), ..options() };
    assert!(session.set(Session::create(&path, "T", &Plan::default(), own).unwrap()).is_ok());
    let session = session.get().unwrap();
    session.send(Command::Import { path: file(folder.path(), 200, true), format: None });
    wait(session, |snapshot| snapshot.counts.total == 200 && snapshot.file_work.is_none());
    session.send(Command::Import { path: file(folder.path(), 10_000, true), format: None });
    wait(session, coming);
    let mut sent = Vec::new();
    while let Some(group) = session.snapshot().place.group {
        let number = session.send(Command::NoneAcceptable { group, seconds: 1.0 });
        let Some(work) = session.snapshot().file_work.clone() else { break };
        sent.push((number, work.groups));
        wait(session, |snapshot| snapshot.handled >= number);
    }
    // One more, so that the snapshots before it have been seen.
    run(session, Command::GoToUnlabeled);
    assert!(sent.len() > 3, "labels were given meanwhile");
    let part = (pairloom::session::PART_BYTES / (2 * REPLY) + 2) as u64;
    for (number, before) in sent {
        let seen = seen.lock().unwrap();
        let after = seen.iter().find(|(handled, _)| *handled >= number).unwrap().1;
        assert!(after == u64::MAX || after <= before + part, "{before} groups had come, then {after}");
    }
}

/// `cargo test --test all a_gigabyte -- --ignored --nocapture`
#[test]
#[ignore = "writes 3 GB"]
fn a_gigabyte_is_checked_and_backed_up_while_labels_are_given() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let session = empty(folder.path());
    session.send(Command::Import { path: file(folder.path(), 250_000, true), format: None });
    session
        .wait(std::time::Duration::from_secs(600), |now| now.counts.total == 250_000)
        .unwrap_or_else(|last| panic!("{:?} {:?}", last.counts, last.notices));
    session.close();
    std::fs::remove_dir_all(folder.path().join("backups")).ok();
    let megabytes = std::fs::metadata(&path).unwrap().len() / 1_000_000;
    let backup = folder.path().join("backups/s.pairloom.1");
    let session = Session::open(&path, options()).unwrap();
    let (mut busy, mut quiet) = (Vec::new(), Vec::new());
    while !backup.exists() {
        busy.push(timed_label(&session));
    }
    wait(&session, |now| now.integrity == pairloom::session::Integrity::Sound);
    (0..200).for_each(|_| quiet.push(timed_label(&session)));
    for (words, times) in [("while it is checked and backed up", &mut busy), ("afterwards", &mut quiet)] {
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() - 1) * percent / 100];
        println!(
            "{megabytes} MB, {} labels {words}: p50 {:?}, p99 {:?}, max {:?}",
            times.len(),
            at(50),
            at(99),
            at(100)
        );
    }
    assert!(busy.len() > 20, "labels are given meanwhile");
    let labels = (busy.len() + quiet.len()) as u64;
    session.close();
    let report = check(&path, None).unwrap();
    assert_eq!((report.labels, report.problems), (labels, Vec::new()));
    assert_eq!(check(&backup, None).unwrap().groups, 250_000);
}

fn timed_label(session: &Session) -> std::time::Duration {
    let began = std::time::Instant::now();
    crate::support::label(session, &[0]);
    began.elapsed()
}
