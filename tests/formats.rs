//! Files in and out: what is read right, what is refused and why.

use std::collections::HashMap;
use std::fs;
use std::ops::ControlFlow;

use pairloom::domain::{FileFault, RowFault};
use pairloom::formats::{
    Format, IncomingGroup, IncomingVerdict, RefusedRow, RowHash, append, detect, preview, read_groups, rewrite,
    write_whole,
};
use proptest::prelude::*;
use tempfile::tempdir;

type Read = (Result<Format, FileFault>, Vec<IncomingGroup>, Vec<RefusedRow>);

fn read(name: &str, content: &[u8]) -> Read {
    let folder = tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    let (mut groups, mut refused) = (Vec::new(), Vec::new());
    let done = read_groups(&path.as_path().into(), None, &mut |row| {
        match row {
            Ok(group) => groups.push(group),
            Err(row) => refused.push(row),
        }
        ControlFlow::Continue(())
    });
    (done, groups, refused)
}

fn prompts(content: &[u8]) -> Vec<String> {
    let (done, groups, refused) = read("in", content);
    assert_eq!(done, Ok(Format::Prompts));
    assert!(refused.is_empty(), "{refused:?}");
    groups.into_iter().map(|group| group.prompt.user).collect()
}

#[test]
fn prompts_are_read_from_every_layout_and_encoding() {
    let (gbk, ..) = encoding_rs::GBK.encode("潮汐是什么？为什么一天涨两次潮？\n讲讲月亮和太阳的引力\n");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("一\n二\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cases: Vec<(&[u8], Vec<&str>)> = vec![
        (b"one\r\ntwo\r\n\r\n", vec!["one", "two"]),
        (b"\xef\xbb\xbfone\ntwo", vec!["one", "two"]),
        (b"line a\nline b\n\nsecond\n", vec!["line a\nline b", "second"]),
        ("提示,系统\n\"你好，\n世界\",简短\n".as_bytes(), vec!["你好，\n世界"]),
        (b"query\tsystem\nq1\ts\n", vec!["q1"]),
        (b"[\"a\", {\"prompt\": \"b\"}, {\"instruction\": \"c\", \"input\": \"d\"}]", vec!["a", "b", "c\nd"]),
        (b"{\"messages\": [{\"role\": \"system\", \"content\": \"s\"}, {\"role\": \"user\", \"content\": \"u\"}]}\n{\"query\": \"v\"}\n", vec!["u", "v"]),
        (b"{\"conversations\": [{\"from\": \"human\", \"value\": \"h\"}]}", vec!["h"]),
        (&gbk, vec!["潮汐是什么？为什么一天涨两次潮？", "讲讲月亮和太阳的引力"]),
        (&utf16, vec!["一", "二"]),
    ];
    for (content, expected) in cases {
        assert_eq!(prompts(content), expected, "{}", String::from_utf8_lossy(content));
    }
}

