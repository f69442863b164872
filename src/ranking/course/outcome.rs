//! From comparisons to scores.

use super::Outcome;
use super::steps::{Course, Settled};
use crate::domain::{MachineVerdict, NoScore, Points, ReplyId, Score};
use crate::ranking::{Wins, fit, list_weight};

/// The wins of all comparisons that came to a verdict.
pub(super) fn wins(course: &Course, settled: &[Settled]) -> Wins {
    let mut wins = Wins::new(course.count());
    for done in settled {
        match &done.verdict {
            Ok(MachineVerdict::Order(tiers)) => {
                let tiers = places(course, tiers);
                let listed = tiers.iter().flatten().count();
                wins.add_list(&tiers, list_weight(listed));
            }
            Ok(MachineVerdict::Winner(winner)) => {
                let [one, other] = done.step.shown[..] else { continue };
                match winner.and_then(|winner| course.place(winner)) {
                    Some(best) => wins.add(best, if best == one { other } else { one }, 1.0),
                    None => wins.tie(one, other, 1.0),
                }
            }
            _ => {}
        }
    }
    wins
}

fn places(course: &Course, tiers: &[Vec<ReplyId>]) -> Vec<Vec<usize>> {
    tiers.iter().map(|tier| tier.iter().filter_map(|reply| course.place(*reply)).collect()).collect()
}

/// Scores for those that were compared with one another, directly or through others. Between two sets that nothing joins
/// no difference was ever measured, so only the larger one has scores.
pub(super) fn outcome(course: &Course, settled: &[Settled]) -> Outcome {
    let all = wins(course, settled);
    let joined = largest(&joined_sets(course, settled));
    let mut own = Wins::new(joined.len());
    for (new_one, one) in joined.iter().enumerate() {
        for (new_other, other) in joined.iter().enumerate() {
            own.add(new_one, new_other, all.of(*one, *other));
        }
    }
    let fitted = fit(&own);
    // The place in the fit of each reply of the material.
    let in_fit: Vec<Option<usize>> = course
        .material
        .replies
        .iter()
        .map(|(reply, _)| joined.iter().position(|at| Some(*at) == course.place(*reply)))
        .collect();
    let result = |reply: ReplyId, in_fit: Option<usize>| match (course.place(reply), in_fit) {
        (None, _) => Err(NoScore::Empty),
        (Some(_), Some(at)) => Ok(Points { value: fitted.scores[at], error: Some(fitted.error(at)) }),
        (Some(at), None) => Err(why_not(course, settled, at)),
    };
    let scores: Vec<Score> = course
        .material
        .replies
        .iter()
        .zip(&in_fit)
        .map(|((reply, _), at)| Score { reply: *reply, result: result(*reply, *at) })
        .collect();
    let mut spread = Vec::new();
    for (at, one) in in_fit.iter().enumerate() {
        for other in &in_fit[at + 1..] {
            let error = one.zip(*other).map(|(one, other)| fitted.difference_error(one, other) as f32);
            spread.push(error.unwrap_or(f32::MAX));
        }
    }
    let is_suspect = |reply: &ReplyId| settled.iter().any(|done| done.suspect.contains(reply));
    Outcome {
        scores,
        spread: if joined.is_empty() { Vec::new() } else { spread },
        suspect: course.material.replies.iter().map(|(reply, _)| *reply).filter(is_suspect).collect(),
        inconsistent: inconsistent(course, settled),
    }
}

/// Sets of replies that comparisons join; a reply that nothing joins is in none.
fn joined_sets(course: &Course, settled: &[Settled]) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for done in settled {
        let compared: Vec<usize> = match &done.verdict {
            Ok(MachineVerdict::Order(tiers)) => places(course, tiers).concat(),
            Ok(MachineVerdict::Winner(_)) => done.step.shown.clone(),
            _ => continue,
        };
        let (touched, apart): (Vec<_>, Vec<_>) =
            sets.into_iter().partition(|set| set.iter().any(|at| compared.contains(at)));
        let mut together = touched.concat();
        together.extend(compared);
        together.sort_unstable();
        together.dedup();
        sets = apart;
        sets.push(together);
    }
    sets
}

/// The largest set; of several, the one whose first reply comes first.
fn largest(sets: &[Vec<usize>]) -> Vec<usize> {
    let best = sets.iter().max_by_key(|set| (set.len(), std::cmp::Reverse(set.first().copied())));
    best.cloned().unwrap_or_default()
}

/// The most frequent reason among the comparisons that showed a reply; of equals the first.
fn why_not(course: &Course, settled: &[Settled], reply: usize) -> NoScore {
    let mut counts: Vec<(&NoScore, u32)> = Vec::new();
    for done in settled.iter().filter(|done| done.step.shown.contains(&reply)) {
        let gap = match &done.verdict {
            Err(gap) => gap,
            Ok(MachineVerdict::Order(tiers)) if !places(course, tiers).concat().contains(&reply) => {
                &NoScore::Incomplete
            }
            Ok(_) => continue,
        };
        match counts.iter_mut().find(|(known, _)| *known == gap) {
            Some((_, count)) => *count += 1,
            None => counts.push((gap, 1)),
        }
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(NoScore::Incomplete, |(gap, _)| (*gap).clone())
}

/// Pairs that were judged in both orders, and differently. A list of two is a pair.
fn inconsistent(course: &Course, settled: &[Settled]) -> Vec<(ReplyId, ReplyId)> {
    let both = |done: &Settled| match (done.step.shown.as_slice(), done.verdict.as_ref().ok()?) {
        ([one, other], MachineVerdict::Winner(winner)) => Some(((*one, *other), *winner)),
        ([one, other], MachineVerdict::Order(tiers)) => {
            let winner = if tiers.len() == 2 { tiers[0].first().copied() } else { None };
            Some(((*one, *other), winner))
        }
        _ => None,
    };
    let said: Vec<((usize, usize), Option<ReplyId>)> = settled.iter().filter_map(both).collect();
    let mut found = Vec::new();
    for (at, ((one, other), winner)) in said.iter().enumerate() {
        let turned = said[at + 1..].iter().find(|(pair, _)| *pair == (*other, *one));
        if turned.is_some_and(|(_, other)| other != winner) {
            let (low, high) = (*one.min(other), *one.max(other));
            found.push((course.id(low), course.id(high)));
        }
    }
    found
}
