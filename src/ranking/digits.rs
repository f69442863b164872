//! A score out of the probabilities of a judge's first token: finer than the digit it would have written.

/// A distribution over digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Digits {
    /// The mean digit, from 0 to `highest`.
    pub expected: f64,
    /// How much of all probability is on digits, from 0 to 1. Under a half the judge meant to say something else.
    pub mass: f64,
    /// The standard deviation of the digit.
    pub deviation: f64,
}

/// The digits among the likeliest tokens with their log-probabilities (natural). Tokens that are one digit but for space
/// around it are added up, full-width ones too; `10` is no digit. `highest` is 9 where a reply is rated as a whole and 2 for
/// safety classes; digits above it are not counted. `None` where there is no digit at all.
pub fn digits(top: &[(String, f64)], highest: u8) -> Option<Digits> {
    let counted = |(token, logprob): &(String, f64)| {
        let digit = digit(token).filter(|digit| *digit <= highest && !logprob.is_nan())?;
        // Servers write -9999 or -inf for tokens that are out of the question.
        let share = logprob.min(0.0).exp();
        (share > 0.0).then_some((f64::from(digit), share))
    };
    let found: Vec<(f64, f64)> = top.iter().filter_map(counted).collect();
    let mass: f64 = found.iter().map(|(_, share)| share).sum();
    if found.is_empty() {
        return None;
    }
    let expected = found.iter().map(|(digit, share)| digit * share).sum::<f64>() / mass;
    let variance = found.iter().map(|(digit, share)| (digit - expected).powi(2) * share).sum::<f64>() / mass;
    Some(Digits { expected, mass: mass.min(1.0), deviation: variance.sqrt() })
}

/// The digit that a token is.
fn digit(token: &str) -> Option<u8> {
    let mut characters = token.trim().chars();
    let (only, None) = (characters.next()?, characters.next()) else { return None };
    let plain = match only {
        '0'..='9' => u32::from(only) - u32::from('0'),
        '０'..='９' => u32::from(only) - u32::from('０'),
        _ => return None,
    };
    u8::try_from(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(tokens: &[(&str, f64)]) -> Vec<(String, f64)> {
        tokens.iter().map(|(token, logprob)| ((*token).to_owned(), *logprob)).collect()
    }

    /// JUDGING.md section 10.
    #[test]
    fn the_score_is_the_mean_of_what_the_judge_might_have_said() {
        let seen = top(&[("7", -0.6), ("8", -1.5), ("6", -2.2), (" 7", -3.5), ("10", -4.5), ("A", -5.0)]);
        let digits = digits(&seen, 9).unwrap();
        assert!((digits.expected - 7.123_038).abs() < 5e-7, "{digits:?}");
        assert!((digits.mass - 0.912_942).abs() < 5e-7, "{digits:?}");
        assert!((digits.deviation - 0.592_147).abs() < 5e-7, "{digits:?}");
    }

    #[test]
    fn tokens_that_are_no_digit_of_the_scale_are_not_counted() {
        for other in ["10", "A", "", " ", "7.", "-1", "七", "٣", "²"] {
            assert_eq!(digits(&top(&[(other, -0.1)]), 9), None, "{other:?}");
        }
        assert_eq!(digits(&top(&[("3", -0.1)]), 2), None);
        assert_eq!(digits(&[], 9), None);
        for same in ["7", " 7", "7\n", "７"] {
            assert_eq!(digits(&top(&[(same, 0.0)]), 9).unwrap().expected, 7.0, "{same:?}");
        }
    }

    #[test]
    fn unlikely_beyond_numbers_is_not_listed() {
        assert_eq!(digits(&top(&[("1", -9999.0), ("2", f64::NEG_INFINITY), ("0", f64::NAN)]), 9), None);
        let sure = digits(&top(&[("1", -9999.0), ("8", 1e-9)]), 9).unwrap();
        assert_eq!((sure.expected, sure.mass, sure.deviation), (8.0, 1.0, 0.0));
    }
}
