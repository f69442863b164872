//! The server's side of the chat completions protocol.

use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
pub(super) struct ChatRequest {
    pub(super) model: String,
    pub(super) messages: Vec<Message>,
    #[serde(default)]
    pub(super) n: Option<u32>,
    #[serde(default)]
    pub(super) seed: Option<u64>,
    #[serde(default)]
    pub(super) stream: bool,
    #[serde(default)]
    stream_options: Option<StreamOptions>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) role: String,
    pub(super) content: String,
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

impl ChatRequest {
    pub(super) fn wants_usage(&self) -> bool {
        self.stream_options.as_ref().is_some_and(|options| options.include_usage)
    }

    /// The last message with this role.
    pub(super) fn last(&self, role: &str) -> Option<&str> {
        self.messages.iter().rev().find(|message| message.role == role).map(|message| message.content.as_str())
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Models {
    object: &'static str,
    data: Vec<Model>,
}

#[derive(Debug, Serialize)]
struct Model {
    id: &'static str,
    object: &'static str,
    owned_by: &'static str,
    max_model_len: u32,
}

impl Models {
    pub(super) fn of(id: &'static str, owned_by: &'static str) -> Self {
        let model = Model { id, object: "model", owned_by, max_model_len: 32_768 };
        Self { object: "list", data: vec![model] }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Error {
    error: ErrorBody,
}

#[derive(Debug, Serialize)]
struct ErrorBody {
    message: String,
    r#type: &'static str,
    code: u16,
}

impl Error {
    pub(super) fn of(message: &str, code: u16) -> Self {
        Self { error: ErrorBody { message: message.to_owned(), r#type: "sample_server", code } }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Completion {
    id: &'static str,
    object: &'static str,
    model: &'static str,
    choices: Vec<FullChoice>,
    usage: Usage,
}

#[derive(Debug, Serialize)]
struct FullChoice {
    index: usize,
    message: FullMessage,
    finish_reason: &'static str,
}

#[derive(Debug, Serialize)]
struct FullMessage {
    role: &'static str,
    content: String,
}

#[derive(Debug, Serialize)]
struct Usage {
    prompt_tokens: usize,
    completion_tokens: usize,
    total_tokens: usize,
}

impl Usage {
    /// The sample server has no tokens; it counts characters and says nothing else.
    fn of(texts: &[String]) -> Self {
        let completion_tokens = texts.iter().map(|text| text.chars().count()).sum();
        Self { prompt_tokens: 0, completion_tokens, total_tokens: completion_tokens }
    }
}

impl Completion {
    pub(super) fn of(model: &'static str, texts: Vec<String>) -> Self {
        let usage = Usage::of(&texts);
        let choices = texts
            .into_iter()
            .enumerate()
            .map(|(index, content)| FullChoice {
                index,
                message: FullMessage { role: "assistant", content },
                finish_reason: "stop",
            })
            .collect();
        Self { id: "sample", object: "chat.completion", model, choices, usage }
    }
}

/// Characters of a reply in one event.
const PIECE: usize = 24;

/// The stream of events: role first, then pieces of all choices in turn, then the ends, usage and `[DONE]`.
pub(super) fn events(model: &str, texts: &[String], usage: bool) -> Vec<String> {
    let event = |choices: serde_json::Value| {
        let chunk = serde_json::json!({
            "id": "sample", "object": "chat.completion.chunk", "model": model, "choices": choices,
        });
        format!("data: {chunk}\n\n")
    };
    let delta = |index: usize, delta: serde_json::Value, finish: Option<&str>| {
        event(serde_json::json!([{"index": index, "delta": delta, "finish_reason": finish}]))
    };
    let mut events: Vec<String> = (0..texts.len())
        .map(|index| delta(index, serde_json::json!({"role": "assistant", "content": ""}), None))
        .collect();
    let pieces: Vec<Vec<String>> = texts.iter().map(|text| pieces(text)).collect();
    let longest = pieces.iter().map(Vec::len).max().unwrap_or(0);
    for at in 0..longest {
        for (index, pieces) in pieces.iter().enumerate() {
            if let Some(piece) = pieces.get(at) {
                events.push(delta(index, serde_json::json!({"content": piece}), None));
            }
            if at + 1 == pieces.len() {
                events.push(delta(index, serde_json::json!({}), Some("stop")));
            }
        }
    }
    events.extend(
        (0..texts.len())
            .filter(|index| pieces[*index].is_empty())
            .map(|index| delta(index, serde_json::json!({}), Some("stop"))),
    );
    if usage {
        let chunk = serde_json::json!({
            "id": "sample", "object": "chat.completion.chunk", "model": model, "choices": [], "usage": Usage::of(texts),
        });
        events.push(format!("data: {chunk}\n\n"));
    }
    events.push("data: [DONE]\n\n".to_owned());
    events
}

fn pieces(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(PIECE).map(|piece| piece.iter().collect()).collect()
}
