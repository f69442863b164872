//! Spot-checks: picking groups for people to look at, and noting whose scores they have seen.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::actor::Actor;
use super::snapshot::ScoreTable;
use crate::domain::{
    AnnotatorId, Design, Draw, Group, GroupId, Judgement, Notice, Picked, QueueFilter, Repeat, Reveal, ScorerId,
    ScorerKind, SplitMix64, Stratum, Verdict, View,
};
use crate::ranking::picking::{self, Candidate};
use crate::ranking::statistics::PooledDeviation;
use crate::store::{Reader, StoreError};

/// What is to be picked, and what of the session it depends on.
pub(super) struct PickTask {
    annotator: AnnotatorId,
    scorer: ScorerId,
    /// Whose scores may contradict the scorer's.
    other: Option<ScorerId>,
    draw: Option<Draw>,
    count: usize,
    /// Groups that can be labeled now and are not, with their rounds.
    open: HashMap<GroupId, u32>,
}

/// What was picked.
#[derive(Default)]
pub(super) struct Picking {
    design: Option<Design>,
    picks: Vec<Picked>,
    repeats: Vec<Repeat>,
}

impl Picking {
    /// Picks that another than the queues made.
    pub(super) fn of(picks: Vec<Picked>) -> Self {
        Self { picks, ..Self::default() }
    }
}

impl Actor {
    /// Have groups picked; the answer comes as a report. While it is on its way nothing else is picked: two picks that know
    /// nothing of each other would give different probabilities to one sample.
    pub(super) fn pick(&mut self, scorer: ScorerId, draw: Option<Draw>, count: u32) -> Result<(), StoreError> {
        let is_judge = |kind: &ScorerKind| matches!(kind, ScorerKind::Judge(_));
        let Some(at) = self.scorers.position(scorer) else { return Ok(()) };
        if std::mem::replace(&mut self.picking, true) {
            return Ok(());
        }
        let kind = is_judge(&self.scorers.benches[at].scorer.kind);
        let others = || self.scorers.benches.iter().filter(|bench| bench.scorer.id != scorer);
        let other = others().find(|bench| is_judge(&bench.scorer.kind) != kind).or_else(|| others().next());
        self.clerk.pick(PickTask {
            annotator: self.annotator.id,
            scorer,
            other: other.map(|bench| bench.scorer.id),
            draw,
            count: count as usize,
            open: self.queue.open_groups().map(|standing| (standing.id, standing.round)).collect(),
        });
        Ok(())
    }

    /// A pick came to its end.
    pub(super) fn take_picked(&mut self, found: Result<Picking, StoreError>) {
        self.picking = false;
        if let Err(error) = found.and_then(|picking| self.take_picking(picking)) {
            self.report_store_error(error);
        }
    }

    /// Keep what was picked, and go to the first of it.
    pub(super) fn take_picking(&mut self, picking: Picking) -> Result<(), StoreError> {
        if picking.picks.iter().all(|pick| pick.batch == 0) && picking.repeats.is_empty() {
            self.notify(Notice::NothingToPick);
            return Ok(());
        }
        let annotator = self.annotator.id;
        self.store.write(|write| {
            if let Some(design) = &picking.design {
                write.set_design(annotator, design)?;
            }
            for pick in &picking.picks {
                write.add_pick(pick)?;
            }
            for repeat in &picking.repeats {
                write.set_repeat(repeat)?;
            }
            Ok(())
        })?;
        self.saved();
        self.place.filter = QueueFilter::Picked;
        self.load_picked()?;
        self.place.view = View::Label;
        let first = self.queue.next_picked(None);
        self.visit(first);
        self.save_place()
    }

    /// Take up which groups were picked last, which come again, and whose scores were seen.
    pub(super) fn load_picked(&mut self) -> Result<(), StoreError> {
        let annotator = self.annotator.id;
        let mut revealed = HashSet::new();
        let (picks, repeats, design) = self.store.read(|read| {
            read.revealed(annotator, |group, round| {
                revealed.insert((group, round));
            })?;
            Ok((read.picks(annotator)?, read.repeats(annotator)?, read.design(annotator)?))
        })?;
        self.revealed = revealed;
        let last = picks.iter().map(|pick| pick.batch).max().unwrap_or(0);
        let newest = picks.iter().filter(|pick| pick.batch == last && last > 0);
        let mut picked: HashSet<GroupId> = newest.map(|pick| pick.group).collect();
        let mut again = HashSet::new();
        for repeat in repeats.iter().filter(|repeat| repeat.label.is_none()) {
            if self.queue.get(repeat.group).is_some_and(|standing| standing.round == repeat.round) {
                again.insert(repeat.group);
                picked.insert(repeat.group);
            }
        }
        for group in &again {
            self.bodies.remove(group);
        }
        // Outside of the picks they are what they were: labeled.
        if self.place.filter != QueueFilter::Picked {
            again.clear();
        }
        // Shuffled, so that nobody can tell why a group was picked, or that it comes again.
        let order = design.map_or(0, |design| design.seed) ^ SplitMix64::new(u64::from(last)).next_u64();
        let mut picked: Vec<(f64, GroupId)> =
            picked.into_iter().map(|group| (picking::own_number(order, group), group)).collect();
        picked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.queue.set_picked(picked.into_iter().map(|(_, group)| group), &again);
        Ok(())
    }

