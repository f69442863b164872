//! What the views draw from. A snapshot never changes; a new one shares what stayed the same.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::{
    Agreement, Annotator, Draft, Draw, Endpoint, Examination, GenerationState, Group, GroupId, GroupStatus, Guidelines,
    JudgeFigure, Judgement, Label, Mark, NoScore, Notice, PairSource, PairYield, PickedCounts, Place, Plan, Reply,
    ReplyId, RequestFault, RewardFinding, Scorer, ScorerFault, ScorerId, ScorerState, ServerInfo, SessionId,
    Statistics, Step, TrialState, Writing,
};
use crate::formats::{Format, ImportPreview};

/// The session at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The number of the last command that was carried out or refused; see `Session::send`.
    pub handled: u64,
    /// The session's id.
    pub id: SessionId,
    /// The session file.
    pub path: Arc<PathBuf>,
    /// The session's title.
    pub title: Arc<str>,
    /// Who labels.
    pub annotator: Arc<Annotator>,
    /// Every group in the order of their numbers.
    pub queue: imbl::Vector<QueueRow>,
    /// Sums over the queue.
    pub counts: Counts,
    /// Where the annotator is; `place.group` is `current`'s group.
    pub place: Place,
    /// The group in front.
    pub current: Option<Arc<OpenGroup>>,
    /// The groups that come next and before, for preparing them ahead.
    pub neighbours: Vec<Arc<OpenGroup>>,
    /// Mean seconds for each of this annotator's last labels.
    pub pace: Option<f32>,
    /// What the annotators agreed on, newest version.
    pub guidelines: Option<Arc<Guidelines>>,
    /// What the session is made from.
    pub plan: Arc<Plan>,
    /// The generation job.
    pub generation: Arc<GenerationState>,
    /// What servers said of themselves when they were asked last.
    pub findings: Arc<Vec<Finding>>,
    /// The servers of this machine; `None` until somebody asks.
    pub nearby: Option<Arc<Nearby>>,
    /// The judges and reward models in the order in which they were added.
    pub scorers: Arc<Vec<ScorerState>>,
    /// What reward servers showed when they were looked at last.
    pub looks: Arc<Vec<RewardLook>>,
    /// What one scorer said of labeled groups; `None` until asked for.
    pub score_table: Option<Arc<ScoreTable>>,
    /// The annotator's last picks for a spot-check.
    pub picked: PickedCounts,
    /// How far the annotator and the scorers agree; `None` until asked for.
    pub agreement: Option<Arc<Agreement>>,
    /// It is being computed anew.
    pub measuring: bool,
    /// The session in numbers; `None` until asked for.
    pub statistics: Option<Arc<Statistics>>,
    /// They are being counted anew.
    pub counting: bool,
    /// What scorers said when they were tried last; kept nowhere else.
    pub trial: Option<Arc<TrialState>>,
    /// What undo would take back.
    pub undo: Option<Step>,
    /// What redo would do again.
    pub redo: Option<Step>,
    /// The last messages, oldest first, each with a number that grows.
    pub notices: imbl::Vector<(u64, Notice)>,
    /// When the last command was durable.
    pub saved_at: Option<jiff::Timestamp>,
    /// Files that are kept current.
    pub followed: Arc<Vec<Followed>>,
    /// What an export would hold; `None` until asked for.
    pub summary: Option<Arc<Summary>>,
    /// The head of the file that is about to be imported.
    pub preview: Option<Arc<Preview>>,
    /// An import or export is under way: which file, rows so far.
    pub file_work: Option<FileWork>,
    /// The rows of the last import that stayed out.
    pub refused: Arc<Vec<crate::formats::RefusedRow>>,
    /// The background check of the file.
    pub integrity: Integrity,
    /// Durable commits of the session thread so far; one for each step of a person.
    pub commits: u64,
}

/// One group in the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueRow {
    /// The group.
    pub id: GroupId,
    /// Its number.
    pub number: u64,
    /// Where it stands for this annotator.
    pub status: GroupStatus,
    /// Flagged by this annotator.
    pub flagged: bool,
    /// Has a note of this annotator.
    pub noted: bool,
    /// Among the annotator's last picks for a spot-check.
    pub picked: bool,
    /// The first words of the prompt, on one line.
    pub title: Arc<str>,
}

