//! What goes in and out of a judge's course over a group.

use serde_json::Value;

use crate::domain::{CallKind, Prompt, ReplyId, Score};

/// A group as a judge sees it.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// What the replies answer.
    pub prompt: &'a Prompt,
    /// The replies with their texts, in the order in which the group holds them.
    pub replies: &'a [(ReplyId, &'a str)],
}

/// How far a server holds a model to a form of answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `response_format` of type `json_schema`.
    Schema,
    /// `response_format` of type `json_object`.
    Object,
    /// Not at all.
    #[default]
    Plain,
}

/// What a server takes; found by testing or learned from refusals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Means {
    /// The form of answers.
    pub shape: Shape,
    /// It tells the probabilities of tokens.
    pub logprobs: bool,
}

/// A request for a judge.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The comparison that it is for; kept in the call.
    pub step: u32,
    /// Which try, from 1; kept in the call. No two asks of a group have the same step and attempt.
    pub attempt: u32,
    /// What is asked.
    pub kind: CallKind,
    /// The messages: the instructions as system prompt; in a second asking the first request and the judge's own answer as
    /// earlier turns; the user turn.
    pub prompt: Prompt,
    /// How the form of the answer is to be held; [`Shape::Plain`] for digits.
    pub shape: Shape,
    /// The schema of the answer, where the form is [`Shape::Schema`].
    pub schema: Option<Value>,
    /// The probabilities of the first tokens are wanted, with the 20 likeliest of each.
    pub digits: bool,
    /// The model is to think first; `false` means that thinking is switched off where the server has a switch.
    pub thinking: bool,
    /// The longest answer in tokens, thinking included.
    pub max_tokens: u32,
    /// The replies in the order in which they stand in the request.
    pub shown: Vec<ReplyId>,
    /// What each is called in it.
    pub names: Vec<String>,
    /// The codes of the fences: the prompt's and the replies'.
    pub codes: Vec<String>,
    /// Replies whose sentences to the judge are sent as `[removed]`.
    pub removed_from: Vec<ReplyId>,
}

/// What is to be done for a group.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// To be asked now, independent of one another and in the order that serves a prefix cache best. Never empty.
    Ask(Vec<Ask>),
    /// Nothing is left to ask.
    Done(Outcome),
}

/// What a judge's course over a group came to; all but ids and time of a `Judgement`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// A score for each reply of the material, in its order, or why there is none.
    pub scores: Vec<Score>,
    /// Standard errors of the differences, as `Judgement::spread` has them; `f32::MAX` where one of the two has no score.
    pub spread: Vec<f32>,
    /// Replies that address the judge and came out best in a comparison.
    pub suspect: Vec<ReplyId>,
    /// Pairs that were judged in both orders, and differently.
    pub inconsistent: Vec<(ReplyId, ReplyId)>,
}
