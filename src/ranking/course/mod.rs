//! The way from a group to calls, and from calls to scores.
//!
//! A course has no state but the calls that were made: what is to be asked now follows from them, so a run that was killed
//! goes on where it was, and nothing is asked twice. A comparison (a step) takes at most three calls.
//!
//! | method | comparisons of n replies (4 orders) |
//! |---|---|
//! | pointwise | n |
//! | listwise | n <= 8: 4, for two replies 2; above: 4 for every 8, and 2 of the best 8 |
//! | quality | the same, then at most n pairs in both orders; for two replies one pair in both orders |
//! | pairs | n <= 6: every pair in both orders; above: ceil(log2 n) + 2 rounds of n / 2 pairs in both orders |

mod answers;
mod asking;
mod lists;
mod outcome;
mod points;
mod steadiness;
mod steps;
mod tournament;
mod tries;
mod types;

pub use answers::{failed, read};
pub use steadiness::{Steadiness, steadiness};
pub use types::{Ask, Material, Means, Next, Outcome, Shape};

use crate::domain::{Call, Judge, JudgeMethod, NoScore, Score};
use steps::Course;

/// What is to be asked now, given every call that was made so far, in any order. The same calls always give the same; what
/// is under way and has no call yet comes again, with the same step and attempt. `seed` is that of the scorer, the group and
/// the round ([`super::seed_of`]).
///
/// Calls that showed other replies than the course would show count for nothing.
pub fn next(judge: &Judge, seed: u64, material: &Material, calls: &[Call], means: Means) -> Next {
    let course = Course::new(judge, seed, material, calls, means);
    let outcome = match (judge.method, course.count()) {
        (JudgeMethod::Pointwise, _) => course.points(),
        (JudgeMethod::Listwise | JudgeMethod::Quality | JudgeMethod::Pairs, 0 | 1) => Ok(without_rival(&course)),
        (JudgeMethod::Pairs, _) => course.tournament(),
        (JudgeMethod::Listwise | JudgeMethod::Quality, _) => course.comparisons(),
    };
    match outcome {
        Ok(outcome) => Next::Done(outcome),
        Err(asks) => Next::Ask(asks),
    }
}

/// No two replies to compare.
fn without_rival(course: &Course) -> Outcome {
    let score = |(reply, _): &(_, _)| {
        let why = if course.place(*reply).is_some() { NoScore::Alone } else { NoScore::Empty };
        Score { reply: *reply, result: Err(why) }
    };
    Outcome { scores: course.material.replies.iter().map(score).collect(), ..Outcome::default() }
}

#[cfg(test)]
mod tests;
