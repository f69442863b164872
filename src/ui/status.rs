//! The line at the bottom: what runs, what undo would do, when it was saved.

use std::time::Duration;

use egui::{Layout, Ui};

use super::actions::Action;
use super::app::App;
use super::panels::score::progress;
use super::shell::newest;
use super::theme::{self, fonts, icons, tokens};
use super::widgets::{self, Button};
use crate::domain::{JobPhase, Notice, ScorerKind, ScorerState};
use crate::session::{Command, Snapshot};
use crate::text::Text;

/// Scorers that are told one by one.
const SCORERS: usize = 2;

/// What runs, what undo would do, when it was saved.
pub(super) fn status_ui(app: &App, ui: &mut Ui, snapshot: &Snapshot, out: &mut Vec<Command>, acts: &mut Vec<Action>) {
    let (t, text) = (theme::of(ui), app.text());
    let meta = fonts::regular(tokens::META.0);
    let frame = egui::Frame::new().fill(t.bg).inner_margin(egui::Margin::symmetric(14, 4));
    egui::Panel::bottom("status").exact_size(tokens::STATUS).resizable(false).frame(frame).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = tokens::S1;
            if let Some(at) = snapshot.saved_at {
                widgets::label(ui, text.saved_at(&text.clock(at)), meta.clone(), t.text3);
                widgets::icon(ui, icons::CHECK, 14.0, t.chosen);
                ui.add_space(tokens::S3);
            }
            if let Some(step) = &snapshot.undo {
                widgets::label(ui, Action::Undo.hint(ui.ctx()), fonts::medium(tokens::KEY.0), t.text3);
                let words = text.undo_step(&text.step(step));
                let label = egui::Label::new(egui::RichText::new(&words).font(meta.clone()).color(t.text3));
                let response = ui.add(label.selectable(false).sense(egui::Sense::click()));
                response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &words));
                if response.on_hover_text(Action::Undo.hint(ui.ctx())).clicked() {
                    acts.push(Action::Undo);
                }
                widgets::icon(ui, icons::ARROW_U_UP_LEFT, 14.0, t.text3);
            }
            ui.with_layout(Layout::left_to_right(egui::Align::Center), |ui| {
                jobs_ui(ui, text, snapshot, out);
                scorers_ui(ui, text, snapshot, out);
                if let Some((_, notice)) = newest(app, snapshot)
                    && matches!(
                        notice,
                        Notice::Undone(_)
                            | Notice::Redone(_)
                            | Notice::NothingToUndo
                            | Notice::NothingToRedo
                            | Notice::UndoPassedOver(_)
                            | Notice::AllChecked
                            | Notice::NoEndpoint
                            | Notice::CannotRegenerate
                            | Notice::NothingWritten
                            | Notice::ScorerNameTaken { .. }
                            | Notice::ScorerIncomplete
                            | Notice::TrialIncomplete
                    )
                {
                    ui.add_space(tokens::S3);
                    widgets::elided(ui, text.notice(notice), fonts::medium(tokens::META.0), t.accent_text);
                }
            });
        });
    });
}

