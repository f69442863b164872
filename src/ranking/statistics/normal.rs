//! The normal distribution.

/// Beyond so many standard deviations nothing is left that a double can tell from 0.
const EDGE: f64 = 9.0;

/// The probability that a standard normal number lies below `x`, to about 1e-15: `1/2 + phi(x) (x + x^3/3 + x^5/15 + …)`
/// (Marsaglia 2004).
pub fn normal_below(x: f64) -> f64 {
    if x.is_nan() {
        return f64::NAN;
    }
    if x.abs() > EDGE {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut sum, mut term, mut odd) = (x, x, 1.0);
    while term.abs() > sum.abs() * 1e-17 {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (0.5 + density * sum).clamp(0.0, 1.0)
}

/// The number below which a standard normal one lies with probability `p`, by halving; at most 9 from 0.
pub fn normal_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-EDGE, EDGE);
    for _ in 0..64 {
        let middle = f64::midpoint(low, high);
        if normal_below(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::super::Z95;
    use super::*;

    #[test]
    fn quantiles_and_probabilities_are_each_others_inverse() {
        assert!((normal_below(Z95) - 0.975).abs() < 1e-15);
        assert!((normal_quantile(0.975) - Z95).abs() < 1e-12);
        assert!((normal_below(-1.0) - 0.158_655_253_931_457_05).abs() < 1e-15);
        assert!((normal_below(3.0) - 0.998_650_101_968_369_9).abs() < 1e-15);
        for x in [-4.0, -0.3, 0.0, 1.0, 5.0] {
            assert!((normal_quantile(normal_below(x)) - x).abs() < 1e-9, "{x}");
        }
        assert_eq!((normal_below(40.0), normal_below(-40.0)), (1.0, 0.0));
        assert!(normal_quantile(0.0).is_finite() && normal_quantile(1.0).is_finite());
    }
}
