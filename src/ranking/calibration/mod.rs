//! What a calibration run tells of a judge: how often lists and pairs are right, how steady they are, what they cost, and
//! whether a full run is worth it.
//!
//! | file | what it gives |
//! |---|---|
//! | `figures` | the figures of one method, and of both side by side |
//! | `verdict` | what follows from them, and from where on |

mod figures;
mod verdict;

pub use figures::{figures, labeled};
pub use verdict::{CLEAR, GOOD, HUMAN, MOST_MISSING, STEADY, verdict};

use super::bias::HeardList;
use crate::domain::{Calibrated, Measured};

/// One group of a calibration run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// The tier of each reply in the person's blind label, 0 for the best; `None` of a reply that the label does not name.
    /// Empty where there is no label.
    pub tiers: Vec<Option<u32>>,
    /// What lists said, once for each repeat that is done.
    pub lists: Vec<Said>,
    /// What pairs said.
    pub pairs: Vec<Said>,
}

/// What a judge said of a group in one repeat. Replies by index, in the same order as everywhere of the group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// The score of each reply.
    pub scores: Vec<Option<f64>>,
    /// Replies with text that have no score.
    pub missing: u32,
    /// The requests that came to a verdict, each with what was shown; a pair is a list of two.
    pub heard: Vec<HeardList>,
    /// All requests, second askings too.
    pub requests: u32,
    /// Tokens in and out, where the server counts them.
    pub tokens: Option<u64>,
}

/// The figures of both methods.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Of lists.
    pub lists: Calibrated,
    /// Of pairs.
    pub pairs: Calibrated,
    /// Accuracy of pairs less that of lists, on groups that both judged.
    pub difference: Option<Measured>,
}

#[cfg(test)]
mod tests;
