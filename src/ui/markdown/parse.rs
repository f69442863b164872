//! Markdown into blocks.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The longest paragraph that is laid out as one, in bytes; a longer one is split between words.
const LONGEST: usize = 8 << 10;

/// Word joiner: invisible, neither space nor punctuation.
const JOINER: char = '\u{2060}';

/// A reply as blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) blocks: Vec<Block>,
}

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// How deep in lists it stands.
    pub(crate) indent: u8,
    /// Inside a quotation.
    pub(crate) quoted: bool,
    pub(crate) kind: Kind,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Paragraph(Vec<Span>),
    /// Level 1 to 6.
    Heading(u8, Vec<Span>),
    /// A bullet or a number, and the text after it.
    Item(String, Vec<Span>),
    Code(String),
    /// Rows of cells; the first is the header.
    Table(Vec<Vec<Vec<Span>>>),
    Rule,
}

/// Text of one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) code: bool,
    pub(crate) struck: bool,
    pub(crate) link: bool,
}

/// Parse a text.
pub(crate) fn parse(text: &str) -> Document {
    let text = joined(&visible(text));
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut builder = Builder::default();
    for event in Parser::new_ext(&text, options) {
        builder.take(event);
    }
    builder.flush();
    Document { blocks: builder.blocks }
}

#[derive(Default)]
struct Builder {
    blocks: Vec<Block>,
    spans: Vec<Span>,
    style: Span,
    /// The number of the next item for each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    marker: Option<String>,
    heading: Option<u8>,
    quotes: u8,
    code: Option<String>,
    table: Option<Vec<Vec<Vec<Span>>>>,
    link: Option<String>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text.replace(JOINER, "")),
                None => self.push(&text, false),
            },
            Event::Code(text) => self.push(&text, true),
            Event::Html(text) | Event::InlineHtml(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.push(&text, false);
            }
            // A line break in a chat is meant, as most chat windows show it.
            Event::SoftBreak | Event::HardBreak => self.push("\n", false),
            Event::Rule => {
                self.flush();
                self.block(Kind::Rule);
            }
            Event::TaskListMarker(done) => self.push(if done { "☑ " } else { "☐ " }, false),
            Event::FootnoteReference(name) => self.push(&format!("[^{name}]"), false),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(number(level));
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.quotes += 1;
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = Some(String::new());
            }
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => {
                self.flush();
                self.marker = Some(match self.lists.last_mut() {
                    Some(Some(next)) => {
                        *next += 1;
                        format!("{}.", *next - 1)
                    }
                    _ => "•".to_owned(),
                });
            }
            Tag::Table(_) => {
                self.flush();
                self.table = Some(Vec::new());
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.push(Vec::new());
                }
            }
            Tag::Strong => self.style.bold = true,
            Tag::Emphasis => self.style.italic = true,
            Tag::Strikethrough => self.style.struck = true,
            Tag::Link { dest_url, .. } => {
                self.style.link = true;
                self.link = Some(dest_url.into_string());
            }
            Tag::Image { dest_url, .. } => self.link = Some(format!("image {dest_url}")),
            Tag::Paragraph if self.table.is_none() && self.marker.is_none() => self.flush(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::HtmlBlock => self.flush(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => {
                if let Some(code) = self.code.take() {
                    let code = code.strip_suffix('\n').unwrap_or(&code).to_owned();
                    self.block(Kind::Code(code));
                }
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.spans);
                if let Some(row) = self.table.as_mut().and_then(|table| table.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.block(Kind::Table(table));
                }
            }
            TagEnd::Strong => self.style.bold = false,
            TagEnd::Emphasis => self.style.italic = false,
            TagEnd::Strikethrough => self.style.struck = false,
            TagEnd::Link | TagEnd::Image => {
                self.style.link = false;
                if let Some(target) = self.link.take() {
                    // A link shows where it leads; it cannot be followed by accident.
                    let shown = self.spans.last().is_some_and(|span| span.text == target);
                    if !shown {
                        self.push(&format!(" ({target})"), false);
                    }
                }
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str, code: bool) {
        self.spans.push(Span { text: text.replace(JOINER, ""), code, ..self.style.clone() });
    }

    fn flush(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        if spans.iter().all(|span| span.text.trim().is_empty()) && self.marker.is_none() {
            self.heading = None;
            return;
        }
        let kind = match (self.heading.take(), self.marker.take()) {
            (Some(level), _) => Kind::Heading(level, spans),
            (None, Some(marker)) => Kind::Item(marker, spans),
            (None, None) => {
                for part in split(spans) {
                    self.block(Kind::Paragraph(part));
                }
                return;
            }
        };
        self.block(kind);
    }

    fn block(&mut self, kind: Kind) {
        let indent = self.lists.len().min(8) as u8;
        self.blocks.push(Block { indent, quoted: self.quotes > 0, kind });
    }
}

