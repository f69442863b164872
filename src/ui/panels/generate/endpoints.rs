//! The servers and models that are asked: the list, and the one that is being looked at.

use egui::{Align2, CornerRadius, Layout, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::findings::probe_ui;
use super::form::{Form, KeyChoice};
use super::{Cx, GeneratePanel, Wish};
use crate::domain::{ApiKey, ServerInfo};
use crate::session::{Command, Finding, Nearby, Probe};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

const ROW: f32 = 32.0;
/// Models that are offered to press.
const MODELS: usize = 12;

impl GeneratePanel {
    pub(super) fn endpoints_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let (t, text) = (theme::of(ui), cx.text);
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = tokens::S2;
            ui.horizontal(|ui| {
                widgets::label(ui, text.endpoints(), fonts::semibold(tokens::UI.0), t.text);
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    let looking = matches!(cx.snapshot.nearby.as_deref(), Some(Nearby::Looking));
                    let words = if looking { text.finding_local() } else { text.find_local() };
                    let find = Button::new(words).icon(icons::MAGNIFYING_GLASS).small().enabled(!looking);
                    if find.show(ui).clicked() {
                        cx.out.push(Command::FindServers);
                    }
                    let add = Button::new(text.add_endpoint()).icon(icons::PLUS).kind(Kind::Quiet).small();
                    if add.show(ui).clicked() {
                        self.add_form(Form::at(""));
                    }
                });
            });
            let half = (ui.available_width() - tokens::S4) / 2.0;
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = tokens::S4;
                ui.vertical(|ui| {
                    ui.set_width(half);
                    self.list_of_endpoints(ui, cx, half);
                });
                ui.vertical(|ui| {
                    ui.set_width(half);
                    self.endpoint_ui(ui, cx, half);
                });
            });
        });
    }

    fn add_form(&mut self, form: Form) {
        // An empty one that was never filled in makes room.
        self.forms.retain(|form| form.sample || !form.address.trim().is_empty());
        self.forms.push(form);
        self.selected = self.forms.len() - 1;
    }

    fn list_of_endpoints(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, width: f32) {
        let text = cx.text;
        ui.spacing_mut().item_spacing.y = 6.0;
        let total: u32 = self.forms.iter().filter_map(Form::share).sum();
        for (index, form) in self.forms.iter().enumerate() {
            let found = finding(cx, form);
            let name = match (form.sample, form.name(), found) {
                (true, ..) => text.use_sample(),
                (_, None, _) => text.new_endpoint(),
                (_, Some(_), Some(Probe::Found(found))) if form.model.trim().is_empty() => {
                    found.server.models.first().map_or(form.address.trim(), String::as_str)
                }
                (_, Some(name), _) => name,
            };
            let mut about = match found {
                Some(Probe::Found(found)) if !form.sample => text.server_kind(found.server.kind).to_owned(),
                _ => String::new(),
            };
            if let Some(port) = host(&form.address).filter(|_| name != form.address.trim()) {
                about = if about.is_empty() { port } else { format!("{about}, {port}") };
            }
            if self.forms.len() > 1 && total > 0 {
                let percent = form.share().unwrap_or(0) * 100 / total;
                about = format!("{about}  {percent} %");
            }
            let used = form.share() != Some(0) && (form.sample || form.name().is_some());
            let icon = if used { icons::CHECK_CIRCLE_FILL } else { icons::CIRCLE };
            if row(ui, width, icon, name, about.trim(), self.selected == index).clicked() {
                self.selected = index;
            }
        }
        if let Some(Nearby::Found(found)) = cx.snapshot.nearby.as_deref() {
            let known = |server: &&ServerInfo| self.forms.iter().any(|form| same_server(form, server));
            let news: Vec<&ServerInfo> = found.iter().filter(|server| !known(server)).collect();
            if found.is_empty() {
                let t = theme::of(ui);
                widgets::paragraph(ui, text.found_none(), fonts::regular(tokens::META.0), t.text2);
            }
            for server in news {
                let name = server.models.first().unwrap_or(&server.base_url);
                let mut kind = text.server_named(server.kind, server.version.as_deref());
                if let Some(host) = host(&server.base_url) {
                    kind = format!("{kind}, {host}");
                }
                let chats = server.kind.chats();
                if row(ui, width, if chats { icons::PLUS } else { icons::PROHIBIT }, name, &kind, false).clicked()
                    && chats
                {
                    let form = Form::at(&server.base_url);
                    cx.out.extend(form.endpoint().map(|endpoint| Command::Test(Box::new(endpoint))));
                    self.add_form(form);
                }
            }
        }
        if !self.forms.iter().any(|form| form.sample) {
            let add = row(ui, width, icons::PLUS, text.use_sample(), text.use_sample_note(), false);
            if add.clicked() {
                self.add_form(Form::at("sample"));
            }
        }
    }

    /// The endpoint that is being looked at.
    fn endpoint_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, width: f32) {
        let (t, text) = (theme::of(ui), cx.text);
        let several = self.forms.len() > 1;
        let Some(form) = self.forms.get_mut(self.selected) else {
            widgets::paragraph(ui, text.no_endpoint_yet(), fonts::regular(tokens::UI.0), t.text2);
            return;
        };
        ui.spacing_mut().item_spacing.y = tokens::S2;
        let (mut ask, mut remove) = (false, false);
        if form.sample {
            ui.horizontal(|ui| {
                widgets::label(ui, text.use_sample_note(), fonts::regular(tokens::UI.0), t.text2);
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    remove = remove_button(ui, text.remove_endpoint());
                });
            });
        } else {
            let field = (width - 80.0).max(120.0);
            named(ui, text.address(), |ui| {
                widgets::field(ui, &mut form.address, text.address(), text.address_hint(), field);
            });
            named(ui, text.model(), |ui| {
                widgets::field(ui, &mut form.model, text.model(), text.model_hint(), field);
            });
            models_ui(ui, cx, form);
        }
        ui.horizontal(|ui| {
            small_number(ui, text.concurrency(), &mut form.concurrency);
            if several {
                ui.add_space(tokens::S3);
                small_number(ui, text.share(), &mut form.share);
            }
        });
        let mut bad = Vec::new();
        if form.concurrency().is_none() {
            bad.push(text.concurrency());
        }
        if form.share().is_none() {
            bad.push(text.share());
        }
        for name in bad {
            widgets::label(ui, text.bad_number(name), fonts::regular(tokens::META.0), t.rejected);
        }
        if !form.sample {
            ui.horizontal(|ui| {
                let caret = if form.access_open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
                if Button::new(text.access()).icon(caret).small().kind(Kind::Quiet).show(ui).clicked() {
                    form.access_open = !form.access_open;
                }
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    let ready = form.endpoint().is_some();
                    ask = Button::new(text.test()).icon(icons::PLUGS).small().enabled(ready).show(ui).clicked();
                    remove = remove_button(ui, text.remove_endpoint());
                });
            });
            if form.access_open {
                access_ui(ui, cx, form, width);
                if let (KeyChoice::Keyring, Some(kept)) = (form.key, self.key_changed) {
                    let words = if kept { text.key_kept() } else { text.key_forgotten() };
                    widgets::label(ui, words, fonts::regular(tokens::META.0), t.text);
                }
            }
            if let Some(probe) = finding(cx, form) {
                probe_ui(ui, text, probe);
            }
        }
        if ask && let Some(endpoint) = form.endpoint() {
            cx.out.push(Command::Test(Box::new(endpoint)));
        }
        if remove {
            self.forms.remove(self.selected);
            self.selected = self.selected.saturating_sub(1);
        }
    }
}

