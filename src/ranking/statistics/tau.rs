//! Whether two rankings are alike.

/// Scores nearer than this are equal.
const SAME: f64 = 1e-9;

/// Kendall's tau-b (1945): concordant less discordant pairs by what there could be, ties of either side taken out; from -1
/// to 1. `None` where either side ties everything, or there are fewer than two.
pub fn tau_b(one: &[f64], other: &[f64]) -> Option<f64> {
    let count = one.len().min(other.len());
    let (mut net, mut untied_one, mut untied_other) = (0i64, 0i64, 0i64);
    for first in 0..count {
        for second in 0..first {
            let (here, there) = (sign(one[first] - one[second]), sign(other[first] - other[second]));
            net += here * there;
            untied_one += here.abs();
            untied_other += there.abs();
        }
    }
    let possible = (untied_one as f64 * untied_other as f64).sqrt();
    (possible > 0.0).then(|| net as f64 / possible)
}

fn sign(difference: f64) -> i64 {
    i64::from(difference > SAME) - i64::from(difference < -SAME)
}

/// The mean of tau-b over groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanTau {
    /// The mean over the groups that have one.
    pub mean: f64,
    /// How many have one.
    pub groups: u64,
    /// How many have none and are left out.
    pub undefined: u64,
}

/// The mean of what [`tau_b`] gave for groups. `None` where none has one.
pub fn mean_tau(taus: impl IntoIterator<Item = Option<f64>>) -> Option<MeanTau> {
    let (mut sum, mut groups, mut undefined) = (0.0, 0u64, 0u64);
    for tau in taus {
        match tau {
            Some(tau) => {
                sum += tau;
                groups += 1;
            }
            None => undefined += 1,
        }
    }
    (groups > 0).then(|| MeanTau { mean: sum / groups as f64, groups, undefined })
}

#[cfg(test)]
mod tests {
    use super::super::worked::near;
    use super::*;

    #[test]
    fn likeness_of_rankings_is_that_worked_out_elsewhere() {
        for (one, other, expected) in [
            (&[1.0, 1.0, 2.0, 3.0, 4.0][..], &[1.0, 2.0, 2.0, 4.0, 3.0][..], 0.666_667),
            (&[1.0, 2.0, 2.0, 3.0], &[2.0, 1.0, 3.0, 3.0], 0.4),
            (&[1.0, 2.0, 2.0, 2.0], &[3.1, 2.0, 2.5, 0.4], -std::f64::consts::FRAC_1_SQRT_2),
        ] {
            near(tau_b(one, other).unwrap(), expected);
            near(tau_b(other, one).unwrap(), expected);
        }
        assert_eq!(tau_b(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(tau_b(&[1.0], &[1.0]), None);
        assert_eq!(tau_b(&[1.0, 1.0 + 1e-10], &[1.0, 2.0]), None, "equal but for rounding");
    }

    #[test]
    fn groups_without_a_figure_are_counted_and_left_out() {
        let mean = mean_tau([Some(1.0), None, Some(0.5), None]).unwrap();
        assert_eq!(mean, MeanTau { mean: 0.75, groups: 2, undefined: 2 });
        assert_eq!(mean_tau([None]), None);
    }
}
