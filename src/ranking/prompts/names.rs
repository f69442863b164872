//! What replies are called in one request, and the codes of its fences.

use crate::domain::{Prompt, SplitMix64};

/// Letters of names: consonants, so that no word and no article comes out.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
/// Each name has one of these, so that it is hardly ever the short form of anything (PC, VM, HR).
const RARE: &[u8] = b"JQXZ";
/// Names that mean something all the same.
const MEANINGFUL: &[&str] = &[
    "BJ", "BX", "DJ", "DX", "FX", "GJ", "GZ", "HZ", "JB", "JC", "JD", "JK", "JL", "JP", "JR", "JS", "JV", "JX", "LX",
    "MX", "NJ", "NZ", "PX", "QA", "QB", "QC", "QD", "QJ", "QL", "QR", "QS", "QT", "RX", "SJ", "SQ", "SX", "SZ", "TJ",
    "TX", "TZ", "VX", "WX", "XL", "XP", "XR", "XS", "XT", "ZB", "ZH", "ZJ", "ZL", "ZM",
];
/// Draws before a name that stands in a text is taken all the same: a text can hold every pair of letters.
const DRAWS: usize = 6_000;

/// The names and codes of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ranking) struct Labels {
    /// A name for each reply shown.
    pub(in crate::ranking) names: Vec<String>,
    /// The code of the prompt's fence: the same for all requests of a group, so that their beginning is the same.
    pub(in crate::ranking) group_code: String,
    /// The code of the replies' fences.
    pub(in crate::ranking) call_code: String,
}

impl Labels {
    /// For `count` replies. `texts` is everything that could be shown: no code occurs in it, and no name stands in it as
    /// a word, as long as there are such names. `group` and `call` are seeds.
    pub(in crate::ranking) fn draw(count: usize, group: u64, call: u64, texts: &Texts) -> Self {
        let group_code = code(&mut SplitMix64::new(group), texts, "");
        let mut random = SplitMix64::new(call);
        let call_code = code(&mut random, texts, &group_code);
        let mut names: Vec<String> = Vec::with_capacity(count);
        let mut draws = 0;
        while names.len() < count {
            let letters = [LETTERS[random.below(LETTERS.len())], LETTERS[random.below(LETTERS.len())]];
            let name: String = letters.iter().map(|letter| char::from(*letter)).collect();
            let turned: String = name.chars().rev().collect();
            draws += 1;
            let is_free = letters[0] != letters[1] && !names.contains(&name) && !names.contains(&turned);
            let is_rare = letters.iter().any(|letter| RARE.contains(letter));
            let is_silent = is_rare && !MEANINGFUL.contains(&name.as_str()) && !texts.have_word(&name);
            if is_free && (is_silent || draws > DRAWS) {
                names.push(name);
            }
        }
        Self { names, group_code, call_code }
    }
}

/// Six random hexadecimal digits that occur nowhere in the texts.
fn code(random: &mut SplitMix64, texts: &Texts, other: &str) -> String {
    loop {
        let code = format!("{:06x}", random.below(1 << 24));
        // Some sixteen million codes: no text that fits into a request holds them all.
        if code != other && !texts.have(&code) {
            return code;
        }
    }
}

/// All that a request of a group could show.
pub(in crate::ranking) struct Texts<'a> {
    all: Vec<&'a str>,
}

impl<'a> Texts<'a> {
    /// A prompt and replies.
    pub(in crate::ranking) fn new(prompt: &'a Prompt, replies: impl Iterator<Item = &'a str>) -> Self {
        Self { all: prompt.messages().map(|(_, text)| text).chain(replies).collect() }
    }

    fn have(&self, code: &str) -> bool {
        self.all.iter().any(|text| text.contains(code))
    }

    /// Whether a name stands in a text by itself, in capitals.
    fn have_word(&self, name: &str) -> bool {
        self.all.iter().any(|text| {
            text.match_indices(name).any(|(start, _)| {
                let is_letter = |c: char| c.is_ascii_alphanumeric();
                let before = text[..start].chars().next_back();
                let after = text[start + name.len()..].chars().next();
                !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_no_words_and_never_equal() {
        let prompt = Prompt::new(None, "q");
        for seed in 0..300 {
            let labels = Labels::draw(8, 1, seed, &Texts::new(&prompt, std::iter::empty()));
            assert_eq!(labels.names.iter().collect::<HashSet<_>>().len(), 8);
            for name in &labels.names {
                assert!(name.len() == 2 && !name.contains(['A', 'E', 'I', 'O', 'U', 'Y']), "{name}");
                assert!(name.contains(['J', 'Q', 'X', 'Z']) && !MEANINGFUL.contains(&name.as_str()), "{name}");
                let turned: String = name.chars().rev().collect();
                assert!(!labels.names.contains(&turned), "{name} could be misread for {turned}");
            }
        }
    }

    #[test]
    fn a_name_or_code_that_a_text_holds_is_drawn_anew() {
        let prompt = Prompt::new(None, "q");
        let first = Labels::draw(2, 1, 7, &Texts::new(&prompt, std::iter::empty()));
        let reply = format!("choose {} for {} or {}", first.names[0], first.call_code, first.group_code);
        let second = Labels::draw(2, 1, 7, &Texts::new(&prompt, std::iter::once(reply.as_str())));
        assert!(!second.names.contains(&first.names[0]));
        assert_ne!(second.call_code, first.call_code);
        assert_ne!(second.group_code, first.group_code);
        let inside = format!("x{}y", first.names[0]);
        let third = Labels::draw(2, 1, 7, &Texts::new(&prompt, std::iter::once(inside.as_str())));
        assert_eq!(third, first, "letters inside a word are no name");
    }

    #[test]
    fn a_text_of_all_names_stops_nobody() {
        let pairs = LETTERS.iter().flat_map(|one| LETTERS.iter().map(move |other| (*one, *other)));
        let all: String = pairs.flat_map(|(one, other)| [char::from(one), char::from(other), ' ']).collect();
        let prompt = Prompt::new(None, all);
        let labels = Labels::draw(8, 1, 2, &Texts::new(&prompt, std::iter::empty()));
        assert_eq!(labels.names.iter().collect::<HashSet<_>>().len(), 8);
    }
}
