//! After the verdict: what machines say of the group, beside what the person said.

use std::sync::Arc;

use egui::{CornerRadius, Rect, Sense, Stroke, Ui, UiBuilder, pos2, vec2};

use super::page::place_of;
use super::{Cx, LabelPanel};
use crate::domain::{Judgement, Pause, Points, Reply, ReplyId, ScorerId, ScorerKind, Verdict};
use crate::ranking::statistics::Z95;
use crate::session::{Command, OpenGroup, Reason};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// The strip below a reply with its scores.
pub(super) const FOOT: f32 = 30.0;
/// A reply's row in a plot of scores.
const PLOT_ROW: f32 = 24.0;
/// There are scores, and this annotator has decided: they may be seen.
pub(super) fn is_revealed(open: &OpenGroup) -> bool {
    open.label.is_some() && !open.judgements.is_empty()
}

/// The judgement that the banner speaks of: the first one that differs, else the first of a judge, else the first.
fn spoken<'a>(cx: &Cx<'_>, open: &'a OpenGroup) -> Option<&'a Arc<Judgement>> {
    let verdict = &open.label.as_ref()?.verdict;
    let differs = open.judgements.iter().find(|judgement| !judgement.opposes(verdict).is_empty());
    differs.or_else(|| open.judgements.iter().find(|one| is_judge(cx, one.scorer))).or_else(|| open.judgements.first())
}

fn is_judge(cx: &Cx<'_>, scorer: ScorerId) -> bool {
    let state = cx.snapshot.scorers.iter().find(|state| state.scorer.id == scorer);
    state.is_some_and(|state| matches!(state.scorer.kind, ScorerKind::Judge(_)))
}

fn name<'a>(cx: &Cx<'a>, scorer: ScorerId) -> &'a str {
    cx.snapshot.scorers.iter().find(|state| state.scorer.id == scorer).map_or("", |state| state.scorer.name.as_str())
}

fn numbers(open: &OpenGroup, replies: &[ReplyId]) -> Vec<usize> {
    let mut numbers: Vec<usize> = replies.iter().filter_map(|reply| Some(place_of(open, *reply)? + 1)).collect();
    numbers.sort_unstable();
    numbers
}

/// `2 and 3 above 1`, of pairs (chosen, left out) that are opposed: those of the first chosen reply, and whether there are more.
fn above(text: Text, open: &OpenGroup, opposed: &[(ReplyId, ReplyId)]) -> String {
    let Some((chosen, _)) = opposed.first() else { return String::new() };
    let better: Vec<ReplyId> = opposed.iter().filter(|(of, _)| of == chosen).map(|(_, left_out)| *left_out).collect();
    let worse = place_of(open, *chosen).map_or(0, |place| place + 1);
    let words = text.above(&text.numbers(&numbers(open, &better)), &worse.to_string());
    if better.len() < opposed.len() { text.above_more(&words) } else { words }
}

/// A score as it is shown, with half of its 95 % interval where it has one.
pub(crate) fn score_words(points: &Points) -> String {
    let shown = format!("{:.2}", points.value.abs());
    let sign = match points.value {
        value if value < 0.0 && shown.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) => "−",
        _ => "+",
    };
    match points.error.filter(|error| error.is_finite() && *error > 0.0) {
        Some(error) => format!("{sign}{:.1} ± {:.1}", points.value.abs(), error * Z95),
        None => format!("{sign}{shown}"),
    }
}

impl LabelPanel {
    /// Scores are shown and the label stands: checks are turned by nothing but [`Action::ChangeLabel`].
    pub(super) fn stands(&self, open: &OpenGroup) -> bool {
        let Some(label) = open.label.as_ref().filter(|_| is_revealed(open)) else { return false };
        let checked = match &label.verdict {
            Verdict::Ranked(tiers) => tiers.best(),
            Verdict::NoneAcceptable => &[],
        };
        let same =
            checked.len() == open.draft.checked.len() && checked.iter().all(|reply| open.draft.checked.contains(reply));
        same && self.changing != Some(open.group.id)
    }

    /// Tell the session once that scores are in sight.
    pub(super) fn note_reveal(&mut self, open: &OpenGroup, out: &mut Vec<Command>) {
        let seen = (open.group.id, open.group.round);
        if is_revealed(open) && self.revealed != Some(seen) {
            self.revealed = Some(seen);
            out.push(Command::Reveal { groups: vec![open.group.id] });
        } else if !is_revealed(open) {
            self.revealed = None;
        }
    }

