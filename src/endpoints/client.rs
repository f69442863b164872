//! One server, one request at a time; many may run at once.

use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use eventsource_stream::{EventStreamError, Eventsource as _};
use futures_util::StreamExt as _;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tokio::sync::OnceCell;

use super::access::Access;
use super::fault::{self, ChatError};
use super::stream::Assembly;
use super::wire::{self, Chunk, Models, Quirks};
use crate::domain::{ApiKey, Prompt, RequestFault, Sampling, ServerInfo};

/// Longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Bytes of an error answer that are read.
const ERROR_BODY: usize = 64 << 10;

/// How long silence is taken for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: Duration,
    /// Between two pieces of an answer; models on slow machines take minutes before the first token.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), idle: Duration::from_secs(300) }
    }
}

/// What to ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatRequest {
    /// Which model; empty means the first that the server lists.
    pub model: String,
    /// What is asked.
    pub prompt: Arc<Prompt>,
    /// How many replies.
    pub n: u32,
    /// For the first of them; servers derive the others'.
    pub seed: Option<u64>,
    /// How they are drawn.
    pub sampling: Sampling,
}

/// One reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its place in the answer.
    pub index: u32,
    /// Without reasoning.
    pub text: String,
    /// What the model thought aloud.
    pub reasoning: Option<String>,
    /// The server's reason for ending.
    pub finish_reason: Option<String>,
}

/// A complete answer: at least one reply, perhaps fewer than were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatAnswer {
    /// The model as it was named in the request.
    pub model: String,
    /// The replies by index.
    pub choices: Vec<Choice>,
    /// Tokens of the prompt.
    pub prompt_tokens: Option<u32>,
    /// Tokens of all replies together, as far as the server counts them.
    pub completion_tokens: Option<u32>,
    /// Until the first text came.
    pub first_token: Option<Duration>,
    /// Until the end.
    pub total: Duration,
}

/// A client of one server; clones share its connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    access: Access,
    key: Arc<OnceCell<Option<ApiKey>>>,
    timeouts: Timeouts,
    shared: Arc<Mutex<Found>>,
}

/// What was found out about the server.
#[derive(Clone, Debug, Default)]
struct Found {
    /// The base that requests go to.
    base: String,
    /// `base` has answered as an API.
    proven: bool,
    quirks: Quirks,
    /// The first model that the server lists.
    first_model: Option<String>,
}

