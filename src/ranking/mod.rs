//! How replies are judged, as pure functions: what a judge is asked, how its answer is read, what scores follow.
//! Knows no server, no file and no clock.

pub mod course;
