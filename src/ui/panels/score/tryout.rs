//! Trying scorers on replies of one's own: the fields, and who is asked. What they say stands in `tried`.

use egui::{Align, Layout, Rect, Ui, UiBuilder, vec2};

use super::cards::kind_icon;
use super::{Cx, ScorePanel};
use crate::domain::{MOST_TRIED, Prompt, RowFault, ScorerId, Trial, Turn};
use crate::formats::{Format, pasted};
use crate::session::Command;
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// The foot with the button.
const FOOT: f32 = 46.0;
/// A field scrolls when it is higher.
const HIGHEST: f32 = 150.0;
/// A field of several lines is as high as so many at least.
const LINES: usize = 3;
/// How far keys scroll the results.
const STEP: f32 = 60.0;
const PAGE: f32 = 400.0;

/// What happened to the fields last.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    Row { format: Format, replies: usize },
    Refused(RowFault),
    Group { number: u64 },
    Leads { number: u64 },
    NoGroup,
}

/// The fields as they were written.
#[derive(Debug)]
pub(super) struct Tryout {
    pub(super) open: bool,
    system: String,
    /// Of a group or a row that had some.
    history: Vec<Turn>,
    prompt: String,
    replies: Vec<String>,
    /// Scorers that are not asked.
    left_out: Vec<ScorerId>,
    told: Option<Told>,
    focus: bool,
    /// How far the results are to be scrolled by keys.
    pub(super) scroll: f32,
}

impl Default for Tryout {
    fn default() -> Self {
        Self {
            open: false,
            system: String::new(),
            history: Vec::new(),
            prompt: String::new(),
            replies: vec![String::new(); 2],
            left_out: Vec::new(),
            told: None,
            focus: false,
            scroll: 0.0,
        }
    }
}

impl Tryout {
    /// The trial that the fields make; replies without text are left out.
    fn trial(&self, scorers: &[ScorerId]) -> Option<Trial> {
        let has_text = |text: &str| !text.trim().is_empty();
        let replies: Vec<String> = self.replies.iter().filter(|reply| has_text(reply)).cloned().collect();
        let scorers: Vec<ScorerId> = scorers.iter().copied().filter(|id| !self.left_out.contains(id)).collect();
        if !has_text(&self.prompt) || replies.is_empty() || scorers.is_empty() {
            return None;
        }
        let system = has_text(&self.system).then(|| self.system.clone());
        let prompt = Prompt { system, history: self.history.clone(), user: self.prompt.clone() };
        Some(Trial { prompt, replies, scorers })
    }

    /// Take a row apart that was pasted into a field.
    fn take_row(&mut self, written: &str) {
        let Some((format, group)) = pasted(written) else { return };
        match group {
            Ok(group) => {
                let replies: Vec<String> = group.replies.into_iter().map(|reply| reply.text).take(MOST_TRIED).collect();
                self.told = Some(Told::Row { format, replies: replies.len() });
                self.fill(group.prompt, replies);
            }
            Err(fault) => self.told = Some(Told::Refused(fault)),
        }
    }

    fn fill(&mut self, prompt: Prompt, replies: Vec<String>) {
        self.system = prompt.system.unwrap_or_default();
        self.history = prompt.history;
        self.prompt = prompt.user;
        self.replies = replies;
        self.replies.resize(self.replies.len().max(1), String::new());
    }

    /// Take the group in front: its replies only where the annotator has decided, since seeing their scores would lead.
    fn take_group(&mut self, cx: &Cx<'_>) {
        let Some(open) = &cx.snapshot.current else {
            self.told = Some(Told::NoGroup);
            return;
        };
        let number = open.group.number;
        let (told, replies) = if open.label.is_some() {
            let texts = open.replies().map(|reply| reply.text.clone()).take(MOST_TRIED).collect();
            (Told::Group { number }, texts)
        } else {
            (Told::Leads { number }, Vec::new())
        };
        self.fill(open.group.prompt.clone(), replies);
        self.told = Some(told);
    }
}

impl ScorePanel {
    pub(super) fn open_tryout(&mut self) {
        self.tryout.open = true;
        self.tryout.focus = true;
    }

    /// Ask the scorers about what the fields hold.
    pub(super) fn try_out(&mut self, cx: &mut Cx<'_>) {
        if let Some(trial) = self.tryout.trial(&scorers(cx)) {
            cx.out.push(Command::TryOut(Box::new(trial)));
        }
    }

    /// Carry out an action while the trial is in front.
    pub(super) fn act_in_tryout(&mut self, action: Action, cx: &mut Cx<'_>) {
        match action {
            Action::KeepScorer => self.try_out(cx),
            Action::CancelScorer => cx.out.push(Command::CancelTrial),
            Action::ScorerUp => self.tryout.scroll -= STEP,
            Action::ScorerDown => self.tryout.scroll += STEP,
            Action::ScorerPageUp => self.tryout.scroll -= PAGE,
            Action::ScorerPageDown => self.tryout.scroll += PAGE,
            _ => {}
        }
    }

