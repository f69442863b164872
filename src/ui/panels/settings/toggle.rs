//! Settings of a few values, each of which the palette can turn to.

use super::theme_words;
use crate::settings::{Layout, ThemeChoice};
use crate::text::{Language, Text};
use crate::ui::app::App;
use crate::ui::theme;

/// A setting of two values that the palette can turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toggle {
    DigitConfirms,
    Pace,
    Theme(ThemeChoice),
    Language(Language),
    Layout(Layout),
}

impl Toggle {
    pub(crate) const ALL: [Self; 10] = [
        Self::DigitConfirms,
        Self::Pace,
        Self::Theme(ThemeChoice::System),
        Self::Theme(ThemeChoice::Light),
        Self::Theme(ThemeChoice::Dark),
        Self::Language(Language::English),
        Self::Language(Language::Chinese),
        Self::Layout(Layout::Grid),
        Self::Layout(Layout::Columns),
        Self::Layout(Layout::One),
    ];

    pub(crate) fn words(self, text: Text) -> String {
        match self {
            Self::DigitConfirms => text.set_digit().to_owned(),
            Self::Pace => text.set_pace().to_owned(),
            Self::Theme(choice) => text.setting_named(text.set_theme(), theme_words(text, choice)),
            Self::Language(Language::English) => text.setting_named(text.set_language(), text.language_english()),
            Self::Language(Language::Chinese) => text.setting_named(text.set_language(), text.language_chinese()),
            Self::Layout(layout) => {
                let words = match layout {
                    Layout::Grid => text.layout_grid(),
                    Layout::Columns => text.layout_columns(),
                    Layout::One => text.layout_one(),
                };
                text.setting_named(text.set_layout(), words)
            }
        }
    }

    pub(crate) fn is_on(self, app: &App) -> bool {
        match self {
            Self::DigitConfirms => app.settings.digit_confirms,
            Self::Pace => !app.settings.hide_pace,
            Self::Theme(choice) => app.settings.theme == choice,
            Self::Language(language) => app.text().language == language,
            Self::Layout(layout) => app.settings.layout == Some(layout),
        }
    }

    pub(crate) fn turn(self, app: &mut App, ctx: &egui::Context) {
        match self {
            Self::DigitConfirms => app.settings.digit_confirms = !app.settings.digit_confirms,
            Self::Pace => app.settings.hide_pace = !app.settings.hide_pace,
            Self::Theme(choice) => {
                app.settings.theme = choice;
                theme::choose(ctx, choice);
            }
            Self::Language(language) => app.settings.language = Some(language),
            Self::Layout(layout) => app.settings.layout = Some(layout),
        }
        app.save_settings();
    }
}
