//! The replies: a page of cards that scrolls as one.

use egui::accesskit::Role;
use egui::{CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{Cx, LabelPanel, Parsed};
use crate::domain::{JobPhase, Reply};
use crate::session::{Card, Command, OpenGroup};
use crate::ui::actions::Action;
use crate::ui::markdown;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets;

const GAP: f32 = 12.0;
const MARGIN: f32 = 16.0;
const PADDING: f32 = 16.0;
/// The lowest card.
const LOWEST: f32 = 110.0;

impl LabelPanel {
    pub(super) fn cards_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        out: &mut Vec<Command>,
        acts: &mut Vec<Action>,
    ) {
        let reading = tokens::reading(cx.width, cx.settings.reading_size);
        let inner = (ui.available_width() - MARGIN * 2.0).round();
        let columns = columns(inner, cx.width, open.cards.len(), reading.0);
        let width = ((inner - GAP * (columns as f32 - 1.0)) / columns as f32).floor();
        self.page = ui.available_height();
        self.prepare(ui, cx, open, width - PADDING * 2.0, reading);
        let places = self.lay_out(open, columns, width);
        let bottom = places.iter().map(|place| place.bottom()).fold(0.0, f32::max) + MARGIN;
        self.tops = places.iter().map(|place| (place.top(), place.bottom())).collect();
        if std::mem::take(&mut self.reveal_focus) {
            self.reveal(bottom);
        }
        let mut area = egui::ScrollArea::vertical().id_salt("cards").auto_shrink(false).animated(false);
        if let Some(offset) = self.scroll_to.take() {
            area = area.vertical_scroll_offset(offset.clamp(0.0, (bottom - self.page).max(0.0)));
        }
        let shown = area.show(ui, |ui| {
            let (page, _) = ui.allocate_exact_size(vec2(ui.available_width(), bottom), Sense::hover());
            for (index, (card, place)) in open.cards.iter().zip(&places).enumerate() {
                let rect = place.translate(page.min.to_vec2());
                if ui.is_rect_visible(rect) {
                    self.card_ui(ui, cx, open, (index, card, rect), reading, (out, acts));
                }
            }
        });
        self.scroll = shown.state.clamped_offset().y;
        self.note_seen(open);
    }

    /// Parse and measure what is not yet, for the group in front and for those that come next.
    fn prepare(&mut self, ui: &Ui, cx: &Cx<'_>, open: &OpenGroup, width: f32, reading: (f32, f32)) {
        if self.parsed.len() > super::PARSED {
            self.parsed.retain(|id, _| open.replies().any(|reply| reply.id == *id));
        }
        for reply in open.replies() {
            self.prepare_one(ui, cx, reply, width, reading);
        }
    }

    fn prepare_one(&mut self, ui: &Ui, cx: &Cx<'_>, reply: &Reply, width: f32, reading: (f32, f32)) {
        if self.parsed.get(&reply.id).is_some_and(|parsed| parsed.measured.fits(width, reading.0)) {
            return;
        }
        let document = match self.parsed.remove(&reply.id) {
            Some(parsed) => parsed.document,
            None => markdown::parse(&reply.text),
        };
        let measured = markdown::measure(ui, &document, width, reading);
        self.parsed.insert(reply.id, Parsed { document, measured, length: length(cx, &reply.text) });
        self.counters.parsed += 1;
    }

    /// Where each card stands on the page. A row is as high as its tallest card.
    fn lay_out(&self, open: &OpenGroup, columns: usize, width: f32) -> Vec<Rect> {
        let mut places = Vec::with_capacity(open.cards.len());
        let mut top = 14.0;
        for row in open.cards.chunks(columns.max(1)) {
            let height = row.iter().map(|card| self.height(card)).fold(LOWEST, f32::max);
            for column in 0..row.len() {
                let left = MARGIN + column as f32 * (width + GAP);
                places.push(Rect::from_min_size(pos2(left, top), vec2(width, height)));
            }
            top += height + GAP;
        }
        places
    }

    fn height(&self, card: &Card) -> f32 {
        let Card::Reply(reply) = card else { return LOWEST };
        let body = self.parsed.get(&reply.id).map_or(0.0, |parsed| parsed.measured.height());
        let most = if self.queue_cut(reply.id) && !self.opened.contains(&reply.id) { self.page * 0.8 } else { body };
        tokens::CARD_HEADER + 10.0 + body.min(most) + 16.0
    }

    /// Scroll so that the focused card is in sight: all of it, or its top where it is higher than the page.
    fn reveal(&mut self, bottom: f32) {
        let Some((top, low)) = self.tops.get(self.focus).copied() else { return };
        let offset = self.scroll_to.unwrap_or(self.scroll);
        if top < offset + 8.0 || low - top > self.page - 16.0 {
            self.scroll_to = Some((top - 14.0).max(0.0));
        } else if low > offset + self.page - 8.0 {
            self.scroll_to = Some((low - self.page + 14.0).clamp(0.0, (bottom - self.page).max(0.0)));
        }
    }

    /// A reply is seen once its end, or a page of it, was in sight.
    fn note_seen(&mut self, open: &OpenGroup) {
        let (from, to) = (self.scroll, self.scroll + self.page + 1.0);
        for (card, (top, low)) in open.cards.iter().zip(&self.tops) {
            if let Card::Reply(reply) = card
                && *low - 12.0 <= to
                && *low >= from
                && *top < to
            {
                self.seen.insert(reply.id);
            }
        }
    }

    fn card_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        (index, card, rect): (usize, &Card, Rect),
        reading: (f32, f32),
        (out, acts): (&mut Vec<Command>, &mut Vec<Action>),
    ) {
        let t = theme::of(ui);
        let checked = matches!(card, Card::Reply(reply) if open.draft.checked.contains(&reply.id));
        let radius = CornerRadius::same(tokens::R2);
        let stroke = if checked { Stroke::new(1.5, t.chosen) } else { Stroke::new(1.0, t.stroke) };
        ui.painter().rect(rect, radius, t.card, stroke, StrokeKind::Inside);
        let header = Rect::from_min_size(rect.min, vec2(rect.width(), tokens::CARD_HEADER));
        if checked {
            let top = CornerRadius { nw: tokens::R2, ne: tokens::R2, sw: 0, se: 0 };
            ui.painter().rect_filled(header.shrink(1.0), top, t.chosen_soft);
        }
        ui.painter().hline(header.x_range().shrink(1.0), header.bottom(), Stroke::new(1.0, t.stroke));
        if index == self.focus {
            widgets::focus_ring(ui, rect, tokens::R2);
        }
        let id = ui.scope_id().with(("card", index));
        if ui.interact(rect, id, Sense::click()).clicked() {
            self.focus = index;
        }
        self.number_ui(ui, header, index, checked);
        match card {
            Card::Reply(reply) => {
                self.reply_header_ui(ui, cx, (index, reply, header), checked, out, open);
                self.body_ui(ui, cx, (index, reply, rect), reading, acts);
            }
            Card::Waiting => {
                let asked = cx.snapshot.generation.phase == JobPhase::Running;
                let words = if asked { cx.text.waiting_reply() } else { cx.text.waiting_not_asked() };
                let at = pos2(rect.left() + PADDING, header.bottom() + 14.0);
                let icon = if asked { icons::CIRCLE_HALF } else { icons::CIRCLE_DASHED };
                ui.painter().text(at, egui::Align2::LEFT_TOP, icon, fonts::icon(16.0), t.text3);
                let font = fonts::regular(tokens::UI.0);
                ui.painter().text(at + vec2(24.0, -1.0), egui::Align2::LEFT_TOP, words, font, t.text3);
            }
            Card::Failed(fault) => {
                let place =
                    Rect::from_min_max(header.left_bottom() + vec2(PADDING, 10.0), rect.max - vec2(PADDING, 6.0));
                let mut child = ui.new_child(egui::UiBuilder::new().max_rect(place).id_salt(("failed", index)));
                child.set_clip_rect(place.intersect(ui.clip_rect()));
                child.spacing_mut().item_spacing.y = 2.0;
                widgets::label(&mut child, cx.text.failed_reply(), fonts::semibold(tokens::UI.0), t.rejected);
                widgets::paragraph(&mut child, cx.text.request_fault(fault), fonts::regular(tokens::META.0), t.text2);
                if let Some(said) = cx.text.request_detail(fault) {
                    widgets::elided(&mut child, said, fonts::mono(tokens::KEY.0), t.text3);
                }
            }
        }
    }

    fn number_ui(&self, ui: &Ui, header: Rect, index: usize, checked: bool) {
        let t = theme::of(ui);
        let key = Rect::from_center_size(pos2(header.left() + 21.0, header.center().y), vec2(20.0, 21.0));
        let radius = CornerRadius::same(tokens::R1);
        let (fill, ink, stroke) =
            if checked { (t.chosen, t.on_chosen, t.chosen) } else { (t.card, t.text, t.stroke_strong) };
        ui.painter().rect(key, radius, fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
        let font = fonts::semibold(tokens::META.0);
        ui.painter().text(key.center(), egui::Align2::CENTER_CENTER, index + 1, font, ink);
    }

    fn reply_header_ui(
        &self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        (index, reply, header): (usize, &Reply, Rect),
        checked: bool,
        out: &mut Vec<Command>,
        open: &OpenGroup,
    ) {
        let t = theme::of(ui);
        let y = header.center().y;
        if checked {
            let at = pos2(header.left() + 39.0, y);
            ui.painter().text(
                at,
                egui::Align2::LEFT_CENTER,
                cx.text.chosen(),
                fonts::semibold(tokens::META.0),
                t.chosen,
            );
        }
        let color = if checked { t.chosen } else { t.text3 };
        if let Some(parsed) = self.parsed.get(&reply.id) {
            let at = pos2(header.right() - 36.0, y);
            let font = fonts::regular(tokens::META.0);
            ui.painter().text(at, egui::Align2::RIGHT_CENTER, &parsed.length, font, color);
        }
        let place = Rect::from_center_size(pos2(header.right() - 18.0, y), vec2(20.0, 20.0));
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(place).id_salt(("check", index)));
        let name = cx.text.reply_named(index + 1);
        if widgets::check_box(&mut child, checked, &name, false, t.chosen).clicked() {
            out.push(Command::Check { group: open.group.id, reply: reply.id, checked: !checked });
        }
    }

    fn body_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        (index, reply, rect): (usize, &Reply, Rect),
        reading: (f32, f32),
        acts: &mut Vec<Action>,
    ) {
        let t = theme::of(ui);
        let Some(parsed) = self.parsed.get(&reply.id) else { return };
        let body =
            Rect::from_min_max(rect.min + vec2(PADDING, tokens::CARD_HEADER + 10.0), rect.max - vec2(PADDING, 8.0));
        let id = ui.scope_id().with(("body", index));
        let response = ui.interact(body, id, Sense::hover());
        let text: String = reply.text.chars().take(400).collect();
        response.widget_info(|| WidgetInfo::labeled(Role::Article, true, &text));
        let clip = body.expand2(vec2(8.0, 0.0)).intersect(ui.clip_rect());
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(body).id_salt(("text", index)));
        child.set_clip_rect(clip);
        self.counters.drawn += markdown::draw(&child, &parsed.document, &parsed.measured, body.min, reading);
        let hidden = parsed.measured.height() - body.height();
        let cut = self.queue_cut(reply.id);
        if cut && !self.opened.contains(&reply.id) && hidden > 1.0 {
            let strip = Rect::from_min_max(pos2(rect.left() + 2.0, rect.bottom() - 38.0), rect.max - vec2(2.0, 2.0));
            ui.painter().rect_filled(strip, CornerRadius::same(tokens::R2), t.card);
            ui.painter().hline(strip.x_range(), strip.top(), Stroke::new(1.0, t.stroke));
            let words = cx.text.more_lines(((hidden + 30.0) / reading.1).ceil() as usize);
            let key = Action::Open.hint();
            let mut child =
                ui.new_child(egui::UiBuilder::new().max_rect(strip.shrink2(vec2(8.0, 4.0))).id_salt(("more", index)));
            let button =
                widgets::Button::new(&words).key(&key).icon(icons::CARET_DOWN).small().kind(widgets::Kind::Quiet);
            if button.show(&mut child).clicked() {
                self.focus = index;
                acts.push(Action::Open);
            }
        }
    }
}

/// How many cards stand side by side: so many that a line keeps 24 Chinese or 45 Latin characters.
fn columns(inner: f32, window: f32, cards: usize, size: f32) -> usize {
    let least = size * 24.0 + PADDING * 2.0;
    let fits = |columns: usize, width: f32| inner >= width * columns as f32 + GAP * (columns as f32 - 1.0);
    if cards >= 5 && window >= tokens::MEDIUM && fits(3, least.max(380.0)) {
        3
    } else if cards >= 2 && fits(2, least) {
        2
    } else {
        1
    }
}

/// The length as people count it: characters of Chinese, words of anything else.
fn length(cx: &Cx<'_>, text: &str) -> String {
    let chinese = text.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count();
    let visible = text.chars().filter(|c| !c.is_whitespace()).count();
    if chinese * 3 > visible { cx.text.characters(visible) } else { cx.text.words(text.split_whitespace().count()) }
}