    /// Note that the annotator sees scores of these groups. Groups without a label of theirs show none.
    pub(super) fn reveal(&mut self, groups: &[GroupId]) -> Result<(), StoreError> {
        let rounds: Vec<(GroupId, u32)> = groups.iter().filter_map(|group| self.shows_scores(*group)).collect();
        self.reveal_rounds(&rounds)
    }

    /// The round of a group whose scores may be seen.
    fn shows_scores(&self, group: GroupId) -> Option<(GroupId, u32)> {
        let standing = self.queue.get(group)?;
        (standing.verdict.is_some() && !standing.again).then_some((group, standing.round))
    }

    /// Note that the annotator sees scores of these rounds.
    fn reveal_rounds(&mut self, rounds: &[(GroupId, u32)]) -> Result<(), StoreError> {
        let fresh: Vec<(GroupId, u32)> =
            rounds.iter().copied().filter(|round| !self.revealed.contains(round)).collect();
        if fresh.is_empty() {
            return Ok(());
        }
        let (annotator, at) = (self.annotator.id, jiff::Timestamp::now());
        self.store.write(|write| {
            for (group, round) in &fresh {
                write.add_reveal(&Reveal { group: *group, annotator, round: *round, at }, None)?;
            }
            Ok(())
        })?;
        self.revealed.extend(fresh);
        Ok(())
    }

    /// Show a table, less what was taken back since it was read. Whoever sees its rows says so by [`Self::reveal`].
    pub(super) fn take_scores(&mut self, mut table: ScoreTable) {
        let before = table.rows.len();
        table.rows.retain(|row| self.shows_scores(row.group).is_some());
        table.hidden += (before - table.rows.len()) as u64;
        self.score_table = Some(Arc::new(table));
    }

    /// What the scorers on the list made of a group as it is shown.
    pub(super) fn judgements_of(&self, group: GroupId) -> Result<Vec<Judgement>, StoreError> {
        self.store.read(|read| {
            let mut judgements = Vec::new();
            for bench in &self.scorers.benches {
                judgements.extend(read.judgement(group, bench.scorer.id)?);
            }
            Ok(judgements)
        })
    }

    /// Whether the view stays on a group after this verdict, to show what machines say: as the annotator wants it, and
    /// once only.
    pub(super) fn stays(&self, group: GroupId, round: u32, verdict: &Verdict) -> Result<bool, StoreError> {
        use crate::domain::Pause;
        if self.place.pause == Pause::Never || self.revealed.contains(&(group, round)) {
            return Ok(false);
        }
        let judgements = self.judgements_of(group)?;
        let mut judgements =
            judgements.iter().filter(|judgement| judgement.scores.iter().any(|score| score.result.is_ok()));
        Ok(match self.place.pause {
            Pause::Always => judgements.next().is_some(),
            _ => judgements.any(|judgement| !judgement.opposes(verdict).is_empty()),
        })
    }
}

/// Groups with scores, on their way to become candidates.
struct Scored {
    group: GroupId,
    round: u32,
    stratum: Stratum,
    /// Of the scorer that is asked; `None` where only the one of the strata scored the group.
    judgement: Option<Judgement>,
    other: Option<Judgement>,
    /// By the scorer of the strata.
    sureness: Option<f64>,
}

