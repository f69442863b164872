//! What a client needs to reach a server beside its address.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::Proxy;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::secret::{Secrets, carries_secret, expand, has_reference, is_scheme_only, looks_secret, percent_encoded};
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

    /// The headers with their values filled in, which are hidden from then on.
    pub(super) fn header_map(&self, secrets: &mut Secrets) -> Result<HeaderMap, RequestFault> {
        let mut map = HeaderMap::new();
        for (name, written) in &self.headers {
            let bad = |said: String| RequestFault::BadSetting { place: shown_name(name), said };
            let header = HeaderName::try_from(name.trim()).map_err(|error| bad(error.to_string()))?;
            if carries_secret(header.as_str()) && !is_scheme_only(header.as_str(), written) || looks_secret(written) {
                return Err(RequestFault::SecretShown { place: shown_name(name) });
            }
            let value = expand(written, &mut |variable| from_environment(variable, secrets))?;
            let mut value = HeaderValue::try_from(value.trim()).map_err(|error| bad(error.to_string()))?;
            value.set_sensitive(has_reference(written) || carries_secret(header.as_str()));
            map.insert(header, value);
        }
        Ok(map)
    }

    /// What the builder of a client needs to know of the proxy.
    pub(super) fn apply_proxy(
        &self,
        builder: reqwest::ClientBuilder,
        is_loopback: bool,
        secrets: &mut Secrets,
    ) -> Result<reqwest::ClientBuilder, RequestFault> {
        let written = self.proxy.trim();
        match written {
            "" if is_loopback => return Ok(builder.no_proxy()),
            "" => return Ok(builder),
            "none" => return Ok(builder.no_proxy()),
            _ => {}
        }
        let bad = |said: &str| RequestFault::BadSetting { place: PROXY.to_owned(), said: said.to_owned() };
        // Without what the variables hold, no password may be left.
        let bare = expand(written, &mut |_| Ok(String::new()))?;
        let parsed = url::Url::parse(&bare).map_err(|error| bad(&error.to_string()))?;
        let password = parsed.password().is_some_and(|password| !password.is_empty());
        let name_alone = !parsed.username().is_empty() && !has_reference(written);
        if password || name_alone || parsed.query().is_some() {
            return Err(RequestFault::SecretShown { place: PROXY.to_owned() });
        }
        if !matches!(parsed.scheme(), "http" | "https" | "socks5" | "socks5h") {
            return Err(bad("http://, https://, socks5:// or socks5h://"));
        }
        let full = expand(written, &mut |name| from_environment(name, secrets).map(|value| percent_encoded(&value)))?;
        let proxy = Proxy::all(&full).map_err(|error| bad(&secrets.hide(&error.without_url().to_string())))?;
        Ok(builder.no_proxy().proxy(proxy))
    }
}

/// How the proxy's setting is named in faults.
pub(super) const PROXY: &str = "proxy";

/// A header's name as far as it can be one: what was pasted there may be anything.
fn shown_name(name: &str) -> String {
    let short: String = name.trim().chars().take(40).filter(|letter| !letter.is_control()).collect();
    match short.find(':') {
        Some(end) => short[..end].to_owned(),
        None => short,
    }
}

/// The value of a variable, hidden from then on.
pub(super) fn from_environment(name: &str, secrets: &mut Secrets) -> Result<String, RequestFault> {
    let missing = |said: &str| RequestFault::NoKey { place: format!("${name}"), said: said.to_owned() };
    match std::env::var(name) {
        Ok(value) => {
            secrets.add(&value);
            Ok(value)
        }
        Err(std::env::VarError::NotPresent) => Err(missing("not set")),
        Err(std::env::VarError::NotUnicode(_)) => Err(missing("not text")),
    }
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("headers", &self.headers.keys()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &str, value: &str) -> Result<HeaderMap, RequestFault> {
        let headers = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        Access { headers, ..Access::with_key(None) }.header_map(&mut Secrets::default())
    }

    #[test]
    fn a_secret_written_into_a_header_is_refused_and_not_repeated() {
        for name in
            ["Authorization", "proxy-authorization", "API-KEY", "x-api-key", "X-Auth-Token", "cookie", "My-Secret"]
        {
            for value in
                ["tell-nobody-1", "Bearer tell-nobody-1", "session=tell-nobody-1", "Bearer $PATH tell-nobody-1"]
            {
                let fault = headers(name, value).unwrap_err();
                assert_eq!(fault, RequestFault::SecretShown { place: name.to_owned() }, "{value}");
                assert!(!format!("{fault:?} {fault}").contains("tell-nobody"));
            }
        }
        for value in ["Bearer tell-nobody-1", "sk-tell-nobody-1"] {
            assert!(matches!(headers("X-Team", value), Err(RequestFault::SecretShown { .. })), "{value}");
        }
    }

    #[test]
    fn variables_are_filled_in_and_hidden_wherever_they_turn_up() {
        let mut secrets = Secrets::default();
        let headers = BTreeMap::from([
            ("Authorization".to_owned(), "Bearer ${CARGO_MANIFEST_DIR}".to_owned()),
            ("X-Team".to_owned(), "red $5".to_owned()),
            ("Cookie".to_owned(), "a=$CARGO_MANIFEST_DIR; b=$CARGO_MANIFEST_DIR".to_owned()),
        ]);
        let map = Access { headers, ..Access::with_key(None) }.header_map(&mut secrets).unwrap();
        let folder = env!("CARGO_MANIFEST_DIR");
        assert_eq!(map["authorization"].to_str().unwrap(), format!("Bearer {folder}"));
        assert_eq!(map["x-team"], "red $5");
        assert!(!format!("{map:?}").contains(folder), "{map:?}");
        assert_eq!(secrets.hide(&format!("you sent {folder}")), "you sent …");
    }

    #[test]
    fn what_no_header_or_proxy_can_be_is_told_by_its_place() {
        assert!(matches!(headers("bad name", "x"), Err(RequestFault::BadSetting { place, .. }) if place == "bad name"));
        assert!(matches!(headers("X-Team", "a\nb"), Err(RequestFault::BadSetting { place, .. }) if place == "X-Team"));
        let unset = headers("X-Api-Key", "$PAIRLOOM_NO_SUCH_VARIABLE").unwrap_err();
        assert!(matches!(unset, RequestFault::NoKey { place, .. } if place == "$PAIRLOOM_NO_SUCH_VARIABLE"));
        let proxy = |written: &str| {
            let access = Access { proxy: written.to_owned(), ..Access::with_key(None) };
            access.apply_proxy(reqwest::Client::builder(), false, &mut Secrets::default()).map(drop)
        };
        for bad in ["ftp://h:1", "no address", "h:3128:x"] {
            assert!(matches!(proxy(bad), Err(RequestFault::BadSetting { place, .. }) if place == "proxy"), "{bad}");
        }
        for shown in ["http://user:tell-nobody-1@h:1", "socks5://tell-nobody-1@h:1", "http://$PATH:tell-nobody-1@h:1"] {
            let fault = proxy(shown).unwrap_err();
            assert_eq!(fault, RequestFault::SecretShown { place: "proxy".to_owned() }, "{shown}");
        }
        for good in ["", "none", "http://h:3128", "socks5://h:1080", "socks5h://h:1080", "http://user:$PATH@h:1"] {
            assert_eq!(proxy(good), Ok(()), "{good}");
        }
    }
}
