//! An endpoint as it is edited: every field as it was typed.

use std::collections::BTreeMap;

use crate::domain::{Endpoint, KeySource, ServerAddress, is_variable};

/// Where the key is, as the choice stands in the row of choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum KeyChoice {
    #[default]
    Standard,
    Variable,
    Keyring,
    None,
}

impl KeyChoice {
    pub(crate) const ALL: [Self; 4] = [Self::Standard, Self::Variable, Self::Keyring, Self::None];
}

/// The fields of one endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) sample: bool,
    pub(crate) address: String,
    pub(crate) model: String,
    pub(crate) share: String,
    pub(crate) concurrency: String,
    pub(crate) key: KeyChoice,
    pub(crate) variable: String,
    /// One header a line, `Name: value`.
    pub(crate) headers: String,
    pub(crate) proxy: String,
    /// The key for the keyring, until it is kept there.
    pub(crate) typed_key: String,
    pub(crate) access_open: bool,
}

impl Form {
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        let (key, variable) = match &endpoint.key {
            KeySource::Standard => (KeyChoice::Standard, String::new()),
            KeySource::Variable(name) => (KeyChoice::Variable, name.clone()),
            KeySource::Keyring => (KeyChoice::Keyring, String::new()),
            KeySource::None => (KeyChoice::None, String::new()),
        };
        let sample = endpoint.address == ServerAddress::Sample;
        let lines: Vec<String> = endpoint.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        Self {
            sample,
            address: if sample { String::new() } else { endpoint.address.as_str().to_owned() },
            model: endpoint.model.clone(),
            share: endpoint.share.to_string(),
            concurrency: endpoint.concurrency().to_string(),
            key,
            variable,
            headers: lines.join("\n"),
            proxy: endpoint.proxy.clone(),
            typed_key: String::new(),
            access_open: false,
        }
    }

    pub(crate) fn at(address: &str) -> Self {
        Self::of(&Endpoint::at(address.into()))
    }

    /// The endpoint, once it has an address. Fields that cannot be read count as empty; the view says which.
    pub(crate) fn endpoint(&self) -> Option<Endpoint> {
        let address =
            if self.sample { ServerAddress::Sample } else { ServerAddress::Url(self.address.trim().to_owned()) };
        if address.as_str().is_empty() {
            return None;
        }
        Some(Endpoint {
            address,
            model: self.model.trim().to_owned(),
            share: self.share().unwrap_or(1),
            concurrency: self.concurrency().unwrap_or(0),
            key: match self.key {
                KeyChoice::Variable if is_variable(self.variable.trim()) => {
                    KeySource::Variable(self.variable.trim().to_owned())
                }
                KeyChoice::Standard | KeyChoice::Variable => KeySource::Standard,
                KeyChoice::Keyring => KeySource::Keyring,
                KeyChoice::None => KeySource::None,
            },
            headers: self.headers().unwrap_or_default(),
            proxy: self.proxy.trim().to_owned(),
        })
    }

    /// `None` when it is no number from 0 to 100.
    pub(crate) fn share(&self) -> Option<u32> {
        self.share.trim().parse().ok().filter(|share| *share <= crate::domain::Turns::MOST)
    }

    /// `None` when it is no number from 1 to 512; an empty one is the default.
    pub(crate) fn concurrency(&self) -> Option<u32> {
        match self.concurrency.trim() {
            "" => Some(0),
            typed => typed.parse().ok().filter(|number| (1..=Endpoint::MOST_CONCURRENCY).contains(number)),
        }
    }

    /// `None` when a line is no header.
    pub(crate) fn headers(&self) -> Option<BTreeMap<String, String>> {
        let lines = self.headers.lines().filter(|line| !line.trim().is_empty());
        lines
            .map(|line| {
                let (name, value) = line.split_once(':')?;
                let name = name.trim();
                (!name.is_empty()).then(|| (name.to_owned(), value.trim().to_owned()))
            })
            .collect()
    }

    /// What it is called in a list.
    pub(crate) fn name(&self) -> Option<&str> {
        [self.model.trim(), self.address.trim()].into_iter().find(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_what_is_kept() {
        let endpoint = Endpoint {
            model: "m".to_owned(),
            share: 3,
            concurrency: 16,
            key: KeySource::Variable("MY_KEY".to_owned()),
            headers: BTreeMap::from([("X-Team".to_owned(), "a: b".to_owned())]),
            proxy: "none".to_owned(),
            ..Endpoint::at("http://h:1".into())
        };
        assert_eq!(Form::of(&endpoint).endpoint(), Some(endpoint));
        let sample = Endpoint { concurrency: 8, ..Endpoint::at(ServerAddress::Sample) };
        assert_eq!(Form::of(&sample).endpoint(), Some(sample));
        assert_eq!(Form::at("").endpoint(), None);
        assert_eq!(Form { headers: "no colon".to_owned(), ..Form::at("http://h") }.headers(), None);
    }
}
