//! One server, one request at a time; many may run at once.

use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, redirect};
use tokio::sync::OnceCell;

use super::access::Access;
use super::address::{self, Address};
use super::chat::{ChatAnswer, ChatRequest};
use super::exchange::{content_type, read_some};
use super::fault::{self, ChatError, HEAD, Retry};
use super::intake::Intake;
use super::quirks::Quirks;
use super::secret::Secrets;
use super::stream::Assembly;
use super::{wait, wire};
use crate::domain::{RequestFault, ServerKind};

/// How long the rest of a stream is waited for once its end was said, so that the connection can be used again.
const FAREWELL: Duration = Duration::from_millis(500);

/// How long silence is taken for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: Duration,
    /// Between two pieces of an answer; models on slow machines take minutes before the first token.
    pub idle: Duration,
    /// Without any text, however many comments keep the connection alive. DeepSeek closes after half an hour.
    pub patience: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let patience = Duration::from_secs(35 * 60);
        Self { connect: Duration::from_secs(10), idle: Duration::from_secs(300), patience }
    }
}

/// A client of one server; clones share its connections.
#[derive(Clone)]
pub struct Client {
    pub(super) http: reqwest::Client,
    pub(super) address: Arc<Address>,
    access: Access,
    /// What is never to be seen, as far as the settings name it.
    secrets: Arc<Secrets>,
    key: Arc<OnceCell<Known>>,
    pub(super) timeouts: Timeouts,
    shared: Arc<Mutex<Found>>,
}

/// The key, once it was looked up.
pub(super) struct Known {
    pub(super) header: Option<(HeaderName, HeaderValue)>,
    secrets: Secrets,
}

/// What was found out about the server.
#[derive(Clone, Default)]
pub(super) struct Found {
    /// The base that requests go to.
    pub(super) base: String,
    /// It was looked for.
    pub(super) looked: bool,
    /// `base` has answered as an API.
    pub(super) proven: bool,
    pub(super) quirks: Quirks,
    /// What it is, as far as its list of models tells.
    pub(super) kind: ServerKind,
    /// The first model that the server lists.
    pub(super) first_model: Option<String>,
}

