//! Blocks measured and painted.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, CornerRadius, Galley, Pos2, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::parse::{Block, Document, Kind, Span};
use crate::ui::theme::{self, Tokens, fonts, tokens};

/// How far a level of a list is set in.
const INDENT: f32 = 20.0;
const CODE_PADDING: f32 = 12.0;
const CELL_PADDING: f32 = 6.0;

/// The heights of a document's blocks at one width and size.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Measured {
    width: f32,
    size: f32,
    /// The top of each block and, last, the bottom of all.
    tops: Vec<f32>,
}

impl Measured {
    /// The height of the whole document.
    pub(crate) fn height(&self) -> f32 {
        self.tops.last().copied().unwrap_or(0.0)
    }

    pub(crate) fn fits(&self, width: f32, size: f32) -> bool {
        self.width == width && self.size == size
    }
}

/// Measure every block.
pub(crate) fn measure(ui: &Ui, document: &Document, width: f32, reading: (f32, f32)) -> Measured {
    let mut tops = Vec::with_capacity(document.blocks.len() + 1);
    let mut y = 0.0;
    for (index, block) in document.blocks.iter().enumerate() {
        if index > 0 {
            y += gap(&document.blocks[index - 1], block);
        }
        tops.push(y);
        y += Painted::of(ui, block, width, reading).height;
    }
    tops.push(y);
    Measured { width, size: reading.0, tops }
}

/// Paint the blocks of a document that lie in the clip rectangle; how many that were.
pub(crate) fn draw(ui: &Ui, document: &Document, measured: &Measured, at: Pos2, reading: (f32, f32)) -> usize {
    let clip = ui.clip_rect();
    let first = measured.tops.partition_point(|top| at.y + top < clip.top()).saturating_sub(1);
    let mut drawn = 0;
    for (block, top) in document.blocks.iter().zip(&measured.tops).skip(first) {
        let y = at.y + top;
        if y > clip.bottom() {
            break;
        }
        Painted::of(ui, block, measured.width, reading).paint(ui, block, pos2(at.x, y), measured.width);
        drawn += 1;
    }
    drawn
}

fn gap(before: &Block, after: &Block) -> f32 {
    match (&before.kind, &after.kind) {
        (Kind::Item(..), Kind::Item(..)) => tokens::S1,
        (Kind::Heading(..), _) => tokens::S1,
        (_, Kind::Heading(..)) => tokens::S3,
        _ => tokens::S2,
    }
}

/// A block laid out for this frame.
struct Painted {
    height: f32,
    /// Galleys with their places.
    parts: Vec<(egui::Vec2, Arc<Galley>)>,
    /// Lines across a table.
    lines: Vec<f32>,
}

