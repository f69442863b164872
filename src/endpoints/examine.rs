//! What a server can do, found out by asking.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::chat::{ChatRequest, Form};
use super::client::{Asked, Client};
use super::fault::ChatError;
use crate::domain::{Ability, Examination, FirstReply, Prompt, RequestFault, Sampling, ServerInfo, Thinking};

/// The longest reply, in tokens.
const MOST_TOKENS: u32 = 16;
/// Within the seeds that every server takes.
const SEED: u64 = 271_828;
/// Something that a model hardly says twice in the same words unless its dice fall the same.
const RANDOM: &str = "Say five random words, then a random number of six digits. Nothing else.";
/// Something that nobody would answer in JSON by himself.
const RHYME: &str = "Write two lines of verse about the sea.";

impl Client {
    /// Ask who the server is, then send at most four requests of 16 tokens or less. Costs a little where tokens cost,
    /// so only when a person wants it. Empty `model`: the first that the server lists. `Err`: there is no server, or
    /// it lets nobody in.
    pub async fn examine(&self, model: &str) -> Result<Examination, RequestFault> {
        let server = match self.probe().await {
            Ok(server) => server,
            // A server without a list of models may answer a chat.
            Err(RequestFault::Refused { .. } | RequestFault::Garbled { .. } | RequestFault::NotAnApi { .. }) => {
                let mut server = ServerInfo { kind: self.address.kind, ..ServerInfo::default() };
                self.find_kind(&mut server).await;
                server
            }
            Err(fault) => return Err(fault),
        };
        let named =
            if model.is_empty() { server.models.first().cloned().unwrap_or_default() } else { model.to_owned() };
        let mut examination = Examination {
            notes: server.kind.notes().to_vec(),
            server,
            model: named,
            chat: Err(RequestFault::CutStream),
            several: Ability::Unknown,
            seeds: Ability::Unknown,
            json: Ability::Unknown,
            logprobs: Ability::Unknown,
        };
        let first = match self.try_out(&examination.model, RANDOM, 1, Map::new()).await {
            Ok(asked) => asked,
            Err(error) => {
                examination.chat = Err(self.seal(error.fault));
                return Ok(examination);
            }
        };
        examination.server.base_url = self.hide(&self.found().base);
        examination.chat = self.first_reply(&first);
        if examination.chat.is_err() {
            return Ok(examination);
        }
        examination.several = match self.try_out(&examination.model, RANDOM, 2, Map::new()).await {
            Ok(asked) if asked.assembly.seen() > 1 => Ability::Works,
            Ok(_) => Ability::Ignored,
            Err(error) => self.refused(error),
        };
        // The same again, and with probabilities: two answers in one.
        let again = self.try_out(&examination.model, RANDOM, 1, fields(json!({"logprobs": true}))).await;
        (examination.seeds, examination.logprobs) = match again {
            Ok(again) => {
                let logprobs = if again.assembly.logprobs.is_empty() { Ability::Ignored } else { Ability::Works };
                let seeds = match (first.seed, said(&first), said(&again)) {
                    (None, ..) => Ability::Refused { said: String::new() },
                    (_, Some(one), Some(other)) if one == other => Ability::Works,
                    (_, Some(_), Some(_)) => Ability::Ignored,
                    _ => Ability::Unknown,
                };
                (seeds, logprobs)
            }
            Err(error) => (Ability::Unknown, self.refused(error)),
        };
        let schema = json!({
            "type": "object", "properties": {"lines": {"type": "integer"}}, "required": ["lines"],
            "additionalProperties": false,
        });
        let format = json!({
            "response_format": {
                "type": "json_schema", "json_schema": {"name": "verse", "strict": true, "schema": schema},
            },
        });
        examination.json = match self.try_out(&examination.model, RHYME, 1, fields(format)).await {
            // Servers ignore the field and answer 200: only the answer shows.
            Ok(asked) => match asked.assembly.first().map(|part| part.text.trim_start()) {
                None | Some("") => Ability::Unknown,
                Some(text) if text.starts_with('{') => Ability::Works,
                Some(text) if text.starts_with("<think>") => Ability::Unknown,
                Some(_) => Ability::Ignored,
            },
            Err(error) => self.refused(error),
        };
        Ok(examination)
    }

    async fn try_out(&self, model: &str, user: &str, n: u32, extra: Map<String, Value>) -> Result<Asked, ChatError> {
        let sampling = Sampling { max_tokens: Some(MOST_TOKENS), extra, ..Sampling::default() };
        let prompt = Arc::new(Prompt::new(None, user));
        let request =
            ChatRequest { model: model.to_owned(), prompt, n, seed: Some(SEED), sampling, form: Form::default() };
        let (_, asked) = self.ask_somehow(&request, |_| {}).await?;
        match asked.wrong {
            Some(error) => Err(error),
            None => Ok(asked),
        }
    }

    /// A chat counts as answered when anything was said or thought: models that think need more than a few tokens.
    fn first_reply(&self, asked: &Asked) -> Result<FirstReply, RequestFault> {
        let Some(part) = asked.assembly.first() else {
            return Err(RequestFault::Garbled { said: "an answer without a choice".to_owned() });
        };
        if said(asked).is_none() {
            return Err(RequestFault::EmptyReply { finish_reason: "no text".to_owned() });
        }
        let millis = |time: std::time::Duration| time.as_millis() as u32;
        let thinking: Thinking = part.thinking();
        Ok(FirstReply {
            first_token_millis: asked.first_token.map(millis),
            total_millis: millis(asked.total),
            thinking,
        })
    }

    fn refused(&self, error: ChatError) -> Ability {
        match self.seal(error.fault) {
            RequestFault::Refused { said, .. } | RequestFault::BrokeOff { said } => Ability::Refused { said },
            // Some servers break where they should refuse.
            RequestFault::Busy { status: 500 | 501, said, .. } => Ability::Refused { said },
            _ => Ability::Unknown,
        }
    }
}

/// All that was said or thought.
fn said(asked: &Asked) -> Option<(&str, &str)> {
    let part = asked.assembly.first()?;
    let all = (part.text.as_str(), part.reasoning.as_str());
    (!all.0.trim().is_empty() || !all.1.trim().is_empty()).then_some(all)
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
