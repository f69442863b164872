//! The scorers as cards: what each is, how far it is, what holds it up.

use egui::accesskit::Role;
use egui::{Align, CornerRadius, Layout, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo, vec2};

use super::add::server_words;
use super::{Cx, Pane, ScorePanel, Tab, calibration};
use crate::domain::{JobPhase, Judge, Scorer, ScorerKind, ScorerState};
use crate::session::Command;
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

const PADDING: f32 = 12.0;
const LINE: f32 = 20.0;
/// The line with the counts and the buttons.
const COUNTS: f32 = 26.0;
const GAP: f32 = 2.0;
/// A card in the strip of a narrow window.
const STRIP_CARD: f32 = 244.0;
/// What stands beside it.
const SIDE: f32 = 240.0;

impl ScorePanel {
    /// The column at the left.
    pub(super) fn column_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let (t, text) = (theme::of(ui), cx.text);
        let size = ui.available_size();
        widgets::card_frame(ui).inner_margin(egui::Margin::symmetric(14, 12)).show(ui, |ui| {
            ui.set_width(size.x - 30.0);
            ui.set_height(size.y - 26.0);
            ui.spacing_mut().item_spacing.y = tokens::S2;
            ui.horizontal(|ui| {
                widgets::label(ui, text.scorers(), fonts::semibold(tokens::UI.0), t.text);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| self.add_button(ui, cx));
            });
            let foot = if cx.snapshot.picked.groups > 0 { 74.0 } else { 45.0 };
            let area = egui::ScrollArea::vertical().id_salt("scorers").auto_shrink(false);
            area.max_height((ui.available_height() - foot).max(80.0)).show(ui, |ui| {
                let width = ui.available_width();
                for state in cx.snapshot.scorers.iter() {
                    self.card_ui(ui, cx, state, vec2(width, height(state, false)), false);
                }
                if let Some(state) = self.current(cx.snapshot) {
                    self.figures_ui(ui, cx, state);
                }
            });
            if self.current(cx.snapshot).is_some() {
                widgets::separator(ui);
                ui.spacing_mut().item_spacing.y = tokens::S1;
                self.spot_ui(ui, cx);
            }
        });
    }

    /// The same as a strip, where the window is narrow. What a scorer is stands below, for the one in front.
    pub(super) fn strip_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let tallest = cx.snapshot.scorers.iter().map(|state| height(state, true)).fold(0.0, f32::max);
        let room = ui.available_width() - SIDE;
        let bar = if cx.snapshot.scorers.len() as f32 * (STRIP_CARD + tokens::S2) > room { 12.0 } else { 0.0 };
        let (whole, _) = ui.allocate_exact_size(vec2(ui.available_width(), tallest + bar), Sense::hover());
        let (mut cards, mut side) = (whole, whole);
        cards.max.x = whole.left() + room;
        side.min.x = cards.max.x + tokens::S3;
        ui.scope_builder(UiBuilder::new().max_rect(cards), |ui| {
            let area = egui::ScrollArea::horizontal().id_salt("scorer-strip").auto_shrink(false);
            area.show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    for state in cx.snapshot.scorers.iter() {
                        self.card_ui(ui, cx, state, vec2(STRIP_CARD, tallest), true);
                    }
                });
            });
        });
        ui.scope_builder(UiBuilder::new().max_rect(side), |ui| {
            ui.spacing_mut().item_spacing.y = tokens::S1;
            ui.horizontal(|ui| {
                self.add_button(ui, cx);
                let picked = cx.snapshot.picked;
                if picked.groups > 0 {
                    let words = cx.text.spot_progress(picked.labeled, picked.groups);
                    widgets::elided(ui, words, fonts::regular(tokens::META.0), theme::of(ui).text2);
                }
            });
            let width = ui.available_width();
            self.spot_button(ui, cx, width);
        });
    }

    fn add_button(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let key = Action::AddScorer.hint(ui.ctx());
        let button = Button::new(cx.text.act_add_short()).icon(icons::PLUS).key(&key).small();
        if button.show(ui).on_hover_text(Action::AddScorer.words(cx.text)).clicked() {
            cx.acts.push(Action::AddScorer);
        }
        let key = Action::TryOut.hint(ui.ctx());
        let button = Button::new(cx.text.try_short()).key(&key).small().kind(Kind::Quiet);
        if button.show(ui).on_hover_text(Action::TryOut.words(cx.text)).clicked() {
            cx.acts.push(Action::TryOut);
        }
    }

    fn card_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState, size: Vec2, is_short: bool) {
        let (t, text) = (theme::of(ui), cx.text);
        let scorer = &state.scorer;
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let is_front = !self.form_open && !self.tryout.open;
        let is_chosen = is_front && self.current(cx.snapshot).is_some_and(|other| other.scorer.id == scorer.id);
        let (done, all) = progress(state);
        response.widget_info(|| {
            let what =
                [scorer.name.as_str(), kind_words(text, scorer), &about(text, state), &text.groups_of(done, all)];
            WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, what.join(", "))
        });
        if std::mem::take(&mut self.reveal_card) && is_chosen {
            response.scroll_to_me(None);
        }
        let (fill, stroke) = match (is_chosen, response.hovered()) {
            (true, _) => (t.canvas, t.accent_text),
            (_, true) => (t.hover, t.stroke_strong),
            _ => (t.canvas, t.stroke),
        };
        let radius = CornerRadius::same(tokens::R1);
        ui.painter().rect(rect, radius, fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
        if response.has_focus() {
            // Within the card: what scrolls cuts off what stands out of it.
            widgets::focus_ring(ui, rect.shrink(3.0), tokens::R1);
        }
        if response.clicked() {
            self.choose(Some(scorer.id));
            (self.form_open, self.tryout.open) = (false, false);
            self.pane = Pane::Scorers;
        }
        let inner = rect.shrink2(vec2(PADDING, 10.0));
        let layout = Layout::top_down(Align::Min);
        let mut card = ui.new_child(UiBuilder::new().max_rect(inner).id_salt(scorer.id).layout(layout));
        card.spacing_mut().item_spacing = vec2(tokens::S2, GAP);
        card.spacing_mut().interact_size.y = LINE;
        self.card_lines(&mut card, cx, state, is_short, is_chosen);
        if !is_short && response.hovered() {
            response.on_hover_text(server_words(text, &scorer.endpoint));
        }
    }

    fn card_lines(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState, is_short: bool, is_chosen: bool) {
        let (t, text) = (theme::of(ui), cx.text);
        let scorer = &state.scorer;
        let meta = fonts::regular(tokens::META.0);
        line_ui(ui, LINE, |ui| {
            widgets::icon(ui, kind_icon(scorer), 16.0, t.machine);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if is_chosen {
                    menu_ui(ui, cx, scorer);
                }
                widgets::tag(ui, "", kind_words(text, scorer), t.machine, t.machine_soft);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    widgets::elided(ui, &scorer.name, fonts::semibold(tokens::UI.0), t.text);
                });
            });
        });
        if !is_short {
            line_ui(ui, LINE, |ui| drop(widgets::elided(ui, about(text, state), meta.clone(), t.text2)));
        }
        let (done, all) = progress(state);
        if is_complete(state) {
            line_ui(ui, COUNTS, |ui| {
                widgets::icon(ui, icons::CHECK, 14.0, t.chosen);
                widgets::elided(ui, text.groups_of(done, all), meta.clone(), t.chosen);
            });
        } else {
            let counts = text.groups_of(done, all);
            line_ui(ui, 8.0, |ui| {
                let share = done as f32 / all.max(1) as f32;
                widgets::progress_bar(ui, ui.available_width(), share, t.machine, &counts);
            });
            line_ui(ui, COUNTS, |ui| counts_ui(ui, cx, state));
        }
        if let Some(waiting) = &state.waiting {
            let seconds = waiting.next_try.duration_since(jiff::Timestamp::now()).as_secs().max(0).unsigned_abs();
            line_ui(ui, COUNTS, |ui| {
                widgets::icon(ui, icons::PLUGS, 14.0, t.rejected);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if link_ui(ui, text.try_now(), &text.try_named(&scorer.name)) {
                        cx.out.push(Command::TryScorer(scorer.id));
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        widgets::elided(ui, text.scorer_away_short(seconds), meta.clone(), t.rejected);
                    });
                });
            });
            ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
        }
        if let Some(calibration) = &state.calibration {
            line_ui(ui, COUNTS, |ui| {
                let (icon, words, color) = calibration::card_words(t, text, calibration);
                widgets::icon(ui, icon, 14.0, color);
                widgets::elided(ui, words, meta.clone(), color);
            });
        }
        if state.stopped.is_some() {
            line_ui(ui, COUNTS, |ui| {
                widgets::icon(ui, icons::WARNING_CIRCLE, 14.0, t.rejected);
                widgets::elided(ui, text.scorer_stopped_short(), meta.clone(), t.rejected);
            });
        }
        if state.incomplete > 0 {
            line_ui(ui, COUNTS, |ui| {
                widgets::icon(ui, icons::WARNING, 14.0, t.warning);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let name = text.no_score_show_named(&scorer.name);
                    if link_ui(ui, text.no_score_show(), &name) {
                        self.choose(Some(scorer.id));
                        (self.form_open, self.tryout.open) = (false, false);
                        self.tab = Tab::Gaps;
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        widgets::elided(ui, gap_words(text, state.incomplete), meta, t.warning);
                    });
                });
            });
        }
    }
}

