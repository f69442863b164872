//! What a view may ask of the session.

use std::path::PathBuf;

use crate::domain::{
    Draw, Endpoint, GroupId, PairPolicy, PairSource, Pause, Plan, QueueFilter, ReplyId, Scorer, ScorerId, Trial, View,
};

/// One wish. Wishes are carried out in the order in which they were sent; each is durable before a snapshot shows it.
/// Those about a group name the group that the person was looking at, so a late key never hits another group.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Check or uncheck a reply of a group. Kept as a draft, so that a kill loses no check.
    Check { group: GroupId, reply: ReplyId, checked: bool },
    /// Turn the draft's checks into a label and go on. Nothing checked is answered with `Notice::NothingChecked`.
    Confirm { group: GroupId, seconds: f32 },
    /// Label the group as having no acceptable reply and go on.
    NoneAcceptable { group: GroupId, seconds: f32 },
    /// Pass the group over and go on; it comes again at the end of the queue.
    Skip { group: GroupId },
    /// Set or take away the flag.
    SetFlag { group: GroupId, flagged: bool },
    /// Replace the note. Consecutive changes of one note are one undo step.
    SetNote { group: GroupId, note: String },
    /// Put the group on the later pile and go on, or take it from there.
    SetLater { group: GroupId, later: bool },
    /// Ask for a new round of replies; the old round is kept.
    Regenerate { group: GroupId },
    /// Ask for another reply in the place of one; the old reply is kept.
    RegenerateOne { group: GroupId, reply: ReplyId },
    /// Keep a text that is being written, `None` to forget it. Not a step.
    SetWriting { group: GroupId, parent: Option<ReplyId>, text: Option<String> },
    /// Make a written text a reply of the group, checked. With `confirm` (the seconds worked) the group is confirmed
    /// with it on top: over the other checked replies, and those over the rest.
    Take { group: GroupId, parent: Option<ReplyId>, text: String, confirm: Option<f32> },
    /// Show near-identical replies as cards of their own, until another group is in front.
    Unfold { group: GroupId },
    /// Add a version of the guidelines; labels from now on carry its number.
    SetGuidelines(String),
    /// Take the last step back and go to where it was made.
    Undo,
    /// Do the step again that was taken back last.
    Redo,

    /// Go to the group after / before the present one in the queue's filter.
    Next,
    /// See [`Command::Next`].
    Previous,
    /// Go to a group.
    Go(GroupId),
    /// Go to the group with this number.
    GoToNumber(u64),
    /// Go to the group that is to be labeled next: the first one without a verdict, skipped ones last.
    GoToUnlabeled,
    /// Choose which groups the queue shows.
    SetFilter(QueueFilter),
    /// Bring a view to the front.
    SetView(View),
    /// Remember focus and scroll of the label view, for the next start. Not a step; not shown as saved.
    SetPlace { group: GroupId, focus: u32, scroll: f32 },

    /// Replace title or plan as they are edited.
    SetTitle(String),
    /// See [`Command::SetTitle`].
    SetPlan(Box<Plan>),
    /// Add a group for each prompt of the plan that has none yet, and ask for all that is missing.
    Start,
    /// The same for these prompts, which may have earlier turns, in place of the plan's.
    StartWith(Vec<crate::domain::Prompt>),
    /// Ask for what is missing; adds nothing.
    Resume,
    /// Let the requests that run come to an end, ask for no more until resumed.
    Pause,
    /// Stop the requests that run and forget the rest of the work; replies that are there stay.
    Cancel,
    /// Ask again for the replies that failed.
    RetryFailed,
    /// The server is being waited for: try it at once.
    TryNow,
    /// Ask a server what it is, which models it has and what it can do; the answer is in `Snapshot::findings`. Sends a
    /// few small requests.
    Test(Box<Endpoint>),
    /// Add a scorer. One with a name that is taken, or without a server, is refused with a notice.
    AddScorer(Box<Scorer>),
    /// Take a scorer off the list; its scores stay in the file.
    RemoveScorer(ScorerId),
    /// Ask a scorer for the scores that are missing in these groups; `follows`: and in those that come later.
    Score { scorer: ScorerId, filter: QueueFilter, follows: bool },
    /// Let its requests that run come to an end, ask for no more until [`Command::Score`].
    PauseScorer(ScorerId),
    /// Stop its requests and forget the rest of the run; what is there stays.
    CancelScorer(ScorerId),
    /// Ask again wherever it gave no score.
    RetryScorer(ScorerId),
    /// Its server is being waited for: try it at once.
    TryScorer(ScorerId),
    /// Look at a scorer's server with a few small requests, whether it is on the list or not. The answer is in
    /// `Snapshot::looks` for a reward model, in `Snapshot::findings` for a judge.
    TestScorer(Box<Scorer>),
    /// Read what a scorer said of the groups that this annotator has labeled; the answer is `Snapshot::score_table`.
    ListScores(ScorerId),
    /// Pick groups for a spot-check, in the mix or of one kind, and go to the first. `scorer`: whose scores the picks
    /// follow. With too few that fit it picks fewer; `Notice::NothingToPick` where there is none.
    Pick { scorer: ScorerId, draw: Option<Draw>, count: u32 },
    /// Whether the label view stays on a group to show what machines say.
    SetPause(Pause),
    /// The annotator sees what machines say of these groups, which they have labeled: from now on a change of a label is
    /// noted as made after that.
    Reveal { groups: Vec<GroupId> },
    /// Compute how far the annotator and the scorers agree; the answer is `Snapshot::agreement`.
    Measure,
    /// Count what is in the session and how it came about; the answer is `Snapshot::statistics`.
    CountStatistics,
    /// Ask a judge about 50 groups with lists and with pairs, three times each, to see whether it is worth a full run; or go
    /// on with that. The answer is `ScorerState::calibration`.
    Calibrate(ScorerId),
    /// Let its requests that run come to an end, ask for no more until [`Command::Calibrate`].
    PauseCalibration(ScorerId),
    /// Stop its requests; what is there stays.
    CancelCalibration(ScorerId),
    /// Have the annotator label the groups of a calibration run that they have not labeled.
    LabelCalibration(ScorerId),
    /// Ask scorers about some replies; the answer is `Snapshot::trial`. Nothing is stored. Refused with a notice where there is
    /// nothing to ask about, or where the replies are those of a group that this annotator has still to label.
    TryOut(Box<Trial>),
    /// Stop the trial; what came stays in sight.
    CancelTrial,
    /// Look for servers on this machine; the answer is `Snapshot::nearby`.
    FindServers,

    /// Read a file and add what it holds, once. The format is found from the content unless named. Waits for the
    /// import before.
    Import { path: PathBuf, format: Option<crate::formats::Format> },
    /// Stop the import under way and forget those that wait; nothing of it stays. The answer is
    /// `Notice::ImportCancelled`.
    CancelImport,
    /// Read only the head of a file; the answer is `Snapshot::preview`.
    PreviewImport { path: PathBuf, format: Option<crate::formats::Format> },
    /// Forget the preview.
    ClosePreview,
    /// Write a file: the archive, or pairs in one of `Format::PAIRS`. The answer is `Notice::Exported`.
    Export { path: PathBuf, format: crate::formats::Format, policy: PairPolicy, source: PairSource },
    /// Count what an export would hold and show its first rows; the answer is `Snapshot::summary`.
    Summarise { format: crate::formats::Format, policy: PairPolicy, source: PairSource },
    /// Keep a file of ms-swift's rows current after each confirm.
    Follow { path: PathBuf },
    /// Keep it no longer; the file stays as it is.
    Unfollow { path: PathBuf },
    /// Write a copy of the session file, complete and compact, while this one stays open.
    SaveCopy { path: PathBuf },
}
