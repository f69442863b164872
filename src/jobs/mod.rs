//! Generation and scoring: requests within a limit, retries, waiting for a server that went away. Knows no session and no store:
//! work comes in, events go out.

mod attempt;
mod calls;
mod gate;
mod generator;
mod scoring;

pub use generator::{Generator, JobEvent, Setup, Told, Work};
pub use scoring::{Scoring, ScoringEvent, ScoringSetup, ScoringTold, ScoringWork};
