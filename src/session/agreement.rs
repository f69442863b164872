//! How far people and machines agree: read and computed on a thread of its own.

use std::collections::HashMap;

use super::actor::Actor;
use super::aside::{Halt, Halted};
use super::clerk::Report;
use super::score_table::Asked;
use crate::domain::{
    Agreement, AnnotatorId, Changes, Draw, GroupId, Judgement, Label, ReplyId, ScorerId, ScorerKind, Verdict,
};
use crate::ranking::agreement::{Again, Checked, CheckedReply, between, group_seed, itself, net, person, right_pairs};
use crate::ranking::picking::own_number;
use crate::ranking::statistics::PooledDeviation;
use crate::store::{Read, Reader, StoreError};

/// A scorer of the list, and whether it is a judge.
pub(super) type Listed = (ScorerId, bool);

impl Actor {
    /// Compute the figures anew; where that is under way, once more after it.
    pub(super) fn measure(&mut self) -> Result<(), StoreError> {
        if self.measurement.ask_again() {
            return Ok(());
        }
        let (annotator, scorers) = (self.annotator.id, self.listed());
        self.measurement.begin(
            "agreement",
            self.path.to_path_buf(),
            self.clerk.reports(),
            move |reader, halt| measured(reader, annotator, &scorers, halt),
            |found| Report::Measured(found.map(Box::new)),
        )
    }

    pub(super) fn take_measured(&mut self, found: Result<Box<Agreement>, StoreError>) {
        let again = self.measurement.ended();
        match found {
            Ok(agreement) => self.agreement = Some((*agreement).into()),
            Err(error) => self.report_store_error(error),
        }
        if again && let Err(error) = self.measure() {
            self.report_store_error(error);
        }
    }

    /// Read what a scorer said of labeled groups, beside the first scorer of the other kind.
    pub(super) fn list_scores(&self, scorer: ScorerId) {
        let listed = self.listed();
        let is_judge = listed.iter().any(|(id, is_judge)| *id == scorer && *is_judge);
        let other = listed.iter().find(|(_, kind)| *kind != is_judge).map(|(id, _)| *id);
        self.clerk.list_scores(Asked { scorer, other, annotator: self.annotator.id });
    }

    /// The scorers in the order of the list.
    pub(super) fn listed(&self) -> Vec<Listed> {
        let benches = self.scorers.benches.iter();
        benches.map(|bench| (bench.scorer.id, matches!(bench.scorer.kind, ScorerKind::Judge(_)))).collect()
    }
}

/// Everything that is measured for an annotator, of the scorers given.
pub(super) fn measured(
    reader: &Reader,
    annotator: AnnotatorId,
    scorers: &[Listed],
    halt: &Halt,
) -> Result<Agreement, Halted> {
    let stop = || halt.is_set();
    let mut labeled = reader.read(|read| Labeled::read(read, annotator, halt))?;
    let mut agreement = Agreement { changes: labeled.changes(), ..Agreement::default() };
    let again = reader.read(|read| labeled.again(read, annotator))?;
    agreement.itself = itself(&again, &stop).ok_or(Halted::Stopped)?;
    let has_both = scorers.iter().any(|(_, is_judge)| *is_judge) && scorers.iter().any(|(_, is_judge)| !is_judge);
    let mut kept: Vec<(Listed, Kept)> = Vec::new();
    // One reading for each scorer: none is held open while figures are computed.
    for &(scorer, is_judge) in scorers {
        let mut of_scorer = OfScorer { is_kept: has_both, ..OfScorer::default() };
        reader.read(|read| of_scorer.read(read, scorer, &mut labeled, halt))?;
        if !of_scorer.checked.is_empty() {
            let unit = of_scorer.deviation.unit();
            agreement.scorers.push(person(scorer, &of_scorer.checked, unit, &stop).ok_or(Halted::Stopped)?);
        }
        agreement.changes.toward += of_scorer.toward;
        kept.push(((scorer, is_judge), of_scorer.kept));
    }
    for ((judge, _), judged) in kept.iter().filter(|((_, is_judge), _)| *is_judge) {
        for ((reward, _), rewarded) in kept.iter().filter(|((_, is_judge), _)| !is_judge) {
            let groups = judged.with(rewarded);
            agreement.between.extend(between(*judge, *reward, groups, &stop).ok_or(Halted::Stopped)?);
        }
    }
    Ok(agreement)
}

/// What one annotator said blind.
#[derive(Default)]
struct Labeled {
    groups: HashMap<GroupId, LabeledGroup>,
    revealed: u64,
}

struct LabeledGroup {
    round: u32,
    /// Every reply of the round that there ever was: its tier, its length in characters.
    replies: Vec<(ReplyId, Option<u32>, u32)>,
    /// The label is another one since scores were seen, and no scorer was asked yet whether it moved towards it.
    changed_to: Option<Vec<(ReplyId, u32)>>,
    weight: Option<f64>,
    is_audit: bool,
    /// Another label after scores were seen.
    is_changed: bool,
}

