//! How far a judge's comparisons agree on who is best.

use std::collections::BTreeMap;

use crate::domain::{Call, CallKind, MachineVerdict, ReplyId};

/// What the comparisons of a group say of its best reply: "sure, 4 of 4", or "turns with the order".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steadiness {
    /// The reply that came first most often; of several the one that was shown more often, then the older one.
    pub reply: ReplyId,
    /// How often it came first, alone or with others.
    pub first: u32,
    /// How many comparisons that came to a verdict showed it.
    pub of: u32,
    /// No reply is best: in every comparison the one at the same end of the list came first, and that was not always the
    /// same reply.
    pub turns_with_order: bool,
}

/// What the calls of one group say. `None` where no list and no pair came to a verdict.
pub fn steadiness(calls: &[Call]) -> Option<Steadiness> {
    // The last verdict of each comparison that was made of the replies as they are.
    let mut last: BTreeMap<u32, &Call> = BTreeMap::new();
    let compares = |call: &&Call| matches!(call.kind, CallKind::List | CallKind::Pair) && call.removed_from.is_empty();
    for call in calls.iter().filter(compares).filter(|call| call.verdict.is_some()) {
        let known = last.entry(call.step).or_insert(call);
        if known.attempt < call.attempt {
            *known = call;
        }
    }
    let mut counts: BTreeMap<ReplyId, (u32, u32)> = BTreeMap::new();
    let mut ends: Vec<(bool, bool)> = Vec::new();
    for call in last.values() {
        let firsts = firsts(call);
        for reply in &call.shown {
            let (first, of) = counts.entry(*reply).or_default();
            *first += u32::from(firsts.contains(reply));
            *of += 1;
        }
        let alone = |place: Option<&ReplyId>| firsts.len() == 1 && place == firsts.first();
        ends.push((alone(call.shown.first()), alone(call.shown.last())));
    }
    let (reply, (first, of)) =
        counts.into_iter().max_by_key(|(reply, (first, of))| (*first, *of, std::cmp::Reverse(*reply)))?;
    let same_end = ends.iter().all(|(first, _)| *first) || ends.iter().all(|(_, last)| *last);
    Some(Steadiness { reply, first, of, turns_with_order: same_end && ends.len() > 1 && first < of })
}

fn firsts(call: &Call) -> Vec<ReplyId> {
    match &call.verdict {
        Some(MachineVerdict::Order(tiers)) => tiers.first().cloned().unwrap_or_default(),
        Some(MachineVerdict::Winner(Some(winner))) => vec![*winner],
        Some(MachineVerdict::Winner(None)) => call.shown.clone(),
        _ => Vec::new(),
    }
}
