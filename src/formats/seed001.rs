//! Seed 001's `annotation_session.json`: its queue, how far it got, and the pairs that it recorded.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::incoming::{IncomingGroup, IncomingReply, IncomingVerdict};
use super::read::{Sink, refuse};
use super::source::Source;
use super::{fault, text};
use crate::domain::{FileFault, Prompt, RowFault};

/// How that tool's stored API errors begin; they stand where a reply should.
const ERROR: [&str; 2] = ["API 在生成第 #", " 个回复时出错"];

#[derive(Deserialize)]
struct File {
    annotation_queue: Vec<Value>,
    #[serde(default)]
    current_index: u64,
    #[serde(default)]
    dpo_data: Vec<Row>,
}

#[derive(Deserialize)]
struct Queued {
    #[serde(default)]
    system: Option<String>,
    user: String,
    responses: Vec<String>,
}

#[derive(Deserialize)]
struct Row {
    messages: Vec<Message>,
    rejected_response: String,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: String,
}

/// Chosen and rejected texts by prompt.
type Decided = HashMap<(String, String), Vec<(String, String)>>;

pub(super) fn read(source: &Source, sink: &mut Sink<'_>) -> Result<(), FileFault> {
    let file: File = serde_json::from_str(&text::whole(source)?).map_err(|error| fault::from_json(&error))?;
    let mut decided: Decided = HashMap::new();
    for row in file.dpo_data {
        let said = |role: &str| {
            let found = row.messages.iter().rev().find(|message| message.role == role);
            found.map_or_else(String::new, |message| message.content.clone())
        };
        let key = (said("system"), said("user"));
        decided.entry(key).or_default().push((said("assistant"), row.rejected_response));
    }
    for (index, value) in file.annotation_queue.into_iter().enumerate() {
        // The file is one value; its rows are known by their place in the queue.
        let number = index as u64 + 1;
        let row = match serde_json::from_value::<Queued>(value.clone()) {
            Ok(queued) if queued.user.trim().is_empty() => {
                Err(refuse(number, RowFault::Empty { field: "user".to_owned() }, &value.to_string()))
            }
            Ok(queued) => Ok(group(number, queued, index as u64, file.current_index, &decided)),
            Err(error) => {
                let fault = RowFault::WrongShape { expected: format!("system, user, responses ({error})") };
                Err(refuse(number, fault, &value.to_string()))
            }
        };
        if sink(row).is_break() {
            break;
        }
    }
    Ok(())
}

fn group(line: u64, queued: Queued, index: u64, current: u64, decided: &Decided) -> IncomingGroup {
    let key = (queued.system.clone().unwrap_or_default(), queued.user.clone());
    let mut replies: Vec<IncomingReply> = queued
        .responses
        .into_iter()
        .map(|text| IncomingReply { error: is_error(&text), ..IncomingReply::new(text) })
        .collect();
    let verdict = match decided.get(&key) {
        _ if index >= current => None,
        None => Some(IncomingVerdict::Skipped),
        Some(pairs) => {
            let chosen = unique(pairs.iter().map(|(chosen, _)| place(&mut replies, chosen)));
            let rejected = unique(pairs.iter().map(|(_, rejected)| place(&mut replies, rejected)));
            let rejected = rejected.into_iter().filter(|index| !chosen.contains(index)).collect();
            Some(IncomingVerdict::Ranked { chosen, rejected })
        }
    };
    let prompt = Prompt::new(queued.system.filter(|system| !system.is_empty()), queued.user);
    IncomingGroup { line, prompt, replies, verdict }
}

/// Where a text stands among the replies. A text that is not there was edited: it is added as an edit of the reply that
/// it shares most with.
fn place(replies: &mut Vec<IncomingReply>, text: &str) -> usize {
    if let Some(index) = replies.iter().position(|reply| reply.text == text) {
        return index;
    }
    let likeness = |other: &str| {
        let start = text.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
        let end = text.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).count();
        start + end
    };
    let originals = replies.iter().enumerate().filter(|(_, reply)| !reply.error && reply.edited_from.is_none());
    let nearest = originals.max_by_key(|(_, reply)| likeness(&reply.text)).map(|(index, _)| index);
    let edited_from = nearest.or(Some(0));
    replies.push(IncomingReply { edited_from, ..IncomingReply::new(text.to_owned()) });
    replies.len() - 1
}

fn unique(indexes: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut seen = Vec::new();
    for index in indexes {
        if !seen.contains(&index) {
            seen.push(index);
        }
    }
    seen
}

fn is_error(text: &str) -> bool {
    text.strip_prefix(ERROR[0])
        .is_some_and(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(ERROR[1]))
}
