//! What the sample server knows: the two sample sessions.

use std::sync::LazyLock;

use serde::Deserialize;

use super::compose::compose;
use super::fault::JudgeTrick;
use super::judge;
use super::scene::Scene;
use super::wire::{ChatRequest, Reply};
use crate::domain::{GroupId, Prompt};

const CHINESE: &str = include_str!("../../sessions/sample-zh.jsonl");
const ENGLISH: &str = include_str!("../../sessions/sample-en.jsonl");

/// A line of a sample session, as far as the server needs it.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Session {
        title: String,
    },
    Group {
        id: GroupId,
        prompt: Prompt,
    },
    Reply {
        group: GroupId,
        text: String,
    },
    #[serde(other)]
    Other,
}

struct Sample {
    title: String,
    groups: Vec<(GroupId, Prompt, Vec<String>)>,
}

static SAMPLES: LazyLock<[Sample; 2]> = LazyLock::new(|| [read(ENGLISH), read(CHINESE)]);

fn read(lines: &str) -> Sample {
    let mut sample = Sample { title: String::new(), groups: Vec::new() };
    for line in lines.lines() {
        match serde_json::from_str(line) {
            Ok(Line::Session { title }) => sample.title = title,
            Ok(Line::Group { id, prompt }) => sample.groups.push((id, prompt, Vec::new())),
            Ok(Line::Reply { group, text }) => {
                if let Some((.., replies)) = sample.groups.iter_mut().find(|(id, ..)| *id == group) {
                    replies.push(text);
                }
            }
            Ok(Line::Other) => {}
            Err(error) => tracing::error!(%error, "a line of a built-in sample cannot be read"),
        }
    }
    sample
}

fn sample(chinese: bool) -> &'static Sample {
    &SAMPLES[usize::from(chinese)]
}

/// The title of a sample session.
pub fn title(chinese: bool) -> &'static str {
    &sample(chinese).title
}

/// The prompts of a sample session, in order.
pub fn prompts(chinese: bool) -> Vec<Prompt> {
    sample(chinese).groups.iter().map(|(_, prompt, _)| prompt.clone()).collect()
}

/// The replies that the samples hold for a user turn; none for a prompt that they do not know.
pub fn replies_to(user: &str) -> &'static [String] {
    let mut groups = SAMPLES.iter().flat_map(|sample| &sample.groups);
    groups.find(|(_, prompt, _)| prompt.user == user).map_or(&[], |(.., replies)| replies.as_slice())
}

/// `count` answers to a request: a judge's verdict, an object where a schema is given, or replies.
pub(super) fn answers(request: &ChatRequest, count: u32, trick: Option<JudgeTrick>) -> Vec<Reply> {
    let count = u64::from(count);
    if let Some(scene) = Scene::of(request) {
        return (0..count).map(|index| judge::answer(request, &scene, trick, index)).collect();
    }
    if let Some(schema) = request.schema() {
        return (0..count).map(|_| Reply::stopped(judge::instance(schema))).collect();
    }
    (0..count).map(|index| Reply::stopped(reply(request, index))).collect()
}

/// From the samples where they know the prompt, composed where they do not or have no more. The seed decides where
/// among the known replies it begins, so that single requests differ, too.
fn reply(request: &ChatRequest, index: u64) -> String {
    let user = request.last("user").unwrap_or_default();
    let known = replies_to(user);
    let seed = request.seed.unwrap_or(0);
    match known.len() as u64 {
        have if index < have => known[((seed + index) % have) as usize].clone(),
        _ => compose(user, seed.wrapping_add(index)),
    }
}
