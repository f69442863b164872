//! Streams as servers really send them, and as broken ones do: what a person would lose is a reply, or the app.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use pairloom::domain::{ApiKey, Prompt, RequestFault, Sampling};
use pairloom::endpoints::{Access, ChatAnswer, ChatError, ChatRequest, Client, Form, Retry, Timeouts};

use crate::support::RUNTIME;
use crate::support::raw::{self, events, http, json};

const MODELS: &str = r#"{"object":"list","data":[{"id":"m","object":"model"}]}"#;

fn client(url: &str, timeouts: Timeouts) -> Client {
    Client::new(&format!("{url}/v1"), Access::with_key(ApiKey::new("sk-very-secret")), timeouts).unwrap()
}

fn request() -> ChatRequest {
    let prompt = Arc::new(Prompt::new(None, "u"));
    ChatRequest {
        model: String::new(),
        prompt,
        n: 1,
        seed: Some(7),
        sampling: Sampling::default(),
        form: Form::default(),
    }
}

/// What comes of an answer to a chat.
fn chat(answer: Vec<u8>) -> Result<ChatAnswer, ChatError> {
    let server = raw::answering(move |asked| if asked.head.starts_with("GET") { json(MODELS) } else { answer.clone() });
    RUNTIME.block_on(client(&server.url, Timeouts::default()).chat(&request(), |_| {}))
}

/// The texts of the replies, with their thoughts before `|`.
fn texts(answer: Vec<u8>) -> Result<Vec<String>, RequestFault> {
    let answer = chat(answer).map_err(|error| error.fault)?;
    let text = |choice: pairloom::endpoints::Choice| match choice.reasoning {
        Some(reasoning) => format!("{reasoning}|{}", choice.text),
        None => choice.text,
    };
    Ok(answer.choices.into_iter().map(text).collect())
}

