//! The view drawn from made-up sessions: what stands where, what is said of figures, what is asked for.

mod scene;

use egui::accesskit::Role;
use egui::{Key, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use self::scene::{Scene, labeled};
use crate::domain::{Draw, QueueFilter, View};
use crate::session::Command;
use crate::text::{Language, Text};
use crate::ui::actions::Action;

type Window = Harness<'static, Scene>;

fn says(window: &Window, part: &str) -> bool {
    window.query_all_by_label_contains(part).next().is_some()
}

fn press(window: &mut Window, role: Role, name: &str) {
    window.get_by_role_and_label(role, name).click();
    window.run_steps(3);
}

/// The rows that are drawn, by their numbers, from above.
fn rows(window: &Window) -> Vec<u64> {
    let mut rows: Vec<(f32, u64)> = window
        .query_all_by_role(Role::ListBoxOption)
        .filter_map(|row| {
            let name = row.accesskit_node().label()?;
            let number = name.strip_prefix("Group ")?.split(',').next()?.parse().ok()?;
            Some((row.rect().top(), number))
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().map(|(_, number)| number).collect()
}

/// Draw frames until the table shows what is wanted of it.
#[track_caller]
fn arranged(window: &mut Window) {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        window.run_steps(2);
        let panel = &window.state().panel;
        let wanted = panel.wanted.filter;
        if panel.arranged.as_ref().is_some_and(|found| wanted.is_none_or(|wanted| found.filter == wanted)) {
            return;
        }
        assert!(std::time::Instant::now() < end, "the rows did not come");
        std::thread::park_timeout(std::time::Duration::from_millis(2));
    }
}

#[test]
fn every_figure_says_what_it_rests_on() {
    let window = labeled(58).window([1280.0, 728.0], Theme::Dark);
    for words in [
        "58 groups, 95 % intervals",
        "Random picks, weighted: tells of all groups (effective n 42)",
        "Pair accuracy, qwen3-32b: 81 %, 95 % interval 75 % to 88 %, from 232 pairs in 58 groups; chance 50 %",
        "Best reply matches, skywork-v2-8b: 70 %",
        "Rank order (tau-b), qwen3-32b: 0.47, 95 % interval 0.36 to 0.58, from 58 groups; chance 0.00; not defined in 2",
        "Beyond chance (kappa), qwen3-32b: 0.58",
        "You put 88 %, 95 % interval 80 % to 96 %, from 120 pairs in 34 groups, the same way",
        "chosen, 165, median +1.90; left out, 165, median −1.20",
        "Longer wins: you, it 52 / 64 %",
        "It prefers longer replies by 12 points more than you do.",
        "Changed after a look 4 of 58",
        "Leans to what is shown first +4.1 %",
    ] {
        assert!(says(&window, words), "{words}");
    }
}

#[test]
fn few_groups_get_no_interval_and_say_how_many_are_missing() {
    let mut window = labeled(10).window([1280.0, 728.0], Theme::Light);
    for words in [
        "too few groups for an interval: 10 of 30",
        "The groups you labeled, not a random sample",
        "Pair accuracy, qwen3-32b: 81 % from 40 pairs in 10 groups; too few groups for an interval: 10 of 30",
    ] {
        assert!(says(&window, words), "{words}");
    }
    assert!(!says(&window, "95 % intervals") && !says(&window, "81 %, 95 %"));
    press(&mut window, Role::RadioButton, "By margin");
    for words in [
        "No curve yet: it takes 100 pairs in 60 groups picked by chance.",
        "margin 0.50 to 1.00: you agree in 74 %, 45 of 61 pairs",
        "margin 2.00 and more",
        "skywork-v2-8b puts pairs as qwen3-32b does: 78 %, 74–82",
    ] {
        assert!(says(&window, words), "{words}");
    }
}

#[test]
fn before_the_first_label_the_view_says_what_to_do_and_shows_nothing_of_any_group() {
    let mut scene = labeled(0);
    scene.snapshot.picked = crate::domain::PickedCounts::default();
    let mut window = scene.window([1280.0, 728.0], Theme::Light);
    assert!(says(&window, "How far do you and it agree?"));
    assert!(rows(&window).is_empty() && !says(&window, "its order"));
    // Nothing to compute from.
    assert!(!window.state().asked.contains(&Command::Measure));
    let scorer = window.state().snapshot.scorers[0].scorer.id;
    let button = window.get_all_by_role_and_label(Role::Button, "Label the next 50").next().unwrap();
    button.click();
    window.run_steps(3);
    assert_eq!(window.state().asked.last(), Some(&Command::Pick { scorer, draw: None, count: 50 }));
}

#[test]
fn filters_show_their_rows_and_columns_sort_them() {
    let mut window = labeled(58).window([1280.0, 728.0], Theme::Light);
    // What is disputed comes first.
    assert_eq!(rows(&window)[..3], [3, 8, 13]);
    assert!(says(&window, "Review these 12"));
    for (filter, first) in [("Random 19", 3), ("No score 3", 7), ("Marked 9", 3), ("All 58", 1), ("Large gap 24", 1)] {
        press(&mut window, Role::RadioButton, filter);
        arranged(&mut window);
        window.run_steps(2);
        assert_eq!(rows(&window).first(), Some(&first), "{filter}");
    }
    press(&mut window, Role::RadioButton, "Disagree 12");
    arranged(&mut window);
    for column in ["Prompt", "You chose", "Judge puts first", "Judge gap", "Reward gap", "The judge is", "Group"] {
        press(&mut window, Role::Button, &format!("Sort by {column}"));
        arranged(&mut window);
        assert_eq!(window.state().panel.arranged.as_ref().unwrap().rows.len(), 12, "{column}");
    }
    window.state_mut().acts.push(Action::ReviewRows);
    window.run_steps(2);
    let group = window.state().snapshot.queue[2].id;
    let asked = &window.state().asked;
    assert!(asked.ends_with(&[Command::Go(group), Command::Unfold { group }, Command::SetView(View::Label)]));
}

#[test]
fn picks_are_asked_for_in_each_way_and_gone_on_with() {
    let mut window = labeled(12).window([1280.0, 728.0], Theme::Light);
    assert!(says(&window, "12 of 50 labeled"));
    let scorer = window.state().snapshot.scorers[0].scorer.id;
    for (action, draw) in [
        (Action::PickMixed, None),
        (Action::PickRandom, Some(Draw::Random)),
        (Action::PickDisagreement, Some(Draw::Disagreement)),
        (Action::PickAudit, Some(Draw::Audit)),
    ] {
        window.state_mut().acts.push(action);
        window.run_steps(2);
        assert_eq!(window.state().asked.last(), Some(&Command::Pick { scorer, draw, count: 50 }));
    }
    press(&mut window, Role::Button, "Which groups to pick");
    press(&mut window, Role::Button, "50 with large gaps");
    let audit = Command::Pick { scorer, draw: Some(Draw::Audit), count: 50 };
    assert_eq!(window.state().asked.iter().filter(|asked| **asked == audit).count(), 2);
    // The first of the picks without a label comes next.
    press(&mut window, Role::Button, "Go on labeling");
    let group = window.state().snapshot.queue[40].id;
    let on = [Command::SetFilter(QueueFilter::Picked), Command::Go(group), Command::SetView(View::Label)];
    assert!(window.state().asked.ends_with(&on));
}

#[test]
fn figures_are_asked_for_once_and_again_when_labels_changed() {
    let count = |window: &Window| window.state().asked.iter().filter(|asked| **asked == Command::Measure).count();
    let mut window = labeled(12).window([1280.0, 728.0], Theme::Light);
    assert_eq!(count(&window), 1);
    window.run_steps(5);
    assert_eq!(count(&window), 1);
    window.state_mut().snapshot.counts.done = 13;
    // Not while they are being computed.
    window.state_mut().snapshot.measuring = true;
    let before = std::time::Instant::now().checked_sub(std::time::Duration::from_secs(5)).unwrap();
    if let Some((_, asked)) = &mut window.state_mut().panel.measured {
        *asked = before;
    }
    window.run_steps(2);
    assert_eq!(count(&window), 1);
    window.state_mut().snapshot.measuring = false;
    window.run_steps(2);
    assert_eq!(count(&window), 2);
}

#[test]
fn plots_and_table_take_turns_where_there_is_little_room() {
    let mut window = labeled(58).window([960.0, 528.0], Theme::Light);
    assert!(!rows(&window).is_empty());
    for (choice, words) in [
        ("Agreement", "Pair accuracy, qwen3-32b"),
        ("Scores", "Scores of chosen and left-out replies"),
        ("By margin", "Agreement by margin"),
    ] {
        press(&mut window, Role::RadioButton, choice);
        assert!(says(&window, words) && rows(&window).is_empty(), "{choice}");
    }
    window.state_mut().acts.push(Action::NextPlot);
    window.run_steps(3);
    assert!(!rows(&window).is_empty());
    // A high and narrow window has the plots over the table.
    let mut window = labeled(58).window([960.0, 1100.0], Theme::Light);
    let front = |window: &Window, words| !rows(window).is_empty() && says(window, words);
    assert!(front(&window, "Agreement with you") && front(&window, "Scores of chosen and left-out replies"));
    window.state_mut().acts.push(Action::NextPlot);
    window.run_steps(3);
    assert!(front(&window, "Agreement by margin"));
    // A slim one has one of them.
    let mut window = labeled(58).window([700.0, 1100.0], Theme::Light);
    assert!(front(&window, "Agreement with you") && !says(&window, "Scores of chosen and left-out replies"));
    window.state_mut().acts.push(Action::NextPlot);
    window.run_steps(3);
    assert!(front(&window, "Scores of chosen and left-out replies") && !says(&window, "Agreement with you"));
}

#[test]
fn everything_that_can_be_used_has_a_name_in_both_languages() {
    for language in [Language::English, Language::Chinese] {
        let mut scene = labeled(58);
        scene.language = language;
        let mut window = scene.window([1280.0, 728.0], Theme::Dark);
        window.get_by_role_and_label(Role::Button, Text::new(language).spot_menu()).click();
        window.run_steps(3);
        let nodes = window.root().children_recursive().map(|node| node.accesskit_node());
        let nameless = nodes.filter(|node| {
            node.data().supports_action(egui::accesskit::Action::Focus)
                && (node.role() == Role::Unknown || node.label().is_none_or(|label| label.trim().is_empty()))
        });
        assert_eq!(nameless.count(), 0, "{language:?}");
        window.key_press(Key::Escape);
    }
}