    pub(super) fn tryout_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let (t, text) = (theme::of(ui), cx.text);
        let size = ui.available_size();
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(size.x - 30.0);
            ui.set_height(size.y - 30.0);
            ui.spacing_mut().item_spacing = vec2(tokens::S2, tokens::S2);
            ui.horizontal(|ui| {
                widgets::label(ui, text.try_title(), fonts::semibold(tokens::TITLE.0), t.text);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if Button::icon_only(icons::X, text.close()).key("Esc").small().show(ui).clicked() {
                        self.tryout.open = false;
                    }
                });
            });
            let whole = ui.available_rect_before_wrap();
            let half = ((whole.width() - tokens::S5) / 2.0).floor();
            // Results have more to show than fields.
            let fields = half.min(440.0);
            let left = Rect::from_min_size(whole.min, vec2(fields, whole.height()));
            let right = Rect::from_min_max(whole.min + vec2(fields + tokens::S5, 0.0), whole.max);
            ui.scope_builder(UiBuilder::new().max_rect(left), |ui| self.ask_ui(ui, cx, fields));
            ui.scope_builder(UiBuilder::new().max_rect(right), |ui| self.results_ui(ui, cx));
        });
    }

    /// The fields and the button.
    fn ask_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, width: f32) {
        let body = vec2(width, (ui.available_height() - FOOT).max(80.0));
        ui.allocate_ui(body, |ui| {
            ui.set_min_size(body);
            let area = egui::ScrollArea::vertical().id_salt("tryout-fields").auto_shrink(false);
            area.show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = tokens::S2;
                self.fields_of_tryout(ui, cx, width - 12.0);
                super::add::follow_focus(ui, &mut self.focused);
            });
        });
        widgets::separator(ui);
        self.tryout_foot(ui, cx);
    }

    fn fields_of_tryout(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, width: f32) {
        let (t, text) = (theme::of(ui), cx.text);
        let meta = fonts::regular(tokens::META.0);
        let tryout = &mut self.tryout;
        widgets::paragraph(ui, text.try_note(), meta.clone(), t.text2);
        ui.horizontal(|ui| {
            if Button::new(text.try_take_group()).icon(icons::CARDS).small().show(ui).clicked() {
                tryout.take_group(cx);
            }
            if Button::new(text.try_clear()).small().kind(Kind::Quiet).show(ui).clicked() {
                let left_out = std::mem::take(&mut tryout.left_out);
                *tryout = Tryout { open: true, focus: true, left_out, ..Tryout::default() };
            }
        });
        if let Some(told) = &tryout.told {
            let leads = matches!(told, Told::Leads { .. } | Told::Refused(_));
            let color = if leads { t.warning } else { t.text2 };
            widgets::paragraph(ui, told_words(text, told), meta.clone(), color);
        }
        let field = width - 16.0;
        let mut row = None;
        let mut write = |ui: &mut Ui, written: &mut String, name: &str, hint: &str| {
            let area = egui::ScrollArea::vertical().id_salt(("field", name)).max_height(HIGHEST);
            let shown = area.show(ui, |ui| widgets::multiline(ui, written, name, hint, LINES, field)).inner;
            if shown.changed() && written.trim_start().starts_with(['{', '[']) {
                row = Some(written.clone());
            }
            shown
        };
        widgets::label(ui, text.try_system(), fonts::semibold(tokens::UI.0), t.text);
        widgets::field(ui, &mut tryout.system, text.try_system(), text.try_system_hint(), field);
        if !tryout.history.is_empty() {
            ui.horizontal(|ui| {
                widgets::elided(ui, text.try_earlier(tryout.history.len()), meta.clone(), t.text2);
                let button = Button::icon_only(icons::X, text.try_drop_earlier()).small();
                if button.show(ui).on_hover_text(text.try_drop_earlier()).clicked() {
                    tryout.history.clear();
                }
            });
        }
        widgets::label(ui, text.try_prompt(), fonts::semibold(tokens::UI.0), t.text);
        let prompt = write(ui, &mut tryout.prompt, text.try_prompt(), text.try_prompt_hint());
        if std::mem::take(&mut tryout.focus) {
            prompt.request_focus();
        }
        let mut removed = None;
        let count = tryout.replies.len();
        for (place, reply) in tryout.replies.iter_mut().enumerate() {
            let name = text.try_reply(place + 1);
            ui.horizontal(|ui| {
                widgets::label(ui, &name, fonts::semibold(tokens::UI.0), t.text);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let words = text.try_remove_reply(place + 1);
                    let button = Button::icon_only(icons::TRASH, &words).small().enabled(count > 1);
                    if button.show(ui).on_hover_text(&words).clicked() {
                        removed = Some(place);
                    }
                });
            });
            write(ui, reply, &name, text.try_reply_hint());
        }
        if let Some(place) = removed {
            tryout.replies.remove(place);
        }
        let add = Button::new(text.try_add_reply()).icon(icons::PLUS).small().enabled(count < MOST_TRIED);
        if add.show(ui).clicked() {
            tryout.replies.push(String::new());
        }
        if let Some(row) = row {
            tryout.take_row(&row);
        }
        ui.add_space(tokens::S1);
        self.who_ui(ui, cx);
        ui.add_space(tokens::S3);
    }

    /// Which scorers are asked.
    fn who_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let (t, text) = (theme::of(ui), cx.text);
        widgets::label(ui, text.try_scorers(), fonts::semibold(tokens::UI.0), t.text);
        if cx.snapshot.scorers.is_empty() {
            widgets::paragraph(ui, text.try_no_scorer(), fonts::regular(tokens::META.0), t.text2);
            let key = Action::AddScorer.hint(ui.ctx());
            if Button::new(text.act_add_scorer()).icon(icons::PLUS).key(&key).small().show(ui).clicked() {
                cx.acts.push(Action::AddScorer);
            }
        }
        let left_out = &mut self.tryout.left_out;
        for state in cx.snapshot.scorers.iter() {
            let (id, is_asked) = (state.scorer.id, !left_out.contains(&state.scorer.id));
            ui.horizontal(|ui| {
                if widgets::check_box(ui, is_asked, &state.scorer.name, true, t.accent).clicked() {
                    left_out.retain(|other| *other != id);
                    if is_asked {
                        left_out.push(id);
                    }
                }
                widgets::icon(ui, kind_icon(&state.scorer), 14.0, t.machine);
            });
        }
    }

    fn tryout_foot(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let (t, text) = (theme::of(ui), cx.text);
        let is_running = cx.snapshot.trial.as_ref().is_some_and(|trial| trial.is_running());
        let lack = match self.tryout.trial(&scorers(cx)) {
            Some(_) => "",
            None if cx.snapshot.scorers.iter().all(|state| self.tryout.left_out.contains(&state.scorer.id)) => {
                text.try_needs_scorer()
            }
            None => text.try_needs_text(),
        };
        ui.horizontal(|ui| {
            ui.set_height(tokens::BUTTON);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let key = Action::KeepScorer.hint(ui.ctx());
                let button = Button::new(text.try_run()).kind(Kind::Primary).key(&key);
                if button.enabled(lack.is_empty()).show(ui).clicked() {
                    cx.acts.push(Action::KeepScorer);
                }
                let key = Action::CancelScorer.hint(ui.ctx());
                if is_running && Button::new(text.try_stop()).icon(icons::X).key(&key).show(ui).clicked() {
                    cx.out.push(Command::CancelTrial);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    widgets::elided(ui, lack, fonts::regular(tokens::UI.0), t.text3);
                });
            });
        });
    }
}

