//! Rows that leave: a pair, or a group with its scores, as one JSON value of a format. What is written here knows no
//! session: whoever has an order hands over texts and scores.

use std::io::Write;

use super::incoming::Format;
use super::{cvalues, ms_swift, seed000, seed004, triplets, trl};
use crate::domain::{Prompt, TurnRole};

/// A reply that is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ScoredReply<'a> {
    /// Its text, which goes out exactly as it is.
    pub text: &'a str,
    /// Its score, as the scorer gave it; written as null where it is no number.
    pub score: Option<f64>,
    /// What the file that it came from calls this kind of reply.
    pub kind: Option<&'a str>,
}

/// A pair that is to be written. Its texts differ and are not empty: whoever makes pairs sees to that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredPair<'a> {
    /// What was asked.
    pub prompt: &'a Prompt,
    /// The better reply.
    pub chosen: ScoredReply<'a>,
    /// The worse reply.
    pub rejected: ScoredReply<'a>,
    /// The scores of all replies of the group in their order, for the formats that have them.
    pub scores: &'a [Option<f64>],
}

/// What of scores goes into rows. The same for all rows of a file, so that its columns are the same in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowOptions {
    /// Formats that can do without get the scores of both replies: `chosen_score` and `rejected_score` (seed 004), or
    /// `margin`, `score_chosen` and `score_rejected` (TRL explicit), null where there is none.
    pub scores: bool,
    /// Seed 004's scores as the scorer gave them; otherwise through the logistic function, as its own script does.
    pub raw: bool,
    /// TRL explicit as three texts instead of lists of messages.
    pub plain: bool,
}

/// A group that a scorer looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredGroup<'a> {
    /// What was asked.
    pub prompt: &'a Prompt,
    /// All replies in their order.
    pub replies: &'a [ScoredReply<'a>],
}

/// Why a scored group gives no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoPair {
    /// Fewer than two replies have a score and a text.
    TooFewScores,
    /// The best and the worst have the same score.
    Tie,
    /// The best and the worst have the same text.
    SameText,
}

impl ScoredGroup<'_> {
    /// The places of the best and of the worst reply; the first of equals. Empty replies count as not scored.
    pub fn best_and_worst(&self) -> Result<(usize, usize), NoPair> {
        let score_at = |(at, reply): (usize, &ScoredReply<'_>)| {
            let score = reply.score.filter(|score| score.is_finite() && !reply.text.trim().is_empty());
            score.map(|score| (at, score))
        };
        let scores: Vec<(usize, f64)> = self.replies.iter().enumerate().filter_map(score_at).collect();
        let (Some(first), true) = (scores.first(), scores.len() > 1) else { return Err(NoPair::TooFewScores) };
        let (mut best, mut worst) = (first, first);
        for score in &scores[1..] {
            if score.1 > best.1 {
                best = score;
            }
            if score.1 < worst.1 {
                worst = score;
            }
        }
        if best.0 == worst.0 {
            return Err(NoPair::Tie);
        }
        if self.replies[best.0].text == self.replies[worst.0].text {
            return Err(NoPair::SameText);
        }
        Ok((best.0, worst.0))
    }
}

/// The row of a group's best reply over its worst, without a line end.
pub fn group_row(format: Format, group: &ScoredGroup<'_>, options: RowOptions) -> Result<String, NoPair> {
    let (best, worst) = group.best_and_worst()?;
    let scores: Vec<Option<f64>> = group.replies.iter().map(|reply| reply.score).collect();
    let pair = ScoredPair {
        prompt: group.prompt,
        chosen: group.replies[best],
        rejected: group.replies[worst],
        scores: &scores,
    };
    Ok(pair_row(format, &pair, options))
}

/// The row of a pair on one line, without its end. Texts go out exactly as they are; what is not ASCII is not escaped.
/// Formats that hold no pairs give the row of ms-swift.
pub fn pair_row(format: Format, pair: &ScoredPair<'_>, options: RowOptions) -> String {
    match format {
        Format::Seed000 => seed000::row(pair),
        Format::Seed000Triplets => triplets::row(pair),
        Format::Seed004 => seed004::row(pair, options),
        Format::Cvalues => cvalues::row(pair),
        Format::Trl => trl::implicit_row(pair),
        Format::TrlExplicit => trl::explicit_row(pair, options),
        Format::MsSwift | Format::Prompts | Format::Seed001Session | Format::Archive => {
            ms_swift::row(pair.prompt, pair.chosen.text, pair.rejected.text)
        }
    }
}

/// What of a prompt a format has no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unheld {
    /// The system prompt.
    System,
    /// The earlier turns.
    History,
}

impl Format {
    /// Whether rows of this format can say all that a prompt holds. `plain` as in [`RowOptions`].
    pub fn holds(self, prompt: &Prompt, plain: bool) -> Result<(), Unheld> {
        // An empty system prompt is not sent either.
        let has_system = prompt.system.as_deref().is_some_and(|system| !system.is_empty());
        let (systems, histories) = match self {
            Self::TrlExplicit if plain => (false, false),
            Self::MsSwift | Self::Trl | Self::TrlExplicit | Self::Archive => (true, true),
            // Pairs of a user's and an assistant's turn.
            Self::Seed000 => (false, in_pairs(prompt)),
            Self::Seed004 => (false, true),
            Self::Seed000Triplets | Self::Cvalues | Self::Prompts | Self::Seed001Session => (false, false),
        };
        if has_system && !systems {
            return Err(Unheld::System);
        }
        if !prompt.history.is_empty() && !histories {
            return Err(Unheld::History);
        }
        Ok(())
    }

    /// A file of this format is one JSON list; otherwise it has one JSON value on each line.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Seed000 | Self::Seed000Triplets)
    }
}

fn in_pairs(prompt: &Prompt) -> bool {
    let turns = &prompt.history;
    let alternate = |two: &[crate::domain::Turn]| matches!(two, [one, other] if one.role == TurnRole::User && other.role == TurnRole::Assistant);
    turns.chunks(2).all(alternate)
}

/// Writes rows into a file as its format has them: one a line, or as items of a list.
pub struct RowWriter<'a> {
    out: &'a mut dyn Write,
    list: bool,
    any: bool,
}

impl<'a> RowWriter<'a> {
    /// A file of a format, from its beginning.
    pub fn new(out: &'a mut dyn Write, format: Format) -> Self {
        Self { out, list: format.is_list(), any: false }
    }

    /// Add a row, which holds no line end.
    pub fn put(&mut self, row: &str) -> std::io::Result<()> {
        if self.list {
            self.out.write_all(if self.any { b",\n" } else { b"[\n" })?;
            self.any = true;
            return self.out.write_all(row.as_bytes());
        }
        self.out.write_all(row.as_bytes())?;
        self.out.write_all(b"\n")
    }

    /// Bring the file to its end.
    pub fn end(self) -> std::io::Result<()> {
        match (self.list, self.any) {
            (false, _) => Ok(()),
            (true, true) => self.out.write_all(b"\n]\n"),
            (true, false) => self.out.write_all(b"[]\n"),
        }
    }
}
