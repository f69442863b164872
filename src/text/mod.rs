//! Every sentence a person reads, typed, in English and Chinese. Used by the window and the command line.
//!
//! One file for each area. A sentence is a method of [`Text`]; what it names is an argument, so no caller joins
//! pieces of language. Words: plain and short, no exclamation; an error says what failed, what is safe, what to do.
//! Chinese: 你 not 您, full-width punctuation, a space between Chinese and Latin letters or digits.

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh")]
    Chinese,
}

impl Language {
    /// The language for a system locale such as `zh_CN.UTF-8` or `en-GB`.
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }
}

/// The sentences of one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Which language.
    pub language: Language,
}

impl Text {
    /// The sentences of `language`.
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// `english` or `chinese`, whichever is spoken.
    fn pick<T>(self, english: T, chinese: T) -> T {
        match self.language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }
}

/// Sentences as methods of [`Text`]. `name: "English" | "中文";` gives a fixed sentence,
/// `name(a: u64, b: &str): "… {a} … {b}" | "… {a} … {b}";` one with values in it.
macro_rules! sentences {
    (@one $name:ident () $english:literal $chinese:literal) => {
        #[doc = concat!("“", $english, "”")]
        pub fn $name(self) -> &'static str {
            self.pick($english, $chinese)
        }
    };
    (@one $name:ident ($($arg:ident : $kind:ty),+) $english:literal $chinese:literal) => {
        #[doc = concat!("“", $english, "”")]
        pub fn $name(self, $($arg: $kind),+) -> String {
            match self.language {
                $crate::text::Language::English => format!($english),
                $crate::text::Language::Chinese => format!($chinese),
            }
        }
    };
    ($($name:ident $(($($arg:ident : $kind:ty),+ $(,)?))? : $english:literal | $chinese:literal;)+) => {
        impl $crate::text::Text {
            $( sentences!(@one $name ($($($arg : $kind),+)?) $english $chinese); )+
        }
    };
}

mod actions;
mod agreement;
mod calibration;
mod cli;
mod data;
mod generate;
mod judges;
mod label;
mod machine_pairs;
mod problems;
mod progress;
mod requests;
mod reveal;
mod score;
mod scorers;
mod servers;
mod shell;
mod start;
mod statistics;
mod time;
mod trial;

pub use agreement::Written;
