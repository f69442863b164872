//! Machines that judge replies: LLM judges and reward models, with fixed settings.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Calibrates, Calibration, Endpoint, GroupId, JobPhase, NoScore, QueueFilter, RequestFault, Reward, RewardFault,
    RewardFinding, Rubric, ScorerId, Waiting,
};

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
    /// It is part of a calibration run of another one, and on no list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibrates: Option<Calibrates>,
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
    /// Two replies at a time, each pair in both orders: every pair of up to 6 replies, a Swiss tournament of more.
    Pairs,
}

impl JudgeMethod {
    /// A score is of one reply alone, so that one more reply leaves the others' scores as they are.
    pub fn is_for_each(self) -> bool {
        self == Self::Pointwise
    }

    /// Requests show lists, in balanced orders.
    pub fn sorts_lists(self) -> bool {
        matches!(self, Self::Listwise | Self::Quality)
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

/// Why a scorer cannot work as things are.
#[derive(Clone, Debug, PartialEq)]
pub enum ScorerFault {
    /// The server, the key or the model.
    Request(RequestFault),
    /// What a reward server answers cannot be used, or not before a person chose.
    Reward(RewardFault),
}

/// A scorer of a session at one moment. Counts are computed from rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ScorerState {
    /// The scorer.
    pub scorer: Arc<Scorer>,
    /// What a look at its reward server showed.
    pub finding: Option<Arc<RewardFinding>>,
    /// Where its run stands.
    pub run: Run,
    /// Groups that could be scored: those whose replies are all there.
    pub groups: u64,
    /// Groups of those that were.
    pub scored: u64,
    /// Groups that were, and in which a reply has no score.
    pub incomplete: u64,
    /// Groups that the run has still to do.
    pub left: u64,
    /// Requests under way.
    pub in_flight: u32,
    /// Groups a second over the last seconds; `None` until there is something to measure.
    pub per_second: Option<f64>,
    /// Replies without a score since the session was opened, newest first, at most 50.
    pub gaps: Vec<ScoreGap>,
    /// Set while the server does not answer.
    pub waiting: Option<Waiting>,
    /// Why the run could not begin or had to stop, until the next start.
    pub stopped: Option<ScorerFault>,
    /// Of a judge: its calibration run, once there was one.
    pub calibration: Option<Arc<Calibration>>,
}

impl ScorerState {
    /// Seconds until the run is done at the present rate.
    pub fn seconds_left(&self) -> Option<f64> {
        let rate = self.per_second.filter(|rate| *rate > 0.0)?;
        Some(self.left as f64 / rate)
    }
}

/// A reply that a scorer gave no score.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreGap {
    /// The group.
    pub group: GroupId,
    /// Its number.
    pub number: u64,
    /// The reply's place in the round, from 0.
    pub slot: u32,
    /// Why.
    pub why: NoScore,
}

/// What a judge's own verdicts tell of it. Nothing here says whether it is right: a judge can be steady and wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct JudgeFigure {
    /// What is counted.
    pub what: JudgeTrait,
    /// The share, from 0 to 1; of [`JudgeTrait::Primacy`] from -1 to 1.
    pub value: f64,
    /// Its 95 % interval, errors counted by group; `None` of a single group.
    pub interval: Option<(f64, f64)>,
    /// Lists, pairs or triples that were counted.
    pub cases: u64,
}

/// See [`JudgeFigure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeTrait {
    /// Of lists of so many replies: the one shown first is ranked first. One in so many without bias.
    FirstPlace { replies: u32 },
    /// Of pairs shown in both orders: the order decided.
    Flips,
    /// Of the same: the first shown won both times, less the second shown.
    Primacy,
    /// Of pairs in lists: they share a tier.
    Ties,
    /// Of triples: A over B over C over A. A quarter where it draws lots.
    Circles,
    /// Of pairs of different length: the longer reply is the better one.
    LongerWins,
}
