//! Means over groups. What belongs to one group hangs together, so errors are counted by group; groups that were drawn with
//! different chances count by the inverse of their chance.

use super::Z95;
use super::interval::{Interval, wilson};

/// Running sums over groups; each one gives `hits` of a `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RatioSums {
    groups: u64,
    cases: f64,
    hits: f64,
    total: f64,
    hits_hits: f64,
    hits_total: f64,
    total_total: f64,
    weight: f64,
    weight_weight: f64,
}

/// A weighted mean over groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// All hits by all totals, each with its group's weight.
    pub value: f64,
    /// The standard error by group; `None` of a single group.
    pub error: Option<f64>,
    /// How many groups.
    pub groups: u64,
    /// The sum of the totals, without weights.
    pub cases: f64,
    /// As many groups of equal weight would tell as much (Kish).
    pub effective: f64,
}

impl RatioSums {
    /// One group: `hits` of `total`, for instance right pairs of decided ones, or a sum and how many it is of. A weight of 1
    /// where all groups count the same. A total of 0 tells nothing and is left out.
    pub fn add(&mut self, hits: f64, total: f64, weight: f64) {
        if total <= 0.0 || weight <= 0.0 {
            return;
        }
        self.groups += 1;
        self.cases += total;
        let (hits, total) = (hits * weight, total * weight);
        self.hits += hits;
        self.total += total;
        self.hits_hits += hits * hits;
        self.hits_total += hits * total;
        self.total_total += total * total;
        self.weight += weight;
        self.weight_weight += weight * weight;
    }

    /// The mean. Its error: sqrt(G/(G-1) sum (w (hits - mean total))^2) / sum w total. `None` of nothing.
    pub fn mean(&self) -> Option<Ratio> {
        if self.groups == 0 {
            return None;
        }
        let value = self.hits / self.total;
        let groups = self.groups as f64;
        let rest = self.hits_hits - 2.0 * value * self.hits_total + value * value * self.total_total;
        let error = (self.groups > 1).then(|| (groups / (groups - 1.0) * rest.max(0.0)).sqrt() / self.total);
        let effective = self.weight * self.weight / self.weight_weight;
        Some(Ratio { value, error, groups: self.groups, cases: self.cases, effective })
    }
}

impl Ratio {
    /// Its 95 % interval, by the normal distribution; `None` of a single group.
    pub fn interval(&self) -> Option<Interval> {
        let half = Z95 * self.error?;
        Some(Interval { low: self.value - half, high: self.value + half })
    }

    /// The same for a share: Wilson's interval, for as many independent cases as would give the same error, and no more than
    /// there are. Where all or none are hits, groups say nothing of their spread, and each counts as one case.
    pub fn share_interval(&self) -> Option<Interval> {
        let share = self.value.clamp(0.0, 1.0);
        let variance = share * (1.0 - share);
        let count = if variance > 0.0 { (variance / self.error?.powi(2)).min(self.cases) } else { self.effective };
        wilson(share * count, count)
    }
}

/// The mean of what was drawn with chance `pi` each, in (0, 1], as if all had been drawn alike (Hajek 1971). Pairs of the
/// value and its chance. `None` of nothing.
pub fn hajek(drawn: &[(f64, f64)]) -> Option<Ratio> {
    let mut sums = RatioSums::default();
    for &(value, chance) in drawn {
        if chance > 0.0 {
            sums.add(value, 1.0, 1.0 / chance);
        }
    }
    sums.mean()
}

#[cfg(test)]
mod tests {
    use super::super::worked::near;
    use super::*;

    #[test]
    fn groups_count_by_how_rarely_they_were_drawn() {
        let values = [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0];
        let chances = [0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1];
        let drawn: Vec<(f64, f64)> = values.into_iter().zip(chances).collect();
        let mean = hajek(&drawn).unwrap();
        near(mean.value, 0.541_667);
        near(mean.error.unwrap(), 0.227_553);
        near(mean.effective, 5.538_462);
        let plain: Vec<(f64, f64)> = values.into_iter().map(|value| (value, 1.0)).collect();
        near(hajek(&plain).unwrap().value, 0.625);
    }

    #[test]
    fn errors_are_counted_by_group() {
        let mut sums = RatioSums::default();
        for (right, of) in [(3.0, 4.0), (2.0, 3.0), (4.0, 5.0), (0.0, 2.0), (5.0, 6.0)] {
            sums.add(right, of, 1.0);
        }
        let mean = sums.mean().unwrap();
        near(mean.value, 0.7);
        near(mean.error.unwrap(), 0.095_197);
        assert_eq!((mean.groups, mean.cases), (5, 20.0));
        near((mean.value * (1.0 - mean.value) / mean.cases).sqrt(), 0.102_470);
    }

    #[test]
    fn a_share_is_never_surer_than_its_groups() {
        assert_eq!(RatioSums::default().mean(), None);
        let mut all = RatioSums::default();
        all.add(3.0, 3.0, 1.0);
        let one = all.mean().unwrap();
        assert_eq!((one.error, one.interval()), (None, None));
        for _ in 0..19 {
            all.add(4.0, 4.0, 1.0);
        }
        all.add(0.0, 0.0, 1.0);
        let interval = all.mean().unwrap().share_interval().unwrap();
        near(interval.low, 1.0 - 0.161_125);
        assert_eq!(interval.high, 1.0);
        // Each group half right: their shares do not spread, their cases do.
        let mut halves = RatioSums::default();
        for _ in 0..10 {
            halves.add(1.0, 2.0, 1.0);
        }
        assert_eq!(halves.mean().unwrap().share_interval(), wilson(10.0, 20.0));
    }
}
