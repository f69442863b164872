//! Agreement by margin: bins with their counts, the fitted curve where there is one, and judge against reward model.

use egui::{Align2, Ui, vec2};
use egui_plot::{Line, LineStyle, MarkerShape, PlotPoint, PlotPoints, Points, Text as Words};

use super::look::number;
use super::plots::basis_line;
use super::{Cx, ScorePanel};
use crate::domain::{MarginBin, Margins, ScorerAgreement, ScorerState};
use crate::text::{Text, Written};
use crate::ui::theme::{self, fonts, tokens};
use crate::ui::widgets::{self, Chart, round_marks};

/// A line of words below the plot.
const LINE: f32 = 18.0;

impl ScorePanel {
    pub(super) fn margins_ui(&self, ui: &mut Ui, cx: &Cx<'_>, state: &ScorerState, mine: &ScorerAgreement) {
        let (t, text) = (theme::of(ui), cx.text);
        let note = match mine.unit {
            Some(unit) => text.margins_note(&number(unit)),
            None => text.margins_note_plain().to_owned(),
        };
        basis_line(ui, &text.detailed(&state.scorer.name, &note));
        let lines = said(text, cx, state, mine);
        match mine.margins.as_ref().filter(|margins| !margins.bins.is_empty()) {
            Some(margins) => {
                let height = ui.available_height() - LINE * lines.len() as f32;
                chart_ui(ui, text, margins, height.max(60.0));
            }
            None => {
                widgets::paragraph(ui, text.margins_none(), fonts::regular(tokens::UI.0), t.text2);
            }
        }
        for (words, note) in lines {
            ui.add_space(2.0);
            widgets::elided(ui, &words, fonts::regular(tokens::META.0), t.text2).on_hover_text(note);
        }
    }
}

/// The curve, and how judge and reward model agree: in words, each with a note.
fn said(text: Text, cx: &Cx<'_>, state: &ScorerState, mine: &ScorerAgreement) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    if let Some(margins) = &mine.margins {
        let words = match margins.slope {
            Some((slope, error)) => {
                let curve = text.margins_slope(&number(slope), &number(error));
                let loss = margins.log_loss.map(|loss| text.margins_loss(&number(loss)));
                [Some(curve), loss].into_iter().flatten().collect::<Vec<_>>().join("; ")
            }
            None => text.margins_few().to_owned(),
        };
        lines.push((words, text.margins_curve_note().to_owned()));
    }
    let name = |id| cx.snapshot.scorers.iter().find(|other| other.scorer.id == id).map(|other| &other.scorer.name);
    let between = cx.snapshot.agreement.as_deref().map_or(&[][..], |agreement| &agreement.between);
    let about = between.iter().filter(|of| of.judge == state.scorer.id || of.reward == state.scorer.id);
    lines.extend(about.take(2).filter_map(|of| {
        let note = text.measured_in_words(&of.accuracy, Written::Share, text.metric_accuracy_unit());
        Some((text.between(name(of.judge)?, name(of.reward)?, of), note))
    }));
    lines
}

/// The middle of a bin; the last one has no end and counts as wide as the one before.
fn middle(bin: &MarginBin, before: Option<&MarginBin>) -> f64 {
    let width =
        if bin.to.is_finite() { bin.to - bin.from } else { before.map_or(1.0, |before| before.to - before.from) };
    bin.from + width / 2.0
}

fn chart_ui(ui: &mut Ui, text: Text, margins: &Margins, height: f32) {
    let t = theme::of(ui);
    let bins = &margins.bins;
    let middles: Vec<f64> = bins.iter().enumerate().map(|(at, bin)| middle(bin, bins[..at].last())).collect();
    let share = |bin: &MarginBin| bin.agree as f64 / bin.pairs.max(1) as f64;
    let high = middles.iter().copied().fold(0.0, f64::max) * 1.12 + 0.05;
    let least = bins.iter().map(share).fold(0.4, f64::min);
    let low = if least < 0.4 { (least * 5.0).floor() / 5.0 } else { 0.4 };
    let words = bins.iter().map(|bin| text.margin_bin(bin)).collect::<Vec<_>>().join("; ");
    let (marks, places) = round_marks(0.0, high, 6);
    let y_marks = round_marks(low, 1.0, 4).0;
    let chart = Chart {
        id: "margins",
        name: &words,
        size: vec2(ui.available_width(), height),
        x: (0.0, high),
        y: (low - 0.03, 1.1),
        x_marks: marks.into_iter().map(|value| (value, format!("{value:.places$}"))).collect(),
        y_marks: y_marks.into_iter().map(|value| (value, Written::Share.shown(value))).collect(),
    };
    let points = |places: Vec<[f64; 2]>| PlotPoints::new(places);
    let dots = middles.iter().zip(bins).map(|(x, bin)| [*x, share(bin)]).collect();
    let dots = Points::new("bins", points(dots)).radius(4.0).color(t.machine).shape(MarkerShape::Circle);
    let counts: Vec<Words> = middles
        .iter()
        .zip(bins)
        .map(|(x, bin)| {
            let words = egui::RichText::new(bin.pairs.to_string()).font(fonts::regular(tokens::META.0)).color(t.text2);
            let at = PlotPoint::new(*x, share(bin) + 0.025);
            Words::new(format!("{x}"), at, words).anchor(Align2::CENTER_BOTTOM).allow_hover(false)
        })
        .collect();
    let coin = Line::new("coin", points(vec![[0.0, 0.5], [high, 0.5]])).color(t.text2).width(1.0);
    let coin = coin.style(LineStyle::Dashed { length: 3.0 }).allow_hover(false);
    let curve = margins.slope.map(|(slope, _)| {
        let at = |step: usize| high * step as f64 / 60.0;
        let places = (0..=60).map(|step| [at(step), 1.0 / (1.0 + (-slope * at(step)).exp())]).collect();
        Line::new("curve", points(places)).color(t.machine).width(1.5).allow_hover(false)
    });
    let steps = (!margins.steps.is_empty()).then(|| {
        let places = margins.steps.iter().map(|(margin, chance)| [*margin, *chance]).collect();
        let line = Line::new("steps", points(places)).color(t.text2).width(1.5);
        line.style(LineStyle::Dashed { length: 6.0 }).allow_hover(false)
    });
    let at = chart.show(ui, move |plot| {
        plot.line(coin);
        for line in curve.into_iter().chain(steps) {
            plot.line(line);
        }
        plot.points(dots.allow_hover(false));
        for words in counts {
            plot.text(words);
        }
    });
    let near = |at: PlotPoint| bins.iter().rfind(|bin| bin.from <= at.x);
    if let Some(bin) = at.and_then(near) {
        widgets::tip(ui, &text.margin_bin(bin));
    }
}

#[cfg(test)]
mod tests {
    use super::middle;
    use crate::domain::MarginBin;

    #[test]
    fn the_last_bin_counts_as_wide_as_the_one_before() {
        let bin = |from, to| MarginBin { from, to, pairs: 1, agree: 1 };
        let (one, last) = (bin(0.5, 1.0), bin(1.0, f64::INFINITY));
        assert_eq!(middle(&one, None), 0.75);
        assert_eq!(middle(&last, Some(&one)), 1.25);
        assert_eq!(middle(&last, None), 1.5);
    }
}
