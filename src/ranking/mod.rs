//! How replies are judged, as pure functions: what a judge is asked, how its answer is read, what scores follow.
//! Knows no server, no file and no clock.

pub mod agreement;
pub mod bias;
mod bradley_terry;
pub mod calibration;
pub mod course;
mod davidson;
mod digits;
mod logistic;
mod pairing;
pub mod picking;
mod prompts;
mod rewards;
mod scan;
mod shuffles;
pub mod statistics;
mod verdict;
mod wins;

pub use bradley_terry::{Fit, LAMBDA, fit};
pub use davidson::{TieChances, tie_chances, tie_readiness};
pub use digits::{Digits, digits};
pub use logistic::{logit, sigmoid};
pub use pairing::{ROUND_ROBIN, UNCERTAIN, all_pairs, next_pair, swiss_round, swiss_rounds};
pub use prompts::can_be_judged;
pub use rewards::{open_rewards, reward_scores};
pub use shuffles::{LONGEST_LIST, balanced_orders, blocks, four_orders, mirrored, seed_of};
pub use wins::{Wins, list_weight};
