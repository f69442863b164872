//! Preference pairs: always derived from tiers, never stored.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{Judgement, ReplyId, ScorerId, Tiers, Verdict};

/// One preference pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    /// The better reply.
    pub chosen: ReplyId,
    /// The worse reply.
    pub rejected: ReplyId,
}

/// Which pairs an order gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairPolicy {
    /// Every better reply with every worse one.
    #[default]
    All,
    /// Every reply of the best tier with every reply of the worst.
    BestWorst,
    /// Every reply with every reply of the next tier.
    Adjacent,
}

/// Whose order of a group's replies pairs are made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairOrder {
    /// People's labels.
    #[default]
    Human,
    /// A scorer's scores.
    Scorer(ScorerId),
    /// A judge's scores, where a reward model says the same of the pair.
    Agreement { judge: ScorerId, reward: ScorerId },
}

impl PairOrder {
    /// The scorers that it asks, the one that orders first.
    pub fn scorers(self) -> Vec<ScorerId> {
        match self {
            Self::Human => Vec::new(),
            Self::Scorer(scorer) => vec![scorer],
            Self::Agreement { judge, reward } => vec![judge, reward],
        }
    }
}

/// How sure a machine must be of a pair before it leaves. Pairs that a judge put differently in both orders never pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The least margin, in units of the scorer: its pooled standard deviation within groups. Under half a unit five
    /// reward models were right in 48 % of JudgeBench's pairs, a coin (850 pairs).
    pub margin: f64,
    /// The least margin in standard errors, of scorers that give some.
    pub z: f64,
}

impl Threshold {
    /// What is usual for a judge: it would say the same again in five of six cases.
    pub const JUDGE: Self = Self { margin: 0.0, z: 1.0 };
    /// What is usual for a reward model.
    pub const REWARD: Self = Self { margin: 0.5, z: 0.0 };
    /// What is usual where both must say the same.
    pub const AGREEMENT: Self = Self { margin: 0.5, z: 1.0 };

    /// Whether a scorer is as sure of a pair. `unit` is the scorer's; without one no margin counts.
    pub fn keeps(self, judgement: &Judgement, unit: Option<f64>, pair: Pair) -> bool {
        let slot = |reply| judgement.scores.iter().position(|score| score.reply == reply);
        let (Some(chosen), Some(rejected)) = (slot(pair.chosen), slot(pair.rejected)) else { return false };
        let (Some(high), Some(low)) = (judgement.value_of(pair.chosen), judgement.value_of(pair.rejected)) else {
            return false;
        };
        let margin = high - low;
        let turned = |(one, other): &(ReplyId, ReplyId)| {
            (*one, *other) == (pair.chosen, pair.rejected) || (*one, *other) == (pair.rejected, pair.chosen)
        };
        let is_wide = match unit {
            Some(unit) => margin / unit >= self.margin,
            None => self.margin <= 0.0,
        };
        let is_steady = judgement.spread_of(chosen, rejected).is_none_or(|error| margin >= self.z * error);
        margin > 0.0 && is_wide && is_steady && !judgement.inconsistent.iter().any(turned)
    }
}

/// Where pairs come from, and what goes beside them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairSource {
    /// Which of two replies is the better one.
    pub order: PairOrder,
    /// Whose scores go out with the texts, where the format has a place for them. An order by scores brings its own.
    pub scores: Option<ScorerId>,
    /// How sure machines must be; `None` takes every difference. People's labels are not asked.
    pub threshold: Option<Threshold>,
}

/// What an order of machines would give, and what people say of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairYield {
    /// Whose order.
    pub order: PairOrder,
    /// Groups with scores, and those of them that give a pair.
    pub groups: u64,
    /// See `groups`.
    pub giving: u64,
    /// Pairs.
    pub pairs: u64,
    /// Pairs that the annotator's blind labels decide.
    pub checked: u64,
    /// The share of those that the labels put the same way, with its 95 % interval by group where they are a sample.
    pub right: Option<(f64, Option<(f64, f64)>)>,
    /// The labels are those of random picks, weighted by the inverse of their probabilities; else all that there are, many
    /// of them given where scorers disagree, which tell of these groups alone.
    pub is_sample: bool,
}

