//! A block laid out: which galleys stand where. The same code measures on the typesetter's thread and paints in a
//! frame, so that both come to the same height.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, Galley, Stroke, Vec2, vec2};

use super::document::{Block, Change, Document, Kind, Line, Table};
use super::highlight::highlight;
use crate::ui::theme::{Tokens, fonts, tokens};

/// How far a level of a list is set in.
pub(super) const INDENT: f32 = 20.0;
const CODE_PADDING: f32 = 12.0;
const CELL_PADDING: f32 = 6.0;

/// Lays out text; on whichever thread.
pub(super) type Lay<'f> = dyn FnMut(LayoutJob) -> Arc<Galley> + 'f;

/// Type size and line height of replies, in points.
pub(crate) type Reading = (f32, f32);

/// The heights of a document's blocks at one width and size.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Measured {
    pub(crate) width: f32,
    pub(crate) reading: Reading,
    /// The top of each block and, last, the bottom of all.
    pub(super) tops: Vec<f32>,
}

impl Measured {
    /// The height of the whole document.
    pub(crate) fn height(&self) -> f32 {
        self.tops.last().copied().unwrap_or(0.0)
    }
}

/// Measure every block.
pub(super) fn measure(document: &Document, width: f32, reading: Reading, lay: &mut Lay<'_>) -> Measured {
    let mut tops = Vec::with_capacity(document.blocks.len() + 1);
    let mut y = 0.0;
    for (index, block) in document.blocks.iter().enumerate() {
        if index > 0 {
            y += gap(&document.blocks[index - 1], block);
        }
        tops.push(y);
        // Colours have no height.
        y += Laid::of(&tokens::LIGHT, block, width, reading, lay).height;
    }
    tops.push(y);
    Measured { width, reading, tops }
}

fn gap(before: &Block, after: &Block) -> f32 {
    match (&before.kind, &after.kind) {
        (Kind::Code(..), Kind::Code(_, part)) if !part.first => 0.0,
        (Kind::Table(_), Kind::Table(table)) if !table.head => 0.0,
        (Kind::Item(..), Kind::Item(..)) => tokens::S1,
        (Kind::Heading(..), _) => tokens::S1,
        (_, Kind::Heading(..)) => tokens::S3,
        _ => tokens::S2,
    }
}

/// A block laid out.
pub(super) struct Laid {
    pub(super) height: f32,
    /// Galleys with their places; the number of the line that they show, if it is one of the source.
    pub(super) parts: Vec<(Vec2, Arc<Galley>, Option<usize>)>,
    /// Lines across.
    pub(super) rules: Vec<f32>,
}

impl Laid {
    pub(super) fn of(t: &Tokens, block: &Block, width: f32, reading: Reading, lay: &mut Lay<'_>) -> Self {
        let quote = if block.quoted { tokens::S3 } else { 0.0 };
        let indent = f32::from(block.indent) * INDENT;
        let inside = (width - indent - quote).max(40.0);
        let left = indent + quote;
        match &block.kind {
            Kind::Paragraph(line) => {
                let color = if block.quoted { t.text2 } else { t.text };
                Self::one(left, lay(job(t, line, reading, inside, color, false)))
            }
            Kind::Heading(level, line) => {
                let scale = [1.3, 1.18, 1.08, 1.0, 1.0, 1.0][usize::from(level.saturating_sub(1)).min(5)];
                let reading = ((reading.0 * scale).round(), (reading.1 * scale).round());
                Self::one(left, lay(job(t, line, reading, inside, t.text, true)))
            }
            Kind::Item(marker, line) => {
                let format = plain(t.text3, fonts::regular(reading.0), reading.1);
                let marker = lay(LayoutJob::single_section(marker.clone(), format));
                let mut item = Self::one(left, lay(job(t, line, reading, inside, t.text, false)));
                let room = if marker.size().x > 14.0 { marker.size().x + 4.0 } else { INDENT - 4.0 };
                item.parts.push((vec2((left - room).max(quote), 0.0), marker, None));
                item
            }
            Kind::Code(line, part) => {
                let mut code = Self::one(left + CODE_PADDING, lay(code(t, line, reading, inside - CODE_PADDING * 2.0)));
                let pad = |shown: bool| if shown { CODE_PADDING * 0.8 } else { 0.0 };
                code.height += pad(part.first) + pad(part.last);
                for (at, ..) in &mut code.parts {
                    at.y += pad(part.first);
                }
                code
            }
            Kind::Table(table) => Self::table(t, table, (left, inside), reading, lay),
            Kind::Rule => Self { height: 9.0, parts: Vec::new(), rules: vec![4.0] },
        }
    }

    fn one(x: f32, galley: Arc<Galley>) -> Self {
        Self { height: galley.size().y, parts: vec![(vec2(x, 0.0), galley, Some(0))], rules: Vec::new() }
    }

