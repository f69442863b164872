//! Pairs as files give them: a chosen and a rejected text that answer one prompt become a group of two replies with its
//! label. A row is refused where no preference can be read out of it.

use std::ops::ControlFlow;

use serde_json::{Map, Value};

use super::dialogue::{self, Said, Speaker};
use super::incoming::{IncomingGroup, IncomingReply, IncomingVerdict, RefusedRow};
use super::json::{self, Item};
use super::read::{Sink, refuse};
use super::source::Source;
use crate::domain::{FileFault, Prompt, RowFault};

/// One side of a pair: the field that it stands in, its text, and what the file calls this kind of reply.
pub(super) struct Side<'a> {
    pub(super) field: &'a str,
    pub(super) text: String,
    pub(super) kind: Option<String>,
}

impl<'a> Side<'a> {
    pub(super) fn new(field: &'a str, text: String) -> Self {
        Self { field, text, kind: None }
    }
}

/// A group of two replies, the first of which was chosen.
pub(super) fn group(
    line: u64,
    prompt: Prompt,
    chosen: Side<'_>,
    rejected: Side<'_>,
) -> Result<IncomingGroup, RowFault> {
    for side in [&chosen, &rejected] {
        if side.text.trim().is_empty() {
            return Err(RowFault::Empty { field: side.field.to_owned() });
        }
    }
    if chosen.text == rejected.text {
        let said = format!("the same text as {}", chosen.field);
        return Err(RowFault::BadValue { field: rejected.field.to_owned(), said });
    }
    let reply = |side: Side<'_>| IncomingReply { kind: side.kind, ..IncomingReply::new(side.text) };
    let verdict = Some(IncomingVerdict::Ranked { chosen: vec![0], rejected: vec![1] });
    Ok(IncomingGroup { line, prompt, replies: vec![reply(chosen), reply(rejected)], verdict })
}

/// The group of two whole dialogues, which differ in their last turn alone.
pub(super) fn from_dialogues(
    line: u64,
    system: Option<String>,
    (chosen_field, mut chosen): (&str, Vec<Said>),
    (rejected_field, mut rejected): (&str, Vec<Said>),
) -> Result<IncomingGroup, RowFault> {
    let last = |field: &str, messages: &mut Vec<Said>| match messages.pop() {
        Some(Said { by: Speaker::Assistant, text }) => Ok(text),
        Some(_) => {
            let said = "does not end with a reply".to_owned();
            Err(RowFault::BadValue { field: field.to_owned(), said })
        }
        None => Err(RowFault::Empty { field: field.to_owned() }),
    };
    let better = last(chosen_field, &mut chosen)?;
    let worse = last(rejected_field, &mut rejected)?;
    if chosen != rejected {
        let said = format!("differs from {chosen_field} before its last turn");
        return Err(RowFault::BadValue { field: rejected_field.to_owned(), said });
    }
    let prompt = dialogue::prompt(chosen_field, system, chosen)?;
    group(line, prompt, Side::new(chosen_field, better), Side::new(rejected_field, worse))
}

/// Read a file of objects, each of which gives a group or says why it does not; `expected` names the shape.
pub(super) fn read(
    source: &Source,
    sink: &mut Sink<'_>,
    expected: &str,
    row: impl Fn(u64, &Map<String, Value>) -> Result<IncomingGroup, RowFault>,
) -> Result<(), FileFault> {
    json::items(source, &mut |item| -> ControlFlow<()> { sink(from_item(item, expected, &row)) })
}

fn from_item(
    item: Item,
    expected: &str,
    row: impl Fn(u64, &Map<String, Value>) -> Result<IncomingGroup, RowFault>,
) -> Result<IncomingGroup, RefusedRow> {
    match item {
        Item::Broken { line, said, raw } => Err(refuse(line, RowFault::NotJson { said }, &raw)),
        Item::Value { line, value: Value::Object(object) } => {
            row(line, &object).map_err(|fault| refuse(line, fault, &Value::Object(object).to_string()))
        }
        Item::Value { line, value } => {
            let fault = RowFault::WrongShape { expected: expected.to_owned() };
            Err(refuse(line, fault, &value.to_string()))
        }
    }
}
