//! For people who hear the window or use no mouse: everything that can be used has a name, Tab leads everywhere.

use std::collections::HashSet;

use egui::accesskit::{Action, NodeId, Role};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pairloom::domain::View;
use pairloom::text::{Language, Text};
use tempfile::tempdir;

use crate::support::window::{Launch, Window, close, until, until_shown};

/// What is used by itself, whatever its actions.
const USED: [Role; 13] = [
    Role::Button,
    Role::CheckBox,
    Role::RadioButton,
    Role::Tab,
    Role::TextInput,
    Role::MultilineTextInput,
    Role::SearchInput,
    Role::ComboBox,
    Role::ListBoxOption,
    Role::Slider,
    Role::SpinButton,
    Role::Switch,
    Role::Link,
];

/// Nodes that are used, and those of them that have no name.
fn used(window: &Window) -> (usize, Vec<String>) {
    let mut nameless = Vec::new();
    let mut count = 0;
    for node in window.root().children_recursive() {
        let node = node.accesskit_node();
        if USED.contains(&node.role()) {
            count += 1;
            if node.label().is_none_or(|label| label.trim().is_empty()) {
                nameless.push(format!("{:?} {:?}", node.role(), node.bounding_box()));
            }
        }
    }
    (count, nameless)
}

/// Nodes that Tab stops at without a name or a role.
fn dumb_stops(window: &Window) -> Vec<String> {
    let stops = window.root().children_recursive().map(|node| node.accesskit_node());
    let dumb = stops.filter(|node| {
        let named = node.label().is_some_and(|label| !label.trim().is_empty()) && node.role() != Role::Unknown;
        node.data().supports_action(Action::Focus) && !named
    });
    dumb.map(|node| format!("{:?} {:?}", node.role(), node.bounding_box())).collect()
}

/// Walk every view; `check` sees the window with the name of what is in front and how much there is at least to use.
fn walk(language: Language, check: &mut dyn FnMut(&mut Window, &str, usize)) {
    let home = tempdir().unwrap();
    let text = Text::new(language);
    let size = [1500.0, 900.0];
    let mut window = Launch { language, size, ..Launch::default() }.at(home.path());
    window.get_by_label(text.who());
    check(&mut window, "start, first launch", 7);
    close(window);
    let mut window = Launch { language, size, ..Launch::default() }.sample_at(home.path());
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    until_shown(&mut window, |window| window.query_by_label(text.score_empty_title()).is_some());
    check(&mut window, "no scorer", 11);
    window.key_press(Key::A);
    until_shown(&mut window, |window| window.query_by_label(text.add_title()).is_some());
    check(&mut window, "new scorer", 25);
    for _ in 0..2 {
        window.key_press(Key::Escape);
        window.run_steps(3);
    }
    for (key, view) in [(Key::Num1, View::Generate), (Key::Num4, View::Data), (Key::Num2, View::Label)] {
        window.key_press_modifiers(Modifiers::COMMAND, key);
        until(&mut window, |snapshot| snapshot.place.view == view);
        check(&mut window, &format!("{view:?}"), 12);
    }
    for layout in [text.layout_columns(), text.layout_one(), text.layout_grid()] {
        window.key_press(Key::V);
        until_shown(&mut window, |window| window.query_by_role_and_label(Role::Button, layout).is_some());
        check(&mut window, layout, 25);
    }
    window.key_press(Key::P);
    window.key_press(Key::D);
    window.run_steps(3);
    check(&mut window, "differences", 25);
    window.key_press(Key::D);
    let edit = text.edit_named(1);
    for (key, name) in [(Key::E, edit.as_str()), (Key::W, text.act_write()), (Key::N, text.act_note())] {
        window.key_press(key);
        until_shown(&mut window, |window| window.query_by_role_and_label(Role::MultilineTextInput, name).is_some());
        check(&mut window, name, 25);
        window.key_press(Key::Escape);
        window.run_steps(3);
    }
    window.get_by_label(text.guidelines_write()).click();
    let name = text.guidelines();
    until_shown(&mut window, |window| window.query_by_role_and_label(Role::MultilineTextInput, name).is_some());
    check(&mut window, name, 25);
    window.key_press(Key::Escape);
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_steps(3);
    window.event(egui::Event::Text("e".to_owned()));
    until_shown(&mut window, |window| window.query_all_by_role(Role::ListBoxOption).count() > 6);
    check(&mut window, "palette", 10);
    window.key_press(Key::Escape);
    window.run_steps(3);
    window.key_press(Key::Questionmark);
    until_shown(&mut window, |window| window.query_by_label(text.keys_edit()).is_some());
    check(&mut window, "all keys", 2);
    window.key_press(Key::Escape);
    window.run_steps(3);
    for (key, title) in [(Key::O, text.path_title_open()), (Key::S, text.path_title_copy())] {
        window.key_press_modifiers(Modifiers::COMMAND, key);
        until_shown(&mut window, |window| window.query_by_label(title).is_some());
        check(&mut window, title, 4);
        // Once to leave the field, once to leave the popup.
        window.key_press(Key::Escape);
        window.key_press(Key::Escape);
        until_shown(&mut window, |window| window.query_by_label(title).is_none());
    }
    window.key_press(Key::G);
    until_shown(&mut window, |window| window.query_by_role_and_label(Role::TextInput, text.go_title()).is_some());
    check(&mut window, text.go_title(), 1);
    window.key_press(Key::Escape);
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    for section in [text.set_looks(), text.set_labeling(), text.set_data()] {
        until_shown(&mut window, |window| window.query_by_role_and_label(Role::Button, section).is_some());
        window.get_by_role_and_label(Role::Button, section).click();
        window.run_steps(3);
        check(&mut window, section, 12);
    }
    // As narrow as it gets: panels are rails, the keys a section of their own.
    window.set_size(egui::vec2(960.0, 600.0));
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, text.set_keys()).click();
    window.run_steps(3);
    check(&mut window, "keys", 20);
    window.key_press(Key::Escape);
    window.run_steps(3);
    check(&mut window, "narrow", 15);
    window.key_press_modifiers(Modifiers::COMMAND, Key::W);
    until_shown(&mut window, |window| window.state().snapshot().is_none());
    check(&mut window, "start", 7);
    close(window);
}

