//! Messages as files have them, and the prompt that they make.

use serde_json::Value;

use super::fields::brief;
use crate::domain::{Prompt, RowFault, Turn, TurnRole};

/// Who says something in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    System,
    User,
    Assistant,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) by: Speaker,
    pub(super) text: String,
}

/// The messages of a list; `name` is the field that it stands in.
pub(super) fn messages(name: &str, value: &Value) -> Result<Vec<Said>, RowFault> {
    let bad = |said: String| RowFault::BadValue { field: name.to_owned(), said };
    let Value::Array(items) = value else { return Err(bad(format!("not a list: {}", brief(value)))) };
    let mut list = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let (role, text) = message(item).map_err(bad)?;
        let by = speaker(&role).filter(|by| *by != Speaker::System || index == 0);
        let by = by.ok_or_else(|| bad(format!("role {role} at message {}", index + 1)))?;
        list.push(Said { by, text });
    }
    Ok(list)
}

/// Who a role is, under its usual names and those of ShareGPT.
pub(super) fn speaker(role: &str) -> Option<Speaker> {
    match role {
        "system" => Some(Speaker::System),
        "user" | "human" => Some(Speaker::User),
        "assistant" | "gpt" | "bot" => Some(Speaker::Assistant),
        _ => None,
    }
}

/// The prompt that messages make, the last of which is the user's; `system` is used where they have none.
pub(super) fn prompt(name: &str, system: Option<String>, messages: Vec<Said>) -> Result<Prompt, RowFault> {
    let mut prompt = Prompt { system, history: Vec::new(), user: String::new() };
    for Said { by, text } in messages {
        match by {
            Speaker::System => prompt.system = Some(text),
            Speaker::User => prompt.history.push(Turn { role: TurnRole::User, text }),
            Speaker::Assistant => prompt.history.push(Turn { role: TurnRole::Assistant, text }),
        }
    }
    match prompt.history.pop() {
        Some(Turn { role: TurnRole::User, text }) if !text.trim().is_empty() => {
            prompt.user = text;
            Ok(prompt)
        }
        Some(Turn { role: TurnRole::User, .. }) | None => Err(RowFault::Empty { field: name.to_owned() }),
        Some(Turn { role: TurnRole::Assistant, .. }) => {
            let said = "ends with a reply; a prompt ends with the user's turn".to_owned();
            Err(RowFault::BadValue { field: name.to_owned(), said })
        }
    }
}

/// A prompt as messages.
pub(super) fn of_prompt(prompt: Prompt) -> Vec<Said> {
    let Prompt { system, history, user } = prompt;
    let turns = history.into_iter().chain([Turn { role: TurnRole::User, text: user }]);
    let by = |role| if role == TurnRole::User { Speaker::User } else { Speaker::Assistant };
    let system = system.map(|text| Said { by: Speaker::System, text });
    system.into_iter().chain(turns.map(|Turn { role, text }| Said { by: by(role), text })).collect()
}

/// A message as `{role, content}`, `{role, value}` or `{from, value}`, its content as a text or in parts of text.
pub(super) fn message(item: &Value) -> Result<(String, String), String> {
    let Value::Object(fields) = item else { return Err(format!("not a message: {}", brief(item))) };
    let role = ["role", "from"].into_iter().find_map(|name| fields.get(name)?.as_str());
    let role = role.ok_or("a message without a role")?;
    let content = ["content", "value"].into_iter().find_map(|name| fields.get(name).filter(|value| !value.is_null()));
    let text = match content.ok_or("a message without text")? {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let mut text = String::new();
            for part in parts {
                let said = part.get("text").and_then(Value::as_str);
                text.push_str(said.ok_or_else(|| format!("a part that is no text: {}", brief(part)))?);
            }
            text
        }
        other => return Err(format!("not text: {}", brief(other))),
    };
    Ok((role.to_owned(), text))
}
