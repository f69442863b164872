//! Figures in a column, each with its note: what a judge's own verdicts tell of it, and how the annotator holds.

use egui::accesskit::Role;
use egui::{Align2, Sense, Ui, WidgetInfo, vec2};

use super::intervals::measured;
use super::look::number;
use super::{Cx, ScorePanel};
use crate::domain::{Judge, JudgeMethod, Longer, ScorerKind, ScorerState};
use crate::text::{Text, Written};
use crate::ui::theme::{self, Tokens, fonts, icons, tokens};
use crate::ui::widgets;

const ROW: f32 = 31.0;
/// From so many points on a scorer's taste for length is told as a warning (JUDGING.md section 6).
const LEANS: f64 = 0.1;

/// One figure.
struct Figure {
    name: &'static str,
    value: String,
    /// What it rests on and how it is computed.
    note: String,
    is_warning: bool,
}

impl Figure {
    fn new(name: &'static str, value: String, note: String) -> Self {
        Self { name, value, note, is_warning: false }
    }
}

impl ScorePanel {
    /// The figures of a scorer and of the annotator.
    pub(super) fn figures_ui(&self, ui: &mut Ui, cx: &Cx<'_>, state: &ScorerState) {
        let text = cx.text;
        let is_judge = matches!(state.scorer.kind, ScorerKind::Judge(_));
        let title = if is_judge { text.figures_judge() } else { text.figures_reward() };
        section_ui(ui, title, &of_scorer(text, cx, state));
        section_ui(ui, text.figures_you(), &of_annotator(text, cx));
        if let ScorerKind::Judge(Judge { method: JudgeMethod::Listwise | JudgeMethod::Quality, orders, .. }) =
            &state.scorer.kind
            && cx.snapshot.score_table.as_ref().is_some_and(|table| !table.itself.is_empty())
        {
            ui.add_space(tokens::S3);
            let words = text.figures_note(orders.get());
            widgets::paragraph(ui, words, fonts::regular(tokens::META.0), theme::of(ui).text3);
        }
    }
}

fn of_scorer(text: Text, cx: &Cx<'_>, state: &ScorerState) -> Vec<Figure> {
    let mut figures = Vec::new();
    let table = cx.snapshot.score_table.as_ref().filter(|table| table.scorer == state.scorer.id);
    for figure in table.map_or(&[][..], |table| &table.itself) {
        let note = format!("{}\n{}", text.judge_figure(figure), text.judge_figure_note(figure));
        figures.push(Figure::new(text.judge_trait(figure.what), text.judge_value(figure), note));
    }
    let Some(mine) = measured(cx, state) else { return figures };
    figures.extend(mine.longer.as_ref().map(|longer| longer_figure(text, longer)));
    if let Some(audit) = &mine.audit {
        let words = text.measured_in_words(audit, Written::Share, text.metric_accuracy_unit());
        let note = format!("{words}\n{}", text.figure_audit_note());
        figures.push(Figure::new(text.figure_audit(), Written::Share.shown(audit.value), note));
    }
    if let Some(coverage) = mine.coverage {
        let note = text.figure_coverage_note().to_owned();
        figures.push(Figure::new(text.figure_coverage(), Written::Share.shown(coverage), note));
    }
    if let Some(unit) = mine.unit {
        figures.push(Figure::new(text.figure_unit(), number(unit), text.figure_unit_note().to_owned()));
    }
    figures
}

fn longer_figure(text: Text, longer: &Longer) -> Figure {
    let (person, scorer) = (longer.person.value, longer.scorer.value);
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let more = scorer - person;
    let is_warning = more >= LEANS - 1e-9;
    let mut note = text.longer_in_words(longer);
    if is_warning {
        note = format!("{note}\n{}", text.figure_longer_more(&percent(more)));
    }
    let value = format!("{} / {} %", percent(person), percent(scorer));
    Figure { name: text.figure_longer(), value, note, is_warning }
}

fn of_annotator(text: Text, cx: &Cx<'_>) -> Vec<Figure> {
    let Some(agreement) = cx.snapshot.agreement.as_deref() else { return Vec::new() };
    let mut figures = Vec::new();
    if let Some(itself) = &agreement.itself {
        let value = text.measured(&itself.accuracy, Written::Share);
        figures.push(Figure::new(text.figure_itself(), value, text.self_agreement(itself)));
        if let Some(ceiling) = itself.ceiling {
            let note = text.figure_ceiling_note().to_owned();
            figures.push(Figure::new(text.figure_ceiling(), Written::Share.shown(ceiling), note));
        }
    }
    let changes = agreement.changes;
    if changes.revealed > 0 {
        let note = text.figure_changes_note(changes.revealed, changes.changed, changes.toward);
        figures.push(Figure::new(text.figure_changes(), text.of_count(changes.changed, changes.revealed), note));
    }
    figures
}

fn section_ui(ui: &mut Ui, title: &str, figures: &[Figure]) {
    if figures.is_empty() {
        return;
    }
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(tokens::S4);
    widgets::label(ui, title, fonts::semibold(tokens::UI.0), t.text);
    ui.add_space(tokens::S1);
    for (index, figure) in figures.iter().enumerate() {
        if index > 0 {
            widgets::separator(ui);
        }
        figure_ui(ui, t, figure);
    }
}

fn figure_ui(ui: &mut Ui, t: &Tokens, figure: &Figure) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let words = format!("{} {}. {}", figure.name, figure.value, figure.note);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    let font = fonts::regular(tokens::META.0 + 0.5);
    let color = if figure.is_warning { t.warning } else { t.text };
    let at = rect.right_center();
    let value = ui.painter().text(at, Align2::RIGHT_CENTER, &figure.value, font.clone(), color);
    let mut left = value.left();
    if figure.is_warning {
        let at = egui::pos2(left - 6.0, rect.center().y);
        let icon = ui.painter().text(at, Align2::RIGHT_CENTER, icons::WARNING, fonts::icon(14.0), t.warning);
        left = icon.left();
    }
    let mut job = egui::text::LayoutJob::simple_singleline(figure.name.to_owned(), font, t.text);
    job.wrap = egui::text::TextWrapping::truncate_at_width((left - rect.left() - tokens::S2).max(20.0));
    let galley = ui.painter().layout_job(job);
    let at = egui::pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, t.text);
    response.on_hover_text(&figure.note);
}
