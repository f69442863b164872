//! The chosen scorer: what it is, its run, what holds it up, what a test showed.

use std::time::Duration;

use egui::{Align, Layout, Ui};

use super::add::server_words;
use super::cards::{about, go_on, is_complete, kind_icon, kind_words, progress, rate_words};
use super::look::{look_ui, scorer_fault_ui, serve_ui};
use super::{Cx, ScorePanel};
use crate::domain::{JobPhase, QueueFilter, ScorerState};
use crate::session::Command;
use crate::ui::actions::Action;
use crate::ui::panels::endpoint::fault_ui;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// The filters in the order of their segments.
const FILTERS: [QueueFilter; 5] =
    [QueueFilter::All, QueueFilter::Ready, QueueFilter::Done, QueueFilter::Flagged, QueueFilter::Later];

impl ScorePanel {
    /// There is something to choose, to say or to show of the scorer in front; else its card says it all.
    pub(super) fn head_wanted(&self, state: &ScorerState) -> bool {
        let can_choose = state.run.phase != JobPhase::Running && (!is_complete(state) || self.run_shown);
        can_choose || state.waiting.is_some() || state.stopped.is_some() || self.test_shown
    }

    pub(super) fn head_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let (t, text) = (theme::of(ui), cx.text);
        let scorer = &state.scorer;
        ui.spacing_mut().item_spacing.y = tokens::S2;
        ui.horizontal(|ui| {
            widgets::icon(ui, kind_icon(scorer), 20.0, t.machine);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = tokens::S1;
                let name = Action::RemoveScorer.words(text);
                if Button::icon_only(icons::TRASH, name).small().show(ui).on_hover_text(name).clicked() {
                    cx.acts.push(Action::RemoveScorer);
                }
                let key = Action::TestScorer.hint(ui.ctx());
                if Button::new(text.test_scorer()).icon(icons::PLUGS).key(&key).small().show(ui).clicked() {
                    cx.acts.push(Action::TestScorer);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = tokens::S2;
                    widgets::label(ui, &scorer.name, fonts::semibold(tokens::TITLE.0), t.text);
                    widgets::tag(ui, "", kind_words(text, scorer), t.machine, t.machine_soft);
                    let words = format!("{}  ·  {}", about(text, state), server_words(text, &scorer.endpoint));
                    widgets::elided(ui, &words, fonts::regular(tokens::META.0), t.text2).on_hover_text(words);
                });
            });
        });
        self.run_ui(ui, cx, state);
        waiting_ui(ui, cx, state);
        if let Some(fault) = &state.stopped {
            let frame = egui::Frame::new().fill(t.rejected_soft).corner_radius(tokens::R1).inner_margin(12);
            frame.show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = tokens::S1;
                ui.horizontal(|ui| {
                    widgets::icon(ui, icons::WARNING_CIRCLE, 16.0, t.rejected);
                    widgets::label(ui, text.scorer_stopped(), fonts::semibold(tokens::UI.0), t.text);
                    widgets::elided(ui, text.scorer_stopped_note(), fonts::regular(tokens::META.0), t.text2);
                });
                scorer_fault_ui(ui, text, fault);
            });
        }
        if self.test_shown {
            let frame = egui::Frame::new().fill(t.canvas).corner_radius(tokens::R1).inner_margin(12);
            frame.show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.horizontal(|ui| {
                    widgets::label(ui, text.look_title(), fonts::semibold(tokens::UI.0), t.text);
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let close = Button::icon_only(icons::X, text.look_close()).small();
                        if close.show(ui).on_hover_text(text.look_close()).clicked() {
                            self.test_shown = false;
                        }
                    });
                });
                look_ui(ui, text, cx.snapshot, scorer, state.finding.as_deref());
                serve_ui(ui, text, scorer);
            });
        }
    }

    /// Which groups, and the buttons that begin and end it.
    fn run_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let (t, text) = (theme::of(ui), cx.text);
        let meta = fonts::regular(tokens::META.0);
        let (done, all) = progress(state);
        ui.horizontal(|ui| {
            ui.set_height(tokens::BUTTON);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.run_buttons(ui, cx, state);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if state.run.phase == JobPhase::Running {
                        let counts = text.groups_of(done, all);
                        let words = match rate_words(text, state) {
                            _ if state.waiting.is_some() => String::new(),
                            Some(rate) => rate,
                            None if state.left == 0 && state.run.follows => text.run_follows_now().to_owned(),
                            None => text.run_running(state.in_flight),
                        };
                        let share = done as f32 / all.max(1) as f32;
                        let width = (ui.available_width() * 0.4).min(320.0);
                        widgets::progress_bar(ui, width, share, t.machine, &counts);
                        widgets::label(ui, counts, fonts::regular(tokens::UI.0), t.text);
                        widgets::elided(ui, words, fonts::regular(tokens::UI.0), t.text2);
                        return;
                    }
                    let names = FILTERS.map(|filter| text.run_filter(filter));
                    let now = FILTERS.iter().position(|filter| *filter == self.filter).unwrap_or(0);
                    let width = (ui.available_width() * 0.5).clamp(200.0, 300.0);
                    if let Some(chosen) = widgets::segmented(ui, &names, now, width) {
                        self.filter = FILTERS[chosen];
                    }
                    if widgets::check_box(ui, self.follows, text.run_follows(), true, t.accent).clicked() {
                        self.follows = !self.follows;
                    }
                });
            });
        });
        let words = match state.run.phase {
            JobPhase::Running => return,
            JobPhase::Paused if state.stopped.is_some() => return,
            JobPhase::Paused => format!("{}  {}", text.groups_of(done, all), text.run_paused()),
            JobPhase::Idle if state.groups == 0 => text.run_nothing().to_owned(),
            JobPhase::Idle if is_complete(state) => text.run_done().to_owned(),
            JobPhase::Idle => text.groups_of(done, all),
        };
        widgets::elided(ui, words, meta, t.text2);
    }

    fn run_buttons(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let text = cx.text;
        ui.spacing_mut().item_spacing.x = tokens::S2;
        if state.run.phase == JobPhase::Running {
            let key = Action::CancelScorer.hint(ui.ctx());
            if Button::new(text.run_cancel()).kind(Kind::Quiet).key(&key).show(ui).clicked() {
                cx.acts.push(Action::CancelScorer);
            }
            let key = Action::PauseScorer.hint(ui.ctx());
            if Button::new(text.run_pause()).icon(icons::PAUSE).key(&key).show(ui).clicked() {
                cx.acts.push(Action::PauseScorer);
            }
            return;
        }
        let key = Action::RunScorer.hint(ui.ctx());
        let missing = state.groups.saturating_sub(state.scored);
        let words = match (state.run.phase, self.filter, missing) {
            (JobPhase::Paused, ..) if self.is_same_run(state) => text.run_go_on().to_owned(),
            (_, QueueFilter::All, 1) => text.run_one().to_owned(),
            (_, QueueFilter::All, 2..) => text.run_start_count(missing),
            _ => text.run_start().to_owned(),
        };
        let ready = self.can_run(state);
        if Button::new(&words).icon(icons::PLAY).kind(Kind::Primary).key(&key).enabled(ready).show(ui).clicked() {
            cx.out.push(self.run_command(state));
        }
        if state.run.phase == JobPhase::Paused {
            let key = Action::CancelScorer.hint(ui.ctx());
            if Button::new(text.run_cancel()).kind(Kind::Quiet).key(&key).show(ui).clicked() {
                cx.acts.push(Action::CancelScorer);
            }
        }
    }

    fn is_same_run(&self, state: &ScorerState) -> bool {
        state.run.filter == self.filter && state.run.follows == self.follows
    }

    /// Running would ask for something, or wait for it.
    pub(super) fn can_run(&self, state: &ScorerState) -> bool {
        state.run.phase == JobPhase::Paused || self.follows || state.scored < state.groups
    }

    /// What begins the run, or goes on with it.
    pub(super) fn run_command(&self, state: &ScorerState) -> Command {
        if state.run.phase == JobPhase::Paused && self.is_same_run(state) {
            return go_on(state);
        }
        Command::Score { scorer: state.scorer.id, filter: self.filter, follows: self.follows }
    }
}

