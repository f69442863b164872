//! The session file itself: what cannot be opened, and what can be saved.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use pairloom::domain::{BatchId, Group, GroupId, Origin, Prompt, Reply, ReplyId, SessionId};
use pairloom::store::{Reader, SessionInfo, Store, StoreError, back_up, check};
use tempfile::tempdir;

fn info() -> SessionInfo {
    SessionInfo { id: SessionId::new(), title: "T".to_owned(), created_at: jiff::Timestamp::now() }
}

fn reply(group: GroupId, slot: u32) -> Reply {
    Reply {
        id: ReplyId::new(),
        group,
        round: 0,
        slot,
        text: format!("reply {slot} 回复"),
        reasoning: None,
        origin: Origin::Imported { source: "test".to_owned(), model: None, kind: None },
        created_at: jiff::Timestamp::now(),
        hidden: false,
    }
}

fn filled(path: &std::path::Path, groups: u64) {
    let mut store = Store::create(path, &info()).unwrap();
    store
        .write(|write| {
            for number in 1..=groups {
                let id = GroupId::new();
                let prompt = Prompt::new(None, format!("prompt {number} {}", "字".repeat(200)));
                write.add_group(&Group { id, number, prompt, wanted: 2, round: 0 }, [0; 16], BatchId::new())?;
                assert!(write.add_reply(&reply(id, 0))?);
                assert!(write.add_reply(&reply(id, 1))?);
                assert!(!write.add_reply(&reply(id, 1))?, "a place is filled once");
            }
            Ok(())
        })
        .unwrap();
    store.close().unwrap();
}

#[test]
fn a_clean_close_leaves_one_file_and_says_so() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    filled(&path, 2);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["s.pairloom"]);
    let opened = Store::open(&path).unwrap();
    assert!(!opened.recovered);
    assert!(matches!(Store::open(&path), Err(StoreError::Locked { .. })));
    drop(opened);
    assert!(Store::open(&path).unwrap().recovered, "dropped without a close");
}

#[test]
fn what_is_no_session_is_left_as_it_is() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("x.pairloom");
    assert!(matches!(Store::open(&path), Err(StoreError::Missing)));
    for content in [&b""[..], b"{\"a\": 1}", b"SQLite format 3\0 but no more", &[0xff; 4096]] {
        fs::write(&path, content).unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::NotASession)));
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    assert!(matches!(Store::create(&path, &info()), Err(StoreError::Exists)));
}

#[test]
fn a_newer_file_is_not_touched() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    filled(&path, 1);
    let mut bytes = fs::read(&path).unwrap();
    bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Newer { found: 99, known: 5 })));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_damaged_file_is_found_out_and_what_can_be_read_is_saved() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    filled(&path, 200);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(&path, &bytes).unwrap();
    let out = folder.path().join("saved.pairloom");
    let report = check(&path, Some(&out)).unwrap();
    assert!(!report.problems.is_empty());
    let saved = report.saved.unwrap();
    assert!(saved.groups > 0 && saved.replies > 0, "{saved:?}");
    Store::open(&out).unwrap().store.close().unwrap();
    assert!(check(&out, None).unwrap().problems.is_empty());
}

#[test]
fn a_place_that_cannot_be_written_to_is_told() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(
        Store::create(&file.join("s.pairloom"), &info()),
        Err(StoreError::ReadOnly | StoreError::Other { .. })
    ));
}

#[test]
fn copies_are_whole_and_backups_rotate() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    filled(&path, 3);
    let store = Store::open(&path).unwrap().store;
    let copy = folder.path().join("copy.pairloom");
    Reader::open(&path).unwrap().copy_to(&copy).unwrap();
    assert_eq!(check(&copy, None).unwrap().groups, 3);
    assert!(!Store::open(&copy).unwrap().recovered, "a copy is a closed session");
    back_up(&path).unwrap();
    assert_eq!(check(&folder.path().join("backups/s.pairloom.1"), None).unwrap().replies, 6);
    back_up(&path).unwrap();
    assert!(!folder.path().join("backups/s.pairloom.2").exists(), "nothing changed, nothing copied");
    drop(store);
}

/// The file and its log as a killed process leaves them, under `to`.
fn left_by_a_crash(folder: &Path, to: &str) -> PathBuf {
    let (path, left) = (folder.join("open.pairloom"), folder.join(to));
    filled(&path, 3);
    let mut store = Store::open(&path).unwrap().store;
    store.write(|write| write.set_title("only in the log")).unwrap();
    for ending in ["", "-wal"] {
        fs::copy(with(&path, ending), with(&left, ending)).unwrap();
    }
    store.close().unwrap();
    fs::remove_file(&path).unwrap();
    left
}

fn with(path: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", path.display()))
}

