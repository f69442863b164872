//! What machines said of replies. What they said is kept; what it means is computed from that.

use serde::{Deserialize, Serialize};

use super::{GroupId, ReplyId, RequestFault, ScorerId, Tiers, Verdict};

/// Scores nearer to one another than this are equal.
const TIE: f64 = 1e-9;

/// What one scorer made of one round of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The scorer.
    pub scorer: ScorerId,
    /// The group.
    pub group: GroupId,
    /// The round that was scored.
    pub round: u32,
    /// A score, or why there is none, for each reply that was looked at.
    pub scores: Vec<Score>,
    /// Standard errors of the differences of scores, as their repeats tell: for `i < j`, `(0,1), (0,2), …, (1,2), …` in
    /// the order of `scores`. Empty where a scorer gives none; `f32::MAX` where one of the two has no score, so
    /// that no difference of the two ever counts. They tell how steady the scorer is, not whether it is right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spread: Vec<f32>,
    /// Replies that address the judge and came out best in a comparison: no pair is made of them, whatever they score.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspect: Vec<ReplyId>,
    /// Pairs that were judged in both orders, and differently.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inconsistent: Vec<(ReplyId, ReplyId)>,
    /// When it was complete.
    pub at: jiff::Timestamp,
}

/// The score of one reply. Only differences within a group mean anything, unless the scorer's scale says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The reply.
    pub reply: ReplyId,
    /// Logits of a ridge Bradley-Terry fit for lists and pairs, digits for pointwise, the raw reward of a reward model.
    /// `Err` says why there is none; it is never replaced by a number.
    #[serde(with = "outcome")]
    pub result: Result<Points, NoScore>,
}

/// A score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Points {
    /// Finite.
    pub value: f64,
    /// Its standard error, where the scorer gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<f64>,
}

/// Which replies were scored: the same replies in the same order give the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Revision(pub u64);

impl Revision {
    /// Of replies in the order of their places. FNV-1a (Fowler, Noll, Vo), which stays the same in every version.
    pub fn of(replies: impl IntoIterator<Item = ReplyId>) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in replies.into_iter().flat_map(ReplyId::to_bytes) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(hash)
    }
}

impl Judgement {
    /// Which replies it is about.
    pub fn revision(&self) -> Revision {
        Revision::of(self.scores.iter().map(|score| score.reply))
    }

    /// How many replies have no score.
    pub fn missing(&self) -> u32 {
        self.scores.iter().filter(|score| score.result.is_err()).count() as u32
    }

    /// The score of a reply.
    pub fn value_of(&self, reply: ReplyId) -> Option<f64> {
        let score = self.scores.iter().find(|score| score.reply == reply)?;
        score.result.as_ref().ok().map(|points| points.value)
    }

    /// Replies with a score, best first; equal scores in the order in which the replies stand.
    pub fn ranked(&self) -> Vec<(ReplyId, f64)> {
        let scored = self.scores.iter().filter_map(|score| Some((score.reply, score.result.as_ref().ok()?.value)));
        let mut ranked: Vec<_> = scored.collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked
    }

    /// The scores as an order: equal ones share a tier. Replies without a score, and those that address the judge, are not
    /// named. `None` where fewer than two are left.
    pub fn verdict(&self) -> Option<Verdict> {
        let mut tiers: Vec<Vec<ReplyId>> = Vec::new();
        let mut last = f64::NAN;
        let mut named = 0;
        for (reply, value) in self.ranked().into_iter().filter(|(reply, _)| !self.suspect.contains(reply)) {
            match tiers.last_mut() {
                Some(tier) if (value - last).abs() < TIE => tier.push(reply),
                _ => tiers.push(vec![reply]),
            }
            last = value;
            named += 1;
        }
        if named < 2 {
            return None;
        }
        Tiers::new(tiers).ok().map(Verdict::Ranked)
    }

