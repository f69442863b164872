//! Texts that a person writes in the label view: nothing of them is lost, and nothing is done by accident meanwhile.

use std::time::Duration;

use egui::accesskit::Role;
use egui::{Event, ImeEvent, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use pairloom::domain::{GroupStatus, Origin, QueueFilter, Verdict};
use pairloom::session::Snapshot;
use tempfile::tempdir;

use crate::support::window::{
    Launch, Window, checked, close, front, launch, sample, throughout, until, until_shown, written,
};

const FIELD: Role = Role::MultilineTextInput;
/// Longer than the pause after which a text is kept.
const PAUSE: Duration = Duration::from_millis(1100);

/// Open the field for a reply of the group in front, the caret at the end.
fn edit(window: &mut Window, number: usize) {
    window.key_press(Key::Home);
    for _ in 1..number {
        window.key_press(Key::ArrowRight);
    }
    window.key_press(Key::E);
    let name = format!("Edit reply {number}");
    until_shown(window, |window| window.query_by_role_and_label(FIELD, &name).is_some_and(|field| field.is_focused()));
    window.key_press_modifiers(Modifiers::COMMAND, Key::End);
}

fn typed(window: &Window, text: &str) {
    window.event(Event::Text(text.to_owned()));
}

fn composed(window: &Window, text: &str) {
    window.event(Event::Ime(ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None }));
}

fn drafts(snapshot: &Snapshot) -> Vec<String> {
    let open = snapshot.current.as_ref();
    open.map_or_else(Vec::new, |open| open.writings.iter().map(|writing| writing.text.clone()).collect())
}

fn number(snapshot: &Snapshot) -> u64 {
    snapshot.current.as_ref().map_or(0, |open| open.group.number)
}

/// The tiers of a group's label as its replies' texts.
fn tiers(window: &Window) -> Vec<Vec<String>> {
    let open = front(window);
    let Some(Verdict::Ranked(tiers)) = open.label.clone().map(|label| label.verdict) else { panic!("no ranking") };
    let text = |id: &_| open.text_of(*id).unwrap().to_owned();
    tiers.as_slice().iter().map(|tier| tier.iter().map(text).collect()).collect()
}

#[test]
fn an_edited_reply_is_kept_when_left_and_stands_on_top_when_taken() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    let replies: Vec<String> = front(&window).replies().map(|reply| reply.text.clone()).collect();
    window.key_press(Key::Num2);
    edit(&mut window, 1);
    // Keys of the view that are letters here.
    for key in [Key::X, Key::S, Key::R, Key::Num3, Key::Enter, Key::B] {
        window.key_press(key);
    }
    typed(&window, "xs");
    window.key_press(Key::Escape);
    let kept = format!("{}\nxs", replies[0]);
    let snapshot = until(&mut window, |snapshot| drafts(snapshot) == [kept.clone()]);
    assert_eq!((snapshot.counts.labeled(), snapshot.counts.ready, snapshot.counts.later), (0, 12, 0));
    assert_eq!((number(&snapshot), checked(&snapshot)), (1, vec![1]));
    assert!(window.query_by_role(FIELD).is_none_or(|field| !field.is_focused()));
    window.get_by_label("draft");
    close(window);

    let mut window = launch(home.path());
    until(&mut window, |snapshot| drafts(snapshot) == [kept.clone()]);
    edit(&mut window, 1);
    assert_eq!(written(&window, FIELD, "Edit reply 1"), kept);
    typed(&window, "好");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until(&mut window, |snapshot| snapshot.counts.done == 1 && number(snapshot) == 2);
    window.key_press(Key::OpenBracket);
    let snapshot = until(&mut window, |snapshot| number(snapshot) == 1);
    let text = format!("{kept}好");
    let ranked = tiers(&window);
    assert_eq!(ranked[..2], [vec![text.clone()], vec![replies[1].clone()]]);
    assert_eq!(ranked[2], [&replies[..1], &replies[2..]].concat(), "the original is untouched, below");
    assert!(drafts(&snapshot).is_empty());
    window.key_press(Key::End);
    until_shown(&mut window, |window| window.query_by_label("edited from 1").is_some());

    // Undo brings the text back to where it was written.
    window.key_press(Key::Z);
    until(&mut window, |snapshot| number(snapshot) == 1 && drafts(snapshot) == [text.clone()]);
    let open = front(&window);
    assert!(open.label.is_none() && open.cards.len() == replies.len());
    edit(&mut window, 1);
    assert_eq!(written(&window, FIELD, "Edit reply 1"), text);
    close(window);
}

