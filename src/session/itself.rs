//! What a judge's own verdicts tell of it, read by the clerk.

use std::collections::HashMap;

use crate::domain::{Call, JudgeFigure, JudgeTrait, Judgement, MachineVerdict, ReplyId};
use crate::ranking::bias::{Bias, BiasTally, Heard, HeardList, HeardPair};
use crate::ranking::statistics::{Interval, Ratio};
use crate::store::{Read, StoreError};

/// Groups that are looked at: enough for intervals of a percent or two, and read in a moment.
const MOST_GROUPS: u64 = 3000;

/// Verdicts on their way into figures.
#[derive(Default)]
pub(super) struct Itself {
    tally: BiasTally,
    groups: u64,
}

impl Itself {
    /// Take in what a judge said of a group.
    pub(super) fn add(&mut self, read: &Read<'_>, judgement: &Judgement) -> Result<(), StoreError> {
        if self.groups >= MOST_GROUPS || judgement.spread.is_empty() {
            return Ok(());
        }
        self.groups += 1;
        let calls = read.calls(judgement.group, judgement.scorer, judgement.revision())?;
        let texts: HashMap<ReplyId, String> = read.texts(judgement.group, judgement.round)?.into_iter().collect();
        let length = |reply: ReplyId| texts.get(&reply).map_or(0, |text| text.chars().count());
        let lengths = judgement.scores.iter().map(|score| length(score.reply)).collect();
        let mut heard = Heard { lengths, ..Heard::default() };
        for call in &calls {
            hear(&mut heard, judgement, call);
        }
        self.tally.add(&heard);
        Ok(())
    }

    /// The figures, those with nothing to count left out.
    pub(super) fn figures(&self) -> Vec<JudgeFigure> {
        let Bias { pairs, lists, list_ties, pair_circles, list_circles, longer_wins, .. } = self.tally.bias();
        let share = |what: JudgeTrait, ratio: Ratio| figure(what, ratio, ratio.share_interval());
        let mut figures = Vec::new();
        let longest = lists.into_iter().max_by_key(|list| list.lists);
        if let Some((list, first)) = longest.as_ref().and_then(|list| Some((list, list.places.first()?))) {
            figures.push(share(JudgeTrait::FirstPlace { replies: list.length as u32 }, first.first));
        }
        if let Some(swaps) = pairs.swaps {
            figures.push(share(JudgeTrait::Flips, swaps.flips));
            figures.push(figure(JudgeTrait::Primacy, swaps.primacy, swaps.primacy.interval()));
        }
        figures.extend(list_ties.map(|ties| share(JudgeTrait::Ties, ties)));
        figures.extend(pair_circles.or(list_circles).map(|circles| share(JudgeTrait::Circles, circles.share)));
        figures.extend(longer_wins.map(|longer| share(JudgeTrait::LongerWins, longer)));
        figures
    }
}

fn figure(what: JudgeTrait, ratio: Ratio, interval: Option<Interval>) -> JudgeFigure {
    let interval = interval.map(|interval| (interval.low, interval.high));
    JudgeFigure { what, value: ratio.value, interval, cases: ratio.cases.round() as u64 }
}

/// A verdict by the places of replies. One that names a reply of another round is passed over.
fn hear(heard: &mut Heard, judgement: &Judgement, call: &Call) {
    let place = |reply: &ReplyId| judgement.scores.iter().position(|score| score.reply == *reply);
    let places = |replies: &[ReplyId]| replies.iter().map(place).collect::<Option<Vec<usize>>>();
    let Some(shown) = places(&call.shown) else { return };
    match (&call.verdict, &shown[..]) {
        (Some(MachineVerdict::Order(tiers)), _) => {
            if let Some(tiers) = tiers.iter().map(|tier| places(tier)).collect() {
                heard.lists.push(HeardList { shown, tiers });
            }
        }
        (Some(MachineVerdict::Winner(winner)), [first, second]) => {
            let winner = winner.as_ref().and_then(place);
            heard.pairs.push(HeardPair { first: *first, second: *second, winner });
        }
        _ => {}
    }
}
