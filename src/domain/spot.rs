//! Spot-checks: which groups people look at to check machines, and what they had seen of the machines when they decided.

use serde::{Deserialize, Serialize};

use super::{AnnotatorId, GroupId, Label, ScorerId};

/// Why a group was picked for labeling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Draw {
    /// By chance, with a known probability: the only picks that measure.
    Random,
    /// Scorers contradict one another or themselves, or are unsure. Such labels train and export, they never measure.
    Disagreement,
    /// By chance among the tenth with the largest margins: measures that tenth alone.
    Audit,
    /// Labeled before, shown again as if it were new: measures how people agree with themselves.
    Repeat,
    /// By chance, for the calibration run of a judge: measures that run alone.
    Calibration,
}

/// A group that was picked for an annotator.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picked {
    /// The group.
    pub group: GroupId,
    /// For whom.
    pub annotator: AnnotatorId,
    /// The round that was there then.
    pub round: u32,
    /// Why.
    pub draw: Draw,
    /// Which time of picking, from 1.
    pub batch: u32,
    /// Of a random pick: the stratum that it was in then, which it keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<Stratum>,
    /// Of an audit: the probability with which it was drawn from the tenth; in (0, 1].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
    /// When.
    pub at: jiff::Timestamp,
}

/// Groups that are like one another in what makes machines err.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stratum {
    /// How many replies it has: 0 for two, 1 for three or four, 2 for five to eight, 3 for more.
    pub replies: u8,
    /// How sure the scorer is of first over second: 0 to 2 for the thirds, least sure first; 3 where it says nothing.
    pub sureness: u8,
    /// What the prompt is mostly written in: 0 for Han characters, 1 for anything else.
    pub script: u8,
}

/// How an annotator's random picks are drawn. Kept, so that every later pick adds to the same sample: each group has its own
/// fixed number `u`, uniform in `[0, 1)`, and a stratum is drawn in the order of these numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Design {
    /// What each group's number follows from.
    pub seed: u64,
    /// The scorer whose sureness the strata follow.
    pub scorer: Option<ScorerId>,
    /// Where the thirds of its sureness begin; `None` where too few groups had one.
    #[serde(default)]
    pub thirds: Option<(f64, f64)>,
    /// The scorer's unit of margins then, in which sureness is told where it gives no errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<f64>,
    /// Of each stratum the smallest `u` that was not in the sample at the last pick; 1 where all are. Every group with a
    /// smaller one is in the sample, with this probability. It falls where groups came later: those that were drawn before
    /// and are not below it any more weigh nothing.
    pub fractions: Vec<(Stratum, f64)>,
}

impl Design {
    /// The fraction of a stratum; `None` before any group was drawn from it.
    pub fn chance(&self, stratum: Stratum) -> Option<f64> {
        self.fractions
            .iter()
            .find(|(of, _)| *of == stratum)
            .map(|(_, fraction)| *fraction)
            .filter(|chance| *chance > 0.0)
    }
}

/// An annotator saw what machines said of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reveal {
    /// The group.
    pub group: GroupId,
    /// Who saw it.
    pub annotator: AnnotatorId,
    /// Of which round.
    pub round: u32,
    /// When they did first.
    pub at: jiff::Timestamp,
}

/// A group that came again, and what was said of it then. The first label stays; this one only measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repeat {
    /// The group.
    pub group: GroupId,
    /// For whom it came again.
    pub annotator: AnnotatorId,
    /// The round.
    pub round: u32,
    /// The second verdict; `None` while it waits for one.
    pub label: Option<Label>,
}

/// Whether the label view stays on a group after a verdict, to show what machines say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// After every verdict on a group with scores.
    Always,
    /// Never: the scores are there when the person comes back.
    Never,
    /// Where a scorer puts a reply that was left out above a chosen one.
    #[default]
    WhenDiffers,
}

/// How many groups of the annotator's last picks there are, and how many of them are labeled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PickedCounts {
    /// Groups.
    pub groups: u64,
    /// Labeled.
    pub labeled: u64,
}
