//! Markdown into blocks.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::document::{Block, Document, Kind, Line, Part, Span, Style, Table};
use super::source::{JOINER, Shown};

/// The most that is laid out as one, in bytes: a paragraph of 100 KB without a break would stall a frame.
const LONGEST: usize = 4 << 10;
/// Rows of a table that are laid out as one.
const ROWS: usize = 16;
/// The most that is parsed unless the whole is asked for, in bytes.
const READ: usize = 256 << 10;

/// Parse Markdown; the first 256 KB unless `whole`.
pub(crate) fn parse(source: &str, whole: bool) -> Document {
    let (head, left_out) = head(source, whole);
    let shown = Shown::of(head);
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_MATH;
    let mut builder = Builder::new(&shown);
    for (event, range) in Parser::new_ext(&shown.text, options).into_offset_iter() {
        builder.take(event, range);
    }
    builder.flush();
    Document { blocks: builder.blocks, links: builder.links, left_out }
}

/// A text as it is written, nothing hidden, nothing styled.
pub(crate) fn plain(source: &str, whole: bool) -> Document {
    let (head, left_out) = head(source, whole);
    let shown = Shown::of(head);
    let text = shown.text.replace(JOINER, "");
    let span = Span { source: 0..head.len(), text, style: Style::default() };
    let parts = split(vec![span], char::is_whitespace);
    let block = |line| Block { indent: 0, quoted: false, kind: Kind::Paragraph(line) };
    Document { blocks: parts.into_iter().map(block).collect(), links: Vec::new(), left_out }
}

/// The part that is read, and how many lines are not.
fn head(source: &str, whole: bool) -> (&str, usize) {
    if whole || source.len() <= READ {
        return (source, 0);
    }
    let end = (0..=READ).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0);
    let end = source[..end].rfind('\n').filter(|line| *line > READ / 2).unwrap_or(end);
    (&source[..end], source[end..].bytes().filter(|byte| *byte == b'\n').count().max(1))
}

struct Builder<'t> {
    shown: &'t Shown,
    blocks: Vec<Block>,
    links: Vec<String>,
    spans: Line,
    style: Style,
    /// The number of the next item for each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    marker: Option<String>,
    heading: Option<u8>,
    quotes: u8,
    /// Inside a code block.
    code: bool,
    table: Option<Vec<Vec<Line>>>,
    image: bool,
}