fn jobs_ui(ui: &mut Ui, text: Text, snapshot: &Snapshot, out: &mut Vec<Command>) {
    let t = theme::of(ui);
    let meta = fonts::regular(tokens::META.0);
    ui.spacing_mut().item_spacing.x = tokens::S2;
    if let Some(file) = snapshot.followed.iter().find(|file| file.fault.is_some()) {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        widgets::icon(ui, icons::WARNING, 14.0, t.warning);
        widgets::elided(ui, text.status_follow_fault(&name), meta, t.warning);
        return;
    }
    let state = &snapshot.generation;
    if let Some(waiting) = state.waiting() {
        let seconds = waiting.next_try.duration_since(jiff::Timestamp::now()).as_secs().max(0).unsigned_abs();
        widgets::icon(ui, icons::PLUGS, 14.0, t.rejected);
        widgets::elided(ui, text.status_away(seconds), meta, t.rejected);
        ui.ctx().request_repaint_after(Duration::from_secs(1));
        return;
    }
    if let Some(work) = &snapshot.file_work {
        widgets::elided(ui, text.status_file(&work.path.display().to_string()), meta, t.text2);
        return;
    }
    let done = state.have as f32 / state.wanted.max(1) as f32;
    let words = match state.phase {
        JobPhase::Running => {
            let mut parts = vec![text.status_generating(state.have, state.wanted)];
            parts.extend(state.per_second.map(|rate| text.status_rate(&format!("{rate:.1}"))));
            parts.extend(state.seconds_left().map(|left| text.status_left(&text.span(left))));
            parts.join(" · ")
        }
        JobPhase::Paused => text.status_paused(state.have, state.wanted),
        // What runs leaves no room for what does not.
        JobPhase::Idle if snapshot.scorers.iter().any(is_running) => return,
        JobPhase::Idle if state.wanted > 0 && state.missing() == 0 => text.status_complete(state.have),
        JobPhase::Idle => text.no_jobs().to_owned(),
    };
    if state.phase != JobPhase::Idle {
        widgets::progress_bar(ui, 72.0, done, t.accent, &words);
    }
    widgets::label(ui, words, meta, t.text2);
    let (icon, name, command) = match state.phase {
        JobPhase::Running => (icons::PAUSE, text.pause(), Command::Pause),
        JobPhase::Paused => (icons::PLAY, text.resume(), Command::Resume),
        JobPhase::Idle => return,
    };
    if Button::icon_only(icon, name).small().show(ui).on_hover_text(name).clicked() {
        out.push(command);
    }
}

fn is_running(state: &ScorerState) -> bool {
    // One that waits for groups to come is at rest.
    state.run.phase == JobPhase::Running && (state.left > 0 || state.waiting.is_some())
}

/// Scorers at work: how far, how fast, how long; a button where there is only one.
fn scorers_ui(ui: &mut Ui, text: Text, snapshot: &Snapshot, out: &mut Vec<Command>) {
    let t = theme::of(ui);
    let meta = fonts::regular(tokens::META.0);
    let running: Vec<&ScorerState> = snapshot.scorers.iter().filter(|state| is_running(state)).collect();
    let busy = snapshot.generation.phase != JobPhase::Idle || snapshot.file_work.is_some();
    for state in running.iter().take(SCORERS) {
        if busy || state.scorer.id != running[0].scorer.id {
            ui.add_space(tokens::S3);
        }
        let name = &state.scorer.name;
        if let Some(waiting) = &state.waiting {
            let seconds = waiting.next_try.duration_since(jiff::Timestamp::now()).as_secs().max(0).unsigned_abs();
            widgets::icon(ui, icons::PLUGS, 14.0, t.rejected);
            widgets::elided(ui, text.status_scorer_away(name, seconds), meta.clone(), t.rejected);
            ui.ctx().request_repaint_after(Duration::from_secs(1));
            continue;
        }
        let (done, all) = progress(state);
        let mut parts = vec![match (running.len(), &state.scorer.kind) {
            (1, ScorerKind::Judge(_)) => text.status_scoring_judge(done, all),
            (1, ScorerKind::Reward(_)) => text.status_scoring_reward(done, all),
            _ => text.status_scoring_named(name, done, all),
        }];
        if running.len() <= SCORERS {
            parts.extend(state.per_second.map(|rate| text.status_scoring_rate(&format!("{rate:.1}"))));
            parts.extend(state.seconds_left().map(|left| text.status_left(&text.span(left))));
        }
        let words = parts.join(" · ");
        widgets::progress_bar(ui, 72.0, done as f32 / all.max(1) as f32, t.machine, &words);
        widgets::elided(ui, words, meta.clone(), t.text2);
        if running.len() == 1 {
            let name = text.pause_named(name);
            if Button::icon_only(icons::PAUSE, &name).small().show(ui).on_hover_text(&name).clicked() {
                out.push(Command::PauseScorer(state.scorer.id));
            }
        }
    }
    if running.len() > SCORERS {
        widgets::elided(ui, text.status_scorers_more(running.len() - SCORERS), meta, t.text3);
    }
}
