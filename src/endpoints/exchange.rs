//! One request and the head of its answer. The key, the headers and the prompt go to the host that was named, and
//! nowhere else.

use std::time::Duration;

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Method, Response, StatusCode};
use url::Url;

use super::address;
use super::client::Client;
use super::fault::ChatError;
use crate::domain::RequestFault;

/// Redirects within one host that are followed.
const MOST_HOPS: usize = 3;
/// How long the body of an error may take.
const READING: Duration = Duration::from_secs(30);

impl Client {
    /// Send a request and wait for the head of the answer. `timeout` is for the whole of it.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &str,
        body: Option<Vec<u8>>,
        timeout: Option<Duration>,
    ) -> Result<Response, ChatError> {
        let known = self.find_key().await.map_err(ChatError::never)?;
        let bad = || ChatError::never(RequestFault::BadAddress { url: address::shown(url) });
        let mut target = Url::parse(url).map_err(|_| bad())?;
        for _ in 0..=MOST_HOPS {
            let mut request = self.http.request(method.clone(), target.clone());
            if let Some((name, value)) = &known.header {
                request = request.header(name, value);
            }
            if let Some((name, password)) = &self.address.basic {
                request = request.basic_auth(name, Some(password));
            }
            if let Some(body) = &body {
                request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
            }
            if let Some(timeout) = timeout {
                request = request.timeout(timeout);
            }
            let patience = timeout.unwrap_or(self.timeouts.idle);
            let response = request.send().await.map_err(|error| self.transport(&error, url, patience))?;
            if !response.status().is_redirection() {
                return unpacked(response);
            }
            target = next_hop(&response, &target)?;
        }
        Err(ChatError::never(RequestFault::Redirected { status: 308, host: host_of(&target) }))
    }
}

/// Where a redirect may be followed to: the same scheme, host and port, if method and body stay as they are.
fn next_hop(response: &Response, from: &Url) -> Result<Url, ChatError> {
    let status = response.status();
    let place = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
    let to = place.and_then(|place| from.join(place).ok());
    let keeps = matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    match to {
        Some(to) if keeps && to.origin() == from.origin() && to.username().is_empty() => Ok(to),
        to => {
            let host = to.as_ref().map_or_else(String::new, host_of);
            Err(ChatError::never(RequestFault::Redirected { status: status.as_u16(), host }))
        }
    }
}

/// Scheme, host and port; the rest of an address may hold anything.
fn host_of(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// An answer that is packed though nobody asked for that is not unpacked: a few bytes could become gigabytes.
fn unpacked(response: Response) -> Result<Response, ChatError> {
    let packed = response.headers().get_all(CONTENT_ENCODING).iter();
    let mut packed = packed.map(|how| String::from_utf8_lossy(how.as_bytes()).trim().to_ascii_lowercase());
    match packed.find(|how| !how.is_empty() && how != "identity") {
        Some(how) => {
            let said = format!("content-encoding: {how}, which was not asked for");
            Err(ChatError::never(RequestFault::Garbled { said }))
        }
        None => Ok(response),
    }
}

/// The start of a body, and whether it is only that. Short bodies are read to their end.
pub(super) async fn read_some(mut response: Response, most: usize) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let read = async {
        while let Ok(Some(piece)) = response.chunk().await {
            bytes.extend_from_slice(&piece[..piece.len().min(most - bytes.len())]);
            if bytes.len() >= most {
                return true;
            }
        }
        false
    };
    let is_cut = tokio::time::timeout(READING, read).await.unwrap_or(true);
    (bytes, is_cut)
}

pub(super) fn content_type(headers: &HeaderMap) -> String {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.unwrap_or_default().to_ascii_lowercase()
}
