//! A prompt with its replies, and where it stands in the queue.

use serde::{Deserialize, Serialize};

use super::{GroupId, Pause, Prompt};

/// A group without its replies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The group's id.
    pub id: GroupId,
    /// Its number in the session as people see it, from 1; never given twice.
    pub number: u64,
    /// What is asked.
    pub prompt: Prompt,
    /// How many replies the current round is to have; for imported groups as many as came.
    pub wanted: u32,
    /// The round whose replies are shown, from 0.
    pub round: u32,
}

/// Where a group stands for one annotator. Derived from rows, never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupStatus {
    /// No reply there yet.
    Waiting,
    /// Some replies there, more to come.
    Generating,
    /// A reply could not be had; the others may be there.
    Failed,
    /// All replies there, no verdict.
    Ready,
    /// Passed over; it comes again at the end of the queue.
    Skipped,
    /// On the later pile.
    Later,
    /// Labeled with a chosen reply or a ranking.
    Done,
    /// Labeled: no reply is acceptable.
    NoneAcceptable,
}

impl GroupStatus {
    /// A verdict is there.
    pub fn labeled(self) -> bool {
        matches!(self, Self::Done | Self::NoneAcceptable)
    }
}

/// Which groups the queue shows and "next" goes through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueFilter {
    /// Every group.
    #[default]
    All,
    /// Not labeled yet and not put aside.
    Ready,
    /// Labeled.
    Done,
    /// Flagged.
    Flagged,
    /// On the later pile.
    Later,
    /// What was picked last for a spot-check.
    Picked,
}

/// The views of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Prompts, endpoint, progress.
    Generate,
    /// The reading and checking.
    #[default]
    Label,
    /// Judges and reward models.
    Score,
    /// Import and export.
    Data,
}

/// Where an annotator stopped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The view in front.
    pub view: View,
    /// The group in front.
    pub group: Option<GroupId>,
    /// The focused reply's place on the page, from 0.
    pub focus: u32,
    /// How far the label view is scrolled, in points.
    pub scroll: f32,
    /// The queue's filter.
    #[serde(default)]
    pub filter: QueueFilter,
    /// Whether the view stays on a group to show what machines say.
    #[serde(default)]
    pub pause: Pause,
}
