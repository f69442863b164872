//! What seed 000's own script writes, and TRL reads: a JSON list of `{"prompt", "chosen", "rejected", "scores"}`, all texts, with one
//! score for each reply of the group in the order of its input file. Of the replies between best and worst only the
//! scores are there, so that what is read is a pair.

use serde::Serialize;

use super::read::Sink;
use super::row::ScoredPair;
use super::source::Source;
use super::{preferred, trl};
use crate::domain::FileFault;

pub(super) fn read(source: &Source, sink: &mut Sink<'_>) -> Result<(), FileFault> {
    preferred::read(source, sink, "an object with prompt, chosen, rejected and scores", trl::group)
}

#[derive(Serialize)]
struct Row<'a> {
    prompt: &'a str,
    chosen: &'a str,
    rejected: &'a str,
    scores: &'a [Option<f64>],
}

pub(super) fn row(pair: &ScoredPair<'_>) -> String {
    let row =
        Row { prompt: &pair.prompt.user, chosen: pair.chosen.text, rejected: pair.rejected.text, scores: pair.scores };
    // A struct of texts and numbers always has a JSON form.
    serde_json::to_string(&row).unwrap_or_default()
}
