//! A judge's calibration run: what it is and costs, how far it is, what it comes to and why, the figures of both methods.

use egui::accesskit::Role;
use egui::{Align, Layout, Sense, Ui, WidgetInfo, vec2};

use super::cost::requests;
use super::judge::rounded;
use super::look::scorer_fault_ui;
use super::{Cx, ScorePanel};
use crate::domain::{
    CALIBRATION_GROUPS, CALIBRATION_METHODS, CALIBRATION_REPEATS, Calibrated, Calibration, ENOUGH_GROUPS, Flaw,
    JobPhase, Judge, JudgeMethod, Measured, QueueFilter, Scorer, ScorerId, ScorerKind, ScorerState, Worth,
};
use crate::session::{Command, Snapshot};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::panels::endpoint::said_ui;
use crate::ui::theme::{self, Tokens, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// A row of the figures.
const ROW: f32 = 40.0;
/// Lines of reasons are hard to read when they are longer.
const WIDEST: f32 = 760.0;

/// What a card says of a calibration: an icon, words, their colour.
pub(super) fn card_words(t: &Tokens, text: Text, calibration: &Calibration) -> (&'static str, String, egui::Color32) {
    let (icon, color) = match calibration.verdict {
        Worth::Unfinished => (icons::CIRCLE_HALF, t.text3),
        Worth::TooFewLabels { .. } => (icons::INFO, t.text2),
        Worth::Worth { .. } => (icons::CHECK, t.chosen),
        Worth::NotWorth(_) => (icons::WARNING, t.warning),
    };
    (icon, text.calibration_short(calibration), color)
}

/// The judge's settings, where it is one.
fn judge_of(state: &ScorerState) -> Option<&Judge> {
    match &state.scorer.kind {
        ScorerKind::Judge(judge) => Some(judge),
        ScorerKind::Reward(_) => None,
    }
}

/// What the next press does.
enum Step {
    Calibrate(&'static str),
    Label(u64),
    /// Score the rest, as it is set.
    Run(u64),
    /// The same judge with another method, under this name.
    Add(JudgeMethod, String),
    Pause,
}

fn step(text: Text, snapshot: &Snapshot, state: &ScorerState) -> Option<Step> {
    let begin = Some(Step::Calibrate(text.calibrate_begin()));
    let (Some(calibration), Some(judge)) = (state.calibration.as_deref(), judge_of(state)) else { return begin };
    let has_gaps = || [&calibration.lists, &calibration.pairs].iter().any(|of| of.missing.is_some_and(|of| of > 0.0));
    match (calibration.phase, calibration.verdict) {
        (JobPhase::Running, _) => Some(Step::Pause),
        (_, Worth::TooFewLabels { .. }) if calibration.labeled < calibration.groups => {
            Some(Step::Label(calibration.groups - calibration.labeled))
        }
        (_, Worth::Unfinished) if calibration.done < calibration.all => Some(Step::Calibrate(text.calibrate_go_on())),
        (_, Worth::Worth { with, .. }) if with == judge.method => {
            let left = state.groups.saturating_sub(state.scored);
            (left > 0 && state.run.phase == JobPhase::Idle).then_some(Step::Run(left))
        }
        (_, Worth::Worth { with, .. }) => {
            let method = if with == JudgeMethod::Pairs { "pairs" } else { "lists" };
            let name = format!("{}-{method}", state.scorer.name);
            let is_there = snapshot.scorers.iter().any(|other| other.scorer.name == name);
            (!is_there).then_some(Step::Add(with, name))
        }
        // More labels narrow the interval.
        (_, Worth::NotWorth(Flaw::Coin | Flaw::SteadyCoin)) if calibration.labeled < calibration.groups => {
            Some(Step::Label(calibration.groups - calibration.labeled))
        }
        _ if has_gaps() => Some(Step::Calibrate(text.calibrate_again())),
        // There may be more of them now.
        _ if calibration.groups < CALIBRATION_GROUPS as u64 => Some(Step::Calibrate(text.calibrate_anew())),
        _ => None,
    }
}

impl ScorePanel {
    /// Bring the calibration of the judge in front before the eyes.
    pub(super) fn open_calibration(&mut self, snapshot: &Snapshot) {
        self.calibration_open = self.current(snapshot).and_then(judge_of).is_some();
    }

    /// Carry out an action while the calibration is in front.
    pub(super) fn act_in_calibration(&mut self, action: Action, cx: &mut Cx<'_>) {
        let snapshot = cx.snapshot;
        let Some(state) = self.current(snapshot) else { return };
        let (id, calibration) = (state.scorer.id, state.calibration.as_deref());
        let is_running = calibration.is_some_and(|calibration| calibration.phase == JobPhase::Running);
        match action {
            Action::RunScorer if has_groups(cx.snapshot) => match step(cx.text, cx.snapshot, state) {
                Some(Step::Pause) | None => {}
                Some(step) => take(step, cx, state),
            },
            Action::PauseScorer if is_running => cx.out.push(Command::PauseCalibration(id)),
            Action::CancelScorer => cx.out.push(Command::CancelCalibration(id)),
            Action::ScorerUp | Action::ScorerDown | Action::ScorerFirst | Action::ScorerLast => {
                self.step(action, cx.snapshot);
                self.open_calibration(cx.snapshot);
            }
            _ => {}
        }
    }

    pub(super) fn calibration_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let (t, text) = (theme::of(ui), cx.text);
        let size = ui.available_size();
        let Some(judge) = judge_of(state) else {
            self.calibration_open = false;
            return;
        };
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(size.x - 30.0);
            ui.set_height(size.y - 30.0);
            ui.spacing_mut().item_spacing = vec2(tokens::S2, tokens::S2);
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if Button::icon_only(icons::X, text.close()).key("Esc").small().show(ui).clicked() {
                        self.calibration_open = false;
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        let title = text.calibrate_title(&state.scorer.name);
                        widgets::elided(ui, title, fonts::semibold(tokens::TITLE.0), t.text);
                    });
                });
            });
            let area = egui::ScrollArea::vertical().id_salt("calibration").auto_shrink(false);
            area.show(ui, |ui| {
                ui.set_max_width(WIDEST.min(ui.available_width()));
                widgets::paragraph(ui, text.calibrate_note(), fonts::regular(tokens::UI.0), t.text2);
                match state.calibration.as_deref() {
                    None => begin_ui(ui, cx, judge),
                    Some(calibration) => stand_ui(ui, cx, state, calibration),
                }
                buttons_ui(ui, cx, state);
                if let Some(calibration) = state.calibration.as_deref().filter(|calibration| calibration.done > 0) {
                    ui.add_space(tokens::S2);
                    figures_ui(ui, text, calibration);
                }
            });
        });
    }
}

