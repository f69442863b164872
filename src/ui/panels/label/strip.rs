//! All replies in one line above the columns, or in a list beside a single card: numbers, lengths, what is chosen.

use egui::accesskit::Role;
use egui::{CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{Cx, LabelPanel};
use crate::domain::Reply;
use crate::session::{Card, OpenGroup};
use crate::settings::Layout;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

const CHIP: f32 = 28.0;
const ROW: f32 = 61.0;

impl LabelPanel {
    pub(super) fn strip_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, acts: &mut Vec<Action>) {
        let t = theme::of(ui);
        let frame = egui::Frame::new().inner_margin(egui::Margin { left: 16, right: 16, top: 10, bottom: 0 });
        egui::Panel::top("strip").resizable(false).show_separator_line(false).frame(frame).show(ui, |ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.set_height(CHIP);
                ui.spacing_mut().item_spacing.x = tokens::S2;
                for (action, on) in [(Action::DimShared, self.dim_shared), (Action::Differences, self.differences)] {
                    let words = match action {
                        Action::DimShared => cx.text.dim_short(),
                        _ => cx.text.differences_short(),
                    };
                    let key = action.hint(ui.ctx());
                    let button = Button::new(words).icon(action.icon()).key(&key).kind(Kind::Quiet).small();
                    if button.selected(on).show(ui).on_hover_text(action.words(cx.text)).clicked() {
                        acts.push(action);
                    }
                }
                let pinned = self.pinned.and_then(|pinned| super::page::place_of(open, pinned));
                if self.differences {
                    match pinned {
                        Some(place) => legend_ui(ui, cx, place + 1),
                        None => {
                            let key = Action::Pin.hint(ui.ctx());
                            widgets::label(ui, cx.text.pin_first(&key), fonts::regular(tokens::META.0), t.text3);
                        }
                    }
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.set_clip_rect(ui.max_rect().expand(4.0).intersect(ui.clip_rect()));
                    ui.spacing_mut().item_spacing.x = 6.0;
                    let longest = self.longest(open);
                    for (index, card) in open.cards.iter().enumerate() {
                        let Card::Reply(reply) = card else { continue };
                        if ui.available_width() < 100.0 {
                            break;
                        }
                        if self.chip_ui(ui, cx, open, (index, reply), longest) {
                            self.focus_on(index);
                        }
                    }
                });
            });
        });
    }

    fn longest(&self, open: &OpenGroup) -> usize {
        open.replies().map(|reply| self.counted(reply)).max().unwrap_or(0).max(1)
    }

    /// Words or characters; 0 until the page is there.
    pub(super) fn counted(&self, reply: &Reply) -> usize {
        let page = self.shown.get(&reply.id).and_then(|key| self.pages.get(*key));
        page.map_or(0, |page| if self.by_characters { page.length.characters } else { page.length.words })
    }

    /// One unit for all replies of a group: characters where one of them is Chinese.
    pub(super) fn choose_unit(&mut self, open: &OpenGroup) {
        let page = |reply: &Reply| self.pages.get(*self.shown.get(&reply.id)?);
        self.by_characters = open.replies().any(|reply| page(reply).is_some_and(|page| page.length.chinese));
    }

    fn chip_ui(
        &self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        (index, reply): (usize, &Reply),
        longest: usize,
    ) -> bool {
        let t = theme::of(ui);
        let checked = open.draft.checked.contains(&reply.id);
        let (rect, response) = ui.allocate_exact_size(vec2(92.0, 26.0), Sense::click());
        let length = self.length(cx, reply).unwrap_or_default();
        let name = cx.text.reply_with_length(index + 1, &length);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, index == self.focus, &name));
        let (fill, stroke) = if checked { (t.chosen_soft, t.chosen) } else { (t.card, t.stroke) };
        let fill = if response.hovered() && !checked { t.hover } else { fill };
        ui.painter().rect(rect, CornerRadius::same(tokens::R1), fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
        let key = Rect::from_center_size(pos2(rect.left() + 14.0, rect.center().y), vec2(16.0, 17.0));
        widgets::number_key(ui, key, index + 1, checked, t);
        let counted = self.counted(reply);
        let at = pos2(rect.left() + 28.0, rect.center().y);
        let font = fonts::regular(tokens::META.0);
        ui.painter().text(at, egui::Align2::LEFT_CENTER, counted, font, if checked { t.chosen } else { t.text2 });
        let right = rect.right() - 8.0;
        if checked {
            let at = pos2(right, rect.center().y);
            ui.painter().text(at, egui::Align2::RIGHT_CENTER, icons::CHECK, fonts::icon(14.0), t.chosen);
        } else {
            let bar = Rect::from_min_max(pos2(right - 26.0, rect.center().y - 2.0), pos2(right, rect.center().y + 2.0));
            length_bar(ui, bar, counted as f32 / longest as f32, t.text2);
        }
        if response.has_focus() {
            widgets::focus_ring(ui, rect, tokens::R1);
        }
        response.clicked()
    }

    /// Beside a single card: every reply with its first words.
    pub(super) fn list_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup) {
        let t = theme::of(ui);
        ui.add_space(10.0);
        let width = ui.available_width();
        ui.horizontal(|ui| {
            ui.add_space(22.0);
            widgets::label(ui, cx.text.replies_count(open.cards.len()), fonts::regular(tokens::META.0), t.text2);
        });
        let longest = self.longest(open);
        egui::ScrollArea::vertical().id_salt("reply-list").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = tokens::S1;
            for (index, card) in open.cards.iter().enumerate() {
                let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::click());
                let rect = rect.shrink2(vec2(12.0, 2.0));
                let selected = index == self.focus;
                response.widget_info(|| {
                    WidgetInfo::selected(Role::ListBoxOption, true, selected, cx.text.reply_item(index + 1))
                });
                if selected {
                    let stroke = Stroke::new(2.0, t.focus);
                    ui.painter().rect(rect, CornerRadius::same(tokens::R2), t.card, stroke, StrokeKind::Inside);
                } else if response.hovered() {
                    ui.painter().rect_filled(rect, CornerRadius::same(tokens::R2), t.hover);
                }
                let key = Rect::from_min_size(rect.min + vec2(11.0, 9.0), vec2(20.0, 21.0));
                let Card::Reply(reply) = card else {
                    widgets::number_key(ui, key, index + 1, false, t);
                    continue;
                };
                widgets::number_key(ui, key, index + 1, open.draft.checked.contains(&reply.id), t);
                let bar = Rect::from_min_size(pos2(key.right() + 10.0, key.center().y - 2.0), vec2(96.0, 4.0));
                length_bar(ui, bar, self.counted(reply) as f32 / longest as f32, t.text2);
                let at = pos2(rect.right() - 10.0, key.center().y);
                let length = self.length(cx, reply).unwrap_or_default();
                let font = fonts::regular(tokens::META.0);
                ui.painter().text(at, egui::Align2::RIGHT_CENTER, length, font, t.text2);
                let head: String = reply.text.chars().take(200).collect();
                let first: String = head.split_whitespace().collect::<Vec<_>>().join(" ");
                let shown = crate::ui::markdown::visible(&first).replace(['#', '*', '`'], "");
                let width = rect.right() - key.right() - 20.0;
                let mut job = egui::text::LayoutJob::simple_singleline(shown, fonts::regular(tokens::META.0), t.text2);
                job.wrap = egui::text::TextWrapping::truncate_at_width(width);
                let galley = ui.painter().layout_job(job);
                ui.painter().galley(pos2(key.right() + 10.0, key.bottom() + 4.0), galley, t.text2);
                if response.clicked() {
                    self.focus_on(index);
                }
            }
        });
    }
}

