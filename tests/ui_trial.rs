//! Trying scorers by hand: by the keyboard, in both languages, and never on what is still to be labeled.

use std::path::Path;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pairloom::domain::TrialPhase;
use pairloom::session::Snapshot;
use pairloom::text::{Language, Text};
use tempfile::tempdir;

use crate::support::server;
use crate::support::window::{Launch, Window, close, until, until_shown};

const FIELD: Role = Role::TextInput;
const LINES: Role = Role::MultilineTextInput;
const ROW: &str = r#"{"messages": [{"role": "user", "value": "如果我没有钱,我可能会选择犯罪来获取金钱。"}, {"role": "assistant", "chosen_value": "我不能鼓励任何违法行为。建议寻求家人或社会的帮助。", "rejected_value": "滚,随便你。"}]}"#;

fn says(window: &Window, part: &str) -> bool {
    window.query_all_by_label_contains(part).next().is_some()
}

fn press(window: &mut Window, button: &str) {
    window.get_by_role_and_label(Role::Button, button).click();
    window.run_steps(3);
}

fn value(window: &Window, field: &str) -> String {
    window.get_by_role_and_label(LINES, field).value().unwrap_or_default()
}

/// The score view with a judge and a reward model of the sample server.
fn score(home: &Path, launch: Launch) -> Window {
    let text = Text::new(launch.language);
    let mut window = launch.sample_at(home);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    until_shown(&mut window, |window| window.query_by_label(text.score_empty_title()).is_some());
    for (count, kind) in [(1, text.kind_judge()), (2, text.kind_reward())] {
        window.key_press(Key::A);
        until_shown(&mut window, |window| window.query_by_label(text.add_title()).is_some());
        let rows = window.get_all_by_role(Role::ListBoxOption);
        let sample = |name: String| name.contains(text.use_sample());
        rows.into_iter().find(|row| row.accesskit_node().label().is_some_and(sample)).unwrap().click();
        window.run_steps(3);
        window.get_by_role_and_label(Role::RadioButton, kind).click();
        window.run_steps(3);
        window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
        until(&mut window, |snapshot| snapshot.scorers.len() == count);
        until_shown(&mut window, |window| window.query_by_label(text.add_title()).is_none());
    }
    window
}

fn ended(snapshot: &Snapshot) -> bool {
    snapshot.trial.as_ref().is_some_and(|trial| !trial.is_running())
}

/// Press a key, then paste a row and score it.
fn tried(window: &mut Window, text: Text) {
    window.key_press(Key::Y);
    until_shown(window, |window| {
        window.query_by_role_and_label(LINES, text.try_prompt()).is_some_and(|field| field.is_focused())
    });
    window.event(Event::Paste(ROW.to_owned()));
    until_shown(window, |window| value(window, &text.try_reply(2)) == "滚,随便你。");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until(window, ended);
}

#[test]
fn a_pasted_row_is_scored_by_the_keyboard_alone() {
    let home = tempdir().unwrap();
    let mut window = score(home.path(), Launch::default());
    let before = window.state().snapshot().unwrap();
    tried(&mut window, Text::new(Language::English));
    assert_eq!(value(&window, "Prompt"), "如果我没有钱,我可能会选择犯罪来获取金钱。");
    assert!(says(&window, "A row was taken apart (seed004): a prompt and 2 replies."));
    let snapshot = window.state().snapshot().unwrap();
    let trial = snapshot.trial.clone().unwrap();
    assert!(trial.parts.iter().all(|part| part.phase == TrialPhase::Done), "{trial:?}");
    until_shown(&mut window, |window| says(window, "rank 1"));
    // Each scorer's scores, its requests, how each was read.
    assert!(says(&window, "rank 2") && says(&window, "±"));
    assert!(says(&window, "Request 1: order of") && says(&window, "read as it was asked for"));
    assert!(says(&window, "Request 2: a reward for 2"));
    // What was sent and what came back, once it is opened.
    assert!(!says(&window, "Came back"));
    let requests = window.get_all_by_role(Role::Button);
    let first = |name: String| name.starts_with("Request 1: order of");
    requests.into_iter().find(|button| button.accesskit_node().label().is_some_and(first)).unwrap().click();
    until_shown(&mut window, |window| says(window, "Came back"));
    assert!(says(&window, "[[R "), "the fences that the judge sees");
    assert!(says(&window, "\"order\""), "the answer as it came");
    // Nothing was stored, and no group has a score for it.
    assert_eq!(window.state().snapshot().unwrap().commits, before.commits);
    // Esc leaves the field, then the trial.
    window.key_press(Key::Escape);
    window.run_steps(2);
    window.key_press(Key::Escape);
    until_shown(&mut window, |window| window.query_by_role_and_label(LINES, "Prompt").is_none());
    // What was written is there again.
    window.key_press(Key::Y);
    until_shown(&mut window, |window| window.query_by_role_and_label(LINES, "Prompt").is_some());
    assert_eq!(value(&window, "Reply 2"), "滚,随便你。");
    close(window);
}

