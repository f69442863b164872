//! What a frame costs: nothing is prepared while one reads or goes on, and only what is in sight is drawn.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers};
use pairloom::session::{Command, Session};
use pairloom::settings::Layout;
use tempfile::tempdir;

use crate::support::window::{Launch, Window, close, front, settings, until, until_shown};
use crate::support::{LONG, options, plan, server, url, wait};

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// A reply of so many bytes, at least: headings, lists, code and prose in two languages.
fn reply(dice: &mut Dice, bytes: usize) -> String {
    const WORDS: [&str; 8] = ["buffer", "过夜", "because", "`take()`", "**never**", "先煮后炒", "table", "然而"];
    let mut text = String::new();
    while text.len() < bytes {
        match dice.roll(4) {
            0 => writeln!(text, "## Part {}\n", dice.roll(1000)).unwrap(),
            1 => writeln!(text, "```rust\nlet x = {};\nrun(x);\n```\n", dice.roll(1000)).unwrap(),
            2 => writeln!(text, "- {}\n- {}\n", WORDS[dice.roll(8)], WORDS[dice.roll(8)]).unwrap(),
            _ => {
                for _ in 0..40 {
                    text.push_str(WORDS[dice.roll(8)]);
                    text.push(' ');
                }
                text.push_str("\n\n");
            }
        }
    }
    text
}

/// A session with imported groups.
fn session(folder: &Path, groups: usize, replies: usize, bytes: usize) -> PathBuf {
    let mut dice = Dice(7);
    let mut rows = serde_json::Map::new();
    for group in 0..groups {
        let mut row = serde_json::json!({"query": format!("Question {group}"), "history": []});
        for index in 0..replies {
            row[format!("response_{index}")] = reply(&mut dice, bytes).into();
        }
        rows.insert(group.to_string(), row);
    }
    let (file, path) = (folder.join("in.json"), folder.join("long.pairloom"));
    std::fs::write(&file, serde_json::Value::from(rows).to_string()).unwrap();
    let session = Session::create(&path, "Long", &plan(url(server(&[])), 0), options()).unwrap();
    session.send(Command::Import { path: file, format: None });
    wait(&session, |snapshot| snapshot.counts.ready == groups as u64);
    session.close();
    path
}

fn missed(window: &Window) -> usize {
    window.state().frame_cost().unwrap().missed
}

