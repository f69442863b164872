//! Rewards: each reply has a number of its own.

use crate::domain::{Call, MachineVerdict, NoScore, Points, ReplyId, Score};

/// The places of replies that a reward model has not been asked about. Those without text are never sent.
pub fn open_rewards(replies: &[(ReplyId, &str)], calls: &[Call]) -> Vec<usize> {
    let asked = |reply: &ReplyId| calls.iter().any(|call| call.shown.first() == Some(reply));
    let open = replies.iter().enumerate().filter(|(_, (reply, text))| !text.trim().is_empty() && !asked(reply));
    open.map(|(place, _)| place).collect()
}

/// A score, or why there is none, for each reply.
pub fn reward_scores(replies: &[(ReplyId, &str)], calls: &[Call]) -> Vec<Score> {
    let result = |reply: ReplyId| {
        let call = calls.iter().rev().find(|call| call.shown.first() == Some(&reply)).ok_or(NoScore::Empty)?;
        match (&call.verdict, &call.gap) {
            (Some(MachineVerdict::Reward { value, .. }), _) => Ok(Points { value: *value, error: None }),
            (_, Some(gap)) => Err(gap.clone()),
            (_, None) => Err(NoScore::WrongShape { said: String::new() }),
        }
    };
    replies.iter().map(|(reply, _)| Score { reply: *reply, result: result(*reply) }).collect()
}
