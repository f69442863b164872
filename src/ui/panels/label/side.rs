//! The side panel: the annotator's note, and how long the replies are.

use std::time::{Duration, Instant};

use egui::Ui;

use super::{Cx, LabelPanel};
use crate::session::{Card, Command, OpenGroup};
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets;

/// How long after the last letter a note is sent.
const PAUSE: Duration = Duration::from_millis(700);

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
        let t = theme::of(ui);
        let frame = egui::Frame::new().fill(t.bg);
        if !shown && !self.note_open && self.note_changed.is_none() {
            egui::Panel::right("side-rail").exact_size(tokens::RAIL).resizable(false).frame(frame).show(ui, |ui| {
                ui.vertical_centered(|ui| {
                    ui.add_space(tokens::S2);
                    for action in [Action::ToggleSide, Action::Note, Action::Flag] {
                        let words = action.words(cx.text);
                        let lit = match action {
                            Action::Flag => open.mark.flagged,
                            Action::Note => !open.mark.note.is_empty(),
                            _ => false,
                        };
                        let icon = if action == Action::Flag && lit { icons::FLAG_FILL } else { action.icon() };
                        let button = widgets::Button::icon_only(icon, words).selected(lit);
                        if button.show(ui).on_hover_text(words).clicked() {
                            acts.push(action);
                        }
                        widgets::label(ui, action.hint(), fonts::medium(tokens::KEY.0), t.text3);
                    }
                });
            });
            return;
        }
        let width = if cx.width >= tokens::WIDE { tokens::SIDE_WIDE } else { tokens::SIDE };
        egui::Panel::right("side").exact_size(width).resizable(false).frame(frame.inner_margin(14)).show(ui, |ui| {
            let inner = width - 28.0;
            ui.spacing_mut().item_spacing.y = tokens::S2;
            self.heading_ui(ui, cx, Action::Note, inner);
            let field =
                widgets::multiline(ui, &mut self.note, cx.text.act_note(), cx.text.note_hint(), 3, inner - 18.0);
            if std::mem::take(&mut self.focus_note) {
                field.request_focus();
            } else if !field.has_focus() {
                self.note_open = false;
            }
            let composing = ui.input(|input| {
                input.events.iter().any(
                    |event| matches!(event, egui::Event::Ime(egui::ImeEvent::Preedit { text, .. }) if !text.is_empty()),
                )
            });
            if field.changed() && !composing {
                self.note_changed = Some(Instant::now());
            }
            if let Some(changed) = self.note_changed {
                if !field.has_focus() || changed.elapsed() >= PAUSE {
                    self.flush_note(out);
                } else {
                    ui.ctx().request_repaint_after(PAUSE);
                }
            } else if !field.has_focus() && self.note != open.mark.note {
                // Undone, or changed by another step.
                self.note.clone_from(&open.mark.note);
            }
            let key = Action::Flag.hint();
            let (icon, words) = if open.mark.flagged {
                (icons::FLAG_FILL, cx.text.flagged())
            } else {
                (icons::FLAG, cx.text.act_flag())
            };
            let flag = widgets::Button::new(words).icon(icon).key(&key).small().selected(open.mark.flagged);
            if flag.kind(widgets::Kind::Quiet).show(ui).clicked() {
                acts.push(Action::Flag);
            }
            widgets::separator(ui);
            self.lengths_ui(ui, cx, open, inner);
        });
    }

    fn heading_ui(&self, ui: &mut Ui, cx: &Cx<'_>, action: Action, width: f32) {
        let t = theme::of(ui);
        ui.horizontal(|ui| {
            ui.set_width(width);
            widgets::label(ui, action.icon(), fonts::icon(16.0), t.text2);
            widgets::label(ui, action.words(cx.text), fonts::semibold(tokens::META.0), t.text2);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let hint = action.hint();
                let (rect, _) =
                    ui.allocate_exact_size(egui::vec2(widgets::key_hint_width(ui, &hint), 18.0), egui::Sense::hover());
                widgets::key_hint(ui, rect.left(), rect.center().y, &hint, false);
            });
        });
    }

    /// Bars as long as the replies: length misleads less when it is seen.
    fn lengths_ui(&self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, width: f32) {
        let t = theme::of(ui);
        let longest = open.replies().map(|reply| reply.text.chars().count()).max().unwrap_or(0).max(1);
        ui.horizontal(|ui| {
            widgets::label(ui, icons::TEXT_AA, fonts::icon(16.0), t.text2);
            widgets::label(ui, cx.text.lengths(), fonts::semibold(tokens::META.0), t.text2);
        });
        ui.spacing_mut().item_spacing.y = 3.0;
        for (index, card) in open.cards.iter().enumerate() {
            let Card::Reply(reply) = card else { continue };
            let checked = open.draft.checked.contains(&reply.id);
            let length = self.parsed.get(&reply.id).map(|parsed| parsed.length.clone()).unwrap_or_default();
            ui.horizontal(|ui| {
                let color = if checked { t.chosen } else { t.text3 };
                let (rect, _) = ui.allocate_exact_size(egui::vec2(22.0, 16.0), egui::Sense::hover());
                let font = fonts::medium(tokens::META.0);
                ui.painter().text(rect.left_center(), egui::Align2::LEFT_CENTER, index + 1, font, color);
                let part = reply.text.chars().count() as f32 / longest as f32;
                widgets::progress_bar(ui, (width - 110.0).max(20.0), part, color, &length);
                widgets::label(ui, &length, fonts::regular(tokens::META.0), t.text3);
            });
        }
    }
}
