//! The window: egui. Draws from snapshots, asks through commands; knows no SQL, no HTTP and no file format.
//!
//! | file | what it does |
//! |---|---|
//! | `app` | which session is open; opening, closing, remembering |
//! | `actions`, `action_icons`, `keys` | one table of all that can be done; which key means what |
//! | `dispatch` | key presses and buttons become commands |
//! | `shell`, `status`, `dialogs`, `palette` | the frame around the views, the line at the bottom, popups, the command palette |
//! | `panels` | the views |
//! | `markdown` | replies as they are read, prepared on a thread of their own |
//! | `finder` | searches on a thread of their own |
//! | `mailbox` | how the window and such a thread talk |
//! | `theme`, `widgets` | colours, sizes, fonts, icons; the controls made of them |

mod action_icons;
mod actions;
mod app;
mod dialogs;
mod dispatch;
mod errands;
mod finder;
mod keys;
mod mailbox;
mod markdown;
mod palette;
mod panels;
mod shell;
mod start_up;
mod status;
mod theme;
mod widgets;

pub use app::{App, Boot};
pub use panels::label::FrameCost;
pub use start_up::{StartError, run};
