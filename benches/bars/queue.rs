//! The queue of 145,669 groups: its rows scrolled, its titles searched.

use std::path::Path;
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, MouseWheelUnit, Rect, TouchPhase, pos2, vec2};

use crate::content::NEEDLE;
use crate::table::Table;
use crate::window::{Window, key, pressed, texts};

const FRAMES: usize = 600;
/// How often the needle is typed.
const TYPED: usize = 20;
/// A search under way is over by then.
const SEARCHED: Duration = Duration::from_millis(200);
/// Only a broken run waits so long.
const LONG: Duration = Duration::from_secs(5);

pub(crate) fn bench(table: &mut Table, session: &Path) {
    for size in [[1280.0, 800.0], [2560.0, 1440.0]] {
        let mut window = Window::open(session, size, None);
        let at = format!("{} x {}", size[0], size[1]);
        scroll(table, &mut window, 84.0, &format!("queue of 145,669, three rows a frame: {at}"));
        scroll(table, &mut window, 2000.0, &format!("queue of 145,669, new rows only: {at}"));
        search(table, &mut window, &format!("search in 145,669 titles, letter to rows: {at}"));
    }
}

/// Where the rows are.
fn rows(window: &Window) -> Rect {
    Rect::from_min_max(pos2(0.0, 130.0), pos2(220.0, window.size().y - 110.0))
}

fn scroll(table: &mut Table, window: &mut Window, points: f32, case: &str) {
    let wheel = || Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, -points),
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Trackpad,
        modifiers: Modifiers::NONE,
    };
    let part = rows(window);
    window.frame(vec![Event::PointerMoved(part.center())]);
    window.settle();
    let (mut runs, mut tessellations, mut moved) = (Vec::new(), Vec::new(), 0);
    let mut before = Vec::new();
    for _ in 0..FRAMES {
        let painted = window.frame(vec![wheel()]);
        runs.push(painted.run);
        tessellations.push(painted.tessellation);
        let now = texts(&painted.shapes, part);
        moved += usize::from(now != before);
        before = now;
    }
    assert!(moved > FRAMES * 9 / 10, "{case}: the rows moved in {moved} frames only");
    table.times(case, &runs, Some(0.5));
    table.times("  tessellation of these", &tessellations, None);
    window.settle();
}

fn search(table: &mut Table, window: &mut Window, case: &str) {
    let part = rows(window);
    window.frame(key(Key::Slash));
    window.settle_for(SEARCHED);
    let (mut waits, mut frames) = (Vec::new(), Vec::new());
    for _ in 0..TYPED {
        for letter in NEEDLE.chars() {
            let before = texts(&window.frame(Vec::new()).shapes, part);
            let began = Instant::now();
            let mut painted = window.frame(vec![Event::Text(letter.to_string())]);
            frames.push(painted.run);
            while texts(&painted.shapes, part) == before {
                assert!(began.elapsed() < LONG, "{case}: {letter:?} changed no rows");
                // As the event loop does: a frame once one is asked for.
                if window.wants_frame() {
                    painted = window.frame(Vec::new());
                    frames.push(painted.run);
                }
                std::thread::sleep(Duration::from_micros(100));
            }
            waits.push(began.elapsed());
            window.settle_for(SEARCHED);
        }
        // All at once, so that the first letter is a new question again.
        window.frame(pressed(Key::A, Modifiers::COMMAND));
        window.frame(key(Key::Backspace));
        window.settle_for(SEARCHED);
    }
    table.times(case, &waits, Some(30.0));
    table.times("  frames meanwhile", &frames, None);
}
