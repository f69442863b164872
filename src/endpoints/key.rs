//! API keys: sent, never shown.

/// A key. It has no text form; debug output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// The variable that holds the key.
    pub const VARIABLE: &'static str = "PAIRLOOM_API_KEY";

    /// The key from the environment; an empty one is none.
    pub fn from_env() -> Option<Self> {
        std::env::var(Self::VARIABLE).ok().filter(|key| !key.trim().is_empty()).map(|key| Self(key.trim().to_owned()))
    }

    /// A key as it was given.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// `text` without the key, should a server echo it.
    pub(super) fn hide_in(&self, text: &str) -> String {
        if self.0.len() < 4 { text.to_owned() } else { text.replace(&self.0, "…") }
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(hidden)")
    }
}
