//! No scorer yet, and the question before one is removed.

use egui::{CornerRadius, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, vec2};

use super::draft::Kind;
use super::{Cx, ScorePanel};
use crate::session::Command;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind as Look};

impl ScorePanel {
    /// Ways to begin, side by side.
    pub(super) fn empty_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        const CARD: Vec2 = vec2(212.0, 150.0);
        let (t, text) = (theme::of(ui), cx.text);
        let height = ui.available_height();
        ui.vertical_centered(|ui| {
            ui.add_space((height * 0.14).max(16.0));
            widgets::label(ui, text.score_empty_title(), fonts::semibold(tokens::HEADING.0), t.text);
            ui.allocate_ui(vec2(620.0_f32.min(ui.available_width()), 60.0), |ui| {
                widgets::paragraph(ui, text.score_empty_note(), fonts::regular(tokens::UI.0), t.text2);
            });
            ui.add_space(tokens::S4);
            let choices = [
                (icons::ROBOT, text.score_empty_judge(), text.score_empty_judge_note(), Some(Kind::Judge)),
                (icons::GAUGE, text.score_empty_reward(), text.score_empty_reward_note(), Some(Kind::Reward)),
                (icons::FLASK, text.score_empty_sample(), text.score_empty_sample_note(), None),
            ];
            ui.allocate_ui(vec2(CARD.x * 3.0 + tokens::S3 * 2.0, CARD.y), |ui| {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = tokens::S3;
                    for (index, (icon, title, note, kind)) in choices.into_iter().enumerate() {
                        let (rect, response) = ui.allocate_exact_size(CARD, Sense::click());
                        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, title));
                        let fill = if response.hovered() { t.hover } else { t.card };
                        let stroke = Stroke::new(1.0, if index == 0 { t.accent } else { t.stroke });
                        ui.painter().rect(rect, CornerRadius::same(tokens::R2), fill, stroke, StrokeKind::Inside);
                        if response.has_focus() {
                            widgets::focus_ring(ui, rect, tokens::R2);
                        }
                        let layout = egui::Layout::top_down(egui::Align::Min);
                        let inner = UiBuilder::new().max_rect(rect.shrink(tokens::S4)).id_salt(title).layout(layout);
                        let mut card = ui.new_child(inner);
                        card.spacing_mut().item_spacing.y = 6.0;
                        widgets::icon(&mut card, icon, 20.0, if kind.is_some() { t.machine } else { t.accent_text });
                        widgets::label(&mut card, title, fonts::semibold(tokens::UI.0), t.text);
                        widgets::paragraph(&mut card, note, fonts::regular(tokens::META.0), t.text2);
                        if index == 0 {
                            let key = Action::AddScorer.hint(ui.ctx());
                            let at = rect.left_bottom() + vec2(tokens::S4, -22.0);
                            widgets::key_hint(ui, at.x, at.y, &key, false);
                        }
                        if response.clicked() {
                            match kind {
                                Some(kind) => self.open_form(Some(kind)),
                                None => self.open_sample(),
                            }
                        }
                    }
                });
            });
        });
    }

    /// Asks before a scorer is taken off the list.
    pub(super) fn removing_ui(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        let Some(id) = self.removing else { return };
        let Some(state) = cx.snapshot.scorers.iter().find(|state| state.scorer.id == id) else {
            self.removing = None;
            return;
        };
        let (text, mut done) = (cx.text, false);
        let frame = widgets::popup_frame(ui);
        let modal = egui::Modal::new(egui::Id::unique("remove-scorer")).frame(frame).show(ui.ctx(), |ui| {
            let t = theme::of(ui);
            ui.set_width(400.0_f32.min(ui.ctx().content_rect().width() - 64.0));
            let title = text.remove_title(&state.scorer.name);
            widgets::paragraph(ui, title, fonts::semibold(tokens::TITLE.0), t.text);
            widgets::paragraph(ui, text.remove_note(), fonts::regular(tokens::UI.0), t.text2);
            ui.add_space(tokens::S2);
            ui.horizontal(|ui| {
                let control = ui.memory(|memory| memory.focused().is_some());
                let enter = !control && ui.input(|input| input.key_pressed(egui::Key::Enter));
                let remove = Button::new(text.remove_go()).icon(icons::TRASH).kind(Look::Primary).key("↵");
                if remove.show(ui).clicked() || enter {
                    cx.out.push(Command::RemoveScorer(id));
                    done = true;
                }
                done |= Button::new(text.cancel()).kind(Look::Quiet).key("Esc").show(ui).clicked();
            });
        });
        if done || modal.should_close() {
            self.removing = None;
        }
    }
}
