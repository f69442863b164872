//! Machines that judge replies: LLM judges and reward models, with fixed settings.

use serde::{Deserialize, Serialize};

use super::{Endpoint, JobPhase, QueueFilter, Reward, Rubric, ScorerId};

/// An LLM judge or a reward model. Its settings never change: other settings are another scorer, so that scores of one
/// name can be compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scorer {
    /// Its id.
    pub id: ScorerId,
    /// As people call it; no two of a session have the same.
    pub name: String,
    /// The server and the model.
    pub endpoint: Endpoint,
    /// What it does.
    pub kind: ScorerKind,
    /// When it was added.
    pub created_at: jiff::Timestamp,
}

/// What a scorer does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScorerKind {
    /// A chat model that reads replies and says which is better.
    Judge(Judge),
    /// A model that gives a number for each reply. Boxed: its settings are the larger ones.
    Reward(Box<Reward>),
}

/// How an LLM judge is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judge {
    /// What one request shows it.
    #[serde(default)]
    pub method: JudgeMethod,
    /// Balanced orders of a list: 2, 4, 6 or 8.
    #[serde(default)]
    pub orders: Orders,
    /// By what it judges.
    #[serde(default)]
    pub rubric: Rubric,
    /// The language of its instructions.
    #[serde(default)]
    pub language: JudgeLanguage,
    /// It thinks before it answers, where the model can.
    #[serde(default)]
    pub thinking: bool,
    /// The longest answer, in tokens, thinking included; doubled once where an answer was cut.
    #[serde(default = "default_tokens")]
    pub max_tokens: u32,
}

impl Default for Judge {
    fn default() -> Self {
        Self {
            method: JudgeMethod::default(),
            orders: Orders::default(),
            rubric: Rubric::general(),
            language: JudgeLanguage::default(),
            thinking: false,
            max_tokens: default_tokens(),
        }
    }
}

fn default_tokens() -> u32 {
    1024
}

/// What one request shows a judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeMethod {
    /// One reply, which gets a digit.
    Pointwise,
    /// All replies, at most 8, which it sorts; several times in balanced orders.
    #[default]
    Listwise,
    /// Lists first, then pairs in both orders where the lists leave it open.
    Quality,
}

impl JudgeMethod {
    /// A score is of one reply alone, so that one more reply leaves the others' scores as they are.
    pub fn is_for_each(self) -> bool {
        self == Self::Pointwise
    }
}

/// Balanced orders of a list: an even number from 2 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Orders(u8);

/// A number of orders that is odd, or outside 2 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} orders; it takes 2, 4, 6 or 8, so that every pair stands as often each way round")]
pub struct OrdersError(pub u32);

impl Orders {
    /// The number.
    pub fn get(self) -> u32 {
        u32::from(self.0)
    }
}

impl Default for Orders {
    fn default() -> Self {
        Self(4)
    }
}

impl TryFrom<u32> for Orders {
    type Error = OrdersError;

    fn try_from(orders: u32) -> Result<Self, OrdersError> {
        match u8::try_from(orders) {
            Ok(even @ (2 | 4 | 6 | 8)) => Ok(Self(even)),
            _ => Err(OrdersError(orders)),
        }
    }
}

impl From<Orders> for u32 {
    fn from(orders: Orders) -> Self {
        orders.get()
    }
}

/// The language of a judge's instructions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeLanguage {
    /// The language that the prompt is mostly written in.
    #[default]
    Auto,
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Which groups a run scores, and where it stands. Kept in the session file, so that a restart goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// What it is doing.
    pub phase: JobPhase,
    /// Which groups; never those whose replies are not all there yet.
    #[serde(default)]
    pub filter: QueueFilter,
    /// It goes on with groups as they come, and ends only when somebody says so.
    #[serde(default)]
    pub follows: bool,
}
