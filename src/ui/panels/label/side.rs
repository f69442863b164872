//! The side panel: guidelines, the annotator's note and marks, and how long the replies are.

use std::time::Instant;

use egui::Ui;

use super::editor::PAUSE;
use super::{Cx, LabelPanel};
use crate::session::{Card, Command, OpenGroup};
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets;

impl LabelPanel {
    pub(super) fn side_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        shown: bool,
        out: &mut Vec<Command>,
        acts: &mut Vec<Action>,
    ) {
        let frame = egui::Frame::new().fill(theme::of(ui).bg);
        if !shown && !self.note_open && self.note_changed.is_none() {
            self.rail_ui(ui, cx, open, acts);
            return;
        }
        let width = if cx.width >= tokens::WIDE { tokens::SIDE_WIDE } else { tokens::SIDE };
        let panel = egui::Panel::right("side").exact_size(width).resizable(false);
        panel.frame(frame.inner_margin(14)).show(ui, |ui| {
            // Beside the bar of a side that is longer than the window.
            let inner = width - 28.0 - 10.0;
            ui.spacing_mut().item_spacing.y = tokens::S2;
            egui::ScrollArea::vertical().id_salt("side").auto_shrink(false).show(ui, |ui| {
                if super::reveal::is_revealed(open) {
                    self.machines_ui(ui, cx, open, inner, out);
                } else {
                    let key = Action::ToggleSide.hint(ui.ctx());
                    heading_ui(ui, icons::BOOK_OPEN, cx.text.guidelines(), &key, inner);
                    self.guidelines_ui(ui, cx, inner, out);
                    widgets::separator(ui);
                }
                let key = Action::Note.hint(ui.ctx());
                heading_ui(ui, Action::Note.icon(), Action::Note.words(cx.text), &key, inner);
                self.note_ui(ui, cx, open, inner, out);
                self.marks_ui(ui, cx, open, acts);
                widgets::separator(ui);
                self.lengths_ui(ui, cx, open, inner);
            });
        });
    }

    fn rail_ui(&self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, acts: &mut Vec<Action>) {
        let t = theme::of(ui);
        let frame = egui::Frame::new().fill(t.bg);
        egui::Panel::right("side-rail").exact_size(tokens::RAIL).resizable(false).frame(frame).show(ui, |ui| {
            ui.vertical_centered(|ui| {
                ui.add_space(tokens::S2);
                for action in [Action::ToggleSide, Action::Note, Action::Flag, Action::Later] {
                    let words = action.words(cx.text);
                    let lit = match action {
                        Action::Flag => open.mark.flagged,
                        Action::Note => !open.mark.note.is_empty(),
                        Action::Later => open.mark.later,
                        _ => false,
                    };
                    let icon = match action {
                        Action::Flag if lit => icons::FLAG_FILL,
                        Action::ToggleSide => icons::BOOK_OPEN,
                        _ => action.icon(),
                    };
                    let button = widgets::Button::icon_only(icon, words).selected(lit);
                    if button.show(ui).on_hover_text(words).clicked() {
                        acts.push(action);
                    }
                    widgets::label(ui, action.hint(ui.ctx()), fonts::medium(tokens::KEY.0), t.text3);
                }
            });
        });
    }

    fn note_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, width: f32, out: &mut Vec<Command>) {
        let field = widgets::multiline(ui, &mut self.note, cx.text.act_note(), cx.text.note_hint(), 3, width - 18.0);
        if std::mem::take(&mut self.focus_note) {
            field.request_focus();
        } else if !field.has_focus() {
            self.note_open = false;
        }
        if field.changed() && !self.composing {
            self.note_changed = Some(Instant::now());
        }
        if let Some(changed) = self.note_changed {
            if !field.has_focus() || (changed.elapsed() >= PAUSE && !self.composing) {
                self.flush_note(out);
            } else {
                ui.ctx().request_repaint_after(PAUSE);
            }
        } else if !field.has_focus() && self.note != open.mark.note {
            // Undone, or changed by another step.
            self.note.clone_from(&open.mark.note);
        }
    }

    fn marks_ui(&self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, acts: &mut Vec<Action>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = tokens::S1;
            for (action, on) in [(Action::Flag, open.mark.flagged), (Action::Later, open.mark.later)] {
                let words = match action {
                    Action::Flag if on => cx.text.flagged(),
                    Action::Flag => cx.text.act_flag(),
                    _ if on => cx.text.later_take(),
                    _ => cx.text.later_put(),
                };
                let icon = if action == Action::Flag && on { icons::FLAG_FILL } else { action.icon() };
                let key = action.hint(ui.ctx());
                let button = widgets::Button::new(words).icon(icon).key(&key).small().selected(on);
                if button.kind(widgets::Kind::Quiet).show(ui).clicked() {
                    acts.push(action);
                }
            }
        });
    }

    /// Bars as long as the replies: length misleads less when it is seen.
    fn lengths_ui(&self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, width: f32) {
        let t = theme::of(ui);
        let longest = open.replies().map(|reply| self.counted(reply)).max().unwrap_or(0).max(1);
        heading_ui(ui, icons::TEXT_AA, cx.text.lengths(), "", width);
        ui.spacing_mut().item_spacing.y = 3.0;
        for (index, card) in open.cards.iter().enumerate() {
            let Card::Reply(reply) = card else { continue };
            let checked = open.draft.checked.contains(&reply.id);
            let length = self.length(cx, reply).unwrap_or_default();
            ui.horizontal(|ui| {
                let color = if checked { t.chosen } else { t.text2 };
                let (rect, _) = ui.allocate_exact_size(egui::vec2(32.0, 16.0), egui::Sense::hover());
                let font = fonts::medium(tokens::META.0);
                ui.painter().text(rect.left_center(), egui::Align2::LEFT_CENTER, index + 1, font, color);
                if checked {
                    let at = rect.left_center() + egui::vec2(16.0, 0.0);
                    ui.painter().text(at, egui::Align2::LEFT_CENTER, icons::CHECK, fonts::icon(12.0), color);
                }
                let part = self.counted(reply) as f32 / longest as f32;
                widgets::progress_bar(ui, (width - 120.0).max(20.0), part, color, &length);
                widgets::label(ui, &length, fonts::regular(tokens::META.0), t.text3);
            });
        }
    }
}

pub(super) fn heading_ui(ui: &mut Ui, icon: &str, words: &str, key: &str, width: f32) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        ui.set_width(width);
        widgets::icon(ui, icon, 16.0, t.text2);
        widgets::label(ui, words, fonts::semibold(tokens::META.0), t.text2);
        if key.is_empty() {
            return;
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let (rect, _) =
                ui.allocate_exact_size(egui::vec2(widgets::key_hint_width(ui, key), 18.0), egui::Sense::hover());
            widgets::key_hint(ui, rect.left(), rect.center().y, key, false);
        });
    });
}
