//! How far people and machines agree, in figures. Computed from blind labels: what a person said before seeing any score.

use serde::Serialize;

use super::ScorerId;

/// A figure with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// The figure.
    pub value: f64,
    /// Its 95 % interval, groups drawn again (BCa, 2,000 times); Wilson's over groups for a share of 0 or 1. `None` of fewer
    /// than [`ENOUGH_GROUPS`] groups, and where groups say nothing of their spread.
    pub interval: Option<(f64, f64)>,
    /// Groups that it rests on.
    pub groups: u64,
    /// Pairs, groups or replies that were counted.
    pub cases: u64,
}

/// Below so many groups an interval would claim too much, so there is none.
pub const ENOUGH_GROUPS: u64 = 30;

/// What figures are estimated from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The random picks, weighted by the inverse of their probabilities: tells of all groups. `effective`: as many
    /// equally weighted groups would say as much.
    Random { effective: f64 },
    /// Every blind label, since there are fewer random picks than [`ENOUGH_GROUPS`]: tells of these groups alone.
    Labeled,
}

/// Everything that is measured for one annotator.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// For each scorer that scored a labeled group, in the order of the list.
    pub scorers: Vec<ScorerAgreement>,
    /// How the annotator agrees with themselves, from groups that came again.
    pub itself: Option<SelfAgreement>,
    /// Judges against reward models, on groups that both scored. Labels play no part.
    pub between: Vec<Between>,
    /// Groups whose scores were seen, and what followed.
    pub changes: Changes,
}

/// One scorer against a person. All but `coverage` is told from groups in which at least two replies are both named by the
/// label and scored, and from those replies alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScorerAgreement {
    /// The scorer.
    pub scorer: ScorerId,
    /// What accuracy, top, tau and kappa are estimated from.
    pub basis: Basis,
    /// Share of decided pairs that the scorer puts the same way; its ties count half. Of pairs with both scored.
    pub accuracy: Option<Measured>,
    /// Share of decided pairs in which both replies have a score. Replies that people wrote have none.
    pub coverage: Option<f64>,
    /// Share of the scorer's best set that is in the person's best tier, mean over groups with a decided pair.
    pub top: Option<Measured>,
    /// What drawing lots would give in place of `top`.
    pub top_chance: Option<f64>,
    /// Kendall's tau-b, mean over groups in which it is defined.
    pub tau: Option<Measured>,
    /// Groups in which it is not: the scorer or the person puts all replies level.
    pub tau_undefined: u64,
    /// Cohen's kappa of left, right or tie, over all pairs of replies, sides drawn by lot.
    pub kappa: Option<Measured>,
    /// Accuracy of the audit's picks, each counting the same: of the tenth with the largest margins alone.
    pub audit: Option<Measured>,
    /// The unit of margins: pooled standard deviation of scores within their groups, over all groups that were scored.
    pub unit: Option<f64>,
    /// Agreement by margin.
    pub margins: Option<Margins>,
    /// Scores of chosen and of left-out replies, each less the mean of its group. Of every blind label.
    pub spread: Option<Spread>,
    /// Share of decided pairs of different length in which the longer reply was chosen by the person, and by the scorer.
    pub longer: Option<Longer>,
}

/// How often people agree, by the size of the margin. Of random picks alone where there are enough of them, each pair
/// counting the same; else of every blind label, and then bins are all there is. Pairs that the scorer ties have no side to
/// agree with and are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Margins {
    /// Bins from small to large margins, none empty.
    pub bins: Vec<MarginBin>,
    /// `b` of P(person agrees) = sigma(b m), m in units of the scorer, with its standard error, counted by group; from 100
    /// pairs in 60 groups of random picks on.
    pub slope: Option<(f64, f64)>,
    /// Places of a curve that never falls, from 1,000 pairs on: margin in units, probability, never under one half. Straight
    /// between two places, level outside them.
    pub steps: Vec<(f64, f64)>,
    /// Mean log loss of the slope on groups that it was not fitted to (five parts by group), in nats; ln 2 = 0.693 is a coin.
    pub log_loss: Option<f64>,
}

/// Pairs with margins of a range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MarginBin {
    /// From, in units of the scorer.
    pub from: f64,
    /// To; infinite for the last one.
    pub to: f64,
    /// Pairs.
    pub pairs: u64,
    /// Pairs in which the person agrees.
    pub agree: u64,
}

/// Two histograms over the same bins. What is beyond the first or the last bin is counted in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Where the first bin begins, in the scorer's own scale.
    pub from: f64,
    /// How wide each is.
    pub width: f64,
    /// Chosen replies in each bin.
    pub chosen: Vec<u64>,
    /// Left-out replies.
    pub left_out: Vec<u64>,
    /// The medians.
    pub median_chosen: Option<f64>,
    /// See `median_chosen`.
    pub median_left_out: Option<f64>,
}

/// Who prefers what is longer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Longer {
    /// The person.
    pub person: Measured,
    /// The scorer, on the same pairs.
    pub scorer: Measured,
}

/// A person against themselves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SelfAgreement {
    /// Of the pairs that the blind label and the label of the repeat both decide, the share decided the same way.
    pub accuracy: Measured,
    /// How often one label of theirs is right at best, if errors are independent: (1 + sqrt(2a - 1)) / 2, of a over one
    /// half. No scorer can be seen to agree more: simulated people with noisy taste had a scorer that is always right agree
    /// with them 3 to 5 points less.
    pub ceiling: Option<f64>,
}

/// A judge and a reward model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Between {
    /// The judge.
    pub judge: ScorerId,
    /// The reward model.
    pub reward: ScorerId,
    /// Share of pairs, decided by the judge, that the reward model puts the same way; its ties count half. Of replies that
    /// both scored.
    pub accuracy: Measured,
}

/// What people did after they saw scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Labeled groups whose scores were seen.
    pub revealed: u64,
    /// Of those: the label is another one now.
    pub changed: u64,
    /// Of those: it agrees with the first scorer of the list that scored the group in more pairs than before, less those in
    /// which it contradicts it.
    pub toward: u64,
}
