//! The layouts: in each of them every reply can be reached and checked, whichever the window and the way.

use egui::Key;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pairloom::settings::Layout;
use tempfile::tempdir;

use crate::support::window::{Launch, Window, checked, close, front, launch, sample, settings, until, until_shown};

const DIGITS: [Key; 6] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6];

/// The check box of a reply, as far as the window shows it.
fn click_box(window: &mut Window, number: usize) {
    window.run_steps(3);
    let size = window.ctx.content_rect();
    let name = format!("Reply {number}");
    let node = window.get_by_role_and_label(Role::CheckBox, &name);
    assert!(size.contains_rect(node.rect()), "the box of reply {number} is out of sight: {:?}", node.rect());
    node.click();
}

fn is_checked(window: &Window, number: usize) -> bool {
    let name = format!("Reply {number}");
    let node = window.get_by_role_and_label(Role::CheckBox, &name);
    node.accesskit_node().toggled() == Some(Toggled::True)
}

/// Go to a reply by the arrows.
fn go(window: &Window, number: usize) {
    window.key_press(Key::Home);
    for _ in 1..number {
        window.key_press(Key::ArrowRight);
    }
}

/// Check and uncheck every reply by the arrows, by digits and by mouse.
fn check_in_every_way(window: &mut Window) {
    let count = front(window).cards.len();
    assert!(count >= 4);
    let all: Vec<usize> = (0..count).collect();
    window.key_press(Key::Home);
    for _ in 0..count {
        window.key_press(Key::Space);
        window.key_press(Key::ArrowRight);
    }
    until(window, |snapshot| checked(snapshot) == all);
    for place in (0..count).rev() {
        window.key_press(Key::Space);
        window.key_press(Key::ArrowLeft);
        until(window, |snapshot| checked(snapshot) == all[..place]);
    }
    for (place, digit) in DIGITS[..count].iter().enumerate() {
        window.key_press(*digit);
        until(window, |snapshot| checked(snapshot) == all[..=place]);
    }
    for number in 1..=count {
        go(window, number);
        click_box(window, number);
        until(window, |snapshot| checked(snapshot) == all[number..]);
    }
}

#[test]
fn every_reply_is_at_hand_in_every_layout_and_window() {
    for (size, scale) in
        [([960.0, 600.0], 1.0), ([1280.0, 800.0], 1.0), ([2560.0, 1440.0], 1.0), ([1280.0, 800.0], 2.0)]
    {
        let home = tempdir().unwrap();
        let mut window = Launch { size, scale, ..Launch::default() }.sample_at(home.path());
        check_in_every_way(&mut window);
        for layout in [Layout::Columns, Layout::One, Layout::Grid] {
            window.key_press(Key::V);
            until_shown(&mut window, |_| settings(home.path()).layout == Some(layout));
            check_in_every_way(&mut window);
        }
        close(window);
    }
}

#[test]
fn by_mouse_alone_another_reply_is_brought_to_the_front() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    let count = front(&window).cards.len();
    window.get_by_role_and_label(Role::Button, "Grid").click();
    until_shown(&mut window, |window| window.query_by_role_and_label(Role::Button, "Columns").is_some());
    for number in (1..=count).rev() {
        let name = format!("Reply {number}, ");
        until_shown(&mut window, |window| window.query_by_label_contains(&name).is_some());
        window.get_by_label_contains(&name).click();
        click_box(&mut window, number);
        until(&mut window, |snapshot| checked(snapshot).contains(&(number - 1)));
    }
    window.get_by_role_and_label(Role::Button, "Columns").click();
    until_shown(&mut window, |window| window.query_by_role_and_label(Role::Button, "One at a time").is_some());
    for number in (1..=count).rev() {
        window.get_by_role_and_label(Role::ListBoxOption, &format!("Go to reply {number}")).click();
        click_box(&mut window, number);
        until(&mut window, |snapshot| !checked(snapshot).contains(&(number - 1)));
    }
    close(window);
}

#[test]
fn checks_and_the_layout_are_kept_when_it_changes_and_over_a_restart() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    window.key_press(Key::Num2);
    until(&mut window, |snapshot| checked(snapshot) == [1]);
    assert!(is_checked(&window, 2) && !is_checked(&window, 1));
    for name in ["Columns", "One at a time"] {
        window.key_press(Key::V);
        until_shown(&mut window, |window| window.query_by_role_and_label(Role::Button, name).is_some());
        assert!(is_checked(&window, 2), "{name}");
    }
    // What is checked where one reply is shown is checked where all are.
    go(&window, 3);
    window.key_press(Key::Space);
    until(&mut window, |snapshot| checked(snapshot) == [1, 2]);
    window.key_press(Key::V);
    until_shown(&mut window, |window| window.query_by_role_and_label(Role::Button, "Grid").is_some());
    assert!(is_checked(&window, 2) && is_checked(&window, 3) && !is_checked(&window, 1));
    window.key_press(Key::V);
    window.run_steps(3);
    close(window);

    let mut window = launch(home.path());
    until(&mut window, |snapshot| checked(snapshot) == [1, 2]);
    assert_eq!(settings(home.path()).layout, Some(Layout::Columns));
    window.get_by_role_and_label(Role::Button, "Columns");
    assert!(is_checked(&window, 2) && is_checked(&window, 3) && !is_checked(&window, 1));
    close(window);
}

#[test]
fn a_pinned_reply_stands_first_and_the_differences_hide_nothing() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    window.key_press(Key::V);
    go(&window, 3);
    window.key_press(Key::P);
    window.key_press(Key::D);
    until_shown(&mut window, |window| window.query_by_label("Against 3:").is_some());
    window.get_by_label("Pinned");
    // It stands before the first one and is the first of the arrows.
    window.key_press(Key::Home);
    window.run_steps(3);
    let left = |window: &Window, number: usize| {
        window.get_by_role_and_label(Role::CheckBox, &format!("Reply {number}")).rect().left()
    };
    assert!(left(&window, 3) < left(&window, 1) && left(&window, 1) < left(&window, 2));
    window.key_press(Key::Space);
    until(&mut window, |snapshot| checked(snapshot) == [2]);
    // A screen reader still reads the replies as they are, and their boxes keep their numbers.
    let replies: Vec<String> = front(&window).replies().map(|reply| reply.text.chars().take(400).collect()).collect();
    let first: Vec<&String> = [&replies[2], &replies[0]].into_iter().collect();
    for text in first {
        window.get_by_role_and_label(Role::Article, text);
    }
    for number in 1..=replies.len() {
        go(&window, 1);
        window.key_press(DIGITS[number - 1]);
        until(&mut window, |snapshot| checked(snapshot).contains(&(number - 1)) == (number != 3));
        click_box(&mut window, number);
        until(&mut window, |snapshot| checked(snapshot).contains(&(number - 1)) == (number == 3));
    }
    // Every other group with the marks on, shared text dimmed too: nothing is pinned there.
    window.key_press_modifiers(egui::Modifiers::SHIFT, Key::D);
    for number in 2..=12 {
        window.key_press(Key::CloseBracket);
        until(&mut window, |snapshot| snapshot.current.as_ref().is_some_and(|open| open.group.number == number));
        assert!(window.query_by_label("Pinned").is_none() && window.query_by_label_contains("Against ").is_none());
        window.get_by_label("Pin a reply first: P");
    }
    close(window);
}