/// What came of one request.
pub(super) struct Asked {
    pub(super) assembly: Assembly,
    /// What is wrong with it, if anything.
    pub(super) wrong: Option<ChatError>,
    pub(super) first_token: Option<Duration>,
    pub(super) total: Duration,
    pub(super) seed: Option<u64>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.hide(&self.found().base)).finish_non_exhaustive()
    }
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
        let mut secrets = Secrets::default();
        let place = Address::parse(address, &mut secrets)?;
        let mut headers = access.header_map(&mut secrets)?;
        // Nothing is unpacked here, so that a small answer cannot become a large one.
        headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("identity"));
        let builder = reqwest::Client::builder()
            .connect_timeout(timeouts.connect)
            .read_timeout(timeouts.idle)
            .tcp_nodelay(true)
            // Redirects are looked at one by one: the key goes nowhere but to the host that the person named.
            .redirect(redirect::Policy::none())
            .referer(false)
            .default_headers(headers);
        let builder = access.apply_proxy(builder, place.is_loopback, &mut secrets)?;
        let http = builder.build().map_err(|error| RequestFault::BadSetting {
            place: address::shown(address.trim()),
            said: fault::clip(&secrets.hide(&error.to_string())),
        })?;
        let base = place.bases.first().cloned().unwrap_or_default();
        let first_model = place.deployment.clone();
        let shared = Arc::new(Mutex::new(Found { base, first_model, kind: place.kind, ..Found::default() }));
        let (address, secrets) = (Arc::new(place), Arc::new(secrets));
        Ok(Self { http, address, access, secrets, key: Arc::default(), timeouts, shared })
    }

    pub(super) fn found(&self) -> Found {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn learn(&self, learn: impl FnOnce(&mut Found)) {
        learn(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Send one request and wait for its end. No retries; dropping the future ends the connection. `progress` is told
    /// how many characters came.
    pub async fn chat(
        &self,
        request: &ChatRequest,
        progress: impl FnMut(usize) + Send,
    ) -> Result<ChatAnswer, ChatError> {
        self.converse(request, progress).await.map_err(|error| self.seal_error(error))
    }

    async fn converse(
        &self,
        request: &ChatRequest,
        progress: impl FnMut(usize) + Send,
    ) -> Result<ChatAnswer, ChatError> {
        let (model, asked) = self.ask_somehow(request, progress).await?;
        let (seen, usage) = (asked.assembly.seen(), asked.assembly.usage());
        let mut choices = match asked.wrong {
            None => asked.assembly.finish()?,
            Some(error) => asked.assembly.rescue(error)?,
        };
        for choice in &mut choices {
            self.hide_in_reply(&mut choice.text);
            if let Some(reasoning) = &mut choice.reasoning {
                self.hide_in_reply(reasoning);
            }
            choice.finish_reason = choice.finish_reason.take().map(|reason| fault::clip(&self.hide(&reason)));
        }
        Ok(ChatAnswer {
            model,
            choices,
            seen,
            seed: asked.seed,
            prompt_tokens: usage.prompt_tokens(),
            completion_tokens: usage.completion_tokens(),
            first_token: asked.first_token,
            total: asked.total,
        })
    }

    /// Find the base and the model, then ask, without the fields that the server refuses.
    pub(super) async fn ask_somehow(
        &self,
        request: &ChatRequest,
        mut progress: impl FnMut(usize) + Send,
    ) -> Result<(String, Asked), ChatError> {
        self.find_key().await.map_err(ChatError::never)?;
        let found = self.found();
        if !found.looked || (request.model.is_empty() && found.first_model.is_none()) {
            // A server without a list of models may still answer; one that is not there will not.
            match self.find_models().await {
                Ok(_) => {}
                Err(error) if error.retry == Retry::Away => return Err(error),
                Err(error)
                    if matches!(
                        error.fault,
                        RequestFault::Unauthorized { .. }
                            | RequestFault::Redirected { .. }
                            | RequestFault::BadSetting { .. }
                    ) =>
                {
                    return Err(error);
                }
                // A page in place of the list; without a name for the model there is nothing to ask for.
                Err(error) if matches!(error.fault, RequestFault::NotAnApi { .. }) => {
                    if request.model.is_empty() {
                        return Err(error);
                    }
                }
                Err(_) => self.learn(|found| found.looked = true),
            }
        }
        let found = self.found();
        let model = match (&request.model, found.first_model) {
            (named, _) if !named.is_empty() => named.clone(),
            (_, first) => first.unwrap_or_default(),
        };
        let (mut quirks, mut bases) = (found.quirks, vec![found.base]);
        if !found.proven {
            bases.extend(self.address.bases.iter().filter(|base| **base != bases[0]).cloned().collect::<Vec<_>>());
        }
        let mut at = 0;
        loop {
            let error = match self.ask(request, &bases[at], &model, quirks, &mut progress).await {
                Ok(asked) => {
                    if !found.proven {
                        let base = bases.swap_remove(at);
                        self.learn(|found| (found.base, found.proven, found.looked) = (base, true, true));
                    }
                    return Ok((model, asked));
                }
                Err(error) => error,
            };
            match &error.fault {
                RequestFault::Refused { status: 400 | 422, said } if quirks.learn(said, request) => {
                    self.learn(|found| found.quirks = quirks);
                }
                RequestFault::Refused { status: 404 | 405, .. } | RequestFault::NotAnApi { .. }
                    if at + 1 < bases.len() =>
                {
                    at += 1;
                }
                RequestFault::NoSuchModel { model, said, .. } => {
                    let models = self.find_models().await.map(|listed| listed.models).unwrap_or_default();
                    let fault = RequestFault::NoSuchModel { model: model.clone(), said: said.clone(), models };
                    return Err(ChatError { fault, retry: error.retry });
                }
                _ => return Err(error),
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
    ) -> Result<Asked, ChatError> {
        let began = Instant::now();
        let url = self.address.at(base, "/chat/completions");
        let body = wire::body(request, model, quirks, self.found().kind);
        let seed = wire::seed_in(&body);
        let mut response = self.send(Method::POST, &url, Some(body.to_string().into_bytes()), None).await?;
        let status = response.status().as_u16();
        if status != 200 {
            let kind = content_type(response.headers());
            let after = wait::retry_after(response.headers(), jiff::Timestamp::now());
            let body = self.some_text(response, HEAD).await;
            return Err(fault::from_answer(status, &kind, &body, after, model));
        }
        let mut intake = Intake::default();
        let (mut first_token, mut last_text) = (None, Instant::now());
        let failed = loop {
            match response.chunk().await {
                Ok(Some(piece)) => match intake.feed(&piece) {
                    Ok(0) if last_text.elapsed() > self.timeouts.patience => {
                        let seconds = self.timeouts.patience.as_secs();
                        break Some(ChatError::later(RequestFault::TimedOut { seconds }));
                    }
                    Ok(0) => {}
                    Ok(characters) => {
                        first_token.get_or_insert_with(|| began.elapsed());
                        last_text = Instant::now();
                        progress(characters);
                    }
                    Err(error) => break Some(error),
                },
                // The bytes ended, or failed in the middle: what had ended before is kept, the rest is not.
                Ok(None) => break None,
                Err(error) if error.is_timeout() => break Some(self.transport(&error, &url, self.timeouts.idle)),
                Err(_) => break Some(ChatError::later(RequestFault::CutStream)),
            }
            if intake.is_done() {
                // A connection that was read to its end is used again; one that goes on for ever is not.
                let rest = async { while let Ok(Some(_)) = response.chunk().await {} };
                drop(tokio::time::timeout(FAREWELL, rest).await);
                break None;
            }
        };
        let total = began.elapsed();
        let (assembly, wrong) = match failed {
            Some(error) => (intake.into_assembly(), Some(error)),
            None => intake.end(),
        };
        Ok(Asked { assembly, wrong, first_token, total, seed })
    }

    /// Look the key up, once; what was not found is looked for again.
    pub(super) async fn find_key(&self) -> Result<&Known, RequestFault> {
        let find = || async {
            let finder = Arc::clone(&self.access.key);
            let found = tokio::task::spawn_blocking(move || finder()).await;
            let key = found.unwrap_or_else(|error| {
                Err(RequestFault::NoKey { place: "keyring".to_owned(), said: error.to_string() })
            })?;
            let mut secrets = (*self.secrets).clone();
            let Some(key) = key else { return Ok(Known { header: None, secrets }) };
            secrets.add(key.reveal());
            let (name, value) = match self.address.kind {
                ServerKind::Azure => (HeaderName::from_static("api-key"), key.reveal().to_owned()),
                _ => (AUTHORIZATION, format!("Bearer {}", key.reveal())),
            };
            // The library's words would say where the bad letter is, and so what stands around it.
            let mut value = HeaderValue::try_from(value).map_err(|_| RequestFault::BadSetting {
                place: "key".to_owned(),
                said: "it has letters that no header takes, a line break perhaps".to_owned(),
            })?;
            value.set_sensitive(true);
            let named = |header: &str| self.access.headers.keys().any(|name| name.trim().eq_ignore_ascii_case(header));
            // What the person wrote goes before.
            let written = named("authorization") || named(name.as_str()) || self.address.basic.is_some();
            Ok(Known { header: (!written).then_some((name, value)), secrets })
        };
        self.key.get_or_try_init(find).await
    }

    /// A text without any secret.
    pub(super) fn hide(&self, text: &str) -> String {
        self.key.get().map_or(&*self.secrets, |known| &known.secrets).hide(text)
    }

    pub(super) fn hide_in_reply(&self, text: &mut String) {
        self.key.get().map_or(&*self.secrets, |known| &known.secrets).hide_in_reply(text);
    }

    /// A fault as it may leave this module: without any secret, its words no longer than a person reads.
    pub(super) fn seal(&self, fault: RequestFault) -> RequestFault {
        fault::mend_words(fault, &|text| {
            let secrets = self.key.get().map_or(&*self.secrets, |known| &known.secrets);
            fault::clip(&if text.len() >= HEAD { secrets.hide_cut(text) } else { secrets.hide(text) })
        })
    }

    pub(super) fn seal_error(&self, error: ChatError) -> ChatError {
        ChatError { fault: self.seal(error.fault), retry: error.retry }
    }

    pub(super) fn transport(&self, error: &reqwest::Error, url: &str, patience: Duration) -> ChatError {
        fault::from_transport(error, &address::shown(url), patience)
    }

    /// The start of a body as text. Short ones are read to their end, so that the connection can be used again.
    pub(super) async fn some_text(&self, response: reqwest::Response, most: usize) -> String {
        let (bytes, is_cut) = read_some(response, most).await;
        let text = String::from_utf8_lossy(&bytes);
        let secrets = self.key.get().map_or(&*self.secrets, |known| &known.secrets);
        if is_cut { secrets.hide_cut(&text) } else { secrets.hide(&text) }
    }
}
