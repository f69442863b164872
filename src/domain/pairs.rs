//! Preference pairs: always derived from tiers, never stored.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{ReplyId, ScorerId, Tiers, Verdict};

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PairOrder {
    /// People's labels.
    #[default]
    Human,
    /// A scorer's scores.
    Scorer(ScorerId),
}

/// Where pairs come from, and what goes beside them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PairSource {
    /// Which of two replies is the better one.
    pub order: PairOrder,
    /// Whose scores go out with the texts, where the format has a place for them. An order by scores brings its own.
    pub scores: Option<ScorerId>,
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
