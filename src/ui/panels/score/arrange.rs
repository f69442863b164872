//! Which rows of a score table are shown, and in which order. Done on the finder's thread: a table may have as many rows
//! as the session has groups.

use std::sync::Arc;

use crate::session::{QueueRow, ScoreRow, ScoreTable};

/// What the rows stand in the order of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    #[default]
    Number,
    Margin,
    Sure,
}

/// Which rows are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// In lower case; part of the title, or the number.
    pub(crate) needle: String,
    /// Only rows with a mark.
    pub(crate) marked: bool,
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
    /// How many rows of the whole table have a mark.
    pub(crate) marked: usize,
}

impl Arranged {
    /// The row that is shown at a place.
    pub(crate) fn get(&self, index: usize) -> Option<&ScoreRow> {
        self.table.rows.get(*self.rows.get(index)? as usize)
    }
}

/// There is something about the row that a person should see.
pub(super) fn is_marked(row: &ScoreRow) -> bool {
    row.is_suspect || row.inconsistent > 0 || row.missing > 0
}

/// The rows that are wanted, in order. Rows without the figure that is sorted by come last, rows of equal figures in the
/// order of their numbers.
pub(crate) fn arrange(
    table: &Arc<ScoreTable>,
    queue: &imbl::Vector<QueueRow>,
    wanted: &Wanted,
    fits: impl Fn(&str) -> bool,
) -> Arranged {
    let number: Option<u64> = wanted.needle.parse().ok();
    let mut titles = queue.iter().peekable();
    let mut rows: Vec<u32> = Vec::with_capacity(table.rows.len());
    for (position, row) in table.rows.iter().enumerate() {
        if wanted.marked && !is_marked(row) {
            continue;
        }
        if !wanted.needle.is_empty() && number != Some(row.number) {
            // Both stand in the order of their numbers.
            while titles.next_if(|title| title.number < row.number).is_some() {}
            let title = titles.peek().filter(|title| title.number == row.number);
            if !title.is_some_and(|title| fits(&title.title)) {
                continue;
            }
        }
        rows.push(position as u32);
    }
    let figure = |position: &u32| {
        let row = &table.rows[*position as usize];
        match wanted.sort {
            Sort::Number => Some(row.number as f64),
            Sort::Margin => row.margin,
            Sort::Sure => row.z,
        }
    };
    if wanted.sort != Sort::Number || wanted.is_falling {
        rows.sort_by(|a, b| match (figure(a), figure(b)) {
            (Some(a), Some(b)) if wanted.is_falling => b.total_cmp(&a),
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
    }
    let marked = table.rows.iter().filter(|row| is_marked(row)).count();
    Arranged { table: Arc::clone(table), rows, marked }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{GroupId, GroupStatus, ScorerId};

    fn row(number: u64, margin: Option<f64>, inconsistent: u32) -> ScoreRow {
        ScoreRow {
            group: GroupId::new(),
            number,
            chosen: Vec::new(),
            chosen_unscored: 0,
            ranked: Vec::new(),
            margin,
            z: margin.map(|margin| margin / 2.0),
            missing: 0,
            inconsistent,
            is_suspect: false,
            draw: None,
            differs: None,
            reach: None,
            other_margin: None,
        }
    }

    #[test]
    fn rows_are_searched_filtered_and_sorted_and_gaps_come_last() {
        let rows = vec![row(2, Some(0.5), 1), row(3, None, 0), row(5, Some(2.0), 0), row(9, Some(0.1), 0)];
        let table =
            Arc::new(ScoreTable { scorer: ScorerId::new(), rows, hidden: 0, itself: Vec::new(), gaps: Vec::new() });
        let title = |number: u64| QueueRow {
            id: GroupId::new(),
            number,
            status: GroupStatus::Done,
            flagged: false,
            noted: false,
            picked: false,
            title: if number % 2 == 1 { "odd".into() } else { "even".into() },
        };
        let queue: imbl::Vector<QueueRow> = (1..=9).map(title).collect();
        let numbers = |wanted: &Wanted| -> Vec<u64> {
            let arranged = arrange(&table, &queue, wanted, |title| title.contains(&wanted.needle));
            assert_eq!(arranged.marked, 1);
            (0..arranged.rows.len()).filter_map(|index| Some(arranged.get(index)?.number)).collect()
        };
        assert_eq!(numbers(&Wanted::default()), [2, 3, 5, 9]);
        assert_eq!(numbers(&Wanted { is_falling: true, ..Wanted::default() }), [9, 5, 3, 2]);
        assert_eq!(numbers(&Wanted { sort: Sort::Margin, ..Wanted::default() }), [9, 2, 5, 3]);
        assert_eq!(numbers(&Wanted { sort: Sort::Sure, is_falling: true, ..Wanted::default() }), [5, 2, 9, 3]);
        assert_eq!(numbers(&Wanted { needle: "odd".to_owned(), ..Wanted::default() }), [3, 5, 9]);
        assert_eq!(numbers(&Wanted { needle: "5".to_owned(), ..Wanted::default() }), [5]);
        assert_eq!(numbers(&Wanted { marked: true, ..Wanted::default() }), [2]);
    }
}
