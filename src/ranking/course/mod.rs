//! The way from a group to calls, and from calls to scores.

mod types;

pub use types::{Ask, Material, Means, Next, Outcome, Shape};
