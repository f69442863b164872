//! Figures in a column, each with its note: what a judge's own verdicts tell of it, and how the annotator holds.

use egui::Ui;

use super::intervals::measured;
use super::look::number;
use super::{Cx, ScorePanel};
use crate::domain::{Judge, JudgeMethod, Longer, ScorerKind, ScorerState};
use crate::text::{Text, Written};
use crate::ui::theme::{self, fonts, tokens};
use crate::ui::widgets;

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
        widgets::figure(ui, figure.name, &figure.value, &figure.note, figure.is_warning);
    }
}
