//! The client's side of the chat completions protocol. Every field of an answer is optional: servers differ.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::client::ChatRequest;

/// The body of a request. Unset fields are left out, so that the server's defaults hold.
pub(super) fn body(request: &ChatRequest, model: &str, quirks: Quirks) -> Value {
    let sampling = &request.sampling;
    let messages: Vec<Value> =
        request.prompt.messages().map(|(role, content)| json!({"role": role, "content": content})).collect();
    let mut body = Map::new();
    body.insert("model".to_owned(), model.into());
    body.insert("messages".to_owned(), messages.into());
    body.insert("stream".to_owned(), true.into());
    if !quirks.no_usage {
        body.insert("stream_options".to_owned(), json!({"include_usage": true}));
    }
    if request.n > 1 {
        body.insert("n".to_owned(), request.n.into());
    }
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    set("seed", request.seed.map(Into::into));
    set("temperature", sampling.temperature.map(Into::into));
    set("top_p", sampling.top_p.map(Into::into));
    let limit = if quirks.completion_tokens { "max_completion_tokens" } else { "max_tokens" };
    set(limit, sampling.max_tokens.map(Into::into));
    set("stop", (!sampling.stop.is_empty()).then(|| sampling.stop.clone().into()));
    for (name, value) in &sampling.extra {
        body.insert(name.clone(), value.clone());
    }
    Value::Object(body)
}

/// What a server was found to refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Quirks {
    /// Wants `max_completion_tokens` (OpenAI's newer models).
    pub(super) completion_tokens: bool,
    /// Does not know `stream_options`.
    pub(super) no_usage: bool,
}

/// An event of a stream, or a whole answer: the two share their outer shape.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Chunk {
    #[serde(default)]
    pub(super) choices: Option<Vec<ChunkChoice>>,
    #[serde(default)]
    pub(super) usage: Option<Usage>,
    #[serde(default)]
    pub(super) error: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ChunkChoice {
    #[serde(default)]
    pub(super) index: u32,
    #[serde(default, alias = "message")]
    pub(super) delta: Option<Delta>,
    #[serde(default)]
    pub(super) finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Delta {
    #[serde(default)]
    pub(super) content: Option<String>,
    /// vLLM to 0.14, SGLang, DeepSeek and others.
    #[serde(default)]
    pub(super) reasoning_content: Option<String>,
    /// vLLM from 0.12, Ollama, OpenRouter.
    #[serde(default)]
    pub(super) reasoning: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Usage {
    #[serde(default)]
    pub(super) prompt_tokens: Option<u32>,
    #[serde(default)]
    pub(super) completion_tokens: Option<u32>,
}

/// The list of models. Some servers give more, some give nothing but ids.
#[derive(Debug, Deserialize)]
pub(super) struct Models {
    pub(super) data: Vec<Model>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Model {
    pub(super) id: String,
    #[serde(default)]
    pub(super) owned_by: Option<String>,
    #[serde(default)]
    pub(super) max_model_len: Option<u32>,
    #[serde(default)]
    pub(super) context_length: Option<u32>,
    #[serde(default)]
    pub(super) meta: Option<ModelMeta>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ModelMeta {
    #[serde(default)]
    pub(super) n_ctx: Option<u32>,
}

impl Model {
    /// The context length under the names that vLLM, OpenRouter and llama.cpp give it.
    pub(super) fn context_tokens(&self) -> Option<u32> {
        self.max_model_len.or(self.context_length).or(self.meta.as_ref().and_then(|meta| meta.n_ctx))
    }
}
