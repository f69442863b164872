//! All tests in one binary, so that they link once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
// Tables of cases are read once, where they stand.
#![allow(clippy::type_complexity, clippy::semicolon_if_nothing_returned)]

mod agreement;
mod agreement_simulated;
mod architecture;
mod calibration;
mod cli;
mod cli_score;
mod crash;
mod endpoints;
mod endpoints_leaks;
mod endpoints_servers;
mod endpoints_streams;
#[cfg(unix)]
mod faults;
#[cfg(unix)]
mod faults_files;
mod formats;
mod formats_pairs;
mod hostile;
mod hostile_bytes;
mod judges;
mod machine_pairs;
mod pairs;
#[cfg(unix)]
mod power_cut;
mod rewards;
mod rewards_real;
mod rewards_scores;
mod rewards_templates;
mod sample;
mod sample_judge;
mod scale;
mod scoring;
#[cfg(unix)]
mod security;
mod session;
mod several;
mod spot;
mod store;
mod support;
mod trial;
mod ui;
mod ui_access;
mod ui_calibration;
mod ui_data;
mod ui_flow;
mod ui_generate;
#[cfg(feature = "snapshots")]
mod ui_images;
mod ui_layouts;
mod ui_palette;
mod ui_reveal;
mod ui_score;
mod ui_speed;
mod ui_trial;
mod ui_writing;
mod undo;
mod writing;
