//! What a client needs to reach a server beside its address.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::{ApiKey, RequestFault};

/// Looks up a key. May wait for the system's keyring, so it is called on a thread of its own, once a client.
pub type KeyFinder = Arc<dyn Fn() -> Result<Option<ApiKey>, RequestFault> + Send + Sync>;

/// Key, headers and proxy.
#[derive(Clone)]
pub struct Access {
    /// Finds the key.
    pub key: KeyFinder,
    /// More headers, by name; `$NAME` or `${NAME}` in a value stands for an environment variable.
    pub headers: BTreeMap<String, String>,
    /// A proxy's address, `none` for none; empty means as the system has it, and none to this machine.
    pub proxy: String,
}

impl Access {
    /// With a key that is known, or without one.
    pub fn with_key(key: Option<ApiKey>) -> Self {
        Self { key: Arc::new(move || Ok(key.clone())), headers: BTreeMap::new(), proxy: String::new() }
    }
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("headers", &self.headers.keys()).finish_non_exhaustive()
    }
}