impl Painted {
    fn of(ui: &Ui, block: &Block, width: f32, reading: (f32, f32)) -> Self {
        let t = theme::of(ui);
        let quote = if block.quoted { tokens::S3 } else { 0.0 };
        let depth = f32::from(block.indent);
        let inside = |indent: f32| (width - indent - quote).max(40.0);
        let lay = |job: LayoutJob| ui.painter().layout_job(job);
        let one = |x: f32, galley: Arc<Galley>| {
            let height = galley.size().y;
            Self { height, parts: vec![(vec2(x + quote, 0.0), galley)], lines: Vec::new() }
        };
        match &block.kind {
            Kind::Paragraph(spans) => {
                let color = if block.quoted { t.text2 } else { t.text };
                one(depth * INDENT, lay(job(t, spans, reading, inside(depth * INDENT), color, false)))
            }
            Kind::Heading(level, spans) => {
                let scale = [1.3, 1.18, 1.08, 1.0, 1.0, 1.0][usize::from(level.saturating_sub(1)).min(5)];
                let reading = ((reading.0 * scale).round(), (reading.1 * scale).round());
                one(depth * INDENT, lay(job(t, spans, reading, inside(depth * INDENT), t.text, true)))
            }
            Kind::Item(marker, spans) => {
                let format = plain(t.text3, fonts::regular(reading.0), reading.1);
                let marker = lay(LayoutJob::single_section(marker.clone(), format));
                let x = depth * INDENT;
                let mut item = one(x, lay(job(t, spans, reading, inside(x), t.text, false)));
                let lead = (x - INDENT + 4.0).max(0.0);
                let lead = if marker.size().x > 14.0 { (x - marker.size().x - 4.0).max(0.0) } else { lead };
                item.parts.push((vec2(lead + quote, 0.0), marker));
                item
            }
            Kind::Code(code) => {
                let size = (reading.0 - 1.5).max(10.0);
                let mut text =
                    LayoutJob { wrap: wrap(inside(depth * INDENT) - CODE_PADDING * 2.0), ..LayoutJob::default() };
                for (part, color) in highlight(t, code) {
                    text.append(part, 0.0, plain(color, fonts::mono(size), (size * 1.55).round()));
                }
                let mut block = one(depth * INDENT + CODE_PADDING, lay(text));
                block.height += CODE_PADDING * 1.6;
                for (at, _) in &mut block.parts {
                    at.y += CODE_PADDING * 0.8;
                }
                block
            }
            Kind::Table(rows) => Self::table(ui, rows, inside(0.0), reading),
            Kind::Rule => Self { height: 9.0, parts: Vec::new(), lines: vec![4.0] },
        }
    }

    fn table(ui: &Ui, rows: &[Vec<Vec<Span>>], width: f32, reading: (f32, f32)) -> Self {
        let t = theme::of(ui);
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let lay = |cell: &[Span], width: f32, head: bool| {
            let color = if head { t.text2 } else { t.text };
            ui.painter().layout_job(job(t, cell, reading, width, color, head))
        };
        // What each column would like, then what it gets.
        let mut wish = vec![24.0_f32; columns];
        for (index, row) in rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                wish[column] = wish[column].max(lay(cell, f32::INFINITY, index == 0).size().x + CELL_PADDING * 2.0);
            }
        }
        let total: f32 = wish.iter().sum();
        if total > width {
            let fair = width / columns as f32;
            let narrow: f32 = wish.iter().filter(|wish| **wish <= fair).sum();
            let greedy: f32 = wish.iter().filter(|wish| **wish > fair).sum();
            let scale = ((width - narrow) / greedy.max(1.0)).max(0.05);
            for wish in wish.iter_mut().filter(|wish| **wish > fair) {
                *wish *= scale;
            }
        }
        let mut painted = Self { height: 0.0, parts: Vec::new(), lines: Vec::new() };
        for (index, row) in rows.iter().enumerate() {
            let (mut x, mut height) = (0.0, reading.1);
            for (column, cell) in row.iter().enumerate() {
                let galley = lay(cell, (wish[column] - CELL_PADDING * 2.0).max(16.0), index == 0);
                height = height.max(galley.size().y);
                painted.parts.push((vec2(x, painted.height + CELL_PADDING * 0.6), galley));
                x += wish[column];
            }
            painted.height += height + CELL_PADDING * 1.2;
            painted.lines.push(painted.height);
        }
        painted
    }

    fn paint(self, ui: &Ui, block: &Block, at: Pos2, width: f32) {
        let t = theme::of(ui);
        let stroke = Stroke::new(1.0, t.stroke);
        if let Kind::Code(_) = block.kind {
            let left = at.x + f32::from(block.indent) * INDENT;
            let rect = Rect::from_min_max(pos2(left, at.y), pos2(at.x + width, at.y + self.height));
            ui.painter().rect(rect, CornerRadius::same(tokens::R1), t.inset, stroke, StrokeKind::Inside);
        }
        if block.quoted {
            let bar = Rect::from_min_size(at, vec2(3.0, self.height));
            ui.painter().rect_filled(bar, 1.0, t.stroke_strong);
        }
        for line in self.lines {
            ui.painter().hline(at.x..=at.x + width, at.y + line, stroke);
        }
        for (offset, galley) in self.parts {
            ui.painter().galley(at + offset, galley, t.text);
        }
    }
}

