//! The app as a person uses it, without a display: from first launch to exported file.

use egui_kittest::kittest::Queryable as _;
use pairloom::domain::GroupStatus;
use pairloom::settings::ThemeChoice;
use pairloom::text::Language;
use tempfile::tempdir;

use crate::support::window::{Launch, close, launch, until};

#[test]
fn from_first_launch_to_exported_file() {
    let home = tempdir().unwrap();
    let mut app = launch(home.path());
    app.get_by_label("Who labels?");
    app.get_by_label("Try the sample").click();
    until(&mut app, |snapshot| snapshot.counts.ready == 12 && snapshot.current.is_some());

    // Check by key, confirm.
    app.key_press(egui::Key::Num1);
    app.key_press(egui::Key::Enter);
    let snapshot = until(&mut app, |snapshot| snapshot.counts.done == 1);
    assert_eq!(snapshot.current.as_ref().unwrap().group.number, 2);
    // Undo, redo.
    app.key_press(egui::Key::Z);
    until(&mut app, |snapshot| snapshot.counts.done == 0 && snapshot.current.as_ref().unwrap().group.number == 1);
    app.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, egui::Key::Z);
    until(&mut app, |snapshot| snapshot.counts.done == 1);
    // Keys that come faster than the disk are held back, in order: nothing hits a group that was not seen.
    app.key_press(egui::Key::CloseBracket);
    until(&mut app, |snapshot| snapshot.current.as_ref().unwrap().group.number == 2);
    app.key_press(egui::Key::Num2);
    app.key_press(egui::Key::Num3);
    app.key_press(egui::Key::Enter);
    app.key_press(egui::Key::S);
    let snapshot = until(&mut app, |snapshot| snapshot.counts.done == 2 && snapshot.counts.skipped == 1);
    assert_eq!(snapshot.queue[2].status, GroupStatus::Skipped);
    assert_eq!(snapshot.current.as_ref().unwrap().group.number, 4);
    // Regenerate and undo that.
    app.key_press(egui::Key::R);
    until(&mut app, |snapshot| snapshot.current.as_ref().unwrap().group.round == 1 && snapshot.counts.waiting == 0);
    app.key_press(egui::Key::Z);
    let snapshot = until(&mut app, |snapshot| snapshot.current.as_ref().unwrap().group.round == 0);
    // By mouse.
    app.get_by_role_and_label(egui::accesskit::Role::CheckBox, "Reply 2").click();
    until(&mut app, |snapshot| snapshot.current.as_ref().unwrap().draft.checked.len() == 1);
    let number = snapshot.current.as_ref().unwrap().group.number;

    // Quit, reopen at the same place.
    close(app);
    let mut app = launch(home.path());
    let snapshot = until(&mut app, |snapshot| snapshot.current.is_some());
    let open = snapshot.current.as_ref().unwrap();
    assert_eq!((open.group.number, open.draft.checked.len()), (number, 1));

    // Export.
    app.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Num4);
    until(&mut app, |snapshot| snapshot.summary.as_ref().is_some_and(|summary| summary.pairs == 7));
    app.get_by_label("Export 7 pairs").click();
    let out = snapshot.path.with_extension("jsonl");
    until(&mut app, |_| out.exists());
    assert_eq!(std::fs::read_to_string(&out).unwrap().lines().count(), 7);
    close(app);
}

#[test]
fn every_view_draws_in_every_size_language_and_theme() {
    for (size, language, theme) in [
        ([960.0, 600.0], Language::Chinese, ThemeChoice::Light),
        ([1280.0, 800.0], Language::English, ThemeChoice::Dark),
        ([2560.0, 1440.0], Language::Chinese, ThemeChoice::Dark),
    ] {
        let home = tempdir().unwrap();
        let mut app = Launch { language, theme, size, ..Launch::default() }.sample_at(home.path());
        for key in [egui::Key::Num1, egui::Key::Num4, egui::Key::Num2] {
            app.key_press_modifiers(egui::Modifiers::COMMAND, key);
            app.run_steps(3);
        }
        // A character without a glyph, or a field without a name, panics here. Every group is read once.
        for _ in 0..12 {
            app.key_press(egui::Key::CloseBracket);
            app.run_steps(2);
        }
        app.key_press(egui::Key::Questionmark);
        app.run_steps(2);
        app.key_press(egui::Key::Escape);
        app.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Comma);
        app.run_steps(2);
        close(app);
    }
}

#[test]
fn letters_do_nothing_while_one_types() {
    let home = tempdir().unwrap();
    // Narrow: the note's panel is folded and opens for the key.
    let mut app = Launch { size: [1000.0, 700.0], ..Launch::default() }.sample_at(home.path());
    app.key_press(egui::Key::N);
    app.run_steps(3);
    app.key_press(egui::Key::X);
    app.key_press(egui::Key::Num1);
    app.get_by_role_and_label(egui::accesskit::Role::MultilineTextInput, "Note").type_text("好 x1");
    app.run_steps(3);
    app.key_press(egui::Key::Escape);
    let snapshot = until(&mut app, |snapshot| snapshot.current.as_ref().unwrap().mark.note == "好 x1");
    assert_eq!((snapshot.counts.labeled(), snapshot.current.as_ref().unwrap().draft.checked.len()), (0, 0));
    close(app);
}

#[test]
fn the_sample_opens_from_an_empty_session_which_is_closed() {
    let home = tempdir().unwrap();
    let mut app = launch(home.path());
    app.key_press(egui::Key::N);
    let empty = until(&mut app, |snapshot| snapshot.counts.total == 0).path.clone();
    app.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Num2);
    until(&mut app, |snapshot| snapshot.place.view == pairloom::domain::View::Label);
    app.get_by_role_and_label(egui::accesskit::Role::Button, "Try the sample").click();
    let sample = until(&mut app, |snapshot| snapshot.counts.ready == 12);
    assert_ne!(sample.path, empty);
    // Nobody holds the first file any more.
    let end = std::time::Instant::now() + crate::support::LONG;
    while let Err(error) = pairloom::session::Session::open(&empty, crate::support::options()) {
        assert!(std::time::Instant::now() < end, "{error:?}");
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
    close(app);
}