/// Sums over all groups, for this annotator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Groups.
    pub total: u64,
    /// Labeled with a ranking.
    pub done: u64,
    /// Labeled: none acceptable.
    pub none_acceptable: u64,
    /// All replies there, no verdict, not skipped.
    pub ready: u64,
    /// On the later pile.
    pub later: u64,
    /// Skipped and not labeled since.
    pub skipped: u64,
    /// No or not all replies there.
    pub waiting: u64,
    /// A reply could not be had.
    pub failed: u64,
    /// Flagged.
    pub flagged: u64,
    /// Labeled since midnight, local time.
    pub today: u64,
}

impl Counts {
    /// Groups with a verdict.
    pub fn labeled(&self) -> u64 {
        self.done + self.none_acceptable
    }
}

/// A group with everything that the label view shows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenGroup {
    /// The group.
    pub group: Group,
    /// Its cards in the order in which they are shown; each keeps its place while others arrive.
    pub cards: Vec<Card>,
    /// The verdict, once there is one.
    pub label: Option<Label>,
    /// The checks that are not confirmed. Where a label is there and nobody changed a check, those of the label.
    pub draft: Draft,
    /// Flag, note and skips.
    pub mark: Mark,
    /// Texts that this annotator is writing.
    pub writings: Vec<Writing>,
    /// For a card that stands for several near-identical replies: the others. They are not named by a label.
    pub alike: BTreeMap<ReplyId, Vec<ReplyId>>,
    /// What scorers made of its replies, in the order of the list. Empty until this annotator has given a verdict: nothing
    /// of it is read before.
    pub judgements: Vec<Arc<Judgement>>,
    /// Reasons that a judge gave, newest last, with the replies in the order that it put them in. Of labeled groups.
    pub reasons: Vec<Reason>,
}

/// Why a judge put replies in an order, in its words.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The judge.
    pub scorer: ScorerId,
    /// Its order, best first; equals share a tier.
    pub order: Vec<Vec<ReplyId>>,
    /// Its words.
    pub text: String,
    /// What it knew the replies by; its words name them so.
    pub names: Vec<(String, ReplyId)>,
}

impl OpenGroup {
    /// The replies that are there, as shown.
    pub fn replies(&self) -> impl Iterator<Item = &Arc<Reply>> {
        self.cards.iter().filter_map(|card| match card {
            Card::Reply(reply) => Some(reply),
            Card::Waiting | Card::Failed(_) => None,
        })
    }

    /// The text of one of the replies.
    pub fn text_of(&self, id: ReplyId) -> Option<&str> {
        self.replies().find(|reply| reply.id == id).map(|reply| reply.text.as_str())
    }
}

/// One place on the page of a group.
#[derive(Clone, Debug, PartialEq)]
pub enum Card {
    /// A reply.
    Reply(Arc<Reply>),
    /// Its reply is still to come.
    Waiting,
    /// Its reply could not be had.
    Failed(RequestFault),
}

/// What was found out about an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which one, as it was when it was asked.
    pub endpoint: Endpoint,
    /// What it said.
    pub probe: Probe,
}

impl Finding {
    /// Whether it tells of this endpoint: the same server, reached in the same way.
    pub fn is_about(&self, other: &Endpoint) -> bool {
        let mine = &self.endpoint;
        (&mine.address, &mine.key, &mine.headers, &mine.proxy)
            == (&other.address, &other.key, &other.headers, &other.proxy)
    }
}

/// What a look at a reward server showed.
#[derive(Clone, Debug, PartialEq)]
pub struct RewardLook {
    /// The scorer as it was when its server was looked at.
    pub scorer: Scorer,
    /// What it showed.
    pub looked: Looked,
}

/// See [`RewardLook`].
#[derive(Clone, Debug, PartialEq)]
pub enum Looked {
    /// It is being asked.
    Looking,
    /// This is how it is asked and read.
    Found(RewardFinding),
    /// It cannot be used as it is.
    Failed(ScorerFault),
}

impl RewardLook {
    /// Whether it tells of this scorer: the same server, reached and asked in the same way. The name does not matter.
    pub fn is_about(&self, other: &Scorer) -> bool {
        self.scorer.endpoint == other.endpoint && self.scorer.kind == other.kind
    }

    /// How the server is asked and read, where the look showed it.
    pub fn finding(&self) -> Option<RewardFinding> {
        match &self.looked {
            Looked::Found(finding) => Some(finding.clone()),
            Looked::Looking | Looked::Failed(_) => None,
        }
    }
}