/// The pairs of a verdict, better tiers first. `text_of` gives a reply's text: identical texts never form a pair,
/// empty replies never leave, and a pair of texts is given once.
pub fn pairs<'text>(
    verdict: &Verdict,
    policy: PairPolicy,
    text_of: impl Fn(ReplyId) -> Option<&'text str>,
) -> Vec<Pair> {
    let Verdict::Ranked(tiers) = verdict else { return Vec::new() };
    // Replies with the same text count as the first of them.
    let mut texts: Vec<&str> = Vec::new();
    let mut same: HashMap<ReplyId, usize> = HashMap::new();
    for &reply in tiers.as_slice().iter().flatten() {
        if let Some(text) = text_of(reply).filter(|text| !text.trim().is_empty()) {
            let first = texts.iter().position(|other| *other == text);
            same.insert(reply, first.unwrap_or(texts.len()));
            if first.is_none() {
                texts.push(text);
            }
        }
    }
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (better, worse) in tier_pairs(tiers, policy) {
        for &chosen in better {
            for &rejected in worse {
                let (Some(first), Some(second)) = (same.get(&chosen), same.get(&rejected)) else { continue };
                if first != second && seen.insert((*first, *second)) {
                    found.push(Pair { chosen, rejected });
                }
            }
        }
    }
    found
}

/// How many pairs the tiers alone would give, were all texts different and none empty.
pub fn possible_pairs(verdict: &Verdict, policy: PairPolicy) -> usize {
    let Verdict::Ranked(tiers) = verdict else { return 0 };
    tier_pairs(tiers, policy).into_iter().map(|(better, worse)| better.len() * worse.len()).sum()
}

/// How many pairs [`pairs`] would give under the default policy.
pub fn pair_count<'text>(verdict: &Verdict, text_of: impl Fn(ReplyId) -> Option<&'text str>) -> usize {
    pairs(verdict, PairPolicy::All, text_of).len()
}

fn tier_pairs(tiers: &Tiers, policy: PairPolicy) -> Vec<(&[ReplyId], &[ReplyId])> {
    let tiers = tiers.as_slice();
    match policy {
        PairPolicy::All => tiers
            .iter()
            .enumerate()
            .flat_map(|(index, better)| {
                tiers[index + 1..].iter().map(move |worse| (better.as_slice(), worse.as_slice()))
            })
            .collect(),
        PairPolicy::BestWorst => match tiers {
            [best, .., worst] => vec![(best.as_slice(), worst.as_slice())],
            _ => Vec::new(),
        },
        PairPolicy::Adjacent => tiers.windows(2).map(|two| (two[0].as_slice(), two[1].as_slice())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{GroupId, Points, Score};

    #[test]
    fn a_threshold_lets_pass_what_is_wide_steady_and_the_same_in_both_orders() {
        let replies = [ReplyId::new(), ReplyId::new(), ReplyId::new()];
        let score = |reply, value| Score { reply, result: Ok(Points { value, error: None }) };
        let judgement = Judgement {
            scorer: ScorerId::new(),
            group: GroupId::new(),
            round: 0,
            scores: vec![score(replies[0], 2.0), score(replies[1], 1.0), score(replies[2], 0.9)],
            // Of 0-1, 0-2, 1-2.
            spread: vec![0.5, 0.5, 0.5],
            suspect: Vec::new(),
            inconsistent: vec![(replies[2], replies[0])],
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let pair = |chosen: usize, rejected: usize| Pair { chosen: replies[chosen], rejected: replies[rejected] };
        let keeps = |threshold: Threshold, unit, of| threshold.keeps(&judgement, unit, of);
        assert!(keeps(Threshold::JUDGE, None, pair(0, 1)), "two standard errors");
        assert!(!keeps(Threshold::JUDGE, None, pair(1, 2)), "a fifth of one");
        assert!(!keeps(Threshold::JUDGE, None, pair(0, 2)), "turns with the order");
        assert!(!keeps(Threshold::default(), None, pair(1, 0)), "the other way round");
        assert!(keeps(Threshold::REWARD, Some(1.0), pair(0, 1)) && !keeps(Threshold::REWARD, Some(2.1), pair(0, 1)));
        assert!(!keeps(Threshold::REWARD, None, pair(0, 1)), "without a unit no margin is wide enough");
        let strange = Pair { chosen: ReplyId::new(), rejected: replies[0] };
        assert!(!keeps(Threshold::default(), Some(1.0), strange), "without a score there is no pair");
    }
}
