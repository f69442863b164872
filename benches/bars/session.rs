//! The session thread: confirming among 145,669 groups and among 1,000, opening 145,669.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::time::{Duration, Instant};

use pairloom::session::{Command, Session};

use crate::clock::{Thread, memory};
use crate::content::{self, FEW, MANY, options};
use crate::table::{Bar, Table};
use crate::window::Window;

/// Labels given in each session.
const CONFIRMS: usize = 300;
const CONFIRMS_ON_DISK: usize = 100;
/// Processes that open the session.
const OPENINGS: usize = 9;
/// Names the session that a process is to open, and how.
const OPEN: &str = "PAIRLOOM_BENCH_OPEN";
const SHOW: &str = "PAIRLOOM_BENCH_SHOW";
const LONG: Duration = Duration::from_secs(60);

pub(crate) fn bench(table: &mut Table, folder: &Path, many: &Path) {
    let few = content::short(folder, "few", FEW);
    // In memory an fsync costs nothing: what is left is the work.
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        let shm = tempfile::tempdir_in(memory).unwrap();
        let copy = |from: &Path| {
            let to = shm.path().join(from.file_name().unwrap());
            fs::copy(from, &to).unwrap();
            to
        };
        confirm(table, [&copy(many), &copy(&few)], "file in memory", CONFIRMS);
    }
    confirm(table, [many, &few], "file on disk", CONFIRMS_ON_DISK);
}

/// Label groups of both sessions by turns.
fn confirm(table: &mut Table, paths: [&Path; 2], words: &str, confirms: usize) {
    let mut sides = paths.map(|path| {
        let session = Session::open(path, options()).unwrap();
        // The check of the file and its backup are behind us.
        let checked =
            |snapshot: &pairloom::session::Snapshot| snapshot.integrity != pairloom::session::Integrity::Checking;
        assert!(session.wait(LONG, checked).is_ok(), "the session file was not checked");
        std::thread::sleep(Duration::from_secs(1));
        let thread = Thread::newest("session");
        (session, thread, Vec::new(), Vec::new())
    });
    for _ in 0..confirms {
        for (session, thread, waits, works) in &mut sides {
            let open = session.snapshot().current.clone().expect("a group in front");
            let (group, reply) = (open.group.id, open.replies().next().unwrap().id);
            run(session, Command::Check { group, reply, checked: true });
            let before = session.snapshot().commits;
            let rest = Duration::from_millis(1);
            std::thread::sleep(rest);
            let ran = thread.as_ref().map(Thread::ran);
            let began = Instant::now();
            run(session, Command::Confirm { group, seconds: 5.0 });
            waits.push(began.elapsed());
            std::thread::sleep(rest);
            works.extend(thread.as_ref().zip(ran).map(|(thread, ran)| thread.ran().saturating_sub(ran)));
            let after = session.snapshot();
            assert_eq!(after.commits - before, 1, "a label is one commit");
            assert_ne!(after.place.group, Some(group), "the next group is in front");
        }
    }
    let mut medians = Vec::new();
    for ((session, _, waits, works), count) in sides.into_iter().zip([MANY, FEW]) {
        assert_eq!(session.snapshot().counts.done, confirms as u64);
        table.times(format!("confirm among {count}, sent to shown, {words}"), &waits, None);
        if !works.is_empty() {
            table.times(format!("  work of the session thread, {words}"), &works, None);
            let mut sorted = works;
            sorted.sort_unstable();
            medians.push(sorted[sorted.len() / 2].as_secs_f64());
        }
    }
    if let [many, few] = medians[..] {
        table.add(
            format!("confirm, work among {MANY} : {FEW}, medians, {words}"),
            "x",
            vec![many / few],
            Some(Bar::AtMost(1.3)),
        );
    }
}

fn run(session: &Session, command: Command) {
    let number = session.send(command);
    assert!(session.wait(LONG, |snapshot| snapshot.handled >= number).is_ok(), "a command was not carried out");
}

/// Open the session in processes of their own.
pub(crate) fn open(table: &mut Table, path: &Path) {
    for (how, words) in [(OPEN, "session"), (SHOW, "session and label view")] {
        let figures: Vec<[f64; 3]> = (0..OPENINGS)
            .map(|_| {
                let output = Process::new(std::env::current_exe().unwrap()).env(how, path).output().unwrap();
                let said = String::from_utf8_lossy(&output.stdout).into_owned();
                let figures: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
                figures.try_into().unwrap_or_else(|_| panic!("no figures: {said}"))
            })
            .collect();
        let column = |index: usize| figures.iter().map(|figures| figures[index]).collect::<Vec<f64>>();
        let shown = how == SHOW;
        table.add(format!("open {MANY}: {words}"), "ms", column(0), (!shown).then_some(Bar::MedianAtMost(300.0)));
        if column(1)[0] > 0.0 {
            table.add(format!("  VmRSS then: {words}"), "MB", column(1), Some(Bar::MedianAtMost(250.0)));
            table.add(format!("  RssAnon then: {words}"), "MB", column(2), None);
        }
    }
}

/// Whether this process was started to open a session; it has then done so and said what it cost.
pub(crate) fn opened_in_this_process() -> bool {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let began;
    if let Some(path) = named(OPEN) {
        let options = options();
        began = Instant::now();
        let session = Session::open(&path, options).unwrap();
        let snapshot = session.snapshot();
        let took = began.elapsed();
        assert!(snapshot.current.is_some() && snapshot.queue.len() == MANY, "the first snapshot can be used");
        say(took);
        session.close();
    } else if let Some(path) = named(SHOW) {
        began = Instant::now();
        let mut window = Window::new(&path, [1280.0, 800.0], None);
        window.until(|app| app.snapshot().is_some_and(|snapshot| snapshot.current.is_some()));
        window.settle();
        say(began.elapsed());
    } else {
        return false;
    }
    true
}

fn say(took: Duration) {
    println!("{} {} {}", took.as_secs_f64() * 1000.0, memory("VmRSS"), memory("RssAnon"));
}
