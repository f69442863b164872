//! The app's window without a display: launched, driven by frames, closed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pairloom::session::{OpenGroup, Snapshot};
use pairloom::settings::{Folders, Settings, ThemeChoice};
use pairloom::text::Language;
use pairloom::ui::{App, Boot};

use super::{LONG, RUNTIME, server};

/// The window of a test.
pub(crate) type Window = Harness<'static, App>;

/// How a window is launched.
pub(crate) struct Launch {
    pub(crate) language: Language,
    pub(crate) theme: ThemeChoice,
    pub(crate) size: [f32; 2],
    /// Pixels for each point.
    pub(crate) scale: f32,
    /// A session to open at once.
    pub(crate) open: Option<PathBuf>,
}

impl Default for Launch {
    fn default() -> Self {
        Self { language: Language::English, theme: ThemeChoice::Light, size: [1280.0, 800.0], scale: 1.0, open: None }
    }
}

impl Launch {
    /// Launch the app with its folders in `home`.
    pub(crate) fn at(self, home: &Path) -> Window {
        let mut settings = settings(home);
        settings.language = Some(self.language);
        settings.theme = self.theme;
        let boot = Boot {
            settings,
            folders: Folders::in_one(home.to_owned()),
            system_language: self.language,
            runtime: RUNTIME.handle().clone(),
            sample: Arc::new(|| Ok(server(&[]))),
            open: self.open,
            broken: None,
        };
        // The harness stands for the system and would have its own way.
        let theme = if self.theme == ThemeChoice::Light { egui::Theme::Light } else { egui::Theme::Dark };
        let builder = Harness::builder().with_size(self.size).with_pixels_per_point(self.scale).with_max_steps(20);
        let builder = builder.with_theme(theme);
        let mut window = builder.build_eframe(|cc| App::new(cc, boot));
        window.run_steps(2);
        window
    }

    /// The same with the sample's twelve groups, all replies there, the first group in front.
    pub(crate) fn sample_at(self, home: &Path) -> Window {
        let mut window = self.at(home);
        window.key_press(egui::Key::T);
        until(&mut window, |snapshot| snapshot.counts.ready == 12 && snapshot.current.is_some());
        window
    }
}

/// The app in English in a window of 1280 x 800.
pub(crate) fn launch(home: &Path) -> Window {
    Launch::default().at(home)
}

/// The same with the sample's groups.
pub(crate) fn sample(home: &Path) -> Window {
    Launch::default().sample_at(home)
}

/// The settings as they stand in the file.
pub(crate) fn settings(home: &Path) -> Settings {
    let (settings, broken) = Settings::load(&Folders::in_one(home.to_owned()));
    assert!(broken.is_none());
    settings
}

/// Draw frames until the session has come to a state.
#[track_caller]
pub(crate) fn until(window: &mut Window, done: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    until_shown(window, |window| window.state().snapshot().is_some_and(|snapshot| done(&snapshot)));
    window.state().snapshot().unwrap()
}

/// Draw frames until the window has come to a state.
#[track_caller]
pub(crate) fn until_shown(window: &mut Window, done: impl Fn(&Window) -> bool) {
    let end = Instant::now() + LONG;
    loop {
        window.run_steps(1);
        if done(window) {
            window.run_steps(2);
            return;
        }
        assert!(Instant::now() < end, "the app did not come so far");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Draw frames for so long; `holds` must be true after each.
#[track_caller]
pub(crate) fn throughout(window: &mut Window, time: Duration, holds: impl Fn(&Window) -> bool) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        window.run_steps(1);
        assert!(holds(window), "it did not stay so");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// The group in front.
#[track_caller]
pub(crate) fn front(window: &Window) -> Arc<OpenGroup> {
    window.state().snapshot().unwrap().current.clone().unwrap()
}

/// The places of the checked replies, from 0.
pub(crate) fn checked(snapshot: &Snapshot) -> Vec<usize> {
    let Some(open) = &snapshot.current else { return Vec::new() };
    let is_checked = |(_, id): &(usize, _)| open.draft.checked.contains(id);
    open.replies().map(|reply| reply.id).enumerate().filter(is_checked).map(|(place, _)| place).collect()
}

/// What stands in a field.
#[track_caller]
pub(crate) fn written(window: &Window, role: Role, name: &str) -> String {
    window.get_by_role_and_label(role, name).value().unwrap_or_default()
}

/// Close the app as the window's button does.
pub(crate) fn close(mut window: Window) {
    eframe::App::on_exit(window.state_mut(), None);
}
