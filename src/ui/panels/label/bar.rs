//! The action bar: what to do, what it will give, and the buttons for it.

use egui::{Align, Layout as Flow, Ui};

use super::{Cx, LabelPanel};
use crate::domain::{Tiers, Verdict, pair_count};
use crate::session::OpenGroup;
use crate::settings::Layout;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// Replies that the bar names as not seen.
const NAMED: usize = 6;

pub(super) fn bar_ui(panel: &mut LabelPanel, ui: &mut Ui, cx: &Cx<'_>, acts: &mut Vec<Action>) {
    let t = theme::of(ui);
    let frame = egui::Frame::new().fill(t.bg).inner_margin(egui::Margin::symmetric(16, 10));
    egui::Panel::bottom("actions").exact_size(tokens::ACTION_BAR).resizable(false).frame(frame).show(ui, |ui| {
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            let ready = cx.snapshot.current.is_some();
            let ended = !ready && cx.snapshot.counts.total > 0;
            let short = cx.width < tokens::NARROW;
            let text = cx.text;
            let mut pressed = None;
            let mut button = |ui: &mut Ui, action: Action, words: &str, kind: Kind| {
                let hint = action.hint(ui.ctx());
                if Button::new(words).key(&hint).kind(kind).enabled(ready).show(ui).clicked() {
                    pressed = Some(action);
                }
            };
            let standing = cx.snapshot.current.as_ref().filter(|open| panel.stands(open));
            if standing.is_some() {
                super::reveal::buttons_ui(ui, cx, acts);
            } else if !ended {
                let pick = |long: &'static str, brief: &'static str| if short { brief } else { long };
                button(ui, Action::Confirm, pick(text.act_confirm(), text.act_confirm_short()), Kind::Primary);
                let regenerate = pick(text.act_regenerate(), text.act_regenerate_short());
                button(ui, Action::Regenerate, regenerate, Kind::Plain);
                button(ui, Action::Skip, pick(text.act_skip(), text.act_skip_short()), Kind::Plain);
                button(ui, Action::NoneAcceptable, text.act_none(), Kind::Quiet);
            }
            acts.extend(pressed);
            if let Some(open) = cx.snapshot.current.as_ref().filter(|_| standing.is_none()) {
                pairs_ui(panel, ui, cx, open);
            }
            ui.with_layout(Flow::left_to_right(Align::Center), |ui| match &cx.snapshot.current {
                Some(open) if standing.is_some() => standing_ui(panel, ui, cx, open),
                Some(open) => left_ui(panel, ui, cx, open, acts),
                None => {
                    if cx.snapshot.counts.total > 0 {
                        widgets::elided(ui, text.done_back(), fonts::regular(tokens::UI.0), t.text2);
                    }
                }
            });
        });
    });
}

/// `2 chosen → 4 pairs`, from right to left.
fn pairs_ui(panel: &mut LabelPanel, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup) {
    let t = theme::of(ui);
    let replies: Vec<_> = open.replies().map(|reply| reply.id).collect();
    let Ok(tiers) = Tiers::from_checked(&replies, &open.draft.checked) else { return };
    let (group, checked) = (open.group.id, &open.draft.checked);
    let known =
        panel.pairs.as_ref().filter(|known| known.0 == group && known.1 == *checked && known.2 == replies.len());
    // Texts are compared when something changed, not in every frame.
    let pairs = known.map(|known| known.3);
    let pairs = pairs.unwrap_or_else(|| pair_count(&Verdict::Ranked(tiers), |id| open.text_of(id)));
    panel.pairs = Some((group, checked.clone(), replies.len(), pairs));
    let words = match pairs {
        0 => cx.text.no_pairs().to_owned(),
        1 => cx.text.pairs_one().to_owned(),
        more => cx.text.pairs_count(more),
    };
    let color = if pairs == 0 { t.warning } else { t.text };
    ui.add_space(tokens::S1);
    widgets::label(ui, words, fonts::semibold(tokens::UI.0), color);
    widgets::icon(ui, icons::ARROW_RIGHT, 14.0, t.text3);
    let chosen = cx.text.chosen_count(open.draft.checked.len());
    widgets::label(ui, chosen, fonts::semibold(tokens::UI.0), t.chosen);
}

/// What was saved, and what a change would be.
fn standing_ui(panel: &LabelPanel, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup) {
    let t = theme::of(ui);
    if panel.is_standing {
        widgets::icon(ui, icons::WARNING, 16.0, t.warning);
        let key = Action::ChangeLabel.hint(ui.ctx());
        widgets::elided(ui, cx.text.press_to_change(&key), fonts::medium(tokens::UI.0), t.warning);
        return;
    }
    widgets::icon(ui, icons::CHECK_CIRCLE_FILL, 16.0, t.chosen);
    let words = super::reveal::saved_words(cx.text, open);
    widgets::elided(ui, words, fonts::semibold(tokens::UI.0), t.chosen);
}

fn left_ui(panel: &mut LabelPanel, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, acts: &mut Vec<Action>) {
    let t = theme::of(ui);
    if cx.width >= tokens::NARROW {
        let (icon, words) = super::strip::layout_words(cx, panel.layout);
        let key = Action::NextLayout.hint(ui.ctx());
        let button = Button::new(words).icon(icon).key(&key).kind(Kind::Quiet);
        if button.show(ui).on_hover_text(Action::NextLayout.words(cx.text)).clicked() {
            acts.push(Action::NextLayout);
        }
    }
    if let Some(id) = panel.question(cx.snapshot) {
        let asked = cx.snapshot.notices.iter().find(|(number, _)| *number == id);
        if let Some((_, notice)) = asked {
            widgets::icon(ui, icons::WARNING, 16.0, t.warning);
            widgets::elided(ui, cx.text.notice(notice), fonts::medium(tokens::UI.0), t.warning);
        }
        let answered = !open.draft.checked.is_empty() || ui.input(|input| input.key_pressed(egui::Key::Escape));
        if answered {
            panel.asked_notice = id;
        }
        return;
    }
    if panel.too_long {
        widgets::icon(ui, icons::WARNING, 16.0, t.warning);
        widgets::elided(ui, cx.text.too_long(), fonts::medium(tokens::UI.0), t.warning);
        return;
    }
    let unseen: Vec<String> = open
        .cards
        .iter()
        .enumerate()
        .filter(|(_, card)| matches!(card, crate::session::Card::Reply(reply) if !panel.seen.contains(&reply.id)))
        .map(|(index, _)| (index + 1).to_string())
        .collect();
    if !unseen.is_empty() && unseen.len() < open.cards.len() {
        let more = if unseen.len() > NAMED { "…" } else { "" };
        let comma = cx.text.list_comma();
        let list = format!("{}{more}", unseen[..unseen.len().min(NAMED)].join(comma));
        widgets::icon(ui, icons::CARET_DOWN, 14.0, t.text3);
        widgets::elided(ui, cx.text.unseen(&list), fonts::regular(tokens::UI.0), t.text2);
    } else {
        let shown = panel.columns_in_view();
        let words = match panel.layout {
            Layout::Columns if shown < open.cards.len() => cx.text.columns_hint(shown, open.cards.len()),
            Layout::One if cx.settings.layout.is_some() => cx.text.one_hint().to_owned(),
            _ if cx.settings.digit_confirms => cx.text.hint_digit().to_owned(),
            _ => cx.text.hint_check().to_owned(),
        };
        widgets::elided(ui, words, fonts::regular(tokens::UI.0), t.text2);
    }
}
