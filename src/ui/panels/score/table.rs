//! The table of groups that this annotator has labeled, with what the scorer said of them. Of other groups nothing is
//! shown, and nothing of them is in the table that is drawn from.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align, Align2, Layout, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::arrange::{Sort, is_marked};
use super::look::number;
use super::{Cx, Pane, ScorePanel};
use crate::domain::{GroupStatus, ScorerState};
use crate::session::{QueueRow, ScoreRow, ScoreTable, Snapshot};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::theme::{self, Tokens, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

pub(super) const ROW: f32 = 31.0;
const HEAD: f32 = 28.0;
/// The line below the rows.
const FOOT: f32 = 26.0;
/// From this many standard errors on a judge hardly changes its mind (JUDGING.md section 5).
const SURE: f64 = 1.0;

/// Where the columns begin, from the left edge of a row.
struct Columns {
    width: f32,
    title: f32,
    you: f32,
    order: f32,
    margin: f32,
    /// `None`: the scorer gives no errors.
    sure: Option<f32>,
    /// The width of the row where no row has a mark.
    marks: f32,
}

impl Columns {
    fn new(width: f32, has_errors: bool, has_marks: bool) -> Self {
        const NUMBER: f32 = 60.0;
        const MARGIN: f32 = 66.0;
        let marks = if has_marks { (width * 0.18).max(158.0) } else { 0.0 };
        let sure = if has_errors { 96.0 } else { 0.0 };
        // As much as four replies with their scores take, and less where that leaves no title.
        let order = (width * 0.26).clamp(170.0, 400.0).max((width - 700.0).min(246.0));
        let you = (width * 0.12).clamp(118.0, 150.0);
        let at_marks = width - marks;
        let at_sure = at_marks - sure;
        let at_margin = at_sure - MARGIN;
        let at_order = at_margin - order;
        Self {
            width,
            title: NUMBER,
            you: at_order - you,
            order: at_order,
            margin: at_margin,
            sure: has_errors.then_some(at_sure),
            marks: at_marks,
        }
    }
}

impl ScorePanel {
    /// The table of the chosen scorer, or why there is none.
    pub(super) fn table_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let (t, text) = (theme::of(ui), cx.text);
        let table = cx.snapshot.score_table.as_ref().filter(|table| table.scorer == state.scorer.id);
        let Some(table) = table else {
            let words = if state.scored == 0 { text.table_unscored() } else { text.table_reading() };
            return nothing_ui(ui, words);
        };
        if table.rows.is_empty() {
            nothing_ui(ui, if table.hidden == 0 { text.table_unscored() } else { text.table_unlabeled() });
            if table.hidden > 0 {
                ui.add_space(tokens::S3);
                ui.vertical_centered(|ui| {
                    let key = Action::ShowLabel.hint(ui.ctx());
                    if Button::new(text.table_label_now()).key(&key).small().show(ui).clicked() {
                        cx.acts.push(Action::ShowLabel);
                    }
                });
            }
            return;
        }
        let has_errors = table.rows.iter().take(50).any(|row| row.z.is_some());
        let has_marks = self.arranged.as_ref().is_some_and(|arranged| arranged.marked > 0);
        let columns = Columns::new(ui.available_width() - 10.0, has_errors, has_marks);
        let table = Arc::clone(table);
        self.heads_ui(ui, text, &columns);
        widgets::separator(ui);
        let height = (ui.available_height() - FOOT).max(ROW * 2.0);
        ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
            ui.set_min_height(height);
            self.rows_ui(ui, cx, &columns);
        });
        foot_ui(ui, text, t, &table);
    }

    fn heads_ui(&mut self, ui: &mut Ui, text: Text, columns: &Columns) {
        let t = theme::of(ui);
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEAD), Sense::hover());
        let font = fonts::regular(tokens::META.0);
        let y = rect.center().y;
        for (left, words) in [
            (columns.title, text.column_prompt()),
            (columns.you, text.column_you()),
            (columns.order, text.column_order()),
            (columns.marks, if columns.marks < columns.width { text.column_marks() } else { "" }),
        ] {
            ui.painter().text(pos2(rect.left() + left, y), Align2::LEFT_CENTER, words, font.clone(), t.text2);
        }
        let sorts = [
            (Sort::Number, text.column_group(), Some(10.0), columns.title - 4.0, ""),
            (Sort::Margin, text.column_margin(), Some(columns.margin), 68.0, text.margin_note()),
            (Sort::Sure, text.column_sure(), columns.sure, 96.0, text.sure_note()),
        ];
        for (sort, words, left, width, note) in sorts {
            let Some(left) = left else { continue };
            let place = Rect::from_min_size(pos2(rect.left() + left - 6.0, rect.top() + 2.0), vec2(width, HEAD - 4.0));
            let id = ui.scope_id().with(("sort", words));
            let response = ui.interact(place, id, Sense::click());
            let is_chosen = self.wanted.sort == sort;
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, text.sort_by(words)));
            let radius = egui::CornerRadius::same(tokens::R1);
            if response.hovered() {
                ui.painter().rect_filled(place, radius, t.hover);
            }
            if response.has_focus() {
                widgets::focus_ring(ui, place.shrink(1.0), tokens::R1);
            }
            let (font, color) =
                if is_chosen { (fonts::medium(tokens::META.0), t.text) } else { (font.clone(), t.text2) };
            let at = pos2(place.left() + 6.0, y);
            let shown = ui.painter().text(at, Align2::LEFT_CENTER, words, font, color);
            if is_chosen {
                let caret = if self.wanted.is_falling { icons::CARET_DOWN } else { icons::CARET_UP };
                let at = pos2(shown.right() + 4.0, y);
                ui.painter().text(at, Align2::LEFT_CENTER, caret, fonts::icon(12.0), t.text2);
            }
            let response = if note.is_empty() { response } else { response.on_hover_text(note) };
            if response.clicked() {
                self.sort_by(sort);
            }
        }
    }

    /// Sort by a column; once more turns it around. Numbers begin with the lowest, figures with the highest.
    fn sort_by(&mut self, sort: Sort) {
        let wanted = &mut self.wanted;
        wanted.is_falling = if wanted.sort == sort { !wanted.is_falling } else { sort != Sort::Number };
        wanted.sort = sort;
        self.row = 0;
        self.reveal_row = true;
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
        let shown = area.show_rows(ui, ROW, count, |ui, range| {
            for index in range {
                let Some(row) = arranged.get(index) else { continue };
                let title = queue_row(cx.snapshot, row.number);
                let is_chosen = self.pane == Pane::Table && index == self.row;
                if row_ui(ui, text, row, title, columns, is_chosen) {
                    (self.row, self.pane) = (index, Pane::Table);
                    self.go_to(row.group, cx.out);
                }
            }
        });
        self.scrolled = shown.state.clamped_offset().y;
    }
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
        ui.set_max_width(520.0);
        widgets::paragraph(ui, words, fonts::regular(tokens::UI.0), t.text2);
    });
}

