//! Which format a file has, by its content.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::{Map, Value};

use super::incoming::Format;
use super::json::{self, Item};
use super::{fields, text};
use crate::domain::FileFault;

/// Broken or other items that are passed over in search of an object.
const MOST_OTHERS: u32 = 100;

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
    if start.contains("\"annotation_queue\"") {
        return Ok(Format::Seed001Session);
    }
    // The first object tells; where a list is broken after it, so much is still known.
    let (mut found, mut others) = (None, 0);
    let read = json::items(&path.into(), &mut |item| match item {
        Item::Value { value: Value::Object(fields), .. } => {
            found = of_fields(&fields);
            ControlFlow::Break(())
        }
        _ if others < MOST_OTHERS => {
            others += 1;
            ControlFlow::Continue(())
        }
        _ => ControlFlow::Break(()),
    });
    if let Err(fault @ (FileFault::Missing | FileFault::Denied | FileFault::Other { .. })) = read {
        return Err(fault);
    }
    Ok(found.unwrap_or(Format::Prompts))
}

/// The format of a file that begins with this object; `None`: it has no replies that we know of.
pub(super) fn of_fields(fields: &Map<String, Value>) -> Option<Format> {
    let has = |name: &str| fields.contains_key(name);
    let numbered = |key: &String| key.strip_prefix("response_").is_some_and(|number| number.parse::<u64>().is_ok());
    let paired_message = |message: &Value| message.get("chosen_value").or(message.get("rejected_value")).is_some();
    let messages = fields.get("messages").and_then(Value::as_array);
    if (has("query") && fields.keys().any(numbered)) || (has("chosen_response") && has("rejected_response")) {
        return Some(Format::Seed000);
    }
    if has("pos_resp") || has("neg_resp") {
        return Some(Format::Cvalues);
    }
    if has("rejected_response") || has("rejected_messages") {
        return Some(Format::MsSwift);
    }
    if messages.is_some_and(|list| list.iter().any(paired_message)) {
        return Some(Format::Seed004);
    }
    if !has("chosen") || !has("rejected") {
        return None;
    }
    if fields.get("scores").is_some_and(Value::is_array) && fields["chosen"].is_string() {
        return Some(Format::Seed000Triplets);
    }
    let prompted = fields::USER.into_iter().chain(["messages", "conversations"]).any(has);
    Some(if prompted { Format::TrlExplicit } else { Format::Trl })
}
