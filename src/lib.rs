//! Pairloom turns model replies into preference data for DPO and reward models.
//!
//! # Code map
//!
//! | module | what it is | what it must not know |
//! |---|---|---|
//! | [`domain`] | plain data and rules: prompt, reply, group, label, pairs, plan, problems | files, sockets, clocks, threads |
//! | [`ranking`] | what a judge is asked, how its answer is read, what scores follow: pure functions | servers, files, clocks |
//! | [`text`] | every sentence a person reads, in English and Chinese | who shows it |
//! | [`store`] | the session file (SQLite): one file per table, migrations, journal, lock, recovery | what a session means |
//! | [`settings`] | app settings, recent sessions, keys in the keyring | anything inside a session |
//! | [`endpoints`] | HTTP clients: chats, reward models and their chat templates, models, what a server is and can, wire types | groups, queues, files |
//! | [`formats`] | import and export files, each with its own serde types | the session and its file |
//! | [`jobs`] | generation and scoring: queue, concurrency, cancel, waiting for a server | the store |
//! | [`session`] | the only place where state changes: commands in, snapshots out | egui, any widget, any terminal |
//! | [`sample`] | the sample server (OpenAI-compatible, loopback), with wire types of its own on purpose | the client's types |
//! | [`ui`] | egui: shell, keys, palette, panels, widgets, Markdown, theme | SQL, HTTP, file formats |
//! | [`cli`] | the same work without a window | egui |
//!
//! Arrows (`tests/architecture.rs` holds them): everything may use `domain`; `jobs` uses `ranking` and `endpoints`; `session` uses
//! `ranking`, `store`, `jobs`, `formats`, `endpoints`; `ui` and `cli` use `text`, `settings`, `session`, `sample` and never each
//! other; `cli` also looks at servers through `endpoints`. `egui` appears only in `ui`, `rusqlite` only in `store`, `reqwest` only in `endpoints`.
//!
//! # A click becomes saved, then painted
//!
//! 1. A panel draws from an immutable [`session::Snapshot`] and sends a [`session::Command`]; it changes nothing itself.
//! 2. The session thread, sole writer, takes commands first, then job events.
//! 3. It checks the domain rules, then writes rows and a journal entry in one SQLite transaction.
//! 4. It publishes a new snapshot and wakes the window through a callback.
//! 5. The next frame paints it. What is painted as done is on disk.
//!
//! # What a frame does not do
//!
//! It parses and measures nothing (the typesetter, a thread with fonts of its own, prepares the group in front and its
//! neighbours), searches nothing (the finder), and waits for no disk (sessions, settings, file dialogs have threads).
//!
//! # Invariants
//!
//! - **One writer.** Only the session thread writes the session file. Export and search read through a read-only
//!   connection of their own.
//! - **What failed changed nothing.** A failed transaction is rolled back, memory is untouched, the person is told.
//! - **A slot shows one reply.** (group, round, slot) is unique among what is shown, so no reply is stored twice and none
//!   is asked for again; a reply that made room for another is hidden and kept.
//! - **What is left to do is computed from rows**, so a crash needs no repair step.
//! - **Undo is a journal in the file.** An entry whose rows have moved on is passed over with a word.
//! - **A failed request is never stored as a reply.**
//! - **A file that was moved or deleted takes no writes**, though SQLite would go on: nothing is saved into nowhere.
//! - **What the app keeps for itself is for its owner alone**; what a person asks for goes by their umask.
//! - **Keys never reach** a session file, a log, an export, an error text or a debug print.

pub mod cli;
pub mod domain;
pub mod endpoints;
pub mod formats;
pub mod jobs;
pub mod ranking;
pub mod sample;
pub mod session;
pub mod settings;
pub mod store;
pub mod text;
pub mod ui;
