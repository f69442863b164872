//! `plan.toml`: what a session is made from, for handing on.

use std::path::Path;

use super::{text, write_whole};
use crate::domain::{FileFault, Plan};

/// Read a plan.
pub fn read_plan(path: &Path) -> Result<Plan, FileFault> {
    let text = text::whole(&path.into())?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() as u64 + 1;
        FileFault::Broken { line, said: error.message().to_owned() }
    })
}

/// Write a plan.
pub fn write_plan(path: &Path, plan: &Plan) -> Result<(), FileFault> {
    let text = toml::to_string_pretty(plan).map_err(|error| FileFault::Other { said: error.to_string() })?;
    write_whole(path, |out| out.write_all(text.as_bytes()))
}
