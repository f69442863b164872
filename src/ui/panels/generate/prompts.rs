//! Lists of system prompts and user prompts.

use egui::{Layout, Ui};

use super::{Cx, GeneratePanel};
use crate::ui::dialogs::{PathPopup, Purpose};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button};

impl GeneratePanel {
    /// System prompts or user prompts, one editable line each.
    pub(super) fn list_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, system: bool, width: f32) {
        let (t, text) = (theme::of(ui), cx.text);
        let title = if system { text.system_prompts() } else { text.user_prompts() };
        let adding = &mut self.adding[usize::from(system)];
        let list = if system { &mut self.plan.prompts.system } else { &mut self.plan.prompts.user };
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(width - 30.0);
            ui.spacing_mut().item_spacing.y = tokens::S1;
            ui.horizontal(|ui| {
                widgets::label(ui, title, fonts::semibold(tokens::UI.0), t.text);
                widgets::label(ui, list.len().to_string(), fonts::regular(tokens::META.0), t.text3);
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    let name = format!("{title}: {}", text.import_list());
                    if Button::icon_only(icons::UPLOAD_SIMPLE, &name).small().show(ui).on_hover_text(&name).clicked() {
                        let purpose = if system { Purpose::SystemPrompts } else { Purpose::UserPrompts };
                        *cx.popup = Some(PathPopup::new(purpose, String::new()));
                    }
                });
            });
            let mut removed = None;
            let row = 34.0;
            let area = egui::ScrollArea::vertical().id_salt(title).max_height(220.0).auto_shrink([false, true]);
            ui.spacing_mut().item_spacing.y = 2.0;
            area.show_rows(ui, row, list.len(), |ui, range| {
                for index in range {
                    ui.horizontal(|ui| {
                        ui.set_height(row);
                        let (at, _) = ui.allocate_exact_size(egui::vec2(26.0, row), egui::Sense::hover());
                        let font = fonts::regular(tokens::META.0);
                        ui.painter().text(at.center(), egui::Align2::CENTER_CENTER, index + 1, font, t.text3);
                        let name = format!("{title} {}", text.prompt_named(index + 1));
                        widgets::field(ui, &mut list[index], &name, "", (width - 130.0).max(80.0));
                        let name = text.remove_prompt(index + 1);
                        if Button::icon_only(icons::TRASH, &name).small().show(ui).on_hover_text(&name).clicked() {
                            removed = Some(index);
                        }
                    });
                }
            });
            if let Some(index) = removed {
                list.remove(index);
            }
            ui.add_space(tokens::S1);
            let name = format!("{title}: {}", text.add_prompt());
            widgets::multiline(ui, adding, &name, text.add_prompt_hint(), 2, width - 60.0);
            let lines: Vec<String> =
                adding.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            if Button::new(text.add_prompt()).icon(icons::PLUS).small().enabled(!lines.is_empty()).show(ui).clicked() {
                list.extend(lines);
                adding.clear();
            }
        });
    }
}
