//! Seed 001's row, which ms-swift reads: `{"messages": […, assistant], "rejected_response": "…"}`.

use serde::Serialize;

use crate::domain::Prompt;

#[derive(Serialize)]
struct Row<'a> {
    messages: Vec<Message<'a>>,
    rejected_response: &'a str,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'a str,
    content: &'a str,
}

/// One row on one line, without its line end. Texts go out exactly as they are; what is not ASCII is not escaped.
pub fn row(prompt: &Prompt, chosen: &str, rejected: &str) -> String {
    let mut messages: Vec<Message<'_>> = prompt.messages().map(|(role, content)| Message { role, content }).collect();
    messages.push(Message { role: "assistant", content: chosen });
    // A struct of texts always has a JSON form.
    serde_json::to_string(&Row { messages, rejected_response: rejected }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_the_seed_writes_it() {
        let prompt = Prompt::new(Some("系统".to_owned()), "问\u{2028}\n");
        let expected = "{\"messages\":[{\"role\":\"system\",\"content\":\"系统\"},{\"role\":\"user\",\"content\":\"问\u{2028}\\n\"},{\"role\":\"assistant\",\"content\":\"好\"}],\"rejected_response\":\" 差 \"}";
        assert_eq!(row(&prompt, "好", " 差 "), expected);
    }
}
