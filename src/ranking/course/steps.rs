//! One comparison: which of its calls are its own, what is still to be asked, and what it came to.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::tries::{self, MOST_TRIES, Try};
use super::{Ask, Material, Means};
use crate::domain::{Call, CallKind, Judge, MachineVerdict, NoScore, ReplyId};
use crate::ranking::prompts::{Texts, Tongue, can_be_judged};
use crate::ranking::scan::addresses_judge;

/// A group on its way. Replies that are sent are counted from 0 in the order of the material.
pub(super) struct Course<'a> {
    pub(super) judge: &'a Judge,
    pub(super) seed: u64,
    pub(super) material: &'a Material<'a>,
    pub(super) means: Means,
    pub(super) tongue: Tongue,
    pub(super) texts: Texts<'a>,
    /// The replies that are sent.
    sent: Vec<(ReplyId, &'a str)>,
    /// Those of them that speak to the judge, looked at only where it matters.
    speaks: Vec<OnceCell<bool>>,
    /// The calls of each step by attempt.
    calls: BTreeMap<u32, Vec<&'a Call>>,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) number: u32,
    pub(super) kind: CallKind,
    /// The replies in the order in which they are shown.
    pub(super) shown: Vec<usize>,
}

/// Where a comparison stands.
pub(super) enum Stand {
    /// To be asked.
    Open(Box<Ask>),
    /// Nothing is left to ask.
    Settled(Result<MachineVerdict, NoScore>),
}

/// A comparison that is settled.
pub(super) struct Settled {
    pub(super) step: Step,
    pub(super) verdict: Result<MachineVerdict, NoScore>,
    /// Replies that speak to the judge and came out best of it.
    pub(super) suspect: Vec<ReplyId>,
}

impl<'a> Course<'a> {
    pub(super) fn new(
        judge: &'a Judge,
        seed: u64,
        material: &'a Material<'a>,
        calls: &'a [Call],
        means: Means,
    ) -> Self {
        let sent: Vec<_> = material.replies.iter().copied().filter(|(_, text)| can_be_judged(text)).collect();
        let mut by_step: BTreeMap<u32, Vec<&Call>> = BTreeMap::new();
        for call in calls {
            by_step.entry(call.step).or_default().push(call);
        }
        for calls in by_step.values_mut() {
            calls.sort_by_key(|call| call.attempt);
        }
        Self {
            judge,
            seed,
            material,
            means,
            tongue: Tongue::of(judge.language, material.prompt),
            texts: Texts::new(material.prompt, material.replies.iter().map(|(_, text)| *text)),
            speaks: vec![OnceCell::new(); sent.len()],
            sent,
            calls: by_step,
        }
    }

    /// How many replies are sent.
    pub(super) fn count(&self) -> usize {
        self.sent.len()
    }

    pub(super) fn id(&self, reply: usize) -> ReplyId {
        self.sent[reply].0
    }

