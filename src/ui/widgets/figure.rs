//! A figure on a line: its name, at the right its value, a note on hover.

use egui::accesskit::Role;
use egui::{Align2, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{self, fonts, icons, tokens};

const ROW: f32 = 31.0;

/// Draw one. `note` says what it rests on and how it is computed; `is_warning`: it is something to look at.
pub(crate) fn figure(ui: &mut Ui, name: &str, value: &str, note: &str, is_warning: bool) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let words = if note.is_empty() { format!("{name} {value}") } else { format!("{name} {value}. {note}") };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    let font = fonts::regular(tokens::META.0);
    let color = if is_warning { t.warning } else { t.text };
    let shown = ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, value, font.clone(), color);
    let mut left = shown.left();
    if is_warning {
        let at = pos2(left - 6.0, rect.center().y);
        let icon = ui.painter().text(at, Align2::RIGHT_CENTER, icons::WARNING, fonts::icon(14.0), t.warning);
        left = icon.left();
    }
    let mut job = egui::text::LayoutJob::simple_singleline(name.to_owned(), font, t.text);
    job.wrap = egui::text::TextWrapping::truncate_at_width((left - rect.left() - tokens::S2).max(20.0));
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(pos2(rect.left(), rect.center().y - galley.size().y / 2.0), galley, t.text);
    if !note.is_empty() {
        response.on_hover_text(note);
    }
}
