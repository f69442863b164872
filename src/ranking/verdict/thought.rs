//! What a judge thought aloud is not what it says; and an answer that goes round in circles.

/// The tags between which models think inside their text.
const TAGS: [(&str, &str); 3] = [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("◁think▷", "◁/think▷")];

/// A text without its thinking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ranking) struct Spoken<'a> {
    /// What comes after the last thought, without space around it.
    pub(in crate::ranking) text: &'a str,
    /// There was a thought.
    pub(super) thought: bool,
    /// A thought begins and does not end.
    pub(super) open: bool,
}

/// Cuts through the last closing tag. The opening one may have been part of the prompt, so it need not be there.
pub(super) fn spoken(text: &str) -> Spoken<'_> {
    let text = text.trim_start_matches('\u{feff}');
    let closed = TAGS.iter().filter_map(|(_, close)| Some(text.rfind(close)? + close.len())).max();
    let after = &text[closed.unwrap_or(0)..];
    let opened = TAGS.iter().filter_map(|(open, _)| after.find(open)).min();
    let said = &after[..opened.unwrap_or(after.len())];
    Spoken { text: said.trim().trim_start_matches('\u{feff}'), thought: closed.is_some(), open: opened.is_some() }
}

/// Characters at the end of an answer that must repeat for it to be a loop.
const TAIL: usize = 240;
/// The longest round of a loop, in characters.
const ROUND: usize = 400;
/// Rounds that make it one.
const ROUNDS: usize = 4;

/// Whether a text repeats itself at its end. Its last round may be cut.
pub(super) fn loops(text: &str) -> bool {
    let tail: Vec<char> = text.chars().rev().take(ROUND * ROUNDS).collect();
    (1..=ROUND).any(|round| {
        let needed = TAIL.max(round * ROUNDS);
        tail.len() >= needed && (round..needed).all(|at| tail[at] == tail[at - round])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_comes_after_thinking_is_said() {
        let cases = [
            ("7", "7", false, false),
            ("<think>3</think>\n7", "7", true, false),
            ("hm</think>7", "7", true, false),
            ("<think>a</think><think>b</think>7", "7", true, false),
            ("<think>never closed {\"score\":7}", "", false, true),
            ("<think>a</think>7<think>b", "7", true, true),
            ("◁think▷a◁/think▷7", "7", true, false),
            ("\u{feff}7", "7", false, false),
        ];
        for (text, said, thought, open) in cases {
            assert_eq!(spoken(text), Spoken { text: said, thought, open }, "{text}");
        }
    }

    #[test]
    fn a_loop_is_told_from_a_long_answer() {
        assert!(loops(&"so the first is better than the second; ".repeat(20)));
        assert!(loops(&format!("{{\"reason\": \"{}", "\n".repeat(300))));
        assert!(loops(&format!("a beginning, then {}第一个", "第一个比第二个好，所以".repeat(40))));
        let prose = (0..200).map(|word| format!("word{word}")).collect::<Vec<_>>().join(" ");
        assert!(!loops(&prose));
        assert!(!loops("ha ha ha ha ha"));
    }
}
