//! Which two replies a judge compares next.

use crate::domain::SplitMix64;

use super::bradley_terry::Fit;

/// Two replies nearer than this many standard errors are worth another look.
pub const UNCERTAIN: f64 = 1.0;
/// Up to so many replies, every pair is compared.
pub const ROUND_ROBIN: usize = 6;
/// Pairings tried before a round is taken as it is.
const TRIES: u32 = 10_000;

/// The pair that the scores leave most open: the smallest z under [`UNCERTAIN`] that is not among `judged` (either way
/// round). `None` where none is left, or where as many pairs as there are replies were `asked` for.
pub fn next_pair(fit: &Fit, judged: &[(usize, usize)], asked: usize) -> Option<(usize, usize)> {
    let count = fit.scores.len();
    if asked >= count {
        return None;
    }
    let open = all_pairs(count).into_iter().filter(|&(one, other)| !met(judged, one, other));
    open.map(|pair| (pair, fit.z(pair.0, pair.1)))
        .filter(|(_, z)| *z < UNCERTAIN)
        .min_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(pair, _)| pair)
}

/// Every pair of `0..count`, the lower index first.
pub fn all_pairs(count: usize) -> Vec<(usize, usize)> {
    (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other))).collect()
}

/// How many rounds of [`swiss_round`] a tournament has: ceil(log2 count) + 2, and never more than there are opponents.
pub fn swiss_rounds(count: usize) -> usize {
    if count < 2 { 0 } else { (count.next_power_of_two().ilog2() as usize + 2).min(count - 1) }
}

/// The pairs of one Swiss round: neighbours of the current scores that have not met. Equal scores are put in a seeded
/// order. Where the number is odd, the lowest of those who met most others sits out. Empty where all have met.
pub fn swiss_round(fit: &Fit, met_before: &[(usize, usize)], seed: u64) -> Vec<(usize, usize)> {
    let count = fit.scores.len();
    let mut order: Vec<usize> = (0..count).collect();
    SplitMix64::new(seed).shuffle(&mut order);
    order.sort_by(|&one, &other| fit.scores[other].total_cmp(&fit.scores[one]));
    if count % 2 == 1 {
        let games = |reply: usize| met_before.iter().filter(|(one, other)| *one == reply || *other == reply).count();
        let most = order.iter().map(|&reply| games(reply)).max().unwrap_or(0);
        if let Some(place) = order.iter().rposition(|&reply| games(reply) == most) {
            order.remove(place);
        }
    }
    let mut tries = TRIES;
    let mut pairs = Vec::with_capacity(count / 2);
    if pair_off(&order, met_before, &mut pairs, &mut tries) {
        return pairs;
    }
    // Not everybody finds somebody new: nearest neighbours first, as many as there are.
    pairs.clear();
    let mut rest = order;
    while let Some(place) = (0..rest.len()).find(|&place| opponent(&rest, place, met_before).is_some()) {
        if let Some(other) = opponent(&rest, place, met_before) {
            pairs.push((rest[place], rest[other]));
            rest.remove(other);
            rest.remove(place);
        }
    }
    pairs
}

/// Gives everybody in `order` somebody new, the next one below where it goes.
fn pair_off(order: &[usize], met_before: &[(usize, usize)], pairs: &mut Vec<(usize, usize)>, tries: &mut u32) -> bool {
    let Some((&first, others)) = order.split_first() else { return true };
    for (place, &other) in others.iter().enumerate() {
        if *tries == 0 {
            return false;
        }
        if met(met_before, first, other) {
            continue;
        }
        *tries -= 1;
        let mut rest = others.to_vec();
        rest.remove(place);
        pairs.push((first, other));
        if pair_off(&rest, met_before, pairs, tries) {
            return true;
        }
        pairs.pop();
    }
    false
}

/// The place of the next one below `place` whom it has not met.
fn opponent(order: &[usize], place: usize, met_before: &[(usize, usize)]) -> Option<usize> {
    (place + 1..order.len()).find(|&other| !met(met_before, order[place], order[other]))
}

fn met(pairs: &[(usize, usize)], one: usize, other: usize) -> bool {
    pairs.iter().any(|&pair| pair == (one, other) || pair == (other, one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::{Wins, fit, list_weight};

    /// A fit of one list, best first.
    fn listed(tiers: &[Vec<usize>], times: u32) -> Fit {
        let count = tiers.concat().len();
        let mut wins = Wins::new(count);
        for _ in 0..times {
            wins.add_list(tiers, list_weight(count));
        }
        fit(&wins)
    }

    #[test]
    fn the_most_open_pair_is_asked_first_and_none_twice() {
        let fit = listed(&[vec![0], vec![1, 2], vec![3]], 1);
        assert_eq!(next_pair(&fit, &[], 0), Some((1, 2)));
        let second = next_pair(&fit, &[(2, 1)], 1);
        assert!(second.is_some_and(|pair| pair != (1, 2)), "{second:?}");
        let mut judged = Vec::new();
        while let Some(pair) = next_pair(&fit, &judged, judged.len()) {
            assert!(!judged.contains(&pair) && fit.z(pair.0, pair.1) < UNCERTAIN);
            judged.push(pair);
        }
        assert!(judged.len() <= 4);
        assert_eq!(next_pair(&fit, &[], 4), None, "no more pairs than replies");
    }

    #[test]
    fn what_is_clear_is_not_asked() {
        let clear = listed(&[vec![0], vec![1], vec![2]], 40);
        assert_eq!(next_pair(&clear, &[], 0), None);
        let alone = fit(&Wins::new(1));
        assert_eq!(next_pair(&alone, &[], 0), None);
        assert_eq!(next_pair(&fit(&Wins::new(0)), &[], 0), None);
    }

    /// JUDGING.md section 2: 7 rounds of 10 pairs, both orders, are 140 calls for 20 replies.
    #[test]
    fn a_tournament_meets_nobody_twice() {
        assert_eq!([2, 3, 4, 7, 8, 20].map(swiss_rounds), [1, 2, 3, 5, 5, 7]);
        for count in 0..=21 {
            let mut wins = Wins::new(count);
            let mut met_before: Vec<(usize, usize)> = Vec::new();
            for round in 0..swiss_rounds(count) {
                let pairs = swiss_round(&fit(&wins), &met_before, round as u64);
                let mut busy: Vec<usize> = pairs.iter().flat_map(|&(one, other)| [one, other]).collect();
                busy.sort_unstable();
                busy.dedup();
                assert_eq!(busy.len(), 2 * pairs.len(), "{count}: nobody plays twice in a round");
                if count >= 8 || round == 0 {
                    assert_eq!(pairs.len(), count / 2, "{count}, round {round}");
                }
                for &(one, other) in &pairs {
                    assert!(!met(&met_before, one, other), "{count}: {one} met {other}");
                    wins.add(one.min(other), one.max(other), 2.0);
                }
                met_before.extend(pairs);
            }
        }
    }

    #[test]
    fn where_all_have_met_no_round_is_left() {
        assert_eq!(swiss_round(&fit(&Wins::new(4)), &all_pairs(4), 1), []);
        assert_eq!(all_pairs(3), [(0, 1), (0, 2), (1, 2)]);
    }
}
