//! TRL's rows. Implicit prompt (seed 002): `{"chosen": […, assistant], "rejected": […, assistant]}`, whose common
//! beginning is the prompt. Explicit: `{"prompt", "chosen", "rejected"}`, each a list of messages or each a text.
//!
//! What is read is wider than what is written, since other trainers' files have the same fields: the prompt under its
//! usual names, a single message for a list, and whole dialogues beside a prompt, which then is in them.

use serde::Serialize;
use serde_json::{Map, Value};

use super::dialogue::{self, Said, Speaker};
use super::fields;
use super::incoming::IncomingGroup;
use super::preferred::{self, Side};
use super::read::Sink;
use super::row::{RowOptions, ScoredPair, ScoredReply};
use super::source::Source;
use crate::domain::{FileFault, Prompt, RowFault};

const CHOSEN: &str = "chosen";
const REJECTED: &str = "rejected";

/// Read either form.
pub(super) fn read(source: &Source, sink: &mut Sink<'_>) -> Result<(), FileFault> {
    preferred::read(source, sink, "an object with chosen and rejected", group)
}

/// A text, or messages: of a whole dialogue, or of what follows a prompt.
enum Answer {
    Text(String),
    Messages(Vec<Said>),
}

impl Answer {
    fn of(object: &Map<String, Value>, field: &str) -> Result<Self, RowFault> {
        match fields::present(object, field) {
            None => Err(RowFault::Missing { field: field.to_owned() }),
            Some(Value::String(text)) => Ok(Self::Text(text.clone())),
            Some(one @ Value::Object(_)) => {
                dialogue::messages(field, &Value::Array(vec![one.clone()])).map(Self::Messages)
            }
            Some(list) => dialogue::messages(field, list).map(Self::Messages),
        }
    }

    /// Begins with something else than a reply: nothing comes before it.
    fn is_whole(&self) -> bool {
        matches!(self, Self::Messages(list) if list.first().is_some_and(|first| first.by != Speaker::Assistant))
    }

    fn after(self, prompt: &[Said]) -> Vec<Said> {
        match self {
            Self::Text(text) => prompt.iter().cloned().chain([Said { by: Speaker::Assistant, text }]).collect(),
            Self::Messages(list) => prompt.iter().cloned().chain(list).collect(),
        }
    }
}

pub(super) fn group(line: u64, object: &Map<String, Value>) -> Result<IncomingGroup, RowFault> {
    let chosen = Answer::of(object, CHOSEN)?;
    let rejected = Answer::of(object, REJECTED)?;
    match (chosen, rejected) {
        (chosen, rejected) if chosen.is_whole() && rejected.is_whole() => {
            let system = fields::text(object, "system")?;
            preferred::from_dialogues(line, system, (CHOSEN, chosen.after(&[])), (REJECTED, rejected.after(&[])))
        }
        (Answer::Text(chosen), Answer::Text(rejected)) => {
            preferred::group(line, fields::prompt(object)?, Side::new(CHOSEN, chosen), Side::new(REJECTED, rejected))
        }
        (chosen, rejected) => {
            let prompt = dialogue::of_prompt(fields::prompt(object)?);
            preferred::from_dialogues(line, None, (CHOSEN, chosen.after(&prompt)), (REJECTED, rejected.after(&prompt)))
        }
    }
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'a str,
    content: &'a str,
}

#[derive(Serialize)]
struct Implicit<'a> {
    chosen: Vec<Message<'a>>,
    rejected: Vec<Message<'a>>,
}

#[derive(Serialize)]
struct Explicit<T> {
    prompt: T,
    chosen: T,
    rejected: T,
    #[serde(flatten)]
    scores: Option<Scores>,
}

#[derive(Serialize)]
struct Scores {
    margin: Option<f64>,
    score_chosen: Option<f64>,
    score_rejected: Option<f64>,
}

fn messages(prompt: &Prompt) -> Vec<Message<'_>> {
    prompt.messages().map(|(role, content)| Message { role, content }).collect()
}

fn reply<'a>(reply: &ScoredReply<'a>) -> Message<'a> {
    Message { role: "assistant", content: reply.text }
}

/// Two dialogues.
pub(super) fn implicit_row(pair: &ScoredPair<'_>) -> String {
    let whole = |last| messages(pair.prompt).into_iter().chain([reply(last)]).collect();
    // Structs of texts and numbers always have a JSON form.
    serde_json::to_string(&Implicit { chosen: whole(&pair.chosen), rejected: whole(&pair.rejected) })
        .unwrap_or_default()
}

/// The prompt apart.
pub(super) fn explicit_row(pair: &ScoredPair<'_>, options: RowOptions) -> String {
    let (score_chosen, score_rejected) = (pair.chosen.score, pair.rejected.score);
    let margin = score_chosen.zip(score_rejected).map(|(one, other)| one - other);
    let scores = options.scores.then_some(Scores { margin, score_chosen, score_rejected });
    let row = if options.plain {
        let (prompt, chosen, rejected) = (pair.prompt.user.as_str(), pair.chosen.text, pair.rejected.text);
        serde_json::to_string(&Explicit { prompt, chosen, rejected, scores })
    } else {
        let (chosen, rejected) = (vec![reply(&pair.chosen)], vec![reply(&pair.rejected)]);
        serde_json::to_string(&Explicit { prompt: messages(pair.prompt), chosen, rejected, scores })
    };
    row.unwrap_or_default()
}
