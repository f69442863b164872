//! The JSON keys under which a judge answers for each criterion.

use crate::domain::Rubric;

/// A key for each criterion: its English name in small letters where that can be a key, else `c` and its number from 1.
/// No two are the same, and none is a key of ours.
pub(in crate::ranking) fn criterion_keys(rubric: &Rubric) -> Vec<String> {
    let mut keys: Vec<String> = Vec::with_capacity(rubric.criteria.len());
    for (index, criterion) in rubric.criteria.iter().enumerate() {
        let name = key(criterion.name.english());
        let is_numbered = name.strip_prefix('c').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
        let serves = !name.is_empty() && !is_numbered && !keys.contains(&name);
        let ours = matches!(name.as_str(), "reason" | "score" | "scores" | "order" | "winner");
        keys.push(if serves && !ours { name } else { format!("c{}", index + 1) });
    }
    keys
}

/// A name as a key; empty where it has other letters than English ones.
fn key(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_')) {
        return String::new();
    }
    name.split([' ', '-', '_']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Criterion, Wording};

    #[test]
    fn every_criterion_has_a_key_of_its_own() {
        let named = |name: &str| Criterion { weight: 1.0, name: Wording::new(name, ""), about: Wording::default() };
        let rubric = Rubric {
            criteria: ["On task", "on-task", "礼貌", "reason", "c2", "Order", "so \"what\""].map(named).to_vec(),
            ..Rubric::strict()
        };
        assert_eq!(criterion_keys(&rubric), ["on_task", "c2", "c3", "c4", "c5", "c6", "c7"]);
        assert_eq!(criterion_keys(&Rubric::strict()), ["relevance", "informativeness", "logic", "safety"]);
    }
}
