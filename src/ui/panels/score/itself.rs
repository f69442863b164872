//! What a judge's own verdicts tell of it, on one line that wraps.

use egui::{RichText, Ui};

use super::{Cx, ScorePanel};
use crate::domain::{ScorerKind, ScorerState};
use crate::ui::theme;

impl ScorePanel {
    pub(super) fn itself_ui(&self, ui: &mut Ui, cx: &Cx<'_>, state: &ScorerState) {
        if !matches!(state.scorer.kind, ScorerKind::Judge(_)) {
            return;
        }
        let Some(table) = cx.snapshot.score_table.as_ref().filter(|table| table.scorer == state.scorer.id) else {
            return;
        };
        if table.itself.is_empty() {
            return;
        }
        let t = theme::of(ui);
        ui.horizontal_wrapped(|ui| {
            for (at, figure) in table.itself.iter().enumerate() {
                if at > 0 {
                    ui.label(RichText::new("·").color(t.text3));
                }
                let said = RichText::new(cx.text.judge_figure(figure)).color(t.text2);
                ui.label(said).on_hover_text(cx.text.judge_figure_note(figure));
            }
        });
    }
}