/// What else can be done with the scorer in front.
fn menu_ui(ui: &mut Ui, cx: &mut Cx<'_>, scorer: &Scorer) {
    const ACTIONS: [Action; 4] = [Action::RunChoices, Action::TestScorer, Action::CalibrateJudge, Action::RemoveScorer];
    let (t, text) = (theme::of(ui), cx.text);
    let (rect, response) = ui.allocate_exact_size(vec2(22.0, LINE), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text.scorer_menu(&scorer.name)));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(tokens::R1), t.hover);
    }
    let middle = egui::Align2::CENTER_CENTER;
    ui.painter().text(rect.center(), middle, icons::DOTS_THREE, fonts::icon(16.0), t.text2);
    if response.has_focus() {
        widgets::focus_ring(ui, rect.shrink(2.0), tokens::R1);
    }
    egui::Popup::menu(&response).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let is_judge = matches!(scorer.kind, ScorerKind::Judge(_));
        for action in ACTIONS.into_iter().filter(|action| is_judge || *action != Action::CalibrateJudge) {
            let hint = action.hint(ui.ctx());
            let row = Button::new(action.words(text)).icon(action.icon()).key(&hint).kind(Kind::Quiet).row(240.0);
            if row.show(ui).clicked() {
                cx.acts.push(action);
                ui.close();
            }
        }
    });
}