/// Paragraphs of bounded length: one of 100 KB without a break would stall a frame.
fn split(spans: Vec<Span>) -> Vec<Vec<Span>> {
    let mut parts = vec![Vec::new()];
    let mut length = 0;
    for span in spans {
        let mut rest = span.text.as_str();
        while length + rest.len() > LONGEST {
            let room = LONGEST.saturating_sub(length).min(rest.len());
            let cut = (0..=room).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(0);
            let cut = rest[..cut].rfind(char::is_whitespace).filter(|at| *at > cut / 2).unwrap_or(cut);
            if let Some(part) = parts.last_mut() {
                part.push(Span { text: rest[..cut].to_owned(), ..span.clone() });
            }
            rest = &rest[cut..];
            parts.push(Vec::new());
            length = 0;
        }
        length += rest.len();
        if let Some(part) = parts.last_mut() {
            part.push(Span { text: rest.to_owned(), ..span.clone() });
        }
    }
    parts
}

fn number(level: HeadingLevel) -> u8 {
    level as u8
}

/// CommonMark takes `**` beside Chinese punctuation for no emphasis at all, as in `**不急。**按下面`. A word joiner, which
/// is neither space nor punctuation, puts that right; [`Builder::push`] takes it out again.
fn joined(text: &str) -> String {
    if !text.contains("**") {
        return text.to_owned();
    }
    let chinese =
        |c: char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}' | '“' | '”' | '‘' | '’' | '…' | '—');
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find("**") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        shown.push_str(before);
        let previous = shown.chars().next_back();
        let next = after.chars().next();
        if previous.is_some_and(chinese) && word(next) {
            shown.push(JOINER);
        }
        shown.push_str("**");
        if next.is_some_and(chinese) && word(previous) {
            shown.push(JOINER);
        }
        rest = after;
    }
    shown + rest
}

/// The text with its invisible characters made visible: control characters, and those that change the direction of
/// text and could make it read as something else.
pub(crate) fn visible(text: &str) -> String {
    let hidden = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.chars().any(hidden) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len() + 32);
    for character in text.chars() {
        if hidden(character) {
            shown.push_str(&format!("⟨U+{:04X}⟩", character as u32));
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_told_apart() {
        let document = parse(
            "# T\n\nA **b** `c`\n\n1. one\n2. two\n   - deep\n\n```rust\nlet a;\n```\n\n|x|y|\n|-|-|\n|1|2|\n\n> q\n\n---\n",
        );
        let kinds: Vec<&str> = document
            .blocks
            .iter()
            .map(|block| match block.kind {
                Kind::Paragraph(_) if block.quoted => "quote",
                Kind::Paragraph(_) => "paragraph",
                Kind::Heading(..) => "heading",
                Kind::Item(..) => "item",
                Kind::Code(_) => "code",
                Kind::Table(_) => "table",
                Kind::Rule => "rule",
            })
            .collect();
        assert_eq!(kinds, ["heading", "paragraph", "item", "item", "item", "code", "table", "quote", "rule"]);
        assert_eq!(document.blocks[4].indent, 2);
    }

    #[test]
    fn hostile_text_is_shown_as_what_it_is() {
        let document = parse("a\u{202e}b <img src=x> [click](http://evil)");
        let Kind::Paragraph(spans) = &document.blocks[0].kind else { panic!("a paragraph") };
        let text: String = spans.iter().map(|span| span.text.as_str()).collect();
        assert_eq!(text, "a⟨U+202E⟩b <img src=x> click (http://evil)");
    }

    #[test]
    fn emphasis_holds_beside_chinese_punctuation() {
        for text in ["**不急。**按下面", "看**“重点”**两字", "先**这样**。"] {
            let document = parse(text);
            let Kind::Paragraph(spans) = &document.blocks[0].kind else { panic!("a paragraph") };
            assert!(spans.iter().any(|span| span.bold), "{text}: {spans:?}");
            assert!(spans.iter().all(|span| !span.text.contains("**")), "{text}: {spans:?}");
        }
    }

    #[test]
    fn a_huge_paragraph_is_split_and_loses_nothing() {
        let long = "字".repeat(50_000);
        let document = parse(&long);
        assert!(document.blocks.len() > 10);
        let all: String = document
            .blocks
            .iter()
            .flat_map(|block| match &block.kind {
                Kind::Paragraph(spans) => spans.iter().map(|span| span.text.as_str()).collect::<Vec<_>>(),
                _ => Vec::new(),
            })
            .collect();
        assert_eq!(all, long);
    }
}
