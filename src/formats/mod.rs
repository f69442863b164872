//! Import and export files, each with its own serde types. Knows nothing of the session or its file: what is read
//! is handed on group by group, what is written comes in as rows.

mod archive;
mod companion;
mod cvalues;
mod detect;
mod dialogue;
mod fault;
mod fields;
mod followed;
mod incoming;
mod items;
mod json;
pub mod ms_swift;
mod pasted;
mod plan;
mod preferred;
mod prompts;
mod read;
mod row;
mod seed000;
mod seed001;
mod seed004;
mod source;
mod text;
mod triplets;
mod trl;
mod whole;

pub use archive::{ArchiveLine, archive_line, read_archive};
pub use companion::{Companion, load_line, write_companion};
pub use detect::detect;
pub use followed::{RowHash, append, rewrite};
pub use incoming::{Format, ImportPreview, IncomingGroup, IncomingReply, IncomingVerdict, PreviewRow, RefusedRow};
pub use pasted::pasted;
pub use plan::{PlanFile, read_plan, write_plan};
pub use prompts::prompt_texts;
pub use read::{preview, read_groups};
pub use row::{NoPair, RowOptions, RowWriter, ScoredGroup, ScoredPair, ScoredReply, Unheld, group_row, pair_row};
pub use source::{Reading, Source};
pub use text::short_text;
pub use whole::write_whole;
