//! The form of an answer as a JSON schema, in the part of the language that every server knows.

use serde_json::{Map, Value, json};

use super::{criterion_keys, range};
use crate::domain::{CallKind, Judge, Scale};

/// The schema of an answer. That an order covers all replies once is not in it: what servers take differs, so the reader
/// checks that.
pub(in crate::ranking) fn schema(judge: &Judge, kind: CallKind, names: &[String], reason: bool) -> Value {
    let mut properties = Map::new();
    if reason {
        properties.insert("reason".to_owned(), json!({ "type": "string" }));
    }
    match kind {
        CallKind::List => {
            let tier = json!({ "type": "array", "items": { "type": "string", "enum": names } });
            properties.insert("order".to_owned(), json!({ "type": "array", "items": tier }));
        }
        CallKind::Pair => {
            let mut winners: Vec<&str> = names.iter().map(String::as_str).collect();
            winners.push("tie");
            properties.insert("winner".to_owned(), json!({ "type": "string", "enum": winners }));
        }
        CallKind::Point | CallKind::PointJson | CallKind::Reward => {
            let (best, worst) = range(judge.rubric.scale);
            let number = json!({ "type": "integer", "enum": (worst..=best).rev().collect::<Vec<_>>() });
            if judge.rubric.scale == Scale::EachCriterion {
                properties.extend(criterion_keys(&judge.rubric).into_iter().map(|key| (key, number.clone())));
            } else {
                properties.insert("score".to_owned(), number);
            }
        }
    }
    let required: Vec<&String> = properties.keys().collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rubric;

    #[test]
    fn the_reason_comes_first_and_nothing_is_left_open() {
        let judge = Judge { rubric: Rubric::strict(), ..Judge::default() };
        let names = ["QX".to_owned(), "VD".to_owned()];
        let list = schema(&judge, CallKind::List, &names, true);
        assert_eq!(list["required"], json!(["reason", "order"]));
        assert_eq!(list["properties"]["order"]["items"]["items"]["enum"], json!(["QX", "VD"]));
        let pair = schema(&judge, CallKind::Pair, &names, false);
        assert_eq!(pair["properties"], json!({ "winner": { "type": "string", "enum": ["QX", "VD", "tie"] } }));
        let each = schema(&judge, CallKind::PointJson, &names, false);
        assert_eq!(each["required"], json!(["relevance", "informativeness", "logic", "safety"]));
        assert_eq!(each["properties"]["logic"]["enum"], json!([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]));
        assert_eq!(each["additionalProperties"], json!(false));
    }
}