impl<'t> Builder<'t> {
    fn new(shown: &'t Shown) -> Self {
        Self {
            shown,
            blocks: Vec::new(),
            links: Vec::new(),
            spans: Vec::new(),
            style: Style::default(),
            lists: Vec::new(),
            marker: None,
            heading: None,
            quotes: 0,
            code: false,
            table: None,
            image: false,
        }
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        let code = Style { code: true, ..self.style };
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.push(&text, range, self.style),
            Event::Code(text) => self.push(&text, range, code),
            Event::Html(text) | Event::InlineHtml(text) => self.push(&text, range, self.style),
            // Maths is shown as it is written.
            Event::InlineMath(_) | Event::DisplayMath(_) => {
                let source = self.shown.text[range.clone()].to_owned();
                self.push(&source, range, code);
            }
            // A line break in a chat is meant, as most chat windows show it.
            Event::SoftBreak | Event::HardBreak => self.push("\n", range, self.style),
            Event::Rule => {
                self.flush();
                self.block(Kind::Rule);
            }
            Event::TaskListMarker(done) => self.push(if done { "☑ " } else { "☐ " }, range, self.style),
            Event::FootnoteReference(name) => self.push(&format!("[^{name}]"), range, self.style),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(level as u8);
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.quotes += 1;
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = true;
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
            Tag::Link { dest_url, .. } => self.link(dest_url.into_string()),
            // Never loaded: what it is called and where it lies is shown like a link.
            Tag::Image { dest_url, .. } => {
                self.image = true;
                self.link(dest_url.into_string());
            }
            Tag::Paragraph if self.table.is_none() && self.marker.is_none() => self.flush(),
            _ => {}
        }
    }

    fn link(&mut self, target: String) {
        self.style.link = u16::try_from(self.links.len()).ok();
        self.links.push(target);
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::HtmlBlock => self.flush(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => self.end_code(),
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
            TagEnd::Table => self.end_table(),
            TagEnd::Strong => self.style.bold = false,
            TagEnd::Emphasis => self.style.italic = false,
            TagEnd::Strikethrough => self.style.struck = false,
            TagEnd::Link | TagEnd::Image => self.end_link(),
            _ => {}
        }
    }

    /// A link shows where it leads.
    fn end_link(&mut self) {
        let Some(target) = self.style.link.and_then(|link| self.links.get(usize::from(link))).cloned() else { return };
        let end = self.spans.last().map_or(0, |span| span.source.end);
        if self.spans.last().is_none_or(|span| span.text != target) {
            let words = if self.image { format!(" (image {target})") } else { format!(" ({target})") };
            self.spans.push(Span { text: words, style: self.style, source: end..end });
        }
        self.style.link = None;
        self.image = false;
    }

    fn end_code(&mut self) {
        self.code = false;
        let mut spans = std::mem::take(&mut self.spans);
        if let Some(last) = spans.last_mut()
            && last.text.ends_with('\n')
        {
            last.text.pop();
            last.source.end = last.source.end.saturating_sub(1).max(last.source.start);
        }
        let mut parts = split(spans, |c| c == '\n');
        let count = parts.len();
        for (index, mut line) in parts.drain(..).enumerate() {
            let part = Part { first: index == 0, last: index + 1 == count };
            // The line end between two parts is the gap between two blocks.
            if !part.last
                && let Some(last) = line.last_mut()
                && last.text.ends_with('\n')
            {
                last.text.pop();
                last.source.end = last.source.end.saturating_sub(1).max(last.source.start);
            }
            self.block(Kind::Code(line, part));
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        let columns = table.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let mut ems = vec![1.0_f32; columns];
        for row in &table {
            for (column, cell) in row.iter().enumerate() {
                ems[column] = ems[column].max(cell.iter().map(|span| width_in_ems(&span.text)).sum());
            }
        }
        let ems: Arc<[f32]> = ems.into();
        let mut rows = table.into_iter().peekable();
        let mut head = true;
        while rows.peek().is_some() {
            let rows = rows.by_ref().take(ROWS).collect();
            self.block(Kind::Table(Table { rows, head: std::mem::take(&mut head), ems: Arc::clone(&ems) }));
        }
    }

    fn push(&mut self, text: &str, range: Range<usize>, style: Style) {
        // What a code span or an escape shows is a piece of what stands in the source.
        let inside = if text == "\n" { None } else { self.shown.text[range.clone()].find(text) };
        let range = inside.map_or(range.clone(), |at| range.start + at..range.start + at + text.len());
        let source = self.shown.back(range.start)..self.shown.back(range.end);
        self.spans.push(Span { text: text.replace(JOINER, ""), style, source });
    }

    fn flush(&mut self) {
        if self.code {
            return;
        }
        let spans = std::mem::take(&mut self.spans);
        if spans.iter().all(|span| span.text.trim().is_empty()) && self.marker.is_none() {
            self.heading = None;
            return;
        }
        let (heading, mut marker) = (self.heading.take(), self.marker.take());
        for line in split(spans, char::is_whitespace) {
            self.block(match (heading, marker.take()) {
                (Some(level), _) => Kind::Heading(level, line),
                (None, Some(marker)) => Kind::Item(marker, line),
                (None, None) => Kind::Paragraph(line),
            });
        }
    }

    fn block(&mut self, kind: Kind) {
        let indent = self.lists.len().min(8) as u8;
        self.blocks.push(Block { indent, quoted: self.quotes > 0, kind });
    }
}

/// Lines of bounded length, parted after a character that `fits` where there is one.
fn split(spans: Line, fits: impl Fn(char) -> bool) -> Vec<Line> {
    let mut parts: Vec<Line> = Vec::new();
    let mut part: Line = Vec::new();
    let mut length = 0;
    for span in spans {
        let one_to_one = span.text.len() == span.source.len();
        let mut start = 0;
        while length + span.text.len() - start > LONGEST {
            let rest = &span.text[start..];
            let room = LONGEST.saturating_sub(length).min(rest.len());
            let most = (0..=room).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(0);
            let place = rest[..most].char_indices().rev().find(|(at, c)| fits(*c) && *at > most / 2);
            let cut = place.map_or(most, |(at, c)| at + c.len_utf8());
            part.push(piece(&span, start..start + cut, one_to_one));
            start += cut;
            parts.push(std::mem::take(&mut part));
            length = 0;
        }
        length += span.text.len() - start;
        if start < span.text.len() || start == 0 {
            part.push(if start == 0 { span } else { piece(&span, start..span.text.len(), one_to_one) });
        }
    }
    if !part.is_empty() || parts.is_empty() {
        parts.push(part);
    }
    parts
}

