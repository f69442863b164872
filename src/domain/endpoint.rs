//! A server and a model that the app can talk to.

use serde::{Deserialize, Serialize};

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// One server and model. API keys are not part of it: they come from the environment when a request is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// Where.
    pub address: ServerAddress,
    /// Which model; empty means the only one, or the first, that the server lists.
    #[serde(default)]
    pub model: String,
}
