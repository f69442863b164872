//! `pairloom score` as a person calls it: the judge batch and the reward batch, from file to file.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::Ordering;

use pairloom::sample::{self, Behaviour};
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::{RUNTIME, counting_server, server};

fn pairloom(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pairloom"))
        .args(arguments)
        .current_dir(home)
        .env("PAIRLOOM_HOME", home)
        .env("LANG", "C.UTF-8")
        .env_remove("LC_ALL")
        .output()
        .unwrap()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The input file of the judge batch, three groups of four replies and one of two that say the same.
fn judge_input(home: &Path) {
    let group = |query: &str| {
        json!({
            "query": query, "history": [],
            "response_0": format!("{query} It is the moon that pulls the sea, twice a day."),
            "response_1": "no idea, go away", "response_2": "The sea rises and falls. The moon pulls it.",
            "response_3": "潮汐是月亮和太阳引起的海水涨落。",
        })
    };
    let same = json!({"query": "Why?", "history": [["a", "b"]], "response_0": "Because.", "response_1": "Because."});
    let input = json!({"0": group("What is a tide?"), "1": group("讲讲潮汐"), "2": group("Tides?"), "3": same});
    std::fs::write(home.join("input_file.json"), input.to_string()).unwrap();
}

#[test]
fn the_judge_batch_is_one_command_and_asks_nothing_twice() {
    let home = tempdir().unwrap();
    judge_input(home.path());
    let (address, asked) = counting_server(&[]);
    let url = format!("http://{address}/v1");
    let arguments = [
        "score",
        "input_file.json",
        "--out",
        "scored.json",
        "--judge",
        &url,
        "--model",
        "sample",
        "--rubric",
        "strict",
        "--concurrency",
        "20",
        "--max-tokens",
        "4096",
        "--json",
    ];
    let output = pairloom(home.path(), &arguments);
    let said = report(&output);
    assert_eq!((said["groups"].as_u64(), said["scored"].as_u64()), (Some(4), Some(4)), "{said}");
    let rows = read(&home.path().join("scored.json"));
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 3, "two replies that say the same give no row: {rows:?}");
    for row in rows {
        let scores = row["scores"].as_array().unwrap();
        assert_eq!(scores.len(), 4);
        let value = |text: &Value| (0..4).find(|at| inputs(home.path(), row, *at) == *text).unwrap();
        let (best, worst) = (value(&row["chosen_response"]), value(&row["rejected_response"]));
        let score = |at: usize| scores[at].as_f64().unwrap();
        assert!((0..4).all(|at| score(at) <= score(best) && score(at) >= score(worst)), "{row}");
    }
    let before = asked.load(Ordering::Relaxed);
    let again = report(&pairloom(home.path(), &arguments));
    assert_eq!(again["scored"].as_u64(), Some(4));
    assert_eq!(asked.load(Ordering::Relaxed), before, "what is scored is not asked for again");
}

/// The reply at a place of the group that a row is about.
fn inputs(home: &Path, row: &Value, at: usize) -> Value {
    let input = read(&home.join("input_file.json"));
    let group = input.as_object().unwrap().values().find(|group| group["query"] == row["query"]).unwrap();
    group[&format!("response_{at}")].clone()
}

