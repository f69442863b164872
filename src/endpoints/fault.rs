//! What a failed request means: the server's words, and whether asking again can help.

use std::time::Duration;

use serde_json::Value;

use super::access::PROXY;
use crate::domain::RequestFault;

/// Characters of a server's words that are kept.
const WORDS: usize = 2000;
/// Bytes of an error that are looked at.
pub(super) const HEAD: usize = 64 << 10;

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
    if status == 413 {
        let said = if looks_like_html(content_type, body) { title(body) } else { words(body) };
        return ChatError::never(RequestFault::TooLong { said });
    }
    if status == 407 {
        return ChatError::never(RequestFault::BadSetting { place: PROXY.to_owned(), said: title_or_words(body) });
    }
    if looks_like_html(content_type, body) {
        let fault = RequestFault::NotAnApi { status, said: title(body) };
        // A proxy before a server that starts shows such pages, too.
        let retry = if status >= 500 || status == 429 { Retry::Later { after } } else { Retry::No };
        return ChatError { fault, retry };
    }
    let said = words(body);
    let lower = said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if matches!(status, 400 | 422 | 500) && is_too_long(&lower, body) {
        return ChatError::never(RequestFault::TooLong { said });
    }
    match status {
        // OpenRouter answers 403 to a prompt that its moderation stops: that prompt's failure, not the key's.
        403 if has(&["moderation", "flagged"]) => ChatError::never(RequestFault::Refused { status, said }),
        401 | 403 => ChatError::never(RequestFault::Unauthorized { status, said }),
        404 if has(&["model"]) => {
            ChatError::never(RequestFault::NoSuchModel { model: model.to_owned(), said, models: Vec::new() })
        }
        // LiteLLM, OpenRouter, DeepSeek and transformers serve answer 400 to a name that they do not know.
        400 if has(&["invalid model name", "not a valid model", "model not exist", "unknown model"])
            || (lower.contains("model") && has(&["does not exist", "not found"])) =>
        {
            ChatError::never(RequestFault::NoSuchModel { model: model.to_owned(), said, models: Vec::new() })
        }
        429 if body.contains("insufficient_quota") => ChatError::never(RequestFault::Refused { status, said }),
        // llama.cpp while it loads the model, which takes minutes: wait as for a server that is not there.
        503 if has(&["loading model"]) => {
            ChatError { fault: RequestFault::Busy { status, tries: 1, said }, retry: Retry::Away }
        }
        408 | 409 | 425 | 429 | 500.. => {
            ChatError { fault: RequestFault::Busy { status, tries: 1, said }, retry: Retry::Later { after } }
        }
        _ => ChatError::never(RequestFault::Refused { status, said }),
    }
}

/// Whether a refusal means that the prompt is too long for the model. Words of OpenAI and vLLM, newer vLLM, SGLang,
/// llama.cpp, llama-cpp-python, TGI, Ollama, DashScope and Moonshot, in this order.
fn is_too_long(lower: &str, body: &str) -> bool {
    ["context_length_exceeded", "exceed_context_size_error"].iter().any(|code| body.contains(code))
        || [
            "maximum context length",
            "longer than the maximum model length",
            "longer than the model's context length",
            "exceeds the available context size",
            "context size has been exceeded",
            "exceed context window",
            "`inputs` tokens + `max_new_tokens` must be",
            "`inputs` must have less than",
            "exceeds the context length",
            "exceeded max context length",
            "range of input length should be",
            "exceeded model token limit",
        ]
        .iter()
        .any(|words| lower.contains(words))
}

fn title_or_words(body: &str) -> String {
    if looks_like_html("", body) { title(body) } else { words(body) }
}

/// An error that came under HTTP 200, inside a stream or in place of one: the JSON of it, or plain words.
pub(super) fn from_error(raw: &str) -> ChatError {
    let raw = head(raw);
    let value = serde_json::from_str::<Value>(raw).unwrap_or_else(|_| Value::String(raw.to_owned()));
    let said = message_of(&value).unwrap_or_else(|| raw.to_owned());
    if is_too_long(&said.to_lowercase(), raw) {
        return ChatError::never(RequestFault::TooLong { said });
    }
    let inner = value.get("error").filter(|error| error.is_object()).unwrap_or(&value);
    let code = inner.get("code").and_then(|code| code.as_u64().or_else(|| code.as_str()?.parse().ok()));
    let passing = code.is_none_or(|code| matches!(code, 408 | 409 | 425 | 429 | 500..));
    let passing = passing && !raw.contains("insufficient_quota");
    let retry = if passing { Retry::Later { after: None } } else { Retry::No };
    ChatError { fault: RequestFault::BrokeOff { said }, retry }
}

