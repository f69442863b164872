//! Which rows of a score table are shown, and in which order. Done on the finder's thread: a table may have as many rows
//! as the session has groups.

use std::sync::Arc;

use crate::domain::Draw;
use crate::session::{QueueRow, ScoreRow, ScoreTable};

/// What the rows stand in the order of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    #[default]
    Number,
    /// By the first words of the prompt.
    Title,
    /// By the first reply that was chosen.
    Chosen,
    /// By the reply that the scorer puts first.
    First,
    /// By the gap from first to second.
    Gap,
    /// By what the other kind of scorer says of those two.
    OtherGap,
    Sure,
}

/// Which rows are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Filter {
    /// The person and the scorer put some pair the other way round.
    Disagree,
    /// Picked by chance.
    Random,
    /// The scorer's gap from best to worst is among the largest, or the group was picked for that.
    LargeGap,
    /// A reply has no score.
    Missing,
    /// Order-inconsistent or suspect.
    Marked,
    #[default]
    All,
}

impl Filter {
    /// In the order of their segments.
    pub(super) const EVERY: [Self; 6] =
        [Self::Disagree, Self::Random, Self::LargeGap, Self::Missing, Self::Marked, Self::All];

    /// `large`: where the largest tenth of the gaps begins.
    fn takes(self, row: &ScoreRow, large: Option<f64>) -> bool {
        match self {
            Self::Disagree => disagrees(row),
            Self::Random => row.draw == Some(Draw::Random),
            Self::LargeGap => {
                let is_large = row.reach.zip(large).is_some_and(|(reach, large)| reach >= large);
                row.draw == Some(Draw::Audit) || is_large
            }
            Self::Missing => row.missing > 0,
            Self::Marked => is_marked(row),
            Self::All => true,
        }
    }
}

/// Which rows are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// In lower case; part of the title, or the number.
    pub(crate) needle: String,
    /// `None`: those of a disagreement where there are some, else all.
    pub(crate) filter: Option<Filter>,
    pub(crate) sort: Sort,
    /// The largest first.
    pub(crate) is_falling: bool,
}

/// Rows as they are shown, with the table that they are of.
#[derive(Clone, Debug)]
pub(crate) struct Arranged {
    pub(crate) table: Arc<ScoreTable>,
    /// Positions in the table's rows.
    pub(crate) rows: Vec<u32>,
    /// Which rows these are.
    pub(crate) filter: Filter,
    /// How many rows of the whole table each filter has, in the order of [`Filter::EVERY`].
    pub(crate) counts: [usize; 6],
}

impl Arranged {
    /// No rows.
    pub(crate) fn none(table: &Arc<ScoreTable>) -> Self {
        Self { table: Arc::clone(table), rows: Vec::new(), filter: Filter::All, counts: [0; 6] }
    }

    /// The row that is shown at a place.
    pub(crate) fn get(&self, index: usize) -> Option<&ScoreRow> {
        self.table.rows.get(*self.rows.get(index)? as usize)
    }
}

pub(super) fn disagrees(row: &ScoreRow) -> bool {
    row.differs.is_some_and(|differs| differs > 0.0)
}

/// There is something about what the judge did that a person should see.
pub(super) fn is_marked(row: &ScoreRow) -> bool {
    row.is_suspect || row.inconsistent > 0
}

/// Where the largest tenth of the gaps from best to worst begins.
fn large_gap(table: &ScoreTable) -> Option<f64> {
    let mut reaches: Vec<f64> = table.rows.iter().filter_map(|row| row.reach).collect();
    reaches.sort_by(f64::total_cmp);
    reaches.get(reaches.len().saturating_sub(reaches.len().div_ceil(10))).copied()
}

/// The rows that are wanted, in order. Rows without the figure that is sorted by come last, rows of equal figures in the
/// order of their numbers.
pub(crate) fn arrange(
    table: &Arc<ScoreTable>,
    queue: &imbl::Vector<QueueRow>,
    wanted: &Wanted,
    fits: impl Fn(&str) -> bool,
) -> Arranged {
    let large = large_gap(table);
    let counts = Filter::EVERY.map(|filter| table.rows.iter().filter(|row| filter.takes(row, large)).count());
    let filter = wanted.filter.unwrap_or(if counts[0] > 0 { Filter::Disagree } else { Filter::All });
    let number: Option<u64> = wanted.needle.parse().ok();
    let mut titles = queue.iter().peekable();
    let mut rows: Vec<(u32, &str)> = Vec::with_capacity(counts[5]);
    for (position, row) in table.rows.iter().enumerate() {
        if !filter.takes(row, large) {
            continue;
        }
        let mut title = "";
        if !wanted.needle.is_empty() || wanted.sort == Sort::Title {
            // Both stand in the order of their numbers.
            while titles.next_if(|title| title.number < row.number).is_some() {}
            title = titles.peek().filter(|title| title.number == row.number).map_or("", |title| &title.title);
        }
        if wanted.needle.is_empty() || number == Some(row.number) || fits(title) {
            rows.push((position as u32, title));
        }
    }
    sort(&mut rows, table, wanted);
    let rows = rows.into_iter().map(|(position, _)| position).collect();
    Arranged { table: Arc::clone(table), rows, filter, counts }
}