#[test]
fn the_reward_batch_scores_every_pair_and_tells_how_often_the_chosen_one_wins() {
    let home = tempdir().unwrap();
    let pair = |user: &str, chosen: &str, rejected: &str| {
        json!({"messages": [
            {"role": "user", "value": user},
            {"role": "assistant", "chosen_value": chosen, "rejected_value": rejected},
        ]})
    };
    let lines = [
        pair("给我写一个谜语", "千条线，万条线，掉到水里看不见。打一自然现象。谜底：雨。", "我就不写"),
        pair("What is a tide?", "A tide is the rise and fall of the sea that the moon brings.", "shut up"),
        pair("What is rain?", "go away", "Rain is water that falls from clouds when drops grow heavy."),
    ];
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    std::fs::write(home.path().join("pairs.jsonl"), text.join("\n")).unwrap();
    let url = format!("http://{}", server(&[]));
    let arguments =
        ["score", "pairs.jsonl", "--out", "scored.jsonl", "--reward", &url, "--model", "sample-reward", "--json"];
    let output = pairloom(home.path(), &arguments);
    let said = report(&output);
    assert_eq!((said["scored"].as_u64(), said["pairs"].as_u64()), (Some(3), Some(3)), "{said}");
    let accuracy = said["pair_accuracy"].as_f64().unwrap();
    assert!((accuracy - 2.0 / 3.0).abs() < 1e-9, "the third pair is the wrong way round: {said}");
    let written = std::fs::read_to_string(home.path().join("scored.jsonl")).unwrap();
    let rows: Vec<Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 3);
    for (row, line) in rows.iter().zip(&lines) {
        let (reply, given) = (&row["messages"][1], &line["messages"][1]);
        assert_eq!(
            (&reply["chosen_value"], &reply["rejected_value"]),
            (&given["chosen_value"], &given["rejected_value"])
        );
        for score in ["chosen_score", "rejected_score"] {
            let score = row[score].as_f64().or(reply[score].as_f64()).unwrap();
            assert!((0.0..=1.0).contains(&score), "{row}");
        }
    }
}

#[test]
fn a_batch_that_was_killed_goes_on() {
    let home = tempdir().unwrap();
    judge_input(home.path());
    let behaviour = Behaviour { faults: vec!["delay:150".parse().unwrap()], ..Behaviour::default() };
    let asked = std::sync::Arc::clone(&behaviour.asked);
    let address = sample::start(RUNTIME.handle(), behaviour).unwrap();
    let url = format!("http://{address}/v1");
    let arguments = [
        "score",
        "input_file.json",
        "--out",
        "o.json",
        "--judge",
        &url,
        "--model",
        "sample",
        "--concurrency",
        "1",
        "--json",
    ];
    let mut child = Command::new(env!("CARGO_BIN_EXE_pairloom"))
        .args(arguments)
        .current_dir(home.path())
        .env("PAIRLOOM_HOME", home.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let began = std::time::Instant::now();
    while asked.load(Ordering::Relaxed) < 5 {
        assert!(began.elapsed() < crate::support::LONG, "the batch did not begin");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = asked.load(Ordering::Relaxed);
    let said = report(&pairloom(home.path(), &arguments));
    assert_eq!(said["scored"].as_u64(), Some(4), "{said}");
    let all = asked.load(Ordering::Relaxed);
    // Three groups of four orders, one of two; what was under way at the kill, and what came last and was not on disk
    // yet, is asked for again.
    assert!((14..=14 + 3).contains(&all), "{all} requests, {before} before the kill");
    assert!(home.path().join("o.json").exists());
}

#[test]
fn what_cannot_be_scored_is_told_and_no_number_is_made_up() {
    let home = tempdir().unwrap();
    judge_input(home.path());
    let url = format!("http://{}/v1", server(&["judge-prose"]));
    let arguments = ["score", "input_file.json", "--out", "o.json", "--judge", &url, "--model", "sample", "--json"];
    let output = pairloom(home.path(), &arguments);
    assert_eq!(output.status.code(), Some(1));
    let said = report(&output);
    assert_eq!(said["without_score"][0]["why"]["why"], "prose", "{said}");
    assert_eq!(read(&home.path().join("o.json")), json!([]), "no row without scores");
    for (wrong, code) in [
        (vec!["score", "input_file.json", "--judge", "http://127.0.0.1:9"], 2),
        (vec!["score", "nothing.json", "--out", "n.json", "--judge", &url], 2),
        (vec!["score", "input_file.json", "--out", "n.json", "--judge", &url, "--rubric", "kind"], 2),
        (vec!["score", "input_file.json", "--out", "n.json"], 2),
    ] {
        let output = pairloom(home.path(), &wrong);
        assert_eq!(output.status.code(), Some(code), "{wrong:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stderr.is_empty());
    }
}
