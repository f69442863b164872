//! Replies as people read them: parsed once, measured once for each width, only visible blocks laid out in a frame.
//!
//! Text from outside is hostile: no image or link is ever loaded, HTML is shown as text, control and bidi-override
//! characters are made visible.

mod draw;
mod parse;

pub(crate) use draw::{Measured, draw, measure};
pub(crate) use parse::{Document, parse, visible};
