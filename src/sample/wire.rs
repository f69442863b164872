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

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'static str,
    object: &'static str,
    model: &'a str,
    choices: &'a [PartChoice<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
}

#[derive(Serialize)]
struct PartChoice<'a> {
    index: usize,
    delta: Delta<'a>,
    finish_reason: Option<&'static str>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
}

/// The stream of events: role first, then pieces of all choices in turn, then the ends, usage and `[DONE]`.
pub(super) fn events(model: &str, texts: &[String], usage: bool) -> Vec<String> {
    let event = |choices: &[PartChoice<'_>], usage: Option<Usage>| {
        let chunk = Chunk { id: "sample", object: "chat.completion.chunk", model, choices, usage };
        // A struct of texts and numbers always has a JSON form.
        format!("data: {}\n\n", serde_json::to_string(&chunk).unwrap_or_default())
    };
    let part = |index: usize, delta: Delta<'_>, finish_reason: Option<&'static str>| {
        event(&[PartChoice { index, delta, finish_reason }], None)
    };
    let head = |index| part(index, Delta { role: Some("assistant"), content: Some("") }, None);
    let mut events: Vec<String> = (0..texts.len()).map(head).collect();
    let mut pieces: Vec<_> = texts.iter().map(|text| pieces(text)).collect();
    let mut open: Vec<usize> = (0..texts.len()).collect();
    while !open.is_empty() {
        open.retain(|&index| match pieces[index].next() {
            Some(piece) => {
                events.push(part(index, Delta { content: Some(piece), ..Delta::default() }, None));
                true
            }
            None => {
                events.push(part(index, Delta::default(), Some("stop")));
                false
            }
        });
    }
    if usage {
        events.push(event(&[], Some(Usage::of(texts))));
    }
    events.push("data: [DONE]\n\n".to_owned());
    events
}

/// A text in pieces of as many characters.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.char_indices().nth(PIECE).map_or(rest.len(), |(end, _)| end);
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}
