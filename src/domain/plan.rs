//! What a session is made from.

use serde::{Deserialize, Serialize};

use super::{Endpoint, Prompt, ReplyCount, Sampling};

/// How system prompts and user prompts meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pairing {
    /// Every system prompt with every user prompt.
    #[default]
    Cross,
    /// The first with the first, the second with the second; a list of one serves every row.
    Rows,
}

/// System prompts and user prompts, as they are edited.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PromptList {
    /// System prompts; none at all means prompts without one.
    #[serde(default)]
    pub system: Vec<String>,
    /// User prompts.
    #[serde(default)]
    pub user: Vec<String>,
    /// How they meet.
    #[serde(default)]
    pub pairing: Pairing,
}

impl PromptList {
    /// The prompts that the lists make, in order; lines that hold only white space are left out.
    /// Row by row ends with the shorter list unless one of them has a single line.
    pub fn prompts(&self) -> Vec<Prompt> {
        let filled = |lines: &[String]| -> Vec<String> {
            lines.iter().filter(|line| !line.trim().is_empty()).cloned().collect()
        };
        let users = filled(&self.user);
        let systems: Vec<Option<String>> = match filled(&self.system) {
            none if none.is_empty() => vec![None],
            some => some.into_iter().map(Some).collect(),
        };
        match self.pairing {
            Pairing::Cross => systems
                .iter()
                .flat_map(|system| users.iter().map(|user| Prompt::new(system.clone(), user.clone())))
                .collect(),
            Pairing::Rows => {
                let rows = match (systems.len(), users.len()) {
                    (_, 0) => 0,
                    (1, users) => users,
                    (systems, 1) => systems,
                    (systems, users) => systems.min(users),
                };
                (0..rows)
                    .map(|row| {
                        let system = systems[if systems.len() == 1 { 0 } else { row }].clone();
                        let user = users[if users.len() == 1 { 0 } else { row }].clone();
                        Prompt::new(system, user)
                    })
                    .collect()
            }
        }
    }
}

/// What a session is made from; the same in the session file and in `plan.toml`. Never holds a key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "WrittenPlan")]
pub struct Plan {
    /// How many replies each prompt gets.
    pub replies: ReplyCount,
    /// The servers and models to ask, each for its share.
    pub endpoints: Vec<Endpoint>,
    /// How replies are drawn.
    pub sampling: Sampling,
    /// What is asked.
    pub prompts: PromptList,
}

impl Plan {
    /// Somebody can be asked.
    pub fn has_endpoint(&self) -> bool {
        self.endpoints.iter().any(|endpoint| endpoint.share > 0)
    }
}

/// A plan as it is found: sessions of version 0.1 had one `endpoint` and one `concurrency`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlan {
    #[serde(default)]
    replies: ReplyCount,
    #[serde(default)]
    endpoints: Vec<Endpoint>,
    #[serde(default)]
    endpoint: Option<Endpoint>,
    #[serde(default)]
    concurrency: u32,
    #[serde(default)]
    sampling: Sampling,
    #[serde(default)]
    prompts: PromptList,
}

impl From<WrittenPlan> for Plan {
    fn from(written: WrittenPlan) -> Self {
        let WrittenPlan { replies, mut endpoints, endpoint, concurrency, sampling, prompts } = written;
        endpoints.extend(endpoint);
        for endpoint in endpoints.iter_mut().filter(|endpoint| endpoint.concurrency == 0) {
            endpoint.concurrency = concurrency;
        }
        Self { replies, endpoints, sampling, prompts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(system: &[&str], user: &[&str], pairing: Pairing) -> usize {
        let owned = |lines: &[&str]| lines.iter().map(ToString::to_string).collect();
        PromptList { system: owned(system), user: owned(user), pairing }.prompts().len()
    }

    #[test]
    fn a_plan_of_an_older_session_is_read() {
        let old = r#"{"endpoint":{"address":{"url":"http://h/v1"},"model":""},"replies":4,"sampling":{},"concurrency":3,
            "prompts":{"system":[],"user":["a"],"pairing":"cross"}}"#;
        let plan: Plan = serde_json::from_str(old).unwrap();
        assert_eq!((plan.endpoints.len(), plan.endpoints[0].concurrency), (1, 3));
        let again: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
        assert_eq!(again, plan);
    }

    #[test]
    fn prompts_cross_or_go_row_by_row() {
        assert_eq!(list(&["a", "b", "c"], &["1", "2"], Pairing::Cross), 6);
        assert_eq!(list(&["a", "b", "c"], &["1", "2"], Pairing::Rows), 2);
        assert_eq!(list(&["a"], &["1", "2"], Pairing::Rows), 2);
        assert_eq!(list(&["a", "b"], &["1"], Pairing::Rows), 2);
        assert_eq!(list(&[], &["1", "  "], Pairing::Cross), 1);
        assert_eq!(list(&["a"], &[], Pairing::Cross), 0);
    }
}