    fn table(t: &Tokens, table: &Table, (left, width): (f32, f32), reading: Reading, lay: &mut Lay<'_>) -> Self {
        let columns = widths(&table.ems, width, reading.0);
        let mut laid = Self { height: 0.0, parts: Vec::new(), rules: Vec::new() };
        let mut line = 0;
        for (index, row) in table.rows.iter().enumerate() {
            let head = table.head && index == 0;
            let (mut x, mut height) = (left, reading.1);
            for (cell, column) in row.iter().zip(&columns) {
                let color = if head { t.text2 } else { t.text };
                let galley = lay(job(t, cell, reading, (column - CELL_PADDING * 2.0).max(16.0), color, head));
                height = height.max(galley.size().y);
                laid.parts.push((vec2(x, laid.height + CELL_PADDING * 0.6), galley, Some(line)));
                line += 1;
                x += column;
            }
            laid.height += height + CELL_PADDING * 1.2;
            laid.rules.push(laid.height);
        }
        laid
    }
}

/// What each column would like, and where that is too much what it gets: narrow ones keep their wish.
fn widths(ems: &[f32], width: f32, size: f32) -> Vec<f32> {
    let mut wish: Vec<f32> = ems.iter().map(|ems| ems * size * 1.08 + CELL_PADDING * 2.0 + 8.0).collect();
    if wish.iter().sum::<f32>() > width {
        let fair = width / wish.len().max(1) as f32;
        let narrow: f32 = wish.iter().filter(|wish| **wish <= fair).sum();
        let greedy: f32 = wish.iter().filter(|wish| **wish > fair).sum();
        let scale = ((width - narrow) / greedy.max(1.0)).max(0.05);
        for wish in wish.iter_mut().filter(|wish| **wish > fair) {
            *wish *= scale;
        }
    }
    wish
}

fn job(t: &Tokens, line: &Line, reading: Reading, width: f32, color: Color32, strong: bool) -> LayoutJob {
    let mut job = LayoutJob { wrap: wrap(width), ..LayoutJob::default() };
    for span in line {
        let style = span.style;
        let font = match (style.code, style.bold || strong, style.italic) {
            (true, ..) => fonts::mono(reading.0 - 1.0),
            (false, true, _) => fonts::semibold(reading.0),
            (false, false, true) => fonts::italic(reading.0),
            (false, false, false) => fonts::regular(reading.0),
        };
        let color = match style.link {
            Some(_) => t.accent_text,
            None if style.dim => t.text3,
            None => color,
        };
        let mut format = plain(color, font, reading.1);
        if style.code {
            format.background = t.inset;
        }
        if style.struck {
            format.strikethrough = Stroke::new(1.0, color);
        }
        if style.link.is_some() {
            format.underline = Stroke::new(1.0, t.accent_text);
        }
        mark(t, &mut format, style.change);
        job.append(&span.text, 0.0, format);
    }
    job
}

/// A change is never told by colour alone: added text is underlined, removed text struck.
fn mark(t: &Tokens, format: &mut TextFormat, change: Option<Change>) {
    match change {
        Some(Change::Added) => {
            format.background = t.chosen_soft;
            format.underline = Stroke::new(1.0, t.chosen);
        }
        Some(Change::Removed) => {
            format.background = t.rejected_soft;
            format.color = t.rejected;
            format.strikethrough = Stroke::new(1.0, t.rejected);
        }
        None => {}
    }
}

fn code(t: &Tokens, line: &Line, reading: Reading, width: f32) -> LayoutJob {
    let size = (reading.0 - 1.5).max(10.0);
    let mut job = LayoutJob { wrap: wrap(width), ..LayoutJob::default() };
    let whole: String = line.iter().map(|span| span.text.as_str()).collect();
    // Colours and changes part the text in different places.
    let mut changes = line.iter().map(|span| (span.text.len(), span.style));
    let mut style = changes.next();
    for (mut part, color) in highlight(t, &whole) {
        while !part.is_empty() {
            let Some((left, now)) = &mut style else { break };
            if *left == 0 {
                style = changes.next();
                continue;
            }
            let (piece, rest) = part.split_at(part.len().min(*left));
            *left -= piece.len();
            let color = if now.dim { t.text3 } else { color };
            let mut format = plain(color, fonts::mono(size), (size * 1.55).round());
            mark(t, &mut format, now.change);
            job.append(piece, 0.0, format);
            part = rest;
        }
    }
    job
}

fn plain(color: Color32, font_id: egui::FontId, line_height: f32) -> TextFormat {
    TextFormat { font_id, color, line_height: Some(line_height), ..TextFormat::default() }
}

fn wrap(width: f32) -> TextWrapping {
    TextWrapping { max_width: width, ..TextWrapping::default() }
}
