//! Trying scorers out: what each says of some replies, as it says it. Nothing of it is stored, and no run takes part.

use std::sync::Arc;

use super::{Call, Judgement, Prompt, ReplyId, RewardFinding, Scorer, ScorerFault, ScorerId, Waiting};

/// Replies that a trial takes at most.
pub const MOST_TRIED: usize = 20;

/// Replies to one prompt, to be tried with scorers.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// What the replies answer.
    pub prompt: Prompt,
    /// Their texts, 1 to [`MOST_TRIED`].
    pub replies: Vec<String>,
    /// Which scorers, all of which are on the list; empty for every one of it.
    pub scorers: Vec<ScorerId>,
}

/// The last trial: what was asked and what came so far.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialState {
    /// What was asked.
    pub trial: Arc<Trial>,
    /// What the replies are called in judgements and calls, in the order of the trial.
    pub replies: Vec<ReplyId>,
    /// Each scorer that was asked, in the order of the list.
    pub parts: Vec<TrialPart>,
}

impl TrialState {
    /// Something is still to come.
    pub fn is_running(&self) -> bool {
        self.parts.iter().any(|part| part.phase == TrialPhase::Running)
    }

    /// The place of a reply in the trial.
    pub fn place(&self, reply: ReplyId) -> Option<usize> {
        self.replies.iter().position(|other| *other == reply)
    }
}

/// One scorer in a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialPart {
    /// The scorer.
    pub scorer: Arc<Scorer>,
    /// Where it stands.
    pub phase: TrialPhase,
    /// What was sent, in the order of sending, each with what came back.
    pub exchanges: Vec<Arc<Exchange>>,
    /// What it came to.
    pub judgement: Option<Arc<Judgement>>,
    /// What a look at its reward server showed, where it was looked at for this trial.
    pub finding: Option<Arc<RewardFinding>>,
    /// Set while the server does not answer.
    pub waiting: Option<Waiting>,
}

/// Where one scorer of a trial stands.
#[derive(Clone, Debug, PartialEq)]
pub enum TrialPhase {
    /// It is being asked.
    Running,
    /// It has said all that it says.
    Done,
    /// It compares, and there are no two replies with text to compare. Nothing was sent.
    NeedsTwo,
    /// The person stopped it.
    Cancelled,
    /// It cannot be asked as it is.
    Stopped(ScorerFault),
}

/// A request of a trial and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The comparison that it is for; see `Call::step`.
    pub step: u32,
    /// Which try, from 1.
    pub attempt: u32,
    /// What was sent; `None` where it came to no request, since no text could be made.
    pub sent: Option<Sent>,
    /// What came back, and how it was read; `None` while it is under way.
    pub call: Option<Call>,
}

/// What a scorer was sent, as it is read at the other end.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// Messages of a chat. The server makes one text out of them by the model's template.
    Messages(Prompt),
    /// The text that the reward model reads, by a template that was rendered here.
    Text(String),
    /// The conversation or the request as the server gets it, as JSON; what the model reads of it the server makes.
    Request(String),
}
