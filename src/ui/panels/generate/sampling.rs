//! How many replies, how they are drawn, what that comes to, and the button that begins.

use egui::{Layout, Ui};

use super::{Cx, GeneratePanel};
use crate::domain::{Pairing, ReplyCount};
use crate::session::Command;
use crate::text::Text;
use crate::ui::dialogs::{PathPopup, Purpose};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

impl GeneratePanel {
    pub(super) fn sampling_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, width: f32) {
        let (t, text) = (theme::of(ui), cx.text);
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(width - 30.0);
            ui.spacing_mut().item_spacing.y = tokens::S2;
            self.count_ui(ui, text);
            ui.add_space(tokens::S1);
            ui.horizontal(|ui| {
                widgets::label(ui, text.sampling(), fonts::semibold(tokens::UI.0), t.text);
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    widgets::label(ui, text.sampling_note(), fonts::regular(tokens::META.0), t.text3);
                });
            });
            let sampling = &mut self.plan.sampling;
            number_ui(ui, text, text.temperature(), &mut self.temperature, &mut sampling.temperature);
            number_ui(ui, text, text.top_p(), &mut self.top_p, &mut sampling.top_p);
            number_ui(ui, text, text.max_tokens(), &mut self.max_tokens, &mut sampling.max_tokens);
            number_ui(ui, text, text.first_seed(), &mut self.first_seed, &mut sampling.first_seed);
            let caret = if self.more_open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            if Button::new(text.more_sampling()).icon(caret).small().kind(Kind::Quiet).show(ui).clicked() {
                self.more_open = !self.more_open;
            }
            if self.more_open {
                self.more_ui(ui, text, width);
            }
            widgets::separator(ui);
            self.summary_ui(ui, cx, width);
        });
    }

    fn count_ui(&mut self, ui: &mut Ui, text: Text) {
        let t = theme::of(ui);
        ui.horizontal(|ui| {
            widgets::label(ui, text.replies_each(), fonts::semibold(tokens::UI.0), t.text);
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                widgets::label(ui, self.plan.replies.get().to_string(), fonts::semibold(tokens::HEADING.0), t.text);
            });
        });
        let mut count = self.plan.replies.get();
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 90.0).max(60.0);
            let range = ReplyCount::MIN.get() as f32..=ReplyCount::MAX.get() as f32;
            let mut value = count as f32;
            if widgets::slider(ui, &mut value, range, width, text.replies_each()) {
                count = value.round() as u32;
            }
            if Button::icon_only(icons::MINUS, text.fewer()).small().show(ui).clicked() {
                count = count.saturating_sub(1);
            }
            if Button::icon_only(icons::PLUS, text.more()).small().show(ui).clicked() {
                count += 1;
            }
        });
        if let Ok(count) = ReplyCount::try_from(count) {
            self.plan.replies = count;
        }
    }

    fn more_ui(&mut self, ui: &mut Ui, text: Text, width: f32) {
        let t = theme::of(ui);
        widgets::label(ui, text.stop_words(), fonts::regular(tokens::META.0), t.text2);
        if widgets::multiline(ui, &mut self.stop, text.stop_words(), "", 2, width - 60.0).changed() {
            self.plan.sampling.stop = self.stop.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        }
        widgets::label(ui, text.extra_json(), fonts::regular(tokens::META.0), t.text2);
        widgets::multiline(ui, &mut self.extra, text.extra_json(), "{\"top_k\": 20}", 2, width - 60.0);
        match serde_json::from_str(self.extra.trim()) {
            Ok(extra) => self.plan.sampling.extra = extra,
            Err(_) => {
                self.plan.sampling.extra = serde_json::Map::new();
                if !self.extra.trim().is_empty() {
                    widgets::label(ui, text.bad_json(), fonts::regular(tokens::META.0), t.rejected);
                }
            }
        }
    }

    /// What the plan comes to, and the button that begins.
    fn summary_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, width: f32) {
        let (t, text) = (theme::of(ui), cx.text);
        let lists = &self.plan.prompts;
        let filled = |list: &[String]| list.iter().filter(|line| !line.trim().is_empty()).count();
        let (systems, users) = (filled(&lists.system), filled(&lists.user));
        let groups = match lists.pairing {
            Pairing::Cross => systems.max(1) * users,
            Pairing::Rows => lists.prompts().len(),
        };
        let words = match lists.pairing {
            Pairing::Cross => text.plan_cross(systems, users, groups),
            Pairing::Rows => text.plan_rows(groups),
        };
        widgets::paragraph(ui, words, fonts::semibold(tokens::UI.0), t.text);
        let each = self.plan.replies.get();
        let replies = groups as u64 * u64::from(each);
        widgets::label(ui, text.plan_replies(groups, each, replies), fonts::regular(tokens::UI.0), t.text2);
        let now = usize::from(lists.pairing == Pairing::Rows);
        if let Some(chosen) = widgets::segmented(ui, &[text.cross(), text.rows()], now, width - 30.0) {
            self.plan.prompts.pairing = if chosen == 1 { Pairing::Rows } else { Pairing::Cross };
        }
        let ready = groups > 0 && self.plan.has_endpoint();
        let words = if groups > 0 { text.start() } else { text.start_nothing() };
        let button = Button::new(words).kind(Kind::Primary).enabled(ready).width(width - 30.0);
        if button.show(ui).clicked() {
            cx.out.push(Command::SetPlan(Box::new(self.plan.clone())));
            self.changed = None;
            cx.out.push(Command::Start);
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = tokens::S1;
            let load = Button::new(text.load_plan()).icon(icons::FOLDER_OPEN).kind(Kind::Quiet).small();
            if load.show(ui).on_hover_text(text.plan_note()).clicked() {
                *cx.popup = Some(PathPopup::new(Purpose::LoadPlan, String::new()));
            }
            let save = Button::new(text.save_plan()).icon(icons::EXPORT).kind(Kind::Quiet).small();
            if save.show(ui).on_hover_text(text.plan_note()).clicked() {
                let path = cx.snapshot.path.with_file_name("plan.toml").display().to_string();
                *cx.popup = Some(PathPopup::new(Purpose::SavePlan, path));
            }
        });
        if let Some(path) = &self.plan_saved {
            widgets::paragraph(ui, text.plan_saved(path), fonts::regular(tokens::META.0), t.text2);
        }
    }
}

fn number_ui<T: std::str::FromStr>(ui: &mut Ui, text: Text, name: &str, typed: &mut String, value: &mut Option<T>) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        widgets::label(ui, name, fonts::regular(tokens::UI.0), t.text);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            widgets::field(ui, typed, name, "", 68.0);
        });
    });
    let trimmed = typed.trim();
    match trimmed.parse() {
        Ok(number) => *value = Some(number),
        Err(_) => {
            *value = None;
            if !trimmed.is_empty() {
                widgets::label(ui, text.bad_number(name), fonts::regular(tokens::META.0), t.rejected);
            }
        }
    }
}
