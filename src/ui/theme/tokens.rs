//! Colours, spaces and sizes. No colour or size is written anywhere else.

use egui::Color32;

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// The colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// Bars and sides.
    pub(crate) bg: Color32,
    /// The centre.
    pub(crate) canvas: Color32,
    pub(crate) card: Color32,
    /// Popups.
    pub(crate) raised: Color32,
    /// Code and fields.
    pub(crate) inset: Color32,
    pub(crate) hover: Color32,
    pub(crate) stroke: Color32,
    pub(crate) stroke_strong: Color32,
    pub(crate) track: Color32,
    pub(crate) text: Color32,
    pub(crate) text2: Color32,
    pub(crate) text3: Color32,
    pub(crate) accent: Color32,
    pub(crate) on_accent: Color32,
    pub(crate) accent_text: Color32,
    pub(crate) accent_soft: Color32,
    pub(crate) chosen: Color32,
    pub(crate) on_chosen: Color32,
    pub(crate) chosen_soft: Color32,
    pub(crate) rejected: Color32,
    pub(crate) rejected_soft: Color32,
    pub(crate) warning: Color32,
    pub(crate) warning_soft: Color32,
    pub(crate) machine: Color32,
    pub(crate) machine_soft: Color32,
    pub(crate) focus: Color32,
    pub(crate) selection: Color32,
    pub(crate) scrim: Color32,
}

pub(crate) const LIGHT: Tokens = Tokens {
    bg: hex(0x00F3_F2EF),
    canvas: hex(0x00FA_F9F7),
    card: hex(0x00FF_FFFF),
    raised: hex(0x00FF_FFFF),
    inset: hex(0x00F3_F2EF),
    hover: hex(0x00E9_E7E2),
    stroke: hex(0x00E4_E1DB),
    stroke_strong: hex(0x00C9_C4BB),
    track: hex(0x00DE_DAD3),
    text: hex(0x001F_1E1C),
    text2: hex(0x0054_504A),
    text3: hex(0x006C_6760),
    accent: hex(0x003D_4DB3),
    on_accent: hex(0x00FF_FFFF),
    accent_text: hex(0x003D_4DB3),
    accent_soft: hex(0x00E8_EAF7),
    chosen: hex(0x000B_6B5C),
    on_chosen: hex(0x00FF_FFFF),
    chosen_soft: hex(0x00E3_F1ED),
    rejected: hex(0x00A3_3D16),
    rejected_soft: hex(0x00F9_EAE3),
    warning: hex(0x007F_5400),
    warning_soft: hex(0x00F9_F0DC),
    machine: hex(0x006B_3FA0),
    machine_soft: hex(0x00F0_EAF7),
    focus: hex(0x003D_4DB3),
    selection: hex(0x00CD_D4F5),
    scrim: Color32::from_rgba_premultiplied(12, 11, 9, 77),
};

pub(crate) const DARK: Tokens = Tokens {
    bg: hex(0x0014_1518),
    canvas: hex(0x0019_1A1E),
    card: hex(0x0020_2227),
    raised: hex(0x0026_282E),
    inset: hex(0x0017_181B),
    hover: hex(0x0024_262B),
    stroke: hex(0x002D_2F36),
    stroke_strong: hex(0x0047_4A54),
    track: hex(0x0033_353C),
    text: hex(0x00E6_E4E0),
    text2: hex(0x00B4_B1AB),
    text3: hex(0x0096_938D),
    accent: hex(0x0055_65D4),
    on_accent: hex(0x00FF_FFFF),
    accent_text: hex(0x00A4_B0FA),
    accent_soft: hex(0x0026_2B45),
    chosen: hex(0x0055_C3A8),
    on_chosen: hex(0x000C_1F1A),
    chosen_soft: hex(0x0018_312B),
    rejected: hex(0x00EE_9470),
    rejected_soft: hex(0x0038_231A),
    warning: hex(0x00DD_B050),
    warning_soft: hex(0x0033_2913),
    machine: hex(0x00C2_A2EA),
    machine_soft: hex(0x002D_253C),
    focus: hex(0x008C_9AF5),
    selection: hex(0x0036_407A),
    scrim: Color32::from_rgba_premultiplied(4, 4, 5, 140),
};

