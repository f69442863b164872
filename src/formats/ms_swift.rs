//! Seed 001's row, which ms-swift reads: `{"messages": […, assistant], "rejected_response": "…"}`. Read as well:
//! `rejected_response` as messages, which stand for all after the last user's turn, and `rejected_messages`, a whole
//! dialogue.

use serde::Serialize;
use serde_json::{Map, Value};

use super::dialogue::{self, Said, Speaker};
use super::fields;
use super::incoming::IncomingGroup;
use super::preferred;
use super::read::Sink;
use super::source::Source;
use crate::domain::{FileFault, Prompt, RowFault};

const MESSAGES: &str = "messages";
const RESPONSE: &str = "rejected_response";
const DIALOGUE: &str = "rejected_messages";

pub(super) fn read(source: &Source, sink: &mut Sink<'_>) -> Result<(), FileFault> {
    preferred::read(source, sink, "an object with messages and rejected_response", group)
}

pub(super) fn group(line: u64, object: &Map<String, Value>) -> Result<IncomingGroup, RowFault> {
    let missing = |field: &str| RowFault::Missing { field: field.to_owned() };
    let chosen = dialogue::messages(MESSAGES, fields::present(object, MESSAGES).ok_or_else(|| missing(MESSAGES))?)?;
    let (field, rejected) = match (fields::present(object, RESPONSE), fields::present(object, DIALOGUE)) {
        (Some(answer), _) => {
            let after_user = chosen.iter().rposition(|said| said.by == Speaker::User).map_or(0, |at| at + 1);
            let answer = match answer {
                Value::String(text) => vec![Said { by: Speaker::Assistant, text: text.clone() }],
                list => dialogue::messages(RESPONSE, list)?,
            };
            (RESPONSE, chosen[..after_user].iter().cloned().chain(answer).collect())
        }
        (None, Some(whole)) => (DIALOGUE, dialogue::messages(DIALOGUE, whole)?),
        (None, None) => return Err(missing(RESPONSE)),
    };
    let system = fields::text(object, "system")?;
    preferred::from_dialogues(line, system, (MESSAGES, chosen), (field, rejected))
}

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
