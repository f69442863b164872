//! The queue at the left: every group with its standing, filtered and searched.

use std::time::Duration;

use egui::accesskit::Role;
use egui::{Color32, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Cx, LabelPanel};
use crate::domain::{GroupStatus, QueueFilter};
use crate::session::{Command, QueueRow, Snapshot};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::finder::{Finder, Rows};
use crate::ui::theme::{self, Tokens, fonts, icons, tokens};
use crate::ui::widgets;

/// The filters in the order of their segments.
const FILTERS: [QueueFilter; 5] =
    [QueueFilter::All, QueueFilter::Ready, QueueFilter::Done, QueueFilter::Flagged, QueueFilter::Later];

/// Which rows the queue shows. While a search is under way the last answer stays.
#[derive(Default)]
pub(super) struct Shown {
    /// Positions in the snapshot's queue; `None` shows all.
    rows: Option<Vec<usize>>,
    /// Bring the current group into sight.
    pub(super) reveal: bool,
}

impl Shown {
    fn update(&mut self, snapshot: &Snapshot, search: &str, finder: &mut Finder) {
        let rows = Rows {
            filter: snapshot.place.filter,
            needle: search.trim().to_lowercase(),
            version: (snapshot.commits, snapshot.queue.len()),
        };
        if rows.filter == QueueFilter::All && rows.needle.is_empty() {
            self.rows = None;
            finder.forget_rows();
        } else if let Some(found) = finder.rows(&rows, &snapshot.queue) {
            self.rows = Some(found);
        }
    }

    fn len(&self, snapshot: &Snapshot) -> usize {
        self.rows.as_ref().map_or(snapshot.queue.len(), Vec::len)
    }

    fn get<'a>(&self, snapshot: &'a Snapshot, index: usize) -> Option<&'a QueueRow> {
        let position = match &self.rows {
            Some(rows) => *rows.get(index)?,
            None => index,
        };
        snapshot.queue.get(position)
    }
}

