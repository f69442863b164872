//! The form in which a scorer is made: its kind, its server, its name; what is lacking; the button that adds it.

use std::time::{Duration, Instant};

use egui::{Layout, Ui, vec2};

use super::draft::{Draft, Kind, Lack};
use super::look::serve_ui;
use super::{Cx, ScorePanel};
use crate::domain::{Endpoint, ScorerKind, ServerInfo};
use crate::session::{Command, Nearby, Probe};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::panels::endpoint::{Form, access_ui, finding, host, models_ui, named, row, same_server, small_number};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind as Look};

/// A scorer that the session has not taken after so long was refused, and a message says why.
const ADDING: Duration = Duration::from_secs(2);
/// The foot with the buttons.
const FOOT: f32 = 46.0;

impl ScorePanel {
    /// Open the form; what was typed before is there again.
    pub(super) fn open_form(&mut self, kind: Option<Kind>) {
        let draft = self.draft.get_or_insert_with(|| Draft::new(Kind::default(), Form::at("")));
        if let Some(kind) = kind {
            draft.kind = kind;
        }
        self.form_open = true;
        self.focus_form = true;
    }

    /// Open the form with the sample server chosen.
    pub(super) fn open_sample(&mut self) {
        self.draft = Some(Draft::new(Kind::Judge, Form::at("sample")));
        self.form_open = true;
        self.focus_form = true;
    }

    /// Add what the form holds, where nothing is lacking.
    pub(super) fn add(&mut self, cx: &mut Cx<'_>) {
        let taken = names(cx);
        let Some(draft) = self.draft.as_ref().filter(|draft| draft.lacks(&taken).is_empty()) else {
            // From now on what is lacking is said.
            self.lacks_told = true;
            return;
        };
        if self.adding.is_none()
            && let Some(scorer) = draft.scorer()
        {
            self.adding = Some(Instant::now());
            cx.out.push(Command::AddScorer(Box::new(scorer)));
        }
    }

    /// Close the form once the session has the scorer; leave it open where the session refused it.
    pub(super) fn follow_adding(&mut self, ui: &Ui, cx: &Cx<'_>) {
        let Some(scorer) = self.draft.as_ref().map(|draft| draft.id) else { return };
        if cx.snapshot.scorers.iter().any(|state| state.scorer.id == scorer) {
            self.adding = None;
            self.draft = None;
            self.form_open = false;
            self.lacks_told = false;
            self.choose(Some(scorer));
        } else if self.adding.is_some_and(|since| since.elapsed() > ADDING) {
            self.adding = None;
        } else if self.adding.is_some() {
            ui.ctx().request_repaint_after(ADDING);
        }
    }

