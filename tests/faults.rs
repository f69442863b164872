//! A disk that is full, or that fails, at every single write: what was shown as saved is there, what was not saved was
//! told and changed nothing, and work goes on when the disk does.

use std::fs;
use std::path::Path;

use pairloom::domain::{JobPhase, Notice, PairPolicy, Plan, Problem, ServerAddress};
use pairloom::formats::Format;
use pairloom::session::{Command, Integrity, Session, Snapshot};
use pairloom::store;

use crate::support::disk::{Disk, FULL, Number, ONE, acknowledge};
use crate::support::{LONG, options, wait};

pub(crate) const FILE: &str = "s.pairloom";
pub(crate) const IMPORT: &str = r#"{"0": {"query": "新的", "history": [], "response_0": "a", "response_1": "b"}}"#;

/// Everything that a person sees as saved, in words.
pub(crate) fn state(snapshot: &Snapshot) -> String {
    let rows: Vec<String> = snapshot
        .queue
        .iter()
        .map(|row| format!("{}{:?}{}{}", row.number, row.status, u8::from(row.flagged), u8::from(row.noted)))
        .collect();
    let guidelines = snapshot.guidelines.as_ref().map_or("", |guidelines| guidelines.text.as_str());
    let (title, undo, redo) = (&snapshot.title, &snapshot.undo, &snapshot.redo);
    format!("{title} {guidelines} {rows:?} {undo:?} {redo:?}").replace('\n', " ")
}

fn newest(snapshot: &Snapshot) -> u64 {
    snapshot.notices.last().map_or(0, |(id, _)| *id)
}

/// What the person was told of a step that failed. A followed file or a backup that failed is no step.
fn told(snapshot: &Snapshot, after: u64) -> Option<Problem> {
    let mut new = snapshot.notices.iter().filter(|(id, _)| *id > after);
    new.find_map(|(_, notice)| match notice {
        Notice::Problem(problem) => Some(problem.clone()),
        _ => None,
    })
}

/// The work of the child: what is saved is said, what fails must have changed nothing and must work the second time.
pub(crate) struct Work<'a> {
    pub(crate) session: &'a Session,
    pub(crate) disk: &'a Disk,
}

impl Work<'_> {
    pub(crate) fn say(&self, snapshot: &Snapshot) {
        acknowledge(&format!("{}\n", state(snapshot)));
        println!("\nsaved {}", state(snapshot));
    }

    fn step(&self, command: &Command) {
        self.until(command, |_, _| true);
    }

    /// Send a command and wait for its answer, given the newest message before it.
    fn until(&self, command: &Command, answered: impl Fn(&Snapshot, u64) -> bool) {
        for attempt in 0..2 {
            let before = self.session.snapshot();
            let known = newest(&before);
            let number = self.session.send(command.clone());
            let after =
                wait(self.session, |now| now.handled >= number && (told(now, known).is_some() || answered(now, known)));
            let Some(problem) = told(&after, known) else { return self.say(&after) };
            assert!(self.disk.fired(), "{command:?} failed on a sound disk: {problem:?}");
            assert_eq!(attempt, 0, "{command:?} fails on a mended disk: {problem:?}");
            assert_eq!(
                state(&before),
                state(&after),
                "{command:?} was told as failed ({problem:?}) and changed something"
            );
            self.disk.mend();
        }
    }

    fn label(&self, place: usize) {
        let open = self.session.snapshot().current.clone().unwrap();
        let (group, reply) = (open.group.id, open.replies().nth(place).unwrap().id);
        self.step(&Command::Check { group, reply, checked: true });
        self.step(&Command::Confirm { group, seconds: 1.0 });
    }

    pub(crate) fn all(&self) {
        let folder = &self.disk.folder;
        let front = || self.session.snapshot().place.group.unwrap();
        let exported = |now: &Snapshot, known| {
            now.notices.iter().any(|(id, notice)| *id > known && matches!(notice, Notice::Exported { .. }))
        };
        let imported = |now: &Snapshot, known| {
            now.notices.iter().any(|(id, notice)| *id > known && matches!(notice, Notice::Imported { .. }))
        };
        let copied = |now: &Snapshot, known| {
            now.notices.iter().any(|(id, notice)| *id > known && matches!(notice, Notice::CopySaved { .. }))
        };
        self.step(&Command::Follow { path: folder.join("followed.jsonl") });
        self.label(0);
        self.label(1);
        self.step(&Command::Undo);
        self.step(&Command::Redo);
        self.step(&Command::Skip { group: front() });
        self.step(&Command::SetFlag { group: front(), flagged: true });
        self.step(&Command::SetNote { group: front(), note: "近".to_owned() });
        self.until(&Command::Import { path: self.disk.folder.join("in.json"), format: None }, imported);
        self.step(&Command::Undo);
        self.step(&Command::Redo);
        let group = front();
        self.step(&Command::Take { group, parent: None, text: "自己写的".to_owned(), confirm: Some(2.0) });
        let (path, format) = (folder.join("out.jsonl"), Format::MsSwift);
        self.until(
            &Command::Export { path, format, policy: PairPolicy::All, source: pairloom::domain::PairSource::default() },
            exported,
        );
        self.step(&Command::SetGuidelines("准则".to_owned()));
        self.step(&Command::SetTitle("新标题".to_owned()));
        self.until(&Command::SaveCopy { path: folder.join("copy.pairloom") }, copied);
        self.label(0);
    }
}

