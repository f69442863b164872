//! The body of a request, out of its template and the replies that it is for.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::RewardItem;
use super::template::{Template, plain};
use crate::domain::RewardFault;

/// One message of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'a str,
    #[serde(rename = "content")]
    pub(super) text: &'a str,
}

/// All that a body may say of one reply.
pub(super) struct Material<'a> {
    pub(super) messages: Vec<Message<'a>>,
    /// Prompt and reply by the chat template; empty where the body does not ask for it.
    pub(super) text: String,
}

impl<'a> Material<'a> {
    /// `system` is for prompts that have none of their own.
    pub(super) fn new(
        item: &RewardItem<'a>,
        system: Option<&'a str>,
        template: Option<&Template>,
        adds_begin_mark: bool,
    ) -> Result<Self, RewardFault> {
        let mut messages: Vec<Message<'a>> =
            item.prompt.messages().map(|(role, text)| Message { role, text }).collect();
        let system =
            system.filter(|text| !text.is_empty() && messages.first().is_none_or(|first| first.role != "system"));
        if let Some(text) = system {
            messages.insert(0, Message { role: "system", text });
        }
        messages.push(Message { role: "assistant", text: item.reply });
        let text =
            template.map(|template| template.render(&messages, adds_begin_mark)).transpose()?.unwrap_or_default();
        Ok(Self { messages, text })
    }

    /// All of it, leaving nothing behind.
    pub(super) fn take(&mut self) -> Self {
        Self { messages: std::mem::take(&mut self.messages), text: std::mem::take(&mut self.text) }
    }

    fn word(&self, name: &str, model: &str) -> Option<String> {
        let last = self.messages.len() - 1;
        Some(match name {
            "model" => model.to_owned(),
            "text" => self.text.clone(),
            "reply" => self.messages[last].text.to_owned(),
            "prompt" => plain(&self.messages[..last]),
            "system" => self.messages.first().filter(|first| first.role == "system").map_or("", |m| m.text).to_owned(),
            _ => return None,
        })
    }
}

/// Whether a body asks for texts by the chat template.
pub(super) fn wants_text(body: &Value) -> bool {
    any_text(body, &|text| text.contains("{text}") || text == "{texts}")
}

/// Whether a body takes several replies.
pub(super) fn takes_list(body: &Value) -> bool {
    each(body).is_some()
        || match body {
            Value::String(text) => text == "{texts}" || text == "{replies}",
            Value::Array(items) => items.iter().any(takes_list),
            Value::Object(fields) => fields.values().any(takes_list),
            _ => false,
        }
}

/// Whether all replies of a request share one prompt.
pub(super) fn shares_prompt(body: &Value) -> bool {
    any_text(body, &|text| text == "{replies}")
}

/// Whether a body sends conversations.
pub(super) fn sends_messages(body: &Value) -> bool {
    any_text(body, &|text| text == "{messages}" || text == "{message_parts}")
}

/// Whether a body sends replies outside of texts and conversations.
pub(super) fn names_reply(body: &Value) -> bool {
    any_text(body, &|text| text.contains("{reply}") || text == "{replies}")
}

fn any_text(value: &Value, fits: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => fits(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, fits)),
        Value::Object(fields) => fields.values().any(|field| any_text(field, fits)),
        _ => false,
    }
}

/// What is repeated for each reply: `{"*": X}`.
fn each(value: &Value) -> Option<&Value> {
    value.as_object().filter(|fields| fields.len() == 1)?.get("*")
}

/// The body for these replies; there is at least one.
pub(super) fn fill(body: &Value, model: &str, materials: &[Material<'_>]) -> Value {
    if let Some(inner) = each(body) {
        return materials.iter().map(|material| fill(inner, model, std::slice::from_ref(material))).collect();
    }
    match body {
        Value::String(text) => match (text.as_str(), materials) {
            ("{texts}", all) => all.iter().map(|material| material.text.clone()).collect(),
            ("{replies}", all) => all.iter().filter_map(|material| material.word("reply", model)).collect(),
            ("{messages}", [first, ..]) => json!(first.messages),
            ("{message_parts}", [first, ..]) => first.messages.iter().map(in_parts).collect(),
            (text, [first, ..]) => Value::String(replace(text, |name| first.word(name, model))),
            (text, []) => Value::String(text.to_owned()),
        },
        Value::Array(items) => items.iter().map(|item| fill(item, model, materials)).collect(),
        Value::Object(fields) => {
            let named = |value: &Value| !(model.is_empty() && value == "{model}");
            let kept = fields.iter().filter(|(_, value)| named(value));
            Value::Object(
                kept.map(|(name, value)| (name.clone(), fill(value, model, materials))).collect::<Map<_, _>>(),
            )
        }
        other => other.clone(),
    }
}

fn in_parts(message: &Message<'_>) -> Value {
    json!({"role": message.role, "content": [{"type": "text", "text": message.text}]})
}

/// `text` with each `{name}` replaced that is known; what was put in is not looked at again.
fn replace(text: &str, word: impl Fn(&str) -> Option<String>) -> String {
    let mut full = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        full.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest.find('}').and_then(|end| Some((word(&rest[1..end])?, end)));
        match known {
            Some((words, end)) => {
                full.push_str(&words);
                rest = &rest[end + 1..];
            }
            None => {
                full.push('{');
                rest = &rest[1..];
            }
        }
    }
    full.push_str(rest);
    full
}
