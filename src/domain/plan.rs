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
pub struct Plan {
    /// The server and model to ask.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// How many replies each prompt gets.
    #[serde(default)]
    pub replies: ReplyCount,
    /// How they are drawn.
    #[serde(default)]
    pub sampling: Sampling,
    /// How many requests run at the same time; 0 means the default.
    #[serde(default)]
    pub concurrency: u32,
    /// What is asked.
    #[serde(default)]
    pub prompts: PromptList,
}

impl Plan {
    /// Requests at the same time when the plan names no number.
    pub const DEFAULT_CONCURRENCY: u32 = 8;

    /// Requests at the same time, 1 to 512.
    pub fn concurrency(&self) -> u32 {
        if self.concurrency == 0 { Self::DEFAULT_CONCURRENCY } else { self.concurrency.min(512) }
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
    fn prompts_cross_or_go_row_by_row() {
        assert_eq!(list(&["a", "b", "c"], &["1", "2"], Pairing::Cross), 6);
        assert_eq!(list(&["a", "b", "c"], &["1", "2"], Pairing::Rows), 2);
        assert_eq!(list(&["a"], &["1", "2"], Pairing::Rows), 2);
        assert_eq!(list(&["a", "b"], &["1"], Pairing::Rows), 2);
        assert_eq!(list(&[], &["1", "  "], Pairing::Cross), 1);
        assert_eq!(list(&["a"], &[], Pairing::Cross), 0);
    }
}
