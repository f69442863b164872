//! One row of the table: what the annotator chose, what the scorer puts first, how far apart, how sure.

use egui::accesskit::Role;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::arrange::Sort;
use super::columns::{Column, Columns};
use super::look::number;
use super::spread::signed;
use super::table::ROW;
use crate::domain::GroupStatus;
use crate::session::{QueueRow, ScoreRow};
use crate::text::Text;
use crate::ui::theme::{self, Tokens, fonts, icons, tokens};
use crate::ui::widgets;

/// From this many standard errors on a judge hardly changes its mind (JUDGING.md section 5).
const SURE: f64 = 1.0;
/// Scores nearer to one another are the same.
const SAME: f64 = 1e-9;

/// What the annotator chose, as words; whether it is a choice.
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

/// The replies that the scorer puts first, and a pair that it has the other way round than the annotator: a reply that
/// was left out, above a chosen one.
fn first(row: &ScoreRow) -> (Vec<u32>, Option<(u32, u32)>) {
    let Some(best) = row.ranked.first().map(|(_, score)| *score) else { return (Vec::new(), None) };
    let top: Vec<u32> =
        row.ranked.iter().take_while(|(_, score)| best - score < SAME).map(|(place, _)| *place).collect();
    let is_chosen = |place: &u32| row.chosen.contains(place);
    let agrees = top.iter().all(is_chosen);
    let left_out = row.ranked.iter().find(|(place, _)| !is_chosen(place));
    let turned = left_out.filter(|_| agrees).and_then(|(place, score)| {
        let below = row.ranked.iter().find(|(other, lower)| is_chosen(other) && score - lower > SAME)?;
        Some((*place, below.0))
    });
    (top, turned)
}

fn first_words(text: Text, row: &ScoreRow) -> String {
    let (top, turned) = first(row);
    if top.is_empty() {
        return "–".to_owned();
    }
    let mut parts: Vec<String> = top.iter().map(|place| (place + 1).to_string()).collect();
    parts.extend(turned.map(|(left_out, chosen)| text.row_above(left_out + 1, chosen + 1)));
    parts.join(", ")
}

/// How sure the judge is.
fn sureness(text: Text, z: f64) -> String {
    let shown = format!("{z:.1}");
    if z < SURE { text.unsure(&shown) } else { text.sure(&shown) }
}

/// What is to be known of the row, the gravest first: marks, then how sure the judge is.
fn state(text: Text, t: &Tokens, row: &ScoreRow) -> Vec<(String, Color32, bool)> {
    let mut words = Vec::new();
    if row.is_suspect {
        words.push((text.suspect().to_owned(), t.rejected, true));
    }
    if row.inconsistent > 0 {
        words.push((text.turns().to_owned(), t.warning, true));
    }
    match row.missing {
        0 => {}
        1 => words.push((text.missing_one().to_owned(), t.warning, true)),
        count => words.push((text.missing(count), t.warning, true)),
    }
    words.extend(row.z.map(|z| (sureness(text, z), t.text2, false)));
    words
}