impl LabelPanel {
    pub(super) fn queue_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        finder: &mut Finder,
        open: bool,
        out: &mut Vec<Command>,
        acts: &mut Vec<Action>,
    ) {
        let t = theme::of(ui);
        let frame = egui::Frame::new().fill(t.bg);
        if !open {
            egui::Panel::left("queue-rail").exact_size(tokens::RAIL).resizable(false).frame(frame).show(ui, |ui| {
                ui.vertical_centered(|ui| {
                    ui.add_space(tokens::S2);
                    for action in [Action::ToggleQueue, Action::Search] {
                        let words = action.words(cx.text);
                        if widgets::Button::icon_only(action.icon(), words).show(ui).on_hover_text(words).clicked() {
                            acts.push(action);
                        }
                        widgets::label(ui, action.hint(ui.ctx()), fonts::medium(tokens::KEY.0), t.text3);
                    }
                });
                ui.with_layout(egui::Layout::bottom_up(egui::Align::Center), |ui| {
                    ui.add_space(tokens::S2);
                    let counts = cx.snapshot.counts;
                    widgets::label(ui, format!("/ {}", counts.total), fonts::regular(tokens::META.0), t.text3);
                    widgets::label(ui, counts.labeled().to_string(), fonts::semibold(tokens::META.0), t.text2);
                });
            });
            return;
        }
        let width = if cx.width >= tokens::WIDE { tokens::QUEUE_WIDE } else { tokens::QUEUE };
        egui::Panel::left("queue").exact_size(width).resizable(false).frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = tokens::S2;
            ui.add_space(10.0);
            ui.horizontal(|ui| {
                ui.add_space(10.0);
                let hint = cx.text.search_titles();
                let key = Action::Search.hint(ui.ctx());
                let field = widgets::search(ui, &mut self.search, hint, &key, width - 20.0);
                if std::mem::take(&mut self.focus_search) {
                    field.request_focus();
                }
            });
            ui.horizontal(|ui| {
                ui.add_space(10.0);
                let text = cx.text;
                let names = [
                    text.filter_all(),
                    text.filter_ready(),
                    text.filter_done(),
                    text.filter_flag(),
                    text.filter_later(),
                ];
                let chosen = FILTERS.iter().position(|filter| *filter == cx.snapshot.place.filter);
                if let Some(pressed) = widgets::segmented(ui, &names, chosen.unwrap_or(usize::MAX), width - 20.0) {
                    out.push(Command::SetFilter(FILTERS[pressed]));
                }
            });
            picked_ui(ui, cx, width, out);
            self.queue.update(cx.snapshot, &self.search, finder);
            let foot = 76.0;
            let height = (ui.available_height() - foot).max(40.0);
            ui.allocate_ui(vec2(width, height), |ui| {
                ui.set_min_height(height);
                self.rows_ui(ui, cx, width, out);
            });
            footer_ui(ui, cx, width);
        });
    }

    fn rows_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, width: f32, out: &mut Vec<Command>) {
        let t = theme::of(ui);
        let count = self.queue.len(cx.snapshot);
        if count == 0 {
            let words = if cx.snapshot.queue.is_empty() { cx.text.queue_empty() } else { cx.text.queue_nothing() };
            ui.vertical_centered(|ui| {
                ui.add_space(ui.available_height() / 2.0 - 12.0);
                widgets::label(ui, words, fonts::regular(tokens::META.0), t.text3);
            });
            return;
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut area = egui::ScrollArea::vertical().id_salt("queue-rows").auto_shrink(false);
        if std::mem::take(&mut self.queue.reveal)
            && let Some(index) = self.index_of_current(cx.snapshot, count)
        {
            let middle = index as f32 * tokens::QUEUE_ROW - ui.available_height() / 2.0;
            area = area.vertical_scroll_offset(middle.max(0.0));
        }
        area.show_rows(ui, tokens::QUEUE_ROW, count, |ui, range| {
            for index in range {
                if let Some(row) = self.queue.get(cx.snapshot, index)
                    && row_ui(ui, cx, row, width)
                {
                    out.push(Command::Go(row.id));
                }
            }
        });
    }

    fn index_of_current(&self, snapshot: &Snapshot, count: usize) -> Option<usize> {
        let number = snapshot.current.as_ref()?.group.number;
        // Rows stand in the order of their numbers, filtered or not.
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.queue.get(snapshot, middle)?.number < number {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Some(low)
    }
}

/// What was picked for a spot-check: how far it is, and the way to it and back.
fn picked_ui(ui: &mut Ui, cx: &Cx<'_>, width: f32, out: &mut Vec<Command>) {
    let picked = cx.snapshot.picked;
    let shown = cx.snapshot.place.filter == QueueFilter::Picked;
    if picked.groups == 0 || (picked.labeled == picked.groups && !shown) {
        return;
    }
    ui.horizontal(|ui| {
        ui.add_space(10.0);
        let words = cx.text.picked_progress(picked.labeled, picked.groups);
        let button = widgets::Button::new(&words).icon(icons::SCALES).kind(widgets::Kind::Quiet).small();
        if button.selected(shown).row(width - 20.0).show(ui).clicked() {
            let filter = if shown { QueueFilter::All } else { QueueFilter::Picked };
            out.push(Command::SetFilter(filter));
            if !shown {
                out.push(Command::GoToUnlabeled);
            }
        }
    });
}

fn row_ui(ui: &mut Ui, cx: &Cx<'_>, row: &QueueRow, width: f32) -> bool {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width - 10.0, tokens::QUEUE_ROW), Sense::click());
    let current = cx.snapshot.place.group == Some(row.id);
    let status = status_words(cx.text, row.status);
    response.widget_info(|| {
        WidgetInfo::selected(Role::ListBoxOption, true, current, cx.text.group_row(row.number, status, &row.title))
    });
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    if current {
        painter.rect_filled(rect, 0.0, t.card);
        painter.rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 0.0, t.accent);
    } else if response.hovered() {
        painter.rect_filled(rect, 0.0, t.hover);
    }
    let y = rect.center().y;
    let (glyph, color) = status_icon(t, row.status);
    painter.text(pos2(rect.left() + 19.0, y), egui::Align2::CENTER_CENTER, glyph, fonts::icon(14.0), color);
    let faint = if row.status.labeled() { t.text3 } else { t.text2 };
    let number = fonts::regular(tokens::META.0);
    painter.text(pos2(rect.left() + 58.0, y), egui::Align2::RIGHT_CENTER, row.number, number, t.text3);
    let mut right = rect.right() - 6.0;
    for (shown, glyph, color) in [(row.flagged, icons::FLAG_FILL, t.warning), (row.noted, icons::NOTE_PENCIL, t.text3)]
    {
        if shown {
            painter.text(pos2(right - 7.0, y), egui::Align2::CENTER_CENTER, glyph, fonts::icon(14.0), color);
            right -= 18.0;
        }
    }
    let color = if current { t.text } else { faint };
    let mut job = egui::text::LayoutJob::simple_singleline(row.title.to_string(), fonts::regular(tokens::UI.0), color);
    job.wrap = egui::text::TextWrapping::truncate_at_width((right - rect.left() - 68.0).max(10.0));
    let galley = painter.layout_job(job);
    painter.galley(pos2(rect.left() + 66.0, y - galley.size().y / 2.0), galley, color);
    if response.has_focus() {
        widgets::focus_ring(ui, rect.shrink(4.0), tokens::R1);
    }
    response.clicked()
}

