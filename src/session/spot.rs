//! Spot-checks: picking groups for people to look at, and noting whose scores they have seen.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::actor::Actor;
use super::snapshot::ScoreTable;
use crate::domain::{
    AnnotatorId, Design, Draw, GroupId, Judgement, Notice, Picked, QueueFilter, Repeat, Reveal, ScorerId, ScorerKind,
    SplitMix64, Stratum, Verdict, View,
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
    /// Groups that can be labeled now and are not.
    open: HashSet<GroupId>,
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
    /// Have groups picked; the answer comes as a report.
    pub(super) fn pick(&mut self, scorer: ScorerId, draw: Option<Draw>, count: u32) -> Result<(), StoreError> {
        let is_judge = |kind: &ScorerKind| matches!(kind, ScorerKind::Judge(_));
        let Some(at) = self.scorers.position(scorer) else { return Ok(()) };
        let kind = is_judge(&self.scorers.benches[at].scorer.kind);
        let others = || self.scorers.benches.iter().filter(|bench| bench.scorer.id != scorer);
        let other = others().find(|bench| is_judge(&bench.scorer.kind) != kind).or_else(|| others().next());
        self.clerk.pick(PickTask {
            annotator: self.annotator.id,
            scorer,
            other: other.map(|bench| bench.scorer.id),
            draw,
            count: count as usize,
            open: self.queue.open_groups().collect(),
        });
        Ok(())
    }

    /// Keep what was picked, and go to the first of it.
    pub(super) fn take_picking(&mut self, picking: Picking) -> Result<(), StoreError> {
        if picking.picks.is_empty() && picking.repeats.is_empty() {
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
        let (picks, repeats) = self.store.read(|read| {
            read.revealed(annotator, |group, round| {
                revealed.insert((group, round));
            })?;
            Ok((read.picks(annotator)?, read.repeats(annotator)?))
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
        self.queue.set_picked(&picked, &again);
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
    stratum: Stratum,
    judgement: Judgement,
    other: Option<Judgement>,
}

/// Pick groups as a task asks.
pub(super) fn picks(reader: &Reader, task: &PickTask) -> Result<Picking, StoreError> {
    let annotator = task.annotator;
    let at = jiff::Timestamp::now();
    let (before, design, labeled, repeated) = reader.read(|read| -> Result<_, StoreError> {
        let labeled = read.labeled_in_order(annotator)?;
        Ok((read.picks(annotator)?, read.design(annotator)?, labeled, read.repeats(annotator)?))
    })?;
    let mut scored = Vec::new();
    reader.read(|read| {
        read.for_each_judgement::<StoreError>(task.scorer, |group, judgement| {
            let other = match task.other {
                Some(other) => read.judgement(group.id, other)?,
                None => None,
            };
            let stratum = Stratum {
                replies: picking::size(judgement.scores.len()),
                sureness: 3,
                script: picking::script(&group.prompt),
            };
            scored.push((group.round, Scored { group: group.id, stratum, judgement, other }));
            Ok(())
        })
    })?;
    let rounds: HashMap<GroupId, u32> = scored.iter().map(|(round, one)| (one.group, *round)).collect();
    let scored: Vec<Scored> = scored.into_iter().map(|(_, one)| one).collect();
    let (mut candidates, fresh_thirds) = candidates(&scored, &before, design.as_ref(), task);
    let mut design = design.unwrap_or_else(|| Design {
        seed: seed(),
        scorer: Some(task.scorer),
        thirds: fresh_thirds,
        fractions: Vec::new(),
    });
    let batch = before.iter().map(|pick| pick.batch).max().unwrap_or(0) + 1;
    let mut picking = Picking::default();
    // What was picked before and is still open comes first.
    let mut count = task.count;
    for pick in &before {
        let fits =
            task.draw.is_none_or(|draw| draw == pick.draw) && !matches!(pick.draw, Draw::Repeat | Draw::Calibration);
        if count > 0 && fits && task.open.contains(&pick.group) && rounds.get(&pick.group) == Some(&pick.round) {
            picking.picks.push(Picked { batch, ..*pick });
            count -= 1;
        }
    }
    let open_before: HashSet<GroupId> = picking.picks.iter().map(|pick| pick.group).collect();
    for candidate in &mut candidates {
        candidate.is_open &= !open_before.contains(&candidate.group);
    }
    let wanted = match task.draw {
        None => picking::mix(count).to_vec(),
        Some(Draw::Repeat | Draw::Calibration) => Vec::new(),
        Some(draw) => vec![(draw, count)],
    };
    let picks = picking::pick(&candidates, &mut design, &wanted);
    let picked = |index: usize, draw, chance, batch| {
        let one: &Candidate = &candidates[index];
        let stratum = (draw == Draw::Random).then_some(one.stratum);
        let round = rounds.get(&one.group).copied().unwrap_or(0);
        Picked { group: one.group, annotator, round, draw, batch, stratum, chance, at }
    };
    picking.picks.extend(picks.fresh.iter().map(|(index, draw, chance)| picked(*index, *draw, *chance, batch)));
    picking.picks.extend(picks.labeled.iter().map(|index| picked(*index, Draw::Random, None, 0)));
    let known: HashSet<GroupId> = repeated.iter().map(|repeat| repeat.group).collect();
    let labeled: Vec<GroupId> = labeled.into_iter().filter(|group| !known.contains(group)).collect();
    let mut random = SplitMix64::new(seed());
    // Who asks for repeats alone gets as many as there are.
    let share = if task.draw == Some(Draw::Repeat) { task.count * 20 } else { task.count };
    for group in picking::repeats(&labeled, share, &mut random) {
        let Some(round) = reader.read(|read| read.group(group))?.map(|group| group.round) else { continue };
        picking.repeats.push(Repeat { group, annotator, round, label: None });
    }
    if !picks.fresh.is_empty() || !picks.labeled.is_empty() {
        picking.design = Some(design);
    }
    Ok(picking)
}

/// Groups with what picking needs to know of them, and where the thirds of sureness begin now.
fn candidates(
    scored: &[Scored],
    before: &[Picked],
    design: Option<&Design>,
    task: &PickTask,
) -> (Vec<Candidate>, Option<(f64, f64)>) {
    let unit = |judgements: &mut dyn Iterator<Item = &Judgement>| {
        let mut deviation = PooledDeviation::default();
        for judgement in judgements {
            deviation.add(&judgement.ranked().iter().map(|(_, value)| *value).collect::<Vec<_>>());
        }
        deviation.unit()
    };
    let own_unit = unit(&mut scored.iter().map(|one| &one.judgement));
    let other_unit = unit(&mut scored.iter().filter_map(|one| one.other.as_ref()));
    let mut frozen: HashMap<GroupId, Stratum> = HashMap::new();
    let mut picked: HashSet<GroupId> = HashSet::new();
    for pick in before {
        picked.insert(pick.group);
        if let (Draw::Random, Some(stratum)) = (pick.draw, pick.stratum) {
            frozen.insert(pick.group, stratum);
        }
    }
    let sureness: Vec<Option<f64>> = scored.iter().map(|one| sureness(&one.judgement, own_unit)).collect();
    let thirds = match design {
        Some(design) => design.thirds,
        None => picking::thirds(sureness.iter().flatten().copied()),
    };
    let candidates = scored.iter().zip(sureness).map(|(one, sureness)| {
        let ranked = one.judgement.ranked();
        let reach = match (ranked.first(), ranked.last(), own_unit) {
            (Some((_, best)), Some((_, worst)), Some(unit)) if ranked.len() > 1 => Some((best - worst) / unit),
            _ => None,
        };
        Candidate {
            group: one.group,
            stratum: frozen
                .get(&one.group)
                .copied()
                .unwrap_or(Stratum { sureness: picking::third(sureness, thirds), ..one.stratum }),
            is_open: task.open.contains(&one.group),
            is_sampled: frozen.contains_key(&one.group),
            was_picked: picked.contains(&one.group),
            contradiction: contradiction(one, own_unit, other_unit),
            inconsistent: one.judgement.inconsistent.len() as u32,
            sureness,
            reach,
        }
    });
    (candidates.collect(), thirds)
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
    let (Some(other), Some(own_unit), Some(other_unit)) = (&one.other, own_unit, other_unit) else { return 0.0 };
    let mut sum = 0.0;
    let ranked = one.judgement.ranked();
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
