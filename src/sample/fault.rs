//! Faults that the sample server plays on request, for trying out how the app takes them.

use std::str::FromStr;

/// One fault. `first` limits it to so many chat requests, after which all is well; `None` is for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Waits before it answers.
    Delay { millis: u64 },
    /// 429 with `Retry-After: 1`.
    TooMany { first: Option<u64> },
    /// 500.
    Internal { first: Option<u64> },
    /// 401 as vLLM answers a wrong key.
    Unauthorized,
    /// The stream ends in the middle of a reply.
    Cut { first: Option<u64> },
    /// An event in the middle of the stream is no JSON.
    Garbage { first: Option<u64> },
    /// Replies without text.
    Empty { first: Option<u64> },
    /// One reply, whatever `n` says.
    IgnoreN,
    /// A web page, as a proxy sends it.
    Html { first: Option<u64> },
    /// Answers as another kind of server would introduce itself.
    Kind { owned_by: &'static str },
    /// Sends to another host.
    Redirect,
    /// Comes a few letters at a time.
    Drip,
    /// Comments before every event.
    Comments,
    /// No `[DONE]`, as transformers serve ends its streams.
    NoDone,
    /// Replies with a zero byte and control characters.
    Nul,
    /// Replies of 20 MB.
    Large,
    /// A reply without end.
    Endless,
    /// A packed answer that nobody asked for.
    Bomb,
    /// 400 as for a prompt that is too long.
    TooLong,
    /// Answers to judges only.
    Judge { trick: JudgeTrick, first: Option<u64> },
    /// Answers of the reward model only.
    Reward(RewardTrick),
}

/// What a judge does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgeTrick {
    /// Words and no verdict.
    Prose,
    /// Declines.
    Refuses,
    /// Goes round in circles to the token limit.
    Loop,
    /// Puts a reply first that speaks to the judge.
    Obeys,
    /// Ends before the verdict.
    Cut,
}

/// What a reward model, or how it is served, does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RewardTrick {
    /// No number.
    Nan,
    /// Always 1.0, as the softmax of one label gives it.
    One,
    /// A row for each token.
    Tokens,
    /// Hidden states in place of a reward.
    Hidden,
    /// Refuses texts above some length.
    Long,
}

/// A fault mode that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no fault mode `{0}`; there are delay:MILLIS, 429[:TIMES], 500[:TIMES], 401, cut[:TIMES], garbage[:TIMES], empty[:TIMES], html[:TIMES], ignore-n, redirect, drip, comments, no-done, nul, large, endless, bomb, too-long, judge-prose[:TIMES], judge-refuses[:TIMES], judge-loop[:TIMES], judge-obeys[:TIMES], judge-cut[:TIMES], reward-nan, reward-one, reward-tokens, reward-hidden, reward-long, kind:vllm|sglang|llamacpp|lmdeploy|library"
)]
pub struct FaultError(String);

impl Fault {
    /// Whether the fault is played for the chat request with this number, counted from 0.
    pub(super) fn strikes(&self, number: u64) -> bool {
        match self {
            Self::Delay { .. }
            | Self::Unauthorized
            | Self::IgnoreN
            | Self::Kind { .. }
            | Self::Redirect
            | Self::Drip
            | Self::Comments
            | Self::NoDone
            | Self::Nul
            | Self::Large
            | Self::Endless
            | Self::Bomb
            | Self::TooLong
            | Self::Reward(_) => true,
            Self::TooMany { first }
            | Self::Internal { first }
            | Self::Cut { first }
            | Self::Garbage { first }
            | Self::Empty { first }
            | Self::Html { first }
            | Self::Judge { first, .. } => first.is_none_or(|first| number < first),
        }
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let unknown = || FaultError(text.to_owned());
        let (name, value) = text.split_once(':').map_or((text, None), |(name, value)| (name, Some(value)));
        if let ("kind", Some(kind)) = (name, value) {
            let known = ["vllm", "sglang", "llamacpp", "lmdeploy", "library"];
            let owned_by = known.into_iter().find(|known| *known == kind).ok_or_else(unknown)?;
            return Ok(Self::Kind { owned_by });
        }
        let number = value.map(str::parse::<u64>).transpose().map_err(|_| unknown())?;
        match (name, number) {
            ("delay", Some(millis)) => Ok(Self::Delay { millis }),
            ("429", first) => Ok(Self::TooMany { first }),
            ("500", first) => Ok(Self::Internal { first }),
            ("401", None) => Ok(Self::Unauthorized),
            ("cut", first) => Ok(Self::Cut { first }),
            ("garbage", first) => Ok(Self::Garbage { first }),
            ("empty", first) => Ok(Self::Empty { first }),
            ("html", first) => Ok(Self::Html { first }),
            ("ignore-n", None) => Ok(Self::IgnoreN),
            ("redirect", None) => Ok(Self::Redirect),
            ("drip", None) => Ok(Self::Drip),
            ("comments", None) => Ok(Self::Comments),
            ("no-done", None) => Ok(Self::NoDone),
            ("nul", None) => Ok(Self::Nul),
            ("large", None) => Ok(Self::Large),
            ("endless", None) => Ok(Self::Endless),
            ("bomb", None) => Ok(Self::Bomb),
            ("too-long", None) => Ok(Self::TooLong),
            ("judge-prose", first) => Ok(Self::Judge { trick: JudgeTrick::Prose, first }),
            ("judge-refuses", first) => Ok(Self::Judge { trick: JudgeTrick::Refuses, first }),
            ("judge-loop", first) => Ok(Self::Judge { trick: JudgeTrick::Loop, first }),
            ("judge-obeys", first) => Ok(Self::Judge { trick: JudgeTrick::Obeys, first }),
            ("judge-cut", first) => Ok(Self::Judge { trick: JudgeTrick::Cut, first }),
            ("reward-nan", None) => Ok(Self::Reward(RewardTrick::Nan)),
            ("reward-one", None) => Ok(Self::Reward(RewardTrick::One)),
            ("reward-tokens", None) => Ok(Self::Reward(RewardTrick::Tokens)),
            ("reward-hidden", None) => Ok(Self::Reward(RewardTrick::Hidden)),
            ("reward-long", None) => Ok(Self::Reward(RewardTrick::Long)),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_and_end_when_they_say() {
        assert_eq!("429:2".parse(), Ok(Fault::TooMany { first: Some(2) }));
        assert_eq!("delay:50".parse(), Ok(Fault::Delay { millis: 50 }));
        assert!("delay".parse::<Fault>().is_err());
        assert_eq!("reward-one".parse(), Ok(Fault::Reward(RewardTrick::One)));
        assert_eq!("judge-cut:1".parse(), Ok(Fault::Judge { trick: JudgeTrick::Cut, first: Some(1) }));
        assert!("teapot".parse::<Fault>().is_err());
        let two = Fault::Internal { first: Some(2) };
        assert!(two.strikes(1) && !two.strikes(2));
    }
}
