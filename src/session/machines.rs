//! What machines say of a group that is labeled, and why.

use std::sync::Arc;

use super::snapshot::Reason;
use crate::domain::{Call, Group, Judgement, MachineVerdict, Scorer, ScorerId, ScorerKind};
use crate::store::{Read, StoreError};

/// What each scorer made of the replies that are shown, and the reasons that judges gave.
pub(super) fn read(
    read: &Read<'_>,
    group: &Group,
    scorers: &[Arc<Scorer>],
) -> Result<(Vec<Arc<Judgement>>, Vec<Reason>), StoreError> {
    let (mut judgements, mut reasons) = (Vec::new(), Vec::new());
    for scorer in scorers {
        let Some(judgement) = read.judgement(group.id, scorer.id)? else { continue };
        if matches!(scorer.kind, ScorerKind::Judge(_)) {
            let calls = read.calls(group.id, scorer.id, judgement.revision())?;
            reasons.extend(calls.iter().filter_map(|call| reason(scorer.id, call)));
        }
        judgements.push(Arc::new(judgement));
    }
    Ok((judgements, reasons))
}

/// The words beside a verdict, where the judge gave some.
fn reason(scorer: ScorerId, call: &Call) -> Option<Reason> {
    let order = match call.verdict.as_ref()? {
        MachineVerdict::Order(tiers) => tiers.clone(),
        MachineVerdict::Winner(Some(winner)) => {
            let others = call.shown.iter().copied().filter(|reply| reply != winner);
            vec![vec![*winner], others.collect()]
        }
        MachineVerdict::Winner(None) => vec![call.shown.clone()],
        MachineVerdict::Points { .. } | MachineVerdict::Reward { .. } => return None,
    };
    let text = call.answer.as_ref()?.text.trim();
    let said: serde_json::Value = serde_json::from_str(text).ok()?;
    let text = said.get("reason")?.as_str()?.trim().to_owned();
    let names = call.names.iter().cloned().zip(call.shown.iter().copied()).collect();
    (!text.is_empty()).then_some(Reason { scorer, order, text, names })
}
