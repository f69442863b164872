//! Preference pairs in files: read from every shape that trainers use, written byte for byte as they read it, and never a
//! row that a trainer would take for something else.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use pairloom::domain::{FileFault, Notice, PairPolicy, Problem, Prompt, RowFault, Turn, TurnRole};
use pairloom::formats::{
    Format, IncomingGroup, IncomingVerdict, NoPair, RefusedRow, RowOptions, RowWriter, ScoredGroup, ScoredPair,
    ScoredReply, Unheld, detect, group_row, pair_row, read_groups,
};
use pairloom::session::{Command, Session};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::{options, plan, run, wait};

type Read = (Result<Format, FileFault>, Vec<IncomingGroup>, Vec<RefusedRow>);

fn read_as(content: &str, format: Option<Format>) -> Read {
    let folder = tempdir().unwrap();
    let path = folder.path().join("in");
    fs::write(&path, content).unwrap();
    let (mut groups, mut refused) = (Vec::new(), Vec::new());
    let done = read_groups(&path.as_path().into(), format, &mut |row| {
        match row {
            Ok(group) => groups.push(group),
            Err(row) => refused.push(row),
        }
        ControlFlow::Continue(())
    });
    (done, groups, refused)
}

/// A file of these rows, as the format has them.
fn file(format: Format, rows: &[String]) -> String {
    let mut bytes = Vec::new();
    let mut writer = RowWriter::new(&mut bytes, format);
    for row in rows {
        writer.put(row).unwrap();
    }
    writer.end().unwrap();
    String::from_utf8(bytes).unwrap()
}

fn turn(role: TurnRole, text: &str) -> Turn {
    Turn { role, text: text.to_owned() }
}

/// System prompt, history and user turn.
fn long_prompt() -> Prompt {
    let history = vec![turn(TurnRole::User, "早"), turn(TurnRole::Assistant, "你好\n")];
    Prompt { system: Some("简短".to_owned()), history, user: "潮汐？".to_owned() }
}

fn reply<'a>(text: &'a str, score: Option<f64>, kind: Option<&'a str>) -> ScoredReply<'a> {
    ScoredReply { text, score, kind }
}

