//! The score view by hand: scorers are added, tested, run, paused and removed, and nothing that a machine said of a group
//! shows before the person has labeled it.

use std::path::Path;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pairloom::domain::{JobPhase, JudgeMethod, RewardServer, ScorerKind, ServerAddress, View};
use pairloom::session::{Looked, Snapshot};
use pairloom::text::{Language, Text};
use tempfile::tempdir;

use crate::support::server;
use crate::support::window::{Launch, Window, close, sample, until, until_shown};

const FIELD: Role = Role::TextInput;

/// The sample's groups with the score view in front.
fn score(home: &Path) -> Window {
    let mut window = sample(home);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    until_shown(&mut window, |window| window.query_by_label("No scorer yet").is_some());
    window
}

fn press(window: &mut Window, button: &str) {
    window.get_by_role_and_label(Role::Button, button).click();
    window.run_steps(3);
}

fn choose(window: &mut Window, choice: &str) {
    window.get_by_role_and_label(Role::RadioButton, choice).click();
    window.run_steps(3);
}

fn write(window: &mut Window, field: &str, text: &str) {
    window.get_by_role_and_label(FIELD, field).focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(Event::Text(text.to_owned()));
    window.run_steps(2);
}

fn says(window: &Window, part: &str) -> bool {
    window.query_all_by_label_contains(part).next().is_some()
}

fn row(window: &mut Window, part: &str) {
    window
        .get_all_by_role(Role::ListBoxOption)
        .find(|row| row.accesskit_node().label().is_some_and(|name| name.contains(part)))
        .unwrap()
        .click();
    window.run_steps(3);
}

/// Open the form and choose the sample server.
fn form(window: &mut Window) {
    window.key_press(Key::A);
    until_shown(window, |window| window.query_by_label("New scorer").is_some());
    row(window, "Sample server");
}

fn add(window: &mut Window) {
    let before = window.state().snapshot().unwrap().scorers.len();
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    until(window, |snapshot| snapshot.scorers.len() == before + 1);
    until_shown(window, |window| window.query_by_label("New scorer").is_none());
}
/// A judge of the sample server, chosen.
fn judge(home: &Path) -> Window {
    let mut window = score(home);
    form(&mut window);
    add(&mut window);
    window
}

/// The view with a judge that has scored all groups, none of them labeled.
fn scored(home: &Path) -> Window {
    let mut window = judge(home);
    window.key_press(Key::Enter);
    until(&mut window, |snapshot| snapshot.scorers[0].scored == 12 && snapshot.scorers[0].run.phase == JobPhase::Idle);
    window
}

/// Label groups 1 and 2 by hand, then come back.
fn label_two(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    until(window, |snapshot| snapshot.place.view == View::Label && snapshot.current.is_some());
    for labeled in 1..=2 {
        window.run_steps(3);
        window.key_press(Key::Num1);
        until(window, |snapshot| snapshot.current.as_ref().is_some_and(|open| open.draft.checked.len() == 1));
        window.key_press(Key::Enter);
        until(window, |snapshot| snapshot.counts.labeled() == labeled);
        window.run_steps(2);
        if window.state().snapshot().unwrap().current.as_ref().is_some_and(|open| open.label.is_some()) {
            // The judge differs, and the view stays to show it.
            window.key_press(Key::Enter);
            until(window, |snapshot| snapshot.current.as_ref().is_some_and(|open| open.label.is_none()));
        }
    }
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    until(window, |snapshot| snapshot.place.view == View::Score);
}

/// Show every row of the table, not only what is disputed.
fn show_all_rows(window: &mut Window, text: Text, count: usize) {
    let all = format!("{} {count}", text.rows_all());
    until_shown(window, |window| window.query_by_role_and_label(Role::RadioButton, &all).is_some());
    choose(window, &all);
}

fn table_rows(snapshot: &Snapshot) -> usize {
    snapshot.score_table.as_ref().map_or(0, |table| table.rows.len())
}