/// A request that got no answer at all. `patience` is how long it was waited for.
pub(super) fn from_transport(error: &reqwest::Error, url: &str, patience: Duration) -> ChatError {
    if error.is_timeout() && !error.is_connect() {
        return ChatError::later(RequestFault::TimedOut { seconds: patience.as_secs() });
    }
    let mut said = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        // The innermost cause is what the system said; the outer ones only name the layers.
        said = error.to_string();
        if said.contains("proxy authorization required") {
            return ChatError::never(RequestFault::BadSetting { place: PROXY.to_owned(), said });
        }
        cause = error.source();
    }
    if error.is_connect() {
        let fault = RequestFault::Unreachable { url: url.to_owned(), said };
        return ChatError { fault, retry: Retry::Away };
    }
    if said.contains("parsed") {
        // What answered speaks no HTTP.
        return ChatError::never(RequestFault::Garbled { said });
    }
    // The connection stood and broke before an answer came: perhaps this very prompt brings the server down.
    ChatError::later(RequestFault::CutStream)
}

/// Every text in a fault that came from a server or a library, once more through `mend`.
pub(super) fn mend_words(fault: RequestFault, mend: &dyn Fn(&str) -> String) -> RequestFault {
    use RequestFault as F;
    match fault {
        F::BadAddress { url } => F::BadAddress { url: mend(&url) },
        F::SecretShown { place } => F::SecretShown { place },
        F::BadSetting { place, said } => F::BadSetting { place, said: mend(&said) },
        F::NoKey { place, said } => F::NoKey { place, said: mend(&said) },
        F::Unreachable { url, said } => F::Unreachable { url: mend(&url), said: mend(&said) },
        F::Unauthorized { status, said } => F::Unauthorized { status, said: mend(&said) },
        F::NoSuchModel { model, said, models } => F::NoSuchModel {
            model: mend(&model),
            said: mend(&said),
            models: models.iter().map(|model| mend(model)).collect(),
        },
        F::TooLong { said } => F::TooLong { said: mend(&said) },
        F::Refused { status, said } => F::Refused { status, said: mend(&said) },
        F::Busy { status, tries, said } => F::Busy { status, tries, said: mend(&said) },
        F::NotAnApi { status, said } => F::NotAnApi { status, said: mend(&said) },
        F::Redirected { status, host } => F::Redirected { status, host: mend(&host) },
        F::Garbled { said } => F::Garbled { said: mend(&said) },
        F::BrokeOff { said } => F::BrokeOff { said: mend(&said) },
        F::EmptyReply { finish_reason } => F::EmptyReply { finish_reason: mend(&finish_reason) },
        F::TimedOut { .. } | F::TooLarge { .. } | F::CutStream | F::OnlyReasoning => fault,
    }
}

/// The start of a text that may be endless.
fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(HEAD)]
}

pub(super) fn looks_like_html(content_type: &str, body: &str) -> bool {
    let body = body.trim_start_matches('\u{feff}').trim_start();
    let start: String = body.chars().take(15).collect::<String>().to_lowercase();
    // A JSON body under `text/html` is an API's all the same.
    (content_type.contains("html") && !body.starts_with('{'))
        || start.starts_with("<!doctype")
        || start.starts_with("<html")
}

/// A page's title; its text would be noise.
pub(super) fn title(page: &str) -> String {
    let page = head(page);
    // ASCII letters only, so that places in one are places in the other.
    let lower = page.to_ascii_lowercase();
    let found = lower.find("<title").and_then(|start| {
        let start = start + lower[start..].find('>')? + 1;
        let end = start + lower[start..].find("</title>")?;
        page.get(start..end)
    });
    found.map(str::trim).filter(|title| !title.is_empty()).unwrap_or("a web page").to_owned()
}

