//! The sample as a reward model: `/pooling` as vLLM answers it from 0.19 on. The number is [`quality`], which no model
//! gave.

use axum::Json;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::RewardTrick;
use super::quality::{draw, quality, tokens};
use super::wire::Message;
use super::{MODEL, REWARD_MODEL, wire};

/// Numbers of a hidden state.
const WIDTH: u64 = 896;
/// Characters from which on a text is too long, where that fault is played.
const LONG: usize = 2000;

#[derive(Deserialize)]
struct PoolingRequest {
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    messages: Option<Vec<Message>>,
    #[serde(default)]
    input: Option<Value>,
    #[serde(default)]
    task: Option<String>,
    #[serde(default)]
    use_activation: Option<bool>,
}

#[derive(Serialize)]
struct PoolingAnswer {
    id: &'static str,
    object: &'static str,
    created: u32,
    model: &'static str,
    data: Vec<Pooled>,
    usage: PoolingUsage,
}

#[derive(Serialize)]
struct Pooled {
    index: usize,
    object: &'static str,
    data: Value,
}

#[derive(Serialize)]
struct PoolingUsage {
    prompt_tokens: usize,
    total_tokens: usize,
    completion_tokens: usize,
}

/// What a reward model reads.
struct Dialogue {
    prompt: String,
    reply: String,
}

pub(super) fn answer(body: &Bytes, trick: Option<RewardTrick>) -> Response {
    let request: PoolingRequest = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(error) => return bad(&format!("the body is no pooling request: {error}")),
    };
    match request.model.as_deref() {
        None | Some("" | REWARD_MODEL) => {}
        Some(MODEL) => return bad("The model does not support Pooling API"),
        Some(other) => return wire::Error::no_model(other),
    }
    match request.task.as_deref() {
        None | Some("classify") => {}
        Some(task @ "token_classify") => {
            return bad(&format!("Try switching the model's pooling_task via `PoolerConfig(task=\"{task}\")`"));
        }
        Some(task) => {
            return bad(&format!("Unsupported task: '{task}' Supported tasks: ['classify', 'token_classify']"));
        }
    }
    let dialogues = match (request.messages, request.input) {
        (Some(messages), _) if messages.is_empty() => return bad("messages is empty"),
        (Some(messages), _) => vec![from_messages(&messages)],
        (None, Some(Value::String(text))) => vec![from_text(&text)],
        (None, Some(Value::Array(items))) if !items.is_empty() && items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).map(from_text).collect()
        }
        (None, Some(Value::Array(_))) => return bad("the sample server has no tokens: send texts or messages"),
        (None, _) => return bad("Field required: messages or input"),
    };
    if trick == Some(RewardTrick::Long)
        && let Some(long) = dialogues.iter().map(Dialogue::letters).find(|letters| *letters > LONG)
    {
        return bad(&format!(
            "This model's maximum context length is {LONG} tokens. However, you requested {long} tokens in the input. \
             Please reduce the length of the input."
        ));
    }
    let activated = request.use_activation.unwrap_or(true);
    let data = dialogues.iter().enumerate().map(|(index, dialogue)| Pooled {
        index,
        object: "pooling",
        data: dialogue.numbers(trick, activated),
    });
    let prompt_tokens = dialogues.iter().map(Dialogue::tokens).sum();
    let answer = PoolingAnswer {
        id: "pool-sample",
        object: "list",
        created: 0,
        model: REWARD_MODEL,
        data: data.collect(),
        usage: PoolingUsage { prompt_tokens, total_tokens: prompt_tokens, completion_tokens: 0 },
    };
    if trick == Some(RewardTrick::Nan) {
        // As Python's json writes it, which is no JSON.
        let text = serde_json::to_string(&answer).unwrap_or_default().replace("[null]", "[NaN]");
        return ([(header::CONTENT_TYPE, "application/json")], text).into_response();
    }
    Json(answer).into_response()
}

impl Dialogue {
    fn letters(&self) -> usize {
        self.prompt.chars().count() + self.reply.chars().count()
    }

    fn tokens(&self) -> usize {
        tokens(&self.prompt) + tokens(&self.reply)
    }

    /// `[x]`, or what a fault makes of it.
    fn numbers(&self, trick: Option<RewardTrick>, activated: bool) -> Value {
        let logit = quality(&self.prompt, &self.reply);
        // Models count in float32, which is why a sigmoid near 1 loses the order.
        let number = |logit: f64| {
            let logit = logit as f32;
            f64::from(if activated { 1.0 / (1.0 + (-logit).exp()) } else { logit })
        };
        let wander = |index: u64| draw(&[&self.prompt, &self.reply], index + 2);
        match trick {
            Some(RewardTrick::Nan) => serde_json::json!([null]),
            Some(RewardTrick::One) => serde_json::json!([1.0]),
            Some(RewardTrick::Tokens) => {
                let last = self.tokens() as u64 - 1;
                let row = |index| [number(if index == last { logit } else { 3.0 * wander(index) })];
                (0..=last).map(|index| serde_json::json!(row(index))).collect()
            }
            Some(RewardTrick::Hidden) => (0..WIDTH).map(|index| Value::from(2.0 * wander(index))).collect(),
            Some(RewardTrick::Long) | None => serde_json::json!([number(logit)]),
        }
    }
}

/// The last assistant turn is the reply, all before it the prompt; system messages say nothing of the topic.
fn from_messages(messages: &[Message]) -> Dialogue {
    let (reply, before) = match messages.split_last() {
        Some((last, before)) if last.role == "assistant" => (last.content.text().to_owned(), before),
        _ => (String::new(), messages),
    };
    let turns = before.iter().filter(|message| message.role != "system").map(|message| message.content.text());
    Dialogue { prompt: turns.collect::<Vec<_>>().join("\n"), reply }
}

/// A text that a client rendered itself: ChatML's marks, Llama 3's, or an empty line between prompt and reply.
fn from_text(text: &str) -> Dialogue {
    const MARKS: [[&str; 3]; 2] = [
        ["<|im_start|>user\n", "<|im_end|>", "<|im_start|>assistant\n"],
        [
            "<|start_header_id|>user<|end_header_id|>\n\n",
            "<|eot_id|>",
            "<|start_header_id|>assistant<|end_header_id|>\n\n",
        ],
    ];
    let ends_before = |text: &str, end: &str| text.split(end).next().unwrap_or_default().to_owned();
    for [user, end, assistant] in MARKS {
        if let Some((before, reply)) = text.rsplit_once(assistant) {
            let prompt = before.rsplit_once(user).map_or(before, |(_, prompt)| prompt);
            return Dialogue { prompt: ends_before(prompt, end), reply: ends_before(reply, end) };
        }
    }
    let (prompt, reply) = text.split_once("\n\n").unwrap_or(("", text));
    Dialogue { prompt: prompt.to_owned(), reply: reply.to_owned() }
}

fn bad(said: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(wire::Error::bad_request(said))).into_response()
}
