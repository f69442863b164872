//! The design's table of bars: what each case cost on this machine, with its bar beside it. Times are printed and never
//! asserted; counts are. Compare within one run.
//!
//! `cargo bench --bench bars` measures all subjects, `cargo bench --bench bars -- frames queue` the named ones.
//!
//! | file | subject |
//! |---|---|
//! | `frames` | the label view: scrolling, new screens, the next group, rest |
//! | `queue` | the table of 145,669 groups: scrolling, searching |
//! | `session` | confirming among many groups and few |
//! | `open` | opening 145,669 groups, in processes of their own |
//! | `import` | 254 MB into a session, beside bare SQLite; labels meanwhile; taking it back |
//! | `export` | 145,669 pairs out of a session |
//! | `generation` | replies of the sample server a second, labels meanwhile |
//! | `scoring` | judgements of the sample server a second; scores of 145,669 groups out of their verdicts |
//! | `domain` | pairs, rows, orders; measured by criterion |
//! | `window` | drives the app without a window |
//! | `content` | what is labeled: Markdown, prompts, session files |
//! | `clock` | time without the time in which the thread was kept waiting for a core |
//! | `table` | what is printed |
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod clock;
mod content;
mod domain;
mod frames;
mod generation;
mod queue;
mod scoring;
mod session;
mod table;
mod transfer;
mod window;

use criterion::Criterion;
use table::Table;

fn main() {
    // One process opens one session: what it holds of the memory is then that session's.
    if session::opened_in_this_process() {
        return;
    }
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wants = |subject: &str| named.is_empty() || named.iter().any(|name| name == subject);
    // `cargo test --benches` only wants to see it run, each case once.
    if !std::env::args().any(|argument| argument == "--bench") {
        return domain::bench(Criterion::default().configure_from_args());
    }
    let mut table = Table::default();
    println!("{}\n", table::machine());
    if wants("frames") {
        frames::bench(&mut table);
    }
    if wants("queue") || wants("session") || wants("open") {
        let folder = tempfile::tempdir().unwrap();
        let many = content::many(folder.path());
        if wants("queue") {
            queue::bench(&mut table, &many);
        }
        if wants("open") {
            session::open(&mut table, &many);
        }
        if wants("session") {
            session::bench(&mut table, folder.path(), &many);
        }
    }
    if wants("import") || wants("export") {
        let folder = tempfile::tempdir().unwrap();
        transfer::bench(&mut table, folder.path(), wants("import"), wants("export"));
    }
    if wants("generation") {
        generation::bench(&mut table, tempfile::tempdir().unwrap().path());
    }
    if wants("scoring") {
        scoring::bench(&mut table, tempfile::tempdir().unwrap().path());
    }
    if wants("domain") {
        domain::bench(Criterion::default());
    }
    println!("\n{}\n\n{table}", table::machine());
}