fn foot_ui(ui: &mut Ui, text: Text, t: &Tokens, table: &ScoreTable) {
    ui.allocate_ui_with_layout(vec2(ui.available_width(), FOOT), Layout::left_to_right(Align::Center), |ui| {
        let hidden = match table.hidden {
            0 => return,
            1 => text.hidden_one().to_owned(),
            count => text.hidden_groups(count),
        };
        widgets::icon(ui, icons::EYE, 14.0, t.text3);
        widgets::elided(ui, hidden, fonts::regular(tokens::META.0), t.text3);
    });
}

/// What the annotator chose, as a mark and words.
fn chosen(text: Text, row: &ScoreRow, status: Option<GroupStatus>) -> (bool, String) {
    let mut parts: Vec<String> = row.chosen.iter().map(|place| (place + 1).to_string()).collect();
    if row.chosen_unscored > 0 {
        parts.push(text.own_text().to_owned());
    }
    if parts.is_empty() || status == Some(GroupStatus::NoneAcceptable) {
        return (false, text.act_none().to_owned());
    }
    (true, parts.join(", "))
}

/// How sure the judge is.
fn sureness(text: Text, z: f64) -> String {
    let shown = format!("{z:.1}");
    if z < SURE { text.unsure(&shown) } else { text.sure(&shown) }
}

/// Marks of a row, the gravest first.
fn marks(text: Text, t: &Tokens, row: &ScoreRow) -> Vec<(String, egui::Color32)> {
    let mut marks = Vec::new();
    if row.is_suspect {
        marks.push((text.suspect().to_owned(), t.rejected));
    }
    if row.inconsistent > 0 {
        marks.push((text.turns().to_owned(), t.warning));
    }
    match row.missing {
        0 => {}
        1 => marks.push((text.missing_one().to_owned(), t.warning)),
        count => marks.push((text.missing(count), t.warning)),
    }
    marks
}

