//! The palette, the settings and keys that a person changed: what is chosen is done, and nothing else.

use std::time::Duration;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pairloom::domain::Verdict;
use pairloom::session::Snapshot;
use tempfile::tempdir;

use crate::support::window::{Window, checked, close, front, launch, sample, settings, throughout, until, until_shown};

const FIELD: &str = "Commands, groups, settings";

fn number(snapshot: &Snapshot) -> u64 {
    snapshot.current.as_ref().map_or(0, |open| open.group.number)
}

fn is_open(window: &Window) -> bool {
    window.query_by_role_and_label(Role::TextInput, FIELD).is_some()
}

fn open_palette(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    until_shown(window, |window| {
        window.query_by_role_and_label(Role::TextInput, FIELD).is_some_and(|field| field.is_focused())
    });
}

fn typed(window: &Window, text: &str) {
    window.event(Event::Text(text.to_owned()));
}

/// A row of the palette.
fn lists(window: &Window, words: &str) -> bool {
    window.query_by_role_and_label(Role::ListBoxOption, words).is_some()
}

#[test]
fn a_few_letters_and_enter_carry_out_a_command_once() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    open_palette(&mut window);
    typed(&window, "none acc");
    until_shown(&mut window, |window| lists(window, "None acceptable"));
    window.key_press(Key::Enter);
    until(&mut window, |snapshot| snapshot.counts.none_acceptable == 1 && number(snapshot) == 2);
    assert!(!is_open(&window));
    throughout(&mut window, Duration::from_millis(200), |window| {
        window.state().snapshot().is_some_and(|snapshot| snapshot.counts.labeled() == 1)
    });
    // Arrows go to another row; a setting is turned in the same way.
    open_palette(&mut window);
    typed(&window, "layout");
    until_shown(&mut window, |window| lists(window, "Layout: Columns"));
    let rows: Vec<String> = window
        .query_all_by_role(Role::ListBoxOption)
        .filter(|row| !row.accesskit_node().label().is_some_and(|label| label.starts_with("Group ")))
        .filter_map(|row| row.accesskit_node().label())
        .collect();
    let columns = rows.iter().position(|row| row == "Layout: Columns").unwrap();
    for _ in 0..columns {
        window.key_press(Key::ArrowDown);
    }
    window.key_press(Key::Enter);
    until_shown(&mut window, |window| window.query_by_role_and_label(Role::Button, "Columns").is_some());
    close(window);
}

#[test]
fn letters_do_nothing_else_while_the_palette_is_open_and_esc_leaves_it() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    open_palette(&mut window);
    for key in [Key::X, Key::Num1, Key::S, Key::B, Key::R, Key::F, Key::Space, Key::CloseBracket] {
        window.key_press(key);
    }
    for key in [Key::Num4, Key::W, Key::Z, Key::O] {
        window.key_press_modifiers(Modifiers::COMMAND, key);
    }
    typed(&window, "zzqx");
    window.key_press(Key::Enter);
    let untouched = |window: &Window| {
        let snapshot = window.state().snapshot().unwrap();
        let counts = snapshot.counts;
        number(&snapshot) == 1 && counts.ready == 12 && counts.flagged == 0 && checked(&snapshot).is_empty()
    };
    throughout(&mut window, Duration::from_millis(200), untouched);
    window.get_by_label("Nothing fits");
    assert!(is_open(&window));
    window.key_press(Key::Escape);
    until_shown(&mut window, |window| !is_open(window));
    assert!(untouched(&window));
    // Keys count again.
    window.key_press(Key::Num1);
    until(&mut window, |snapshot| checked(snapshot) == [0]);
    close(window);
}

#[test]
fn a_group_is_found_by_its_words_and_opened() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    let snapshot = window.state().snapshot().unwrap();
    let title = snapshot.queue[8].title.to_string();
    open_palette(&mut window);
    typed(&window, "spinach chickpeas");
    until_shown(&mut window, |window| lists(window, &title));
    window.key_press(Key::Enter);
    until(&mut window, |snapshot| number(snapshot) == 9);
    // By mouse.
    let title = snapshot.queue[2].title.to_string();
    open_palette(&mut window);
    typed(&window, "declines");
    until_shown(&mut window, |window| lists(window, &title));
    window.get_by_role_and_label(Role::ListBoxOption, &title).click();
    until(&mut window, |snapshot| number(snapshot) == 3);
    assert!(!is_open(&window));
    close(window);
}

#[test]
fn enter_right_after_the_last_letter_opens_no_group_that_was_not_meant() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    let title = window.state().snapshot().unwrap().queue[8].title.to_string();
    // Often: the search is now and then quick enough.
    for _ in 0..30 {
        open_palette(&mut window);
        typed(&window, "spinach");
        until_shown(&mut window, |window| lists(window, &title));
        // Another word in its place, and Enter before the search has answered.
        window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        typed(&window, "declines");
        window.key_press(Key::Enter);
        throughout(&mut window, Duration::from_millis(50), |window| {
            [1, 3].contains(&number(&window.state().snapshot().unwrap()))
        });
        if is_open(&window) {
            window.key_press(Key::Escape);
            until_shown(&mut window, |window| !is_open(window));
        }
    }
    close(window);
}

