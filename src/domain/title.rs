//! A session's title, as long as a window can show it.

/// Characters of a title.
const LENGTH: usize = 200;

/// A title that came from anywhere, cut in sight where it is too long.
pub fn title(text: &str) -> String {
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
