//! What scorers said when they were tried: scores, each request as it was sent, each answer as it came and how it was read.

use egui::{Align, Layout, Ui};

use super::cards::{kind_icon, kind_words};
use super::look::{number, scorer_fault_ui};
use super::{Cx, ScorePanel};
use crate::domain::{Call, Exchange, Judgement, MachineVerdict, Prompt, Sent, TrialPart, TrialPhase, TrialState};
use crate::session::Command;
use crate::text::Text;
use crate::ui::markdown::visible;
use crate::ui::panels::endpoint::{line, said_ui};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// Characters of a text that are shown.
const SHOWN: usize = 8000;
/// A text scrolls when it is higher.
const HIGHEST: f32 = 200.0;
/// The height of a line.
const LINE: f32 = 20.0;
/// Standard errors of a 95 % interval.
const Z95: f64 = 1.96;

impl ScorePanel {
    pub(super) fn results_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let (t, text) = (theme::of(ui), cx.text);
        let scroll = std::mem::take(&mut self.tryout.scroll);
        let area = egui::ScrollArea::vertical().id_salt("tryout-results").auto_shrink(false);
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = tokens::S1;
            ui.spacing_mut().interact_size.y = LINE;
            ui.scroll_with_delta(egui::vec2(0.0, -scroll));
            let Some(state) = &cx.snapshot.trial else {
                widgets::paragraph(ui, text.try_nothing_yet(), fonts::regular(tokens::UI.0), t.text3);
                return;
            };
            for (place, part) in state.parts.iter().enumerate() {
                if place > 0 {
                    ui.add_space(tokens::S1);
                    widgets::separator(ui);
                }
                ui.push_id(part.scorer.id, |ui| part_ui(ui, cx, state, part));
            }
        });
    }
}

/// One scorer: where it stands, the scores, its requests.
fn part_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &TrialState, part: &TrialPart) {
    let (t, text) = (theme::of(ui), cx.text);
    let scorer = &part.scorer;
    ui.horizontal(|ui| {
        widgets::icon(ui, kind_icon(scorer), 16.0, t.machine);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            widgets::tag(ui, "", kind_words(text, scorer), t.machine, t.machine_soft);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                widgets::elided(ui, &scorer.name, fonts::semibold(tokens::UI.0), t.text);
            });
        });
    });
    match &part.phase {
        TrialPhase::Running => drop(line(ui, icons::CIRCLE_NOTCH, t.text3, text.try_asking())),
        TrialPhase::Done => {}
        TrialPhase::NeedsTwo => {
            widgets::paragraph(ui, text.try_needs_two(), fonts::regular(tokens::UI.0), t.text2);
        }
        TrialPhase::Cancelled => drop(line(ui, icons::PROHIBIT, t.text3, text.try_cancelled())),
        TrialPhase::Stopped(fault) => scorer_fault_ui(ui, text, fault),
    }
    if let Some(waiting) = &part.waiting {
        let seconds = waiting.next_try.duration_since(jiff::Timestamp::now()).as_secs().max(0).unsigned_abs();
        ui.horizontal(|ui| {
            widgets::icon(ui, icons::PLUGS, 14.0, t.rejected);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if Button::new(text.try_now()).small().show(ui).clicked() {
                    cx.out.push(Command::TryScorer(scorer.id));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = text.scorer_away_short(seconds);
                    widgets::elided(ui, words, fonts::regular(tokens::META.0), t.rejected);
                });
            });
        });
        if let Some(said) = text.request_detail(&waiting.fault) {
            said_ui(ui, text, &said);
        }
        ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
    }
    if let Some(judgement) = &part.judgement {
        scores_ui(ui, text, state, part, judgement);
    }
    for (at, exchange) in part.exchanges.iter().enumerate() {
        ui.push_id(at, |ui| exchange_ui(ui, text, state, exchange, at + 1));
    }
}

