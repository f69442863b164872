//! What a judge said of a group, with its replies by place.

use crate::domain::{Call, Judgement, MachineVerdict, NoScore, ReplyId};
use crate::ranking::bias::HeardList;
use crate::ranking::calibration::Said;

/// What one judgement and its requests say. A verdict that names a reply of another round is passed over.
pub(super) fn said(judgement: &Judgement, calls: &[Call]) -> Said {
    let place = |reply: &ReplyId| judgement.scores.iter().position(|score| score.reply == *reply);
    let places = |replies: &[ReplyId]| replies.iter().map(place).collect::<Option<Vec<usize>>>();
    let heard = |call: &Call| {
        let shown = places(&call.shown)?;
        let tiers = match call.verdict.as_ref()? {
            MachineVerdict::Order(tiers) => tiers.iter().map(|tier| places(tier)).collect::<Option<Vec<_>>>()?,
            MachineVerdict::Winner(None) => vec![shown.clone()],
            MachineVerdict::Winner(Some(winner)) => {
                let winner = place(winner)?;
                vec![vec![winner], shown.iter().copied().filter(|reply| *reply != winner).collect()]
            }
            MachineVerdict::Points { .. } | MachineVerdict::Reward { .. } => return None,
        };
        Some(HeardList { shown, tiers })
    };
    let tokens = |call: &Call| {
        let answer = call.answer.as_ref()?;
        Some(u64::from(answer.prompt_tokens?) + u64::from(answer.completion_tokens.unwrap_or(0)))
    };
    // Replies without text, and one without a rival, are no fault of the judge.
    let is_fault = |why: &NoScore| !matches!(why, NoScore::Empty | NoScore::Alone);
    let gaps = judgement.scores.iter().filter_map(|score| score.result.as_ref().err());
    let values = judgement.scores.iter().map(|score| score.result.as_ref().ok().map(|points| points.value));
    Said {
        scores: values.collect(),
        missing: gaps.filter(|why| is_fault(why)).count() as u32,
        // What was asked without the sentences that address the judge is another question.
        heard: calls.iter().filter(|call| call.removed_from.is_empty()).filter_map(heard).collect(),
        requests: calls.len() as u32,
        tokens: calls.iter().map(tokens).sum::<Option<u64>>().filter(|tokens| *tokens > 0),
    }
}