/// The settings, as far as a row with a key is in sight.
fn open_settings(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    until_shown(window, |window| window.query_by_label_contains("Change the key of “Skip”").is_some());
}

#[test]
fn a_key_that_was_changed_works_in_place_of_the_old_one_from_then_on() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    open_settings(&mut window);
    window.get_by_label("Change the key of “Skip”, now S").click();
    until_shown(&mut window, |window| window.query_by_label("Press the new key, Esc to leave it").is_some());
    window.key_press(Key::T);
    until_shown(&mut window, |window| window.query_by_label("Change the key of “Skip”, now T").is_some());
    window.get_by_label("changed");
    // A key that has a meaning in the same view is refused, and both are named.
    window.get_by_label("Change the key of “None acceptable”, now X").click();
    window.run_steps(2);
    window.key_press(Key::E);
    until_shown(&mut window, |window| window.query_by_label("E is taken by “Edit reply”").is_some());
    window.get_by_label("Change the key of “None acceptable”, now X");
    window.key_press(Key::Escape);
    until_shown(&mut window, |window| window.query_by_label("E is taken by “Edit reply”").is_none());
    assert_eq!(window.state().snapshot().unwrap().counts.ready, 12, "no key did what it means in the view behind");
    window.key_press(Key::Escape);
    until_shown(&mut window, |window| window.query_by_label_contains("Change the key of").is_none());

    window.key_press(Key::T);
    until(&mut window, |snapshot| snapshot.counts.skipped == 1 && number(snapshot) == 2);
    window.key_press(Key::S);
    window.key_press(Key::X);
    until(&mut window, |snapshot| snapshot.counts.none_acceptable == 1 && number(snapshot) == 3);
    assert_eq!(window.state().snapshot().unwrap().counts.skipped, 1, "the old key has no meaning any more");
    close(window);

    let mut window = launch(home.path());
    until(&mut window, |snapshot| number(snapshot) == 3);
    window.key_press(Key::S);
    window.key_press(Key::T);
    until(&mut window, |snapshot| snapshot.counts.skipped == 2 && number(snapshot) == 4);
    open_settings(&mut window);
    window.get_by_label("Usual keys").click();
    until_shown(&mut window, |window| window.query_by_label("Change the key of “Skip”, now S").is_some());
    window.key_press(Key::Escape);
    window.key_press(Key::S);
    until(&mut window, |snapshot| snapshot.counts.skipped == 3);
    assert!(settings(home.path()).keys.is_empty());
    close(window);
}

#[test]
fn the_palette_leads_to_the_key_of_a_command() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    open_palette(&mut window);
    typed(&window, "put aside");
    until_shown(&mut window, |window| lists(window, "Put aside for later"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until_shown(&mut window, |window| window.query_by_label("Press the new key, Esc to leave it").is_some());
    window.key_press(Key::A);
    until_shown(&mut window, |window| window.query_by_label_contains("“Put aside for later”, now A").is_some());
    window.key_press(Key::Escape);
    window.key_press(Key::A);
    until(&mut window, |snapshot| snapshot.counts.later == 1);
    close(window);
}

#[test]
fn one_digit_labels_a_group_where_that_was_chosen() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    until_shown(&mut window, |window| window.query_by_role_and_label(Role::Button, "Labeling").is_some());
    window.get_by_role_and_label(Role::Button, "Labeling").click();
    until_shown(&mut window, |window| {
        window.query_by_role_and_label(Role::Switch, "A digit confirms at once").is_some()
    });
    window.get_by_role_and_label(Role::Switch, "A digit confirms at once").click();
    until_shown(&mut window, |_| settings(home.path()).digit_confirms);
    window.key_press(Key::Escape);
    let second = front(&window).replies().nth(1).unwrap().id;
    window.key_press(Key::Num2);
    until(&mut window, |snapshot| snapshot.counts.done == 1 && number(snapshot) == 2);
    close(window);

    let mut window = launch(home.path());
    until(&mut window, |snapshot| number(snapshot) == 2);
    window.key_press(Key::Num1);
    until(&mut window, |snapshot| snapshot.counts.done == 2 && number(snapshot) == 3);
    window.key_press(Key::OpenBracket);
    window.key_press(Key::OpenBracket);
    until(&mut window, |snapshot| number(snapshot) == 1);
    let Some(Verdict::Ranked(tiers)) = front(&window).label.clone().map(|label| label.verdict) else { panic!() };
    assert_eq!(tiers.best(), [second]);
    close(window);
}
