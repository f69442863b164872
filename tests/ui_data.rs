//! The data view by hand: the session in numbers.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use pairloom::domain::View;
use pairloom::text::{Language, Text};
use tempfile::tempdir;

use crate::support::window::{Launch, Window, checked, close, until, until_shown};

fn says(window: &Window, part: &str) -> bool {
    window.query_all_by_label_contains(part).next().is_some()
}

/// The sample with so many groups labeled, the statistics in front.
fn statistics(window: &mut Window, labels: u64) {
    for labeled in 1..=labels {
        window.run_steps(3);
        window.key_press(Key::Num1);
        until(window, |snapshot| checked(snapshot).len() == 1);
        window.key_press(Key::Enter);
        until(window, |snapshot| snapshot.counts.labeled() == labeled);
    }
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    until(window, |snapshot| snapshot.place.view == View::Data);
    window.key_press(Key::T);
    until(window, |snapshot| snapshot.statistics.is_some());
}

#[test]
fn the_session_is_told_in_numbers_and_follows_the_labels() {
    for (language, size) in [(Language::English, [1280.0, 800.0]), (Language::Chinese, [960.0, 600.0])] {
        let (home, text) = (tempdir().unwrap(), Text::new(language));
        let mut window = Launch { language, size, ..Launch::default() }.sample_at(home.path());
        statistics(&mut window, 2);
        until_shown(&mut window, |window| says(window, text.labels_a_day()));
        let snapshot = window.state().snapshot().unwrap();
        let counted = snapshot.statistics.clone().unwrap();
        assert_eq!((counted.labels.ranked, counted.pairs.labels), (2, 2));
        let table = [
            (text.column_pairs(), counted.pairs.count),
            (text.column_chosen_longest(), counted.pairs.chosen.max),
            (text.column_rejected_longest(), counted.pairs.rejected.max),
        ];
        for (column, number) in table {
            assert!(says(&window, &text.detailed(column, &text.grouped(number))), "{column}");
        }
        let today = text.day_of_labels(&counted.days[0], true);
        assert!(says(&window, &today) && says(&window, &text.day_of_pairs(&counted.days[0])), "{today}");
        // Undone, and counted anew.
        window.key_press(Key::Z);
        until(&mut window, |snapshot| snapshot.statistics.as_ref().is_some_and(|counted| counted.labels.ranked == 1));
        close(window);
    }
}

#[test]
fn a_pace_that_is_hidden_is_told_nowhere() {
    let (home, text) = (tempdir().unwrap(), Text::new(Language::English));
    let mut window = Launch::default().sample_at(home.path());
    statistics(&mut window, 1);
    until_shown(&mut window, |window| says(window, "s each"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_steps(3);
    window.event(egui::Event::Text("time left".to_owned()));
    until_shown(&mut window, |window| window.query_by_role_and_label(Role::ListBoxOption, text.set_pace()).is_some());
    window.key_press(Key::Enter);
    until_shown(&mut window, |window| !says(window, "s each"));
    assert!(says(&window, text.labels_a_day()));
    close(window);
}

#[test]
fn the_files_are_a_key_away_from_the_numbers() {
    let (home, text) = (tempdir().unwrap(), Text::new(Language::English));
    let mut window = Launch::default().sample_at(home.path());
    statistics(&mut window, 1);
    until_shown(&mut window, |window| says(window, text.labels_a_day()));
    // The key that exports shows first what would be exported.
    window.key_press(Key::E);
    until_shown(&mut window, |window| window.query_by_label(text.export_title()).is_some());
    close(window);
}