/// Counts, rate, and the buttons that hold it up or let it go on.
fn counts_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
    let (t, text) = (theme::of(ui), cx.text);
    let (id, name) = (state.scorer.id, &state.scorer.name);
    let (done, all) = progress(state);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        if state.run.phase != JobPhase::Idle {
            let words = text.cancel_named(name);
            if icon_button(ui, icons::X, &words) {
                cx.out.push(Command::CancelScorer(id));
            }
            let (icon, words, command) = match state.run.phase {
                JobPhase::Running => (icons::PAUSE, text.pause_named(name), Command::PauseScorer(id)),
                _ => (icons::PLAY, text.go_on_named(name), go_on(state)),
            };
            if icon_button(ui, icon, &words) {
                cx.out.push(command);
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = tokens::S2;
            widgets::label(ui, text.count_of(done, all), fonts::regular(tokens::META.0), t.text);
            if let Some(rate) = rate_words(text, state) {
                widgets::elided(ui, rate, fonts::regular(tokens::META.0), t.text3);
            } else if state.run.phase == JobPhase::Running && state.run.follows && state.left == 0 {
                widgets::elided(ui, text.run_follows_now(), fonts::regular(tokens::META.0), t.text3);
            } else if state.run.phase == JobPhase::Paused && state.stopped.is_none() {
                widgets::elided(ui, text.paused(), fonts::regular(tokens::META.0), t.text3);
            }
        });
    });
}

