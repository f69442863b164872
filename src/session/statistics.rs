//! The session in numbers: read and counted on a thread of its own.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::actor::Actor;
use super::agreement::{Listed, accuracy_of};
use super::aside::{Halt, Halted};
use super::clerk::Report;
use crate::domain::{
    AgreementDay, AgreementOverTime, AnnotatorId, DayStatistics, Group, Label, PairPolicy, PairStatistics, ReplyId,
    ScorerId, Statistics, Verdict, pairs,
};
use crate::store::{Read, Reader, StoreError};

impl Actor {
    /// Count anew; where that is under way, once more after it.
    pub(super) fn count_statistics(&mut self) -> Result<(), StoreError> {
        if self.count.ask_again() {
            return Ok(());
        }
        let (annotator, scorers) = (self.annotator.id, self.listed());
        self.count.begin(
            "statistics",
            self.path.to_path_buf(),
            self.clerk.reports(),
            move |reader, halt| counted(reader, annotator, &scorers, halt),
            |found| Report::Counted(found.map(Box::new)),
        )
    }

    pub(super) fn take_counted(&mut self, found: Result<Box<Statistics>, StoreError>) {
        let again = self.count.ended();
        match found {
            Ok(statistics) => self.statistics = Some((*statistics).into()),
            Err(error) => self.report_store_error(error),
        }
        if again && let Err(error) = self.count_statistics() {
            self.report_store_error(error);
        }
    }
}

fn counted(reader: &Reader, annotator: AnnotatorId, scorers: &[Listed], halt: &Halt) -> Result<Statistics, Halted> {
    let zone = TimeZone::system();
    reader.read(|read| {
        let mut statistics = Statistics { replies: read.count_shown_replies()?, ..Statistics::default() };
        read.for_each_group::<Halted>(|_| {
            statistics.groups += 1;
            halt.check()
        })?;
        let mut days: BTreeMap<Date, Day> = BTreeMap::new();
        read.for_each_label::<Halted>(|group, texts, label| {
            halt.check()?;
            match label.verdict {
                Verdict::Ranked(_) => statistics.labels.ranked += 1,
                Verdict::NoneAcceptable => statistics.labels.none_acceptable += 1,
            }
            let made = add_pairs(&mut statistics.pairs, &group, &texts, &label);
            let day = days.entry(day_of(&label, &zone)).or_default();
            day.pairs += made;
            if label.seconds > 0.0 {
                day.seconds.push(label.seconds);
            } else {
                statistics.labels.imported += 1;
            }
            Ok(())
        })?;
        let mut so_far = 0;
        for (date, mut day) in days {
            so_far += day.pairs;
            if !day.seconds.is_empty() {
                let (labels, median_seconds) = (day.seconds.len() as u64, median(&mut day.seconds));
                statistics.days.push(DayStatistics { date, labels, median_seconds, pairs_so_far: so_far });
            }
        }
        for (scorer, _) in scorers {
            let days = over_time(read, annotator, *scorer, &zone, halt)?;
            if !days.is_empty() {
                statistics.over_time = Some(AgreementOverTime { scorer: *scorer, days });
                break;
            }
        }
        Ok(statistics)
    })
}

#[derive(Default)]
struct Day {
    seconds: Vec<f32>,
    pairs: u64,
}

fn day_of(label: &Label, zone: &TimeZone) -> Date {
    label.labeled_at.to_zoned(zone.clone()).date()
}

fn median(values: &mut [f32]) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    let count = values.len();
    (count > 0).then(|| f32::midpoint(values[(count - 1) / 2], values[count / 2]))
}

/// Add what a label gives to the table; how many pairs.
fn add_pairs(table: &mut PairStatistics, group: &Group, texts: &[(ReplyId, String)], label: &Label) -> u64 {
    let text_of = |reply: ReplyId| texts.iter().find(|(id, _)| *id == reply).map(|(_, text)| text.as_str());
    let found = pairs(&label.verdict, PairPolicy::All, text_of);
    let length = |text: &str| text.chars().count() as u64;
    let length_of = |reply: ReplyId| text_of(reply).map_or(0, length);
    let prompt = &group.prompt;
    let turns = prompt.history.iter().map(|turn| length(&turn.text)).sum::<u64>();
    let asked = prompt.system.as_deref().map_or(0, length) + turns + length(&prompt.user);
    for pair in &found {
        let (chosen, rejected) = (length_of(pair.chosen), length_of(pair.rejected));
        table.prompt.add(asked);
        table.chosen.add(chosen);
        table.rejected.add(rejected);
        table.different += u64::from(chosen != rejected);
        table.longer_chosen += u64::from(chosen > rejected);
    }
    table.count += found.len() as u64;
    table.labels += u64::from(!found.is_empty());
    found.len() as u64
}

/// Agreement with one scorer by the end of each day with a blind label.
fn over_time(
    read: &Read<'_>,
    annotator: AnnotatorId,
    scorer: ScorerId,
    zone: &TimeZone,
    halt: &Halt,
) -> Result<Vec<AgreementDay>, Halted> {
    let mut days: BTreeMap<Date, [f64; 2]> = BTreeMap::new();
    read.for_each_blind_label::<Halted>(annotator, |found| {
        halt.check()?;
        // What came with a file was said by nobody here.
        if found.blind.seconds <= 0.0 {
            return Ok(());
        }
        let Some(judgement) = read.judgement(found.group.id, scorer)? else { return Ok(()) };
        let [right, decided] = accuracy_of(&found.blind, &judgement);
        if decided > 0.0 {
            let sums = days.entry(day_of(&found.blind, zone)).or_default();
            sums[0] += right;
            sums[1] += decided;
        }
        Ok(())
    })?;
    let mut sums = [0.0, 0.0];
    let day = |(date, [right, decided]): (Date, [f64; 2])| {
        sums = [sums[0] + right, sums[1] + decided];
        AgreementDay { date, accuracy: sums[0] / sums[1], pairs: sums[1].round() as u64 }
    };
    Ok(days.into_iter().map(day).collect())
}
