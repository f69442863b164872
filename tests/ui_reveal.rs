//! Scores in the label view: none anywhere before the verdict, all of them after it, and keys that mean what the person
//! saw.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pairloom::domain::{
    Endpoint, Judge, Pause, QueueFilter, Reward, Scorer, ScorerId, ScorerKind, ServerAddress, View,
};
use pairloom::sample;
use pairloom::session::{Command, Session};
use pairloom::settings::{Folders, Settings};
use pairloom::store::{Reader, StoreError};
use pairloom::text::{Language, Text};
use tempfile::tempdir;

use crate::support::window::{Launch, Window, checked, close, front, until, until_shown};
use crate::support::{annotator, generated, run, wait};

/// A session of so many groups that a judge and a reward model of the sample have scored; nothing is labeled.
fn scored(home: &Path, groups: usize, pause: Pause) -> PathBuf {
    let path = home.join("s.pairloom");
    let session = generated(&path, groups);
    for (name, kind, model) in [
        ("judge", ScorerKind::Judge(Judge::default()), sample::MODEL),
        ("reward", ScorerKind::Reward(Box::<Reward>::default()), sample::REWARD_MODEL),
    ] {
        let mut endpoint = Endpoint::at(ServerAddress::Sample);
        endpoint.model = model.to_owned();
        let created_at = jiff::Timestamp::now();
        let id = ScorerId::new();
        let scorer = Scorer { id, name: name.to_owned(), endpoint, kind, created_at, calibrates: None };
        run(&session, Command::AddScorer(Box::new(scorer)));
        session.send(Command::Score { scorer: id, filter: QueueFilter::All, follows: false });
        wait(&session, |snapshot| {
            let state = snapshot.scorers.iter().find(|state| state.scorer.id == id).unwrap();
            state.scored == groups as u64 && state.left == 0
        });
    }
    run(&session, Command::SetPause(pause));
    run(&session, Command::GoToNumber(1));
    Session::close(session);
    let mine = Settings { annotator: Some(annotator()), ..Settings::default() };
    mine.save(&Folders::in_one(home.to_owned())).unwrap();
    path
}

fn open(home: &Path, path: PathBuf, language: Language) -> Window {
    let mut window = Launch { open: Some(path), language, ..Launch::default() }.at(home);
    until(&mut window, |snapshot| snapshot.current.is_some());
    window
}

/// What a machine said of a group, as it could be written: scores and reasons.
fn said(path: &Path, number: u64) -> BTreeSet<String> {
    let reader = Reader::open(path).unwrap();
    let mut said = BTreeSet::new();
    let read = reader.read(|read| -> Result<(), StoreError> {
        let mut groups = Vec::new();
        read.for_each_group(|group| -> Result<(), StoreError> {
            groups.push(group);
            Ok(())
        })?;
        for group in groups.iter().filter(|group| group.number == number) {
            for judgement in read.all_judgements(group.id)? {
                for (_, value) in judgement.ranked() {
                    said.insert(format!("{:.2}", value.abs()));
                    said.insert(format!("{:.3}", value.abs()));
                }
            }
            for call in read.all_calls(group.id)? {
                let text = call.call.answer.unwrap().text;
                let reason = serde_json::from_str::<serde_json::Value>(&text);
                if let Some(reason) = reason.ok().and_then(|said| said["reason"].as_str().map(str::to_owned)) {
                    said.insert(reason);
                }
            }
        }
        Ok(())
    });
    read.unwrap();
    // Nothing can be told from a score of nought.
    said.retain(|words| !words.bytes().all(|byte| matches!(byte, b'0' | b'.')));
    said
}

/// Everything that a screen reader would be given.
fn heard(window: &Window) -> String {
    let mut heard = String::new();
    for node in window.query_all_by(|_| true) {
        let node = node.accesskit_node();
        for words in [node.label(), node.value(), node.description()].into_iter().flatten() {
            heard.push_str(&words);
            heard.push('\n');
        }
    }
    heard
}

