//! How generation goes: progress and failures.

use egui::{Layout, Ui};

use super::Cx;
use crate::domain::{JobPhase, ServerState};
use crate::session::Command;
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::panels::endpoint::fault_ui;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// Rows of the list of failures.
const FAILURES: usize = 3;

/// Live progress and failures.
pub(super) fn progress_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let (t, text, snapshot) = (theme::of(ui), cx.text, cx.snapshot);
    let state = &snapshot.generation;
    if state.wanted == 0 && state.stopped().is_none() {
        return;
    }
    widgets::card_frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = tokens::S2;
        ui.horizontal(|ui| {
            let title = match state.phase {
                JobPhase::Running => text.generating(),
                JobPhase::Paused => text.paused(),
                JobPhase::Idle if state.missing() == 0 => text.complete(),
                JobPhase::Idle => text.idle(),
            };
            widgets::label(ui, title, fonts::semibold(tokens::UI.0), t.text);
            let counts = text.replies_of(state.have, state.wanted);
            widgets::label(ui, &counts, fonts::regular(tokens::UI.0), t.text2);
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                let ready = snapshot.counts.ready;
                if ready > 0 {
                    let (words, key) = (text.label_first(ready), Action::ShowLabel.hint(ui.ctx()));
                    if Button::new(&words).icon(icons::LIST_CHECKS).key(&key).show(ui).clicked() {
                        cx.acts.push(Action::ShowLabel);
                    }
                }
                if state.phase != JobPhase::Idle && Button::new(text.cancel_rest()).kind(Kind::Quiet).show(ui).clicked()
                {
                    cx.out.push(Command::Cancel);
                }
                let (icon, words, command) = match state.phase {
                    JobPhase::Running => (icons::PAUSE, text.pause(), Command::Pause),
                    _ => (icons::PLAY, text.resume(), Command::Resume),
                };
                if (state.phase == JobPhase::Running || state.missing() > 0)
                    && Button::new(words).icon(icon).show(ui).clicked()
                {
                    cx.out.push(command);
                }
                // Nobody knows how long a server stays away.
                let left = state.seconds_left().filter(|_| state.waiting().is_none());
                if let (Some(rate), Some(left)) = (state.per_second, left) {
                    let words = text.rate_left(&format!("{rate:.1}"), &text.span(left));
                    widgets::label(ui, words, fonts::regular(tokens::UI.0), t.text2);
                }
                let width = (ui.available_width() - tokens::S4).max(40.0);
                let done = state.have as f32 / state.wanted.max(1) as f32;
                widgets::progress_bar(ui, width, done, t.accent, &counts);
            });
        });
        servers_ui(ui, cx);
        for server in &state.servers {
            let Some(fault) = &server.stopped else { continue };
            widgets::separator(ui);
            let title = match state.servers.len() {
                1 => text.stopped_title().to_owned(),
                _ => text.server_stopped(&server.name),
            };
            widgets::label(ui, title, fonts::semibold(tokens::UI.0), t.text);
            fault_ui(ui, text, fault);
        }
        if state.failed > 0 {
            widgets::separator(ui);
            ui.horizontal(|ui| {
                widgets::icon(ui, icons::WARNING_CIRCLE, 16.0, t.rejected);
                widgets::label(ui, text.failed_count(state.failed), fonts::semibold(tokens::UI.0), t.rejected);
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    if Button::new(text.retry_all()).icon(icons::ARROWS_CLOCKWISE).small().show(ui).clicked() {
                        cx.out.push(Command::RetryFailed);
                    }
                });
            });
            for failure in state.failures.iter().take(FAILURES) {
                let number = snapshot.queue.iter().find(|row| row.id == failure.group).map_or(0, |row| row.number);
                ui.horizontal(|ui| {
                    let at = text.failed_where(number, failure.slot + 1);
                    widgets::label(ui, at, fonts::regular(tokens::UI.0), t.text);
                    widgets::elided(ui, failure.fault.to_string(), fonts::mono(tokens::META.0), t.text2);
                });
            }
        }
    });
}

/// How each of several endpoints does.
fn servers_ui(ui: &mut Ui, cx: &Cx<'_>) {
    let (t, text) = (theme::of(ui), cx.text);
    let state = &cx.snapshot.generation;
    if state.servers.len() < 2 || state.phase == JobPhase::Idle {
        return;
    }
    for server in &state.servers {
        let (icon, color, words) = health(text, t, server);
        ui.horizontal(|ui| {
            widgets::icon(ui, icon, 14.0, color);
            let name = if server.model.is_empty() { &server.name } else { &server.model };
            widgets::label(ui, name, fonts::medium(tokens::META.0), t.text);
            widgets::elided(ui, words, fonts::regular(tokens::META.0), t.text2);
        });
    }
}

fn health<'a>(text: Text, t: &theme::Tokens, server: &ServerState) -> (&'a str, egui::Color32, String) {
    if server.stopped.is_some() {
        return (icons::WARNING_CIRCLE, t.rejected, text.server_is_stopped().to_owned());
    }
    match &server.waiting {
        Some(waiting) => (icons::PLUGS, t.rejected, text.server_is_away(waiting.tries)),
        None => (icons::CIRCLE_HALF, t.chosen, text.server_works(server.in_flight, server.arrived)),
    }
}
