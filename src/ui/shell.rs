//! The frame around the views: top bar, messages, popups.

use egui::{Layout, Ui};

use super::actions::{Action, Place};
use super::app::App;
use super::dispatch::place_of;
use super::keys;
use super::panels::settings::Section;
use super::theme::{self, fonts, icons, tokens};
use super::widgets::{self, Button, Kind};
use crate::domain::{Notice, View};
use crate::session::{Command, Integrity, Snapshot};
use crate::text::Text;

/// Session name, tabs, help and settings.
pub(super) fn top_ui(app: &App, ui: &mut Ui, snapshot: &Snapshot, acts: &mut Vec<Action>) {
    let (t, text) = (theme::of(ui), app.text());
    let narrow = ui.ctx().content_rect().width() < tokens::NARROW;
    let frame = egui::Frame::new().fill(t.bg).inner_margin(egui::Margin::symmetric(12, 6));
    egui::Panel::top("top").exact_size(tokens::TOP_BAR).resizable(false).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = tokens::S1;
            let mut title: String = snapshot.title.chars().take(32).collect();
            if title.len() < snapshot.title.len() {
                title.push('…');
            }
            let menu = Button::new(&title).caret().kind(Kind::Quiet).show(ui);
            egui::Popup::menu(&menu).show(|ui| {
                for action in [Action::Import, Action::SaveCopy, Action::CloseSession] {
                    let hint = action.hint(ui.ctx());
                    if Button::new(action.words(text)).key(&hint).kind(Kind::Quiet).row(220.0).show(ui).clicked() {
                        acts.push(action);
                        ui.close();
                    }
                }
            });
            ui.add_space(tokens::S3);
            for (action, view) in [
                (Action::ShowGenerate, View::Generate),
                (Action::ShowLabel, View::Label),
                (Action::ShowScore, View::Score),
                (Action::ShowData, View::Data),
            ] {
                let hint = if narrow { String::new() } else { action.hint(ui.ctx()) };
                let button = Button::new(action.words(text)).key(&hint).kind(Kind::Tab);
                let front = snapshot.place.view == view && app.settings_panel.is_none();
                if button.selected(front).show(ui).clicked() {
                    acts.push(action);
                }
            }
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                for action in [Action::Settings, Action::AllKeys] {
                    let open = action == Action::Settings && app.settings_panel.is_some();
                    let (hint, words) = (action.hint(ui.ctx()), action.words(text));
                    let button = Button::icon_only(action.icon(), words).key(&hint).bare().selected(open);
                    if button.show(ui).on_hover_text(words).clicked() {
                        acts.push(action);
                    }
                }
                palette_button(ui, text, narrow, acts);
            });
        });
    });
}

/// Looks like a field and opens the palette.
fn palette_button(ui: &mut Ui, text: Text, narrow: bool, acts: &mut Vec<Action>) {
    let hint = Action::Palette.hint(ui.ctx());
    let button = if narrow {
        Button::icon_only(icons::MAGNIFYING_GLASS, Action::Palette.words(text)).key(&hint).bare()
    } else {
        Button::new(text.palette_field()).icon(icons::MAGNIFYING_GLASS).key(&hint).kind(Kind::Field).row(220.0)
    };
    if button.small().show(ui).clicked() {
        acts.push(Action::Palette);
    }
}

/// The newest message that was not dismissed. What went well is said in the status line; what went wrong stays in a
/// box at the lower right until it is dismissed. Neither moves what is being read.
pub(super) fn notice_ui(app: &mut App, ui: &mut Ui, snapshot: &Snapshot, out: &mut Vec<Command>) {
    let text = app.text();
    if let Integrity::Damaged(said) = &snapshot.integrity {
        box_ui(ui, text, text.damaged_behind(), Some(said), true);
    }
    let Some((id, notice)) = newest(app, snapshot) else { return };
    let id = *id;
    match notice {
        Notice::Problem(problem) => {
            let detail = text.problem_detail(problem);
            if box_ui(ui, text, &text.problem(problem), detail.as_deref(), true) {
                app.dismissed = id;
            }
        }
        Notice::Recovered { .. }
        | Notice::Imported { .. }
        | Notice::ImportCancelled { .. }
        | Notice::Exported { .. }
        | Notice::CopySaved { .. }
        | Notice::TrialLeads { .. } => {
            let dismissed = box_ui(ui, text, &text.notice(notice), None, false);
            app.dismissed = if dismissed { id } else { app.dismissed };
        }
        Notice::NotBackedUp { .. } if box_ui(ui, text, &text.notice(notice), None, true) => app.dismissed = id,
        Notice::NoEndpoint if snapshot.place.view != View::Generate => {
            app.dismissed = id;
            out.push(Command::SetView(View::Generate));
        }
        _ => {}
    }
}

