//! What the fields of a judge's object mean.

use super::loose::Loose;
use super::{Said, Wanted};
use crate::domain::{CallKind, NoScore};
use crate::ranking::prompts::EXAMPLE_NAMES;

/// What a verdict says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meaning {
    pub(super) said: Said,
    /// It is written exactly as it was asked for.
    pub(super) exact: bool,
}

/// A verdict of an object's fields, its own or those of the one object inside it that has one. `None` where there is no
/// field of a verdict.
pub(super) fn meaning(wanted: &Wanted, fields: &[(String, Loose)]) -> Option<Result<Meaning, NoScore>> {
    if fields.iter().any(|(key, _)| wanted.is_verdict_key(key)) {
        return Some(own(wanted, fields));
    }
    let mut inside = fields.iter().filter_map(|(_, value)| match value {
        Loose::Object(fields) => meaning(wanted, fields),
        _ => None,
    });
    let first = inside.next()?;
    if inside.next().is_some() {
        return Some(Err(NoScore::Contradictory));
    }
    Some(first.map(|meaning| Meaning { exact: false, ..meaning }))
}

fn own(wanted: &Wanted, fields: &[(String, Loose)]) -> Result<Meaning, NoScore> {
    let mut exact = fields.iter().all(|(key, _)| key == "reason" || wanted.keys.contains(key));
    let mut values = Vec::with_capacity(wanted.keys.len());
    for at in 0..wanted.keys.len() {
        let mut of_key = fields.iter().filter(|(key, _)| wanted.key_at(key) == Some(at));
        let Some((_, value)) = of_key.next() else { return Err(NoScore::Incomplete) };
        for (_, again) in of_key {
            // JSON parsers take the last of them without a word.
            if again != value {
                return Err(NoScore::Contradictory);
            }
            exact = false;
        }
        values.push(value);
    }
    let said = match wanted.kind {
        CallKind::List => order(wanted, values[0], &mut exact)?,
        CallKind::Pair => winner(wanted, values[0], &mut exact)?,
        CallKind::Point | CallKind::PointJson | CallKind::Reward => {
            let numbers = values.into_iter().map(|value| number(wanted, value, &mut exact));
            let numbers: Vec<f64> = numbers.collect::<Result<_, _>>()?;
            Said::points(weighted_mean(&numbers, &wanted.weights)?)
        }
    };
    Ok(Meaning { said, exact })
}

fn weighted_mean(numbers: &[f64], weights: &[f64]) -> Result<f64, NoScore> {
    let sum: f64 = numbers.iter().zip(weights).map(|(number, weight)| number * weight).sum();
    let mean = sum / weights.iter().sum::<f64>();
    if mean.is_finite() { Ok(mean) } else { Err(NoScore::NotFinite) }
}

fn order(wanted: &Wanted, value: &Loose, exact: &mut bool) -> Result<Said, NoScore> {
    if let Loose::Text(text) = value {
        *exact = false;
        return super::prose::order_line(wanted, text).ok_or_else(|| fault_of_text(wanted, text));
    }
    let Loose::List(items) = value else { return Err(NoScore::Prose) };
    let mut tiers = Vec::with_capacity(items.len());
    for item in items {
        let tier = match item {
            Loose::List(names) => names.iter().map(|item| name(wanted, item, exact)).collect::<Result<Vec<_>, _>>()?,
            single => {
                *exact = false;
                vec![name(wanted, single, exact)?]
            }
        };
        if tier.is_empty() {
            *exact = false;
        } else {
            tiers.push(tier);
        }
    }
    of_tiers(wanted, tiers)
}

/// An order of names without repeats; it may lack some, but not all but one.
pub(super) fn of_tiers(wanted: &Wanted, mut tiers: Vec<Vec<usize>>) -> Result<Said, NoScore> {
    let mut named = vec![false; wanted.names.len()];
    for &at in tiers.iter().flatten() {
        if std::mem::replace(&mut named[at], true) {
            return Err(NoScore::BadNames);
        }
    }
    if named.iter().filter(|named| **named).count() < 2 {
        return Err(NoScore::Incomplete);
    }
    for tier in &mut tiers {
        tier.sort_unstable();
    }
    Ok(Said::Order(tiers))
}

/// The reply that an item of an order names.
fn name(wanted: &Wanted, item: &Loose, exact: &mut bool) -> Result<usize, NoScore> {
    let text = match item {
        Loose::Text(text) => text,
        Loose::Bare(word) => {
            *exact = false;
            word
        }
        // `{"id": "QX"}` says nothing else; with a rank or a score beside it, the two could differ.
        Loose::Object(fields) => match fields.as_slice() {
            [(key, Loose::Text(text))] if matches!(key.as_str(), "id" | "name" | "reply") => {
                *exact = false;
                text
            }
            _ => return Err(NoScore::Prose),
        },
        Loose::List(_) => return Err(NoScore::Prose),
    };
    let (at, is_exact) = wanted.name(text).ok_or_else(|| fault_of_text(wanted, text))?;
    *exact &= is_exact;
    Ok(at)
}

fn winner(wanted: &Wanted, value: &Loose, exact: &mut bool) -> Result<Said, NoScore> {
    let text = match value {
        Loose::Text(text) => text,
        Loose::Bare(word) => {
            *exact = false;
            word
        }
        Loose::List(items) if items.len() == 1 => {
            *exact = false;
            return winner(wanted, &items[0], exact);
        }
        Loose::List(_) | Loose::Object(_) => return Err(NoScore::Prose),
    };
    if text == "tie" {
        return Ok(Said::Winner(None));
    }
    if matches!(text.trim().to_lowercase().as_str(), "tie" | "a tie" | "draw" | "平" | "平局" | "平手" | "不分高下")
    {
        *exact = false;
        return Ok(Said::Winner(None));
    }
    let (at, is_exact) = wanted.name(text).ok_or_else(|| fault_of_text(wanted, text))?;
    *exact &= is_exact;
    Ok(Said::Winner(Some(at)))
}

/// A whole number of the scale. Nothing is rounded, and no number is moved to the end of the scale.
fn number(wanted: &Wanted, value: &Loose, exact: &mut bool) -> Result<f64, NoScore> {
    let written = match value {
        Loose::Bare(word) => word,
        Loose::Text(text) => {
            *exact = false;
            text
        }
        Loose::List(_) | Loose::Object(_) => return Err(NoScore::Prose),
    };
    let narrow = narrow(written.trim());
    let plain = narrow.strip_suffix(".0").unwrap_or(&narrow);
    *exact &= plain == written;
    let (best, worst) = wanted.range;
    if let Some(number) = (worst..=best).find(|number| number.to_string() == plain) {
        return Ok(f64::from(number));
    }
    let lower = narrow.to_lowercase();
    if narrow.chars().any(char::is_numeric) || lower.contains("nan") || lower.contains("inf") {
        return Err(NoScore::OutOfRange);
    }
    if lower == "whole number" || lower == "整数" {
        return Err(NoScore::Echo);
    }
    Err(NoScore::Prose)
}

/// Full-width digits as plain ones.
pub(super) fn narrow(text: &str) -> String {
    text.chars()
        .map(|c| if matches!(c, '\u{ff01}'..='\u{ff5e}') { char::from_u32(c as u32 - 0xfee0).unwrap_or(c) } else { c })
        .collect()
}

/// What is wrong with a text that names no reply.
fn fault_of_text(wanted: &Wanted, text: &str) -> NoScore {
    let is_example = EXAMPLE_NAMES.contains(&text.trim());
    if is_example || wanted.has_code(text) { NoScore::Echo } else { NoScore::BadNames }
}