    pub(super) fn form_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let (t, text) = (theme::of(ui), cx.text);
        let Some(mut draft) = self.draft.take() else { return };
        let taken = names(cx);
        let first_model = match finding(cx.snapshot, &draft.server) {
            Some(Probe::Found(found)) => found.server.models.first().map(String::as_str),
            _ => nearby(cx)
                .into_iter()
                .find(|server| same_server(&draft.server, server))
                .and_then(|server| server.models.first().map(String::as_str)),
        };
        draft.propose(first_model, &taken);
        let mut close = false;
        let (width, height) = (ui.available_width(), ui.available_height());
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(width - 30.0);
            ui.set_height(height - 30.0);
            ui.spacing_mut().item_spacing.y = tokens::S2;
            ui.horizontal(|ui| {
                widgets::label(ui, text.add_title(), fonts::semibold(tokens::TITLE.0), t.text);
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    let button = Button::icon_only(icons::X, text.close()).key("Esc").small();
                    close = button.show(ui).clicked();
                });
            });
            let body = vec2(ui.available_width(), (ui.available_height() - FOOT).max(80.0));
            ui.allocate_ui(body, |ui| {
                ui.set_min_height(body.y);
                let area = egui::ScrollArea::vertical().id_salt("scorer-form").auto_shrink(false);
                area.show(ui, |ui| self.fields_ui(ui, cx, &mut draft));
            });
            widgets::separator(ui);
            self.foot_ui(ui, cx, &draft, &taken);
        });
        self.draft = Some(draft);
        if close {
            self.form_open = false;
        }
    }

    fn fields_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, draft: &mut Draft) {
        let (t, text) = (theme::of(ui), cx.text);
        ui.spacing_mut().item_spacing.y = tokens::S2;
        let whole = ui.available_width() - 6.0;
        widgets::paragraph(ui, text.add_note(), fonts::regular(tokens::UI.0), t.text2);
        ui.add_space(tokens::S1);
        let half = ((whole - tokens::S5) / 2.0).floor();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = tokens::S5;
            ui.vertical(|ui| {
                ui.set_width(half);
                let kinds = [text.kind_judge(), text.kind_reward()];
                if std::mem::take(&mut self.focus_form) {
                    let first = ui.scope_id().with(("segment", kinds[usize::from(draft.kind == Kind::Reward)]));
                    ui.memory_mut(|memory| memory.request_focus(first));
                }
                if let Some(chosen) = widgets::segmented(ui, &kinds, usize::from(draft.kind == Kind::Reward), half) {
                    draft.kind = if chosen == 1 { Kind::Reward } else { Kind::Judge };
                }
                self.server_ui(ui, cx, draft, half);
                name_ui(ui, cx, draft, half);
            });
            ui.vertical(|ui| {
                ui.set_width(half);
                match draft.kind {
                    Kind::Judge => super::judge::judge_ui(ui, cx, draft, half),
                    Kind::Reward => super::reward::reward_ui(ui, cx, draft, half),
                }
            });
        });
        self.tested_ui(ui, cx, draft, whole);
        ui.add_space(tokens::S3);
        follow_focus(ui, &mut self.focused);
    }

    /// The servers to choose from, and how the chosen one is reached.
    fn server_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, draft: &mut Draft, width: f32) {
        let (t, text) = (theme::of(ui), cx.text);
        ui.add_space(tokens::S1);
        ui.horizontal(|ui| {
            widgets::label(ui, text.add_server(), fonts::semibold(tokens::UI.0), t.text);
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                let looking = matches!(cx.snapshot.nearby.as_deref(), Some(Nearby::Looking));
                let words = if looking { text.finding_local() } else { text.find_local() };
                let find = Button::new(words).icon(icons::MAGNIFYING_GLASS).small().enabled(!looking);
                if find.show(ui).clicked() {
                    cx.out.push(Command::FindServers);
                }
            });
        });
        if matches!(cx.snapshot.nearby.as_deref(), Some(Nearby::Found(found)) if found.is_empty()) {
            widgets::paragraph(ui, text.found_none(), fonts::regular(tokens::META.0), t.text2);
        }
        let mut chosen = None;
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            chosen = self.servers_ui(ui, cx, draft, width);
        });
        if let Some(form) = chosen {
            draft.server = form;
        }
        let field = (width - 80.0).max(120.0);
        if draft.server.sample {
            widgets::paragraph(ui, text.sample_says(), fonts::regular(tokens::META.0), t.text2);
        } else {
            named(ui, text.address(), |ui| {
                widgets::field(ui, &mut draft.server.address, text.address(), text.address_hint(), field);
            });
            named(ui, text.model(), |ui| {
                widgets::field(ui, &mut draft.server.model, text.model(), text.model_hint(), field);
            });
            models_ui(ui, cx.snapshot, &mut draft.server);
            if let Some(scorer) = draft.scorer() {
                ui.scope(|ui| {
                    ui.set_max_width(width);
                    ui.spacing_mut().item_spacing.y = 2.0;
                    serve_ui(ui, text, &scorer);
                });
            }
        }
        ui.horizontal(|ui| {
            small_number(ui, text.concurrency(), &mut draft.server.concurrency);
            if !draft.server.sample {
                let open = draft.server.access_open;
                let caret = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
                if Button::new(text.access()).icon(caret).small().kind(Look::Quiet).show(ui).clicked() {
                    draft.server.access_open = !open;
                }
            }
        });
        if draft.server.concurrency().is_none() {
            let words = text.bad_number(text.concurrency());
            widgets::label(ui, words, fonts::regular(tokens::META.0), t.rejected);
        }
        if draft.server.access_open && !draft.server.sample {
            access_ui(ui, text, &mut draft.server, width, self.key_changed, cx.wishes);
        }
    }

    /// Rows of servers; the one that was pressed, as a form.
    fn servers_ui(&self, ui: &mut Ui, cx: &mut Cx<'_>, draft: &Draft, width: f32) -> Option<Form> {
        let text = cx.text;
        let mut chosen = None;
        let mut is_listed = draft.server.sample;
        let mut shown: Vec<String> = Vec::new();
        let scorers = cx.snapshot.scorers.iter().map(|state| &state.scorer.endpoint);
        for endpoint in cx.snapshot.plan.endpoints.iter().chain(scorers) {
            let form = Form::of(endpoint);
            let key = format!("{} {}", form.address, form.model);
            if form.sample || shown.contains(&key) {
                continue;
            }
            let (name, about) = (form.name().unwrap_or_default().to_owned(), host(&form.address).unwrap_or_default());
            let about = if name == form.address { String::new() } else { about };
            let is_chosen = draft.server.address == form.address && draft.server.model == form.model;
            is_listed |= is_chosen;
            shown.push(key);
            let icon = if is_chosen { icons::CHECK_CIRCLE_FILL } else { icons::CIRCLE };
            if row(ui, width, icon, &name, &about, is_chosen).clicked() {
                chosen = Some(form);
            }
        }
        for server in nearby(cx) {
            if shown.iter().any(|key| same_server(&Form::at(key.split(' ').next().unwrap_or_default()), server)) {
                continue;
            }
            let is_chosen = same_server(&draft.server, server);
            is_listed |= is_chosen;
            let name = server.models.first().unwrap_or(&server.base_url);
            let mut about = text.server_named(server.kind, server.version.as_deref());
            if let Some(host) = host(&server.base_url) {
                about = format!("{about}, {host}");
            }
            let icon = if is_chosen { icons::CHECK_CIRCLE_FILL } else { icons::CIRCLE };
            if row(ui, width, icon, name, &about, is_chosen).clicked() {
                chosen = Some(Form::at(&server.base_url));
            }
        }
        let icon = |on: bool| if on { icons::CHECK_CIRCLE_FILL } else { icons::CIRCLE };
        let sample = draft.server.sample;
        if row(ui, width, icon(sample), text.use_sample(), text.sample_judge_note(), sample).clicked() {
            chosen = Some(Form::at("sample"));
        }
        if row(ui, width, icon(!is_listed), text.add_by_address(), "", !is_listed).clicked() && is_listed {
            chosen = Some(Form::at(""));
        }
        chosen
    }

    fn foot_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, draft: &Draft, taken: &dyn Fn(&str) -> bool) {
        let (t, text) = (theme::of(ui), cx.text);
        let lacks = draft.lacks(taken);
        ui.horizontal(|ui| {
            ui.set_height(tokens::BUTTON);
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                let key = Action::KeepScorer.hint(ui.ctx());
                let words = if self.adding.is_some() { text.adding() } else { text.act_keep_scorer() };
                let ready = lacks.is_empty() && self.adding.is_none();
                if Button::new(words).kind(Look::Primary).key(&key).enabled(ready).show(ui).clicked() {
                    cx.acts.push(Action::KeepScorer);
                }
                let (key, ready) = (Action::TestScorer.hint(ui.ctx()), draft.server.endpoint().is_some());
                let words = if tested(cx, draft) { text.test_again() } else { text.test_scorer() };
                if Button::new(words).icon(icons::PLUGS).key(&key).enabled(ready).show(ui).clicked() {
                    cx.acts.push(Action::TestScorer);
                }
                // Nobody is told off for what they have not come to yet.
                let told = |lack: &&Lack| self.lacks_told || !matches!(lack, Lack::Address | Lack::Name);
                let words = lacks.iter().find(told).or(lacks.first()).map(|lack| lack_words(text, lack));
                ui.with_layout(Layout::left_to_right(egui::Align::Center), |ui| {
                    if let Some(words) = words {
                        let quiet = !lacks.iter().any(|lack| told(&lack));
                        let color = if quiet { t.text3 } else { t.rejected };
                        widgets::elided(ui, &words, fonts::regular(tokens::UI.0), color).on_hover_text(words);
                    }
                });
            });
        });
    }
}

