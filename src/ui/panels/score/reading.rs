//! What the view asks the session for: the table of the scorer in front, the figures of agreement; and which rows of the
//! table are shown.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::Ui;

use super::{Cx, ScorePanel};
use crate::domain::{ScorerId, Step};
use crate::session::{Command, ScoreTable, Snapshot};
use crate::ui::finder::Finder;

/// Tables are read at most so often.
const READ_EVERY: Duration = Duration::from_secs(1);
/// A reading that brought nothing for so long has failed.
const READ_GIVEN_UP: Duration = Duration::from_secs(30);
/// Figures are computed at most so often.
const MEASURE_EVERY: Duration = Duration::from_secs(2);

/// What a table was read for: its scorer, how much that had scored, what this annotator had labeled.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    scorer: ScorerId,
    scored: (u64, u64),
    labeled: u64,
    step: Option<Step>,
}

/// What the figures were computed for: what this annotator had labeled, what every scorer had scored.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measuring {
    labeled: u64,
    step: Option<Step>,
    scored: Vec<(ScorerId, u64, u64)>,
}

impl ScorePanel {
    /// Take up the run of a scorer that came to the front.
    pub(super) fn follow_chosen(&mut self, snapshot: &Snapshot) {
        let current = self.current(snapshot).map(|state| (state.scorer.id, state.run));
        let id = current.map(|(id, _)| id);
        self.choose(id);
        if self.run_of != id {
            self.run_of = id;
            if let Some((_, run)) = current {
                (self.filter, self.follows) = (run.filter, run.follows);
            }
        }
    }

    /// Ask for the table where something in it may have changed.
    pub(super) fn read(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        let snapshot = cx.snapshot;
        let Some(state) = self.current(snapshot) else { return };
        let wanted = Reading {
            scorer: state.scorer.id,
            scored: (state.scored, state.incomplete),
            labeled: snapshot.counts.labeled(),
            step: snapshot.undo.clone(),
        };
        let table = snapshot.score_table.as_ref();
        let is_same = |a: &Arc<ScoreTable>, b: &Arc<ScoreTable>| Arc::ptr_eq(a, b);
        let answered = match (&self.before, table) {
            (Some(before), Some(table)) => !is_same(before, table),
            (before, table) => before.is_none() == table.is_some(),
        };
        if let Some((reading, asked)) = &self.reading {
            let asked = asked.elapsed();
            let due = if reading.scorer != wanted.scorer {
                Duration::ZERO
            } else if answered {
                READ_EVERY
            } else {
                READ_GIVEN_UP
            };
            if *reading == wanted {
                return;
            }
            if asked < due {
                ui.ctx().request_repaint_after(due.saturating_sub(asked));
                return;
            }
        }
        self.before = table.cloned();
        cx.out.push(Command::ListScores(wanted.scorer));
        self.reading = Some((wanted, Instant::now()));
    }

    /// Ask for the figures where something that they rest on has changed, and the last ones are there.
    pub(super) fn measure(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        let snapshot = cx.snapshot;
        if snapshot.scorers.is_empty() || snapshot.counts.labeled() == 0 && snapshot.agreement.is_none() {
            return;
        }
        let scored = snapshot.scorers.iter().map(|state| (state.scorer.id, state.scored, state.incomplete));
        let wanted =
            Measuring { labeled: snapshot.counts.labeled(), step: snapshot.undo.clone(), scored: scored.collect() };
        if let Some((measured, asked)) = &self.measured {
            if *measured == wanted || snapshot.measuring {
                return;
            }
            if asked.elapsed() < MEASURE_EVERY {
                ui.ctx().request_repaint_after(MEASURE_EVERY.saturating_sub(asked.elapsed()));
                return;
            }
        }
        cx.out.push(Command::Measure);
        self.measured = Some((wanted, Instant::now()));
    }

    /// The rows to show, once the finder has them; the last ones until then.
    pub(super) fn arrange(&mut self, snapshot: &Snapshot, finder: &mut Finder) {
        self.wanted.needle = self.search.trim().to_lowercase();
        let scorer = self.current(snapshot).map(|state| state.scorer.id);
        let table = snapshot.score_table.as_ref().filter(|table| Some(table.scorer) == scorer);
        let Some(table) = table else {
            self.arranged = None;
            finder.forget_scores();
            return;
        };
        if self.arranged.as_ref().is_some_and(|arranged| arranged.table.scorer != table.scorer) {
            self.arranged = None;
        }
        if let Some(found) = finder.scores(table, &self.wanted, &snapshot.queue) {
            self.arranged = Some(found);
        }
    }
}
