//! What a scorer said of labeled groups, read by the clerk.

use super::itself::Itself;
use super::snapshot::{ScoreRow, ScoreTable};
use crate::domain::{AnnotatorId, Group, Judgement, Label, NoScore, ReplyId, ScorerId, Verdict, shown_order};
use crate::store::{Reader, StoreError};

/// Read the table of one scorer and one annotator.
pub(super) fn read(reader: &Reader, scorer: ScorerId, annotator: AnnotatorId) -> Result<ScoreTable, StoreError> {
    let mut table = ScoreTable { scorer, rows: Vec::new(), hidden: 0, itself: Vec::new(), gaps: Vec::new() };
    let mut itself = Itself::default();
    reader.read(|read| {
        read.for_each_judgement::<StoreError>(scorer, |group, judgement| {
            for why in judgement.scores.iter().filter_map(|score| score.result.as_ref().err()) {
                count(&mut table.gaps, why);
            }
            itself.add(read, &judgement)?;
            match read.label(group.id, annotator)?.filter(|label| label.round == judgement.round) {
                Some(label) => table.rows.push(row(&group, &label, &judgement)),
                None => table.hidden += 1,
            }
            Ok(())
        })
    })?;
    table.itself = itself.figures();
    table.gaps.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(table)
}

/// Servers word the same trouble differently each time: kinds are counted, with the first words of each.
fn count(gaps: &mut Vec<(NoScore, u64)>, why: &NoScore) {
    let same = |other: &NoScore| std::mem::discriminant(other) == std::mem::discriminant(why);
    match gaps.iter_mut().find(|(other, _)| same(other)) {
        Some((_, count)) => *count += 1,
        None => gaps.push((why.clone(), 1)),
    }
}

fn row(group: &Group, label: &Label, judgement: &Judgement) -> ScoreRow {
    // Judgements name the replies of a round in the order of their slots, none left out; cards show them in another.
    let order = shown_order(group.id, judgement.round, group.wanted);
    let slot = |reply: ReplyId| judgement.scores.iter().position(|score| score.reply == reply);
    let place = |reply: ReplyId| {
        let slot = slot(reply)? as u32;
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
        differs: None,
        reach: None,
        other_margin: None,
        ranked,
    }
}
