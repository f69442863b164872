//! How a judge is asked: method, orders, rubric, language, thinking, the longest answer.

use egui::{Layout, Ui};

use super::Cx;
use super::cost::requests;
use super::draft::Draft;
use crate::domain::{JudgeLanguage, JudgeMethod, Orders};
use crate::text::Text;
use crate::ui::theme::{self, fonts, tokens};
use crate::ui::widgets;

const METHODS: [JudgeMethod; 4] =
    [JudgeMethod::Pointwise, JudgeMethod::Listwise, JudgeMethod::Quality, JudgeMethod::Pairs];
const LANGUAGES: [JudgeLanguage; 3] = [JudgeLanguage::Auto, JudgeLanguage::Zh, JudgeLanguage::En];

pub(super) fn judge_ui(ui: &mut Ui, cx: &Cx<'_>, draft: &mut Draft, width: f32) {
    let (t, text) = (theme::of(ui), cx.text);
    let meta = fonts::regular(tokens::META.0);
    widgets::label(ui, text.method(), fonts::semibold(tokens::UI.0), t.text);
    let names = METHODS.map(|method| text.judge_method(method));
    let now = METHODS.iter().position(|method| *method == draft.method).unwrap_or(0);
    ui.push_id("method", |ui| {
        if let Some(chosen) = widgets::segmented(ui, &names, now, width) {
            draft.method = METHODS[chosen];
        }
    });
    widgets::paragraph(ui, text.judge_method_note(draft.method), meta.clone(), t.text2);
    cost_ui(ui, cx, draft);
    if draft.method.sorts_lists() {
        ui.horizontal(|ui| {
            widgets::label(ui, text.orders(), fonts::regular(tokens::UI.0), t.text);
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                let now = (draft.orders.get() / 2).saturating_sub(1) as usize;
                let chosen = widgets::segmented(ui, &["2", "4", "6", "8"], now, 160.0);
                if let Some(orders) = chosen.and_then(|chosen| Orders::try_from(chosen as u32 * 2 + 2).ok()) {
                    draft.orders = orders;
                }
            });
        });
        widgets::paragraph(ui, text.orders_note(), meta.clone(), t.text3);
    }
    ui.add_space(tokens::S1);
    draft.rubric.show(ui, text, width);
    ui.add_space(tokens::S1);
    ui.horizontal(|ui| {
        widgets::label(ui, text.judge_language(), fonts::regular(tokens::UI.0), t.text);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            let names = [text.language_auto(), text.language_chinese(), text.language_english()];
            let now = LANGUAGES.iter().position(|language| *language == draft.language).unwrap_or(0);
            let chosen = ui.push_id("language", |ui| widgets::segmented(ui, &names, now, 300.0)).inner;
            if let Some(chosen) = chosen {
                draft.language = LANGUAGES[chosen];
            }
        });
    });
    thinking_ui(ui, text, draft);
    ui.horizontal(|ui| {
        widgets::label(ui, text.longest_answer(), fonts::regular(tokens::UI.0), t.text);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            widgets::field(ui, &mut draft.max_tokens, text.longest_answer(), "", 68.0);
        });
    });
    if draft.max_tokens().is_none() {
        widgets::paragraph(ui, text.bad_tokens(), meta, t.rejected);
    } else {
        widgets::paragraph(ui, text.longest_answer_note(), meta, t.text3);
    }
}

fn thinking_ui(ui: &mut Ui, text: Text, draft: &mut Draft) {
    let t = theme::of(ui);
    let digits = draft.method == JudgeMethod::Pointwise;
    if !digits && widgets::check_box(ui, draft.thinking, text.judge_thinking(), true, t.accent).clicked() {
        draft.thinking = !draft.thinking;
    }
    let note = if digits { text.judge_thinking_digits() } else { text.judge_thinking_note() };
    widgets::paragraph(ui, note, fonts::regular(tokens::META.0), t.text3);
}

/// What the method costs for the groups of this session.
fn cost_ui(ui: &mut Ui, cx: &Cx<'_>, draft: &Draft) {
    let (t, text, snapshot) = (theme::of(ui), cx.text, cx.snapshot);
    let replies = match &snapshot.current {
        Some(open) => open.group.wanted,
        None => snapshot.plan.replies.get(),
    };
    let each = requests(&draft.judge(), replies);
    let words =
        if each.is_most { text.requests_up_to(each.count, replies) } else { text.requests_each(each.count, replies) };
    let all = u64::from(each.count) * snapshot.counts.total;
    let all = if all == 0 { String::new() } else { text.requests_all(&rounded(all)) };
    ui.horizontal(|ui| {
        widgets::label(ui, words, fonts::medium(tokens::META.0), t.text);
        widgets::elided(ui, all, fonts::regular(tokens::META.0), t.text3);
    });
}

/// A count to two figures, since groups differ in their replies.
pub(super) fn rounded(count: u64) -> String {
    let mut unit = 1;
    while count / unit >= 100 {
        unit *= 10;
    }
    let rounded = (count + unit / 2) / unit * unit;
    let digits = rounded.to_string();
    let mut parted = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn large_counts_are_rounded_to_what_can_be_read() {
        for (count, words) in [(48, "48"), (123, "120"), (996, "1,000"), (582_676, "580,000")] {
            assert_eq!(rounded(count), words);
        }
    }
}
