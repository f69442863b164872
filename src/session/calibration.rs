//! Calibration runs: a judge asked about some groups with lists and with pairs, three times each, before it is asked about
//! all of them. Each method and time is a scorer of its own that is on no list, so it runs, pauses and goes on after a kill
//! as all scorers do.

use std::collections::HashSet;

use super::actor::Actor;
use super::aside::{Halt, Halted};
use super::clerk::Report;
use super::scorers::{Bench, Scorers};
use super::scoring::kept;
use super::spot::Picking;
use crate::domain::{
    AnnotatorId, CALIBRATION_GROUPS, CALIBRATION_METHODS, CALIBRATION_REPEATS, Calibrates, Calibration, Draw, GroupId,
    JobPhase, Judge, JudgeMethod, Label, Picked, QueueFilter, Run, Scorer, ScorerId, ScorerKind, SplitMix64, Verdict,
};
use crate::ranking::agreement::group_seed;
use crate::ranking::calibration::{Figures, Judged, figures, labeled, verdict};
use crate::session::queue::Queue;
use crate::store::{KeptScorer, Read, Reader, StoreError, VerdictKind};

/// While a run is under way, figures are computed anew after this share of it.
const STEPS: u64 = 10;

/// What a calibration run told when it was looked at last.
#[derive(Clone, Debug, Default)]
pub(super) struct Figured {
    figures: Figures,
    labeled: u64,
    /// How often a group had been judged by then.
    judged: u64,
}

/// Which parts of which judge are to be looked at.
struct Ask {
    of: ScorerId,
    groups: Vec<GroupId>,
    /// Each part, and whether it asks about pairs.
    parts: Vec<(ScorerId, bool)>,
}

impl Scorers {
    /// The calibration run of a scorer, where there was one.
    pub(super) fn calibration(&self, scorer: ScorerId, queue: &Queue) -> Option<Calibration> {
        let groups = self.parts_of(scorer).next().map(Bench::groups_of_part)?;
        let (done, all) = self.calibrated(scorer, queue);
        let phase = self.calibration_phase(scorer);
        let figured = self.figured.get(&scorer).cloned().unwrap_or_default();
        let Figured { figures, labeled, judged } = figured;
        let is_complete = all > 0 && done == all && judged >= all;
        Some(Calibration {
            phase,
            groups: groups.len() as u64,
            labeled,
            done,
            all,
            waiting: self.parts_of(scorer).find_map(|part| part.waiting.clone()),
            stopped: self.parts_of(scorer).find_map(|part| part.stopped.clone()),
            verdict: verdict(&figures, labeled, is_complete),
            lists: figures.lists,
            pairs: figures.pairs,
            difference: figures.difference,
        })
    }

    /// How often a group was judged, and is to be.
    fn calibrated(&self, scorer: ScorerId, queue: &Queue) -> (u64, u64) {
        let (mut done, mut all) = (0, 0);
        for part in self.parts_of(scorer) {
            let there = |group: &&GroupId| queue.is_complete_in(**group, QueueFilter::All);
            for group in part.groups_of_part().iter().filter(there) {
                all += 1;
                done += u64::from(part.judged.as_ref().is_some_and(|judged| judged.contains_key(group)));
            }
        }
        (done, all)
    }

    fn calibration_phase(&self, scorer: ScorerId) -> JobPhase {
        let any = |phase| self.parts_of(scorer).any(|part| part.run.phase == phase);
        match (any(JobPhase::Running), any(JobPhase::Paused)) {
            (true, _) => JobPhase::Running,
            (_, true) => JobPhase::Paused,
            _ => JobPhase::Idle,
        }
    }

    fn part_ids(&self, scorer: ScorerId) -> Vec<ScorerId> {
        self.parts_of(scorer).map(|part| part.scorer.id).collect()
    }
}

impl Bench {
    fn groups_of_part(&self) -> &[GroupId] {
        self.scorer.calibrates.as_ref().map_or(&[], |part| &part.groups)
    }
}

