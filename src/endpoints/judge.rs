//! A chat whose answer is a verdict: all of it is handed on, whatever it is.

use super::chat::{ChatRequest, Means};
use super::client::Client;
use super::fault::{self, ChatError};
use super::reasoning;
use super::stream::is_failure;
use crate::domain::{Answer, RequestFault};

impl Client {
    /// Send one request and wait for its end. An answer without text, or a refusal, is an answer; a stream that ends
    /// before its choice does is none. No retries.
    pub async fn judge(&self, request: &ChatRequest) -> Result<Answer, ChatError> {
        self.judge_unsealed(request).await.map_err(|error| self.seal_error(error))
    }

    async fn judge_unsealed(&self, request: &ChatRequest) -> Result<Answer, ChatError> {
        let (_, asked) = self.ask_somehow(request, |_| {}).await?;
        let mut assembly = asked.assembly;
        let Some(part) = assembly.take_first() else {
            return Err(asked.wrong.unwrap_or_else(|| ChatError::later(RequestFault::CutStream)));
        };
        if let Some(reason) = part.finish_reason.as_deref().filter(|reason| is_failure(reason)) {
            let said = reason.to_owned();
            return Err(asked.wrong.unwrap_or_else(|| ChatError::later(RequestFault::BrokeOff { said })));
        }
        let (inline, text) = reasoning::split(part.text);
        let thought = if part.reasoning.is_empty() { inline } else { Some(part.reasoning) };
        let usage = assembly.usage();
        let mut answer = Answer {
            text,
            reasoning: thought,
            refusal: (!part.refusal.is_empty()).then_some(part.refusal),
            finish_reason: part.finish_reason.map(|reason| fault::clip(&self.hide(&reason))),
            logprobs: std::mem::take(&mut assembly.logprobs),
            model: fault::clip(&self.hide(&assembly.served)),
            prompt_tokens: usage.prompt_tokens(),
            completion_tokens: usage.completion_tokens(),
            millis: asked.total.as_millis() as u32,
        };
        self.hide_in_reply(&mut answer.text);
        for text in answer.reasoning.iter_mut().chain(&mut answer.refusal) {
            self.hide_in_reply(text);
        }
        Ok(answer)
    }

    /// What the server was not found to refuse so far.
    pub fn means(&self) -> Means {
        let quirks = self.found().quirks;
        Means { schema: !quirks.no_schema, object: !quirks.no_object, logprobs: !quirks.no_logprobs }
    }
}
