//! What the annotators agreed on: read beside the replies, written in versions.

use std::sync::Arc;

use egui::{Sense, Ui, UiBuilder, vec2};

use super::{Cx, LabelPanel};
use crate::session::Command;
use crate::ui::markdown::{self, Key, Source, Want};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// Guidelines are read in the size of the interface.
const READING: (f32, f32) = tokens::UI;

/// A version that is being written.
#[derive(Default)]
pub(super) struct Editing {
    text: Option<String>,
    original: String,
    focus: bool,
}

impl Editing {
    fn of(text: &str) -> Self {
        Self { text: Some(text.to_owned()), original: text.to_owned(), focus: true }
    }

    /// Leave the field; whether it was closed. What was changed stays until it is saved or given up.
    pub(super) fn close(&mut self) -> bool {
        self.text.take_if(|text| *text == self.original).is_some()
    }

    /// What was changed and not saved.
    pub(super) fn unsaved(&mut self) -> Option<String> {
        self.text.take().filter(|text| *text != self.original)
    }
}

impl LabelPanel {
    pub(super) fn guidelines_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, width: f32, out: &mut Vec<Command>) {
        let t = theme::of(ui);
        let newest = cx.snapshot.guidelines.as_ref().filter(|newest| !newest.text.trim().is_empty());
        if self.guidelines.text.is_some() {
            self.guidelines_field_ui(ui, cx, width, out);
            return;
        }
        let Some(newest) = newest else {
            widgets::paragraph(ui, cx.text.guidelines_none(), fonts::regular(tokens::META.0), t.text2);
            if Button::new(cx.text.guidelines_write()).small().show(ui).clicked() {
                self.guidelines = Editing::of("");
            }
            return;
        };
        let key = Key::Guidelines(newest.version);
        let want = || Want { text: Source::Guidelines(Arc::clone(newest)), others: Vec::new() };
        self.pages.page(ui, key, width - 8.0, READING, want);
        let most = (ui.available_height() * 0.45).max(80.0);
        egui::ScrollArea::vertical().id_salt("guidelines").max_height(most).auto_shrink([false, true]).show(ui, |ui| {
            let Some(page) = self.pages.get(key) else { return };
            let (rect, response) =
                ui.allocate_exact_size(vec2(width - 8.0, page.measured.height()), Sense::CLICK | Sense::DRAG);
            let name = newest.text.clone();
            response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Note, true, &name));
            let child = ui.new_child(UiBuilder::new().max_rect(rect));
            let (drawn, link) = markdown::draw(&child, (key, page), rect.min, &response, &mut self.selection);
            self.cost.drawn += drawn;
            self.link = link.or(self.link.take());
        });
        ui.horizontal(|ui| {
            let version = cx.text.guidelines_version(newest.version);
            widgets::label(ui, version, fonts::regular(tokens::META.0), t.text3);
            let words = cx.text.guidelines_change();
            let change = Button::new(words).icon(icons::PENCIL).kind(Kind::Quiet).small();
            if change.show(ui).clicked() {
                self.guidelines = Editing::of(&newest.text);
            }
        });
    }

    fn guidelines_field_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, width: f32, out: &mut Vec<Command>) {
        let t = theme::of(ui);
        let Some(text) = &mut self.guidelines.text else { return };
        let most = (ui.available_height() * 0.5).max(120.0);
        let hint = cx.text.guidelines_hint();
        egui::ScrollArea::vertical().id_salt("guidelines-field").max_height(most).show(ui, |ui| {
            let field = widgets::multiline(ui, text, cx.text.guidelines(), hint, 8, width - 26.0);
            if std::mem::take(&mut self.guidelines.focus) {
                field.request_focus();
            }
        });
        let mut done = false;
        ui.horizontal(|ui| {
            if Button::new(cx.text.save()).kind(Kind::Primary).small().show(ui).clicked() {
                out.push(Command::SetGuidelines(text.clone()));
                done = true;
            }
            done |= Button::new(cx.text.cancel()).small().show(ui).clicked();
        });
        widgets::paragraph(ui, cx.text.guidelines_note(), fonts::regular(tokens::META.0), t.text3);
        if done {
            self.guidelines.text = None;
        }
    }
}