/// Questions are asked in the action bar, where the keys that answer them are.
pub(super) fn newest<'a>(app: &App, snapshot: &'a Snapshot) -> Option<&'a (u64, Notice)> {
    snapshot
        .notices
        .iter()
        .rev()
        .find(|(id, notice)| *id > app.dismissed && !matches!(notice, Notice::NothingChecked | Notice::NotReady))
}

/// A box with a message over the lower right corner; whether it was dismissed.
fn box_ui(ui: &Ui, text: Text, said: &str, detail: Option<&str>, bad: bool) -> bool {
    let t = theme::of(ui);
    let (ground, ink, icon) = if bad {
        (t.rejected_soft, t.rejected, icons::WARNING_CIRCLE)
    } else {
        (t.accent_soft, t.accent_text, icons::INFO)
    };
    let offset = egui::vec2(-16.0, -(tokens::STATUS + tokens::ACTION_BAR + tokens::S3));
    let mut dismissed = false;
    egui::Area::new(egui::Id::unique("notice"))
        .anchor(egui::Align2::RIGHT_BOTTOM, offset)
        .order(egui::Order::Foreground)
        .show(ui.ctx(), |ui| {
            let frame = egui::Frame::popup(ui.style()).fill(ground).inner_margin(12);
            frame.show(ui, |ui| {
                ui.set_max_width(460.0);
                ui.horizontal_top(|ui| {
                    widgets::icon(ui, icon, 16.0, ink);
                    ui.vertical(|ui| {
                        ui.set_width(340.0);
                        widgets::paragraph(ui, said, fonts::medium(tokens::UI.0), t.text);
                        if let Some(detail) = detail {
                            widgets::paragraph(ui, detail, fonts::mono(tokens::META.0), t.text2);
                        }
                    });
                    let key = Action::Back.hint(ui.ctx());
                    dismissed = Button::icon_only(icons::X, text.dismiss()).key(&key).small().show(ui).clicked();
                });
            });
        });
    dismissed
}

pub(super) fn opening_ui(ui: &mut Ui, text: Text) {
    let t = theme::of(ui);
    egui::CentralPanel::default().frame(egui::Frame::new().fill(t.canvas)).show(ui, |ui| {
        ui.centered_and_justified(|ui| {
            widgets::label(ui, text.opening(), fonts::regular(tokens::UI.0), t.text2);
        });
    });
}

/// Popups over everything.
pub(super) fn popups_ui(app: &mut App, ctx: &egui::Context) {
    path_ui(app, ctx);
    if app.keys_open {
        let text = app.text();
        let mut edit = false;
        let place = app.snapshot().map_or(Place::Start, |snapshot| place_of(snapshot.place.view));
        app.keys_open = !modal(ctx, "keys", 1058.0, |ui, close| keys_ui(ui, text, place, close, &mut edit));
        if edit {
            app.keys_open = false;
            app.open_settings(Section::Keys);
        }
    }
    if let Some(problem) = app.problem.clone() {
        let text = app.text();
        let closed = modal(ctx, "problem", 460.0, |ui, close| {
            let t = theme::of(ui);
            widgets::icon(ui, icons::WARNING_CIRCLE, 24.0, t.rejected);
            widgets::paragraph(ui, text.problem(&problem), fonts::regular(tokens::UI.0), t.text);
            if let Some(detail) = text.problem_detail(&problem) {
                widgets::paragraph(ui, detail, fonts::mono(tokens::META.0), t.text2);
            }
            *close |= Button::new(text.ok()).kind(Kind::Primary).show(ui).clicked();
        });
        if closed {
            app.problem = None;
        }
    }
}

/// A popup in the middle; whether it was closed.
fn modal(ctx: &egui::Context, name: &str, width: f32, content: impl FnOnce(&mut Ui, &mut bool)) -> bool {
    let mut close = false;
    let width = width.min(ctx.content_rect().width() - 64.0);
    let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(20);
    let modal = egui::Modal::new(egui::Id::unique(name)).frame(frame).show(ctx, |ui| {
        ui.set_width(width);
        content(ui, &mut close);
    });
    close || modal.should_close()
}

