//! One answer to a prompt, and how it came to be.

use serde::{Deserialize, Serialize};

use super::{AnnotatorId, GroupId, ReplyId};

/// One answer. A reply never changes: an edit is a new reply with its parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The reply's id.
    pub id: ReplyId,
    /// The group that it answers.
    pub group: GroupId,
    /// The round that it belongs to; regenerating starts a new round and keeps the old one.
    pub round: u32,
    /// Its place among the replies of the round, from 0. A place holds one reply, ever.
    pub slot: u32,
    /// The text, exactly as it came, without reasoning.
    pub text: String,
    /// What the model thought aloud before it answered, where the server or the text sets it apart.
    #[serde(default)]
    pub reasoning: Option<String>,
    /// How it came to be.
    pub origin: Origin,
    /// When it was stored.
    pub created_at: jiff::Timestamp,
    /// Off the page: an undo took it back, or another reply was asked for in its place. Kept all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl Reply {
    /// A person wrote or edited it.
    pub fn is_written(&self) -> bool {
        matches!(self.origin, Origin::Written { .. })
    }
}

/// How a reply came to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Asked from a server by this app.
    Generated(Generated),
    /// Read from a file.
    Imported {
        /// The format or file that it came from.
        source: String,
        /// The model, where the file names it.
        model: Option<String>,
        /// What the file calls this kind of reply, as CValues does: `拒绝为主`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
    },
    /// Written by a person, or edited from `parent`.
    Written {
        /// Who wrote it.
        annotator: AnnotatorId,
        /// The reply that it was edited from.
        parent: Option<ReplyId>,
    },
}

/// All that is needed to ask for the same reply again, and what the server said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generated {
    /// The server's base address as the person gave it, or `sample` for the built-in sample server.
    pub server: String,
    /// The model as the request named it.
    pub model: String,
    /// The sampling as it was sent.
    pub sampling: Sampling,
    /// The seed as it was sent.
    pub seed: Option<u64>,
    /// How many replies the request asked for (`n`).
    pub requested: u32,
    /// Which of them this one is, from 0.
    pub choice: u32,
    /// The server's reason for ending, `stop` or `length` for most.
    pub finish_reason: Option<String>,
    /// Tokens of the prompt, where the server counts them.
    pub prompt_tokens: Option<u32>,
    /// Tokens of the reply, where the server counts them for this reply alone.
    pub completion_tokens: Option<u32>,
    /// From the request to the first token, in milliseconds.
    pub first_token_millis: Option<u32>,
    /// From the request to the end of the stream, in milliseconds.
    pub total_millis: u32,
}

/// How a server draws replies. Empty means the server's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sampling {
    /// 0 or more; at 0 all replies are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Over 0 up to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// The longest reply, in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// The seed that the seeds of all replies are derived from; without it they are drawn at random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seed: Option<u64>,
    /// Texts at which a reply ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// More fields for the request body, as the server names them.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// How many replies a prompt gets: 2 to 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct ReplyCount(u8);

/// A number of replies outside 2 to 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} replies for a prompt; it takes 2 to 20")]
pub struct ReplyCountError(pub u32);

impl ReplyCount {
    /// Fewer could not make a pair.
    pub const MIN: Self = Self(2);
    /// More could not be compared by a person, nor reached by the digit keys.
    pub const MAX: Self = Self(20);

    /// The count as a number.
    pub fn get(self) -> u32 {
        u32::from(self.0)
    }
}

impl Default for ReplyCount {
    fn default() -> Self {
        Self(4)
    }
}

impl TryFrom<u32> for ReplyCount {
    type Error = ReplyCountError;

    fn try_from(count: u32) -> Result<Self, Self::Error> {
        match u8::try_from(count) {
            Ok(small @ 2..=20) => Ok(Self(small)),
            _ => Err(ReplyCountError(count)),
        }
    }
}

impl From<ReplyCount> for u32 {
    fn from(count: ReplyCount) -> Self {
        count.get()
    }
}
