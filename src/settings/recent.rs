//! What the start view shows of a session without opening it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A session that was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Its file.
    pub path: PathBuf,
    /// Its title.
    pub title: String,
    /// Groups labeled.
    pub labeled: u64,
    /// Groups.
    pub total: u64,
    /// Replies still to come.
    #[serde(default)]
    pub missing: u64,
    /// The number of the group in front.
    #[serde(default)]
    pub number: Option<u64>,
    /// When it was last touched.
    pub touched_at: jiff::Timestamp,
}
