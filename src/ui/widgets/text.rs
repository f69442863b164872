//! Text and fields.

use egui::{Color32, FontId, Response, RichText, TextEdit, Ui, Widget as _};

use crate::ui::theme::{self, fonts, icons, tokens};

/// Words in a font and a colour.
pub(crate) fn label(ui: &mut Ui, words: impl Into<String>, font: FontId, color: Color32) -> Response {
    egui::Label::new(RichText::new(words).font(font).color(color)).selectable(false).ui(ui)
}

/// An icon that says nothing beyond the words beside it; a screen reader passes it over.
pub(crate) fn icon(ui: &mut Ui, glyph: &str, size: f32, color: Color32) {
    let galley = ui.painter().layout_no_wrap(glyph.to_owned(), fonts::icon(size), color);
    let (rect, _) = ui.allocate_exact_size(galley.size(), egui::Sense::hover());
    ui.painter().galley(rect.min, galley, color);
}

/// Words that wrap.
pub(crate) fn paragraph(ui: &mut Ui, words: impl Into<String>, font: FontId, color: Color32) -> Response {
    egui::Label::new(RichText::new(words).font(font).color(color)).selectable(false).wrap().ui(ui)
}

/// Words on one line, cut with an ellipsis where there is no room.
pub(crate) fn elided(ui: &mut Ui, words: impl Into<String>, font: FontId, color: Color32) -> Response {
    egui::Label::new(RichText::new(words).font(font).color(color)).selectable(false).truncate().ui(ui)
}

/// A field of one line with a name for screen readers.
pub(crate) fn field(ui: &mut Ui, text: &mut String, name: &str, hint: &str, width: f32) -> Response {
    let t = theme::of(ui);
    TextEdit::singleline(text)
        .hint_text(RichText::new(hint).color(t.text3))
        .font(fonts::regular(tokens::UI.0))
        .text_color(t.text)
        .margin(egui::Margin::symmetric(8, 4))
        .desired_width(width)
        .ui(ui)
        .accessible_name(name)
}

/// A field for a secret: what is typed shows as dots.
pub(crate) fn secret(ui: &mut Ui, text: &mut String, name: &str, width: f32) -> Response {
    let t = theme::of(ui);
    TextEdit::singleline(text)
        .password(true)
        .font(fonts::regular(tokens::UI.0))
        .text_color(t.text)
        .margin(egui::Margin::symmetric(8, 4))
        .desired_width(width)
        .ui(ui)
        .accessible_name(name)
}

/// A field of several lines with a name for screen readers.
pub(crate) fn multiline(ui: &mut Ui, text: &mut String, name: &str, hint: &str, rows: usize, width: f32) -> Response {
    let t = theme::of(ui);
    TextEdit::multiline(text)
        .hint_text(RichText::new(hint).color(t.text3))
        .font(fonts::regular(tokens::UI.0))
        .text_color(t.text)
        .margin(egui::Margin::symmetric(8, 6))
        .desired_rows(rows)
        .desired_width(width)
        .ui(ui)
        .accessible_name(name)
}

/// A field to search in, with the key that leads there.
pub(crate) fn search(ui: &mut Ui, text: &mut String, name: &str, key: &str, width: f32) -> Response {
    let t = theme::of(ui);
    let empty = text.is_empty();
    let field = TextEdit::singleline(text)
        .hint_text(RichText::new(name).color(t.text3))
        .font(fonts::regular(tokens::UI.0))
        .text_color(t.text)
        .margin(egui::Margin { left: 30, right: 8, top: 4, bottom: 4 })
        .desired_width(width)
        .ui(ui)
        .accessible_name(name);
    let rect = field.rect;
    let at = egui::pos2(rect.left() + 10.0, rect.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, icons::MAGNIFYING_GLASS, fonts::icon(14.0), t.text3);
    if empty {
        let at = egui::pos2(rect.right() - 10.0, rect.center().y);
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, key, fonts::medium(tokens::KEY.0), t.text3);
    }
    field
}
