//! The table of groups that this annotator has labeled, with what the scorer said of them. Of other groups nothing is
//! shown, and nothing of them is in the table that is drawn from.

use std::sync::Arc;

use egui::{Align, Layout, Rect, Ui, vec2};

use super::arrange::Filter;
use super::columns::Columns;
use super::plots::card_frame_ui;
use super::row::row_ui;
use super::{Cx, Fold, Pane, ScorePanel, Tab};
use crate::domain::{ScorerKind, ScorerState};
use crate::session::{Command, QueueRow, ScoreTable, Snapshot};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

pub(super) const ROW: f32 = 31.0;
/// The line below the rows.
const FOOT: f32 = 30.0;
/// A bar to scroll with, and the room beside it.
const SCROLL_BAR: f32 = 12.0;
/// How far words stand from the edge of the card; rows reach from edge to edge.
pub(super) const INDENT: f32 = 14.0;

impl ScorePanel {
    /// The card with the table, or with the scores that are missing.
    pub(super) fn table_card_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState, place: Rect) {
        card_frame_ui(ui, place, egui::Margin::symmetric(1, 12), |ui| {
            ui.spacing_mut().item_spacing.y = tokens::S2;
            if self.fold == Fold::All {
                indented(ui, |ui| self.switch_ui(ui, cx));
            }
            match self.tab {
                Tab::Scored => {
                    indented(ui, |ui| self.head_line_ui(ui, cx, state));
                    ui.spacing_mut().item_spacing.y = 0.0;
                    self.table_ui(ui, cx, state);
                }
                Tab::Gaps => indented(ui, |ui| {
                    ui.horizontal(|ui| {
                        let t = theme::of(ui);
                        widgets::label(ui, cx.text.gaps_title(), fonts::semibold(tokens::UI.0), t.text);
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            let key = Action::ShowGaps.hint(ui.ctx());
                            if Button::new(cx.text.gaps_back()).key(&key).small().show(ui).clicked() {
                                cx.acts.push(Action::ShowGaps);
                            }
                        });
                    });
                    self.gaps_ui(ui, cx, state);
                }),
            }
        });
    }

    /// Title, filters with their counts, and the way through the rows.
    fn head_line_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let (t, text) = (theme::of(ui), cx.text);
        let arranged = self.arranged.clone().filter(|arranged| !arranged.table.rows.is_empty());
        let is_judge = matches!(state.scorer.kind, ScorerKind::Judge(_));
        ui.horizontal(|ui| {
            ui.set_height(tokens::BUTTON_SMALL);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(arranged) = &arranged {
                    let shown = arranged.rows.len();
                    let words = if shown == 1 { text.review_one().to_owned() } else { text.review_these(shown) };
                    let key = Action::ReviewRows.hint(ui.ctx());
                    let button = Button::new(&words).key(&key).kind(Kind::Primary).small().enabled(shown > 0);
                    if button.show(ui).clicked() {
                        cx.acts.push(Action::ReviewRows);
                    }
                    self.filters_ui(ui, text, arranged.filter, &arranged.counts);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let title = if is_judge { text.differ_judge() } else { text.differ_reward() };
                    let counts = arranged.as_ref().map(|arranged| (arranged.counts[0], arranged.table.rows.len()));
                    let mut job = egui::text::LayoutJob::simple_singleline(
                        title.to_owned(),
                        fonts::semibold(tokens::UI.0),
                        t.text,
                    );
                    if let Some((some, all)) = counts {
                        let format = egui::TextFormat::simple(fonts::regular(tokens::UI.0), t.text2);
                        job.append(&text.shown_of(some, all), tokens::S2, format);
                    }
                    ui.add(egui::Label::new(job).selectable(false).truncate());
                });
            });
        });
    }

    fn filters_ui(&mut self, ui: &mut Ui, text: Text, now: Filter, counts: &[usize; 6]) {
        // What there is none of is named all the same, so that nothing moves; marks are rare and come last.
        let shown: Vec<(Filter, String)> = Filter::EVERY
            .into_iter()
            .zip(counts)
            .filter(|(filter, count)| *filter != Filter::Marked || **count > 0 || now == Filter::Marked)
            .map(|(filter, count)| (filter, format!("{} {count}", filter_words(text, filter).0)))
            .collect();
        let names: Vec<&str> = shown.iter().map(|(_, words)| words.as_str()).collect();
        let chosen = shown.iter().position(|(filter, _)| *filter == now).unwrap_or(0);
        let width = shown.len() as f32 * 80.0;
        let pressed = ui.allocate_ui_with_layout(vec2(width, 26.0), Layout::left_to_right(Align::Center), |ui| {
            widgets::segmented(ui, &names, chosen, width)
        });
        let said = filter_words(text, shown[chosen].0).1;
        pressed.response.on_hover_text(said);
        if let Some(chosen) = pressed.inner {
            self.show_filter(shown[chosen].0);
        }
    }

    pub(super) fn show_filter(&mut self, filter: Filter) {
        self.wanted.filter = Some(filter);
        (self.row, self.reveal_row) = (0, true);
    }

    /// The next filter that has rows, round and round.
    pub(super) fn next_filter(&mut self) {
        let Some(arranged) = &self.arranged else { return };
        let every = Filter::EVERY;
        let now = every.iter().position(|filter| *filter == arranged.filter).unwrap_or(0);
        let order = (1..=every.len()).map(|step| (now + step) % every.len());
        if let Some(next) = order.into_iter().find(|at| arranged.counts[*at] > 0) {
            self.show_filter(every[next]);
        }
    }

    /// The table of the chosen scorer, or why there is none.
    fn table_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let text = cx.text;
        let table = cx.snapshot.score_table.as_ref().filter(|table| table.scorer == state.scorer.id);
        let height = (ui.available_height() - FOOT).max(ROW * 2.0);
        let table = table.map(Arc::clone);
        ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
            ui.set_min_height(height);
            let Some(table) = &table else {
                let words = if state.scored == 0 { text.table_unscored() } else { text.table_reading() };
                return nothing_ui(ui, words);
            };
            if table.rows.is_empty() {
                nothing_ui(ui, if table.hidden == 0 { text.table_unscored() } else { text.table_unlabeled() });
                if table.hidden > 0 && self.fold == Fold::All {
                    ui.add_space(tokens::S3);
                    let width = ui.available_width();
                    ui.horizontal(|ui| {
                        ui.add_space((width - 230.0) / 2.0);
                        self.spot_button(ui, cx, 230.0);
                    });
                }
                return;
            }
            let columns = Columns::new(ui.available_width() - SCROLL_BAR, state, table);
            self.columns_ui(ui, text, &columns);
            widgets::separator(ui);
            self.rows_ui(ui, cx, &columns);
        });
        indented(ui, |ui| foot_ui(ui, cx, state, table.as_deref()));
    }

    fn rows_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, columns: &Columns) {
        let text = cx.text;
        let Some(arranged) = self.arranged.clone() else {
            return nothing_ui(ui, text.table_reading());
        };
        let count = arranged.rows.len();
        if count == 0 {
            return nothing_ui(ui, text.table_nothing_found());
        }
        self.row = self.row.min(count - 1);
        ui.spacing_mut().item_spacing.y = 0.0;
        let seen = ui.available_height();
        self.page = ((seen / ROW).floor() as usize).max(1);
        let mut area = egui::ScrollArea::vertical().id_salt("score-rows").auto_shrink(false);
        if std::mem::take(&mut self.reveal_row) {
            area = area.vertical_scroll_offset(revealed(self.scrolled, self.row, seen));
        }
        let mut seen = Vec::new();
        if self.seen_of.as_ref().is_none_or(|table| !Arc::ptr_eq(table, &arranged.table)) {
            self.seen_of = Some(Arc::clone(&arranged.table));
            self.seen.clear();
        }
        let shown = area.show_rows(ui, ROW, count, |ui, range| {
            for index in range {
                let Some(row) = arranged.get(index) else { continue };
                if self.seen.insert(row.group) {
                    seen.push(row.group);
                }
                let title = queue_row(cx.snapshot, row.number);
                let is_chosen = self.pane == Pane::Table && index == self.row;
                if row_ui(ui, text, row, title, columns, is_chosen) {
                    (self.row, self.pane) = (index, Pane::Table);
                    self.go_to(row.group, cx.out);
                }
            }
        });
        self.scrolled = shown.state.clamped_offset().y;
        // From now on a label of theirs that changes was changed after its scores were seen.
        if !seen.is_empty() {
            cx.out.push(Command::Reveal { groups: seen });
        }
    }
}

