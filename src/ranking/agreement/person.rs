//! One scorer against a person.

use super::checked::{Both, Checked};
use super::sums::{
    ACCURACY_FIGURE, FIGURES, KAPPA_FIGURE, PERSON_FIGURE, Row, SCORER_FIGURE, TAU_FIGURE, TOP_FIGURE, WIDTH, cases,
    figures, pairs, row,
};
use super::{SEED, ends, margins, one_sided, share, spread};
use crate::domain::{Basis, ENOUGH_GROUPS, Longer, Measured, ScorerAgreement, ScorerId};
use crate::ranking::statistics::{Interval, bca};

/// A group that tells something.
struct Known<'g> {
    group: &'g Checked,
    both: Vec<Both>,
    row: Row,
    /// How much it counts.
    weight: f64,
}

/// Everything that is measured of one scorer, from the blind labels of the groups that it scored, in the order of their
/// numbers. `unit`: the pooled standard deviation of its scores over all groups that it scored, labeled or not.
///
/// `halted` is asked now and then; once it says so, the whole is `None`.
pub fn person(
    scorer: ScorerId,
    groups: &[Checked],
    unit: Option<f64>,
    halted: &dyn Fn() -> bool,
) -> Option<ScorerAgreement> {
    let told: Vec<Known<'_>> = groups.iter().filter_map(known).collect();
    let random = told.iter().filter(|known| known.group.weight.is_some()).count() as u64;
    let is_random = random >= ENOUGH_GROUPS;
    let mut sample: Vec<&Known<'_>> = told.iter().filter(|known| !is_random || known.group.weight.is_some()).collect();
    let weigh = |known: &Known<'_>| if is_random { known.weight } else { 1.0 };
    let basis = if is_random {
        Basis::Random { effective: effective(sample.iter().map(|known| known.weight)) }
    } else {
        Basis::Labeled
    };
    let rows: Vec<[f64; WIDTH]> = sample.iter().map(|known| known.row.sums.map(|sum| sum * weigh(known))).collect();
    let mut totals = [0.0; WIDTH];
    for row in &rows {
        totals.iter_mut().zip(row).for_each(|(total, sum)| *total += sum);
    }
    let values = figures(&totals);
    let mut intervals = [None; FIGURES];
    if rows.len() as u64 >= ENOUGH_GROUPS {
        intervals = bca(&rows, SEED, figures, halted)?;
    }
    let measured = |figure: usize| {
        let with = || sample.iter().filter(|known| cases(&known.row.sums, figure) > 0.0);
        let groups = with().count() as u64;
        let value = values[figure]?;
        let even = || {
            // Only of a share does the edge of its range say something.
            let is_share = !matches!(figure, TAU_FIGURE | KAPPA_FIGURE);
            is_share.then(|| one_sided(value, effective(with().map(|known| weigh(known)))))?
        };
        let interval: Option<Interval> = if groups >= ENOUGH_GROUPS { intervals[figure].or_else(even) } else { None };
        let cases = with().map(|known| cases(&known.row.sums, figure)).sum::<f64>().round() as u64;
        Some(Measured { value, interval: interval.map(ends), groups, cases })
    };
    let top_groups: f64 = sample.iter().map(|known| weigh(known) * cases(&known.row.sums, TOP_FIGURE)).sum();
    let lots: f64 = sample.iter().map(|known| weigh(known) * known.row.top_chance).sum();
    let agreement = ScorerAgreement {
        scorer,
        basis,
        accuracy: measured(ACCURACY_FIGURE),
        coverage: coverage(groups, is_random),
        top: measured(TOP_FIGURE),
        top_chance: (top_groups > 0.0).then(|| lots / top_groups),
        tau: measured(TAU_FIGURE),
        tau_undefined: sample.iter().filter(|known| cases(&known.row.sums, TAU_FIGURE) == 0.0).count() as u64,
        kappa: measured(KAPPA_FIGURE),
        audit: share(told.iter().filter(|known| known.group.is_audit).map(|known| pairs(&known.row.sums)), halted)?,
        unit,
        margins: None,
        spread: unit.and_then(|unit| spread::spread(groups, unit)),
        longer: measured(PERSON_FIGURE).zip(measured(SCORER_FIGURE)).map(|(person, scorer)| Longer { person, scorer }),
    };
    sample.retain(|known| cases(&known.row.sums, ACCURACY_FIGURE) > 0.0);
    let margins = unit.and_then(|unit| {
        margins::margins(sample.iter().map(|known| (known.group.seed, known.both.as_slice())), unit, is_random)
    });
    Some(ScorerAgreement { margins, ..agreement })
}