/// The server is away: what is safe, what goes on by itself, the next try.
fn waiting_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
    let (t, text) = (theme::of(ui), cx.text);
    let Some(waiting) = &state.waiting else { return };
    let seconds = waiting.next_try.duration_since(jiff::Timestamp::now()).as_secs().max(0).unsigned_abs();
    let frame = egui::Frame::new().fill(t.rejected_soft).corner_radius(tokens::R1).inner_margin(12);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = tokens::S1;
        ui.horizontal(|ui| {
            widgets::icon(ui, icons::PLUGS, 16.0, t.rejected);
            widgets::label(ui, text.scorer_away_title(), fonts::semibold(tokens::UI.0), t.text);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = Button::new(text.try_now()).icon(icons::ARROWS_CLOCKWISE).small();
                if button.show(ui).clicked() {
                    cx.out.push(Command::TryScorer(state.scorer.id));
                }
                let words = text.scorer_away(seconds, waiting.tries);
                widgets::elided(ui, words, fonts::regular(tokens::META.0), t.text2);
            });
        });
        widgets::paragraph(ui, text.scorer_away_safe(), fonts::regular(tokens::UI.0), t.text);
        fault_ui(ui, text, &waiting.fault);
        serve_ui(ui, text, &state.scorer);
    });
    ui.ctx().request_repaint_after(Duration::from_secs(1));
}
