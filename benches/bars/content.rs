//! What is labeled: replies in Markdown and prompts, half Chinese, made from the words of the sample sessions; and
//! session files with them, imported like any other. The same in every run.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use pairloom::domain::{Annotator, AnnotatorId, Plan};
use pairloom::session::{Command, Options, Session};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Groups of the largest file that is known to be labeled.
pub(crate) const MANY: usize = 145_669;
pub(crate) const FEW: usize = 1_000;
/// Only a broken run waits so long.
const LONG: Duration = Duration::from_secs(600);

pub(crate) static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

pub(crate) fn annotator() -> Annotator {
    Annotator { id: AnnotatorId::from_bytes([7; 16]), name: "Bench".to_owned() }
}

/// Nothing here asks a server.
pub(crate) fn no_server() -> std::io::Result<SocketAddr> {
    Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, 9)))
}

pub(crate) fn options() -> Options {
    Options {
        annotator: annotator(),
        runtime: RUNTIME.handle().clone(),
        waker: Arc::new(|| {}),
        sample: Arc::new(no_server),
        keys: Arc::new(|_| Ok(None)),
        resume_jobs: true,
    }
}

static CHINESE: LazyLock<Vec<char>> = LazyLock::new(|| {
    let sample = include_str!("../../sessions/sample-zh.jsonl");
    sample.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect()
});

/// None has a z, which the search looks for.
static ENGLISH: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let sample = include_str!("../../sessions/sample-en.jsonl");
    let words = sample.split(|c: char| !c.is_ascii_alphabetic());
    words.filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase() && c != 'z')).collect()
});

/// Text by chance, the same for the same seed.
struct Writer(u64);

impl Writer {
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % limit
    }

    fn words(&mut self, chinese: bool, count: usize) -> String {
        if chinese {
            let mut text = String::new();
            while text.chars().count() < count * 2 {
                let length = 2 + self.below(4);
                let start = self.below(CHINESE.len() - length);
                text.extend(&CHINESE[start..start + length]);
            }
            text
        } else {
            (0..count).map(|_| ENGLISH[self.below(ENGLISH.len())]).collect::<Vec<_>>().join(" ")
        }
    }

    fn sentences(&mut self, chinese: bool, count: usize) -> String {
        let mut text = String::new();
        for _ in 0..count {
            let (first, second, bold) = (self.words(chinese, 7), self.words(chinese, 8), self.words(chinese, 2));
            text += &if chinese {
                format!("{first}，**{bold}**，{second}。")
            } else {
                format!("{first}, **{bold}**, {second}. ")
            };
        }
        text
    }

    fn section(&mut self, chinese: bool) -> String {
        let mut text = format!("## {}\n\n{}\n\n", self.words(chinese, 4), self.sentences(chinese, 3));
        for number in 1..=4 {
            text += &format!("{number}. {}\n", self.sentences(chinese, 1));
        }
        text += &format!("\n- {}\n  - {} `{}`\n", self.words(chinese, 9), self.words(chinese, 6), self.words(false, 1));
        text += &format!("\n| {} | {} | {} |\n|---|---|---:|\n", self.words(chinese, 2), self.words(chinese, 2), "n");
        for _ in 0..3 {
            text += &format!("| {} | {} | {} |\n", self.words(chinese, 3), self.words(chinese, 5), self.below(1000));
        }
        text += "\n```rust\n";
        for _ in 0..4 {
            let (name, other, number) = (self.words(false, 1), self.words(false, 1), self.below(100));
            text += &format!("let {name} = {other}(\"{}\", {number}); // {other}\n", self.words(chinese, 2));
        }
        text + "```\n\n"
    }
}

/// Markdown of about so many bytes with headings, lists, tables and code, its sections Chinese and English by turns.
pub(crate) fn markdown(seed: u64, bytes: usize) -> String {
    let mut writer = Writer(seed);
    let mut chinese = seed.is_multiple_of(2);
    let mut text = String::new();
    while text.len() + 1500 < bytes {
        text += &writer.section(chinese);
        chinese = !chinese;
    }
    while text.len() < bytes {
        text += &writer.sentences(chinese, 1);
    }
    text
}

