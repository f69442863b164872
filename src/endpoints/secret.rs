//! What may not be seen: keys, and what environment variables hold for headers, addresses and proxies.

use crate::domain::{ApiKey, RequestFault, is_variable};

/// Values that are hidden wherever a server or a library says them.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<ApiKey>);

impl Secrets {
    /// Hide this from now on; what has several words (`user password`) also word by word.
    pub(super) fn add(&mut self, value: &str) {
        for part in std::iter::once(value).chain(value.split_whitespace()) {
            if let Some(key) = ApiKey::new(part)
                && !self.0.contains(&key)
            {
                self.0.push(key);
            }
        }
        // A value may be part of another one: the longest goes first.
        self.0.sort_by_key(|key| std::cmp::Reverse(key.reveal().len()));
    }

    /// `text` without any of them.
    pub(super) fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, key| {
            let hidden = key.hide_in(&text);
            let encoded = percent_encoded(key.reveal());
            if encoded.len() >= 8 && encoded != key.reveal() { hidden.replace(&encoded, "…") } else { hidden }
        })
    }

    /// A reply without any of them; most replies are not touched.
    pub(super) fn hide_in_reply(&self, text: &mut String) {
        for key in self.0.iter().filter(|key| !is_plain_word(key.reveal())) {
            if text.contains(key.reveal()) {
                *text = key.hide_in(text);
            }
        }
    }

    /// The start of something longer, without a key that the end cuts through.
    pub(super) fn hide_cut(&self, text: &str) -> String {
        let mut hidden = self.hide(text);
        let longest = self.0.first().map_or(0, |key| key.reveal().len());
        let mut end = hidden.len().saturating_sub(longest);
        while !hidden.is_char_boundary(end) {
            end -= 1;
        }
        hidden.truncate(end);
        hidden
    }
}

/// Words like `not-needed` or `lm-studio` serve as keys where none is wanted, and may stand in a reply by right.
fn is_plain_word(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'))
}

/// `text` with every `$NAME` and `${NAME}` replaced. A `$` before anything else stands for itself.
pub(super) fn expand(
    text: &str,
    find: &mut dyn FnMut(&str) -> Result<String, RequestFault>,
) -> Result<String, RequestFault> {
    let mut full = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        full.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let letters = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        let (name, after) = match rest.strip_prefix('{').and_then(|inside| inside.split_once('}')) {
            Some(braced) => braced,
            None => rest.split_at(letters(rest)),
        };
        if is_variable(name) {
            full.push_str(&find(name)?);
            rest = after;
        } else {
            full.push('$');
        }
    }
    full.push_str(rest);
    Ok(full)
}

/// Whether a text refers to a variable.
pub(super) fn has_reference(text: &str) -> bool {
    let mut found = false;
    // Nothing here can fail.
    drop(expand(text, &mut |_| {
        found = true;
        Ok(String::new())
    }));
    found
}

/// Whether a header or a field of an address carries a secret, by its name.
pub(super) fn carries_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if matches!(name.as_str(), "idempotency-key" | "max-tokens") {
        return false;
    }
    name.split(['-', '_', '.']).any(|part| {
        matches!(
            part,
            "authorization" | "auth" | "key" | "token" | "secret" | "password" | "passwd" | "pwd" | "cookie" | "sig"
        ) || ["apikey", "accesstoken", "authtoken", "credential", "signature", "subscriptionkey", "secretkey"]
            .iter()
            .any(|word| part.contains(word))
    })
}

/// Whether a value says of itself that it is a secret.
pub(super) fn looks_secret(value: &str) -> bool {
    let value = value.trim();
    let word = value.split_once(' ').map(|(word, rest)| (word.to_ascii_lowercase(), rest.trim()));
    let behind = word.filter(|(word, _)| matches!(word.as_str(), "bearer" | "basic")).map_or("", |(_, rest)| rest);
    (!behind.is_empty() && !is_scheme_only("authorization", behind))
        || ["sk-", "hf_", "ghp_", "gsk_", "AIza"].iter().any(|start| value.starts_with(start))
}

/// Whether nothing is left of a value without its variables but the name of a scheme (`Bearer $NAME`), or the names of
/// cookies (`session=$NAME`).
pub(super) fn is_scheme_only(header: &str, value: &str) -> bool {
    let Ok(bare) = expand(value, &mut |_| Ok(String::new())) else { return false };
    let bare = bare.trim().to_ascii_lowercase();
    let schemes = ["", "bearer", "basic", "token", "apikey", "api-key", "key", "digest", "negotiate"];
    let cookies = || header.eq_ignore_ascii_case("cookie") && bare.split(';').all(|part| part.trim().ends_with('='));
    schemes.contains(&bare.as_str()) || cookies()
}

/// A value as it may stand in any part of an address.
pub(super) fn percent_encoded(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_both_forms_and_a_lone_dollar_stays() {
        let full = expand("$A-${B}c $5 ${} $ $A_b ${open", &mut |name| Ok(format!("<{name}>"))).unwrap();
        assert_eq!(full, "<A>-<B>c $5 ${} $ <A_b> ${open");
    }

    #[test]
    fn a_key_that_is_cut_or_encoded_is_hidden_too() {
        let mut secrets = Secrets::default();
        secrets.add("tell nobody/1 this");
        assert_eq!(secrets.hide("a tell nobody/1 this b tell%20nobody%2F1%20this c nobody/1 d"), "a … b … c … d");
        assert!(!secrets.hide_cut("an endless error, tell nobody/1 th").contains("nobody"));
    }

    #[test]
    fn an_ordinary_word_that_serves_as_a_key_stays_in_replies() {
        let mut secrets = Secrets::default();
        secrets.add("not-needed");
        let mut reply = "A key is not-needed.".to_owned();
        secrets.hide_in_reply(&mut reply);
        assert_eq!(reply, "A key is not-needed.");
    }
}