    /// What the person and the machines make of the group, above the prompt.
    pub(super) fn banner_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, acts: &mut Vec<Action>) {
        let (Some(label), Some(judgement)) = (&open.label, spoken(cx, open)) else { return };
        let t = theme::of(ui);
        let text = cx.text;
        let opposed = judgement.opposes(&label.verdict);
        let who = name(cx, judgement.scorer);
        let (mark, color, fill, title, note) = match &label.verdict {
            Verdict::Ranked(tiers) if !opposed.is_empty() => {
                let chosen = text.numbers(&numbers(open, tiers.best()));
                let pairs = above(text, open, &opposed);
                ("≠", t.machine, t.machine_soft, text.differ_title(who), text.differ_note(&chosen, &pairs))
            }
            verdict if judgement.agrees(verdict) => {
                ("=", t.chosen, t.chosen_soft, text.agree_title(who), text.agree_note().to_owned())
            }
            _ => ("·", t.machine, t.machine_soft, text.apart_title().to_owned(), text.apart_note().to_owned()),
        };
        let frame = egui::Frame::new().fill(fill).inner_margin(egui::Margin { left: 20, right: 16, top: 7, bottom: 7 });
        egui::Panel::top("reveal").resizable(false).show_separator_line(true).frame(frame).show(ui, |ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.set_height(32.0);
                let key = Action::ChangeLabel.hint(ui.ctx());
                let stands = self.stands(open);
                let button = Button::new(text.act_change()).key(&key).enabled(stands);
                if button.show(ui).clicked() {
                    acts.push(Action::ChangeLabel);
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    widgets::label(ui, mark, fonts::semibold(tokens::TITLE.0), color);
                    widgets::label(ui, title, fonts::semibold(tokens::UI.0), t.text);
                    let note = if stands { note } else { text.changing_note().to_owned() };
                    widgets::elided(ui, note, fonts::regular(tokens::UI.0), t.text2);
                });
            });
        });
    }

    /// Rank, score and reward of a reply, below it.
    pub(super) fn scores_ui(&self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, reply: &Reply, rect: Rect) {
        let t = theme::of(ui);
        let strip = Rect::from_min_max(pos2(rect.left() + 1.0, rect.bottom() - FOOT), rect.max - vec2(1.0, 1.0));
        let round = CornerRadius { nw: 0, ne: 0, sw: tokens::R2, se: tokens::R2 };
        ui.painter().rect_filled(strip, round, t.machine_soft);
        let mut child = ui.new_child(
            UiBuilder::new()
                .max_rect(strip.shrink2(vec2(12.0, 4.0)))
                .id_salt(("foot", reply.id))
                .layout(egui::Layout::left_to_right(egui::Align::Center)),
        );
        child.set_clip_rect(strip.intersect(ui.clip_rect()));
        child.spacing_mut().item_spacing.x = 6.0;
        let judge = open.judgements.iter().find(|one| is_judge(cx, one.scorer));
        let reward = open.judgements.iter().find(|one| !is_judge(cx, one.scorer));
        if let Some(judgement) = judge {
            widgets::icon(&mut child, icons::ROBOT, 15.0, t.machine);
            self.said_ui(&mut child, cx, judgement, reply.id, true);
            let verdict = open.label.as_ref().map(|label| &label.verdict);
            let opposed = verdict
                .is_some_and(|verdict| judgement.opposes(verdict).iter().any(|(_, left_out)| *left_out == reply.id));
            if opposed && child.available_width() > 150.0 {
                widgets::tag(&mut child, "", &format!("≠ {}", cx.text.left_out_above()), t.machine, t.card);
            }
        }
        let Some(judgement) = reward else { return };
        if judge.is_some() {
            child.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                self.said_ui(ui, cx, judgement, reply.id, false);
                widgets::icon(ui, icons::GAUGE, 15.0, t.machine);
            });
        } else {
            widgets::icon(&mut child, icons::GAUGE, 15.0, t.machine);
            self.said_ui(&mut child, cx, judgement, reply.id, true);
        }
    }

    /// A reply's rank and score, or why it has none.
    fn said_ui(&self, ui: &mut Ui, cx: &Cx<'_>, judgement: &Judgement, reply: ReplyId, ranked: bool) {
        let t = theme::of(ui);
        let Some(score) = judgement.scores.iter().find(|score| score.reply == reply) else {
            // Texts of people are not scored.
            widgets::label(ui, "–", fonts::regular(tokens::UI.0), t.text2);
            return;
        };
        match &score.result {
            Ok(points) => {
                let rank = judgement.ranked().iter().filter(|(_, value)| *value - points.value > 1e-9).count();
                if ranked {
                    widgets::label(ui, cx.text.rank(rank + 1), fonts::semibold(tokens::UI.0), t.machine);
                }
                widgets::label(ui, score_words(points), fonts::regular(tokens::UI.0), t.machine);
            }
            Err(why) => {
                let words = widgets::label(ui, cx.text.no_score_here(), fonts::regular(tokens::UI.0), t.text2);
                words.on_hover_text(cx.text.no_score(why));
            }
        }
    }

    /// The side panel's part: a plot for each scorer, the judge's reasons, when to pause.
    pub(super) fn machines_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        width: f32,
        out: &mut Vec<Command>,
    ) {
        let t = theme::of(ui);
        for judgement in &open.judgements {
            let judge = is_judge(cx, judgement.scorer);
            self.scorer_head_ui(ui, cx, judgement.scorer, judge, width);
            plot_ui(ui, cx, open, judgement, width);
            let Some(verdict) = open.label.as_ref().map(|label| &label.verdict) else { continue };
            let opposed = judgement.opposes(verdict);
            let reasons: Vec<&Reason> = open.reasons.iter().filter(|one| one.scorer == judgement.scorer).collect();
            let words = if opposed.is_empty() {
                cx.text.agrees_with_you().to_owned()
            } else {
                cx.text.puts(&above(cx.text, open, &opposed))
            };
            if !opposed.is_empty() || judgement.agrees(verdict) {
                ui.horizontal_top(|ui| {
                    if opposed.is_empty() {
                        widgets::icon(ui, icons::CHECK, 14.0, t.chosen);
                    } else {
                        widgets::label(ui, "≠", fonts::semibold(tokens::META.0), t.machine);
                    }
                    widgets::paragraph(ui, words, fonts::regular(tokens::META.0), t.text2);
                });
            }
            let pair = opposed.first().copied();
            if let Some((chosen, left_out)) = pair.filter(|_| reasons.len() > 1) {
                let told =
                    |reason: &&&Reason| [chosen, left_out].iter().all(|reply| reason.order.concat().contains(reply));
                let all = reasons.iter().filter(told).count();
                let put = reasons.iter().filter(|reason| puts(reason, left_out, chosen)).count();
                let number = |reply| place_of(open, reply).map_or(0, |place| place + 1).to_string();
                let words = cx.text.of_orders(all, put, &number(left_out), &number(chosen));
                widgets::paragraph(ui, words, fonts::regular(tokens::META.0), t.text2);
            }
            if judge
                && judgement.scores.iter().any(|score| matches!(&score.result, Ok(points) if points.error.is_some()))
            {
                widgets::paragraph(ui, cx.text.bars_are(), fonts::regular(tokens::META.0), t.text3);
            }
            self.reasons_ui(ui, cx, open, &reasons, pair, width);
            widgets::separator(ui);
        }
        self.pause_ui(ui, cx, width, out);
        widgets::separator(ui);
    }

    fn scorer_head_ui(&self, ui: &mut Ui, cx: &Cx<'_>, scorer: ScorerId, judge: bool, width: f32) {
        let t = theme::of(ui);
        ui.horizontal(|ui| {
            ui.set_width(width);
            widgets::icon(ui, if judge { icons::ROBOT } else { icons::GAUGE }, 16.0, t.machine);
            let orders = cx.snapshot.scorers.iter().find(|state| state.scorer.id == scorer).and_then(|state| {
                match &state.scorer.kind {
                    ScorerKind::Judge(judge) if !judge.method.is_for_each() => Some(judge.orders.get()),
                    _ => None,
                }
            });
            let name = name(cx, scorer).to_owned();
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if let Some(orders) = orders {
                    widgets::label(ui, cx.text.judged_orders(orders), fonts::regular(tokens::META.0), t.text3);
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    widgets::elided(ui, name, fonts::semibold(tokens::META.0), t.text);
                });
            });
        });
    }

    fn reasons_ui(
        &self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        reasons: &[&Reason],
        pair: Option<(ReplyId, ReplyId)>,
        width: f32,
    ) {
        if reasons.is_empty() {
            return;
        }
        let t = theme::of(ui);
        let number = |reply| place_of(open, reply).map_or(0, |place| place + 1).to_string();
        let told = pair.and_then(|(chosen, left_out)| reasons.iter().find(|reason| puts(reason, left_out, chosen)));
        let title = match (pair, told) {
            (Some((chosen, left_out)), Some(_)) if !self.all_reasons => cx.text.why(&number(left_out), &number(chosen)),
            _ => cx.text.why_all().to_owned(),
        };
        super::side::heading_ui(ui, icons::BOOK_OPEN, &title, &Action::Reasons.hint(ui.ctx()), width);
        let shown: Vec<&&Reason> = match told {
            _ if self.all_reasons => reasons.iter().collect(),
            Some(told) => vec![told],
            None => reasons.iter().take(1).collect(),
        };
        for reason in shown {
            let mut words = reason.text.clone();
            for (name, reply) in &reason.names {
                if let Some(place) = place_of(open, *reply) {
                    words = renamed(&words, name, &cx.text.reply_named(place + 1));
                }
            }
            widgets::paragraph(ui, cx.text.quoted(&words), fonts::regular(tokens::UI.0), t.text2);
        }
    }

    fn pause_ui(&self, ui: &mut Ui, cx: &Cx<'_>, width: f32, out: &mut Vec<Command>) {
        let t = theme::of(ui);
        let all = [Pause::Always, Pause::WhenDiffers, Pause::Never];
        widgets::label(ui, cx.text.pause_title(), fonts::semibold(tokens::META.0), t.text2);
        let names = all.map(|pause| cx.text.pause_when(pause));
        let chosen = all.iter().position(|pause| *pause == cx.snapshot.place.pause).unwrap_or(1);
        if let Some(pressed) = widgets::segmented(ui, &names, chosen, width) {
            out.push(Command::SetPause(all[pressed]));
        }
        let first = cx.snapshot.agreement.as_ref().and_then(|agreement| agreement.scorers.first());
        if let Some(accuracy) = first.and_then(|scorer| scorer.accuracy) {
            let percent = |share: f64| format!("{:.0}", share * 100.0);
            let words = match accuracy.interval {
                Some((low, high)) => cx.text.so_far(&percent(accuracy.value), &percent(low), &percent(high)),
                None => cx.text.so_far_plain(&percent(accuracy.value)),
            };
            widgets::paragraph(ui, words, fonts::regular(tokens::META.0), t.text3);
        }
    }
}

