//! Events put together into replies.

use std::collections::BTreeMap;

use super::chat::Choice;
use super::fault::{ChatError, from_error};
use super::reasoning;
use super::wire::{Chunk, ChunkChoice, MOST_CHOICES, Usage};
use crate::domain::{RequestFault, Thinking, TokenChoice};

/// Bytes of the replies of one answer that are taken; more is a server out of control.
pub(super) const LARGEST: usize = 16 << 20;

/// What came so far.
#[derive(Default)]
pub(super) struct Assembly {
    parts: BTreeMap<u32, Part>,
    size: usize,
    usage: Usage,
    /// The end of the whole answer was said.
    pub(super) done: bool,
    /// Probabilities of the first choice's tokens, the first of them.
    pub(super) logprobs: Vec<TokenChoice>,
    /// The model as the server names it.
    pub(super) served: String,
}

/// Tokens whose probabilities are kept: a digit is among the first, or follows a thought that was not wanted.
const MOST_TOKENS: usize = 512;

#[derive(Default)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) reasoning: String,
    pub(super) refusal: String,
    pub(super) finish_reason: Option<String>,
}

impl Part {
    /// Where it was thought aloud.
    pub(super) fn thinking(&self) -> Thinking {
        let starts = self.text.trim_start().starts_with("<think>");
        match (self.reasoning.is_empty(), starts || self.text.contains("</think>")) {
            (false, _) => Thinking::Apart,
            (true, true) => Thinking::Inline,
            (true, false) => Thinking::Unseen,
        }
    }

    /// Its end was said, and it was no failure (vLLM ends a stream that it breaks off with `abort` or `error`,
    /// OpenRouter with `error`).
    fn has_ended(&self) -> bool {
        self.finish_reason.as_deref().is_some_and(|reason| !is_failure(reason))
    }
}

pub(super) fn is_failure(finish_reason: &str) -> bool {
    matches!(finish_reason, "error" | "abort")
}

impl Assembly {
    /// Take an event or a whole answer; how many characters of text it brought.
    pub(super) fn add(&mut self, chunk: Chunk<'_>) -> Result<usize, ChatError> {
        if let Some(usage) = chunk.usage.and_then(Usage::read) {
            self.usage = usage;
        }
        if self.served.is_empty() {
            self.served = chunk.model.0.into_owned();
        }
        let mut characters = 0;
        for (place, choice) in chunk.choices.map(|choices| choices.0).unwrap_or_default().into_iter().enumerate() {
            characters += self.add_choice(place, choice)?;
        }
        match chunk.error {
            Some(error) => Err(from_error(error.get())),
            None => Ok(characters),
        }
    }

    fn add_choice(&mut self, place: usize, choice: ChunkChoice<'_>) -> Result<usize, ChatError> {
        if let Some(error) = choice.error {
            return Err(from_error(error.get()));
        }
        let Some(index) = choice.index(place) else {
            return Err(ChatError::later(RequestFault::Garbled {
                said: "a choice whose index is no number".to_owned(),
            }));
        };
        if index == 0 && self.logprobs.len() < MOST_TOKENS {
            self.logprobs.extend(choice.logprobs());
        }
        if self.parts.len() >= MOST_CHOICES && !self.parts.contains_key(&index) {
            return Ok(0);
        }
        let part = self.parts.entry(index).or_default();
        let mut characters = 0;
        let mut take = |into: &mut String, text: &str| {
            into.push_str(text);
            self.size += text.len();
            characters += text.chars().count();
        };
        for delta in choice.delta.iter().chain(&choice.message) {
            let thought =
                if delta.reasoning_content.0.is_empty() { &delta.reasoning } else { &delta.reasoning_content };
            take(&mut part.reasoning, &thought.0);
            take(&mut part.text, &delta.content.0);
            take(&mut part.refusal, &delta.refusal.0);
        }
        take(&mut part.text, &choice.text.0);
        if !choice.finish_reason.0.is_empty() {
            part.finish_reason = Some(choice.finish_reason.0.into_owned());
        }
        if self.size > LARGEST {
            return Err(ChatError::never(RequestFault::TooLarge { mebibytes: (LARGEST >> 20) as u32 }));
        }
        Ok(characters)
    }

    /// How many choices came, whole or not.
    pub(super) fn seen(&self) -> u32 {
        self.parts.len() as u32
    }

    pub(super) fn usage(&self) -> Usage {
        self.usage
    }

    /// The first of them, if its end was said or the answer's was; whatever it says.
    pub(super) fn take_first(&mut self) -> Option<Part> {
        let done = self.done;
        let (_, part) = self.parts.pop_first()?;
        (part.finish_reason.is_some() || done).then_some(part)
    }

    /// The first of them, whatever became of it.
    pub(super) fn first(&self) -> Option<&Part> {
        self.parts.values().next()
    }

    /// The replies that had ended when `error` came; without one, that is the failure.
    pub(super) fn rescue(mut self, error: ChatError) -> Result<Vec<Choice>, ChatError> {
        if matches!(error.fault, RequestFault::TooLarge { .. }) {
            return Err(error);
        }
        self.done = false;
        self.parts.retain(|_, part| part.has_ended());
        if self.parts.is_empty() { Err(error) } else { self.finish().map_err(|_| error) }
    }

    /// The replies that are complete, once the answer has ended. A reply is complete when its end was said, or when the
    /// answer's was (LiteLLM says the end of the first choice only). The others of a cut stream are dropped.
    pub(super) fn finish(self) -> Result<Vec<Choice>, ChatError> {
        if self.parts.is_empty() {
            let fault = if self.done {
                RequestFault::Garbled { said: "an answer without a choice".to_owned() }
            } else {
                RequestFault::CutStream
            };
            return Err(ChatError::later(fault));
        }
        let done = self.done;
        let mut whole = Vec::new();
        let mut failed = None;
        for (index, part) in self.parts {
            if let Some(reason) = part.finish_reason.as_deref().filter(|reason| is_failure(reason)) {
                failed.get_or_insert(RequestFault::BrokeOff { said: reason.to_owned() });
                continue;
            }
            if part.finish_reason.is_none() && !done {
                continue;
            }
            let (inline, text) = reasoning::split(part.text);
            let reasoning = if part.reasoning.is_empty() { inline } else { Some(part.reasoning) };
            if text.trim().is_empty() {
                failed.get_or_insert(if !part.refusal.is_empty() {
                    RequestFault::EmptyReply { finish_reason: format!("refusal: {}", part.refusal) }
                } else if reasoning.is_some() && part.finish_reason.as_deref() != Some("tool_calls") {
                    RequestFault::OnlyReasoning
                } else {
                    let finish_reason = part.finish_reason.unwrap_or_else(|| "no reason given".to_owned());
                    RequestFault::EmptyReply { finish_reason }
                });
                continue;
            }
            whole.push(Choice { index, text, reasoning, finish_reason: part.finish_reason });
        }
        match (whole.is_empty(), failed) {
            (false, _) => Ok(whole),
            (true, Some(fault)) => Err(ChatError::later(fault)),
            (true, None) => Err(ChatError::later(RequestFault::CutStream)),
        }
    }
}