/// The server's words out of an error body of any known shape: `{"error": {"message"}}`, `{"error": "…"}`,
/// `{"message"}`, `{"detail": "…"}`, `{"detail": [{"loc", "msg"}]}`, or plain text.
pub(super) fn words(body: &str) -> String {
    let body = head(body);
    let said = serde_json::from_str::<Value>(body).ok().and_then(|value| message_of(&value));
    said.as_deref().unwrap_or(body).trim().to_owned()
}

fn message_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) => {
            let names = ["error", "message", "detail", "msg", "errors"];
            let said = names
                .iter()
                .filter_map(|name| fields.get(*name))
                .find_map(message_of)
                .filter(|said| !said.trim().is_empty())?;
            // FastAPI says which field is meant beside its words only.
            let path: Vec<&str> = fields
                .get("loc")
                .and_then(Value::as_array)
                .map(|path| path.iter().filter_map(Value::as_str).filter(|step| *step != "body").collect())
                .unwrap_or_default();
            Some(if path.is_empty() { said } else { format!("{}: {said}", path.join(".")) })
        }
        Value::Array(items) => {
            let all: Vec<String> = items.iter().take(20).filter_map(message_of).collect();
            (!all.is_empty()).then(|| all.join("; "))
        }
        _ => None,
    }
}

/// As much of a server's words as is kept.
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
            "\r\n{\"message\":\"no such key\"}",
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
    fn too_long_a_prompt_is_known_in_the_words_of_every_server() {
        let cases = [
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.","code":"context_length_exceeded"}}"#,
            ),
            (
                400,
                r#"{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens","type":"BadRequestError","code":400}"#,
            ),
            (
                400,
                r#"{"error":{"message":"The decoder prompt (length 5000) is longer than the maximum model length of 4096.","code":400}}"#,
            ),
            (
                400,
                r#"{"object":"error","message":"The input (5000 tokens) is longer than the model's context length (4096 tokens).","code":400}"#,
            ),
            (
                400,
                r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":1407,"n_ctx":256}}"#,
            ),
            (
                422,
                r#"{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000","error_type":"validation"}"#,
            ),
            (413, "<html><title>413 Request Entity Too Large</title></html>"),
        ];
        for (status, body) in cases {
            let error = from_answer(status, "application/json", body, None, "m");
            assert!(matches!(error.fault, RequestFault::TooLong { .. }), "{:?}", error.fault);
            assert_eq!(error.retry, Retry::No);
        }
    }

    #[test]
    fn each_refusal_is_told_for_what_it_is() {
        let fault = |status, body| from_answer(status, "application/json", body, None, "m").fault;
        let flagged = r#"{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["x"]}}}"#;
        assert!(matches!(fault(403, flagged), RequestFault::Refused { status: 403, .. }));
        for (status, body) in [
            (404, r#"{"error":{"message":"The model `x` does not exist."}}"#),
            (404, r#"{"error":{"message":"model \"x\" not found, try pulling it first"}}"#),
            (400, r#"{"error":{"message":"Invalid model name passed in model=x","code":"400"}}"#),
            (400, r#"{"error":{"message":"x is not a valid model ID","code":400}}"#),
            (400, r#"{"detail":"Model Not Exist"}"#),
        ] {
            assert!(matches!(fault(status, body), RequestFault::NoSuchModel { .. }), "{body}");
        }
        let field = fault(
            422,
            r#"{"detail":[{"type":"extra_forbidden","loc":["body","top_k"],"msg":"Extra inputs are not permitted"}]}"#,
        );
        assert_eq!(
            field,
            RequestFault::Refused { status: 422, said: "top_k: Extra inputs are not permitted".to_owned() }
        );
        assert!(matches!(fault(407, "proxy says no"), RequestFault::BadSetting { place, .. } if place == "proxy"));
        let loading = from_answer(503, "", r#"{"error":{"code":503,"message":"Loading model"}}"#, None, "m");
        assert_eq!(loading.retry, Retry::Away);
        let full = from_answer(
            503,
            "",
            r#"{"error":"server busy, please try again.  maximum pending requests exceeded"}"#,
            None,
            "m",
        );
        assert_eq!(full.retry, Retry::Later { after: None });
    }

    #[test]
    fn a_web_page_gives_its_title_only() {
        let error =
            from_answer(502, "text/html", "<html><title>Bad Gateway</title><body>long</body></html>", None, "m");
        assert_eq!(error.fault, RequestFault::NotAnApi { status: 502, said: "Bad Gateway".to_owned() });
    }
}