/// A reason comes from an order that puts one reply above the other.
fn puts(reason: &Reason, better: ReplyId, worse: ReplyId) -> bool {
    let tier = |reply| reason.order.iter().position(|tier| tier.contains(&reply));
    matches!((tier(better), tier(worse)), (Some(high), Some(low)) if high < low)
}

/// A name that stands as a word of its own becomes another.
fn renamed(text: &str, name: &str, new: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let alone = !inside(before.chars().next_back()) && !inside(after.chars().next());
        words.push_str(before);
        words.push_str(if alone { new } else { name });
        rest = after;
    }
    words.push_str(rest);
    words
}

/// Scores on a line each, best first, with their 95 % intervals.
fn plot_ui(ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, judgement: &Judgement, width: f32) {
    let t = theme::of(ui);
    let points = |reply: ReplyId| {
        judgement.scores.iter().find(|score| score.reply == reply).and_then(|score| score.result.as_ref().ok())
    };
    let rows: Vec<(ReplyId, &Points, usize)> = judgement
        .ranked()
        .into_iter()
        .filter_map(|(reply, _)| Some((reply, points(reply)?, place_of(open, reply)? + 1)))
        .collect();
    if rows.is_empty() {
        return;
    }
    let half = |points: &Points| points.error.filter(|error| error.is_finite()).unwrap_or(0.0) * Z95;
    let low = rows.iter().map(|(_, points, _)| points.value - half(points)).fold(f64::INFINITY, f64::min);
    let high = rows.iter().map(|(_, points, _)| points.value + half(points)).fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = if high - low < 1e-6 { (low - 1.0, high + 1.0) } else { (low, high) };
    let (rect, response) = ui.allocate_exact_size(vec2(width, PLOT_ROW * rows.len() as f32 + 18.0), Sense::hover());
    let words: Vec<String> = rows
        .iter()
        .map(|(_, points, number)| format!("{} {}", cx.text.reply_named(*number), score_words(points)))
        .collect();
    let said = words.join(cx.text.list_comma());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Image, true, &said));
    let axis = rect.with_min_x(rect.left() + 34.0).with_max_x(rect.right() - 8.0);
    let x = |value: f64| axis.left() + ((value - low) / (high - low)) as f32 * axis.width();
    let bottom = rect.bottom() - 18.0;
    let line = Stroke::new(1.0, t.stroke);
    for (share, align) in
        [(0.0, egui::Align2::LEFT_TOP), (0.5, egui::Align2::CENTER_TOP), (1.0, egui::Align2::RIGHT_TOP)]
    {
        let value = low + (high - low) * share;
        ui.painter().vline(x(value), rect.top()..=bottom, line);
        let words = format!("{value:.1}").replace('-', "−");
        ui.painter().text(pos2(x(value), bottom + 3.0), align, words, fonts::regular(tokens::KEY.0), t.text3);
    }
    let chosen = |reply| match open.label.as_ref().map(|label| &label.verdict) {
        Some(Verdict::Ranked(tiers)) => tiers.best().contains(&reply),
        _ => false,
    };
    let square = !is_judge(cx, judgement.scorer);
    for (at, (reply, points, number)) in rows.iter().enumerate() {
        let y = rect.top() + PLOT_ROW * (at as f32 + 0.5);
        let is_chosen = chosen(*reply);
        let color = if is_chosen { t.chosen } else { t.text2 };
        let font = if is_chosen { fonts::semibold(tokens::META.0) } else { fonts::regular(tokens::META.0) };
        ui.painter().text(pos2(rect.left() + 2.0, y), egui::Align2::LEFT_CENTER, number, font, color);
        if is_chosen {
            let at = pos2(rect.left() + 17.0, y);
            ui.painter().text(at, egui::Align2::LEFT_CENTER, icons::CHECK, fonts::icon(12.0), t.chosen);
        }
        let (from, to) = (x(points.value - half(points)), x(points.value + half(points)));
        ui.painter().hline(from..=to, y, Stroke::new(2.0, t.machine));
        let centre = pos2(x(points.value), y);
        if square {
            ui.painter().rect_filled(Rect::from_center_size(centre, vec2(7.0, 7.0)), 1.0, t.machine);
        } else {
            ui.painter().circle_filled(centre, 4.0, t.machine);
        }
    }
}