    /// Pairs of which a verdict puts the first above the second, and the scores the second above the first.
    pub fn opposes(&self, verdict: &Verdict) -> Vec<(ReplyId, ReplyId)> {
        let Verdict::Ranked(tiers) = verdict else { return Vec::new() };
        let mut opposed = Vec::new();
        for (at, tier) in tiers.as_slice().iter().enumerate() {
            for better in tier {
                let Some(high) = self.value_of(*better) else { continue };
                for worse in tiers.as_slice()[at + 1..].iter().flatten() {
                    if self.value_of(*worse).is_some_and(|low| low - high > TIE) {
                        opposed.push((*better, *worse));
                    }
                }
            }
        }
        opposed
    }

    /// Some pair that a verdict decides is put the same way by the scores, and none the other way round.
    pub fn agrees(&self, verdict: &Verdict) -> bool {
        let Verdict::Ranked(tiers) = verdict else { return false };
        let value = |reply: &ReplyId| self.value_of(*reply);
        let same = tiers.as_slice().iter().enumerate().any(|(at, tier)| {
            let worse = || tiers.as_slice()[at + 1..].iter().flatten().filter_map(value);
            tier.iter().filter_map(value).any(|high| worse().any(|low| high - low > TIE))
        });
        same && self.opposes(verdict).is_empty()
    }

    /// The standard error of the difference of the scores at two places of `scores`.
    pub fn spread_of(&self, one: usize, other: usize) -> Option<f64> {
        let (low, high) = (one.min(other), one.max(other));
        let count = self.scores.len();
        if low == high || high >= count {
            return None;
        }
        let before = low * count - low * (low + 1) / 2;
        self.spread.get(before + high - low - 1).map(|error| f64::from(*error))
    }

    /// Why replies have no score, without repeats.
    pub fn gaps(&self) -> Vec<&NoScore> {
        let mut gaps: Vec<&NoScore> = Vec::new();
        for gap in self.scores.iter().filter_map(|score| score.result.as_ref().err()) {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        gaps
    }
}

/// Why a reply has no score.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum NoScore {
    /// The reply has no text, or nothing but marks; it was not sent.
    Empty,
    /// There is nothing to compare it with.
    Alone,
    /// The judge declined.
    Refusal,
    /// The answer was cut before its verdict.
    Truncated,
    /// The answer goes round in circles until it is cut.
    Loop,
    /// Words, but no verdict that can be read.
    Prose,
    /// The verdict leaves replies out.
    Incomplete,
    /// The verdict names a reply twice, or one that is not there.
    BadNames,
    /// A number that the scale does not have.
    OutOfRange,
    /// Two verdicts that differ.
    Contradictory,
    /// The example or our own fences instead of a verdict.
    Echo,
    /// A verdict in the reasoning and none after it.
    OnlyReasoning,
    /// Less than half of the probability is on digits, and no JSON came either.
    LowMass,
    /// A reply told the judge what to say, and without those sentences another one wins.
    Injected,
    /// Longer than the judge can read; the server's words.
    TooLong { said: String },
    /// Not a number, or infinite.
    NotFinite,
    /// As many numbers as replies were due; what came instead.
    WrongShape { said: String },
    /// The number is so near to 1 or 0 that its logit is lost.
    Saturated,
    /// The server refused this one.
    Failed { fault: RequestFault },
}

/// One request to a scorer and what came of it. All of it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The comparison that it is for, counted in the order of a group's comparisons from 0; tries share it.
    pub step: u32,
    /// Which try, from 1.
    pub attempt: u32,
    /// What was asked.
    pub kind: CallKind,
    /// The replies in the order in which they were shown.
    pub shown: Vec<ReplyId>,
    /// What each was called in this request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The codes of the fences: the prompt's and the replies'.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// What came back; `None` where the request failed.
    pub answer: Option<Answer>,
    /// How the verdict was read.
    pub reading: VerdictReading,
    /// The verdict.
    pub verdict: Option<MachineVerdict>,
    /// Why there is none.
    pub gap: Option<NoScore>,
    /// Sentences of these replies that address the judge were sent as `[removed]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_from: Vec<ReplyId>,
    /// When it ended.
    pub at: jiff::Timestamp,
}

