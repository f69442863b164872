//! Who may look into what Pairloom writes, and that a key is in none of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Output};

use pairloom::domain::{Notice, PairPolicy, Plan};
use pairloom::formats::Format;
use pairloom::session::{Command, Integrity, Session};
use pairloom::settings::{Folders, Settings};
use pairloom::store::{back_up, check};
use tempfile::tempdir;

use crate::faults::rows;
use crate::support::{annotator, label, options, server, wait};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found
}

#[test]
fn what_pairloom_keeps_is_for_its_owner_and_what_was_asked_for_goes_by_the_umask() {
    let home = tempdir().unwrap();
    let (data, out) = (home.path().join("new/data"), home.path().join("out"));
    fs::create_dir(&out).unwrap();
    let path = data.join("s.pairloom");
    let session = Session::create(&path, "T", &Plan::default(), options()).unwrap();
    fs::write(out.join("rows.json"), rows()).unwrap();
    session.send(Command::Import { path: out.join("rows.json"), format: None });
    wait(&session, |now| now.counts.total == 6 && now.integrity != Integrity::Checking);
    label(&session, &[0]);
    for (name, format) in [("pairs.jsonl", Format::MsSwift), ("archive.jsonl", Format::Archive)] {
        let known = session.snapshot().notices.len();
        session.send(Command::Export {
            path: out.join(name),
            format,
            policy: PairPolicy::All,
            source: pairloom::domain::PairSource::default(),
        });
        wait(&session, |now| now.notices.len() > known);
    }
    session.send(Command::SaveCopy { path: out.join("copy.pairloom") });
    wait(&session, |now| now.notices.iter().any(|(_, notice)| matches!(notice, Notice::CopySaved { .. })));
    back_up(&path).unwrap();
    check(&path, Some(&data.join("saved.pairloom"))).unwrap();
    let folders = Folders::in_one(home.path().join("config/pairloom"));
    Settings { annotator: Some(annotator()), ..Settings::default() }.save(&folders).unwrap();
    // While it is open: the log, the index, the lock.
    let kept = [below(&home.path().join("new")), below(&home.path().join("config"))].concat();
    for path in kept.iter().chain([&home.path().join("new"), &home.path().join("config")]) {
        assert_eq!(mode(path), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    for name in ["s.pairloom-wal", "s.pairloom-shm", "s.pairloom.lock", "backups/s.pairloom.1"] {
        assert!(data.join(name).exists(), "{name}");
    }
    // What a plain file gets here.
    let plain = mode(&out.join("rows.json"));
    for name in ["pairs.jsonl", "pairs.export.json", "archive.jsonl"] {
        assert_eq!(mode(&out.join(name)), plain, "{name}");
    }
    // One that is there already keeps what it has.
    fs::set_permissions(out.join("pairs.jsonl"), fs::Permissions::from_mode(0o600)).unwrap();
    pairloom::formats::write_whole(&out.join("pairs.jsonl"), |file| {
        let drafts = below(&out).into_iter().filter(|path| path.to_string_lossy().contains("/.pairloom-"));
        for draft in drafts {
            assert_eq!(mode(&draft), 0o600, "what is being written");
        }
        file.write_all(b"{}\n")
    })
    .unwrap();
    assert_eq!(mode(&out.join("pairs.jsonl")), 0o600);
}

const KEY: &str = "sk-marker-0123456789-never-to-be-seen";

fn pairloom(home: &Path, arguments: &[&str]) -> Output {
    Process::new(env!("CARGO_BIN_EXE_pairloom"))
        .args(arguments)
        .current_dir(home)
        .env("PAIRLOOM_HOME", home.join("home"))
        .env("PAIRLOOM_API_KEY", KEY)
        .env("PAIRLOOM_LOG", "trace")
        .env("RUST_BACKTRACE", "1")
        .env("LANG", "C.UTF-8")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap()
}

#[test]
fn a_key_is_in_no_file_no_log_and_no_error() {
    let home = tempdir().unwrap();
    fs::write(home.path().join("p.txt"), "one\ntwo\n").unwrap();
    let mut said = Vec::new();
    let mut sent = false;
    for faults in [&[][..], &["401"], &["500:1"], &["garbage:1"], &["html"], &["cut:1"]] {
        let address = format!("http://{}/v1", server(faults));
        let name = format!("{}.pairloom", faults.concat().replace(':', "-"));
        let output =
            pairloom(home.path(), &["generate", &name, "--endpoint", &address, "--prompts", "p.txt", "--json"]);
        sent |= !output.stderr.is_empty();
        said.extend([output.stdout, output.stderr]);
    }
    assert!(sent, "the log is talkative");
    let session = ".pairloom";
    for arguments in [
        &["export", session, "--format", "archive", "--out", "a.jsonl"][..],
        &["export", session, "--out", "pairs.jsonl"],
        &["check", session, "--repair", "saved.pairloom"],
        &["import", "other.pairloom", "a.jsonl"],
        &["generate", session, "--endpoint", "nonsense", "--prompts", "p.txt"],
        &["generate", session, "--endpoint", "http://127.0.0.1:9/v1", "--prompts", "none.txt"],
    ] {
        let output = pairloom(home.path(), arguments);
        said.extend([output.stdout, output.stderr]);
    }
    back_up(&home.path().join("other.pairloom")).unwrap();
    let hidden = |bytes: &[u8]| !bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes());
    for words in &said {
        assert!(hidden(words), "{}", String::from_utf8_lossy(words));
    }
    let files: Vec<PathBuf> = below(home.path()).into_iter().filter(|path| path.is_file()).collect();
    for path in &files {
        assert!(hidden(&fs::read(path).unwrap()), "{}", path.display());
    }
    assert!(files.iter().any(|path| path.ends_with("backups/other.pairloom.1")) && files.len() > 8, "{files:?}");
}