impl Actor {
    /// Begin a calibration run of a judge, or go on with it. One that is complete takes up groups where it had too few, and
    /// asks again where scores are missing.
    pub(super) fn calibrate(&mut self, scorer: ScorerId) -> Result<(), StoreError> {
        let Some(at) = self.scorers.position(scorer) else { return Ok(()) };
        let judge = match &self.scorers.benches[at].scorer.kind {
            ScorerKind::Judge(judge) => judge.clone(),
            ScorerKind::Reward(_) => return Ok(()),
        };
        let before: Vec<GroupId> =
            self.scorers.parts_of(scorer).next().map_or_else(Vec::new, |part| part.groups_of_part().to_vec());
        let groups = self.calibration_groups(before)?;
        let mut parts: Vec<Bench> = Vec::new();
        for method in CALIBRATION_METHODS {
            for repeat in 1..=CALIBRATION_REPEATS {
                let calibrates = Calibrates { of: scorer, repeat, groups: groups.clone() };
                parts.push(self.part(at, &judge, method, calibrates));
            }
        }
        let (done, all) = self.scorers.calibrated(scorer, &self.queue);
        let asks_again = all > 0 && done == all && self.scorers.calibration_phase(scorer) == JobPhase::Idle;
        let reopened = self.store.write(|write| {
            let mut reopened = Vec::new();
            for part in &parts {
                write.put_scorer(&kept(part, true))?;
                if asks_again {
                    reopened.push((part.scorer.id, write.reopen_missing(part.scorer.id)?));
                }
            }
            Ok(reopened)
        })?;
        for part in parts {
            let id = part.scorer.id;
            match self.scorers.parts.iter_mut().find(|known| known.scorer.id == id) {
                Some(known) => (known.scorer, known.run) = (part.scorer, part.run),
                None => self.scorers.parts.push(part),
            }
        }
        for (part, groups) in reopened {
            if let Some(bench) = self.scorers.get(part) {
                for group in groups {
                    bench.set_judged(group, None);
                }
            }
        }
        self.saved();
        for part in self.scorers.part_ids(scorer) {
            self.begin_run(part);
        }
        Ok(())
    }

    /// A part as it is to run: the one that is there, or a new one.
    fn part(&self, at: usize, judge: &Judge, method: JudgeMethod, calibrates: Calibrates) -> Bench {
        let of = &self.scorers.benches[at].scorer;
        let is_same = |part: &&Bench| {
            let repeat = part.scorer.calibrates.as_ref().map(|part| part.repeat);
            let asks = matches!(&part.scorer.kind, ScorerKind::Judge(judge) if judge.method == method);
            repeat == Some(calibrates.repeat) && asks
        };
        let known = self.scorers.parts_of(of.id).find(is_same).map(|part| &part.scorer);
        let scorer = Scorer {
            id: known.map_or_else(ScorerId::new, |known| known.id),
            name: of.name.clone(),
            endpoint: of.endpoint.clone(),
            kind: ScorerKind::Judge(Judge { method, ..judge.clone() }),
            created_at: known.map_or_else(jiff::Timestamp::now, |known| known.created_at),
            calibrates: Some(calibrates),
        };
        let mut part = Bench::new(scorer, None, Run { phase: JobPhase::Running, ..Run::default() });
        // Nothing of a new one is in the file.
        part.judged = known.is_none().then(std::collections::HashMap::new);
        part
    }

    pub(super) fn pause_calibration(&mut self, scorer: ScorerId) -> Result<(), StoreError> {
        self.scorers.part_ids(scorer).into_iter().try_for_each(|part| self.pause_run(part))
    }

    /// Stop its requests; what is there stays, and it goes on from there when it is begun again.
    pub(super) fn cancel_calibration(&mut self, scorer: ScorerId) -> Result<(), StoreError> {
        // All are held before the first one stops: what one leaves free, another would take.
        self.pause_calibration(scorer)?;
        self.scorers.part_ids(scorer).into_iter().try_for_each(|part| self.cancel_run(part))
    }

    /// Pick the groups of a calibration run that the annotator has still to label, and go to the first.
    pub(super) fn label_calibration(&mut self, scorer: ScorerId) -> Result<(), StoreError> {
        let (annotator, at) = (self.annotator.id, jiff::Timestamp::now());
        let picks = self.store.read(|read| read.picks(annotator))?;
        let batch = picks.iter().map(|pick| pick.batch).max().unwrap_or(0) + 1;
        let open: HashSet<GroupId> = self.queue.open_groups().map(|standing| standing.id).collect();
        let groups = self.scorers.parts_of(scorer).next().map_or(&[][..], Bench::groups_of_part);
        let there = groups.iter().filter(|group| open.contains(group)).filter_map(|group| self.queue.get(*group));
        let picked = there.map(|standing| Picked {
            group: standing.id,
            annotator,
            round: standing.round,
            draw: Draw::Calibration,
            batch,
            stratum: None,
            chance: None,
            at,
        });
        let picking = Picking::of(picked.collect());
        self.take_picking(picking)
    }