impl Labeled {
    fn read(read: &Read<'_>, annotator: AnnotatorId, halt: &Halt) -> Result<Self, Halted> {
        let design = read.design(annotator)?.unwrap_or_default();
        let mut picks: HashMap<GroupId, (Option<f64>, bool)> = HashMap::new();
        for pick in read.picks(annotator)? {
            let (weight, is_audit) = picks.entry(pick.group).or_default();
            match pick.draw {
                Draw::Random => {
                    // Those drawn while their stratum had a larger fraction weigh nothing: see `Design::fractions`.
                    let chance = pick.stratum.and_then(|stratum| design.chance(stratum));
                    let inside = chance.filter(|chance| own_number(design.seed, pick.group) < *chance);
                    *weight = inside.map(|chance| 1.0 / chance).or(*weight);
                }
                Draw::Audit => *is_audit = true,
                Draw::Disagreement | Draw::Repeat | Draw::Calibration => {}
            }
        }
        let mut labeled = Self::default();
        read.for_each_blind_label::<Halted>(annotator, |found| {
            halt.check()?;
            // What came with a file was said by nobody here.
            if found.blind.seconds <= 0.0 {
                return Ok(());
            }
            let before = tiers(&found.blind);
            let after = found.now.as_ref().map(tiers);
            labeled.revealed += u64::from(found.is_revealed && after.is_some());
            let is_changed = found.is_revealed && found.now.as_ref().is_some_and(|now| !is_same(&found.blind, now));
            let tier = |reply: ReplyId| before.iter().find(|(named, _)| *named == reply).map(|(_, tier)| *tier);
            let texts = read.texts(found.group.id, found.blind.round)?;
            let length = |text: &str| text.chars().count() as u32;
            let (weight, is_audit) = picks.get(&found.group.id).copied().unwrap_or_default();
            let group = LabeledGroup {
                round: found.blind.round,
                replies: texts.iter().map(|(reply, text)| (*reply, tier(*reply), length(text))).collect(),
                changed_to: after.filter(|_| is_changed),
                weight,
                is_audit,
                is_changed,
            };
            labeled.groups.insert(found.group.id, group);
            Ok(())
        })?;
        Ok(labeled)
    }

    fn changes(&self) -> Changes {
        let changed = self.groups.values().filter(|group| group.is_changed).count() as u64;
        Changes { revealed: self.revealed, changed, toward: 0 }
    }

    /// Groups that came again and were labeled again.
    fn again(&self, read: &Read<'_>, annotator: AnnotatorId) -> Result<Vec<Again>, StoreError> {
        let mut again = Vec::new();
        for repeat in read.repeats(annotator)? {
            let Some(label) = &repeat.label else { continue };
            let Some(group) = self.groups.get(&repeat.group).filter(|group| group.round == repeat.round) else {
                continue;
            };
            let second = tiers(label);
            let tier = |reply: ReplyId| second.iter().find(|(named, _)| *named == reply).map(|(_, tier)| *tier);
            again.push(group.replies.iter().map(|(reply, first, _)| (*first, tier(*reply))).collect());
        }
        Ok(again)
    }
}

/// The tier of each reply that a label names, by reply.
fn tiers(label: &Label) -> Vec<(ReplyId, u32)> {
    let Verdict::Ranked(tiers) = &label.verdict else { return Vec::new() };
    let placed = |(tier, replies): (usize, &Vec<ReplyId>)| {
        replies.iter().map(move |reply| (*reply, tier as u32)).collect::<Vec<_>>()
    };
    let mut named: Vec<(ReplyId, u32)> = tiers.as_slice().iter().enumerate().flat_map(placed).collect();
    named.sort_unstable();
    named
}

/// Both labels say the same of every two replies that both name: one that was asked for anew is no change of mind.
fn is_same(blind: &Label, now: &Label) -> bool {
    let kind = |label: &Label| std::mem::discriminant(&label.verdict);
    let after = tiers(now);
    let tier = |reply: ReplyId| after.iter().find(|(named, _)| *named == reply).map(|(_, tier)| *tier);
    let both: Vec<(u32, u32)> =
        tiers(blind).iter().filter_map(|(reply, before)| Some((*before, tier(*reply)?))).collect();
    let mut pairs =
        both.iter().enumerate().flat_map(|(place, one)| both[..place].iter().map(move |other| (one, other)));
    blind.round == now.round
        && kind(blind) == kind(now)
        && pairs.all(|(one, other)| one.0.cmp(&other.0) == one.1.cmp(&other.1))
}

/// What one scorer said, beside the labels.
#[derive(Default)]
struct OfScorer {
    checked: Vec<Checked>,
    deviation: PooledDeviation,
    /// Labels that moved towards it.
    toward: u64,
    kept: Kept,
    is_kept: bool,
}

