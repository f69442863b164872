//! Agreement with the annotator: each figure as a point with its interval, the scorers below one another.

use egui::accesskit::Role;
use egui::{Align, Align2, Layout, Pos2, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::plots::{basis_line, head_line};
use super::{Cx, ScorePanel};
use crate::domain::{Measured, ScorerAgreement, ScorerKind, ScorerState, SelfAgreement};
use crate::text::{Text, Written};
use crate::ui::theme::{self, Tokens, fonts, tokens};
use crate::ui::widgets;

/// The axis below the rows, and the legend below that.
const AXIS: f32 = 20.0;
const LEGEND: f32 = 20.0;
/// Two figures of one row stand so far apart at most, and at least.
const APART: (f32, f32) = (14.0, 17.0);
/// Wider the axis is not drawn.
const WIDEST: f32 = 620.0;

/// One line of the plot.
struct Metric {
    name: &'static str,
    note: &'static str,
    /// What is counted.
    unit: &'static str,
    written: Written,
    value: fn(&ScorerAgreement) -> Option<&Measured>,
    chance: fn(&ScorerAgreement) -> Option<f64>,
}

/// One scorer in the plot.
struct Series<'a> {
    name: &'a str,
    of: &'a ScorerAgreement,
    is_judge: bool,
    is_chosen: bool,
}

impl Series<'_> {
    fn color(&self, t: &Tokens) -> egui::Color32 {
        if self.is_chosen { t.machine } else { t.text2 }
    }

    /// A circle for a judge, a square for a reward model; filled for the one in front.
    fn mark(&self, ui: &Ui, at: Pos2) {
        let t = theme::of(ui);
        let stroke = Stroke::new(1.5, self.color(t));
        let fill = if self.is_chosen { t.machine } else { t.card };
        if self.is_judge {
            ui.painter().circle(at, 4.0, fill, stroke);
        } else {
            let square = Rect::from_center_size(at, vec2(8.0, 8.0));
            ui.painter().rect(square, 0.0, fill, stroke, egui::StrokeKind::Middle);
        }
    }
}

fn metrics(text: Text) -> [Metric; 4] {
    [
        Metric {
            name: text.metric_accuracy(),
            note: text.metric_accuracy_note(),
            unit: text.metric_accuracy_unit(),
            written: Written::Share,
            value: |of| of.accuracy.as_ref(),
            chance: |_| Some(0.5),
        },
        Metric {
            name: text.metric_top(),
            note: text.metric_top_note(),
            unit: text.metric_groups_unit(),
            written: Written::Share,
            value: |of| of.top.as_ref(),
            chance: |of| of.top_chance,
        },
        Metric {
            name: text.metric_tau(),
            note: text.metric_tau_note(),
            unit: text.metric_groups_unit(),
            written: Written::Coefficient,
            value: |of| of.tau.as_ref(),
            chance: |_| Some(0.0),
        },
        Metric {
            name: text.metric_kappa(),
            note: text.metric_kappa_note(),
            unit: text.metric_accuracy_unit(),
            written: Written::Coefficient,
            value: |of| of.kappa.as_ref(),
            chance: |_| Some(0.0),
        },
    ]
}

/// The first figure that there is: what it rests on stands in the head.
pub(super) fn any_figure(of: &ScorerAgreement) -> Option<&Measured> {
    of.accuracy.as_ref().or(of.top.as_ref()).or(of.tau.as_ref()).or(of.kappa.as_ref())
}

/// What was measured of a scorer, where anything was.
pub(super) fn measured<'a>(cx: &Cx<'a>, state: &ScorerState) -> Option<&'a ScorerAgreement> {
    let agreement = cx.snapshot.agreement.as_deref()?;
    let mine = agreement.scorers.iter().find(|of| of.scorer == state.scorer.id)?;
    any_figure(mine).map(|_| mine)
}