impl Client {
    /// A client for a base address with or without `/v1`, with or without a final `/`, or for the full address of chat
    /// completions. Nothing is sent yet.
    pub fn new(address: &str, access: Access, timeouts: Timeouts) -> Result<Self, RequestFault> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Fails only where the program has installed one already, which serves as well.
            drop(rustls::crypto::ring::default_provider().install_default());
        });
        let bad = || RequestFault::BadAddress { url: address.to_owned() };
        let parsed = url::Url::parse(address.trim()).map_err(|_| bad())?;
        let Some(host) = parsed.host_str().filter(|_| matches!(parsed.scheme(), "http" | "https")) else {
            return Err(bad());
        };
        let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.starts_with("127.");
        let mut builder =
            reqwest::Client::builder().connect_timeout(timeouts.connect).read_timeout(timeouts.idle).tcp_nodelay(true);
        if loopback {
            builder = builder.no_proxy();
        }
        let http = builder
            .build()
            .map_err(|error| RequestFault::Unreachable { url: address.to_owned(), said: error.to_string() })?;
        let mut base = address.trim().trim_end_matches('/').to_owned();
        for ending in ["/chat/completions", "/models"] {
            if let Some(shorter) = base.strip_suffix(ending) {
                base = shorter.trim_end_matches('/').to_owned();
            }
        }
        let shared = Arc::new(Mutex::new(Found { base, ..Found::default() }));
        Ok(Self { http, access, key: Arc::default(), timeouts, shared })
    }

    fn found(&self) -> Found {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, learn: impl FnOnce(&mut Found)) {
        learn(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Ask for the models. Finds out whether the base needs `/v1`.
    pub async fn probe(&self) -> Result<ServerInfo, RequestFault> {
        let began = Instant::now();
        self.find_key().await?;
        let base = self.found().base;
        let mut bases = vec![base.clone()];
        if !base.ends_with("/v1") {
            bases.push(format!("{base}/v1"));
        }
        let mut first_error = None;
        for base in bases {
            match self.models(&base).await {
                Ok(models) => {
                    let first = models.data.first();
                    self.learn(|found| {
                        found.base.clone_from(&base);
                        found.proven = true;
                        found.first_model = first.map(|model| model.id.clone());
                    });
                    return Ok(ServerInfo {
                        base_url: base,
                        owned_by: first.and_then(|model| model.owned_by.clone()),
                        context_tokens: first.and_then(wire::Model::context_tokens),
                        models: models.data.into_iter().map(|model| model.id).collect(),
                        millis: began.elapsed().as_millis() as u32,
                        ..ServerInfo::default()
                    });
                }
                Err(error) => {
                    let gone =
                        matches!(error.fault, RequestFault::Unreachable { .. } | RequestFault::Unauthorized { .. });
                    if first_error.is_none() || !matches!(error.fault, RequestFault::Refused { status: 404, .. }) {
                        first_error = Some(error.fault);
                    }
                    if gone {
                        break;
                    }
                }
            }
        }
        Err(first_error.unwrap_or(RequestFault::Garbled { said: String::new() }))
    }

    async fn models(&self, base: &str) -> Result<Models, ChatError> {
        let url = format!("{base}/models");
        let request = self.with_key(self.http.get(&url)).timeout(self.timeouts.connect * 2);
        let response = request.send().await.map_err(|error| self.transport(&error, &url))?;
        let (status, kind) = (response.status(), content_type(response.headers()));
        let body = self.text(response).await?;
        if !status.is_success() {
            return Err(fault::from_answer(status.as_u16(), &kind, &body, None, ""));
        }
        serde_json::from_str(&body).map_err(|error| {
            let status = status.as_u16();
            ChatError::never(if fault::looks_like_html(&kind, &body) {
                RequestFault::NotAnApi { status, said: fault::title(&body) }
            } else {
                RequestFault::Garbled { said: format!("{url}: {error}") }
            })
        })
    }

    /// Send one request and wait for its end. No retries; dropping the future ends the connection. `progress` is told
    /// how many characters came.
    pub async fn chat(
        &self,
        request: &ChatRequest,
        mut progress: impl FnMut(usize) + Send,
    ) -> Result<ChatAnswer, ChatError> {
        self.find_key().await.map_err(ChatError::never)?;
        let found = self.found();
        let unnamed = request.model.is_empty() && found.first_model.is_none();
        if unnamed || !found.proven {
            // A server without a list of models may still answer; one that is not there will not.
            match self.probe().await {
                Ok(_) => {}
                Err(fault @ RequestFault::Unreachable { .. }) => {
                    return Err(ChatError { fault, retry: super::fault::Retry::Away });
                }
                Err(fault @ (RequestFault::Unauthorized { .. } | RequestFault::NotAnApi { .. })) => {
                    return Err(ChatError::never(fault));
                }
                Err(_) => self.learn(|found| found.proven = true),
            }
        }
        let found = self.found();
        let model = match (&request.model, found.first_model) {
            (named, _) if !named.is_empty() => named.clone(),
            (_, first) => first.unwrap_or_default(),
        };
        let mut quirks = found.quirks;
        loop {
            match self.ask(request, &found.base, &model, quirks, &mut progress).await {
                Err(ChatError { fault: RequestFault::Refused { status: 400 | 422, said }, .. })
                    if quirk_in(&said, &mut quirks) =>
                {
                    self.learn(|found| found.quirks = quirks);
                }
                Err(ChatError { fault: RequestFault::NoSuchModel { model, said, .. }, retry }) => {
                    let models = self.probe().await.map(|info| info.models).unwrap_or_default();
                    return Err(ChatError { fault: RequestFault::NoSuchModel { model, said, models }, retry });
                }
                other => return other,
            }
        }
    }

    async fn ask(
        &self,
        request: &ChatRequest,
        base: &str,
        model: &str,
        quirks: Quirks,
        progress: &mut (impl FnMut(usize) + Send),
    ) -> Result<ChatAnswer, ChatError> {
        let began = Instant::now();
        let url = format!("{base}/chat/completions");
        let body = wire::body(request, model, quirks);
        let sent = self.with_key(self.http.post(&url)).json(&body).send().await;
        let response = sent.map_err(|error| self.transport(&error, &url))?;
        let (status, kind) = (response.status(), content_type(response.headers()));
        let after = retry_after(response.headers());
        if status != StatusCode::OK {
            let body = self.text(response).await?;
            return Err(fault::from_answer(status.as_u16(), &kind, &body, after, model));
        }
        if kind.contains("html") {
            let body = self.text(response).await?;
            return Err(ChatError::never(RequestFault::NotAnApi { status: 200, said: fault::title(&body) }));
        }
        let mut assembly = Assembly::default();
        let mut first_token = None;
        if kind.contains("event-stream") {
            let mut events = response.bytes_stream().eventsource();
            while let Some(event) = events.next().await {
                // The bytes ended or failed in the middle: what had ended before is kept, the rest is not.
                let event = match event {
                    Ok(event) => event,
                    Err(EventStreamError::Transport(error)) if error.is_timeout() => {
                        return Err(self.transport(&error, &url));
                    }
                    Err(_) => break,
                };
                let characters = assembly.take(&event.data).map_err(|error| self.hide_key(error))?;
                if characters > 0 {
                    first_token.get_or_insert_with(|| began.elapsed());
                    progress(characters);
                }
            }
        } else {
            // A plain answer to a request for a stream, perhaps after blank lines (DeepSeek, LM Studio).
            let body = response.text().await.map_err(|_| ChatError::later(RequestFault::CutStream))?;
            let chunk: Chunk = serde_json::from_str(body.trim()).map_err(|error| {
                ChatError::later(if fault::looks_like_html(&kind, &body) {
                    RequestFault::NotAnApi { status: 200, said: fault::title(&body) }
                } else {
                    RequestFault::Garbled { said: error.to_string() }
                })
            })?;
            progress(assembly.add(chunk).map_err(|error| self.hide_key(error))?);
        }
        let usage = assembly.usage;
        let choices = assembly.finish()?;
        Ok(ChatAnswer {
            model: model.to_owned(),
            choices,
            prompt_tokens: usage.and_then(|usage| usage.prompt_tokens),
            completion_tokens: usage.and_then(|usage| usage.completion_tokens),
            first_token,
            total: began.elapsed(),
        })
    }

    /// Look the key up, once; what was not found is looked for again.
    async fn find_key(&self) -> Result<(), RequestFault> {
        let find = || async {
            let finder = Arc::clone(&self.access.key);
            let found = tokio::task::spawn_blocking(move || finder()).await;
            found.unwrap_or_else(|error| {
                Err(RequestFault::NoKey { place: "keyring".to_owned(), said: error.to_string() })
            })
        };
        self.key.get_or_try_init(find).await.map(drop)
    }

    fn known_key(&self) -> Option<&ApiKey> {
        self.key.get().and_then(Option::as_ref)
    }

    fn with_key(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match self.known_key() {
            Some(key) => request.bearer_auth(key.reveal()),
            None => request,
        }
    }

    fn transport(&self, error: &reqwest::Error, url: &str) -> ChatError {
        fault::from_transport(error, url, self.timeouts.idle)
    }

    fn hide_key(&self, mut error: ChatError) -> ChatError {
        if let (Some(key), RequestFault::BrokeOff { said } | RequestFault::Garbled { said }) =
            (self.known_key(), &mut error.fault)
        {
            *said = key.hide_in(said);
        }
        error
    }

    /// The start of an answer's text, without the key should the server echo it.
    async fn text(&self, response: Response) -> Result<String, ChatError> {
        let mut bytes = Vec::new();
        let mut pieces = response.bytes_stream();
        while let Some(piece) = pieces.next().await {
            bytes.extend_from_slice(&piece.map_err(|_| ChatError::later(RequestFault::CutStream))?);
            if bytes.len() > ERROR_BODY * 64 {
                break;
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(self.known_key().map_or_else(|| text.clone(), |key| key.hide_in(&text)))
    }
}

/// Whether a refusal names a field that can be left out or renamed; notes that in `quirks`.
fn quirk_in(said: &str, quirks: &mut Quirks) -> bool {
    let lower = said.to_lowercase();
    let before = *quirks;
    quirks.completion_tokens |= lower.contains("max_completion_tokens");
    quirks.no_usage |= lower.contains("stream_options");
    *quirks != before
}

fn content_type(headers: &HeaderMap) -> String {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.unwrap_or_default().to_ascii_lowercase()
}

/// `Retry-After` in seconds; the form with a date is not used by these servers.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: f64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    (seconds.is_finite() && seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(LONGEST_WAIT.as_secs_f64())))
}
