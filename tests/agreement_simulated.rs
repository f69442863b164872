//! Projects whose truth is known: 95 % intervals of agreement hold it 95 times in 100, whatever else was labeled.
//!
//! A project is 1,500 groups of two, four or eight replies. The person and the scorer both read a reply's quality, each with
//! errors of their own; those of the scorer are larger in long groups, so that groups differ in what they tell. The person's
//! labels of all groups are the truth; what is measured knows those of a stratified sample, drawn by chances from .05 to .4,
//! and of groups that were picked because the scorer is unsure, which must not count.

use pairloom::domain::{Measured, ScorerAgreement, ScorerId};
use pairloom::ranking::agreement::{Checked, CheckedReply, person};

use crate::support::Random;

const GROUPS: usize = 1500;
/// How many replies groups have, and the chance of each to be in the sample where the scorer is sure, and where it is not.
const STRATA: [(usize, f64, f64); 3] = [(2, 0.08, 0.2), (4, 0.05, 0.1), (8, 0.1, 0.4)];
const FIGURES: [(&str, fn(&ScorerAgreement) -> Option<Measured>); 4] =
    [("accuracy", |of| of.accuracy), ("top", |of| of.top), ("tau", |of| of.tau), ("kappa", |of| of.kappa)];

/// A normal number (Box and Muller).
fn normal(dice: &mut Random) -> f64 {
    let mut unit = || (dice.next() >> 11) as f64 / (1u64 << 53) as f64;
    let (radius, turn) = ((-2.0 * (1.0 - unit()).ln()).sqrt(), unit());
    radius * (std::f64::consts::TAU * turn).cos()
}

/// A group, and how far apart the scorer's first two are.
fn group(count: usize, skill: f64, dice: &mut Random) -> (Checked, f64) {
    let quality: Vec<f64> = (0..count).map(|_| normal(dice)).collect();
    let taste: Vec<f64> = quality.iter().map(|quality| quality + 0.6 * normal(dice)).collect();
    let noise = skill * (1.0 + count as f64 / 8.0);
    let scores: Vec<f64> =
        quality.iter().map(|quality| ((quality + noise * normal(dice)) * 4.0).round() / 4.0).collect();
    let best = taste.iter().copied().fold(f64::MIN, f64::max);
    // Check-the-best, and what comes near to it too.
    let tier = |taste: f64| u32::from(taste < best - 0.15);
    let replies = taste
        .iter()
        .zip(&scores)
        .map(|(taste, score)| CheckedReply { tier: Some(tier(*taste)), score: Some(*score), length: 1 })
        .collect();
    let mut sorted = scores.clone();
    sorted.sort_by(f64::total_cmp);
    let apart = sorted[count - 1] - sorted[count - 2];
    (Checked { seed: dice.next(), replies, ..Checked::default() }, apart)
}

/// For each figure: the truth, what was measured, how many groups were labeled by chance.
struct Project {
    figures: Vec<(f64, Measured)>,
    sampled: usize,
}

fn project(seed: u64) -> Project {
    let mut dice = Random(seed);
    let unit = |dice: &mut Random| (dice.next() >> 11) as f64 / (1u64 << 53) as f64;
    let skill = 0.4 + unit(&mut dice);
    let mut all: Vec<Checked> = Vec::with_capacity(GROUPS);
    let mut labeled: Vec<Checked> = Vec::new();
    for number in 0..GROUPS {
        let (count, sure, unsure) = STRATA[number % STRATA.len()];
        let (found, apart) = group(count, skill, &mut dice);
        let chance = if apart > 0.5 { sure } else { unsure };
        if unit(&mut dice) < chance {
            labeled.push(Checked { weight: Some(1.0 / chance), ..found.clone() });
        } else if apart < 0.1 && number % 4 == 0 {
            // A disagreement pick: labeled, and no measure of anything.
            labeled.push(found.clone());
        }
        all.push(found);
    }
    let measured = |groups: &[Checked]| person(ScorerId::from_bytes([1; 16]), groups, None, &|| false).unwrap();
    // Over all groups each counts once; intervals of the truth are of no interest.
    let (truth, found) = (measured(&all), measured(&labeled));
    let sampled = labeled.iter().filter(|group| group.weight.is_some()).count();
    let figures = FIGURES.iter().map(|(_, of)| (of(&truth).unwrap().value, of(&found).unwrap())).collect();
    Project { figures, sampled }
}

/// How far each figure is off in the mean, how much it scatters, and how often its interval holds the truth.
fn simulated(projects: u64, seed: u64) -> Vec<(&'static str, f64, f64, f64)> {
    let done: Vec<Project> = (0..projects).map(|number| project(seed.wrapping_mul(1_000_003) + number)).collect();
    let count = projects as f64;
    let sampled = done.iter().map(|project| project.sampled).sum::<usize>() as f64 / count;
    println!("{projects} projects of {GROUPS} groups, {sampled:.0} random picks each");
    let of = |(figure, (name, _)): (usize, &(&'static str, fn(&ScorerAgreement) -> Option<Measured>))| {
        let gaps: Vec<f64> = done.iter().map(|of| of.figures[figure].1.value - of.figures[figure].0).collect();
        let bias = gaps.iter().sum::<f64>() / count;
        let scatter = (gaps.iter().map(|gap| (gap - bias).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
        let holds = |project: &&Project| {
            let (truth, measured) = project.figures[figure];
            measured.interval.is_some_and(|(low, high)| (low..=high).contains(&truth))
        };
        let held = done.iter().filter(holds).count() as f64 / count;
        println!("{name}: off by {bias:+.4} ({:.4}), scatter {scatter:.4}, held {held:.3}", scatter / count.sqrt());
        (*name, bias, scatter, held)
    };
    FIGURES.iter().enumerate().map(of).collect()
}

/// A weighting that is wrong would tell every project the same wrong figure.
#[test]
fn what_is_measured_is_what_is_true_in_the_mean() {
    for (name, bias, scatter, held) in simulated(40, 7) {
        assert!(bias.abs() < 4.0 * scatter / 40f64.sqrt(), "{name} is off by {bias}");
        assert!(held >= 0.8, "{name}: {held} of the intervals hold the truth");
    }
}

/// Takes a minute or two.
#[test]
#[ignore = "a thousand projects"]
fn intervals_hold_the_truth_as_often_as_they_say() {
    for (name, bias, scatter, held) in simulated(1000, 1) {
        assert!(bias.abs() < 4.0 * scatter / 1000f64.sqrt() + 0.003, "{name} is off by {bias}");
        assert!(held >= 0.93, "{name}: {held} of the intervals hold the truth");
    }
}
