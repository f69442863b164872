//! What the session's labels give: files of pairs, archives, and counts of both. Read through the clerk's connection.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use super::machine_pairs::{self, Sieve};
use super::snapshot::Summary;
use crate::domain::{
    AnnotatorId, FileFault, Group, GroupId, Judgement, Origin, Pair, PairOrder, PairPolicy, PairSource, PairYield,
    Reply, ReplyId, ScorerId, Verdict, pairs, possible_pairs,
};
use crate::formats::{self, ArchiveLine, Companion, Format, RowOptions, RowWriter, ScoredPair, ScoredReply, Unheld};
use crate::store::{KeptCall, KeptScorer, Read, Reader, SessionInfo, StoreError};

/// Rows that a preview of an export shows.
const SHOWN_ROWS: usize = 20;

/// Why a file was not written: the session could not be read, or the file not be written.
pub(super) enum Unwritten {
    Store(StoreError),
    File(FileFault),
}

/// Write a file, whole or not at all, and the companion that says what is in it.
pub(super) fn write(
    reader: &Reader,
    path: &Path,
    format: Format,
    what: (PairPolicy, PairSource),
) -> Result<Tally, Unwritten> {
    let mut tally = Tally::default();
    let mut why = None;
    let written = formats::write_whole(path, |out| {
        let mut writer = RowWriter::new(out, format);
        let mut put = |row: &str| writer.put(row);
        let read = reader.read(|read| match format {
            Format::Archive => archive(read, &mut put, &mut tally),
            _ => pair_rows(read, format, what, &mut |_, row| put(row), &mut tally),
        });
        match read {
            Ok(()) => writer.end(),
            Err(Stopped::Io(error)) => Err(error),
            Err(Stopped::Store(error)) => {
                why = Some(Unwritten::Store(error));
                Err(std::io::Error::other("the session could not be read"))
            }
            Err(Stopped::File(fault)) => {
                why = Some(Unwritten::File(fault));
                Err(std::io::Error::other("the format cannot hold the session"))
            }
        }
    });
    if let Some(why) = why {
        return Err(why);
    }
    written.map_err(Unwritten::File)?;
    if format != Format::Archive {
        let info = reader.read(|read| read.info());
        let info = info.map_err(|error| Unwritten::File(FileFault::Other { said: error.to_string() }))?;
        formats::write_companion(path, &companion(info, format, what, &tally)).map_err(Unwritten::File)?;
    }
    Ok(tally)
}

/// What an export would hold, and the groups of which its rows show what machines prefer.
pub(super) fn summarise(
    reader: &Reader,
    format: Format,
    (policy, source): (PairPolicy, PairSource),
    annotator: AnnotatorId,
) -> Result<(Summary, Vec<GroupId>), StoreError> {
    let mut tally = Tally::default();
    let (mut shown, mut told) = (Vec::new(), Vec::new());
    let labeled = if source.order == PairOrder::Human { None } else { Some(decided(reader, annotator)?) };
    let mut put = |group: GroupId, row: &str| -> std::io::Result<()> {
        // What machines prefer in a group stays hidden until the annotator has decided.
        let is_open = labeled.as_ref().is_none_or(|labeled| labeled.contains(&group));
        if shown.len() < SHOWN_ROWS && is_open {
            if labeled.is_some() {
                told.push(group);
            }
            shown.push(row.to_owned());
        }
        Ok(())
    };
    let unheld = match reader.read(|read| pair_rows(read, format, (policy, source), &mut put, &mut tally)) {
        Ok(()) => None,
        Err(Stopped::File(fault)) => Some(fault),
        Err(Stopped::Store(error)) => return Err(error),
        Err(Stopped::Io(error)) => return Err(StoreError::Other { said: error.to_string() }),
    };
    let pretty = |row: String| {
        serde_json::from_str::<serde_json::Value>(&row)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .unwrap_or(row)
    };
    let rows = shown.into_iter().map(pretty).collect();
    let Tally { groups, pairs, left_out, .. } = tally;
    let yields = reader.read(|read| -> Result<Vec<PairYield>, StoreError> {
        let mut yields: Vec<PairYield> = machine_pairs::yields(read, policy, source, annotator)?.into_iter().collect();
        if let PairOrder::Agreement { judge, reward } = source.order {
            // What each of the two would give alone, so that the price of agreement is seen.
            for scorer in [judge, reward] {
                let alone = PairSource { order: PairOrder::Scorer(scorer), scores: Some(scorer), ..source };
                yields.extend(machine_pairs::yields(read, policy, alone, annotator)?);
            }
        }
        Ok(yields)
    })?;
    told.dedup();
    Ok((Summary { policy, source, format, groups, pairs, left_out, rows, unheld, yields }, told))
}

/// Groups that an annotator has labeled as they are shown, and that wait for no second label.
fn decided(reader: &Reader, annotator: AnnotatorId) -> Result<HashSet<GroupId>, StoreError> {
    reader.read(|read| {
        let mut decided = HashSet::new();
        read.for_each_blind_label::<StoreError>(annotator, |one| {
            decided.extend(one.now.map(|label| label.group));
            Ok(())
        })?;
        for waiting in read.repeats(annotator)?.into_iter().filter(|repeat| repeat.label.is_none()) {
            decided.remove(&waiting.group);
        }
        Ok(decided)
    })
}

