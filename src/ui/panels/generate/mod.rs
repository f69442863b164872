//! The generate view: server, prompts, sampling; progress and what went wrong.

mod away;
mod progress;

use std::time::{Duration, Instant};

use egui::{Layout, Ui};

use crate::domain::{Endpoint, Pairing, Plan, PromptList, ReplyCount, ServerAddress};
use crate::session::{Command, Probe, Snapshot};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::dialogs::{PathPopup, Purpose};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// How long after the last change the plan is sent.
const PAUSE: Duration = Duration::from_millis(300);
/// The sampling column.
const COLUMN: f32 = 300.0;

/// The plan as it is edited; numbers are kept as they are typed.
pub(crate) struct GeneratePanel {
    plan: Plan,
    url: String,
    temperature: String,
    top_p: String,
    max_tokens: String,
    first_seed: String,
    concurrency: String,
    stop: String,
    extra: String,
    more_open: bool,
    adding: [String; 2],
    changed: Option<Instant>,
}

impl GeneratePanel {
    /// The plan of a new session: one prompt filled in.
    pub(crate) fn new_plan(text: Text) -> Plan {
        let prompts = PromptList { user: vec![text.default_prompt().to_owned()], ..PromptList::default() };
        Plan { prompts, ..Plan::default() }
    }

    pub(crate) fn new(plan: &Plan, _text: Text) -> Self {
        let number = |value: Option<String>| value.unwrap_or_default();
        let sampling = &plan.sampling;
        Self {
            url: match plan.endpoints.first().map(|endpoint| &endpoint.address) {
                Some(ServerAddress::Url(url)) => url.clone(),
                _ => String::new(),
            },
            temperature: number(sampling.temperature.map(|value| value.to_string())),
            top_p: number(sampling.top_p.map(|value| value.to_string())),
            max_tokens: number(sampling.max_tokens.map(|value| value.to_string())),
            first_seed: number(sampling.first_seed.map(|value| value.to_string())),
            concurrency: plan.endpoints.first().map_or(8, Endpoint::concurrency).to_string(),
            stop: sampling.stop.join("\n"),
            extra: if sampling.extra.is_empty() {
                String::new()
            } else {
                serde_json::json!(sampling.extra).to_string()
            },
            more_open: false,
            adding: [String::new(), String::new()],
            changed: None,
            plan: plan.clone(),
        }
    }

    /// Take a list of prompts from a file.
    pub(crate) fn take_list(&mut self, system: bool, texts: Vec<String>) {
        let list = if system { &mut self.plan.prompts.system } else { &mut self.plan.prompts.user };
        list.extend(texts);
        self.changed = Some(Instant::now());
    }

