//! No group in front: nothing there yet, everything done; and the popup that goes to a number.

use egui::{CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, pos2, vec2};

use super::{Cx, LabelPanel};
use crate::domain::QueueFilter;
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
            ui.add_space((height * 0.2).max(24.0));
            let picked = cx.snapshot.place.filter == QueueFilter::Picked;
            match cx.snapshot.counts.total {
                0 => empty_ui(ui, cx, acts),
                _ if picked => picked_done_ui(ui, cx, out, acts),
                _ => done_ui(ui, cx, out, acts),
            }
        });
    });
}

/// Ways to begin, side by side.
fn empty_ui(ui: &mut Ui, cx: &Cx<'_>, acts: &mut Vec<Action>) {
    const CARD: Vec2 = vec2(196.0, 158.0);
    let t = theme::of(ui);
    widgets::label(ui, cx.text.empty_title(), fonts::semibold(tokens::HEADING.0), t.text);
    widgets::paragraph(ui, cx.text.empty_note(), fonts::regular(tokens::UI.0), t.text2);
    ui.add_space(tokens::S5);
    let choices = [
        (icons::PLAY, cx.text.empty_generate(), cx.text.empty_generate_note(), Action::ShowGenerate),
        (icons::UPLOAD_SIMPLE, cx.text.empty_import(), cx.text.empty_import_note(), Action::Import),
        (icons::FLASK, cx.text.empty_sample(), cx.text.empty_sample_note(), Action::TrySample),
    ];
    ui.allocate_ui(vec2(CARD.x * 3.0 + tokens::S3 * 2.0, CARD.y), |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = tokens::S3;
            for (index, (icon, title, note, action)) in choices.into_iter().enumerate() {
                let (rect, response) = ui.allocate_exact_size(CARD, Sense::click());
                response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, title));
                let fill = if response.hovered() { t.hover } else { t.card };
                let stroke = Stroke::new(1.0, if index == 0 { t.accent } else { t.stroke });
                ui.painter().rect(rect, CornerRadius::same(tokens::R2), fill, stroke, StrokeKind::Inside);
                if response.has_focus() {
                    widgets::focus_ring(ui, rect, tokens::R2);
                }
                let mut card = ui.new_child(
                    UiBuilder::new()
                        .max_rect(rect.shrink(tokens::S4))
                        .id_salt(title)
                        .layout(egui::Layout::top_down(egui::Align::Min)),
                );
                card.spacing_mut().item_spacing.y = 6.0;
                widgets::icon(&mut card, icon, 20.0, t.accent_text);
                widgets::label(&mut card, title, fonts::semibold(tokens::UI.0), t.text);
                widgets::paragraph(&mut card, note, fonts::regular(tokens::META.0), t.text2);
                // The sample has a key on the start view only.
                if action != Action::TrySample {
                    let key = action.hint(ui.ctx());
                    let at = rect.left_bottom() + vec2(tokens::S4, -25.0);
                    widgets::key_hint(ui, at.x, at.y, &key, false);
                }
                if response.clicked() {
                    acts.push(action);
                }
            }
        });
    });
}

/// What was done, and what could be next.
fn done_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>, acts: &mut Vec<Action>) {
    let t = theme::of(ui);
    let (counts, text) = (cx.snapshot.counts, cx.text);
    let width = 640.0_f32.min(ui.available_width() - 40.0);
    let pairs = cx.snapshot.summary.as_ref().map(|summary| summary.pairs);
    ui.allocate_ui_with_layout(vec2(width, 300.0), egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = tokens::S3;
        ui.horizontal(|ui| {
            widgets::icon(ui, icons::CHECK_CIRCLE_FILL, 38.0, t.chosen);
            ui.add_space(tokens::S2);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = tokens::S1;
                let title = match counts.later {
                    0 => text.done_title(counts.total),
                    later => text.done_title_later(later),
                };
                widgets::label(ui, title, fonts::semibold(tokens::HEADING.0), t.text);
                let saved = cx.snapshot.saved_at.map(|at| text.done_note_at(&text.clock(at)));
                let saved = saved.unwrap_or_else(|| text.done_note().to_owned());
                widgets::label(ui, saved, fonts::regular(tokens::UI.0), t.text2);
            });
        });
        let figures = [
            (Some(counts.done), text.done_chosen(), t.text),
            (Some(counts.none_acceptable), text.done_none(), t.text),
            (Some(counts.later), text.done_later(), t.text),
            (pairs, text.done_pairs(), t.chosen),
        ];
        figures_ui(ui, width, &figures);
        widgets::card_frame(ui).inner_margin(0).show(ui, |ui| {
            ui.set_width(width - 2.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            let export = pairs.map_or_else(|| text.done_export().to_owned(), |pairs| text.export_pairs(pairs));
            let key = Action::ShowData.hint(ui.ctx());
            if next_ui(ui, (icons::EXPORT, t.text2), &export, (text.done_export_short(), &key), Kind::Primary) {
                acts.push(Action::ShowData);
            }
            let mut pile = |ui: &mut Ui, count: u64, icon, words: &str, filter: QueueFilter| {
                if count > 0 && next_ui(ui, icon, words, (text.done_look(), ""), Kind::Plain) {
                    out.push(Command::SetFilter(filter));
                    out.push(Command::Next);
                }
            };
            let later = (icons::CLOCK, t.warning);
            pile(ui, counts.later, later, &text.done_later_go(counts.later), QueueFilter::Later);
            let flag = (icons::FLAG_FILL, t.warning);
            pile(ui, counts.flagged, flag, &text.done_flagged_go(counts.flagged), QueueFilter::Flagged);
            let key = Action::ShowGenerate.hint(ui.ctx());
            if next_ui(ui, (icons::PLAY, t.text2), text.done_more(), (text.tab_generate(), &key), Kind::Plain) {
                acts.push(Action::ShowGenerate);
            }
        });
    });
}

