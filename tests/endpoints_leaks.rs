//! The key, the headers and the prompt go to the host that was named, and nothing that is shown or logged holds them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};

use pairloom::domain::{ApiKey, Prompt, RequestFault, Sampling};
use pairloom::endpoints::{Access, ChatRequest, Client, Form, Timeouts};

use crate::support::RUNTIME;
use crate::support::raw::{self, events, http, json};

const KEY: &str = "sk-marker-0123456789";
const PROMPT: &str = "prompt-marker-0123456789";
/// A variable that is set wherever these tests run, and long enough to be found again.
const VARIABLE: &str = "CARGO_MANIFEST_DIR";
const VALUE: &str = env!("CARGO_MANIFEST_DIR");

fn access() -> Access {
    let headers = BTreeMap::from([("X-Api-Key".to_owned(), format!("${VARIABLE}"))]);
    Access { headers, ..Access::with_key(ApiKey::new(KEY)) }
}

fn request() -> ChatRequest {
    let prompt = Arc::new(Prompt::new(None, PROMPT));
    ChatRequest {
        model: "m".to_owned(),
        prompt,
        n: 1,
        seed: Some(7),
        sampling: Sampling::default(),
        form: Form::default(),
    }
}

/// An answer that says back all that it was asked, in a form of the test's.
fn echoing(shape: fn(&str) -> Vec<u8>) -> raw::Raw {
    raw::answering(move |asked| {
        if asked.head.starts_with("GET") {
            return json(r#"{"data":[{"id":"m"}]}"#);
        }
        shape(&asked.head.replace(['"', '\\', '\r', '\n'], " "))
    })
}

#[test]
fn nothing_that_a_server_says_back_shows_a_secret() {
    let shapes: Vec<fn(&str) -> Vec<u8>> = vec![
        |head| http("400 Bad Request", "", format!(r#"{{"error":{{"message":"{head}"}}}}"#)),
        |head| http("401 Unauthorized", "", format!(r#"{{"error":"{head}"}}"#)),
        |head| http("404 Not Found", "", format!(r#"{{"detail":"no model {head}"}}"#)),
        |head| http("422 Unprocessable Entity", "", format!(r#"{{"detail":[{{"loc":["x"],"msg":"{head}"}}]}}"#)),
        |head| http("429 Too Many Requests", "", head),
        |head| http("500 Internal Server Error", "", head.repeat(2000)),
        |head| http("500 Internal Server Error", "content-type: text/html\r\n", format!("<title>{head}</title>")),
        |head| http("307 Temporary Redirect", &format!("location: http://{KEY}.invalid/\r\n"), head),
        |head| http("200 OK", &format!("content-encoding: {KEY}\r\n"), head),
        |head| http("200 OK", "", format!("<html><title>{head}</title>")),
        |head| http("200 OK", "", head),
        |head| json(format!(r#"{{"error":{{"message":"{head}"}}}}"#)),
        |head| json(format!(r#"{{"choices":[{{"message":{{"content":""}},"finish_reason":"{head}"}}]}}"#)),
        |head| json(format!(r#"{{"choices":[{{"message":{{"refusal":"{head}"}},"finish_reason":"stop"}}]}}"#)),
        |head| {
            json(format!(
                r#"{{"choices":[{{"message":{{"content":"{head}","reasoning":"{head}"}},"finish_reason":"{head}"}}]}}"#
            ))
        },
        |head| events(format!("event: error\ndata: {{\"message\":\"{head}\"}}\n\n")),
        |head| events(format!("data: {head}\n\n")),
        |head| events(format!("data: {{\"choices\":[{{\"index\":\"{head}\"}}]}}\n\n")),
    ];
    for (number, shape) in shapes.into_iter().enumerate() {
        let server = echoing(shape);
        let client = Client::new(&format!("{}/v1", server.url), access(), Timeouts::default()).unwrap();
        let result = RUNTIME.block_on(client.chat(&request(), |_| {}));
        assert!(server.chats()[0].holds(KEY) && server.chats()[0].holds(VALUE), "the server was given both");
        let mut seen = format!("{result:?} {client:?} {:?}", access());
        if let Err(error) = &result {
            seen.push_str(&format!(" {error} {}", serde_json::to_string(&error.fault).unwrap()));
        }
        assert!(!seen.contains("marker") && !seen.contains(VALUE), "case {number}: {seen}");
    }
}

#[test]
fn lists_and_versions_do_not_show_a_secret_either() {
    let server = raw::answering(|asked| match asked.line() {
        "GET /v1/models" => json(format!(r#"{{"data":[{{"id":"{KEY}","owned_by":"vllm"}}]}}"#)),
        "GET /version" => json(format!(r#"{{"version":"{KEY}"}}"#)),
        _ => raw::missing(),
    });
    let client = Client::new(&server.url, access(), Timeouts::default()).unwrap();
    let info = RUNTIME.block_on(client.probe()).unwrap();
    assert!(!format!("{info:?}").contains("marker"), "{info:?}");
}

#[test]
fn no_log_line_holds_a_secret() {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let server = echoing(|head| http("400 Bad Request", "", format!(r#"{{"error":{{"message":"{head}"}}}}"#)));
    tracing::subscriber::with_default(subscriber, || {
        tracing::info!("the log is written");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = Client::new(&server.url, access(), Timeouts::default()).unwrap();
            client.chat(&request(), |_| {}).await.unwrap_err();
            let away = Client::new("http://127.0.0.1:9/v1", access(), Timeouts::default()).unwrap();
            away.chat(&request(), |_| {}).await.unwrap_err();
        });
    });
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("the log is written"));
    assert!(!log.contains("marker") && !log.contains(VALUE), "{log}");
}

#[test]
fn a_redirect_takes_nothing_to_another_host() {
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let other =
            raw::answering(|_| json(r#"{"choices":[{"message":{"content":"stolen"},"finish_reason":"stop"}]}"#));
        let place = format!("location: {}/v1/chat/completions?x=1\r\n", other.url);
        let server = raw::answering(move |asked| match asked.line() {
            "GET /v1/models" => json(r#"{"data":[{"id":"m"}]}"#),
            _ => http(status, &place, ""),
        });
        let client = Client::new(&server.url, access(), Timeouts::default()).unwrap();
        let error = RUNTIME.block_on(client.chat(&request(), |_| {})).unwrap_err();
        assert!(
            matches!(&error.fault, RequestFault::Redirected { host, .. } if *host == other.url),
            "{:?}",
            error.fault
        );
        assert_eq!(other.lines(), Vec::<String>::new(), "{status}");
    }
}

#[test]
fn a_redirect_within_the_host_keeps_method_and_body_or_is_refused() {
    let server = raw::answering(|asked| match asked.line() {
        "GET /v1/models" => json(r#"{"data":[{"id":"m"}]}"#),
        "POST /v1/chat/completions" => http("307 Temporary Redirect", "location: /v1/chat/completions/\r\n", ""),
        "POST /v1/chat/completions/" => json(r#"{"choices":[{"message":{"content":"hello"},"finish_reason":"stop"}]}"#),
        _ => raw::missing(),
    });
    let client = Client::new(&server.url, access(), Timeouts::default()).unwrap();
    assert_eq!(RUNTIME.block_on(client.chat(&request(), |_| {})).unwrap().choices[0].text, "hello");
    let last = server.chats().pop().unwrap();
    assert!(last.holds(PROMPT) && last.holds(KEY));
    for (status, place) in [("302 Found", "/v1/other"), ("307 Temporary Redirect", "/v1/chat/completions")] {
        let answer = http(status, &format!("location: {place}\r\n"), "");
        let server = raw::answering(move |asked| {
            if asked.head.starts_with("GET") { json(r#"{"data":[{"id":"m"}]}"#) } else { answer.clone() }
        });
        let client = Client::new(&server.url, access(), Timeouts::default()).unwrap();
        let error = RUNTIME.block_on(client.chat(&request(), |_| {})).unwrap_err();
        assert!(matches!(error.fault, RequestFault::Redirected { .. }), "{place}: {:?}", error.fault);
        assert!(server.chats().len() <= 4);
    }
}

#[test]
fn what_was_written_by_the_person_goes_before_the_key() {
    let server = echoing(|_| json(r#"{"choices":[{"message":{"content":"hello"},"finish_reason":"stop"}]}"#));
    let headers = BTreeMap::from([("Authorization".to_owned(), format!("Token ${VARIABLE}"))]);
    let access = Access { headers, ..Access::with_key(ApiKey::new(KEY)) };
    let client = Client::new(&server.url, access, Timeouts::default()).unwrap();
    RUNTIME.block_on(client.chat(&request(), |_| {})).unwrap();
    let chat = &server.chats()[0];
    assert!(chat.head.contains(&format!("authorization: Token {VALUE}")) && !chat.holds(KEY), "{}", chat.head);
}

#[test]
fn a_proxy_is_used_and_one_that_wants_a_password_says_so() {
    let proxy = raw::writing(|asked, stream| {
        let is_known = asked.head.to_lowercase().contains("proxy-authorization");
        let answer = match asked.line() {
            _ if !is_known => http("407 Proxy Authentication Required", "", "who are you"),
            "GET http://server.invalid/v1/models" => json(r#"{"data":[{"id":"m"}]}"#),
            _ => raw::missing(),
        };
        stream.write_all(&answer).is_ok()
    });
    let through = |proxy: String| {
        let access = Access { proxy, ..access() };
        let client = Client::new("http://server.invalid/v1", access, Timeouts::default()).unwrap();
        RUNTIME.block_on(client.probe())
    };
    assert_eq!(through(format!("http://me:${VARIABLE}@127.0.0.1:{}", proxy.port)).unwrap().models, ["m"]);
    let fault = through(proxy.url.clone()).unwrap_err();
    assert_eq!(fault, RequestFault::BadSetting { place: "proxy".to_owned(), said: "who are you".to_owned() });
}

#[test]
fn a_key_that_no_header_takes_is_told_without_it() {
    let server = echoing(|_| json("{}"));
    let access = Access::with_key(ApiKey::new("sk-marker\nsecond line"));
    let client = Client::new(&server.url, access, Timeouts::default()).unwrap();
    let fault = RUNTIME.block_on(client.probe()).unwrap_err();
    assert!(matches!(&fault, RequestFault::BadSetting { place, .. } if place == "key"), "{fault:?}");
    assert!(!format!("{fault:?}").contains("marker") && server.lines().is_empty());
}