fn path_ui(app: &mut App, ctx: &egui::Context) {
    let text = app.text();
    let Some(mut popup) = app.popup.take() else { return };
    popup.poll();
    let mut go = false;
    let closed = modal(ctx, "path", 520.0, |ui, close| {
        let t = theme::of(ui);
        let title = if popup.purpose.saves() { text.path_title_copy() } else { text.path_title_open() };
        widgets::label(ui, title, fonts::semibold(tokens::TITLE.0), t.text);
        ui.horizontal(|ui| {
            let field = widgets::field(ui, &mut popup.path, text.path_hint(), text.path_hint(), 380.0);
            if ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
            if Button::new(text.path_choose()).small().show(ui).clicked() {
                popup.ask_system(ctx);
            }
        });
        widgets::paragraph(ui, text.path_drop(), fonts::regular(tokens::META.0), t.text3);
        ui.horizontal(|ui| {
            let ready = !popup.path.trim().is_empty();
            let enter = ui.input(|input| input.key_pressed(egui::Key::Enter));
            go = (Button::new(text.ok()).kind(Kind::Primary).enabled(ready).show(ui).clicked() || enter) && ready;
            *close |= Button::new(text.cancel()).show(ui).clicked();
        });
    });
    if go {
        let path = std::path::PathBuf::from(popup.path.trim());
        app.take_path(ctx, &popup.purpose, &path);
    } else if !closed {
        app.popup = Some(popup);
    }
}

/// The keys of the view in front, and those that count everywhere, in three columns.
fn sheet(text: Text, place: Place) -> [(&'static str, Vec<Action>); 3] {
    let of = |places: &[Place]| -> Vec<Action> {
        Action::ALL.iter().copied().filter(|action| places.contains(&action.place())).collect()
    };
    if matches!(place, Place::Score | Place::Data) {
        let (own, wide) = (of(&[place]), of(&[Place::Session]));
        return [
            (if place == Place::Score { text.tab_score() } else { text.tab_data() }, own),
            (text.keys_session(), wide),
            (text.keys_everywhere(), of(&[Place::Everywhere])),
        ];
    }
    let part = |range: std::ops::Range<usize>| Action::ALL[range].to_vec();
    [(text.keys_decide(), part(0..14)), (text.keys_read(), part(14..30)), (text.keys_move(), part(30..47))]
}

fn keys_ui(ui: &mut Ui, text: Text, place: Place, close: &mut bool, edit: &mut bool) {
    let t = theme::of(ui);
    let keymap = keys::of(ui.ctx());
    ui.horizontal(|ui| {
        widgets::label(ui, text.act_all_keys(), fonts::semibold(tokens::HEADING.0), t.text);
        ui.add_space(tokens::S2);
        widgets::label(ui, text.keys_typing(), fonts::regular(tokens::META.0), t.text3);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            *close |= Button::icon_only(icons::X, text.close()).key("Esc").small().show(ui).clicked();
            *edit |= Button::new(text.keys_edit()).small().show(ui).clicked();
        });
    });
    ui.add_space(tokens::S2);
    let columns = sheet(text, place);
    let most = ui.ctx().content_rect().height() - 150.0;
    egui::ScrollArea::vertical().max_height(most).min_scrolled_height(most).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = tokens::S5;
        ui.columns(3, |uis| {
            for (index, (ui, (title, actions))) in uis.iter_mut().zip(columns).enumerate() {
                ui.spacing_mut().item_spacing = egui::vec2(tokens::S1, 2.0);
                widgets::label(ui, title, fonts::semibold(tokens::META.0), t.text2);
                if index == 0 && !matches!(place, Place::Score | Place::Data) {
                    key_row(ui, text.keys_check(), &["1 – 9, 0".to_owned(), "⇧1 – ⇧0".to_owned()]);
                }
                for action in actions {
                    let hints: Vec<String> = keymap.chords(action).iter().map(|chord| chord.hint()).collect();
                    key_row(ui, action.words(text), &hints);
                }
            }
        });
    });
}

fn key_row(ui: &mut Ui, words: &str, hints: &[String]) {
    let t = theme::of(ui);
    widgets::separator(ui);
    ui.horizontal(|ui| {
        ui.set_height(24.0);
        widgets::label(ui, words, fonts::regular(tokens::UI.0), t.text);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            for hint in hints.iter().rev() {
                let width = widgets::key_hint_width(ui, hint);
                let (rect, _) = ui.allocate_exact_size(egui::vec2(width, 18.0), egui::Sense::hover());
                widgets::key_hint(ui, rect.left(), rect.center().y, hint, false);
            }
        });
    });
}
