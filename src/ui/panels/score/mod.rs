//! The score view: judges and reward models, their runs, what they said of groups that are labeled.

mod add;
mod arrange;
mod calibration;
mod cards;
mod columns;
mod cost;
mod draft;
mod figures;
mod gaps;
mod head;
mod intervals;
mod judge;
mod look;
mod margins;
mod picks;
mod plots;
mod reading;
mod reward;
mod row;
mod rubric;
mod spread;
mod states;
mod table;
mod tried;
mod tryout;

pub(crate) use arrange::{Arranged, Wanted, arrange};
pub(crate) use cards::progress;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use egui::{Rect, Ui, UiBuilder, vec2};

use self::draft::Draft;
use self::look::look_of;
use self::reading::{Measuring, Reading};
use super::endpoint::Wish;
use crate::domain::{GroupId, JobPhase, QueueFilter, ScorerId, ScorerState, View};
use crate::session::{Command, ScoreTable, Snapshot};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::dialogs::PathPopup;
use crate::ui::finder::Finder;
use crate::ui::theme::{self, tokens};
use crate::ui::widgets;

/// The column of scorers.
const COLUMN: f32 = 268.0;
/// Plots are so high at least and at most, and take this share of the height between.
const PLOTS: (f32, f32, f32) = (254.0, 360.0, 0.365);
/// Where there is less height, plots and table take turns.
const LOW: f32 = 440.0;
/// Where there is less width, the plots take turns.
const SLIM: f32 = 760.0;
/// Wider the view does not become.
const WIDEST: f32 = 1920.0;

/// What the view is drawn from, and where its wishes go.
pub(crate) struct Cx<'a> {
    pub(crate) text: Text,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) out: &'a mut Vec<Command>,
    pub(crate) acts: &'a mut Vec<Action>,
    pub(crate) popup: &'a mut Option<PathPopup>,
    pub(crate) wishes: &'a mut Vec<Wish>,
}

/// Where the arrow keys act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Pane {
    #[default]
    Scorers,
    Table,
}

/// What stands below the chosen scorer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Scored,
    Gaps,
}

/// Which plot is in front where not all of them are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Plot {
    #[default]
    Agreement,
    Scores,
    Margins,
}

/// What has room at the right of the scorers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fold {
    /// Two plots side by side, the table below.
    #[default]
    Two,
    /// One plot, the table below.
    One,
    /// One plot or the table.
    All,
}

/// What the view remembers between frames.
#[derive(Default)]
pub(crate) struct ScorePanel {
    /// Groups whose scores a row of this table has shown; the session was told.
    seen: HashSet<GroupId>,
    seen_of: Option<Arc<ScoreTable>>,
    chosen: Option<ScorerId>,
    pane: Pane,
    tab: Tab,
    reveal_card: bool,
    // The form.
    draft: Option<Draft>,
    form_open: bool,
    focus_form: bool,
    lacks_told: bool,
    reveal_look: bool,
    /// What had the focus, so that what Tab leads to is brought into sight once.
    focused: Option<egui::Id>,
    /// When the form's scorer was sent to the session.
    adding: Option<Instant>,
    removing: Option<ScorerId>,
    tryout: tryout::Tryout,
    /// The calibration of the judge in front is shown in place of what it scored.
    calibration_open: bool,
    /// What was done with a key last: kept (`true`), or taken out.
    key_changed: Option<bool>,
    // The run of the chosen scorer.
    filter: QueueFilter,
    follows: bool,
    /// The scorer whose run they were taken from.
    run_of: Option<ScorerId>,
    test_shown: bool,
    /// The choice of groups stays open, though every group was scored.
    run_shown: bool,
    // The plots.
    plot: Plot,
    fold: Fold,
    /// Where they take turns: a plot is in front, not the table.
    is_plot_front: bool,
    measured: Option<(Measuring, Instant)>,
    // The table.
    search: String,
    focus_search: bool,
    wanted: Wanted,
    arranged: Option<Arc<Arranged>>,
    row: usize,
    reveal_row: bool,
    scrolled: f32,
    /// Rows in sight.
    page: usize,
    reading: Option<(Reading, Instant)>,
    /// The table that was there when the last reading was asked for.
    before: Option<Arc<ScoreTable>>,
    /// The pass in which the view was drawn last.
    last_pass: u64,
}

impl ScorePanel {
    /// A key was put into the keyring, or taken out.
    pub(crate) fn key_was_changed(&mut self, kept: bool) {
        self.key_changed = Some(kept);
    }

    /// A chat template was read from a file.
    pub(crate) fn take_template(&mut self, text: String) {
        if let Some(draft) = &mut self.draft {
            draft.jinja = text;
        }
    }

    /// A popup of this view is open: keys belong to it.
    pub(crate) fn popup_open(&self) -> bool {
        self.removing.is_some()
    }

    /// Leave what is in front: the form, then the table; whether there was something.
    pub(crate) fn back(&mut self) -> bool {
        let was_open = self.form_open || self.pane == Pane::Table;
        let fronts = [&mut self.form_open, &mut self.tryout.open, &mut self.calibration_open];
        if fronts.into_iter().any(std::mem::take) {
            return true;
        }
        self.pane = Pane::Scorers;
        was_open
    }