    /// Send the plan when it changed.
    pub(crate) fn flush(&mut self, out: &mut Vec<Command>) {
        if self.changed.take().is_some() {
            out.push(Command::SetPlan(Box::new(self.plan.clone())));
        }
    }

    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        text: Text,
        snapshot: &Snapshot,
        out: &mut Vec<Command>,
        acts: &mut Vec<Action>,
        popup: &mut Option<PathPopup>,
    ) {
        let t = theme::of(ui);
        let before = self.plan.clone();
        let frame = egui::Frame::new().fill(t.canvas).inner_margin(16);
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                widgets::in_the_middle(ui, |ui| {
                    ui.spacing_mut().item_spacing = egui::vec2(tokens::S3, tokens::S3);
                    if let Some(waiting) = snapshot.generation.waiting() {
                        away::away_ui(ui, text, snapshot, waiting, out, acts);
                    }
                    let wide = ui.available_width() >= tokens::NARROW - 32.0;
                    let left = if wide { ui.available_width() - COLUMN - tokens::S3 } else { ui.available_width() };
                    ui.horizontal_top(|ui| {
                        ui.vertical(|ui| {
                            ui.set_width(left);
                            self.endpoint_ui(ui, text, snapshot, out);
                            ui.horizontal_top(|ui| {
                                let half = (left - tokens::S3) / 2.0;
                                for system in [true, false] {
                                    ui.vertical(|ui| {
                                        ui.set_width(half);
                                        self.list_ui(ui, text, system, half, popup);
                                    });
                                }
                            });
                            if !wide {
                                self.sampling_ui(ui, text, left, out);
                            }
                        });
                        if wide {
                            ui.vertical(|ui| {
                                ui.set_width(COLUMN);
                                self.sampling_ui(ui, text, COLUMN, out);
                            });
                        }
                    });
                    progress::progress_ui(ui, text, snapshot, out, acts);
                });
            });
        });
        if self.plan != before {
            self.changed = Some(Instant::now());
        }
        match self.changed {
            Some(changed) if changed.elapsed() >= PAUSE => self.flush(out),
            Some(_) => ui.ctx().request_repaint_after(PAUSE),
            None => {}
        }
    }

    fn endpoint_ui(&mut self, ui: &mut Ui, text: Text, snapshot: &Snapshot, out: &mut Vec<Command>) {
        let t = theme::of(ui);
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = tokens::S2;
            ui.horizontal(|ui| {
                widgets::label(ui, text.endpoint(), fonts::semibold(tokens::UI.0), t.text);
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    let ready = self.plan.has_endpoint();
                    if Button::new(text.test()).icon(icons::PLUGS).small().enabled(ready).show(ui).clicked() {
                        self.changed = Some(Instant::now());
                        self.flush(out);
                        out.extend(
                            self.plan.endpoints.first().map(|endpoint| Command::Test(Box::new(endpoint.clone()))),
                        );
                    }
                });
            });
            let sample = self.plan.endpoints.first().is_some_and(|endpoint| endpoint.address == ServerAddress::Sample);
            let names = [text.own_server(), text.use_sample()];
            let width = 420.0_f32.min(ui.available_width());
            if let Some(chosen) = widgets::segmented(ui, &names, usize::from(sample), width) {
                let address = if chosen == 1 { ServerAddress::Sample } else { ServerAddress::Url(self.url.clone()) };
                let empty = chosen == 0 && self.url.trim().is_empty();
                self.plan.endpoints = (!empty).then(|| Endpoint::at(address)).into_iter().collect();
            }
            if sample {
                widgets::label(ui, text.use_sample_note(), fonts::regular(tokens::META.0), t.text3);
            } else {
                ui.horizontal(|ui| {
                    widgets::label(ui, text.address(), fonts::regular(tokens::UI.0), t.text2);
                    if widgets::field(ui, &mut self.url, text.address(), text.address_hint(), 300.0).changed() {
                        let url = self.url.trim().to_owned();
                        let address = ServerAddress::Url(url.clone());
                        self.plan.endpoints = (!url.is_empty()).then(|| Endpoint::at(address)).into_iter().collect();
                    }
                });
                if let Some(endpoint) = self.plan.endpoints.first_mut() {
                    ui.horizontal(|ui| {
                        widgets::label(ui, text.model(), fonts::regular(tokens::UI.0), t.text2);
                        widgets::field(ui, &mut endpoint.model, text.model(), text.model_hint(), 300.0);
                    });
                    models_ui(ui, snapshot, endpoint);
                }
                widgets::label(ui, text.key_note(), fonts::regular(tokens::META.0), t.text3);
            }
            if let Some(finding) = snapshot.findings.last() {
                probe_ui(ui, text, &finding.probe);
            }
        });
    }

    /// System prompts or user prompts, one editable line each.
    fn list_ui(&mut self, ui: &mut Ui, text: Text, system: bool, width: f32, popup: &mut Option<PathPopup>) {
        let t = theme::of(ui);
        let title = if system { text.system_prompts() } else { text.user_prompts() };
        let adding = &mut self.adding[usize::from(system)];
        let list = if system { &mut self.plan.prompts.system } else { &mut self.plan.prompts.user };
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(width - 30.0);
            ui.spacing_mut().item_spacing.y = tokens::S1;
            ui.horizontal(|ui| {
                widgets::label(ui, title, fonts::semibold(tokens::UI.0), t.text);
                widgets::label(ui, list.len().to_string(), fonts::regular(tokens::META.0), t.text3);
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    let name = format!("{title}: {}", text.import_list());
                    if Button::icon_only(icons::UPLOAD_SIMPLE, &name).small().show(ui).on_hover_text(&name).clicked() {
                        let purpose = if system { Purpose::SystemPrompts } else { Purpose::UserPrompts };
                        *popup = Some(PathPopup::new(purpose, String::new()));
                    }
                });
            });
            let mut removed = None;
            let row = 34.0;
            let area = egui::ScrollArea::vertical().id_salt(title).max_height(220.0).auto_shrink([false, true]);
            ui.spacing_mut().item_spacing.y = 2.0;
            area.show_rows(ui, row, list.len(), |ui, range| {
                for index in range {
                    ui.horizontal(|ui| {
                        ui.set_height(row);
                        let (at, _) = ui.allocate_exact_size(egui::vec2(26.0, row), egui::Sense::hover());
                        let font = fonts::regular(tokens::META.0);
                        ui.painter().text(at.center(), egui::Align2::CENTER_CENTER, index + 1, font, t.text3);
                        let name = format!("{title} {}", text.prompt_named(index + 1));
                        widgets::field(ui, &mut list[index], &name, "", (width - 130.0).max(80.0));
                        let name = text.remove_prompt(index + 1);
                        if Button::icon_only(icons::TRASH, &name).small().show(ui).on_hover_text(&name).clicked() {
                            removed = Some(index);
                        }
                    });
                }
            });
            if let Some(index) = removed {
                list.remove(index);
            }
            ui.add_space(tokens::S1);
            let name = format!("{title}: {}", text.add_prompt());
            widgets::multiline(ui, adding, &name, text.add_prompt_hint(), 2, width - 60.0);
            let lines: Vec<String> =
                adding.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            if Button::new(text.add_prompt()).icon(icons::PLUS).small().enabled(!lines.is_empty()).show(ui).clicked() {
                list.extend(lines);
                adding.clear();
            }
        });
    }

    fn sampling_ui(&mut self, ui: &mut Ui, text: Text, width: f32, out: &mut Vec<Command>) {
        let t = theme::of(ui);
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(width - 30.0);
            ui.spacing_mut().item_spacing.y = tokens::S2;
            self.count_ui(ui, text);
            ui.add_space(tokens::S1);
            ui.horizontal(|ui| {
                widgets::label(ui, text.sampling(), fonts::semibold(tokens::UI.0), t.text);
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    widgets::label(ui, text.sampling_note(), fonts::regular(tokens::META.0), t.text3);
                });
            });
            let sampling = &mut self.plan.sampling;
            number_ui(ui, text, text.temperature(), &mut self.temperature, &mut sampling.temperature);
            number_ui(ui, text, text.top_p(), &mut self.top_p, &mut sampling.top_p);
            number_ui(ui, text, text.max_tokens(), &mut self.max_tokens, &mut sampling.max_tokens);
            number_ui(ui, text, text.first_seed(), &mut self.first_seed, &mut sampling.first_seed);
            let words =
                format!("{}, {}", text.stop_words().split(['，', ',']).next().unwrap_or_default(), text.extra_json());
            let caret = if self.more_open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            if Button::new(&words).icon(caret).small().kind(Kind::Quiet).show(ui).clicked() {
                self.more_open = !self.more_open;
            }
            if self.more_open {
                self.more_ui(ui, text, width);
            }
            widgets::separator(ui);
            self.summary_ui(ui, text, width, out);
        });
    }

    fn count_ui(&mut self, ui: &mut Ui, text: Text) {
        let t = theme::of(ui);
        ui.horizontal(|ui| {
            widgets::label(ui, text.replies_each(), fonts::semibold(tokens::UI.0), t.text);
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                widgets::label(ui, self.plan.replies.get().to_string(), fonts::semibold(tokens::HEADING.0), t.text);
            });
        });
        let mut count = self.plan.replies.get();
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 90.0).max(60.0);
            let range = ReplyCount::MIN.get() as f32..=ReplyCount::MAX.get() as f32;
            let mut value = count as f32;
            if widgets::slider(ui, &mut value, range, width, text.replies_each()) {
                count = value.round() as u32;
            }
            if Button::icon_only(icons::MINUS, text.fewer()).small().show(ui).clicked() {
                count = count.saturating_sub(1);
            }
            if Button::icon_only(icons::PLUS, text.more()).small().show(ui).clicked() {
                count += 1;
            }
        });
        if let Ok(count) = ReplyCount::try_from(count) {
            self.plan.replies = count;
        }
    }

    fn more_ui(&mut self, ui: &mut Ui, text: Text, width: f32) {
        let t = theme::of(ui);
        widgets::label(ui, text.stop_words(), fonts::regular(tokens::META.0), t.text2);
        if widgets::multiline(ui, &mut self.stop, text.stop_words(), "", 2, width - 60.0).changed() {
            self.plan.sampling.stop = self.stop.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        }
        widgets::label(ui, text.extra_json(), fonts::regular(tokens::META.0), t.text2);
        widgets::multiline(ui, &mut self.extra, text.extra_json(), "{\"top_k\": 20}", 2, width - 60.0);
        match serde_json::from_str(self.extra.trim()) {
            Ok(extra) => self.plan.sampling.extra = extra,
            Err(_) => {
                self.plan.sampling.extra = serde_json::Map::new();
                if !self.extra.trim().is_empty() {
                    widgets::label(ui, text.bad_json(), fonts::regular(tokens::META.0), t.rejected);
                }
            }
        }
    }

    /// What the plan comes to, and the button that begins.
    fn summary_ui(&mut self, ui: &mut Ui, text: Text, width: f32, out: &mut Vec<Command>) {
        let t = theme::of(ui);
        let lists = &self.plan.prompts;
        let filled = |list: &[String]| list.iter().filter(|line| !line.trim().is_empty()).count();
        let (systems, users) = (filled(&lists.system), filled(&lists.user));
        let groups = match lists.pairing {
            Pairing::Cross => systems.max(1) * users,
            Pairing::Rows => lists.prompts().len(),
        };
        let words = match lists.pairing {
            Pairing::Cross => text.plan_cross(systems, users, groups),
            Pairing::Rows => text.plan_rows(groups),
        };
        widgets::paragraph(ui, words, fonts::semibold(tokens::UI.0), t.text);
        let each = self.plan.replies.get();
        let replies = groups as u64 * u64::from(each);
        widgets::label(ui, text.plan_replies(groups, each, replies), fonts::regular(tokens::UI.0), t.text2);
        let now = usize::from(lists.pairing == Pairing::Rows);
        if let Some(chosen) = widgets::segmented(ui, &[text.cross(), text.rows()], now, width - 30.0) {
            self.plan.prompts.pairing = if chosen == 1 { Pairing::Rows } else { Pairing::Cross };
        }
        let ready = groups > 0 && self.plan.has_endpoint();
        let words = if groups > 0 { text.start() } else { text.start_nothing() };
        let button = Button::new(words).kind(Kind::Primary).enabled(ready).width(width - 30.0);
        if button.show(ui).clicked() {
            out.push(Command::SetPlan(Box::new(self.plan.clone())));
            self.changed = None;
            out.push(Command::Start);
        }
    }
}

