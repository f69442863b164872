//! Background work as people see it.

use serde::{Deserialize, Serialize};

use super::{GroupId, RequestFault};

/// What a generation job is doing. Kept in the session file, so that a restart goes on where it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobPhase {
    /// Nothing was asked for, or all of it is there, or the rest was cancelled.
    #[default]
    Idle,
    /// Asking.
    Running,
    /// Stopped by the person, to be resumed.
    Paused,
}

/// A server that went away is waited for.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// What the last try met.
    pub fault: RequestFault,
    /// When the next try is due.
    pub next_try: jiff::Timestamp,
    /// Tries that failed so far.
    pub tries: u32,
}

/// A reply that could not be had, with the server's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestFailure {
    /// The group.
    pub group: GroupId,
    /// The round that the reply was for.
    pub round: u32,
    /// Its place in the round.
    pub slot: u32,
    /// What went wrong.
    pub fault: RequestFault,
    /// When.
    pub at: jiff::Timestamp,
}

/// A generation job at one moment. Counts are computed from rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GenerationState {
    /// What it is doing.
    pub phase: JobPhase,
    /// Replies that are there.
    pub have: u64,
    /// Replies that are wanted.
    pub wanted: u64,
    /// Replies that failed and are not asked for again until someone says so.
    pub failed: u64,
    /// Requests under way.
    pub in_flight: u32,
    /// Replies a second over the last seconds; `None` until there is something to measure.
    pub per_second: Option<f64>,
    /// How each endpoint of the plan does, in its order; empty before the first start.
    pub servers: Vec<ServerState>,
    /// The last failures, newest first, at most 50.
    pub failures: Vec<RequestFailure>,
}

/// How one endpoint does in a generation job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerState {
    /// The address as it is recorded with replies.
    pub name: String,
    /// The model that is asked for; empty means the first.
    pub model: String,
    /// Requests under way.
    pub in_flight: u32,
    /// Replies that came since the job began.
    pub arrived: u64,
    /// Set while the server does not answer.
    pub waiting: Option<Waiting>,
    /// Why it could not begin or had to stop, until the next start.
    pub stopped: Option<RequestFault>,
}

impl GenerationState {
    /// Replies still to come.
    pub fn missing(&self) -> u64 {
        self.wanted.saturating_sub(self.have).saturating_sub(self.failed)
    }

    /// A server that is waited for, the first of them.
    pub fn waiting(&self) -> Option<&Waiting> {
        self.servers.iter().find_map(|server| server.waiting.as_ref())
    }

    /// Why an endpoint had to stop, the first of them.
    pub fn stopped(&self) -> Option<&RequestFault> {
        self.servers.iter().find_map(|server| server.stopped.as_ref())
    }

    /// Seconds until all is there at the present rate.
    pub fn seconds_left(&self) -> Option<f64> {
        let rate = self.per_second.filter(|rate| *rate > 0.0)?;
        Some(self.missing() as f64 / rate)
    }
}
