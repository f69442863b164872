//! What a test of a scorer showed: how its server is asked and read, or why it cannot be used and what to do.

use egui::Ui;

use super::draft::Draft;
use super::{Cx, ScorePanel};
use crate::domain::{
    Ability, RewardFault, RewardFinding, RewardNote, Scorer, ScorerFault, ScorerKind, ServerNote, serve_command,
};
use crate::session::{Finding, Looked, Probe, RewardLook, Snapshot};
use crate::text::Text;
use crate::ui::panels::endpoint::{fault_ui, line, probe_ui, said_ui};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// Lines of a rendered text before it scrolls, in points.
const RENDERED: f32 = 132.0;

/// The look at a reward model's server that is about this scorer.
pub(super) fn look_of<'a>(snapshot: &'a Snapshot, scorer: &Scorer) -> Option<&'a RewardLook> {
    snapshot.looks.iter().find(|look| look.is_about(scorer))
}

fn probe_of<'a>(snapshot: &'a Snapshot, scorer: &Scorer) -> Option<&'a Probe> {
    let found = snapshot.findings.iter().find(|finding: &&Finding| finding.is_about(&scorer.endpoint));
    found.map(|finding| &finding.probe)
}

/// Something is known of the scorer's server.
pub(super) fn is_looked_at(snapshot: &Snapshot, scorer: &Scorer) -> bool {
    match scorer.kind {
        ScorerKind::Judge(_) => probe_of(snapshot, scorer).is_some(),
        ScorerKind::Reward(_) => look_of(snapshot, scorer).is_some(),
    }
}

fn is_awaited(snapshot: &Snapshot, scorer: &Scorer) -> bool {
    match scorer.kind {
        ScorerKind::Judge(_) => matches!(probe_of(snapshot, scorer), Some(Probe::Asking)),
        ScorerKind::Reward(_) => look_of(snapshot, scorer).is_some_and(|look| matches!(look.looked, Looked::Looking)),
    }
}

/// What is known of the scorer's server; `kept` is what it showed before.
pub(super) fn look_ui(ui: &mut Ui, text: Text, snapshot: &Snapshot, scorer: &Scorer, kept: Option<&RewardFinding>) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = tokens::S1;
    match &scorer.kind {
        ScorerKind::Judge(_) => match probe_of(snapshot, scorer) {
            Some(probe) => judge_look_ui(ui, text, probe),
            None => drop(line(ui, icons::INFO, t.text3, text.look_nothing())),
        },
        ScorerKind::Reward(_) => match (look_of(snapshot, scorer).map(|look| &look.looked), kept) {
            (Some(Looked::Looking), _) => drop(line(ui, icons::CIRCLE_NOTCH, t.text3, text.looking())),
            (Some(Looked::Found(finding)), _) | (None, Some(finding)) => finding_ui(ui, text, finding),
            (Some(Looked::Failed(fault)), _) => scorer_fault_ui(ui, text, fault),
            (None, None) => drop(line(ui, icons::INFO, t.text3, text.look_nothing())),
        },
    }
}

/// What a chat server can do, and what that means for a judge.
fn judge_look_ui(ui: &mut Ui, text: Text, probe: &Probe) {
    let t = theme::of(ui);
    let Probe::Found(found) = probe else { return probe_ui(ui, text, probe) };
    // What several replies and seeds are good for does not touch a judge, nor do sampling defaults.
    let mut shown = found.clone();
    (shown.several, shown.seeds) = (Ability::Unknown, Ability::Unknown);
    (shown.json, shown.logprobs) = (Ability::Unknown, Ability::Unknown);
    let touches = |note: &ServerNote| {
        matches!(note, ServerNote::CutsLongPrompts | ServerNote::OneAtATime | ServerNote::ThinksByDefault)
    };
    shown.notes.retain(touches);
    let chats = found.chat.is_ok();
    probe_ui(ui, text, &Probe::Found(shown));
    let consequence = |ui: &mut Ui, ability: &Ability, works: &str, not: &str| match ability {
        Ability::Works => drop(line(ui, icons::CHECK, t.chosen, works)),
        Ability::Ignored | Ability::Refused { .. } => drop(line(ui, icons::MINUS, t.text3, not)),
        Ability::Unknown => {}
    };
    if chats {
        consequence(ui, &found.json, text.look_json_works(), text.look_json_not());
        consequence(ui, &found.logprobs, text.look_logprobs_works(), text.look_logprobs_not());
    }
}

