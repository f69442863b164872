//! Import and export files, each with its own serde types. Knows nothing of the session or its file: what is read
//! is handed on group by group, what is written comes in as rows.

mod incoming;

pub use incoming::{Format, ImportPreview, IncomingGroup, IncomingReply, IncomingVerdict, PreviewRow, RefusedRow};
