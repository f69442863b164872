//! A judge's request as the sample understands it: which replies it shows, by their fences, and in what form the answer
//! is wanted, by the schema or, without one, by the words of the instructions.

use serde_json::Value;

use super::quality::is_chinese;
use super::wire::ChatRequest;

/// Replies that are to be judged.
pub(super) struct Scene<'a> {
    /// What was asked of those who replied.
    pub(super) prompt: &'a str,
    /// In the order in which they are shown.
    pub(super) shown: Vec<Shown<'a>>,
    /// The instructions are in Chinese.
    pub(super) chinese: bool,
    pub(super) form: Form,
}

/// A reply under the name that it has in this request; empty where it has none.
pub(super) struct Shown<'a> {
    pub(super) id: &'a str,
    pub(super) text: &'a str,
}

/// How the answer is to look.
pub(super) enum Form {
    /// An object as this schema says.
    Json(Value),
    /// One of these digits.
    Digit(Vec<u8>),
}

impl<'a> Scene<'a> {
    /// `None`: the request is none of a judge's.
    pub(super) fn of(request: &'a ChatRequest) -> Option<Self> {
        // After a bad answer a judge is asked again: what is judged then stands in an earlier message.
        let users = request.messages.iter().filter(|message| message.role == "user");
        let text = users.map(|message| message.content.text()).find(|text| text.contains("[[R "))?;
        let shown: Vec<Shown<'a>> = fences(text, "R")
            .map(|(head, text)| {
                let mut words = head.split_whitespace();
                let (first, second) = (words.next(), words.next());
                // One word is the code of a reply that needs no name.
                Shown { id: second.and(first).unwrap_or_default(), text }
            })
            .collect();
        if shown.is_empty() {
            return None;
        }
        let prompt = fences(text, "P").next().map_or("", |(_, text)| text);
        let system = request.last("system").unwrap_or_default();
        let closing = text.rsplit("[[/R ").next().and_then(|end| end.split_once("]]")).map_or("", |(_, after)| after);
        let wanted = if system.is_empty() { closing } else { system };
        let chinese = wanted.chars().filter(|character| is_chinese(*character)).count() * 4 > wanted.chars().count();
        let form = form(request, system, closing, &shown);
        Some(Self { prompt, shown, chinese, form })
    }
}

/// What stands between `[[NAME head]]` and `[[/NAME head]]`, with the head.
fn fences<'a>(text: &'a str, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let open = format!("[[{name} ");
    let close = format!("[[/{name} ");
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(&open)? + open.len();
        let (head, after) = rest[start..].split_once("]]")?;
        let end = after.find(&format!("{close}{head}]]")).unwrap_or(after.len());
        rest = &after[end..];
        Some((head.trim(), after[..end].trim()))
    })
}

fn form(request: &ChatRequest, system: &str, closing: &str, shown: &[Shown<'_>]) -> Form {
    if let Some(schema) = request.schema() {
        return Form::Json(schema.clone());
    }
    let digits: Vec<u8> = request.choices().iter().filter_map(|choice| choice.parse().ok()).collect();
    if !digits.is_empty() {
        return Form::Digit(digits);
    }
    let ids: Vec<&str> = shown.iter().map(|shown| shown.id).collect();
    let asked = |field: &str| [closing, system].iter().any(|text| text.contains(&format!("\"{field}\"")));
    let reason = serde_json::json!({"type": "string"});
    let verdict = if asked("order") {
        ("order", serde_json::json!({"type": "array", "items": {"type": "array", "items": {"enum": ids}}}))
    } else if asked("winner") {
        let choices: Vec<&str> = ids.into_iter().chain(["tie"]).collect();
        ("winner", serde_json::json!({"enum": choices}))
    } else if asked("score") {
        ("score", serde_json::json!({"type": "integer", "minimum": 1, "maximum": 10}))
    } else {
        // Classes go to 2, other digits to 9.
        let top = if closing.contains('9') { 9 } else { 2 };
        return Form::Digit((0..=top).collect());
    };
    Form::Json(serde_json::json!({"type": "object", "properties": {"reason": reason, verdict.0: verdict.1}}))
}
