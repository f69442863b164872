//! The keys of all actions, and changing them.

use egui::{Sense, Ui, vec2};

use super::SettingsPanel;
use crate::text::Text;
use crate::ui::actions::{Action, Place};
use crate::ui::app::App;
use crate::ui::keys::{self, Chord, Keymap};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button};

const ROW: f32 = 31.0;

impl SettingsPanel {
    /// The key that was pressed for the row that waits for one.
    pub(super) fn take_key(&mut self, app: &mut App, ui: &Ui) {
        let Some(action) = self.capturing else { return };
        let pressed = ui.input(|input| {
            input.events.iter().find_map(|event| match event {
                egui::Event::Key { key, physical_key, pressed: true, modifiers, .. } => {
                    Some((*key, *physical_key, *modifiers))
                }
                _ => None,
            })
        });
        let Some((key, physical, modifiers)) = pressed else { return };
        if key == egui::Key::Escape {
            (self.capturing, self.clash) = (None, None);
            return;
        }
        let Some(chord) = Chord::pressed(key, physical, modifiers) else { return };
        let mut keymap = Keymap::clone(&keys::of(ui.ctx()));
        match keymap.set(action, chord) {
            Ok(()) => {
                (self.capturing, self.clash) = (None, None);
                app.settings.keys = keymap.written();
                app.save_settings();
                keymap.install(ui.ctx());
            }
            Err(other) => self.clash = Some((action, chord, other)),
        }
    }

    pub(super) fn keys_ui(&mut self, app: &mut App, ui: &mut Ui, width: f32) {
        let (t, text) = (theme::of(ui), app.text());
        let keymap = keys::of(ui.ctx());
        ui.set_width(width);
        ui.horizontal(|ui| {
            ui.set_width(width);
            widgets::label(ui, text.set_keys(), fonts::semibold(tokens::HEADING.0), t.text);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let any = !app.settings.keys.is_empty();
                if Button::new(text.keys_reset()).small().enabled(any).show(ui).clicked() {
                    let mut keymap = Keymap::clone(&keymap);
                    keymap.reset();
                    app.settings.keys = keymap.written();
                    keymap.install(ui.ctx());
                }
                widgets::search(ui, &mut self.search, text.keys_search(), "", 190.0);
            });
        });
        ui.add_space(tokens::S1);
        let needle = self.search.to_lowercase();
        let places = [
            (Place::Label, text.tab_label()),
            (Place::Session, text.keys_session()),
            (Place::Everywhere, text.keys_everywhere()),
            (Place::Start, text.keys_start()),
            (Place::Score, text.tab_score()),
            (Place::Data, text.tab_data()),
        ];
        let frame = widgets::card_frame(ui).inner_margin(egui::Margin::symmetric(0, 6));
        frame.show(ui, |ui| {
            let inner = width - 2.0;
            ui.set_width(inner);
            ui.spacing_mut().item_spacing.y = 0.0;
            egui::ScrollArea::vertical().id_salt("keys").auto_shrink([false, true]).show(ui, |ui| {
                for (place, title) in places {
                    let fits = |action: &Action| {
                        let words = action.words(text).to_lowercase();
                        let hints = keymap.chords(*action).iter().any(|chord| chord.hint().to_lowercase() == needle);
                        action.place() == place && (needle.is_empty() || words.contains(&needle) || hints)
                    };
                    let actions: Vec<Action> = Action::ALL.iter().copied().filter(fits).collect();
                    if actions.is_empty() {
                        continue;
                    }
                    ui.horizontal(|ui| {
                        ui.set_height(30.0);
                        ui.add_space(14.0);
                        widgets::label(ui, title, fonts::medium(tokens::META.0), t.text2);
                    });
                    for action in actions {
                        self.key_row_ui(ui, text, &keymap, action, inner);
                    }
                }
            });
        });
    }

    fn key_row_ui(&mut self, ui: &mut Ui, text: Text, keymap: &Keymap, action: Action, width: f32) {
        let t = theme::of(ui);
        widgets::separator(ui);
        let waiting = self.capturing == Some(action);
        let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::click());
        let words = action.words(text);
        // Esc leaves; it cannot mean anything else.
        let fixed = action == Action::Back;
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::accesskit::Role::Button,
                !fixed,
                text.keys_change(words, &keymap.hint(action)),
            )
        });
        if waiting {
            ui.painter().rect_filled(rect, 0.0, t.accent_soft);
            if std::mem::take(&mut self.reveal) {
                response.scroll_to_me(Some(egui::Align::Center));
            }
        } else if response.hovered() && !fixed {
            ui.painter().rect_filled(rect, 0.0, t.hover);
        }
        if response.has_focus() {
            widgets::focus_ring(ui, rect.shrink(4.0), tokens::R1);
        }
        let mut child = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(rect.shrink2(vec2(14.0, 2.0)))
                .id_salt(("key", words))
                .layout(egui::Layout::left_to_right(egui::Align::Center)),
        );
        widgets::label(&mut child, words, fonts::regular(tokens::UI.0), t.text);
        if keymap.is_changed(action) {
            widgets::tag(&mut child, "", text.keys_changed(), t.accent_text, t.accent_soft);
        }
        child.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if waiting {
                widgets::label(ui, text.keys_press(), fonts::regular(tokens::META.0), t.accent_text);
                return;
            }
            for chord in keymap.chords(action).iter().rev() {
                let hint = chord.hint();
                let (rect, _) = ui.allocate_exact_size(vec2(widgets::key_hint_width(ui, &hint), 18.0), Sense::hover());
                widgets::key_hint(ui, rect.left(), rect.center().y, &hint, false);
            }
        });
        if response.clicked() && !fixed {
            self.capturing = Some(action);
            self.clash = None;
        }
        if let Some((whose, chord, other)) = self.clash
            && whose == action
        {
            let frame = egui::Frame::new().fill(t.warning_soft).inner_margin(egui::Margin::symmetric(14, 6));
            frame.show(ui, |ui| {
                ui.set_width(width - 28.0);
                ui.horizontal(|ui| {
                    widgets::icon(ui, icons::WARNING, 16.0, t.warning);
                    let words = text.keys_clash(&chord.hint(), other.words(text));
                    widgets::label(ui, words, fonts::regular(tokens::UI.0), t.warning);
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        if !matches!(other, Action::Check(_))
                            && Button::new(text.keys_go_there()).small().show(ui).clicked()
                        {
                            self.capture(other);
                        }
                    });
                });
            });
        }
    }
}
