//! HTTP clients of OpenAI-compatible servers and of reward models. Knows no group, queue or file.
//!
//! What servers do differently, and where that was read, is kept beside the code that copes with it. Recognise by the
//! answer: a server's name or version decides nothing here.

mod access;
mod address;
mod chat;
mod client;
mod examine;
mod exchange;
mod fault;
mod intake;
mod judge;
mod lines;
mod local;
mod probe;
mod quirks;
mod reasoning;
mod reward;
mod secret;
mod stream;
mod wait;
mod wire;

pub use access::{Access, KeyFinder};
pub use chat::{ChatAnswer, ChatRequest, Choice, Form, Means, Shape};
pub use client::{Client, Timeouts};
pub use fault::{ChatError, Retry};
pub use local::{LOCAL_PORTS, find_local};
pub use reward::{PRESETS as REWARD_PRESETS, RewardClient, RewardItem, RewardReading};

pub use crate::domain::{Ability, Examination, FirstReply, ServerInfo, ServerKind, ServerNote, Thinking};
