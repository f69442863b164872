//! Replies without a score: why, how many, the newest, and asking again.

use egui::{Align, Layout, Sense, Ui, WidgetInfo, vec2};

use super::table::{queue_row, revealed};
use super::{Cx, Pane, ScorePanel};
use crate::domain::{GroupId, NoScore, ScoreGap, ScorerState};
use crate::session::Snapshot;
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button};

const ROW: f32 = super::table::ROW;

/// Replies of one group that got no score for one reason.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Newest {
    pub(super) group: GroupId,
    number: u64,
    replies: usize,
    why: NoScore,
}

/// The newest gaps of labeled groups, those of one group and one reason taken together. Of others nothing is told: why
/// a reply has no score may tell what a machine thinks of it.
pub(super) fn newest(gaps: &[ScoreGap], is_labeled: impl Fn(&ScoreGap) -> bool) -> Vec<Newest> {
    let mut newest: Vec<Newest> = Vec::new();
    for gap in gaps.iter().filter(|gap| is_labeled(gap)) {
        match newest.iter_mut().find(|other| other.group == gap.group && other.why == gap.why) {
            Some(other) => other.replies += 1,
            None => {
                let why = gap.why.clone();
                newest.push(Newest { group: gap.group, number: gap.number, replies: 1, why });
            }
        }
    }
    newest
}

/// Those of the scorer in front.
pub(super) fn newest_of(snapshot: &Snapshot, state: &ScorerState) -> Vec<Newest> {
    newest(&state.gaps, |gap| is_labeled(snapshot, gap.number))
}

fn is_labeled(snapshot: &Snapshot, number: u64) -> bool {
    queue_row(snapshot, number).is_some_and(|row| row.status.labeled())
}

impl ScorePanel {
    pub(super) fn gaps_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, state: &ScorerState) {
        let (t, text) = (theme::of(ui), cx.text);
        let meta = fonts::regular(tokens::META.0);
        let table = cx.snapshot.score_table.as_ref().filter(|table| table.scorer == state.scorer.id);
        let counts = table.map_or(&[][..], |table| &table.gaps);
        if state.incomplete == 0 && counts.is_empty() {
            let words = if state.scored == 0 { text.gaps_none_yet() } else { text.gaps_none() };
            ui.add_space(tokens::S5);
            ui.vertical_centered(|ui| widgets::paragraph(ui, words, fonts::regular(tokens::UI.0), t.text2));
            return;
        }
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let key = Action::RetryScores.hint(ui.ctx());
                let button = Button::new(text.gaps_retry()).icon(icons::ARROWS_CLOCKWISE).key(&key).small();
                if button.enabled(state.incomplete > 0).show(ui).clicked() {
                    cx.acts.push(Action::RetryScores);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    widgets::paragraph(ui, text.gaps_note(), meta.clone(), t.text2);
                });
            });
        });
        let newest = newest_of(cx.snapshot, state);
        let seen = ui.available_height();
        self.page = ((seen / ROW).floor() as usize).max(1);
        self.row = self.row.min(newest.len().saturating_sub(1));
        let mut area = egui::ScrollArea::vertical().id_salt("score-gaps").auto_shrink(false);
        if std::mem::take(&mut self.reveal_row) {
            let before = (counts.len() + 2) as f32 * ROW;
            area = area.vertical_scroll_offset(revealed(self.scrolled - before, self.row, seen) + before);
        }
        let shown = area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = tokens::S1;
            widgets::label(ui, text.gaps_why(), fonts::semibold(tokens::META.0), t.text2);
            for (why, count) in counts {
                ui.horizontal_top(|ui| {
                    ui.allocate_ui(vec2(96.0, 20.0), |ui| {
                        ui.set_min_width(96.0);
                        let words = if *count == 1 { text.gaps_one().to_owned() } else { text.gaps_count(*count) };
                        widgets::label(ui, words, fonts::medium(tokens::UI.0), t.text);
                    });
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 2.0;
                        widgets::paragraph(ui, text.no_score(why), fonts::regular(tokens::UI.0), t.text);
                        if let Some(said) = text.no_score_detail(why) {
                            widgets::elided(ui, said, fonts::mono(tokens::META.0), t.text2);
                        }
                    });
                });
            }
            ui.add_space(tokens::S2);
            if newest.len() < state.gaps.len() {
                let words = text.gaps_unlabeled();
                widgets::paragraph(ui, words, fonts::regular(tokens::META.0), t.text3);
            }
            if newest.is_empty() {
                return;
            }
            widgets::label(ui, text.gaps_newest(), fonts::semibold(tokens::META.0), t.text2);
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, gap) in newest.iter().enumerate() {
                self.gap_ui(ui, cx, gap, index);
            }
        });
        self.scrolled = shown.state.clamped_offset().y;
    }

    fn gap_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, gap: &Newest, index: usize) {
        let (t, text) = (theme::of(ui), cx.text);
        let why = text.no_score(&gap.why);
        let place = match gap.replies {
            1 => text.gap_where_one(gap.number),
            replies => text.gap_where(gap.number, replies),
        };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
        let is_chosen = self.pane == Pane::Table && self.row == index;
        response.widget_info(|| {
            let words = text.detailed(&place, &why);
            WidgetInfo::selected(egui::accesskit::Role::ListBoxOption, true, is_chosen, words)
        });
        if is_chosen {
            ui.painter().rect_filled(rect, 0.0, t.accent_soft);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 0.0, t.hover);
        }
        let font = fonts::regular(tokens::UI.0);
        let mut job = egui::text::LayoutJob::default();
        job.append(&place, 0.0, egui::TextFormat::simple(fonts::medium(tokens::UI.0), t.text));
        job.append(&why, tokens::S3, egui::TextFormat::simple(font, t.text2));
        job.wrap = egui::text::TextWrapping::truncate_at_width(rect.width() - tokens::S4);
        let galley = ui.painter().layout_job(job);
        let at = egui::pos2(rect.left() + tokens::S2, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, t.text);
        if response.has_focus() {
            widgets::focus_ring(ui, rect.shrink(4.0), tokens::R1);
        }
        if response.clicked() {
            (self.row, self.pane) = (index, Pane::Table);
            self.go_to(gap.group, cx.out);
        }
        if response.hovered() {
            let said = text.no_score_detail(&gap.why);
            response.on_hover_text(said.map_or_else(|| why.clone(), |said| format!("{why}\n{said}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_of_one_group_and_one_reason_are_told_once() {
        let (one, other) = (GroupId::new(), GroupId::new());
        let gap = |group, slot, why| ScoreGap { group, number: 1, slot, why };
        let gaps = [
            gap(one, 0, NoScore::Prose),
            gap(one, 1, NoScore::Prose),
            gap(other, 0, NoScore::Prose),
            gap(one, 2, NoScore::Empty),
        ];
        let told = |labeled: &[GroupId]| -> Vec<(GroupId, usize)> {
            let newest = newest(&gaps, |gap| labeled.contains(&gap.group));
            newest.into_iter().map(|gap| (gap.group, gap.replies)).collect()
        };
        assert_eq!(told(&[one, other]), [(one, 2), (other, 1), (one, 1)]);
        // What was not decided yet is not listed.
        assert_eq!(told(&[other]), [(other, 1)]);
    }
}