/// Do what the next press does.
fn take(step: Step, cx: &mut Cx<'_>, state: &ScorerState) {
    let id = state.scorer.id;
    cx.out.extend(match step {
        Step::Calibrate(_) => Some(Command::Calibrate(id)),
        Step::Label(_) => Some(Command::LabelCalibration(id)),
        Step::Run(_) => Some(Command::Score { scorer: id, filter: QueueFilter::All, follows: false }),
        Step::Pause => Some(Command::PauseCalibration(id)),
        Step::Add(method, name) => judge_of(state).map(|judge| {
            let kind = ScorerKind::Judge(Judge { method, ..judge.clone() });
            let (id, created_at) = (ScorerId::new(), jiff::Timestamp::now());
            let endpoint = state.scorer.endpoint.clone();
            Command::AddScorer(Box::new(Scorer { id, name, endpoint, kind, created_at, calibrates: None }))
        }),
    });
}

/// There is something to ask about.
fn has_groups(snapshot: &Snapshot) -> bool {
    snapshot.scorers.first().is_some_and(|state| state.groups > 0)
}

/// What it costs, before there is one.
fn begin_ui(ui: &mut Ui, cx: &Cx<'_>, judge: &Judge) {
    let (t, text, snapshot) = (theme::of(ui), cx.text, cx.snapshot);
    let replies = match &snapshot.current {
        Some(open) => open.group.wanted,
        None => snapshot.plan.replies.get(),
    };
    let there = snapshot.scorers.first().map_or(0, |state| state.groups);
    let groups = there.min(CALIBRATION_GROUPS as u64);
    let each: u32 = CALIBRATION_METHODS
        .iter()
        .map(|method| requests(&Judge { method: *method, ..judge.clone() }, replies).count)
        .sum();
    let all = u64::from(each) * u64::from(CALIBRATION_REPEATS) * groups;
    let words = if groups == 0 { text.calibrate_none().to_owned() } else { text.calibrate_cost(groups, &rounded(all)) };
    widgets::label(ui, words, fonts::medium(tokens::UI.0), t.text);
    if groups > 0 && groups < ENOUGH_GROUPS {
        widgets::paragraph(ui, text.calibrate_few(groups), fonts::regular(tokens::META.0), t.warning);
    }
}