/// All scorers of the list.
fn scorers(cx: &Cx<'_>) -> Vec<ScorerId> {
    cx.snapshot.scorers.iter().map(|state| state.scorer.id).collect()
}

fn told_words(text: Text, told: &Told) -> String {
    match told {
        Told::Row { format, replies } => text.try_row_taken(format.name(), *replies),
        Told::Refused(fault) => text.try_row_refused(&text.row_fault(fault)),
        Told::Group { number } => text.try_group_taken(*number),
        Told::Leads { number } => text.try_group_leads(*number),
        Told::NoGroup => text.try_no_group().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_row_fills_the_fields_and_a_text_stays_one() {
        let mut tryout = Tryout { replies: vec!["one".to_owned(); 3], ..Tryout::default() };
        tryout.take_row("{not a row}");
        assert_eq!((tryout.replies.len(), &tryout.told), (3, &None));
        tryout.take_row(
            r#"{"messages": [{"role": "user", "value": "Q"}, {"role": "assistant", "chosen_value": "good", "rejected_value": "bad"}]}"#,
        );
        assert_eq!(
            (tryout.prompt.as_str(), tryout.replies.as_slice()),
            ("Q", &["good".to_owned(), "bad".to_owned()][..])
        );
        assert_eq!(tryout.told, Some(Told::Row { format: Format::Seed004, replies: 2 }));
        tryout.take_row(r#"{"prompt": "R", "chosen": "", "rejected": "bad"}"#);
        assert_eq!(tryout.prompt, "Q", "a row that cannot be taken apart changes nothing");
        assert!(matches!(tryout.told, Some(Told::Refused(_))));
    }

    #[test]
    fn what_is_empty_is_not_asked_about() {
        let scorers = [ScorerId::new(), ScorerId::new()];
        let mut tryout = Tryout { prompt: "Q".to_owned(), ..Tryout::default() };
        assert_eq!(tryout.trial(&scorers), None);
        tryout.replies = vec![" ".to_owned(), "one".to_owned(), String::new()];
        tryout.left_out = vec![scorers[0]];
        let trial = tryout.trial(&scorers).unwrap();
        assert_eq!((trial.replies.as_slice(), trial.scorers.as_slice()), (&["one".to_owned()][..], &scorers[1..]));
        assert_eq!(trial.prompt.system, None);
        tryout.left_out.push(scorers[1]);
        assert_eq!(tryout.trial(&scorers), None);
    }
}
