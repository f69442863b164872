//! Which groups to label next so that the figures say more: picking them, and going on with those that were picked.

use egui::{Align, Layout, Ui, vec2};

use super::{Cx, ScorePanel};
use crate::domain::{Draw, QueueFilter, ScorerId, View};
use crate::session::{Command, Snapshot};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// Groups that are picked at once.
const COUNT: u32 = 50;
/// The ways to pick, in the order of the menu.
const WAYS: [Action; 4] = [Action::PickMixed, Action::PickRandom, Action::PickDisagreement, Action::PickAudit];

/// What an action picks: `None` is the mix.
fn draw_of(action: Action) -> Option<Option<Draw>> {
    match action {
        Action::PickMixed => Some(None),
        Action::PickRandom => Some(Some(Draw::Random)),
        Action::PickDisagreement => Some(Some(Draw::Disagreement)),
        Action::PickAudit => Some(Some(Draw::Audit)),
        _ => None,
    }
}

fn words_of(text: Text, action: Action) -> (String, &'static str) {
    match action {
        Action::PickRandom => (text.spot_random(COUNT), text.spot_random_note()),
        Action::PickDisagreement => (text.spot_disagreement(COUNT), text.spot_disagreement_note()),
        Action::PickAudit => (text.spot_audit(COUNT), text.spot_audit_note()),
        _ => (text.spot_mixed(COUNT), text.spot_mixed_note()),
    }
}

/// Some of the last picks wait for a label.
fn is_unfinished(snapshot: &Snapshot) -> bool {
    snapshot.picked.labeled < snapshot.picked.groups
}

/// Carry out a pick, or go on with the last one; whether the action is one of them.
pub(super) fn pick(action: Action, scorer: ScorerId, snapshot: &Snapshot, out: &mut Vec<Command>) -> bool {
    let pick = |draw| Command::Pick { scorer, draw, count: COUNT };
    if let Some(draw) = draw_of(action) {
        out.push(pick(draw));
        return true;
    }
    if action != Action::SpotCheck {
        return false;
    }
    let next = snapshot.queue.iter().find(|row| row.picked && !row.status.labeled());
    match next.filter(|_| is_unfinished(snapshot)) {
        Some(row) => {
            out.extend([Command::SetFilter(QueueFilter::Picked), Command::Go(row.id), Command::SetView(View::Label)]);
        }
        None => out.push(pick(None)),
    }
    true
}

impl ScorePanel {
    /// What the button that labels next says.
    pub(super) fn spot_words(&self, cx: &Cx<'_>) -> String {
        if is_unfinished(cx.snapshot) { cx.text.spot_go_on().to_owned() } else { cx.text.spot_next(COUNT) }
    }

    /// The button with its menu, and below it how far the last picks are.
    pub(super) fn spot_ui(&self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let (t, text) = (theme::of(ui), cx.text);
        let width = ui.available_width();
        let picked = cx.snapshot.picked;
        if picked.groups > 0 {
            let words = text.spot_progress(picked.labeled, picked.groups);
            let share = picked.labeled as f32 / picked.groups as f32;
            widgets::label(ui, &words, fonts::regular(tokens::META.0), t.text2);
            widgets::progress_bar(ui, width, share, t.accent, &words);
            ui.add_space(tokens::S1);
        }
        self.spot_button(ui, cx, width);
    }

    /// The button alone, so wide with its menu.
    pub(super) fn spot_button(&self, ui: &mut Ui, cx: &mut Cx<'_>, width: f32) {
        const MENU: f32 = 28.0;
        let text = cx.text;
        let key = Action::SpotCheck.hint(ui.ctx());
        ui.allocate_ui_with_layout(vec2(width, tokens::BUTTON_SMALL), Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = tokens::S1;
            let words = self.spot_words(cx);
            let button = Button::new(&words).key(&key).small().width(width - MENU - tokens::S1);
            if button.show(ui).on_hover_text(text.spot_mixed_note()).clicked() {
                cx.acts.push(Action::SpotCheck);
            }
            let menu = Button::icon_only(icons::CARET_DOWN, text.spot_menu()).kind(Kind::Plain).small().width(MENU);
            let menu = menu.show(ui);
            egui::Popup::menu(&menu).show(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                for way in WAYS {
                    let (words, note) = words_of(text, way);
                    let hint = way.hint(ui.ctx());
                    let row = Button::new(&words).key(&hint).kind(Kind::Quiet).row(280.0).show(ui);
                    if row.on_hover_text(note).clicked() {
                        cx.acts.push(way);
                        ui.close();
                    }
                }
            });
        });
    }
}
