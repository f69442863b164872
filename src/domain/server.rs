//! What a server is, and what it can do, as far as it told or showed.

use serde::{Deserialize, Serialize};

use super::RequestFault;

/// A server program or a hosted service that the app knows. It decides what a person is told and what is tried first,
/// never how an answer is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerKind {
    /// None of those below, or one that shows no sign.
    #[default]
    Unknown,
    /// The built-in sample server.
    Sample,
    Vllm,
    Sglang,
    LlamaCpp,
    LlamaCppPython,
    Ollama,
    LmStudio,
    /// Text Generation Inference.
    Tgi,
    /// `transformers serve`.
    Transformers,
    LmDeploy,
    LiteLlm,
    OpenAi,
    Azure,
    OpenRouter,
    DeepSeek,
    /// Alibaba's Model Studio.
    DashScope,
    Moonshot,
    /// Text Embeddings Inference: rerankers and classifiers, no chat.
    Tei,
    /// Infinity: embeddings, rerankers and classifiers, no chat.
    Infinity,
    /// A server with rewards at `/get_reward`, as OpenRLHF starts it; no chat.
    RewardServer,
}

impl ServerKind {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Unknown,
        Self::Sample,
        Self::Vllm,
        Self::Sglang,
        Self::LlamaCpp,
        Self::LlamaCppPython,
        Self::Ollama,
        Self::LmStudio,
        Self::Tgi,
        Self::Transformers,
        Self::LmDeploy,
        Self::LiteLlm,
        Self::OpenAi,
        Self::Azure,
        Self::OpenRouter,
        Self::DeepSeek,
        Self::DashScope,
        Self::Moonshot,
        Self::Tei,
        Self::Infinity,
        Self::RewardServer,
    ];

    /// Whether it answers chats; others give rewards or embeddings only.
    pub fn chats(self) -> bool {
        !matches!(self, Self::Tei | Self::Infinity | Self::RewardServer)
    }

    /// Whether it is a service on the internet rather than a program that one starts.
    pub fn is_hosted(self) -> bool {
        matches!(
            self,
            Self::OpenAi | Self::Azure | Self::OpenRouter | Self::DeepSeek | Self::DashScope | Self::Moonshot
        )
    }

    /// What is worth knowing about it before replies are asked for. Read in the source of vLLM 0.6 to 0.33, SGLang 0.4
    /// to 0.5, llama.cpp 0c1e570, llama-cpp-python 0.3.36, Ollama 0.33, TGI db931fc, transformers 5.23, LMDeploy 0.18,
    /// LiteLLM 1.109, and on the pages of the services.
    pub fn notes(self) -> &'static [ServerNote] {
        use ServerNote::{
            CutsLongPrompts, DefaultsFromModel, ForeignFieldsRefused, LimitedTemperature, OneAtATime, OneReplyEach,
            SeedsIgnored, SlotsLimitReplies, ThinksByDefault,
        };
        match self {
            Self::Vllm => &[DefaultsFromModel],
            Self::Sglang => &[SeedsIgnored],
            Self::LlamaCpp => &[SlotsLimitReplies],
            Self::LlamaCppPython | Self::Tgi => &[OneReplyEach],
            Self::Ollama => &[OneReplyEach, CutsLongPrompts, OneAtATime],
            Self::LmStudio => &[OneReplyEach],
            Self::Transformers => &[OneReplyEach, ForeignFieldsRefused],
            Self::LiteLlm => &[ForeignFieldsRefused],
            Self::DeepSeek => &[OneReplyEach],
            Self::DashScope => &[ThinksByDefault],
            Self::Moonshot => &[LimitedTemperature],
            _ => &[],
        }
    }
}

/// Something that a kind of server does differently and that a person should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerNote {
    /// Seeds are ignored unless deterministic inference is on (SGLang).
    SeedsIgnored,
    /// One reply a request, whatever `n` says; several are asked for one by one.
    OneReplyEach,
    /// As many replies a request as it has slots (llama.cpp).
    SlotsLimitReplies,
    /// Prompts longer than the context lose their beginning, and nothing tells (Ollama).
    CutsLongPrompts,
    /// One request at a time unless it was started otherwise (Ollama).
    OneAtATime,
    /// Sampling that is not set comes from the model's `generation_config.json` (vLLM).
    DefaultsFromModel,
    /// Fields outside OpenAI's own are refused (transformers serve, LiteLLM).
    ForeignFieldsRefused,
    /// Temperatures from 0 to 1, near 0 one reply only, and newer models take none (Moonshot).
    LimitedTemperature,
    /// Models think unless `enable_thinking` is false (DashScope).
    ThinksByDefault,
}

impl ServerNote {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::SeedsIgnored,
        Self::OneReplyEach,
        Self::SlotsLimitReplies,
        Self::CutsLongPrompts,
        Self::OneAtATime,
        Self::DefaultsFromModel,
        Self::ForeignFieldsRefused,
        Self::LimitedTemperature,
        Self::ThinksByDefault,
    ];
}

/// A server that answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerInfo {
    /// The base address that worked, with `/v1` where the server wants it.
    pub base_url: String,
    /// The models that it lists, in its order. Some servers list none and still answer.
    pub models: Vec<String>,
    /// `owned_by` of the first model: `vllm`, `llamacpp`, `library`, … ; tells the kind of server.
    pub owned_by: Option<String>,
    /// What it is.
    pub kind: ServerKind,
    /// Its version, where it tells.
    pub version: Option<String>,
    /// The context length of the first model in tokens, where it says so.
    pub context_tokens: Option<u32>,
    /// How long the answer took, in milliseconds.
    pub millis: u32,
}

/// What a test of an endpoint showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// What it is.
    pub server: ServerInfo,
    /// The model that was asked.
    pub model: String,
    /// How it answered a chat, or why it did not. When it did not, nothing else was tried.
    pub chat: Result<FirstReply, RequestFault>,
    /// Several replies from one request (`n`).
    pub several: Ability,
    /// The same seed brings the same reply. What works here may still differ under load.
    pub seeds: Ability,
    /// Answers in a given JSON shape (`response_format` with `json_schema`), as judges need them.
    pub json: Ability,
    /// Probabilities of tokens (`logprobs`), as judges use them.
    pub logprobs: Ability,
    /// What is known about servers of its kind.
    pub notes: Vec<ServerNote>,
}

/// A chat that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstReply {
    /// From the request to the first token, in milliseconds; `None` when all came at once.
    pub first_token_millis: Option<u32>,
    /// From the request to the end, in milliseconds.
    pub total_millis: u32,
    /// Where the model thought aloud.
    pub thinking: Thinking,
}

/// Where a model's thinking comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Thinking {
    /// None was seen.
    #[default]
    Unseen,
    /// In a field of its own.
    Apart,
    /// In the text, between `<think>` and `</think>`; it is taken out.
    Inline,
}

/// Whether a server can do a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ability {
    /// It did.
    Works,
    /// It answered as if it had not been asked for.
    Ignored,
    /// It refused; its words.
    Refused { said: String },
    /// It was not tried, or the answer does not show.
    #[default]
    Unknown,
}