impl OfScorer {
    fn read(&mut self, read: &Read<'_>, scorer: ScorerId, labeled: &mut Labeled, halt: &Halt) -> Result<(), Halted> {
        read.for_each_judgement::<Halted>(scorer, |group, judgement| {
            halt.check()?;
            let values: Vec<Option<f64>> =
                judgement.scores.iter().map(|score| Some(score.result.as_ref().ok()?.value)).collect();
            self.deviation.add(&values.iter().flatten().copied().collect::<Vec<f64>>());
            if self.is_kept {
                self.kept.add(group.number, &judgement, &values);
            }
            let known = labeled.groups.get_mut(&group.id).filter(|known| known.round == judgement.round);
            if let Some(known) = known {
                self.check(group.id, known, &judgement, &values);
            }
            Ok(())
        })
    }

    fn check(&mut self, group: GroupId, known: &mut LabeledGroup, judgement: &Judgement, scores: &[Option<f64>]) {
        let place = |reply: ReplyId| judgement.scores.iter().position(|score| score.reply == reply);
        let mut replies: Vec<(ReplyId, CheckedReply)> =
            judgement.scores.iter().map(|score| (score.reply, CheckedReply::default())).collect();
        for ((_, checked), score) in replies.iter_mut().zip(scores) {
            checked.score = *score;
        }
        for &(reply, tier, length) in &known.replies {
            match place(reply) {
                Some(place) => (replies[place].1.tier, replies[place].1.length) = (tier, length),
                None if tier.is_some() => replies.push((reply, CheckedReply { tier, score: None, length })),
                None => {}
            }
        }
        if let Some(after) = known.changed_to.take() {
            let tier = |reply: ReplyId| after.iter().find(|(named, _)| *named == reply).map(|(_, tier)| *tier);
            // Of two rankings what both rank; of none acceptable and a ranking, the ranking.
            let is_ranked_twice = !after.is_empty() && replies.iter().any(|(_, checked)| checked.tier.is_some());
            let told = replies.iter().map(|(reply, checked)| (checked, checked.tier, tier(*reply)));
            let compared = told.filter(|(_, before, now)| !is_ranked_twice || (before.is_some() && now.is_some()));
            let (before, now): (Vec<CheckedReply>, Vec<CheckedReply>) = compared
                .map(|(checked, before, now)| {
                    (CheckedReply { tier: before, ..*checked }, CheckedReply { tier: now, ..*checked })
                })
                .unzip();
            self.toward += u64::from(net(&now) > net(&before));
        }
        let replies: Vec<CheckedReply> = replies.into_iter().map(|(_, checked)| checked).collect();
        if replies.iter().any(|reply| reply.tier.is_some()) {
            let (seed, weight, is_audit) = (group_seed(group), known.weight, known.is_audit);
            self.checked.push(Checked { seed, replies, weight, is_audit });
        }
    }
}

/// The scores of a scorer in the order of the groups' numbers, small enough to be held for all groups.
#[derive(Default)]
struct Kept {
    /// Number, which replies, and where its scores end.
    groups: Vec<(u64, u64, usize)>,
    scores: Vec<Option<f64>>,
}

impl Kept {
    fn add(&mut self, number: u64, judgement: &Judgement, scores: &[Option<f64>]) {
        self.scores.extend_from_slice(scores);
        self.groups.push((number, judgement.revision().0, self.scores.len()));
    }

    fn scores(&self, place: usize) -> &[Option<f64>] {
        let start = place.checked_sub(1).map_or(0, |before| self.groups[before].2);
        &self.scores[start..self.groups[place].2]
    }

    /// The scores of both, where both scored the same replies.
    fn with<'k>(&'k self, other: &'k Self) -> impl Iterator<Item = (&'k [Option<f64>], &'k [Option<f64>])> {
        let mut next = 0;
        self.groups.iter().enumerate().filter_map(move |(place, (number, revision, _))| {
            while other.groups.get(next).is_some_and(|(theirs, ..)| theirs < number) {
                next += 1;
            }
            let is_same = other.groups.get(next).is_some_and(|(theirs, of, _)| theirs == number && of == revision);
            is_same.then(|| (self.scores(place), other.scores(next)))
        })
    }
}

/// Of the pairs that a label decides and a scorer scored: how many the scorer puts the same way, its ties counting half, and
/// how many there are.
pub(super) fn accuracy_of(label: &Label, judgement: &Judgement) -> [f64; 2] {
    let replies: Vec<CheckedReply> = tiers(label)
        .into_iter()
        .map(|(reply, tier)| CheckedReply { tier: Some(tier), score: judgement.value_of(reply), length: 0 })
        .collect();
    if label.round == judgement.round { right_pairs(&replies) } else { [0.0, 0.0] }
}
