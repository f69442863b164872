//! What a server says of itself.

/// A server that answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerInfo {
    /// The base address that worked, with `/v1` where the server wants it.
    pub base_url: String,
    /// The models that it lists, in its order. Some servers list none and still answer.
    pub models: Vec<String>,
    /// `owned_by` of the first model: `vllm`, `llamacpp`, `library`, … ; tells the kind of server.
    pub owned_by: Option<String>,
    /// The context length of the first model in tokens, where it says so.
    pub context_tokens: Option<u32>,
    /// How long the answer took, in milliseconds.
    pub millis: u32,
}
