//! From readings to calls, and from what a course wants to what a client sends.

use crate::domain::{Answer, Call, CallKind, MachineVerdict, ReplyId, RewardFinding, VerdictReading};
use crate::endpoints::{Means, RewardReading, Shape};
use crate::ranking::course::{self, Ask};

/// The call of one reply of a reward model; `said` is the server's answer where it is shown.
pub(super) fn reward_call(
    step: u32,
    reply: ReplyId,
    finding: &RewardFinding,
    reading: RewardReading,
    said: String,
) -> Call {
    let (verdict, gap) = match reading.result {
        Ok(points) => {
            let raw = reading.raw.unwrap_or(points.value);
            (Some(MachineVerdict::Reward { raw, value: points.value }), None)
        }
        Err(gap) => (None, Some(gap)),
    };
    let answer =
        Answer { text: said, model: finding.model.clone(), prompt_tokens: reading.tokens, ..Answer::default() };
    Call {
        step,
        attempt: 1,
        kind: CallKind::Reward,
        shown: vec![reply],
        names: Vec::new(),
        codes: Vec::new(),
        answer: Some(answer),
        reading: if verdict.is_some() { VerdictReading::Strict } else { VerdictReading::None },
        verdict,
        gap,
        removed_from: Vec::new(),
        at: jiff::Timestamp::now(),
    }
}

/// The form in which an answer is wanted.
pub(super) fn answer_shape(ask: &Ask) -> Shape {
    match (ask.shape, &ask.schema) {
        (course::Shape::Schema, Some(schema)) => Shape::Schema(schema.clone()),
        (course::Shape::Plain, _) => Shape::Free,
        (course::Shape::Object | course::Shape::Schema, _) => Shape::Object,
    }
}

/// The strictest form that a server takes.
pub(super) fn shape(means: Means) -> course::Shape {
    match (means.schema, means.object) {
        (true, _) => course::Shape::Schema,
        (false, true) => course::Shape::Object,
        (false, false) => course::Shape::Plain,
    }
}
