//! The replies on a page: where each card stands in each layout, what is in sight, what was seen.

use std::sync::Arc;

use egui::{Rect, ScrollArea, Sense, Ui, Vec2, pos2, vec2};

use super::card::{Handle, LOWEST, PADDING};
use super::{Cx, LabelPanel};
use crate::domain::Reply;
use crate::session::{Card, Command, OpenGroup};
use crate::settings::Layout;
use crate::ui::actions::Action;
use crate::ui::markdown::{Key, Look, Reading, Source, Want};
use crate::ui::theme::tokens;

const GAP: f32 = 12.0;
pub(super) const MARGIN: f32 = 16.0;
const TOP: f32 = 14.0;
/// The share of a card that shows that there are more columns.
const PEEK: f32 = 0.28;
/// The list beside a single card.
const LIST: f32 = 248.0;
/// The longest line in a grid, in Han characters.
const LONGEST: f32 = 60.0;
/// Space at the sides of a single card's text.
const SINGLE_PADDING: f32 = 40.0;

/// Where the cards stand, in points from the upper left of the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// By card; `None` for a card that this layout does not show now.
    places: Vec<Option<Rect>>,
    /// Cards in the order in which they are read.
    pub(super) order: Vec<usize>,
    size: Vec2,
}

/// What decides where cards stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) layout: Layout,
    /// Cards side by side in a grid.
    columns: usize,
    /// Width of a card and of its text.
    card: f32,
    pub(super) text: f32,
}

impl Frame {
    /// The frame for so many cards in a page of this width.
    pub(super) fn new(cx: &Cx<'_>, cards: usize, available: f32, reading: Reading) -> Self {
        let inner = (available - MARGIN * 2.0).round();
        let columns = columns(inner, cx.width, cards, reading.0);
        let layout = cx.settings.layout.unwrap_or(if columns == 1 && cards > 4 && available > LIST * 3.0 {
            Layout::One
        } else {
            Layout::Grid
        });
        let least = least(reading.0);
        let card = match layout {
            Layout::Grid => (inner - GAP * (columns as f32 - 1.0)) / columns as f32,
            Layout::Columns => {
                let fit = (((inner + GAP) / (least + GAP)).floor() as usize).clamp(1, cards.max(1));
                if fit == cards {
                    (inner - GAP * (fit as f32 - 1.0)) / fit as f32
                } else {
                    ((inner - GAP * fit as f32) / (fit as f32 + PEEK)).max(least.min(inner))
                }
            }
            Layout::One => {
                let characters = cx.settings.reading_width.unwrap_or(tokens::READING_WIDTH) as f32;
                let wish = characters * reading.0 + SINGLE_PADDING * 2.0;
                wish.min(available - if list_fits(available) { LIST } else { 0.0 } - MARGIN * 2.0)
            }
        };
        let card = card.floor();
        let padding = if layout == Layout::One { SINGLE_PADDING.min(card * 0.08) } else { PADDING };
        Self { layout, columns, card, text: card - padding * 2.0 }
    }

    pub(super) fn padding(&self) -> f32 {
        (self.card - self.text) / 2.0
    }
}

/// There is room for the list beside a single card.
pub(super) fn list_fits(available: f32) -> bool {
    available >= LIST + 420.0
}

/// The least width of a card: a line holds 24 Chinese or 45 Latin characters.
fn least(size: f32) -> f32 {
    size * 24.0 + PADDING * 2.0
}

/// How many cards stand side by side.
fn columns(inner: f32, window: f32, cards: usize, size: f32) -> usize {
    let fits = |columns: usize, width: f32| inner >= width * columns as f32 + GAP * (columns as f32 - 1.0);
    // On very wide windows so many that no line is longer than the eye finds its way back.
    let readable = (inner / (size * LONGEST + PADDING * 2.0)).ceil() as usize;
    let few = if cards >= 5 && window >= tokens::MEDIUM && fits(3, least(size).max(380.0)) {
        3
    } else if cards >= 2 && fits(2, least(size)) {
        2
    } else {
        1
    };
    few.max(readable).min(cards.max(1))
}

