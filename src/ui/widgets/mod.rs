//! The controls that all views are made of. Each has a name and a role for screen readers, a hover and a pressed look,
//! and a focus ring.

mod button;
mod chart;
mod figure;
mod parts;
mod text;

pub(crate) use button::{Button, Kind, check_box, segmented};
pub(crate) use chart::{Chart, round_marks};
pub(crate) use figure::figure;
pub(crate) use parts::{
    card_frame, focus_ring, in_the_middle, key_hint, key_hint_width, number_key, popup_frame, progress_bar, separator,
    slider, switch, tag, tip,
};
pub(crate) use text::{elided, field, icon, label, multiline, paragraph, search, secret};
