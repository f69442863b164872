//! The whole way of a spot-check by the keyboard: scorers are added and run, groups labeled blind, scores seen, a label
//! changed, agreement read, disagreements picked, pairs written by agreement.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pairloom::domain::{JobPhase, Notice, PairOrder, QueueFilter, View};
use tempfile::tempdir;

use crate::support::window::{Window, checked, close, sample, until, until_shown};

/// Add a scorer of the sample server, and let it score everything.
fn scorer(window: &mut Window, reward: bool) {
    let before = window.state().snapshot().unwrap().scorers.len();
    window.key_press(Key::A);
    until_shown(window, |window| window.query_by_label("New scorer").is_some());
    if reward {
        window.get_by_role_and_label(Role::RadioButton, "Reward model").click();
        window.run_steps(3);
    }
    let named = |name: String| name.contains("Sample server");
    window
        .get_all_by_role(Role::ListBoxOption)
        .find(|row| row.accesskit_node().label().is_some_and(named))
        .unwrap()
        .click();
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until(window, |snapshot| snapshot.scorers.len() == before + 1);
    until_shown(window, |window| window.query_by_label("New scorer").is_none());
    window.key_press(Key::Enter);
    until(window, |snapshot| {
        let state = &snapshot.scorers[before];
        state.scored == 12 && state.run.phase == JobPhase::Idle
    });
}

fn view(window: &mut Window, key: Key, view: View) {
    window.key_press_modifiers(Modifiers::COMMAND, key);
    until(window, |snapshot| snapshot.place.view == view);
    window.run_steps(3);
}

#[test]
fn a_judge_is_checked_and_exported_from_by_the_keyboard() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    view(&mut window, Key::Num3, View::Score);
    scorer(&mut window, false);
    scorer(&mut window, true);
    view(&mut window, Key::Num2, View::Label);
    let (mut seen, mut changed) = (0, false);
    for labeled in 1..=10 {
        let open = window.state().snapshot().unwrap().current.clone().unwrap();
        assert!(open.label.is_none() && open.judgements.is_empty(), "blind");
        window.key_press(Key::Num1);
        until(&mut window, |snapshot| checked(snapshot) == [0]);
        window.key_press(Key::Enter);
        let snapshot = until(&mut window, |snapshot| snapshot.counts.labeled() == labeled);
        if snapshot.current.as_ref().is_some_and(|now| now.group.id == open.group.id) {
            seen += 1;
            until_shown(&mut window, |window| {
                window.query_by_role_and_label(Role::Button, "Change my label").is_some()
            });
            if !changed {
                changed = true;
                window.key_press(Key::C);
                window.run_steps(2);
                window.key_press(Key::Num1);
                until(&mut window, |snapshot| checked(snapshot).is_empty());
                window.key_press(Key::Num2);
                until(&mut window, |snapshot| checked(snapshot) == [1]);
            }
            window.key_press(Key::Enter);
            until(&mut window, |snapshot| snapshot.current.as_ref().is_some_and(|now| now.group.id != open.group.id));
        }
        window.run_steps(2);
    }
    assert!(changed && seen < 10, "scores were seen {seen} times");
    view(&mut window, Key::Num3, View::Score);
    let snapshot = until(&mut window, |snapshot| {
        snapshot.agreement.as_ref().is_some_and(|found| {
            found.scorers.len() == 2 && found.changes.changed == 1 && found.scorers[0].accuracy.is_some()
        })
    });
    let accuracy = snapshot.agreement.as_ref().unwrap().scorers[0].accuracy.unwrap();
    assert_eq!((accuracy.groups, accuracy.interval), (10, None), "too few groups for an interval");
    until_shown(&mut window, |window| window.query_all_by_label_contains("10 of 30").next().is_some());
    window.key_press_modifiers(Modifiers::SHIFT, Key::D);
    let snapshot = until(&mut window, |snapshot| snapshot.place.filter == QueueFilter::Picked);
    assert_eq!((snapshot.place.view, snapshot.picked.groups, snapshot.picked.labeled), (View::Label, 2, 0));
    assert!(snapshot.current.as_ref().is_some_and(|open| open.label.is_none() && open.judgements.is_empty()));
    view(&mut window, Key::Num4, View::Data);
    let agrees = |name: String| name.contains("agrees");
    until_shown(&mut window, |window| {
        window.query_all_by_role(Role::Button).any(|node| node.accesskit_node().label().is_some_and(agrees))
    });
    window
        .get_all_by_role(Role::Button)
        .find(|node| node.accesskit_node().label().is_some_and(agrees))
        .unwrap()
        .focus();
    window.run_steps(2);
    window.key_press(Key::Space);
    let snapshot = until(&mut window, |snapshot| {
        snapshot.summary.as_ref().is_some_and(|found| matches!(found.source.order, PairOrder::Agreement { .. }))
    });
    let summary = snapshot.summary.clone().unwrap();
    assert!(summary.pairs > 0 && summary.yields.len() == 3, "{summary:?}");
    until_shown(&mut window, |window| window.query_all_by_label_contains("at least 30 random picks").next().is_some());
    window.key_press(Key::Escape);
    window.run_steps(2);
    window.key_press(Key::E);
    let snapshot = until(&mut window, |snapshot| {
        snapshot.notices.iter().any(|(_, notice)| matches!(notice, Notice::Exported { .. }))
    });
    let written = snapshot.notices.iter().find_map(|(_, notice)| match notice {
        Notice::Exported { path, pairs, .. } => Some((path.clone(), *pairs)),
        _ => None,
    });
    let (path, pairs) = written.unwrap();
    assert_eq!(pairs, summary.pairs);
    assert_eq!(std::fs::read_to_string(path).unwrap().lines().count() as u64, pairs);
    close(window);
}