/// A temporary folder, in memory where there is one: frames do not wait for the disk, but the cases between them do.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A file of so many groups as seed 000 has them; `row` gives prompt and replies of a group.
pub(crate) fn written(
    folder: &Path,
    name: &str,
    groups: usize,
    row: impl Fn(usize) -> (String, Vec<String>),
) -> PathBuf {
    let file = folder.join(format!("{name}.json"));
    let mut out = BufWriter::new(File::create(&file).unwrap());
    for index in 0..groups {
        let (query, replies) = row(index);
        let mut object = serde_json::json!({ "query": query, "history": [] });
        for (number, reply) in replies.into_iter().enumerate() {
            object[format!("response_{number}")] = reply.into();
        }
        let before = if index == 0 { "{" } else { "," };
        write!(out, "{before}\n\"{index}\": {object}").unwrap();
    }
    write!(out, "\n}}\n").unwrap();
    drop(out.into_inner().unwrap());
    file
}

/// A session of so many groups, imported from a file that this writes; `row` gives prompt and replies of a group.
pub(crate) fn imported(
    folder: &Path,
    name: &str,
    groups: usize,
    row: impl Fn(usize) -> (String, Vec<String>),
) -> PathBuf {
    let file = written(folder, name, groups, row);
    let path = folder.join(format!("{name}.pairloom"));
    let began = Instant::now();
    let session = Session::create(&path, name, &Plan::default(), options()).unwrap();
    session.send(Command::Import { path: file.clone(), format: None });
    let imported =
        session.wait(LONG, |snapshot| snapshot.counts.ready == groups as u64 && snapshot.file_work.is_none());
    assert!(imported.is_ok(), "{name} was not imported: {:?}", session.snapshot().notices);
    session.close();
    println!("(imported {groups} groups into {name} in {:.1} s)", began.elapsed().as_secs_f64());
    std::fs::remove_file(&file).unwrap();
    path
}

/// Groups of so many replies of 8 KB of Markdown each.
pub(crate) fn long(folder: &Path, name: &str, groups: usize, replies: usize) -> PathBuf {
    imported(folder, name, groups, |index| {
        let seed = |reply: usize| (index * 100 + reply) as u64;
        let replies: Vec<String> = (0..replies).map(|reply| markdown(seed(reply), 8 * 1024)).collect();
        (prompt(index), replies)
    })
}

/// [`MANY`] groups of two short replies each.
pub(crate) fn many(folder: &Path) -> PathBuf {
    short(folder, "many", MANY)
}

/// Groups of two replies of about 200 bytes each, half of them Chinese.
pub(crate) fn short(folder: &Path, name: &str, groups: usize) -> PathBuf {
    imported(folder, name, groups, |index| {
        let mut writer = Writer(index as u64);
        let chinese = index % 2 == 1;
        let count = if chinese { 3 } else { 2 };
        (prompt(index), (0..2).map(|_| writer.sentences(chinese, count)).collect())
    })
}

/// A file of [`MANY`] groups of two replies of about 800 bytes each, half of them Chinese: 254 MB.
pub(crate) fn large_file(folder: &Path) -> PathBuf {
    written(folder, "large", MANY, |index| {
        let mut writer = Writer(index as u64);
        let chinese = index % 2 == 1;
        (prompt(index), (0..2).map(|_| writer.sentences(chinese, 7)).collect())
    })
}

/// About 60 characters. Every second one is Chinese; the letters at the beginning are for [`NEEDLE`].
fn prompt(index: usize) -> String {
    let mut writer = Writer(!(index as u64));
    let chinese = index % 2 == 1;
    let code = match index % 7 {
        3 => "z",
        5 => "zk",
        6 => "zkq",
        _ => "",
    };
    let code = if index % 49 == 13 { "zkqj" } else { code };
    format!("{code} {index} {}?", writer.words(chinese, if chinese { 26 } else { 10 })).trim_start().to_owned()
}

/// Typed letter by letter it brings another group to the top with each letter, and finds nothing with the last one.
pub(crate) const NEEDLE: &str = "zkqjx";
