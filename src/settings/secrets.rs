//! Keys: from the environment, or from the keyring of the system. Never written to a file.

use crate::domain::{ApiKey, Endpoint, KeySource, RequestFault};

/// The key of an endpoint from the environment. An endpoint whose key is in the keyring has none here: a run without a
/// window must not wait for somebody to unlock it.
pub fn key_from_environment(endpoint: &Endpoint) -> Result<Option<ApiKey>, RequestFault> {
    let variable = |name: &str| std::env::var(name).ok().and_then(|value| ApiKey::new(&value));
    match &endpoint.key {
        KeySource::None => Ok(None),
        KeySource::Standard => Ok(variable(ApiKey::VARIABLE)),
        KeySource::Variable(name) => variable(name).map(Some).ok_or_else(|| RequestFault::NoKey {
            place: format!("${name}"),
            said: "the variable is not set, or empty".to_owned(),
        }),
        KeySource::Keyring => variable(ApiKey::VARIABLE).map(Some).ok_or_else(|| RequestFault::NoKey {
            place: "keyring".to_owned(),
            said: format!(
                "without a window the key is read from {} or from a variable that the endpoint names",
                ApiKey::VARIABLE
            ),
        }),
    }
}
