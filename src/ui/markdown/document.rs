//! A reply as blocks, each span with the place in the source that it came from, so that what is copied is the original.

use std::ops::Range;
use std::sync::Arc;

/// A text as blocks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Document {
    pub(crate) blocks: Vec<Block>,
    /// Targets of links, by the number in [`Style::link`].
    pub(crate) links: Vec<String>,
    /// Lines at the end of the source that the blocks leave out.
    pub(crate) left_out: usize,
}

/// One block, small enough to be laid out in a frame.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Block {
    /// How deep in lists it stands.
    pub(crate) indent: u8,
    /// Inside a quotation.
    pub(crate) quoted: bool,
    pub(crate) kind: Kind,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Paragraph(Line),
    /// Level 1 to 6.
    Heading(u8, Line),
    /// A bullet or a number, and the text after it.
    Item(String, Line),
    Code(Line, Part),
    Table(Table),
    Rule,
}

/// Text that is laid out as one.
pub(crate) type Line = Vec<Span>;

/// Where a part of a long block stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) first: bool,
    pub(crate) last: bool,
}

/// Some rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Vec<Line>>,
    /// The first row is the header.
    pub(crate) head: bool,
    /// About how wide the widest cell of each column is, in units of the type size; for all rows of the table.
    pub(crate) ems: Arc<[f32]>,
}

/// Text of one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) style: Style,
    /// The bytes of the source that it shows. As long as the text where it shows them one to one.
    pub(crate) source: Range<usize>,
}

/// How a span looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) code: bool,
    pub(crate) struck: bool,
    /// All replies share it, and the person wants to see what they do not.
    pub(crate) dim: bool,
    pub(crate) link: Option<u16>,
    pub(crate) change: Option<Change>,
}

/// How text differs from the pinned reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Added,
    /// Text of the pinned reply that is not here.
    Removed,
}

impl Block {
    /// What is laid out, in the order of reading.
    pub(crate) fn lines(&self) -> Vec<&Line> {
        match &self.kind {
            Kind::Paragraph(line) | Kind::Heading(_, line) | Kind::Item(_, line) | Kind::Code(line, _) => vec![line],
            Kind::Table(table) => table.rows.iter().flatten().collect(),
            Kind::Rule => Vec::new(),
        }
    }

    /// See [`Self::lines`].
    pub(crate) fn lines_mut(&mut self) -> Vec<&mut Line> {
        match &mut self.kind {
            Kind::Paragraph(line) | Kind::Heading(_, line) | Kind::Item(_, line) | Kind::Code(line, _) => vec![line],
            Kind::Table(table) => table.rows.iter_mut().flatten().collect(),
            Kind::Rule => Vec::new(),
        }
    }
}

impl Span {
    fn one_to_one(&self) -> bool {
        self.text.len() == self.source.len()
    }

    /// The byte of the source that `at` bytes into the text shows.
    fn source_at(&self, at: usize) -> usize {
        if self.one_to_one() {
            self.source.start + at.min(self.source.len())
        } else if at * 2 < self.text.len() {
            self.source.start
        } else {
            self.source.end
        }
    }
}

/// The byte of the source that `at` bytes into a line shows.
pub(crate) fn source_at(line: &Line, at: usize) -> usize {
    let mut before = 0;
    for span in line {
        if at < before + span.text.len() {
            return span.source_at(at - before);
        }
        before += span.text.len();
    }
    line.last().map_or(0, |span| span.source.end)
}

/// The bytes of a line that show the selected bytes of the source.
pub(crate) fn selected(line: &Line, selection: &Range<usize>) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    let mut before = 0;
    for span in line {
        let shown = span.style.change != Some(Change::Removed);
        let (start, end) = (selection.start.max(span.source.start), selection.end.min(span.source.end));
        if shown && start < end {
            let (from, to) = if span.one_to_one() {
                (before + start - span.source.start, before + end - span.source.start)
            } else {
                (before, before + span.text.len())
            };
            found = Some(found.map_or(from..to, |found| found.start..to));
        }
        before += span.text.len();
    }
    found
}

/// The link at `at` bytes into a line.
pub(crate) fn link_at(line: &Line, at: usize) -> Option<u16> {
    let mut before = 0;
    for span in line {
        before += span.text.len();
        if at < before {
            return span.style.link;
        }
    }
    None
}