/// Pick groups as a task asks.
pub(super) fn picks(reader: &Reader, task: &PickTask) -> Result<Picking, StoreError> {
    let annotator = task.annotator;
    let before = reader.read(|read| read.picks(annotator))?;
    let (scored, design) = scored(reader, task)?;
    let batch = before.iter().map(|pick| pick.batch).max().unwrap_or(0) + 1;
    let mut picking = Picking::default();
    // What was picked before and is still open comes first, once, as it stands now.
    let mut again: HashSet<GroupId> = HashSet::new();
    for pick in &before {
        let fits =
            task.draw.is_none_or(|draw| draw == pick.draw) && !matches!(pick.draw, Draw::Repeat | Draw::Calibration);
        let Some(&round) = task.open.get(&pick.group).filter(|_| fits && again.len() < task.count) else { continue };
        if again.insert(pick.group) {
            picking.picks.push(Picked { round, batch, ..*pick });
        }
    }
    let count = task.count - again.len();
    let candidates = candidates(&scored, &before, &design, task, &again);
    let wanted = match task.draw {
        None => picking::mix(count).to_vec(),
        Some(Draw::Repeat | Draw::Calibration) => Vec::new(),
        Some(draw) => vec![(draw, count)],
    };
    let mut drawn = design;
    let picks = picking::pick(&candidates, &mut drawn, &wanted);
    let at = jiff::Timestamp::now();
    let picked = |&(index, draw, chance): &(usize, Draw, Option<f64>), batch| {
        let stratum = (draw == Draw::Random).then_some(candidates[index].stratum);
        let Scored { group, round, .. } = scored[index];
        Picked { group, annotator, round, draw, batch, stratum, chance, at }
    };
    picking.picks.extend(picks.fresh.iter().map(|pick| picked(pick, batch)));
    picking.picks.extend(picks.also.iter().map(|pick| picked(pick, 0)));
    if !picks.fresh.is_empty() {
        picking.design = Some(drawn);
    }
    picking.repeats = repeats(reader, task)?;
    Ok(picking)
}

/// Groups to come again: labeled blind, and still so. A second verdict on replies whose scores were seen would be led.
fn repeats(reader: &Reader, task: &PickTask) -> Result<Vec<Repeat>, StoreError> {
    let annotator = task.annotator;
    // Who asks for repeats alone gets as many as there are.
    let share = if task.draw == Some(Draw::Repeat) { task.count * 20 } else { task.count };
    reader.read(|read| {
        let mut known: HashSet<GroupId> = read.repeats(annotator)?.iter().map(|repeat| repeat.group).collect();
        read.revealed(annotator, |group, _| {
            known.insert(group);
        })?;
        let labeled = read.labeled_in_order(annotator)?;
        let mut repeats = Vec::new();
        for group in picking::repeats(&labeled, |group| !known.contains(&group), share, &mut SplitMix64::new(seed())) {
            let Some(round) = read.group(group)?.map(|group| group.round) else { continue };
            repeats.push(Repeat { group, annotator, round, label: None });
        }
        Ok(repeats)
    })
}

/// Groups that the scorer that is asked, or the one of the strata, scored; and how random picks are drawn from them: as
/// before, or by this scorer's sureness at the first time. Labels that came with a file measure nobody: such groups stay out.
fn scored(reader: &Reader, task: &PickTask) -> Result<(Vec<Scored>, Design), StoreError> {
    let mut scored: Vec<Scored> = Vec::new();
    let design = reader.read(|read| read.design(task.annotator))?;
    reader.read(|read| {
        read.for_each_judgement::<StoreError>(task.scorer, |group, judgement| {
            let other = match task.other {
                Some(other) => read.judgement(group.id, other)?,
                None => None,
            };
            let one = scored_by(&group, &judgement);
            scored.push(Scored { judgement: Some(judgement), other, ..one });
            Ok(())
        })
    })?;
    let mut imported: HashSet<GroupId> = HashSet::new();
    reader.read(|read| {
        read.imported_labels(task.annotator, |group| {
            imported.insert(group);
        })
    })?;
    let Some(design) = design else {
        let unit = unit(scored.iter().filter_map(|one| one.judgement.as_ref()));
        for one in &mut scored {
            one.sureness = one.judgement.as_ref().and_then(|judgement| sureness(judgement, unit));
        }
        let thirds = picking::thirds(scored.iter().filter_map(|one| one.sureness));
        let design = Design { seed: seed(), scorer: Some(task.scorer), thirds, unit, fractions: Vec::new() };
        scored.retain(|one| !imported.contains(&one.group));
        return Ok((scored, design));
    };
    // Who was asked for and scored nothing has nothing to be checked.
    if let Some(scorer) = design.scorer.filter(|_| !scored.is_empty()) {
        let mut places: HashMap<GroupId, usize> =
            scored.iter().enumerate().map(|(place, one)| (one.group, place)).collect();
        reader.read(|read| {
            read.for_each_judgement::<StoreError>(scorer, |group, judgement| {
                let place = *places.entry(group.id).or_insert(scored.len());
                if place == scored.len() {
                    scored.push(scored_by(&group, &judgement));
                }
                scored[place].sureness = sureness(&judgement, design.unit);
                Ok(())
            })
        })?;
    }
    scored.retain(|one| !imported.contains(&one.group));
    Ok((scored, design))
}

