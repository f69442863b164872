//! What a scorer gave to replies that were chosen and to those that were left out: two histograms over the same bins.

use egui::{Ui, vec2};
use egui_plot::{Bar, BarChart, HLine};

use super::look::number;
use super::plots::basis_line;
use super::{Cx, ScorePanel};
use crate::domain::{ScorerAgreement, ScorerState, Spread};
use crate::text::Text;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Chart, round_marks};

const LEGEND: f32 = 22.0;

impl ScorePanel {
    pub(super) fn spread_ui(&self, ui: &mut Ui, cx: &Cx<'_>, state: &ScorerState, mine: &ScorerAgreement) {
        let (t, text) = (theme::of(ui), cx.text);
        let name = &state.scorer.name;
        basis_line(ui, &text.detailed(name, text.spread_note()));
        let Some(spread) = mine.spread.as_ref().filter(|spread| total(&spread.chosen) + total(&spread.left_out) > 0)
        else {
            widgets::paragraph(ui, text.spread_none(), fonts::regular(tokens::UI.0), t.text2);
            return;
        };
        let size = vec2(ui.available_width(), (ui.available_height() - LEGEND).max(60.0));
        let words = in_words(text, spread);
        let bins = spread.chosen.len().max(spread.left_out.len());
        let (low, high) = (spread.from, spread.from + spread.width * bins as f64);
        let (chosen, left_out) = (shares(&spread.chosen), shares(&spread.left_out));
        let highest = chosen.iter().chain(&left_out).copied().fold(0.0, f64::max).max(0.01);
        let (marks, places) = round_marks(low, high, 6);
        let mark = |value: f64| {
            let shown = format!("{:.places$}", value.abs());
            (value, if value < 0.0 { format!("−{shown}") } else { shown })
        };
        let chart = Chart {
            id: "spread",
            name: &words,
            size,
            x: (low, high),
            y: (0.0, highest * 1.06),
            x_marks: marks.into_iter().map(mark).collect(),
            y_marks: Vec::new(),
        };
        let bars = |shares: Vec<f64>, side: f64, fill: egui::Color32, stroke: egui::Stroke| -> Vec<Bar> {
            let place = |(bin, share): (usize, f64)| {
                let at = low + spread.width * (bin as f64 + 0.5 + side);
                Bar::new(at, share).width(spread.width * 0.42).fill(fill).stroke(stroke)
            };
            shares.into_iter().enumerate().filter(|(_, share)| *share > 0.0).map(place).collect()
        };
        let outline = egui::Stroke::new(1.2, t.rejected);
        let left_out = BarChart::new("left out", bars(left_out, -0.23, t.card, outline)).allow_hover(false);
        let solid = egui::Stroke::new(1.2, t.chosen);
        let chosen = BarChart::new("chosen", bars(chosen, 0.23, t.chosen, solid)).allow_hover(false);
        let ground = HLine::new("ground", 0.0).color(t.stroke_strong).width(1.0).allow_hover(false);
        let at = chart.show(ui, move |plot| {
            plot.bar_chart(left_out);
            plot.bar_chart(chosen);
            plot.hline(ground);
        });
        if let Some(bin) = at.map(|at| ((at.x - low) / spread.width).floor()).filter(|bin| *bin >= 0.0) {
            let bin = bin as usize;
            let (from, to) = (low + spread.width * bin as f64, low + spread.width * (bin as f64 + 1.0));
            let count = |counts: &[u64]| counts.get(bin).copied().unwrap_or(0);
            let range = format!("{} – {}", number(from), number(to));
            let counts = [text.spread_chosen(count(&spread.chosen)), text.spread_left_out(count(&spread.left_out))];
            if bin < bins {
                widgets::tip(ui, &format!("{range}\n{}", counts.join("\n")));
            }
        }
        legend_ui(ui, text, spread);
    }
}

fn total(counts: &[u64]) -> u64 {
    counts.iter().sum()
}

/// Counts as shares of their sum.
fn shares(counts: &[u64]) -> Vec<f64> {
    let all = total(counts).max(1) as f64;
    counts.iter().map(|count| *count as f64 / all).collect()
}

fn with_median(text: Text, words: String, median: Option<f64>) -> String {
    match median {
        Some(median) => text.spread_median(&words, &signed(median)),
        None => words,
    }
}

/// A difference: with its sign, above 0 too.
pub(super) fn signed(value: f64) -> String {
    let shown = number(value);
    if value > 0.0 && shown.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) { format!("+{shown}") } else { shown }
}

fn in_words(text: Text, spread: &Spread) -> String {
    let chosen = with_median(text, text.spread_chosen(total(&spread.chosen)), spread.median_chosen);
    let left_out = with_median(text, text.spread_left_out(total(&spread.left_out)), spread.median_left_out);
    format!("{}; {chosen}; {left_out}", text.spread_note())
}

fn legend_ui(ui: &mut Ui, text: Text, spread: &Spread) {
    let t = theme::of(ui);
    let font = fonts::regular(tokens::META.0);
    let size = vec2(ui.available_width(), LEGEND);
    ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = 6.0;
        let square = |ui: &mut Ui, fill: egui::Color32, stroke: egui::Color32| {
            let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), egui::Sense::hover());
            ui.painter().rect(rect, 0.0, fill, egui::Stroke::new(1.2, stroke), egui::StrokeKind::Inside);
        };
        square(ui, t.chosen, t.chosen);
        widgets::icon(ui, icons::CHECK, 12.0, t.text2);
        let words = with_median(text, text.spread_chosen(total(&spread.chosen)), spread.median_chosen);
        widgets::label(ui, words, font.clone(), t.text2);
        ui.add_space(tokens::S4);
        square(ui, t.card, t.rejected);
        let words = with_median(text, text.spread_left_out(total(&spread.left_out)), spread.median_left_out);
        widgets::elided(ui, words, font, t.text2);
    });
}

#[cfg(test)]
mod tests {
    use super::{shares, signed};

    #[test]
    fn differences_have_a_sign_and_shares_sum_to_one() {
        assert_eq!([0.0, 0.004, 1.9, -1.2].map(signed), ["0.00", "0.00", "+1.90", "−1.20"]);
        assert_eq!(shares(&[1, 3, 0]), [0.25, 0.75, 0.0]);
        assert_eq!(shares(&[0, 0]), [0.0, 0.0]);
    }
}
