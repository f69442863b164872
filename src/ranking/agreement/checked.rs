//! What figures are made from.

use crate::domain::GroupId;

/// One labeled group as one scorer scored it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// What sides and parts of the group are drawn from; see [`group_seed`].
    pub seed: u64,
    /// Its replies, those that the scorer looked at first, by slot.
    pub replies: Vec<CheckedReply>,
    /// Of a random pick: one by the probability of being in the sample.
    pub weight: Option<f64>,
    /// An audit brought it.
    pub is_audit: bool,
}

/// One reply of a [`Checked`] group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CheckedReply {
    /// The person's tier, from 0 for the best; `None` where the label does not name it.
    pub tier: Option<u32>,
    /// The score.
    pub score: Option<f64>,
    /// How long it is, in characters.
    pub length: u32,
}

/// A reply that the label names and the scorer scored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Both {
    pub(super) tier: u32,
    pub(super) score: f64,
    pub(super) length: u32,
}

/// What draws of a group start from: the two halves of its id, so that archives and merged files give the same draws.
pub fn group_seed(group: GroupId) -> u64 {
    let bytes = group.to_bytes();
    let (high, low) = bytes.split_at(8);
    let word = |half: &[u8]| half.iter().fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
    word(high).rotate_left(32) ^ word(low)
}

impl Checked {
    /// Replies that are both named and scored.
    pub(super) fn both(&self) -> Vec<Both> {
        let both = |reply: &CheckedReply| Some(Both { tier: reply.tier?, score: reply.score?, length: reply.length });
        self.replies.iter().filter_map(both).collect()
    }

    /// Pairs that the person decided, all of them, scored or not.
    pub(super) fn decided(&self) -> u64 {
        let tiers: Vec<u32> = self.replies.iter().filter_map(|reply| reply.tier).collect();
        (1..tiers.len()).map(|last| tiers[..last].iter().filter(|tier| **tier != tiers[last]).count() as u64).sum()
    }
}

/// The pairs of replies that cross tiers: the better one first.
pub(super) fn decided(replies: &[Both]) -> impl Iterator<Item = (Both, Both)> {
    let cross = |one: Both, other: Both| match one.tier.cmp(&other.tier) {
        std::cmp::Ordering::Less => Some((one, other)),
        std::cmp::Ordering::Greater => Some((other, one)),
        std::cmp::Ordering::Equal => None,
    };
    (0..replies.len()).flat_map(move |first| {
        (first + 1..replies.len()).filter_map(move |second| cross(replies[first], replies[second]))
    })
}