/// The process that works on the failing disk; does nothing when it is not asked for.
#[test]
fn child() {
    let Some(disk) = Disk::of_child() else { return };
    let path = disk.folder.join(FILE);
    let session = match Session::open(&path, options()) {
        Ok(session) => session,
        Err(problem) => {
            assert!(disk.fired(), "not opened on a sound disk: {problem:?}");
            disk.mend();
            Session::open(&path, options()).unwrap_or_else(|problem| panic!("not opened on a mended disk: {problem:?}"))
        }
    };
    let work = Work { session: &session, disk: &disk };
    work.all();
    wait(&session, |now| now.integrity != Integrity::Checking || disk.fired());
    work.say(&session.snapshot());
    session.close();
    println!("\nended {}", disk.get(Number::Count));
}

/// A session with six groups, made once.
pub(crate) fn template() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let session = Session::create(&folder.path().join(FILE), "Faults", &Plan::default(), options()).unwrap();
    let file = folder.path().join("rows.json");
    fs::write(&file, rows()).unwrap();
    session.send(Command::Import { path: file, format: None });
    wait(&session, |now| now.counts.total == 6);
    session.close();
    folder
}

/// Six groups of two replies, as a file.
pub(crate) fn rows() -> String {
    let rows: Vec<String> = (0..6)
        .map(|number| format!("\"{number}\": {{\"query\": \"问 {number}\", \"history\": [], \"response_0\": \"a{number}\", \"response_1\": \"b{number}\"}}"))
        .collect();
    format!("{{{}}}", rows.join(","))
}

/// Make a file one of the first version, as that version would have written it.
pub(crate) fn first_version(path: &Path) {
    let file = rusqlite::Connection::open(path).unwrap();
    file.execute_batch(
        "DROP TABLE reveals; DROP TABLE picks; DROP TABLE designs; DROP TABLE repeats;
         DROP TABLE judgements; DROP TABLE calls; DROP TABLE scorers;
         DROP INDEX groups_batch; DROP TABLE withdrawn;
         ALTER TABLE groups ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;
         CREATE INDEX groups_fingerprint ON groups (fingerprint); CREATE INDEX groups_batch ON groups (batch);
         DROP INDEX replies_place; ALTER TABLE replies DROP COLUMN hidden;
         CREATE UNIQUE INDEX replies_place ON replies (group_id, round, slot);
         ALTER TABLE marks DROP COLUMN later; DROP INDEX labels_recent; DROP TABLE writings; PRAGMA user_version = 1;",
    )
    .unwrap();
    file.close().unwrap();
}

/// Let the child work on a disk whose operation `at` fails, and look at what is there afterwards. Whether it came so
/// far, and how many operations it made.
fn fail_and_look(template: &Path, mode: i64, at: i64) -> (bool, i64) {
    let disk = Disk::new().unwrap();
    let path = disk.folder.join(FILE);
    fs::copy(template.join(FILE), &path).unwrap();
    fs::write(disk.folder.join("in.json"), IMPORT).unwrap();
    disk.arm(mode, at);
    let said = disk.run(&mut disk.child("faults::child"), "saved ");
    let count = disk.get(Number::Count);
    look(&disk, said.last().unwrap(), &format!("mode {mode}, operation {at}"));
    (disk.fired(), count)
}

