//! A judge's request as the sample understands it: which replies it shows, by their fences, and in what form the answer
//! is wanted, by the schema or, without one, by the words of the instructions.

use serde_json::{Map, Value, json};

use super::quality::is_chinese;
use super::wire::ChatRequest;

/// Replies that are to be judged.
pub(super) struct Scene<'a> {
    /// What was asked of those who replied.
    pub(super) prompt: String,
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
        // The lines that say who speaks are no part of what was asked.
        let prompt = prompt.lines().filter(|line| !line.starts_with("[[")).collect::<Vec<_>>().join("\n");
        let system = request.last("system").unwrap_or_default();
        let closing = text.rsplit("[[/R ").next().and_then(|end| end.split_once("]]")).map_or("", |(_, after)| after);
        let wanted = if system.is_empty() { closing } else { system };
        let chinese = wanted.chars().filter(|character| is_chinese(*character)).count() * 4 > wanted.chars().count();
        let question = request.last("user").filter(|last| !last.contains("[[R ")).unwrap_or(closing);
        let form = form(request, closing, question, &shown);
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

/// By the schema; without one by the object that the question shows; else a digit, of those that it names.
fn form(request: &ChatRequest, closing: &str, question: &str, shown: &[Shown<'_>]) -> Form {
    if let Some(schema) = request.schema() {
        return Form::Json(schema.clone());
    }
    let digits: Vec<u8> = request.choices().iter().filter_map(|choice| choice.parse().ok()).collect();
    if !digits.is_empty() {
        return Form::Digit(digits);
    }
    let (low, high) = range(closing.split('{').next().unwrap_or_default());
    let Some(shape) = question.find("{\"").and_then(|start| question[start..].lines().next()) else {
        return Form::Digit((low..=high).collect());
    };
    let ids: Vec<&str> = shown.iter().map(|shown| shown.id).collect();
    let field = |key: &str| match key {
        "reason" => json!({"type": "string"}),
        "order" => json!({"type": "array", "items": {"type": "array", "items": {"enum": ids}}}),
        "winner" => json!({"enum": ids.iter().copied().chain(["tie"]).collect::<Vec<_>>()}),
        _ => json!({"type": "integer", "minimum": low, "maximum": high}),
    };
    let fields: Map<String, Value> = keys(shape).map(|key| (key.to_owned(), field(key))).collect();
    Form::Json(json!({"type": "object", "properties": fields}))
}

/// The texts in quotes that a colon follows.
fn keys(shape: &str) -> impl Iterator<Item = &str> {
    let parts: Vec<&str> = shape.split('"').collect();
    let pairs: Vec<(&str, &str)> = parts.iter().copied().zip(parts.iter().skip(1).copied()).collect();
    pairs.into_iter().skip(1).step_by(2).filter(|(_, after)| after.trim_start().starts_with(':')).map(|(key, _)| key)
}

/// The least and the greatest number that a question names; 0 to 9 where it names none.
fn range(question: &str) -> (u8, u8) {
    let numbers =
        question.split(|character: char| !character.is_ascii_digit()).filter_map(|number| number.parse().ok());
    let numbers: Vec<u8> = numbers.collect();
    match (numbers.iter().min(), numbers.iter().max()) {
        (Some(low), Some(high)) if low < high => (*low, *high),
        _ => (0, 9),
    }
}
