//! Opening the window, or saying in one sentence why it cannot be opened.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::app::{App, Boot};
use crate::text::Text;

/// What a bare system lacks to open a window, as Debian and Ubuntu name it.
const PACKAGES: &str = "libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1";

/// The window could not be opened.
#[derive(Debug)]
pub struct StartError {
    /// A sentence with what to do.
    pub said: String,
    /// The system's words.
    pub detail: String,
}

/// Open the window and stay until it is closed.
pub fn run(boot: Boot, text: Text) -> Result<(), StartError> {
    if cfg!(target_os = "linux") && !has_display() {
        return Err(StartError { said: text.start_no_display(), detail: String::new() });
    }
    let viewport = egui::ViewportBuilder::default()
        .with_title("Pairloom")
        .with_app_id("pairloom")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([960.0, 600.0]);
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let opened = Arc::new(AtomicBool::new(false));
    let now_open = Arc::clone(&opened);
    // A missing library of the keyboard makes the window library panic rather than return.
    let ended = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let create = move |cc: &eframe::CreationContext<'_>| {
            now_open.store(true, Ordering::Relaxed);
            Ok(Box::new(App::new(cc, boot)) as Box<dyn eframe::App>)
        };
        eframe::run_native("pairloom", options, Box::new(create))
    }));
    let failed = |detail: String| StartError { said: text.start_no_window(PACKAGES), detail };
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(failed(error.to_string())),
        // A mistake of ours in a window that stood is not a missing library.
        Err(panic) if opened.load(Ordering::Relaxed) => std::panic::resume_unwind(panic),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            Err(failed(said.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()))
        }
    }
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