/// A line for each reply: its number, its score with what belongs to it, its first words.
fn scores_ui(ui: &mut Ui, text: Text, state: &TrialState, part: &TrialPart, judgement: &Judgement) {
    let t = theme::of(ui);
    let ranked = judgement.ranked();
    for (place, score) in judgement.scores.iter().enumerate() {
        let name = text.try_reply(place + 1);
        match &score.result {
            Ok(points) => {
                let better = ranked.iter().filter(|(_, value)| *value > points.value).count();
                let mut about = vec![text.try_rank(better + 1)];
                if let Some(error) = points.error {
                    about.insert(0, text.try_interval(&number(Z95 * error)));
                }
                if let Some(raw) = raw_of(part, score.reply).filter(|raw| (*raw - points.value).abs() > 1e-9) {
                    about.push(text.try_raw(&format!("{raw:.4}")));
                }
                ui.horizontal(|ui| {
                    widgets::label(ui, &name, fonts::regular(tokens::UI.0), t.text2);
                    widgets::label(ui, number(points.value), fonts::semibold(tokens::UI.0), t.text);
                    widgets::label(ui, about.join("  "), fonts::regular(tokens::META.0), t.text2);
                    let words = state.trial.replies.get(place).map_or("", String::as_str);
                    let first: String = words.chars().take(120).collect();
                    widgets::elided(ui, visible(&first.replace('\n', " ")), fonts::regular(tokens::META.0), t.text3);
                });
            }
            Err(why) => {
                ui.horizontal_top(|ui| {
                    widgets::label(ui, &name, fonts::regular(tokens::UI.0), t.text2);
                    widgets::paragraph(ui, text.no_score(why), fonts::regular(tokens::UI.0), t.warning);
                });
            }
        }
    }
    let warn = |ui: &mut Ui, words: &str| {
        widgets::paragraph(ui, words, fonts::regular(tokens::META.0), t.warning);
    };
    if !judgement.inconsistent.is_empty() {
        warn(ui, text.try_inconsistent());
    }
    if !judgement.suspect.is_empty() {
        warn(ui, text.try_suspect());
    }
}

/// The number of a reward model before anything was made of it.
fn raw_of(part: &TrialPart, reply: crate::domain::ReplyId) -> Option<f64> {
    let calls = part.exchanges.iter().filter_map(|exchange| exchange.call.as_ref());
    let verdict = calls.filter(|call| call.shown == [reply]).find_map(|call| call.verdict.clone());
    match verdict {
        Some(MachineVerdict::Reward { raw, .. }) => Some(raw),
        _ => None,
    }
}

/// One request, folded until it is opened: what it asked, what came of it; then both texts.
fn exchange_ui(ui: &mut Ui, text: Text, state: &TrialState, exchange: &Exchange, at: usize) {
    let t = theme::of(ui);
    let id = ui.scope_id().with("exchange");
    let mut open: bool = ui.data(|data| data.get_temp(id)).unwrap_or(false);
    let caret = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    let title = match &exchange.call {
        Some(call) => {
            let shown: Vec<String> = call.shown.iter().map(|reply| number_of(state, *reply)).collect();
            text.try_asked(at, call.kind, &shown.join(", "))
        }
        None => format!("{}  {}", text.try_again(exchange.attempt), text.try_under_way()),
    };
    ui.horizontal(|ui| {
        if Button::new(&title).icon(caret).small().kind(Kind::Quiet).show(ui).clicked() {
            open = !open;
            ui.data_mut(|data| data.insert_temp(id, open));
        }
        if let Some(call) = &exchange.call {
            let (words, color) = match &call.verdict {
                Some(verdict) => (verdict_words(state, verdict), t.text),
                None => (text.verdict_reading(call.reading).to_owned(), t.warning),
            };
            widgets::elided(ui, words, fonts::medium(tokens::META.0), color);
        }
    });
    if let Some(call) = &exchange.call {
        ui.indent("reading", |ui| reading_ui(ui, text, call));
    }
    if open {
        ui.indent("exchange", |ui| {
            sent_ui(ui, text, exchange.sent.as_ref());
            if let Some(call) = &exchange.call {
                came_ui(ui, text, call);
            }
        });
    }
}

