//! What was asked, above the replies.

use egui::{Sense, Ui, vec2};

use super::{Cx, LabelPanel};
use crate::domain::TurnRole;
use crate::session::OpenGroup;
use crate::ui::actions::Action;
use crate::ui::markdown;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets;

/// Lines of the user turn that are shown while the prompt is folded.
const FOLDED_LINES: usize = 3;

impl LabelPanel {
    pub(super) fn prompt_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup) {
        let t = theme::of(ui);
        let prompt = &open.group.prompt;
        let narrow = cx.width < tokens::NARROW || cx.height < tokens::LOW;
        let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(20, 12));
        let most = ui.available_height() * 0.4;
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = tokens::S2;
            egui::ScrollArea::vertical().id_salt("prompt").max_height(most).auto_shrink([false, true]).show(ui, |ui| {
                let system = prompt.system.as_deref().filter(|system| !system.is_empty());
                if let Some(system) = system
                    && (!narrow || self.prompt_open)
                {
                    self.turn_ui(ui, cx, cx.text.system(), system, t.text2, 1);
                }
                if !prompt.history.is_empty() {
                    if self.prompt_open {
                        for turn in &prompt.history {
                            let who = match turn.role {
                                TurnRole::User => cx.text.user(),
                                TurnRole::Assistant => cx.text.assistant(),
                            };
                            self.turn_ui(ui, cx, who, &turn.text, t.text2, usize::MAX);
                        }
                    } else {
                        ui.horizontal(|ui| {
                            ui.add_space(56.0);
                            let words = cx.text.earlier_turns(prompt.history.len());
                            let key = Action::Open.hint();
                            let button = widgets::Button::new(&words).key(&key).small().kind(widgets::Kind::Quiet);
                            if button.icon(icons::CARET_RIGHT).show(ui).clicked() {
                                self.prompt_open = true;
                            }
                        });
                    }
                }
                let lines = if narrow { 1 } else { FOLDED_LINES };
                ui.horizontal_top(|ui| {
                    // Where there is little room the system prompt is a tag that opens it.
                    if system.is_some() && narrow && !self.prompt_open {
                        let tag = widgets::Button::new(cx.text.system()).icon(icons::CARET_RIGHT).small();
                        if tag.kind(widgets::Kind::Quiet).show(ui).clicked() {
                            self.prompt_open = true;
                        }
                    }
                    self.turn_ui(ui, cx, cx.text.user(), &prompt.user, t.text, lines);
                });
            });
        });
        widgets::separator(ui);
    }

    /// Who speaks at the left, what they say at the right; folded to `lines` unless opened.
    fn turn_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, who: &str, said: &str, color: egui::Color32, lines: usize) {
        let reading = tokens::reading(cx.width, cx.settings.reading_size);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.allocate_ui(vec2(56.0, reading.1), |ui| {
                ui.set_min_width(56.0);
                widgets::label(ui, who, fonts::medium(tokens::META.0), theme::of(ui).text3);
            });
            let width = ui.available_width() - 28.0;
            let format = egui::TextFormat {
                font_id: fonts::regular(reading.0),
                color,
                line_height: Some(reading.1),
                ..egui::TextFormat::default()
            };
            let mut job = egui::text::LayoutJob::single_section(markdown_free(said), format);
            job.wrap.max_width = width;
            if !self.prompt_open {
                job.wrap.max_rows = lines;
            }
            let galley = ui.painter().layout_job(job);
            let cut = galley.elided;
            let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y), Sense::click());
            let name = format!("{who}: {}", said.chars().take(200).collect::<String>());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Paragraph, true, &name));
            ui.painter().galley(rect.min, galley, color);
            if cut {
                let words = Action::Open.words(cx.text);
                if widgets::Button::icon_only(icons::CARET_DOWN, words).small().show(ui).on_hover_text(words).clicked()
                {
                    self.prompt_open = true;
                }
            }
            if response.clicked() && (cut || self.prompt_open) {
                self.prompt_open = !self.prompt_open;
            }
        });
    }
}

/// A prompt is shown as it was written, with nothing hidden.
fn markdown_free(said: &str) -> String {
    markdown::visible(said)
}
