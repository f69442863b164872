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
fn a_plan_file_makes_a_session_and_asks_several_endpoints() {
    let home = tempdir().unwrap();
    let address = crate::support::server(&[]);
    let plan = format!(
        "replies = 3\nguidelines = \"1. 简短\"\n[sampling]\ntemperature = 0.7\n[[endpoints]]\naddress = \"sample\"\n\
         [[endpoints]]\naddress = \"http://{address}/v1\"\nshare = 2\nkey = \"none\"\n[prompts]\nuser = [\"潮汐？\"]\n"
    );
    std::fs::write(home.path().join("plan.toml"), &plan).unwrap();
    assert_eq!(code(&pairloom(home.path(), &["new", "s.pairloom", "--plan", "plan.toml"])), 0);
    let output = pairloom(home.path(), &["generate", "s.pairloom", "--json"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["replies"].as_u64(), Some(3));
    assert_eq!(code(&pairloom(home.path(), &["export", "s.pairloom", "--format", "archive", "--out", "a.jsonl"])), 0);
    let archive = std::fs::read_to_string(home.path().join("a.jsonl")).unwrap();
    assert!(archive.contains("1. 简短"), "the guidelines are the session's");
    assert_eq!(archive.matches(&format!("\"server\":\"http://{address}/v1\"")).count(), 2);
    // A key in a plan is refused before anything is sent, and not repeated.
    std::fs::write(home.path().join("bad.toml"), plan.replace("\"none\"", "\"sk-very-secret\"")).unwrap();
    let output = pairloom(home.path(), &["generate", "t.pairloom", "--plan", "bad.toml"]);
    assert_eq!(code(&output), 2);
    assert!(said(&output).contains("$NAME") && !said(&output).contains("sk-very-secret"), "{}", said(&output));
    let typo = plan.replace("temperature", "temprature");
    std::fs::write(home.path().join("typo.toml"), typo).unwrap();
    let output = pairloom(home.path(), &["generate", "t.pairloom", "--plan", "typo.toml"]);
    assert!(code(&output) == 2 && said(&output).contains("temprature"), "{}", said(&output));
}

#[test]
fn endpoints_tells_what_a_server_is() {
    let home = tempdir().unwrap();
    let address = format!("http://{}", crate::support::server(&[]));
    let output = pairloom(home.path(), &["endpoints", &address]);
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(words.contains("Models: sample") && words.contains("Several replies"), "{words}");
    let report: serde_json::Value =
        serde_json::from_slice(&pairloom(home.path(), &["endpoints", &address, "--json"]).stdout).unwrap();
    assert_eq!(report[0]["base_url"].as_str(), Some(format!("{address}/v1").as_str()));
    assert_eq!(code(&pairloom(home.path(), &["endpoints", "http://127.0.0.1:1/v1"])), 2);
}

#[test]
fn shells_are_told_what_can_follow() {
    let home = tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = pairloom(home.path(), &["completions", shell]);
        assert!(String::from_utf8_lossy(&output.stdout).contains("sample-server"), "{shell}");
    }
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
fn pairs_are_written_in_the_format_that_is_named_or_not_at_all() {
    let home = tempdir().unwrap();
    let row = r#"{"chosen": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}"#;
    std::fs::write(home.path().join("in.jsonl"), row).unwrap();
    assert_eq!(code(&pairloom(home.path(), &["import", "s.pairloom", "in.jsonl"])), 0);
    let export = |format: &str| pairloom(home.path(), &["export", "s.pairloom", "--format", format, "--out", "out"]);
    assert_eq!(code(&export("cvalues")), 2);
    assert!(said(&export("cvalues")).contains("the system prompts of 1 groups"), "{}", said(&export("cvalues")));
    assert!(!home.path().join("out").exists());
    let output = export("trl-explicit");
    assert_eq!(code(&output), 0, "{}", said(&output));
    let written = std::fs::read_to_string(home.path().join("out")).unwrap();
    assert!(written.starts_with("{\"prompt\":[{\"role\":\"system\",\"content\":\"s\"}"), "{written}");
    let companion = std::fs::read_to_string(home.path().join("out.export.json")).unwrap();
    assert!(companion.contains("\"format\": \"trl-explicit\""), "{companion}");
    assert_eq!(code(&export("prompts")), 2, "prompts are read only");
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

/// The table that seed 003 describes its data with, of a file that was never a session.
#[test]
fn a_data_file_is_told_in_numbers() {
    let home = tempdir().unwrap();
    let input = home.path().join("train.jsonl");
    let rows = [
        r#"{"prompt":"如何做菜？","chosen":"先洗菜，再切菜。","rejected":"不知道"}"#,
        r#"{"prompt":"hello there","chosen":"hi","rejected":"go away please"}"#,
    ];
    std::fs::write(&input, rows.join("\n")).unwrap();
    let told = pairloom(home.path(), &["stats", input.to_str().unwrap()]);
    assert_eq!(code(&told), 0, "{}", said(&told));
    let said = String::from_utf8_lossy(&told.stdout).into_owned();
    let head = "count | prompt_max | prompt_avg | chosen_max | chosen_avg | reject_max | reject_avg |";
    assert!(said.contains(head) && said.contains("| train | 2 | 11 | 8.0 | 8 | 5.0 | 14 | 8.5 |"), "{said}");
    let told = pairloom(home.path(), &["stats", "--json", input.to_str().unwrap()]);
    let json: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!((&json["table"]["count"], &json["table"]["prompt_avg"]), (&2.into(), &8.0.into()));
    assert_eq!(json["statistics"]["labels"]["imported"], 2);
    let unknown = pairloom(home.path(), &["stats", "--annotator", "Nobody", input.to_str().unwrap()]);
    assert_eq!(code(&unknown), 2, "nobody's agreement is not somebody else's");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().filter(is_session).count(), 0);
}

fn is_session(entry: &std::io::Result<std::fs::DirEntry>) -> bool {
    entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some_and(|ending| ending == "pairloom"))
}
