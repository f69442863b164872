//! Settings: how it looks, how one labels, which keys, where things are. A change is in force at once.

mod keys;
mod toggle;

use egui::Ui;

pub(crate) use toggle::Toggle;

use crate::settings::{Layout, ThemeChoice};
use crate::text::{Language, Text};
use crate::ui::actions::Action;
use crate::ui::app::App;
use crate::ui::keys::Chord;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

const NAV: f32 = 176.0;
/// From this width on the keys stand beside the other settings.
const TWO_COLUMNS: f32 = 1200.0;
const COLUMN: f32 = 400.0;

/// The parts of the view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Section {
    #[default]
    Looks,
    Labeling,
    Keys,
    Data,
}

/// The open view.
#[derive(Default)]
pub(crate) struct SettingsPanel {
    pub(crate) section: Section,
    search: String,
    /// The action whose new key is waited for.
    capturing: Option<Action>,
    /// The key that was refused, and whose it is.
    clash: Option<(Action, Chord, Action)>,
    /// Bring the captured row into sight.
    reveal: bool,
}

impl SettingsPanel {
    /// The view, at one of its parts.
    pub(crate) fn at(section: Section) -> Self {
        Self { section, ..Self::default() }
    }

    /// Wait for a new key for an action.
    pub(crate) fn capture(&mut self, action: Action) {
        self.section = Section::Keys;
        self.search.clear();
        self.capturing = Some(action);
        self.clash = None;
        self.reveal = true;
    }

    /// The next key belongs to the row that waits for one.
    pub(crate) fn captures(&self) -> bool {
        self.capturing.is_some()
    }
}

fn theme_words(text: Text, choice: ThemeChoice) -> &'static str {
    match choice {
        ThemeChoice::System => text.theme_system(),
        ThemeChoice::Light => text.theme_light(),
        ThemeChoice::Dark => text.theme_dark(),
    }
}

/// Draw the view in place of the one in front; whether it was closed.
pub(crate) fn show(app: &mut App, panel: &mut SettingsPanel, ui: &mut Ui) -> bool {
    let (t, text) = (theme::of(ui), app.text());
    panel.take_key(app, ui);
    let before = app.settings.clone();
    let mut close = false;
    let wide = ui.ctx().content_rect().width() >= TWO_COLUMNS;
    if wide && panel.section == Section::Keys {
        panel.section = Section::Looks;
    }
    let nav = egui::Frame::new().fill(t.bg).inner_margin(egui::Margin::symmetric(9, 12));
    egui::Panel::left("settings-nav").exact_size(NAV).resizable(false).frame(nav).show(ui, |ui| {
        for (section, icon, words) in [
            (Section::Looks, icons::TEXT_AA, text.set_looks()),
            (Section::Labeling, icons::LIST_CHECKS, text.set_labeling()),
            (Section::Keys, icons::KEYBOARD, text.set_keys()),
            (Section::Data, icons::DATABASE, text.set_data()),
        ] {
            // Where they stand beside the others they need no entry.
            if wide && section == Section::Keys {
                continue;
            }
            let button = Button::new(words).icon(icon).kind(Kind::Quiet).selected(panel.section == section);
            if button.row(NAV - 18.0).show(ui).clicked() {
                panel.section = section;
            }
        }
    });
    let canvas = egui::Frame::new().fill(t.canvas).inner_margin(egui::Margin::symmetric(28, 18));
    egui::CentralPanel::default().frame(canvas).show(ui, |ui| {
        ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
            if wide {
                let all = ui.available_rect_before_wrap();
                let left = all.with_max_x(all.left() + COLUMN);
                let mut child = ui.new_child(egui::UiBuilder::new().max_rect(left).id_salt("left"));
                left_ui(app, panel, &mut child, COLUMN, &mut close);
                let right = all.with_min_x(left.right() + 28.0);
                let right = right.with_max_x(right.right().min(right.left() + 760.0));
                let mut child = ui.new_child(egui::UiBuilder::new().max_rect(right).id_salt("right"));
                panel.keys_ui(app, &mut child, right.width());
            } else if panel.section == Section::Keys {
                let width = ui.available_width();
                panel.keys_ui(app, ui, width);
            } else {
                let width = ui.available_width().min(520.0);
                left_ui(app, panel, ui, width, &mut close);
            }
        });
    });
    if app.settings != before {
        app.save_settings();
    }
    close
}

fn left_ui(app: &mut App, panel: &SettingsPanel, ui: &mut Ui, width: f32, close: &mut bool) {
    let t = theme::of(ui);
    let text = app.text();
    ui.set_width(width);
    let title = match panel.section {
        Section::Looks | Section::Keys => text.set_looks(),
        Section::Labeling => text.set_labeling(),
        Section::Data => text.set_data(),
    };
    ui.horizontal(|ui| {
        ui.set_width(width);
        widgets::label(ui, title, fonts::semibold(tokens::HEADING.0), t.text);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            *close |= Button::new(text.close()).key("Esc").kind(Kind::Quiet).small().show(ui).clicked();
        });
    });
    ui.add_space(tokens::S1);
    egui::ScrollArea::vertical().id_salt("settings").auto_shrink([false, false]).show(ui, |ui| match panel.section {
        Section::Looks | Section::Keys => looks_ui(app, ui, width - 12.0),
        Section::Labeling => labeling_ui(app, ui, width - 12.0),
        Section::Data => data_ui(app, ui, width - 12.0),
    });
}