/// A group, as far as it follows from it and not from how sure a scorer is.
fn scored_by(group: &Group, judgement: &Judgement) -> Scored {
    let (replies, script) = (picking::size(judgement.scores.len()), picking::script(&group.prompt));
    let stratum = Stratum { replies, sureness: 3, script };
    Scored { group: group.id, round: group.round, stratum, judgement: None, other: None, sureness: None }
}

/// The unit of margins: see [`crate::domain::ScorerAgreement::unit`].
fn unit<'j>(judgements: impl Iterator<Item = &'j Judgement>) -> Option<f64> {
    let mut deviation = PooledDeviation::default();
    for judgement in judgements {
        deviation.add(&judgement.ranked().iter().map(|(_, value)| *value).collect::<Vec<_>>());
    }
    deviation.unit()
}

/// Groups with what picking needs to know of them. Those of `again` are picked already.
fn candidates(
    scored: &[Scored],
    before: &[Picked],
    design: &Design,
    task: &PickTask,
    again: &HashSet<GroupId>,
) -> Vec<Candidate> {
    let own_unit = unit(scored.iter().filter_map(|one| one.judgement.as_ref()));
    let other_unit = unit(scored.iter().filter_map(|one| one.other.as_ref()));
    let mut frozen: HashMap<GroupId, Stratum> = HashMap::new();
    let (mut picked, mut audited) = (HashSet::new(), HashSet::new());
    for pick in before {
        picked.insert(pick.group);
        match (pick.draw, pick.stratum) {
            (Draw::Random, Some(stratum)) => drop(frozen.insert(pick.group, stratum)),
            (Draw::Audit, _) => drop(audited.insert(pick.group)),
            _ => {}
        }
    }
    let candidate = |one: &Scored| {
        let ranked = one.judgement.as_ref().map(Judgement::ranked).unwrap_or_default();
        let reach = match (ranked.first(), ranked.last(), own_unit) {
            (Some((_, best)), Some((_, worst)), Some(unit)) if ranked.len() > 1 => Some((best - worst) / unit),
            _ => None,
        };
        let stratum = Stratum { sureness: picking::third(one.sureness, design.thirds), ..one.stratum };
        Candidate {
            group: one.group,
            stratum: frozen.get(&one.group).copied().unwrap_or(stratum),
            is_open: task.open.contains_key(&one.group) && !again.contains(&one.group),
            is_sampled: frozen.contains_key(&one.group),
            is_audited: audited.contains(&one.group),
            was_picked: picked.contains(&one.group),
            contradiction: contradiction(one, own_unit, other_unit),
            inconsistent: one.judgement.as_ref().map_or(0, |judgement| judgement.inconsistent.len() as u32),
            sureness: one.judgement.as_ref().and_then(|judgement| sureness(judgement, own_unit)),
            reach,
        }
    };
    scored.iter().map(candidate).collect()
}

/// Standard errors between the first and the second; where there are none, units between them.
fn sureness(judgement: &Judgement, unit: Option<f64>) -> Option<f64> {
    let ranked = judgement.ranked();
    let [(first, best), (second, next), ..] = ranked[..] else { return None };
    let slot = |reply| judgement.scores.iter().position(|score| score.reply == reply);
    let error = judgement.spread_of(slot(first)?, slot(second)?).filter(|error| *error > 0.0);
    Some((best - next) / error.or(unit)?)
}

fn contradiction(one: &Scored, own_unit: Option<f64>, other_unit: Option<f64>) -> f64 {
    let (Some(judgement), Some(other)) = (&one.judgement, &one.other) else { return 0.0 };
    let (Some(own_unit), Some(other_unit)) = (own_unit, other_unit) else { return 0.0 };
    let mut sum = 0.0;
    let ranked = judgement.ranked();
    for (at, (better, high)) in ranked.iter().enumerate() {
        for (worse, low) in &ranked[at + 1..] {
            let (Some(theirs_better), Some(theirs_worse)) = (other.value_of(*better), other.value_of(*worse)) else {
                continue;
            };
            let (own, theirs) = ((high - low) / own_unit, (theirs_better - theirs_worse) / other_unit);
            if own > 0.0 && theirs < 0.0 {
                sum += own.min(-theirs);
            }
        }
    }
    sum
}

/// Chance from the ids' own source.
fn seed() -> u64 {
    let bytes = GroupId::new().to_bytes();
    bytes[8..].iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
}
