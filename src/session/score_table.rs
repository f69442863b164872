//! What a scorer said of labeled groups, read by the clerk.

use super::snapshot::{ScoreRow, ScoreTable};
use crate::domain::{AnnotatorId, Group, Judgement, Label, NoScore, ReplyId, ScorerId, Verdict};
use crate::store::{Reader, StoreError};

/// Read the table of one scorer and one annotator.
pub(super) fn read(reader: &Reader, scorer: ScorerId, annotator: AnnotatorId) -> Result<ScoreTable, StoreError> {
    let mut table = ScoreTable { scorer, rows: Vec::new(), hidden: 0, gaps: Vec::new() };
    reader.read(|read| {
        read.for_each_judgement::<StoreError>(scorer, |group, judgement| {
            for why in judgement.scores.iter().filter_map(|score| score.result.as_ref().err()) {
                count(&mut table.gaps, why);
            }
            match read.label(group.id, annotator)?.filter(|label| label.round == judgement.round) {
                Some(label) => table.rows.push(row(&group, &label, &judgement)),
                None => table.hidden += 1,
            }
            Ok(())
        })
    })?;
    table.gaps.sort_by(|a, b| b.1.cmp(&a.1));
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
    // Judgements name the replies of a round in the order of their places, none left out.
    let place = |reply: ReplyId| judgement.scores.iter().position(|score| score.reply == reply).map(|at| at as u32);
    let chosen = match &label.verdict {
        Verdict::Ranked(tiers) => tiers.best().iter().filter_map(|reply| place(*reply)).collect(),
        Verdict::NoneAcceptable => Vec::new(),
    };
    let ranked: Vec<(u32, f64)> =
        judgement.ranked().into_iter().filter_map(|(reply, value)| Some((place(reply)?, value))).collect();
    let margin = match ranked[..] {
        [(_, best), (_, second), ..] => Some(best - second),
        _ => None,
    };
    let z = margin.and_then(|margin| {
        let error = judgement.spread_of(ranked[0].0 as usize, ranked[1].0 as usize)?;
        (error > 0.0).then_some(margin / error)
    });
    ScoreRow {
        group: group.id,
        number: group.number,
        chosen,
        margin,
        z,
        missing: judgement.missing(),
        inconsistent: judgement.inconsistent.len() as u32,
        is_suspect: !judgement.suspect.is_empty(),
        ranked,
    }
}
