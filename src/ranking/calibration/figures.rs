//! Figures of a calibration run. Intervals are by group: groups drawn again, 2,000 times (BCa), as everywhere.

use super::{Figures, Judged, Said};
use crate::domain::{Calibrated, ENOUGH_GROUPS, Measured};
use crate::ranking::agreement::{SEED, credit, share, side};
use crate::ranking::bias::HeardList;
use crate::ranking::statistics::bca;

/// All figures of both methods.
pub fn figures(groups: &[Judged]) -> Figures {
    Figures {
        lists: of_method(groups, |group| &group.lists),
        pairs: of_method(groups, |group| &group.pairs),
        difference: difference(groups),
    }
}

/// Groups on which the person decided some pair of replies that the judge was shown.
pub fn labeled(groups: &[Judged]) -> u64 {
    groups.iter().filter(|group| group.decided().next().is_some()).count() as u64
}

impl Judged {
    /// Pairs of replies that cross tiers, the better one first.
    fn decided(&self) -> impl Iterator<Item = (usize, usize)> {
        let cross = |one: usize, other: usize| match self.tiers[one]?.cmp(&self.tiers[other]?) {
            std::cmp::Ordering::Less => Some((one, other)),
            std::cmp::Ordering::Greater => Some((other, one)),
            std::cmp::Ordering::Equal => None,
        };
        pairs(self.tiers.len()).filter_map(move |(one, other)| cross(one, other))
    }

    /// Right pairs and decided ones with two scores; the mean of the repeats.
    fn right(&self, said: &[Said]) -> [f64; 2] {
        let mut sums = [0.0; 2];
        for said in said {
            for (better, worse) in self.decided() {
                if let Some(side) = said.side(better, worse) {
                    sums[0] += credit(side);
                    sums[1] += 1.0;
                }
            }
        }
        sums.map(|sum| sum / said.len().max(1) as f64)
    }
}

impl Said {
    /// Which way two replies are put: 1 for the first, -1 for the second, 0 for a tie; `None` where one has no score.
    fn side(&self, one: usize, other: usize) -> Option<i8> {
        let score = |at: usize| self.scores.get(at).copied().flatten();
        Some(side(score(one)?, score(other)?))
    }
}

fn of_method(groups: &[Judged], said: impl Fn(&Judged) -> &Vec<Said>) -> Calibrated {
    let never = || false;
    let measured = |rows: &mut dyn Iterator<Item = [f64; 2]>| share(rows, &never).flatten();
    let all = || groups.iter().flat_map(&said);
    let count = all().count() as f64;
    let mean = |sum: f64| (count > 0.0).then(|| sum / count);
    let (missing, sent) = all().fold((0, 0), |(missing, sent), said| {
        let scored = said.scores.iter().flatten().count() as u32;
        (missing + said.missing, sent + said.missing + scored)
    });
    let counted: Vec<u64> = all().filter_map(|said| said.tokens).collect();
    Calibrated {
        accuracy: measured(&mut groups.iter().map(|group| group.right(said(group)))),
        steadiness: measured(&mut groups.iter().map(|group| steady(said(group)))),
        flips: measured(&mut groups.iter().map(|group| flipped(said(group)))),
        missing: (sent > 0).then(|| f64::from(missing) / f64::from(sent)),
        requests: mean(all().map(|said| f64::from(said.requests)).sum()),
        tokens: (!counted.is_empty()).then(|| counted.iter().sum::<u64>() as f64 / counted.len() as f64),
    }
}

/// Pairs of replies that two repeats put the same way, a tie on one side counting half, of all pairs in all two repeats.
fn steady(said: &[Said]) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for (first, second) in pairs(said.len()) {
        let replies = said[first].scores.len().min(said[second].scores.len());
        for (one, other) in pairs(replies) {
            if let (Some(left), Some(right)) = (said[first].side(one, other), said[second].side(one, other)) {
                sums[0] += 1.0 - f64::from((left - right).abs()) / 2.0;
                sums[1] += 1.0;
            }
        }
    }
    sums
}

/// Pairs of replies that a request and its mirror decided in different ways, of all that both decided.
fn flipped(said: &[Said]) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for said in said {
        for (at, one) in said.heard.iter().enumerate() {
            let is_mirror = |other: &&HeardList| other.shown.iter().eq(one.shown.iter().rev());
            let Some(mirror) = said.heard[at + 1..].iter().find(is_mirror) else { continue };
            for (left, right) in pairs(one.shown.len()) {
                let (left, right) = (one.shown[left], one.shown[right]);
                if let (Some(first), Some(second)) = (winner(one, left, right), winner(mirror, left, right)) {
                    sums[0] += f64::from(u8::from(first != second));
                    sums[1] += 1.0;
                }
            }
        }
    }
    sums
}

/// The better one of two; `None` for a tie, or where one of them is not named.
fn winner(list: &HeardList, one: usize, other: usize) -> Option<usize> {
    let tier = |reply: usize| list.tiers.iter().position(|tier| tier.contains(&reply));
    match tier(one)?.cmp(&tier(other)?) {
        std::cmp::Ordering::Less => Some(one),
        std::cmp::Ordering::Greater => Some(other),
        std::cmp::Ordering::Equal => None,
    }
}

/// How much more often pairs are right than lists, on the groups that both judged.
fn difference(groups: &[Judged]) -> Option<Measured> {
    let row = |group: &Judged| {
        let ([lists, of_lists], [pairs, of_pairs]) = (group.right(&group.lists), group.right(&group.pairs));
        (of_lists > 0.0 && of_pairs > 0.0).then_some([lists, of_lists, pairs, of_pairs])
    };
    let rows: Vec<[f64; 4]> = groups.iter().filter_map(row).collect();
    let gap = |sums: &[f64; 4]| (sums[1] > 0.0 && sums[3] > 0.0).then(|| sums[2] / sums[3] - sums[0] / sums[1]);
    let total = rows.iter().fold([0.0; 4], |sums, row| std::array::from_fn(|at| sums[at] + row[at]));
    let value = gap(&total)?;
    let count = rows.len() as u64;
    let interval = if count >= ENOUGH_GROUPS {
        let [drawn] = bca(&rows, SEED, |sums| [gap(sums)], &|| false)?;
        // Without spread there is nothing between the two.
        Some(drawn.map_or((value, value), |drawn| (drawn.low, drawn.high)))
    } else {
        None
    };
    Some(Measured { value, interval, groups: count, cases: total[1].round() as u64 })
}

/// Every pair of `0..count`, the lower index first.
fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |one| (one + 1..count).map(move |other| (one, other)))
}
