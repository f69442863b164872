//! The controls that views with endpoints share: rows of a list, named fields, models to press.

use egui::{Align2, CornerRadius, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::form::Form;
use crate::domain::ServerInfo;
use crate::session::{Finding, Probe, Snapshot};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

const ROW: f32 = 32.0;
/// Models that are offered to press.
const MODELS: usize = 12;

/// The models that the server lists, to press.
pub(crate) fn models_ui(ui: &mut Ui, snapshot: &Snapshot, form: &mut Form) {
    let Some(Probe::Found(found)) = finding(snapshot, form) else { return };
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
pub(crate) fn finding<'a>(snapshot: &'a Snapshot, form: &Form) -> Option<&'a Probe> {
    let endpoint = form.endpoint()?;
    snapshot.findings.iter().find(|finding: &&Finding| finding.is_about(&endpoint)).map(|finding| &finding.probe)
}

/// Whether the server that was found is the one of a form.
pub(crate) fn same_server(form: &Form, server: &ServerInfo) -> bool {
    let bare = |url: &str| {
        let url = url.trim().trim_end_matches('/');
        url.trim_end_matches("/v1").trim_end_matches('/').replace("localhost", "127.0.0.1")
    };
    !form.sample && bare(&form.address) == bare(&server.base_url)
}

/// Host and port of an address.
pub(crate) fn host(address: &str) -> Option<String> {
    let rest = address.trim().split_once("://")?.1;
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    Some(host.to_owned())
}

/// A control with its name at the left.
pub(crate) fn named(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(56.0, 26.0), Sense::hover());
        let at = pos2(rect.left(), rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, name, fonts::regular(tokens::UI.0), t.text2);
        content(ui);
    });
}

/// A short field for a number with its name at the left.
pub(crate) fn small_number(ui: &mut Ui, name: &str, typed: &mut String) {
    let t = theme::of(ui);
    widgets::label(ui, name, fonts::regular(tokens::UI.0), t.text2);
    widgets::field(ui, typed, name, "", 44.0);
}

/// Takes something away; whether it was pressed.
pub(crate) fn remove_button(ui: &mut Ui, name: &str) -> bool {
    Button::icon_only(icons::TRASH, name).small().show(ui).on_hover_text(name).clicked()
}

/// A row of the list: a sign, a name, and something about it at the right.
pub(crate) fn row(ui: &mut Ui, width: f32, icon: &str, name: &str, about: &str, selected: bool) -> Response {
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
