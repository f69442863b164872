//! The command palette: commands, groups and settings by a few letters.

use egui::accesskit::Role;
use egui::text::{LayoutJob, TextFormat};
use egui::{Key, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::actions::{Action, Place};
use super::app::App;
use super::finder::{FoundGroup, Search};
use super::panels::label::{status_icon, status_words};
use super::panels::settings::Toggle;
use super::theme::{self, fonts, icons, tokens};
use super::widgets;
use crate::domain::GroupId;
use crate::session::{Command, Snapshot};
use crate::text::Text;

const ROW: f32 = 36.0;
/// Commands that are listed before anything was typed, and at most.
const COMMANDS: usize = 12;
const SETTINGS: usize = 5;

/// The open palette.
#[derive(Default)]
pub(crate) struct Palette {
    needle: String,
    chosen: usize,
    search: Search,
    /// The groups that were found last; drawn while the next search is under way, never chosen.
    groups: Vec<FoundGroup>,
    searching: bool,
    /// Enter was pressed while the search was under way.
    entered: bool,
}

/// One thing that can be chosen.
enum Entry {
    Act(Action),
    Set(Toggle),
    Go(GroupId),
}

/// A row as it is drawn.
struct Row {
    entry: Entry,
    icon: &'static str,
    color: egui::Color32,
    number: Option<u64>,
    words: String,
    matched: Vec<u32>,
    right: String,
    on: bool,
}

/// Draw the palette where it is open, and carry out what was chosen.
pub(crate) fn show(app: &mut App, ctx: &egui::Context, place: Place, snapshot: Option<&Snapshot>) {
    let Some(mut palette) = app.palette.take() else { return };
    let text = app.text();
    let sections = palette.sections(app, ctx, place, snapshot, text);
    let count: usize = sections.iter().map(|(_, rows)| rows.len()).sum();
    palette.chosen = palette.chosen.min(count.saturating_sub(1));
    let (up, down, enter, change) = ctx.input(|input| {
        let enter = input.key_pressed(Key::Enter);
        (
            input.key_pressed(Key::ArrowUp),
            input.key_pressed(Key::ArrowDown),
            enter && !input.modifiers.command,
            enter && input.modifiers.command,
        )
    });
    if down {
        palette.chosen = (palette.chosen + 1).min(count.saturating_sub(1));
    }
    if up {
        palette.chosen = palette.chosen.saturating_sub(1);
    }
    let screen = ctx.content_rect();
    let width = 640.0_f32.min(screen.width() - 32.0);
    let most = (screen.height() - 240.0).clamp(120.0, 440.0);
    let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(0);
    let mut pressed = None;
    let area = egui::Modal::default_area(egui::Id::unique("palette"))
        .anchor(egui::Align2::CENTER_TOP, vec2(0.0, (screen.height() * 0.11).min(92.0)));
    let modal = egui::Modal::new(egui::Id::unique("palette")).area(area).frame(frame).show(ctx, |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = 0.0;
        palette.field_ui(ui, text, width);
        widgets::separator(ui);
        egui::ScrollArea::vertical().max_height(most).show(ui, |ui| {
            let mut index = 0;
            for (title, rows) in &sections {
                if rows.is_empty() {
                    continue;
                }
                ui.add_space(tokens::S3);
                ui.horizontal(|ui| {
                    ui.add_space(tokens::S4);
                    widgets::label(ui, *title, fonts::regular(tokens::META.0), theme::of(ui).text3);
                });
                ui.add_space(tokens::S1);
                for row in rows {
                    let selected = index == palette.chosen;
                    let response = row_ui(ui, row, width, selected);
                    if selected && (up || down) {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        pressed = Some(index);
                    }
                    index += 1;
                }
            }
            if count == 0 {
                ui.add_space(tokens::S4);
                ui.vertical_centered(|ui| {
                    widgets::label(ui, text.palette_nothing(), fonts::regular(tokens::UI.0), theme::of(ui).text3);
                });
                ui.add_space(tokens::S4);
            }
        });
        widgets::separator(ui);
        foot_ui(ui, text);
    });
    // What stands in a row of groups while they are searched is not what the letters mean.
    let before_groups: usize = sections.iter().rev().skip(1).map(|(_, rows)| rows.len()).sum();
    let meant = pressed.unwrap_or(palette.chosen);
    let asked = pressed.is_some() || enter || change || palette.entered;
    palette.entered = asked && palette.searching && meant >= before_groups;
    let chosen = (asked && !palette.entered).then_some(meant);
    let row = chosen.and_then(|chosen| sections.into_iter().flat_map(|(_, rows)| rows).nth(chosen));
    match row.map(|row| row.entry) {
        Some(Entry::Act(action)) if change => app.change_key(action),
        Some(Entry::Act(action)) => app.pending.push(action),
        Some(Entry::Set(toggle)) => toggle.turn(app, ctx),
        Some(Entry::Go(group)) => app.pending_commands.push(Command::Go(group)),
        None if modal.should_close() => {}
        None => app.palette = Some(palette),
    }
}

