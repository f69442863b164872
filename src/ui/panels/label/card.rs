//! One card: a reply, the place of one that is still to come, or the field in which one is written.

use egui::accesskit::Role;
use egui::{CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::page::Frame;
use super::reveal::{FOOT, is_revealed};
use super::{Cx, LabelPanel};
use crate::domain::{JobPhase, Origin, Reply};
use crate::session::{Card, Command, OpenGroup};
use crate::settings::Layout;
use crate::ui::actions::Action;
use crate::ui::markdown::{self, Key, Reading};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

pub(super) const PADDING: f32 = 16.0;
/// The lowest card.
pub(super) const LOWEST: f32 = 110.0;
const BODY_TOP: f32 = 10.0;
const BODY_LOW: f32 = 16.0;
/// The strip that opens a long reply, and the line that opens the reasoning.
const MORE: f32 = 38.0;
const THINKING: f32 = 32.0;
/// Characters of a reply that a screen reader is given.
const HEARD: usize = 100_000;
/// A card in the grid is at most this share of the page high until it is opened.
const CUT: f32 = 0.8;

/// Which card is drawn, and where.
#[derive(Clone, Copy)]
pub(super) struct Handle {
    pub(super) index: usize,
    pub(super) rect: Rect,
    pub(super) frame: Frame,
    pub(super) reading: Reading,
}

impl LabelPanel {
    /// How high a card wants to be.
    pub(super) fn height(&self, open: &OpenGroup, index: usize, frame: Frame) -> f32 {
        let Some(Card::Reply(reply)) = open.cards.get(index) else { return LOWEST };
        if let Some(height) = self.editor_height(Some(reply.id)) {
            return tokens::CARD_HEADER + height;
        }
        let body = self.text_height(reply) + self.thinking_height(reply);
        let cut = frame.layout == Layout::Grid && self.is_cut(reply) && !self.opened.contains(&reply.id);
        let most = if cut { self.page.y * CUT } else { body };
        let left_out = if !cut && self.left_out(reply) > 0 { MORE } else { 0.0 };
        let foot = if is_revealed(open) { FOOT } else { 0.0 };
        tokens::CARD_HEADER + BODY_TOP + body.min(most) + left_out + BODY_LOW + foot
    }

    fn text_height(&self, reply: &Reply) -> f32 {
        self.shown.get(&reply.id).and_then(|key| self.pages.get(*key)).map_or(0.0, |page| page.measured.height())
    }

    /// The line that folds the reasoning, and the reasoning where it is open.
    fn thinking_height(&self, reply: &Reply) -> f32 {
        if reply.reasoning.is_none() {
            return 0.0;
        }
        let open = self.thinking.contains(&reply.id);
        let page = self.pages.get(Key::Reasoning(reply.id)).filter(|_| open);
        THINKING + page.map_or(0.0, |page| page.measured.height() + tokens::S3)
    }

    /// Higher than a page of the grid shows.
    pub(super) fn is_cut(&self, reply: &Reply) -> bool {
        self.text_height(reply) + self.thinking_height(reply) > self.page.y * (CUT + 0.1)
    }

    /// Lines at the end of a very long reply that its page leaves out.
    pub(super) fn left_out(&self, reply: &Reply) -> usize {
        self.shown.get(&reply.id).and_then(|key| self.pages.get(*key)).map_or(0, |page| page.document.left_out)
    }

    pub(super) fn card_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        handle: Handle,
        (out, acts): (&mut Vec<Command>, &mut Vec<Action>),
    ) {
        let t = theme::of(ui);
        let Handle { index, rect, .. } = handle;
        let Some(card) = open.cards.get(index) else { return };
        let checked = matches!(card, Card::Reply(reply) if open.draft.checked.contains(&reply.id));
        let radius = CornerRadius::same(tokens::R2);
        let stroke = if checked { Stroke::new(1.5, t.chosen) } else { Stroke::new(1.0, t.stroke) };
        ui.painter().rect(rect, radius, t.card, stroke, StrokeKind::Inside);
        if index == self.focus {
            widgets::focus_ring(ui, rect, tokens::R2);
        }
        let id = ui.scope_id().with(("card", index));
        // No stop of Tab: what is in it has stops of its own.
        if ui.interact(rect, id, Sense::CLICK).clicked() {
            self.focus = index;
        }
        match card {
            Card::Reply(reply) if self.editing(Some(reply.id)) => self.editor_ui(ui, cx, open, handle, out),
            Card::Reply(reply) => {
                let foot = if is_revealed(open) { FOOT } else { 0.0 };
                let above = Handle { rect: rect.with_max_y(rect.bottom() - foot), ..handle };
                self.body_ui(ui, cx, reply, above, acts);
                if is_revealed(open) {
                    self.scores_ui(ui, cx, open, reply, rect);
                }
            }
            Card::Waiting => waiting_ui(ui, cx, handle),
            Card::Failed(fault) => failed_ui(ui, cx, fault, handle),
        }
        // The number stays in sight while the card scrolls.
        let header = Rect::from_min_size(rect.min, vec2(rect.width(), tokens::CARD_HEADER));
        let lowest = (rect.bottom() - tokens::CARD_HEADER - 8.0).max(rect.top());
        let top = ui.clip_rect().top().clamp(rect.top(), lowest);
        let header = header.translate(vec2(0.0, top - rect.top()));
        let stuck = top > rect.top();
        let round = CornerRadius { sw: 0, se: 0, ..if stuck { CornerRadius::ZERO } else { radius } };
        let fill = if checked { t.chosen_soft } else { t.card };
        ui.painter().rect_filled(header.shrink2(vec2(1.0, 0.0)).with_min_y(header.top() + 1.0), round, fill);
        ui.painter().hline(header.x_range().shrink(1.0), header.bottom(), Stroke::new(1.0, t.stroke));
        number_ui(ui, header, index, checked);
        if let Card::Reply(reply) = card {
            self.header_ui(ui, cx, open, (index, reply, header), checked, (out, acts));
        }
    }

    /// State, tags, actions, length and check box.
    fn header_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        (index, reply, header): (usize, &Reply, Rect),
        checked: bool,
        (out, acts): (&mut Vec<Command>, &mut Vec<Action>),
    ) {
        let t = theme::of(ui);
        let color = if checked { t.chosen } else { t.text3 };
        let row = header.shrink2(vec2(8.0, 4.0)).with_min_x(header.left() + 39.0);
        let clip = header.intersect(ui.clip_rect());
        let part = |ui: &mut Ui, side: &str, layout| {
            let mut part = ui.new_child(UiBuilder::new().max_rect(row).id_salt((side, index)).layout(layout));
            part.set_clip_rect(clip);
            part.spacing_mut().item_spacing.x = 6.0;
            part
        };
        let mut left = part(ui, "tags", egui::Layout::left_to_right(egui::Align::Center));
        self.tags_ui(&mut left, cx, open, reply, checked, out);
        let room = row.right() - left.min_rect().right();
        let mut right = part(ui, "actions", egui::Layout::right_to_left(egui::Align::Center));
        let name = cx.text.reply_named(index + 1);
        if widgets::check_box(&mut right, checked, &name, false, t.chosen).clicked() {
            self.focus = index;
            // The pointer is deliberate: it changes the label as its key does.
            self.changing = Some(open.group.id);
            out.push(Command::Check { group: open.group.id, reply: reply.id, checked: !checked });
        }
        if let Some(length) = self.length(cx, reply).filter(|_| room > 100.0) {
            widgets::label(&mut right, length, fonts::regular(tokens::META.0), color);
        }
        if index != self.focus {
            return;
        }
        // What does not fit beside the tags is on the keyboard and in the palette.
        let (bare, with_keys) = (room > 210.0, room > 290.0);
        let mut shown = vec![Action::RegenerateOne, Action::Edit, Action::Pin];
        shown.retain(|action| bare && (*action != Action::RegenerateOne || !reply.is_written()));
        for action in shown {
            let (words, key) = (action.words(cx.text), action.hint(ui.ctx()));
            let key = if with_keys { key.as_str() } else { "" };
            let pinned = action == Action::Pin && self.pinned == Some(reply.id);
            let icon = if pinned { icons::PUSH_PIN_FILL } else { action.icon() };
            let button = Button::icon_only(icon, words).key(key).bare().small();
            if button.show(&mut right).on_hover_text(words).clicked() {
                acts.push(action);
            }
        }
    }

    /// What there is to know of a reply beside its text.
    fn tags_ui(
        &self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        reply: &Reply,
        checked: bool,
        out: &mut Vec<Command>,
    ) {
        let t = theme::of(ui);
        if checked {
            widgets::label(ui, cx.text.chosen(), fonts::semibold(tokens::META.0), t.chosen);
        }
        if self.pinned == Some(reply.id) {
            widgets::tag(ui, icons::PUSH_PIN_FILL, cx.text.pinned(), t.text2, t.inset);
        }
        if let Origin::Written { parent, .. } = &reply.origin {
            let place = parent.and_then(|parent| super::page::place_of(open, parent));
            let words = match (parent, place) {
                (Some(_), Some(place)) => cx.text.edited_from(place + 1),
                (Some(_), None) => cx.text.edited().to_owned(),
                (None, _) => cx.text.written().to_owned(),
            };
            widgets::tag(ui, icons::PENCIL, &words, t.text2, t.inset);
        }
        if self.has_draft(open, Some(reply.id)) && !self.editing(Some(reply.id)) {
            widgets::tag(ui, icons::PENCIL, cx.text.draft_there(), t.warning, t.warning_soft);
        }
        if let Some(others) = open.alike.get(&reply.id) {
            let words = cx.text.alike(others.len() + 1);
            let button = Button::new(&words).icon(icons::CARDS).kind(Kind::Quiet).small();
            if button.show(ui).on_hover_text(cx.text.alike_open()).clicked() {
                out.push(Command::Unfold { group: open.group.id });
            }
        }
    }

    /// The length as people count it; nothing until the page is there.
    pub(super) fn length(&self, cx: &Cx<'_>, reply: &Reply) -> Option<String> {
        let length = self.shown.get(&reply.id).and_then(|key| self.pages.get(*key))?.length;
        Some(match length {
            length if self.by_characters => cx.text.characters(length.characters),
            length if length.words == 1 => cx.text.word_one().to_owned(),
            length => cx.text.words(length.words),
        })
    }

    fn body_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, reply: &Reply, handle: Handle, acts: &mut Vec<Action>) {
        let t = theme::of(ui);
        let Handle { index, rect, frame, reading } = handle;
        let body = Rect::from_min_max(
            rect.min + vec2(frame.padding(), tokens::CARD_HEADER + BODY_TOP),
            rect.max - vec2(frame.padding(), 8.0),
        );
        let response = ui.interact(body, ui.scope_id().with(("body", index)), Sense::CLICK | Sense::DRAG);
        // The whole of it for those who hear it; made only where somebody listens.
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Article, true, reply.text.chars().take(HEARD).collect::<String>())
        });
        if response.clicked() || response.drag_started() {
            self.focus = index;
        }
        let mut child = ui.new_child(UiBuilder::new().max_rect(body).id_salt(("text", index)));
        child.set_clip_rect(body.expand2(vec2(8.0, 0.0)).intersect(ui.clip_rect()));
        let mut at = body.min;
        if let Some(reasoning) = &reply.reasoning {
            let row = Rect::from_min_size(at, vec2(body.width(), THINKING - 4.0));
            let mut fold = child.new_child(UiBuilder::new().max_rect(row).id_salt("thinking"));
            let open = self.thinking.contains(&reply.id);
            let icon = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            let words = *self.thoughts.entry(reply.id).or_insert_with(|| words_of(reasoning));
            let words = cx.text.reasoning(words);
            let key = if index == self.focus { Action::Open.hint(ui.ctx()) } else { String::new() };
            if Button::new(&words).icon(icon).key(&key).kind(Kind::Quiet).small().show(&mut fold).clicked() {
                self.focus = index;
                if !self.thinking.remove(&reply.id) {
                    self.thinking.insert(reply.id);
                }
            }
            at.y += THINKING;
            let key = Key::Reasoning(reply.id);
            if open && let Some(page) = self.pages.get(key) {
                let bar = Rect::from_min_size(at, vec2(2.0, page.measured.height()));
                child.painter().rect_filled(bar, 1.0, t.stroke_strong);
                let place = at + vec2(14.0, 0.0);
                let (blocks, link) = markdown::draw(&child, (key, page), place, &response, &mut self.selection);
                self.cost.drawn += blocks;
                self.link = link.or(self.link.take());
                at.y += page.measured.height() + tokens::S3;
            }
        }
        if let Some(key) = self.shown.get(&reply.id).copied()
            && let Some(page) = self.pages.get(key)
        {
            let (blocks, link) = markdown::draw(&child, (key, page), at, &response, &mut self.selection);
            self.cost.drawn += blocks;
            self.link = link.or(self.link.take());
            let hidden = at.y + page.measured.height() - body.bottom();
            let lines = (hidden.max(0.0) / reading.1).ceil() as usize + page.document.left_out;
            let cut = frame.layout == Layout::Grid && hidden > 9.0;
            if cut || page.document.left_out > 0 {
                let lines = if cut { lines + (MORE / reading.1).ceil() as usize } else { page.document.left_out };
                more_ui(ui, cx, (index, rect), lines, || {
                    self.focus = index;
                    acts.push(Action::Open);
                });
            }
        }
    }
}

