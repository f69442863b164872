//! Agreement of many raters who need not all have rated everything.

/// How far apart two values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The same or not.
    Nominal,
    /// By how many ratings lie between them.
    Ordinal,
    /// By their difference.
    Interval,
}

/// Krippendorff's alpha (2004): 1 for full agreement, 0 for chance. Each unit holds the values that raters gave it; units
/// with fewer than two tell nothing. `None` where no two values meet or all are the same.
pub fn alpha(units: &[Vec<f64>], measure: Measure) -> Option<f64> {
    let paired: Vec<&Vec<f64>> = units.iter().filter(|unit| unit.len() >= 2).collect();
    let mut values: Vec<f64> = paired.iter().flat_map(|unit| unit.iter().copied()).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let kinds = values.len();
    let place = |value: f64| values.partition_point(|other| *other < value);
    // Coincidences: each unit spreads its values over all ordered pairs of its raters.
    let mut met = vec![vec![0.0; kinds]; kinds];
    for unit in &paired {
        let share = 1.0 / (unit.len() - 1) as f64;
        for (first, one) in unit.iter().enumerate() {
            for (second, other) in unit.iter().enumerate() {
                if first != second {
                    met[place(*one)][place(*other)] += share;
                }
            }
        }
    }
    let totals: Vec<f64> = met.iter().map(|row| row.iter().sum()).collect();
    let all: f64 = totals.iter().sum();
    let distance = |low: usize, high: usize| match measure {
        Measure::Nominal => 1.0,
        Measure::Ordinal => {
            let between: f64 = totals[low..=high].iter().sum();
            (between - f64::midpoint(totals[low], totals[high])).powi(2)
        }
        Measure::Interval => (values[high] - values[low]).powi(2),
    };
    let (mut observed, mut expected) = (0.0, 0.0);
    for high in 0..kinds {
        for low in 0..high {
            let apart = 2.0 * distance(low, high);
            observed += met[low][high] * apart;
            expected += totals[low] * totals[high] * apart;
        }
    }
    (expected > 0.0).then(|| 1.0 - observed * (all - 1.0) / expected)
}

#[cfg(test)]
mod tests {
    use super::super::worked::near;
    use super::*;

    /// A line for each rater, a digit for each unit, `-` where it is missing.
    fn units(raters: &[&str]) -> Vec<Vec<f64>> {
        let rated = |unit: usize| raters.iter().filter_map(move |rater| rater.chars().nth(unit)?.to_digit(10));
        (0..raters[0].len()).map(|unit| rated(unit).map(f64::from).collect()).collect()
    }

    #[test]
    fn agreement_of_raters_is_that_worked_out_elsewhere() {
        let four = units(&["123321412---", "1233224125-3", "-3332342251-", "12332441251-"]);
        near(alpha(&four, Measure::Ordinal).unwrap(), 0.815_388);
        near(alpha(&four, Measure::Nominal).unwrap(), 0.743_421);
        near(alpha(&four, Measure::Interval).unwrap(), 0.849_107);
        near(alpha(&units(&["1232", "1331"]), Measure::Ordinal).unwrap(), 0.708_333);
    }

    #[test]
    fn values_that_never_meet_give_no_figure() {
        assert_eq!(alpha(&[], Measure::Nominal), None);
        assert_eq!(alpha(&units(&["12", "--"]), Measure::Nominal), None);
        assert_eq!(alpha(&units(&["11", "11"]), Measure::Ordinal), None);
        assert_eq!(alpha(&units(&["12", "12"]), Measure::Ordinal), Some(1.0));
    }
}