#[test]
fn what_is_only_composed_is_no_draft() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    window.key_press(Key::W);
    until_shown(&mut window, |window| window.query_by_role_and_label(FIELD, "Write one").is_some());
    composed(&window, "ni");
    composed(&window, "nihao");
    throughout(&mut window, PAUSE, |window| drafts(&window.state().snapshot().unwrap()).is_empty());
    composed(&window, "");
    window.event(Event::Ime(ImeEvent::Commit("你好".to_owned())));
    until(&mut window, |snapshot| drafts(snapshot) == ["你好"]);
    close(window);
}

#[test]
fn letters_before_a_composition_are_kept_without_it() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    window.key_press(Key::W);
    until_shown(&mut window, |window| window.query_by_role_and_label(FIELD, "Write one").is_some());
    typed(&window, "A");
    composed(&window, "nihao");
    throughout(&mut window, PAUSE, |window| {
        drafts(&window.state().snapshot().unwrap()).iter().all(|draft| !draft.contains("nihao"))
    });
    window.event(Event::Ime(ImeEvent::Commit("你好".to_owned())));
    until(&mut window, |snapshot| drafts(snapshot) == ["A你好"]);
    close(window);
}

#[test]
fn a_window_closed_in_the_middle_of_a_word_loses_none_of_it() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    window.key_press(Key::W);
    until_shown(&mut window, |window| window.query_by_role_and_label(FIELD, "Write one").is_some());
    typed(&window, "Half a wo");
    window.run_steps(1);
    close(window);
    let mut window = launch(home.path());
    until(&mut window, |snapshot| drafts(snapshot) == ["Half a wo"]);
    // On the way to another group as well.
    window.key_press(Key::W);
    until_shown(&mut window, |window| window.query_by_role_and_label(FIELD, "Write one").is_some());
    assert_eq!(written(&window, FIELD, "Write one"), "Half a wo");
    window.key_press_modifiers(Modifiers::COMMAND, Key::End);
    typed(&window, "rd");
    window.get_by_label_contains("Group 3, ready").click();
    until(&mut window, |snapshot| number(snapshot) == 3);
    window.get_by_label_contains("Group 1, ready").click();
    until(&mut window, |snapshot| number(snapshot) == 1 && drafts(snapshot) == ["Half a word"]);
    close(window);
}

#[test]
fn a_reply_of_ones_own_is_the_best() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    let count = front(&window).cards.len();
    window.key_press(Key::W);
    until_shown(&mut window, |window| window.query_by_role_and_label(FIELD, "Write one").is_some());
    // Nothing written: said, nothing done.
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    throughout(&mut window, Duration::from_millis(100), |window| {
        window.query_by_role_and_label(FIELD, "Write one").is_some()
            && window.state().snapshot().is_some_and(|snapshot| snapshot.counts.done == 0)
    });
    typed(&window, "My own.");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until(&mut window, |snapshot| snapshot.counts.done == 1);
    window.key_press(Key::OpenBracket);
    until(&mut window, |snapshot| number(snapshot) == 1);
    let ranked = tiers(&window);
    assert_eq!((ranked[0].clone(), ranked.len(), ranked[1].len()), (vec!["My own.".to_owned()], 2, count));
    let open = front(&window);
    let own = open.replies().last().unwrap();
    assert!(matches!(own.origin, Origin::Written { parent: None, .. }));
    close(window);
}

#[test]
fn undo_in_a_field_takes_back_letters_and_outside_of_it_the_last_step() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    window.key_press(Key::Num1);
    window.key_press(Key::Enter);
    until(&mut window, |snapshot| snapshot.counts.done == 1 && number(snapshot) == 2);
    edit(&mut window, 1);
    let before = written(&window, FIELD, "Edit reply 1");
    typed(&window, " more");
    window.run_steps(8);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(8);
    assert_eq!(written(&window, FIELD, "Edit reply 1"), before);
    let snapshot = window.state().snapshot().unwrap();
    assert_eq!((snapshot.counts.done, number(&snapshot)), (1, 2));
    window.key_press(Key::Escape);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until(&mut window, |snapshot| snapshot.counts.done == 0 && number(snapshot) == 1);
    close(window);
}

