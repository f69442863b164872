//! What the views that deal with servers share: an endpoint as it is edited, how it is reached, what a test of it found.

mod access;
mod findings;
mod form;
mod parts;

pub(crate) use access::{Wish, access_ui};
pub(crate) use findings::{fault_ui, line, probe_ui, said_ui};
pub(crate) use form::Form;
pub(crate) use parts::{finding, host, models_ui, named, remove_button, row, same_server, small_number};
