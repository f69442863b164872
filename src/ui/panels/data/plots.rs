//! Plots by day: labels, pairs so far, agreement so far.

use egui::{Align, Layout, Ui, vec2};
use egui_plot::{Bar, BarChart, HLine, Line, LineStyle, PlotPoint, PlotPoints, Points};
use jiff::civil::Date;

use crate::domain::{AgreementOverTime, DayStatistics};
use crate::session::Snapshot;
use crate::text::{Text, Written};
use crate::ui::theme::{self, fonts, tokens};
use crate::ui::widgets::{self, Chart, round_marks};

/// Days that are named below a plot, at most.
const NAMED: usize = 6;
/// Days that are said in words, the newest.
const SAID: usize = 31;

/// A title with a note at its right.
fn head_ui(ui: &mut Ui, title: &str, note: &str) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        widgets::label(ui, title, fonts::semibold(tokens::UI.0), t.text);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            widgets::elided(ui, note, fonts::regular(tokens::META.0), t.text3).on_hover_text(note);
        });
    });
}

fn nothing_ui(ui: &mut Ui, words: &str) {
    let t = theme::of(ui);
    ui.add_space(tokens::S2);
    widgets::paragraph(ui, words, fonts::regular(tokens::UI.0), t.text2);
}

/// Days between two dates.
fn since(first: Date, date: Date) -> f64 {
    (date.duration_since(first).as_hours() / 24) as f64
}

/// Some of the days, evenly, with their words.
fn named(text: Text, dates: &[Date]) -> Vec<(f64, String)> {
    let Some(first) = dates.first() else { return Vec::new() };
    let step = dates.len().div_ceil(NAMED).max(1);
    dates.iter().step_by(step).map(|date| (since(*first, *date), text.short_day(*date))).collect()
}

/// What a plot over days shows.
struct Days<'a> {
    id: &'static str,
    dates: &'a [Date],
    words: &'a [String],
    /// The lowest and the highest value.
    y: (f64, f64),
    written: fn(Text, f64, usize) -> String,
}

