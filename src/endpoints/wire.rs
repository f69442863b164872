//! The client's side of the chat completions protocol. Every field of an answer is optional: servers differ. What is
//! not needed is passed over unread, and lists are cut, so that an answer takes no more memory than its bytes.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::chat::{ChatRequest, Form, Shape};
use super::quirks::Quirks;
use crate::domain::{ServerKind, TokenChoice};

/// Choices of one answer that are kept; nobody asks for so many.
pub(super) const MOST_CHOICES: usize = 1024;
/// Tokens of one piece whose probabilities are kept, and how many others at each.
const MOST_TOKENS: usize = 512;
const MOST_TOP: usize = 32;
/// Models of a list that are kept; OpenRouter has some hundreds.
const MOST_MODELS: usize = 10_000;

/// The body of a request. Unset fields are left out, so that the server's defaults hold.
pub(super) fn body(request: &ChatRequest, model: &str, quirks: Quirks, kind: ServerKind) -> Value {
    let sampling = &request.sampling;
    let messages: Vec<Value> =
        request.prompt.messages().map(|(role, content)| json!({"role": role, "content": content})).collect();
    let mut body = Map::new();
    body.insert("model".to_owned(), model.into());
    body.insert("messages".to_owned(), messages.into());
    body.insert("stream".to_owned(), (!quirks.no_stream).into());
    if !quirks.no_usage && !quirks.no_stream {
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
    set("seed", request.seed.filter(|_| !quirks.no_seed).map(Into::into));
    set("temperature", sampling.temperature.map(Into::into));
    set("top_p", sampling.top_p.map(Into::into));
    let limit = if quirks.completion_tokens { "max_completion_tokens" } else { "max_tokens" };
    set(limit, sampling.max_tokens.map(Into::into));
    set("stop", (!sampling.stop.is_empty()).then(|| sampling.stop.clone().into()));
    form_fields(&request.form, quirks, kind, &mut body);
    for (name, value) in &sampling.extra {
        body.insert(name.clone(), value.clone());
    }
    Value::Object(body)
}

/// What the answer is to look like, in the fields of this kind of server.
fn form_fields(form: &Form, quirks: Quirks, kind: ServerKind, body: &mut Map<String, Value>) {
    let format = match &form.shape {
        Shape::Schema(schema) if !quirks.no_schema => {
            Some(json!({"type": "json_schema", "json_schema": {"name": "verdict", "strict": true, "schema": schema}}))
        }
        Shape::Schema(_) | Shape::Object if !quirks.no_object => Some(json!({"type": "json_object"})),
        _ => None,
    };
    if let Some(format) = format {
        body.insert("response_format".to_owned(), format);
    }
    if form.logprobs && !quirks.no_logprobs {
        body.insert("logprobs".to_owned(), true.into());
        body.insert("top_logprobs".to_owned(), 20.into());
    }
    let Some(thinking) = form.thinking.filter(|_| !quirks.no_switch) else { return };
    // Models that think do so by themselves where the switch has more positions than two.
    let (name, value) = match kind {
        ServerKind::OpenAi | ServerKind::Azure | ServerKind::Ollama if thinking => return,
        ServerKind::OpenAi | ServerKind::Azure | ServerKind::Ollama => ("reasoning_effort", json!("none")),
        ServerKind::DeepSeek | ServerKind::Moonshot => {
            ("thinking", json!({"type": if thinking { "enabled" } else { "disabled" }}))
        }
        ServerKind::DashScope => ("enable_thinking", json!(thinking)),
        // Refused outright by these, or by whatever stands behind them.
        ServerKind::LmStudio | ServerKind::OpenRouter => return,
        _ => ("chat_template_kwargs", json!({"enable_thinking": thinking})),
    };
    body.insert(name.to_owned(), value);
}

/// The seed as a body has it.
pub(super) fn seed_in(body: &Value) -> Option<u64> {
    body.get("seed").and_then(Value::as_u64)
}

/// An event of a stream, or a whole answer: the two share their outer shape.
#[derive(Default, serde::Deserialize)]
pub(super) struct Chunk<'a> {
    #[serde(borrow, default)]
    pub(super) choices: Option<Few<ChunkChoice<'a>, MOST_CHOICES>>,
    #[serde(borrow, default)]
    pub(super) usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
    /// The model as the server names it.
    #[serde(borrow, default)]
    pub(super) model: Piece<'a>,
    /// `error` for vLLM to 0.10.0, SGLang and LMDeploy, whose errors have no field of that name.
    #[serde(borrow, default)]
    object: Piece<'a>,
    #[serde(borrow, default)]
    detail: Option<&'a RawValue>,
}

