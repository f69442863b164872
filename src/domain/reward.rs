//! How a reward model is asked, and what a look at its server showed.

use serde::{Deserialize, Serialize};

/// The settings of a reward model beside its endpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reward {
    /// How its server is asked.
    #[serde(default)]
    pub server: RewardServer,
    /// The system message before each prompt that has none of its own; `None` sends none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Who makes one text out of prompt and reply, and how.
    #[serde(default)]
    pub template: ChatTemplate,
    /// Which row counts where a model gives one for each step. `None`: such a model is not used before a person chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<StepRule>,
    /// Which number counts where a model gives several for each reply: its place from 0, or its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Replies in one request, where the server takes several; 0 means the server's usual number.
    #[serde(default)]
    pub batch: u32,
}

/// How a reward server is asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardServer {
    /// As a look at it shows.
    #[default]
    Find,
    /// As this preset says: `tei`, `infinity`, `openrlhf`, `llama-factory`, `lmdeploy`, `nim`, `sglang`.
    Preset(String),
    /// As written here.
    Custom(RewardRequest),
}

/// A request to a reward server, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardRequest {
    /// The path from the server's root: `/pooling`.
    pub path: String,
    /// The body. The texts `{model}`, `{text}`, `{prompt}`, `{reply}`, and the lists `{texts}`, `{messages}` stand for
    /// what they name.
    pub body: serde_json::Value,
    /// Where the number is, as a JSON pointer (RFC 6901); `*` stands for each item of a list, in the order of the texts.
    pub pointer: String,
    /// The numbers come through a logistic function, which is undone.
    #[serde(default)]
    pub sigmoid: bool,
}

/// Who makes one text out of prompt and reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatTemplate {
    /// The server, from messages.
    #[default]
    Server,
    /// Qwen's and others', with a line end after the last mark.
    #[serde(rename = "chatml")]
    ChatMl,
    /// Llama 3's.
    Llama3,
    /// Prompt, an empty line, reply.
    Plain,
    /// A template in Jinja, as in the `chat_template` of a `tokenizer_config.json`.
    Jinja(String),
}

/// Which row of a model that gives one for each step is its score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepRule {
    /// The worst step.
    Minimum,
    /// The last one.
    Last,
    /// Their mean.
    Mean,
}
