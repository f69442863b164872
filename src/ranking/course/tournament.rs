//! Pairs alone: every pair of a few replies, a Swiss tournament of many, each pair in both orders.

use super::asking::{Use, seed};
use super::outcome;
use super::steps::{Course, Settled, Step};
use super::{Ask, Outcome};
use crate::domain::{CallKind, SplitMix64};
use crate::ranking::{ROUND_ROBIN, all_pairs, fit, swiss_round, swiss_rounds};

/// Two replies by place, the lower one first.
type Pair = (usize, usize);

impl Course<'_> {
    /// Scores out of pairs, or what is to be asked for them. At least two replies.
    pub(super) fn tournament(&self) -> Result<Outcome, Vec<Ask>> {
        let settled = if self.count() <= ROUND_ROBIN { self.round_robin()? } else { self.swiss()? };
        Ok(outcome::outcome(self, &settled))
    }

    fn round_robin(&self) -> Result<Vec<Settled>, Vec<Ask>> {
        let mut pairs = all_pairs(self.count());
        SplitMix64::new(seed(self.seed, Use::Tournament, [0, 0])).shuffle(&mut pairs);
        let steps = (0..).step_by(2).zip(pairs).flat_map(|(number, pair)| self.both_orders(number, pair));
        self.compare_all(steps.collect())
    }

    /// Round by round: each draws its pairs by the scores of those before. A judge that gave no verdict on a whole round is
    /// not asked for more.
    fn swiss(&self) -> Result<Vec<Settled>, Vec<Ask>> {
        let tables = (self.count() / 2) as u32;
        let mut settled: Vec<Settled> = Vec::new();
        let mut met: Vec<Pair> = Vec::new();
        for round in 0..swiss_rounds(self.count()) as u32 {
            let pairs = self.round(round, 2 * tables * round, &met, &settled);
            if pairs.is_empty() {
                break;
            }
            let steps = pairs.iter().flat_map(|(number, pair)| self.both_orders(*number, *pair)).collect();
            let done = self.compare_all(steps)?;
            let is_hopeless = done.iter().all(|done| done.verdict.is_err());
            settled.extend(done);
            met.extend(pairs.into_iter().map(|(_, pair)| pair));
            if is_hopeless {
                break;
            }
        }
        Ok(settled)
    }

    /// The pairs of a round with the numbers of their first steps. What was asked stays: a fit on another machine could
    /// differ in its last digit, and draw others.
    fn round(&self, round: u32, first: u32, met: &[Pair], settled: &[Settled]) -> Vec<(u32, Pair)> {
        let numbers = (first..).step_by(2).take(self.count() / 2);
        let mut pairs: Vec<(u32, Pair)> = Vec::new();
        let is_free = |pairs: &[(u32, Pair)], (one, other): Pair| {
            let is_busy = |(_, (left, right)): &(u32, Pair)| [one, other].iter().any(|at| at == left || at == right);
            !met.contains(&(one, other)) && !pairs.iter().any(is_busy)
        };
        for number in numbers.clone() {
            if let Some(pair) = self.asked_pair(number).filter(|pair| is_free(&pairs, *pair)) {
                pairs.push((number, pair));
            }
        }
        let wins = outcome::wins(self, settled);
        let drawn = swiss_round(&fit(&wins), met, seed(self.seed, Use::Tournament, [1, round]));
        for (number, (one, other)) in numbers.zip(drawn) {
            let pair = (one.min(other), one.max(other));
            if pairs.iter().all(|(taken, _)| *taken != number) && is_free(&pairs, pair) {
                pairs.push((number, pair));
            }
        }
        pairs.sort_unstable();
        pairs
    }

    /// A pair one way round and the other; which comes first is drawn.
    pub(super) fn both_orders(&self, number: u32, (one, other): Pair) -> [Step; 2] {
        let turn = SplitMix64::new(seed(self.seed, Use::Turn, [number, 0])).below(2) == 1;
        let (first, second) = if turn { (other, one) } else { (one, other) };
        let step = |number, shown| Step { number, kind: CallKind::Pair, shown };
        [step(number, vec![first, second]), step(number + 1, vec![second, first])]
    }

    /// The pair that was asked under a number or the next.
    pub(super) fn asked_pair(&self, number: u32) -> Option<Pair> {
        let calls = [number, number + 1].into_iter().flat_map(|number| self.numbered(number));
        let mut places = calls.filter_map(|call| self.places(&call.shown, CallKind::Pair, call.kind));
        places.find_map(|places| match places.as_slice() {
            [one, other] => Some(((*one).min(*other), (*one).max(*other))),
            _ => None,
        })
    }
}