/// Counts of an export.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) groups: u64,
    pub(super) pairs: u64,
    left_out: u64,
    unsure: u64,
    units: BTreeMap<String, f64>,
}

/// Why writing rows ended early.
enum Stopped {
    Store(StoreError),
    Io(std::io::Error),
    File(FileFault),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// All pairs as rows of a format, in the order of the groups. Where the format has no place for what some prompts hold,
/// the rows are still handed on, and the end is an error.
fn pair_rows(
    read: &Read<'_>,
    format: Format,
    (policy, source): (PairPolicy, PairSource),
    put: &mut dyn FnMut(GroupId, &str) -> std::io::Result<()>,
    tally: &mut Tally,
) -> Result<(), Stopped> {
    let mut rows = Rows {
        format,
        policy,
        options: RowOptions { scores: source.scores.is_some(), ..RowOptions::default() },
        able: Format::PAIRS.to_vec(),
        systems: 0,
        histories: 0,
        put,
        tally,
    };
    match source.order {
        PairOrder::Human => read.for_each_label(|group, texts, label| -> Result<(), Stopped> {
            let judgement = judgement(read, group.id, label.round, source.scores)?;
            rows.put_group(read, (&group, label.round), &texts, (&label.verdict, &|_| true), judgement.as_ref())
        })?,
        PairOrder::Scorer(scorer) | PairOrder::Agreement { judge: scorer, .. } => {
            let sieve = Sieve::new(read, source)?;
            rows.tally.units = sieve.units().iter().map(|(scorer, unit)| (scorer.to_string(), *unit)).collect();
            read.for_each_judgement(scorer, |group, judgement| -> Result<(), Stopped> {
                let round = judgement.round;
                let Some(verdict) = judgement.verdict() else {
                    rows.tally.groups += 1;
                    return Ok(());
                };
                let texts = read.texts(group.id, round)?;
                let second = sieve.second(read, group.id)?;
                let keeps = |pair: Pair| sieve.keeps(&judgement, second.as_ref(), pair);
                rows.put_group(read, (&group, round), &texts, (&verdict, &keeps), Some(&judgement))
            })?;
        }
    }
    rows.end()
}

/// What the scorer whose scores go beside the texts made of a round.
fn judgement(
    read: &Read<'_>,
    group: GroupId,
    round: u32,
    by: Option<ScorerId>,
) -> Result<Option<Judgement>, StoreError> {
    let Some(scorer) = by else { return Ok(None) };
    Ok(read.judgement(group, scorer)?.filter(|judgement| judgement.round == round))
}

/// Rows on their way into a file.
struct Rows<'a> {
    format: Format,
    policy: PairPolicy,
    options: RowOptions,
    /// Formats that can hold all that came.
    able: Vec<Format>,
    /// Groups whose system prompt, and whose earlier turns, this format cannot hold.
    systems: u64,
    histories: u64,
    put: &'a mut dyn FnMut(GroupId, &str) -> std::io::Result<()>,
    tally: &'a mut Tally,
}

impl Rows<'_> {
    fn put_group(
        &mut self,
        read: &Read<'_>,
        (group, round): (&Group, u32),
        texts: &[(ReplyId, String)],
        (verdict, keeps): (&Verdict, &dyn Fn(Pair) -> bool),
        judgement: Option<&Judgement>,
    ) -> Result<(), Stopped> {
        let text_of = |id: ReplyId| texts.iter().find(|(of, _)| *of == id).map(|(_, text)| text.as_str());
        let mut found = pairs(verdict, self.policy, text_of);
        let possible = possible_pairs(verdict, self.policy);
        self.tally.groups += 1;
        self.tally.left_out += possible.saturating_sub(found.len()) as u64;
        let before = found.len();
        found.retain(|pair| keeps(*pair));
        self.tally.unsure += (before - found.len()) as u64;
        if judgement.is_some() && matches!(self.format, Format::Seed000 | Format::Seed000Triplets) {
            // One row a group: its best reply and its worst.
            found.truncate(1);
        }
        self.tally.pairs += found.len() as u64;
        if found.is_empty() {
            return Ok(());
        }
        match self.format.holds(&group.prompt, self.options.plain) {
            Ok(()) => {}
            Err(Unheld::System) => self.systems += 1,
            Err(Unheld::History) => self.histories += 1,
        }
        let plain = self.options.plain;
        self.able.retain(|format| format.holds(&group.prompt, plain).is_ok());
        let beside = Beside::of(read, self.format, group.id, round, judgement)?;
        let score = |id: ReplyId| judgement.and_then(|judgement| judgement.value_of(id));
        let reply = |id: ReplyId| ScoredReply {
            text: text_of(id).unwrap_or_default(),
            score: score(id),
            kind: beside.kind(id),
        };
        for pair in found {
            let (chosen, rejected) = (reply(pair.chosen), reply(pair.rejected));
            let pair = ScoredPair { prompt: &group.prompt, chosen, rejected, scores: &beside.scores };
            (self.put)(group.id, &formats::pair_row(self.format, &pair, self.options))?;
        }
        Ok(())
    }

    fn end(self) -> Result<(), Stopped> {
        let (systems, histories) = (self.systems, self.histories);
        if systems + histories == 0 {
            return Ok(());
        }
        let can = self.able.into_iter().map(|format| format.name().to_owned()).collect();
        let format = self.format.name().to_owned();
        Err(Stopped::File(FileFault::CannotHold { format, systems, histories, can }))
    }
}

