//! The session archive: one JSON value a line, everything that a session holds but its journal, lossless both ways.

use std::collections::HashSet;
use std::io::BufReader;

use serde::{Deserialize, Serialize};

use super::fault::from_io;
use super::source::Source;
use super::text;
use crate::domain::{
    Annotator, AnnotatorId, Call, Design, Draft, FileFault, Group, GroupId, Guidelines, Judgement, Label, Mark, Picked,
    Plan, Repeat, Reply, ReplyId, RequestFailure, Reveal, Revision, RewardFinding, Scorer, ScorerId, SessionId,
    Writing,
};

const NAME: &str = "pairloom-archive";
const VERSION: u32 = 1;

/// What the numbers of an archive may be. Far beyond what any session holds, and small enough to be counted on.
const MOST_REPLIES: u32 = 10_000;
const MOST: u32 = 1_000_000;
const MOST_NUMBER: u64 = 1 << 53;

/// One line. A group comes before everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ArchiveLine {
    /// The first line.
    Session {
        format: String,
        version: u32,
        id: SessionId,
        title: String,
        created_at: jiff::Timestamp,
        #[serde(default)]
        plan: Option<Plan>,
    },
    Annotator(Annotator),
    Guidelines(Guidelines),
    Group(Group),
    Reply(Reply),
    Failure(RequestFailure),
    Label(Label),
    Mark {
        group: GroupId,
        annotator: AnnotatorId,
        #[serde(flatten)]
        mark: Mark,
    },
    Draft {
        group: GroupId,
        annotator: AnnotatorId,
        #[serde(flatten)]
        draft: Draft,
    },
    Writing {
        group: GroupId,
        annotator: AnnotatorId,
        #[serde(flatten)]
        writing: Writing,
    },
    Scorer {
        scorer: Scorer,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        finding: Option<RewardFinding>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        removed: bool,
    },
    /// A request to a scorer; `superseded` counts those that were asked again, from 1.
    Call {
        group: GroupId,
        scorer: ScorerId,
        round: u32,
        revision: Revision,
        #[serde(default)]
        superseded: u32,
        call: Call,
    },
    Judgement(Judgement),
    /// How an annotator's random picks are drawn.
    Design {
        annotator: AnnotatorId,
        design: Design,
    },
    Pick(Picked),
    /// An annotator saw scores; `blind` is what they had said before, where they changed it since.
    Reveal {
        #[serde(flatten)]
        reveal: Reveal,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        blind: Option<Label>,
    },
    Repeat(Repeat),
}

impl ArchiveLine {
    /// The first line of an archive.
    pub fn session(id: SessionId, title: String, created_at: jiff::Timestamp, plan: Option<Plan>) -> Self {
        Self::Session { format: NAME.to_owned(), version: VERSION, id, title, created_at, plan }
    }

    /// What a line names beside the line that brings it.
    fn refers_to(&self) -> Names {
        let of = |group: GroupId| Names { group: Some(group), ..Names::default() };
        let by = |group: GroupId, annotator: AnnotatorId| Names { annotator: Some(annotator), ..of(group) };
        let from = |group: GroupId, scorer: ScorerId| Names { scorer: Some(scorer), ..of(group) };
        match self {
            Self::Reply(reply) => of(reply.group),
            Self::Failure(failure) => of(failure.group),
            Self::Label(label) => by(label.group, label.annotator),
            Self::Mark { group, annotator, .. }
            | Self::Draft { group, annotator, .. }
            | Self::Writing { group, annotator, .. } => by(*group, *annotator),
            Self::Call { group, scorer, .. } => from(*group, *scorer),
            Self::Judgement(judgement) => from(judgement.group, judgement.scorer),
            Self::Pick(pick) => by(pick.group, pick.annotator),
            Self::Reveal { reveal, .. } => by(reveal.group, reveal.annotator),
            Self::Repeat(repeat) => by(repeat.group, repeat.annotator),
            Self::Design { annotator, .. } => Names { annotator: Some(*annotator), ..Names::default() },
            Self::Session { .. } | Self::Annotator(_) | Self::Guidelines(_) | Self::Group(_) | Self::Scorer { .. } => {
                Names::default()
            }
        }
    }

