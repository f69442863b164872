//! What happens to a session file from outside: moved, deleted, damaged, held by another, on the wrong disk.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use pairloom::domain::{Notice, Plan, Problem, StoreFault};
use pairloom::session::{Command, Session, Snapshot};
use pairloom::store::{Reader, Store, StoreError, back_up, check};
use pairloom::text::{Language, Text};
use tempfile::tempdir;

use crate::faults::{FILE, rows, state};
use crate::support::disk::{Disk, Number, READ_ONLY};
use crate::support::{Random, label, options, run, wait};

/// A session with six groups.
fn session(path: &Path) -> Session {
    let session = Session::create(path, "文件", &Plan::default(), options()).unwrap();
    let beside = tempdir().unwrap();
    let file = beside.path().join("rows.json");
    fs::write(&file, rows()).unwrap();
    session.send(Command::Import { path: file, format: None });
    wait(&session, |now| now.counts.total == 6);
    session
}

fn fault(snapshot: &Snapshot) -> Option<&StoreFault> {
    match &snapshot.notices.last()?.1 {
        Notice::Problem(Problem::Store { fault, .. }) => Some(fault),
        _ => None,
    }
}

/// A label that has to be refused: it is told, and nothing is shown as saved.
#[track_caller]
fn refused(session: &Session, case: &str) {
    let before = session.snapshot();
    let group = before.place.group.unwrap();
    let after = run(session, Command::NoneAcceptable { group, seconds: 1.0 });
    assert_eq!(fault(&after), Some(&StoreFault::Moved), "{case}");
    assert_eq!((state(&after), after.saved_at), (state(&before), before.saved_at), "{case}: shown as saved");
    for language in [Language::English, Language::Chinese] {
        assert!(Text::new(language).store_fault("s", &StoreFault::Moved).contains('s'));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_moved_away_takes_no_labels_until_it_is_back() {
    let home = tempdir().unwrap();
    let (folder, away) = (home.path().join("数据 1"), home.path().join("away"));
    fs::create_dir(&folder).unwrap();
    let path = folder.join(FILE);
    let session = session(&path);
    label(&session, &[0]);
    for (from, to, case) in [
        (folder.clone(), away.clone(), "the folder"),
        (path.clone(), folder.join("renamed"), "the file"),
        (folder.join("s.pairloom-wal"), folder.join("log"), "the log"),
    ] {
        fs::rename(&from, &to).unwrap();
        refused(&session, case);
        fs::rename(&to, &from).unwrap();
        let before = session.snapshot().counts.done;
        assert_eq!(label(&session, &[0]).counts.done, before + 1, "{case} is back");
    }
    let saved = state(&session.snapshot());
    session.close();
    let session = Session::open(&path, options()).unwrap();
    assert_eq!(state(&session.snapshot()), saved);
}

#[cfg(target_os = "linux")]
#[test]
fn a_deleted_or_replaced_file_is_told_and_a_copy_has_everything() {
    for replaced in [false, true] {
        let home = tempdir().unwrap();
        let folder = home.path().join("d");
        fs::create_dir(&folder).unwrap();
        let path = folder.join(FILE);
        let session = session(&path);
        label(&session, &[0]);
        label(&session, &[1]);
        let saved = state(&session.snapshot());
        fs::remove_dir_all(&folder).unwrap();
        if replaced {
            fs::create_dir(&folder).unwrap();
            fs::write(&path, "somebody else's").unwrap();
        }
        refused(&session, "deleted");
        let copy = home.path().join("copy.pairloom");
        session.send(Command::SaveCopy { path: copy.clone() });
        wait(&session, |now| matches!(now.notices.last(), Some((_, Notice::CopySaved { .. }))));
        session.close();
        let session = Session::open(&copy, options()).unwrap();
        assert_eq!(state(&session.snapshot()), saved, "the copy has every label");
        if replaced {
            assert_eq!(fs::read(&path).unwrap(), b"somebody else's");
        }
    }
}

#[test]
fn a_file_that_was_only_renamed_has_every_label_after_the_close() {
    let home = tempdir().unwrap();
    let (path, other) = (home.path().join(FILE), home.path().join("other.pairloom"));
    let session = session(&path);
    label(&session, &[0]);
    if fs::rename(&path, &other).is_err() {
        return; // A system that does not let it be moved.
    }
    session.close();
    let session = Session::open(&other, options()).unwrap();
    assert_eq!(session.snapshot().counts.done, 1);
}

/// The process that holds a session open until it is killed.
#[test]
fn holder() {
    let Some(path) = std::env::var_os("PAIRLOOM_HELD") else { return };
    let session = Session::open(Path::new(&path), options()).unwrap();
    label(&session, &[0]);
    println!("\nholds");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    std::process::abort();
}

#[test]
fn another_process_is_kept_out_and_one_that_died_keeps_nobody_out() {
    use std::io::BufRead as _;
    use std::process::{Command as Process, Stdio};
    let home = tempdir().unwrap();
    let path = home.path().join(FILE);
    session(&path).close();
    let mut child = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults_files::holder", "--nocapture"])
        .env("PAIRLOOM_HELD", &path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("holds")));
    let files = || ["", "-wal"].map(|end| fs::read(home.path().join(format!("{FILE}{end}"))).unwrap());
    let before = files();
    let Err(Problem::Store { fault: StoreFault::Locked { holder }, .. }) = Session::open(&path, options()) else {
        panic!("two have it open")
    };
    assert!(holder.contains(&format!("process {}", child.id())), "{holder}");
    assert_eq!(check(&path, None).unwrap().labels, 1, "looking is allowed");
    assert_eq!(files(), before, "nothing was changed");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(home.path().join("s.pairloom.lock").exists());
    let session = Session::open(&path, options()).unwrap();
    assert_eq!(session.snapshot().counts.done, 1);
    assert!(session.snapshot().notices.iter().any(|(_, notice)| matches!(notice, Notice::Recovered { .. })));
}

/// The process for which the disk is read-only, or its clock is wrong, or its mounts are others.
#[test]
fn child() {
    let Some(disk) = Disk::of_child() else { return };
    let path = disk.folder.join(FILE);
    match Session::open(&path, options()) {
        Err(problem) => println!("\nsaid {problem:?}"),
        Ok(session) => {
            session
                .wait(std::time::Duration::from_secs(60), |now| now.integrity != pairloom::session::Integrity::Checking)
                .ok();
            for _ in 0..2 {
                label(&session, &[1]);
            }
            run(&session, Command::Undo);
            println!("\nsaid {}", state(&session.snapshot()));
            session.close();
        }
    }
}

#[test]
fn a_folder_that_is_read_only_says_so_and_changes_nothing() {
    let Some(disk) = Disk::new() else { return };
    let path = disk.folder.join(FILE);
    session(&path).close();
    let bytes = fs::read(&path).unwrap();
    disk.arm(READ_ONLY, 0);
    let said = disk.run(&mut disk.child("faults_files::child"), "said ");
    assert!(disk.fired() && said[0].contains("ReadOnly"), "{said:?}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
    // What is in it can still be looked at, and taken elsewhere.
    let mut look = std::process::Command::new(env!("CARGO_BIN_EXE_pairloom"));
    look.args(["check", "--json"]).arg(&path);
    disk.on_it(&mut look);
    let said = disk.run(&mut look, "\"groups\":");
    assert!(said.concat().contains('6'), "{said:?}");
    disk.mend();
    let session = Session::open(&path, options()).unwrap();
    assert_eq!(label(&session, &[0]).counts.done, 1);
}

#[test]
fn a_session_on_a_network_drive_is_not_opened_in_place_even_through_a_link() {
    let Some(disk) = Disk::new() else { return };
    let path = disk.folder.join(FILE);
    session(&path).close();
    let escaped = |path: &Path| path.display().to_string().replace('\\', "\\134").replace(' ', "\\040");
    let link = disk.beside("link.pairloom");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    for (kind, local) in [("nfs4", false), ("cifs", false), ("fuse.sshfs", false), ("9p", false), ("ext4", true)] {
        let mounts = disk.beside("mounts");
        fs::write(&mounts, format!("/dev/a / ext4 rw 0 0\nserver:/x {} {kind} rw 0 0\n", escaped(&disk.folder)))
            .unwrap();
        for file in [&path, &link] {
            let mut look = std::process::Command::new(env!("CARGO_BIN_EXE_pairloom"));
            look.args(["export", "--out"]).arg(disk.beside("out.jsonl")).arg(file);
            look.env("PAIRLOOM_HOME", disk.beside("home")).env("LANG", "C.UTF-8").env_remove("LC_ALL");
            disk.on_it(look.env("FAULTS_MOUNTS", &mounts));
            let said = look.output().unwrap();
            let words = String::from_utf8_lossy(&said.stderr).into_owned();
            assert_eq!(said.status.success(), local, "{kind}: {words}");
            assert!(local || words.contains(&format!("network drive ({kind})")), "{kind}: {words}");
        }
    }
}

#[test]
fn a_clock_that_is_set_back_breaks_no_order_no_undo_and_no_backup() {
    let Some(disk) = Disk::new() else { return };
    let path = disk.folder.join(FILE);
    session(&path).close();
    let mut undo = String::new();
    // A year back, then before the epoch of the ids, then far ahead, then as it is.
    for (done, seconds) in (1..).zip([-31_536_000, -60 * 31_536_000, 30 * 31_536_000, 0]) {
        disk.set(Number::Clock, seconds);
        let newest = || fs::metadata(disk.folder.join("backups/s.pairloom.1")).map(|data| data.ino()).ok();
        let before = newest();
        let said = disk.run(&mut disk.child("faults_files::child"), "said ").concat();
        assert_eq!(said.matches("Done").count(), done, "{seconds}: {said}");
        assert_ne!(undo, said, "{seconds}: undo stands where it stood");
        assert!(before != newest() && newest().is_some(), "{seconds}: no backup");
        let session = Session::open(&path, options()).unwrap();
        assert_eq!(state(&session.snapshot()), said, "{seconds}");
        undo = said;
    }
    let session = Session::open(&path, options()).unwrap();
    // All of it is taken back step by step, newest first.
    for left in (0..4).rev() {
        assert_eq!(run(&session, Command::Undo).counts.done, left);
    }
    assert_eq!(check(&path, None).unwrap().problems, Vec::<String>::new());
}

/// What a session holds, as an archive without its first line.
fn content(path: &Path) -> Result<String, String> {
    let folder = tempdir().unwrap();
    let out = folder.path().join("a.jsonl");
    let session = Session::open(path, options()).map_err(|problem| format!("{problem:?}"))?;
    let known = session.snapshot().notices.last().map_or(0, |(id, _)| *id);
    session.send(Command::Export {
        path: out.clone(),
        format: pairloom::formats::Format::Archive,
        policy: pairloom::domain::PairPolicy::All,
        source: pairloom::domain::PairSource::default(),
    });
    let now = wait(&session, |now| {
        now.notices
            .iter()
            .any(|(id, notice)| *id > known && matches!(notice, Notice::Exported { .. } | Notice::Problem(_)))
    });
    for _ in 0..3 {
        run(&session, Command::Undo);
    }
    if let Some((_, Notice::Problem(problem))) =
        now.notices.iter().find(|(_, notice)| matches!(notice, Notice::Problem(_)))
    {
        return Err(format!("{problem:?}"));
    }
    Ok(fs::read_to_string(out).unwrap().lines().skip(1).collect::<Vec<_>>().join("\n"))
}

fn damage_and_look(seeds: u64) {
    let home = tempdir().unwrap();
    let path = home.path().join(FILE);
    let session = session(&path);
    label(&session, &[0]);
    label(&session, &[1]);
    session.close();
    let (sound, whole) = (fs::read(&path).unwrap(), content(&path).unwrap());
    let sound_again = fs::read(&path).unwrap();
    assert_eq!(sound.len(), sound_again.len());
    let (mut told, mut same, mut texts) = (0, 0, 0);
    for seed in 0..seeds {
        let mut random = Random(seed);
        let mut bytes = sound.clone();
        let page = random.below(bytes.len() / 4096) * 4096;
        for _ in 0..=random.below(24) {
            let at = page + random.below(4096);
            bytes[at] ^= 1 << random.below(8);
        }
        let hit = home.path().join("hit.pairloom");
        fs::write(&hit, &bytes).unwrap();
        for companion in ["-wal", "-shm"] {
            fs::remove_file(home.path().join(format!("hit.pairloom{companion}"))).ok();
        }
        let out = home.path().join("saved.pairloom");
        fs::remove_file(&out).ok();
        let report = check(&hit, Some(&out));
        let said = report.as_ref().map_or(true, |report| !report.problems.is_empty());
        if let Ok(report) = &report {
            let saved = report.saved.unwrap();
            assert_eq!(
                check(&out, None).unwrap().problems,
                Vec::<String>::new(),
                "seed {seed}: what was saved is sound"
            );
            let session = Session::open(&out, options()).unwrap_or_else(|problem| panic!("seed {seed}: {problem:?}"));
            assert!(session.snapshot().counts.total <= saved.groups, "seed {seed}");
        }
        match content(&hit) {
            Err(problem) => {
                assert!(said, "seed {seed}: {problem}, and the check finds nothing");
                told += 1;
            }
            Ok(found) if found == whole => same += 1,
            // SQLite keeps no checksums of texts: a changed letter is a changed letter. But nothing may be gone, and
            // no line may be another kind of thing, unless the check says so.
            Ok(found) => {
                texts += 1;
                assert!(said || found.lines().count() == whole.lines().count(), "seed {seed}: silently other");
            }
        }
    }
    println!("{seeds} seeds: {told} told at opening, {same} the same, {texts} other");
    assert!(told > 0 && same > 0);
}

#[test]
fn damage_anywhere_is_never_a_panic_and_never_silent() {
    damage_and_look(60);
}

#[test]
#[ignore = "takes minutes"]
fn damage_of_two_thousand_kinds_is_never_silent() {
    damage_and_look(2000);
}

#[test]
fn a_truncated_file_is_told_and_what_is_left_is_saved() {
    let home = tempdir().unwrap();
    let path = home.path().join(FILE);
    let session = session(&path);
    let lines: Vec<String> = (0..400).map(|number| format!("{number} {}", "字".repeat(300))).collect();
    fs::write(home.path().join("p.txt"), lines.join("\n")).unwrap();
    session.send(Command::Import { path: home.path().join("p.txt"), format: None });
    wait(&session, |now| now.counts.total == 406);
    label(&session, &[0]);
    session.close();
    let whole = fs::read(&path).unwrap();
    let mut most = 0;
    for parts in 1..=9 {
        let cut = home.path().join(format!("cut{parts}.pairloom"));
        let out = home.path().join(format!("out{parts}.pairloom"));
        fs::write(&cut, &whole[..whole.len() * parts / 10]).unwrap();
        let report = check(&cut, Some(&out)).unwrap();
        assert_eq!(report.problems[0], "the end of the file is missing");
        assert_eq!(check(&out, None).unwrap().problems, Vec::<String>::new());
        let saved = report.saved.unwrap();
        assert_eq!(Reader::open(&out).unwrap().read(|read| read.count_labels()).unwrap(), saved.labels);
        assert!(saved.groups >= most, "more of the file, fewer groups");
        most = saved.groups;
        assert!(saved.groups as usize * 10 >= 400 * parts.saturating_sub(3), "{parts} tenths: {} groups", saved.groups);
    }
}

#[test]
fn half_a_row_of_a_followed_file_goes_when_it_is_set_right() {
    let home = tempdir().unwrap();
    let (path, out) = (home.path().join(FILE), home.path().join("out.jsonl"));
    let session = session(&path);
    label(&session, &[0]);
    session.send(Command::Follow { path: out.clone() });
    wait(&session, |now| now.followed.first().is_some_and(|file| file.rows == 1));
    let whole = fs::read_to_string(&out).unwrap();
    // What a power cut in the middle of the writing leaves, behind a row of somebody else.
    let foreign = "{\"foreign\": 1}\n";
    for half in [format!("{foreign}{}", &whole[..whole.len() / 2]), format!("{foreign}{}", &whole[..1])] {
        run(&session, Command::Unfollow { path: out.clone() });
        fs::write(&out, half).unwrap();
        run(&session, Command::Follow { path: out.clone() });
        wait(&session, |now| now.followed.first().is_some_and(|file| file.rows == 1));
        assert_eq!(fs::read_to_string(&out).unwrap(), format!("{foreign}{whole}"), "a trainer reads every line");
    }
    // Half a line that none of ours begins with is somebody else's.
    run(&session, Command::Unfollow { path: out.clone() });
    fs::write(&out, "{\"foreign\": ").unwrap();
    run(&session, Command::Follow { path: out.clone() });
    wait(&session, |now| now.followed.first().is_some_and(|file| file.rows == 1));
    assert_eq!(fs::read_to_string(&out).unwrap(), format!("{{\"foreign\": \n{whole}"));
}

#[test]
fn a_file_that_acts_by_itself_is_refused() {
    let home = tempdir().unwrap();
    let path = home.path().join(FILE);
    session(&path).close();
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch("CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM labels; END").unwrap();
    file.close().unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Damaged { .. })), "labels would go as they are given");
    assert_eq!(check(&path, Some(&home.path().join("out.pairloom"))).unwrap().problems, ["t: not as it was made"]);
    Session::open(&home.path().join("out.pairloom"), options()).unwrap();
}

#[test]
fn a_foreign_database_is_left_as_it_is() {
    let home = tempdir().unwrap();
    let path = home.path().join(FILE);
    session(&path).close();
    // Ours but for the mark of the application: some other program's SQLite file.
    let mut bytes = fs::read(&path).unwrap();
    bytes[68..72].copy_from_slice(b"GPKG");
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::NotASession)));
    assert!(matches!(back_up(&home.path().join("none")), Err(StoreError::Missing)));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert!(Reader::open(&path).is_ok());
}
