//! The views. Each draws from a snapshot and asks through commands; none changes anything itself.

pub(crate) mod data;
pub(crate) mod endpoint;
pub(crate) mod generate;
pub(crate) mod label;
pub(crate) mod score;
pub(crate) mod settings;
pub(crate) mod start;