/// The command that begins a run again as it was.
pub(super) fn go_on(state: &ScorerState) -> Command {
    Command::Score { scorer: state.scorer.id, filter: state.run.filter, follows: state.run.follows }
}

/// Rate and time left; nobody knows how long a server stays away.
pub(super) fn rate_words(text: Text, state: &ScorerState) -> Option<String> {
    let running = state.run.phase == JobPhase::Running && state.waiting.is_none();
    let (rate, left) = (state.per_second?, state.seconds_left()?);
    running.then(|| text.rate_and_left(&format!("{rate:.1}"), &text.span(left)))
}

/// Groups that are done, and that there are: all that can be scored, or those of a run.
pub(crate) fn progress(state: &ScorerState) -> (u64, u64) {
    let all = if state.left > 0 { state.scored + state.left } else { state.groups };
    (state.scored, all.max(state.scored))
}

/// Nothing is left to do, and something was done.
pub(super) fn is_complete(state: &ScorerState) -> bool {
    state.run.phase == JobPhase::Idle && state.scored > 0 && state.scored >= state.groups
}

fn height(state: &ScorerState, is_short: bool) -> f32 {
    let lines = if is_complete(state) { COUNTS } else { 8.0 + GAP + COUNTS };
    let more = u8::from(state.calibration.is_some())
        + u8::from(state.waiting.is_some())
        + u8::from(state.stopped.is_some())
        + u8::from(state.incomplete > 0);
    let words = if is_short { 1.0 } else { 2.0 };
    20.0 + words * (LINE + GAP) + lines + f32::from(more) * (COUNTS + GAP)
}

pub(super) fn kind_icon(scorer: &Scorer) -> &'static str {
    match scorer.kind {
        ScorerKind::Judge(_) => icons::ROBOT,
        ScorerKind::Reward(_) => icons::GAUGE,
    }
}

pub(super) fn kind_words(text: Text, scorer: &Scorer) -> &'static str {
    match scorer.kind {
        ScorerKind::Judge(_) => text.judge(),
        ScorerKind::Reward(_) => text.reward_model(),
    }
}

/// What a scorer is, in a few words.
pub(super) fn about(text: Text, state: &ScorerState) -> String {
    match &state.scorer.kind {
        ScorerKind::Judge(Judge { method, orders, rubric, .. }) => {
            let orders = if method.sorts_lists() { orders.get() } else { 0 };
            text.judge_in_words(*method, orders, rubric)
        }
        ScorerKind::Reward(_) => match &state.finding {
            Some(finding) => text.reward_in_words(finding),
            None => text.look_nothing().to_owned(),
        },
    }
}

pub(super) fn gap_words(text: Text, groups: u64) -> String {
    if groups == 1 { text.no_score_one().to_owned() } else { text.no_score_groups(groups) }
}

fn line_ui(ui: &mut Ui, height: f32, content: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), height);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        content(ui);
    });
}

/// A small button in a line of a card.
fn icon_button(ui: &mut Ui, icon: &str, name: &str) -> bool {
    Button::icon_only(icon, name).kind(Kind::Quiet).small().show(ui).on_hover_text(name).clicked()
}

/// Words that lead somewhere.
pub(super) fn link_ui(ui: &mut Ui, words: &str, name: &str) -> bool {
    let t = theme::of(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), fonts::medium(tokens::META.0), t.text2);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 8.0, LINE), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(tokens::R1), t.hover);
    }
    let at = rect.center() - galley.size() / 2.0;
    ui.painter().galley(at, galley, t.text2);
    if response.has_focus() {
        widgets::focus_ring(ui, rect.shrink(1.0), tokens::R1);
    }
    response.clicked()
}