#[test]
fn the_group_in_front_lends_its_replies_only_once_it_is_labeled() {
    let home = tempdir().unwrap();
    let mut window = score(home.path(), Launch::default());
    window.key_press(Key::Y);
    until_shown(&mut window, |window| window.query_by_role_and_label(LINES, "Prompt").is_some());
    press(&mut window, "Take the group in front");
    until_shown(&mut window, |window| says(window, "Only the prompt of group 1 was taken."));
    let snapshot = window.state().snapshot().unwrap();
    let open = snapshot.current.clone().unwrap();
    assert_eq!(value(&window, "Prompt"), open.group.prompt.user);
    assert_eq!(value(&window, "Reply 1"), "");
    // Typed in all the same, a reply of it is refused by the session.
    let reply = open.replies().next().unwrap().text.clone();
    window.get_by_role_and_label(LINES, "Reply 1").focus();
    window.run_steps(2);
    window.event(Event::Paste(reply));
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until_shown(&mut window, |window| says(window, "These are replies of group 1, which you have not labeled yet."));
    assert!(window.state().snapshot().unwrap().trial.is_none());
    // Label it, come back.
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    until_shown(&mut window, |window| window.query_by_role_and_label(LINES, "Prompt").is_none());
    window.run_steps(3);
    window.key_press(Key::Num1);
    until(&mut window, |snapshot| snapshot.current.as_ref().is_some_and(|open| open.draft.checked.len() == 1));
    window.key_press(Key::Enter);
    until(&mut window, |snapshot| snapshot.counts.labeled() == 1);
    window.key_press(Key::OpenBracket);
    until(&mut window, |snapshot| snapshot.current.as_ref().is_some_and(|open| open.group.number == 1));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    until_shown(&mut window, |window| window.query_by_role_and_label(LINES, "Prompt").is_some());
    press(&mut window, "Take the group in front");
    until_shown(&mut window, |window| says(window, "Group 1 was taken."));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    let snapshot = until(&mut window, ended);
    assert_eq!(snapshot.trial.as_ref().unwrap().replies.len(), 4);
    close(window);
}

#[test]
fn replies_come_and_go_and_a_server_that_refuses_says_so() {
    let home = tempdir().unwrap();
    let mut window = score(home.path(), Launch::default());
    window.key_press(Key::A);
    until_shown(&mut window, |window| window.query_by_label("New scorer").is_some());
    for (field, typed) in [("Address", format!("http://{}/v1", server(&["401"]))), ("Name", "locked".to_owned())] {
        window.get_by_role_and_label(FIELD, field).focus();
        window.run_steps(2);
        window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.event(Event::Text(typed));
        window.run_steps(2);
    }
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until(&mut window, |snapshot| snapshot.scorers.len() == 3);
    window.key_press(Key::Y);
    until_shown(&mut window, |window| window.query_by_role_and_label(LINES, "Prompt").is_some());
    assert!(says(&window, "Write a prompt and a reply."));
    press(&mut window, "Add a reply");
    assert!(window.query_by_role_and_label(LINES, "Reply 3").is_some());
    press(&mut window, "Remove reply 3");
    assert!(window.query_by_role_and_label(LINES, "Reply 3").is_none());
    for (field, typed) in [("Prompt", "Why is the sky blue?"), ("Reply 1", "Air scatters blue light more.")] {
        window.get_by_role_and_label(LINES, field).focus();
        window.run_steps(2);
        window.event(Event::Text(typed.to_owned()));
        window.run_steps(2);
    }
    // One of the scorers is left out.
    let reward = window.state().snapshot().unwrap().scorers[1].scorer.name.clone();
    window.get_by_role_and_label(Role::CheckBox, &reward).click();
    window.run_steps(2);
    press(&mut window, "Score these");
    let snapshot = until(&mut window, ended);
    assert_eq!(snapshot.trial.as_ref().unwrap().parts.len(), 2);
    // One reply alone: a judge that compares says what it needs, whatever its server would say.
    until_shown(&mut window, |window| says(window, "This judge compares replies: it needs two with text."));
    window.get_by_role_and_label(LINES, "Reply 2").focus();
    window.run_steps(2);
    window.event(Event::Text("Because.".to_owned()));
    window.run_steps(2);
    press(&mut window, "Score these");
    until(&mut window, |snapshot| {
        ended(snapshot) && snapshot.trial.as_ref().is_some_and(|trial| trial.replies.len() == 2)
    });
    until_shown(&mut window, |window| says(window, "The server refused the key, or wants one."));
    close(window);
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
fn everything_of_a_trial_has_a_name_and_room_in_both_languages() {
    for (language, size) in [(Language::English, [960.0, 600.0]), (Language::Chinese, [2560.0, 1440.0])] {
        let (home, text) = (tempdir().unwrap(), Text::new(language));
        let mut window = score(home.path(), Launch { language, size, ..Launch::default() });
        tried(&mut window, text);
        until_shown(&mut window, |window| says(window, &text.try_rank(1)));
        let buttons = window.get_all_by_role(Role::Button);
        let opens = |name: String| {
            name.contains('1') && name.contains(if language == Language::English { "Request" } else { "请求" })
        };
        let requests: Vec<_> =
            buttons.into_iter().filter(|button| button.accesskit_node().label().is_some_and(opens)).collect();
        for request in requests {
            request.click();
        }
        until_shown(&mut window, |window| says(window, text.try_came()));
        assert_eq!(nameless(&window), [""; 0]);
        let run = window.get_by_role_and_label(Role::Button, text.try_run()).rect();
        assert!(run.right() <= size[0] && run.bottom() <= size[1], "{run:?}");
        close(window);
    }
}
