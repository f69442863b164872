//! What a scorer said of labeled groups, read by the clerk.

use std::collections::{HashMap, HashSet};

use super::itself::Itself;
use super::snapshot::{ScoreRow, ScoreTable};
use crate::domain::{
    AnnotatorId, Draw, Group, GroupId, Judgement, Label, NoScore, ReplyId, ScorerId, Verdict, shown_order,
};
use crate::ranking::statistics::PooledDeviation;
use crate::store::{Read, Reader, StoreError};

/// Whose scores are listed, and for whom.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) scorer: ScorerId,
    /// The first scorer of the other kind.
    pub(super) other: Option<ScorerId>,
    pub(super) annotator: AnnotatorId,
}

/// Read the table of one scorer and one annotator. What waits for a second label looks as if it had none.
pub(super) fn read(reader: &Reader, asked: Asked) -> Result<ScoreTable, StoreError> {
    let Asked { scorer, other, annotator } = asked;
    let mut table = ScoreTable { scorer, rows: Vec::new(), hidden: 0, itself: Vec::new(), gaps: Vec::new() };
    let mut itself = Itself::default();
    let mut deviation = PooledDeviation::default();
    reader.read(|read| {
        let waiting = |repeat: &crate::domain::Repeat| repeat.label.is_none().then_some(repeat.group);
        let waiting: HashSet<GroupId> = read.repeats(annotator)?.iter().filter_map(waiting).collect();
        let draws = draws(read, annotator)?;
        read.for_each_judgement::<StoreError>(scorer, |group, judgement| {
            for why in judgement.scores.iter().filter_map(|score| score.result.as_ref().err()) {
                count(&mut table.gaps, why);
            }
            itself.add(read, &judgement)?;
            let ranked = judgement.ranked();
            deviation.add(&ranked.iter().map(|(_, score)| *score).collect::<Vec<f64>>());
            let label = read.label(group.id, annotator)?;
            match label.filter(|label| label.round == judgement.round && !waiting.contains(&group.id)) {
                Some(label) => {
                    let slots = slots(read, &group, &judgement)?;
                    let mut row = row(&group, &label, &judgement, &slots);
                    row.draw = draws.get(&group.id).copied();
                    row.other_margin = match other {
                        Some(other) => margin_of(read, &group, other, &ranked)?,
                        None => None,
                    };
                    table.rows.push(row);
                }
                None => table.hidden += 1,
            }
            Ok(())
        })
    })?;
    // Of a scorer that never tells two replies apart every margin is 0 in any unit.
    let unit = deviation.unit().unwrap_or(1.0);
    for row in &mut table.rows {
        row.differs = row.differs.map(|differs| differs / unit);
        row.reach = row.reach.map(|reach| reach / unit);
    }
    table.itself = itself.figures();
    table.gaps.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(table)
}

/// How groups were picked for the annotator. A random pick measures, however else the group was picked too.
fn draws(read: &Read<'_>, annotator: AnnotatorId) -> Result<HashMap<GroupId, Draw>, StoreError> {
    const RANKED: [Draw; 5] = [Draw::Random, Draw::Audit, Draw::Disagreement, Draw::Repeat, Draw::Calibration];
    let rank = |draw: Draw| RANKED.iter().position(|of| *of == draw);
    let mut draws: HashMap<GroupId, Draw> = HashMap::new();
    for pick in read.picks(annotator)? {
        let draw = draws.entry(pick.group).or_insert(pick.draw);
        if rank(pick.draw) < rank(*draw) {
            *draw = pick.draw;
        }
    }
    Ok(draws)
}

/// How much another scorer puts the first of an order above the second.
fn margin_of(
    read: &Read<'_>,
    group: &Group,
    other: ScorerId,
    ranked: &[(ReplyId, f64)],
) -> Result<Option<f64>, StoreError> {
    let [(first, _), (second, _), ..] = ranked else { return Ok(None) };
    let judgement = read.judgement(group.id, other)?;
    Ok(judgement.and_then(|judgement| Some(judgement.value_of(*first)? - judgement.value_of(*second)?)))
}

/// How far a scorer contradicts a label, in its own scale: the sum of its margins over the pairs that it puts the other way
/// round. `None` where the label decides no pair of scored replies.
fn differs(label: &Label, judgement: &Judgement) -> Option<f64> {
    let Verdict::Ranked(tiers) = &label.verdict else { return None };
    let scores: Vec<Vec<f64>> = tiers
        .as_slice()
        .iter()
        .map(|tier| tier.iter().filter_map(|reply| judgement.value_of(*reply)).collect())
        .collect();
    let mut sum = None;
    for (place, better) in scores.iter().enumerate() {
        for worse in scores[place + 1..].iter().flatten() {
            for better in better {
                *sum.get_or_insert(0.0) += (worse - better).max(0.0);
            }
        }
    }
    sum
}

/// Servers word the same trouble differently each time: kinds are counted, with the first words of each.
fn count(gaps: &mut Vec<(NoScore, u64)>, why: &NoScore) {
    let same = |other: &NoScore| std::mem::discriminant(other) == std::mem::discriminant(why);
    match gaps.iter_mut().find(|(other, _)| same(other)) {
        Some((_, count)) => *count += 1,
        None => gaps.push((why.clone(), 1)),
    }
}

/// The slots of the replies that a judgement names, in its order. A reply that could not be had leaves its slot out.
pub(super) fn slots(read: &Read<'_>, group: &Group, judgement: &Judgement) -> Result<Vec<u32>, StoreError> {
    if judgement.scores.len() == group.wanted as usize {
        return Ok((0..group.wanted).collect());
    }
    let replies = read.scored_replies(group.id, judgement.round, group.wanted)?;
    Ok(replies.into_iter().map(|reply| reply.slot).collect())
}

fn row(group: &Group, label: &Label, judgement: &Judgement, slots: &[u32]) -> ScoreRow {
    // Judgements name the replies of a round in the order of their slots; cards show them in another.
    let order = shown_order(group.id, judgement.round, group.wanted);
    let slot = |reply: ReplyId| judgement.scores.iter().position(|score| score.reply == reply);
    let place = |reply: ReplyId| {
        let slot = *slots.get(slot(reply)?)?;
        order.iter().position(|shown| *shown == slot).map(|place| place as u32)
    };
    let best = match &label.verdict {
        Verdict::Ranked(tiers) => tiers.best(),
        Verdict::NoneAcceptable => &[],
    };
    let mut chosen: Vec<u32> = best.iter().filter_map(|reply| place(*reply)).collect();
    chosen.sort_unstable();
    let chosen_unscored = (best.len() - chosen.len()) as u32;
    let scored = judgement.ranked();
    let ranked: Vec<(u32, f64)> = scored.iter().filter_map(|(reply, value)| Some((place(*reply)?, *value))).collect();
    let margin = match ranked[..] {
        [(_, first), (_, second), ..] => Some(first - second),
        _ => None,
    };
    let z = margin.and_then(|margin| {
        let error = judgement.spread_of(slot(scored[0].0)?, slot(scored[1].0)?)?;
        (error > 0.0).then_some(margin / error)
    });
    ScoreRow {
        group: group.id,
        number: group.number,
        chosen,
        chosen_unscored,
        margin,
        z,
        missing: judgement.missing(),
        inconsistent: judgement.inconsistent.len() as u32,
        is_suspect: !judgement.suspect.is_empty(),
        draw: None,
        differs: differs(label, judgement),
        reach: match ranked[..] {
            [(_, best), .., (_, worst)] => Some(best - worst),
            _ => None,
        },
        other_margin: None,
        ranked,
    }
}