    /// What is out of bounds.
    fn beyond(&self) -> Option<&'static str> {
        let place = |round: u32, slot: u32| (round > MOST || slot > MOST).then_some("round or slot");
        let bounds = |label: &Label| {
            if label.seconds.is_finite() { place(label.round, 0) } else { Some("seconds") }
        };
        match self {
            Self::Group(group) if group.wanted > MOST_REPLIES => Some("wanted"),
            Self::Group(group) if group.number == 0 || group.number > MOST_NUMBER => Some("number"),
            Self::Group(group) => place(group.round, 0),
            Self::Reply(reply) => place(reply.round, reply.slot),
            Self::Failure(failure) => place(failure.round, failure.slot),
            Self::Label(label) => bounds(label),
            Self::Mark { mark, .. } => (mark.skips > MOST || mark.skip_order > MOST_NUMBER).then_some("skips"),
            Self::Guidelines(guidelines) => (guidelines.version > MOST).then_some("version"),
            Self::Call { round, superseded, call, .. } if call.step > MOST || call.attempt > MOST => {
                place(*round, *superseded).or(Some("step or attempt"))
            }
            Self::Call { round, superseded, .. } => place(*round, *superseded),
            Self::Judgement(judgement) => place(judgement.round, 0),
            Self::Pick(pick) => place(pick.round, pick.batch),
            Self::Reveal { reveal, blind } => blind.as_ref().and_then(bounds).or_else(|| place(reveal.round, 0)),
            Self::Repeat(repeat) => repeat.label.as_ref().and_then(bounds).or_else(|| place(repeat.round, 0)),
            Self::Session { .. }
            | Self::Annotator(_)
            | Self::Design { .. }
            | Self::Draft { .. }
            | Self::Writing { .. }
            | Self::Scorer { .. } => None,
        }
    }
}

/// What a line names.
#[derive(Default)]
struct Names {
    group: Option<GroupId>,
    annotator: Option<AnnotatorId>,
    scorer: Option<ScorerId>,
}

/// A line of an archive, without its line end.
pub fn archive_line(line: &ArchiveLine) -> String {
    // Our own types always have a JSON form: keys are texts, and numbers are finite or written as null.
    serde_json::to_string(line).unwrap_or_default()
}

/// Hand on each line with its number. The whole archive is refused where a line does not read or contradicts an
/// earlier one; the caller drops what it took.
pub fn read_archive(
    source: &Source,
    sink: &mut dyn FnMut(u64, ArchiveLine) -> Result<(), FileFault>,
) -> Result<(), FileFault> {
    let mut reader = BufReader::with_capacity(1 << 16, text::open(source)?);
    let mut bytes = Vec::new();
    let mut groups: HashSet<GroupId> = HashSet::new();
    let mut replies: HashSet<ReplyId> = HashSet::new();
    let mut annotators: HashSet<AnnotatorId> = HashSet::new();
    let mut scorers: HashSet<ScorerId> = HashSet::new();
    let mut number = 0;
    while let Some(whole) = text::next_line(&mut reader, &mut bytes).map_err(|error| from_io(&error))? {
        number += 1;
        if !whole {
            let said = format!("a line of more than {} MiB", text::LONGEST_LINE >> 20);
            return Err(FileFault::Broken { line: number, said });
        }
        let line = std::str::from_utf8(&bytes).map_err(|_| FileFault::NotText { line: number })?;
        if line.trim().is_empty() {
            continue;
        }
        let broken = |error: &serde_json::Error| FileFault::Broken { line: number, said: error.to_string() };
        if groups.is_empty() {
            // A newer version may have lines that this one cannot read: say so before stumbling over them.
            refuse_newer(line)?;
        }
        let item: ArchiveLine = serde_json::from_str(line).map_err(|error| broken(&error))?;
        if let Some(field) = item.beyond() {
            return Err(FileFault::Broken { line: number, said: format!("{field} is beyond all bounds") });
        }
        let contradicts = |said: String| Err(FileFault::Contradicts { line: number, said });
        match &item {
            ArchiveLine::Session { .. } if number > 1 => return contradicts("a second first line".to_owned()),
            ArchiveLine::Group(group) if !groups.insert(group.id) => {
                return contradicts(format!("group {} stands twice", group.id));
            }
            ArchiveLine::Reply(reply) if !replies.insert(reply.id) => {
                return contradicts(format!("reply {} stands twice", reply.id));
            }
            ArchiveLine::Annotator(annotator) => {
                annotators.insert(annotator.id);
            }
            ArchiveLine::Scorer { scorer, .. } => {
                scorers.insert(scorer.id);
            }
            _ => {}
        }
        let Names { group, annotator, scorer } = item.refers_to();
        if let Some(group) = group.filter(|group| !groups.contains(group)) {
            return contradicts(format!("group {group} did not come before"));
        }
        if let Some(annotator) = annotator.filter(|annotator| !annotators.contains(annotator)) {
            return contradicts(format!("annotator {annotator} did not come before"));
        }
        if let Some(scorer) = scorer.filter(|scorer| !scorers.contains(scorer)) {
            return contradicts(format!("scorer {scorer} did not come before"));
        }
        sink(number, item)?;
    }
    if number == 0 { Err(FileFault::Empty) } else { Ok(()) }
}

fn refuse_newer(line: &str) -> Result<(), FileFault> {
    #[derive(Deserialize)]
    struct Head {
        #[serde(default)]
        version: Option<u32>,
        #[serde(default)]
        format: Option<String>,
    }
    match serde_json::from_str::<Head>(line) {
        Ok(Head { version: Some(found), format: Some(format) }) if format == NAME && found > VERSION => {
            Err(FileFault::Newer { found, known: VERSION })
        }
        _ => Ok(()),
    }
}
