//! Intervals of figures that have no formula for one: groups are drawn again, many times.

use super::Z95;
use super::interval::Interval;
use super::normal::{normal_below, normal_quantile};
use crate::domain::SplitMix64;

/// How often groups are drawn again.
pub const RESAMPLES: usize = 2000;
/// The figure may be undefined for so many of the draws at most.
const MOST_UNDEFINED: f64 = 0.05;

/// The 95 % interval of a figure over `groups` groups: BCa (Efron 1987), bias corrected by the share of draws below the
/// figure, accelerated by leaving out one group at a time. `figure` is given indices of groups, drawn with repetition, and
/// says `None` where it is undefined for them. The same seed gives the same interval.
///
/// `None` where the figure is undefined, where it hardly ever comes out, or where it is the same whichever groups are drawn:
/// then they say nothing of their spread (for a share, see [`super::Ratio::share_interval`]). Under 30 groups the interval is
/// too narrow: it held the truth 92 times in 100 at 15 groups.
pub fn bca(groups: usize, seed: u64, figure: impl Fn(&[usize]) -> Option<f64>) -> Option<Interval> {
    let mut drawn: Vec<usize> = (0..groups).collect();
    let centre = figure(&drawn).filter(|value| value.is_finite())?;
    let mut random = SplitMix64::new(seed);
    let mut values = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        for group in &mut drawn {
            *group = random.below(groups);
        }
        values.extend(figure(&drawn).filter(|value| value.is_finite()));
    }
    if values.len() < 2 || (values.len() as f64) < (1.0 - MOST_UNDEFINED) * RESAMPLES as f64 {
        return None;
    }
    values.sort_by(f64::total_cmp);
    if values.first() == values.last() {
        return None;
    }
    let below = values.partition_point(|value| *value < centre);
    let equal = values.partition_point(|value| *value <= centre) - below;
    let bias = normal_quantile((below as f64 + equal as f64 / 2.0) / values.len() as f64);
    let acceleration = acceleration(groups, &figure);
    let end = |z: f64| {
        let shifted = bias + z;
        let stretched = bias + shifted / (1.0 - acceleration * shifted);
        quantile(&values, normal_below(stretched))
    };
    Some(Interval { low: end(-Z95), high: end(Z95) })
}

/// A sixth of the skewness of what single groups do to the figure.
fn acceleration(groups: usize, figure: impl Fn(&[usize]) -> Option<f64>) -> f64 {
    let mut others: Vec<usize> = (1..groups).collect();
    let mut without = Vec::with_capacity(groups);
    for left_out in 0..groups {
        without.extend(figure(&others).filter(|value| value.is_finite()));
        if let Some(place) = others.get_mut(left_out) {
            *place = left_out;
        }
    }
    let mean = without.iter().sum::<f64>() / without.len().max(1) as f64;
    let (mut squares, mut cubes) = (0.0, 0.0);
    for value in without {
        let gap: f64 = mean - value;
        squares += gap * gap;
        cubes += gap * gap * gap;
    }
    if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 }
}

/// The quantile of sorted values, between two of them by proportion.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let low = place.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (sorted[high] - sorted[low]) * (place - low as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(values: &[f64]) -> impl Fn(&[usize]) -> Option<f64> {
        |drawn| (!drawn.is_empty()).then(|| drawn.iter().map(|&group| values[group]).sum::<f64>() / drawn.len() as f64)
    }

    #[test]
    fn the_same_seed_gives_the_same_interval() {
        let values: Vec<f64> = (0..40).map(|group| f64::from(group % 7) / 7.0).collect();
        let interval = bca(40, 9, mean_of(&values)).unwrap();
        assert_eq!(bca(40, 9, mean_of(&values)), Some(interval));
        assert_ne!(bca(40, 10, mean_of(&values)), Some(interval));
        assert!(interval.contains(values.iter().sum::<f64>() / 40.0));
    }

    /// scipy 1.17.1, `bootstrap(method="BCa")` with 200,000 draws; 2000 draws come within a hundredth.
    #[test]
    fn intervals_are_those_worked_out_elsewhere() {
        let values: Vec<f64> = (0..40).map(|group| f64::from(group % 7) / 7.0).collect();
        let right = [3, 2, 4, 0, 5, 1, 6, 2, 2, 3, 0, 1, 5, 4, 3];
        let of = [4, 3, 5, 2, 6, 3, 6, 2, 4, 6, 3, 1, 6, 5, 3];
        let share = |drawn: &[usize]| {
            let sum = |counts: &[i32]| drawn.iter().map(|&group| f64::from(counts[group])).sum::<f64>();
            Some(sum(&right) / sum(&of))
        };
        for (found, low, high) in
            [(bca(40, 1, mean_of(&values)).unwrap(), 0.3250, 0.4964), (bca(15, 1, share).unwrap(), 0.5397, 0.8125)]
        {
            assert!((found.low - low).abs() < 0.012 && (found.high - high).abs() < 0.012, "{found:?}");
        }
    }

    #[test]
    fn groups_that_say_nothing_of_their_spread_give_no_interval() {
        assert_eq!(bca(0, 1, |_| None), None);
        assert_eq!(bca(1, 1, mean_of(&[0.4])), None);
        assert_eq!(bca(20, 1, mean_of(&[1.0; 20])), None);
        // Undefined without the one group that has something.
        assert_eq!(bca(20, 1, |drawn| drawn.contains(&0).then_some(drawn.len() as f64)), None);
    }
}