/// The picks for a spot-check are labeled.
fn picked_done_ui(ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>, acts: &mut Vec<Action>) {
    let t = theme::of(ui);
    let text = cx.text;
    let width = 640.0_f32.min(ui.available_width() - 40.0);
    ui.allocate_ui_with_layout(vec2(width, 220.0), egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = tokens::S3;
        ui.horizontal(|ui| {
            widgets::icon(ui, icons::CHECK_CIRCLE_FILL, 38.0, t.chosen);
            ui.add_space(tokens::S2);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = tokens::S1;
                let title = text.picked_done(cx.snapshot.picked.groups);
                widgets::label(ui, title, fonts::semibold(tokens::HEADING.0), t.text);
                widgets::paragraph(ui, text.picked_done_note(), fonts::regular(tokens::UI.0), t.text2);
            });
        });
        widgets::card_frame(ui).inner_margin(0).show(ui, |ui| {
            ui.set_width(width - 2.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            let key = Action::ShowScore.hint(ui.ctx());
            let see = (text.tab_score(), key.as_str());
            if next_ui(ui, (icons::SCALES, t.machine), text.picked_agreement(), see, Kind::Primary) {
                acts.push(Action::ShowScore);
            }
            let back = (text.tab_label(), "");
            if next_ui(ui, (icons::LIST_CHECKS, t.text2), text.picked_all(), back, Kind::Plain) {
                out.extend([Command::SetFilter(QueueFilter::All), Command::GoToUnlabeled]);
            }
        });
    });
}

/// Figures in cells of one card.
fn figures_ui(ui: &mut Ui, width: f32, figures: &[(Option<u64>, &str, egui::Color32)]) {
    let t = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, 76.0), Sense::hover());
    let stroke = Stroke::new(1.0, t.stroke);
    ui.painter().rect(rect, CornerRadius::same(tokens::R2), t.card, stroke, StrokeKind::Inside);
    let cell = width / figures.len().max(1) as f32;
    for (index, (figure, words, color)) in figures.iter().enumerate() {
        let left = rect.left() + cell * index as f32;
        if index > 0 {
            ui.painter().vline(left, rect.y_range(), stroke);
        }
        let place = Rect::from_min_size(pos2(left + tokens::S4, rect.top() + 12.0), vec2(cell - tokens::S4, 60.0));
        let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt(index));
        child.spacing_mut().item_spacing.y = 0.0;
        let figure = figure.map_or_else(|| "–".to_owned(), |figure| figure.to_string());
        widgets::label(&mut child, figure, fonts::semibold(tokens::HEADING.0), *color);
        widgets::label(&mut child, *words, fonts::regular(tokens::UI.0), t.text2);
    }
}

/// One thing that could be done next; whether it was pressed.
fn next_ui(
    ui: &mut Ui,
    (icon, color): (&str, egui::Color32),
    words: &str,
    (button, key): (&str, &str),
    kind: Kind,
) -> bool {
    let t = theme::of(ui);
    let mut pressed = false;
    ui.horizontal(|ui| {
        ui.set_height(48.0);
        ui.add_space(tokens::S4);
        widgets::icon(ui, icon, 16.0, color);
        ui.add_space(tokens::S1);
        widgets::label(ui, words, fonts::semibold(tokens::UI.0), t.text);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add_space(tokens::S4);
            pressed = Button::new(button).key(key).kind(kind).small().show(ui).clicked();
        });
    });
    if kind == Kind::Primary {
        widgets::separator(ui);
    }
    pressed
}

impl LabelPanel {
    /// The popup that goes to a group by its number.
    pub(super) fn go_to_ui(&mut self, ui: &Ui, cx: &Cx<'_>, out: &mut Vec<Command>) {
        let Some(number) = &mut self.go_to else { return };
        let mut close = false;
        let modal = egui::Modal::new(egui::Id::unique("go-to")).frame(widgets::popup_frame(ui)).show(ui.ctx(), |ui| {
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
        let modal = egui::Modal::new(egui::Id::unique("link")).frame(widgets::popup_frame(ui)).show(ui.ctx(), |ui| {
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
