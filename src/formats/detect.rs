//! Which format a file has, by its content.

use std::path::Path;

use serde_json::Value;

use super::incoming::Format;
use super::text;
use crate::domain::FileFault;

/// Find the format. The file's name is not looked at.
pub fn detect(path: &Path) -> Result<Format, FileFault> {
    let head = text::head(path)?;
    let start = head.trim_start();
    if !start.starts_with(['{', '[']) {
        return Ok(Format::Prompts);
    }
    let first = start.lines().next().unwrap_or_default();
    if let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(first)
        && fields.get("kind").and_then(Value::as_str) == Some("session")
    {
        return Ok(Format::Archive);
    }
    let has = |name: &str| start.contains(&format!("\"{name}\""));
    if has("annotation_queue") {
        return Ok(Format::Seed001Session);
    }
    let numbered = start.split("\"response_").skip(1).any(|rest| {
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        digits > 0 && rest[digits..].starts_with('"')
    });
    if numbered && has("query") {
        return Ok(Format::Seed000);
    }
    if has("rejected_response") {
        let seen = "rows of chosen and rejected replies".to_owned();
        return Err(FileFault::UnknownFormat { wanted: None, seen });
    }
    Ok(Format::Prompts)
}
