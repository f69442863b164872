//! The numbers of an answer: where they are, and which reply each is for.

use std::borrow::Cow;

use serde_json::Value;

use super::table::Table;
use crate::domain::NoScore;

/// What an answer holds for one reply.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) table: Result<Table, NoScore>,
    /// Tokens of the text, where the server counts them for it alone.
    pub(super) tokens: Option<u32>,
}

/// JSON as Python writes it, where `NaN`, `Infinity` and numbers beyond all bounds may stand: they become `null`.
pub(super) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&without_wild_numbers(text)))
}

fn without_wild_numbers(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let end = if first == '"' {
            end_of_string(rest)
        } else if is_word(first) {
            rest.find(|c: char| !is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let word = &rest[..end];
        let is_wild = is_word(first) && word.parse::<f64>().is_ok_and(|number| !number.is_finite());
        clean.push_str(if is_wild { "null" } else { word });
        rest = &rest[end..];
    }
    clean
}

/// Where a JSON string that starts here ends.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// What an answer holds for each of `count` replies, found by a pointer. `Err` where it cannot be said which number is
/// whose.
pub(super) fn find(answer: &Value, pointer: &str, count: usize) -> Result<Vec<Found>, NoScore> {
    let steps: Vec<String> =
        pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    let at = steps.iter().position(|step| step == "*");
    let total = if count == 1 { tokens_of(answer) } else { None };
    let Some(at) = at else {
        let value = dig(answer, &steps).ok_or_else(|| nothing(pointer))?;
        return if count == 1 { Ok(vec![found(&value, total)]) } else { Err(miscounted(1, count)) };
    };
    let list = dig(answer, &steps[..at]).ok_or_else(|| nothing(pointer))?;
    let items = match &*list {
        Value::Array(items) => items.as_slice(),
        // Servers that give the thing itself where only one was asked for.
        one @ Value::Object(_) if count == 1 => std::slice::from_ref(one),
        _ => return Err(nothing(pointer)),
    };
    let rest = &steps[at + 1..];
    let read = |item: &Value| match dig(item, rest) {
        Some(value) => found(&value, tokens_of(item).or(total)),
        None => Found { table: Err(nothing(pointer)), tokens: None },
    };
    let places: Option<Vec<u64>> = items.iter().map(|item| item.get("index")?.as_u64()).collect();
    match places {
        Some(places) if !places.is_empty() => {
            let missing = Found { table: Err(miscounted(items.len(), count)), tokens: None };
            let mut all: Vec<Option<Found>> = vec![None; count];
            for (place, item) in places.iter().zip(items) {
                match all.get_mut(usize::try_from(*place).unwrap_or(usize::MAX)) {
                    // Two numbers for one reply: neither counts. A place that nobody asked for: nothing counts.
                    Some(slot @ Some(_)) => *slot = Some(missing.clone()),
                    Some(slot) => *slot = Some(read(item)),
                    None => return Err(miscounted(items.len(), count)),
                }
            }
            Ok(all.into_iter().map(|slot| slot.unwrap_or_else(|| missing.clone())).collect())
        }
        _ if items.len() == count => Ok(items.iter().map(read).collect()),
        _ => Err(miscounted(items.len(), count)),
    }
}

/// What is at a path. `*` makes a list of what is at the rest of the path in each item.
fn dig<'a>(value: &'a Value, steps: &[String]) -> Option<Cow<'a, Value>> {
    let Some((step, rest)) = steps.split_first() else { return Some(Cow::Borrowed(value)) };
    match value {
        Value::Array(items) if step == "*" => {
            let all: Option<Vec<Value>> = items.iter().map(|item| dig(item, rest).map(Cow::into_owned)).collect();
            Some(Cow::Owned(Value::Array(all?)))
        }
        Value::Array(items) => dig(items.get(step.parse::<usize>().ok()?)?, rest),
        Value::Object(fields) => dig(fields.get(step)?, rest),
        _ => None,
    }
}

fn found(value: &Value, tokens: Option<u32>) -> Found {
    Found { table: Table::read(value), tokens }
}

/// Tokens of the request as vLLM and others count them for a whole answer, and SGLang beside each vector.
fn tokens_of(value: &Value) -> Option<u32> {
    let count = value.pointer("/usage/prompt_tokens").or_else(|| value.pointer("/meta_info/prompt_tokens"));
    u32::try_from(count?.as_u64()?).ok()
}

fn nothing(pointer: &str) -> NoScore {
    NoScore::WrongShape { said: format!("nothing at {pointer}") }
}

fn miscounted(came: usize, due: usize) -> NoScore {
    NoScore::WrongShape { said: format!("{came} for {due}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wild_numbers_become_null_and_texts_stay_as_they_are() {
        let text = r#"{"NaN": "NaN \" -Infinity", "é": [NaN, -Infinity, Infinity, 1e999, -2.5e3, true, nullx]}"#;
        assert!(parse(text).is_err(), "words that are none stay wrong");
        let parsed = parse(&text.replace(", nullx", "")).unwrap();
        assert_eq!(parsed["NaN"], "NaN \" -Infinity");
        assert_eq!(parsed["é"], serde_json::json!([null, null, null, null, -2500.0, true]));
    }

    proptest! {
        #[test]
        fn no_answer_is_too_strange(
            words in prop::collection::vec(prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"data\"", "\"index\"", "\"", "\\", "0", "1e400", "NaN", "null", "\"a:1,b:2\"",
                "{\"data\":[{\"index\":0,\"data\":[1]}]}", "é", " ", "-", "[[1],[2]]", "{\"label\":\"x\",\"score\":1}",
            ]), 0..20),
            pointer in prop::sample::select(vec!["", "/data/*/data", "/*", "/*/*/score", "/data/0", "/~1"]),
            count in 1_usize..4,
        ) {
            if let Ok(value) = parse(&words.concat())
                && let Ok(found) = find(&value, pointer, count)
            {
                prop_assert_eq!(found.len(), count);
            }
        }
    }
}
