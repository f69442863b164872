//! A JSON list or object cut into its items: brackets are counted outside of texts, and what stands between is for the
//! parser. So an item is parsed from memory, the file is never there as a whole, and a bad item spoils no other.

use std::io::BufRead;

use super::fault::from_io;
use crate::domain::FileFault;

/// The longest item, in bytes: as long as the longest line.
const LONGEST: usize = super::text::LONGEST_LINE as usize;

/// The items of a list, or the values of an object.
pub(super) struct Items<R> {
    reader: R,
    /// The line of the next byte, from 1.
    line: u64,
    item: Vec<u8>,
    stand: Stand,
}

#[derive(Clone, Copy, PartialEq)]
enum Stand {
    Before,
    /// Inside of what this byte closes; after the first item a comma is due.
    Inside {
        close: u8,
        first: bool,
    },
}

impl<R: BufRead> Items<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: 1, item: Vec::new(), stand: Stand::Before }
    }

    /// The next item and the line on which it begins.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &[u8])>, FileFault> {
        let (close, first) = match self.stand {
            Stand::Inside { close, first } => (close, first),
            Stand::Before => {
                let close = match self.skip_space()? {
                    Some(b'[') => b']',
                    Some(b'{') => b'}',
                    _ => return Err(self.broken("neither a list nor an object")),
                };
                self.take_one()?;
                (close, true)
            }
        };
        let mut next = self.skip_space()?;
        if next == Some(close) {
            self.take_one()?;
            return match self.skip_space()? {
                None => Ok(None),
                Some(_) => Err(self.broken("text after the end")),
            };
        }
        if !first {
            self.expect(next, b',')?;
            next = self.skip_space()?;
        }
        if close == b'}' {
            if next != Some(b'"') {
                return Err(self.broken("a key in quotes is missing"));
            }
            self.cut()?;
            let next = self.skip_space()?;
            self.expect(next, b':')?;
            self.skip_space()?;
        }
        let begins = self.line;
        self.cut()?;
        if self.item.is_empty() {
            return Err(self.broken("a value is missing"));
        }
        self.stand = Stand::Inside { close, first: false };
        Ok(Some((begins, &self.item)))
    }

    fn broken(&self, said: &str) -> FileFault {
        FileFault::Broken { line: self.line, said: said.to_owned() }
    }

    fn chunk(&mut self) -> Result<&[u8], FileFault> {
        self.reader.fill_buf().map_err(|error| from_io(&error))
    }

    /// Go to the next byte that is no white space, which stays; `None` at the end of the file.
    fn skip_space(&mut self) -> Result<Option<u8>, FileFault> {
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let space = chunk.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let lines = chunk[..space].iter().filter(|byte| **byte == b'\n').count() as u64;
            let found = chunk.get(space).copied();
            self.reader.consume(space);
            self.line += lines;
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn expect(&mut self, found: Option<u8>, due: u8) -> Result<(), FileFault> {
        match found {
            Some(found) if found == due => self.take_one(),
            Some(found) => Err(self.broken(&format!("{:?} where {:?} is due", char::from(found), char::from(due)))),
            None => Err(self.broken("the file ends in the middle")),
        }
    }

    fn take_one(&mut self) -> Result<(), FileFault> {
        self.chunk()?;
        self.reader.consume(1);
        Ok(())
    }

    /// Take the value that begins here, up to its end.
    fn cut(&mut self) -> Result<(), FileFault> {
        self.item.clear();
        let mut value = Value::default();
        loop {
            let chunk = self.reader.fill_buf().map_err(|error| from_io(&error))?;
            if chunk.is_empty() {
                return Err(self.broken("the file ends in the middle"));
            }
            let end = value.end_in(chunk);
            let taken = end.unwrap_or(chunk.len());
            self.item.extend_from_slice(&chunk[..taken]);
            self.line += chunk[..taken].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.reader.consume(taken);
            if end.is_some() {
                return Ok(());
            }
            if self.item.len() > LONGEST {
                return Err(self.broken("an item of more than 1 GiB"));
            }
        }
    }
}

/// How far into a value the bytes have led.
#[derive(Default)]
struct Value {
    depth: usize,
    in_text: bool,
    escaped: bool,
}

impl Value {
    /// Where the value ends, if in this chunk.
    fn end_in(&mut self, chunk: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < chunk.len() {
            if self.in_text {
                if std::mem::take(&mut self.escaped) {
                    at += 1;
                    continue;
                }
                at += memchr::memchr2(b'"', b'\\', &chunk[at..])?;
                if chunk[at] == b'\\' {
                    self.escaped = true;
                } else {
                    self.in_text = false;
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                at += 1;
                continue;
            }
            match chunk[at] {
                b'"' => self.in_text = true,
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' | b',' if self.depth == 0 => return Some(at),
                b']' | b'}' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                byte if self.depth == 0 && byte.is_ascii_whitespace() => return Some(at),
                _ => {}
            }
            at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    fn cut(json: &str, buffer: usize) -> Result<Vec<(u64, String)>, FileFault> {
        let mut items = Items::new(BufReader::with_capacity(buffer, json.as_bytes()));
        let mut found = Vec::new();
        while let Some((line, bytes)) = items.next()? {
            found.push((line, String::from_utf8_lossy(bytes).into_owned()));
        }
        Ok(found)
    }

    #[test]
    fn items_are_found_wherever_the_buffer_ends() {
        let json = "[1,\n \"a]\\\"\\\\\" , {\"b\": [\"}\"]}\n,null]\n";
        let expected = [(1, "1"), (2, "\"a]\\\"\\\\\""), (2, "{\"b\": [\"}\"]}"), (3, "null")];
        for buffer in 1..12 {
            let found = cut(json, buffer).unwrap();
            assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())), "{buffer}");
        }
        assert_eq!(cut("{\"k\\\"\": {\"v\": 1}, \"l\": [] }", 3).unwrap().len(), 2);
        assert_eq!(cut(" [ ] ", 2), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_list_of_items_is_told() {
        for json in ["", "7", "[1", "[1,", "[1 2]", "[,]", "[1]]", "{\"a\" 1}", "{a: 1}", "{\"a\":}", "[\"a", "[1,]"] {
            assert!(matches!(cut(json, 4), Err(FileFault::Broken { .. })), "{json}");
        }
    }

    proptest! {
        #[test]
        fn any_list_is_cut_where_the_parser_would(texts in prop::collection::vec(".{0,12}", 0..6), buffer in 1..40usize) {
            let list: Vec<serde_json::Value> =
                texts.iter().map(|text| serde_json::json!({ text.as_str(): [text, null, { "a": 1.5 }] })).collect();
            let json = serde_json::to_string_pretty(&list).unwrap();
            let found = cut(&json, buffer).unwrap();
            let parsed: Vec<serde_json::Value> =
                found.iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
            prop_assert_eq!(parsed, list);
        }
    }
}
