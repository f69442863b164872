//! The session file itself: what cannot be opened, and what can be saved.

use std::fs;
use std::path::{Path, PathBuf};

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
        origin: Origin::Imported { source: "test".to_owned(), model: None },
        created_at: jiff::Timestamp::now(),
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
    assert!(matches!(Store::open(&path), Err(StoreError::Newer { found: 99, known: 1 })));
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

fn with(path: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", path.display()))
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
