//! Seed 000's files. What goes in: `{"0": {"query", "history", "response_0", "response_1", …}, …}`, or a list of such objects.
//! What comes out: a JSON list of `{"query", "history", "chosen_response", "rejected_response", "scores"}`, with one score
//! for each reply in the order of the input, null where there is none; it is read as pairs.

use serde::Serialize;
use serde_json::{Map, Value};

use super::fields;
use super::incoming::{IncomingGroup, IncomingReply};
use super::preferred::{self, Side};
use super::read::Sink;
use super::row::ScoredPair;
use super::source::Source;
use crate::domain::{FileFault, RowFault};

const CHOSEN: &str = "chosen_response";
const REJECTED: &str = "rejected_response";

pub(super) fn read(source: &Source, sink: &mut Sink<'_>) -> Result<(), FileFault> {
    preferred::read(source, sink, "an object with query and response_0", group)
}

pub(super) fn group(line: u64, object: &Map<String, Value>) -> Result<IncomingGroup, RowFault> {
    let prompt = fields::prompt(object)?;
    if let Some(chosen) = fields::text(object, CHOSEN)? {
        let rejected = fields::text(object, REJECTED)?;
        let rejected = rejected.ok_or_else(|| RowFault::Missing { field: REJECTED.to_owned() })?;
        return preferred::group(line, prompt, Side::new(CHOSEN, chosen), Side::new(REJECTED, rejected));
    }
    // Numbers may have gaps and need not stand in order.
    let mut numbered: Vec<(u64, &String)> =
        object.keys().filter_map(|key| Some((key.strip_prefix("response_")?.parse().ok()?, key))).collect();
    numbered.sort_unstable();
    let mut replies = Vec::new();
    for (_, key) in numbered {
        let text = fields::text(object, key)?.unwrap_or_default();
        if text.trim().is_empty() {
            return Err(RowFault::Empty { field: key.clone() });
        }
        replies.push(IncomingReply::new(text));
    }
    if replies.is_empty() {
        return Err(RowFault::Missing { field: "response_0".to_owned() });
    }
    Ok(IncomingGroup { line, prompt, replies, verdict: None })
}

#[derive(Serialize)]
struct Row<'a> {
    query: &'a str,
    history: Vec<[&'a str; 2]>,
    chosen_response: &'a str,
    rejected_response: &'a str,
    scores: &'a [Option<f64>],
}

pub(super) fn row(pair: &ScoredPair<'_>) -> String {
    let turns = pair.prompt.history.chunks_exact(2);
    let row = Row {
        query: &pair.prompt.user,
        history: turns.map(|two| [two[0].text.as_str(), two[1].text.as_str()]).collect(),
        chosen_response: pair.chosen.text,
        rejected_response: pair.rejected.text,
        scores: pair.scores,
    };
    // A struct of texts and numbers always has a JSON form.
    serde_json::to_string(&row).unwrap_or_default()
}
