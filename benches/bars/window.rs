//! The app without a window, frame by frame. What eframe adds to a frame beside the app is the painting of triangles,
//! which the graphics card does; a screen reader, which would add its tree, is not there.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eframe::App as _;
use egui::epaint::{ClippedShape, Shape};
use egui::{Event, Key, Modifiers, Pos2, RawInput, Rect, Vec2};
use pairloom::settings::{Folders, Layout, Settings, ThemeChoice};
use pairloom::text::Language;
use pairloom::ui::{App, Boot};
use tempfile::TempDir;

use crate::clock::Stopwatch;
use crate::content::{RUNTIME, annotator, no_server};

/// Time between two frames, as the app sees it.
const STEP: Duration = Duration::from_micros(16_667);
/// So long nothing asks for a frame once everything is prepared.
const QUIET: Duration = Duration::from_millis(40);
/// Only a broken run waits so long.
const LONG: Duration = Duration::from_secs(60);

pub(crate) struct Window {
    pub(crate) app: App,
    ctx: egui::Context,
    frame: eframe::Frame,
    size: Vec2,
    time: Duration,
    /// When a frame is wanted, as the window's event loop would know it.
    due: Arc<Mutex<Option<Instant>>>,
    _home: TempDir,
}

/// What a frame cost and shows.
pub(crate) struct Painted {
    /// All that the app and egui do for a frame, up to a list of shapes.
    pub(crate) run: Duration,
    /// From shapes to triangles.
    pub(crate) tessellation: Duration,
    pub(crate) shapes: Vec<ClippedShape>,
}

impl Window {
    /// Open a session and show the label view, everything prepared.
    pub(crate) fn open(session: &Path, size: [f32; 2], layout: Option<Layout>) -> Self {
        let mut window = Self::new(session, size, layout);
        window.until(|app| app.snapshot().is_some_and(|snapshot| snapshot.current.is_some()));
        window.settle();
        window
    }

    /// The app has been told to open a session and has drawn nothing yet.
    pub(crate) fn new(session: &Path, size: [f32; 2], layout: Option<Layout>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let settings = Settings {
            annotator: Some(annotator()),
            language: Some(Language::Chinese),
            theme: ThemeChoice::Light,
            layout,
            ..Settings::default()
        };
        let boot = Boot {
            settings,
            folders: Folders::in_one(home.path().to_owned()),
            system_language: Language::Chinese,
            runtime: RUNTIME.handle().clone(),
            sample: Arc::new(no_server),
            open: Some(session.to_owned()),
            broken: None,
        };
        let ctx = egui::Context::default();
        let due = Arc::new(Mutex::new(None));
        let wanted = Arc::clone(&due);
        ctx.set_request_repaint_callback(move |info| {
            let at = Instant::now().checked_add(info.delay);
            let mut due = wanted.lock().unwrap_or_else(PoisonError::into_inner);
            *due = [*due, at].into_iter().flatten().min();
        });
        let app = App::new(&eframe::CreationContext::_new_kittest(ctx.clone()), boot);
        let frame = eframe::Frame::_new_kittest();
        Self { app, ctx, frame, size: size.into(), time: Duration::ZERO, due, _home: home }
    }

    pub(crate) fn size(&self) -> Vec2 {
        self.size
    }

    /// One frame, a sixtieth of a second after the last one.
    pub(crate) fn frame(&mut self, events: Vec<Event>) -> Painted {
        self.frame_after(STEP, events)
    }

    fn frame_after(&mut self, step: Duration, events: Vec<Event>) -> Painted {
        self.time += step;
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            max_texture_side: Some(8192),
            time: Some(self.time.as_secs_f64()),
            predicted_dt: STEP.as_secs_f32(),
            events,
            focused: true,
            ..RawInput::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&egui::ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(1.0);
        }
        *self.due() = None;
        let Self { app, ctx, frame, .. } = self;
        let watch = Stopwatch::start();
        let output = ctx.run_ui(input, |ui| {
            app.logic(ui.ctx(), frame);
            app.ui(ui, frame);
        });
        let run = watch.stop();
        let shapes = output.shapes.clone();
        let watch = Stopwatch::start();
        let primitives = ctx.tessellate(output.shapes, output.pixels_per_point);
        let tessellation = watch.stop();
        drop(primitives);
        Painted { run, tessellation, shapes }
    }

    fn due(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something asks for a frame now.
    pub(crate) fn wants_frame(&self) -> bool {
        self.due().is_some_and(|due| due <= Instant::now() + STEP)
    }

    /// Frames until the app has come to a state.
    pub(crate) fn until(&mut self, done: impl Fn(&App) -> bool) {
        let end = Instant::now() + LONG;
        while !done(&self.app) {
            assert!(Instant::now() < end, "the app did not come so far");
            self.frame(Vec::new());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Wait without a frame until the session has come to a state.
    pub(crate) fn answered(&self, done: impl Fn(&App) -> bool) {
        let end = Instant::now() + LONG;
        while !done(&self.app) {
            assert!(Instant::now() < end, "the session did not answer");
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Frames for as long as they are asked for: what is prepared behind is there then.
    pub(crate) fn settle(&mut self) {
        self.settle_for(QUIET);
    }

    /// The same with another time in which nothing asks for a frame.
    pub(crate) fn settle_for(&mut self, span: Duration) {
        let end = Instant::now() + LONG;
        self.frame(Vec::new());
        let mut quiet = Instant::now();
        while quiet.elapsed() < span {
            assert!(Instant::now() < end, "the app does not come to rest");
            if self.wants_frame() {
                self.frame(Vec::new());
                quiet = Instant::now();
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Draw as the window's event loop does, in real time, for so long; the times at which there was a frame.
    pub(crate) fn live(&mut self, span: Duration) -> Vec<Duration> {
        let began = Instant::now();
        let mut last = began;
        let mut frames = Vec::new();
        while began.elapsed() < span {
            let due = *self.due();
            if due.is_some_and(|due| due <= Instant::now()) && last.elapsed() >= STEP {
                let step = last.elapsed();
                last = Instant::now();
                frames.push(began.elapsed());
                self.frame_after(step, Vec::new());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        frames
    }
}

/// A key is pressed and let go.
pub(crate) fn key(key: Key) -> Vec<Event> {
    pressed(key, Modifiers::NONE)
}

pub(crate) fn pressed(key: Key, modifiers: Modifiers) -> Vec<Event> {
    [true, false].map(|pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers }).into()
}

/// The texts within a part of the window, in the order in which they are painted.
pub(crate) fn texts(shapes: &[ClippedShape], part: Rect) -> Vec<String> {
    fn collect(shape: &Shape, part: Rect, found: &mut Vec<String>) {
        match shape {
            Shape::Text(text) if part.contains(text.pos) => found.push(text.galley.text().to_owned()),
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, part, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for shape in shapes {
        collect(&shape.shape, part, &mut found);
    }
    found
}
