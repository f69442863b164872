//! What was asked, above the replies: shown as it was written, folded to a few lines.

use std::sync::Arc;

use egui::{Rect, Sense, Ui, UiBuilder, vec2};

use super::{Cx, LabelPanel};
use crate::domain::TurnRole;
use crate::session::OpenGroup;
use crate::ui::actions::Action;
use crate::ui::markdown::{self, Key, Source, Want};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// Lines of the user turn that are shown while the prompt is folded.
const FOLDED_LINES: f32 = 3.0;
/// Where the words begin, after who speaks.
const LEFT: f32 = 66.0;
const RIGHT: f32 = 34.0;
/// The system prompt as a tag, in a narrow window.
const TAG: f32 = 108.0;
const PAD: i8 = 20;

impl LabelPanel {
    pub(super) fn prompt_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &Arc<OpenGroup>) {
        let prompt = &open.group.prompt;
        let narrow = cx.width < tokens::NARROW || cx.height < tokens::LOW;
        let tagged = narrow && !self.prompt_open && prompt.system.as_deref().is_some_and(|system| !system.is_empty());
        let tag = if tagged { TAG } else { 0.0 };
        self.prompt_width = ui.available_width() - f32::from(PAD) * 2.0 - LEFT - RIGHT - tag;
        self.ask_prompt(ui, cx, open);
        let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(PAD, 12));
        let most = ui.available_height() * if self.prompt_open { 0.5 } else { 0.4 };
        let last = prompt.history.len() as u16 + 1;
        let key = |turn: u16| Key::Turn(open.group.id, turn);
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = tokens::S2;
            let area = egui::ScrollArea::vertical().id_salt(("prompt", open.group.id)).max_height(most);
            area.auto_shrink([false, true]).show(ui, |ui| {
                let system = prompt.system.as_deref().filter(|system| !system.is_empty());
                if system.is_some() && (!narrow || self.prompt_open) {
                    self.turn_ui(ui, cx, cx.text.system(), key(0), 1.0);
                }
                if !prompt.history.is_empty() {
                    self.history_ui(ui, cx, open);
                }
                let lines = if narrow { 1.0 } else { FOLDED_LINES };
                // Where there is little room the system prompt is a tag that opens it.
                if system.is_some() && narrow && !self.prompt_open {
                    ui.horizontal_top(|ui| {
                        let tag = Button::new(cx.text.system()).icon(icons::CARET_RIGHT).small().kind(Kind::Quiet);
                        if tag.show(ui).clicked() {
                            self.prompt_open = true;
                        }
                        self.turn_ui(ui, cx, cx.text.user(), key(last), lines);
                    });
                } else {
                    self.turn_ui(ui, cx, cx.text.user(), key(last), lines);
                }
            });
        });
        widgets::separator(ui);
    }

    /// Earlier turns, folded until they are asked for.
    fn history_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup) {
        let history = &open.group.prompt.history;
        if self.prompt_open {
            for (index, turn) in history.iter().enumerate() {
                let who = match turn.role {
                    TurnRole::User => cx.text.user(),
                    TurnRole::Assistant => cx.text.assistant(),
                };
                self.turn_ui(ui, cx, who, Key::Turn(open.group.id, index as u16 + 1), f32::INFINITY);
            }
            return;
        }
        ui.horizontal(|ui| {
            ui.add_space(LEFT - 12.0);
            let words = cx.text.earlier_turns(history.len());
            let key = Action::Open.hint(ui.ctx());
            let button = Button::new(&words).key(&key).small().kind(Kind::Quiet);
            if button.icon(icons::CARET_RIGHT).show(ui).clicked() {
                self.prompt_open = true;
            }
        });
    }

    /// Ask for the pages of a group's turns.
    pub(super) fn ask_prompt(&mut self, ui: &Ui, cx: &Cx<'_>, open: &Arc<OpenGroup>) {
        let reading = tokens::reading(cx.width, cx.settings.reading_size);
        let last = open.group.prompt.history.len() as u16 + 1;
        let first = u16::from(open.group.prompt.system.as_deref().is_none_or(str::is_empty));
        for turn in first..=last {
            let want = || Want { text: Source::Turn(Arc::clone(open), turn), others: Vec::new() };
            self.pages.page(ui, Key::Turn(open.group.id, turn), self.prompt_width, reading, want);
        }
    }

    /// Who speaks at the left, what they say at the right; folded to `lines` unless the prompt is open.
    fn turn_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, who: &str, key: Key, lines: f32) {
        let t = theme::of(ui);
        let reading = tokens::reading(cx.width, cx.settings.reading_size);
        let height = self.pages.get(key).map_or(reading.1, |page| page.measured.height());
        let shown = if self.prompt_open { height } else { height.min(lines * reading.1) };
        let cut = height > shown + 1.0;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let (rect, _) = ui.allocate_exact_size(vec2(LEFT, reading.1), Sense::hover());
            let font = fonts::medium(tokens::META.0);
            ui.painter().text(rect.left_center(), egui::Align2::LEFT_CENTER, who, font, t.text3);
            let width = (ui.available_width() - RIGHT).max(60.0);
            let (rect, response) = ui.allocate_exact_size(vec2(width, shown), Sense::CLICK | Sense::DRAG);
            if let Some(page) = self.pages.get(key) {
                response.widget_info(|| {
                    let said: String = page.text.as_str().chars().take(20_000).collect();
                    egui::WidgetInfo::labeled(egui::accesskit::Role::Paragraph, true, format!("{who}: {said}"))
                });
                let mut child = ui.new_child(UiBuilder::new().max_rect(rect));
                // Half a line would look cut by mistake.
                let clip = Rect::from_min_size(rect.min, vec2(width, shown)).expand2(vec2(4.0, 0.0));
                child.set_clip_rect(clip.intersect(ui.clip_rect()));
                let (drawn, _) = markdown::draw(&child, (key, page), rect.min, &response, &mut self.selection);
                self.cost.drawn += drawn;
            }
            if cut || (self.prompt_open && height > lines * reading.1) {
                let words = Action::Open.words(cx.text);
                let icon = if cut { icons::CARET_RIGHT } else { icons::CARET_DOWN };
                if Button::icon_only(icon, words).small().show(ui).on_hover_text(words).clicked() {
                    self.prompt_open = !self.prompt_open;
                }
            }
        });
    }
}