/// Where the axis begins: at 0, or lower where a figure lies there.
fn lowest(series: &[Series<'_>], metrics: &[Metric]) -> f64 {
    let figures = series.iter().flat_map(|one| metrics.iter().filter_map(|metric| (metric.value)(one.of)));
    let least = figures.map(|figure| figure.interval.map_or(figure.value, |(low, _)| low)).fold(0.0, f64::min);
    if least < -0.5 {
        -1.0
    } else if least < -0.01 {
        -0.5
    } else {
        0.0
    }
}

impl ScorePanel {
    /// The plot with its head, its axis and its legend, in the room that is left.
    pub(super) fn agreement_ui(&self, ui: &mut Ui, cx: &Cx<'_>, mine: &ScorerAgreement) {
        let text = cx.text;
        let figure = any_figure(mine);
        head_line(ui, text.agreement_title(), |ui| {
            let t = theme::of(ui);
            let words = figure.map_or_else(String::new, |figure| text.agreement_groups(figure));
            let color = if figure.is_some_and(|figure| figure.interval.is_some()) { t.text3 } else { t.warning };
            widgets::elided(ui, words, fonts::regular(tokens::META.0), color);
        });
        basis_line(ui, &text.agreement_basis(mine.basis));
        let metrics = metrics(text);
        let height = ui.available_height() - AXIS - LEGEND;
        let row = (height / metrics.len() as f32).max(20.0);
        let fit = (((row - 4.0) / APART.0).floor() as usize).max(1);
        let (series, more) = self.series(cx, mine, fit);
        let itself = cx.snapshot.agreement.as_deref().and_then(|agreement| agreement.itself);
        rows_ui(ui, text, &metrics, &series, itself.as_ref(), row);
        legend_ui(ui, text, &series, more, itself.is_some());
    }

    /// The scorer in front, then as many others as fit; and how many do not.
    fn series<'a>(&self, cx: &Cx<'a>, mine: &'a ScorerAgreement, fit: usize) -> (Vec<Series<'a>>, usize) {
        let all = cx.snapshot.agreement.as_deref().map_or(&[][..], |agreement| &agreement.scorers);
        let others = all.iter().filter(|of| of.scorer != mine.scorer && any_figure(of).is_some());
        let mut series: Vec<Series<'a>> = Vec::new();
        for of in std::iter::once(mine).chain(others) {
            let Some(state) = cx.snapshot.scorers.iter().find(|state| state.scorer.id == of.scorer) else { continue };
            let is_judge = matches!(state.scorer.kind, ScorerKind::Judge(_));
            let is_chosen = of.scorer == mine.scorer;
            series.push(Series { name: &state.scorer.name, of, is_judge, is_chosen });
        }
        let more = series.len().saturating_sub(fit);
        series.truncate(fit);
        (series, more)
    }
}