    pub(super) fn try_calibration_now(&mut self, scorer: ScorerId) {
        for part in self.scorers.parts_of(scorer) {
            part.job.iter().for_each(crate::jobs::Scoring::try_now);
        }
    }

    /// The judge is taken off the list.
    pub(super) fn forget_calibration(&mut self, scorer: ScorerId) -> Result<(), StoreError> {
        let (mut own, others): (Vec<Bench>, Vec<Bench>) = std::mem::take(&mut self.scorers.parts)
            .into_iter()
            .partition(|part| part.scorer.calibrates.as_ref().is_some_and(|part| part.of == scorer));
        self.scorers.parts = others;
        self.scorers.figured.remove(&scorer);
        for part in &mut own {
            part.stop();
            part.run = Run::default();
        }
        let kept: Vec<KeptScorer> = own.iter().map(|part| kept(part, true)).collect();
        self.store.write(|write| kept.iter().try_for_each(|part| write.put_scorer(part)))
    }

    /// Groups for a calibration run: those of `before` that are still there; then groups that this annotator labeled,
    /// random picks first, where the label decides between replies; then others by chance. Groups that were picked because
    /// scorers are at odds over them, or sure of them, are like no others and stay out. The draw is the same for every judge,
    /// so that judges can be compared.
    fn calibration_groups(&self, before: Vec<GroupId>) -> Result<Vec<GroupId>, StoreError> {
        let annotator = self.annotator.id;
        let mut groups = before;
        groups.retain(|group| self.queue.is_complete_in(*group, QueueFilter::All));
        let known: HashSet<GroupId> = groups.iter().copied().collect();
        self.store.read(|read| {
            let (mut random, mut special) = (HashSet::new(), HashSet::new());
            for pick in read.picks(annotator)? {
                match pick.draw {
                    Draw::Random => drop(random.insert(pick.group)),
                    Draw::Disagreement | Draw::Audit => drop(special.insert(pick.group)),
                    Draw::Repeat | Draw::Calibration => {}
                }
            }
            let mut drawn: Vec<(u8, u64, GroupId)> = Vec::new();
            for standing in self.queue.complete_in(QueueFilter::All) {
                let id = standing.id;
                let order = match standing.verdict {
                    Some(VerdictKind::NoneAcceptable) => continue,
                    Some(VerdictKind::Ranked) if random.contains(&id) => 0,
                    _ if special.contains(&id) && !random.contains(&id) => continue,
                    Some(VerdictKind::Ranked) => 1,
                    None => 2,
                };
                if !known.contains(&id) {
                    drawn.push((order, SplitMix64::new(group_seed(id)).next_u64(), id));
                }
            }
            drawn.sort_unstable();
            for (order, _, id) in drawn {
                if groups.len() >= CALIBRATION_GROUPS {
                    break;
                }
                let Some(group) = read.group(id)? else { continue };
                let is_decided = || -> Result<bool, StoreError> {
                    Ok(blind_label(read, id, annotator, group.round)?.as_ref().is_some_and(decides))
                };
                if group.wanted >= 2 && (order == 2 || is_decided()?) {
                    groups.push(id);
                }
            }
            Ok(groups)
        })
    }

    /// A label of this annotator may have changed.
    pub(super) fn label_of_calibration_changed(&mut self, group: GroupId) {
        let parts = self.scorers.parts.iter().filter_map(|part| part.scorer.calibrates.as_ref());
        let of: Vec<ScorerId> = parts.filter(|part| part.groups.contains(&group)).map(|part| part.of).collect();
        self.refigured.extend(of);
    }

    /// A part of a calibration run has something new to tell.
    pub(super) fn figure_later(&mut self, part: ScorerId) {
        let bench = self.scorers.parts.iter().find(|bench| bench.scorer.id == part);
        let Some(of) = bench.and_then(|bench| Some(bench.scorer.calibrates.as_ref()?.of)) else { return };
        let (done, all) = self.scorers.calibrated(of, &self.queue);
        let before = self.scorers.figured.get(&of).map_or(0, |figured| figured.judged);
        let is_running = self.scorers.calibration_phase(of) == JobPhase::Running;
        if !is_running || done == all || done >= before + all / STEPS {
            self.refigured.insert(of);
        }
    }

