//! Prompts out of JSON objects under the names that are in use.

use serde_json::{Map, Value};

use crate::domain::{Prompt, RowFault, Turn, TurnRole};

/// Names of the user turn, in the order in which they are looked for.
const USER: [&str; 5] = ["prompt", "query", "instruction", "user", "question"];

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
                let (role, text) = message(item).map_err(bad)?;
                match role.as_str() {
                    "user" => turns.push(Turn { role: TurnRole::User, text }),
                    "assistant" => turns.push(Turn { role: TurnRole::Assistant, text }),
                    other => return Err(bad(format!("role {other}"))),
                }
            }
            other => return Err(bad(format!("neither a pair nor a message: {}", brief(other)))),
        }
    }
    Ok(turns)
}

fn from_messages(name: &str, value: &Value, system: Option<String>) -> Result<Prompt, RowFault> {
    let bad = |said: String| RowFault::BadValue { field: name.to_owned(), said };
    let Value::Array(items) = value else { return Err(bad(format!("not a list: {}", brief(value)))) };
    let mut prompt = Prompt { system, history: Vec::new(), user: String::new() };
    for (index, item) in items.iter().enumerate() {
        let (role, text) = message(item).map_err(bad)?;
        match role.as_str() {
            "system" if index == 0 => prompt.system = Some(text),
            "user" => prompt.history.push(Turn { role: TurnRole::User, text }),
            "assistant" => prompt.history.push(Turn { role: TurnRole::Assistant, text }),
            other => return Err(bad(format!("role {other} at message {}", index + 1))),
        }
    }
    match prompt.history.pop() {
        Some(Turn { role: TurnRole::User, text }) if !text.trim().is_empty() => {
            prompt.user = text;
            Ok(prompt)
        }
        Some(Turn { role: TurnRole::User, .. }) | None => Err(RowFault::Empty { field: name.to_owned() }),
        Some(Turn { role: TurnRole::Assistant, .. }) => {
            Err(bad("ends with a reply; a prompt ends with the user's turn".to_owned()))
        }
    }
}

/// A message as `{role, content}`, `{role, value}` or `{from, value}`; the roles of ShareGPT are translated.
fn message(item: &Value) -> Result<(String, String), String> {
    let Value::Object(fields) = item else { return Err(format!("not a message: {}", brief(item))) };
    let pick = |names: [&str; 2]| names.into_iter().find_map(|name| fields.get(name)?.as_str().map(str::to_owned));
    let role = pick(["role", "from"]).ok_or("a message without a role")?;
    let text = pick(["content", "value"]).ok_or("a message without text")?;
    let role = match role.as_str() {
        "human" => "user".to_owned(),
        "gpt" | "bot" => "assistant".to_owned(),
        other => other.to_owned(),
    };
    Ok((role, text))
}

/// The start of a value, for a message.
pub(super) fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
