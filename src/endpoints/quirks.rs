//! Fields that a server refuses and that can be left out or renamed without changing what a person asked for.

use super::chat::{ChatRequest, Shape};

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
    /// Takes no JSON schema for the answer.
    pub(super) no_schema: bool,
    /// Takes no wish for a JSON object either.
    pub(super) no_object: bool,
    /// Tells no probabilities of tokens.
    pub(super) no_logprobs: bool,
    /// Has no switch for thinking, or another one.
    pub(super) no_switch: bool,
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
        let form = &request.form;
        let shape = ["response_format", "json_schema", "json_object", "guided_json", "structured_outputs", "grammar"];
        if !set("response_format") && shape.iter().any(|field| names(&said, field)) {
            match &form.shape {
                // Where a schema is refused, any object may still be taken.
                Shape::Schema(_) if !self.no_schema => self.no_schema = true,
                Shape::Schema(_) | Shape::Object => self.no_object = true,
                Shape::Free => {}
            }
        }
        self.no_logprobs |= form.logprobs && ["logprobs", "top_logprobs"].iter().any(|field| names(&said, field));
        let switch = ["chat_template_kwargs", "enable_thinking", "reasoning_effort", "thinking"];
        self.no_switch |= form.thinking.is_some() && switch.iter().any(|field| refused(field) && !set(field));
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
    use crate::endpoints::Form;

    fn request() -> ChatRequest {
        let sampling = Sampling { max_tokens: Some(5), ..Sampling::default() };
        ChatRequest {
            model: String::new(),
            prompt: Arc::new(Prompt::new(None, "u")),
            n: 1,
            seed: Some(1),
            sampling,
            form: everything(),
        }
    }

    fn everything() -> Form {
        Form { shape: Shape::Schema(serde_json::json!({})), logprobs: true, thinking: Some(false) }
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
            // LM Studio, vLLM with fewer probabilities, LiteLLM before a server without the switch.
            ("'response_format.type' must be 'json_schema' or 'text'", Quirks { no_schema: true, ..none }),
            (
                "Requested sample logprobs of 20, which is greater than max allowed: 5",
                Quirks { no_logprobs: true, ..none },
            ),
            (
                "UnsupportedParamsError: chat_template_kwargs is not supported by this model",
                Quirks { no_switch: true, ..none },
            ),
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
