//! What a failed request means: the server's words, and whether asking again can help.

use std::time::Duration;

use serde_json::Value;

use crate::domain::RequestFault;

/// Characters of a server's words that are kept.
const WORDS: usize = 2000;

/// A request that gave no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct ChatError {
    /// What went wrong.
    pub fault: RequestFault,
    /// Whether to ask again.
    pub retry: Retry,
}

/// Whether a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It would fail again.
    No,
    /// Later, and not before `after` where the server named a time.
    Later {
        /// From `Retry-After`.
        after: Option<Duration>,
    },
    /// The server is not there: wait for it.
    Away,
}

impl ChatError {
    pub(super) fn never(fault: RequestFault) -> Self {
        Self { fault, retry: Retry::No }
    }

    pub(super) fn later(fault: RequestFault) -> Self {
        Self { fault, retry: Retry::Later { after: None } }
    }
}

/// An answer with an error status.
pub(super) fn from_answer(
    status: u16,
    content_type: &str,
    body: &str,
    after: Option<Duration>,
    model: &str,
) -> ChatError {
    if looks_like_html(content_type, body) {
        let fault = RequestFault::NotAnApi { status, said: title(body) };
        // A proxy before a server that starts shows such pages, too.
        let retry = if status >= 500 || status == 429 { Retry::Later { after } } else { Retry::No };
        return ChatError { fault, retry };
    }
    let said = words(body);
    let lower = said.to_lowercase();
    match status {
        401 | 403 => ChatError::never(RequestFault::Unauthorized { status, said }),
        404 if lower.contains("model") => {
            ChatError::never(RequestFault::NoSuchModel { model: model.to_owned(), said, models: Vec::new() })
        }
        429 if lower.contains("insufficient_quota") || body.contains("insufficient_quota") => {
            ChatError::never(RequestFault::Refused { status, said })
        }
        408 | 409 | 429 | 500.. => {
            ChatError { fault: RequestFault::Busy { status, tries: 1, said }, retry: Retry::Later { after } }
        }
        _ => ChatError::never(RequestFault::Refused { status, said }),
    }
}

/// An error that came under HTTP 200, inside a stream or in place of one.
pub(super) fn from_event(error: &Value) -> ChatError {
    let said = clip(&message_of(error).unwrap_or_else(|| error.to_string()));
    let code = error.get("code").and_then(|code| code.as_u64().or_else(|| code.as_str()?.parse().ok()));
    let passing = code.is_none_or(|code| matches!(code, 408 | 409 | 429 | 500..));
    let retry = if passing { Retry::Later { after: None } } else { Retry::No };
    ChatError { fault: RequestFault::BrokeOff { said }, retry }
}

/// A request that got no answer at all.
pub(super) fn from_transport(error: &reqwest::Error, url: &str, idle: Duration) -> ChatError {
    if error.is_timeout() && !error.is_connect() {
        return ChatError::later(RequestFault::TimedOut { seconds: idle.as_secs() });
    }
    let mut said = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        // The innermost cause is what the system said; the outer ones only name the layers.
        said = error.to_string();
        cause = error.source();
    }
    let fault = RequestFault::Unreachable { url: url.to_owned(), said: clip(&said) };
    ChatError { fault, retry: Retry::Away }
}

pub(super) fn looks_like_html(content_type: &str, body: &str) -> bool {
    let start: String = body.trim_start().chars().take(15).collect::<String>().to_lowercase();
    content_type.contains("html") || start.starts_with("<!doctype") || start.starts_with("<html")
}

/// A page's title; its text would be noise.
pub(super) fn title(page: &str) -> String {
    let lower = page.to_lowercase();
    let found = lower.find("<title>").and_then(|start| {
        let start = start + "<title>".len();
        let end = start + lower[start..].find("</title>")?;
        page.get(start..end)
    });
    clip(found.unwrap_or("a web page").trim())
}

/// The server's words out of an error body of any known shape: `{"error": {"message"}}`, `{"error": "…"}`,
/// `{"message"}`, `{"detail": "…"}`, `{"detail": [{"msg"}]}`, or plain text.
pub(super) fn words(body: &str) -> String {
    let said = serde_json::from_str::<Value>(body).ok().and_then(|value| message_of(&value));
    clip(said.as_deref().unwrap_or(body).trim())
}

fn message_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) => ["error", "message", "detail", "msg"]
            .iter()
            .find_map(|name| fields.get(*name).filter(|value| !value.is_null()))
            .and_then(message_of),
        Value::Array(items) => {
            let all: Vec<String> = items.iter().filter_map(message_of).collect();
            (!all.is_empty()).then(|| all.join("; "))
        }
        _ => None,
    }
}

pub(super) fn clip(text: &str) -> String {
    match text.char_indices().nth(WORDS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_words_are_found_in_every_shape() {
        let shapes = [
            r#"{"error":{"message":"no such key","type":"x","code":401}}"#,
            r#"{"object":"error","message":"no such key","code":401}"#,
            r#"{"error":"no such key"}"#,
            r#"{"detail":"no such key"}"#,
            r#"{"detail":[{"loc":["body"],"msg":"no such key","type":"x"}]}"#,
            "no such key\n",
        ];
        for shape in shapes {
            assert_eq!(words(shape), "no such key", "{shape}");
        }
    }

    #[test]
    fn what_cannot_help_is_not_tried_again() {
        let retry = |status, body| from_answer(status, "application/json", body, None, "m").retry;
        assert_eq!(retry(400, "{}"), Retry::No);
        assert_eq!(retry(401, "{}"), Retry::No);
        assert_eq!(retry(402, "{}"), Retry::No);
        assert_eq!(retry(429, r#"{"error":{"message":"x","code":"insufficient_quota"}}"#), Retry::No);
        for status in [408, 409, 429, 500, 502, 503] {
            assert_eq!(retry(status, "{}"), Retry::Later { after: None });
        }
    }

    #[test]
    fn a_web_page_gives_its_title_only() {
        let error =
            from_answer(502, "text/html", "<html><title>Bad Gateway</title><body>long</body></html>", None, "m");
        assert_eq!(error.fault, RequestFault::NotAnApi { status: 502, said: "Bad Gateway".to_owned() });
    }
}
