//! The session in numbers: the table of its pairs, labels a day with their pace, pairs so far, agreement over time.

use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Align, Align2, Layout, Rect, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::plots;
use crate::domain::{PairStatistics, Statistics, Step};
use crate::session::{Command, Snapshot};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button};

/// Numbers are counted at most so often.
const COUNT_EVERY: Duration = Duration::from_secs(2);
/// A plot is at least so high.
const PLOT: f32 = 220.0;
/// Where there is less width the plots stand below one another.
const SLIM: f32 = 640.0;

/// What the numbers were counted for.
#[derive(Clone, Debug, PartialEq)]
struct Counted {
    labeled: u64,
    groups: u64,
    step: Option<Step>,
}

/// What the page remembers between frames.
#[derive(Default)]
pub(super) struct Page {
    asked: Option<(Counted, Instant)>,
    /// The pass in which it was drawn last.
    last_pass: u64,
    /// The numbers were copied then.
    copied: Option<Instant>,
}

impl Page {
    /// Ask for the numbers where something that they count has changed.
    fn count(&mut self, ui: &Ui, snapshot: &Snapshot, out: &mut Vec<Command>) {
        let pass = ui.ctx().cumulative_pass_nr();
        if pass > self.last_pass + 1 {
            self.asked = None;
        }
        self.last_pass = pass;
        let counts = &snapshot.counts;
        let wanted = Counted { labeled: counts.labeled(), groups: counts.total, step: snapshot.undo.clone() };
        if let Some((counted, asked)) = &self.asked {
            if *counted == wanted || snapshot.counting {
                return;
            }
            if asked.elapsed() < COUNT_EVERY {
                ui.ctx().request_repaint_after(COUNT_EVERY.saturating_sub(asked.elapsed()));
                return;
            }
        }
        out.push(Command::CountStatistics);
        self.asked = Some((wanted, Instant::now()));
    }

    /// Put the numbers on the clipboard.
    pub(super) fn copy(&mut self, ctx: &egui::Context, snapshot: &Snapshot) {
        let Some(statistics) = snapshot.statistics.as_deref() else { return };
        if let Ok(json) = serde_json::to_string_pretty(statistics) {
            ctx.copy_text(json);
            self.copied = Some(Instant::now());
        }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut super::Cx<'_>) {
        self.count(ui, cx.snapshot, cx.out);
        let text = cx.text;
        ui.spacing_mut().item_spacing.y = tokens::S3;
        let Some(statistics) = cx.snapshot.statistics.clone() else {
            return nothing_ui(ui, text.counting());
        };
        self.head_ui(ui, cx, &statistics);
        if statistics.labels.ranked + statistics.labels.none_acceptable == 0 {
            nothing_ui(ui, text.progress_empty());
            let width = ui.available_width();
            ui.horizontal(|ui| {
                ui.add_space((width - 160.0) / 2.0);
                let key = Action::ShowLabel.hint(ui.ctx());
                if Button::new(text.tab_label()).key(&key).show(ui).clicked() {
                    cx.acts.push(Action::ShowLabel);
                }
            });
            return;
        }
        table_ui(ui, text, &statistics.pairs);
        let gap = tokens::S3;
        let is_slim = ui.available_width() < SLIM;
        let (columns, rows) = if is_slim { (1, 4) } else { (2, 2) };
        let width = (ui.available_width() - gap * (columns - 1) as f32) / columns as f32;
        let height = ((ui.available_height() - gap) / 2.0 - 1.0).clamp(PLOT, 420.0);
        let size = vec2(ui.available_width(), height * rows as f32 + gap * (rows - 1) as f32);
        let (whole, _) = ui.allocate_exact_size(size, Sense::hover());
        for part in 0..4 {
            let (column, row) = (part % columns, part / columns);
            let at = whole.min + vec2((width + gap) * column as f32, (height + gap) * row as f32);
            let place = Rect::from_min_size(at, vec2(width, height));
            card_ui(ui, place, |ui| match part {
                0 => plots::days_ui(ui, text, &statistics.days, cx.has_pace),
                1 => plots::pairs_ui(ui, text, &statistics.days),
                2 => plots::agreement_ui(ui, text, cx.snapshot, statistics.over_time.as_ref()),
                _ => labels_ui(ui, text, &statistics),
            });
        }
    }

    fn head_ui(&self, ui: &mut Ui, cx: &mut super::Cx<'_>, statistics: &Statistics) {
        let (t, text) = (theme::of(ui), cx.text);
        ui.horizontal(|ui| {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let title = match statistics.pairs.count {
                    0 => text.progress_none().to_owned(),
                    1 => text.progress_pair_one().to_owned(),
                    count => text.progress_pairs(&text.grouped(count)),
                };
                widgets::label(ui, title, fonts::semibold(tokens::HEADING.0), t.text);
                let labels = statistics.labels.ranked + statistics.labels.none_acceptable;
                let [labels, groups, replies] =
                    [labels, statistics.groups, statistics.replies].map(|count| text.grouped(count));
                let note = text.progress_note(&labels, &groups, &replies);
                widgets::label(ui, note, fonts::regular(tokens::META.0), t.text2);
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let key = Action::CopyStatistics.hint(ui.ctx());
                let is_new = self.copied.is_some_and(|at| at.elapsed() < COUNT_EVERY);
                let (words, icon) =
                    if is_new { (text.copied(), icons::CHECK) } else { (text.copy_json(), icons::COPY) };
                if is_new {
                    ui.ctx().request_repaint_after(COUNT_EVERY);
                }
                if Button::new(words).icon(icon).key(&key).show(ui).clicked() {
                    cx.acts.push(Action::CopyStatistics);
                }
                if cx.snapshot.counting {
                    widgets::label(ui, text.counting(), fonts::regular(tokens::META.0), t.text3);
                }
            });
        });
    }
}