/// Key, headers, proxy.
fn access_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, width: f32) {
    let (t, text) = (theme::of(ui), cx.text);
    let note = |ui: &mut Ui, words: &str| widgets::paragraph(ui, words, fonts::regular(tokens::META.0), t.text3);
    let field = (width - 80.0).max(120.0);
    let choices = [text.key_standard(), text.key_variable(), text.key_keyring(), text.key_none()];
    let now = KeyChoice::ALL.iter().position(|choice| *choice == form.key).unwrap_or(0);
    named(ui, text.key(), |ui| {
        if let Some(chosen) = widgets::segmented(ui, &choices, now, field) {
            form.key = KeyChoice::ALL[chosen];
        }
    });
    match form.key {
        KeyChoice::Standard => drop(note(ui, text.key_standard_note())),
        KeyChoice::Variable => {
            named(ui, text.key_variable_name(), |ui| {
                widgets::field(ui, &mut form.variable, text.key_variable_name(), "OPENAI_API_KEY", field);
            });
            if !crate::domain::is_variable(form.variable.trim()) {
                note(ui, text.key_variable_note());
            }
        }
        KeyChoice::Keyring => keyring_ui(ui, cx, form, field),
        KeyChoice::None => {}
    }
    widgets::label(ui, text.headers(), fonts::regular(tokens::META.0), t.text2);
    widgets::multiline(ui, &mut form.headers, text.headers(), "X-Team: labeling\nX-Api-Key: $MY_KEY", 2, width - 16.0);
    if form.headers().is_none() {
        widgets::label(ui, text.bad_headers(), fonts::regular(tokens::META.0), t.rejected);
    }
    named(ui, text.proxy(), |ui| {
        widgets::field(ui, &mut form.proxy, text.proxy(), text.proxy_hint(), field);
    });
}

