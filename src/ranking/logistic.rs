//! The logistic function and its inverse.

/// A probability this near to 0 or 1 no longer tells its logit: a server's 32-bit sigmoid is exactly 1 above about 17.
const SATURATED: f64 = 1e-6;

/// 1 / (1 + e^-x), without overflow at either end.
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let grown = x.exp();
        grown / (1.0 + grown)
    }
}

/// ln(p / (1 - p)). `None` where p is within 1e-6 of 0 or 1, or no probability: what was there is lost.
pub fn logit(p: f64) -> Option<f64> {
    (p > SATURATED && p < 1.0 - SATURATED).then(|| (p / (1.0 - p)).ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Raw rewards of a reward model and what its server makes of them.
    #[test]
    fn squashed_rewards_come_back() {
        for (raw, squashed) in [(0.2522, 0.562_718), (-5.9235, 0.002_669), (0.0, 0.5)] {
            assert!((sigmoid(raw) - squashed).abs() < 1e-6, "{raw}");
            assert!((logit(sigmoid(raw)).unwrap() - raw).abs() < 1e-12, "{raw}");
        }
    }

    #[test]
    fn a_saturated_probability_has_no_logit() {
        for p in [0.0, 1e-6, 1.0 - 1e-6, 1.0, -0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(logit(p), None, "{p}");
        }
        assert!(logit(1.1e-6).is_some() && logit(1.0 - 1.1e-6).is_some());
    }

    #[test]
    fn far_out_it_stays_a_probability() {
        assert_eq!(sigmoid(-1e4), 0.0);
        assert_eq!(sigmoid(1e4), 1.0);
        assert_eq!(sigmoid(f64::NEG_INFINITY), 0.0);
        assert_eq!(sigmoid(f64::INFINITY), 1.0);
    }
}
