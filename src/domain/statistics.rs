//! What is in a session, and how it came about, in numbers.

use serde::Serialize;

use super::ScorerId;

/// A session in numbers. Labels and pairs are of all its annotators, pairs as an export makes them by default.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Statistics {
    /// Groups.
    pub groups: u64,
    /// Replies of their present rounds, those of people too.
    pub replies: u64,
    /// Labels.
    pub labels: LabelCounts,
    /// The pairs that labels give.
    pub pairs: PairStatistics,
    /// Days on which somebody labeled, by local time, the first one first.
    pub days: Vec<DayStatistics>,
    /// How often the annotator and the first scorer that scored anything labeled agree, day by day.
    pub over_time: Option<AgreementOverTime>,
}

/// Labels by what they say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LabelCounts {
    /// An order of replies.
    pub ranked: u64,
    /// No reply is acceptable.
    pub none_acceptable: u64,
    /// Of both: they came with a file, and nobody's time was taken.
    pub imported: u64,
}

/// The table that data sets are described by, one row for each pair; lengths are characters (Unicode scalar values).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct PairStatistics {
    /// Pairs.
    pub count: u64,
    /// Labels that give a pair at least.
    pub labels: u64,
    /// The prompt with its system prompt and earlier turns.
    pub prompt: Lengths,
    /// The better reply.
    pub chosen: Lengths,
    /// The worse reply.
    pub rejected: Lengths,
    /// Pairs of replies of different length.
    pub different: u64,
    /// Of those: the longer one is the better one.
    pub longer_chosen: u64,
}

impl PairStatistics {
    /// Pairs of a label that gives some.
    pub fn per_label(&self) -> Option<f64> {
        (self.labels > 0).then(|| self.count as f64 / self.labels as f64)
    }

    /// The share of pairs in which the longer reply is the better one; of those that differ in length.
    pub fn longer_share(&self) -> Option<f64> {
        (self.different > 0).then(|| self.longer_chosen as f64 / self.different as f64)
    }
}

/// Lengths of texts, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lengths {
    /// The longest.
    pub max: u64,
    /// All together, one for each pair.
    pub sum: u64,
}

impl Lengths {
    /// One more text.
    pub fn add(&mut self, length: u64) {
        self.max = self.max.max(length);
        self.sum += length;
    }

    /// The mean over so many pairs.
    pub fn mean(&self, pairs: u64) -> Option<f64> {
        (pairs > 0).then(|| self.sum as f64 / pairs as f64)
    }
}

/// A day of labeling.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DayStatistics {
    /// The day, local time.
    pub date: jiff::civil::Date,
    /// Labels that were given; imported ones left out. A label that was changed counts on the day of its change.
    pub labels: u64,
    /// The median of what they took, in seconds, idle time left out.
    pub median_seconds: Option<f32>,
    /// Pairs by the end of the day, from imported labels too.
    pub pairs_so_far: u64,
}

/// Agreement with one scorer as labels came.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AgreementOverTime {
    /// The scorer.
    pub scorer: ScorerId,
    /// Days with a blind label of a group that it scored.
    pub days: Vec<AgreementDay>,
}

/// Agreement by the end of a day. Of every blind label, each pair counting the same.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct AgreementDay {
    /// The day, local time.
    pub date: jiff::civil::Date,
    /// The share of decided pairs so far that the scorer puts the same way; its ties count half.
    pub accuracy: f64,
    /// Pairs so far.
    pub pairs: u64,
}