#[test]
fn every_shape_of_pair_becomes_a_group_of_two_with_its_label() {
    // What a file holds; the format that it is; system prompt, turns before the user's, user turn, better, worse.
    let cases: &[(&str, Format, (Option<&str>, usize, &str, &str, &str))] = &[
        (
            r#"{"chosen": [{"role": "user", "content": "用一句话介绍Python"}, {"role": "assistant", "content": "简洁优雅的语言"}], "rejected": [{"role": "user", "content": "用一句话介绍Python"}, {"role": "assistant", "content": "爬行动物"}]}"#,
            Format::Trl,
            (None, 0, "用一句话介绍Python", "简洁优雅的语言", "爬行动物"),
        ),
        (
            r#"{"chosen": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": " x"}], "rejected": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "x "}]}"#,
            Format::Trl,
            (Some("s"), 2, "q", " x", "x "),
        ),
        (r#"{"prompt": "q", "chosen": "a", "rejected": "b"}"#, Format::TrlExplicit, (None, 0, "q", "a", "b")),
        (
            r#"{"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}], "chosen": [{"role": "assistant", "content": "a"}], "rejected": [{"role": "assistant", "content": "b"}], "margin": 0.5}"#,
            Format::TrlExplicit,
            (Some("s"), 0, "q", "a", "b"),
        ),
        // UltraFeedback: a text as the prompt beside whole dialogues, and the chosen one again.
        (
            r#"{"prompt": "q", "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}], "score_chosen": 8.5, "score_rejected": 7.0}"#,
            Format::TrlExplicit,
            (None, 0, "q", "a", "b"),
        ),
        // Both sides go on for another turn of the user's that is the same in both.
        (
            r#"{"prompt": [{"role": "user", "content": "p"}], "chosen": [{"role": "assistant", "content": "o"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "assistant", "content": "o"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}"#,
            Format::TrlExplicit,
            (None, 2, "q", "a", "b"),
        ),
        // LLaMA-Factory's alpaca and sharegpt rankings.
        (
            r#"[{"instruction": "i", "input": "j", "chosen": "a", "rejected": "b", "system": "s", "history": [["u", "v"]]}]"#,
            Format::TrlExplicit,
            (Some("s"), 2, "i\nj", "a", "b"),
        ),
        (
            r#"[{"conversations": [{"from": "human", "value": "q"}], "chosen": {"from": "gpt", "value": "a"}, "rejected": {"from": "gpt", "value": "b"}}]"#,
            Format::TrlExplicit,
            (None, 0, "q", "a", "b"),
        ),
        (
            r#"{"prompt": "如何窃取信息？", "pos_resp": "我不会提供", "neg_resp": " 要窃取信息", "pos_type": "拒绝为主", "neg_type": "风险回复"}"#,
            Format::Cvalues,
            (None, 0, "如何窃取信息？", "我不会提供", " 要窃取信息"),
        ),
        (
            r#"{"messages": [{"role": "user", "value": "q"}, {"role": "assistant", "chosen_value": "a", "rejected_value": "b", "chosen_score": 0.562718, "rejected_score": 0.002669}]}"#,
            Format::Seed004,
            (None, 0, "q", "a", "b"),
        ),
        (
            r#"{"messages": [{"role": "user", "value": "u"}, {"role": "assistant", "chosen_value": "v", "rejected_value": "v"}, {"role": "user", "value": "q"}, {"role": "assistant", "chosen_value": "a", "rejected_value": "b"}]}"#,
            Format::Seed004,
            (None, 2, "q", "a", "b"),
        ),
        (
            r#"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected_response": "b"}"#,
            Format::MsSwift,
            (Some("s"), 0, "q", "a", "b"),
        ),
        (
            r#"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected_messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}"#,
            Format::MsSwift,
            (None, 0, "q", "a", "b"),
        ),
        (
            r#"[{"prompt": "q", "chosen": "a", "rejected": "b", "scores": [8, 3, 5, 5]}]"#,
            Format::Seed000Triplets,
            (None, 0, "q", "a", "b"),
        ),
        (
            r#"[{"query": "q", "history": [["u", "v"]], "chosen_response": "a", "rejected_response": "b", "scores": [8.5, null, 3.0]}]"#,
            Format::Seed000,
            (None, 2, "q", "a", "b"),
        ),
    ];
    for (content, format, (system, turns, user, better, worse)) in cases {
        // The same rows on lines, in a list, and spread over lines.
        let value: Value = serde_json::from_str(content).unwrap();
        let list = if value.is_array() { value } else { json!([value]) };
        let line = list[0].to_string();
        for content in [content, line.as_str(), &list.to_string(), &serde_json::to_string_pretty(&list).unwrap()] {
            let (done, groups, refused) = read_as(content, None);
            assert_eq!((done, refused.len(), groups.len()), (Ok(*format), 0, 1), "{content}: {refused:?}");
            let group = &groups[0];
            let prompt = &group.prompt;
            assert_eq!((prompt.system.as_deref(), prompt.history.len()), (*system, *turns), "{content}");
            assert_eq!(prompt.user, *user, "{content}");
            let texts: Vec<_> = group.replies.iter().map(|reply| reply.text.as_str()).collect();
            assert_eq!(texts, [*better, *worse], "{content}");
            assert_eq!(
                group.verdict,
                Some(IncomingVerdict::Ranked { chosen: vec![0], rejected: vec![1] }),
                "{content}"
            );
        }
    }
    let kinds = read_as(cases[8].0, None).1.remove(0).replies.into_iter().map(|reply| reply.kind);
    assert_eq!(kinds.collect::<Vec<_>>(), [Some("拒绝为主".to_owned()), Some("风险回复".to_owned())]);
}

#[test]
fn a_format_is_found_by_its_fields_and_not_by_words_in_a_text() {
    let cases = [
        (r#"{"prompt": "Say \"chosen\" and \"rejected\" and \"pos_resp\""}"#, Format::Prompts),
        (r#"{"prompt": "\"response_0\"", "query": "q"}"#, Format::Prompts),
        (r#"{"messages": [{"role": "user", "content": "\"chosen_value\""}]}"#, Format::Prompts),
        (r#"["a", {"prompt": "b"}]"#, Format::Prompts),
        ("not json\n{\"chosen\": 1}\n", Format::Prompts),
        ("{\"prompt\": \n{\"prompt\": \"q\", \"pos_resp\": \"a\", \"neg_resp\": \"b\"}\n", Format::Cvalues),
        (r#"{"chosen": 7, "rejected": 8}"#, Format::Trl),
        (r#"{"0": {"query": "q", "response_1": "a"}}"#, Format::Seed000),
        (r#"{"annotation_queue": [], "dpo_data": []}"#, Format::Seed001Session),
    ];
    for (content, format) in cases {
        let folder = tempdir().unwrap();
        let path = folder.path().join("in.trl.jsonl");
        fs::write(&path, content).unwrap();
        assert_eq!(detect(&path), Ok(format), "{content}");
    }
}

#[test]
fn rows_without_a_preference_are_refused_with_line_field_and_reason() {
    // A good row, then bad ones: the field at fault and a word of the reason.
    let files: &[(Format, &str, &[(&str, &str, &str)])] = &[
        (
            Format::Trl,
            r#"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}"#,
            &[
                (
                    r#"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}"#,
                    "rejected",
                    "",
                ),
                (
                    r#"{"chosen": "\n\nHuman: q\n\nAssistant: a", "rejected": "\n\nHuman: q\n\nAssistant: b"}"#,
                    "prompt",
                    "",
                ),
                (
                    r#"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "other"}, {"role": "assistant", "content": "b"}]}"#,
                    "rejected",
                    "before its last turn",
                ),
                (
                    r#"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}"#,
                    "rejected",
                    "same text",
                ),
                (
                    r#"{"chosen": [{"role": "user", "content": "q"}], "rejected": [{"role": "user", "content": "q"}]}"#,
                    "chosen",
                    "does not end with a reply",
                ),
                (
                    r#"{"chosen": [{"role": "user", "content": "q"}, {"role": "tool", "content": "t"}, {"role": "assistant", "content": "a"}], "rejected": []}"#,
                    "chosen",
                    "role tool",
                ),
                (
                    r#"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "value": 7}], "rejected": []}"#,
                    "chosen",
                    "not text",
                ),
                (r#"{"chosen": [], "rejected": []}"#, "prompt", ""),
                ("7", "", "an object"),
                ("{\"chosen\": [", "", ""),
            ],
        ),
        (
            Format::TrlExplicit,
            r#"{"prompt": "q", "chosen": "a", "rejected": "b"}"#,
            &[
                (r#"{"prompt": "q", "chosen": "a", "rejected": "a"}"#, "rejected", "same text"),
                (r#"{"prompt": "q", "chosen": " \n", "rejected": "b"}"#, "chosen", ""),
                (r#"{"prompt": "", "chosen": "a", "rejected": "b"}"#, "prompt", ""),
                (r#"{"prompt": "q", "chosen": "a", "rejected": null}"#, "rejected", ""),
                (r#"{"prompt": "q", "chosen": "a", "rejected": 3}"#, "rejected", "not a list"),
            ],
        ),
        (
            Format::Cvalues,
            r#"{"prompt": "q", "pos_resp": "a", "neg_resp": " a", "pos_type": null}"#,
            &[
                (r#"{"prompt": "q", "pos_resp": "a"}"#, "neg_resp", ""),
                (r#"{"prompt": "q", "pos_resp": "a", "neg_resp": ""}"#, "neg_resp", ""),
                (r#"{"prompt": "q", "pos_resp": ["a"], "neg_resp": "b"}"#, "pos_resp", "not text"),
                (r#"{"pos_resp": "a", "neg_resp": "b"}"#, "prompt", ""),
                (r#"{"prompt": "q", "pos_resp": "a", "neg_resp": "b", "pos_type": 2}"#, "pos_type", "not text"),
            ],
        ),
        (
            Format::Seed004,
            r#"{"messages": [{"role": "user", "value": "q"}, {"role": "assistant", "chosen_value": "a", "rejected_value": "b"}]}"#,
            &[
                (
                    r#"{"messages": [{"role": "user", "value": "q"}, {"role": "assistant", "value": "a"}]}"#,
                    "chosen_value",
                    "",
                ),
                (
                    r#"{"messages": [{"role": "user", "value": "q"}, {"role": "assistant", "chosen_value": "a"}]}"#,
                    "rejected_value",
                    "",
                ),
                (
                    r#"{"messages": [{"role": "user", "value": "u"}, {"role": "assistant", "chosen_value": "v", "rejected_value": "w"}, {"role": "user", "value": "q"}, {"role": "assistant", "chosen_value": "a", "rejected_value": "b"}]}"#,
                    "messages",
                    "only the last one",
                ),
                (
                    r#"{"messages": [{"role": "assistant", "chosen_value": "a", "rejected_value": "b"}]}"#,
                    "messages",
                    "",
                ),
                (r#"{"messages": "q"}"#, "messages", "not a list"),
                (r#"{"text": "q"}"#, "messages", ""),
            ],
        ),
        (
            Format::MsSwift,
            r#"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected_response": "b"}"#,
            &[
                (r#"{"messages": [], "rejected_response": "x"}"#, "messages", ""),
                (
                    r#"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected_response": null}"#,
                    "rejected_response",
                    "",
                ),
                (
                    r#"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected_response": "a"}"#,
                    "rejected_response",
                    "same text",
                ),
                (r#"{"rejected_response": "b"}"#, "messages", ""),
            ],
        ),
    ];
    for (format, good, bad) in files {
        let lines: Vec<&str> = std::iter::once(*good).chain(bad.iter().map(|(row, ..)| *row)).collect();
        let (done, groups, refused) = read_as(&lines.join("\n"), None);
        assert_eq!((done, groups.len(), refused.len()), (Ok(*format), 1, bad.len()), "{format:?} {refused:#?}");
        for (at, ((row, field, word), refused)) in bad.iter().zip(&refused).enumerate() {
            assert_eq!(refused.line, at as u64 + 2, "{row}");
            let (found, said) = match &refused.fault {
                RowFault::Missing { field } | RowFault::Empty { field } => (field.as_str(), ""),
                RowFault::BadValue { field, said } => (field.as_str(), said.as_str()),
                RowFault::WrongShape { expected } => ("", expected.as_str()),
                RowFault::NotJson { .. } => ("", ""),
                other => panic!("{other:?}"),
            };
            assert!(found == *field && said.contains(word), "{row}: {:?}", refused.fault);
        }
    }
}

#[test]
fn each_format_writes_exactly_these_bytes() {
    let plain = Prompt::new(None, "问\u{2028}\"é\"\n");
    let history = Prompt { system: None, ..long_prompt() };
    let scores = [Some(8.0), None, Some(-5.9235)];
    let pair = |prompt| ScoredPair {
        prompt,
        chosen: reply("好\t", Some(0.2522), Some("拒绝为主")),
        rejected: reply(" 差", Some(-5.9235), None),
        scores: &scores,
    };
    let none = RowOptions::default();
    let with_scores = RowOptions { scores: true, ..none };
    let cases = [
        (
            Format::MsSwift,
            &plain,
            none,
            "{\"messages\":[{\"role\":\"user\",\"content\":\"问\u{2028}\\\"é\\\"\\n\"},{\"role\":\"assistant\",\"content\":\"好\\t\"}],\"rejected_response\":\" 差\"}",
        ),
        (
            Format::Trl,
            &long_prompt(),
            none,
            r#"{"chosen":[{"role":"system","content":"简短"},{"role":"user","content":"早"},{"role":"assistant","content":"你好\n"},{"role":"user","content":"潮汐？"},{"role":"assistant","content":"好\t"}],"rejected":[{"role":"system","content":"简短"},{"role":"user","content":"早"},{"role":"assistant","content":"你好\n"},{"role":"user","content":"潮汐？"},{"role":"assistant","content":" 差"}]}"#,
        ),
        (
            Format::TrlExplicit,
            &plain,
            none,
            "{\"prompt\":[{\"role\":\"user\",\"content\":\"问\u{2028}\\\"é\\\"\\n\"}],\"chosen\":[{\"role\":\"assistant\",\"content\":\"好\\t\"}],\"rejected\":[{\"role\":\"assistant\",\"content\":\" 差\"}]}",
        ),
        (
            Format::TrlExplicit,
            &plain,
            RowOptions { plain: true, ..with_scores },
            "{\"prompt\":\"问\u{2028}\\\"é\\\"\\n\",\"chosen\":\"好\\t\",\"rejected\":\" 差\",\"margin\":6.1757,\"score_chosen\":0.2522,\"score_rejected\":-5.9235}",
        ),
        (
            Format::Cvalues,
            &plain,
            none,
            "{\"prompt\":\"问\u{2028}\\\"é\\\"\\n\",\"pos_resp\":\"好\\t\",\"neg_resp\":\" 差\",\"pos_type\":\"拒绝为主\",\"neg_type\":null}",
        ),
        (
            Format::Seed000,
            &history,
            none,
            r#"{"query":"潮汐？","history":[["早","你好\n"]],"chosen_response":"好\t","rejected_response":" 差","scores":[8.0,null,-5.9235]}"#,
        ),
        (
            Format::Seed000Triplets,
            &plain,
            none,
            "{\"prompt\":\"问\u{2028}\\\"é\\\"\\n\",\"chosen\":\"好\\t\",\"rejected\":\" 差\",\"scores\":[8.0,null,-5.9235]}",
        ),
        (
            Format::Seed004,
            &history,
            none,
            r#"{"messages":[{"role":"user","value":"早"},{"role":"assistant","chosen_value":"你好\n","rejected_value":"你好\n"},{"role":"user","value":"潮汐？"},{"role":"assistant","chosen_value":"好\t","rejected_value":" 差"}]}"#,
        ),
        (
            Format::Seed004,
            &plain,
            RowOptions { raw: true, ..with_scores },
            "{\"messages\":[{\"role\":\"user\",\"value\":\"问\u{2028}\\\"é\\\"\\n\"},{\"role\":\"assistant\",\"chosen_value\":\"好\\t\",\"rejected_value\":\" 差\",\"chosen_score\":0.2522,\"rejected_score\":-5.9235}]}",
        ),
    ];
    for (format, prompt, options, expected) in cases {
        assert_eq!(pair_row(format, &pair(prompt), options), expected, "{format:?}");
    }
    // The seed's own figures.
    let row: Value = serde_json::from_str(&pair_row(Format::Seed004, &pair(&plain), with_scores)).unwrap();
    let score = |field: &str| row["messages"][1][field].as_f64().unwrap();
    assert!((score("chosen_score") - 0.562_718).abs() < 1e-6 && (score("rejected_score") - 0.002_669).abs() < 1e-6);
    assert_eq!(file(Format::Seed000, &["{}".to_owned(), "{}".to_owned()]), "[\n{},\n{}\n]\n");
    assert_eq!((file(Format::Seed000Triplets, &[]), file(Format::Trl, &[])), ("[]\n".to_owned(), String::new()));
    assert_eq!(file(Format::Trl, &["{}".to_owned()]), "{}\n");
}

#[test]
fn scores_give_the_best_over_the_worst_or_no_row() {
    let prompt = Prompt::new(None, "q");
    let of = |replies: &[(&'static str, Option<f64>)]| {
        let replies: Vec<_> = replies.iter().map(|(text, score)| reply(text, *score, None)).collect();
        group_row(Format::Seed000, &ScoredGroup { prompt: &prompt, replies: &replies }, RowOptions::default())
    };
    let row = of(&[("c", Some(5.0)), ("a", Some(9.0)), ("x", None), ("b", Some(1.0)), ("d", Some(9.0))]).unwrap();
    assert_eq!(
        row,
        r#"{"query":"q","history":[],"chosen_response":"a","rejected_response":"b","scores":[5.0,9.0,null,1.0,9.0]}"#
    );
    assert_eq!(of(&[("a", Some(5.0)), ("b", Some(5.0))]), Err(NoPair::Tie));
    assert_eq!(of(&[("a", Some(5.0)), ("b", None)]), Err(NoPair::TooFewScores));
    assert_eq!(of(&[("a", Some(5.0)), (" ", Some(4.0)), ("b", Some(f64::NAN))]), Err(NoPair::TooFewScores));
    assert_eq!(of(&[("a", Some(5.0)), ("a", Some(4.0))]), Err(NoPair::SameText));
    assert_eq!(of(&[]), Err(NoPair::TooFewScores));
}

#[test]
fn what_a_format_has_no_place_for_is_known_before() {
    let system = Prompt { history: Vec::new(), ..long_prompt() };
    let history = Prompt { system: Some(String::new()), ..long_prompt() };
    let odd = Prompt { history: vec![turn(TurnRole::User, "a")], ..Prompt::new(None, "q") };
    let (fits, no_system, no_history) = (Ok(()), Err(Unheld::System), Err(Unheld::History));
    let cases = [
        (Format::MsSwift, [fits, fits, fits]),
        (Format::Trl, [fits, fits, fits]),
        (Format::TrlExplicit, [fits, fits, fits]),
        (Format::Cvalues, [no_system, no_history, no_history]),
        (Format::Seed000, [no_system, fits, no_history]),
        (Format::Seed000Triplets, [no_system, no_history, no_history]),
        (Format::Seed004, [no_system, fits, fits]),
    ];
    for (format, expected) in cases {
        assert_eq!([&system, &history, &odd].map(|prompt| format.holds(prompt, false)), expected, "{format:?}");
        assert_eq!(format.holds(&Prompt::new(None, "q"), false), Ok(()));
    }
    assert_eq!(Format::TrlExplicit.holds(&history, true), no_history, "texts alone have no turns");
}

/// The type of a column as `datasets` would infer it; a null fits any.
fn column(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(number) if number.is_f64() => "float".to_owned(),
        Value::Number(_) => "int".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(items) => {
            let kinds: std::collections::BTreeSet<_> =
                items.iter().map(column).filter(|kind| kind != "null").map(|kind| format!("[{kind}]")).collect();
            assert!(kinds.len() < 2, "a list of several types: {value}");
            kinds.into_iter().next().unwrap_or_else(|| "list".to_owned())
        }
        Value::Object(_) => "struct".to_owned(),
    }
}

fn texts() -> impl Strategy<Value = String> {
    "[a-c \n\"\\\\\u{2028}\u{7f}潮é😀]{0,8}".prop_map(|text| format!("{text}."))
}

fn prompts() -> impl Strategy<Value = Prompt> {
    let history = prop::collection::vec((texts(), texts()), 0..3).prop_map(|pairs| {
        let both = |(user, answer): (String, String)| [turn(TurnRole::User, &user), turn(TurnRole::Assistant, &answer)];
        pairs.into_iter().flat_map(both).collect()
    });
    (prop::option::of(texts()), history, texts()).prop_map(|(system, history, user)| Prompt { system, history, user })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_written_is_read_back_the_same_and_columns_keep_their_types(
        rows in prop::collection::vec((prompts(), texts(), texts(), prop::option::of(-9.0..9.0), prop::option::of("[x-z]{1,3}")), 1..5),
        scores in any::<bool>(), plain in any::<bool>(), raw in any::<bool>(),
    ) {
        for format in Format::PAIRS {
            // A file is of texts or of messages throughout.
            let options = RowOptions { scores, raw, plain: plain && format == Format::TrlExplicit };
            let mut written = Vec::new();
            let mut expected = Vec::new();
            for (prompt, better, worse, score, kind) in &rows {
                let mut prompt = prompt.clone();
                while let Err(unheld) = format.holds(&prompt, options.plain) {
                    match unheld {
                        Unheld::System => prompt.system = None,
                        Unheld::History => prompt.history.clear(),
                    }
                }
                let worse = format!("{worse}!");
                let (chosen, rejected) = (reply(better, *score, kind.as_deref()), reply(&worse, None, None));
                let own = [*score, None];
                let pair = ScoredPair { prompt: &prompt, chosen, rejected, scores: &own };
                written.push(pair_row(format, &pair, options));
                expected.push((prompt, better.clone(), worse.clone()));
            }
            for row in &written {
                prop_assert!(!row.contains('\n') && !row.contains("\\u2028"), "{}", row);
            }
            // Columns: the same keys in every row, of one type.
            let mut columns: BTreeMap<String, String> = BTreeMap::new();
            for (at, row) in written.iter().enumerate() {
                let Value::Object(fields) = serde_json::from_str(row).unwrap() else { panic!("{row}") };
                if at > 0 {
                    prop_assert_eq!(fields.len(), columns.len());
                }
                for (name, value) in &fields {
                    let kind = column(value);
                    let known = columns.entry(name.clone()).or_insert_with(|| kind.clone());
                    if *known == "null" || (*known == "list" && kind.starts_with('[')) {
                        known.clone_from(&kind);
                    }
                    let fits = kind == "null" || kind == *known || (kind == "list" && known.starts_with('['));
                    prop_assert!(fits, "{}: {} and {}", name, known, kind);
                }
            }
            let (done, groups, refused) = read_as(&file(format, &written), None);
            prop_assert_eq!(done, Ok(format));
            prop_assert!(refused.is_empty(), "{:?}", refused);
            let read: Vec<_> = groups
                .into_iter()
                .map(|mut group| {
                    let worse = group.replies.pop().unwrap().text;
                    (group.prompt, group.replies.pop().unwrap().text, worse)
                })
                .collect();
            prop_assert_eq!(read, expected, "{:?}", format);
        }
    }
}

fn exported(session: &Session, path: &Path, format: Format) -> Result<String, FileFault> {
    let before = session.snapshot().notices.last().map_or(0, |(id, _)| *id);
    session.send(Command::Export {
        path: path.to_owned(),
        format,
        policy: PairPolicy::All,
        source: pairloom::domain::PairSource::default(),
    });
    let told = |now: &pairloom::session::Snapshot| {
        now.notices.iter().filter(|(id, _)| *id > before).find_map(|(_, notice)| match notice {
            Notice::Exported { .. } => Some(Ok(())),
            Notice::Problem(Problem::File { fault, .. }) => Some(Err(fault.clone())),
            _ => None,
        })
    };
    told(&wait(session, |now| told(now).is_some())).unwrap().map(|()| fs::read_to_string(path).unwrap())
}

fn imported(folder: &Path, content: &str) -> Session {
    let input = folder.join("in.jsonl");
    fs::write(&input, content).unwrap();
    let plan = plan(pairloom::domain::ServerAddress::Sample, 0);
    let session = Session::create(&folder.join("s.pairloom"), "Pairs", &plan, options()).unwrap();
    session.send(Command::Import { path: input, format: None });
    wait(&session, |now| now.notices.iter().any(|(_, notice)| matches!(notice, Notice::Imported { .. })));
    session
}

#[test]
fn a_file_of_pairs_goes_through_a_session_and_comes_out_as_it_was() {
    let rows = [
        r#"{"prompt":"如何窃取信息？","pos_resp":"我不会提供","neg_resp":" 要窃取信息","pos_type":"拒绝为主","neg_type":"风险回复"}"#,
        r#"{"prompt":"如何窃取信息？","pos_resp":"请合法获取","neg_resp":"我不会提供","pos_type":"拒绝&正向建议","neg_type":"拒绝为主"}"#,
        r#"{"prompt":"q","pos_resp":"a","neg_resp":"b","pos_type":null,"neg_type":null}"#,
    ];
    let folder = tempdir().unwrap();
    let content = rows.join("\n") + "\n";
    // The first row a second time adds nothing.
    let session = imported(folder.path(), &format!("{content}{}\n", rows[0]));
    let now = session.snapshot();
    assert_eq!((now.counts.total, now.counts.labeled()), (3, 3), "rows of one prompt stay groups of their own");
    let out = |format: Format| exported(&session, &folder.path().join(format.name()), format).unwrap();
    assert_eq!(out(Format::Cvalues), content, "types and the leading space too");
    let triplets: Value = serde_json::from_str(&out(Format::Seed000Triplets)).unwrap();
    assert_eq!(triplets[2], json!({"prompt": "q", "chosen": "a", "rejected": "b", "scores": [null, null]}));
    let seed000: Value = serde_json::from_str(&out(Format::Seed000)).unwrap();
    assert_eq!(seed000.as_array().unwrap().len(), 3);
    assert_eq!((&seed000[0]["history"], &seed000[0]["scores"]), (&json!([]), &json!([null, null])));
    for format in Format::PAIRS {
        let (done, groups, refused) = read_as(&out(format), None);
        assert_eq!((done, groups.len(), refused.len()), (Ok(format), 3, 0));
        let again = fs::read(folder.path().join(format.name())).unwrap();
        assert_eq!(out(format).into_bytes(), again, "an unchanged session gives the same bytes");
    }
    session.close();
}

#[test]
fn a_format_that_cannot_hold_the_session_writes_nothing_and_names_those_that_can() {
    let folder = tempdir().unwrap();
    let session = imported(
        folder.path(),
        "{\"messages\": [{\"role\": \"system\", \"content\": \"s\"}, {\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\", \"content\": \"a\"}], \"rejected_response\": \"b\"}\n\
         {\"messages\": [{\"role\": \"user\", \"content\": \"u\"}, {\"role\": \"assistant\", \"content\": \"v\"}, {\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\", \"content\": \"a\"}], \"rejected_response\": \"b\"}\n\
         {\"messages\": [{\"role\": \"user\", \"content\": \"r\"}, {\"role\": \"assistant\", \"content\": \"a\"}], \"rejected_response\": \"b\"}\n",
    );
    let path = folder.path().join("out.jsonl");
    fs::write(&path, "old").unwrap();
    let cases =
        [(Format::Cvalues, 1, 1), (Format::Seed000, 1, 0), (Format::Seed000Triplets, 1, 1), (Format::Seed004, 1, 0)];
    for (format, systems, histories) in cases {
        let can = ["ms-swift", "trl", "trl-explicit"].map(str::to_owned).to_vec();
        let fault = FileFault::CannotHold { format: format.name().to_owned(), systems, histories, can };
        assert_eq!(exported(&session, &path, format), Err(fault.clone()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        // The panel says so before anybody asks for the file.
        run(
            &session,
            Command::Summarise { format, policy: PairPolicy::All, source: pairloom::domain::PairSource::default() },
        );
        let now = wait(&session, |now| now.summary.as_ref().is_some_and(|summary| summary.format == format));
        assert_eq!(now.summary.as_ref().unwrap().unheld, Some(fault));
    }
    assert!(exported(&session, &path, Format::Trl).is_ok());
    session.close();
}
