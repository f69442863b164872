//! A process that labels and generates is killed at random moments: every acknowledged action is there, none twice,
//! undo still works, no reply is stored in halves.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::atomic::Ordering;

use pairloom::domain::GroupId;
use pairloom::session::{Command, Session};
use pairloom::store::check;
use tempfile::tempdir;

use crate::support::{counting_server, label, options, plan, run, url, wait};

const FILE: &str = "PAIRLOOM_CRASH_FILE";
const CONCURRENCY: u32 = 4;
/// Groups whose replies may be on their way to the disk when a process dies, beside those being asked for.
const UNDER_WAY: u64 = 64;

/// The process that is killed; does nothing when it is not asked for.
#[test]
fn child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let session = Session::open(Path::new(&file), options()).unwrap();
    let say = |words: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{words}").unwrap();
        out.flush().unwrap();
    };
    for round in 0.. {
        let snapshot = wait(&session, |snapshot| {
            snapshot.current.as_ref().is_some_and(|open| open.replies().count() == 4) || snapshot.place.group.is_none()
        });
        let Some(group) = snapshot.place.group else { return };
        label(&session, &[round % 4]);
        say(format!("labeled {group}"));
        if round % 3 == 2 {
            run(&session, Command::Undo);
            say(format!("undone {group}"));
        }
    }
}

fn kill_and_look(kills: u32) {
    // So many that there is something to label after each kill.
    let groups = (kills as usize * 3).max(120);
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    let (address, asked) = counting_server(&["delay:3"]);
    let mut plan = plan(url(address), groups);
    plan.endpoints[0].concurrency = CONCURRENCY;
    let session = Session::create(&path, "Crash", &plan, options()).unwrap();
    session.send(Command::Start);
    wait(&session, |snapshot| snapshot.counts.total == groups as u64);
    session.close();
    let mut expected: HashSet<String> = HashSet::new();
    let (mut replies, mut acknowledged, mut killed) = (0, 0, 0);
    for kill in 0..kills {
        let mut child = Process::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::child", "--nocapture"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // A few actions, a different number each time, then in the middle of the next one.
        let mut left = 1 + i64::from((kill * 7) % 5);
        for line in lines {
            let line = line.unwrap();
            // The test runner's own words may stand before the first one on its line.
            if let Some((_, group)) = line.split_once("labeled ") {
                expected.insert(group.to_owned());
            } else if let Some((_, group)) = line.split_once("undone ") {
                expected.remove(group);
            } else {
                continue;
            }
            acknowledged += 1;
            // What the child said before the kill reached it is read all the same.
            left -= 1;
            if left == 0 {
                child.kill().unwrap();
                killed += 1;
            }
        }
        child.wait().unwrap();
        let found = labeled(&path);
        // One action may have become durable without being acknowledged.
        let differences = found.symmetric_difference(&expected).count();
        assert!(differences <= 1, "kill {kill}: {differences} differ");
        let unacknowledged = expected.difference(&found).count();
        assert!(unacknowledged == 0 || kill > 0 && differences == 1, "kill {kill}: an acknowledged label is gone");
        expected = found;
        let report = check(&path, None).unwrap();
        assert!(report.problems.is_empty(), "{:?}", report.problems);
        assert!(report.replies >= replies, "a reply is gone");
        replies = report.replies;
    }
    assert_eq!(killed, kills, "each child was killed at work");
    println!("{kills} kills, {acknowledged} acknowledged actions, {} labels at the end", expected.len());
    // Undo works through everything that was done, and what is missing is asked for and nothing else.
    let session = Session::open(&path, options()).unwrap();
    let snapshot = wait(&session, |snapshot| snapshot.generation.missing() == 0);
    assert_eq!(snapshot.generation.have, groups as u64 * 4);
    // Only what was under way at a kill was asked for again.
    let most = groups as u64 + u64::from(kills + 1) * (u64::from(CONCURRENCY) + UNDER_WAY / 4);
    let asked = asked.load(Ordering::Relaxed);
    assert!(asked <= most, "{asked} requests for {groups} groups over {kills} kills");
    let mut labeled = snapshot.counts.labeled();
    while labeled > 0 {
        let snapshot = run(&session, Command::Undo);
        assert!(snapshot.counts.labeled() < labeled, "an undo that undoes nothing");
        labeled = snapshot.counts.labeled();
    }
    session.close();
    assert_eq!(check(&path, None).unwrap().replies, groups as u64 * 4, "no reply was stored twice");
}

fn labeled(path: &Path) -> HashSet<String> {
    let mut options = options();
    options.resume_jobs = false;
    let session = Session::open(path, options).unwrap();
    let queue = session.snapshot().queue.clone();
    let labeled = queue.iter().filter(|row| row.status.labeled()).map(|row| row.id);
    labeled.map(|id: GroupId| id.to_string()).collect()
}

#[test]
fn twenty_kills_lose_nothing() {
    kill_and_look(20);
}

#[test]
#[ignore = "takes minutes"]
fn a_thousand_kills_lose_nothing() {
    kill_and_look(1000);
}