    pub(super) fn text(&self, reply: usize) -> &'a str {
        self.sent[reply].1
    }

    pub(super) fn speaks(&self, reply: usize) -> bool {
        *self.speaks[reply].get_or_init(|| addresses_judge(self.text(reply)))
    }

    /// The place of a reply among those that are sent.
    pub(super) fn place(&self, reply: ReplyId) -> Option<usize> {
        self.sent.iter().position(|(id, _)| *id == reply)
    }

    /// The replies shown that speak to the judge.
    pub(super) fn speakers(&self, step: &Step) -> Vec<ReplyId> {
        step.shown.iter().filter(|at| self.speaks(**at)).map(|at| self.id(*at)).collect()
    }

    /// All calls that were made under a step's number, whatever they showed.
    pub(super) fn numbered(&self, number: u32) -> &[&'a Call] {
        self.calls.get(&number).map_or(&[], Vec::as_slice)
    }

    /// The steps under which this reply alone was shown.
    pub(super) fn steps_of(&self, reply: usize) -> Option<u32> {
        let id = self.id(reply);
        self.calls.iter().find(|(_, calls)| calls.iter().any(|call| call.shown == [id])).map(|(number, _)| *number)
    }

    /// The step numbers that have calls.
    pub(super) fn used(&self) -> impl Iterator<Item = u32> {
        self.calls.keys().copied()
    }

    /// The number of a step's next attempt, past all that were made under its number.
    pub(super) fn next_attempt(&self, step: &Step) -> u32 {
        self.numbered(step.number).last().map_or(1, |call| call.attempt.saturating_add(1))
    }

    /// The calls of a step: those that showed its replies in its order. Others are of a group as it was before.
    fn of_step(&self, step: &Step) -> Vec<&'a Call> {
        let is_own = |call: &&&Call| {
            call.shown.len() == step.shown.len()
                && call.shown.iter().zip(&step.shown).all(|(shown, at)| *shown == self.id(*at))
        };
        let mut own: Vec<&Call> = self.numbered(step.number).iter().filter(is_own).copied().collect();
        own.dedup_by_key(|call| call.attempt);
        own
    }

    /// Where a comparison of the replies as they are stands. Where one of them speaks to the judge, a try is kept for the
    /// check.
    pub(super) fn as_they_are(&self, step: &Step) -> Stand {
        let all = self.of_step(step);
        let calls: Vec<&Call> = all.iter().filter(|call| call.removed_from.is_empty()).copied().collect();
        let is_kept = || calls.len() + 1 == MOST_TRIES && step.shown.iter().any(|at| self.speaks(*at));
        let next = tries::after(Try::first(step.kind), &calls).filter(|_| calls.len() < MOST_TRIES && !is_kept());
        match next {
            Some(next) => Stand::Open(Box::new(self.ask(step, next, &calls, false))),
            None => Stand::Settled(tries::result(&calls).and_then(verdict)),
        }
    }

    /// Where the same comparison stands without the sentences that speak to the judge.
    pub(super) fn cleaned(&self, step: &Step) -> Stand {
        let all = self.of_step(step);
        let (calls, before): (Vec<&Call>, Vec<&Call>) = all.iter().partition(|call| !call.removed_from.is_empty());
        // Asked as it was asked when the verdict came.
        let kind = tries::result(&before).map_or(step.kind, |call| call.kind);
        match tries::after(Try::first(kind), &calls).filter(|_| all.len() < MOST_TRIES) {
            Some(next) => Stand::Open(Box::new(self.ask(step, next, &calls, true))),
            None => Stand::Settled(tries::result(&calls).and_then(verdict)),
        }
    }

    /// Where a comparison of several stands, with the check where a reply that speaks to the judge came out best: it keeps
    /// its place only if it comes out best without those sentences, too.
    pub(super) fn compare(&self, step: Step) -> Result<Settled, Box<Ask>> {
        let verdict = match self.as_they_are(&step) {
            Stand::Open(ask) => return Err(ask),
            Stand::Settled(verdict) => verdict,
        };
        let best = verdict.as_ref().map(|verdict| best(verdict, &step, self)).unwrap_or_default();
        let suspect: Vec<ReplyId> = step
            .shown
            .iter()
            .filter(|at| best.contains(&self.id(**at)) && self.speaks(**at))
            .map(|at| self.id(*at))
            .collect();
        if suspect.is_empty() {
            return Ok(Settled { step, verdict, suspect });
        }
        let checked = match self.cleaned(&step) {
            Stand::Open(ask) => return Err(ask),
            Stand::Settled(checked) => checked,
        };
        let verdict = match checked {
            Ok(checked) if self::best(&checked, &step, self) == best => verdict,
            Ok(_) => Err(NoScore::Injected),
            Err(gap) => Err(gap),
        };
        Ok(Settled { step, verdict, suspect })
    }

    /// All comparisons of several steps, or what is to be asked for them.
    pub(super) fn compare_all(&self, steps: Vec<Step>) -> Result<Vec<Settled>, Vec<Ask>> {
        let mut asks = Vec::new();
        let mut settled = Vec::with_capacity(steps.len());
        for step in steps {
            match self.compare(step) {
                Ok(done) => settled.push(done),
                Err(ask) => asks.push(*ask),
            }
        }
        if asks.is_empty() { Ok(settled) } else { Err(asks) }
    }
}

fn verdict(call: &Call) -> Result<MachineVerdict, NoScore> {
    call.verdict.clone().ok_or(NoScore::Prose)
}

/// The replies that a verdict puts first, in the order of their ids; all of them where it is a tie.
fn best(verdict: &MachineVerdict, step: &Step, course: &Course) -> Vec<ReplyId> {
    let mut best = match verdict {
        MachineVerdict::Order(tiers) => tiers.first().cloned().unwrap_or_default(),
        MachineVerdict::Winner(Some(winner)) => vec![*winner],
        MachineVerdict::Winner(None) => step.shown.iter().map(|at| course.id(*at)).collect(),
        MachineVerdict::Points { .. } | MachineVerdict::Reward { .. } => Vec::new(),
    };
    best.sort_unstable();
    best
}
