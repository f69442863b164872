//! The client against raw bytes on a real socket.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use pairloom::domain::{ApiKey, Prompt, RequestFault, Sampling};
use pairloom::endpoints::{Access, ChatRequest, Client, Form, Retry, Timeouts};

use crate::support::RUNTIME;

/// A server that answers each connection with the next of these texts, and hands on what it was asked.
fn scripted(answers: Vec<String>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, asked) = channel();
    std::thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut request = Vec::new();
            let mut buffer = vec![0; 1 << 16];
            loop {
                let read = stream.read(&mut buffer).unwrap_or(0);
                request.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head
                    .to_lowercase()
                    .split("content-length: ")
                    .nth(1)
                    .and_then(|rest| rest.lines().next()?.trim().parse().ok())
                    .unwrap_or(0);
                if read == 0 || body.len() >= length {
                    break;
                }
            }
            drop(sender.send(String::from_utf8_lossy(&request).into_owned()));
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    (format!("http://{address}"), asked)
}

const MODELS: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"data\":[{\"id\":\"m\"}]}";

fn stream(events: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{events}")
}

fn request() -> ChatRequest {
    let prompt = Arc::new(Prompt::new(Some("s".to_owned()), "u"));
    ChatRequest {
        model: String::new(),
        prompt,
        n: 1,
        seed: Some(7),
        sampling: Sampling::default(),
        form: Form::default(),
    }
}

fn client(url: &str) -> Client {
    Client::new(
        url,
        Access::with_key(ApiKey::new("sk-very-secret")),
        Timeouts { connect: Duration::from_secs(5), idle: Duration::from_secs(5), ..Timeouts::default() },
    )
    .unwrap()
}

#[test]
fn addresses_are_taken_with_or_without_v1() {
    let missing = "HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n{\"detail\":\"Not Found\"}".to_owned();
    let (url, asked) = scripted(vec![missing, MODELS.to_owned()]);
    let info = RUNTIME.block_on(client(&format!("{url}/")).probe()).unwrap();
    assert_eq!(info.base_url, format!("{url}/v1"));
    assert!(asked.recv().unwrap().starts_with("GET /models "));
    assert!(asked.recv().unwrap().starts_with("GET /v1/models "));
    let (url, asked) = scripted(vec![MODELS.to_owned()]);
    RUNTIME.block_on(client(&format!("{url}/v1/chat/completions")).probe()).unwrap();
    assert!(asked.recv().unwrap().starts_with("GET /v1/models "));
    for bad in ["", "localhost:8000", "ftp://x/v1", "not an address"] {
        assert!(
            matches!(
                Client::new(bad, Access::with_key(None), Timeouts::default()),
                Err(RequestFault::BadAddress { .. })
            ),
            "{bad}"
        );
    }
}

#[test]
fn a_stream_with_comments_and_crlf_is_a_reply() {
    let events = ": ping\r\n\r\ndata: {\"choices\":[]}\r\n\r\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"你\"}}]}\r\n\r\n: keep-alive\r\n\r\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"好\"},\"finish_reason\":\"stop\"}]}\r\n\r\ndata: [DONE]\r\n\r\n";
    let (url, asked) = scripted(vec![MODELS.to_owned(), stream(events)]);
    let answer = RUNTIME.block_on(client(&format!("{url}/v1")).chat(&request(), |_| {})).unwrap();
    assert_eq!((answer.choices[0].text.as_str(), answer.model.as_str()), ("你好", "m"));
    asked.recv().unwrap();
    let sent = asked.recv().unwrap();
    assert!(sent.to_lowercase().contains("authorization: bearer sk-very-secret"));
    assert!(sent.contains("\"seed\":7") && !sent.contains("temperature"), "{sent}");
}

#[test]
fn what_is_no_reply_is_told_and_never_shows_the_key() {
    let json = |status: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{body}")
    };
    let cases: Vec<(String, fn(&RequestFault) -> bool, bool)> = vec![
        (
            json("400 Bad Request", r#"{"error":{"message":"bad sk-very-secret"}}"#),
            |fault| matches!(fault, RequestFault::Refused { status: 400, said } if said == "bad …"),
            false,
        ),
        (
            json("429 Too Many Requests", r#"{"error":{"message":"slow"}}"#),
            |fault| matches!(fault, RequestFault::Busy { status: 429, .. }),
            true,
        ),
        (
            json("500 Internal Server Error", "boom"),
            |fault| matches!(fault, RequestFault::Busy { said, .. } if said == "boom"),
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<html><title>Log in</title></html>"
                .to_owned(),
            |fault| matches!(fault, RequestFault::NotAnApi { said, .. } if said == "Log in"),
            false,
        ),
        (
            stream("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half\"}}]}\n\n"),
            |fault| *fault == RequestFault::CutStream,
            true,
        ),
        (stream("data: {broken\n\n"), |fault| matches!(fault, RequestFault::Garbled { .. }), true),
        (
            stream("data: {\"error\":{\"message\":\"no sk-very-secret\",\"code\":400}}\n\n"),
            |fault| matches!(fault, RequestFault::BrokeOff { said } if said == "no …"),
            false,
        ),
        (
            stream("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"),
            |fault| matches!(fault, RequestFault::EmptyReply { .. }),
            true,
        ),
    ];
    for (answer, fits, again) in cases {
        let (url, _asked) = scripted(vec![MODELS.to_owned(), answer.clone()]);
        let error = RUNTIME.block_on(client(&format!("{url}/v1")).chat(&request(), |_| {})).unwrap_err();
        assert!(fits(&error.fault), "{:?} for {answer}", error.fault);
        assert_eq!(matches!(error.retry, Retry::Later { .. }), again, "{answer}");
        assert!(!format!("{error:?} {:?}", client(&url)).contains("sk-very-secret"));
    }
}

#[test]
fn retry_after_is_handed_on() {
    let answer = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\nconnection: close\r\n\r\n{}".to_owned();
    let (url, _asked) = scripted(vec![MODELS.to_owned(), answer]);
    let error = RUNTIME.block_on(client(&format!("{url}/v1")).chat(&request(), |_| {})).unwrap_err();
    assert_eq!(error.retry, Retry::Later { after: Some(Duration::from_secs(7)) });
}

#[test]
fn a_plain_answer_to_a_stream_request_is_read_and_quirks_are_learned() {
    let refusal = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n{\"error\":{\"message\":\"Use max_completion_tokens instead\"}}".to_owned();
    let plain = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n\n\n{\"choices\":[{\"index\":0,\"message\":{\"content\":\"<think>hm</think>yes\"},\"finish_reason\":\"stop\"}]}".to_owned();
    let (url, asked) = scripted(vec![MODELS.to_owned(), refusal, plain]);
    let mut request = request();
    request.sampling.max_tokens = Some(9);
    let answer = RUNTIME.block_on(client(&format!("{url}/v1")).chat(&request, |_| {})).unwrap();
    assert_eq!((answer.choices[0].text.as_str(), answer.choices[0].reasoning.as_deref()), ("yes", Some("hm")));
    asked.recv().unwrap();
    assert!(asked.recv().unwrap().contains("\"max_tokens\":9"));
    assert!(asked.recv().unwrap().contains("\"max_completion_tokens\":9"));
}
