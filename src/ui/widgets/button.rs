//! Buttons, check boxes, segments.

use egui::accesskit::Role;
use egui::{Color32, CornerRadius, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::parts::{focus_ring, key_hint, key_hint_width};
use crate::ui::theme::{self, fonts, icons, tokens};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The one thing to do next.
    Primary,
    /// Anything else that can be done.
    #[default]
    Plain,
    /// Words that can be pressed.
    Quiet,
    /// Like `Quiet`, in front.
    Tab,
    /// Looks like a field that is to be filled.
    Field,
}

/// A button with an icon, words and a key, each optional.
#[derive(Clone, Debug, Default)]
pub(crate) struct Button<'a> {
    words: &'a str,
    icon: &'a str,
    key: &'a str,
    name: &'a str,
    kind: Kind,
    selected: bool,
    disabled: bool,
    small: bool,
    width: Option<f32>,
    left: bool,
    bare: bool,
    caret: bool,
}

impl<'a> Button<'a> {
    pub(crate) fn new(words: &'a str) -> Self {
        Self { words, name: words, ..Self::default() }
    }

    /// Only an icon; `name` is what a screen reader says.
    pub(crate) fn icon_only(icon: &'a str, name: &'a str) -> Self {
        Self { icon, name, kind: Kind::Quiet, ..Self::default() }
    }

    pub(crate) fn icon(mut self, icon: &'a str) -> Self {
        self.icon = icon;
        self
    }

    pub(crate) fn key(mut self, key: &'a str) -> Self {
        self.key = key;
        self
    }

    pub(crate) fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    pub(crate) fn enabled(mut self, enabled: bool) -> Self {
        self.disabled = !enabled;
        self
    }

    pub(crate) fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// It opens a menu.
    pub(crate) fn caret(mut self) -> Self {
        self.caret = true;
        self
    }

    /// Its key without a box, as in tabs and on cards.
    pub(crate) fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// As wide as this, its words at the left.
    pub(crate) fn row(mut self, width: f32) -> Self {
        self.width = Some(width);
        self.left = true;
        self
    }

    /// As wide as this, its words in the middle.
    pub(crate) fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    pub(crate) fn show(self, ui: &mut Ui) -> Response {
        let t = theme::of(ui);
        let text_color = match (self.disabled, self.kind) {
            (true, _) => t.text3,
            (_, Kind::Primary) => t.on_accent,
            (_, Kind::Plain) => t.text,
            (_, Kind::Quiet | Kind::Tab) if self.selected => t.text,
            (_, Kind::Quiet | Kind::Tab | Kind::Field) => t.text2,
        };
        let strong = self.kind == Kind::Primary || (self.kind == Kind::Tab && self.selected);
        let font = if strong { fonts::semibold(tokens::UI.0) } else { fonts::medium(tokens::UI.0) };
        let words = ui.painter().layout_no_wrap(self.words.to_owned(), font, text_color);
        let icon = ui.painter().layout_no_wrap(self.icon.to_owned(), fonts::icon(16.0), text_color);
        let has = |part: &str| !part.is_empty();
        let mut content = words.size().x;
        if has(self.icon) {
            content += 16.0 + if has(self.words) { tokens::S2 } else { 0.0 };
        }
        let hint_width = if has(self.key) { key_hint_width(ui, self.key) } else { 0.0 };
        if has(self.key) {
            content += hint_width + if content > 0.0 { tokens::S2 } else { 0.0 };
        }
        content += if self.caret { 18.0 } else { 0.0 };
        let height = if self.small { tokens::BUTTON_SMALL } else { tokens::BUTTON };
        let padding = if has(self.words) { tokens::S3 } else { 7.0 };
        let width = self.width.unwrap_or(content + padding * 2.0);
        let sense = if self.disabled { Sense::hover() } else { Sense::click() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), sense);
        let (name, enabled, selected) = (self.name.to_owned(), !self.disabled, self.selected);
        response.widget_info(|| match self.kind {
            Kind::Tab => WidgetInfo::selected(Role::Tab, enabled, selected, &name),
            _ => WidgetInfo::labeled(Role::Button, enabled, &name),
        });
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let radius = CornerRadius::same(tokens::R1);
        let hovered = response.hovered() && !self.disabled;
        let pressed = response.is_pointer_button_down_on() && !self.disabled;
        let (fill, stroke) = match self.kind {
            Kind::Primary if self.disabled => (Color32::TRANSPARENT, t.stroke),
            Kind::Primary if hovered => (t.accent.gamma_multiply(0.92), Color32::TRANSPARENT),
            Kind::Primary => (t.accent, Color32::TRANSPARENT),
            Kind::Plain if self.disabled => (Color32::TRANSPARENT, t.stroke),
            Kind::Plain if pressed => (t.stroke_strong, t.stroke_strong),
            Kind::Plain if hovered => (t.hover, t.stroke_strong),
            Kind::Plain => (t.card, t.stroke_strong),
            Kind::Field if hovered => (t.hover, t.stroke_strong),
            Kind::Field => (t.canvas, t.stroke),
            Kind::Tab | Kind::Quiet if self.selected => (t.card, t.stroke),
            Kind::Tab | Kind::Quiet if hovered => (t.hover, Color32::TRANSPARENT),
            Kind::Tab | Kind::Quiet => (Color32::TRANSPARENT, Color32::TRANSPARENT),
        };
        ui.painter().rect(rect, radius, fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
        let mut x = if self.left { rect.left() + tokens::S3 } else { rect.center().x - content / 2.0 };
        let y = rect.center().y;
        if has(self.icon) {
            ui.painter().galley(pos2(x, y - icon.size().y / 2.0), icon, text_color);
            x += 16.0 + tokens::S2;
        }
        if has(self.words) {
            ui.painter().galley(pos2(x, y - words.size().y / 2.0), words.clone(), text_color);
            x += words.size().x + tokens::S2;
        }
        if self.caret {
            let at = pos2(x - 4.0, y);
            ui.painter().text(at, egui::Align2::LEFT_CENTER, icons::CARET_DOWN, fonts::icon(14.0), t.text3);
        }
        if has(self.key) {
            let at = if self.left { rect.right() - tokens::S3 - hint_width } else { x };
            if self.bare || self.kind == Kind::Tab {
                let font = fonts::medium(tokens::KEY.0);
                ui.painter().text(pos2(at + 4.0, y), egui::Align2::LEFT_CENTER, self.key, font, t.text3);
            } else {
                key_hint(ui, at, y, self.key, self.kind == Kind::Primary && !self.disabled);
            }
        }
        if response.has_focus() {
            focus_ring(ui, rect, tokens::R1);
        }
        response
    }
}

