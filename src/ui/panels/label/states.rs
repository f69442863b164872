//! No group in front: nothing there yet, everything done; and the popup that goes to a number.

use egui::{Ui, vec2};

use super::{Cx, LabelPanel};
use crate::session::Command;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

pub(super) fn no_group_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>, acts: &mut Vec<Action>) {
    let t = theme::of(ui);
    let frame = egui::Frame::new().fill(t.canvas);
    egui::CentralPanel::default().frame(frame).show(ui, |ui| {
        let height = ui.available_height();
        ui.vertical_centered(|ui| {
            ui.add_space((height * 0.28).max(24.0));
            if cx.snapshot.counts.total == 0 { empty_ui(ui, cx, acts) } else { done_ui(ui, cx, out, acts) }
        });
    });
}

fn empty_ui(ui: &mut Ui, cx: &Cx<'_>, acts: &mut Vec<Action>) {
    let t = theme::of(ui);
    widgets::label(ui, cx.text.empty_title(), fonts::semibold(tokens::HEADING.0), t.text);
    widgets::paragraph(ui, cx.text.empty_note(), fonts::regular(tokens::UI.0), t.text2);
    ui.add_space(tokens::S5);
    let choices = [
        (icons::PLAY, cx.text.empty_generate(), cx.text.empty_generate_note(), Action::ShowGenerate),
        (icons::UPLOAD_SIMPLE, cx.text.empty_import(), cx.text.empty_import_note(), Action::Import),
    ];
    let width = 228.0;
    ui.allocate_ui(vec2(width * 2.0 + tokens::S3, 150.0), |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = tokens::S3;
            for (icon, title, note, action) in choices {
                widgets::card_frame(ui).show(ui, |ui| {
                    ui.set_width(width - 30.0);
                    ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                        widgets::label(ui, icon, fonts::icon(20.0), t.accent_text);
                        widgets::paragraph(ui, note, fonts::regular(tokens::META.0), t.text2);
                        let key = action.hint(ui.ctx());
                        if Button::new(title).key(&key).show(ui).clicked() {
                            acts.push(action);
                        }
                    });
                });
            }
        });
    });
}

fn done_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>, acts: &mut Vec<Action>) {
    let t = theme::of(ui);
    let counts = cx.snapshot.counts;
    widgets::label(ui, icons::CHECK_CIRCLE_FILL, fonts::icon(40.0), t.chosen);
    let title = match counts.later {
        0 => cx.text.done_title(counts.total),
        later => cx.text.done_title_later(later),
    };
    widgets::label(ui, title, fonts::semibold(tokens::HEADING.0), t.text);
    widgets::label(ui, cx.text.done_note(), fonts::regular(tokens::UI.0), t.text2);
    ui.add_space(tokens::S4);
    let figures = [
        (counts.done, cx.text.done_chosen(), t.chosen),
        (counts.none_acceptable, cx.text.done_none(), t.text),
        (counts.skipped, cx.text.done_skipped(), t.text),
        (counts.later, cx.text.done_later(), t.text),
        (counts.flagged, cx.text.done_flagged(), t.text),
    ];
    let width = 560.0_f32.min(ui.available_width() - 40.0);
    ui.allocate_ui(vec2(width, 76.0), |ui| {
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(width - 30.0);
            ui.columns(5, |columns| {
                for (column, (figure, words, color)) in columns.iter_mut().zip(figures) {
                    widgets::label(column, figure.to_string(), fonts::semibold(tokens::HEADING.0), color);
                    widgets::label(column, words, fonts::regular(tokens::META.0), t.text2);
                }
            });
        });
    });
    ui.add_space(tokens::S3);
    if counts.later > 0 && Button::new(cx.text.done_show_later()).icon(icons::CLOCK).show(ui).clicked() {
        out.push(Command::SetFilter(crate::domain::QueueFilter::Later));
        out.push(Command::Next);
    }
    let key = Action::ShowData.hint(ui.ctx());
    if Button::new(cx.text.done_export()).key(&key).kind(Kind::Primary).show(ui).clicked() {
        acts.push(Action::ShowData);
    }
}

impl LabelPanel {
    /// The popup that goes to a group by its number.
    pub(super) fn go_to_ui(&mut self, ui: &Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let Some(number) = &mut self.go_to else { return };
        let mut close = false;
        let modal = egui::Modal::new(egui::Id::unique("go-to")).show(ui.ctx(), |ui| {
            let t = theme::of(ui);
            ui.set_width(260.0);
            widgets::label(ui, cx.text.go_title(), fonts::semibold(tokens::TITLE.0), t.text);
            let field = widgets::field(ui, number, cx.text.go_title(), cx.text.go_hint(), 240.0);
            field.request_focus();
            if ui.input(|input| input.key_pressed(egui::Key::Enter)) {
                if let Ok(number) = number.trim().parse() {
                    out.push(Command::GoToNumber(number));
                }
                close = true;
            }
        });
        if close || modal.should_close() {
            self.go_to = None;
        }
    }

    /// A link is never followed by accident: where it leads is shown first.
    pub(super) fn link_ui(&mut self, ui: &Ui, cx: &Cx<'_>) {
        let Some(target) = self.link.clone() else { return };
        let mut done = false;
        let modal = egui::Modal::new(egui::Id::unique("link")).show(ui.ctx(), |ui| {
            let t = theme::of(ui);
            ui.set_width(460.0_f32.min(ui.ctx().content_rect().width() - 64.0));
            widgets::label(ui, cx.text.link_title(), fonts::semibold(tokens::TITLE.0), t.text);
            let shown = crate::ui::markdown::visible(&target);
            widgets::paragraph(ui, shown, fonts::mono(tokens::META.0), t.text);
            widgets::paragraph(ui, cx.text.link_note(), fonts::regular(tokens::META.0), t.text3);
            ui.add_space(tokens::S2);
            ui.horizontal(|ui| {
                // Other schemes could start a program.
                let opens = ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme));
                if Button::new(cx.text.link_open()).enabled(opens).show(ui).clicked() {
                    ui.ctx().open_url(egui::OpenUrl::new_tab(&target));
                    done = true;
                }
                if Button::new(cx.text.link_copy()).icon(icons::COPY).show(ui).clicked() {
                    ui.ctx().copy_text(target.clone());
                    done = true;
                }
                done |= Button::new(cx.text.cancel()).kind(Kind::Quiet).key("Esc").show(ui).clicked();
            });
        });
        if done || modal.should_close() {
            self.link = None;
        }
    }

    /// A popup of this view is open: keys belong to it.
    pub(crate) fn popup_open(&self) -> bool {
        self.go_to.is_some() || self.link.is_some()
    }
}
