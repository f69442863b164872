//! Pairs from machines' orders: whose, how sure they must be, what that gives.

use egui::Ui;

use super::DataPanel;
use crate::domain::{PairOrder, PairPolicy, PairSource, ScorerId, ScorerKind, Threshold};
use crate::session::{Snapshot, Summary};
use crate::text::Text;
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// Least margins to choose from, in standard deviations.
const MARGINS: [f64; 4] = [0.0, 0.5, 1.0, 2.0];

impl DataPanel {
    pub(super) fn policy(&self) -> PairPolicy {
        self.policy.unwrap_or(if self.order == PairOrder::Human { PairPolicy::All } else { PairPolicy::BestWorst })
    }

    pub(super) fn source(&self, snapshot: &Snapshot) -> PairSource {
        let usual = match self.order {
            PairOrder::Human => return PairSource::default(),
            PairOrder::Scorer(scorer) if is_judge(snapshot, scorer) => Threshold::JUDGE,
            PairOrder::Scorer(_) => Threshold::REWARD,
            PairOrder::Agreement { .. } => Threshold::AGREEMENT,
        };
        let threshold = self.margin.map_or(usual, |margin| Threshold { margin, z: 0.0 });
        PairSource { order: self.order, scores: self.order.scorers().first().copied(), threshold: Some(threshold) }
    }

    /// A scorer that was taken off the list orders nothing.
    pub(super) fn forget_removed(&mut self, snapshot: &Snapshot) {
        let there = |scorer: &ScorerId| snapshot.scorers.iter().any(|state| state.scorer.id == *scorer);
        if !self.order.scorers().iter().all(there) {
            (self.order, self.margin) = (PairOrder::Human, None);
        }
    }

    /// Whose order, where there are machines to choose from.
    pub(super) fn order_ui(&mut self, ui: &mut Ui, text: Text, snapshot: &Snapshot, width: f32) {
        if snapshot.scorers.is_empty() {
            return;
        }
        let t = theme::of(ui);
        let mut orders = vec![PairOrder::Human];
        orders.extend(snapshot.scorers.iter().map(|state| PairOrder::Scorer(state.scorer.id)));
        let of_kind = |judge: bool| {
            let mut found = snapshot.scorers.iter().map(|state| state.scorer.id);
            found.find(|scorer| is_judge(snapshot, *scorer) == judge)
        };
        if let (Some(judge), Some(reward)) = (of_kind(true), of_kind(false)) {
            orders.push(PairOrder::Agreement { judge, reward });
        }
        widgets::label(ui, text.order_title(), fonts::regular(tokens::META.0), t.text2);
        for order in orders {
            let chosen = self.order == order;
            let icon = if chosen { icons::CHECK_CIRCLE_FILL } else { icons::CIRCLE };
            let words = order_words(text, snapshot, order);
            if Button::new(&words).icon(icon).small().kind(Kind::Quiet).selected(chosen).row(width).show(ui).clicked() {
                (self.order, self.margin, self.policy) = (order, None, None);
            }
        }
        if self.order != PairOrder::Human {
            widgets::label(ui, text.least_margin(), fonts::regular(tokens::META.0), t.text2);
            let numbers = MARGINS.map(|margin| margin.to_string());
            let names: Vec<&str> =
                std::iter::once(text.margin_usual()).chain(numbers.iter().map(String::as_str)).collect();
            let at =
                self.margin.map_or(0, |margin| MARGINS.iter().position(|one| *one == margin).map_or(0, |at| at + 1));
            if let Some(pressed) = widgets::segmented(ui, &names, at, width.min(320.0)) {
                self.margin = pressed.checked_sub(1).map(|at| MARGINS[at]);
            }
            if self.margin.is_none() {
                widgets::paragraph(ui, text.margin_usual_note(), fonts::regular(tokens::META.0), t.text3);
            }
        }
    }
}

/// What the chosen order gives, and what people say of it.
pub(super) fn yields_ui(ui: &mut Ui, text: Text, snapshot: &Snapshot, summary: Option<&Summary>) {
    let Some(summary) = summary.filter(|summary| !summary.yields.is_empty()) else { return };
    let t = theme::of(ui);
    ui.add_space(tokens::S1);
    for (at, found) in summary.yields.iter().enumerate() {
        let words = text.pair_yield(&order_words(text, snapshot, found.order), found);
        let (font, color) =
            if at == 0 { (fonts::semibold(tokens::UI.0), t.text) } else { (fonts::regular(tokens::UI.0), t.text2) };
        widgets::paragraph(ui, words, font, color);
    }
    if let Some(advice) = text.agreement_advice(&summary.yields) {
        widgets::paragraph(ui, advice, fonts::regular(tokens::UI.0), t.machine);
    }
}

fn is_judge(snapshot: &Snapshot, scorer: ScorerId) -> bool {
    let state = snapshot.scorers.iter().find(|state| state.scorer.id == scorer);
    state.is_some_and(|state| matches!(state.scorer.kind, ScorerKind::Judge(_)))
}

fn order_words(text: Text, snapshot: &Snapshot, order: PairOrder) -> String {
    let name = |scorer: ScorerId| {
        let state = snapshot.scorers.iter().find(|state| state.scorer.id == scorer);
        state.map_or("", |state| state.scorer.name.as_str())
    };
    match order {
        PairOrder::Human => text.order_human().to_owned(),
        PairOrder::Scorer(scorer) => text.order_scorer(name(scorer)),
        PairOrder::Agreement { judge, reward } => text.order_agreement(name(judge), name(reward)),
    }
}
