//! A server that answers with given bytes, on a real socket.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What it was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Asked {
    /// Method and path.
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Whether all of it, head and body, holds a text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.head.contains(text) || self.body.contains(text)
    }
}

/// A server that runs until the tests end.
pub(crate) struct Raw {
    pub(crate) port: u16,
    pub(crate) url: String,
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
    pub(crate) connections: Arc<AtomicUsize>,
}

impl Raw {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|asked| asked.line().to_owned()).collect()
    }

    pub(crate) fn chats(&self) -> Vec<Asked> {
        let all = self.asked.lock().unwrap();
        all.iter().filter(|asked| asked.line().starts_with("POST")).cloned().collect()
    }
}

/// A server that lets `answer` write what it likes; `true` keeps the connection.
pub(crate) fn writing(answer: impl Fn(&Asked, &mut TcpStream) -> bool + Send + Sync + 'static) -> Raw {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (asked, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
    let raw = Raw {
        port,
        url: format!("http://127.0.0.1:{port}"),
        asked: Arc::clone(&asked),
        connections: Arc::clone(&connections),
    };
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            connections.fetch_add(1, Ordering::SeqCst);
            let (answer, asked) = (Arc::clone(&answer), Arc::clone(&asked));
            std::thread::spawn(move || {
                while let Some(request) = read(&mut stream) {
                    asked.lock().unwrap().push(request.clone());
                    if !answer(&request, &mut stream) {
                        return;
                    }
                }
            });
        }
    });
    raw
}

/// A server that gives one answer to each request.
pub(crate) fn answering(answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Raw {
    writing(move |asked, stream| {
        let bytes = answer(asked);
        let is_kept = !bytes.windows(17).any(|part| part == b"connection: close");
        stream.write_all(&bytes).is_ok() && is_kept
    })
}

fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length =
                lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.trim().parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(Asked { head: head.to_owned(), body: body.to_owned() });
            }
        }
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => bytes.extend_from_slice(&buffer[..count]),
            _ => return None,
        }
    }
}

/// A whole answer.
pub(crate) fn http(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) fn json(body: impl AsRef<[u8]>) -> Vec<u8> {
    http("200 OK", "content-type: application/json\r\n", body)
}

pub(crate) fn events(body: impl AsRef<[u8]>) -> Vec<u8> {
    http("200 OK", "content-type: text/event-stream\r\n", body)
}

pub(crate) fn missing() -> Vec<u8> {
    http("404 Not Found", "content-type: application/json\r\n", r#"{"detail":"Not Found"}"#)
}
