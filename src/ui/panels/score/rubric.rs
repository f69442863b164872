//! A rubric: one of those that are built in, or one's own, edited criterion by criterion.

use egui::{Layout, Ui};

use crate::domain::{Criterion, Rubric, Scale, Wording};
use crate::text::{Language, Text};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// The choices, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Choice {
    #[default]
    General,
    Safety,
    Strict,
    Own,
}

impl Choice {
    const ALL: [Self; 4] = [Self::General, Self::Safety, Self::Strict, Self::Own];
}

const SCALES: [Scale; 3] = [Scale::Whole, Scale::EachCriterion, Scale::SafetyClasses];

/// One criterion as it is typed.
#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    weight: String,
    name: Wording,
    about: Wording,
}

/// A rubric as it is chosen or written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RubricDraft {
    choice: Choice,
    name: String,
    scale: Scale,
    rows: Vec<Row>,
    /// The language of the fields that are shown.
    shown: Option<Language>,
}

impl RubricDraft {
    /// The rubric; a weight that is no number is one that [`Rubric::check`] refuses.
    pub(super) fn rubric(&self) -> Rubric {
        match self.choice {
            Choice::General => Rubric::general(),
            Choice::Safety => Rubric::safety(),
            Choice::Strict => Rubric::strict(),
            Choice::Own => Rubric {
                name: self.name.trim().to_owned(),
                scale: self.scale,
                criteria: self.rows.iter().map(Row::criterion).collect(),
            },
        }
    }

    /// One's own begins as a copy of the one that was chosen before; what was written once stays.
    fn choose(&mut self, choice: Choice, text: Text) {
        if choice == Choice::Own && self.rows.is_empty() && self.name.is_empty() {
            let from = self.rubric();
            self.scale = from.scale;
            self.rows = from.criteria.iter().map(Row::of).collect();
            text.rubric_own().clone_into(&mut self.name);
        }
        self.choice = choice;
    }

    pub(super) fn show(&mut self, ui: &mut Ui, text: Text, width: f32) {
        let t = theme::of(ui);
        let names = [text.rubric_general(), text.rubric_safety(), text.rubric_strict(), text.rubric_own()];
        let now = Choice::ALL.iter().position(|choice| *choice == self.choice).unwrap_or(0);
        widgets::label(ui, text.rubric(), fonts::semibold(tokens::UI.0), t.text);
        ui.push_id("rubric", |ui| {
            if let Some(chosen) = widgets::segmented(ui, &names, now, width) {
                self.choose(Choice::ALL[chosen], text);
            }
        });
        let note = match self.choice {
            Choice::General => text.rubric_general_note(),
            Choice::Safety => text.rubric_safety_note(),
            Choice::Strict => text.rubric_strict_note(),
            Choice::Own => return self.own_ui(ui, text, width),
        };
        widgets::paragraph(ui, note, fonts::regular(tokens::META.0), t.text2);
    }