fn keyring_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, width: f32) {
    let (t, text) = (theme::of(ui), cx.text);
    named(ui, text.new_key(), |ui| {
        widgets::secret(ui, &mut form.typed_key, text.new_key(), width - 140.0);
        let ready = ApiKey::new(&form.typed_key);
        if Button::new(text.keep_key()).small().enabled(ready.is_some()).show(ui).clicked()
            && let (Some(key), Some(endpoint)) = (ready, form.endpoint())
        {
            cx.wishes.push(Wish::KeepKey(Box::new(endpoint), key));
            form.typed_key.clear();
        }
        if Button::icon_only(icons::TRASH, text.forget_key())
            .small()
            .show(ui)
            .on_hover_text(text.forget_key())
            .clicked()
            && let Some(endpoint) = form.endpoint()
        {
            cx.wishes.push(Wish::ForgetKey(Box::new(endpoint)));
        }
    });
    widgets::paragraph(ui, text.key_keyring_note(), fonts::regular(tokens::META.0), t.text3);
}

/// The models that the server lists, to press.
fn models_ui(ui: &mut Ui, cx: &Cx<'_>, form: &mut Form) {
    let Some(Probe::Found(found)) = finding(cx, form) else { return };
    if found.server.models.len() < 2 {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for model in found.server.models.iter().take(MODELS) {
            let chosen = form.model.trim() == model;
            if Button::new(model).small().kind(Kind::Quiet).selected(chosen).show(ui).clicked() {
                form.model.clone_from(model);
            }
        }
    });
}

/// What is known about the endpoint of a form.
fn finding<'a>(cx: &Cx<'a>, form: &Form) -> Option<&'a Probe> {
    let endpoint = form.endpoint()?;
    let snapshot = cx.snapshot;
    snapshot.findings.iter().find(|finding: &&Finding| finding.is_about(&endpoint)).map(|finding| &finding.probe)
}

fn same_server(form: &Form, server: &ServerInfo) -> bool {
    let bare = |url: &str| {
        let url = url.trim().trim_end_matches('/');
        url.trim_end_matches("/v1").trim_end_matches('/').replace("localhost", "127.0.0.1")
    };
    !form.sample && bare(&form.address) == bare(&server.base_url)
}

/// Host and port of an address.
fn host(address: &str) -> Option<String> {
    let rest = address.trim().split_once("://")?.1;
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    Some(host.to_owned())
}

fn named(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(56.0, 26.0), Sense::hover());
        let at = pos2(rect.left(), rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, name, fonts::regular(tokens::UI.0), t.text2);
        content(ui);
    });
}

fn small_number(ui: &mut Ui, name: &str, typed: &mut String) {
    let t = theme::of(ui);
    widgets::label(ui, name, fonts::regular(tokens::UI.0), t.text2);
    widgets::field(ui, typed, name, "", 44.0);
}

fn remove_button(ui: &mut Ui, name: &str) -> bool {
    Button::icon_only(icons::TRASH, name).small().show(ui).on_hover_text(name).clicked()
}

/// A row of the list: a sign, a name, and something about it at the right.
fn row(ui: &mut Ui, width: f32, icon: &str, name: &str, about: &str, selected: bool) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::click());
    let words = format!("{name} {about}");
    response.widget_info(|| WidgetInfo::selected(egui::accesskit::Role::ListBoxOption, true, selected, words.trim()));
    let radius = CornerRadius::same(tokens::R1);
    let (fill, stroke) = match (selected, response.hovered()) {
        (true, _) => (t.accent_soft, t.accent),
        (_, true) => (t.hover, t.stroke_strong),
        _ => (t.card, t.stroke),
    };
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
    let y = rect.center().y;
    let about = ui.painter().layout_no_wrap(about.to_owned(), fonts::regular(tokens::META.0), t.text2);
    let color = if selected { t.accent } else { t.text3 };
    ui.painter().text(pos2(rect.left() + 12.0, y), Align2::LEFT_CENTER, icon, fonts::icon(14.0), color);
    let font = if selected { fonts::semibold(tokens::UI.0) } else { fonts::medium(tokens::UI.0) };
    let room = (width - 12.0 - 24.0 - about.size().x - 24.0).max(40.0);
    let mut job = egui::text::LayoutJob::simple_singleline(name.to_owned(), font, t.text);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    let name = ui.painter().layout_job(job);
    ui.painter().galley(pos2(rect.left() + 36.0, y - name.size().y / 2.0), name, t.text);
    let at = pos2(rect.right() - 12.0 - about.size().x, y - about.size().y / 2.0);
    ui.painter().galley(at, about, t.text2);
    if response.has_focus() {
        widgets::focus_ring(ui, rect, tokens::R1);
    }
    response
}
