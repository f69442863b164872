//! Keys: from the environment, or in the keyring of the system. Never written to a file.

use crate::domain::{ApiKey, Endpoint, KeySource, RequestFault};

/// The name that the app has in the keyring.
const SERVICE: &str = "pairloom";

/// The key of an endpoint from the environment. An endpoint whose key is in the keyring has none here but the standard
/// one: a run without a window must not wait for somebody to unlock it.
pub fn key_from_environment(endpoint: &Endpoint) -> Result<Option<ApiKey>, RequestFault> {
    match &endpoint.key {
        KeySource::None => Ok(None),
        KeySource::Standard => Ok(variable(ApiKey::VARIABLE)),
        KeySource::Variable(name) => variable(name)
            .map(Some)
            .ok_or_else(|| RequestFault::NoKey { place: format!("${name}"), said: "not set, or empty".to_owned() }),
        KeySource::Keyring => variable(ApiKey::VARIABLE)
            .map(Some)
            .ok_or_else(|| no_key(format!("without a window, a key is taken from {}", ApiKey::VARIABLE))),
    }
}

/// The key of an endpoint from where it says. Waits while the system asks for the keyring's password.
pub fn find_key(endpoint: &Endpoint) -> Result<Option<ApiKey>, RequestFault> {
    if endpoint.key != KeySource::Keyring {
        return key_from_environment(endpoint);
    }
    let key = entry(endpoint).and_then(|entry| entry.get_password()).map_err(|error| no_key(error.to_string()))?;
    ApiKey::new(&key).map(Some).ok_or_else(|| no_key("the key kept there is empty".to_owned()))
}

/// Keep a key in the keyring, under the endpoint's address. Waits while the system asks for the keyring's password.
pub fn keep_key(endpoint: &Endpoint, key: &ApiKey) -> Result<(), RequestFault> {
    entry(endpoint).and_then(|entry| entry.set_password(key.reveal())).map_err(|error| no_key(error.to_string()))
}

/// Take the key out of the keyring; nothing is done where there is none.
pub fn forget_key(endpoint: &Endpoint) -> Result<(), RequestFault> {
    match entry(endpoint).and_then(|entry| entry.delete_credential()) {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(no_key(error.to_string())),
    }
}

fn variable(name: &str) -> Option<ApiKey> {
    std::env::var(name).ok().and_then(|value| ApiKey::new(&value))
}

fn entry(endpoint: &Endpoint) -> keyring::Result<keyring::Entry> {
    keyring::Entry::new(SERVICE, endpoint.address.as_str())
}

fn no_key(said: String) -> RequestFault {
    RequestFault::NoKey { place: "keyring".to_owned(), said }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_names_a_place_gets_no_other_key() {
        let endpoint = |key| Endpoint { key, ..Endpoint::at("http://127.0.0.1:1/v1".into()) };
        assert_eq!(key_from_environment(&endpoint(KeySource::None)), Ok(None));
        let unset = endpoint(KeySource::Variable("PAIRLOOM_TEST_THAT_NOBODY_SETS".to_owned()));
        let fault = key_from_environment(&unset).unwrap_err();
        assert!(matches!(&fault, RequestFault::NoKey { place, .. } if place == "$PAIRLOOM_TEST_THAT_NOBODY_SETS"));
    }

    #[test]
    #[ignore = "needs a keyring that is unlocked"]
    fn a_key_is_kept_found_and_forgotten() {
        let endpoint = Endpoint { key: KeySource::Keyring, ..Endpoint::at("http://pairloom.test:1/v1".into()) };
        let key = ApiKey::new("sk-a-key-for-this-test").unwrap();
        keep_key(&endpoint, &key).unwrap();
        assert_eq!(find_key(&endpoint), Ok(Some(key)));
        forget_key(&endpoint).unwrap();
        assert!(matches!(find_key(&endpoint), Err(RequestFault::NoKey { .. })));
        forget_key(&endpoint).unwrap();
    }
}