/// Whether the scorer of the form has been tested as it is.
fn tested(cx: &Cx<'_>, draft: &Draft) -> bool {
    let Some(scorer) = draft.scorer() else { return false };
    match scorer.kind {
        ScorerKind::Judge(_) => cx.snapshot.findings.iter().any(|finding| finding.is_about(&scorer.endpoint)),
        ScorerKind::Reward(_) => cx.snapshot.looks.iter().any(|look| look.is_about(&scorer)),
    }
}

/// The names that are taken.
pub(super) fn names(cx: &Cx<'_>) -> impl Fn(&str) -> bool + use<> {
    let names: Vec<String> = cx.snapshot.scorers.iter().map(|state| state.scorer.name.clone()).collect();
    move |name: &str| names.iter().any(|other| other == name)
}

fn nearby<'a>(cx: &Cx<'a>) -> Vec<&'a ServerInfo> {
    let snapshot = cx.snapshot;
    match snapshot.nearby.as_deref() {
        Some(Nearby::Found(found)) => found.iter().collect(),
        Some(Nearby::Looking) | None => Vec::new(),
    }
}

fn name_ui(ui: &mut Ui, cx: &Cx<'_>, draft: &mut Draft, width: f32) {
    let (t, text) = (theme::of(ui), cx.text);
    ui.add_space(tokens::S1);
    widgets::label(ui, text.scorer_name(), fonts::semibold(tokens::UI.0), t.text);
    let field = widgets::field(ui, &mut draft.name, text.scorer_name(), text.scorer_name_hint(), width - 16.0);
    if field.changed() {
        draft.is_named = true;
    } else if !field.has_focus() && draft.name.trim().is_empty() {
        draft.is_named = false;
    }
    if names(cx)(draft.name.trim()) {
        let words = text.scorer_name_taken(draft.name.trim());
        widgets::paragraph(ui, words, fonts::regular(tokens::META.0), t.rejected);
    }
}