#[test]
fn new_replies_cost_no_text_and_undo_brings_the_old_ones_back() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    let ids = |window: &Window| front(window).replies().map(|reply| reply.id).collect::<Vec<_>>();
    let old = ids(&window);
    edit(&mut window, 2);
    typed(&window, " Better.");
    window.key_press(Key::Escape);
    let snapshot = until(&mut window, |snapshot| drafts(snapshot).len() == 1);
    let kept = drafts(&snapshot);
    window.key_press(Key::R);
    until(&mut window, |snapshot| {
        snapshot
            .current
            .as_ref()
            .is_some_and(|open| open.group.round == 1 && open.replies().count() == open.cards.len())
            && snapshot.generation.missing() == 0
    });
    assert!(ids(&window).iter().all(|id| !old.contains(id)));
    window.key_press(Key::Z);
    until(&mut window, |snapshot| snapshot.current.as_ref().is_some_and(|open| open.group.round == 0));
    assert_eq!(ids(&window), old);
    edit(&mut window, 2);
    assert_eq!([written(&window, FIELD, "Edit reply 2")].as_slice(), kept);
    close(window);
}

#[test]
fn a_group_that_was_put_aside_is_found_again_on_the_later_pile() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    window.key_press(Key::B);
    until(&mut window, |snapshot| snapshot.counts.later == 1 && number(snapshot) == 2);
    window.get_by_role_and_label(Role::RadioButton, "Later").click();
    until(&mut window, |snapshot| snapshot.place.filter == QueueFilter::Later);
    until_shown(&mut window, |window| window.query_by_label_contains("Group 2, ").is_none());
    window.get_by_label_contains("Group 1, later").click();
    until(&mut window, |snapshot| number(snapshot) == 1);
    window.key_press(Key::B);
    let snapshot = until(&mut window, |snapshot| snapshot.counts.later == 0);
    assert_eq!((snapshot.queue[0].status, snapshot.counts.ready), (GroupStatus::Ready, 12));
    close(window);
}

#[test]
fn letters_go_into_the_field_though_its_card_was_scrolled_out_of_sight() {
    let home = tempdir().unwrap();
    let mut window = Launch { size: [960.0, 600.0], ..Launch::default() }.sample_at(home.path());
    edit(&mut window, 1);
    // Another reply is looked at with the wheel while one writes.
    window.hover_at(egui::pos2(500.0, 300.0));
    for _ in 0..12 {
        window.event(Event::MouseWheel {
            source: egui::MouseWheelSource::Wheel,
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -200.0),
            phase: egui::TouchPhase::Move,
            modifiers: Modifiers::NONE,
        });
        window.run_steps(2);
    }
    for letter in ["x", "s", "b"] {
        window.event(Event::Key {
            key: Key::from_name(&letter.to_uppercase()).unwrap(),
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        });
        typed(&window, letter);
        window.run_steps(2);
    }
    let snapshot = until(&mut window, |snapshot| drafts(snapshot).iter().any(|draft| draft.contains("xsb")));
    assert_eq!((snapshot.counts.labeled(), snapshot.counts.later, snapshot.counts.skipped), (0, 0, 0));
    close(window);
}

#[test]
fn a_key_that_is_leaned_on_decides_one_group() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    for repeat in [false, true, true, true] {
        window.event(Event::Key {
            key: Key::X,
            physical_key: Some(Key::X),
            pressed: true,
            repeat,
            modifiers: Modifiers::NONE,
        });
        window.run_steps(3);
    }
    until(&mut window, |snapshot| snapshot.counts.none_acceptable == 1);
    throughout(&mut window, Duration::from_millis(300), |window| {
        window.state().snapshot().unwrap().counts.none_acceptable == 1
    });
    close(window);
}

#[test]
fn letters_typed_right_after_the_key_of_a_field_are_no_actions() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    // Faster than a frame, and a frame later: the field has no focus yet.
    for key in [Key::N, Key::X, Key::S, Key::Num1] {
        window.key_press(key);
    }
    window.run_steps(1);
    window.key_press(Key::X);
    window.run_steps(1);
    window.key_press(Key::S);
    window.run_steps(5);
    throughout(&mut window, Duration::from_millis(300), |window| {
        let snapshot = window.state().snapshot().unwrap();
        snapshot.counts.labeled() == 0 && snapshot.counts.skipped == 0 && checked(&snapshot).is_empty()
    });
    close(window);
}

#[test]
fn undo_keeps_its_place_among_keys_that_come_faster_than_the_disk() {
    let home = tempdir().unwrap();
    let mut window = sample(home.path());
    for key in [Key::X, Key::S, Key::Z] {
        window.key_press(key);
    }
    // The skip of the second group was taken back, not the verdict on the first.
    let snapshot = until(&mut window, |snapshot| snapshot.redo.is_some());
    assert_eq!((snapshot.counts.none_acceptable, snapshot.counts.skipped, number(&snapshot)), (1, 0, 2));
    close(window);
}