    /// The scorer in front: the chosen one, or the first.
    fn current<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a ScorerState> {
        let chosen = snapshot.scorers.iter().find(|state| Some(state.scorer.id) == self.chosen);
        chosen.or_else(|| snapshot.scorers.first())
    }

    fn choose(&mut self, scorer: Option<ScorerId>) {
        if self.chosen != scorer {
            self.chosen = scorer;
            self.reveal_card = true;
            (self.test_shown, self.run_shown) = (false, false);
            (self.row, self.scrolled, self.reveal_row) = (0, 0.0, true);
            self.tab = Tab::Scored;
            self.wanted.filter = None;
        }
    }

    fn show_tab(&mut self, tab: Tab) {
        if self.tab != tab {
            self.tab = tab;
            (self.row, self.scrolled, self.reveal_row) = (0, 0.0, true);
        }
        self.is_plot_front = false;
    }

    /// Go to a group, its near-identical replies each with a card of its own: so they are counted in the table.
    fn go_to(&self, group: GroupId, out: &mut Vec<Command>) {
        out.extend([Command::Go(group), Command::Unfold { group }, Command::SetView(View::Label)]);
    }

    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, finder: &mut Finder) {
        let pass = ui.ctx().cumulative_pass_nr();
        if pass > self.last_pass + 1 {
            // Labels may have been changed meanwhile.
            (self.reading, self.measured) = (None, None);
            self.is_plot_front = false;
        }
        self.last_pass = pass;
        self.follow_adding(ui, cx);
        self.follow_chosen(cx.snapshot);
        self.read(ui, cx);
        self.measure(ui, cx);
        self.arrange(cx.snapshot, finder);
        let t = theme::of(ui);
        let frame = egui::Frame::new().fill(t.canvas).inner_margin(16);
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            let rect = ui.available_rect_before_wrap();
            let rect = rect.shrink2(vec2(((rect.width() - WIDEST) / 2.0).max(0.0), 0.0));
            ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
                ui.spacing_mut().item_spacing = vec2(tokens::S2, tokens::S3);
                self.parts_ui(ui, cx);
            });
        });
        self.removing_ui(ui, cx);
    }

    fn parts_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let whole = ui.available_rect_before_wrap();
        let wide = ui.ctx().content_rect().width() >= tokens::NARROW;
        let is_empty = cx.snapshot.scorers.is_empty();
        let has_front = self.form_open || self.tryout.open;
        if is_empty && !has_front {
            return self.empty_ui(ui, cx);
        }
        let mut rest = whole;
        if is_empty {
            // The form alone.
        } else if wide {
            let column = Rect::from_min_size(whole.min, vec2(COLUMN, whole.height()));
            ui.scope_builder(UiBuilder::new().max_rect(column), |ui| self.column_ui(ui, cx));
            rest.min.x += COLUMN + tokens::S3;
        } else if !has_front {
            let strip = ui.scope_builder(UiBuilder::new().max_rect(whole), |ui| self.strip_ui(ui, cx));
            rest.min.y = strip.response.rect.bottom() + tokens::S2;
        }
        ui.scope_builder(UiBuilder::new().max_rect(rest), |ui| {
            if self.form_open {
                self.form_ui(ui, cx);
            } else if self.tryout.open {
                self.tryout_ui(ui, cx);
            } else if let Some(state) = self.current(cx.snapshot) {
                if self.calibration_open {
                    return self.calibration_ui(ui, cx, state);
                }
                self.scorer_ui(ui, cx, state);
            }
        });
    }

    /// The chosen scorer: what is to be done about it, plots, table.
    fn scorer_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let whole = ui.available_rect_before_wrap();
        let mut rest = whole;
        if self.head_wanted(state) {
            let head = ui.scope_builder(UiBuilder::new().max_rect(whole), |ui| {
                widgets::card_frame(ui).show(ui, |ui| {
                    ui.set_width(whole.width() - 30.0);
                    let most = (whole.height() * 0.5 - 30.0).max(84.0);
                    let area = egui::ScrollArea::vertical().id_salt("scorer-head").auto_shrink([false, true]);
                    area.max_height(most).show(ui, |ui| self.head_ui(ui, cx, state));
                });
            });
            rest.min.y = head.response.rect.bottom() + tokens::S3;
        }
        self.fold = if rest.height() < LOW {
            Fold::All
        } else if rest.width() < SLIM {
            Fold::One
        } else {
            Fold::Two
        };
        if self.fold == Fold::All && self.is_plot_front {
            plots::card_frame_ui(ui, rest, egui::Margin::same(14), |ui| {
                self.switch_ui(ui, cx);
                ui.add_space(tokens::S1);
                self.plot_ui(ui, cx, state);
            });
            return;
        }
        if self.fold != Fold::All {
            let (least, most, share) = PLOTS;
            let mut place = rest;
            place.set_height((whole.height() * share).clamp(least, most).min(rest.height() * 0.56));
            rest.min.y = place.bottom() + tokens::S3;
            self.plots_ui(ui, cx, state, place);
        }
        self.table_card_ui(ui, cx, state, rest);
    }

    /// Carry out an action of this view.
    pub(crate) fn act(&mut self, action: Action, cx: &mut Cx<'_>) {
        if self.form_open {
            match action {
                Action::KeepScorer => self.add(cx),
                Action::TestScorer => {
                    if let Some(scorer) = self.draft.as_ref().and_then(Draft::scorer) {
                        self.reveal_look = true;
                        cx.out.push(Command::TestScorer(Box::new(scorer)));
                    }
                }
                _ => {}
            }
            return;
        }
        match action {
            Action::AddScorer => return self.open_form(None),
            Action::TryOut => return self.open_tryout(),
            Action::CalibrateJudge if !self.tryout.open => return self.open_calibration(cx.snapshot),
            _ if self.tryout.open => return self.act_in_tryout(action, cx),
            _ if self.calibration_open => return self.act_in_calibration(action, cx),
            _ => {}
        }
        let Some(state) = self.current(cx.snapshot) else { return };
        let id = state.scorer.id;
        let running = state.run.phase == JobPhase::Running;
        match action {
            Action::RunScorer if self.pane == Pane::Table => {
                if let Some(group) = self.chosen_group(cx.snapshot, state) {
                    self.go_to(group, cx.out);
                }
            }
            Action::RunScorer if !running && self.can_run(state) => cx.out.push(self.run_command(state)),
            Action::RunChoices => self.run_shown = !self.run_shown,
            Action::ReviewRows if self.tab == Tab::Scored => {
                if let Some(row) = self.arranged.as_ref().and_then(|arranged| arranged.get(0)) {
                    self.go_to(row.group, cx.out);
                }
            }
            Action::NextRowFilter if self.tab == Tab::Scored => self.next_filter(),
            Action::NextPlot => self.next_plot(),
            Action::PauseScorer if running => cx.out.push(Command::PauseScorer(id)),
            Action::CancelScorer if state.run.phase != JobPhase::Idle => cx.out.push(Command::CancelScorer(id)),
            Action::RetryScores if state.incomplete > 0 => cx.out.push(Command::RetryScorer(id)),
            Action::TestScorer => {
                self.test_shown = true;
                cx.out.push(Command::TestScorer(Box::new((*state.scorer).clone())));
            }
            Action::RemoveScorer => self.removing = Some(id),
            Action::ShowGaps => self.show_tab(if self.tab == Tab::Gaps { Tab::Scored } else { Tab::Gaps }),
            Action::SearchScores => {
                self.show_tab(Tab::Scored);
                self.focus_search = true;
            }
            Action::ToScorers => self.pane = Pane::Scorers,
            Action::ToTable => (self.pane, self.reveal_row, self.is_plot_front) = (Pane::Table, true, false),
            _ if picks::pick(action, id, cx.snapshot, cx.out) => {}
            _ => self.step(action, cx.snapshot),
        }
    }

    /// The group of the row that is chosen by keys.
    fn chosen_group(&self, snapshot: &Snapshot, state: &ScorerState) -> Option<GroupId> {
        match self.tab {
            Tab::Scored => self.arranged.as_ref()?.get(self.row).map(|row| row.group),
            Tab::Gaps => gaps::newest_of(snapshot, state).get(self.row).map(|gap| gap.group),
        }
    }

    /// Arrows and pages: another scorer, or another row.
    fn step(&mut self, action: Action, snapshot: &Snapshot) {
        let scorers = snapshot.scorers.len();
        let (now, count) = match (self.pane, self.tab) {
            (Pane::Scorers, _) => {
                let id = self.current(snapshot).map(|state| state.scorer.id);
                (snapshot.scorers.iter().position(|state| Some(state.scorer.id) == id).unwrap_or(0), scorers)
            }
            (Pane::Table, Tab::Scored) => (self.row, self.arranged.as_ref().map_or(0, |arranged| arranged.rows.len())),
            (Pane::Table, Tab::Gaps) => {
                (self.row, self.current(snapshot).map_or(0, |state| gaps::newest_of(snapshot, state).len()))
            }
        };
        let last = count.saturating_sub(1);
        let page = if self.pane == Pane::Table { self.page.saturating_sub(1).max(1) } else { 4 };
        let next = match action {
            Action::ScorerUp => now.saturating_sub(1),
            Action::ScorerDown => now + 1,
            Action::ScorerPageUp => now.saturating_sub(page),
            Action::ScorerPageDown => now + page,
            Action::ScorerFirst => 0,
            Action::ScorerLast => last,
            _ => return,
        };
        let next = next.min(last);
        match self.pane {
            Pane::Scorers => {
                self.choose(snapshot.scorers.get(next).map(|state| state.scorer.id));
                self.reveal_card = true;
            }
            Pane::Table => (self.row, self.reveal_row) = (next, true),
        }
    }
}

#[cfg(test)]
mod tests;