fn delta(index: u64, delta: &str, finish: &str) -> String {
    format!(r#"{{"choices":[{{"index":{index},"delta":{delta},"finish_reason":{finish}}}]}}"#)
}

const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

#[test]
fn every_form_of_stream_gives_its_reply() {
    let hello = delta(0, r#"{"content":"hello"}"#, "null");
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("as it should be", events(format!("data: {hello}\n\ndata: {STOP}\n\ndata: [DONE]\n\n")), &["hello"]),
        (
            "comments, blank lines, CRLF",
            events(format!(
                ": OPENROUTER PROCESSING\r\n\r\n\r\n: ping\r\n\r\ndata: {hello}\r\n\r\ndata: {STOP}\r\n\r\n"
            )),
            &["hello"],
        ),
        ("lone CR", events(format!("data: {hello}\r\rdata: {STOP}\r\r")), &["hello"]),
        ("a byte order mark", events(format!("\u{feff}data: {hello}\n\ndata: {STOP}\n\n")), &["hello"]),
        ("no space after data:", events(format!("data:{hello}\n\ndata:{STOP}\n\n")), &["hello"]),
        ("no blank lines between", events(format!("data: {hello}\ndata: {STOP}\ndata: [DONE]\n")), &["hello"]),
        (
            "names and numbers of events",
            events(format!("event: x\nid: 1\nretry: 5\ndata: {hello}\n\ndata: {STOP}\n\n")),
            &["hello"],
        ),
        (
            "an event over several lines",
            events(
                "data: {\"choices\":\ndata: [{\"message\":{\"content\":\"hello\"},\ndata: \"finish_reason\":\"stop\"}]}\n\n",
            ),
            &["hello"],
        ),
        (
            "events as plain text",
            http("200 OK", "content-type: text/plain\r\n", format!("data: {hello}\n\ndata: {STOP}\n\n")),
            &["hello"],
        ),
        (
            "events as a page",
            http("200 OK", "content-type: text/html\r\n", format!("data: {hello}\n\ndata: {STOP}\n\n")),
            &["hello"],
        ),
        (
            "JSON as events, after blank lines (DeepSeek)",
            events("\n\n\n{\"choices\":[{\"message\":{\"content\":\"hello\"},\"finish_reason\":\"stop\"}]}"),
            &["hello"],
        ),
        ("JSON without a finish reason", json(r#"{"choices":[{"message":{"content":"hello"}}]}"#), &["hello"]),
        ("one JSON value a line", json(format!("{hello}\n{STOP}\n")), &["hello"]),
        (
            "no end said but the finish reason (transformers serve)",
            events(format!("data: {hello}\n\ndata: {STOP}\n\n")),
            &["hello"],
        ),
        ("no last line end", events(format!("data: {hello}\n\ndata: {STOP}")), &["hello"]),
        (
            "a finish reason for choice 0 only (LiteLLM)",
            events(format!(
                "data: {hello}\n\ndata: {}\n\ndata: {STOP}\n\ndata: [DONE]\n\n",
                delta(1, r#"{"content":"other"}"#, "null")
            )),
            &["hello", "other"],
        ),
        (
            "an empty finish reason before the end",
            events(format!("data: {}\n\ndata: {STOP}\n\n", delta(0, r#"{"content":"hello"}"#, "\"\""))),
            &["hello"],
        ),
        (
            "choices: null and usage",
            events(format!(
                "data: {{\"choices\":null}}\n\ndata: {hello}\n\ndata: {STOP}\n\ndata: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":-1,\"completion_tokens\":1e300}}}}\n\n"
            )),
            &["hello"],
        ),
        (
            "several choices in an event, the later first",
            events(
                "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"},{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n",
            ),
            &["a", "b"],
        ),
        (
            "a list of parts",
            events(format!(
                "data: {}\n\ndata: {STOP}\n\n",
                delta(0, r#"{"content":[{"type":"text","text":"hel"},{"type":"text","text":"lo"}]}"#, "null")
            )),
            &["hello"],
        ),
        (
            "thoughts under both names (vLLM 0.12)",
            events(format!(
                "data: {}\n\ndata: {hello}\n\ndata: {STOP}\n\n",
                delta(0, r#"{"reasoning":"hm","reasoning_content":"hm"}"#, "null")
            )),
            &["hm|hello"],
        ),
        (
            "thoughts inline, in pieces",
            events(format!(
                "data: {}\n\ndata: {}\n\ndata: {}\n\ndata: {STOP}\n\n",
                delta(0, r#"{"content":"<th"}"#, "null"),
                delta(0, r#"{"content":"ink>hm</thi"}"#, "null"),
                delta(0, r#"{"content":"nk>\n\nhello"}"#, "null")
            )),
            &["hm|hello"],
        ),
        (
            "a lone closing tag",
            events(format!("data: {}\n\ndata: {STOP}\n\n", delta(0, r#"{"content":"hm</think>hello"}"#, "null"))),
            &["hm|hello"],
        ),
        (
            "control characters",
            events(format!(
                "data: {}\n\ndata: {STOP}\n\n",
                delta(0, r#"{"content":"a\u0000b\u001b[31mc\u0007"}"#, "null")
            )),
            &["a\0b\u{1b}[31mc\u{7}"],
        ),
        (
            "an index at the end of all numbers",
            events(format!("data: {}\n\n", delta(4_294_967_295, r#"{"content":"hello"}"#, "\"stop\""))),
            &["hello"],
        ),
        (
            "one reply ended before the stream broke",
            events(format!(
                "data: {}\n\ndata: {}\n\n",
                delta(0, r#"{"content":"hello"}"#, "\"stop\""),
                delta(1, r#"{"content":"hal"}"#, "null")
            )),
            &["hello"],
        ),
        (
            "one reply ended before an error",
            events(format!(
                "data: {}\n\ndata: {{\"error\":{{\"message\":\"boom\"}}}}\n\n",
                delta(0, r#"{"content":"hello"}"#, "\"stop\"")
            )),
            &["hello"],
        ),
    ];
    for (name, answer, expected) in cases {
        let expected: Vec<String> = expected.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(texts(answer), Ok(expected), "{name}");
    }
}

#[test]
fn what_is_no_reply_is_never_taken_for_one() {
    let cases: Vec<(&str, Vec<u8>, fn(&RequestFault) -> bool)> = vec![
        ("half a reply", events(format!("data: {}\n\n", delta(0, r#"{"content":"hal"}"#, "null"))), |fault| {
            *fault == RequestFault::CutStream
        }),
        ("half an event", events("data: {\"choices\":[{\"del"), |fault| *fault == RequestFault::CutStream),
        ("half a JSON answer", json("{\"choices\":[{\"message\":{\"content\":\"hal"), |fault| {
            *fault == RequestFault::CutStream
        }),
        ("nothing", events(""), |fault| *fault == RequestFault::CutStream),
        ("an end only", events("data: [DONE]\n\n"), |fault| matches!(fault, RequestFault::Garbled { .. })),
        (
            "an error and an end (vLLM, SGLang)",
            events("data: {\"error\":{\"message\":\"engine died\",\"code\":500}}\n\ndata: [DONE]\n\n"),
            |fault| matches!(fault, RequestFault::BrokeOff { said } if said == "engine died"),
        ),
        (
            "an error of the old shape",
            events("data: {\"object\":\"error\",\"message\":\"engine died\",\"code\":500}\n\n"),
            |fault| matches!(fault, RequestFault::BrokeOff { said } if said == "engine died"),
        ),
        (
            "an event named error",
            events("event: error\ndata: {\"message\":\"engine died\"}\n\n"),
            |fault| matches!(fault, RequestFault::BrokeOff { said } if said == "engine died"),
        ),
        (
            "an error in words (TGI)",
            events("data:{\"error\":\"engine died\",\"error_type\":\"generation\"}\n\n"),
            |fault| matches!(fault, RequestFault::BrokeOff { said } if said == "engine died"),
        ),
        (
            "an error of one choice (OpenRouter)",
            json(r#"{"choices":[{"error":{"code":502,"message":"engine died"}}]}"#),
            |fault| matches!(fault, RequestFault::BrokeOff { said } if said == "engine died"),
        ),
        (
            "broken off by name",
            events(format!("data: {}\n\n", delta(0, r#"{"content":"hal"}"#, "\"abort\""))),
            |fault| matches!(fault, RequestFault::BrokeOff { said } if said == "abort"),
        ),
        (
            "too long, in the stream (llama.cpp)",
            events(
                "data: {\"error\":{\"code\":400,\"type\":\"exceed_context_size_error\",\"message\":\"the request exceeds the available context size\"}}\n\n",
            ),
            |fault| matches!(fault, RequestFault::TooLong { .. }),
        ),
        (
            "a wrong path under 200 (LM Studio)",
            json(r#"{"error":"Unexpected endpoint or method. (POST /chat/completions)"}"#),
            |fault| matches!(fault, RequestFault::BrokeOff { said } if said.starts_with("Unexpected endpoint")),
        ),
        (
            "JSON that is no answer",
            json(r#"{"message":"come back later"}"#),
            |fault| matches!(fault, RequestFault::Garbled { said } if said == "come back later"),
        ),
        (
            "words",
            http("200 OK", "content-type: text/plain\r\n", "upstream is gone"),
            |fault| matches!(fault, RequestFault::Garbled { said } if said == "upstream is gone"),
        ),
        (
            "a page as events",
            events("\r\n <!DOCTYPE html><title lang=\"en\"> Log in </title>"),
            |fault| matches!(fault, RequestFault::NotAnApi { said, .. } if said == "Log in"),
        ),
        (
            "a refusal",
            json(r#"{"choices":[{"message":{"content":null,"refusal":"I cannot"},"finish_reason":"stop"}]}"#),
            |fault| matches!(fault, RequestFault::EmptyReply { finish_reason } if finish_reason == "refusal: I cannot"),
        ),
        (
            "a filtered reply (Azure)",
            json(r#"{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}"#),
            |fault| matches!(fault, RequestFault::EmptyReply { finish_reason } if finish_reason == "content_filter"),
        ),
        (
            "calls of tools only",
            events(format!(
                "data: {}\n\n",
                delta(0, r#"{"content":null,"tool_calls":[{"id":"x"}]}"#, "\"tool_calls\"")
            )),
            |fault| matches!(fault, RequestFault::EmptyReply { finish_reason } if finish_reason == "tool_calls"),
        ),
        ("only thoughts", events(format!("data: {}\n\n", delta(0, r#"{"reasoning":"hm"}"#, "\"length\""))), |fault| {
            *fault == RequestFault::OnlyReasoning
        }),
        ("the same field twice", events("data: {\"choices\":[],\"choices\":[]}\n\n"), |fault| {
            matches!(fault, RequestFault::Garbled { .. })
        }),
        ("NaN", events("data: {\"choices\":[{\"index\":NaN}]}\n\n"), |fault| {
            matches!(fault, RequestFault::Garbled { .. })
        }),
        (
            "an index below 0",
            events("data: {\"choices\":[{\"index\":-1,\"delta\":{\"content\":\"x\"}}]}\n\n"),
            |fault| matches!(fault, RequestFault::Garbled { .. }),
        ),
        ("a number beyond all", events("data: {\"choices\":[{\"index\":1e999}]}\n\n"), |fault| {
            matches!(fault, RequestFault::Garbled { .. })
        }),
        (
            "deep brackets",
            json(format!("{{\"choices\":[{{\"message\":{{\"content\":{}", "[".repeat(100_000))),
            |fault| matches!(fault, RequestFault::Garbled { .. } | RequestFault::CutStream),
        ),
        (
            "packed though nobody asked",
            http("200 OK", "content-type: application/json\r\ncontent-encoding: gzip\r\n", [0x1f, 0x8b, 8, 0]),
            |fault| matches!(fault, RequestFault::Garbled { said } if said.contains("gzip")),
        ),
    ];
    for (name, answer, fits) in cases {
        let result = texts(answer);
        assert!(result.as_ref().is_err_and(fits), "{name}: {result:?}");
    }
}

#[test]
fn no_answer_is_taken_beyond_its_bound() {
    // Each of these goes on for ever; the client has to hang up.
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    let big = "x".repeat(1 << 16);
    let text = format!("data: {}\n\n", delta(0, &format!(r#"{{"content":"{big}"}}"#), "null"));
    let choice = delta(0, "{}", "null");
    let cases: Vec<(&str, String, String)> = vec![
        ("an endless reply", head.to_owned(), text),
        ("an endless line", format!("{head}data: "), big.clone()),
        ("an endless JSON answer", format!("{head}{{\"choices\":[{{\"x\":\""), big.clone()),
        ("endless comments", head.to_owned(), format!(": {big}\n")),
        ("endless events without text", head.to_owned(), format!("data: {choice}\n\n").repeat(500)),
        ("an endless event", format!("{head}data: {{\n"), format!("data: \"{big}\",\n")),
        ("endless blanks", head.to_owned(), " \n".repeat(1 << 15)),
    ];
    for (name, head, piece) in cases {
        let server = raw::writing(move |asked, stream| {
            if asked.head.starts_with("GET") {
                return stream.write_all(&json(MODELS)).is_ok();
            }
            drop(stream.write_all(head.as_bytes()));
            while stream.write_all(piece.as_bytes()).is_ok() {}
            false
        });
        let error = RUNTIME.block_on(client(&server.url, Timeouts::default()).chat(&request(), |_| {})).unwrap_err();
        let is_bounded = matches!(error.fault, RequestFault::TooLarge { .. } | RequestFault::Garbled { .. });
        assert!(is_bounded, "{name}: {:?}", error.fault);
        assert!(matches!(error.fault, RequestFault::Garbled { .. }) || error.retry == Retry::No, "{name}");
    }
}

#[test]
fn endless_pages_errors_and_lists_end_as_well() {
    let big = "x".repeat(1 << 16);
    let cases: Vec<(&str, &str, &str, fn(&RequestFault) -> bool)> = vec![
        (
            "POST",
            "HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n",
            "",
            |fault| matches!(fault, RequestFault::Busy { said, .. } if said.chars().count() <= 2001),
        ),
        ("POST", "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", "<html>", |fault| {
            matches!(fault, RequestFault::NotAnApi { .. })
        }),
        ("GET", "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", "{\"data\":[{\"id\":\"", |fault| {
            matches!(fault, RequestFault::TooLarge { .. })
        }),
    ];
    for (method, head, start, fits) in cases {
        let (big, head, start) = (big.clone(), head.to_owned(), start.to_owned());
        let server = raw::writing(move |asked, stream| {
            if !asked.head.starts_with(method) {
                return stream.write_all(&json(MODELS)).is_ok();
            }
            drop(stream.write_all(format!("{head}{start}").as_bytes()));
            while stream.write_all(big.as_bytes()).is_ok() {}
            false
        });
        let client = client(&server.url, Timeouts::default());
        let fault = match method {
            "GET" => RUNTIME.block_on(client.probe()).unwrap_err(),
            _ => RUNTIME.block_on(client.chat(&request(), |_| {})).unwrap_err().fault,
        };
        assert!(fits(&fault), "{method} {fault:?}");
    }
}

#[test]
fn comments_alone_do_not_keep_a_request_alive_for_ever() {
    let server = raw::writing(|asked, stream| {
        if asked.head.starts_with("GET") {
            return stream.write_all(&json(MODELS)).is_ok();
        }
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"));
        while stream.write_all(b": keep-alive\n\n").is_ok() {
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    });
    let timeouts = Timeouts { patience: Duration::from_millis(200), ..Timeouts::default() };
    let error = RUNTIME.block_on(client(&server.url, timeouts).chat(&request(), |_| {})).unwrap_err();
    assert!(matches!(error.fault, RequestFault::TimedOut { .. }), "{:?}", error.fault);
}

#[test]
fn a_slow_drip_of_text_is_waited_for() {
    let server = raw::writing(|asked, stream| {
        if asked.head.starts_with("GET") {
            return stream.write_all(&json(MODELS)).is_ok();
        }
        let body = format!("data: {}\n\ndata: {STOP}\n\n", delta(0, r#"{"content":"你好"}"#, "null"));
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"));
        for byte in body.bytes() {
            drop(stream.write_all(&[byte]));
            drop(stream.flush());
            std::thread::sleep(Duration::from_micros(500));
        }
        false
    });
    let answer = RUNTIME.block_on(client(&server.url, Timeouts::default()).chat(&request(), |_| {})).unwrap();
    assert_eq!(answer.choices[0].text, "你好");
}

#[test]
fn a_hundred_thousand_events_and_ten_thousand_choices_are_taken() {
    let piece = format!("data: {}\n\n", delta(0, r#"{"content":"ab"}"#, "null"));
    let answer = chat(events(format!("{}data: {STOP}\n\n", piece.repeat(100_000)))).unwrap();
    assert_eq!(answer.choices[0].text.len(), 200_000);
    let many: Vec<String> = (0..10_000)
        .map(|index| format!(r#"{{"index":{index},"message":{{"content":"x"}},"finish_reason":"stop"}}"#))
        .collect();
    let answer = chat(json(format!(r#"{{"choices":[{}]}}"#, many.join(",")))).unwrap();
    assert_eq!((answer.choices.len(), answer.choices[7].index), (1024, 7));
}

#[test]
fn connections_are_used_again_even_after_errors() {
    let server = raw::answering(|asked| match asked.json()["messages"][0]["content"].as_str() {
        None => json(MODELS),
        Some("bad") => http("400 Bad Request", "content-type: application/json\r\n", r#"{"error":{"message":"no"}}"#),
        Some(_) => {
            events(format!("data: {}\n\ndata: {STOP}\n\ndata: [DONE]\n\n", delta(0, r#"{"content":"hello"}"#, "null")))
        }
    });
    let client = client(&server.url, Timeouts::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for _ in 0..5 {
            client.chat(&request(), |_| {}).await.unwrap();
            let bad = ChatRequest { prompt: Arc::new(Prompt::new(None, "bad")), ..request() };
            client.chat(&bad, |_| {}).await.unwrap_err();
        }
    });
    assert_eq!((server.chats().len(), server.connections.load(Ordering::SeqCst)), (10, 1));
}