    fn own_ui(&mut self, ui: &mut Ui, text: Text, width: f32) {
        let t = theme::of(ui);
        let meta = fonts::regular(tokens::META.0);
        widgets::field(ui, &mut self.name, text.rubric_name(), text.rubric_name(), width - 16.0);
        widgets::label(ui, text.rubric_scale(), meta.clone(), t.text2);
        let scales = SCALES.map(|scale| text.rubric_scale_named(scale));
        let now = SCALES.iter().position(|scale| *scale == self.scale).unwrap_or(0);
        ui.push_id("scale", |ui| {
            if let Some(chosen) = widgets::segmented(ui, &scales, now, width) {
                self.scale = SCALES[chosen];
            }
        });
        let shown = *self.shown.get_or_insert(text.language);
        ui.horizontal(|ui| {
            widgets::label(ui, text.rubric_language(), meta.clone(), t.text2);
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                let languages = [text.language_english(), text.language_chinese()];
                if let Some(chosen) = widgets::segmented(ui, &languages, usize::from(shown == Language::Chinese), 160.0)
                {
                    self.shown = Some(if chosen == 0 { Language::English } else { Language::Chinese });
                }
            });
        });
        widgets::paragraph(ui, text.rubric_wording_note(), meta, t.text3);
        let mut removed = None;
        for (index, row) in self.rows.iter_mut().enumerate() {
            let number = index + 1;
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = tokens::S1;
                let pick = |wording: &Wording| match shown {
                    Language::English => wording.zh.clone(),
                    Language::Chinese => wording.en.clone(),
                };
                let (other_name, other_about) = (pick(&row.name), pick(&row.about));
                let name = field_of(&mut row.name, shown);
                let hint =
                    |other: &str, usual: &str| if other.is_empty() { usual.to_owned() } else { other.to_owned() };
                let part = ((width - 44.0 - 28.0 - 6.0 * 8.0 - 12.0) * 0.34).max(60.0);
                let weight = text.criterion_weight(number);
                widgets::field(ui, &mut row.weight, &weight, text.criterion_weight_head(), 28.0);
                let said = hint(&other_name, text.criterion_name_head());
                widgets::field(ui, name, &text.criterion_name(number), &said, part);
                let about = field_of(&mut row.about, shown);
                let said = hint(&other_about, text.criterion_about_head());
                let rest = (ui.available_width() - 28.0 - 4.0 - 16.0).max(60.0);
                widgets::field(ui, about, &text.criterion_about(number), &said, rest);
                let name = text.criterion_remove(number);
                if Button::icon_only(icons::TRASH, &name).small().show(ui).on_hover_text(&name).clicked() {
                    removed = Some(index);
                }
            });
        }
        if let Some(index) = removed {
            self.rows.remove(index);
        }
        if Button::new(text.criterion_add()).icon(icons::PLUS).kind(Kind::Quiet).small().show(ui).clicked() {
            self.rows.push(Row { weight: "1".to_owned(), ..Row::default() });
        }
        if let Err(fault) = self.rubric().check() {
            widgets::paragraph(ui, text.rubric_fault(fault), fonts::regular(tokens::META.0), t.rejected);
        }
    }
}

fn field_of(wording: &mut Wording, language: Language) -> &mut String {
    match language {
        Language::English => &mut wording.en,
        Language::Chinese => &mut wording.zh,
    }
}

impl Row {
    fn of(criterion: &Criterion) -> Self {
        let Criterion { weight, name, about } = criterion.clone();
        Self { weight: weight.to_string(), name, about }
    }

    fn criterion(&self) -> Criterion {
        let trimmed = |wording: &Wording| Wording::new(wording.en.trim(), wording.zh.trim());
        Criterion {
            weight: self.weight.trim().parse().unwrap_or(f64::NAN),
            name: trimmed(&self.name),
            about: trimmed(&self.about),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RubricFault;

    #[test]
    fn ones_own_begins_as_a_copy_and_what_is_wrong_with_it_is_found() {
        let text = Text::new(Language::English);
        let mut draft = RubricDraft::default();
        draft.choose(Choice::Strict, text);
        draft.choose(Choice::Own, text);
        assert_eq!(draft.rubric(), Rubric { name: "Own".to_owned(), ..Rubric::strict() });
        for (change, fault) in [
            ((|row: &mut Row| row.weight = "x".to_owned()) as fn(&mut Row), RubricFault::BadWeight),
            (|row| row.name = Wording::default(), RubricFault::Nameless),
            (|row| row.name = Wording::new("logic", ""), RubricFault::Twice),
        ] {
            let mut wrong = draft.clone();
            change(&mut wrong.rows[0]);
            assert_eq!(wrong.rubric().check(), Err(fault));
        }
        draft.rows.clear();
        assert_eq!(draft.rubric().check(), Err(RubricFault::Empty));
        // What was written is there again after a look at another one.
        draft.choose(Choice::General, text);
        draft.choose(Choice::Own, text);
        assert_eq!(draft.rubric().criteria, []);
    }
}
