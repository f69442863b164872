//! Answers as judges write them, each with what must come of it.

mod digits;
mod lists;
mod numbers;
mod pairs;

use super::*;

/// The names of the replies in these requests.
fn names() -> Vec<String> {
    ["QX", "VD", "ZK"].map(str::to_owned).to_vec()
}

/// The codes of their fences.
fn codes() -> Vec<String> {
    ["0a1b2c", "3d4e5f"].map(str::to_owned).to_vec()
}

fn said(text: &str) -> Answer {
    Answer { text: text.to_owned(), finish_reason: Some("stop".to_owned()), ..Answer::default() }
}

fn cut(text: &str) -> Answer {
    Answer { finish_reason: Some("length".to_owned()), ..said(text) }
}

fn thought(text: &str, reasoning: &str) -> Answer {
    Answer { reasoning: Some(reasoning.to_owned()), ..said(text) }
}

fn declined(words: &str) -> Answer {
    Answer { refusal: Some(words.to_owned()), ..said("") }
}

fn read_as(kind: CallKind, names: &[String], rubric: &Rubric, answer: &Answer) -> Reading {
    read(&Wanted::new(kind, names, &codes(), rubric), answer)
}

/// What must come of an answer.
#[derive(Clone, Debug, PartialEq)]
enum Comes<T> {
    /// As it was asked for.
    Strict(T),
    Salvaged(T),
    /// An order that lacks replies.
    Partly(T),
    Nothing(NoScore),
}

fn came<T>(reading: Reading, from: impl Fn(Said) -> T) -> Comes<T> {
    match (reading.said, reading.how, reading.gap) {
        (Some(said), VerdictReading::Strict, None) => Comes::Strict(from(said)),
        (Some(said), VerdictReading::Salvaged, None) => Comes::Salvaged(from(said)),
        (Some(said), _, Some(NoScore::Incomplete)) => Comes::Partly(from(said)),
        (None, VerdictReading::None, Some(gap)) => Comes::Nothing(gap),
        other => panic!("{other:?} makes no sense"),
    }
}
