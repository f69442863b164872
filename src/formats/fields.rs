//! Prompts out of JSON objects under the names that are in use.

use serde_json::{Map, Value};

use super::dialogue::{self, Speaker};
use crate::domain::{Prompt, RowFault, Turn, TurnRole};

/// Names of the user turn, in the order in which they are looked for.
pub(super) const USER: [&str; 5] = ["prompt", "query", "instruction", "user", "question"];

/// The prompt of an object.
pub(super) fn prompt(fields: &Map<String, Value>) -> Result<Prompt, RowFault> {
    for name in ["messages", "conversations"] {
        if let Some(value) = present(fields, name) {
            return from_messages(name, value, text(fields, "system")?);
        }
    }
    let Some(name) = USER.into_iter().find(|name| present(fields, name).is_some()) else {
        // A capital letter is the usual reason why a field is not found.
        let near = fields.keys().find(|key| USER.contains(&key.to_lowercase().as_str()));
        let field = near.map_or_else(|| "prompt".to_owned(), |near| format!("prompt (found {near})"));
        return Err(RowFault::Missing { field });
    };
    if let Some(value @ Value::Array(_)) = present(fields, name) {
        return from_messages(name, value, text(fields, "system")?);
    }
    let mut user = text(fields, name)?.unwrap_or_default();
    if user.trim().is_empty() {
        return Err(RowFault::Empty { field: name.to_owned() });
    }
    if name == "instruction"
        && let Some(input) = text(fields, "input")?.filter(|input| !input.is_empty())
    {
        user = format!("{user}\n{input}");
    }
    let history = match present(fields, "history") {
        Some(value) => history(value)?,
        None => Vec::new(),
    };
    Ok(Prompt { system: text(fields, "system")?, history, user })
}

/// A field that is there and not null.
pub(super) fn present<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !value.is_null())
}

/// A field's text, where the field is there.
pub(super) fn text(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, RowFault> {
    match present(fields, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(RowFault::BadValue { field: name.to_owned(), said: format!("not text: {}", brief(other)) }),
    }
}

/// Earlier turns as `[[user, assistant], …]` or as messages.
pub(super) fn history(value: &Value) -> Result<Vec<Turn>, RowFault> {
    let bad = |said: String| RowFault::BadValue { field: "history".to_owned(), said };
    let Value::Array(items) = value else { return Err(bad(format!("not a list: {}", brief(value)))) };
    let mut turns = Vec::new();
    for item in items {
        match item {
            Value::Array(pair) => match pair.as_slice() {
                [Value::String(user), Value::String(assistant)] => {
                    turns.push(Turn { role: TurnRole::User, text: user.clone() });
                    turns.push(Turn { role: TurnRole::Assistant, text: assistant.clone() });
                }
                _ => return Err(bad(format!("not a pair of texts: {}", brief(item)))),
            },
            Value::Object(_) => {
                let (role, text) = dialogue::message(item).map_err(bad)?;
                match dialogue::speaker(&role) {
                    Some(Speaker::User) => turns.push(Turn { role: TurnRole::User, text }),
                    Some(Speaker::Assistant) => turns.push(Turn { role: TurnRole::Assistant, text }),
                    Some(Speaker::System) | None => return Err(bad(format!("role {role}"))),
                }
            }
            other => return Err(bad(format!("neither a pair nor a message: {}", brief(other)))),
        }
    }
    Ok(turns)
}

fn from_messages(name: &str, value: &Value, system: Option<String>) -> Result<Prompt, RowFault> {
    dialogue::prompt(name, system, dialogue::messages(name, value)?)
}

/// The start of a value, for a message.
pub(super) fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
