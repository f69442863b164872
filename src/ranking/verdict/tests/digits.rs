//! A digit for one reply, with probabilities and without.

use super::*;
use crate::domain::TokenChoice;

fn token(token: &str, top: &[(&str, f64)]) -> TokenChoice {
    let top = top.iter().map(|(token, share)| ((*token).to_owned(), share.ln())).collect();
    TokenChoice { token: token.to_owned(), top }
}

fn with(text: &str, logprobs: Vec<TokenChoice>) -> Answer {
    Answer { logprobs, ..cut(text) }
}

fn read_digit(rubric: &Rubric, answer: &Answer) -> Result<(f64, VerdictReading), NoScore> {
    let reading = read_as(CallKind::Point, &names()[..1], rubric, answer);
    match reading.said {
        Some(Said::Points { value, .. }) => Ok((value, reading.how)),
        Some(other) => panic!("{other:?}"),
        None => Err(reading.gap.unwrap()),
    }
}

#[test]
fn digits_are_read_from_their_probabilities() {
    let seven = || token("7", &[("7", 0.5), ("8", 0.5)]);
    let space = || token("\n", &[("\n", 0.9), ("7", 0.1)]);
    let good = [
        with("7", vec![seven()]),
        with("\n7", vec![space(), seven()]),
        with(
            "7",
            vec![
                token("<think>", &[("<think>", 1.0)]),
                token("9", &[("9", 1.0)]),
                token("</think>", &[("</think>", 1.0)]),
                space(),
                seven(),
            ],
        ),
        with("7\n\nBecause", vec![seven()]),
    ];
    for answer in good {
        let (value, how) = read_digit(&Rubric::general(), &answer).unwrap();
        assert!((value - 7.5).abs() < 1e-9 && how == VerdictReading::Logprobs, "{answer:?}");
    }
    let bad = [
        (with("The", vec![token("The", &[("The", 0.6), ("7", 0.4)])]), NoScore::LowMass),
        // Thinking that cannot be switched off.
        (with("<think>", vec![token("<think>", &[("<think>", 0.99), ("7", 0.01)])]), NoScore::LowMass),
        (with("", vec![seven()]), NoScore::LowMass),
        (with("\n", vec![space()]), NoScore::LowMass),
        // The first token is a digit, the number is not.
        (with("75", vec![seven(), token("5", &[("5", 1.0)])]), NoScore::OutOfRange),
        (with("7.5", vec![seven()]), NoScore::OutOfRange),
        (with("7/10", vec![seven()]), NoScore::OutOfRange),
        (with("10", vec![token("1", &[("1", 1.0)]), token("0", &[("0", 1.0)])]), NoScore::OutOfRange),
        (declined("no"), NoScore::Refusal),
    ];
    for (answer, gap) in bad {
        assert_eq!(read_digit(&Rubric::general(), &answer), Err(gap), "{answer:?}");
    }
    let class = with("5", vec![token("5", &[("5", 0.7), ("2", 0.3)])]);
    assert_eq!(read_digit(&Rubric::safety(), &class), Err(NoScore::LowMass), "5 is no class");
    let nan = with("7", vec![TokenChoice { token: "7".to_owned(), top: vec![("7".to_owned(), f64::NAN)] }]);
    assert_eq!(read_digit(&Rubric::general(), &nan), Err(NoScore::LowMass));
}

/// A server that takes the wish for probabilities and ignores it.
#[test]
fn digits_without_probabilities_are_read_as_they_are_written() {
    let read = |text: &str| read_digit(&Rubric::general(), &said(text));
    assert_eq!(read("7"), Ok((7.0, VerdictReading::Strict)));
    for text in ["７", " 7.", "**7**", "7分", "\"7\"", "<think>9</think>7"] {
        assert_eq!(read(text).map(|(value, _)| value), Ok(7.0), "{text}");
    }
    for text in ["10", "7.5", "8/10", "-1"] {
        assert_eq!(read(text), Err(NoScore::OutOfRange), "{text}");
    }
    for text in ["", "good", "I'd say 7", "7 or 8", "<think>7", "八"] {
        assert_eq!(read(text), Err(NoScore::LowMass), "{text}");
    }
    assert_eq!(read_digit(&Rubric::safety(), &said("3")), Err(NoScore::OutOfRange));
}