impl Palette {
    fn field_ui(&mut self, ui: &mut Ui, text: Text, width: f32) {
        let t = theme::of(ui);
        ui.horizontal(|ui| {
            ui.set_height(52.0);
            ui.add_space(tokens::S4);
            widgets::icon(ui, icons::MAGNIFYING_GLASS, 16.0, t.text2);
            let before = self.needle.len();
            let field = egui::TextEdit::singleline(&mut self.needle)
                .frame(egui::Frame::NONE)
                .align(egui::Align2::LEFT_CENTER)
                .min_size(vec2(0.0, 52.0))
                .font(fonts::regular(tokens::TITLE.0))
                .text_color(t.text)
                .hint_text(egui::RichText::new(text.palette_hint()).color(t.text3))
                .desired_width(width - 90.0);
            let field = egui::Widget::ui(field, ui).accessible_name(text.palette_hint());
            field.request_focus();
            if self.needle.len() != before {
                self.chosen = 0;
            }
        });
    }

    fn sections(
        &mut self,
        app: &mut App,
        ctx: &egui::Context,
        place: Place,
        snapshot: Option<&Snapshot>,
        text: Text,
    ) -> Vec<(&'static str, Vec<Row>)> {
        let t = theme::of_ctx(ctx);
        let needle = self.needle.clone();
        let mut score = |words: &str| {
            if needle.trim().is_empty() { Some((0, Vec::new())) } else { self.search.matched(&needle, words) }
        };
        let heard = |action: Action| match action.place() {
            Place::Everywhere => !matches!(action, Action::Palette | Action::Back),
            Place::Session => place != Place::Start,
            own => own == place,
        };
        let mut commands: Vec<(u32, Row)> = Vec::new();
        for action in Action::ALL.iter().copied().filter(|action| heard(*action)) {
            let words = action.words(text);
            if let Some((score, matched)) = score(words) {
                let right = action.hint(ctx);
                let row = Row {
                    entry: Entry::Act(action),
                    icon: action.icon(),
                    color: t.text2,
                    number: None,
                    words: words.to_owned(),
                    matched,
                    right,
                    on: false,
                };
                commands.push((score, row));
            }
        }
        commands.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let mut settings: Vec<(u32, Row)> = Vec::new();
        for toggle in Toggle::ALL {
            let words = toggle.words(text);
            if let Some((score, matched)) = score(&words) {
                let on = toggle.is_on(app);
                let right = if on { text.setting_on().to_owned() } else { String::new() };
                let row = Row {
                    entry: Entry::Set(toggle),
                    icon: icons::GEAR,
                    color: t.text2,
                    number: None,
                    words,
                    matched,
                    right,
                    on,
                };
                settings.push((score, row));
            }
        }
        settings.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let found = snapshot.map_or_else(|| Some(Vec::new()), |snapshot| app.finder.groups(&needle, &snapshot.queue));
        self.searching = found.is_none();
        if let Some(found) = found {
            self.groups = found;
        }
        let groups = self.groups.clone().into_iter().map(|found| {
            let (icon, color) = status_icon(t, found.row.status);
            Row {
                entry: Entry::Go(found.row.id),
                icon,
                color,
                number: Some(found.row.number),
                words: found.row.title.to_string(),
                matched: found.matched,
                right: status_words(text, found.row.status).to_owned(),
                on: false,
            }
        });
        let best = |rows: Vec<(u32, Row)>, most: usize| rows.into_iter().map(|(_, row)| row).take(most).collect();
        let shown = if needle.trim().is_empty() { 0 } else { SETTINGS };
        vec![
            (text.palette_commands(), best(commands, COMMANDS)),
            (text.palette_settings(), best(settings, shown)),
            // Last: what is found later must not move what is chosen.
            (text.palette_groups(), groups.collect()),
        ]
    }
}

