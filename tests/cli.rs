//! The binary as a person calls it.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::tempdir;

fn pairloom(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pairloom"))
        .args(arguments)
        .current_dir(home)
        .env("PAIRLOOM_HOME", home)
        .env("LANG", "C.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn prompts_become_replies_and_an_archive() {
    let home = tempdir().unwrap();
    std::fs::write(home.path().join("p.txt"), "What is a tide?\n讲讲潮汐\n").unwrap();
    let arguments = [
        "generate",
        "s.pairloom",
        "--endpoint",
        "sample",
        "--prompts",
        "p.txt",
        "--system",
        "Brief.",
        "--replies",
        "3",
        "--json",
    ];
    let output = pairloom(home.path(), &arguments);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((report["groups"].as_u64(), report["replies"].as_u64()), (Some(2), Some(6)));
    // Again: nothing is missing, nothing is added.
    let output = pairloom(home.path(), &arguments);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((report["groups"].as_u64(), report["replies"].as_u64()), (Some(2), Some(6)));
    assert_eq!(code(&pairloom(home.path(), &["check", "s.pairloom"])), 0);
    assert_eq!(code(&pairloom(home.path(), &["export", "s.pairloom", "--format", "archive", "--out", "a.jsonl"])), 0);
    assert_eq!(code(&pairloom(home.path(), &["import", "t.pairloom", "a.jsonl"])), 0);
    assert_eq!(code(&pairloom(home.path(), &["export", "t.pairloom", "--out", "pairs.jsonl"])), 0);
}

#[test]
fn what_cannot_start_is_code_2_and_says_what_to_do() {
    let home = tempdir().unwrap();
    std::fs::write(home.path().join("p.txt"), "q\n").unwrap();
    std::fs::write(home.path().join("text.pairloom"), "no session").unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["export", "none.pairloom", "--out", "x"], "is not there"),
        (&["export", "text.pairloom", "--out", "x"], "not a Pairloom session"),
        (&["generate", "s.pairloom", "--prompts", "p.txt"], "--endpoint"),
        (&["generate", "s.pairloom", "--prompts", "p.txt", "--endpoint", "nonsense"], "not a server address"),
        (&["generate", "s.pairloom", "--prompts", "none.txt", "--endpoint", "sample"], "is not there"),
        (&["generate", "s.pairloom", "--replies", "21", "--endpoint", "sample"], "2 to 20"),
        (&["import", "s.pairloom", "none.json"], "is not there"),
        (&[], "display"),
    ];
    for (arguments, words) in cases {
        let output = pairloom(home.path(), arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{arguments:?}: {}", said(&output));
    }
}

#[test]
fn refused_rows_are_code_1_and_saved() {
    let home = tempdir().unwrap();
    std::fs::write(home.path().join("in.jsonl"), "{\"prompt\": \"a\"}\n{\"x\": 1}\n").unwrap();
    let output = pairloom(home.path(), &["import", "s.pairloom", "in.jsonl", "--refused", "r.jsonl", "--json"]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    let refused = std::fs::read_to_string(home.path().join("r.jsonl")).unwrap();
    assert!(refused.contains("\"line\":2"), "{refused}");
}