/// Numbers that may be shown: figures over many groups, and gaps of groups that are labeled.
fn open_numbers(window: &Window) -> Vec<String> {
    fn numbers(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Number(number) => {
                found.push(format!("{:.2}", number.as_f64().unwrap_or_default().abs()));
            }
            serde_json::Value::Array(values) => values.iter().for_each(|value| numbers(value, found)),
            serde_json::Value::Object(values) => values.values().for_each(|value| numbers(value, found)),
            _ => {}
        }
    }
    let snapshot = window.state().snapshot().unwrap();
    let mut found = Vec::new();
    if let Some(agreement) = &snapshot.agreement {
        numbers(&serde_json::to_value(&**agreement).unwrap(), &mut found);
    }
    for row in snapshot.score_table.iter().flat_map(|table| &table.rows) {
        let gaps = [row.margin, row.other_margin];
        found.extend(gaps.into_iter().flatten().map(|gap| format!("{:.2}", gap.abs())));
    }
    found
}

/// Go to a group by the keys that walk the queue.
fn step(window: &mut Window, number: u64) {
    let now = |window: &Window| window.state().snapshot().unwrap().current.as_ref().map_or(0, |open| open.group.number);
    while now(window) != number {
        let before = now(window);
        window.key_press(if before < number { Key::CloseBracket } else { Key::OpenBracket });
        until(window, |snapshot| snapshot.current.as_ref().is_some_and(|open| open.group.number != before));
    }
}

#[test]
fn no_view_tells_a_score_before_the_verdict() {
    let home = tempdir().unwrap();
    let path = scored(home.path(), 8, Pause::Always);
    let secret: Vec<BTreeSet<String>> = (1..=8).map(|number| said(&path, number)).collect();
    assert!(secret.iter().all(|words| words.len() > 8), "{secret:?}");
    let mut window = open(home.path(), path, Language::English);
    let look = |window: &mut Window, place: &str, labeled: &[usize]| {
        // What is shown of labeled groups may be the same number.
        let known: BTreeSet<&String> = labeled.iter().flat_map(|number| &secret[number - 1]).collect();
        let (heard, open) = (heard(window), open_numbers(window));
        let is_open = |words: &str| open.iter().any(|number| number.contains(words));
        for number in (1..=8).filter(|number| !labeled.contains(number)) {
            for words in secret[number - 1].iter().filter(|words| !known.contains(words) && !is_open(words)) {
                assert!(!heard.contains(words.as_str()), "{place}: group {number} tells {words}");
            }
        }
    };
    let walk = |window: &mut Window, labeled: &[usize]| {
        for number in 1..=8 {
            step(window, number);
            if labeled.contains(&(number as usize)) {
                continue;
            }
            look(window, "label", labeled);
            // Reasons and rank have keys; they must give nothing away.
            window.key_press(Key::Y);
            window.run_steps(3);
            look(window, "reasons", labeled);
        }
        window.key_press_modifiers(Modifiers::COMMAND, Key::K);
        window.run_steps(4);
        for letters in ["score", "judge", "1.", "reward"] {
            window.event(egui::Event::Text(letters.to_owned()));
            window.run_steps(6);
            look(window, "palette", labeled);
        }
        window.key_press(Key::Escape);
        window.run_steps(3);
        for (key, view) in [(Key::Num1, View::Generate), (Key::Num3, View::Score), (Key::Num4, View::Data)] {
            window.key_press_modifiers(Modifiers::COMMAND, key);
            until(window, |snapshot| snapshot.place.view == view);
            // Tables, counts and figures come from other threads.
            if view == View::Score {
                until(window, |snapshot| snapshot.score_table.is_some());
            }
            for _ in 0..40 {
                window.run_steps(1);
                std::thread::park_timeout(std::time::Duration::from_millis(5));
            }
            look(window, "view", labeled);
            if view == View::Score {
                for key in [Key::N, Key::ArrowRight, Key::ArrowDown, Key::ArrowDown, Key::N] {
                    window.key_press(key);
                    window.run_steps(4);
                    look(window, "score view", labeled);
                }
            }
        }
        window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
        window.run_steps(4);
        look(window, "settings", labeled);
        window.key_press(Key::Escape);
        window.run_steps(3);
        window.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
        until(window, |snapshot| snapshot.place.view == View::Label);
        window.key_press(Key::Questionmark);
        window.run_steps(4);
        look(window, "keys", labeled);
        window.key_press(Key::Escape);
        window.run_steps(3);
    };
    walk(&mut window, &[]);
    step(&mut window, 1);
    window.key_press(Key::Num1);
    until(&mut window, |snapshot| checked(snapshot) == [0]);
    window.key_press(Key::Enter);
    until(&mut window, |snapshot| snapshot.current.as_ref().is_some_and(|open| !open.judgements.is_empty()));
    assert!(heard(&window).contains("± "), "after the verdict scores show");
    walk(&mut window, &[1]);
    close(window);
}

