//! `plan.toml`: what a session is made from, for handing on.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{text, write_whole};
use crate::domain::{Endpoint, FileFault, Plan, PromptList, ReplyCount, Sampling};

/// What a plan file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanFile {
    /// Replies for each prompt.
    replies: ReplyCount,
    /// What annotators are asked to go by, in Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidelines: Option<String>,
    sampling: Sampling,
    endpoints: Vec<Endpoint>,
    prompts: PromptList,
}

impl PlanFile {
    /// A plan and its guidelines.
    pub fn new(plan: Plan, guidelines: Option<String>) -> Self {
        let Plan { replies, endpoints, sampling, prompts } = plan;
        Self { replies, guidelines, sampling, endpoints, prompts }
    }

    /// The plan alone.
    pub fn plan(&self) -> Plan {
        let Self { replies, endpoints, sampling, prompts, .. } = self.clone();
        Plan { replies, endpoints, sampling, prompts }
    }
}

/// Read a plan.
pub fn read_plan(path: &Path) -> Result<PlanFile, FileFault> {
    let text = text::whole(&path.into())?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() as u64 + 1;
        FileFault::Broken { line, said: error.message().to_owned() }
    })
}

/// Write a plan.
pub fn write_plan(path: &Path, plan: &PlanFile) -> Result<(), FileFault> {
    let text = toml::to_string_pretty(plan).map_err(|error| FileFault::Other { said: error.to_string() })?;
    write_whole(path, |out| out.write_all(text.as_bytes()))
}
