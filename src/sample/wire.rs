//! The server's side of the chat completions protocol.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    #[serde(default)]
    response_format: Option<Value>,
    #[serde(default)]
    structured_outputs: Option<Value>,
    #[serde(default)]
    logprobs: Option<bool>,
    #[serde(default)]
    top_logprobs: Option<usize>,
    #[serde(default)]
    max_tokens: Option<usize>,
    #[serde(default)]
    max_completion_tokens: Option<usize>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) role: String,
    pub(super) content: Content,
}

/// A message's text, as one or in parts.
#[derive(Debug, Deserialize)]
#[serde(from = "ContentForm")]
pub(super) struct Content(String);

#[derive(Deserialize)]
#[serde(untagged)]
enum ContentForm {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
}

impl From<ContentForm> for Content {
    fn from(form: ContentForm) -> Self {
        Self(match form {
            ContentForm::Text(text) => text,
            ContentForm::Parts(parts) => parts.into_iter().map(|part| part.text).collect(),
        })
    }
}

impl Content {
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

impl ChatRequest {
    fn wants_usage(&self) -> bool {
        self.stream_options.as_ref().is_some_and(|options| options.include_usage)
    }

    /// The last message with this role.
    pub(super) fn last(&self, role: &str) -> Option<&str> {
        self.messages.iter().rev().find(|message| message.role == role).map(|message| message.content.text())
    }

    /// The schema that the answer has to fit, as OpenAI's `json_schema` or llama.cpp's `json_object` give it.
    pub(super) fn schema(&self) -> Option<&Value> {
        let format = self.response_format.as_ref()?;
        format.pointer("/json_schema/schema").or_else(|| format.get("schema"))
    }