fn sort(rows: &mut [(u32, &str)], table: &ScoreTable, wanted: &Wanted) {
    if wanted.sort == Sort::Title {
        rows.sort_by(|(_, a), (_, b)| if wanted.is_falling { b.cmp(a) } else { a.cmp(b) });
        return;
    }
    let figure = |position: u32| {
        let row = &table.rows[position as usize];
        match wanted.sort {
            Sort::Number | Sort::Title => Some(row.number as f64),
            Sort::Chosen => row.chosen.first().map(|place| f64::from(*place)),
            Sort::First => row.ranked.first().map(|(place, _)| f64::from(*place)),
            Sort::Gap => row.margin,
            Sort::OtherGap => row.other_margin,
            Sort::Sure => row.z,
        }
    };
    rows.sort_by(|(a, _), (b, _)| match (figure(*a), figure(*b)) {
        (Some(a), Some(b)) if wanted.is_falling => b.total_cmp(&a),
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{GroupId, GroupStatus, ScorerId};

    fn row(number: u64, margin: Option<f64>, inconsistent: u32) -> ScoreRow {
        ScoreRow {
            group: GroupId::new(),
            number,
            chosen: vec![number as u32 % 4],
            chosen_unscored: 0,
            ranked: margin.map(|margin| (0, margin)).into_iter().collect(),
            margin,
            z: margin.map(|margin| margin / 2.0),
            missing: u32::from(margin.is_none()),
            inconsistent,
            is_suspect: false,
            draw: None,
            differs: Some(0.0),
            reach: margin,
            other_margin: None,
        }
    }

    fn queue() -> imbl::Vector<QueueRow> {
        let title = |number: u64| QueueRow {
            id: GroupId::new(),
            number,
            status: GroupStatus::Done,
            flagged: false,
            noted: false,
            picked: false,
            title: if number % 2 == 1 { "odd".into() } else { "even".into() },
        };
        (1..=9).map(title).collect()
    }

    fn table(rows: Vec<ScoreRow>) -> Arc<ScoreTable> {
        Arc::new(ScoreTable { scorer: ScorerId::new(), rows, hidden: 0, itself: Vec::new(), gaps: Vec::new() })
    }

    fn numbers(table: &Arc<ScoreTable>, wanted: &Wanted) -> Vec<u64> {
        let arranged = arrange(table, &queue(), wanted, |title| title.contains(&wanted.needle));
        (0..arranged.rows.len()).filter_map(|index| Some(arranged.get(index)?.number)).collect()
    }

    #[test]
    fn rows_are_searched_and_sorted_and_gaps_come_last() {
        let table = table(vec![row(2, Some(0.5), 1), row(3, None, 0), row(5, Some(2.0), 0), row(9, Some(0.1), 0)]);
        let numbers = |wanted: &Wanted| numbers(&table, wanted);
        assert_eq!(numbers(&Wanted::default()), [2, 3, 5, 9]);
        for (sort, rising, falling) in [
            (Sort::Number, [2, 3, 5, 9], [9, 5, 3, 2]),
            (Sort::Title, [2, 3, 5, 9], [3, 5, 9, 2]),
            (Sort::Chosen, [5, 9, 2, 3], [3, 2, 5, 9]),
            (Sort::First, [2, 5, 9, 3], [2, 5, 9, 3]),
            (Sort::Gap, [9, 2, 5, 3], [5, 2, 9, 3]),
            (Sort::OtherGap, [2, 3, 5, 9], [2, 3, 5, 9]),
            (Sort::Sure, [9, 2, 5, 3], [5, 2, 9, 3]),
        ] {
            assert_eq!(numbers(&Wanted { sort, ..Wanted::default() }), rising, "{sort:?}");
            assert_eq!(numbers(&Wanted { sort, is_falling: true, ..Wanted::default() }), falling, "{sort:?}");
        }
        assert_eq!(numbers(&Wanted { needle: "odd".to_owned(), ..Wanted::default() }), [3, 5, 9]);
        assert_eq!(numbers(&Wanted { needle: "5".to_owned(), ..Wanted::default() }), [5]);
    }

    #[test]
    fn each_filter_shows_its_rows_and_says_how_many_there_are() {
        let mut rows: Vec<ScoreRow> = (1..=9).map(|number| row(number, Some(number as f64), 0)).collect();
        (rows[1].differs, rows[4].differs) = (Some(0.7), None);
        (rows[2].draw, rows[3].draw) = (Some(Draw::Random), Some(Draw::Audit));
        (rows[5].missing, rows[6].inconsistent, rows[7].is_suspect) = (2, 1, true);
        let agreed = table(vec![row(1, None, 0), row(2, None, 0)]);
        let table = table(rows);
        let counts = arrange(&table, &queue(), &Wanted::default(), |_| true).counts;
        assert_eq!(counts, [1, 1, 2, 1, 2, 9]);
        for (filter, shown) in [
            (None, &[2][..]),
            (Some(Filter::Disagree), &[2]),
            (Some(Filter::Random), &[3]),
            (Some(Filter::LargeGap), &[4, 9]),
            (Some(Filter::Missing), &[6]),
            (Some(Filter::Marked), &[7, 8]),
            (Some(Filter::All), &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ] {
            assert_eq!(numbers(&table, &Wanted { filter, ..Wanted::default() }), shown, "{filter:?}");
        }
        // Where nothing is disputed, everything shows first.
        assert_eq!(numbers(&agreed, &Wanted::default()), [1, 2]);
    }
}
