//! Whether a judge is worth a full run. Each limit says why it lies where it lies.

use super::Figures;
use crate::domain::{Calibrated, Choice, ENOUGH_GROUPS, Flaw, Grade, JudgeMethod, Measured, Worth};

/// The lower end of the interval of pair accuracy has to be above this. A coin is at .5; 50 groups of 4 replies give ±7 points
/// (JUDGING.md section 7: 106 groups give ±5), so a judge that passes is right in some 62 % or more. Below that its pairs
/// are more noise than signal: DPO's own labels are at 63 to 73 % (the same section, people with people).
pub const CLEAR: f64 = 0.55;
/// From here on a judge agrees with a person as people agree with one another: 72.6 % (InstructGPT), 73 (Stiennon), and
/// 70-80 % is our rule for a good judge (JUDGING.md section 7).
pub const GOOD: f64 = 0.70;
/// The most that people reach with one another: 82 % without ties (MT-bench, JUDGING.md section 7). A judge whose whole interval
/// lies above it may know the answers.
pub const HUMAN: f64 = 0.82;
/// The most replies without a score: at one in ten, a third of the groups of four lack one (1 - .9^4 = .34).
pub const MOST_MISSING: f64 = 0.10;
/// From here on a judge is called steady. That alone proves nothing: a judge with 97 % can be a coin to people (JUDGING.md
/// section 1).
pub const STEADY: f64 = 0.80;

/// What a calibration comes to. `labeled`: groups of it that the person labeled; `is_complete`: all of it was asked.
pub fn verdict(figures: &Figures, labeled: u64, is_complete: bool) -> Worth {
    if !is_complete {
        return Worth::Unfinished;
    }
    let lacks = |method: &Calibrated| method.missing.is_none_or(|missing| missing > MOST_MISSING);
    if lacks(&figures.lists) && lacks(&figures.pairs) {
        return Worth::NotWorth(Flaw::NoScores);
    }
    if labeled < ENOUGH_GROUPS {
        return Worth::TooFewLabels { labeled, needed: ENOUGH_GROUPS };
    }
    match (flaw(&figures.lists), flaw(&figures.pairs)) {
        (Ok(lists), Err(_)) => worth(JudgeMethod::Listwise, Choice::OnlyOne, lists),
        (Err(_), Ok(pairs)) => worth(JudgeMethod::Pairs, Choice::OnlyOne, pairs),
        (Ok(lists), Ok(pairs)) => match choice(figures) {
            (JudgeMethod::Pairs, why) => worth(JudgeMethod::Pairs, why, pairs),
            (with, why) => worth(with, why, lists),
        },
        (Err(lists), Err(pairs)) => Worth::NotWorth(plainer(lists, pairs)),
    }
}

/// The accuracy of a method that is worth it, or why it is not.
fn flaw(method: &Calibrated) -> Result<Measured, Flaw> {
    if method.missing.is_none_or(|missing| missing > MOST_MISSING) {
        return Err(Flaw::NoScores);
    }
    let Some((accuracy, (low, _))) = method.accuracy.and_then(|accuracy| Some((accuracy, accuracy.interval?))) else {
        return Err(Flaw::NoScores);
    };
    if low > CLEAR {
        return Ok(accuracy);
    }
    let is_steady = method.steadiness.is_some_and(|steady| steady.value >= STEADY);
    Err(if is_steady { Flaw::SteadyCoin } else { Flaw::Coin })
}

/// Of the flaws of both methods the one that says more of the judge.
fn plainer(lists: Flaw, pairs: Flaw) -> Flaw {
    [Flaw::SteadyCoin, Flaw::Coin].into_iter().find(|flaw| [lists, pairs].contains(flaw)).unwrap_or(Flaw::NoScores)
}

/// The method that is clearly right more often; else the one that costs less.
fn choice(figures: &Figures) -> (JudgeMethod, Choice) {
    match figures.difference.and_then(|difference| difference.interval) {
        Some((low, _)) if low > 0.0 => return (JudgeMethod::Pairs, Choice::Better),
        Some((_, high)) if high < 0.0 => return (JudgeMethod::Listwise, Choice::Better),
        _ => {}
    }
    let cost = |method: &Calibrated, of: fn(&Calibrated) -> Option<f64>| of(method);
    let both = |of: fn(&Calibrated) -> Option<f64>| cost(&figures.lists, of).zip(cost(&figures.pairs, of));
    let costs = both(|method| method.tokens).or_else(|| both(|method| method.requests));
    match costs {
        Some((lists, pairs)) if pairs < lists => (JudgeMethod::Pairs, Choice::Cheaper),
        _ => (JudgeMethod::Listwise, Choice::Cheaper),
    }
}

fn worth(with: JudgeMethod, why: Choice, accuracy: Measured) -> Worth {
    let low = accuracy.interval.map_or(accuracy.value, |(low, _)| low);
    let grade = if low > HUMAN {
        Grade::Suspicious
    } else if accuracy.value >= GOOD {
        Grade::Good
    } else {
        Grade::Weak
    };
    Worth::Worth { with, why, grade }
}
