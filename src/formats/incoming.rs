//! What an import file holds, whatever its format.

use crate::domain::{Prompt, RowFault};

/// A file format by its name on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Prompts without replies: text, CSV, JSON, JSON lines.
    Prompts,
    /// Seed 000: an object of `{query, history, response_0, …}` comes in, a list of
    /// `{query, history, chosen_response, rejected_response, scores}` goes out and is read as pairs.
    Seed000,
    /// What seed 000's script writes: a list of `{prompt, chosen, rejected, scores}`.
    #[serde(rename = "seed000-triplets")]
    Seed000Triplets,
    /// Seed 001's `annotation_session.json`.
    #[serde(rename = "seed001-session")]
    Seed001Session,
    /// Seed 004's rows: `{messages: [{role, value}, {role, chosen_value, rejected_value}]}`.
    Seed004,
    /// Seed 001's output, read by ms-swift: `{messages, rejected_response}`. The default of exports.
    #[default]
    MsSwift,
    /// TRL, the prompt in both dialogues (seed 002): `{chosen, rejected}`.
    Trl,
    /// TRL, the prompt apart: `{prompt, chosen, rejected}`; many other trainers' files are read as this.
    TrlExplicit,
    /// CValues-Comparison (seed 003): `{prompt, pos_resp, neg_resp, pos_type, neg_type}`.
    Cvalues,
    /// The session archive: everything, lossless.
    Archive,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 10] = [
        Self::Prompts,
        Self::Seed000,
        Self::Seed000Triplets,
        Self::Seed001Session,
        Self::Seed004,
        Self::MsSwift,
        Self::Trl,
        Self::TrlExplicit,
        Self::Cvalues,
        Self::Archive,
    ];

    /// The formats that hold pairs and can be written, the default first.
    pub const PAIRS: [Self; 7] = [
        Self::MsSwift,
        Self::Trl,
        Self::TrlExplicit,
        Self::Cvalues,
        Self::Seed000,
        Self::Seed000Triplets,
        Self::Seed004,
    ];

    /// The name on the command line and in companion files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prompts => "prompts",
            Self::Seed000 => "seed000",
            Self::Seed000Triplets => "seed000-triplets",
            Self::Seed001Session => "seed001-session",
            Self::Seed004 => "seed004",
            Self::MsSwift => "ms-swift",
            Self::Trl => "trl",
            Self::TrlExplicit => "trl-explicit",
            Self::Cvalues => "cvalues",
            Self::Archive => "archive",
        }
    }

    /// The format of a name, as [`Self::name`] gives it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Files of this format can be exported.
    pub fn writes(self) -> bool {
        self == Self::Archive || Self::PAIRS.contains(&self)
    }
}

/// A group as a file gives it, without ids.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingGroup {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// What is asked.
    pub prompt: Prompt,
    /// Its replies; none for a file of prompts.
    pub replies: Vec<IncomingReply>,
    /// What a person decided, where the file says so.
    pub verdict: Option<IncomingVerdict>,
}

/// A reply as a file gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingReply {
    /// The text; for a stored error the error's words.
    pub text: String,
    /// The model, where the file names it.
    pub model: Option<String>,
    /// The text is an error that the writing tool stored in place of a reply: to be kept as a failure.
    pub error: bool,
    /// The text is an edited form of this reply (an index into the group's replies).
    pub edited_from: Option<usize>,
    /// What the file calls this kind of reply: `拒绝为主` of CValues.
    pub kind: Option<String>,
}

impl IncomingReply {
    /// A reply of which the file tells nothing but its text.
    pub fn new(text: String) -> Self {
        Self { text, model: None, error: false, edited_from: None, kind: None }
    }
}

/// A decision as a file gives it; replies are indexes into the group's replies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncomingVerdict {
    /// These were chosen over those.
    Ranked { chosen: Vec<usize>, rejected: Vec<usize> },
    /// Passed over.
    Skipped,
}

/// A row that stays out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RefusedRow {
    /// Its line, from 1.
    pub line: u64,
    /// Why.
    pub fault: RowFault,
    /// The row as it stands in the file, cut after 4,096 characters.
    pub raw: String,
}

/// The head of a file, for looking at before anything is written.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportPreview {
    /// The format found or named.
    pub format: Format,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// The first groups, at most 50.
    pub rows: Vec<PreviewRow>,
    /// Groups read so far.
    pub groups: u64,
    /// Replies in them.
    pub replies: u64,
    /// Decisions in them.
    pub verdicts: u64,
    /// The first rows that do not fit, at most 50.
    pub refused: Vec<RefusedRow>,
    /// How many do not fit.
    pub refused_count: u64,
    /// The whole file was read; otherwise the counts are those of its head.
    pub complete: bool,
}

/// One group of a preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRow {
    /// Its line.
    pub line: u64,
    /// The system prompt's first words.
    pub system: String,
    /// The user turn's first words.
    pub user: String,
    /// How many replies it has.
    pub replies: usize,
    /// The first reply's first words.
    pub first_reply: String,
}