fn footer_ui(ui: &mut Ui, cx: &Cx<'_>, width: f32) {
    let t = theme::of(ui);
    let counts = cx.snapshot.counts;
    widgets::separator(ui);
    ui.spacing_mut().interact_size.y = 12.0;
    ui.spacing_mut().item_spacing.y = 7.0;
    let pace = cx.snapshot.pace.filter(|_| !cx.settings.hide_pace);
    ui.horizontal(|ui| {
        ui.set_width(width - tokens::S3);
        ui.add_space(tokens::S3);
        ui.spacing_mut().item_spacing.x = tokens::S1;
        widgets::label(ui, counts.labeled().to_string(), fonts::semibold(tokens::META.0), t.text);
        widgets::label(ui, format!("/ {}", counts.total), fonts::regular(tokens::META.0), t.text3);
        if let Some(pace) = pace {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let words = cx.text.pace_each(pace.round().max(1.0) as u64);
                widgets::label(ui, words, fonts::regular(tokens::META.0), t.text3);
            });
        }
    });
    ui.horizontal(|ui| {
        ui.add_space(tokens::S3);
        let done = counts.labeled() as f32 / counts.total.max(1) as f32;
        let name = cx.text.labeled_of(counts.labeled(), counts.total);
        widgets::progress_bar(ui, width - 24.0, done, t.chosen, &name);
    });
    ui.horizontal(|ui| {
        ui.add_space(tokens::S3);
        let left = counts.total - counts.labeled().min(counts.total);
        let left = pace.map(|pace| f64::from(pace) * left as f64).filter(|seconds| *seconds > 0.0);
        let left = left.map_or_else(String::new, |seconds| cx.text.pace_left(&cx.text.span(seconds)));
        let words = cx.text.today(counts.today) + &left;
        widgets::elided(ui, words, fonts::regular(tokens::META.0), t.text3);
    });
    // A queue at rest is not painted again; a job repaints it with each snapshot.
    if cx.snapshot.generation.waiting().is_some() {
        ui.ctx().request_repaint_after(Duration::from_secs(1));
    }
}

pub(crate) fn status_words(text: Text, status: GroupStatus) -> &'static str {
    match status {
        GroupStatus::Waiting => text.status_waiting(),
        GroupStatus::Generating => text.status_generating_word(),
        GroupStatus::Failed => text.status_failed(),
        GroupStatus::Ready => text.status_ready(),
        GroupStatus::Later => text.status_later(),
        GroupStatus::Skipped => text.status_skipped(),
        GroupStatus::Done => text.status_done(),
        GroupStatus::NoneAcceptable => text.status_none(),
    }
}

pub(crate) fn status_icon(t: &Tokens, status: GroupStatus) -> (&'static str, Color32) {
    match status {
        GroupStatus::Waiting => (icons::CIRCLE_DASHED, t.text3),
        GroupStatus::Generating => (icons::CIRCLE_HALF, t.accent_text),
        GroupStatus::Failed => (icons::WARNING_CIRCLE, t.rejected),
        GroupStatus::Ready => (icons::CIRCLE, t.text2),
        GroupStatus::Later => (icons::CLOCK, t.warning),
        GroupStatus::Skipped => (icons::SKIP_FORWARD, t.text3),
        GroupStatus::Done => (icons::CHECK_CIRCLE_FILL, t.chosen),
        GroupStatus::NoneAcceptable => (icons::PROHIBIT, t.rejected),
    }
}