fn finding_ui(ui: &mut Ui, text: Text, finding: &RewardFinding) {
    let t = theme::of(ui);
    ui.spacing_mut().interact_size.y = 18.0;
    let good = |ui: &mut Ui, words: &str| drop(line(ui, icons::CHECK, t.chosen, words));
    let server = text.server_named(finding.server, finding.version.as_deref());
    let mut found = format!("{server}  {}", finding.request.path);
    if !finding.model.is_empty() {
        found = format!("{found}  {}", finding.model);
    }
    good(ui, &found);
    good(ui, text.reward_numbers_note(finding.numbers));
    if let Some(rows) = text.reward_rows(finding.rows) {
        good(ui, &rows);
    }
    if let Some(label) = finding.label.and_then(|label| finding.labels.get(label as usize)) {
        good(ui, &text.detailed(text.label_choice(), label));
    }
    if let Some(tokens) = finding.context_tokens {
        good(ui, &text.test_context(tokens));
    }
    let is_wrong = finding.notes.contains(&RewardNote::WrongTemplate);
    let told = |score: Option<f64>| score.map_or_else(|| text.look_lost().to_owned(), number);
    let words = text.look_good_bad(&told(finding.good), &told(finding.bad));
    let (icon, color) = if is_wrong { (icons::WARNING, t.warning) } else { (icons::CHECK, t.chosen) };
    line(ui, icon, color, &words);
    for note in &finding.notes {
        let quiet = matches!(note, RewardNote::SystemPromptByTemplate { .. });
        let (icon, color) = if quiet { (icons::INFO, t.text3) } else { (icons::WARNING, t.warning) };
        ui.horizontal_top(|ui| {
            widgets::icon(ui, icon, 14.0, color);
            widgets::paragraph(ui, text.reward_note(note), fonts::regular(tokens::META.0), t.text);
        });
    }
    if let Some(rendered) = &finding.rendered {
        rendered_ui(ui, text, rendered, is_wrong);
    }
}

/// The text as the model read it: the first thing to look at where the template is in doubt, else folded.
fn rendered_ui(ui: &mut Ui, text: Text, rendered: &str, open: bool) {
    let t = theme::of(ui);
    let id = ui.scope_id().with("rendered");
    let mut open = ui.data(|data| data.get_temp(id)).unwrap_or(open);
    let caret = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    if Button::new(text.look_rendered()).icon(caret).small().kind(Kind::Quiet).show(ui).clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    if open {
        let frame = egui::Frame::new().fill(t.inset).corner_radius(tokens::R1).inner_margin(8);
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let area = egui::ScrollArea::vertical().id_salt("rendered").max_height(RENDERED);
            area.auto_shrink([false, true]).show(ui, |ui| {
                let shown: String = rendered.chars().take(8000).collect();
                let shown = crate::ui::markdown::visible(&shown);
                widgets::paragraph(ui, shown, fonts::mono(tokens::META.0), t.text2);
            });
        });
    }
}

/// Why a scorer cannot be used, what to do, the server's words.
pub(super) fn scorer_fault_ui(ui: &mut Ui, text: Text, fault: &ScorerFault) {
    let t = theme::of(ui);
    let ScorerFault::Reward(fault) = fault else {
        if let ScorerFault::Request(fault) = fault {
            fault_ui(ui, text, fault);
        }
        return;
    };
    widgets::paragraph(ui, text.reward_fault(fault), fonts::regular(tokens::UI.0), t.rejected);
    if let RewardFault::AlwaysOne { flag } = fault {
        copy_ui(ui, text, (text.start_server_with(), text.copy_flag()), flag);
    }
    if let Some(said) = text.reward_fault_detail(fault) {
        said_ui(ui, text, &said);
    }
}

/// The command that starts the scorer's server, where there is one.
pub(super) fn serve_ui(ui: &mut Ui, text: Text, scorer: &Scorer) {
    if let Some(command) = serve_command(scorer) {
        copy_ui(ui, text, (text.serve_with(), text.copy_command()), &command);
    }
}

/// Words to take elsewhere: what they are for, the words, a button that copies them.
fn copy_ui(ui: &mut Ui, text: Text, (name, copy): (&str, &str), words: &str) {
    let t = theme::of(ui);
    widgets::label(ui, name, fonts::regular(tokens::META.0), t.text3);
    let frame = egui::Frame::new().fill(t.inset).corner_radius(tokens::R1).inner_margin(egui::Margin::symmetric(8, 2));
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let button = Button::icon_only(icons::COPY, copy).small();
                if button.show(ui).on_hover_text(text.copy()).clicked() {
                    ui.ctx().copy_text(words.to_owned());
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    widgets::elided(ui, words, fonts::mono(tokens::META.0), t.text).on_hover_text(words);
                });
            });
        });
    });
}

impl ScorePanel {
    /// What a test of the form's scorer showed.
    pub(super) fn tested_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, draft: &Draft, width: f32) {
        let (t, text) = (theme::of(ui), cx.text);
        let Some(scorer) = draft.scorer().filter(|scorer| is_looked_at(cx.snapshot, scorer)) else { return };
        ui.add_space(tokens::S1);
        let shown = ui.scope(|ui| {
            ui.set_width(width);
            widgets::separator(ui);
            widgets::label(ui, text.look_title(), fonts::semibold(tokens::UI.0), t.text);
            look_ui(ui, text, cx.snapshot, &scorer, None);
        });
        if self.reveal_look {
            shown.response.scroll_to_me(None);
            // The answer takes more room than the wait for it.
            self.reveal_look = is_awaited(cx.snapshot, &scorer);
        }
    }
}

/// A score as it is shown: two places, and a minus as wide as a plus.
pub(super) fn number(value: f64) -> String {
    let shown = format!("{:.2}", value.abs());
    if value < 0.0 && shown.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) { format!("−{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn nothing_is_shown_as_less_than_nothing() {
        assert_eq!([0.0, -0.001, -0.25, 12.345].map(number), ["0.00", "0.00", "−0.25", "12.35"]);
    }
}
