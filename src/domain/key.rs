//! API keys: sent, never shown.

/// A key. It has no text form; debug output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// The variable that holds the key of an endpoint that names no place for it.
    pub const VARIABLE: &'static str = "PAIRLOOM_API_KEY";

    /// A key as it was given, without white space around it; an empty one is none.
    pub fn new(key: &str) -> Option<Self> {
        let key = key.trim();
        (!key.is_empty()).then(|| Self(key.to_owned()))
    }

    /// The key itself, for sending it and for keeping it in the keyring.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `text` without the key, should a server echo it. Keys of a few letters are words like "none" and stay.
    pub fn hide_in(&self, text: &str) -> String {
        if self.0.len() < 8 { text.to_owned() } else { text.replace(&self.0, "…") }
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(hidden)")
    }
}
