//! How a reward model is asked: chat template, system message, the request, which number counts.

use egui::{Layout, Ui};

use super::draft::{Asking, Draft, PRESETS, Template};
use super::{Cx, look_of};
use crate::domain::{RewardFault, ScorerFault, StepRule};
use crate::session::Looked;
use crate::text::Text;
use crate::ui::dialogs::{PathPopup, Purpose};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

const STEPS: [StepRule; 3] = [StepRule::Minimum, StepRule::Last, StepRule::Mean];

pub(super) fn reward_ui(ui: &mut Ui, cx: &mut Cx<'_>, draft: &mut Draft, width: f32) {
    let (t, text) = (theme::of(ui), cx.text);
    chosen_by_look(ui, cx, draft, width);
    template_ui(ui, cx, draft, width);
    ui.add_space(tokens::S1);
    widgets::label(ui, text.system_message(), fonts::semibold(tokens::UI.0), t.text);
    let names = [text.system_none(), text.system_text()];
    ui.push_id("system", |ui| {
        if let Some(chosen) = widgets::segmented(ui, &names, usize::from(draft.has_system), width) {
            draft.has_system = chosen == 1;
        }
    });
    if draft.has_system {
        widgets::multiline(ui, &mut draft.system, text.system_message(), "", 2, width - 16.0);
    }
    let meta = fonts::regular(tokens::META.0);
    widgets::paragraph(ui, text.system_message_note(), meta, t.text3);
    ui.add_space(tokens::S1);
    asking_ui(ui, text, draft, width);
}

/// What a look found that only a person can choose; first, since nothing works before.
fn chosen_by_look(ui: &mut Ui, cx: &Cx<'_>, draft: &mut Draft, width: f32) {
    let (t, text) = (theme::of(ui), cx.text);
    let meta = fonts::regular(tokens::META.0);
    let look = draft.scorer().and_then(|scorer| look_of(cx.snapshot, &scorer));
    let fault = look.and_then(|look| match &look.looked {
        Looked::Failed(ScorerFault::Reward(fault)) => Some(fault),
        _ => None,
    });
    if draft.steps.is_some() || matches!(fault, Some(RewardFault::ChooseStep { .. })) {
        widgets::label(ui, text.steps(), fonts::semibold(tokens::UI.0), t.text);
        let names = [text.steps_ask(), text.step_minimum(), text.step_last(), text.step_mean()];
        let now = draft.steps.and_then(|rule| STEPS.iter().position(|other| *other == rule));
        ui.push_id("steps", |ui| {
            if let Some(chosen) = widgets::segmented(ui, &names, now.map_or(0, |now| now + 1), width) {
                draft.steps = chosen.checked_sub(1).map(|index| STEPS[index]);
            }
        });
        widgets::paragraph(ui, text.steps_note(), meta.clone(), t.text2);
        ui.add_space(tokens::S1);
    }
    let labels: &[String] = match fault {
        Some(RewardFault::ChooseLabel { labels }) => labels,
        _ => &[],
    };
    if !draft.label.is_empty() || !labels.is_empty() {
        widgets::label(ui, text.label_choice(), fonts::semibold(tokens::UI.0), t.text);
        ui.horizontal_wrapped(|ui| {
            for label in labels.iter().take(24) {
                let chosen = draft.label.trim() == label;
                if Button::new(label).small().kind(Kind::Quiet).selected(chosen).show(ui).clicked() {
                    draft.label.clone_from(label);
                }
            }
        });
        widgets::field(ui, &mut draft.label, text.label_choice(), "", width - 16.0);
        widgets::paragraph(ui, text.label_choice_note(), meta, t.text3);
        ui.add_space(tokens::S1);
    }
}

fn template_ui(ui: &mut Ui, cx: &mut Cx<'_>, draft: &mut Draft, width: f32) {
    let (t, text) = (theme::of(ui), cx.text);
    let meta = fonts::regular(tokens::META.0);
    ui.horizontal(|ui| {
        widgets::label(ui, text.template(), fonts::semibold(tokens::UI.0), t.text);
        if draft.template == Template::Jinja {
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                let file = Button::new(text.template_file()).icon(icons::FOLDER_OPEN).kind(Kind::Quiet).small();
                if file.show(ui).clicked() {
                    *cx.popup = Some(PathPopup::new(Purpose::ChatTemplate, String::new()));
                }
            });
        }
    });
    let names = [text.template_server(), "ChatML", "Llama 3", text.template_plain(), "Jinja"];
    let now = Template::ALL.iter().position(|template| *template == draft.template).unwrap_or(0);
    ui.push_id("template", |ui| {
        if let Some(chosen) = widgets::segmented(ui, &names, now, width) {
            draft.template = Template::ALL[chosen];
        }
    });
    let note = match draft.template {
        Template::Server => text.template_server_note(),
        Template::ChatMl => text.template_chatml_note(),
        Template::Llama3 => text.template_llama_note(),
        Template::Plain => text.template_plain_note(),
        Template::Jinja => text.template_jinja_note(),
    };
    widgets::paragraph(ui, note, meta, t.text2);
    if draft.template == Template::Jinja {
        let hint = "{% for message in messages %}…";
        let area = egui::ScrollArea::vertical().id_salt("jinja").max_height(160.0);
        area.show(ui, |ui| {
            widgets::multiline(ui, &mut draft.jinja, text.template_text(), hint, 4, width - 24.0);
        });
    }
}

fn asking_ui(ui: &mut Ui, text: Text, draft: &mut Draft, width: f32) {
    let t = theme::of(ui);
    let meta = fonts::regular(tokens::META.0);
    widgets::label(ui, text.asking(), fonts::semibold(tokens::UI.0), t.text);
    let names = [text.asking_find(), text.asking_preset(), text.asking_own()];
    let now = Asking::ALL.iter().position(|asking| *asking == draft.asking).unwrap_or(0);
    ui.push_id("asking", |ui| {
        if let Some(chosen) = widgets::segmented(ui, &names, now, width) {
            draft.asking = Asking::ALL[chosen];
        }
    });
    match draft.asking {
        Asking::Find => drop(widgets::paragraph(ui, text.asking_find_note(), meta, t.text2)),
        Asking::Preset => {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = egui::vec2(tokens::S1, tokens::S1);
                for (index, (_, name)) in PRESETS.iter().enumerate() {
                    let chosen = draft.preset == index;
                    if Button::new(name).small().kind(Kind::Quiet).selected(chosen).show(ui).clicked() {
                        draft.preset = index;
                    }
                }
            });
        }
        Asking::Own => {
            let note = |ui: &mut Ui, words: &str| {
                widgets::paragraph(ui, words, fonts::regular(tokens::META.0), t.text3);
            };
            widgets::label(ui, text.asking_path(), meta.clone(), t.text2);
            widgets::field(ui, &mut draft.path, text.asking_path(), "/pooling", width - 16.0);
            widgets::label(ui, text.asking_body(), meta.clone(), t.text2);
            widgets::multiline(ui, &mut draft.body, text.asking_body(), "", 3, width - 16.0);
            note(ui, text.asking_body_note());
            widgets::label(ui, text.asking_pointer(), meta, t.text2);
            widgets::field(ui, &mut draft.pointer, text.asking_pointer(), "/data/*/data", width - 16.0);
            note(ui, text.asking_pointer_note());
            if widgets::check_box(ui, draft.squashed, text.asking_squashed(), true, t.accent).clicked() {
                draft.squashed = !draft.squashed;
            }
        }
    }
}
