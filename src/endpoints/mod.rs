//! HTTP clients of OpenAI-compatible servers. Knows no group, queue or file.

mod info;

pub use info::ServerInfo;
