//! Files in: what a file holds, what of it does not fit, how far an import is.

use std::path::{Path, PathBuf};

use egui::{Layout, Ui};

use super::{DataPanel, ROWS};
use crate::formats::{self, Format};
use crate::session::{Command, FileWork, Preview, Snapshot};
use crate::text::Text;
use crate::ui::dialogs::{PathPopup, Purpose};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

impl DataPanel {
    pub(super) fn import_ui(
        &mut self,
        ui: &mut Ui,
        text: Text,
        snapshot: &Snapshot,
        out: &mut Vec<Command>,
        popup: &mut Option<PathPopup>,
    ) {
        let t = theme::of(ui);
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = tokens::S2;
            widgets::label(ui, text.import_title(), fonts::semibold(tokens::TITLE.0), t.text);
            widgets::paragraph(ui, text.import_note(), fonts::regular(tokens::UI.0), t.text2);
            ui.horizontal(|ui| {
                let name = format!("{} {}", text.import_title(), text.file());
                let width = (ui.available_width() - 240.0).max(120.0);
                widgets::field(ui, &mut self.import, &name, text.path_hint(), width);
                if Button::new(text.path_choose()).small().show(ui).clicked() {
                    *popup = Some(PathPopup::new(Purpose::Import, self.import.clone()));
                }
                let ready = !self.import.trim().is_empty();
                if Button::new(text.look()).small().enabled(ready).show(ui).clicked() {
                    out.push(Command::PreviewImport { path: PathBuf::from(self.import.trim()), format: None });
                }
            });
            if let Some(work) = snapshot.file_work.as_ref().filter(|work| work.reading) {
                coming_ui(ui, text, work, out);
            }
            match snapshot.preview.as_deref() {
                None => {}
                Some(Preview::Reading(_)) => {
                    widgets::label(ui, text.reading(), fonts::regular(tokens::UI.0), t.text2);
                }
                Some(Preview::Failed { path, fault }) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    widgets::paragraph(ui, text.file_fault(&name, fault), fonts::regular(tokens::UI.0), t.rejected);
                    let problem = crate::domain::Problem::File { path: path.clone(), fault: fault.clone() };
                    if let Some(detail) = text.problem_detail(&problem) {
                        widgets::elided(ui, detail, fonts::mono(tokens::META.0), t.text2);
                    }
                }
                Some(Preview::Ready { path, preview }) => preview_ui(ui, text, path, preview, out),
            }
            if !snapshot.refused.is_empty() {
                widgets::separator(ui);
                refused_ui(ui, text, &snapshot.refused, snapshot.refused.len() as u64);
            }
        });
    }
}

/// How far an import is, and the way out of it.
fn coming_ui(ui: &mut Ui, text: Text, work: &FileWork, out: &mut Vec<Command>) {
    let t = theme::of(ui);
    let name = work.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let words = if work.leaving { text.import_leaving(&name) } else { text.importing(&name, work.groups) };
    ui.horizontal(|ui| {
        widgets::progress_bar(ui, 160.0, work.share.unwrap_or(0.0), t.accent, &words);
        widgets::label(ui, words, fonts::regular(tokens::UI.0), t.text2);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            if Button::new(text.import_cancel()).small().enabled(!work.leaving).show(ui).clicked() {
                out.push(Command::CancelImport);
            }
        });
    });
}

fn preview_ui(ui: &mut Ui, text: Text, path: &Path, preview: &formats::ImportPreview, out: &mut Vec<Command>) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        let found = text.found_format(preview.format.name());
        widgets::tag(ui, icons::CHECK, &found, t.accent_text, t.accent_soft);
        let counts = text.preview_counts(preview.groups, preview.replies, preview.verdicts);
        widgets::label(ui, counts, fonts::regular(tokens::META.0), t.text2);
        if !preview.complete {
            widgets::label(ui, text.preview_part(), fonts::regular(tokens::META.0), t.text3);
        }
    });
    ui.horizontal_wrapped(|ui| {
        widgets::label(ui, text.other_format(), fonts::regular(tokens::META.0), t.text3);
        for format in Format::ALL {
            let chosen = format == preview.format;
            if Button::new(format.name()).small().kind(Kind::Quiet).selected(chosen).show(ui).clicked() && !chosen {
                out.push(Command::PreviewImport { path: path.to_owned(), format: Some(format) });
            }
        }
    });
    let head = fonts::semibold(tokens::META.0);
    let width = ui.available_width();
    egui::Grid::new("preview").num_columns(4).spacing([tokens::S4, tokens::S1]).show(ui, |ui| {
        for words in [text.column_line(), text.column_prompt(), text.column_replies(), text.column_first()] {
            widgets::label(ui, words, head.clone(), t.text2);
        }
        ui.end_row();
        for row in preview.rows.iter().take(ROWS) {
            let cut = |words: &str| words.chars().take((width / 26.0) as usize).collect::<String>();
            widgets::label(ui, row.line.to_string(), fonts::regular(tokens::UI.0), t.text3);
            widgets::label(ui, cut(&row.user), fonts::regular(tokens::UI.0), t.text);
            widgets::label(ui, row.replies.to_string(), fonts::regular(tokens::UI.0), t.text2);
            widgets::label(ui, cut(&row.first_reply), fonts::regular(tokens::UI.0), t.text2);
            ui.end_row();
        }
    });
    if preview.refused_count > 0 {
        refused_ui(ui, text, &preview.refused, preview.refused_count);
    }
    ui.horizontal(|ui| {
        widgets::label(ui, text.import_undo(), fonts::regular(tokens::META.0), t.text3);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            let words = if preview.complete { text.import_go(preview.groups) } else { text.import_all().to_owned() };
            if Button::new(&words).kind(Kind::Primary).enabled(preview.groups > 0).show(ui).clicked() {
                out.push(Command::Import { path: path.to_owned(), format: Some(preview.format) });
            }
            if Button::new(text.cancel()).kind(Kind::Quiet).show(ui).clicked() {
                out.push(Command::ClosePreview);
            }
        });
    });
}

fn refused_ui(ui: &mut Ui, text: Text, rows: &[formats::RefusedRow], count: u64) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        widgets::icon(ui, icons::WARNING_CIRCLE, 16.0, t.rejected);
        widgets::label(ui, text.refused_title(count), fonts::semibold(tokens::UI.0), t.text);
    });
    for row in rows.iter().take(ROWS) {
        ui.horizontal(|ui| {
            widgets::label(ui, text.refused_row(row.line, &row.fault), fonts::regular(tokens::META.0), t.text2);
            let raw = row.raw.chars().take(80).collect::<String>();
            widgets::elided(ui, crate::ui::markdown::visible(&raw), fonts::mono(tokens::META.0), t.text3);
        });
    }
}