impl Chunk<'_> {
    /// Whether the whole of it is an error.
    pub(super) fn is_error(&self) -> bool {
        self.choices.is_none() && self.error.is_none() && (self.object.0 == "error" || self.detail.is_some())
    }
}

#[derive(serde::Deserialize)]
pub(super) struct ChunkChoice<'a> {
    #[serde(default)]
    index: Option<f64>,
    #[serde(borrow, default)]
    pub(super) delta: Option<Delta<'a>>,
    #[serde(borrow, default)]
    pub(super) message: Option<Delta<'a>>,
    /// Of the older completions.
    #[serde(borrow, default)]
    pub(super) text: Piece<'a>,
    #[serde(borrow, default)]
    pub(super) finish_reason: Piece<'a>,
    #[serde(borrow, default)]
    pub(super) logprobs: Option<&'a RawValue>,
    /// OpenRouter tells what went wrong with one choice here.
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
}

impl ChunkChoice<'_> {
    /// Its index; where none is told, its place.
    pub(super) fn index(&self, place: usize) -> Option<u32> {
        match self.index {
            None => u32::try_from(place).ok(),
            Some(index) => {
                (index.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&index)).then_some(index as u32)
            }
        }
    }

    /// The probabilities of tokens that it brings. What is not a list of tokens is none.
    pub(super) fn logprobs(&self) -> Vec<TokenChoice> {
        #[derive(serde::Deserialize)]
        struct Logprobs {
            #[serde(default)]
            content: Option<Few<Token, MOST_TOKENS>>,
        }
        #[derive(serde::Deserialize)]
        struct Token {
            token: String,
            #[serde(default)]
            logprob: Option<f64>,
            #[serde(default)]
            top_logprobs: Option<Few<Listed, MOST_TOP>>,
        }
        #[derive(serde::Deserialize)]
        struct Listed {
            token: String,
            #[serde(default)]
            logprob: Option<f64>,
        }
        let Some(raw) = self.logprobs else { return Vec::new() };
        let Ok(Logprobs { content: Some(Few(tokens)) }) = serde_json::from_str(raw.get()) else { return Vec::new() };
        let choice = |token: Token| {
            let listed = token.top_logprobs.map(|listed| listed.0).unwrap_or_default();
            let mut top: Vec<(String, f64)> =
                listed.into_iter().filter_map(|other| Some((other.token, other.logprob?))).collect();
            if top.is_empty() {
                top.extend(token.logprob.map(|logprob| (token.token.clone(), logprob)));
            }
            TokenChoice { token: token.token, top }
        };
        tokens.into_iter().map(choice).collect()
    }
}

#[derive(Default, serde::Deserialize)]
pub(super) struct Delta<'a> {
    #[serde(borrow, default)]
    pub(super) content: Piece<'a>,
    /// vLLM to 0.14, SGLang, DeepSeek and others.
    #[serde(borrow, default)]
    pub(super) reasoning_content: Piece<'a>,
    /// vLLM from 0.12, Ollama, OpenRouter. vLLM 0.12 to 0.14 sends both.
    #[serde(borrow, default)]
    pub(super) reasoning: Piece<'a>,
    /// OpenAI, in place of a content.
    #[serde(borrow, default)]
    pub(super) refusal: Piece<'a>,
}

#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
pub(super) struct Usage {
    #[serde(default)]
    prompt_tokens: Option<f64>,
    #[serde(default)]
    completion_tokens: Option<f64>,
}

