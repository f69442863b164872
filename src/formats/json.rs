//! JSON files item by item: a list, an object of items, or one value a line; never the whole file in memory.

use std::io::BufReader;
use std::ops::ControlFlow;

use serde_json::Value;

use super::fault::from_io;
use super::items::Items;
use super::source::Source;
use super::text;
use crate::domain::FileFault;

/// One item of a file: its line and its value, or why the line is no JSON and how it reads.
pub(super) enum Item {
    Value { line: u64, value: Value },
    Broken { line: u64, said: String, raw: String },
}

type Each<'a> = dyn FnMut(Item) -> ControlFlow<()> + 'a;

/// Hand on each item: elements of a list, values of an object of objects, or lines.
pub(super) fn items(source: &Source, each: &mut Each<'_>) -> Result<(), FileFault> {
    let head = text::head(&source.path)?;
    let start = head.trim_start();
    let first_line = start.lines().next().unwrap_or_default();
    let one_line = serde_json::from_str::<Value>(first_line).is_ok();
    if start.starts_with('[') && !(one_line && start.trim_end().lines().count() > 1) {
        return nested(source, each);
    }
    if start.starts_with('{') && !one_line && !is_line_by_line(start) {
        return nested(source, each);
    }
    // A whole object on one line holds items when its values are objects; otherwise it is an item.
    if one_line && start.trim_end().lines().count() == 1 && holds_items(first_line) {
        return nested(source, each);
    }
    lines(source, each)
}

/// Whether text whose first line is no JSON is one value a line all the same: its later lines are values.
fn is_line_by_line(start: &str) -> bool {
    start
        .lines()
        .skip(1)
        .take(20)
        .filter(|line| !line.trim().is_empty())
        .any(|line| line.starts_with('{') && serde_json::from_str::<Value>(line).is_ok())
}

fn holds_items(line: &str) -> bool {
    match serde_json::from_str(line) {
        Ok(Value::Array(_)) => true,
        Ok(Value::Object(fields)) => !fields.is_empty() && fields.values().all(Value::is_object),
        _ => false,
    }
}

fn lines(source: &Source, each: &mut Each<'_>) -> Result<(), FileFault> {
    let mut reader = BufReader::with_capacity(1 << 16, text::open(source)?);
    let mut bytes = Vec::new();
    for line in 1.. {
        let Some(whole) = text::next_line(&mut reader, &mut bytes).map_err(|error| from_io(&error))? else {
            return Ok(());
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let item = if whole {
            item(line, &bytes)
        } else {
            let said = format!("more than {} MiB", text::LONGEST_LINE >> 20);
            Item::Broken { line, said, raw: String::from_utf8_lossy(&bytes).trim_end().to_owned() }
        };
        if each(item).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// A list or an object, element by element. A file that ends in the middle is broken as a whole.
fn nested(source: &Source, each: &mut Each<'_>) -> Result<(), FileFault> {
    let mut items = Items::new(BufReader::with_capacity(1 << 16, text::open(source)?));
    while let Some((line, bytes)) = items.next()? {
        if each(item(line, bytes)).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

fn item(line: u64, bytes: &[u8]) -> Item {
    match serde_json::from_slice(bytes) {
        Ok(value) => Item::Value { line, value },
        Err(error) => {
            let raw = String::from_utf8_lossy(bytes).trim_end().to_owned();
            Item::Broken { line, said: error.to_string(), raw }
        }
    }
}
