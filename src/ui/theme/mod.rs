//! How everything looks.

pub(crate) mod fonts;
pub(crate) mod icons;
pub(crate) mod tokens;

use egui::epaint::Shadow;
use egui::{CornerRadius, Stroke, Theme, Visuals};

use crate::settings::ThemeChoice;
pub(crate) use tokens::Tokens;

/// Fonts and both themes, once.
pub(crate) fn install(ctx: &egui::Context) {
    fonts::install(ctx);
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    for (theme, tokens) in [(Theme::Light, &tokens::LIGHT), (Theme::Dark, &tokens::DARK)] {
        ctx.set_visuals_of(theme, visuals(theme, tokens));
        ctx.style_mut_of(theme, |style| {
            style.animation_time = 0.12;
            style.spacing.item_spacing = egui::vec2(tokens::S2, tokens::S2);
            style.spacing.button_padding = egui::vec2(tokens::S3, tokens::S1);
            style.spacing.interact_size.y = tokens::BUTTON_SMALL;
            style.spacing.scroll = egui::style::ScrollStyle::solid();
            style.spacing.scroll.bar_width = 8.0;
            style.spacing.scroll.foreground_color = false;
            for (text, size) in [
                (egui::TextStyle::Body, tokens::UI.0),
                (egui::TextStyle::Button, tokens::UI.0),
                (egui::TextStyle::Small, tokens::META.0),
                (egui::TextStyle::Heading, tokens::HEADING.0),
            ] {
                style.text_styles.insert(text, fonts::regular(size));
            }
            style.text_styles.insert(egui::TextStyle::Monospace, fonts::mono(tokens::UI.0));
        });
    }
}

/// Follow the system or not.
pub(crate) fn choose(ctx: &egui::Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Light => egui::ThemePreference::Light,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
    });
}

/// The colours that are in force.
pub(crate) fn of(ui: &egui::Ui) -> &'static Tokens {
    of_ctx(ui.ctx())
}

/// See [`of`].
pub(crate) fn of_ctx(ctx: &egui::Context) -> &'static Tokens {
    match ctx.theme() {
        Theme::Light => &tokens::LIGHT,
        Theme::Dark => &tokens::DARK,
    }
}

fn visuals(theme: Theme, t: &Tokens) -> Visuals {
    let mut visuals = match theme {
        Theme::Light => Visuals::light(),
        Theme::Dark => Visuals::dark(),
    };
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(t.text3);
    visuals.panel_fill = t.canvas;
    visuals.window_fill = t.raised;
    visuals.window_stroke = Stroke::new(1.0, t.stroke);
    visuals.window_corner_radius = CornerRadius::same(tokens::R2);
    visuals.menu_corner_radius = CornerRadius::same(tokens::R2);
    let shadow = Shadow { offset: [0, 12], blur: 40, spread: 0, color: t.scrim.gamma_multiply(0.6) };
    (visuals.window_shadow, visuals.popup_shadow) = (shadow, shadow);
    visuals.extreme_bg_color = t.card;
    visuals.text_edit_bg_color = Some(t.card);
    visuals.faint_bg_color = t.inset;
    visuals.code_bg_color = t.inset;
    visuals.hyperlink_color = t.accent_text;
    visuals.warn_fg_color = t.warning;
    visuals.error_fg_color = t.rejected;
    visuals.selection.bg_fill = t.selection;
    visuals.selection.stroke = Stroke::new(1.0, t.focus);
    visuals.text_cursor.blink = false;
    let radius = CornerRadius::same(tokens::R1);
    for (widget, fill, stroke, text) in [
        (&mut visuals.widgets.noninteractive, t.canvas, t.stroke, t.text),
        (&mut visuals.widgets.inactive, t.track, t.stroke_strong, t.text),
        (&mut visuals.widgets.hovered, t.hover, t.stroke_strong, t.text),
        (&mut visuals.widgets.active, t.stroke_strong, t.stroke_strong, t.text),
        (&mut visuals.widgets.open, t.hover, t.stroke_strong, t.text),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, stroke);
        widget.fg_stroke = Stroke::new(1.0, text);
        widget.corner_radius = radius;
        widget.expansion = 0.0;
    }
    visuals
}
