//! What pairs tell that were shown in both orders.

use std::collections::BTreeMap;

use crate::ranking::statistics::{Ratio, RatioSums, even_odds};

use super::HeardPair;

/// What pairs tell of a judge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairBias {
    /// Of pairs shown in both orders, with a winner each time.
    pub swaps: Option<Swaps>,
    /// How often the first shown wins, of all requests with a winner. 1/2 without bias where pairs are shown both ways round.
    pub first_pick: Option<Ratio>,
    /// How often it calls a tie, of all requests.
    pub ties: Option<Ratio>,
}

/// Pairs shown in both orders, with a winner each time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swaps {
    /// How many.
    pub count: u64,
    /// Both times the first shown won.
    pub both_first: u64,
    /// Both times the second shown won.
    pub both_second: u64,
    /// How often the order decided, one way or the other.
    pub flips: Ratio,
    /// (first - second) / count, from -1 to 1: over 0 it favours what it reads first.
    pub primacy: Ratio,
    /// How likely flips are as lopsided by chance: exact, two-sided, pairs taken as independent.
    pub chance: f64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct SwapTally {
    count: u64,
    both_first: u64,
    both_second: u64,
    flips: RatioSums,
    primacy: RatioSums,
    first_pick: RatioSums,
    ties: RatioSums,
}

impl SwapTally {
    /// The pairs of one group.
    pub(super) fn add(&mut self, pairs: &[HeardPair]) {
        // For each two replies: whether the first shown won, of requests one way round and the other.
        let mut ways: BTreeMap<(usize, usize), [Vec<bool>; 2]> = BTreeMap::new();
        let (mut decided, mut first_won) = (0u32, 0u32);
        for pair in pairs {
            let Some(winner) = pair.winner else { continue };
            let is_first = winner == pair.first;
            decided += 1;
            first_won += u32::from(is_first);
            let both = (pair.first.min(pair.second), pair.first.max(pair.second));
            ways.entry(both).or_default()[usize::from(pair.first > pair.second)].push(is_first);
        }
        let (mut swapped, mut both_first, mut both_second) = (0u32, 0u32, 0u32);
        for [one_way, other_way] in ways.values() {
            for (one, other) in one_way.iter().zip(other_way) {
                swapped += 1;
                both_first += u32::from(*one && *other);
                both_second += u32::from(!one && !other);
            }
        }
        self.count += u64::from(swapped);
        self.both_first += u64::from(both_first);
        self.both_second += u64::from(both_second);
        let swapped = f64::from(swapped);
        self.flips.add(f64::from(both_first + both_second), swapped, 1.0);
        self.primacy.add(f64::from(both_first) - f64::from(both_second), swapped, 1.0);
        self.first_pick.add(f64::from(first_won), f64::from(decided), 1.0);
        self.ties.add(pairs.len() as f64 - f64::from(decided), pairs.len() as f64, 1.0);
    }

    pub(super) fn bias(&self) -> PairBias {
        PairBias { swaps: self.swaps(), first_pick: self.first_pick.mean(), ties: self.ties.mean() }
    }

    fn swaps(&self) -> Option<Swaps> {
        let Self { count, both_first, both_second, .. } = *self;
        let chance = even_odds(both_first, both_first + both_second);
        let (flips, primacy) = (self.flips.mean()?, self.primacy.mean()?);
        Some(Swaps { count, both_first, both_second, flips, primacy, chance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// JUDGING.md section 10.
    #[test]
    fn a_judge_that_prefers_what_it_reads_first_is_found() {
        let mut tally = SwapTally::default();
        for group in 0..311 {
            let winners = match group {
                0..58 => [0, 1],
                58..76 => [1, 0],
                _ => [0, 0],
            };
            tally.add(&[
                HeardPair { first: 0, second: 1, winner: Some(winners[0]) },
                HeardPair { first: 1, second: 0, winner: Some(winners[1]) },
            ]);
        }
        let swaps = tally.bias().swaps.unwrap();
        assert_eq!((swaps.both_first, swaps.both_second, swaps.count), (58, 18, 311));
        assert!((swaps.primacy.value - 0.128_617).abs() < 6e-7);
        assert!((swaps.chance - 4.713e-6).abs() < 5e-10);
        // One pair a group: Wilson's interval of 76 in 311, but for one group less.
        let interval = swaps.flips.share_interval().unwrap();
        assert!((interval.low - 0.199_924).abs() < 1e-4 && (interval.high - 0.295_060).abs() < 1e-4, "{interval:?}");
        assert!(swaps.primacy.interval().unwrap().low > 0.05);
    }

    #[test]
    fn only_pairs_with_both_orders_decided_count_as_swapped() {
        let shown = |first, second, winner| HeardPair { first, second, winner };
        let mut tally = SwapTally::default();
        tally.add(&[
            shown(0, 1, Some(0)),
            shown(1, 0, Some(1)), // the first both times
            shown(0, 2, Some(2)),
            shown(2, 0, Some(0)), // the second both times
            shown(1, 2, Some(1)),
            shown(2, 1, Some(1)), // the same reply
            shown(0, 3, Some(0)), // one order only
            shown(1, 3, None),
            shown(3, 1, Some(3)), // a tie one way round
        ]);
        let bias = tally.bias();
        let swaps = bias.swaps.unwrap();
        assert_eq!((swaps.count, swaps.both_first, swaps.both_second, swaps.primacy.value), (3, 1, 1, 0.0));
        assert_eq!((bias.first_pick.unwrap().value, bias.first_pick.unwrap().cases), (5.0 / 8.0, 8.0));
        assert_eq!((bias.ties.unwrap().value, bias.ties.unwrap().cases), (1.0 / 9.0, 9.0));
        assert_eq!(SwapTally::default().bias(), PairBias::default());
    }
}
