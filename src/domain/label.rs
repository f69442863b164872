//! A person's verdict on a group.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{AnnotatorId, GroupId, ReplyId};

/// A person who labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotator {
    /// Random, made at first launch.
    pub id: AnnotatorId,
    /// As the person wrote it.
    pub name: String,
}

/// Replies in an order, best first; the replies of one tier are equally good. Replies that it does not name are
/// not compared. No tier is empty and no reply stands twice, whoever made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<ReplyId>>", into = "Vec<Vec<ReplyId>>")]
pub struct Tiers(Vec<Vec<ReplyId>>);

/// Why a list of lists is no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TiersError {
    /// No tier at all.
    #[error("an order of no replies")]
    Nothing,
    /// A tier without a reply.
    #[error("tier {0} is empty")]
    EmptyTier(usize),
    /// A reply in two places.
    #[error("reply {0} stands twice")]
    Twice(ReplyId),
}

impl Tiers {
    /// An order from tiers, best first.
    pub fn new(tiers: Vec<Vec<ReplyId>>) -> Result<Self, TiersError> {
        if tiers.is_empty() {
            return Err(TiersError::Nothing);
        }
        let mut seen = HashSet::new();
        for (index, tier) in tiers.iter().enumerate() {
            if tier.is_empty() {
                return Err(TiersError::EmptyTier(index));
            }
            for reply in tier {
                if !seen.insert(*reply) {
                    return Err(TiersError::Twice(*reply));
                }
            }
        }
        Ok(Self(tiers))
    }

    /// Check-the-best: the checked replies over the others. All checked is one tier.
    ///
    /// Fails with [`TiersError::Nothing`] or [`TiersError::EmptyTier`] where nothing is checked.
    pub fn from_checked(replies: &[ReplyId], checked: &[ReplyId]) -> Result<Self, TiersError> {
        let (best, rest): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| checked.contains(reply));
        if rest.is_empty() { Self::new(vec![best]) } else { Self::new(vec![best, rest]) }
    }

    /// The tiers, best first.
    pub fn as_slice(&self) -> &[Vec<ReplyId>] {
        &self.0
    }

    /// The best tier.
    pub fn best(&self) -> &[ReplyId] {
        self.0.first().map_or(&[], Vec::as_slice)
    }
}

impl TryFrom<Vec<Vec<ReplyId>>> for Tiers {
    type Error = TiersError;

    fn try_from(tiers: Vec<Vec<ReplyId>>) -> Result<Self, Self::Error> {
        Self::new(tiers)
    }
}

impl From<Tiers> for Vec<Vec<ReplyId>> {
    fn from(tiers: Tiers) -> Self {
        tiers.0
    }
}

/// What a label says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// An order of replies.
    Ranked(Tiers),
    /// No reply is good enough to be chosen; gives no pair.
    NoneAcceptable,
}

/// One annotator's verdict on a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// The group.
    pub group: GroupId,
    /// Whose verdict.
    pub annotator: AnnotatorId,
    /// The round whose replies were seen.
    pub round: u32,
    /// The verdict.
    pub verdict: Verdict,
    /// The version of the guidelines in force, where the session has some.
    #[serde(default)]
    pub guidelines: Option<u32>,
    /// Time spent on the group before the verdict, idle time left out, in seconds.
    pub seconds: f32,
    /// When it was given.
    pub labeled_at: jiff::Timestamp,
}

/// What one annotator noted about a group beside the verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// How often the group was skipped.
    #[serde(default)]
    pub skips: u32,
    /// The skip's place in the order of all skips of the session: skipped groups come again in this order.
    #[serde(default)]
    pub skip_order: u64,
    /// Wants a second look.
    #[serde(default)]
    pub flagged: bool,
    /// In the person's own words.
    #[serde(default)]
    pub note: String,
    /// Put aside on the later pile: "next" leaves it alone until it is taken from there.
    #[serde(default)]
    pub later: bool,
}

/// Checks that are not confirmed yet; kept so that a kill costs none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The replies that are checked.
    pub checked: Vec<ReplyId>,
}

/// A text that a person is writing for a group, not taken yet; kept so that a kill costs none of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// The reply that it is edited from; `None` for a reply of one's own.
    pub parent: Option<ReplyId>,
    /// The text so far.
    pub text: String,
}

/// One version of what the annotators of a session agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guidelines {
    /// From 1.
    pub version: u32,
    /// Markdown.
    pub text: String,
    /// When this version was written.
    pub created_at: jiff::Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reply_stands_twice_and_no_tier_is_empty() {
        let (a, b) = (ReplyId::new(), ReplyId::new());
        assert_eq!(Tiers::new(vec![vec![a], vec![b, a]]), Err(TiersError::Twice(a)));
        assert_eq!(Tiers::new(vec![vec![a], vec![]]), Err(TiersError::EmptyTier(1)));
        assert_eq!(Tiers::new(vec![]), Err(TiersError::Nothing));
    }

    #[test]
    fn checking_all_is_one_tier_and_checking_nothing_is_no_order() {
        let replies = [ReplyId::new(), ReplyId::new()];
        assert_eq!(Tiers::from_checked(&replies, &replies).map(|tiers| tiers.as_slice().len()), Ok(1));
        assert!(Tiers::from_checked(&replies, &[]).is_err());
    }
}