/// How far it is, what it comes to, and why.
fn stand_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState, calibration: &Calibration) {
    let (t, text) = (theme::of(ui), cx.text);
    let is_over = calibration.phase == JobPhase::Idle && calibration.done == calibration.all;
    let progress = text.calibrate_progress(calibration.done, calibration.all);
    if !is_over {
        let share = calibration.done as f32 / calibration.all.max(1) as f32;
        widgets::progress_bar(ui, ui.available_width(), share, t.machine, &progress);
    }
    let mut about = vec![progress, text.calibrate_labeled(calibration.labeled, calibration.groups)];
    if calibration.phase == JobPhase::Paused {
        about.push(text.calibrate_paused().to_owned());
    }
    widgets::paragraph(ui, about.join("  ·  "), fonts::regular(tokens::META.0), t.text2);
    if let Some(waiting) = &calibration.waiting {
        let seconds = waiting.next_try.duration_since(jiff::Timestamp::now()).as_secs().max(0).unsigned_abs();
        ui.horizontal(|ui| {
            widgets::icon(ui, icons::PLUGS, 14.0, t.rejected);
            widgets::label(ui, text.scorer_away(seconds, waiting.tries), fonts::regular(tokens::META.0), t.rejected);
            if Button::new(text.try_now()).small().show(ui).clicked() {
                cx.out.push(Command::TryScorer(state.scorer.id));
            }
        });
        if let Some(said) = text.request_detail(&waiting.fault) {
            said_ui(ui, text, &said);
        }
        ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
    }
    if let Some(fault) = &calibration.stopped {
        scorer_fault_ui(ui, text, fault);
    }
    ui.add_space(tokens::S1);
    let (icon, _, color) = card_words(t, text, calibration);
    if calibration.verdict != Worth::Unfinished {
        ui.horizontal(|ui| {
            widgets::icon(ui, icon, 18.0, color);
            let verdict = text.calibration_verdict(&state.scorer.name, calibration.verdict);
            widgets::label(ui, verdict, fonts::semibold(tokens::HEADING.0), t.text);
        });
    }
    for reason in text.calibration_reasons(calibration) {
        widgets::paragraph(ui, reason, fonts::regular(tokens::UI.0), t.text);
    }
}

fn buttons_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
    let (t, text, id) = (theme::of(ui), cx.text, state.scorer.id);
    let calibration = state.calibration.as_deref();
    let ready = has_groups(cx.snapshot);
    ui.horizontal(|ui| {
        let enter = Action::RunScorer.hint(ui.ctx());
        if let Some(step) = step(text, cx.snapshot, state) {
            let first = calibration.is_none_or(|calibration| calibration.verdict == Worth::Unfinished);
            let (words, kind) = match &step {
                Step::Calibrate(words) if first => ((*words).to_owned(), Kind::Primary),
                Step::Calibrate(words) => ((*words).to_owned(), Kind::Plain),
                Step::Label(count) => {
                    let is_open = calibration.is_some_and(|of| matches!(of.verdict, Worth::TooFewLabels { .. }));
                    (text.calibrate_label(*count), if is_open { Kind::Primary } else { Kind::Plain })
                }
                Step::Run(groups) => (text.calibrate_run(*groups), Kind::Primary),
                Step::Add(_, name) => (text.calibrate_add(name), Kind::Primary),
                Step::Pause => (text.calibrate_pause().to_owned(), Kind::Plain),
            };
            let pause = Action::PauseScorer.hint(ui.ctx());
            let is_pause = matches!(step, Step::Pause);
            let button = Button::new(&words).kind(kind).key(if is_pause { &pause } else { &enter });
            let note = matches!(step, Step::Add(..)).then(|| text.calibrate_add_note());
            if button.enabled(ready).show(ui).clicked() {
                take(step, cx, state);
            }
            if let Some(note) = note {
                widgets::elided(ui, note, fonts::regular(tokens::META.0), t.text3);
            }
        }
        let is_begun = calibration.is_some_and(|calibration| calibration.phase != JobPhase::Idle);
        let key = Action::CancelScorer.hint(ui.ctx());
        if is_begun && Button::new(text.calibrate_cancel()).icon(icons::X).key(&key).show(ui).clicked() {
            cx.out.push(Command::CancelCalibration(id));
        }
    });
}

