//! How a reward model is asked, and what a look at its server showed.

use serde::{Deserialize, Serialize};

/// The settings of a reward model beside its endpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reward {
    /// How its server is asked.
    #[serde(default)]
    pub server: RewardServer,
    /// The system message before each prompt that has none of its own; `None` sends none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Who makes one text out of prompt and reply, and how.
    #[serde(default)]
    pub template: ChatTemplate,
    /// Which row counts where a model gives one for each step. `None`: such a model is not used before a person chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<StepRule>,
    /// Which number counts where a model gives several for each reply: its place from 0, or its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Replies in one request, where the server takes several; 0 means the server's usual number.
    #[serde(default)]
    pub batch: u32,
}

/// How a reward server is asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardServer {
    /// As a look at it shows.
    #[default]
    Find,
    /// As this preset says: `tei`, `infinity`, `openrlhf`, `llama-factory`, `lmdeploy`, `nim`, `sglang`.
    Preset(String),
    /// As written here.
    Custom(RewardRequest),
}

/// A request to a reward server, as data: what is sent, and where the numbers are in the answer.
///
/// In the body, a text that is exactly `{messages}` becomes the conversation with the reply as its last message, and
/// `{message_parts}` the same with each content as a list of one text part. A text that is exactly `{texts}` or
/// `{replies}` becomes the list of all texts or replies of the request, and `{"*": X}` becomes a list of X for each of
/// them. Within any text, `{model}`, `{text}` (prompt and reply by the chat template), `{prompt}` (all turns before
/// the reply), `{system}` and `{reply}` become what they name. Braces around anything else stay. A field whose value is
/// `{model}` is left out where no model has a name. `{replies}` shares one `{prompt}`: replies to other prompts go into
/// another request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardRequest {
    /// The path from the server's root, with its first `/`: `/pooling`.
    pub path: String,
    /// The body, with the marks above.
    pub body: serde_json::Value,
    /// Where the number is, as a JSON pointer (RFC 6901); `*` stands for each item of a list. The items are taken by
    /// their field `index` where they have one, else in the order of the texts. What is there may be a number, a list of
    /// numbers, a row of numbers for each token or step, or numbers with labels: `[{"label": …, "score": …}]`, or the
    /// text `label:number,label:number`.
    pub pointer: String,
    /// The numbers come through a logistic function, which is undone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sigmoid: bool,
    /// Replies in one request at most, where the body has a list of them; 0 means 16.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub most: u32,
    /// The server puts the model's begin mark (BOS) before each text, so the chat template's own is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adds_begin_mark: bool,
    /// The server cuts texts that are too long without a word.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncates: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Who makes one text out of prompt and reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatTemplate {
    /// The server, from messages.
    #[default]
    Server,
    /// Qwen's and others', with a line end after the last mark.
    #[serde(rename = "chatml")]
    ChatMl,
    /// Llama 3's.
    Llama3,
    /// Prompt, an empty line, reply.
    Plain,
    /// A template in Jinja, as in the `chat_template` of a `tokenizer_config.json`; or that whole file, which names the
    /// marks of begin and end as well.
    Jinja(String),
}

/// Which row of a model that gives one for each step is its score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepRule {
    /// The worst step.
    Minimum,
    /// The last one.
    Last,
    /// Their mean.
    Mean,
}
