//! From an answer to the call that is kept.

use super::Ask;
use crate::domain::{Answer, Call, Judge, MachineVerdict, NoScore, ReplyId, RequestFault, VerdictReading};
use crate::ranking::verdict::{Reading, Said, Wanted, read as read_verdict};

/// What an answer says: the call to keep.
pub fn read(judge: &Judge, ask: &Ask, answer: Answer, at: jiff::Timestamp) -> Call {
    let wanted = Wanted::new(ask.kind, &ask.names, &ask.codes, &judge.rubric);
    let Reading { said, how, gap } = read_verdict(&wanted, &answer);
    let verdict = said.map(|said| in_replies(said, &ask.shown));
    Call { answer: Some(answer), reading: how, verdict, gap, ..blank(ask, at) }
}

/// The call to keep where the request failed for good: too long, or refused by the server. What only says that the answer
/// had no text is a bad answer, and tried again as such.
pub fn failed(ask: &Ask, fault: &RequestFault, at: jiff::Timestamp) -> Call {
    let gap = match fault {
        RequestFault::TooLong { said } => NoScore::TooLong { said: said.clone() },
        RequestFault::OnlyReasoning => NoScore::Truncated,
        RequestFault::EmptyReply { finish_reason } => match finish_reason.as_str() {
            "length" => NoScore::Truncated,
            "content_filter" => NoScore::Refusal,
            _ => NoScore::Prose,
        },
        other => NoScore::Failed { fault: other.clone() },
    };
    Call { gap: Some(gap), ..blank(ask, at) }
}

fn blank(ask: &Ask, at: jiff::Timestamp) -> Call {
    Call {
        step: ask.step,
        attempt: ask.attempt,
        kind: ask.kind,
        shown: ask.shown.clone(),
        names: ask.names.clone(),
        codes: ask.codes.clone(),
        answer: None,
        reading: VerdictReading::None,
        verdict: None,
        gap: None,
        removed_from: ask.removed_from.clone(),
        at,
    }
}

fn in_replies(said: Said, shown: &[ReplyId]) -> MachineVerdict {
    let id = |place: &usize| shown.get(*place).copied();
    match said {
        Said::Order(tiers) => {
            MachineVerdict::Order(tiers.iter().map(|tier| tier.iter().filter_map(id).collect()).collect())
        }
        Said::Winner(winner) => MachineVerdict::Winner(winner.as_ref().and_then(id)),
        Said::Points { value, deviation, mass } => MachineVerdict::Points { value, deviation, mass },
    }
}