/// Spaces.
pub(crate) const S1: f32 = 4.0;
pub(crate) const S2: f32 = 8.0;
pub(crate) const S3: f32 = 12.0;
pub(crate) const S4: f32 = 16.0;
pub(crate) const S5: f32 = 24.0;
/// Radii of controls and of cards.
pub(crate) const R1: u8 = 4;
pub(crate) const R2: u8 = 8;

/// Heights and widths of the frame.
pub(crate) const TOP_BAR: f32 = 44.0;
pub(crate) const ACTION_BAR: f32 = 52.0;
pub(crate) const STATUS: f32 = 28.0;
pub(crate) const QUEUE: f32 = 224.0;
pub(crate) const QUEUE_WIDE: f32 = 300.0;
pub(crate) const QUEUE_ROW: f32 = 28.0;
pub(crate) const SIDE: f32 = 236.0;
pub(crate) const SIDE_WIDE: f32 = 360.0;
pub(crate) const RAIL: f32 = 44.0;
pub(crate) const BUTTON: f32 = 32.0;
pub(crate) const BUTTON_SMALL: f32 = 28.0;
pub(crate) const CARD_HEADER: f32 = 36.0;

/// Window widths at which the layout changes.
pub(crate) const NARROW: f32 = 1100.0;
pub(crate) const MEDIUM: f32 = 1440.0;
pub(crate) const WIDE: f32 = 2000.0;
/// Below this height the system prompt becomes a tag.
pub(crate) const LOW: f32 = 700.0;

/// Characters of Chinese in a line of a single reply, unless the person chose otherwise; Latin ones take about half.
pub(crate) const READING_WIDTH: u32 = 34;

/// Type sizes with their line heights.
pub(crate) const KEY: (f32, f32) = (11.0, 16.0);
pub(crate) const META: (f32, f32) = (12.0, 16.0);
pub(crate) const UI: (f32, f32) = (13.0, 20.0);
pub(crate) const TITLE: (f32, f32) = (16.0, 24.0);
pub(crate) const HEADING: (f32, f32) = (20.0, 28.0);

/// Reading size by the width of the window, unless the person chose one; and the line height for a size.
pub(crate) fn reading(width: f32, chosen: Option<f32>) -> (f32, f32) {
    let size = chosen.unwrap_or(if width >= WIDE { 16.0 } else { 14.0 }).clamp(12.0, 24.0);
    (size, (size * 1.6).round())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2, relative luminance and contrast ratio.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let luminance = |color: Color32| {
            let channel = |value: u8| {
                let value = f64::from(value) / 255.0;
                if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_every_layer() {
        for theme in [LIGHT, DARK] {
            let layers = [
                theme.bg,
                theme.canvas,
                theme.card,
                theme.raised,
                theme.inset,
                theme.hover,
                theme.accent_soft,
                theme.chosen_soft,
                theme.rejected_soft,
                theme.warning_soft,
                theme.machine_soft,
            ];
            for layer in layers {
                for text in [theme.text, theme.text2, theme.text3] {
                    assert!(contrast(text, layer) >= 4.45, "{text:?} on {layer:?}: {}", contrast(text, layer));
                }
            }
            for (text, layer) in [
                (theme.on_accent, theme.accent),
                (theme.on_chosen, theme.chosen),
                (theme.chosen, theme.chosen_soft),
                (theme.chosen, theme.bg),
                (theme.rejected, theme.rejected_soft),
                (theme.rejected, theme.card),
                (theme.warning, theme.warning_soft),
                (theme.accent_text, theme.accent_soft),
                (theme.machine, theme.card),
                (theme.machine, theme.machine_soft),
                (theme.machine, theme.accent_soft),
                (theme.warning, theme.card),
                (theme.text, theme.selection),
            ] {
                assert!(contrast(text, layer) >= 4.5, "{text:?} on {layer:?}: {}", contrast(text, layer));
            }
        }
    }
}
