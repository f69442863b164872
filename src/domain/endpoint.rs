//! A server and a model that the app can talk to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Where a server is. Written as text: `sample`, or the address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "WrittenAddress", into = "String")]
pub enum ServerAddress {
    /// The built-in sample server; its port is found when it is needed.
    Sample,
    /// A base address as the person gave it, with or without `/v1`.
    Url(String),
}

impl ServerAddress {
    /// The address as it is shown and recorded.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sample => "sample",
            Self::Url(url) => url,
        }
    }
}

impl From<&str> for ServerAddress {
    fn from(text: &str) -> Self {
        match text.trim() {
            "sample" => Self::Sample,
            url => Self::Url(url.to_owned()),
        }
    }
}

impl From<ServerAddress> for String {
    fn from(address: ServerAddress) -> Self {
        address.as_str().to_owned()
    }
}

/// The text, or `{"url": text}` as sessions had it at first.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenAddress {
    Text(String),
    Tagged { url: String },
}

impl From<WrittenAddress> for ServerAddress {
    fn from(written: WrittenAddress) -> Self {
        match written {
            WrittenAddress::Text(text) => Self::from(text.as_str()),
            WrittenAddress::Tagged { url } => Self::Url(url),
        }
    }
}

/// One server and model, and how it is asked. A key is never part of it, only where the key is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Where.
    pub address: ServerAddress,
    /// Which model; empty means the only one, or the first, that the server lists.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
    /// Its part of the replies, as a weight beside the other endpoints'; 0 means that it is not asked.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub share: u32,
    /// Requests at the same time; 0 means the default.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub concurrency: u32,
    /// Where its key is kept.
    #[serde(default, skip_serializing_if = "KeySource::is_default")]
    pub key: KeySource,
    /// More headers; `$NAME` or `${NAME}` in a value stands for an environment variable.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The proxy's address, `none` for none; empty means as the system has it, and none to this machine.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub proxy: String,
}

impl Endpoint {
    /// Requests at the same time when no number is named.
    pub const DEFAULT_CONCURRENCY: u32 = 8;
    /// More requests at the same time than any server gains from.
    pub const MOST_CONCURRENCY: u32 = 512;

    /// The endpoint at an address, asked for its first model.
    pub fn at(address: ServerAddress) -> Self {
        Self {
            address,
            model: String::new(),
            share: 1,
            concurrency: 0,
            key: KeySource::Standard,
            headers: BTreeMap::new(),
            proxy: String::new(),
        }
    }

    /// Requests at the same time, 1 to 512.
    pub fn concurrency(&self) -> u32 {
        if self.concurrency == 0 { Self::DEFAULT_CONCURRENCY } else { self.concurrency.min(Self::MOST_CONCURRENCY) }
    }
}

fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one(number: &u32) -> bool {
    *number == 1
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Where the key of an endpoint is kept. Written as text: `standard`, `none`, `keyring`, or `$NAME`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum KeySource {
    /// In the variable `PAIRLOOM_API_KEY`, where that is set.
    #[default]
    Standard,
    /// In this environment variable.
    Variable(String),
    /// In the keyring of the system, under the endpoint's address. Only a window asks for it.
    Keyring,
    /// Nowhere: the server wants none.
    None,
}

/// A text that names no place for a key. It may be a key itself, so it is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`key` names where a key is kept: \"$NAME\" for an environment variable, \"keyring\", \"none\"; never the key itself"
)]
pub struct KeySourceError;

impl KeySource {
    fn is_default(&self) -> bool {
        *self == Self::Standard
    }
}

impl TryFrom<String> for KeySource {
    type Error = KeySourceError;

    fn try_from(text: String) -> Result<Self, KeySourceError> {
        match text.trim() {
            "" | "standard" => Ok(Self::Standard),
            "keyring" => Ok(Self::Keyring),
            "none" => Ok(Self::None),
            other => match other.strip_prefix('$') {
                Some(name) if is_variable(name) => Ok(Self::Variable(name.to_owned())),
                _ => Err(KeySourceError),
            },
        }
    }
}

impl From<KeySource> for String {
    fn from(source: KeySource) -> Self {
        match source {
            KeySource::Standard => "standard".to_owned(),
            KeySource::Variable(name) => format!("${name}"),
            KeySource::Keyring => "keyring".to_owned(),
            KeySource::None => "none".to_owned(),
        }
    }
}

/// Whether a text can name an environment variable.
pub fn is_variable(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_of_older_sessions_are_read() {
        let old = r#"{"address":{"url":"http://h:1/v1"},"model":"m"}"#;
        let endpoint: Endpoint = serde_json::from_str(old).unwrap();
        assert_eq!(endpoint, Endpoint { model: "m".to_owned(), ..Endpoint::at("http://h:1/v1".into()) });
        let sample: Endpoint = serde_json::from_str(r#"{"address":"sample","model":""}"#).unwrap();
        assert_eq!(sample, Endpoint::at(ServerAddress::Sample));
        assert_eq!(serde_json::to_string(&sample).unwrap(), r#"{"address":"sample"}"#);
    }

    #[test]
    fn a_key_is_refused_where_its_place_belongs_and_not_repeated() {
        for good in ["", "keyring", "none", "$OPENAI_API_KEY"] {
            assert!(KeySource::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["sk-very-secret", "OPENAI_API_KEY", "$a b"] {
            assert!(!KeySource::try_from(bad.to_owned()).unwrap_err().to_string().contains(bad), "{bad}");
        }
    }
}