impl LabelPanel {
    pub(super) fn page_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        out: &mut Vec<Command>,
        acts: &mut Vec<Action>,
    ) {
        let reading = tokens::reading(cx.width, cx.settings.reading_size);
        let available = ui.available_width();
        let frame = Frame::new(cx, open.cards.len(), available, reading);
        self.layout = frame.layout;
        if frame.layout == Layout::Columns || self.differences || self.dim_shared {
            self.strip_ui(ui, cx, open, acts);
        }
        if frame.layout == Layout::One && list_fits(available) {
            egui::Panel::left("replies").exact_size(LIST).resizable(false).frame(egui::Frame::new()).show(ui, |ui| {
                self.list_ui(ui, cx, open);
            });
        }
        self.page = ui.available_size();
        for reply in open.replies() {
            self.ask(ui, open, reply, frame.text, reading);
        }
        self.choose_unit(open);
        self.sheet = self.lay_out(open, frame);
        if std::mem::take(&mut self.reveal_focus) {
            self.reveal();
        }
        // The keys have moved the focus to a card that the single layout shows from its top.
        let mut area = ScrollArea::both().id_salt("cards").auto_shrink(false).animated(false);
        area = area.scroll_bar_visibility(egui::scroll_area::ScrollBarVisibility::VisibleWhenNeeded);
        if let Some(offset) = self.scroll_to.take() {
            let most = (self.sheet.size - self.page).max(Vec2::ZERO);
            area = area.scroll_offset(offset.clamp(Vec2::ZERO, most));
        }
        let size = vec2(self.sheet.size.x.max(self.page.x - 12.0), self.sheet.size.y);
        let shown = area.show(ui, |ui| {
            let (page, _) = ui.allocate_exact_size(size, Sense::hover());
            for index in 0..open.cards.len() {
                let Some(place) = self.sheet.places.get(index).copied().flatten() else { continue };
                let rect = place.translate(page.min.to_vec2());
                // A field that is not drawn loses the focus, and what is typed would be taken for keys.
                let editing = matches!(&open.cards[index], Card::Reply(reply) if self.editing(Some(reply.id)));
                if ui.is_rect_visible(rect) || editing {
                    let handle = Handle { index, rect, frame, reading };
                    self.card_ui(ui, cx, open, handle, (out, acts));
                }
            }
        });
        self.scroll = shown.state.clamped_offset();
        self.note_seen(open);
    }

    /// What a reply is to be shown as.
    fn look(&self, open: &OpenGroup, reply: &Reply) -> Look {
        let pinned = self.pinned.filter(|pinned| self.differences && *pinned != reply.id);
        match pinned {
            Some(pinned) if open.text_of(pinned).is_some() => Look::Against(pinned),
            _ if self.dim_shared => Look::Shared(open.replies().fold(0, |sum, reply| {
                let bytes = reply.id.to_bytes();
                bytes.iter().fold(sum, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)))
            })),
            _ if self.opened.contains(&reply.id) => Look::Whole,
            _ => Look::Usual,
        }
    }

    /// Ask for the page of a reply; gives the key of the one that can be drawn now.
    pub(super) fn ask(&mut self, ui: &Ui, open: &OpenGroup, reply: &Arc<Reply>, width: f32, reading: Reading) {
        let look = self.look(open, reply);
        let compared = |other: &Reply| match look {
            Look::Against(pinned) => other.id == pinned,
            Look::Shared(_) => other.id != reply.id,
            Look::Usual | Look::Whole => false,
        };
        let want = || {
            let others = open.replies().filter(|other| compared(other));
            let others = others.map(|other| Source::Reply(Arc::clone(other))).collect();
            Want { text: Source::Reply(Arc::clone(reply)), others }
        };
        let key = Key::Reply(reply.id, look);
        let there = self.pages.page(ui, key, width, reading, want).is_some();
        // Until a comparison is made the reply is shown as it is.
        let shown = if there { key } else { Key::Reply(reply.id, Look::Usual) };
        self.shown.insert(reply.id, shown);
        if self.thinking.contains(&reply.id) && reply.reasoning.is_some() {
            let want = || Want { text: Source::Reasoning(Arc::clone(reply)), others: Vec::new() };
            self.pages.page(ui, Key::Reasoning(reply.id), width - 14.0, reading, want);
        }
    }

    /// Prepare the groups that come next: their pages are there when they are.
    pub(super) fn prepare_neighbours(&mut self, ui: &Ui, cx: &Cx<'_>, available: f32) {
        let reading = tokens::reading(cx.width, cx.settings.reading_size);
        for open in &cx.snapshot.neighbours {
            let frame = Frame::new(cx, open.cards.len(), available, reading);
            self.ask_prompt(ui, cx, open);
            for reply in open.replies() {
                self.ask(ui, open, reply, frame.text, reading);
            }
        }
    }

    fn lay_out(&self, open: &OpenGroup, frame: Frame) -> Sheet {
        let count = open.cards.len();
        let mut order: Vec<usize> = (0..count).collect();
        let mut places = vec![None; count];
        let height = |index: usize| self.height(open, index, frame);
        let mut size = vec2(MARGIN * 2.0 + frame.card, TOP + MARGIN);
        match frame.layout {
            Layout::Grid => {
                let mut top = TOP;
                for row in order.chunks(frame.columns.max(1)) {
                    let tallest = row.iter().map(|index| height(*index)).fold(LOWEST, f32::max);
                    for (column, index) in row.iter().enumerate() {
                        let left = MARGIN + column as f32 * (frame.card + GAP);
                        places[*index] = Some(Rect::from_min_size(pos2(left, top), vec2(frame.card, tallest)));
                    }
                    top += tallest + GAP;
                }
                size = vec2(0.0, top - GAP + MARGIN);
            }
            Layout::Columns => {
                if let Some(pinned) = self.pinned.and_then(|pinned| place_of(open, pinned)) {
                    order.retain(|index| *index != pinned);
                    order.insert(0, pinned);
                }
                let tallest = order.iter().map(|index| height(*index)).fold(LOWEST, f32::max);
                // Where the columns do not fit side by side there is a bar to scroll them.
                let all = MARGIN * 2.0 + count as f32 * (frame.card + GAP) - GAP;
                let bar = if all > self.page.x { 12.0 } else { 0.0 };
                let tallest = tallest.max(self.page.y - TOP - MARGIN - bar);
                for (column, index) in order.iter().enumerate() {
                    let left = MARGIN + column as f32 * (frame.card + GAP);
                    places[*index] = Some(Rect::from_min_size(pos2(left, TOP), vec2(frame.card, tallest)));
                }
                size = vec2(MARGIN * 2.0 + count as f32 * (frame.card + GAP) - GAP, TOP + tallest + MARGIN);
            }
            Layout::One => {
                let index = self.focus.min(count.saturating_sub(1));
                if index < count {
                    let height = height(index).max(self.page.y - TOP - MARGIN);
                    let left = ((self.page.x - 8.0 - frame.card) / 2.0).max(MARGIN);
                    places[index] = Some(Rect::from_min_size(pos2(left, TOP), vec2(frame.card, height)));
                    size.y = TOP + height + MARGIN;
                    size.x = 0.0;
                }
            }
        }
        Sheet { places, order, size }
    }

    /// Scroll so that the focused card is in sight: all of it, or its top where it is higher than the page.
    fn reveal(&mut self) {
        if self.layout == Layout::One {
            self.scroll_to = Some(Vec2::ZERO);
            return;
        }
        let Some(place) = self.sheet.places.get(self.focus).copied().flatten() else { return };
        let mut offset = self.scroll_to.unwrap_or(self.scroll);
        let (top, low) = (place.top(), place.bottom());
        if self.layout == Layout::Grid {
            if top < offset.y + 8.0 || place.height() > self.page.y - 16.0 {
                offset.y = (top - TOP).max(0.0);
            } else if low > offset.y + self.page.y - 8.0 {
                offset.y = low - self.page.y + TOP;
            }
        }
        if place.left() < offset.x + MARGIN {
            offset.x = place.left() - MARGIN;
        } else if place.right() > offset.x + self.page.x - MARGIN {
            offset.x = place.right() - self.page.x + MARGIN;
        }
        if offset != self.scroll {
            self.scroll_to = Some(offset);
        }
    }

    /// A reply is seen once its end was in sight, or all that its card shows.
    fn note_seen(&mut self, open: &OpenGroup) {
        let view = Rect::from_min_size(self.scroll.to_pos2(), self.page + vec2(1.0, 1.0));
        for (card, place) in open.cards.iter().zip(&self.sheet.places) {
            if let (Card::Reply(reply), Some(place)) = (card, place)
                && place.bottom() - MARGIN <= view.bottom()
                && place.bottom() >= view.top()
                && place.top() < view.bottom()
                && place.center().x < view.right()
                && self.pages.get(Key::Reply(reply.id, Look::Usual)).is_some()
            {
                self.seen.insert(reply.id);
            }
        }
    }

    /// How many columns are in sight, for the action bar.
    pub(super) fn columns_in_view(&self) -> usize {
        let (left, right) = (self.scroll.x, self.scroll.x + self.page.x);
        let in_view = |place: &&Rect| place.left() >= left - 1.0 && place.right() <= right + 1.0;
        self.sheet.places.iter().flatten().filter(in_view).count()
    }
}

/// The card that shows a reply.
pub(super) fn place_of(open: &OpenGroup, id: crate::domain::ReplyId) -> Option<usize> {
    open.cards.iter().position(|card| matches!(card, Card::Reply(reply) if reply.id == id))
}
