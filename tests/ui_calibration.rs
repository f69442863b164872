//! A calibration run by hand: begun, held, told in words, in both languages.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pairloom::domain::{JobPhase, View, Worth};
use pairloom::session::Snapshot;
use pairloom::text::{Language, Text};
use tempfile::tempdir;

use crate::support::window::{Launch, Window, close, until, until_shown};

fn says(window: &Window, part: &str) -> bool {
    window.query_all_by_label_contains(part).next().is_some()
}

/// The score view with a judge of the sample server.
fn judge(home: &std::path::Path, launch: Launch) -> Window {
    let text = Text::new(launch.language);
    let mut window = launch.sample_at(home);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    until_shown(&mut window, |window| window.query_by_label(text.score_empty_title()).is_some());
    window.key_press(Key::A);
    until_shown(&mut window, |window| window.query_by_label(text.add_title()).is_some());
    let rows = window.get_all_by_role(Role::ListBoxOption);
    let sample = |name: String| name.contains(text.use_sample());
    rows.into_iter().find(|row| row.accesskit_node().label().is_some_and(sample)).unwrap().click();
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until(&mut window, |snapshot| snapshot.scorers.len() == 1);
    until_shown(&mut window, |window| window.query_by_label(text.add_title()).is_none());
    window
}

fn told(snapshot: &Snapshot) -> bool {
    let calibration = snapshot.scorers[0].calibration.as_ref();
    calibration.is_some_and(|found| found.phase == JobPhase::Idle && found.verdict != Worth::Unfinished)
}

/// Controls without a name, and things that Tab stops at without saying what they are.
fn nameless(window: &Window) -> Vec<String> {
    let nodes = window.root().children_recursive().map(|node| node.accesskit_node());
    let focusable = nodes.filter(|node| node.data().supports_action(egui::accesskit::Action::Focus));
    focusable
        .filter(|node| node.role() == Role::Unknown || node.label().is_none_or(|label| label.trim().is_empty()))
        .map(|node| format!("{:?} {:?}", node.role(), node.bounding_box()))
        .collect()
}

#[test]
fn a_calibration_is_begun_by_a_key_and_told_in_words() {
    for (language, size) in [(Language::English, [960.0, 600.0]), (Language::Chinese, [1280.0, 800.0])] {
        let (home, text) = (tempdir().unwrap(), Text::new(language));
        let mut window = judge(home.path(), Launch { language, size, ..Launch::default() });
        window.key_press(Key::C);
        let title = text.calibrate_title("sample-judge");
        until_shown(&mut window, |window| window.query_by_label(&title).is_some());
        // What it costs, and that twelve groups are too few, is said before it begins: (4 + 12) requests, three times.
        assert!(says(&window, &text.calibrate_cost(12, "580")) && says(&window, &text.calibrate_few(12)));
        assert_eq!(nameless(&window), [""; 0]);
        window.key_press(Key::Enter);
        let snapshot = until(&mut window, told);
        assert_eq!(snapshot.scorers.len(), 1);
        assert_eq!(snapshot.scorers[0].scored, 0, "no run was begun");
        until_shown(&mut window, |window| says(window, text.calibrated_open()));
        let calibration = snapshot.scorers[0].calibration.clone().unwrap();
        for reason in text.calibration_reasons(&calibration) {
            assert!(says(&window, &reason), "{reason}");
        }
        assert!(says(&window, text.figure_steadiness()) && says(&window, &text.figure_rests(12, 216)));
        assert_eq!(nameless(&window), [""; 0]);
        // The card says it, too; Enter leads to the groups.
        window.key_press(Key::Enter);
        let snapshot = until(&mut window, |snapshot| snapshot.place.view == View::Label);
        assert_eq!(snapshot.picked.groups, 12);
        window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
        until_shown(&mut window, |window| window.query_by_label(&title).is_some());
        window.key_press(Key::Escape);
        until_shown(&mut window, |window| window.query_by_label(&title).is_none());
        assert!(says(&window, &text.calibration_short(&calibration)));
        close(window);
    }
}
