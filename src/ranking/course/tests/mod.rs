//! A judge that answers as it is told to, and what comes of it.

mod counts;
mod hostile;
mod injection;
mod prompts;
mod resume;
mod retries;

use crate::domain::{
    Answer, Call, CallKind, Criterion, Judge, JudgeMethod, NoScore, Prompt, ReplyId, Rubric, Scale, TokenChoice,
    Wording,
};

use super::{Ask, Material, Means, Next, Outcome, Shape, next, read};

/// More rounds than any course has.
const ROUNDS: usize = 400;

/// A group with texts of its own.
pub(super) struct Group {
    pub(super) prompt: Prompt,
    pub(super) replies: Vec<(ReplyId, String)>,
}

impl Group {
    /// `count` replies, the first one the best, the last one the worst.
    pub(super) fn of(count: usize) -> Self {
        Self::with(&(0..count).map(|at| format!("Answer number {at}.")).collect::<Vec<_>>())
    }

    pub(super) fn with<T: AsRef<str>>(texts: &[T]) -> Self {
        let id = |at: usize| ReplyId::from_bytes([at as u8 + 1; 16]);
        let replies = texts.iter().enumerate().map(|(at, text)| (id(at), text.as_ref().to_owned())).collect();
        Self { prompt: Prompt::new(Some("Be brief.".to_owned()), "What is the capital of France?"), replies }
    }

    pub(super) fn id(&self, at: usize) -> ReplyId {
        self.replies[at].0
    }

    pub(super) fn place(&self, reply: ReplyId) -> usize {
        self.replies.iter().position(|(id, _)| *id == reply).unwrap()
    }

    /// What comes next after `calls`.
    pub(super) fn next(&self, judge: &Judge, calls: &[Call], means: Means) -> Next {
        let texts: Vec<(ReplyId, &str)> = self.replies.iter().map(|(id, text)| (*id, text.as_str())).collect();
        next(judge, 42, &Material { prompt: &self.prompt, replies: &texts }, calls, means)
    }

    /// All asks and calls of a course, and what it came to.
    pub(super) fn run(&self, judge: &Judge, means: Means, answer: &mut dyn FnMut(&Ask) -> Answer) -> Course {
        self.go_on(judge, means, Vec::new(), answer)
    }

    pub(super) fn go_on(
        &self,
        judge: &Judge,
        means: Means,
        mut calls: Vec<Call>,
        answer: &mut dyn FnMut(&Ask) -> Answer,
    ) -> Course {
        let mut asks = Vec::new();
        for _ in 0..ROUNDS {
            match self.next(judge, &calls, means) {
                Next::Done(outcome) => return Course { asks, calls, outcome },
                Next::Ask(round) => {
                    assert!(!round.is_empty());
                    for ask in round {
                        calls.push(read(judge, &ask, answer(&ask), jiff::Timestamp::UNIX_EPOCH));
                        asks.push(ask);
                    }
                }
            }
        }
        panic!("the course does not end");
    }
}

pub(super) struct Course {
    pub(super) asks: Vec<Ask>,
    pub(super) calls: Vec<Call>,
    pub(super) outcome: Outcome,
}

impl Course {
    pub(super) fn gaps(&self) -> Vec<Option<NoScore>> {
        self.outcome.scores.iter().map(|score| score.result.as_ref().err().cloned()).collect()
    }

    /// Places in the group, best first.
    pub(super) fn ranking(&self, group: &Group) -> Vec<usize> {
        let mut scored: Vec<(usize, f64)> = self
            .outcome
            .scores
            .iter()
            .filter_map(|score| Some((group.place(score.reply), score.result.as_ref().ok()?.value)))
            .collect();
        scored.sort_by(|one, other| other.1.total_cmp(&one.1));
        scored.into_iter().map(|(place, _)| place).collect()
    }
}

pub(super) fn judge(method: JudgeMethod) -> Judge {
    Judge { method, ..Judge::default() }
}

pub(super) fn schema() -> Means {
    Means { shape: Shape::Schema, logprobs: false }
}

pub(super) fn digits() -> Means {
    Means { shape: Shape::Schema, logprobs: true }
}

pub(super) fn said(text: impl Into<String>) -> Answer {
    Answer { text: text.into(), finish_reason: Some("stop".to_owned()), ..Answer::default() }
}

pub(super) fn cut(text: impl Into<String>) -> Answer {
    Answer { finish_reason: Some("length".to_owned()), ..said(text) }
}

/// The answer of a judge that prefers the reply of the lower place.
pub(super) fn good(group: &Group, ask: &Ask) -> Answer {
    ranked(ask, &|reply| group.place(reply))
}

/// The answer of a judge that prefers the reply with the lower rank.
pub(super) fn ranked(ask: &Ask, rank: &dyn Fn(ReplyId) -> usize) -> Answer {
    let mut order: Vec<(usize, &str)> =
        ask.shown.iter().zip(&ask.names).map(|(reply, name)| (rank(*reply), name.as_str())).collect();
    order.sort_unstable();
    let reason = if ask.thinking { "" } else { "\"reason\":\"it is so\"," };
    let number = 9usize.saturating_sub(order[0].0);
    match ask.kind {
        CallKind::List => {
            let tiers: Vec<[&str; 1]> = order.iter().map(|(_, name)| [*name]).collect();
            said(format!("{{{reason}\"order\":{}}}", serde_json::to_string(&tiers).unwrap()))
        }
        CallKind::Pair => said(format!("{{{reason}\"winner\":\"{}\"}}", order[0].1)),
        CallKind::PointJson => said(format!("{{{reason}\"score\":{number}}}")),
        CallKind::Point | CallKind::Reward => {
            let top = vec![(number.to_string(), 0.8_f64.ln()), ("The".to_owned(), 0.2_f64.ln())];
            Answer { logprobs: vec![TokenChoice { token: number.to_string(), top }], ..said(number.to_string()) }
        }
    }
}

/// A rubric with one criterion that counts thrice as much as the other.
pub(super) fn lopsided() -> Rubric {
    let criterion = |weight, en: &str, zh: &str| Criterion {
        weight,
        name: Wording::new(en, zh),
        about: Wording::new("what it says", "如名"),
    };
    Rubric {
        name: "lopsided".to_owned(),
        scale: Scale::EachCriterion,
        criteria: vec![criterion(3.0, "correct", "正确"), criterion(1.0, "", "礼貌")],
    }
}
