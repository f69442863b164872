//! Code in colours that hold for most languages: comments, texts, numbers, common keywords, calls.

use egui::Color32;

use crate::ui::theme::Tokens;

const KEYWORDS: &str = " abstract alias and as assert async await begin BEGIN bool break BY by case catch char class \
    COMMIT commit const continue CREATE crate def default defer del DELETE do done double dyn echo elif else elsif end \
    enum except export extends extern False false fi final finally float fn for FROM from func function global go \
    GROUP if IF impl implements import in include INSERT int interface INTO is JOIN lambda let LIMIT local long loop \
    match mod module move mut namespace new nil None not null NULL ON or ORDER override package pass private \
    protected pub public raise ref require return SELECT self Self SET static string struct super switch TABLE template \
    then this throw throws trait True true try type typedef typeof union unless unsafe unsigned until UPDATE use using \
    VALUES val var virtual void volatile when WHERE where while with yield AND OR ";

/// The colour of each piece of a code block.
pub(super) fn highlight<'code>(t: &Tokens, code: &'code str) -> Vec<(&'code str, Color32)> {
    let mut parts = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (length, color) = piece(t, rest, first);
        let (part, after) = rest.split_at(length);
        parts.push((part, color));
        rest = after;
    }
    parts
}

fn piece(t: &Tokens, rest: &str, first: char) -> (usize, Color32) {
    let run = |ends: fn(char) -> bool| rest.find(ends).unwrap_or(rest.len());
    if rest.starts_with("//") || rest.starts_with("-- ") || rest.starts_with("# ") {
        return (run(|c| c == '\n'), t.text3);
    }
    if matches!(first, '"' | '\'' | '`') {
        let closing = rest[1..].char_indices().find(|(_, c)| *c == first || *c == '\n');
        return match closing {
            Some((at, c)) if c == first => (at + 1 + c.len_utf8(), t.chosen),
            // A lone quotation mark, as in a Rust lifetime.
            _ => (1, t.text),
        };
    }
    if first.is_ascii_digit() {
        return (run(|c| !c.is_ascii_alphanumeric() && c != '.' && c != '_'), t.rejected);
    }
    if first.is_alphabetic() || first == '_' {
        let length = run(|c| !c.is_alphanumeric() && c != '_');
        let word = &rest[..length];
        let keyword = KEYWORDS.split(' ').any(|keyword| keyword == word);
        let color = if keyword {
            t.machine
        } else if rest[length..].starts_with('(') {
            t.accent_text
        } else {
            t.text
        };
        return (length, color);
    }
    // Spaces and marks in one run; what may begin a comment or a text ends it.
    let length = rest
        .char_indices()
        .skip(1)
        .find(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | '"' | '\'' | '`' | '/' | '-' | '#'))
        .map_or(rest.len(), |(at, _)| at);
    (length, t.text)
}