/// The models that the server lists, to press.
fn models_ui(ui: &mut Ui, snapshot: &Snapshot, endpoint: &mut Endpoint) {
    let Some(Probe::Found(info)) = snapshot.findings.last().map(|finding| &finding.probe) else { return };
    ui.horizontal_wrapped(|ui| {
        for model in info.models.iter().take(12) {
            let chosen = endpoint.model == *model;
            if Button::new(model).small().kind(Kind::Quiet).selected(chosen).show(ui).clicked() {
                endpoint.model.clone_from(model);
            }
        }
    });
}

fn probe_ui(ui: &mut Ui, text: Text, probe: &Probe) {
    let t = theme::of(ui);
    let line = |ui: &mut Ui, icon: &str, color: egui::Color32, words: String| {
        ui.horizontal(|ui| {
            widgets::icon(ui, icon, 14.0, color);
            widgets::elided(ui, words, fonts::regular(tokens::META.0), t.text);
        });
    };
    match probe {
        Probe::Asking => line(ui, icons::CIRCLE_NOTCH, t.text3, text.testing().to_owned()),
        Probe::Found(info) => {
            line(ui, icons::CHECK, t.chosen, text.test_passed(info.millis));
            let models = match info.models.len() {
                0 => text.test_no_models().to_owned(),
                _ => text.test_models(&info.models.join(", ")),
            };
            line(ui, icons::CHECK, t.chosen, models);
            if let Some(tokens) = info.context_tokens {
                line(ui, icons::CHECK, t.chosen, text.test_context(tokens));
            }
            if let Some(kind) = &info.owned_by {
                line(ui, icons::INFO, t.text3, text.test_kind(kind));
            }
        }
        Probe::Failed(fault) => progress::fault_ui(ui, text, fault),
    }
}

fn number_ui<T: std::str::FromStr>(ui: &mut Ui, text: Text, name: &str, typed: &mut String, value: &mut Option<T>) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        widgets::label(ui, name, fonts::regular(tokens::UI.0), t.text);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            widgets::field(ui, typed, name, "", 68.0);
        });
    });
    let trimmed = typed.trim();
    match trimmed.parse() {
        Ok(number) => *value = Some(number),
        Err(_) => {
            *value = None;
            if !trimmed.is_empty() {
                widgets::label(ui, text.bad_number(name), fonts::regular(tokens::META.0), t.rejected);
            }
        }
    }
}
