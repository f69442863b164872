//! The servers and models that are asked: the list, and the one that is being looked at.

use egui::{Layout, Ui};

use super::{Cx, GeneratePanel};
use crate::domain::ServerInfo;
use crate::session::{Command, Nearby, Probe};
use crate::ui::panels::endpoint::{
    Form, access_ui, finding, host, models_ui, named, probe_ui, remove_button, row, same_server, small_number,
};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

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
            let found = finding(cx.snapshot, form);
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
            models_ui(ui, cx.snapshot, form);
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
                access_ui(ui, text, form, width, self.key_changed, cx.wishes);
            }
            if let Some(probe) = finding(cx.snapshot, form) {
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
