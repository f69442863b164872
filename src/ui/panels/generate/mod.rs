//! The generate view: servers, prompts, sampling; progress and what went wrong.

mod away;
mod endpoints;
mod progress;
mod prompts;
mod sampling;

use std::time::{Duration, Instant};

use egui::Ui;

use super::endpoint::{Form, Wish};
use crate::domain::{Plan, PromptList};
use crate::session::{Command, Snapshot};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::dialogs::PathPopup;
use crate::ui::theme::{self, tokens};
use crate::ui::widgets;

/// How long after the last change the plan is sent.
const PAUSE: Duration = Duration::from_millis(300);
/// The sampling column.
const COLUMN: f32 = 300.0;

/// What the view is drawn from, and where its wishes go.
pub(crate) struct Cx<'a> {
    pub(crate) text: Text,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) out: &'a mut Vec<Command>,
    pub(crate) acts: &'a mut Vec<Action>,
    pub(crate) popup: &'a mut Option<PathPopup>,
    pub(crate) wishes: &'a mut Vec<Wish>,
}

/// The plan as it is edited; numbers are kept as they are typed.
pub(crate) struct GeneratePanel {
    plan: Plan,
    forms: Vec<Form>,
    /// The form that is being looked at.
    selected: usize,
    temperature: String,
    top_p: String,
    max_tokens: String,
    first_seed: String,
    stop: String,
    extra: String,
    more_open: bool,
    adding: [String; 2],
    changed: Option<Instant>,
    /// The plan file that was written last.
    plan_saved: Option<String>,
    /// What was done with a key last: kept (`true`), or taken out.
    key_changed: Option<bool>,
}

impl GeneratePanel {
    /// The plan of a new session: one prompt filled in.
    pub(crate) fn new_plan(text: Text) -> Plan {
        let prompts = PromptList { user: vec![text.default_prompt().to_owned()], ..PromptList::default() };
        Plan { prompts, ..Plan::default() }
    }

    pub(crate) fn new(plan: &Plan) -> Self {
        let number = |value: Option<String>| value.unwrap_or_default();
        let sampling = &plan.sampling;
        let mut forms: Vec<Form> = plan.endpoints.iter().map(Form::of).collect();
        if forms.is_empty() {
            forms.push(Form::at(""));
        }
        Self {
            forms,
            selected: 0,
            temperature: number(sampling.temperature.map(|value| value.to_string())),
            top_p: number(sampling.top_p.map(|value| value.to_string())),
            max_tokens: number(sampling.max_tokens.map(|value| value.to_string())),
            first_seed: number(sampling.first_seed.map(|value| value.to_string())),
            stop: sampling.stop.join("\n"),
            extra: if sampling.extra.is_empty() {
                String::new()
            } else {
                serde_json::json!(sampling.extra).to_string()
            },
            more_open: false,
            adding: [String::new(), String::new()],
            changed: None,
            plan_saved: None,
            key_changed: None,
            plan: plan.clone(),
        }
    }

    /// Take a list of prompts from a file.
    pub(crate) fn take_list(&mut self, system: bool, texts: Vec<String>) {
        let list = if system { &mut self.plan.prompts.system } else { &mut self.plan.prompts.user };
        list.extend(texts);
        self.changed = Some(Instant::now());
    }

    /// Take a whole plan from a file.
    pub(crate) fn take_plan(&mut self, plan: &Plan) {
        *self = Self { changed: Some(Instant::now()), ..Self::new(plan) };
    }

    /// The plan as it stands on the page.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A plan file was written.
    pub(crate) fn plan_was_saved(&mut self, path: String) {
        self.plan_saved = Some(path);
    }

    /// A key was put into the keyring, or taken out.
    pub(crate) fn key_was_changed(&mut self, kept: bool) {
        self.key_changed = Some(kept);
    }

    /// Send the plan when it changed.
    pub(crate) fn flush(&mut self, out: &mut Vec<Command>) {
        if self.changed.take().is_some() {
            out.push(Command::SetPlan(Box::new(self.plan.clone())));
        }
    }

    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let t = theme::of(ui);
        let before = self.plan.clone();
        let frame = egui::Frame::new().fill(t.canvas).inner_margin(16);
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                widgets::in_the_middle(ui, |ui| {
                    ui.spacing_mut().item_spacing = egui::vec2(tokens::S3, tokens::S3);
                    if let Some(waiting) = cx.snapshot.generation.waiting() {
                        away::away_ui(ui, cx, waiting);
                    }
                    let wide = ui.available_width() >= tokens::NARROW - 32.0;
                    let left = if wide { ui.available_width() - COLUMN - tokens::S3 } else { ui.available_width() };
                    ui.horizontal_top(|ui| {
                        ui.vertical(|ui| {
                            ui.set_width(left);
                            self.endpoints_ui(ui, cx);
                            ui.horizontal_top(|ui| {
                                let half = (left - tokens::S3) / 2.0;
                                for system in [true, false] {
                                    ui.vertical(|ui| {
                                        ui.set_width(half);
                                        self.list_ui(ui, cx, system, half);
                                    });
                                }
                            });
                            if !wide {
                                self.sampling_ui(ui, cx, left);
                            }
                        });
                        if wide {
                            ui.vertical(|ui| {
                                ui.set_width(COLUMN);
                                self.sampling_ui(ui, cx, COLUMN);
                            });
                        }
                    });
                    progress::progress_ui(ui, cx);
                });
            });
        });
        self.plan.endpoints = self.forms.iter().filter_map(Form::endpoint).collect();
        if self.plan != before {
            self.changed = Some(Instant::now());
        }
        match self.changed {
            Some(changed) if changed.elapsed() >= PAUSE => self.flush(cx.out),
            Some(_) => ui.ctx().request_repaint_after(PAUSE),
            None => {}
        }
    }
}