impl Usage {
    pub(super) fn read(raw: &RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    pub(super) fn prompt_tokens(self) -> Option<u32> {
        self.prompt_tokens.filter(|tokens| *tokens >= 0.0).map(|tokens| tokens as u32)
    }

    pub(super) fn completion_tokens(self) -> Option<u32> {
        self.completion_tokens.filter(|tokens| *tokens >= 0.0).map(|tokens| tokens as u32)
    }
}

/// A text: as it stands, as a list of parts (`[{"type": "text", "text": …}]`), or nothing.
#[derive(Default)]
pub(super) struct Piece<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Piece<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PieceVisitor)
    }
}

struct PieceVisitor;

impl<'de> Visitor<'de> for PieceVisitor {
    type Value = Piece<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Piece<'de>, E> {
        Ok(Piece(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Piece<'de>, E> {
        Ok(Piece(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Piece<'de>, E> {
        Ok(Piece::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Piece<'de>, E> {
        Ok(Piece::default())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Piece<'de>, E> {
        Ok(Piece(Cow::Owned(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Piece<'de>, E> {
        Ok(Piece(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Piece<'de>, E> {
        Ok(Piece(Cow::Owned(number.to_string())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Piece<'de>, A::Error> {
        let mut whole = String::new();
        while let Some(part) = parts.next_element::<Piece<'de>>()? {
            whole.push_str(&part.0);
        }
        Ok(Piece(Cow::Owned(whole)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Piece<'de>, A::Error> {
        let mut text = Piece::default();
        while let Some(name) = fields.next_key::<Cow<'de, str>>()? {
            if name == "text" {
                text = fields.next_value()?;
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(text)
    }
}

/// A list of which the first `MOST` are kept.
pub(super) struct Few<T, const MOST: usize>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Few<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FewVisitor<T, const MOST: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for FewVisitor<T, MOST> {
            type Value = Few<T, MOST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut kept = Vec::new();
                while kept.len() < MOST {
                    match items.next_element()? {
                        Some(item) => kept.push(item),
                        None => return Ok(Few(kept)),
                    }
                }
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Few(kept))
            }
        }
        deserializer.deserialize_seq(FewVisitor(PhantomData))
    }
}

/// The list of models. Some servers give more, some give nothing but ids; Together gives a bare list.
#[derive(Default)]
pub(super) struct Models(pub(super) Vec<Model>);

impl Models {
    /// A list of models, or why it is none.
    pub(super) fn read(text: &str) -> Result<Self, serde_json::Error> {
        #[derive(serde::Deserialize)]
        struct Listed {
            #[serde(default)]
            object: Option<String>,
            #[serde(default)]
            data: Option<Few<Model, MOST_MODELS>>,
        }
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with('[') {
            return serde_json::from_str::<Few<Model, MOST_MODELS>>(text).map(|models| Self(models.0));
        }
        let listed: Listed = serde_json::from_str(text)?;
        match listed.data {
            Some(models) => Ok(Self(models.0)),
            None if listed.object.as_deref() == Some("list") => Ok(Self::default()),
            None => Err(serde_json::Error::custom("missing field `data`")),
        }
    }
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Model {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) owned_by: Option<String>,
    #[serde(default)]
    max_model_len: Option<f64>,
    #[serde(default)]
    context_length: Option<f64>,
    /// LM Studio, in its own list.
    #[serde(default)]
    loaded_context_length: Option<f64>,
    #[serde(default)]
    max_context_length: Option<f64>,
    #[serde(default)]
    meta: Option<ModelMeta>,
}

#[derive(Debug, serde::Deserialize)]
struct ModelMeta {
    #[serde(default)]
    n_ctx: Option<f64>,
}

impl Model {
    /// The context length under the names that vLLM and SGLang, OpenRouter, LM Studio and llama.cpp give it.
    pub(super) fn context_tokens(&self) -> Option<u32> {
        let lengths = [self.max_model_len, self.context_length, self.loaded_context_length, self.max_context_length];
        let named = lengths.into_iter().flatten().next().or(self.meta.as_ref().and_then(|meta| meta.n_ctx));
        named.filter(|tokens| *tokens >= 1.0).map(|tokens| tokens as u32)
    }
}
