//! Pairs from machines' orders: which of them are sure enough, how many there are, what people say of them.

use std::collections::HashMap;

use crate::domain::{
    AnnotatorId, Draw, ENOUGH_GROUPS, GroupId, Judgement, Pair, PairOrder, PairPolicy, PairSource, PairYield, Picked,
    ReplyId, ScorerId, Verdict, pairs,
};
use crate::ranking::picking::own_number;
use crate::ranking::statistics::{PooledDeviation, RatioSums};
use crate::store::{Read, StoreError};

/// What decides whether a pair of machines leaves.
pub(super) struct Sieve {
    source: PairSource,
    units: HashMap<ScorerId, f64>,
}

impl Sieve {
    /// For a source; reads the units of its scorers where margins count.
    pub(super) fn new(read: &Read<'_>, source: PairSource) -> Result<Self, StoreError> {
        let mut units = HashMap::new();
        if source.threshold.is_some_and(|threshold| threshold.margin > 0.0) {
            for scorer in source.order.scorers() {
                let mut deviation = PooledDeviation::default();
                read.for_each_judgement::<StoreError>(scorer, |_, judgement| {
                    deviation.add(&judgement.ranked().iter().map(|(_, value)| *value).collect::<Vec<_>>());
                    Ok(())
                })?;
                units.extend(deviation.unit().map(|unit| (scorer, unit)));
            }
        }
        Ok(Self { source, units })
    }

    /// The units that margins were measured in.
    pub(super) fn units(&self) -> &HashMap<ScorerId, f64> {
        &self.units
    }

    /// What a second scorer made of a group, where the order asks one.
    pub(super) fn second(&self, read: &Read<'_>, group: GroupId) -> Result<Option<Judgement>, StoreError> {
        match self.source.order {
            PairOrder::Agreement { reward, .. } => read.judgement(group, reward),
            PairOrder::Human | PairOrder::Scorer(_) => Ok(None),
        }
    }

    /// Whether machines are sure enough of a pair.
    pub(super) fn keeps(&self, judgement: &Judgement, second: Option<&Judgement>, pair: Pair) -> bool {
        let passes = |judgement: &Judgement| match self.source.threshold {
            Some(threshold) => threshold.keeps(judgement, self.units.get(&judgement.scorer).copied(), pair),
            None => judgement.value_of(pair.chosen) > judgement.value_of(pair.rejected),
        };
        match self.source.order {
            PairOrder::Human => true,
            PairOrder::Scorer(_) => self.source.threshold.is_none() || passes(judgement),
            PairOrder::Agreement { .. } => {
                let says = |second: &Judgement| {
                    let has = |reply| second.value_of(reply).is_some() && !second.suspect.contains(&reply);
                    has(pair.chosen) && has(pair.rejected) && second.round == judgement.round && passes(second)
                };
                passes(judgement) && second.is_some_and(says)
            }
        }
    }
}

/// What a source would give, and how often the annotator's blind labels say the same.
pub(super) fn yields(
    read: &Read<'_>,
    policy: PairPolicy,
    source: PairSource,
    annotator: AnnotatorId,
) -> Result<Option<PairYield>, StoreError> {
    let Some(first) = source.order.scorers().first().copied() else { return Ok(None) };
    let sieve = Sieve::new(read, source)?;
    let mut blind: HashMap<GroupId, (u32, Verdict)> = HashMap::new();
    read.for_each_blind_label::<StoreError>(annotator, |one| {
        blind.insert(one.group.id, (one.blind.round, one.blind.verdict));
        Ok(())
    })?;
    let mut found =
        PairYield { order: source.order, groups: 0, giving: 0, pairs: 0, checked: 0, right: None, is_sample: false };
    // Picks that measure, and all labels: the former tell of every group, the latter of those that were labeled.
    let weights = weights(read, annotator)?;
    let (mut sample, mut all) = (RatioSums::default(), RatioSums::default());
    let (mut sampled, mut checked) = (0, 0);
    read.for_each_judgement::<StoreError>(first, |group, judgement| {
        found.groups += 1;
        let Some(verdict) = judgement.verdict() else { return Ok(()) };
        let texts = read.texts(group.id, judgement.round)?;
        let text_of = |id: ReplyId| texts.iter().find(|(of, _)| *of == id).map(|(_, text)| text.as_str());
        let second = sieve.second(read, group.id)?;
        let mut given = pairs(&verdict, policy, text_of);
        given.retain(|pair| sieve.keeps(&judgement, second.as_ref(), *pair));
        found.pairs += given.len() as u64;
        found.giving += u64::from(!given.is_empty());
        if let Some((_, person)) = blind.get(&group.id).filter(|(round, _)| *round == judgement.round) {
            let decided: Vec<bool> = given.iter().filter_map(|pair| says(person, *pair)).collect();
            if decided.is_empty() {
                return Ok(());
            }
            let right = decided.iter().filter(|right| **right).count() as f64;
            checked += decided.len() as u64;
            all.add(right, decided.len() as f64, 1.0);
            if let Some(weight) = weights.get(&group.id) {
                sampled += 1;
                found.checked += decided.len() as u64;
                sample.add(right, decided.len() as f64, *weight);
            }
        }
        Ok(())
    })?;
    found.is_sample = sampled >= ENOUGH_GROUPS;
    if !found.is_sample {
        found.checked = checked;
    }
    let ratio = if found.is_sample { sample.mean() } else { all.mean() };
    found.right = ratio.map(|ratio| {
        let interval = ratio.share_interval().filter(|_| found.is_sample);
        (ratio.value, interval.map(|interval| (interval.low, interval.high)))
    });
    Ok(Some(found))
}

/// One over the probability of each group of the annotator's random sample.
fn weights(read: &Read<'_>, annotator: AnnotatorId) -> Result<HashMap<GroupId, f64>, StoreError> {
    let Some(design) = read.design(annotator)? else { return Ok(HashMap::new()) };
    let picks = read.picks(annotator)?;
    let weight = |pick: &Picked| {
        let chance = design.chance(pick.stratum?)?;
        (own_number(design.seed, pick.group) < chance).then_some((pick.group, 1.0 / chance))
    };
    Ok(picks.iter().filter(|pick| pick.draw == Draw::Random).filter_map(weight).collect())
}

/// Whether a person puts a pair the same way; `None` where their label does not decide it.
fn says(verdict: &Verdict, pair: Pair) -> Option<bool> {
    let Verdict::Ranked(tiers) = verdict else { return None };
    let tier = |reply| tiers.as_slice().iter().position(|tier| tier.contains(&reply));
    let (chosen, rejected) = (tier(pair.chosen)?, tier(pair.rejected)?);
    (chosen != rejected).then_some(chosen < rejected)
}