/// Draw frames until no thread has asked for one for a while: all pages are there, those of the next groups too.
fn settle(window: &mut Window) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    window.ctx.set_request_repaint_callback(move |info| {
        if info.delay.is_zero() {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let end = Instant::now() + LONG;
    let (mut last, mut since) = (0, Instant::now());
    while missed(window) > 0 || since.elapsed() < Duration::from_millis(500) {
        window.run_steps(1);
        let now = asked.load(Ordering::Relaxed);
        if now != last || missed(window) > 0 {
            (last, since) = (now, Instant::now());
        }
        assert!(Instant::now() < end, "the window does not come to rest");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

#[test]
fn scrolling_prepares_nothing_and_draws_what_is_in_sight() {
    let home = tempdir().unwrap();
    let path = session(home.path(), 1, 20, 8 << 10);
    let mut window = Launch { open: Some(path), ..Launch::default() }.at(home.path());
    until(&mut window, |snapshot| snapshot.current.is_some());
    let open = front(&window);
    let blocks: usize = open.replies().map(|reply| reply.text.matches("\n\n").count()).sum();
    assert!(open.cards.len() == 20 && blocks > 800, "{blocks}");
    for layout in [Layout::Grid, Layout::Columns, Layout::One] {
        settle(&mut window);
        for (key, far) in [(Key::ArrowDown, true), (Key::ArrowUp, false)] {
            for _ in 0..80 {
                window.key_press(key);
                for _ in 0..2 {
                    window.run_steps(1);
                    let cost = window.state().frame_cost().unwrap();
                    assert_eq!(cost.missed, 0, "{layout:?}");
                    // The columns in sight, full of the lowest blocks.
                    assert!((1..=80).contains(&cost.drawn), "{layout:?}: {}", cost.drawn);
                }
            }
            until(
                &mut window,
                |snapshot| if far { snapshot.place.scroll > 1000.0 } else { snapshot.place.scroll < 1.0 },
            );
        }
        window.key_press(Key::V);
        until_shown(&mut window, |_| settings(home.path()).layout == Some(layout.next()));
    }
    close(window);
}

#[test]
fn the_next_group_is_there_at_once() {
    let home = tempdir().unwrap();
    let path = session(home.path(), 4, 8, 4 << 10);
    let mut window = Launch { open: Some(path), ..Launch::default() }.at(home.path());
    let number = |window: &Window| {
        let snapshot = window.state().snapshot().unwrap();
        snapshot.current.as_ref().map(|open| open.group.number)
    };
    until(&mut window, |snapshot| snapshot.current.is_some());
    for next in 2..=4 {
        settle(&mut window);
        window.key_press(Key::Num1);
        window.key_press(Key::Enter);
        let end = Instant::now() + LONG;
        let mut frames = 0;
        // The frame that shows it, and those after it.
        while frames < 5 {
            window.run_steps(1);
            assert_eq!(missed(&window), 0, "group {next}");
            frames += usize::from(number(&window) == Some(next));
            assert!(Instant::now() < end);
        }
    }
    close(window);
}

/// Resident memory in MB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// An hour of work by random keys: nothing panics and memory does not grow. Half a minute, alone, on Linux:
/// `cargo test --test all ui_speed::an_hour -- --ignored --nocapture`
#[test]
#[ignore = "takes half a minute and a process of its own"]
fn an_hour_of_work_takes_no_more_memory() {
    const GROUPS: usize = 640;
    let home = tempdir().unwrap();
    let path = session(home.path(), GROUPS, 4, 1500);
    let mut window = Launch { open: Some(path), ..Launch::default() }.at(home.path());
    until(&mut window, |snapshot| snapshot.current.is_some());
    let mut dice = Dice(41);
    let mut measured = Vec::new();
    for goal in [300, 600] {
        while window.state().snapshot().unwrap().counts.labeled() < goal {
            for _ in 0..dice.roll(6) {
                random_key(&mut window, &mut dice);
            }
            // Out of whatever is open, and on to a group without a verdict.
            for _ in 0..3 {
                window.key_press(Key::Escape);
            }
            window.run_steps(1);
            let handled = window.state().snapshot().unwrap().counts.labeled();
            if dice.roll(10) == 0 {
                window.key_press(Key::X);
            } else {
                window.key_press([Key::Num1, Key::Num2, Key::Num3, Key::Num4][dice.roll(4)]);
                window.key_press(Key::Enter);
            }
            for _ in 0..20 {
                window.run_steps(1);
                if window.state().snapshot().unwrap().counts.labeled() > handled {
                    break;
                }
            }
        }
        settle(&mut window);
        measured.push(memory());
        println!("{goal} groups: {} MB", memory());
    }
    assert!(measured[1] < measured[0] + 30, "{measured:?} MB");
    close(window);
}

fn random_key(window: &mut Window, dice: &mut Dice) {
    const KEYS: [Key; 24] = [
        Key::ArrowLeft,
        Key::ArrowRight,
        Key::ArrowUp,
        Key::ArrowDown,
        Key::PageDown,
        Key::PageUp,
        Key::Home,
        Key::End,
        Key::Space,
        Key::Num1,
        Key::Num3,
        Key::O,
        Key::P,
        Key::D,
        Key::V,
        Key::F,
        Key::Z,
        Key::Q,
        Key::I,
        Key::OpenBracket,
        Key::CloseBracket,
        Key::E,
        Key::W,
        Key::N,
    ];
    match dice.roll(30) {
        0 => window.key_press_modifiers(Modifiers::COMMAND, Key::K),
        1 => window.key_press_modifiers(Modifiers::COMMAND, Key::Comma),
        2 => window.key_press_modifiers(Modifiers::SHIFT, Key::D),
        3 => window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z),
        4 => window.event(Event::Text("words 词".to_owned())),
        5 => window.set_size(egui::vec2(960.0 + dice.roll(900) as f32, 600.0 + dice.roll(500) as f32)).run_steps(1),
        _ => window.key_press(KEYS[dice.roll(KEYS.len())]),
    }
    window.run_steps(1);
}
