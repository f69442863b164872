//! The text that is parsed and how its bytes map back to the source: invisible characters made visible, and Chinese
//! emphasis helped over a rule of CommonMark.

/// Word joiner: invisible, neither space nor punctuation.
pub(super) const JOINER: char = '\u{2060}';

/// A text made from another, with the places where they differ.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) text: String,
    /// Where in `text` a piece begins that stands for another, its length, and the length of the other.
    edits: Vec<(usize, usize, usize)>,
}

impl Shown {
    /// What is parsed for a source.
    pub(super) fn of(source: &str) -> Self {
        let mut shown = Self { text: String::with_capacity(source.len() + 16), edits: Vec::new() };
        let mut rest = source;
        while let Some(at) = rest.find(|c: char| c == '*' || hidden(c)) {
            shown.text.push_str(&rest[..at]);
            let tail = &rest[at..];
            let Some(first) = tail.chars().next() else { break };
            let length = if tail.starts_with("**") { 2 } else { first.len_utf8() };
            let after = &tail[length..];
            if hidden(first) {
                shown.put(&format!("⟨U+{:04X}⟩", first as u32), length);
            } else if length == 2 {
                shown.emphasis(after);
            } else {
                shown.text.push(first);
            }
            rest = after;
        }
        shown.text.push_str(rest);
        shown
    }

    /// CommonMark takes `**` beside Chinese punctuation for no emphasis at all, as in `**不急。**按下面`. A joiner puts
    /// that right; the parser takes it out again.
    fn emphasis(&mut self, after: &str) {
        let (previous, next) = (self.text.chars().next_back(), after.chars().next());
        if previous.is_some_and(chinese_mark) && word(next) {
            self.put(JOINER.encode_utf8(&mut [0; 4]), 0);
        }
        self.text.push_str("**");
        if next.is_some_and(chinese_mark) && word(previous) {
            self.put(JOINER.encode_utf8(&mut [0; 4]), 0);
        }
    }

    fn put(&mut self, text: &str, source_length: usize) {
        self.edits.push((self.text.len(), text.len(), source_length));
        self.text.push_str(text);
    }

    /// The byte of the source for a byte of the text.
    pub(super) fn back(&self, at: usize) -> usize {
        let passed = self.edits.partition_point(|(place, ..)| *place < at);
        // Edits are few; most texts have none.
        let mut source = at;
        for (place, length, original) in &self.edits[..passed] {
            let inside = (at - place).min(*length);
            source = source - inside + if inside == *length { *original } else { 0 };
        }
        source
    }
}

/// A text with its invisible characters made visible.
pub(crate) fn visible(text: &str) -> String {
    Shown::of(text).text.replace(JOINER, "")
}

fn chinese_mark(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

fn word(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

/// Control characters, and those that change the direction of text and could make it read as something else.
fn hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_finds_its_way_back() {
        let source = "a\u{202e}b**不急。**按 ** c";
        let shown = Shown::of(source);
        assert!(shown.text.contains("⟨U+202E⟩"));
        for (at, c) in shown.text.char_indices().filter(|(_, c)| "ab不急按c".contains(*c)) {
            assert!(source[shown.back(at)..].starts_with(c), "{c} at {at}");
        }
        assert_eq!(shown.back(shown.text.len()), source.len());
    }
}
