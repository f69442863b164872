//! Differences between replies: to a pinned one, word by word (character by character in Chinese), and what all of a
//! group share.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use super::document::{Change, Document, Line, Span, Style};

/// After this long the rest of two long texts is compared roughly.
const PATIENCE: Duration = Duration::from_millis(300);
/// So many words or characters in a row count as shared; fewer are shared by chance.
const SHINGLE: usize = 5;

/// A word, a Han character, a run of spaces or a mark.
struct Token<'d> {
    text: &'d str,
    style: Style,
    /// Where it stands: the number of its line in the document, and the place in the source.
    line: usize,
    source: std::ops::Range<usize>,
}

impl Token<'_> {
    /// Spaces and marks alone say nothing: two changes with only these between them are one.
    fn is_filler(&self) -> bool {
        !self.text.chars().any(char::is_alphanumeric)
    }
}

/// `document` with its differences to `pinned`: what is new is marked, what is gone is put in where it stood.
pub(crate) fn against(pinned: &Document, document: &Document) -> Document {
    let (old, new) = (tokens(pinned), tokens(document));
    let (old_words, new_words) = (texts(&old), texts(&new));
    let deadline = Some(Instant::now() + PATIENCE);
    let ops = capture_diff_slices_deadline(Algorithm::Patience, &old_words, &new_words, deadline);
    let mut lines: Vec<Line> = vec![Line::new(); line_count(document)];
    // Removed and added text of one place, removed first.
    let mut gone: Vec<&Token<'_>> = Vec::new();
    let mut came: Vec<&Token<'_>> = Vec::new();
    let mut at = 0;
    let changing = |op: &DiffOp| !matches!(op, DiffOp::Equal { .. });
    for (index, op) in ops.iter().enumerate() {
        let (_, before, after) = op.as_tag_tuple();
        let between = index > 0 && changing(&ops[index - 1]) && ops.get(index + 1).is_some_and(changing);
        if changing(op) || (between && new[after.clone()].iter().all(Token::is_filler)) {
            gone.extend(&old[before]);
            came.extend(&new[after]);
            continue;
        }
        put(&mut lines, &mut at, &gone, &came);
        (gone, came) = (Vec::new(), Vec::new());
        for token in &new[after] {
            at = token.line;
            push(&mut lines[at], token, None);
        }
    }
    put(&mut lines, &mut at, &gone, &came);
    let mut changed = document.clone();
    let mut lines = lines.into_iter();
    for line in changed.blocks.iter_mut().flat_map(|block| block.lines_mut()) {
        *line = lines.next().unwrap_or_default();
    }
    changed
}

fn put(lines: &mut [Line], at: &mut usize, gone: &[&Token<'_>], came: &[&Token<'_>]) {
    let place = came.first().map_or(*at, |token| token.line);
    if let Some(line) = lines.get_mut(place) {
        let ends_in_word = line.last().is_some_and(|last| last.text.ends_with(is_letter));
        if ends_in_word && gone.first().is_some_and(|token| token.text.starts_with(is_letter)) {
            let end = line.last().map_or(0, |last| last.source.end);
            line.push(Span { text: " ".to_owned(), style: Style::default(), source: end..end });
        }
        let mut before: Option<&Token<'_>> = None;
        // Line breaks of the other text are not its words.
        for token in gone.iter().filter(|token| !token.text.contains('\n')) {
            if before.is_some_and(|before| before.line != token.line) {
                push(line, &Token { text: " ", source: 0..0, ..**token }, Some(Change::Removed));
            }
            push(line, token, Some(Change::Removed));
            before = Some(token);
        }
        // Two words of Latin letters that were none beside each other stay two.
        let touch = before.is_some_and(|before| before.text.ends_with(is_letter) || before.text.ends_with('.'));
        if touch && came.first().is_some_and(|token| token.text.starts_with(is_letter)) {
            let end = line.last().map_or(0, |last| last.source.end);
            line.push(Span { text: " ".to_owned(), style: Style::default(), source: end..end });
        }
    }
    for token in came {
        *at = token.line;
        push(&mut lines[*at], token, Some(Change::Added));
    }
}

/// Put a token at the end of a line, into its last span where that looks the same. Removed text has no place in the
/// source of this reply.
fn push(line: &mut Line, token: &Token<'_>, change: Option<Change>) {
    let removed = change == Some(Change::Removed);
    let style = Style { change, link: token.style.link.filter(|_| !removed), ..token.style };
    let end = line.last().map_or(token.source.start, |last| last.source.end);
    let source = if removed { end..end } else { token.source.clone() };
    match line.last_mut() {
        Some(last) if last.style == style && last.source.end == source.start => {
            last.text.push_str(token.text);
            last.source.end = source.end;
        }
        _ => line.push(Span { text: token.text.to_owned(), style, source }),
    }
}

