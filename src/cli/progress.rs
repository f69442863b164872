//! Progress on stderr: a bar on a terminal, now and then a line elsewhere.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a line is written where there is no terminal.
const EVERY: Duration = Duration::from_secs(10);

/// Progress of one job.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    last: Instant,
    said: String,
}

impl Progress {
    pub(super) fn new(quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg}") {
                bar.set_style(style);
            }
            bar
        });
        Self { bar, last: Instant::now(), said: String::new() }
    }

    /// Show `have` of `wanted` and a message. A message that differs from the last is written at once.
    pub(super) fn show(&mut self, have: u64, wanted: u64, message: &str, urgent: bool) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(wanted);
                bar.set_position(have);
                bar.set_message(message.to_owned());
            }
            None if self.last.elapsed() >= EVERY || (urgent && self.said != message) => {
                super::report::line(&format!("{have}/{wanted} {message}"));
                self.last = Instant::now();
                message.clone_into(&mut self.said);
            }
            None => {}
        }
    }

    pub(super) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