fn row_ui(ui: &mut Ui, text: Text, row: &ScoreRow, title: Option<&QueueRow>, at: &Columns, is_chosen: bool) -> bool {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(at.width, ROW), Sense::click());
    let name = title.map_or("", |row| &row.title);
    let (is_choice, you) = chosen(text, row, title.map(|row| row.status));
    let marks = marks(text, t, row);
    let order: Vec<String> =
        row.ranked.iter().map(|(place, score)| format!("{} ({})", place + 1, number(*score))).collect();
    let order = order.join(", ");
    response.widget_info(|| {
        let mut parts = vec![text.row_named(row.number, name)];
        parts.push(if is_choice { text.row_chosen(&you) } else { you.clone() });
        parts.push(text.row_order(&order));
        parts.extend(row.margin.map(|margin| text.row_margin(&number(margin))));
        parts.extend(row.z.map(|z| sureness(text, z)));
        parts.extend(marks.iter().map(|(words, _)| words.clone()));
        WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, parts.join(", "))
    });
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    if is_chosen {
        painter.rect_filled(rect, 0.0, t.accent_soft);
        painter.rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 0.0, t.accent);
    } else if response.hovered() {
        painter.rect_filled(rect, 0.0, t.hover);
    }
    let line = egui::Stroke::new(1.0, t.stroke);
    painter.hline(rect.x_range(), rect.bottom() - 0.5, line);
    let usual = fonts::regular(tokens::UI.0);
    let cell = |left: f32, width: f32, mut job: LayoutJob| {
        job.wrap = TextWrapping::truncate_at_width((width - tokens::S3).max(8.0));
        let galley = painter.layout_job(job);
        painter.galley(pos2(rect.left() + left, rect.center().y - galley.size().y / 2.0), galley, t.text);
    };
    let plain = |words: &str, color| LayoutJob::simple_singleline(words.to_owned(), usual.clone(), color);
    cell(10.0, at.title - 10.0, plain(&row.number.to_string(), t.text2));
    cell(at.title, at.you - at.title, plain(name, t.text));
    let mut job = LayoutJob::default();
    if is_choice {
        job.append(icons::CHECK, 0.0, TextFormat::simple(fonts::icon(13.0), t.chosen));
        job.append(&you, 6.0, TextFormat::simple(usual.clone(), t.chosen));
    } else {
        job = plain(&you, t.rejected);
    }
    cell(at.you, at.order - at.you, job);
    let mut job = LayoutJob::default();
    for (index, (place, score)) in row.ranked.iter().enumerate() {
        let gap = if index == 0 { 0.0 } else { 12.0 };
        let strong = TextFormat::simple(fonts::semibold(tokens::UI.0), t.machine);
        job.append(&(place + 1).to_string(), gap, strong);
        job.append(&number(*score), 4.0, TextFormat::simple(fonts::regular(tokens::META.0), t.text2));
    }
    if row.ranked.is_empty() {
        job = plain("–", t.text3);
    }
    cell(at.order, at.margin - at.order, job);
    let margin = row.margin.map_or_else(|| "–".to_owned(), number);
    cell(at.margin, at.sure.unwrap_or(at.marks) - at.margin, plain(&margin, t.text));
    if let (Some(left), Some(z)) = (at.sure, row.z) {
        cell(left, at.marks - left, plain(&sureness(text, z), if z < SURE { t.text2 } else { t.text }));
    }
    if is_marked(row) {
        let mut job = LayoutJob::default();
        for (index, (words, color)) in marks.iter().enumerate() {
            let gap = if index == 0 { 0.0 } else { 10.0 };
            job.append(icons::WARNING, gap, TextFormat::simple(fonts::icon(13.0), *color));
            job.append(words, 5.0, TextFormat::simple(usual.clone(), *color));
        }
        cell(at.marks, at.width - at.marks, job);
    }
    if response.has_focus() {
        widgets::focus_ring(ui, rect.shrink(4.0), tokens::R1);
    }
    let clicked = response.clicked();
    if response.hovered() {
        let mut words = vec![format!("{}: {order}", text.column_order())];
        words.extend(marks.into_iter().map(|(words, _)| words));
        response.on_hover_text(words.join("\n"));
    }
    clicked
}

/// The tabs over the table, and the field to search it with.
impl ScorePanel {
    pub(super) fn tabs_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, state: &ScorerState) {
        let text = cx.text;
        let rows = self.arranged.as_ref().filter(|arranged| arranged.table.scorer == state.scorer.id);
        let labeled = rows.map_or(0, |arranged| arranged.table.rows.len());
        let count = |words: &str, count: u64| if count == 0 { words.to_owned() } else { format!("{words}  {count}") };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = tokens::S1;
            for (tab, words) in [
                (super::Tab::Scored, count(text.tab_scored(), labeled as u64)),
                (super::Tab::Gaps, count(text.tab_gaps(), state.incomplete)),
            ] {
                let is_chosen = self.tab == tab;
                if Button::new(&words).kind(Kind::Tab).selected(is_chosen).small().show(ui).clicked() {
                    self.show_tab(tab);
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if self.tab != super::Tab::Scored || labeled == 0 {
                    return;
                }
                let key = Action::SearchScores.hint(ui.ctx());
                let hint = text.search_titles();
                let field = widgets::search(ui, &mut self.search, hint, &key, 170.0);
                if std::mem::take(&mut self.focus_search) {
                    field.request_focus();
                }
                if field.changed() {
                    self.row = 0;
                    self.reveal_row = true;
                }
                if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
                    self.pane = Pane::Table;
                }
                let marked = rows_marked(self);
                if marked > 0 || self.wanted.marked {
                    let words = format!("{}  {marked}", text.table_marked());
                    let button = Button::new(&words).icon(icons::WARNING).kind(Kind::Quiet).small();
                    if button.selected(self.wanted.marked).show(ui).clicked() {
                        self.wanted.marked = !self.wanted.marked;
                        self.row = 0;
                    }
                }
            });
        });
    }
}

fn rows_marked(panel: &ScorePanel) -> usize {
    panel.arranged.as_ref().map_or(0, |arranged| arranged.marked)
}
