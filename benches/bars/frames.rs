//! Frames of the label view: 20 replies of 8 KB that are scrolled and paged through, the next group, rest.

use std::path::Path;
use std::time::Duration;

use egui::Key;
use pairloom::settings::Layout;
use pairloom::ui::App;

use crate::content;
use crate::table::Table;
use crate::window::{Window, key};

/// Frames of each case.
const FRAMES: usize = 600;
const USUAL: [f32; 2] = [1280.0, 800.0];
const LARGE: [f32; 2] = [2560.0, 1440.0];

pub(crate) fn bench(table: &mut Table) {
    let folder = content::folder();
    let twenty = content::long(folder.path(), "twenty", 2, 20);
    for (size, layout, opened, words) in [
        (USUAL, Layout::Grid, false, "grid"),
        (USUAL, Layout::Grid, true, "grid, all opened"),
        (USUAL, Layout::Columns, false, "columns"),
        (LARGE, Layout::Grid, false, "grid"),
        (LARGE, Layout::Grid, true, "grid, all opened"),
        (LARGE, Layout::Columns, false, "columns"),
    ] {
        let mut window = Window::open(&twenty, size, Some(layout));
        if opened {
            open_all(&mut window, 20);
        }
        let words = format!("{words}, {} x {}", size[0], size[1]);
        moving(table, &mut window, (Key::ArrowDown, Key::ArrowUp), &format!("scroll: {words}"), 0.5);
        moving(table, &mut window, (Key::PageDown, Key::PageUp), &format!("new screen: {words}"), 1.5);
    }
    at_rest(&twenty);
    for (size, name) in [(USUAL, "four"), (LARGE, "four-again")] {
        // A session of its own each, as the app goes on where it stopped.
        next_group(table, &content::long(folder.path(), name, FRAMES + 1, 4), size);
    }
}

/// Open every card to its end.
fn open_all(window: &mut Window, cards: usize) {
    window.frame(key(Key::Home));
    for _ in 0..cards {
        window.frame(key(Key::O));
        window.settle();
        window.frame(key(Key::ArrowRight));
    }
    window.settle();
}

/// Press a key in each frame, the other one after the end was reached.
fn moving(table: &mut Table, window: &mut Window, keys: (Key, Key), case: &str, bar: f64) {
    // Begin at the top. What a key does is painted by the frame after it.
    let mut before = window.frame(Vec::new()).shapes;
    let mut still = 0;
    while still < 2 {
        let shapes = window.frame(key(Key::PageUp)).shapes;
        still = if shapes == before { still + 1 } else { 0 };
        before = shapes;
    }
    let (mut runs, mut tessellations, mut turns) = (Vec::new(), Vec::new(), 0);
    let (mut pressed, mut other) = keys;
    still = 0;
    while runs.len() < FRAMES {
        let painted = window.frame(key(pressed));
        if painted.shapes == before {
            // At an end nothing moves: these are no frames of the case.
            still += 1;
            if still == 2 {
                (pressed, other, still) = (other, pressed, 0);
                turns += 1;
                assert!(turns < FRAMES / 2, "{case}: nothing moves");
            }
            continue;
        }
        still = 0;
        before = painted.shapes;
        runs.push(painted.run);
        tessellations.push(painted.tessellation);
        assert_eq!(window.app.frame_cost().unwrap().missed, 0, "{case}: a reply was not ready");
    }
    table.times(case, &runs, Some(bar));
    table.times(format!("  tessellation of these ({turns} turns)"), &tessellations, None);
}

/// Go on to the next group when it has been prepared; the frame that shows it.
fn next_group(table: &mut Table, session: &Path, size: [f32; 2]) {
    let mut window = Window::open(session, size, None);
    let group = |app: &App| app.snapshot().and_then(|snapshot| snapshot.place.group);
    let (mut runs, mut tessellations, mut missed) = (Vec::new(), Vec::new(), 0);
    while runs.len() < FRAMES {
        let shown = group(&window.app);
        window.frame(key(Key::CloseBracket));
        // The session answers behind; only the frame that shows its answer counts.
        window.answered(|app| group(app) != shown);
        let painted = window.frame(Vec::new());
        runs.push(painted.run);
        tessellations.push(painted.tessellation);
        missed += window.app.frame_cost().unwrap().missed;
        window.settle();
    }
    assert_eq!(missed, 0, "texts of a prepared group were not ready");
    let [width, height] = size;
    table.times(format!("next group, 4 x 8 KB, prepared: {width} x {height}"), &runs, Some(5.0));
    table.times("  tessellation of these", &tessellations, None);
}

/// A label view that nobody touches comes to rest and draws nothing more.
fn at_rest(session: &Path) {
    let mut window = Window::open(session, USUAL, None);
    window.frame(key(Key::ArrowDown));
    let frames = window.live(Duration::from_secs(6));
    let last = frames.last().copied().unwrap_or_default();
    println!("rest: {} frames in 6 s after a key, the last one after {:.2} s", frames.len(), last.as_secs_f64());
    let idle = window.live(Duration::from_secs(3));
    assert!(idle.is_empty(), "a label view at rest was drawn {} times in 3 s", idle.len());
    println!("rest: no frame in the 3 s after that");
}