fn job(t: &Tokens, spans: &[Span], reading: (f32, f32), width: f32, color: Color32, strong: bool) -> LayoutJob {
    let mut job = LayoutJob { wrap: wrap(width), ..LayoutJob::default() };
    for span in spans {
        let font = match (span.code, span.bold || strong, span.italic) {
            (true, ..) => fonts::mono(reading.0 - 1.0),
            (false, true, _) => fonts::semibold(reading.0),
            (false, false, true) => fonts::italic(reading.0),
            (false, false, false) => fonts::regular(reading.0),
        };
        let mut format = plain(if span.link { t.accent_text } else { color }, font, reading.1);
        if span.code {
            format.background = t.inset;
        }
        if span.struck {
            format.strikethrough = Stroke::new(1.0, color);
        }
        if span.link {
            format.underline = Stroke::new(1.0, t.accent_text);
        }
        job.append(&span.text, 0.0, format);
    }
    job
}

fn plain(color: Color32, font_id: egui::FontId, line_height: f32) -> TextFormat {
    TextFormat { font_id, color, line_height: Some(line_height), ..TextFormat::default() }
}

fn wrap(width: f32) -> TextWrapping {
    TextWrapping { max_width: width, ..TextWrapping::default() }
}

/// Code in colours that hold for most languages: comments, texts, numbers and common keywords.
fn highlight<'code>(t: &Tokens, code: &'code str) -> Vec<(&'code str, Color32)> {
    const KEYWORDS: &[&str] = &[
        "as",
        "async",
        "await",
        "begin",
        "break",
        "case",
        "class",
        "commit",
        "const",
        "continue",
        "def",
        "do",
        "elif",
        "else",
        "end",
        "enum",
        "except",
        "export",
        "false",
        "False",
        "fn",
        "for",
        "from",
        "FROM",
        "func",
        "function",
        "if",
        "impl",
        "import",
        "in",
        "insert",
        "INSERT",
        "INTO",
        "interface",
        "lambda",
        "let",
        "loop",
        "match",
        "mod",
        "mut",
        "new",
        "None",
        "not",
        "null",
        "or",
        "and",
        "pass",
        "pub",
        "return",
        "SELECT",
        "SET",
        "self",
        "static",
        "struct",
        "super",
        "switch",
        "then",
        "throw",
        "trait",
        "true",
        "True",
        "try",
        "type",
        "unsafe",
        "UPDATE",
        "use",
        "VALUES",
        "var",
        "WHERE",
        "while",
        "with",
        "yield",
        "BEGIN",
        "COMMIT",
        "AND",
        "OR",
        "JOIN",
        "ON",
        "ORDER",
        "BY",
        "GROUP",
        "LIMIT",
        "fi",
        "done",
        "echo",
    ];
    let mut parts = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let line_end = rest.find('\n').unwrap_or(rest.len());
        let (length, color) = if rest.starts_with("//") || rest.starts_with("-- ") || rest.starts_with("# ") {
            (line_end, t.text3)
        } else if matches!(first, '"' | '\'' | '`') {
            let closing = rest[1..].char_indices().find(|(_, c)| *c == first || *c == '\n');
            match closing {
                Some((at, c)) if c == first => (at + 1 + c.len_utf8(), t.chosen),
                // A lone quotation mark, as in a Rust lifetime.
                _ => (1, t.text),
            }
        } else if first.is_ascii_digit() {
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').unwrap_or(rest.len());
            (length, t.rejected)
        } else if first.is_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let word = &rest[..length];
            let called = rest[length..].starts_with('(');
            let color = if KEYWORDS.contains(&word) {
                t.machine
            } else if called {
                t.accent_text
            } else {
                t.text
            };
            (length, color)
        } else {
            (first.len_utf8(), t.text)
        };
        let (part, after) = rest.split_at(length);
        parts.push((part, color));
        rest = after;
    }
    parts
}
