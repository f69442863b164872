//! Judges whose faults are known, and what a calibration says of them.

use super::*;
use crate::domain::{Choice, Flaw, Grade, JudgeMethod, SplitMix64, Worth};

/// How a simulated judge errs.
#[derive(Clone, Copy)]
struct Nature {
    /// It reads the quality with so much of an error, the same in all repeats: whether it is right.
    blind: f64,
    /// And with so much more, drawn anew in each list; in pairs.
    lists: f64,
    pairs: f64,
    /// How much what is shown first gains.
    first: f64,
    /// Of ten replies so many have no score, in lists and in pairs.
    missing: [u64; 2],
    /// Tokens for a group.
    tokens: [u64; 2],
}

const GOOD_ONE: Nature =
    Nature { blind: 0.6, lists: 0.3, pairs: 0.3, first: 0.2, missing: [0, 0], tokens: [8_400, 16_000] };

struct Dice(SplitMix64);

impl Dice {
    fn normal(&mut self) -> f64 {
        let mut unit = || (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let (one, other) = (unit().max(1e-12), unit());
        (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos()
    }
}

const COUNT: usize = 4;

fn groups(nature: Nature, labeled: usize, all: usize) -> Vec<Judged> {
    let mut dice = Dice(SplitMix64::new(11));
    let mut made = Vec::new();
    for number in 0..all {
        let quality: Vec<f64> = (0..COUNT).map(|_| dice.normal()).collect();
        // People mark the best one, and are not always sure.
        let felt: Vec<f64> = quality.iter().map(|good| good + 0.3 * dice.normal()).collect();
        let best = (0..COUNT).max_by(|&one, &other| felt[one].total_cmp(&felt[other])).unwrap();
        let tiers = (0..COUNT).map(|reply| Some(u32::from(reply != best))).collect();
        let read: Vec<f64> = quality.iter().map(|good| good + nature.blind * dice.normal()).collect();
        let mut said = |noise: f64, missing: u64, requests: u32, tokens: u64| {
            (0..3)
                .map(|_| {
                    let scores: Vec<Option<f64>> = read
                        .iter()
                        .map(|good| (dice.0.next_u64() % 10 >= missing).then(|| good + noise * dice.normal()))
                        .collect();
                    let heard = [[0, 1], [1, 0], [2, 3], [3, 2]].map(|[first, second]| {
                        let gain = read[first] + nature.first - read[second] + noise * dice.normal();
                        let (winner, loser) = if gain > 0.0 { (first, second) } else { (second, first) };
                        HeardList { shown: vec![first, second], tiers: vec![vec![winner], vec![loser]] }
                    });
                    let missing = scores.iter().filter(|score| score.is_none()).count() as u32;
                    Said { scores, missing, heard: heard.to_vec(), requests, tokens: Some(tokens) }
                })
                .collect::<Vec<_>>()
        };
        let lists = said(nature.lists, nature.missing[0], 4, nature.tokens[0]);
        let pairs = said(nature.pairs, nature.missing[1], 12, nature.tokens[1]);
        made.push(Judged { tiers: if number < labeled { tiers } else { Vec::new() }, lists, pairs });
    }
    made
}

fn judged(groups: &[Judged]) -> (Figures, Worth) {
    let figures = figures(groups);
    let worth = verdict(&figures, labeled(groups), true);
    (figures, worth)
}

#[test]
fn each_kind_of_judge_is_told_for_what_it_is() {
    let coin = Nature { blind: 50.0, lists: 50.0, pairs: 50.0, ..GOOD_ONE };
    let cases = [
        ("good", GOOD_ONE, Worth::Worth { with: JudgeMethod::Listwise, why: Choice::Cheaper, grade: Grade::Good }),
        (
            "good, pairs cost less",
            Nature { tokens: [900, 600], ..GOOD_ONE },
            Worth::Worth { with: JudgeMethod::Pairs, why: Choice::Cheaper, grade: Grade::Good },
        ),
        (
            "lost in lists",
            Nature { lists: 1.6, ..GOOD_ONE },
            Worth::Worth { with: JudgeMethod::Pairs, why: Choice::Better, grade: Grade::Good },
        ),
        (
            "nothing but noise in lists",
            Nature { lists: 50.0, ..GOOD_ONE },
            Worth::Worth { with: JudgeMethod::Pairs, why: Choice::OnlyOne, grade: Grade::Good },
        ),
        (
            "lists without scores",
            Nature { missing: [4, 0], ..GOOD_ONE },
            Worth::Worth { with: JudgeMethod::Pairs, why: Choice::OnlyOne, grade: Grade::Good },
        ),
        (
            "better than people",
            Nature { blind: 0.0, lists: 0.0, pairs: 0.0, ..GOOD_ONE },
            Worth::Worth { with: JudgeMethod::Listwise, why: Choice::Cheaper, grade: Grade::Suspicious },
        ),
        ("coin", coin, Worth::NotWorth(Flaw::Coin)),
        (
            "steady but wrong",
            Nature { blind: 50.0, lists: 0.1, pairs: 0.1, ..GOOD_ONE },
            Worth::NotWorth(Flaw::SteadyCoin),
        ),
        ("without scores", Nature { missing: [4, 4], ..GOOD_ONE }, Worth::NotWorth(Flaw::NoScores)),
    ];
    for (name, nature, expected) in cases {
        let (figures, worth) = judged(&groups(nature, 50, 50));
        assert_eq!(worth, expected, "{name}: {figures:#?}");
    }
}

#[test]
fn figures_are_those_of_the_groups() {
    let (figures, _) = judged(&groups(GOOD_ONE, 40, 50));
    let lists = &figures.lists;
    let accuracy = lists.accuracy.unwrap();
    let (low, high) = accuracy.interval.unwrap();
    assert!(low < accuracy.value && accuracy.value < high && high - low < 0.3, "{accuracy:?}");
    // One best of four: three pairs a group, told once though there are three repeats.
    assert_eq!((accuracy.groups, accuracy.cases), (40, 120));
    assert_eq!(lists.steadiness.unwrap().groups, 50, "labels play no part");
    assert_eq!((lists.requests, lists.tokens, lists.missing), (Some(4.0), Some(8_400.0), Some(0.0)));
    assert_eq!(figures.difference.unwrap().groups, 40);
    let calm = judged(&groups(Nature { first: 0.0, lists: 0.0, ..GOOD_ONE }, 40, 50)).0.lists;
    assert_eq!((calm.flips.unwrap().value, calm.steadiness.unwrap().value), (0.0, 1.0));
    let swayed = judged(&groups(Nature { first: 50.0, ..GOOD_ONE }, 40, 50)).0.lists;
    assert_eq!(swayed.flips.unwrap().value, 1.0);
}

#[test]
fn ties_count_half_everywhere() {
    let said = |scores: [f64; 2]| Said { scores: scores.map(Some).to_vec(), ..Said::default() };
    let tiers = vec![Some(0), Some(1)];
    let lists = vec![said([1.0, 0.0]), said([0.5, 0.5]), said([0.0, 1.0])];
    let figures = figures(&[Judged { tiers, lists, pairs: Vec::new() }]);
    assert_eq!(figures.lists.accuracy.unwrap().value, 0.5);
    // The same way: a half, nothing, a half.
    assert!((figures.lists.steadiness.unwrap().value - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!((figures.pairs, figures.difference), (Calibrated::default(), None));
}

#[test]
fn nobody_is_judged_before_there_is_enough() {
    let few = groups(GOOD_ONE, 29, 50);
    let (figures, worth) = judged(&few);
    assert_eq!(worth, Worth::TooFewLabels { labeled: 29, needed: 30 });
    assert!(figures.lists.accuracy.unwrap().interval.is_none());
    assert_eq!(verdict(&figures, 29, false), Worth::Unfinished);
    // Who gives no scores is told without a label.
    let (_, worth) = judged(&groups(Nature { missing: [5, 5], ..GOOD_ONE }, 0, 50));
    assert_eq!(worth, Worth::NotWorth(Flaw::NoScores));
    let (_, nothing) = judged(&[]);
    assert_eq!(nothing, Worth::NotWorth(Flaw::NoScores));
}