/// A row of a card: words at the left, a control at the right.
fn row(ui: &mut Ui, first: bool, words: &str, width: f32, control: impl FnOnce(&mut Ui)) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = tokens::S1;
    if !first {
        widgets::separator(ui);
    }
    ui.horizontal(|ui| {
        ui.set_width(width);
        ui.set_height(34.0);
        widgets::label(ui, words, fonts::regular(tokens::UI.0), t.text);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), control);
    });
}

fn looks_ui(app: &mut App, ui: &mut Ui, width: f32) {
    let (t, text) = (theme::of(ui), app.text());
    let inner = width - 30.0;
    widgets::card_frame(ui).show(ui, |ui| {
        ui.set_width(inner);
        row(ui, true, text.set_language(), inner, |ui| {
            let languages = [Language::Chinese, Language::English];
            let now = languages.iter().position(|language| *language == text.language).unwrap_or(0);
            let names = [text.language_chinese(), text.language_english()];
            if let Some(chosen) = widgets::segmented(ui, &names, now, 170.0) {
                app.settings.language = Some(languages[chosen]);
            }
        });
        row(ui, false, text.set_theme(), inner, |ui| {
            let themes = [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark];
            let now = themes.iter().position(|theme| *theme == app.settings.theme).unwrap_or(0);
            if let Some(chosen) = widgets::segmented(ui, &themes.map(|theme| theme_words(text, theme)), now, 210.0) {
                app.settings.theme = themes[chosen];
                theme::choose(ui.ctx(), themes[chosen]);
            }
        });
        row(ui, false, text.set_reading(), inner, |ui| {
            let window = ui.ctx().content_rect().width();
            let mut size = tokens::reading(window, app.settings.reading_size).0;
            widgets::label(ui, format!("{size:.0}"), fonts::semibold(tokens::UI.0), t.text);
            if widgets::slider(ui, &mut size, 12.0..=24.0, 120.0, text.set_reading()) {
                app.settings.reading_size = Some(size.round());
            }
        });
        row(ui, false, text.set_width(), inner, |ui| {
            let mut characters = app.settings.reading_width.unwrap_or(tokens::READING_WIDTH) as f32;
            let words = text.characters(characters as usize);
            widgets::label(ui, words, fonts::semibold(tokens::UI.0), t.text);
            if widgets::slider(ui, &mut characters, 24.0..=60.0, 120.0, text.set_width()) {
                app.settings.reading_width = Some(characters.round() as u32);
            }
        });
    });
    ui.add_space(tokens::S2);
    widgets::card_frame(ui).show(ui, |ui| {
        ui.set_width(inner);
        widgets::label(ui, text.set_preview(), fonts::regular(tokens::META.0), t.text3);
        let size = tokens::reading(ui.ctx().content_rect().width(), app.settings.reading_size).0;
        widgets::paragraph(ui, text.set_preview_words(), fonts::regular(size), t.text);
    });
}

fn labeling_ui(app: &mut App, ui: &mut Ui, width: f32) {
    let text = app.text();
    let inner = width - 30.0;
    widgets::card_frame(ui).show(ui, |ui| {
        ui.set_width(inner);
        row(ui, true, text.set_annotator(), inner, |ui| {
            let mut name = app.settings.annotator_or_user().name;
            let field = widgets::field(ui, &mut name, text.set_annotator(), text.set_annotator_hint(), 170.0);
            if field.changed()
                && let Some(annotator) = &mut app.settings.annotator
            {
                annotator.name = name;
            }
        });
        row(ui, false, text.set_digit(), inner, |ui| {
            if widgets::switch(ui, app.settings.digit_confirms, text.set_digit()) {
                app.settings.digit_confirms = !app.settings.digit_confirms;
            }
        });
        row(ui, false, text.set_pace(), inner, |ui| {
            if widgets::switch(ui, !app.settings.hide_pace, text.set_pace()) {
                app.settings.hide_pace = !app.settings.hide_pace;
            }
        });
        row(ui, false, text.set_layout(), inner, |ui| {
            let layouts = [None, Some(Layout::Grid), Some(Layout::Columns), Some(Layout::One)];
            let now = layouts.iter().position(|layout| *layout == app.settings.layout).unwrap_or(0);
            let names = [text.layout_auto(), text.layout_grid(), text.layout_columns(), text.layout_one_short()];
            if let Some(chosen) = widgets::segmented(ui, &names, now, 236.0) {
                app.settings.layout = layouts[chosen];
            }
        });
    });
}

fn data_ui(app: &App, ui: &mut Ui, width: f32) {
    let (t, text) = (theme::of(ui), app.text());
    let inner = width - 30.0;
    widgets::card_frame(ui).show(ui, |ui| {
        ui.set_width(inner);
        for (words, path) in
            [(text.set_folder(), &app.folders.data), (text.set_folder_settings(), &app.folders.settings_file())]
        {
            widgets::label(ui, words, fonts::regular(tokens::UI.0), t.text);
            widgets::paragraph(ui, path.display().to_string(), fonts::mono(tokens::META.0), t.text2);
            ui.add_space(tokens::S2);
        }
        widgets::paragraph(ui, text.set_folder_note(), fonts::regular(tokens::META.0), t.text3);
        ui.add_space(tokens::S2);
        let version = format!("Pairloom {}", env!("CARGO_PKG_VERSION"));
        widgets::label(ui, version, fonts::regular(tokens::META.0), t.text3);
    });
}