fn known(group: &Checked) -> Option<Known<'_>> {
    let both = group.both();
    let tells = both.len() >= 2;
    tells.then(|| Known { group, row: row(&both, group.seed), both, weight: group.weight.unwrap_or(1.0) })
}

/// As many groups of equal weight would tell as much (Kish).
fn effective(weights: impl Iterator<Item = f64>) -> f64 {
    let (sum, squares) = weights.fold((0.0, 0.0), |(sum, squares), weight| (sum + weight, squares + weight * weight));
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}

/// Decided pairs in which both have a score, of all decided ones.
fn coverage(groups: &[Checked], is_random: bool) -> Option<f64> {
    let (mut scored, mut decided) = (0.0, 0.0);
    for group in groups {
        let Some(weight) = (if is_random { group.weight } else { Some(1.0) }) else { continue };
        scored += weight * super::checked::decided(&group.both()).count() as f64;
        decided += weight * group.decided() as f64;
    }
    (decided > 0.0).then(|| scored / decided)
}

#[cfg(test)]
mod tests {
    use super::super::CheckedReply;
    use super::*;
    use crate::domain::SplitMix64;
    use crate::ranking::statistics::hajek;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 6e-7, "{found} is not {expected}");
    }

    /// Tiers and scores by reply, `NaN` for no score.
    fn group(seed: u64, tiers: &[u32], scores: &[f64]) -> Checked {
        let reply = |(place, (tier, score)): (usize, (&u32, &f64))| CheckedReply {
            tier: Some(*tier),
            score: score.is_finite().then_some(*score),
            length: 10 + place as u32,
        };
        Checked { seed, replies: tiers.iter().zip(scores).enumerate().map(reply).collect(), ..Checked::default() }
    }

    fn of(groups: &[Checked]) -> ScorerAgreement {
        person(ScorerId::from_bytes([1; 16]), groups, Some(1.0), &|| false).unwrap()
    }

    /// A pair that the scorer puts as the person does, or not.
    fn pair(seed: u64, is_right: bool) -> Checked {
        group(seed, &[0, 1], if is_right { &[1.0, 0.0] } else { &[0.0, 1.0] })
    }

    #[test]
    fn one_group_gives_the_figures_worked_out_elsewhere() {
        // The person's 11234 are tiers; the scorer's 12243 are ranks, the first the best.
        let found = of(&[group(1, &[0, 0, 1, 2, 3], &[4.0, 3.0, 3.0, 1.0, 2.0])]);
        near(found.tau.unwrap().value, 0.666_667);
        let found = of(&[group(1, &[0, 1, 1, 1], &[-3.1, -2.0, -2.5, -0.4])]);
        near(found.tau.unwrap().value, -std::f64::consts::FRAC_1_SQRT_2);
        let found = of(&[group(1, &[0, 0, 0], &[1.0, 2.0, 3.0])]);
        assert_eq!((found.tau, found.tau_undefined, found.accuracy, found.top), (None, 1, None, None));
        // J {a, b}, H {a}, then J {a}, H {a, b}, of four replies.
        let found = of(&[group(1, &[0, 1, 1, 1], &[2.0, 2.0, 1.0, 0.0])]);
        assert_eq!((found.top.unwrap().value, found.top_chance), (0.5, Some(0.25)));
        let found = of(&[group(1, &[0, 0, 1, 1], &[3.0, 2.0, 1.0, 0.0])]);
        assert_eq!((found.top.unwrap().value, found.top_chance), (1.0, Some(0.5)));
        assert_eq!(found.accuracy.map(|measured| (measured.value, measured.cases)), Some((1.0, 4)));
    }

    #[test]
    fn pairs_are_counted_by_group_and_ties_count_half() {
        // Right 3 2 4 0 5 of 4 3 5 2 6, made of chosen-against-rest groups.
        let mut groups = Vec::new();
        for (seed, (right, of)) in [(3, 4), (2, 3), (4, 5), (0, 2), (5, 6)].into_iter().enumerate() {
            let mut tiers = vec![1; of + 1];
            tiers[0] = 0;
            let scores: Vec<f64> = (0..=of).map(|place| if place > right { 1.0 } else { -(place as f64) }).collect();
            groups.push(group(seed as u64, &tiers, &scores));
        }
        let accuracy = of(&groups).accuracy.unwrap();
        near(accuracy.value, 0.7);
        assert_eq!((accuracy.groups, accuracy.cases, accuracy.interval), (5, 20, None), "too few for an interval");
        let tie = of(&[group(1, &[0, 1], &[0.5, 0.5 + 1e-10])]);
        assert_eq!(tie.accuracy.unwrap().value, 0.5);
        assert_eq!(tie.margins, None, "a tie has no side to agree with");
    }

    #[test]
    fn kappa_is_that_of_its_table_whichever_way_sides_fall() {
        // [[20, 3, 2], [4, 15, 1], [2, 1, 2]] needs sides; ties of both and their sums do not depend on them.
        let mut groups: Vec<Checked> = (0..40).map(|seed| pair(seed, seed % 10 > 1)).collect();
        groups.extend((0..10).map(|seed| group(seed, &[0, 0], &[1.0, 1.0])));
        let kappa = of(&groups).kappa.unwrap();
        assert_eq!((kappa.groups, kappa.cases), (50, 50));
        // po = .84; sides are drawn, so that pe is near 2 (.4 .4) + .2 .2.
        assert!((kappa.value - (0.84 - 0.36) / 0.64).abs() < 0.03, "{kappa:?}");
        let again = of(&groups).kappa.unwrap();
        assert_eq!(kappa, again, "the same groups give the same sides");
    }

    #[test]
    fn groups_that_were_drawn_rarely_count_more() {
        let values = [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0];
        let chances = [0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1];
        let mut groups: Vec<Checked> = Vec::new();
        for round in 0..5 {
            for (place, (value, chance)) in values.into_iter().zip(chances).enumerate() {
                groups.push(Checked { weight: Some(1.0 / chance), ..pair(round * 8 + place as u64, value > 0.5) });
            }
        }
        // Picked for other reasons: all wrong, and none of them measures.
        groups.extend((0..50).map(|seed| pair(100 + seed, false)));
        let found = of(&groups);
        let accuracy = found.accuracy.unwrap();
        near(accuracy.value, 0.541_667);
        let Basis::Random { effective } = found.basis else { panic!("{:?}", found.basis) };
        near(effective / 5.0, 5.538_462);
        assert_eq!((accuracy.groups, found.coverage), (40, Some(1.0)));
        // Five times the groups: the error of the worked case by sqrt(5), with 40/39 in place of 8/7.
        let drawn: Vec<(f64, f64)> = values.into_iter().zip(chances).collect();
        let error = hajek(&drawn).unwrap().error.unwrap() * (7.0f64 / 8.0 * 40.0 / 39.0 / 5.0).sqrt();
        let (low, high) = accuracy.interval.unwrap();
        assert!(((high - low) / (2.0 * 1.96 * error) - 1.0).abs() < 0.15, "{low} to {high}, error {error}");
        let few = of(&groups[..29]);
        assert_eq!(few.basis, Basis::Labeled, "too few random picks: every label tells of itself");
    }

    #[test]
    fn a_scorer_that_is_never_wrong_has_wilsons_interval_over_groups() {
        let groups: Vec<Checked> = (0..40).map(|seed| group(seed, &[0, 1, 2], &[3.0, 2.0, 1.0])).collect();
        let found = of(&groups);
        let accuracy = found.accuracy.unwrap();
        let (low, high) = accuracy.interval.unwrap();
        assert_eq!((accuracy.cases, high), (120, 1.0));
        near(low, 1.0 - 1.959_964f64.powi(2) / (40.0 + 1.959_964f64.powi(2)));
        assert_eq!(found.tau.unwrap().interval, None, "tau is no share");
        let longer = found.longer.unwrap();
        assert_eq!((longer.person.value, longer.scorer.value, longer.person.cases), (0.0, 0.0, 120));
    }

    #[test]
    fn replies_without_a_score_cost_coverage_and_nothing_else() {
        let mut written = group(1, &[0, 1, 2], &[2.0, 1.0, 0.0]);
        written.replies.push(CheckedReply { tier: Some(0), score: None, length: 9 });
        let found = of(&[written, group(2, &[0, 1], &[1.0, f64::NAN])]);
        // Pairs 3 + 2 with the written one, 1 in the other group.
        assert_eq!(found.coverage, Some(3.0 / 6.0));
        let accuracy = found.accuracy.unwrap();
        assert_eq!((accuracy.value, accuracy.cases, accuracy.groups), (1.0, 3, 1));
    }

    #[test]
    fn the_audit_and_the_length_of_replies_are_told_apart() {
        let mut groups: Vec<Checked> = (0..30).map(|seed| pair(seed, seed % 2 == 0)).collect();
        for group in &mut groups[..10] {
            group.is_audit = true;
        }
        // The second reply is the longer one and never chosen.
        let found = of(&groups);
        let audit = found.audit.unwrap();
        assert_eq!((audit.value, audit.groups, audit.interval), (0.5, 10, None));
        let longer = found.longer.unwrap();
        assert_eq!((longer.person.value, longer.scorer.value), (0.0, 0.5));
        assert_eq!(found.accuracy.unwrap().value, 0.5);
    }

    #[test]
    fn margins_are_told_of_random_picks_alone() {
        let mut random = SplitMix64::new(3);
        let mut groups: Vec<Checked> = Vec::new();
        for seed in 0..400 {
            let scores: Vec<f64> = (0..4).map(|_| random.unit() * 4.0).collect();
            // The first is chosen as often as its margin to the rest says.
            let mean = scores.iter().sum::<f64>() / 4.0;
            let is_chosen = random.unit() < crate::ranking::sigmoid(2.0 * (scores[0] - mean));
            let tiers = if is_chosen { [0, 1, 1, 1] } else { [1, 0, 0, 0] };
            groups.push(Checked { weight: Some(2.0), ..group(seed, &tiers, &scores) });
        }
        let found = of(&groups).margins.unwrap();
        assert_eq!(found.bins.iter().map(|bin| bin.pairs).sum::<u64>(), 1200);
        assert!(found.bins.len() == 5 && found.bins[4].to.is_infinite());
        let (slope, error) = found.slope.unwrap();
        assert!(slope > 0.5 && error > 0.0 && error < 0.3, "{slope} {error}");
        assert!(found.log_loss.unwrap() < std::f64::consts::LN_2, "{found:?}");
        assert!(
            found.steps.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1) && found.steps[0].1 >= 0.5
        );
        for group in &mut groups {
            group.weight = None;
        }
        let labeled = of(&groups).margins.unwrap();
        assert_eq!((labeled.slope, labeled.steps.len(), labeled.log_loss), (None, 0, None));
        assert_eq!(labeled.bins, found.bins);
    }

    #[test]
    fn scores_are_shown_around_their_groups_mean() {
        let found = of(&[group(1, &[0, 1], &[102.0, 101.0]), group(2, &[1, 0], &[-9.0, 9.0])]).spread.unwrap();
        assert_eq!((found.from, found.width, found.chosen.len()), (-3.0, 0.25, 24));
        assert_eq!((found.median_chosen, found.median_left_out), (Some(4.75), Some(-4.75)));
        assert_eq!((found.chosen[14], found.chosen[23]), (1, 1), "far out is counted at the edge");
        assert_eq!((found.left_out[10], found.left_out[0]), (1, 1));
    }
}