fn row_ui(ui: &mut Ui, row: &Row, width: f32, selected: bool) -> egui::Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, selected, &row.words));
    if selected {
        ui.painter().rect_filled(rect, 0.0, t.accent_soft);
        ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 0.0, t.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.hover);
    }
    let y = rect.center().y;
    let icon = pos2(rect.left() + 24.0, y);
    ui.painter().text(icon, egui::Align2::CENTER_CENTER, row.icon, fonts::icon(16.0), row.color);
    let mut left = rect.left() + 45.0;
    if let Some(number) = row.number {
        let font = fonts::regular(tokens::UI.0);
        let shown = ui.painter().text(pos2(left, y), egui::Align2::LEFT_CENTER, number, font, t.text3);
        left = shown.right() + tokens::S2;
    }
    let mut right = rect.right() - tokens::S4;
    if row.on {
        let font = fonts::icon(14.0);
        let place = pos2(right - 26.0, y);
        ui.painter().text(place, egui::Align2::CENTER_CENTER, icons::CHECK, font, t.chosen);
    }
    if !row.right.is_empty() {
        let is_key = matches!(row.entry, Entry::Act(_));
        if is_key {
            let hint = widgets::key_hint_width(ui, &row.right);
            widgets::key_hint(ui, right - hint, y, &row.right, false);
            right -= hint;
        } else {
            let font = fonts::regular(tokens::META.0);
            let color = if row.on { t.chosen } else { t.text3 };
            let shown = ui.painter().text(pos2(right, y), egui::Align2::RIGHT_CENTER, &row.right, font, color);
            right = shown.left() - if row.on { 20.0 } else { 0.0 };
        }
    }
    let mut job = LayoutJob::default();
    for (index, character) in row.words.chars().enumerate() {
        let hit = row.matched.binary_search(&(index as u32)).is_ok();
        let (font, color) =
            if hit { (fonts::semibold(tokens::UI.0), t.accent_text) } else { (fonts::regular(tokens::UI.0), t.text) };
        job.append(character.encode_utf8(&mut [0; 4]), 0.0, TextFormat::simple(font, color));
    }
    job.wrap = egui::text::TextWrapping::truncate_at_width((right - left - tokens::S3).max(40.0));
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(pos2(left, y - galley.size().y / 2.0), galley, t.text);
    response
}

fn foot_ui(ui: &mut Ui, text: Text) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        ui.set_height(34.0);
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.add_space(tokens::S4);
        for (keys, words) in [
            (&["↑", "↓"][..], text.palette_move()),
            (&["↵"][..], text.palette_do()),
            (&["Ctrl ↵"][..], text.palette_change()),
            (&["Esc"][..], text.close()),
        ] {
            for key in keys {
                let width = widgets::key_hint_width(ui, key);
                let (rect, _) = ui.allocate_exact_size(vec2(width, 18.0), Sense::hover());
                widgets::key_hint(ui, rect.left(), rect.center().y, key, false);
            }
            widgets::label(ui, words, fonts::regular(tokens::META.0), t.text2);
            ui.add_space(tokens::S2);
        }
    });
}
