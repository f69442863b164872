//! CValues-Comparison (seed 003): `{"prompt", "pos_resp", "neg_resp", "pos_type", "neg_type"}`. Texts stay as they are: many of
//! its `neg_resp` begin with a space.

use serde::Serialize;
use serde_json::{Map, Value};

use super::fields;
use super::incoming::IncomingGroup;
use super::preferred::{self, Side};
use super::read::Sink;
use super::row::ScoredPair;
use super::source::Source;
use crate::domain::{FileFault, RowFault};

pub(super) fn read(source: &Source, sink: &mut Sink<'_>) -> Result<(), FileFault> {
    preferred::read(source, sink, "an object with prompt, pos_resp and neg_resp", group)
}

pub(super) fn group(line: u64, object: &Map<String, Value>) -> Result<IncomingGroup, RowFault> {
    let side = |field: &'static str, kind: &str| {
        let text = fields::text(object, field)?.ok_or_else(|| RowFault::Missing { field: field.to_owned() })?;
        Ok(Side { kind: fields::text(object, kind)?, ..Side::new(field, text) })
    };
    let prompt = fields::prompt(object)?;
    preferred::group(line, prompt, side("pos_resp", "pos_type")?, side("neg_resp", "neg_type")?)
}

#[derive(Serialize)]
struct Row<'a> {
    prompt: &'a str,
    pos_resp: &'a str,
    neg_resp: &'a str,
    pos_type: Option<&'a str>,
    neg_type: Option<&'a str>,
}

pub(super) fn row(pair: &ScoredPair<'_>) -> String {
    let row = Row {
        prompt: &pair.prompt.user,
        pos_resp: pair.chosen.text,
        neg_resp: pair.rejected.text,
        pos_type: pair.chosen.kind,
        neg_type: pair.rejected.kind,
    };
    // A struct of texts always has a JSON form.
    serde_json::to_string(&row).unwrap_or_default()
}
