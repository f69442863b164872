//! Replies as people read them: parsed and measured on a thread of their own, only visible blocks laid out in a frame.
//!
//! Text from outside is hostile: no image or link is ever loaded, HTML is shown as text, control and bidi-override
//! characters are made visible. What is copied is the source.
//!
//! | file | what it does |
//! |---|---|
//! | `document` | blocks and spans with their places in the source |
//! | `source` | the text that is parsed, and the way back |
//! | `parse` | Markdown into blocks of bounded size |
//! | `diff` | differences to another reply, text that all share |
//! | `layout`, `highlight` | a block as galleys |
//! | `typesetter` | the thread that parses and measures |
//! | `draw` | visible blocks, selection, links |

mod diff;
mod document;
mod draw;
mod highlight;
mod layout;
mod parse;
mod source;
mod typesetter;

pub(crate) use draw::{Selection, draw};
pub(crate) use layout::Reading;
pub(crate) use source::visible;
pub(crate) use typesetter::{Key, Look, Source, Typesetter, Want};
