//! A digit for one reply: from the probabilities of its token, or as it is written.

use super::{Reading, Said, Wanted, meaning, said_text};
use crate::domain::{Answer, NoScore, TokenChoice, VerdictReading};
use crate::ranking::digits;

/// Less of the probability on digits than this, and the judge meant to say something else.
const LEAST_MASS: f64 = 0.5;

/// Reads the answer to a request for a digit.
pub(super) fn read(wanted: &Wanted, answer: &Answer) -> Reading {
    let said = said_text(answer);
    let written = meaning::narrow(said.text);
    match leading_number(&written) {
        // 75, 10, 7.5, 8/10: another scale than ours, whatever its first token is.
        Some(number) if number.len() > 1 => return Reading::none(NoScore::OutOfRange),
        _ => {}
    }
    let (best, _) = wanted.range;
    if answer.logprobs.is_empty() {
        return as_written(&written, said.text, best);
    }
    let told = first_said(&answer.logprobs).and_then(|token| digits(&token.top, best));
    match told.filter(|told| told.mass >= LEAST_MASS && !said.open && !said.text.is_empty()) {
        Some(told) => {
            let said = Said::Points { value: told.expected, deviation: Some(told.deviation), mass: Some(told.mass) };
            Reading::some(said, VerdictReading::Logprobs)
        }
        None => Reading::none(NoScore::LowMass),
    }
}

/// The digit that is the whole answer, where the server told no probabilities.
fn as_written(narrow: &str, text: &str, best: u8) -> Reading {
    let alone = narrow.trim_matches(|c: char| !c.is_alphanumeric()).trim_end_matches('分');
    let mut letters = alone.chars();
    match (letters.next().and_then(|letter| letter.to_digit(10)), letters.next()) {
        (Some(digit), None) if digit <= u32::from(best) => {
            let how = if alone == text { VerdictReading::Strict } else { VerdictReading::Salvaged };
            Reading::some(Said::points(f64::from(digit)), how)
        }
        (Some(_), None) => Reading::none(NoScore::OutOfRange),
        _ => Reading::none(NoScore::LowMass),
    }
}

/// The number with which a text begins, with a sign, a fraction or a scale where it has one.
fn leading_number(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "*\"'`".contains(c));
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '/' | '-' | ',');
    let end = text.find(|c: char| !is_part(c)).unwrap_or(text.len());
    let number = text[..end].trim_end_matches(['.', ',', '/', '-']);
    number.contains(|c: char| c.is_ascii_digit()).then_some(number)
}

/// The first token of what is said: after thinking, where a server lists its tokens, too, and after space.
fn first_said(tokens: &[TokenChoice]) -> Option<&TokenChoice> {
    let closed = tokens.iter().rposition(|choice| choice.token.contains("think>") && choice.token.contains("</"));
    tokens[closed.map_or(0, |at| at + 1)..].iter().find(|choice| !choice.token.trim().is_empty())
}