/// A box of 18 points with a tick. `words` stand beside it when `shown`, and always name it.
pub(crate) fn check_box(ui: &mut Ui, checked: bool, words: &str, shown: bool, color: Color32) -> Response {
    let t = theme::of(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), fonts::regular(tokens::UI.0), t.text);
    let width = if shown { 18.0 + tokens::S2 + galley.size().x } else { 18.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, 20.0), Sense::click());
    let name = words.to_owned();
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, checked, &name));
    let square = Rect::from_center_size(pos2(rect.left() + 9.0, rect.center().y), vec2(18.0, 18.0));
    let radius = CornerRadius::same(tokens::R1);
    if checked {
        ui.painter().rect_filled(square, radius, color);
        let on = if color == t.chosen { t.on_chosen } else { t.on_accent };
        ui.painter().text(square.center(), egui::Align2::CENTER_CENTER, icons::CHECK, fonts::icon(14.0), on);
    } else {
        ui.painter().rect(square, radius, t.card, Stroke::new(1.5, t.text3), StrokeKind::Inside);
    }
    if shown {
        let at = pos2(square.right() + tokens::S2, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, t.text);
    }
    if response.has_focus() {
        focus_ring(ui, square, tokens::R1);
    }
    response
}

/// Choices side by side; the index of the one that was pressed.
pub(crate) fn segmented(ui: &mut Ui, choices: &[&str], chosen: usize, width: f32) -> Option<usize> {
    let t = theme::of(ui);
    let mut pressed = None;
    let (outer, _) = ui.allocate_exact_size(vec2(width, 26.0), Sense::hover());
    let radius = CornerRadius::same(tokens::R1);
    ui.painter().rect(outer, radius, t.bg, Stroke::new(1.0, t.stroke), StrokeKind::Inside);
    let part = width / choices.len().max(1) as f32;
    for (index, words) in choices.iter().enumerate() {
        let rect = Rect::from_min_size(outer.min + vec2(part * index as f32, 0.0), vec2(part, 26.0));
        let response = ui.interact(rect, ui.scope_id().with(("segment", *words)), Sense::click());
        let selected = index == chosen;
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, selected, *words));
        if selected {
            ui.painter().rect(rect, radius, t.card, Stroke::new(1.0, t.stroke), StrokeKind::Inside);
        } else if response.hovered() {
            ui.painter().rect_filled(rect.shrink(1.0), radius, t.hover);
        }
        let (font, color) = if selected {
            (fonts::semibold(tokens::META.0), t.text)
        } else {
            (fonts::regular(tokens::META.0), t.text2)
        };
        ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, *words, font, color);
        if response.has_focus() {
            focus_ring(ui, rect, tokens::R1);
        }
        if response.clicked() {
            pressed = Some(index);
        }
    }
    pressed
}
