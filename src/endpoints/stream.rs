//! A stream of events put together into replies.

use std::collections::BTreeMap;

use super::client::Choice;
use super::fault::{ChatError, from_event};
use super::reasoning;
use super::wire::{Chunk, Usage};
use crate::domain::RequestFault;

/// Bytes of one reply that are taken; more is a server out of control.
const LARGEST: usize = 16 << 20;

/// What came so far.
#[derive(Default)]
pub(super) struct Assembly {
    choices: BTreeMap<u32, Part>,
    pub(super) usage: Option<Usage>,
    /// `[DONE]` came.
    done: bool,
}

#[derive(Default)]
struct Part {
    text: String,
    reasoning: String,
    finish_reason: Option<String>,
}

impl Assembly {
    /// Take the data of one event; how many characters of text it brought.
    pub(super) fn take(&mut self, data: &str) -> Result<usize, ChatError> {
        let data = data.trim();
        if data.is_empty() {
            return Ok(0);
        }
        if data == "[DONE]" {
            self.done = true;
            return Ok(0);
        }
        let chunk: Chunk = serde_json::from_str(data)
            .map_err(|error| ChatError::later(RequestFault::Garbled { said: error.to_string() }))?;
        self.add(chunk)
    }

    /// Take an event or a whole answer.
    pub(super) fn add(&mut self, chunk: Chunk) -> Result<usize, ChatError> {
        if let Some(error) = &chunk.error {
            return Err(from_event(error));
        }
        self.usage = chunk.usage.or(self.usage);
        let mut characters = 0;
        for choice in chunk.choices.unwrap_or_default() {
            let part = self.choices.entry(choice.index).or_default();
            if let Some(delta) = choice.delta {
                let thought = delta.reasoning_content.or(delta.reasoning).unwrap_or_default();
                let text = delta.content.unwrap_or_default();
                characters += text.chars().count() + thought.chars().count();
                part.reasoning.push_str(&thought);
                part.text.push_str(&text);
                if part.text.len() + part.reasoning.len() > LARGEST {
                    let said = format!("a reply of more than {} MiB", LARGEST >> 20);
                    return Err(ChatError::never(RequestFault::Garbled { said }));
                }
            }
            part.finish_reason = choice.finish_reason.or(part.finish_reason.take());
        }
        Ok(characters)
    }

    /// The replies that are complete, once the stream has ended. A reply is complete when its end was said, or when the
    /// stream's was (LiteLLM says the end of the first choice only). The others of a cut stream are dropped.
    pub(super) fn finish(self) -> Result<Vec<Choice>, ChatError> {
        if self.choices.is_empty() {
            let fault = if self.done {
                RequestFault::Garbled { said: "a stream without a choice".to_owned() }
            } else {
                RequestFault::CutStream
            };
            return Err(ChatError::later(fault));
        }
        let done = self.done;
        let mut whole = Vec::new();
        let mut empty = None;
        for (index, part) in self.choices {
            if part.finish_reason.is_none() && !done {
                continue;
            }
            let (inline, text) = reasoning::split(&part.text);
            let reasoning = if part.reasoning.is_empty() { inline } else { Some(part.reasoning) };
            if text.trim().is_empty() {
                empty = Some(if reasoning.is_some() {
                    RequestFault::OnlyReasoning
                } else {
                    let finish_reason = part.finish_reason.unwrap_or_else(|| "no reason given".to_owned());
                    RequestFault::EmptyReply { finish_reason }
                });
                continue;
            }
            whole.push(Choice { index, text, reasoning, finish_reason: part.finish_reason });
        }
        match (whole.is_empty(), empty) {
            (false, _) => Ok(whole),
            (true, Some(fault)) => Err(ChatError::later(fault)),
            (true, None) => Err(ChatError::later(RequestFault::CutStream)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finish(events: &[&str]) -> Result<Vec<String>, RequestFault> {
        let mut assembly = Assembly::default();
        for event in events {
            assembly.take(event).map_err(|error| error.fault)?;
        }
        let choices = assembly.finish().map_err(|error| error.fault)?;
        Ok(choices.into_iter().map(|choice| choice.text).collect())
    }

    #[test]
    fn choices_interleave_and_events_without_choices_are_normal() {
        let texts = finish(&[
            r#"{"choices":[]}"#,
            r#"{"choices":[{"index":1,"delta":{"content":"b"}},{"index":0,"delta":{"role":"assistant","content":null}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#,
            r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
            r#"{"choices":[{"index":1,"delta":{"content":"c"},"finish_reason":"stop"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":3}}"#,
        ]);
        assert_eq!(texts, Ok(vec!["a".to_owned(), "bc".to_owned()]));
    }

    #[test]
    fn a_cut_stream_is_no_reply_but_keeps_the_replies_that_had_ended() {
        let first = r#"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#;
        let second = r#"{"choices":[{"index":1,"delta":{"content":"half"}}]}"#;
        assert_eq!(finish(&[second]), Err(RequestFault::CutStream));
        assert_eq!(finish(&[first, second]), Ok(vec!["a".to_owned()]));
        assert_eq!(finish(&[second, "[DONE]"]), Ok(vec!["half".to_owned()]));
        assert_eq!(finish(&[]), Err(RequestFault::CutStream));
    }

    #[test]
    fn an_error_inside_a_stream_is_told_in_the_servers_words() {
        let said = finish(&[r#"{"error":{"message":"engine died","code":500}}"#]);
        assert_eq!(said, Err(RequestFault::BrokeOff { said: "engine died".to_owned() }));
    }

    #[test]
    fn a_reply_without_text_is_a_failure() {
        let event = r#"{"choices":[{"index":0,"delta":{"content":" "},"finish_reason":"length"}]}"#;
        assert_eq!(finish(&[event]), Err(RequestFault::EmptyReply { finish_reason: "length".to_owned() }));
        let event = r#"{"choices":[{"index":0,"delta":{"reasoning":"hm"},"finish_reason":"length"}]}"#;
        assert_eq!(finish(&[event]), Err(RequestFault::OnlyReasoning));
    }
}
