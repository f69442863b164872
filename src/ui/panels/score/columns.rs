//! The columns of the table: where they stand, their heads, sorting by each, the search in the one with the prompts.

use egui::accesskit::Role;
use egui::{Align2, Rect, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::arrange::{Sort, is_marked};
use super::table::INDENT;
use super::{Pane, ScorePanel};
use crate::domain::{ScorerKind, ScorerState};
use crate::session::ScoreTable;
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets;

const HEAD: f32 = 32.0;
/// The search stands in the head of the prompts where that is so wide.
const SEARCH: f32 = 128.0;

/// One column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) sort: Sort,
    /// From the left edge of the card.
    pub(super) left: f32,
    pub(super) width: f32,
    /// Numbers stand at the right.
    pub(super) is_number: bool,
}

/// All of them, from left to right.
pub(super) struct Columns {
    pub(super) width: f32,
    pub(super) all: Vec<Column>,
    /// The scorer is a judge.
    pub(super) is_judge: bool,
}

impl Columns {
    /// The columns that the rows of a table need.
    pub(super) fn new(width: f32, state: &ScorerState, table: &ScoreTable) -> Self {
        let has_other = table.rows.iter().any(|row| row.other_margin.is_some());
        let has_sure = table.rows.iter().any(|row| row.z.is_some() || is_marked(row) || row.missing > 0);
        let is_judge = matches!(state.scorer.kind, ScorerKind::Judge(_));
        let wider = ((width - 900.0) / 6.0).clamp(-16.0, 60.0);
        let mut parts = vec![
            (Sort::Number, 60.0, false),
            (Sort::Title, 0.0, false),
            (Sort::Chosen, 134.0 + wider, false),
            (Sort::First, 132.0 + wider, false),
            (Sort::Gap, 84.0 + wider / 2.0, true),
        ];
        if has_other {
            parts.push((Sort::OtherGap, 96.0 + wider / 2.0, true));
        }
        if has_sure {
            parts.push((Sort::Sure, 176.0 + wider, false));
        }
        let fixed: f32 = parts.iter().map(|(_, width, _)| width).sum();
        parts[1].1 = (width - INDENT - 10.0 - fixed).max(120.0);
        let mut left = INDENT;
        let mut place = |(sort, width, is_number): (Sort, f32, bool)| {
            let column = Column { sort, left, width, is_number };
            left += width;
            column
        };
        let all = parts.into_iter().map(&mut place).collect();
        Self { width, all, is_judge }
    }

    fn words(&self, text: Text, sort: Sort) -> (&'static str, &'static str) {
        let (own, other) = (text.column_gap_judge(), text.column_gap_reward());
        let (own, other) = if self.is_judge { (own, other) } else { (other, own) };
        match sort {
            Sort::Number => (text.column_group(), ""),
            Sort::Title => (text.column_prompt(), ""),
            Sort::Chosen => (text.column_you(), ""),
            Sort::First if self.is_judge => (text.column_first_judge(), ""),
            Sort::First => (text.column_first_reward(), ""),
            Sort::Gap => (own, text.margin_note()),
            Sort::OtherGap => (other, text.other_gap_note()),
            Sort::Sure if self.is_judge => (text.column_judge_is(), text.sure_note()),
            Sort::Sure => (text.column_marks(), ""),
        }
    }
}

impl ScorePanel {
    /// The heads: each sorts by its column.
    pub(super) fn columns_ui(&mut self, ui: &mut Ui, text: Text, columns: &Columns) {
        let t = theme::of(ui);
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEAD), Sense::hover());
        let y = rect.center().y;
        for column in &columns.all {
            let (words, note) = columns.words(text, column.sort);
            let is_sorted = self.wanted.sort == column.sort;
            let font = if is_sorted { fonts::medium(tokens::META.0) } else { fonts::regular(tokens::META.0) };
            let color = if is_sorted { t.text } else { t.text2 };
            let galley = ui.painter().layout_no_wrap(words.to_owned(), font, color);
            let caret = if is_sorted { 16.0 } else { 0.0 };
            let long = galley.size().x + caret;
            let from = rect.left() + column.left;
            let left = if column.is_number { from + column.width - 24.0 - long } else { from };
            let place = Rect::from_min_max(pos2(left - 6.0, y - 12.0), pos2(left + long + 6.0, y + 12.0));
            let response = ui.interact(place, ui.scope_id().with(("sort", words)), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_sorted, text.sort_by(words)));
            if response.hovered() {
                ui.painter().rect_filled(place, egui::CornerRadius::same(tokens::R1), t.hover);
            }
            if response.has_focus() {
                widgets::focus_ring(ui, place.shrink(1.0), tokens::R1);
            }
            ui.painter().galley(pos2(left, y - galley.size().y / 2.0), galley, color);
            if is_sorted {
                let caret = if self.wanted.is_falling { icons::CARET_DOWN } else { icons::CARET_UP };
                let at = pos2(left + long, y);
                ui.painter().text(at, Align2::RIGHT_CENTER, caret, fonts::icon(12.0), t.text2);
            }
            let response = if note.is_empty() { response } else { response.on_hover_text(note) };
            if response.clicked() {
                self.sort_by(column.sort);
            }
            if column.sort == Sort::Title {
                let right = rect.left() + column.left + column.width - tokens::S4;
                let width = SEARCH.min(right - place.right() - tokens::S2).max(60.0);
                let place = Rect::from_min_max(pos2(right - width, y - 13.0), pos2(right, y + 13.0));
                ui.scope_builder(UiBuilder::new().max_rect(place), |ui| self.search_ui(ui, text, width));
            }
        }
    }

    fn search_ui(&mut self, ui: &mut Ui, text: Text, width: f32) {
        let key = Action::SearchScores.hint(ui.ctx());
        ui.spacing_mut().interact_size.y = 24.0;
        let field = widgets::search(ui, &mut self.search, text.search_titles(), &key, width - 38.0);
        if std::mem::take(&mut self.focus_search) {
            field.request_focus();
        }
        if field.changed() {
            (self.row, self.reveal_row) = (0, true);
        }
        if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
            self.pane = Pane::Table;
        }
    }

    /// Sort by a column; once more turns it around. Names begin with the first, figures with the highest.
    fn sort_by(&mut self, sort: Sort) {
        let wanted = &mut self.wanted;
        let starts_high = matches!(sort, Sort::Gap | Sort::OtherGap | Sort::Sure);
        wanted.is_falling = if wanted.sort == sort { !wanted.is_falling } else { starts_high };
        wanted.sort = sort;
        (self.row, self.reveal_row) = (0, true);
    }
}
