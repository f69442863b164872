//! What one group adds. Every figure here is one of sums over groups, so that groups can be drawn again by adding up.

use super::checked::{Both, decided};
use super::{credit, side};
use crate::domain::SplitMix64;
use crate::ranking::statistics::{kappa, tau_b, top};

/// Numbers of a row.
pub(super) const WIDTH: usize = 18;
/// Figures of a row.
pub(super) const FIGURES: usize = 6;

/// Where in a row each sum stands: what hits, and what of.
const PAIRS: usize = 0;
const TOP: usize = 2;
const TAU: usize = 4;
const KAPPA: usize = 6;
const LONGER: usize = 15;

/// The place of each figure among [`figures`].
pub(super) const ACCURACY_FIGURE: usize = 0;
pub(super) const TOP_FIGURE: usize = 1;
pub(super) const TAU_FIGURE: usize = 2;
pub(super) const KAPPA_FIGURE: usize = 3;
pub(super) const PERSON_FIGURE: usize = 4;
pub(super) const SCORER_FIGURE: usize = 5;

/// A group's sums, and what is only counted.
pub(super) struct Row {
    /// The sums, with a weight of 1.
    pub(super) sums: [f64; WIDTH],
    /// What drawing lots would give in place of top.
    pub(super) top_chance: f64,
}

/// A group of two replies or more that are both named and scored.
pub(super) fn row(replies: &[Both], seed: u64) -> Row {
    let mut sums = [0.0; WIDTH];
    for (better, worse) in decided(replies) {
        let credit = credit(side(better.score, worse.score));
        sums[PAIRS] += credit;
        sums[PAIRS + 1] += 1.0;
        if better.length != worse.length {
            let is_longer_better = better.length > worse.length;
            sums[LONGER] += f64::from(u8::from(is_longer_better));
            sums[LONGER + 1] += if is_longer_better { credit } else { 1.0 - credit };
            sums[LONGER + 2] += 1.0;
        }
    }
    let mut top_chance = 0.0;
    if sums[PAIRS + 1] > 0.0
        && let Some(found) = top(&best(replies), &chosen(replies), replies.len())
    {
        (sums[TOP], sums[TOP + 1], top_chance) = (found.hit, 1.0, found.chance);
    }
    let person: Vec<f64> = replies.iter().map(|reply| -f64::from(reply.tier)).collect();
    let scorer: Vec<f64> = replies.iter().map(|reply| reply.score).collect();
    if let Some(tau) = tau_b(&person, &scorer) {
        (sums[TAU], sums[TAU + 1]) = (tau, 1.0);
    }
    let mut random = SplitMix64::new(seed);
    for first in 0..replies.len() {
        for second in first + 1..replies.len() {
            let (one, other) = (replies[first], replies[second]);
            let turn = if random.below(2) == 1 { -1 } else { 1 };
            let person = side(f64::from(other.tier), f64::from(one.tier)) * turn;
            let scorer = side(one.score, other.score) * turn;
            sums[KAPPA + 3 * (person + 1) as usize + (scorer + 1) as usize] += 1.0;
        }
    }
    Row { sums, top_chance }
}

/// The scorer's best, ties and all, by index.
fn best(replies: &[Both]) -> Vec<usize> {
    let most = replies.iter().map(|reply| reply.score).fold(f64::NEG_INFINITY, f64::max);
    (0..replies.len()).filter(|&reply| side(most, replies[reply].score) == 0).collect()
}

/// The person's best tier, by index.
fn chosen(replies: &[Both]) -> Vec<usize> {
    let first = replies.iter().map(|reply| reply.tier).min();
    (0..replies.len()).filter(|&reply| Some(replies[reply].tier) == first).collect()
}

/// The figures of sums: accuracy, top, tau, kappa, how often the longer one wins with the person and with the scorer.
pub(super) fn figures(sums: &[f64; WIDTH]) -> [Option<f64>; FIGURES] {
    let mean = |hits: usize, total: usize| (sums[total] > 0.0).then(|| sums[hits] / sums[total]);
    let cells: Vec<Vec<f64>> = sums[KAPPA..LONGER].chunks(3).map(<[f64]>::to_vec).collect();
    [
        mean(PAIRS, PAIRS + 1),
        mean(TOP, TOP + 1),
        mean(TAU, TAU + 1),
        kappa(&cells).map(|kappa| kappa.value),
        mean(LONGER, LONGER + 2),
        mean(LONGER + 1, LONGER + 2),
    ]
}

/// How much a row has of what a figure is made from: pairs, or one for the group.
pub(super) fn cases(sums: &[f64; WIDTH], figure: usize) -> f64 {
    match figure {
        ACCURACY_FIGURE => sums[PAIRS + 1],
        TOP_FIGURE => sums[TOP + 1],
        TAU_FIGURE => sums[TAU + 1],
        KAPPA_FIGURE => sums[KAPPA..LONGER].iter().sum(),
        _ => sums[LONGER + 2],
    }
}

/// Right pairs and decided ones.
pub(super) fn pairs(sums: &[f64; WIDTH]) -> [f64; 2] {
    [sums[PAIRS], sums[PAIRS + 1]]
}