/// Dim in `document` what all `others` have word for word, too.
pub(crate) fn dim_shared(document: &mut Document, others: &[Document]) {
    let shared = others.iter().map(|other| shingles(&tokens(other))).reduce(|mut all, next| {
        all.retain(|shingle| next.contains(shingle));
        all
    });
    let Some(shared) = shared else { return };
    let own = tokens(document);
    let words: Vec<usize> = (0..own.len()).filter(|index| !own[*index].is_filler()).collect();
    let mut dim = vec![false; own.len()];
    for run in words.windows(SHINGLE) {
        if shared.contains(&shingle(run.iter().map(|index| own[*index].text))) {
            dim[run[0]..=run[SHINGLE - 1]].fill(true);
        }
    }
    let mut lines: Vec<Line> = vec![Line::new(); line_count(document)];
    for (token, dim) in own.iter().zip(dim) {
        let token = Token { style: Style { dim, ..token.style }, source: token.source.clone(), ..*token };
        push(&mut lines[token.line], &token, None);
    }
    let mut lines = lines.into_iter();
    for line in document.blocks.iter_mut().flat_map(|block| block.lines_mut()) {
        *line = lines.next().unwrap_or_default();
    }
}

fn shingles(tokens: &[Token<'_>]) -> HashSet<u64> {
    let words: Vec<&str> = tokens.iter().filter(|token| !token.is_filler()).map(|token| token.text).collect();
    words.windows(SHINGLE).map(|run| shingle(run.iter().copied())).collect()
}

fn shingle<'w>(words: impl Iterator<Item = &'w str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.for_each(|word| word.hash(&mut hasher));
    hasher.finish()
}

fn line_count(document: &Document) -> usize {
    document.blocks.iter().map(|block| block.lines().len()).sum()
}

fn texts<'d>(tokens: &[Token<'d>]) -> Vec<&'d str> {
    tokens.iter().map(|token| token.text).collect()
}

fn tokens(document: &Document) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let lines = document.blocks.iter().flat_map(|block| block.lines());
    for (line, spans) in lines.enumerate() {
        for span in spans {
            let one_to_one = span.text.len() == span.source.len();
            let mut start = 0;
            while start < span.text.len() {
                let length = token_length(&span.text[start..]);
                let source = if one_to_one {
                    span.source.start + start..span.source.start + start + length
                } else {
                    span.source.clone()
                };
                found.push(Token { text: &span.text[start..start + length], style: span.style, line, source });
                start += length;
            }
        }
    }
    found
}

/// The bytes of the first token.
fn token_length(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    let run = |fits: fn(char) -> bool| text.find(|c: char| !fits(c)).unwrap_or(text.len());
    if first != '\n' && first.is_whitespace() {
        run(|c| c != '\n' && c.is_whitespace())
    } else if is_letter(first) {
        run(is_letter)
    } else {
        first.len_utf8()
    }
}

/// Letters and digits of scripts that are written with spaces.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && c < '\u{2e80}'
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    fn marked(pinned: &str, text: &str) -> String {
        let document = against(&parse(pinned, false), &parse(text, false));
        let mut shown = String::new();
        for span in document.blocks.iter().flat_map(|block| block.lines()).flatten() {
            shown += &match span.style.change {
                Some(Change::Added) => format!("[+{}]", span.text),
                Some(Change::Removed) => format!("[-{}]", span.text),
                None => span.text.clone(),
            };
        }
        shown
    }

    #[test]
    fn words_in_latin_characters_in_chinese() {
        assert_eq!(marked("one two three four", "one too three four"), "one [-two] [+too] three four");
        assert_eq!(marked("每天两次，饭后服用", "每天三次，饭前服用"), "每天[-两][+三]次，饭[-后][+前]服用");
        assert_eq!(marked("same", "same"), "same");
    }

    #[test]
    fn changes_with_only_spaces_between_them_are_one() {
        assert_eq!(marked("a big dog ran", "a small cat ran"), "a [-big dog] [+small cat] ran");
    }

    #[test]
    fn the_blocks_stay_those_of_the_reply() {
        let document = against(&parse("# Old\n\ntext here", false), &parse("# New\n\n- text\n- more", false));
        assert_eq!(document.blocks.len(), 3);
        let kept: String = document
            .blocks
            .iter()
            .flat_map(|block| block.lines())
            .flatten()
            .filter(|span| !span.source.is_empty())
            .map(|span| span.text.as_str())
            .collect();
        assert_eq!(kept, "Newtextmore");
    }

    #[test]
    fn what_all_share_is_dimmed() {
        let texts = ["Thank you for asking. Take it with food, and rest.", "Thank you for asking! Drink water."];
        let [mut first, second] = texts.map(|text| parse(text, false));
        dim_shared(&mut first, &[second]);
        let dim: String = first.blocks[0].lines()[0].iter().filter(|s| s.style.dim).map(|s| s.text.as_str()).collect();
        assert_eq!(dim, "");
        let texts = ["Thank you very much for asking. Take it.", "Thank you very much for asking! Drink."];
        let [mut first, second] = texts.map(|text| parse(text, false));
        dim_shared(&mut first, &[second]);
        let dim: String = first.blocks[0].lines()[0].iter().filter(|s| s.style.dim).map(|s| s.text.as_str()).collect();
        assert_eq!(dim, "Thank you very much for asking");
    }
}