fn look(disk: &Disk, saved: &str, case: &str) {
    let path = disk.folder.join(FILE);
    let report = store::check(&path, None).unwrap();
    assert_eq!(report.problems, Vec::<String>::new(), "{case}");
    let session = Session::open(&path, options()).unwrap_or_else(|problem| panic!("{case}: {problem:?}"));
    assert_eq!(state(&session.snapshot()), saved, "{case}");
    // An export is whole or absent: written anew, it has the same rows (less what was labeled after it).
    let rows = |name: &str| fs::read_to_string(disk.folder.join(name)).unwrap();
    let exported = rows("out.jsonl");
    assert!(exported.ends_with('\n') && exported.lines().all(|line| line.starts_with('{') && line.ends_with('}')));
    assert_eq!(exported.lines().count(), 4, "{case}: {exported}");
    assert_eq!(
        store::check(&disk.folder.join("copy.pairloom"), None).unwrap().problems,
        Vec::<String>::new(),
        "{case}"
    );
    // The followed file has every row that is due, whatever failed.
    session.send(Command::Export {
        path: disk.beside("all.jsonl"),
        format: Format::MsSwift,
        policy: PairPolicy::All,
        source: pairloom::domain::PairSource::default(),
    });
    let counted = session.wait(LONG, |now| {
        now.notices.iter().any(|(_, notice)| matches!(notice, Notice::Exported { .. }))
            && now.followed.iter().all(|file| file.fault.is_none())
    });
    assert!(counted.is_ok(), "{case}");
    session.close();
    let sorted = |text: String| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    let due = sorted(fs::read_to_string(disk.beside("all.jsonl")).unwrap());
    assert_eq!(sorted(rows("followed.jsonl")), due, "{case}: the followed file");
    for folder in [disk.folder.clone(), disk.folder.join("backups")] {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            assert!(!name.starts_with('.'), "{case}: {name} stays behind");
        }
    }
}

fn every(step: usize, offset: i64) {
    if Disk::new().is_none() {
        return;
    }
    let template = template();
    let (_, count) = fail_and_look(template.path(), 0, 0);
    let mut fired = 0;
    for mode in [ONE, FULL] {
        for at in (1 + offset..=count).step_by(step) {
            fired += u32::from(fail_and_look(template.path(), mode, at).0);
        }
    }
    println!("{fired} of {count} operations failed in two ways");
    assert!(fired > 10, "only {fired} faults happened");
}

#[test]
fn a_failing_disk_costs_nothing_that_was_saved() {
    every(17, 3);
}

#[test]
fn a_failing_disk_in_a_migration_costs_nothing() {
    if Disk::new().is_none() {
        return;
    }
    let template = template();
    first_version(&template.path().join(FILE));
    for mode in [ONE, FULL] {
        for at in (1..60).step_by(7) {
            assert!(fail_and_look(template.path(), mode, at).0, "nothing failed");
        }
    }
}

#[test]
#[ignore = "takes minutes"]
fn a_disk_that_fails_at_every_single_operation_costs_nothing() {
    every(1, 0);
}

/// The process whose disk is full when the first replies come; does nothing when it is not asked for.
#[test]
fn generating() {
    let (Some(disk), Ok(address)) = (Disk::of_child(), std::env::var("FAULTS_SERVER")) else { return };
    let mut plan = crate::support::plan(ServerAddress::Url(address), 6);
    plan.endpoints[0].concurrency = 1;
    let session = Session::create(&disk.folder.join(FILE), "Full", &plan, options()).unwrap();
    session.send(Command::Start);
    let before = newest(&wait(&session, |now| now.counts.total == 6 && now.generation.in_flight == 1));
    disk.arm(FULL, 1);
    let told_so = wait(&session, |now| told(now, before).is_some());
    assert_eq!(told_so.generation.phase, JobPhase::Paused);
    assert!(told_so.generation.have < 24, "replies are missing");
    disk.mend();
    session.send(Command::Resume);
    wait(&session, |now| now.generation.have == 24 && now.generation.phase == JobPhase::Idle);
    session.close();
    println!("\nsaved all");
}

#[test]
fn replies_that_came_while_the_disk_was_full_are_kept_and_not_asked_for_again() {
    let Some(disk) = Disk::new() else { return };
    let (address, asked) = crate::support::counting_server(&["delay:250"]);
    let mut process = disk.child("faults::generating");
    let said = disk.run(process.env("FAULTS_SERVER", format!("http://{address}/v1")), "saved ");
    assert_eq!(said, ["all"]);
    // One request was under way when the work was stopped.
    let asked = asked.load(std::sync::atomic::Ordering::Relaxed);
    assert!(asked <= 7, "{asked} requests for 6 groups");
    assert_eq!(store::check(&disk.folder.join(FILE), None).unwrap().replies, 24);
}