#[test]
fn a_label_is_kept_or_changed_after_scores_were_seen() {
    let home = tempdir().unwrap();
    let path = scored(home.path(), 3, Pause::Always);
    for language in [Language::English, Language::Chinese] {
        let text = Text::new(language);
        let mut window = open(home.path(), path.clone(), language);
        let number = front(&window).group.number;
        window.key_press(Key::Num2);
        until(&mut window, |snapshot| checked(snapshot) == [1]);
        window.key_press(Key::Enter);
        until_shown(&mut window, |window| window.query_by_role_and_label(Role::Button, text.act_change()).is_some());
        let open = front(&window);
        assert_eq!((open.group.number, open.judgements.len()), (number, 2), "the view stays");
        assert!(window.query_by_role_and_label(Role::Button, text.act_keep()).is_some());
        // A digit alone turns nothing: it was meant for a group that is not in front.
        window.key_press(Key::Num1);
        window.run_steps(4);
        assert_eq!(checked(&window.state().snapshot().unwrap()), [1]);
        let key = if language == Language::English { "C changes it" } else { "按 C 修改" };
        assert!(window.query_all_by_label_contains(key).next().is_some());
        window.key_press(Key::C);
        window.run_steps(2);
        window.key_press(Key::Num1);
        until(&mut window, |snapshot| checked(snapshot) == [0, 1]);
        window.key_press(Key::Enter);
        let snapshot =
            until(&mut window, |snapshot| snapshot.current.as_ref().is_none_or(|open| open.group.number != number));
        assert!(snapshot.counts.done >= 1);
        close(window);
    }
    let reader = Reader::open(&path).unwrap();
    let mut changed = 0;
    let read = reader.read(|read| {
        read.for_each_blind_label::<StoreError>(annotator().id, |one| {
            changed += u32::from(one.is_revealed && Some(&one.blind) != one.now.as_ref());
            Ok(())
        })
    });
    read.unwrap();
    assert_eq!(changed, 2, "both changes are known as made after scores were seen");
}

#[test]
fn keys_that_were_meant_for_the_next_group_do_nothing_where_the_view_stays() {
    let home = tempdir().unwrap();
    let path = scored(home.path(), 3, Pause::Always);
    let mut window = open(home.path(), path, Language::English);
    let number = front(&window).group.number;
    // All at once, as fast hands do.
    for key in [Key::Num1, Key::Enter, Key::Num3, Key::Enter] {
        window.key_press(key);
    }
    until(&mut window, |snapshot| snapshot.current.as_ref().is_some_and(|open| !open.judgements.is_empty()));
    for _ in 0..20 {
        window.run_steps(1);
    }
    let open = front(&window);
    assert_eq!(open.group.number, number, "the person sees where the view stayed");
    assert_eq!(checked(&window.state().snapshot().unwrap()), [0]);
    window.key_press(Key::Enter);
    until(&mut window, |snapshot| snapshot.current.as_ref().is_some_and(|open| open.group.number != number));
    close(window);
}

#[test]
fn who_never_wants_to_pause_goes_on_at_once() {
    let home = tempdir().unwrap();
    let path = scored(home.path(), 4, Pause::Never);
    let mut window = open(home.path(), path, Language::English);
    for labeled in 1..=3 {
        let number = front(&window).group.number;
        window.key_press(Key::Num1);
        window.key_press(Key::Enter);
        let snapshot = until(&mut window, |snapshot| snapshot.counts.done == labeled);
        assert_ne!(snapshot.current.as_ref().map(|open| open.group.number), Some(number));
    }
    // Going back shows the scores, and the way to pause from now on.
    window.key_press(Key::OpenBracket);
    until(&mut window, |snapshot| snapshot.current.as_ref().is_some_and(|open| !open.judgements.is_empty()));
    window.key_press(Key::I);
    window.run_steps(4);
    window.get_by_role_and_label(Role::RadioButton, "Always").click();
    until(&mut window, |snapshot| snapshot.place.pause == Pause::Always);
    close(window);
}