fn rows_ui(
    ui: &mut Ui,
    text: Text,
    metrics: &[Metric],
    series: &[Series<'_>],
    itself: Option<&SelfAgreement>,
    row: f32,
) {
    let t = theme::of(ui);
    let (name_font, font) = (fonts::regular(tokens::UI.0), fonts::regular(tokens::META.0));
    let width_of =
        |words: &str, font: &egui::FontId| ui.painter().layout_no_wrap(words.to_owned(), font.clone(), t.text).size().x;
    let names = metrics.iter().map(|metric| width_of(metric.name, &name_font)).fold(0.0, f32::max) + tokens::S4;
    let shown = |metric: &Metric, one: &Series<'_>| {
        (metric.value)(one.of).map_or_else(|| "–".to_owned(), |figure| text.measured(figure, metric.written))
    };
    let widths = metrics.iter().flat_map(|metric| series.iter().map(move |one| shown(metric, one)));
    let values = widths.map(|words| width_of(&words, &font)).fold(40.0, f32::max) + tokens::S4;
    let width = ui.available_width().min(names + values + WIDEST);
    let (rect, _) = ui.allocate_exact_size(vec2(width, row * metrics.len() as f32 + AXIS), Sense::hover());
    let (left, right) = (rect.left() + names, rect.right() - values);
    let low = lowest(series, metrics);
    let x = |value: f64| left + ((value.clamp(low, 1.0) - low) / (1.0 - low)) as f32 * (right - left);
    let bottom = rect.bottom() - AXIS;
    for quarter in 0..=(((1.0 - low) * 4.0).round() as i32) {
        let value = low + f64::from(quarter) / 4.0;
        ui.painter().vline(x(value), rect.top()..=bottom, Stroke::new(1.0, t.stroke));
        if quarter % 2 == 0 {
            let words = Written::Coefficient.shown(value).replace(".00", "").replace("0.50", "0.5");
            ui.painter().text(pos2(x(value), bottom + 4.0), Align2::CENTER_TOP, words, font.clone(), t.text3);
        }
    }
    let apart = ((row - 4.0) / series.len().max(1) as f32).clamp(APART.0, APART.1);
    let half = apart * series.len() as f32 / 2.0;
    for (index, metric) in metrics.iter().enumerate() {
        let middle = rect.top() + row * (index as f32 + 0.5);
        let place = Rect::from_min_max(pos2(rect.left(), middle - 10.0), pos2(left - tokens::S2, middle + 10.0));
        let response = ui.interact(place, ui.scope_id().with(("metric", index)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text.detailed(metric.name, metric.note)));
        response.on_hover_text(metric.note);
        ui.painter().text(place.left_center(), Align2::LEFT_CENTER, metric.name, name_font.clone(), t.text);
        if let Some(chance) = series.first().and_then(|one| (metric.chance)(one.of)) {
            let ends = [pos2(x(chance), middle - half - 3.0), pos2(x(chance), middle + half + 3.0)];
            ui.painter().extend(Shape::dashed_line(&ends, Stroke::new(1.0, t.text2), 3.0, 3.0));
        }
        if let Some(itself) = itself.filter(|_| index == 0) {
            self_ui(ui, text, itself, x(itself.accuracy.value), middle, half);
        }
        for (at, one) in series.iter().enumerate() {
            let y = middle - half + apart * (at as f32 + 0.5);
            let line = Rect::from_min_max(pos2(left - 6.0, y - apart / 2.0), pos2(rect.right(), y + apart / 2.0));
            let figure = (metric.value)(one.of);
            let words = figure_words(text, metric, one);
            let response = ui.interact(line, ui.scope_id().with(("figure", index, at)), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
            response.on_hover_text(&words);
            let color = one.color(t);
            if let Some(figure) = figure {
                if let Some((from, to)) = figure.interval {
                    ui.painter().hline(x(from)..=x(to), y, Stroke::new(1.5, color));
                }
                one.mark(ui, pos2(x(figure.value), y));
            }
            let at = pos2(right + tokens::S4, y);
            ui.painter().text(at, Align2::LEFT_CENTER, shown(metric, one), font.clone(), color);
        }
    }
}

/// The annotator against themselves, as a bar across the first row.
fn self_ui(ui: &mut Ui, text: Text, itself: &SelfAgreement, x: f32, middle: f32, half: f32) {
    let t = theme::of(ui);
    ui.painter().vline(x, (middle - half - 3.0)..=(middle + half + 3.0), Stroke::new(2.0, t.chosen));
    let place = Rect::from_center_size(pos2(x, middle - half - 3.0), vec2(10.0, 6.0));
    let response = ui.interact(place, ui.scope_id().with("itself"), Sense::hover());
    let words = text.self_agreement(itself);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    response.on_hover_text(words);
}

fn figure_words(text: Text, metric: &Metric, one: &Series<'_>) -> String {
    let mut parts = vec![match (metric.value)(one.of) {
        Some(figure) => text.measured_in_words(figure, metric.written, metric.unit),
        None => text.figure_none().to_owned(),
    }];
    parts.extend((metric.chance)(one.of).map(|chance| text.by_chance(chance, metric.written)));
    if metric.name == text.metric_tau() {
        parts.extend(text.tau_undefined(one.of));
    }
    let what = format!("{}, {}", metric.name, one.name);
    format!("{}\n{}", text.detailed(&what, &parts.join("; ")), metric.note)
}

fn legend_ui(ui: &mut Ui, text: Text, series: &[Series<'_>], more: usize, has_itself: bool) {
    let t = theme::of(ui);
    let font = fonts::regular(tokens::META.0);
    let size = vec2(ui.available_width(), LEGEND);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = 6.0;
        let painter = ui.painter().clone();
        let width_of = |words: &str| painter.layout_no_wrap(words.to_owned(), font.clone(), t.text2).size().x;
        let again = if has_itself { width_of(text.you_again()) + 26.0 } else { 0.0 };
        let count = if more > 0 { 30.0 } else { 0.0 };
        let fixed = width_of(text.chance()) + 18.0 + again + count + 30.0 * series.len() as f32;
        let names: Vec<f32> = series.iter().map(|one| width_of(one.name)).collect();
        let room = ui.available_width() - fixed;
        let most = if names.iter().sum::<f32>() <= room { f32::INFINITY } else { room / series.len().max(1) as f32 };
        let most = most.max(36.0);
        for one in series {
            let (rect, _) = ui.allocate_exact_size(vec2(10.0, 12.0), Sense::hover());
            one.mark(ui, rect.center());
            cut_label(ui, one.name, most, t.text2);
            ui.add_space(tokens::S2);
        }
        if more > 0 {
            widgets::label(ui, format!("+{more}"), font.clone(), t.text3).on_hover_text(text.more_scorers(more));
            ui.add_space(tokens::S2);
        }
        let (rect, _) = ui.allocate_exact_size(vec2(6.0, 14.0), Sense::hover());
        let ends = [rect.center_top(), rect.center_bottom()];
        ui.painter().extend(Shape::dashed_line(&ends, Stroke::new(1.0, t.text2), 3.0, 3.0));
        widgets::label(ui, text.chance(), font.clone(), t.text2);
        if has_itself {
            ui.add_space(tokens::S2);
            let (rect, _) = ui.allocate_exact_size(vec2(6.0, 14.0), Sense::hover());
            ui.painter().vline(rect.center().x, rect.y_range(), Stroke::new(2.0, t.chosen));
            widgets::label(ui, text.you_again(), font, t.text2);
        }
    });
}

/// A name of at most so many points.
fn cut_label(ui: &mut Ui, name: &str, most: f32, color: egui::Color32) {
    let font = fonts::regular(tokens::META.0);
    let mut job = egui::text::LayoutJob::simple_singleline(name.to_owned(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(most);
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    if galley.elided {
        response.on_hover_text(name);
    }
    ui.painter().galley(rect.min, galley, color);
}