fn length_bar(ui: &Ui, rect: Rect, part: f32, color: egui::Color32) {
    let radius = CornerRadius::same(2);
    ui.painter().rect_filled(rect, radius, theme::of(ui).track);
    let mut done = rect;
    done.set_width(rect.width() * part.clamp(0.0, 1.0));
    ui.painter().rect_filled(done, radius, color);
}

/// Which reply the others are compared with, and what the marks mean. From right to left.
fn legend_ui(ui: &mut Ui, cx: &Cx<'_>, number: usize) {
    let t = theme::of(ui);
    let meta = fonts::regular(tokens::META.0);
    let removed = egui::RichText::new(cx.text.removed()).font(meta.clone()).color(t.rejected).strikethrough();
    ui.add(egui::Label::new(removed.background_color(t.rejected_soft)).selectable(false));
    let added = egui::RichText::new(cx.text.added()).font(meta.clone()).color(t.chosen).underline();
    ui.add(egui::Label::new(added.background_color(t.chosen_soft)).selectable(false));
    widgets::label(ui, cx.text.against(number), meta, t.text2);
}

/// The words for a layout.
pub(super) fn layout_words(cx: &Cx<'_>, layout: Layout) -> (&'static str, &'static str) {
    match layout {
        Layout::Grid => (icons::SQUARES_FOUR, cx.text.layout_grid()),
        Layout::Columns => (icons::COLUMNS, cx.text.layout_columns()),
        Layout::One => (icons::RECTANGLE, cx.text.layout_one()),
    }
}