/// How the answer was read, and why it gave nothing.
fn reading_ui(ui: &mut Ui, text: Text, call: &Call) {
    let t = theme::of(ui);
    let mut about = vec![text.verdict_reading(call.reading).to_owned()];
    if call.attempt > 1 {
        about.push(text.try_again(call.attempt));
    }
    if !call.removed_from.is_empty() {
        about.push(text.try_removed().to_owned());
    }
    if let Some(answer) = &call.answer {
        if let (Some(sent), Some(came)) = (answer.prompt_tokens, answer.completion_tokens) {
            about.push(text.try_tokens(sent, came));
        }
        if answer.millis > 0 {
            about.push(text.try_millis(answer.millis));
        }
        about.extend(answer.finish_reason.as_deref().map(|reason| text.try_finish(reason)));
    }
    widgets::paragraph(ui, about.join(", "), fonts::regular(tokens::META.0), t.text3);
    if let Some(why) = &call.gap {
        widgets::paragraph(ui, text.no_score(why), fonts::regular(tokens::META.0), t.warning);
        if let Some(said) = text.no_score_detail(why) {
            said_ui(ui, text, &said);
        }
    }
}

fn sent_ui(ui: &mut Ui, text: Text, sent: Option<&Sent>) {
    let t = theme::of(ui);
    match sent {
        None => drop(widgets::label(ui, text.try_not_sent(), fonts::regular(tokens::META.0), t.text3)),
        Some(Sent::Text(words)) => block_ui(ui, text.try_sent_text(), words),
        Some(Sent::Request(words)) => block_ui(ui, text.try_sent_request(), words),
        Some(Sent::Messages(prompt)) => messages_ui(ui, text, prompt),
    }
}

fn messages_ui(ui: &mut Ui, text: Text, prompt: &Prompt) {
    for (at, (role, words)) in prompt.messages().enumerate() {
        let role = match role {
            "system" => text.role_system(),
            "assistant" => text.role_assistant(),
            _ => text.role_user(),
        };
        ui.push_id(at, |ui| block_ui(ui, &text.detailed(text.try_sent(), role), words));
    }
}

fn came_ui(ui: &mut Ui, text: Text, call: &Call) {
    let Some(answer) = &call.answer else { return };
    if let Some(thought) = &answer.reasoning {
        block_ui(ui, text.try_thought(), thought);
    }
    if let Some(declined) = &answer.refusal {
        block_ui(ui, text.try_declined(), declined);
    }
    if !answer.text.is_empty() {
        block_ui(ui, text.try_came(), &answer.text);
    }
}

/// A text as it is, to read and to copy.
fn block_ui(ui: &mut Ui, name: &str, words: &str) {
    let t = theme::of(ui);
    ui.push_id(name, |ui| {
        widgets::label(ui, name, fonts::regular(tokens::META.0), t.text3);
        let frame = egui::Frame::new().fill(t.inset).corner_radius(tokens::R1).inner_margin(8);
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let area = egui::ScrollArea::vertical().id_salt("block").max_height(HIGHEST).auto_shrink([false, true]);
            area.show(ui, |ui| {
                let (shown, rest) = match words.char_indices().nth(SHOWN) {
                    Some((end, _)) => (&words[..end], "…"),
                    None => (words, ""),
                };
                let rich = egui::RichText::new(format!("{}{rest}", visible(shown)));
                let rich = rich.font(fonts::mono(tokens::META.0)).color(t.text2);
                ui.add(egui::Label::new(rich).selectable(true).wrap());
            });
        });
    });
}

/// The number of a reply as it stands in the fields.
fn number_of(state: &TrialState, reply: crate::domain::ReplyId) -> String {
    state.place(reply).map_or_else(|| "?".to_owned(), |place| (place + 1).to_string())
}

/// A verdict by the numbers of the replies.
fn verdict_words(state: &TrialState, verdict: &MachineVerdict) -> String {
    match verdict {
        MachineVerdict::Order(tiers) => {
            let tier =
                |tier: &Vec<_>| tier.iter().map(|reply| number_of(state, *reply)).collect::<Vec<_>>().join(" = ");
            tiers.iter().map(tier).collect::<Vec<_>>().join(" > ")
        }
        MachineVerdict::Winner(Some(winner)) => number_of(state, *winner),
        MachineVerdict::Winner(None) => "=".to_owned(),
        MachineVerdict::Points { value, .. } => number(*value),
        MachineVerdict::Reward { value, .. } => number(*value),
    }
}
