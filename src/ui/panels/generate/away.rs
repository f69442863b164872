//! The server does not answer: what is safe, what goes on by itself, what a person can do.

use std::time::Duration;

use egui::{CornerRadius, Sense, Stroke, StrokeKind, Ui, UiBuilder, vec2};

use super::Cx;
use crate::domain::Waiting;
use crate::session::Command;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

const CARD: f32 = 132.0;

pub(super) fn away_ui(ui: &mut Ui, cx: &mut Cx<'_>, waiting: &Waiting) {
    let (t, text, snapshot) = (theme::of(ui), cx.text, cx.snapshot);
    let state = &snapshot.generation;
    let frame = widgets::card_frame(ui).stroke(Stroke::new(1.0, t.rejected)).inner_margin(20);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = tokens::S2;
        ui.horizontal(|ui| {
            widgets::icon(ui, icons::PLUGS, 24.0, t.rejected);
            ui.add_space(tokens::S1);
            let away: Vec<&str> = state
                .servers
                .iter()
                .filter(|server| server.waiting.is_some())
                .map(|server| server.name.as_str())
                .collect();
            // Which one is a question only where there are several.
            let title = match state.servers.len() {
                0 | 1 => text.down_title().to_owned(),
                _ => text.down_titled(&away.join(", ")),
            };
            widgets::label(ui, title, fonts::semibold(tokens::HEADING.0), t.text);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let seconds = waiting.next_try.duration_since(jiff::Timestamp::now()).as_secs().max(0).unsigned_abs();
                let words = text.down_next(seconds, waiting.tries);
                widgets::label(ui, words, fonts::regular(tokens::UI.0), t.text2);
            });
        });
        let safe = text.down_safe(state.have, snapshot.counts.labeled(), state.missing());
        widgets::paragraph(ui, safe, fonts::medium(tokens::UI.0), t.text);
        ui.add_space(tokens::S1);
        let ready = snapshot.counts.ready;
        let ways = [
            (text.down_running(), text.down_running_note().to_owned(), Way::Try),
            (text.down_moved(), text.down_moved_note().to_owned(), Way::None),
            (text.down_hurry(), text.down_hurry_note(ready), if ready > 0 { Way::Label } else { Way::None }),
        ];
        let width = (ui.available_width() - tokens::S3 * 2.0) / 3.0;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = tokens::S3;
            for (title, note, way) in ways {
                let (rect, _) = ui.allocate_exact_size(vec2(width, CARD), Sense::hover());
                let stroke = Stroke::new(1.0, t.stroke);
                ui.painter().rect(rect, CornerRadius::same(tokens::R2), t.canvas, stroke, StrokeKind::Inside);
                let mut card = ui.new_child(
                    UiBuilder::new()
                        .max_rect(rect.shrink(14.0))
                        .id_salt(title)
                        .layout(egui::Layout::top_down(egui::Align::Min)),
                );
                card.spacing_mut().item_spacing.y = tokens::S1;
                widgets::label(&mut card, title, fonts::semibold(tokens::UI.0), t.text);
                widgets::paragraph(&mut card, note, fonts::regular(tokens::UI.0), t.text2);
                card.add_space(tokens::S1);
                way_ui(&mut card, cx, way);
            }
        });
        crate::ui::panels::endpoint::fault_ui(ui, text, &waiting.fault);
    });
    ui.ctx().request_repaint_after(Duration::from_secs(1));
}

/// What a card offers to do.
#[derive(Clone, Copy)]
enum Way {
    Try,
    Label,
    None,
}

fn way_ui(ui: &mut Ui, cx: &mut Cx<'_>, way: Way) {
    let text = cx.text;
    match way {
        Way::Try => {
            let button = Button::new(text.try_now()).icon(icons::ARROWS_CLOCKWISE).kind(Kind::Primary).small();
            if button.show(ui).clicked() {
                cx.out.push(Command::TryNow);
            }
        }
        Way::Label => {
            let key = Action::ShowLabel.hint(ui.ctx());
            let button = Button::new(text.down_label()).icon(icons::LIST_CHECKS).key(&key).small();
            if button.show(ui).clicked() {
                cx.acts.push(Action::ShowLabel);
            }
        }
        Way::None => {}
    }
}
