//! Files of prompts: plain text, CSV and TSV, JSON and JSON lines.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::Value;

use super::incoming::{IncomingGroup, RefusedRow};
use super::json::{self, Item};
use super::read::{Sink, refuse};
use super::source::Source;
use super::{fields, text};
use crate::domain::{FileFault, Prompt, RowFault};

/// Prompts that a list in the plan may have.
const MOST_TEXTS: usize = 200_000;

const USER_COLUMNS: [&str; 8] = ["prompt", "query", "instruction", "user", "question", "提示", "用户", "问题"];
const SYSTEM_COLUMNS: [&str; 3] = ["system", "系统", "系统提示"];

/// How a file of prompts is laid out.
enum Layout {
    Json,
    Table { delimiter: u8 },
    Lines,
    Blocks,
}

fn layout(head: &str) -> Layout {
    let start = head.trim_start();
    if start.starts_with('{') || (start.starts_with('[') && looks_like_json_list(start)) {
        return Layout::Json;
    }
    let header = start.lines().next().unwrap_or_default();
    for delimiter in [b',', b'\t', b';'] {
        let names = |name: &str| {
            let name = name.trim().trim_matches('"').to_lowercase();
            USER_COLUMNS.contains(&name.as_str())
        };
        let columns = header.split(char::from(delimiter));
        if (columns.clone().count() > 1 || delimiter == b',') && columns.clone().any(names) {
            return Layout::Table { delimiter };
        }
    }
    // Blank lines between blocks of several lines say that a prompt is a block.
    let blocks = head.replace("\r\n", "\n");
    let several = blocks.split("\n\n").filter(|block| block.trim().lines().count() > 1).count();
    if several > 0 && blocks.trim().contains("\n\n") { Layout::Blocks } else { Layout::Lines }
}

fn looks_like_json_list(start: &str) -> bool {
    let next = start[1..].trim_start().chars().next();
    matches!(next, Some('{' | '"' | ']' | '[') | None)
}

/// Hand on each prompt.
pub(super) fn read(source: &Source, sink: &mut Sink<'_>) -> Result<(), FileFault> {
    match layout(&text::head(&source.path)?) {
        Layout::Json => json::items(source, &mut |item| sink(from_item(item))),
        Layout::Table { delimiter } => table(source, delimiter, sink),
        Layout::Lines => {
            let whole = text::whole(source)?;
            for (index, line) in whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                if sink(Ok(group(index as u64 + 1, Prompt::new(None, line.trim_end_matches('\r'))))).is_break() {
                    break;
                }
            }
            Ok(())
        }
        Layout::Blocks => {
            let whole = text::whole(source)?.replace("\r\n", "\n");
            let mut line = 1;
            for block in whole.split("\n\n") {
                let lead = block.len() - block.trim_start_matches('\n').len();
                let begins = line + lead as u64;
                line += block.matches('\n').count() as u64 + 2;
                if !block.trim().is_empty()
                    && sink(Ok(group(begins, Prompt::new(None, block.trim_matches('\n'))))).is_break()
                {
                    break;
                }
            }
            Ok(())
        }
    }
}

fn group(line: u64, prompt: Prompt) -> IncomingGroup {
    IncomingGroup { line, prompt, replies: Vec::new(), verdict: None }
}

fn from_item(item: Item) -> Result<IncomingGroup, RefusedRow> {
    match item {
        Item::Broken { line, said, raw } => Err(refuse(line, RowFault::NotJson { said }, &raw)),
        Item::Value { line, value } => {
            let prompt = match &value {
                Value::String(text) if text.trim().is_empty() => Err(RowFault::Empty { field: "prompt".to_owned() }),
                Value::String(text) => Ok(Prompt::new(None, text.clone())),
                Value::Object(object) => fields::prompt(object),
                _ => Err(RowFault::WrongShape { expected: "an object or a text".to_owned() }),
            };
            prompt.map(|prompt| group(line, prompt)).map_err(|fault| refuse(line, fault, &value.to_string()))
        }
    }
}

fn table(source: &Source, delimiter: u8, sink: &mut Sink<'_>) -> Result<(), FileFault> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text::open(source)?);
    let broken = |error: &csv::Error| {
        let line = error.position().map_or(0, csv::Position::line);
        FileFault::Broken { line, said: error.to_string() }
    };
    let headers = reader.headers().map_err(|error| broken(&error))?.clone();
    let column =
        |names: &[&str]| headers.iter().position(|header| names.contains(&header.trim().to_lowercase().as_str()));
    let (user, system, input) = (column(&USER_COLUMNS), column(&SYSTEM_COLUMNS), column(&["input"]));
    let Some(user) = user else { return Err(FileFault::NothingInIt) };
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: Option<usize>| column.and_then(|at| record.get(at)).filter(|cell| !cell.trim().is_empty());
        let row = match cell(Some(user)) {
            Some(user) => {
                let text = cell(input).map_or_else(|| user.to_owned(), |input| format!("{user}\n{input}"));
                Ok(group(line, Prompt::new(cell(system).map(str::to_owned), text)))
            }
            None => {
                let field = headers.get(user).unwrap_or("prompt").to_owned();
                Err(refuse(line, RowFault::Empty { field }, &record.iter().collect::<Vec<_>>().join(",")))
            }
        };
        if sink(row).is_break() {
            break;
        }
    }
    Ok(())
}

/// The texts of a file of prompts, for a list of system prompts or of user prompts.
pub fn prompt_texts(path: &Path) -> Result<Vec<String>, FileFault> {
    let mut texts = Vec::new();
    let mut refused = None;
    read(&path.into(), &mut |row| {
        match row {
            Ok(group) => texts.push(group.prompt.user),
            Err(row) => refused = refused.take().or(Some(row)),
        }
        if texts.len() < MOST_TEXTS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    match (texts.is_empty(), refused) {
        (false, _) => Ok(texts),
        (true, Some(row)) => Err(FileFault::Broken { line: row.line, said: format!("{:?}", row.fault) }),
        (true, None) => Err(FileFault::NothingInIt),
    }
}