#[test]
fn a_check_changes_nothing() {
    let folder = tempdir().unwrap();
    let path = left_by_a_crash(folder.path(), "s.pairloom");
    let link = folder.path().join("link.pairloom");
    let bytes = || [fs::read(&path).unwrap(), fs::read(with(&path, "-wal")).unwrap()];
    let names = || fs::read_dir(folder.path()).unwrap().count();
    let before = (bytes(), names());
    assert!(!before.0[1].is_empty());
    let report = check(&path, None).unwrap();
    assert_eq!((report.groups, report.problems), (3, Vec::new()));
    assert_eq!((bytes(), names()), before);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let out = folder.path().join("saved.pairloom");
        check(&link, Some(&out)).unwrap();
        let title = Reader::open(&out).unwrap().read(|read| read.info()).unwrap().title;
        assert_eq!(title, "only in the log", "the log is beside what the link leads to");
        assert_eq!(bytes(), before.0);
    }
}

#[test]
fn an_open_session_can_be_checked_while_it_is_written_to() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    filled(&path, 2);
    let mut store = Store::open(&path).unwrap().store;
    let done = AtomicBool::new(false);
    let written = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut number = 2;
            while number < 1000 && !done.load(Ordering::Relaxed) {
                number += 1;
                let (id, round) = (GroupId::new(), 0);
                // Large, so that the log is begun anew every few groups.
                let prompt = Prompt::new(None, format!("{number} {}", "字".repeat(100_000)));
                let group = Group { id, number, prompt, wanted: 2, round };
                store.write(|write| write.add_group(&group, [0; 16], BatchId::new())).unwrap();
            }
            number
        });
        let mut least = 2;
        for _ in 0..20 {
            let report = check(&path, None).unwrap();
            assert_eq!(report.problems, Vec::<String>::new());
            assert!(report.groups >= least);
            least = report.groups;
        }
        done.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    assert_eq!(check(&path, None).unwrap().groups, written);
    store.close().unwrap();
}

#[test]
fn a_damaged_header_is_put_right_on_a_copy() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    filled(&path, 20);
    let sound = fs::read(&path).unwrap();
    // The magic, the application id, the page size, the reserved bytes, the encoding, the size in pages, all of it.
    for hit in [0..4, 68..72, 16..18, 20..21, 56..60, 28..32, 0..100] {
        let mut bytes = sound.clone();
        bytes[hit.clone()].fill(1);
        fs::write(&path, &bytes).unwrap();
        let out = folder.path().join(format!("saved{}-{}.pairloom", hit.start, hit.end));
        let report = check(&path, Some(&out)).unwrap();
        assert!(!report.problems.is_empty(), "{hit:?}");
        assert_eq!(report.saved.map(|saved| (saved.groups, saved.replies)), Some((20, 40)), "{hit:?}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "the damaged file stays as it is");
        assert!(check(&out, None).unwrap().problems.is_empty());
    }
}

#[test]
fn what_only_speaks_of_sessions_is_none() {
    let folder = tempdir().unwrap();
    let (path, out) = (folder.path().join("x.pairloom"), folder.path().join("out.pairloom"));
    let talk = "CREATE TABLE groups (id BLOB); CREATE TABLE replies (id BLOB);\n".repeat(200);
    let mut magic = b"SQLite format 3\0".to_vec();
    magic.extend(talk.bytes());
    for content in [&b""[..], talk.as_bytes(), &magic, &[0; 8192]] {
        fs::write(&path, content).unwrap();
        assert!(matches!(check(&path, Some(&out)), Err(StoreError::NotASession)));
        assert!(!out.exists());
    }
}

#[test]
fn a_backup_of_an_open_session_is_a_closed_one() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    filled(&path, 3);
    let store = Store::open(&path).unwrap().store;
    back_up(&path).unwrap();
    let backups = folder.path().join("backups");
    let names: Vec<_> = fs::read_dir(&backups).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["s.pairloom.1"]);
    let opened = Store::open(&backups.join("s.pairloom.1")).unwrap();
    assert!(!opened.recovered);
    assert!(store.read(|read| read.info()).is_ok());
}

#[test]
fn a_missing_file_is_told() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    assert!(matches!(Reader::open(&path), Err(StoreError::Missing)));
    assert!(matches!(back_up(&path), Err(StoreError::Missing)));
    assert!(matches!(check(&path, None), Err(StoreError::Missing)));
}

#[cfg(unix)]
#[test]
fn a_failed_create_removes_only_what_it_made() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("s.pairloom");
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), &path).unwrap();
    fs::create_dir(with(&path, "-wal")).unwrap();
    assert!(matches!(Store::create(&path, &info()), Err(StoreError::Exists)));
    assert!(path.is_symlink());
    fs::remove_file(&path).unwrap();
    // The log cannot be made.
    assert!(Store::create(&path, &info()).is_err());
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["s.pairloom-wal"]);
}