/// What one scorer said of the groups that the annotator has labeled. Of others nothing is read: whoever has not decided
/// yet is not to be led.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreTable {
    /// The scorer.
    pub scorer: ScorerId,
    /// Labeled groups that it has scored, in the order of their numbers.
    pub rows: Vec<ScoreRow>,
    /// Groups that it has scored and that this annotator has not labeled.
    pub hidden: u64,
    /// What its own verdicts tell of a judge, from its first 3,000 groups, labeled or not: no score of any group shows in it.
    pub itself: Vec<JudgeFigure>,
    /// How many replies have no score, and why, over all groups; the most frequent first.
    pub gaps: Vec<(NoScore, u64)>,
}

/// One group in a [`ScoreTable`].
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreRow {
    /// The group.
    pub group: GroupId,
    /// Its number.
    pub number: u64,
    /// What the annotator chose: the places of the replies of the best tier, from 0. Places are those of the cards as the
    /// annotator sees them, near-identical replies each with a card of its own.
    pub chosen: Vec<u32>,
    /// How many more replies of the best tier people wrote or brought in addition; those are not scored.
    pub chosen_unscored: u32,
    /// Places and scores, best first.
    pub ranked: Vec<(u32, f64)>,
    /// The best score less the second.
    pub margin: Option<f64>,
    /// The same in standard errors, where the scorer gives some.
    pub z: Option<f64>,
    /// Replies without a score.
    pub missing: u32,
    /// Pairs that were judged differently in both orders.
    pub inconsistent: u32,
    /// A reply addresses the judge and came out best all the same.
    pub is_suspect: bool,
    /// How it was picked for labeling, where it was.
    pub draw: Option<Draw>,
    /// The person and the scorer put some pair the other way round: the sum over those pairs of the scorer's margin, in its
    /// units; 0 where they agree, `None` where nothing can be compared.
    pub differs: Option<f64>,
    /// The best score less the worst, in the scorer's units.
    pub reach: Option<f64>,
    /// What the first scorer of the other kind says of this one's first two: its score of the first less that of the second.
    pub other_margin: Option<f64>,
}

/// The servers of this machine.
#[derive(Clone, Debug, PartialEq)]
pub enum Nearby {
    /// They are being looked for.
    Looking,
    /// Those that answered.
    Found(Vec<ServerInfo>),
}

/// What a server said of itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Probe {
    /// It has been asked.
    Asking,
    /// It answered, and this is what it can do.
    Found(Examination),
    /// It did not.
    Failed(RequestFault),
}

/// A file that is kept current after each confirm.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    /// The file.
    pub path: PathBuf,
    /// Rows of this session in it.
    pub rows: u64,
    /// Why it is not current, if so; it is tried again with the next change.
    pub fault: Option<crate::domain::FileFault>,
}

/// What an export would hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The policy that it was counted for.
    pub policy: crate::domain::PairPolicy,
    /// Whose order it was counted for.
    pub source: PairSource,
    /// The format that its rows are in.
    pub format: Format,
    /// Groups with a verdict.
    pub groups: u64,
    /// Pairs.
    pub pairs: u64,
    /// Pairs left out because both texts are the same, or one is empty.
    pub left_out: u64,
    /// The first rows, pretty-printed JSON, at most 20. Of an order of machines those of groups that the annotator has
    /// labeled.
    pub rows: Vec<String>,
    /// Why the format cannot be written: it has no place for what some prompts hold.
    pub unheld: Option<crate::domain::FileFault>,
    /// Of an order of machines: what it gives and what people say of it; of agreement the two scorers alone follow.
    pub yields: Vec<PairYield>,
}

/// The head of a file that is about to be imported.
#[derive(Clone, Debug, PartialEq)]
pub enum Preview {
    /// It is being read.
    Reading(PathBuf),
    /// This is what is in it.
    Ready { path: PathBuf, preview: ImportPreview },
    /// It cannot be imported.
    Failed { path: PathBuf, fault: crate::domain::FileFault },
}

/// A file that is being read or written behind.
#[derive(Clone, Debug, PartialEq)]
pub struct FileWork {
    /// The file.
    pub path: PathBuf,
    /// Its format.
    pub format: Option<Format>,
    /// Read in (`true`) or written out.
    pub reading: bool,
    /// Groups so far.
    pub groups: u64,
    /// The share of the file that was read so far, 0 to 1; `None` where that cannot be told.
    pub share: Option<f32>,
    /// It was cancelled or failed, and what came in is being taken out again.
    pub leaving: bool,
}

/// Whether the session file is sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Integrity {
    /// SQLite's quick check is running.
    #[default]
    Checking,
    /// It found nothing.
    Sound,
    /// What it found.
    Damaged(String),
}
