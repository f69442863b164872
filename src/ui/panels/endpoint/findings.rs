//! What a test of an endpoint found, and why a server did not answer.

use egui::{Color32, Ui};

use crate::domain::{Ability, Examination, RequestFault};
use crate::session::Probe;
use crate::text::Text;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets;

/// What is known of the endpoint that was tested.
pub(crate) fn probe_ui(ui: &mut Ui, text: Text, probe: &Probe) {
    let t = theme::of(ui);
    match probe {
        Probe::Asking => drop(line(ui, icons::CIRCLE_NOTCH, t.text3, text.testing())),
        Probe::Found(found) => found_ui(ui, text, found),
        Probe::Failed(fault) => fault_ui(ui, text, fault),
    }
}

fn found_ui(ui: &mut Ui, text: Text, found: &Examination) {
    let t = theme::of(ui);
    let server = &found.server;
    ui.spacing_mut().item_spacing.y = tokens::S1;
    ui.spacing_mut().interact_size.y = 18.0;
    let kind = text.server_named(server.kind, server.version.as_deref());
    match &found.chat {
        Ok(reply) => {
            let passed = text.test_passed(server.millis);
            line(ui, icons::CHECK, t.chosen, &text.detailed(&passed, &kind));
            line(ui, icons::CHECK, t.chosen, &text.first_reply(reply));
            if let Some(thinking) = text.thinking(reply.thinking) {
                line(ui, icons::CHECK, t.chosen, thinking);
            }
        }
        Err(fault) => {
            line(ui, icons::WARNING_CIRCLE, t.rejected, &kind);
            fault_ui(ui, text, fault);
        }
    }
    match server.models.len() {
        0 => line(ui, icons::INFO, t.text3, text.test_no_models()),
        _ => line(ui, icons::CHECK, t.chosen, &text.test_models(&server.models.join(", "))),
    };
    if let Some(tokens) = server.context_tokens {
        line(ui, icons::CHECK, t.chosen, &text.test_context(tokens));
    }
    for (name, ability) in text.abilities(found) {
        let (icon, color) = match ability {
            Ability::Works => (icons::CHECK, t.chosen),
            Ability::Ignored | Ability::Refused { .. } => (icons::MINUS, t.text3),
            Ability::Unknown => continue,
        };
        let words = match ability {
            Ability::Works => name.to_owned(),
            _ => text.detailed(name, text.ability(ability)),
        };
        let shown = line(ui, icon, color, &words);
        if let Ability::Refused { said } = ability {
            shown.on_hover_text(said);
        }
    }
    for note in &found.notes {
        ui.horizontal_top(|ui| {
            widgets::icon(ui, icons::INFO, 14.0, t.text3);
            widgets::paragraph(ui, text.server_note(*note), fonts::regular(tokens::META.0), t.text2);
        });
    }
}

/// A sign and a few words.
pub(crate) fn line(ui: &mut Ui, icon: &str, color: Color32, words: &str) -> egui::Response {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        widgets::icon(ui, icon, 14.0, color);
        widgets::elided(ui, words, fonts::regular(tokens::META.0), t.text)
    })
    .inner
}

/// A fault in a sentence, the server's words below.
pub(crate) fn fault_ui(ui: &mut Ui, text: Text, fault: &RequestFault) {
    let t = theme::of(ui);
    widgets::paragraph(ui, text.request_fault(fault), fonts::regular(tokens::UI.0), t.rejected);
    if let Some(said) = text.request_detail(fault) {
        said_ui(ui, text, &said);
    }
}

/// The server's own words.
pub(crate) fn said_ui(ui: &mut Ui, text: Text, said: &str) {
    let t = theme::of(ui);
    widgets::label(ui, text.said(), fonts::regular(tokens::META.0), t.text3);
    let frame = egui::Frame::new().fill(t.inset).corner_radius(tokens::R1).inner_margin(8);
    frame.show(ui, |ui| {
        widgets::paragraph(ui, said, fonts::mono(tokens::META.0), t.text2);
    });
}