/// Lists and pairs side by side; each figure says what it rests on.
fn figures_ui(ui: &mut Ui, text: Text, calibration: &Calibration) {
    let t = theme::of(ui);
    let column = ((ui.available_width() - 180.0) / 2.0).clamp(150.0, 260.0);
    let row = |ui: &mut Ui, name: &str, note: &str, cells: [(String, String); 2], is_head: bool| {
        let height = if is_head { 24.0 } else { ROW };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let told = |(value, rests): &(String, String)| {
            if rests.is_empty() { value.clone() } else { format!("{value} ({rests})") }
        };
        if !is_head {
            let [lists, pairs] = [told(&cells[0]), told(&cells[1])];
            let [first, second] = [text.calibrate_lists(), text.calibrate_pairs()];
            let words = format!("{name}. {first}: {lists}. {second}: {pairs}. {note}");
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
        }
        let left = egui::Align2::LEFT_CENTER;
        let painter = ui.painter();
        let y = rect.center().y;
        painter.text(egui::pos2(rect.left(), y), left, name, fonts::regular(tokens::UI.0), t.text2);
        for (at, (value, rests)) in cells.iter().enumerate() {
            let x = rect.left() + 180.0 + column * at as f32;
            let raised = if rests.is_empty() { 0.0 } else { 8.0 };
            let font = if is_head { fonts::semibold(tokens::META.0) } else { fonts::medium(tokens::UI.0) };
            painter.text(egui::pos2(x, y - raised), left, value, font, t.text);
            painter.text(egui::pos2(x, y + 9.0), left, rests, fonts::regular(tokens::META.0), t.text3);
        }
        painter.hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, t.stroke));
        if !note.is_empty() {
            response.on_hover_text(note);
        }
    };
    ui.spacing_mut().item_spacing.y = 0.0;
    let heads = [text.calibrate_lists(), text.calibrate_pairs()].map(|name| (name.to_owned(), String::new()));
    row(ui, "", "", heads, true);
    let both = [&calibration.lists, &calibration.pairs];
    let measured = |of: fn(&Calibrated) -> Option<Measured>| both.map(|method| measured_words(text, of(method)));
    let plain = |of: fn(&Calibrated) -> Option<f64>, show: &dyn Fn(f64) -> String| {
        both.map(|method| (of(method).map_or_else(|| "–".to_owned(), show), String::new()))
    };
    row(ui, text.figure_accuracy(), text.figure_accuracy_note(), measured(|of| of.accuracy), false);
    row(ui, text.figure_steadiness(), text.figure_steadiness_note(), measured(|of| of.steadiness), false);
    row(ui, text.figure_flips(), text.figure_flips_note(), measured(|of| of.flips), false);
    let share = |value: f64| text.plain_share(value);
    row(ui, text.figure_missing(), text.figure_missing_note(), plain(|of| of.missing, &share), false);
    let one = |value: f64| format!("{value:.1}");
    row(ui, text.figure_requests(), text.figure_requests_note(), plain(|of| of.requests, &one), false);
    let whole = |value: f64| rounded(value.round() as u64);
    row(ui, text.figure_tokens(), text.figure_tokens_note(), plain(|of| of.tokens, &whole), false);
    let figures = both.iter().flat_map(|of| [of.accuracy, of.steadiness, of.flips]).flatten();
    if figures.clone().any(|figure| figure.interval.is_none()) {
        ui.add_space(tokens::S1);
        widgets::paragraph(ui, text.no_interval(ENOUGH_GROUPS), fonts::regular(tokens::META.0), t.text3);
    }
}

/// A figure, and what it rests on.
fn measured_words(text: Text, measured: Option<Measured>) -> (String, String) {
    let Some(measured) = measured else { return ("–".to_owned(), String::new()) };
    (text.measured_share(&measured), text.figure_rests(measured.groups, measured.cases))
}