fn nothing_ui(ui: &mut Ui, words: &str) {
    let t = theme::of(ui);
    ui.add_space(tokens::S5);
    ui.vertical_centered(|ui| {
        ui.set_max_width(520.0_f32.min(ui.available_width()));
        widgets::paragraph(ui, words, fonts::regular(tokens::UI.0), t.text2);
    });
}

fn card_ui(ui: &mut Ui, place: Rect, content: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(place.width() - 30.0);
            ui.set_height(place.height() - 30.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            content(ui);
        });
    });
}

/// The row that data sets are described by.
fn table_ui(ui: &mut Ui, text: Text, pairs: &PairStatistics) {
    let t = theme::of(ui);
    let whole = |count: u64| text.grouped(count);
    let mean = |sum: Option<f64>| sum.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.1}"));
    let share = pairs.longer_share().map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0));
    let (chosen, rejected) = (pairs.chosen.mean(pairs.count), pairs.rejected.mean(pairs.count));
    let ratio = chosen.zip(rejected).filter(|(_, rejected)| *rejected > 0.0);
    let ratio = ratio.map_or_else(|| "–".to_owned(), |(chosen, rejected)| format!("{:.2}", chosen / rejected));
    let columns: [(&str, String, f32, &str); 9] = [
        (text.column_pairs(), whole(pairs.count), 1.0, ""),
        (text.column_prompt_longest(), whole(pairs.prompt.max), 1.5, ""),
        (text.column_mean(), mean(pairs.prompt.mean(pairs.count)), 0.8, ""),
        (text.column_chosen_longest(), whole(pairs.chosen.max), 1.5, ""),
        (text.column_mean(), mean(chosen), 0.8, ""),
        (text.column_rejected_longest(), whole(pairs.rejected.max), 1.6, ""),
        (text.column_mean(), mean(rejected), 0.8, ""),
        (text.column_ratio(), ratio, 1.6, text.column_ratio_note()),
        (text.column_longer(), share, 1.5, text.column_longer_note()),
    ];
    let frame = widgets::card_frame(ui).inner_margin(egui::Margin::symmetric(14, 6));
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 62.0), Sense::hover());
        let parts: f32 = columns.iter().map(|(_, _, part, _)| part).sum();
        let mut right = rect.left();
        let mut before = "";
        for (index, (head, value, part, note)) in columns.iter().enumerate() {
            let left = right;
            right += rect.width() * part / parts;
            let x = right - tokens::S2;
            let font = fonts::regular(tokens::META.0);
            ui.painter().text(pos2(x, rect.top() + 15.0), Align2::RIGHT_CENTER, head, font, t.text2);
            let font = fonts::regular(tokens::UI.0);
            ui.painter().text(pos2(x, rect.top() + 47.0), Align2::RIGHT_CENTER, value, font, t.text);
            let place = Rect::from_x_y_ranges(left..=right, rect.y_range());
            let response = ui.interact(place, ui.scope_id().with(index), Sense::hover());
            // A mean is that of the column before.
            let named = if *head == text.column_mean() { format!("{before}, {head}") } else { (*head).to_owned() };
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text.detailed(&named, value)));
            response.on_hover_text(if note.is_empty() { text.progress_unit() } else { note });
            before = head;
        }
        ui.painter().hline(rect.x_range(), rect.top() + 31.0, egui::Stroke::new(1.0, t.stroke));
    });
}

fn labels_ui(ui: &mut Ui, text: Text, statistics: &Statistics) {
    let t = theme::of(ui);
    widgets::label(ui, text.labels_title(), fonts::semibold(tokens::UI.0), t.text);
    ui.spacing_mut().item_spacing.y = 0.0;
    let labels = statistics.labels;
    let per = statistics.pairs.per_label().map_or_else(|| "–".to_owned(), |per| format!("{per:.1}"));
    let rows = [
        (text.labels_ranked(), text.grouped(labels.ranked), ""),
        (text.labels_none(), text.grouped(labels.none_acceptable), ""),
        (text.labels_imported(), text.grouped(labels.imported), text.labels_imported_note()),
        (text.labels_per(), per, text.labels_per_note()),
    ];
    for (index, (name, value, note)) in rows.iter().enumerate() {
        if index > 0 {
            widgets::separator(ui);
        }
        widgets::figure(ui, name, value, note, false);
    }
}
