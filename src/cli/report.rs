//! What a subcommand says at its end, in words or as JSON.
// The command line is what stdout and stderr are for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use crate::domain::Problem;
use crate::text::Text;

/// The end of a subcommand.
pub(super) struct Report {
    /// Lines for a person.
    pub(super) lines: Vec<String>,
    /// The same for a program, where it was asked for.
    pub(super) json: Option<serde_json::Value>,
    /// Refusals or failures are counted in it.
    pub(super) incomplete: bool,
}

impl Report {
    pub(super) fn print(self) -> ExitCode {
        match self.json {
            Some(value) => println!("{value}"),
            None => self.lines.iter().for_each(|line| println!("{line}")),
        }
        if self.incomplete { ExitCode::from(1) } else { ExitCode::SUCCESS }
    }
}

/// One line on stderr.
pub(super) fn line(said: &str) {
    eprintln!("{said}");
}

/// One line on stdout, at once: for what a program waits for.
pub(super) fn announce(said: &str) {
    println!("{said}");
}

/// A problem: what happened and what to do, the server's or the system's own words below.
pub(super) fn error(text: Text, problem: &Problem) {
    eprintln!("{}", text.problem(problem));
    if let Some(detail) = text.problem_detail(problem) {
        eprintln!("  {detail}");
    }
}
