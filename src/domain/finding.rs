//! What a look at a reward model's server showed: how to ask it and how to read its numbers, or why it cannot be used.

use serde::{Deserialize, Serialize};

use super::{NoScore, RequestFault, RewardRequest, ServerKind, StepRule};

/// How a reward model is asked and read. Kept with its scorer, so that no look is needed before each run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardFinding {
    /// What its server is.
    pub server: ServerKind,
    /// The server's version, where it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The model as requests name it; empty where the server has no names.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
    /// The longest text, in tokens, where the server says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<u32>,
    /// The request that worked.
    pub request: RewardRequest,
    /// What its numbers are.
    pub numbers: RewardNumbers,
    /// How many rows of numbers there are for each reply.
    pub rows: RewardRows,
    /// The labels of the numbers of a row, in their order; empty where a row has one number without a label.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Which of them is the reward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<u32>,
    /// The score of a good reply that was sent to try it; `None` where its logit is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<f64>,
    /// The score of a rude and useless one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad: Option<f64>,
    /// The text of the good one as the model read it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendered: Option<String>,
    /// What a person should know of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<RewardNote>,
}

/// What the numbers of a reward model are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardNumbers {
    /// The model's own numbers (logits).
    Raw,
    /// The same, and only because the server was started so: without its flag they would be squashed.
    RawByServer,
    /// Squashed by a logistic function, which is undone: ln(p / (1 - p)).
    InverseSigmoid,
}

/// Rows of numbers for one reply, and which of them counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardRows {
    /// One.
    One,
    /// One for each token; the last counts.
    LastToken,
    /// One for each step; a person said which counts.
    Steps(StepRule),
}

/// Something that a person should know of a reward model before its scores are used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardNote {
    /// All numbers that were tried lie between 0 and 1 and were taken as they are; they may be squashed.
    PossiblySquashed,
    /// The numbers are squashed, and near 0 and 1 what they were is lost: such replies get no score.
    Saturates,
    /// The good reply scored below the bad one, or the same: a wrong template, a wrong label, or a poor model.
    WrongTemplate,
    /// The chat template puts a system prompt before conversations that have none; its words.
    SystemPromptByTemplate { system: String },
    /// The server cuts long texts without a word; what is cut is not judged.
    Truncates,
}

/// Why a reward model cannot be used as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RewardFault {
    /// The server is not there, lets nobody in, has no such model, or the like.
    #[error(transparent)]
    Request(RequestFault),
    /// Each score is exactly 1: a softmax over one label. The flag of the server that turns it off.
    #[error("every score is 1; start the server with {flag}")]
    AlwaysOne { flag: String },
    /// The model's inner state came in place of a reward: so many numbers. Some versions of vLLM have no way to a reward.
    #[error("{numbers} numbers of hidden state in place of a reward")]
    HiddenStates { version: Option<String>, numbers: u32 },
    /// A model that writes, not one that scores.
    #[error("a chat model, not a reward model")]
    ChatModel,
    /// A model that makes vectors out of texts.
    #[error("an embedding model, not a reward model")]
    Embeddings,
    /// Several numbers for each reply: a person chooses which is the reward. Names, or places from 0.
    #[error("several numbers for each reply: {}", labels.join(", "))]
    ChooseLabel { labels: Vec<String> },
    /// A number for each step: a person chooses which counts. So many rows came for the reply that was tried.
    #[error("{rows} rows for one reply")]
    ChooseStep { rows: u32 },
    /// This path takes finished texts only: a person chooses the chat template.
    #[error("{path} needs a chat template")]
    NeedsTemplate { path: String },
    /// No path of the server gave rewards: what was tried (method and path), and the server's last words.
    #[error("no rewards at {}: {said}", tried.join(", "))]
    NoPath { tried: Vec<String>, said: String },
    /// The answer to a reply that was sent to try it has no number that can be used.
    #[error("no number in the answer")]
    NoNumber { why: NoScore },
    /// The chat template cannot be used; what is wrong with it.
    #[error("the chat template: {said}")]
    BadTemplate { said: String },
    /// A setting of the scorer cannot be used; which, and what is wrong with it.
    #[error("{setting}: {said}")]
    BadSetting { setting: String, said: String },
}
