//! Several replies at a time: lists in balanced orders, and pairs where the lists leave it open.

use super::asking::{Use, seed};
use super::outcome;
use super::steps::{Course, Settled, Step};
use super::{Ask, Outcome};
use crate::domain::{CallKind, JudgeMethod, MachineVerdict, NoScore, ReplyId};
use crate::ranking::{LONGEST_LIST, balanced_orders, blocks, fit, next_pair};

impl Course<'_> {
    /// Scores out of lists and pairs, or what is to be asked for them. At least two replies.
    pub(super) fn comparisons(&self) -> Result<Outcome, Vec<Ask>> {
        let mut settled = self.compare_all(self.first_steps())?;
        let mut next = settled.len() as u32;
        if self.count() > LONGEST_LIST {
            let steps = self.final_steps(&settled, next);
            next += steps.len() as u32;
            settled.extend(self.compare_all(steps)?);
        }
        if self.judge.method == JudgeMethod::Quality && self.count() > 2 && is_worth_pairs(&settled) {
            self.pairs(&mut settled, next)?;
        }
        Ok(outcome::outcome(self, &settled))
    }

    /// All lists that need no other's verdict: every order of up to 8 replies; of more, every order of every block. Two
    /// replies of the quality method are a pair in both orders.
    fn first_steps(&self) -> Vec<Step> {
        let count = self.count();
        let orders = self.judge.orders.get();
        let (kind, lists) = if count <= LONGEST_LIST {
            let is_pair = self.judge.method == JudgeMethod::Quality && count == 2;
            let kind = if is_pair { CallKind::Pair } else { CallKind::List };
            (kind, balanced_orders(count, orders, self.seed))
        } else {
            let shuffled = |(at, block): (usize, Vec<usize>)| {
                let seed = seed(self.seed, Use::Block, [at as u32, 0]);
                balanced_orders(block.len(), self.orders_of_block(), seed)
                    .into_iter()
                    .map(move |order| pick(&block, &order))
            };
            (CallKind::List, blocks(count, self.seed).into_iter().enumerate().flat_map(shuffled).collect())
        };
        numbered(0, kind, lists)
    }

    /// Each reply is in two blocks, so a block takes half of the orders, an even number of them.
    fn orders_of_block(&self) -> u32 {
        2 * self.judge.orders.get().div_ceil(4)
    }

    /// The best 8 so far once more, as one list.
    fn final_steps(&self, settled: &[Settled], first: u32) -> Vec<Step> {
        let numbers = first..first + self.orders_of_block();
        // Who is in it was decided when it was first asked; a fit on another machine could differ in its last digit.
        let asked = numbers
            .flat_map(|number| self.numbered(number))
            .find_map(|call| self.places(&call.shown, CallKind::List, call.kind));
        let mut best = asked.filter(|places| places.len() == LONGEST_LIST).unwrap_or_else(|| {
            let wins = outcome::wins(self, settled);
            let ranking = fit(&wins).ranking();
            ranking.into_iter().filter(|at| wins.is_compared(*at)).take(LONGEST_LIST).collect()
        });
        if best.len() < 2 {
            return Vec::new();
        }
        best.sort_unstable();
        let orders = balanced_orders(best.len(), self.orders_of_block(), seed(self.seed, Use::Final, [0, 0]));
        numbered(first, CallKind::List, orders.iter().map(|order| pick(&best, order)).collect())
    }

    /// Pairs in both orders, the most open one first, one after the other: each verdict tells which is the next.
    fn pairs(&self, settled: &mut Vec<Settled>, first: u32) -> Result<(), Vec<Ask>> {
        let mut judged: Vec<(usize, usize)> = Vec::new();
        loop {
            let number = first + 2 * judged.len() as u32;
            let Some(pair) = self.pair_at(number, &judged, settled) else { return Ok(()) };
            settled.extend(self.compare_all(self.both_orders(number, pair).into())?);
            judged.push(pair);
        }
    }

    /// The pair of a step: the one that was asked there, or the next one.
    fn pair_at(&self, number: u32, judged: &[(usize, usize)], settled: &[Settled]) -> Option<(usize, usize)> {
        if judged.len() >= self.count() {
            return None;
        }
        let asked = self.asked_pair(number).filter(|pair| !judged.contains(pair));
        asked.or_else(|| next_pair(&fit(&outcome::wins(self, settled)), judged, judged.len()))
    }

    /// The places of replies that a call showed; `None` where one is not there any more or comes twice.
    pub(super) fn places(&self, shown: &[ReplyId], wanted: CallKind, kind: CallKind) -> Option<Vec<usize>> {
        if kind != wanted {
            return None;
        }
        let places = shown.iter().map(|reply| self.place(*reply)).collect::<Option<Vec<_>>>()?;
        let is_once = places.iter().enumerate().all(|(at, place)| !places[..at].contains(place));
        is_once.then_some(places)
    }
}

/// Pairs are asked where lists gave anything, or were too long for the judge; a judge that cannot sort is not asked as
/// many times again.
fn is_worth_pairs(settled: &[Settled]) -> bool {
    settled.iter().any(|done| matches!(done.verdict, Ok(MachineVerdict::Order(_))))
        || settled.iter().any(|done| matches!(done.verdict, Err(NoScore::TooLong { .. })))
}

fn numbered(first: u32, kind: CallKind, lists: Vec<Vec<usize>>) -> Vec<Step> {
    (first..).zip(lists).map(|(number, shown)| Step { number, kind, shown }).collect()
}

fn pick(from: &[usize], order: &[usize]) -> Vec<usize> {
    order.iter().map(|at| from[*at]).collect()
}
