//! From a margin to the probability that a person agrees, by one number.

use crate::ranking::sigmoid;

/// P = sigma(b m). There is no intercept: a margin the other way round must give 1 - P.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// b.
    pub value: f64,
    /// Its standard error, pairs taken as independent.
    pub error: f64,
}

impl Slope {
    /// The probability that a person agrees with a margin.
    pub fn chance(self, margin: f64) -> f64 {
        sigmoid(self.value * margin)
    }
}

/// The slope that explains best which margins people agree with: pairs of a margin and the person's choice, 1 for the side
/// that the margin favours when it is positive, 0 for the other. Newton's method on one number. `None` where it has no
/// finite answer: no margin that is not 0, or people never differ in the same direction.
pub fn slope(pairs: &[(f64, f64)]) -> Option<Slope> {
    let mut value = 0.0;
    for _ in 0..100 {
        let (mut rise, mut bend) = (0.0, 0.0);
        for &(margin, choice) in pairs {
            let chance = sigmoid(value * margin);
            rise += margin * (choice - chance);
            bend += margin * margin * chance * (1.0 - chance);
        }
        if bend <= 0.0 || !rise.is_finite() {
            return None;
        }
        // Away from 0 the hill only gets flatter, so that a step from there never goes too far.
        let step = rise / bend;
        value += step;
        if step.abs() <= 1e-12 * f64::abs(value) {
            return Some(Slope { value, error: 1.0 / bend.sqrt() });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::worked::near;
    use super::*;

    #[test]
    fn a_margin_becomes_a_probability() {
        let margins = [0.2, 0.5, 1.0, 1.5, 2.0, 3.0];
        let choices = [0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
        let pairs: Vec<(f64, f64)> = margins.into_iter().zip(choices).collect();
        let found = slope(&pairs).unwrap();
        near(found.value, 0.719_648);
        near(found.chance(1.0) + found.chance(-1.0), 1.0);
        let turned: Vec<(f64, f64)> = pairs.iter().map(|(margin, choice)| (-margin, 1.0 - choice)).collect();
        near(slope(&turned).unwrap().value, 0.719_648);
        let scaled: Vec<(f64, f64)> = pairs.iter().map(|(margin, choice)| (margin * 1e6, *choice)).collect();
        near(slope(&scaled).unwrap().value * 1e6, 0.719_648);
    }

    #[test]
    fn a_margin_that_is_never_wrong_has_no_slope() {
        assert_eq!(slope(&[]), None);
        assert_eq!(slope(&[(0.0, 1.0)]), None);
        assert_eq!(slope(&[(1.0, 1.0), (2.0, 1.0)]), None);
        assert_eq!(slope(&[(1.0, 0.0), (-0.5, 1.0)]), None);
        assert_eq!(slope(&[(f64::NAN, 0.0)]), None);
        let (even, expected) = (slope(&[(1.0, 1.0), (1.0, 0.0)]).unwrap(), 0.0);
        assert_eq!(even.value, expected);
    }
}
