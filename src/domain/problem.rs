//! What can go wrong, as plain data. Sentences for these are in `text/`, in both languages.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Any failure that a person is told about.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The session file `path` could not be opened, read or written.
    Store { path: PathBuf, fault: StoreFault },
    /// A file of data could not be read or written.
    File { path: PathBuf, fault: FileFault },
    /// A server refused or did not answer.
    Request(RequestFault),
}

/// Why a session file could not be used. Nothing was changed in it.
#[derive(Clone, Debug, PartialEq)]
pub enum StoreFault {
    /// It is not there.
    Missing,
    /// A file of this name is there already.
    Exists,
    /// It was moved, deleted or replaced while it was open: what would be written now would be nowhere.
    Moved,
    /// Another Pairloom has it open; the holder as its lock file names it.
    Locked { holder: String },
    /// A newer Pairloom wrote it.
    Newer { found: u32, known: u32 },
    /// It is some other kind of file.
    NotASession,
    /// SQLite found it damaged; its words.
    Damaged { said: String },
    /// The folder or the file may not be written to.
    ReadOnly,
    /// No space is left.
    DiskFull,
    /// It lies on a network file system, where SQLite's locks are not to be trusted.
    NetworkDrive { kind: String },
    /// Anything else the system or SQLite said.
    Other { said: String },
}

/// Why a data file could not be read or written.
#[derive(Clone, Debug, PartialEq)]
pub enum FileFault {
    /// It is not there.
    Missing,
    /// It may not be read, or its folder may not be written to.
    Denied,
    /// No space is left; what was there before is untouched.
    DiskFull,
    /// A folder where a file was expected.
    IsFolder,
    /// Nothing in it.
    Empty,
    /// The text could not be decoded at this line.
    NotText { line: u64 },
    /// Its content fits none of the formats, or not the one named; with what was seen at its start.
    UnknownFormat { wanted: Option<String>, seen: String },
    /// It ends in the middle, or is not JSON from this line on; the parser's words.
    Broken { line: u64, said: String },
    /// A line of an archive contradicts an earlier one; nothing was imported.
    Contradicts { line: u64, said: String },
    /// It holds nothing that could be imported.
    NothingInIt,
    /// A format has no place for the system prompts or earlier turns of so many groups; with the formats that have.
    /// Nothing was written.
    CannotHold { format: String, systems: u64, histories: u64, can: Vec<String> },
    /// The archive was written by a newer Pairloom.
    Newer { found: u32, known: u32 },
    /// Anything else the system said.
    Other { said: String },
}

/// Why one row of a file stays out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFault {
    /// Not JSON; the parser's words.
    NotJson { said: String },
    /// JSON, but not an object, list or text where one was needed.
    WrongShape { expected: String },
    /// A field is not there.
    Missing { field: String },
    /// A field has a value that it cannot have.
    BadValue { field: String, said: String },
    /// No text where one is needed.
    Empty { field: String },
    /// Fewer replies than can be compared.
    TooFewReplies { found: usize },
    /// The stored "reply" is an error text of the tool that wrote the file.
    StoredError { said: String },
}

/// Why a request gave no reply. Kept with the group that it was for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RequestFault {
    /// The address is no http address.
    #[error("not an http address: {url}")]
    BadAddress { url: String },
    /// The address or a header shows a secret, which would be kept in the session file; what it is, never the secret.
    #[error("a secret in {place}")]
    SecretShown { place: String },
    /// A header's name, a proxy's address or a variable's name cannot be used; the words of who refused it.
    #[error("{place}: {said}")]
    BadSetting { place: String, said: String },
    /// The key is not where the endpoint says; the place (`$NAME` or `keyring`) and what was met there.
    #[error("no key in {place}: {said}")]
    NoKey { place: String, said: String },
    /// No connection; the system's words.
    #[error("cannot connect to {url}: {said}")]
    Unreachable { url: String, said: String },
    /// Nothing came for so many seconds.
    #[error("no data for {seconds} s")]
    TimedOut { seconds: u64 },
    /// 401 or 403; the server's words.
    #[error("HTTP {status}: {said}")]
    Unauthorized { status: u16, said: String },
    /// 404 for a model; the server's words and the models it has.
    #[error("no model {model}: {said}")]
    NoSuchModel { model: String, said: String, models: Vec<String> },
    /// The prompt, with the longest reply, is more than the model can read; the server's words.
    #[error("too long: {said}")]
    TooLong { said: String },
    /// Any other 4xx; the server's words.
    #[error("HTTP {status}: {said}")]
    Refused { status: u16, said: String },
    /// 408, 409, 429 or 5xx after all retries; the server's words.
    #[error("HTTP {status} after {tries} tries: {said}")]
    Busy { status: u16, tries: u32, said: String },
    /// A web page or other text where JSON was due: a proxy, or the wrong port.
    #[error("not an API answer (HTTP {status}): {said}")]
    NotAnApi { status: u16, said: String },
    /// The server sends to another host, which was not asked, and which got nothing.
    #[error("HTTP {status}: sent on to {host}")]
    Redirected { status: u16, host: String },
    /// The answer is larger than anything that can be a reply, and was not read to its end.
    #[error("an answer of more than {mebibytes} MiB")]
    TooLarge { mebibytes: u32 },
    /// JSON that holds no choices, or events that cannot be read.
    #[error("an answer that cannot be read: {said}")]
    Garbled { said: String },
    /// The stream ended before the reply did.
    #[error("the stream ended in the middle of a reply")]
    CutStream,
    /// An error inside a stream that began well; the server's words.
    #[error("the server broke off: {said}")]
    BrokeOff { said: String },
    /// The reply has no text; the finish reason where there is one.
    #[error("an empty reply ({finish_reason})")]
    EmptyReply { finish_reason: String },
    /// The model used up its tokens before it said anything but reasoning.
    #[error("only reasoning, no reply")]
    OnlyReasoning,
}