fn piece(span: &Span, range: Range<usize>, one_to_one: bool) -> Span {
    let source =
        if one_to_one { span.source.start + range.start..span.source.start + range.end } else { span.source.clone() };
    Span { text: span.text[range].to_owned(), style: span.style, source }
}

/// About how wide a text is: a Han character is as wide as it is high, a Latin letter about half.
fn width_in_ems(text: &str) -> f32 {
    text.chars().map(|c| if c >= '\u{2e80}' { 1.0 } else { 0.56 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(document: &Document) -> String {
        document.blocks.iter().flat_map(|block| block.lines()).flatten().map(|span| span.text.as_str()).collect()
    }

    #[test]
    fn blocks_are_told_apart() {
        let document = parse(
            "# T\n\nA **b** `c`\n\n1. one\n2. two\n   - deep\n\n```rust\nlet a;\n```\n\n|x|y|\n|-|-|\n|1|2|\n\n> q\n\n---\n",
            false,
        );
        let kinds: Vec<&str> = document
            .blocks
            .iter()
            .map(|block| match block.kind {
                Kind::Paragraph(_) if block.quoted => "quote",
                Kind::Paragraph(_) => "paragraph",
                Kind::Heading(..) => "heading",
                Kind::Item(..) => "item",
                Kind::Code(..) => "code",
                Kind::Table(_) => "table",
                Kind::Rule => "rule",
            })
            .collect();
        assert_eq!(kinds, ["heading", "paragraph", "item", "item", "item", "code", "table", "quote", "rule"]);
        assert_eq!(document.blocks[4].indent, 2);
    }

    #[test]
    fn hostile_text_is_shown_as_what_it_is() {
        let document = parse("a\u{202e}b <img src=x> [click](http://evil) ![pic](file:///etc) $x_1 * y_2$", false);
        assert_eq!(words(&document), "a⟨U+202E⟩b <img src=x> click (http://evil) pic (image file:///etc) $x_1 * y_2$");
        assert_eq!(document.links, ["http://evil", "file:///etc"]);
    }

    #[test]
    fn emphasis_holds_beside_chinese_punctuation() {
        for text in ["**不急。**按下面", "看**“重点”**两字", "先**这样**。"] {
            let document = parse(text, false);
            let spans: Vec<_> = document.blocks[0].lines().into_iter().flatten().collect();
            assert!(spans.iter().any(|span| span.style.bold), "{text}: {spans:?}");
            assert!(spans.iter().all(|span| !span.text.contains("**")), "{text}: {spans:?}");
        }
    }

    #[test]
    fn spans_know_their_source() {
        let source =
            "中 **bold** `a b` [l](u) 1 &amp; 2\n\n```\ncode 1\n  code 2\n```\n\n| h | 表 |\n|-|-|\n| 格 | d |\n";
        let document = parse(source, false);
        let mut exact = 0;
        for span in document.blocks.iter().flat_map(|block| block.lines()).flatten() {
            assert!(source.is_char_boundary(span.source.start) && source.is_char_boundary(span.source.end));
            if span.text.len() == span.source.len() && span.text != "\n" {
                exact += 1;
                assert_eq!(&source[span.source.clone()], span.text);
            }
        }
        assert!(exact >= 10, "{exact}");
    }

    #[test]
    fn huge_blocks_are_parted_and_lose_nothing() {
        for long in ["字".repeat(50_000), format!("```\n{}```", "let line = 1;\n".repeat(5000))] {
            let document = parse(&long, false);
            assert!(document.blocks.len() > 10);
            let most = document
                .blocks
                .iter()
                .flat_map(|block| block.lines())
                .map(|line| line.iter().map(|s| s.text.len()).sum());
            assert!(most.max().unwrap_or(0usize) <= LONGEST);
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '`').count();
            assert_eq!(letters(&words(&document)), letters(&long));
        }
    }

    #[test]
    fn what_is_not_read_is_counted() {
        let long = "one line of text\n".repeat(300_000);
        let document = parse(&long, false);
        let read = words(&document).lines().count();
        assert!(document.left_out > 200_000 && read + document.left_out >= 299_999);
        assert_eq!(plain(&long, true).left_out, 0);
    }
}
