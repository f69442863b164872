//! What pairs tell that were shown in both orders.

use std::collections::BTreeMap;

use crate::ranking::statistics::{Rate, even_odds};

use super::HeardPair;

/// What pairs tell of a judge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairBias {
    /// Of pairs shown in both orders, with a winner each time.
    pub swaps: Option<Swaps>,
    /// How often the first shown wins, of all requests with a winner. 1/2 without bias where pairs are shown both ways round.
    pub first_pick: Option<Rate>,
    /// How often it calls a tie, of all requests.
    pub ties: Option<Rate>,
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
    /// The order decided, one way or the other.
    pub flips: Rate,
    /// (first - second) / count, from -1 to 1: over 0 it favours what it reads first.
    pub primacy: f64,
    /// How likely flips are as lopsided by chance: exact, two-sided.
    pub chance: f64,
}

impl Swaps {
    /// `None` of no pairs.
    pub fn of(both_first: u64, both_second: u64, count: u64) -> Option<Self> {
        let flips = Rate::of(both_first + both_second, count)?;
        let primacy = (both_first as f64 - both_second as f64) / count as f64;
        let chance = even_odds(both_first, both_first + both_second);
        Some(Self { count, both_first, both_second, flips, primacy, chance })
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct SwapTally {
    requests: u64,
    decided: u64,
    first_won: u64,
    swapped: u64,
    both_first: u64,
    both_second: u64,
}

impl SwapTally {
    pub(super) fn add(&mut self, pairs: &[HeardPair]) {
        // For each two replies: whether the first shown won, of requests one way round and the other.
        let mut ways: BTreeMap<(usize, usize), [Vec<bool>; 2]> = BTreeMap::new();
        for pair in pairs {
            self.requests += 1;
            let Some(winner) = pair.winner else { continue };
            let first_won = winner == pair.first;
            self.decided += 1;
            self.first_won += u64::from(first_won);
            let both = (pair.first.min(pair.second), pair.first.max(pair.second));
            ways.entry(both).or_default()[usize::from(pair.first > pair.second)].push(first_won);
        }
        for [one_way, other_way] in ways.values() {
            for (one, other) in one_way.iter().zip(other_way) {
                self.swapped += 1;
                self.both_first += u64::from(*one && *other);
                self.both_second += u64::from(!one && !other);
            }
        }
    }

    pub(super) fn bias(&self) -> PairBias {
        PairBias {
            swaps: Swaps::of(self.both_first, self.both_second, self.swapped),
            first_pick: Rate::of(self.first_won, self.decided),
            ties: Rate::of(self.requests - self.decided, self.requests),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// JUDGING.md section 10.
    #[test]
    fn a_judge_that_prefers_what_it_reads_first_is_found() {
        let swaps = Swaps::of(58, 18, 311).unwrap();
        assert!((swaps.primacy - 0.128_617).abs() < 6e-7);
        assert!((swaps.chance - 4.713e-6).abs() < 5e-10);
        assert!((swaps.flips.interval.low - 0.199_924).abs() < 6e-7);
        assert!((swaps.flips.interval.high - 0.295_060).abs() < 6e-7);
        assert_eq!(Swaps::of(0, 0, 0), None);
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
        assert_eq!((swaps.count, swaps.both_first, swaps.both_second, swaps.primacy), (3, 1, 1, 0.0));
        let first_pick = bias.first_pick.unwrap();
        assert_eq!((first_pick.hits, first_pick.count), (5, 8));
        let ties = bias.ties.unwrap();
        assert_eq!((ties.hits, ties.count), (1, 9));
        assert_eq!(SwapTally::default().bias(), PairBias::default());
    }
}
