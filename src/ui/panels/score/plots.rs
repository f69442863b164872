//! The plots of the score view: which stand where, their heads, and what is there before there is anything to plot.

use egui::{Align, Layout, Rect, Ui, UiBuilder, vec2};

use super::intervals::measured;
use super::{Cx, Fold, Plot, ScorePanel};
use crate::domain::{ScorerKind, ScorerState};
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// As high as a switch that stands in it.
const HEAD: f32 = 26.0;
/// The switch between two plots.
const SWITCH: f32 = 168.0;

/// A card that fills a place.
fn card_ui(ui: &mut Ui, rect: Rect, content: impl FnOnce(&mut Ui)) {
    card_frame_ui(ui, rect, egui::Margin { left: 14, right: 14, top: 10, bottom: 12 }, content);
}

/// A card that fills a place, with so much room around what is in it.
pub(super) fn card_frame_ui(ui: &mut Ui, rect: Rect, margin: egui::Margin, content: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        widgets::card_frame(ui).inner_margin(margin).show(ui, |ui| {
            let inner = rect.size() - margin.sum() - vec2(2.0, 2.0);
            ui.set_width(inner.x);
            ui.set_height(inner.y);
            ui.spacing_mut().item_spacing.y = 0.0;
            content(ui);
        });
    });
}

/// A title, and at the right what belongs to it.
pub(super) fn head_line(ui: &mut Ui, title: &str, right: impl FnOnce(&mut Ui)) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        ui.set_height(HEAD);
        widgets::label(ui, title, fonts::semibold(tokens::UI.0), t.text);
        ui.with_layout(Layout::right_to_left(Align::Center), right);
    });
}

/// What the figures below are estimated from.
pub(super) fn basis_line(ui: &mut Ui, words: &str) {
    let t = theme::of(ui);
    widgets::elided(ui, words, fonts::regular(tokens::META.0), t.text3).on_hover_text(words);
    ui.add_space(6.0);
}

