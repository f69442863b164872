//! Small parts: key hints, tags, bars, frames.

use egui::{Color32, CornerRadius, Frame, Margin, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::ui::theme::{self, fonts, tokens};

/// How wide a key hint is.
pub(crate) fn key_hint_width(ui: &Ui, key: &str) -> f32 {
    let galley = ui.painter().layout_no_wrap(key.to_owned(), fonts::medium(tokens::KEY.0), Color32::PLACEHOLDER);
    (galley.size().x + 10.0).max(19.0)
}

/// A key as a small box, its left edge at `left`, centred on `y`. `on_fill` is for hints on a filled button.
pub(crate) fn key_hint(ui: &Ui, left: f32, y: f32, key: &str, on_fill: bool) {
    let t = theme::of(ui);
    let color = if on_fill { t.on_accent } else { t.text3 };
    let galley = ui.painter().layout_no_wrap(key.to_owned(), fonts::medium(tokens::KEY.0), color);
    let width = key_hint_width(ui, key);
    let rect = Rect::from_min_size(pos2(left, y - 9.0), vec2(width, 18.0));
    if on_fill {
        ui.painter().rect_filled(rect, CornerRadius::same(tokens::R1), t.on_accent.gamma_multiply(0.22));
    } else {
        let stroke = Stroke::new(1.0, t.stroke);
        ui.painter().rect(rect, CornerRadius::same(tokens::R1), Color32::TRANSPARENT, stroke, StrokeKind::Inside);
    }
    let at = rect.center() - galley.size() / 2.0;
    ui.painter().galley(at, galley, color);
}

/// The ring around what has the focus.
pub(crate) fn focus_ring(ui: &Ui, rect: Rect, radius: u8) {
    let stroke = Stroke::new(2.0, theme::of(ui).focus);
    ui.painter().rect_stroke(rect.expand(3.0), CornerRadius::same(radius + 3), stroke, StrokeKind::Inside);
}

/// A few words on a soft ground.
pub(crate) fn tag(ui: &mut Ui, icon: &str, words: &str, color: Color32, ground: Color32) {
    let words = ui.painter().layout_no_wrap(words.to_owned(), fonts::regular(tokens::META.0), color);
    let icon_width = if icon.is_empty() { 0.0 } else { 18.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(words.size().x + icon_width + 14.0, 20.0), Sense::hover());
    let name = words.text().to_owned();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &name));
    ui.painter().rect_filled(rect, CornerRadius::same(tokens::R1), ground);
    let left = rect.left() + 7.0;
    let icon_at = pos2(left, rect.center().y);
    ui.painter().text(icon_at, egui::Align2::LEFT_CENTER, icon, fonts::icon(14.0), color);
    ui.painter().galley(pos2(left + icon_width, rect.center().y - words.size().y / 2.0), words, color);
}

/// A bar of `done` out of 1, 4 points high.
pub(crate) fn progress_bar(ui: &mut Ui, width: f32, done: f32, color: Color32, name: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 4.0), Sense::hover());
    let done = if done.is_finite() { done.clamp(0.0, 1.0) } else { 0.0 };
    let radius = CornerRadius::same(2);
    ui.painter().rect_filled(rect, radius, theme::of(ui).track);
    let mut part = rect;
    part.set_width(rect.width() * done);
    ui.painter().rect_filled(part, radius, color);
    let name = name.to_owned();
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::accesskit::Role::ProgressIndicator, true, &name);
        info.value = Some(f64::from(done) * 100.0);
        info
    });
}

/// A line across.
pub(crate) fn separator(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, theme::of(ui).stroke);
}

/// A white card with a hairline.
pub(crate) fn card_frame(ui: &Ui) -> Frame {
    let t = theme::of(ui);
    Frame::new()
        .fill(t.card)
        .stroke(Stroke::new(1.0, t.stroke))
        .corner_radius(tokens::R2)
        .inner_margin(Margin::same(14))
}

/// The number of a reply as the key that checks it.
pub(crate) fn number_key(ui: &Ui, rect: Rect, number: usize, checked: bool, t: &theme::Tokens) {
    let radius = CornerRadius::same(tokens::R1);
    let (fill, ink, stroke) =
        if checked { (t.chosen, t.on_chosen, t.chosen) } else { (t.card, t.text, t.stroke_strong) };
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
    let font = fonts::semibold(tokens::META.0);
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, number, font, ink);
}

/// A value between two ends; whether it was changed.
pub(crate) fn slider(
    ui: &mut Ui,
    value: &mut f32,
    range: std::ops::RangeInclusive<f32>,
    width: f32,
    name: &str,
) -> bool {
    let t = theme::of(ui);
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = width;
        let visuals = ui.visuals_mut();
        visuals.selection.bg_fill = t.accent;
        visuals.handle_shape = egui::style::HandleShape::Circle;
        for widget in [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active] {
            widget.fg_stroke = Stroke::new(2.0, t.accent);
            widget.bg_fill = t.track;
        }
        let slider = egui::Slider::new(value, range).step_by(1.0).show_value(false).trailing_fill(true);
        egui::Widget::ui(slider, ui).accessible_name(name).changed()
    })
    .inner
}

/// On or off; whether it was turned.
pub(crate) fn switch(ui: &mut Ui, on: bool, name: &str) -> bool {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(30.0, 18.0), Sense::click());
    let name = name.to_owned();
    response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::Switch, true, on, &name));
    let radius = CornerRadius::same(9);
    let (fill, stroke) = if on { (t.accent, t.accent) } else { (t.track, t.text3) };
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
    let x = if on { rect.right() - 9.0 } else { rect.left() + 9.0 };
    ui.painter().circle_filled(pos2(x, rect.center().y), 6.0, if on { t.on_accent } else { t.text3 });
    if response.has_focus() {
        focus_ring(ui, rect, 9);
    }
    response.clicked()
}

/// The ground of a popup in the middle of the window.
pub(crate) fn popup_frame(ui: &Ui) -> Frame {
    Frame::popup(ui.style()).inner_margin(20)
}

/// The middle of a very wide window: lines and rows that are longer are hard to follow.
pub(crate) fn in_the_middle(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    const WIDEST: f32 = 1480.0;
    let rect = ui.available_rect_before_wrap();
    let rect = rect.shrink2(vec2(((rect.width() - WIDEST) / 2.0).max(0.0), 0.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect), content);
}

/// Words at the pointer, for what is painted and has no control of its own.
pub(crate) fn tip(ui: &Ui, words: &str) {
    let (layer, id) = (ui.layer_id(), ui.scope_id().with("tip"));
    let tip = egui::Tooltip::always_open(ui.ctx().clone(), layer, id, egui::PopupAnchor::Pointer);
    let t = theme::of(ui);
    tip.show(|ui| super::text::paragraph(ui, words, fonts::regular(tokens::META.0), t.text));
}
