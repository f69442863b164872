//! From a comparison to its request.

use super::Ask;
use super::steps::{Course, Step};
use super::tries::Try;
use super::types::Shape;
use crate::domain::{Call, CallKind, MachineVerdict, NoScore, Prompt, SplitMix64};
use crate::ranking::prompts::{Complaint, Labels, Sheet, schema};
use crate::ranking::scan::without_orders;
use crate::ranking::verdict::said_text;

/// Tokens of an answer that is one digit: some models begin with a line end or a quote.
const DIGIT_TOKENS: u32 = 8;

/// What draws are for; each has its own sequence.
#[derive(Clone, Copy)]
pub(super) enum Use {
    GroupCode = 1,
    Call = 2,
    Block = 3,
    Final = 4,
    Turn = 5,
    Tournament = 6,
}

/// A seed for one use of a group's seed.
pub(super) fn seed(group: u64, purpose: Use, numbers: [u32; 2]) -> u64 {
    let mut seed = group;
    for number in [purpose as u32, numbers[0], numbers[1]] {
        seed = SplitMix64::new(seed ^ u64::from(number)).next_u64();
    }
    seed
}

impl Course<'_> {
    /// The request of a try. `tries` are those that it follows from.
    pub(super) fn ask(&self, step: &Step, try_: Try, tries: &[&Call], cleaned: bool) -> Ask {
        let attempt = self.next_attempt(step);
        let shown: Vec<_> = step.shown.iter().map(|at| self.id(*at)).collect();
        let removed_from = if cleaned { self.speakers(step) } else { Vec::new() };
        let texts: Vec<String> = step
            .shown
            .iter()
            .map(|at| {
                let text = self.text(*at);
                if removed_from.contains(&self.id(*at)) { without_orders(text) } else { text.to_owned() }
            })
            .collect();
        let before = try_.again.and_then(|at| tries.get(at).copied());
        // Asked again, the judge sees the request that it answered, with its names.
        let labels = before.and_then(labels_of).unwrap_or_else(|| {
            let group = seed(self.seed, Use::GroupCode, [0, 0]);
            let call = seed(self.seed, Use::Call, [step.number, attempt]);
            Labels::draw(shown.len(), group, call, &self.texts)
        });
        let digits = try_.kind == CallKind::Point;
        let thinking = self.judge.thinking && try_.thinking && !digits;
        let sheet = Sheet {
            judge: self.judge,
            tongue: self.tongue,
            prompt: self.material.prompt,
            texts: texts.iter().map(String::as_str).collect(),
            labels: &labels,
            kind: try_.kind,
            reason: !thinking,
        };
        let prompt = before.map_or_else(|| sheet.first(), |call| again(&sheet, call));
        let shape = if digits { Shape::Plain } else { self.means.shape };
        let schema = (shape == Shape::Schema).then(|| schema(self.judge, try_.kind, &labels.names, !thinking));
        let most = if digits { DIGIT_TOKENS } else { self.judge.max_tokens };
        Ask {
            step: step.number,
            attempt,
            kind: try_.kind,
            prompt,
            shape,
            schema,
            digits,
            thinking,
            max_tokens: if try_.doubled { most.saturating_mul(2) } else { most },
            shown,
            names: labels.names,
            codes: vec![labels.group_code, labels.call_code],
            removed_from,
        }
    }
}

fn labels_of(call: &Call) -> Option<Labels> {
    let [group_code, call_code] = call.codes.as_slice() else { return None };
    let labels = Labels { names: call.names.clone(), group_code: group_code.clone(), call_code: call_code.clone() };
    (labels.names.len() == call.shown.len()).then_some(labels)
}

fn again(sheet: &Sheet, call: &Call) -> Prompt {
    let answer = call.answer.clone().unwrap_or_default();
    let spoken = said_text(&answer).text;
    let said = if spoken.is_empty() { answer.refusal.as_deref().unwrap_or_default() } else { spoken };
    let listed = match &call.verdict {
        Some(MachineVerdict::Order(tiers)) => tiers.concat(),
        _ => call.shown.clone(),
    };
    let pairs = call.names.iter().zip(&call.shown);
    let lacking = pairs.filter(|(_, reply)| !listed.contains(reply)).map(|(name, _)| name.as_str()).collect();
    sheet.again(&Complaint { gap: call.gap.as_ref().unwrap_or(&NoScore::Prose), lacking, said })
}
