//! A row that somebody pasted, taken apart: one object of a file of replies, on one line or many.

use serde_json::{Map, Value};

use super::incoming::{Format, IncomingGroup};
use super::{cvalues, detect, ms_swift, seed000, seed004, trl};
use crate::domain::RowFault;

/// Longer texts are no row that anybody pasted to try it.
const LONGEST: usize = 4 << 20;

/// What stands in a pasted row, and which format it is of: an object, or the first object of a list. `None` where the text
/// is no row that we know of; texts that merely begin like one are texts.
pub fn pasted(text: &str) -> Option<(Format, Result<IncomingGroup, RowFault>)> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) || text.len() > LONGEST {
        return None;
    }
    // A line of a file, perhaps with the next lines after it.
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let object = match values.next()?.ok()? {
        Value::Object(object) => object,
        Value::Array(list) => match list.into_iter().next()? {
            Value::Object(object) => object,
            _ => return None,
        },
        _ => return None,
    };
    // Seed 000's file is an object of groups.
    let object = match object.values().next() {
        Some(Value::Object(first)) if detect::of_fields(&object).is_none() => first.clone(),
        _ => object,
    };
    let format = detect::of_fields(&object)?;
    let group: fn(u64, &Map<String, Value>) -> Result<IncomingGroup, RowFault> = match format {
        Format::Seed000 => seed000::group,
        Format::Seed004 => seed004::group,
        Format::MsSwift => ms_swift::group,
        Format::Trl | Format::TrlExplicit => trl::group,
        Format::Cvalues => cvalues::group,
        Format::Prompts | Format::Seed000Triplets | Format::Seed001Session | Format::Archive => return None,
    };
    Some((format, group(1, &object)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> (Format, String, Vec<String>) {
        let (format, group) = pasted(text).unwrap();
        let group = group.unwrap();
        (format, group.prompt.user, group.replies.into_iter().map(|reply| reply.text).collect())
    }

    #[test]
    fn a_row_of_each_kind_is_taken_apart() {
        let both = vec!["good".to_owned(), "bad".to_owned()];
        for (row, format) in [
            (
                r#"{"messages": [{"role": "user", "value": "Q"}, {"role": "assistant", "chosen_value": "good", "rejected_value": "bad"}]}"#,
                Format::Seed004,
            ),
            (r#"{"prompt": "Q", "chosen": "good", "rejected": "bad"}"#, Format::TrlExplicit),
            (
                r#"{"chosen": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "good"}],
                    "rejected": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "bad"}]}"#,
                Format::Trl,
            ),
            (
                r#"[{"messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "good"}],
                    "rejected_response": "bad"}]"#,
                Format::MsSwift,
            ),
            (r#"{"prompt": "Q", "pos_resp": "good", "neg_resp": "bad"}"#, Format::Cvalues),
            (r#"{"7": {"query": "Q", "history": [], "response_0": "good", "response_1": "bad"}}"#, Format::Seed000),
        ] {
            assert_eq!(taken(row), (format, "Q".to_owned(), both.clone()), "{row}");
        }
        // With the next line of its file.
        let two = "{\"prompt\": \"Q\", \"chosen\": \"good\", \"rejected\": \"bad\"}\n{\"prompt\": \"R\"";
        assert_eq!(taken(two).1, "Q");
    }

    #[test]
    fn texts_stay_texts_and_a_row_that_does_not_fit_says_why() {
        for text in ["", "What is {x}?", "{", "[1, 2]", "{\"a\": 1}", "[]", "{\"prompt\": \"only that\"}"] {
            assert!(pasted(text).is_none(), "{text}");
        }
        let (_, refused) = pasted(r#"{"prompt": "Q", "chosen": "same", "rejected": "same"}"#).unwrap();
        assert!(refused.is_err());
    }
}
