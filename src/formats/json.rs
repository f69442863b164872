//! JSON files item by item: a list, an object of items, or one value a line; never the whole file in memory.

use std::cell::Cell;
use std::fmt;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::fault::{from_io, from_json};
use super::text;
use crate::domain::FileFault;

/// One item of a file: its line and its value, or why the line is no JSON and how it reads.
pub(super) enum Item {
    Value { line: u64, value: Value },
    Broken { line: u64, said: String, raw: String },
}

type Each<'a> = dyn FnMut(Item) -> ControlFlow<()> + 'a;

/// Hand on each item: elements of a list, values of an object of objects, or lines.
pub(super) fn items(path: &Path, each: &mut Each<'_>) -> Result<(), FileFault> {
    let head = text::head(path)?;
    let start = head.trim_start();
    let first_line = start.lines().next().unwrap_or_default();
    let one_line = serde_json::from_str::<Value>(first_line).is_ok();
    if start.starts_with('[') && !(one_line && start.trim_end().lines().count() > 1) {
        return nested(path, each);
    }
    if start.starts_with('{') && !one_line && !is_line_by_line(start) {
        return nested(path, each);
    }
    // A whole object on one line holds items when its values are objects; otherwise it is an item.
    if one_line && start.trim_end().lines().count() == 1 && holds_items(first_line) {
        return nested(path, each);
    }
    lines(path, each)
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

fn lines(path: &Path, each: &mut Each<'_>) -> Result<(), FileFault> {
    let mut reader = BufReader::with_capacity(1 << 16, text::open(path)?);
    let mut bytes = Vec::new();
    for line in 1.. {
        let Some(whole) = text::next_line(&mut reader, &mut bytes).map_err(|error| from_io(&error))? else {
            return Ok(());
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let raw = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        let item = match serde_json::from_slice(&bytes) {
            _ if !whole => {
                let said = format!("more than {} MiB", text::LONGEST_LINE >> 20);
                Item::Broken { line, said, raw: raw(&bytes) }
            }
            Ok(value) => Item::Value { line, value },
            Err(error) => Item::Broken { line, said: error.to_string(), raw: raw(&bytes) },
        };
        if each(item).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// A list or an object, element by element. A file that ends in the middle is broken as a whole.
fn nested(path: &Path, each: &mut Each<'_>) -> Result<(), FileFault> {
    let line = Rc::new(Cell::new(1));
    let reader = Counting { inner: BufReader::with_capacity(1 << 16, text::open(path)?), line: Rc::clone(&line) };
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let mut stopped = false;
    let read = deserializer.deserialize_any(Items { each, line, stopped: &mut stopped });
    match read.and_then(|()| deserializer.end()) {
        Err(error) if !stopped => Err(from_json(&error)),
        _ => Ok(()),
    }
}

/// Counts lines as bytes are taken one by one.
struct Counting<R> {
    inner: R,
    line: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let ends = buffer[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.line.set(self.line.get() + ends);
        Ok(read)
    }
}

struct Items<'a, 'b> {
    each: &'a mut Each<'b>,
    line: Rc<Cell<u64>>,
    stopped: &'a mut bool,
}

impl Items<'_, '_> {
    fn hand_on<E: serde::de::Error>(&mut self, line: u64, value: Value) -> Result<(), E> {
        if (self.each)(Item::Value { line, value }).is_break() {
            *self.stopped = true;
            // The only way out of a deserializer is an error; `stopped` tells it from a real one.
            return Err(E::custom("stopped"));
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let line = Rc::clone(&self.line);
        while let Some((at, value)) = list.next_element_seed(Located(Rc::clone(&line)))? {
            self.hand_on(at, value)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let line = Rc::clone(&self.line);
        while map.next_key::<String>()?.is_some() {
            let (at, value) = map.next_value_seed(Located(Rc::clone(&line)))?;
            self.hand_on(at, value)?;
        }
        Ok(())
    }
}

/// A value with the line on which it begins.
struct Located(Rc<Cell<u64>>);

impl<'de> DeserializeSeed<'de> for Located {
    type Value = (u64, Value);

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let line = self.0.get();
        serde::Deserialize::deserialize(deserializer).map(|value| (line, value))
    }
}