/// Words of what is written with spaces, characters of what is not.
fn words_of(text: &str) -> usize {
    let words = text.split_whitespace().count();
    let characters = text.chars().filter(|c| !c.is_whitespace()).count();
    if characters > words * 12 { characters } else { words }
}

/// The strip at the foot of a card that is cut.
fn more_ui(ui: &mut Ui, cx: &Cx<'_>, (index, rect): (usize, Rect), lines: usize, open: impl FnOnce()) {
    let t = theme::of(ui);
    let strip = Rect::from_min_max(pos2(rect.left() + 2.0, rect.bottom() - MORE), rect.max - vec2(2.0, 2.0));
    ui.painter().rect_filled(strip, CornerRadius::same(tokens::R2), t.card);
    ui.painter().hline(strip.x_range(), strip.top(), Stroke::new(1.0, t.stroke));
    let words = cx.text.more_lines(lines);
    let key = Action::Open.hint(ui.ctx());
    let place = strip.shrink2(vec2(8.0, 4.0));
    let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt(("more", index)));
    let button = Button::new(&words).key(&key).icon(icons::CARET_DOWN).small().kind(Kind::Quiet);
    if button.show(&mut child).clicked() {
        open();
    }
}

fn number_ui(ui: &Ui, header: Rect, index: usize, checked: bool) {
    let t = theme::of(ui);
    let key = Rect::from_center_size(pos2(header.left() + 21.0, header.center().y), vec2(20.0, 21.0));
    widgets::number_key(ui, key, index + 1, checked, t);
}