/// The words of the action bar while a label stands: what was saved.
pub(super) fn saved_words(text: Text, open: &OpenGroup) -> String {
    match open.label.as_ref().map(|label| &label.verdict) {
        Some(Verdict::Ranked(tiers)) if tiers.as_slice().len() > 1 => {
            let others: Vec<ReplyId> = tiers.as_slice()[1..].concat();
            let (chosen, others) = (numbers(open, tiers.best()), numbers(open, &others));
            text.saved_over(&text.numbers(&chosen), &text.numbers(&others))
        }
        Some(Verdict::Ranked(_)) => text.saved_equal().to_owned(),
        _ => text.saved_none().to_owned(),
    }
}

/// The buttons of the action bar while a label stands, from right to left.
pub(super) fn buttons_ui(ui: &mut Ui, cx: &Cx<'_>, acts: &mut Vec<Action>) {
    let short = cx.width < tokens::NARROW;
    let keep = if short { cx.text.act_keep_short() } else { cx.text.act_keep() };
    for (action, words, kind) in [
        (Action::Confirm, keep, Kind::Primary),
        (Action::Flag, cx.text.act_flag(), Kind::Quiet),
        (Action::Undo, cx.text.act_undo(), Kind::Quiet),
    ] {
        let key = action.hint(ui.ctx());
        if Button::new(words).key(&key).kind(kind).show(ui).clicked() {
            acts.push(action);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_request_become_numbers_where_they_stand_alone() {
        assert_eq!(
            renamed("QX is clear, (QX) too; QXY is not.", "QX", "Reply 2"),
            "Reply 2 is clear, (Reply 2) too; QXY is not."
        );
        assert_eq!(renamed("回复QX更好", "QX", "回复 2"), "回复回复 2更好");
    }

    #[test]
    fn scores_say_how_steady_they_are() {
        let words = |value, error| score_words(&Points { value, error });
        assert_eq!(words(-0.001, None), "+0.00");
        assert_eq!(words(-2.8, None), "−2.80");
        assert_eq!(words(1.51, Some(0.5)), "+1.5 ± 1.0");
    }
}
