//! Seed 004's row: `{"messages": [{"role": "user", "value"}, {"role": "assistant", "chosen_value", "rejected_value"}]}`. Its batch
//! script adds `chosen_score` and `rejected_score` to the last message, both through the logistic function. It reads
//! both values of every assistant's turn and takes any role beside `user` for one, so earlier turns have the same text
//! twice, and there is no place for a system prompt.

use serde::Serialize;
use serde_json::{Map, Value};

use super::dialogue::{self, Said, Speaker};
use super::fields;
use super::incoming::IncomingGroup;
use super::preferred::{self, Side};
use super::read::Sink;
use super::row::{RowOptions, ScoredPair};
use super::source::Source;
use crate::domain::{FileFault, RowFault, TurnRole};

const CHOSEN: &str = "chosen_value";
const REJECTED: &str = "rejected_value";

pub(super) fn read(source: &Source, sink: &mut Sink<'_>) -> Result<(), FileFault> {
    preferred::read(source, sink, "an object with messages of value, chosen_value and rejected_value", group)
}

pub(super) fn group(line: u64, object: &Map<String, Value>) -> Result<IncomingGroup, RowFault> {
    const FIELD: &str = "messages";
    let bad = |said: &str| RowFault::BadValue { field: FIELD.to_owned(), said: said.to_owned() };
    let turns = match fields::present(object, FIELD) {
        None => return Err(RowFault::Missing { field: FIELD.to_owned() }),
        Some(Value::Array(turns)) => turns,
        Some(other) => return Err(bad(&format!("not a list: {}", fields::brief(other)))),
    };
    let Some((last, before)) = turns.split_last() else { return Err(RowFault::Empty { field: FIELD.to_owned() }) };
    let mut said = Vec::with_capacity(before.len());
    for message in before {
        match values(message)? {
            Some((chosen, rejected)) if chosen != rejected => {
                return Err(bad("an earlier turn has two texts; only the last one may"));
            }
            Some((text, _)) => said.push(Said { by: Speaker::Assistant, text }),
            None => said.extend(dialogue::messages(FIELD, &Value::Array(vec![message.clone()]))?),
        }
    }
    if said.iter().skip(1).any(|said| said.by == Speaker::System) {
        return Err(bad("a system message that is not the first"));
    }
    let Some((chosen, rejected)) = values(last)? else {
        return Err(RowFault::Missing { field: CHOSEN.to_owned() });
    };
    let prompt = dialogue::prompt(FIELD, None, said)?;
    preferred::group(line, prompt, Side::new(CHOSEN, chosen), Side::new(REJECTED, rejected))
}

/// Both texts of an assistant's turn; `None` for a message of another kind.
fn values(message: &Value) -> Result<Option<(String, String)>, RowFault> {
    let Value::Object(object) = message else { return Ok(None) };
    if !object.contains_key(CHOSEN) && !object.contains_key(REJECTED) {
        return Ok(None);
    }
    let value = |field: &str| fields::text(object, field)?.ok_or_else(|| RowFault::Missing { field: field.to_owned() });
    Ok(Some((value(CHOSEN)?, value(REJECTED)?)))
}

#[derive(Serialize)]
struct Row<'a> {
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Message<'a> {
    User {
        role: &'a str,
        value: &'a str,
    },
    Assistant {
        role: &'a str,
        chosen_value: &'a str,
        rejected_value: &'a str,
        #[serde(flatten)]
        scores: Option<Scores>,
    },
}

#[derive(Serialize)]
struct Scores {
    chosen_score: Option<f64>,
    rejected_score: Option<f64>,
}

pub(super) fn row(pair: &ScoredPair<'_>, options: RowOptions) -> String {
    let score = |raw: Option<f64>| raw.map(|raw| if options.raw { raw } else { logistic(raw) });
    let scores = Scores { chosen_score: score(pair.chosen.score), rejected_score: score(pair.rejected.score) };
    let mut messages: Vec<Message<'_>> = pair.prompt.history.iter().map(|turn| said(turn.role, &turn.text)).collect();
    messages.push(said(TurnRole::User, &pair.prompt.user));
    messages.push(Message::Assistant {
        role: TurnRole::Assistant.as_str(),
        chosen_value: pair.chosen.text,
        rejected_value: pair.rejected.text,
        scores: options.scores.then_some(scores),
    });
    // A struct of texts and numbers always has a JSON form.
    serde_json::to_string(&Row { messages }).unwrap_or_default()
}

fn said(role: TurnRole, text: &str) -> Message<'_> {
    match role {
        TurnRole::User => Message::User { role: role.as_str(), value: text },
        TurnRole::Assistant => {
            Message::Assistant { role: role.as_str(), chosen_value: text, rejected_value: text, scores: None }
        }
    }
}

/// As its batch scorer writes a raw reward.
fn logistic(raw: f64) -> f64 {
    1.0 / (1.0 + (-raw).exp())
}