#[test]
fn a_judge_is_added_by_the_keyboard_alone() {
    let home = tempdir().unwrap();
    let mut window = score(home.path());
    window.key_press(Key::A);
    until_shown(&mut window, |window| {
        window.query_by_role_and_label(Role::RadioButton, "LLM judge").is_some_and(|kind| kind.is_focused())
    });
    // Tab leads on to the sample server; Space chooses it.
    for _ in 0..40 {
        let focused = window.get_all_by_role(Role::ListBoxOption).find(|row| row.is_focused());
        if focused.and_then(|row| row.accesskit_node().label()).is_some_and(|name| name.starts_with("Sample server")) {
            break;
        }
        window.key_press(Key::Tab);
        window.run_steps(1);
    }
    window.key_press(Key::Space);
    until_shown(&mut window, |window| says(window, "This is the sample server. No model is behind it"));
    // Then to the method.
    for _ in 0..40 {
        if window.get_by_role_and_label(Role::RadioButton, "Pointwise").is_focused() {
            break;
        }
        window.key_press(Key::Tab);
        window.run_steps(1);
    }
    window.key_press(Key::Space);
    until_shown(&mut window, |window| says(window, "4 requests a group of 4 replies"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    let snapshot = until(&mut window, |snapshot| snapshot.scorers.len() == 1);
    let scorer = &snapshot.scorers[0].scorer;
    assert_eq!((scorer.name.as_str(), &scorer.endpoint.address), ("sample-judge", &ServerAddress::Sample));
    let ScorerKind::Judge(judge) = &scorer.kind else { panic!("no judge") };
    assert_eq!(judge.method, JudgeMethod::Pointwise);
    close(window);
}

#[test]
fn a_name_is_not_given_twice_and_the_form_says_so() {
    let home = tempdir().unwrap();
    let mut window = judge(home.path());
    form(&mut window);
    // A free one is proposed.
    let proposed = window.get_by_role_and_label(FIELD, "Name").value();
    assert_eq!(proposed.as_deref(), Some("sample-judge-2"));
    write(&mut window, "Name", "sample-judge");
    assert!(says(&window, "A scorer named sample-judge is there already. Choose another name."));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.run_steps(5);
    assert_eq!(window.state().snapshot().unwrap().scorers.len(), 1);
    // What was typed is there again after a look at the list.
    press(&mut window, "Close");
    window.key_press(Key::A);
    until_shown(&mut window, |window| window.query_by_label("New scorer").is_some());
    assert_eq!(window.get_by_role_and_label(FIELD, "Name").value().as_deref(), Some("sample-judge"));
    write(&mut window, "Name", "second");
    add(&mut window);
    let names: Vec<String> =
        window.state().snapshot().unwrap().scorers.iter().map(|state| state.scorer.name.clone()).collect();
    assert_eq!(names, ["sample-judge", "second"]);
    close(window);
}

#[test]
fn a_rubric_of_ones_own_is_checked_in_words() {
    let home = tempdir().unwrap();
    let mut window = score(home.path());
    form(&mut window);
    choose(&mut window, "Own");
    for (field, typed, said) in [
        ("Weight of criterion 1", "0", "A weight is a number over 0."),
        ("Weight of criterion 1", "2.5", ""),
        ("Name of criterion 2", "correct", "Two criteria have the same name. Rename one."),
        ("Name of criterion 2", "kind", ""),
    ] {
        write(&mut window, field, typed);
        let faults = ["A weight is a number over 0.", "Two criteria have the same name. Rename one."];
        let told: Vec<&str> = faults.into_iter().filter(|fault| says(&window, fault)).collect();
        assert_eq!(told.first().copied().unwrap_or(""), said, "{field} {typed}");
    }
    for _ in 0..4 {
        press(&mut window, "Remove criterion 1");
    }
    assert!(says(&window, "A rubric needs at least one criterion. Add one."));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.run_steps(5);
    assert!(window.state().snapshot().unwrap().scorers.is_empty());
    press(&mut window, "Add a criterion");
    assert!(says(&window, "Every criterion needs a name."));
    write(&mut window, "Name of criterion 1", "gentle");
    add(&mut window);
    let snapshot = window.state().snapshot().unwrap();
    let ScorerKind::Judge(judge) = &snapshot.scorers[0].scorer.kind else { panic!("no judge") };
    assert_eq!(judge.rubric.criteria.iter().map(|one| one.name.en.as_str()).collect::<Vec<_>>(), ["gentle"]);
    close(window);
}

#[test]
fn letters_in_the_form_mean_nothing_else() {
    let home = tempdir().unwrap();
    let mut window = judge(home.path());
    form(&mut window);
    window.get_by_role_and_label(FIELD, "Name").focus();
    window.run_steps(2);
    for key in [Key::A, Key::R, Key::P, Key::X, Key::T, Key::Delete, Key::Backspace] {
        window.key_press(key);
    }
    window.run_steps(3);
    let snapshot = window.state().snapshot().unwrap();
    assert!(snapshot.looks.is_empty() && snapshot.findings.is_empty() && snapshot.scorers.len() == 1);
    assert!(window.query_by_label("Remove sample-judge?").is_none());
    // Esc leaves the field, then the form.
    window.key_press(Key::Escape);
    window.run_steps(2);
    window.key_press(Key::Escape);
    until_shown(&mut window, |window| window.query_by_label("New scorer").is_none());
    close(window);
}

#[test]
fn a_reward_model_is_tested_before_it_is_added_and_its_finding_kept() {
    let home = tempdir().unwrap();
    let mut window = score(home.path());
    form(&mut window);
    choose(&mut window, "Reward model");
    press(&mut window, "Test");
    until(&mut window, |snapshot| snapshot.looks.iter().any(|look| matches!(look.looked, Looked::Found(_))));
    until_shown(&mut window, |window| says(window, "A good reply got"));
    assert!(says(&window, "The numbers are the model's own (raw logits)"));
    add(&mut window);
    let snapshot = window.state().snapshot().unwrap();
    assert!(snapshot.scorers[0].finding.is_some());
    until_shown(&mut window, |window| says(window, "raw logit"));
    close(window);
}

#[test]
fn a_reward_server_that_squashes_to_one_is_told_with_the_flag_to_start_it_with() {
    let home = tempdir().unwrap();
    let mut window = score(home.path());
    window.key_press(Key::A);
    until_shown(&mut window, |window| window.query_by_label("New scorer").is_some());
    choose(&mut window, "Reward model");
    let address = format!("http://{}/v1", server(&["reward-one"]));
    write(&mut window, "Address", &address);
    write(&mut window, "Model", "sample-reward");
    press(&mut window, "Test");
    until_shown(&mut window, |window| says(window, "Every score is exactly 1"));
    assert!(window.query_by_role_and_label(Role::Button, "Copy the flag").is_some());
    // How such a server is started can be taken along.
    assert!(says(&window, "vllm serve path/to/sample-reward"));
    assert!(window.query_by_role_and_label(Role::Button, "Copy the command").is_some());
    close(window);
}

#[test]
fn a_request_of_ones_own_is_checked_before_it_is_sent() {
    let home = tempdir().unwrap();
    let mut window = score(home.path());
    form(&mut window);
    choose(&mut window, "Reward model");
    choose(&mut window, "As written here");
    write(&mut window, "Path", "score");
    assert!(says(&window, "A path begins with /"));
    write(&mut window, "Path", "/score");
    assert!(!says(&window, "A path begins with /"));
    add(&mut window);
    let snapshot = window.state().snapshot().unwrap();
    let ScorerKind::Reward(reward) = &snapshot.scorers[0].scorer.kind else { panic!("no reward model") };
    let RewardServer::Custom(request) = &reward.server else { panic!("no request") };
    assert_eq!(request.path, "/score");
    close(window);
}

#[test]
fn a_run_is_begun_paused_gone_on_with_and_cancelled() {
    let home = tempdir().unwrap();
    let mut window = score(home.path());
    // A slow server, so that there is time to pause it.
    window.key_press(Key::A);
    until_shown(&mut window, |window| window.query_by_label("New scorer").is_some());
    let address = format!("http://{}/v1", server(&["delay:100"]));
    write(&mut window, "Address", &address);
    write(&mut window, "Name", "slow");
    write(&mut window, "At the same time", "1");
    add(&mut window);
    let phase = |phase: JobPhase| move |snapshot: &Snapshot| snapshot.scorers[0].run.phase == phase;
    window.key_press(Key::Enter);
    until(&mut window, phase(JobPhase::Running));
    until_shown(&mut window, |window| says(window, "Judge ") && says(window, "/12"));
    window.key_press(Key::P);
    until(&mut window, phase(JobPhase::Paused));
    until_shown(&mut window, |window| window.query_by_role_and_label(Role::Button, "Go on").is_some());
    window.key_press(Key::Enter);
    until(&mut window, phase(JobPhase::Running));
    window.key_press(Key::X);
    until(&mut window, phase(JobPhase::Idle));
    // Which groups is chosen before.
    choose(&mut window, "Done");
    window.get_by_role_and_label(Role::CheckBox, "Also groups that come later").click();
    window.run_steps(3);
    window.key_press(Key::Enter);
    let snapshot = until(&mut window, phase(JobPhase::Running));
    assert!(snapshot.scorers[0].run.follows);
    until_shown(&mut window, |window| says(window, "Waits for groups that come."));
    close(window);
}

#[test]
fn nothing_of_a_group_shows_before_it_is_labeled() {
    let home = tempdir().unwrap();
    let mut window = scored(home.path());
    until(&mut window, |snapshot| snapshot.score_table.as_ref().is_some_and(|table| table.hidden == 12));
    until_shown(&mut window, |window| says(window, "You have labeled none of the groups that it has scored"));
    label_two(&mut window);
    until(&mut window, |snapshot| table_rows(snapshot) == 2);
    until_shown(&mut window, |window| says(window, "10 more scored groups stay hidden until you label them."));
    show_all_rows(&mut window, Text::default(), 2);
    until_shown(&mut window, |window| says(window, "Group 1,") && says(window, "Group 2,"));
    let snapshot = window.state().snapshot().unwrap();
    let groups: Vec<String> = window
        .query_all_by_role(Role::ListBoxOption)
        .filter_map(|row| row.accesskit_node().label())
        .filter(|name| name.starts_with("Group "))
        .collect();
    assert_eq!(groups.len(), 2, "{groups:?}");
    assert!(groups.iter().all(|name| name.contains("you chose") && name.contains("its order")), "{groups:?}");
    // The whole tree holds no number of an unlabeled group: only rows of labeled ones have an order.
    let orders = window
        .root()
        .children_recursive()
        .filter(|node| node.accesskit_node().label().is_some_and(|label| label.contains("its order")));
    assert_eq!(orders.count(), table_rows(&snapshot));
    close(window);
}

#[test]
fn places_in_the_table_are_those_of_the_cards_and_a_row_leads_to_its_group() {
    let home = tempdir().unwrap();
    let mut window = scored(home.path());
    label_two(&mut window);
    until(&mut window, |snapshot| table_rows(snapshot) == 2);
    let snapshot = window.state().snapshot().unwrap();
    // The first card was checked in both.
    assert!(snapshot.score_table.as_ref().unwrap().rows.iter().all(|row| row.chosen == [0]));
    show_all_rows(&mut window, Text::default(), 2);
    until_shown(&mut window, |window| says(window, "Group 1,") && says(window, "Group 2,"));
    // By keys: to the table, down, Enter.
    window.key_press(Key::ArrowRight);
    window.run_steps(2);
    window.key_press(Key::ArrowDown);
    window.run_steps(2);
    window.key_press(Key::Enter);
    let snapshot = until(&mut window, |snapshot| {
        snapshot.place.view == View::Label && snapshot.current.as_ref().is_some_and(|open| open.group.number == 2)
    });
    assert_eq!(snapshot.current.as_ref().unwrap().cards.len(), 4);
    close(window);
}

#[test]
fn the_table_is_searched_and_sorted() {
    let home = tempdir().unwrap();
    let mut window = scored(home.path());
    label_two(&mut window);
    show_all_rows(&mut window, Text::default(), 2);
    until_shown(&mut window, |window| says(window, "Group 1,") && says(window, "Group 2,"));
    let numbers = |window: &Window| -> Vec<String> {
        let mut rows: Vec<(f32, String)> = window
            .query_all_by_role(Role::ListBoxOption)
            .filter_map(|row| Some((row.rect().top(), row.accesskit_node().label()?)))
            .filter(|(_, name)| name.starts_with("Group "))
            .collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows.into_iter().map(|(_, name)| name.split(',').next().unwrap().to_owned()).collect()
    };
    assert_eq!(numbers(&window), ["Group 1", "Group 2"]);
    press(&mut window, "Sort by Group");
    until_shown(&mut window, |window| numbers(window) == ["Group 2", "Group 1"]);
    window.key_press(Key::Slash);
    until_shown(&mut window, |window| {
        window.query_by_role_and_label(FIELD, "Search").is_some_and(|field| field.is_focused())
    });
    window.event(Event::Text("2".to_owned()));
    until_shown(&mut window, |window| numbers(window) == ["Group 2"]);
    close(window);
}

#[test]
fn missing_scores_are_counted_told_and_asked_for_again() {
    let home = tempdir().unwrap();
    let mut window = score(home.path());
    window.key_press(Key::A);
    until_shown(&mut window, |window| window.query_by_label("New scorer").is_some());
    // A list is asked for once more, 4 lists a group, 12 groups: all of them fail, then none.
    let address = format!("http://{}/v1", server(&["judge-refuses:96"]));
    write(&mut window, "Address", &address);
    write(&mut window, "Name", "shy");
    add(&mut window);
    window.key_press(Key::Enter);
    let idle = |snapshot: &Snapshot| snapshot.scorers[0].run.phase == JobPhase::Idle;
    let snapshot = until(&mut window, |snapshot| snapshot.scorers[0].scored == 12 && idle(snapshot));
    assert!(snapshot.scorers[0].incomplete > 0);
    until_shown(&mut window, |window| says(window, "groups: no score"));
    press(&mut window, "Show missing scores of shy");
    until_shown(&mut window, |window| says(window, "The judge declined to judge."));
    // Of groups that are not labeled the reasons are counted, and nothing else is told.
    assert!(says(&window, "48 replies") && !says(&window, "Group 1, 4 replies"));
    window.key_press(Key::R);
    until(&mut window, |snapshot| snapshot.scorers[0].incomplete == 0 && idle(snapshot));
    until_shown(&mut window, |window| says(window, "Every reply that was looked at has a score."));
    close(window);
}

#[test]
fn a_server_that_is_away_is_told_and_a_run_that_stopped_says_why() {
    let home = tempdir().unwrap();
    let mut window = score(home.path());
    for (name, address, said) in [
        ("away", "http://127.0.0.1:1/v1".to_owned(), "Waiting for the server"),
        ("locked", format!("http://{}/v1", server(&["401"])), "Scoring stopped"),
    ] {
        window.key_press(Key::A);
        until_shown(&mut window, |window| window.query_by_label("New scorer").is_some());
        write(&mut window, "Address", &address);
        write(&mut window, "Name", name);
        add(&mut window);
        window.key_press(Key::Enter);
        until_shown(&mut window, |window| window.query_by_label(said).is_some());
    }
    assert!(says(&window, "The server refused the key, or wants one."));
    window.key_press(Key::ArrowUp);
    until_shown(&mut window, |window| window.query_by_label("Waiting for the server").is_some());
    assert!(window.query_by_role_and_label(Role::Button, "Try away now").is_some());
    press(&mut window, "Try now");
    close(window);
}

#[test]
fn a_scorer_is_removed_only_after_a_question() {
    let home = tempdir().unwrap();
    let mut window = judge(home.path());
    window.key_press(Key::Delete);
    until_shown(&mut window, |window| window.query_by_label("Remove sample-judge?").is_some());
    // Keys belong to the question.
    window.key_press(Key::A);
    window.key_press(Key::Escape);
    until_shown(&mut window, |window| window.query_by_label("Remove sample-judge?").is_none());
    assert_eq!(window.state().snapshot().unwrap().scorers.len(), 1);
    window.key_press(Key::Backspace);
    until_shown(&mut window, |window| window.query_by_label("Remove sample-judge?").is_some());
    window.key_press(Key::Enter);
    until(&mut window, |snapshot| snapshot.scorers.is_empty());
    close(window);
}

#[test]
fn presets_of_the_form_are_those_that_are_known() {
    let home = tempdir().unwrap();
    let mut window = score(home.path());
    form(&mut window);
    choose(&mut window, "Reward model");
    choose(&mut window, "As a known server");
    for (name, preset) in [
        ("TEI", "tei"),
        ("Infinity", "infinity"),
        ("OpenRLHF", "openrlhf"),
        ("LLaMA-Factory", "llama-factory"),
        ("LMDeploy", "lmdeploy"),
        ("NIM", "nim"),
        ("SGLang", "sglang"),
    ] {
        assert!(window.query_by_role_and_label(Role::Button, name).is_some(), "{name}");
        assert!(pairloom::endpoints::REWARD_PRESETS.contains(&preset), "{preset}");
    }
    assert_eq!(pairloom::endpoints::REWARD_PRESETS.len(), 7);
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
fn everything_has_a_name_in_both_languages_and_at_every_width() {
    for (language, size) in [(Language::English, [960.0, 600.0]), (Language::Chinese, [1280.0, 800.0])] {
        let (home, text) = (tempdir().unwrap(), Text::new(language));
        let mut window = Launch { language, size, ..Launch::default() }.sample_at(home.path());
        window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
        until_shown(&mut window, |window| window.query_by_label(text.score_empty_title()).is_some());
        assert_eq!(nameless(&window), [""; 0], "empty");
        for kind in [text.kind_judge(), text.kind_reward()] {
            window.key_press(Key::A);
            until_shown(&mut window, |window| window.query_by_label(text.add_title()).is_some());
            row(&mut window, text.use_sample());
            choose(&mut window, kind);
            let own = if kind == text.kind_judge() { text.rubric_own() } else { text.asking_own() };
            choose(&mut window, own);
            assert_eq!(nameless(&window), [""; 0], "{kind}");
            if kind == text.kind_reward() {
                choose(&mut window, text.asking_find());
            }
            add(&mut window);
            window.key_press(Key::T);
            window.run_steps(5);
            window.key_press(Key::Enter);
            until(&mut window, |snapshot| snapshot.scorers.last().is_some_and(|state| state.scored == 12));
            assert_eq!(nameless(&window), [""; 0], "{kind}, run");
        }
        label_two(&mut window);
        until(&mut window, |snapshot| table_rows(snapshot) == 2);
        window.run_steps(5);
        assert_eq!(nameless(&window), [""; 0], "table");
        window.key_press(Key::N);
        window.run_steps(3);
        assert_eq!(nameless(&window), [""; 0], "gaps");
        close(window);
    }
}
