//! Visible blocks painted; text selected by the pointer, and links pressed.

use std::ops::Range;

use egui::epaint::text::CharIndex;
use egui::epaint::text::cursor::CCursor;
use egui::text_selection::visuals::paint_text_selection;
use egui::text_selection::{CCursorRange, text_cursor_state};
use egui::{CornerRadius, Pos2, Rect, Response, Stroke, StrokeKind, Ui, pos2, vec2};

use super::document::{Block, Kind, link_at, selected, source_at};
use super::layout::{INDENT, Laid, Lay};
use super::typesetter::{Key, Page};
use crate::ui::theme::{self, tokens};

/// Text that is selected, as bytes of its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) key: Key,
    anchor: usize,
    head: usize,
}

impl Selection {
    /// The selected bytes of the source.
    pub(crate) fn range(&self) -> Range<usize> {
        self.anchor.min(self.head)..self.anchor.max(self.head)
    }
}

/// Paint the blocks of a page that lie in the clip rectangle. Gives how many that were, and the target of a link
/// that was pressed.
pub(crate) fn draw(
    ui: &Ui,
    (key, page): (Key, &Page),
    at: Pos2,
    response: &Response,
    selection: &mut Option<Selection>,
) -> (usize, Option<String>) {
    let link = select(ui, (key, page), at, response, selection);
    let range = selection.filter(|selection| selection.key == key).map(|selection| selection.range());
    let clip = ui.clip_rect();
    let measured = &page.measured;
    let first = measured.tops.partition_point(|top| at.y + top < clip.top()).saturating_sub(1);
    let mut drawn = 0;
    for (block, top) in page.document.blocks.iter().zip(&measured.tops).skip(first) {
        let y = at.y + top;
        if y > clip.bottom() {
            break;
        }
        let laid = lay_out(ui, block, page);
        if y + laid.height >= clip.top() {
            paint(ui, block, laid, pos2(at.x, y), measured.width, range.as_ref());
            drawn += 1;
        }
    }
    (drawn, link)
}

fn lay_out(ui: &Ui, block: &Block, page: &Page) -> Laid {
    let lay: &mut Lay<'_> = &mut |job| ui.painter().layout_job(job);
    Laid::of(theme::of(ui), block, page.measured.width, page.measured.reading, lay)
}

fn paint(ui: &Ui, block: &Block, laid: Laid, at: Pos2, width: f32, selection: Option<&Range<usize>>) {
    let t = theme::of(ui);
    let stroke = Stroke::new(1.0, t.stroke);
    if let Kind::Code(_, part) = block.kind {
        let left = at.x + f32::from(block.indent) * INDENT;
        let rect = Rect::from_min_max(pos2(left, at.y), pos2(at.x + width, at.y + laid.height));
        let (top, low) = (if part.first { tokens::R1 } else { 0 }, if part.last { tokens::R1 } else { 0 });
        let radius = CornerRadius { nw: top, ne: top, sw: low, se: low };
        if part.first && part.last {
            ui.painter().rect(rect, radius, t.inset, stroke, StrokeKind::Inside);
        } else {
            ui.painter().rect_filled(rect, radius, t.inset);
        }
    }
    if block.quoted {
        let bar = Rect::from_min_size(at, vec2(3.0, laid.height));
        ui.painter().rect_filled(bar, 1.0, t.stroke_strong);
    }
    for rule in laid.rules {
        ui.painter().hline(at.x..=at.x + width, at.y + rule, stroke);
    }
    let lines = block.lines();
    for (offset, mut galley, line) in laid.parts {
        let bytes = selection.and_then(|selection| selected(lines.get(line?)?, selection));
        if let Some(bytes) = bytes {
            let cursor = |byte: usize| CCursor::new(CharIndex(chars_before(galley.text(), byte)));
            let range = CCursorRange::two(cursor(bytes.start), cursor(bytes.end));
            let mut visuals = ui.visuals().clone();
            visuals.selection.stroke.color = t.text;
            paint_text_selection(&mut galley, &visuals, &range, None);
        }
        ui.painter().galley(at + offset, galley, t.text);
    }
}

fn chars_before(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count()
}

/// Follow the pointer: press and drag selects, twice a word, three times a block; a press on a link gives its target.
fn select(
    ui: &Ui,
    (key, page): (Key, &Page),
    at: Pos2,
    response: &Response,
    selection: &mut Option<Selection>,
) -> Option<String> {
    let pointer = response.interact_pointer_pos()?;
    let hit = Hit::at(ui, page, pointer - at)?;
    let put = |anchor: usize, head: usize| Some(Selection { key, anchor, head });
    if response.double_clicked() {
        let word = hit.word();
        *selection = put(word.start, word.end);
    } else if response.triple_clicked() {
        *selection = put(hit.all.start, hit.all.end);
    } else if response.clicked() {
        *selection = None;
        return hit.link.and_then(|link| page.document.links.get(usize::from(link)).cloned());
    } else if response.drag_started() {
        let origin = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
        let anchor = Hit::at(ui, page, origin - at).map_or(hit.source, |hit| hit.source);
        *selection = put(anchor, hit.source);
    } else if response.dragged()
        && let Some(selection) = selection
        && selection.key == key
    {
        selection.head = hit.source;
    }
    if response.hovered() && hit.link.is_some() {
        ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    None
}

/// The character under the pointer.
struct Hit {
    /// Its byte in the source.
    source: usize,
    /// Its line, and where in it.
    line: super::document::Line,
    byte: usize,
    /// The source of the whole line.
    all: Range<usize>,
    link: Option<u16>,
}

impl Hit {
    fn at(ui: &Ui, page: &Page, place: egui::Vec2) -> Option<Self> {
        let tops = &page.measured.tops;
        let index = tops.partition_point(|top| *top <= place.y).saturating_sub(1);
        let index = index.min(page.document.blocks.len().checked_sub(1)?);
        // A rule or an empty block has no text; the one before it has.
        let index = (0..=index).rev().find(|index| !page.document.blocks[*index].lines().is_empty())?;
        let block = &page.document.blocks[index];
        let inside = place - vec2(0.0, tops[index]);
        let laid = lay_out(ui, block, page);
        let far = |offset: &egui::Vec2, galley: &egui::Galley| {
            Rect::from_min_size(offset.to_pos2(), galley.size()).distance_sq_to_pos(inside.to_pos2())
        };
        let parts = laid.parts.iter().filter_map(|(offset, galley, line)| Some((offset, galley, (*line)?)));
        let (offset, galley, line) = parts.min_by(|a, b| far(a.0, a.1).total_cmp(&far(b.0, b.1)))?;
        let line = (*block.lines().get(line)?).clone();
        let cursor = galley.cursor_from_pos(inside - *offset);
        let byte = text_cursor_state::byte_index_from_char_index(galley.text(), cursor.index).0;
        let all = line.first().map_or(0, |span| span.source.start)..line.last().map_or(0, |span| span.source.end);
        Some(Self { source: source_at(&line, byte), link: link_at(&line, byte), byte, all, line })
    }

    /// The source of the word under the pointer.
    fn word(&self) -> Range<usize> {
        let text: String = self.line.iter().map(|span| span.text.as_str()).collect();
        let cursor = CCursor::new(CharIndex(chars_before(&text, self.byte)));
        let byte = |cursor: CCursor| text_cursor_state::byte_index_from_char_index(&text, cursor.index).0;
        let end = text_cursor_state::ccursor_next_word(&text, cursor);
        let start = text_cursor_state::ccursor_previous_word(&text, end);
        source_at(&self.line, byte(start))..source_at(&self.line, byte(end))
    }
}
