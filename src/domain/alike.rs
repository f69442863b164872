//! Replies that say the same in nearly the same words.

use std::collections::HashMap;

/// From this overlap on two texts are alike: token Jaccard, counted with repetitions.
const ALIKE: f64 = 0.95;

/// For each text the index of the first text that it is alike to, its own where there is none before it.
pub fn alike(texts: &[&str]) -> Vec<usize> {
    let bags: Vec<Bag> = texts.iter().map(|text| Bag::of(text)).collect();
    let mut first: Vec<usize> = Vec::with_capacity(texts.len());
    for (index, bag) in bags.iter().enumerate() {
        let same = (0..index).find(|&other| first[other] == other && bags[other].is_alike(bag));
        first.push(same.unwrap_or(index));
    }
    first
}

/// Tokens with how often they occur.
struct Bag<'text> {
    counts: HashMap<&'text str, u32>,
    total: u32,
}

impl<'text> Bag<'text> {
    fn of(text: &'text str) -> Self {
        let mut counts = HashMap::new();
        let mut total = 0;
        for token in tokens(text) {
            *counts.entry(token).or_default() += 1;
            total += 1;
        }
        Self { counts, total }
    }

    fn is_alike(&self, other: &Self) -> bool {
        // The shorter one cannot hold more than all of itself.
        let (short, long) = (self.total.min(other.total), self.total.max(other.total));
        if short == 0 || f64::from(short) < ALIKE * f64::from(long) {
            return false;
        }
        let common: u32 = self
            .counts
            .iter()
            .map(|(token, count)| other.counts.get(token).map_or(0, |theirs| *count.min(theirs)))
            .sum();
        f64::from(common) >= ALIKE * f64::from(self.total + other.total - common)
    }
}

/// Words of what is written with spaces, single characters of what is not. Marks and spaces are no tokens.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).flat_map(|word| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let first = rest.chars().next()?;
            let end =
                if stands_alone(first) { first.len_utf8() } else { rest.find(stands_alone).unwrap_or(rest.len()) };
            let (token, after) = rest.split_at(end);
            rest = after;
            Some(token)
        })
    })
}

/// Han and kana, each a token of its own.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_nearly_equal_is_alike() {
        let long =
            "Take the umbrella with you today because it will rain in the late afternoon, and wear boots. ".repeat(2);
        let nearly = long.replacen("boots.", "boots!", 1);
        let other = long.replace("rain", "snow").replace("umbrella", "sledge").replace("boots", "gloves");
        assert_eq!(alike(&[&long, &other, &nearly]), [0, 1, 0]);
        assert_eq!(alike(&["是", "不是", "是。", ""]), [0, 1, 0, 3]);
    }

    #[test]
    fn empty_texts_stay_apart() {
        assert_eq!(alike(&["", "", "。"]), [0, 1, 2]);
    }
}