    /// Look at the calibration runs that have something new to tell, on a thread of their own.
    pub(super) fn figure(&mut self) {
        if self.refigured.is_empty() || self.calibrating.is_running() {
            return;
        }
        let wanted = std::mem::take(&mut self.refigured);
        let asks: Vec<Ask> = wanted.into_iter().filter_map(|of| self.ask_of(of)).collect();
        let annotator = self.annotator.id;
        let begun = self.calibrating.begin(
            "calibration",
            self.path.to_path_buf(),
            self.clerk.reports(),
            move |reader, halt| asks.iter().map(|ask| Ok((ask.of, figured(reader, annotator, ask, halt)?))).collect(),
            Report::Figured,
        );
        if let Err(error) = begun {
            self.report_store_error(error);
        }
    }

    fn ask_of(&self, of: ScorerId) -> Option<Ask> {
        let is_pairs =
            |part: &Bench| matches!(&part.scorer.kind, ScorerKind::Judge(judge) if judge.method == JudgeMethod::Pairs);
        let parts: Vec<(ScorerId, bool)> =
            self.scorers.parts_of(of).map(|part| (part.scorer.id, is_pairs(part))).collect();
        let groups = self.scorers.parts_of(of).next()?.groups_of_part().to_vec();
        Some(Ask { of, groups, parts })
    }

    pub(super) fn take_figured(&mut self, found: Result<Vec<(ScorerId, Figured)>, StoreError>) {
        self.calibrating.ended();
        match found {
            Ok(found) => self.scorers.figured.extend(found),
            Err(error) => self.report_store_error(error),
        }
        self.figure();
    }
}

fn figured(reader: &Reader, annotator: AnnotatorId, ask: &Ask, halt: &Halt) -> Result<Figured, Halted> {
    let groups = reader.read(|read| -> Result<Vec<Judged>, Halted> {
        let mut groups = Vec::with_capacity(ask.groups.len());
        for group in &ask.groups {
            halt.check()?;
            groups.extend(judged(read, annotator, *group, &ask.parts)?);
        }
        Ok(groups)
    })?;
    let judged = groups.iter().map(|group| (group.lists.len() + group.pairs.len()) as u64).sum();
    Ok(Figured { labeled: labeled(&groups), figures: figures(&groups), judged })
}

/// One group as all parts judged it; `None` where it is gone.
fn judged(
    read: &Read<'_>,
    annotator: AnnotatorId,
    group: GroupId,
    parts: &[(ScorerId, bool)],
) -> Result<Option<Judged>, StoreError> {
    let Some(kept) = read.group(group)? else { return Ok(None) };
    let replies = read.scored_replies(group, kept.round, kept.wanted)?;
    let mut found = Judged::default();
    if let Some(label) = blind_label(read, group, annotator, kept.round)? {
        let tier = |reply| match &label.verdict {
            Verdict::Ranked(tiers) => tiers.as_slice().iter().position(|tier| tier.contains(reply)),
            Verdict::NoneAcceptable => None,
        };
        found.tiers = replies.iter().map(|reply| tier(&reply.id).map(|tier| tier as u32)).collect();
    }
    for (part, is_pairs) in parts {
        let Some(judgement) = read.judgement(group, *part)? else { continue };
        let calls = read.calls(group, *part, judgement.revision())?;
        let said = super::heard::said(&judgement, &calls);
        if *is_pairs { found.pairs.push(said) } else { found.lists.push(said) }
    }
    Ok(Some(found))
}

/// What an annotator said of a round before they saw scores of it.
fn blind_label(
    read: &Read<'_>,
    group: GroupId,
    annotator: AnnotatorId,
    round: u32,
) -> Result<Option<Label>, StoreError> {
    let seen = read.reveals_of(group)?.into_iter().find(|(seen, _)| seen.annotator == annotator && seen.round == round);
    match seen.and_then(|(_, before)| before) {
        Some(before) => Ok(Some(before)),
        None => Ok(read.label(group, annotator)?.filter(|label| label.round == round)),
    }
}

/// The label says of some reply that it is better than another.
fn decides(label: &Label) -> bool {
    matches!(&label.verdict, Verdict::Ranked(tiers) if tiers.as_slice().len() > 1)
}