fn lack_words(text: Text, lack: &Lack) -> String {
    match lack {
        Lack::Address => text.needs_address().to_owned(),
        Lack::Concurrency => text.bad_number(text.concurrency()),
        Lack::Headers => text.bad_headers().to_owned(),
        Lack::Name => text.needs_name().to_owned(),
        Lack::NameTaken(name) => text.scorer_name_taken(name),
        Lack::Rubric(fault) => text.rubric_fault(*fault).to_owned(),
        Lack::Tokens => text.bad_tokens().to_owned(),
        Lack::Template => text.template_empty().to_owned(),
        Lack::Path => text.bad_path().to_owned(),
        Lack::Body => text.bad_body().to_owned(),
        Lack::Pointer => text.bad_pointer().to_owned(),
    }
}

/// Bring into sight what Tab led to.
pub(super) fn follow_focus(ui: &Ui, last: &mut Option<egui::Id>) {
    let focused = ui.memory(egui::Memory::focused);
    if *last == focused {
        return;
    }
    *last = focused;
    let response = focused.and_then(|id| ui.ctx().read_response(id));
    if let Some(response) = response.filter(|response| ui.min_rect().contains(response.rect.center())) {
        ui.scroll_to_rect(response.rect.expand(tokens::S3), None);
    }
}

/// Which server a scorer asks, in a few words.
pub(super) fn server_words(text: Text, endpoint: &Endpoint) -> String {
    let form = Form::of(endpoint);
    if form.sample {
        return text.use_sample().to_owned();
    }
    let place = host(&form.address).unwrap_or_else(|| form.address.clone());
    if endpoint.model.is_empty() { place } else { format!("{}, {place}", endpoint.model) }
}