    /// The texts of which the answer has to be one, as vLLM takes them.
    pub(super) fn choices(&self) -> Vec<&str> {
        let choices = self.structured_outputs.as_ref().and_then(|outputs| outputs.get("choice")?.as_array());
        choices.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The longest answer, in tokens.
    pub(super) fn most_tokens(&self) -> Option<usize> {
        self.max_completion_tokens.or(self.max_tokens)
    }

    /// How many of the likeliest tokens are wanted beside each token; `None`: no probabilities at all.
    fn probabilities(&self) -> Option<usize> {
        (self.logprobs == Some(true)).then(|| self.top_logprobs.unwrap_or(0))
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
    pub(super) fn of(ids: &[&'static str], owned_by: &'static str) -> Self {
        let model = |id: &&'static str| Model { id, object: "model", owned_by, max_model_len: 32_768 };
        Self { object: "list", data: ids.iter().map(model).collect() }
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

    /// 400 as vLLM words its kind.
    pub(super) fn bad_request(message: &str) -> Self {
        Self { error: ErrorBody { message: message.to_owned(), r#type: "BadRequestError", code: 400 } }
    }

    /// 404 for a model that is not there.
    pub(super) fn no_model(model: &str) -> Response {
        let message = format!("The model `{model}` does not exist.");
        let body = Self { error: ErrorBody { message, r#type: "NotFoundError", code: 404 } };
        (StatusCode::NOT_FOUND, Json(body)).into_response()
    }
}

/// One choice of an answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) text: String,
    pub(super) finish_reason: &'static str,
    /// The tokens with their probabilities, where the text is not simply cut into pieces.
    pub(super) tokens: Option<Vec<TokenProbs>>,
}

impl Reply {
    /// A reply that came to its end.
    pub(super) fn stopped(text: String) -> Self {
        Self { text, finish_reason: "stop", tokens: None }
    }

    /// A reply that the limit ended.
    pub(super) fn cut(text: String) -> Self {
        Self { finish_reason: "length", ..Self::stopped(text) }
    }

    /// The probabilities that a request wants, token by token as [`pieces`] cuts the text.
    fn probabilities(&self, request: &ChatRequest) -> Option<Vec<TokenProbs>> {
        let most = request.probabilities()?;
        let mut tokens = match &self.tokens {
            Some(tokens) => tokens.clone(),
            None => pieces(&self.text).map(|piece| TokenProbs::of(piece, [(piece, -0.05)])).collect(),
        };
        for token in &mut tokens {
            token.top_logprobs.truncate(most);
        }
        Some(tokens)
    }
}

/// A token and what else could have stood in its place.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TokenProbs {
    #[serde(flatten)]
    token: TokenProb,
    top_logprobs: Vec<TokenProb>,
}

#[derive(Clone, Debug, Serialize)]
struct TokenProb {
    token: String,
    logprob: f64,
    bytes: Vec<u8>,
}

impl TokenProbs {
    /// A token among the likeliest ones, the likeliest first, with the natural logarithms of their probabilities.
    pub(super) fn of<'a>(token: &str, top: impl IntoIterator<Item = (&'a str, f64)>) -> Self {
        let prob = |(token, logprob): (&str, f64)| TokenProb {
            token: token.to_owned(),
            logprob,
            bytes: token.as_bytes().to_vec(),
        };
        let top_logprobs: Vec<TokenProb> = top.into_iter().map(prob).collect();
        let drawn = top_logprobs.iter().find(|other| other.token == token).cloned();
        Self { token: drawn.unwrap_or_else(|| prob((token, -10.0))), top_logprobs }
    }
}

#[derive(Debug, Serialize)]
struct Logprobs<'a> {
    content: &'a [TokenProbs],
}

/// A whole answer as JSON.
pub(super) fn completion(model: &str, replies: &[Reply], request: &ChatRequest) -> Value {
    let choice = |(index, reply): (usize, &Reply)| {
        let mut choice = serde_json::json!({
            "index": index,
            "message": {"role": "assistant", "content": reply.text},
            "finish_reason": reply.finish_reason,
        });
        if let Some(content) = reply.probabilities(request) {
            choice["logprobs"] = serde_json::json!({"content": content});
        }
        choice
    };
    serde_json::json!({
        "id": "sample",
        "object": "chat.completion",
        "model": model,
        "choices": replies.iter().enumerate().map(choice).collect::<Vec<_>>(),
        "usage": Usage::of(replies),
    })
}

#[derive(Debug, Serialize)]
struct Usage {
    prompt_tokens: usize,
    completion_tokens: usize,
    total_tokens: usize,
}

impl Usage {
    /// The sample server has no tokens; it counts characters and says nothing else.
    fn of(replies: &[Reply]) -> Self {
        let completion_tokens = replies.iter().map(|reply| reply.text.chars().count()).sum();
        Self { prompt_tokens: 0, completion_tokens, total_tokens: completion_tokens }
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
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<Logprobs<'a>>,
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
pub(super) fn events(model: &str, replies: &[Reply], request: &ChatRequest) -> Vec<String> {
    let event = |choices: &[PartChoice<'_>], usage: Option<Usage>| {
        let chunk = Chunk { id: "sample", object: "chat.completion.chunk", model, choices, usage };
        // A struct of texts and numbers always has a JSON form.
        format!("data: {}\n\n", serde_json::to_string(&chunk).unwrap_or_default())
    };
    let part = |index: usize, delta: Delta<'_>, tokens: Option<&[TokenProbs]>, finish_reason: Option<&'static str>| {
        let logprobs = tokens.map(|content| Logprobs { content });
        event(&[PartChoice { index, delta, logprobs, finish_reason }], None)
    };
    let head = |index| part(index, Delta { role: Some("assistant"), content: Some("") }, None, None);
    let mut events: Vec<String> = (0..replies.len()).map(head).collect();
    let mut texts: Vec<_> = replies.iter().map(|reply| pieces(&reply.text)).collect();
    let probabilities: Vec<_> = replies.iter().map(|reply| reply.probabilities(request)).collect();
    let mut tokens: Vec<_> =
        probabilities.iter().map(|tokens| tokens.as_ref().map(|tokens| tokens.chunks(1))).collect();
    let mut open: Vec<usize> = (0..replies.len()).collect();
    while !open.is_empty() {
        open.retain(|&index| match texts[index].next() {
            Some(piece) => {
                let token = tokens[index].as_mut().and_then(Iterator::next);
                events.push(part(index, Delta { content: Some(piece), ..Delta::default() }, token, None));
                true
            }
            None => {
                events.push(part(index, Delta::default(), None, Some(replies[index].finish_reason)));
                false
            }
        });
    }
    if request.wants_usage() {
        events.push(event(&[], Some(Usage::of(replies))));
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
