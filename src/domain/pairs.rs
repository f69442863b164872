//! Preference pairs: always derived from tiers, never stored.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{ReplyId, Tiers, Verdict};

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

/// The pairs of a verdict, better tiers first. `text_of` gives a reply's text: identical texts never form a pair,
/// empty replies never leave, and a pair of texts is given once.
pub fn pairs<'text>(
    verdict: &Verdict,
    policy: PairPolicy,
    text_of: impl Fn(ReplyId) -> Option<&'text str>,
) -> Vec<Pair> {
    let Verdict::Ranked(tiers) = verdict else { return Vec::new() };
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (better, worse) in tier_pairs(tiers, policy) {
        for &chosen in better {
            for &rejected in worse {
                let (Some(chosen_text), Some(rejected_text)) = (text_of(chosen), text_of(rejected)) else { continue };
                let empty = chosen_text.trim().is_empty() || rejected_text.trim().is_empty();
                if !empty && chosen_text != rejected_text && seen.insert((chosen_text, rejected_text)) {
                    found.push(Pair { chosen, rejected });
                }
            }
        }
    }
    found
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