#[test]
fn one_bad_row_never_stops_the_rest() {
    let content =
        b"{\"prompt\": \"a\"}\n{\"prompt\": \n{\"Prompt\": \"c\"}\n{\"prompt\": \"\"}\n7\n{\"prompt\": \"e\"}\n";
    let (done, groups, refused) = read("in.jsonl", content);
    assert_eq!(done, Ok(Format::Prompts));
    assert_eq!(groups.iter().map(|group| group.line).collect::<Vec<_>>(), [1, 6]);
    assert_eq!(refused.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert!(matches!(&refused[1].fault, RowFault::Missing { field } if field.contains("Prompt")), "{refused:?}");
}

#[test]
fn files_that_are_not_what_they_say_are_told() {
    let cases: Vec<(&[u8], fn(&FileFault) -> bool)> = vec![
        (b"", |fault| *fault == FileFault::Empty),
        (b" \n\n", |fault| *fault == FileFault::Empty),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", |fault| matches!(fault, FileFault::NotText { .. })),
        (b"{\n\"0\": {\"query\": \"q\", \"response_0\": \"a\"},\n\"1\": {\"query\": \"r", |fault| {
            matches!(fault, FileFault::Broken { line: 3, .. })
        }),
        (b"{\"annotation_queue\": [", |fault| matches!(fault, FileFault::Broken { .. })),
    ];
    for (content, fits) in cases {
        let (done, ..) = read("in", content);
        let fault = done.expect_err(&String::from_utf8_lossy(content));
        assert!(fits(&fault), "{fault:?} for {}", String::from_utf8_lossy(content));
    }
    let folder = tempdir().unwrap();
    assert_eq!(detect(folder.path()), Err(FileFault::IsFolder));
    assert_eq!(preview(&folder.path().join("none"), None), Err(FileFault::Missing));
}

#[test]
fn seed_000_has_gaps_any_order_and_history() {
    let content = r#"{"b": {"query": "q", "history": [["u", "v"]], "response_3": "d", "response_0": "a"}, "a": {"query": "r", "history": [], "response_0": ""}}"#;
    let (done, groups, refused) = read("x", content.as_bytes());
    assert_eq!(done, Ok(Format::Seed000));
    let texts: Vec<_> = groups[0].replies.iter().map(|reply| reply.text.as_str()).collect();
    assert_eq!((texts, groups[0].prompt.history.len()), (vec!["a", "d"], 2));
    assert!(matches!(refused[0].fault, RowFault::Empty { .. }));
}

#[test]
fn a_seed_001_session_resumes_with_its_decisions() {
    let content = serde_json::json!({
        "annotation_queue": [
            {"system": "s", "user": "u", "responses": ["good", "bad", "worse"]},
            {"system": "s", "user": "v", "responses": ["x", "API 在生成第 #2 个回复时出错: timeout"]},
            {"system": "s", "user": "w", "responses": ["y", "z"]},
        ],
        "current_index": 2,
        "dpo_data": [
            {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}, {"role": "assistant", "content": "good, edited"}], "rejected_response": "bad"},
            {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}, {"role": "assistant", "content": "good, edited"}], "rejected_response": "worse"},
        ],
    });
    let (done, groups, _) = read("annotation_session.json", content.to_string().as_bytes());
    assert_eq!(done, Ok(Format::Seed001Session));
    assert_eq!(groups[0].verdict, Some(IncomingVerdict::Ranked { chosen: vec![3], rejected: vec![1, 2] }));
    assert_eq!(groups[0].replies[3].edited_from, Some(0));
    assert_eq!(groups[1].verdict, Some(IncomingVerdict::Skipped));
    assert!(groups[1].replies[1].error, "a stored error is no reply");
    assert_eq!(groups[2].verdict, None);
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    fs::write(&path, "old").unwrap();
    let full = write_whole(&path, |_| Err(std::io::ErrorKind::StorageFull.into()));
    assert_eq!(full, Err(FileFault::DiskFull));
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no fragment stays");
    if std::path::Path::new("/dev/full").exists() {
        assert_eq!(append("/dev/full".as_ref(), &["row".to_owned()]), Err(FileFault::DiskFull));
    }
}

proptest! {
    #[test]
    fn rows_of_others_stay_byte_for_byte(
        foreign in prop::collection::vec("[a-c ]{0,3}", 0..6),
        own in prop::collection::vec("[x-z]{1,3}", 0..6),
        newline in any::<bool>(),
    ) {
        let folder = tempdir().unwrap();
        let path = folder.path().join("out");
        let mut before = foreign.join("\n");
        if newline && !before.is_empty() {
            before.push('\n');
        }
        fs::write(&path, &before).unwrap();
        append(&path, &own).unwrap();
        let remove: HashMap<RowHash, u32> = own.iter().map(|line| (RowHash::of(line), u32::MAX)).collect();
        rewrite(&path, &remove, &["new".to_owned()]).unwrap();
        let after = fs::read_to_string(&path).unwrap();
        prop_assert!(after.starts_with(before.trim_end_matches('\n')));
        prop_assert!(after.ends_with("new\n"));
        let lines = |text: &str| text.lines().filter(|line| !line.is_empty()).count();
        prop_assert_eq!(lines(&after), lines(&before) + 1);
    }
}
