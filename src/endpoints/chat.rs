//! A chat: what is asked, and what comes of it.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::{Prompt, Sampling};

/// What to ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatRequest {
    /// Which model; empty means the first that the server lists.
    pub model: String,
    /// What is asked.
    pub prompt: Arc<Prompt>,
    /// How many replies.
    pub n: u32,
    /// For the first of them; servers derive the others'.
    pub seed: Option<u64>,
    /// How they are drawn.
    pub sampling: Sampling,
    /// What the answer is to look like.
    pub form: Form,
}

/// What an answer is to look like. What a server refuses of it is left out from then on: see [`Means`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// Its shape.
    pub shape: Shape,
    /// With the probabilities of the 20 likeliest tokens at each place.
    pub logprobs: bool,
    /// After thinking, or without; `None` leaves it to the server.
    pub thinking: Option<bool>,
}

/// The shape of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Shape {
    /// As the model likes.
    #[default]
    Free,
    /// A JSON object.
    Object,
    /// JSON that fits this schema.
    Schema(serde_json::Value),
}

/// What a server was not found to refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Means {
    /// `response_format` with a schema.
    pub schema: bool,
    /// `response_format` with any JSON object.
    pub object: bool,
    /// `logprobs`.
    pub logprobs: bool,
}

/// One reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its place in the answer.
    pub index: u32,
    /// Without reasoning.
    pub text: String,
    /// What the model thought aloud.
    pub reasoning: Option<String>,
    /// The server's reason for ending.
    pub finish_reason: Option<String>,
}

/// A complete answer: at least one reply, perhaps fewer than were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatAnswer {
    /// The model as it was named in the request.
    pub model: String,
    /// The replies by index.
    pub choices: Vec<Choice>,
    /// Choices that came, whole or not: 1 when several were asked for means that the server ignores `n`.
    pub seen: u32,
    /// The seed as it was sent; none where the server takes none.
    pub seed: Option<u64>,
    /// Tokens of the prompt.
    pub prompt_tokens: Option<u32>,
    /// Tokens of all replies together, as far as the server counts them.
    pub completion_tokens: Option<u32>,
    /// Until the first text came.
    pub first_token: Option<Duration>,
    /// Until the end.
    pub total: Duration,
}