fn waiting_ui(ui: &mut Ui, cx: &Cx<'_>, Handle { rect, .. }: Handle) {
    let t = theme::of(ui);
    let asked = cx.snapshot.generation.phase == JobPhase::Running;
    let words = if asked { cx.text.waiting_reply() } else { cx.text.waiting_not_asked() };
    let at = rect.min + vec2(PADDING, tokens::CARD_HEADER + 14.0);
    let icon = if asked { icons::CIRCLE_HALF } else { icons::CIRCLE_DASHED };
    ui.painter().text(at, egui::Align2::LEFT_TOP, icon, fonts::icon(16.0), t.text3);
    let font = fonts::regular(tokens::UI.0);
    ui.painter().text(at + vec2(24.0, -1.0), egui::Align2::LEFT_TOP, words, font, t.text3);
}

fn failed_ui(ui: &mut Ui, cx: &Cx<'_>, fault: &crate::domain::RequestFault, Handle { index, rect, .. }: Handle) {
    let t = theme::of(ui);
    let place = Rect::from_min_max(rect.min + vec2(PADDING, tokens::CARD_HEADER + 10.0), rect.max - vec2(PADDING, 6.0));
    let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt(("failed", index)));
    child.set_clip_rect(place.intersect(ui.clip_rect()));
    child.spacing_mut().item_spacing.y = 2.0;
    widgets::label(&mut child, cx.text.failed_reply(), fonts::semibold(tokens::UI.0), t.rejected);
    widgets::paragraph(&mut child, cx.text.request_fault(fault), fonts::regular(tokens::META.0), t.text2);
    if let Some(said) = cx.text.request_detail(fault) {
        widgets::elided(&mut child, said, fonts::mono(tokens::KEY.0), t.text3);
    }
}