/// What a request asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// A digit for one reply, from the probabilities of tokens where the server tells them.
    Point,
    /// A number in JSON for one reply.
    PointJson,
    /// An order of all replies shown.
    List,
    /// The better one of two.
    Pair,
    /// A reward.
    Reward,
}

/// An answer as it came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The text, without reasoning.
    pub text: String,
    /// What the model thought aloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// In place of a text: the model declined, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// The server's reason for ending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// Probabilities at the first tokens of the text, where they were asked for and came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logprobs: Vec<TokenChoice>,
    /// The model as the server names it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
    /// Tokens of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u32>,
    /// Tokens of the answer, reasoning included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u32>,
    /// From the request to its end, in milliseconds.
    pub millis: u32,
}

/// One token of an answer, and what else could have stood there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TokenChoice {
    /// The token that was drawn.
    pub token: String,
    /// The likeliest tokens with the natural logarithm of their probabilities.
    pub top: Vec<(String, f64)>,
}

/// How a verdict was read out of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictReading {
    /// The whole answer was the verdict, as it was asked for.
    Strict,
    /// The verdict was found in it.
    Salvaged,
    /// From the probabilities of tokens.
    Logprobs,
    /// There was none.
    #[default]
    None,
}

/// What a judge or a reward model said, in our terms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MachineVerdict {
    /// Best first; equals share a tier. May lack replies where the answer did.
    Order(Vec<Vec<ReplyId>>),
    /// The better of two; `None` for a tie.
    Winner(Option<ReplyId>),
    /// A number of the rubric's scale; `deviation` is that of the digits' distribution, `mass` what of the probability
    /// was on digits.
    Points { value: f64, deviation: Option<f64>, mass: Option<f64> },
    /// The number as the reward model gave it, before anything was made of it.
    Reward { raw: f64, value: f64 },
}

mod outcome {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{NoScore, Points};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Written<P, N> {
        None { none: N },
        Points(P),
    }

    pub(super) fn serialize<S: Serializer>(result: &Result<Points, NoScore>, serializer: S) -> Result<S::Ok, S::Error> {
        match result {
            Ok(points) => Written::<&Points, &NoScore>::Points(points).serialize(serializer),
            Err(none) => Written::<&Points, &NoScore>::None { none }.serialize(serializer),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Result<Points, NoScore>, D::Error> {
        Ok(match Written::<Points, NoScore>::deserialize(deserializer)? {
            Written::Points(points) => Ok(points),
            Written::None { none } => Err(none),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judgement_survives_its_file() {
        let replies = [ReplyId::new(), ReplyId::new(), ReplyId::new()];
        let judgement = Judgement {
            scorer: ScorerId::new(),
            group: GroupId::new(),
            round: 0,
            scores: vec![
                Score { reply: replies[0], result: Ok(Points { value: -0.25, error: Some(0.5) }) },
                Score { reply: replies[1], result: Err(NoScore::TooLong { said: "8192".to_owned() }) },
                Score { reply: replies[2], result: Ok(Points { value: 1.5, error: None }) },
            ],
            spread: vec![0.1, 0.2, 0.3],
            suspect: Vec::new(),
            inconsistent: vec![(replies[0], replies[2])],
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let text = serde_json::to_string(&judgement).unwrap();
        assert_eq!(serde_json::from_str::<Judgement>(&text).unwrap(), judgement, "{text}");
        assert_eq!(judgement.ranked(), vec![(replies[2], 1.5), (replies[0], -0.25)]);
        assert_eq!(judgement.spread_of(2, 1), Some(f64::from(0.3_f32)));
        assert_eq!(judgement.spread_of(0, 2), Some(f64::from(0.2_f32)));
        assert_eq!(judgement.value_of(replies[1]), None);
    }
}
