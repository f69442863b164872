//! Seed 000's input file: `{"0": {"query", "history", "response_0", "response_1", …}, …}`, or a list of such objects.

use serde_json::{Map, Value};

use super::fields;
use super::incoming::{IncomingGroup, IncomingReply, RefusedRow};
use super::json::{self, Item};
use super::read::{Sink, refuse};
use super::source::Source;
use crate::domain::{FileFault, RowFault};

pub(super) fn read(source: &Source, sink: &mut Sink<'_>) -> Result<(), FileFault> {
    json::items(source, &mut |item| sink(from_item(item)))
}

fn from_item(item: Item) -> Result<IncomingGroup, RefusedRow> {
    match item {
        Item::Broken { line, said, raw } => Err(refuse(line, RowFault::NotJson { said }, &raw)),
        Item::Value { line, value: Value::Object(object) } => {
            group(line, &object).map_err(|fault| refuse(line, fault, &Value::Object(object).to_string()))
        }
        Item::Value { line, value } => {
            let expected = "an object with query and response_0".to_owned();
            Err(refuse(line, RowFault::WrongShape { expected }, &value.to_string()))
        }
    }
}

fn group(line: u64, object: &Map<String, Value>) -> Result<IncomingGroup, RowFault> {
    let prompt = fields::prompt(object)?;
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
        replies.push(IncomingReply { text, model: None, error: false, edited_from: None });
    }
    if replies.is_empty() {
        return Err(RowFault::Missing { field: "response_0".to_owned() });
    }
    Ok(IncomingGroup { line, prompt, replies, verdict: None })
}
