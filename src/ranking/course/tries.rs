//! What is tried after a bad answer. The tries of one comparison follow from one another, so the calls that were made tell
//! what comes next.

use crate::domain::{Call, CallKind, NoScore};

/// Calls for one comparison.
pub(super) const MOST_TRIES: usize = 3;

/// How a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Try {
    pub(super) kind: CallKind,
    /// The judge is shown its answer in this one of the calls before, and what was wrong with it.
    pub(super) again: Option<usize>,
    /// Twice the tokens.
    pub(super) doubled: bool,
    /// The model thinks first, if the judge does so at all.
    pub(super) thinking: bool,
}

impl Try {
    pub(super) fn first(kind: CallKind) -> Self {
        Self { kind, again: None, doubled: false, thinking: true }
    }
}

/// The try that comes after `calls`, the first of which was made as `first` says; `None` where the last one settles it.
pub(super) fn after(first: Try, calls: &[&Call]) -> Option<Try> {
    let mut next = first;
    let mut doubled = false;
    let mut asked_again = false;
    for (at, call) in calls.iter().enumerate() {
        let gap = call.gap.as_ref()?;
        next.kind = call.kind;
        match (call.kind, gap) {
            // Not the request was too long but the answer that it was given room for.
            (_, NoScore::TooLong { .. }) if next.doubled && !asked_again => {
                asked_again = true;
                next = Try { again: at.checked_sub(1), doubled: false, thinking: false, ..next };
            }
            // It would end the same way.
            (_, NoScore::TooLong { .. } | NoScore::Loop | NoScore::Failed { .. }) => return None,
            (CallKind::Point, _) => next = Try::first(CallKind::PointJson),
            (_, NoScore::Truncated) if !doubled => {
                doubled = true;
                next.doubled = true;
            }
            _ if asked_again => return None,
            (_, gap) => {
                asked_again = true;
                next.again = Some(at);
                next.thinking &= *gap != NoScore::Truncated;
            }
        }
    }
    Some(next)
}

/// What a run of tries came to: its last verdict, or why there is none.
pub(super) fn result<'a>(calls: &[&'a Call]) -> Result<&'a Call, NoScore> {
    if let Some(call) = calls.iter().rev().find(|call| call.verdict.is_some()) {
        return Ok(call);
    }
    let gap = calls.last().and_then(|call| call.gap.clone()).unwrap_or(NoScore::Prose);
    // Asked for JSON because its digits were spread too thin, and none came either.
    let was_thin = calls.iter().any(|call| call.gap == Some(NoScore::LowMass));
    Err(if was_thin && gap == NoScore::Prose { NoScore::LowMass } else { gap })
}
