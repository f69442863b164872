//! Fields that a server refuses and that can be left out or renamed without changing what a person asked for.

use super::chat::ChatRequest;

/// What a server was found to refuse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Quirks {
    /// Wants `max_completion_tokens` (OpenAI's newer models).
    pub(super) completion_tokens: bool,
    /// Does not know `stream_options`.
    pub(super) no_usage: bool,
    /// Takes no `seed`. Replies are then recorded without one.
    pub(super) no_seed: bool,
    /// Does not stream (OpenAI's newer models for organizations that are not verified).
    pub(super) no_stream: bool,
}

/// Words with which servers refuse a field: OpenAI's "Unsupported parameter", pydantic's "Extra inputs are not
/// permitted", "Unexpected fields" of transformers serve, "Unknown name" of Google's front end, and the like.
const REFUSALS: [&str; 12] = [
    "unsupported",
    "not support",
    "not permitted",
    "not allowed",
    "unexpected",
    "unknown",
    "unrecognized",
    "unrecognised",
    "extra",
    "invalid",
    "additional properties",
    "must be verified",
];

impl Quirks {
    /// Whether the words of a refusal name a field that may be left out or renamed; it is from then on. What the person
    /// set is never left out.
    pub(super) fn learn(&mut self, said: &str, request: &ChatRequest) -> bool {
        let said = said.to_lowercase();
        let before = *self;
        let sampling = &request.sampling;
        let set = |name: &str| sampling.extra.contains_key(name);
        let refused = |field: &str| REFUSALS.iter().any(|word| said.contains(word)) && names(&said, field);
        self.completion_tokens |=
            names(&said, "max_completion_tokens") && sampling.max_tokens.is_some() && !set("max_completion_tokens");
        self.no_usage |= names(&said, "stream_options") && !set("stream_options");
        self.no_seed |= refused("seed") && request.seed.is_some() && sampling.first_seed.is_none() && !set("seed");
        self.no_stream |= refused("stream") && !set("stream");
        *self != before
    }
}

/// Whether a text names a field: as a word of its own, or as the last part of a path (`body.seed`).
fn names(said: &str, field: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    said.match_indices(field).any(|(at, _)| {
        let before = said[..at].chars().next_back();
        let after = said[at + field.len()..].chars().next();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{Prompt, Sampling};

    fn request() -> ChatRequest {
        let sampling = Sampling { max_tokens: Some(5), ..Sampling::default() };
        ChatRequest { model: String::new(), prompt: Arc::new(Prompt::new(None, "u")), n: 1, seed: Some(1), sampling }
    }

    fn learned(said: &str, request: &ChatRequest) -> Quirks {
        let mut quirks = Quirks::default();
        quirks.learn(said, request);
        quirks
    }

    #[test]
    fn servers_are_understood_in_their_own_words() {
        let none = Quirks::default();
        let cases = [
            (
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
                Quirks { completion_tokens: true, ..none },
            ),
            ("stream_options: Extra inputs are not permitted", Quirks { no_usage: true, ..none }),
            ("seed: Extra inputs are not permitted", Quirks { no_seed: true, ..none }),
            (
                "Invalid JSON payload received. Unknown name \"seed\": Cannot find field.",
                Quirks { no_seed: true, ..none },
            ),
            ("Unsupported value: 'stream' does not support true with this model.", Quirks { no_stream: true, ..none }),
            ("Unexpected fields in the request: {'seeds'}", none),
            ("top_k: Extra inputs are not permitted", none),
        ];
        for (said, quirks) in cases {
            assert_eq!(learned(said, &request()), quirks, "{said}");
        }
    }

    #[test]
    fn what_a_person_set_is_not_dropped() {
        let said = "seed: Extra inputs are not permitted";
        let mut first_seed = request();
        first_seed.sampling.first_seed = Some(3);
        assert_eq!(learned(said, &first_seed), Quirks::default());
        let mut extra = request();
        extra.sampling.extra.insert("seed".to_owned(), 4.into());
        assert_eq!(learned(said, &extra), Quirks::default());
    }
}
