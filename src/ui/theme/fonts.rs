//! Fonts: ours first, the system's for what is missing.

use std::sync::Arc;

use egui::epaint::text::FontProvider;
use egui::{FontData, FontDefinitions, FontFamily, FontId};

/// Families beside egui's own two.
const MEDIUM: &str = "medium";
const SEMIBOLD: &str = "semibold";
const ITALIC: &str = "italic";
const ICONS: &str = "icons";

/// Put our fonts into the context.
pub(crate) fn install(ctx: &egui::Context) {
    ctx.set_fonts(definitions());
    ctx.set_font_providers(vec![provider()]);
}

/// The system's fonts for what ours lack: for a rare character the simplified Chinese face, whatever the system's
/// language.
pub(crate) fn provider() -> Arc<dyn FontProvider> {
    Arc::new(egui_system_font_provider::SystemFontProvider::new().with_locale(Some("zh-Hans")))
}

/// Our fonts, each family with its fallbacks.
pub(crate) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let fallbacks = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let mut add = |name: &str, bytes: &'static [u8]| {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    };
    add("Inter", include_bytes!("../../../assets/fonts/Inter-Regular.ttf"));
    add("Inter Medium", include_bytes!("../../../assets/fonts/Inter-Medium.ttf"));
    add("Inter SemiBold", include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf"));
    add("Inter Italic", include_bytes!("../../../assets/fonts/Inter-Italic.ttf"));
    add("Noto Sans SC", include_bytes!("../../../assets/fonts/NotoSansSC-Regular.otf"));
    add("Noto Sans SC Bold", include_bytes!("../../../assets/fonts/NotoSansSC-Bold.otf"));
    add("JetBrains Mono", include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf"));
    add("Phosphor", include_bytes!("../../../assets/fonts/phosphor.ttf"));
    let mut family = |family: FontFamily, ours: &[&str]| {
        let all = ours.iter().map(ToString::to_string).chain(fallbacks.iter().cloned()).collect();
        fonts.families.insert(family, all);
    };
    family(FontFamily::Proportional, &["Inter", "Noto Sans SC", "Phosphor"]);
    family(FontFamily::Monospace, &["JetBrains Mono", "Noto Sans SC", "Inter"]);
    family(named(MEDIUM), &["Inter Medium", "Noto Sans SC", "Phosphor"]);
    family(named(SEMIBOLD), &["Inter SemiBold", "Noto Sans SC Bold", "Phosphor"]);
    family(named(ITALIC), &["Inter Italic", "Noto Sans SC"]);
    family(named(ICONS), &["Phosphor", "Inter"]);
    fonts
}

fn named(name: &str) -> FontFamily {
    FontFamily::Name(name.into())
}

pub(crate) fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

pub(crate) fn medium(size: f32) -> FontId {
    FontId::new(size, named(MEDIUM))
}

pub(crate) fn semibold(size: f32) -> FontId {
    FontId::new(size, named(SEMIBOLD))
}

pub(crate) fn italic(size: f32) -> FontId {
    FontId::new(size, named(ITALIC))
}

pub(crate) fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

pub(crate) fn icon(size: f32) -> FontId {
    FontId::new(size, named(ICONS))
}

#[cfg(test)]
mod tests {
    use egui::epaint::text::{Fonts, TextOptions};

    use super::*;

    /// Every character of GB2312, by its two bytes (rows 16 to 87).
    fn gb2312() -> String {
        let bytes = (0xb0..=0xf7u8).flat_map(|row| (0xa1..=0xfeu8).flat_map(move |cell| [row, cell]));
        let decoded = encoding_rs::GBK.decode(&bytes.collect::<Vec<u8>>()).0.into_owned();
        // Row 55 ends five cells early; the wider encoding has private characters there.
        decoded.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect()
    }

    #[test]
    fn nothing_that_is_usual_shows_as_a_box_without_any_font_of_the_system() {
        let mut fonts = Fonts::new(TextOptions::default(), definitions());
        let han = gb2312();
        assert_eq!(han.chars().count(), 6763);
        let marks = "，。！？；：“”‘’（）【】《》〈〉「」『』、…—～·￥％＋－＝０１９ＡＢａｂ①②⑩㈠ⅠⅡ℃№→←↑↓⇒≤≥≠≈∞√∑∫±×÷°";
        let latin = "àéîõüçñßøåæœÿčšžłőĐđ €£¥¢§¶†‡•‰™©®½¼² ΑΩαβγδελμπσφω АБВЯабвя ёЁ";
        let emoji = "😀😂👍🔥🎉❤⭐✅❌⚠💡📌🚀🙏";
        for family in [regular(14.0), medium(14.0), semibold(14.0), mono(14.0)] {
            for text in [han.as_str(), marks, latin, emoji] {
                let missing: String =
                    text.chars().filter(|c| *c != ' ' && !fonts.has_glyph(&family, *c)).take(20).collect();
                assert!(missing.is_empty(), "{family:?} lacks {missing}");
            }
        }
    }
}
