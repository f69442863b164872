//! Readers of files against bytes that nobody wrote: never a panic, never a reader that does not come to its end. Run
//! briefly here; `cargo bolero test hostile_bytes::an_archive` and so on looks for longer, guided by coverage.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use pairloom::formats::{Format, detect, preview, read_archive, read_groups};
use pairloom::session::{Command, Session};
use pairloom::store::{Store, StoreError, check};
use tempfile::{TempDir, tempdir};

use crate::support::{annotator, generated, label, wait};

/// No file of these sizes takes so long.
const LONG: Duration = Duration::from_secs(20);

/// A valid file with a few changes: how many, then for each one its place, its kind and a value.
fn changed(valid: &[u8], script: &[u8]) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    let (many, changes) = script.split_first().unwrap_or((&0, &[]));
    for change in changes.chunks_exact(4).take(usize::from(*many) % 12) {
        let at = (usize::from(change[0]) << 8 | usize::from(change[1])) * bytes.len().max(1) / 65_536;
        match change[2] % 6 {
            0 => bytes[at..].iter_mut().take(1).for_each(|byte| *byte = change[3]),
            1 => bytes.insert(at.min(bytes.len()), change[3]),
            2 => drop(bytes.drain(at..(at + usize::from(change[3])).min(bytes.len()))),
            3 => {
                let part = bytes[at..(at + usize::from(change[3]) * 8).min(bytes.len())].to_vec();
                bytes.splice(at..at, part);
            }
            4 => bytes.truncate(at.max(1)),
            _ => bytes[at..].iter_mut().take(1).for_each(|byte| *byte ^= 1 << (change[3] % 8)),
        }
    }
    bytes
}

/// Files for one target.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempdir().unwrap() }
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("file");
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn groups(path: &Path, format: Option<Format>) {
    let mut read = 0u32;
    let begun = Instant::now();
    drop(preview(path, format));
    drop(read_groups(&path.into(), format, &mut |row| {
        read += 1;
        // A row that stays out can be shown.
        if let Err(row) = row {
            assert!(row.raw.chars().count() <= 4096);
        }
        ControlFlow::Continue(())
    }));
    assert!(begun.elapsed() < LONG, "{read} rows");
}

#[test]
fn an_archive() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let valid = fs::read(home.join("sessions/sample-zh.jsonl")).unwrap();
    let desk = Desk::new();
    bolero::check!().with_iterations(400).for_each(|script: &[u8]| {
        for bytes in [changed(&valid, script), script.to_vec()] {
            let path = desk.file(&bytes);
            let begun = Instant::now();
            drop(detect(&path));
            drop(preview(&path, None));
            drop(read_archive(&path.as_path().into(), &mut |_, _| Ok(())));
            assert!(begun.elapsed() < LONG);
        }
    });
}

#[test]
fn replies_of_seed_000() {
    let valid = r#"{"0": {"query": "问题", "history": [["u", "a"]], "response_0": "x", "response_12": "y"},
        "1": {"query": "r", "history": [], "response_0": "c"}}"#;
    let desk = Desk::new();
    bolero::check!().with_iterations(1000).for_each(|script: &[u8]| {
        groups(&desk.file(&changed(valid.as_bytes(), script)), Some(Format::Seed000));
        groups(&desk.file(script), Some(Format::Seed000));
    });
}

#[test]
fn a_session_of_seed_001() {
    let valid = r#"{"annotation_queue": [{"system": "s", "user": "u", "responses": ["a", "b"]}, {"user": "v", "responses": []}],
        "current_index": 1, "dpo_data": [{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"},
        {"role": "assistant", "content": "a!"}], "rejected_response": "b"}]}"#;
    let desk = Desk::new();
    bolero::check!().with_iterations(1000).for_each(|script: &[u8]| {
        groups(&desk.file(&changed(valid.as_bytes(), script)), Some(Format::Seed001Session));
        groups(&desk.file(script), Some(Format::Seed001Session));
    });
}

#[test]
fn pairs_of_all_kinds() {
    let valid: [&[u8]; 5] = [
        br#"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": [{"text": "b"}]}]}"#,
        br#"[{"prompt": "q", "chosen": "a", "rejected": "b", "scores": [1, null]}]"#,
        "{\"prompt\": \"问\", \"pos_resp\": \"好\", \"neg_resp\": \" 差\", \"pos_type\": \"x\", \"neg_type\": null}\n".as_bytes(),
        br#"{"messages": [{"role": "user", "value": "q"}, {"role": "assistant", "chosen_value": "a", "rejected_value": "b"}]}"#,
        br#"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected_response": "b"}"#,
    ];
    let desk = Desk::new();
    bolero::check!().with_iterations(300).for_each(|script: &[u8]| {
        for bytes in valid {
            groups(&desk.file(&changed(bytes, script)), None);
        }
        for format in Format::PAIRS {
            groups(&desk.file(script), Some(format));
        }
    });
}

#[test]
fn prompts_of_all_kinds() {
    let gbk: &[u8] = b"\xc4\xe3\xba\xc3\n\xca\xc0\xbd\xe7\n";
    let valid: [&[u8]; 6] = [
        b"one\n\ntwo\nthree\n",
        "prompt,system\n\"a, \"\"b\"\"\",s\n你好,\n".as_bytes(),
        br#"[{"prompt": "a"}, "b", {"messages": [{"role": "user", "content": "c"}]}]"#,
        b"{\"instruction\": \"a\", \"input\": \"b\"}\n{\"conversations\": [{\"from\": \"human\", \"value\": \"c\"}]}\n",
        b"\xff\xfea\0\n\0b\0",
        gbk,
    ];
    let desk = Desk::new();
    bolero::check!().with_iterations(500).for_each(|script: &[u8]| {
        for bytes in valid {
            groups(&desk.file(&changed(bytes, script)), None);
        }
        groups(&desk.file(script), None);
    });
}

/// Everything that opening and showing a session reads.
fn look(path: &Path) -> Result<(), StoreError> {
    let opened = Store::open(path)?;
    opened.store.read(|read| {
        read.info()?;
        read.plan()?;
        read.phase()?;
        read.guidelines()?;
        read.followed()?;
        read.place(annotator().id)?;
        read.index(annotator().id, |_| Ok(()))?;
        read.last_done(annotator().id)?;
        read.for_each_label(|_, _, _| Ok::<(), StoreError>(()))?;
        read.for_each_group(|group| {
            drop(read.all_replies(group.id)?);
            drop(pairloom::domain::shown_order(group.id, group.round, group.wanted));
            Ok::<(), StoreError>(())
        })
    })
}

#[test]
fn a_session_file() {
    let desk = Desk::new();
    let path = desk.folder.path().join("s.pairloom");
    let session: Session = generated(&path, 2);
    label(&session, &[0]);
    let group = session.snapshot().place.group.unwrap();
    session.send(Command::SetNote { group, note: "n".to_owned() });
    wait(&session, |now| now.undo.is_some());
    session.close();
    let valid = fs::read(&path).unwrap();
    let hit = desk.folder.path().join("hit.pairloom");
    bolero::check!().with_iterations(120).for_each(|script: &[u8]| {
        for end in ["", "-wal", "-shm", "-journal"] {
            fs::remove_file(desk.folder.path().join(format!("hit.pairloom{end}"))).ok();
        }
        fs::write(&hit, changed(&valid, script)).unwrap();
        let begun = Instant::now();
        drop(check(&hit, None));
        drop(look(&hit));
        assert!(begun.elapsed() < LONG);
    });
}
