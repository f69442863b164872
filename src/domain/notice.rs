//! What the app tells a person about what it just did.

use serde::{Deserialize, Serialize};

use super::{Problem, StoreFault};

/// One thing that a person did and can undo, as it is named to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Group `number` was labeled.
    Labeled { number: u64 },
    /// Group `number` was found to have no acceptable reply.
    NoneAcceptable { number: u64 },
    /// Group `number` was skipped.
    Skipped { number: u64 },
    /// Group `number` was put on the later pile or taken from it.
    Later { number: u64, set: bool },
    /// Group `number` got a new round of replies.
    Regenerated { number: u64 },
    /// Another reply was asked for in the place of one of group `number`.
    RegeneratedOne { number: u64 },
    /// A reply of group `number` was edited.
    Edited { number: u64 },
    /// A reply was written for group `number`.
    Wrote { number: u64 },
    /// The flag of group `number` was set or taken away.
    Flagged { number: u64, set: bool },
    /// The note of group `number` changed.
    Noted { number: u64 },
    /// Groups were added for prompts.
    Added { groups: u64 },
    /// Groups came from a file.
    Imported { groups: u64, file: String },
}

/// A message that the window shows for a while and the command line prints.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A step was taken back.
    Undone(Step),
    /// A step was done again.
    Redone(Step),
    /// Nothing left to undo.
    NothingToUndo,
    /// Nothing left to redo.
    NothingToRedo,
    /// A step could not be undone because its rows have moved on; it was passed over.
    UndoPassedOver(Step),
    /// Enter with nothing checked: skip, or none acceptable?
    NothingChecked,
    /// The group has no full set of replies yet, so it cannot be confirmed.
    NotReady,
    /// All replies are checked: confirmed as equally good, no pairs.
    AllChecked,
    /// Regenerate needs a server, and the session has none yet.
    NoEndpoint,
    /// A reply that was written by a person, or that came in addition, cannot be asked for again.
    CannotRegenerate,
    /// Two scorers of a session cannot have the same name.
    ScorerNameTaken { name: String },
    /// A scorer without a server or a name cannot be added.
    ScorerIncomplete,
    /// A trial needs a prompt and a reply.
    TrialIncomplete,
    /// The replies of a trial are those of a group that the annotator has still to label.
    TrialLeads { number: u64 },
    /// No group fits a pick: all are labeled, or none has scores.
    NothingToPick,
    /// The text to be taken is empty, or the same as the reply that it was edited from.
    NothingWritten,
    /// A file was written.
    Exported { path: std::path::PathBuf, pairs: u64, groups: u64 },
    /// A file was read.
    Imported { file: String, groups: u64, replies: u64, duplicates: u64, refused: u64 },
    /// An import was cancelled, and nothing of it is left in the session.
    ImportCancelled { file: String },
    /// A copy of the session was written.
    CopySaved { path: std::path::PathBuf },
    /// No backup of the session could be made; the session itself is saved all the same.
    NotBackedUp { path: std::path::PathBuf, fault: StoreFault },
    /// The last run ended without closing the session; everything is there.
    Recovered { labels: u64, replies: u64 },
    /// Something failed; nothing was lost unless it says so.
    Problem(Problem),
}