#[test]
fn everything_that_can_be_used_has_a_name() {
    for language in [Language::English, Language::Chinese] {
        walk(language, &mut |window, view, least| {
            let (count, nameless) = used(window);
            assert!(count >= least, "{view}: only {count} to use, was it shown?");
            assert!(nameless.is_empty(), "{view}: {nameless:#?}");
        });
    }
}

#[test]
fn every_stop_of_tab_says_what_it_is() {
    let mut found = Vec::new();
    walk(Language::English, &mut |window, view, _| {
        let dumb = dumb_stops(window);
        if !dumb.is_empty() {
            found.push(format!("{view}: {} such as {}", dumb.len(), dumb[0]));
        }
    });
    assert!(found.is_empty(), "{found:#?}");
}

/// What can be used now, by the ids that the focus goes by.
fn stops(window: &Window) -> Vec<(NodeId, String)> {
    let nodes = window.root().children_recursive().map(|node| node.accesskit_node());
    let stops = nodes.filter(|node| {
        USED.contains(&node.role()) && !node.is_disabled() && node.data().supports_action(Action::Focus)
    });
    stops.map(|node| (node.locate().0, format!("{:?} {:?}", node.role(), node.label().unwrap_or_default()))).collect()
}

#[test]
fn tab_leads_to_everything_and_is_never_stuck() {
    let mut found = Vec::new();
    let text = Text::new(Language::Chinese);
    walk(Language::Chinese, &mut |window, view, _| {
        // Popups with one field keep the focus in it; arrows and Enter do the rest.
        let one_field = ["palette", text.go_title()].contains(&view);
        // Behind a popup nothing has the focus.
        let popup = ["all keys", text.path_title_open(), text.path_title_copy()].contains(&view);
        let stops = stops(window);
        let mut seen = HashSet::new();
        let mut turns = 0;
        for _ in 0..stops.len() * 2 {
            let last = window.ctx.memory(egui::Memory::focused);
            window.key_press(Key::Tab);
            window.run_steps(1);
            let now = window.ctx.memory(egui::Memory::focused);
            turns += usize::from(now != last);
            seen.extend(now.map(|id| id.accesskit_id()));
        }
        let missed: Vec<&str> =
            stops.iter().filter(|(id, _)| !seen.contains(id)).map(|(_, name)| name.as_str()).collect();
        if one_field {
            assert_eq!(seen.len(), 1, "{view}");
        } else if turns < stops.len() || seen.len() < 2 || (!popup && !missed.is_empty()) {
            found.push(format!("{view}: {turns} turns for {} stops, never at {missed:?}", stops.len()));
        }
        if let Some(focused) = window.ctx.memory(egui::Memory::focused) {
            window.ctx.memory_mut(|memory| memory.surrender_focus(focused));
        }
    });
    assert!(found.is_empty(), "{found:#?}");
}
