//! The window: egui. Draws from snapshots, asks through commands; knows no SQL, no HTTP and no file format.

mod actions;
mod app;
mod dialogs;
mod dispatch;
mod finder;
mod keys;
mod markdown;
mod palette;
mod panels;
mod shell;
mod start_up;
mod theme;
mod widgets;

pub use app::{App, Boot};
pub use panels::label::FrameCost;
pub use start_up::{StartError, run};
