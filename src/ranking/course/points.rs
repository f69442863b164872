//! One reply at a time: a number for each.

use std::collections::BTreeSet;

use super::steps::{Course, Stand, Step};
use super::{Ask, Outcome};
use crate::domain::{CallKind, MachineVerdict, NoScore, Points, Scale, Score};

/// Where a reply stands.
type Standing = Result<(f64, Option<f64>), NoScore>;

impl Course<'_> {
    /// A number for each reply, or what is to be asked for that.
    pub(super) fn points(&self) -> Result<Outcome, Vec<Ask>> {
        let steps = self.point_steps();
        let mut asks = Vec::new();
        let mut standings: Vec<Standing> = Vec::with_capacity(steps.len());
        for step in &steps {
            match self.as_they_are(step) {
                Stand::Open(ask) => asks.push(*ask),
                Stand::Settled(verdict) => standings.push(verdict.and_then(points)),
            }
        }
        if !asks.is_empty() {
            return Err(asks);
        }
        let suspects = self.check_best(&steps, &mut standings)?;
        let score = |(reply, _): &(_, _)| {
            let result = match self.place(*reply) {
                Some(at) => standings[at].clone().map(|(value, error)| Points { value, error }),
                None => Err(NoScore::Empty),
            };
            Score { reply: *reply, result }
        };
        Ok(Outcome {
            scores: self.material.replies.iter().map(score).collect(),
            suspect: suspects.into_iter().map(|at| self.id(at)).collect(),
            ..Outcome::default()
        })
    }

    /// Replies that speak to the judge and lead are asked about once more without those sentences, until none leads
    /// unchecked. Gives those that led.
    fn check_best(&self, steps: &[Step], standings: &mut [Standing]) -> Result<BTreeSet<usize>, Vec<Ask>> {
        let mut checked = BTreeSet::new();
        loop {
            let value = |at: usize| standings[at].as_ref().ok().map(|(value, _)| *value);
            let most = (0..steps.len()).filter_map(value).fold(f64::NEG_INFINITY, f64::max);
            let leads: Vec<usize> = (0..steps.len())
                .filter(|at| value(*at) == Some(most) && self.speaks(*at) && !checked.contains(at))
                .collect();
            if leads.is_empty() {
                return Ok(checked);
            }
            checked.extend(&leads);
            let mut asks = Vec::new();
            let mut judged = Vec::new();
            for at in leads {
                let rival = (0..steps.len()).filter(|other| *other != at).filter_map(value).reduce(f64::max);
                // Without anybody to pass there is nothing to check.
                let Some(rival) = rival else { continue };
                match self.cleaned(&steps[at]) {
                    Stand::Open(ask) => asks.push(*ask),
                    Stand::Settled(cleaned) => judged.push((at, cleaned.and_then(points), rival)),
                }
            }
            if !asks.is_empty() {
                return Err(asks);
            }
            for (at, cleaned, rival) in judged {
                match cleaned {
                    Ok((value, _)) if value >= rival => {}
                    Ok(_) => standings[at] = Err(NoScore::Injected),
                    Err(gap) => standings[at] = Err(gap),
                }
            }
        }
    }

    /// A step for each reply. One more reply leaves the others their steps.
    fn point_steps(&self) -> Vec<Step> {
        let first = if self.means.logprobs && self.judge.rubric.scale != Scale::EachCriterion {
            CallKind::Point
        } else {
            CallKind::PointJson
        };
        let known: Vec<Option<u32>> = (0..self.count()).map(|at| self.steps_of(at)).collect();
        let used: BTreeSet<u32> = self.used().collect();
        let mut free = (0..).filter(|number| !used.contains(number));
        let step = |(at, known): (usize, Option<u32>)| {
            let number = known.or_else(|| free.next()).unwrap_or(u32::MAX);
            Step { number, kind: first, shown: vec![at] }
        };
        known.into_iter().enumerate().map(step).collect()
    }
}

fn points(verdict: MachineVerdict) -> Standing {
    match verdict {
        MachineVerdict::Points { value, deviation, .. } if value.is_finite() => Ok((value, deviation)),
        MachineVerdict::Points { .. } => Err(NoScore::NotFinite),
        MachineVerdict::Order(_) | MachineVerdict::Winner(_) | MachineVerdict::Reward { .. } => Err(NoScore::Prose),
    }
}