/// What a filter is called, and what it shows.
fn filter_words(text: Text, filter: Filter) -> (&'static str, &'static str) {
    match filter {
        Filter::Disagree => (text.rows_disagree(), text.rows_disagree_note()),
        Filter::Random => (text.rows_random(), text.rows_random_note()),
        Filter::LargeGap => (text.rows_gap(), text.rows_gap_note()),
        Filter::Missing => (text.rows_missing(), text.rows_missing_note()),
        Filter::Marked => (text.rows_marked(), text.rows_marked_note()),
        Filter::All => (text.rows_all(), text.rows_all_note()),
    }
}

/// Words stand in from the edge of the card.
fn indented(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    egui::Frame::new().inner_margin(egui::Margin::symmetric(INDENT as i8, 0)).show(ui, content);
}

/// Where to scroll so that a row is in sight, by no more than needed.
pub(super) fn revealed(scrolled: f32, row: usize, seen: f32) -> f32 {
    let top = row as f32 * ROW;
    scrolled.clamp((top + ROW - seen).max(0.0), top.max((top + ROW - seen).max(0.0)))
}

/// The queue's row of a group; numbers stand in their order there.
pub(super) fn queue_row(snapshot: &Snapshot, number: u64) -> Option<&QueueRow> {
    let at = snapshot.queue.binary_search_by_key(&number, |row| row.number).ok()?;
    snapshot.queue.get(at)
}

fn nothing_ui(ui: &mut Ui, words: &str) {
    let t = theme::of(ui);
    ui.add_space((ui.available_height() * 0.3).clamp(16.0, 120.0));
    ui.vertical_centered(|ui| {
        ui.set_max_width(520.0_f32.min(ui.available_width()));
        widgets::paragraph(ui, words, fonts::regular(tokens::UI.0), t.text2);
    });
}

/// What is hidden, and the way to the scores that are missing.
fn foot_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState, table: Option<&ScoreTable>) {
    let (t, text) = (theme::of(ui), cx.text);
    let size = vec2(ui.available_width(), FOOT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_size(size);
        let key = Action::ShowGaps.hint(ui.ctx());
        let words = match state.incomplete {
            0 => "",
            1 => text.gaps_open_one(),
            count => &text.gaps_open(count),
        };
        if !words.is_empty() {
            let button = Button::new(words).icon(icons::WARNING).key(&key).bare().kind(Kind::Quiet).small();
            if button.show(ui).clicked() {
                cx.acts.push(Action::ShowGaps);
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let hidden = match table.map_or(0, |table| table.hidden) {
                0 => return,
                1 => text.hidden_one().to_owned(),
                count => text.hidden_groups(count),
            };
            widgets::icon(ui, icons::EYE, 14.0, t.text3);
            widgets::elided(ui, hidden, fonts::regular(tokens::META.0), t.text3);
        });
    });
}