/// What a format says of a group's replies beside their texts.
#[derive(Default)]
struct Beside {
    /// One for each reply that is shown. A person's label has none.
    scores: Vec<Option<f64>>,
    kinds: Vec<(ReplyId, String)>,
}

impl Beside {
    fn of(
        read: &Read<'_>,
        format: Format,
        group: GroupId,
        round: u32,
        judgement: Option<&Judgement>,
    ) -> Result<Self, StoreError> {
        match format {
            Format::Seed000 | Format::Seed000Triplets => {
                let value = |reply: ReplyId| judgement.and_then(|judgement| judgement.value_of(reply));
                let shown = read.shown_replies(group, round)?;
                let scores = shown.iter().map(|reply| value(reply.id)).collect();
                Ok(Self { scores, kinds: Vec::new() })
            }
            Format::Cvalues => {
                let kind = |reply: Reply| match reply.origin {
                    Origin::Imported { kind, .. } => Some((reply.id, kind?)),
                    Origin::Generated(_) | Origin::Written { .. } => None,
                };
                let kinds = read.replies(group, round)?.into_iter().filter_map(kind).collect();
                Ok(Self { scores: Vec::new(), kinds })
            }
            _ => Ok(Self::default()),
        }
    }

    fn kind(&self, reply: ReplyId) -> Option<&str> {
        self.kinds.iter().find(|(of, _)| *of == reply).map(|(_, kind)| kind.as_str())
    }
}

/// Everything, lossless.
fn archive(
    read: &Read<'_>,
    line: &mut dyn FnMut(&str) -> std::io::Result<()>,
    tally: &mut Tally,
) -> Result<(), Stopped> {
    let info = read.info()?;
    let mut put = |item: &ArchiveLine| line(&formats::archive_line(item));
    put(&ArchiveLine::session(info.id, info.title, info.created_at, Some(read.plan()?)))?;
    for annotator in read.annotators()? {
        put(&ArchiveLine::Annotator(annotator))?;
    }
    for guidelines in read.all_guidelines()? {
        put(&ArchiveLine::Guidelines(guidelines))?;
    }
    for KeptScorer { scorer, finding, removed, .. } in read.scorers()? {
        put(&ArchiveLine::Scorer { scorer, finding, removed })?;
    }
    for (annotator, design) in read.designs()? {
        put(&ArchiveLine::Design { annotator, design })?;
    }
    read.for_each_group(|group| -> Result<(), Stopped> {
        let id = group.id;
        tally.groups += 1;
        put(&ArchiveLine::Group(group))?;
        for reply in read.all_replies(id)? {
            put(&ArchiveLine::Reply(reply))?;
        }
        for failure in read.all_failures(id)? {
            put(&ArchiveLine::Failure(failure))?;
        }
        for label in read.labels_of(id)? {
            put(&ArchiveLine::Label(label))?;
        }
        for (annotator, mark) in read.marks_of(id)? {
            put(&ArchiveLine::Mark { group: id, annotator, mark })?;
        }
        for (annotator, draft) in read.drafts_of(id)? {
            put(&ArchiveLine::Draft { group: id, annotator, draft })?;
        }
        for (annotator, writing) in read.writings_of(id)? {
            put(&ArchiveLine::Writing { group: id, annotator, writing })?;
        }
        for KeptCall { scorer, round, revision, superseded, call } in read.all_calls(id)? {
            put(&ArchiveLine::Call { group: id, scorer, round, revision, superseded, call })?;
        }
        for judgement in read.all_judgements(id)? {
            put(&ArchiveLine::Judgement(judgement))?;
        }
        for pick in read.picks_of(id)? {
            put(&ArchiveLine::Pick(pick))?;
        }
        for (reveal, blind) in read.reveals_of(id)? {
            put(&ArchiveLine::Reveal { reveal, blind })?;
        }
        for repeat in read.repeats_of(id)? {
            put(&ArchiveLine::Repeat(repeat))?;
        }
        Ok(())
    })
}

fn companion(
    info: SessionInfo,
    format: Format,
    (policy, source): (PairPolicy, PairSource),
    tally: &Tally,
) -> Companion {
    Companion {
        session_id: info.id,
        session_title: info.title,
        format,
        policy,
        groups: tally.groups,
        pairs: tally.pairs,
        left_out: tally.left_out,
        order: source.order,
        threshold: source.threshold,
        unsure: tally.unsure,
        units: tally.units.clone(),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