impl Days<'_> {
    fn show(self, ui: &mut Ui, text: Text, items: impl FnOnce(&mut egui_plot::PlotUi<'_>) + 'static) {
        let Some(first) = self.dates.first() else { return };
        let last = self.dates.last().map_or(0.0, |last| since(*first, *last));
        let (marks, places) = round_marks(self.y.0, self.y.1, 3);
        let said = self.words.iter().rev().take(SAID).rev().cloned().collect::<Vec<_>>().join("; ");
        let edge = (last * 0.02).max(0.6);
        let chart = Chart {
            id: self.id,
            name: &said,
            size: vec2(ui.available_width(), ui.available_height().max(60.0)),
            x: (-edge, last + edge),
            y: (self.y.0, self.y.1 + (self.y.1 - self.y.0) * 0.08),
            x_marks: named(text, self.dates),
            y_marks: marks.into_iter().map(|value| (value, (self.written)(text, value, places))).collect(),
        };
        let at = chart.show(ui, items);
        let near = |at: PlotPoint| {
            let distance = |index: &usize| (since(*first, self.dates[*index]) - at.x).abs();
            (0..self.dates.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
        };
        if let Some(words) = at.and_then(near).and_then(|index| self.words.get(index)) {
            widgets::tip(ui, words);
        }
    }
}

/// Whole numbers at the left of a plot; marks between them are not named.
fn whole(text: Text, value: f64, places: usize) -> String {
    if places > 0 && value.fract() != 0.0 { String::new() } else { text.grouped(value as u64) }
}

/// How many labels were given on each day, and how long they took.
pub(super) fn days_ui(ui: &mut Ui, text: Text, days: &[DayStatistics], has_pace: bool) {
    let t = theme::of(ui);
    let pace = days.last().and_then(|day| day.median_seconds).filter(|_| has_pace);
    let note = pace.zip(days.last()).map(|(_, day)| text.day_of_labels(day, has_pace)).unwrap_or_default();
    head_ui(ui, text.labels_a_day(), &note);
    let Some(first) = days.first() else { return nothing_ui(ui, text.days_none()) };
    let dates: Vec<Date> = days.iter().map(|day| day.date).collect();
    let words: Vec<String> = days.iter().map(|day| text.day_of_labels(day, has_pace)).collect();
    let most = days.iter().map(|day| day.labels).max().unwrap_or(1) as f64;
    let bar = |day: &DayStatistics| {
        Bar::new(since(first.date, day.date), day.labels as f64).width(0.62).fill(t.accent).stroke(egui::Stroke::NONE)
    };
    let bars = BarChart::new("labels", days.iter().map(bar).collect()).allow_hover(false);
    let ground = HLine::new("ground", 0.0).color(t.stroke_strong).width(1.0).allow_hover(false);
    let plot = Days { id: "labels-a-day", dates: &dates, words: &words, y: (0.0, most), written: whole };
    plot.show(ui, text, move |plot| {
        plot.bar_chart(bars);
        plot.hline(ground);
    });
}

/// A line through the days, with a dot at each where they are few.
fn line(ui: &Ui, places: Vec<[f64; 2]>) -> (Line<'static>, Option<Points<'static>>) {
    let t = theme::of(ui);
    let dots = (places.len() <= SAID).then(|| {
        Points::new("dots", PlotPoints::new(places.clone())).radius(3.5).color(t.accent_text).allow_hover(false)
    });
    (Line::new("line", PlotPoints::new(places)).color(t.accent_text).width(2.0).allow_hover(false), dots)
}

/// Pairs by the end of each day.
pub(super) fn pairs_ui(ui: &mut Ui, text: Text, days: &[DayStatistics]) {
    head_ui(ui, text.pairs_so_far(), text.pairs_total_note());
    let Some(first) = days.first() else { return nothing_ui(ui, text.days_none()) };
    let dates: Vec<Date> = days.iter().map(|day| day.date).collect();
    let words: Vec<String> = days.iter().map(|day| text.day_of_pairs(day)).collect();
    let most = days.last().map_or(1.0, |day| day.pairs_so_far.max(1) as f64);
    let places = days.iter().map(|day| [since(first.date, day.date), day.pairs_so_far as f64]).collect();
    let (line, dots) = line(ui, places);
    let plot = Days { id: "pairs-so-far", dates: &dates, words: &words, y: (0.0, most), written: whole };
    plot.show(ui, text, move |plot| {
        plot.line(line);
        if let Some(dots) = dots {
            plot.points(dots);
        }
    });
}

/// Agreement with a scorer by the end of each day.
pub(super) fn agreement_ui(ui: &mut Ui, text: Text, snapshot: &Snapshot, over_time: Option<&AgreementOverTime>) {
    let t = theme::of(ui);
    let scorer = over_time.and_then(|of| snapshot.scorers.iter().find(|state| state.scorer.id == of.scorer));
    let name = scorer.map_or("", |state| state.scorer.name.as_str());
    let note = if name.is_empty() { String::new() } else { text.agreement_over_time_note(name) };
    head_ui(ui, text.agreement_over_time(), &note);
    let days = over_time.map_or(&[][..], |of| &of.days);
    let Some(first) = days.first() else { return nothing_ui(ui, text.agreement_none_yet()) };
    let dates: Vec<Date> = days.iter().map(|day| day.date).collect();
    let words: Vec<String> = days.iter().map(|day| text.day_of_agreement(day)).collect();
    let low = days.iter().map(|day| day.accuracy).fold(0.4, f64::min);
    let places = days.iter().map(|day| [since(first.date, day.date), day.accuracy]).collect();
    let (line, dots) = line(ui, places);
    let coin = HLine::new("coin", 0.5).color(t.text2).width(1.0);
    let coin = coin.style(LineStyle::Dashed { length: 3.0 }).allow_hover(false);
    let low = (low * 5.0).floor() / 5.0;
    let plot = Days {
        id: "agreement-over-time",
        dates: &dates,
        words: &words,
        y: (low, 1.0),
        written: |_, value, _| Written::Share.shown(value),
    };
    plot.show(ui, text, move |plot| {
        plot.hline(coin);
        plot.line(line);
        if let Some(dots) = dots {
            plot.points(dots);
        }
    });
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::text::Language;

    #[test]
    fn days_stand_where_the_calendar_has_them_and_few_of_them_are_named() {
        assert_eq!(since(date(2026, 2, 27), date(2026, 3, 2)), 3.0);
        let dates: Vec<Date> = (1..=28).map(|day| date(2026, 2, day)).collect();
        let marks = named(Text::new(Language::English), &dates);
        assert_eq!(marks.len(), 6);
        assert_eq!(marks[1], (5.0, "6 Feb".to_owned()));
        assert!(named(Text::new(Language::English), &[]).is_empty());
    }
}