/// A row; whether it was pressed.
pub(super) fn row_ui(
    ui: &mut Ui,
    text: Text,
    row: &ScoreRow,
    title: Option<&QueueRow>,
    columns: &Columns,
    is_chosen: bool,
) -> bool {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(columns.width, ROW), Sense::click());
    let name = title.map_or("", |row| &row.title);
    let (is_choice, you) = chosen(text, row, title.map(|row| row.status));
    let state = state(text, t, row);
    let order: Vec<String> =
        row.ranked.iter().map(|(place, score)| format!("{} ({})", place + 1, number(*score))).collect();
    let order = order.join(", ");
    response.widget_info(|| {
        let mut parts = vec![text.row_named(row.number, name)];
        parts.push(if is_choice { text.row_chosen(&you) } else { you.clone() });
        if !row.ranked.is_empty() {
            parts.push(text.row_first(&first_words(text, row)));
        }
        parts.push(text.row_order(&order));
        parts.extend(row.margin.map(|margin| text.row_margin(&number(margin))));
        parts.extend(row.other_margin.map(|margin| text.row_other_gap(&signed(margin))));
        parts.extend(state.iter().map(|(words, ..)| words.clone()));
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
    painter.hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, t.stroke));
    let usual = fonts::regular(tokens::UI.0);
    let plain = |words: &str, color| LayoutJob::simple_singleline(words.to_owned(), usual.clone(), color);
    let cell = |column: &Column, mut job: LayoutJob| {
        job.wrap = TextWrapping::truncate_at_width((column.width - tokens::S3).max(8.0));
        let galley = painter.layout_job(job);
        let left = rect.left() + column.left;
        let left = if column.is_number { left + column.width - 24.0 - galley.size().x } else { left };
        painter.galley(pos2(left, rect.center().y - galley.size().y / 2.0), galley, t.text);
    };
    for column in &columns.all {
        let job = match column.sort {
            Sort::Number => plain(&row.number.to_string(), t.text2),
            Sort::Title => plain(name, t.text),
            Sort::Chosen if is_choice => {
                let mut job = LayoutJob::default();
                job.append(icons::CHECK, 0.0, TextFormat::simple(fonts::icon(13.0), t.chosen));
                job.append(&you, 6.0, TextFormat::simple(usual.clone(), t.chosen));
                job
            }
            Sort::Chosen => plain(&you, t.rejected),
            Sort::First => plain(&first_words(text, row), t.machine),
            Sort::Gap => plain(&row.margin.map_or_else(|| "–".to_owned(), number), t.text),
            Sort::OtherGap => plain(&row.other_margin.map_or_else(|| "–".to_owned(), signed), t.text),
            Sort::Sure => {
                let mut job = LayoutJob::default();
                // The gravest; the rest is told on hover.
                if let Some((words, color, is_mark)) = state.first() {
                    if *is_mark {
                        job.append(icons::WARNING, 0.0, TextFormat::simple(fonts::icon(13.0), *color));
                    }
                    let gap = if *is_mark { 5.0 } else { 0.0 };
                    job.append(words, gap, TextFormat::simple(usual.clone(), *color));
                }
                job
            }
        };
        cell(column, job);
    }
    if response.has_focus() {
        widgets::focus_ring(ui, rect.shrink(4.0), tokens::R1);
    }
    let clicked = response.clicked();
    if response.hovered() {
        let mut words = vec![text.detailed(text.column_order(), &order)];
        words.extend(state.into_iter().map(|(words, ..)| words));
        response.on_hover_text(words.join("\n"));
    }
    clicked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::GroupId;

    #[test]
    fn what_is_put_first_is_told_with_the_pair_that_is_the_other_way_round() {
        let text = Text::default();
        for (chosen, ranked, words) in [
            // Its first was left out: that says it.
            (&[1][..], &[(2, 2.1), (1, 0.0)][..], "3"),
            // Its first was chosen, another choice stands below one that was left out.
            (&[0, 3], &[(3, 1.0), (1, 0.5), (0, 0.4), (2, -1.0)], "4, 2 above 1"),
            (&[0, 3], &[(3, 1.0), (0, 0.5), (1, 0.5)], "4"),
            (&[0], &[(0, 1.0), (1, 1.0)], "1, 2"),
            (&[], &[(1, 1.0)], "2"),
            (&[0], &[], "–"),
        ] {
            let row = ScoreRow {
                group: GroupId::new(),
                number: 1,
                chosen: chosen.to_vec(),
                chosen_unscored: 0,
                ranked: ranked.to_vec(),
                margin: None,
                z: None,
                missing: 0,
                inconsistent: 0,
                is_suspect: false,
                draw: None,
                differs: None,
                reach: None,
                other_margin: None,
            };
            assert_eq!(first_words(text, &row), words, "{chosen:?} {ranked:?}");
        }
    }
}
