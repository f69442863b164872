//! Thinking that comes inside the text is taken out of it.

/// A text as `(reasoning, reply)`. Understands `<think>…</think>`, and a lone `</think>` whose opening tag was part of
/// the prompt. A block that never closes is all reasoning.
pub(super) fn split(text: String) -> (Option<String>, String) {
    let (inside, opened) = match text.trim_start().strip_prefix("<think>") {
        Some(rest) => (rest, true),
        None => (text.as_str(), false),
    };
    match inside.split_once("</think>") {
        Some((thought, reply)) => {
            let thought = thought.trim();
            ((!thought.is_empty()).then(|| thought.to_owned()), reply.trim_start().to_owned())
        }
        None if opened => (Some(inside.trim().to_owned()), String::new()),
        None => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinking_is_kept_apart() {
        let owned = |thought: Option<&str>, reply: &str| (thought.map(str::to_owned), reply.to_owned());
        let split = |text: &str| split(String::from(text));
        assert_eq!(split("<think>\nhm\n</think>\n\nyes"), owned(Some("hm"), "yes"));
        assert_eq!(split("hm</think>yes"), owned(Some("hm"), "yes"));
        assert_eq!(split("<think>never closed"), owned(Some("never closed"), ""));
        assert_eq!(split("<think></think>yes"), owned(None, "yes"));
        assert_eq!(split("  a plain reply"), owned(None, "  a plain reply"));
    }
}
