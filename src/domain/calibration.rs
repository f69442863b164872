//! Whether a judge is worth a full run, and with lists or pairs: what some groups tell before many are paid for.

use serde::{Deserialize, Serialize};

use super::{GroupId, JobPhase, JudgeMethod, Measured, ScorerFault, ScorerId, Waiting};

/// Groups of a calibration run.
pub const CALIBRATION_GROUPS: usize = 50;
/// How often each method goes over them, each time in other orders.
pub const CALIBRATION_REPEATS: u32 = 3;
/// The methods that are compared.
pub const CALIBRATION_METHODS: [JudgeMethod; 2] = [JudgeMethod::Listwise, JudgeMethod::Pairs];

/// What a scorer that is part of a calibration run is for. Such a scorer is on no list; its method is the one that it tries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibrates {
    /// The judge that is calibrated.
    pub of: ScorerId,
    /// Which time, from 1.
    pub repeat: u32,
    /// The groups, the same for all parts.
    pub groups: Vec<GroupId>,
}

/// A calibration run of a judge: where it stands, and what it tells so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// What the run is doing.
    pub phase: JobPhase,
    /// Groups that it goes over.
    pub groups: u64,
    /// Groups of those on which this annotator said, blind, which reply is better.
    pub labeled: u64,
    /// How often a group was judged: once for each method and repeat.
    pub done: u64,
    /// How often it is to be.
    pub all: u64,
    /// Set while the server does not answer.
    pub waiting: Option<Waiting>,
    /// Why it had to stop, until the next start.
    pub stopped: Option<ScorerFault>,
    /// What lists gave.
    pub lists: Calibrated,
    /// What pairs gave.
    pub pairs: Calibrated,
    /// Pair accuracy of pairs less that of lists, on groups that both judged; `None` where it cannot be told.
    pub difference: Option<Measured>,
    /// What follows.
    pub verdict: Worth,
}

impl Calibration {
    /// The figures of one of the methods.
    pub fn of(&self, method: JudgeMethod) -> &Calibrated {
        if method == JudgeMethod::Pairs { &self.pairs } else { &self.lists }
    }
}

/// What one method gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibrated {
    /// Share of the pairs that the person decided blind which one run puts the same way; its ties count half. Mean of the
    /// repeats.
    pub accuracy: Option<Measured>,
    /// Share of pairs of replies that two repeats put the same way; half where one of the two has a tie. Labels play no part.
    pub steadiness: Option<Measured>,
    /// Of pairs of replies that a request and its mirror both decided: the order decided.
    pub flips: Option<Measured>,
    /// Share of replies without a score.
    pub missing: Option<f64>,
    /// Requests for a group, second askings counted.
    pub requests: Option<f64>,
    /// Tokens for a group, in and out, where the server counts them.
    pub tokens: Option<f64>,
}

/// What a calibration comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Worth {
    /// Not everything was asked yet.
    Unfinished,
    /// Nobody can say before so many groups of it are labeled.
    TooFewLabels {
        /// Groups that are labeled.
        labeled: u64,
        /// Groups that have to be.
        needed: u64,
    },
    /// It is worth a full run.
    Worth {
        /// With this method.
        with: JudgeMethod,
        /// Why this one.
        why: Choice,
        /// How near it comes to people.
        grade: Grade,
    },
    /// It is not.
    NotWorth(Flaw),
}

/// Why one method and not the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It is clearly right more often.
    Better,
    /// Neither is clearly right more often, and it costs less.
    Cheaper,
    /// The other one is not worth it.
    OnlyOne,
}

/// How near a judge comes to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Better than a coin, and less than people agree with one another.
    Weak,
    /// As people agree with one another.
    Good,
    /// More than people agree with one another: something may tell it the answers.
    Suspicious,
}

/// Why a judge is not worth a full run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Too many replies get no score.
    NoScores,
    /// It may be no better than a coin, and does not even agree with itself.
    Coin,
    /// It agrees with itself and may be no better than a coin all the same.
    SteadyCoin,
}