impl ScorePanel {
    /// Both plots side by side, or one with a switch, or what to do first.
    pub(super) fn plots_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState, place: Rect) {
        let Some(mine) = measured(cx, state) else {
            return card_ui(ui, place, |ui| self.nothing_measured_ui(ui, cx, state));
        };
        if self.fold == Fold::One {
            card_ui(ui, place, |ui| {
                self.switch_ui(ui, cx);
                ui.add_space(tokens::S1);
                self.plot_ui(ui, cx, state);
            });
            return;
        }
        let half = (place.width() - tokens::S3) / 2.0;
        let (mut left, mut right) = (place, place);
        left.set_width(half);
        right.min.x = left.right() + tokens::S3;
        card_ui(ui, left, |ui| self.agreement_ui(ui, cx, mine));
        card_ui(ui, right, |ui| {
            let is_judge = matches!(state.scorer.kind, ScorerKind::Judge(_));
            let text = cx.text;
            let title = match (self.plot, is_judge) {
                (Plot::Margins, _) => text.margins_title(),
                (_, true) => text.spread_judge(),
                (_, false) => text.spread_reward(),
            };
            head_line(ui, title, |ui| {
                let choices = [text.plot_scores(), text.plot_margins()];
                let now = usize::from(self.plot == Plot::Margins);
                if let Some(chosen) = widgets::segmented(ui, &choices, now, SWITCH) {
                    self.plot = if chosen == 0 { Plot::Scores } else { Plot::Margins };
                }
            });
            match self.plot {
                Plot::Margins => self.margins_ui(ui, cx, state, mine),
                Plot::Agreement | Plot::Scores => self.spread_ui(ui, cx, state, mine),
            }
        });
    }

    /// The plot that the switch chose, with its title.
    pub(super) fn plot_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let text = cx.text;
        let Some(mine) = measured(cx, state) else {
            return self.nothing_measured_ui(ui, cx, state);
        };
        match self.plot {
            Plot::Agreement => {
                let whole = ui.available_rect_before_wrap();
                // The figures that stand in the column of a wider window.
                let beside = if whole.width() >= 700.0 { 268.0 } else { 0.0 };
                let mut left = whole;
                left.max.x -= beside;
                ui.scope_builder(UiBuilder::new().max_rect(left), |ui| self.agreement_ui(ui, cx, mine));
                if beside > 0.0 {
                    let mut right = whole;
                    right.min.x = left.right() + tokens::S5;
                    ui.scope_builder(UiBuilder::new().max_rect(right), |ui| {
                        let area = egui::ScrollArea::vertical().id_salt("figures").auto_shrink(false);
                        area.show(ui, |ui| self.figures_ui(ui, cx, state));
                    });
                }
            }
            Plot::Scores => {
                let is_judge = matches!(state.scorer.kind, ScorerKind::Judge(_));
                head_line(ui, if is_judge { text.spread_judge() } else { text.spread_reward() }, |_| {});
                self.spread_ui(ui, cx, state, mine);
            }
            Plot::Margins => {
                head_line(ui, text.margins_title(), |_| {});
                self.margins_ui(ui, cx, state, mine);
            }
        }
    }

    /// The switch over a single plot; with the table among the choices where there is room for one thing only.
    pub(super) fn switch_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let text = cx.text;
        let plots = [Plot::Agreement, Plot::Scores, Plot::Margins];
        let mut choices = vec![text.plot_agreement(), text.plot_scores(), text.plot_margins()];
        let has_table = self.fold == Fold::All;
        let mut now = plots.iter().position(|plot| *plot == self.plot).unwrap_or(0);
        if has_table {
            choices.insert(0, text.plot_table());
            now = if self.is_plot_front { now + 1 } else { 0 };
        }
        let width = (choices.len() as f32 * 104.0).min(ui.available_width());
        if let Some(chosen) = widgets::segmented(ui, &choices, now, width) {
            self.is_plot_front = has_table && chosen > 0;
            let at = if has_table { chosen.checked_sub(1) } else { Some(chosen) };
            self.plot = at.map_or(self.plot, |at| plots[at]);
        }
    }

    /// The next plot, round and round.
    pub(super) fn next_plot(&mut self) {
        let next = match self.plot {
            Plot::Agreement => Plot::Scores,
            Plot::Scores => Plot::Margins,
            Plot::Margins => Plot::Agreement,
        };
        match self.fold {
            Fold::Two => self.plot = if self.plot == Plot::Margins { Plot::Scores } else { Plot::Margins },
            Fold::One => self.plot = next,
            Fold::All if !self.is_plot_front => (self.is_plot_front, self.plot) = (true, Plot::Agreement),
            Fold::All if self.plot == Plot::Margins => self.is_plot_front = false,
            Fold::All => self.plot = next,
        }
    }

    /// What to do, so that there is something to see.
    pub(super) fn nothing_measured_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let (t, text) = (theme::of(ui), cx.text);
        let labeled = cx.snapshot.counts.labeled();
        let has_scores = state.scored > 0;
        let height = ui.available_height();
        ui.vertical_centered(|ui| {
            ui.add_space((height - 132.0).max(0.0) / 2.0);
            ui.spacing_mut().item_spacing.y = tokens::S2;
            widgets::icon(ui, icons::TARGET, 24.0, t.text3);
            widgets::label(ui, text.spot_title(), fonts::semibold(tokens::TITLE.0), t.text);
            ui.allocate_ui(vec2(560.0_f32.min(ui.available_width()), 40.0), |ui| {
                let words = match (has_scores, labeled) {
                    (false, _) => text.spot_score_first(),
                    (true, 1..) if cx.snapshot.agreement.is_some() => text.not_measured(),
                    (true, 1..) if cx.snapshot.measuring => text.measuring(),
                    _ => text.spot_note(),
                };
                widgets::paragraph(ui, words, fonts::regular(tokens::UI.0), t.text2);
            });
            if has_scores {
                let width = 190.0_f32.min(ui.available_width());
                ui.allocate_ui(vec2(width, tokens::BUTTON), |ui| {
                    let key = Action::SpotCheck.hint(ui.ctx());
                    let words = self.spot_words(cx);
                    let button = Button::new(&words).key(&key).kind(Kind::Primary);
                    if button.show(ui).clicked() {
                        cx.acts.push(Action::SpotCheck);
                    }
                });
            }
        });
    }
}
