//! Who a server is: its list of models, and the signs by which its kind is known.

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::client::Client;
use super::exchange::{content_type, read_some};
use super::fault::{self, ChatError, HEAD, Retry};
use super::wire::{Model, Models};
use crate::domain::{RequestFault, ServerInfo, ServerKind};

/// Bytes of a list of models; OpenRouter's has about one million.
const LIST: usize = 8 << 20;
/// Bytes of the description of a server's paths.
const PATHS: usize = 2 << 20;
/// How long a sign is waited for.
const SIGN: Duration = Duration::from_secs(3);

/// A list of models and where it came from.
pub(super) struct Listed {
    pub(super) base: String,
    pub(super) models: Vec<String>,
    owned_by: Option<String>,
    context_tokens: Option<u32>,
    /// What the head of the answer tells.
    kind: ServerKind,
    millis: u32,
}

impl Client {
    /// Ask for the models, and find out what kind of server it is. Finds out whether the base needs `/v1`. Hosted
    /// services are asked for their models only.
    pub async fn probe(&self) -> Result<ServerInfo, RequestFault> {
        let listed = self.find_models().await.map_err(|error| self.seal(error.fault))?;
        let mut info = ServerInfo {
            base_url: self.hide(&listed.base),
            models: listed.models,
            owned_by: listed.owned_by,
            kind: listed.kind,
            version: None,
            context_tokens: listed.context_tokens,
            millis: listed.millis,
        };
        self.find_kind(&mut info).await;
        info.version = info.version.map(|version| fault::clip(&self.hide(&version)));
        Ok(info)
    }

    /// Whether the server answers at all: `Err` while it is not there, or starts.
    pub async fn is_there(&self) -> Result<(), RequestFault> {
        match self.find_models().await {
            Err(ChatError { fault, retry: Retry::Away }) => Err(self.seal(fault)),
            Err(ChatError { fault: fault @ RequestFault::Busy { status: 502..=504, .. }, .. }) => Err(self.seal(fault)),
            _ => Ok(()),
        }
    }

    /// Ask for the models where they may be.
    pub(super) async fn find_models(&self) -> Result<Listed, ChatError> {
        self.find_key().await.map_err(ChatError::never)?;
        let found = self.found();
        let bases = if found.proven { vec![found.base] } else { self.address.bases.clone() };
        let mut worst: Option<ChatError> = None;
        for base in bases {
            match self.models_at(&base).await {
                Ok(listed) => {
                    self.learn(|found| {
                        found.base.clone_from(&listed.base);
                        (found.looked, found.proven) = (true, true);
                        found.first_model = listed.models.first().cloned();
                    });
                    return Ok(listed);
                }
                Err(error) => {
                    let is_last = matches!(
                        error.fault,
                        RequestFault::Unreachable { .. }
                            | RequestFault::Unauthorized { .. }
                            | RequestFault::Redirected { .. }
                            | RequestFault::BadSetting { .. }
                            | RequestFault::TimedOut { .. }
                    );
                    if worst.as_ref().is_none_or(|worst| weight(&error.fault) >= weight(&worst.fault)) {
                        worst = Some(error);
                    }
                    if is_last {
                        break;
                    }
                }
            }
        }
        Err(worst.unwrap_or_else(|| ChatError::never(RequestFault::Garbled { said: String::new() })))
    }

    async fn models_at(&self, base: &str) -> Result<Listed, ChatError> {
        let began = Instant::now();
        // Azure lists what could be deployed at the root; what is deployed, only the address tells.
        let url = match &self.address.deployment {
            Some(_) => self.address.at(&self.address.root, "/openai/models"),
            None => self.address.at(base, "/models"),
        };
        let response = self.send(Method::GET, &url, None, Some(self.timeouts.connect * 2)).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let kind = content_type(&headers);
        if status != 200 {
            let body = self.some_text(response, HEAD).await;
            return Err(fault::from_answer(status, &kind, &body, None, ""));
        }
        let (bytes, is_cut) = read_some(response, LIST).await;
        if is_cut {
            return Err(ChatError::never(RequestFault::TooLarge { mebibytes: (LIST >> 20) as u32 }));
        }
        let body = self.hide(&String::from_utf8_lossy(&bytes));
        let Models(models) = Models::read(&body).map_err(|error| {
            ChatError::never(if fault::looks_like_html(&kind, &body) {
                RequestFault::NotAnApi { status, said: fault::title(&body) }
            } else {
                // LM Studio says what is wrong with a path under 200.
                let words = fault::words(&body);
                let said = if words.len() < body.trim().len() { words } else { error.to_string() };
                RequestFault::Garbled { said }
            })
        })?;
        let first = models.first();
        let names = models.iter().map(|model| model.id.clone()).filter(|name| !name.is_empty());
        Ok(Listed {
            base: base.to_owned(),
            owned_by: first.and_then(|model| model.owned_by.clone()),
            context_tokens: first.and_then(Model::context_tokens),
            kind: self.told_kind(first, &headers),
            models: match &self.address.deployment {
                Some(name) => vec![name.clone()],
                None => names.collect(),
            },
            millis: began.elapsed().as_millis() as u32,
        })
    }

    /// The kind as the host, the head of an answer, or the first model tells it.
    fn told_kind(&self, first: Option<&Model>, headers: &HeaderMap) -> ServerKind {
        if self.address.kind != ServerKind::Unknown {
            return self.address.kind;
        }
        if headers.keys().any(|name| name.as_str().starts_with("x-litellm-")) {
            return ServerKind::LiteLlm;
        }
        if headers.get("server").is_some_and(|server| server.as_bytes() == b"llama.cpp") {
            return ServerKind::LlamaCpp;
        }
        match first.and_then(|model| model.owned_by.as_deref()).unwrap_or_default() {
            "vllm" => ServerKind::Vllm,
            "sglang" => ServerKind::Sglang,
            "llamacpp" => ServerKind::LlamaCpp,
            "lmdeploy" => ServerKind::LmDeploy,
            "library" => ServerKind::Ollama,
            "me" => ServerKind::LlamaCppPython,
            "organization_owner" => ServerKind::LmStudio,
            "infinity" => ServerKind::Infinity,
            "pairloom-sample" => ServerKind::Sample,
            _ => ServerKind::Unknown,
        }
    }

    /// Look for the signs of the kinds, all at once; asks neighbours only, and others for the version alone when they
    /// told what they are.
    pub(super) async fn find_kind(&self, info: &mut ServerInfo) {
        if info.kind.is_hosted() || !(self.address.is_near || info.kind != ServerKind::Unknown) {
            return;
        }
        match info.kind {
            ServerKind::Vllm => info.version = self.text_at("/version", "version").await,
            ServerKind::Sglang => info.version = self.text_at("/get_server_info", "version").await,
            ServerKind::Ollama => info.version = self.text_at("/api/version", "version").await,
            ServerKind::LlamaCpp => info.version = self.text_at("/props", "build_info").await,
            ServerKind::LmStudio => self.is_lm_studio(info).await,
            ServerKind::Unknown => self.look_for_signs(info).await,
            _ => {}
        }
    }

    async fn look_for_signs(&self, info: &mut ServerInfo) {
        let (model_info, version, front, props, studio, about, alive, paths) = tokio::join!(
            self.json_at("/model_info", HEAD),
            self.text_at("/version", "version"),
            self.words_at("/"),
            self.json_at("/props", HEAD),
            self.json_at("/api/v0/models", LIST),
            self.json_at("/info", HEAD),
            self.words_at("/health/liveliness"),
            self.json_at("/openapi.json", PATHS),
        );
        let path = |name: &str| paths.as_ref().is_some_and(|all| all["paths"].get(name).is_some());
        let has = |value: &Option<Value>, field: &str| value.as_ref().is_some_and(|value| value.get(field).is_some());
        let text = |value: &Option<Value>, field: &str| value.as_ref()?.get(field)?.as_str().map(str::to_owned);
        // SGLang also answers as Ollama does: it is asked about first.
        if has(&model_info, "is_generation") || has(&model_info, "model_path") {
            info.kind = ServerKind::Sglang;
        } else if front.as_deref().is_some_and(|words| words.contains("Ollama is running")) {
            info.kind = ServerKind::Ollama;
            info.version = self.text_at("/api/version", "version").await;
        } else if has(&about, "model_type") {
            (info.kind, info.version) = (ServerKind::Tei, text(&about, "version"));
        } else if has(&about, "model_id") && has(&about, "version") {
            (info.kind, info.version) = (ServerKind::Tgi, text(&about, "version"));
            let tokens = about.as_ref().and_then(|about| about.get("max_total_tokens")).and_then(Value::as_u64);
            info.context_tokens = info.context_tokens.or(tokens.and_then(|tokens| u32::try_from(tokens).ok()));
        } else if has(&props, "default_generation_settings") || has(&props, "build_info") {
            (info.kind, info.version) = (ServerKind::LlamaCpp, text(&props, "build_info"));
        } else if has(&studio, "data") {
            info.kind = ServerKind::LmStudio;
            studio_context(info, studio.as_ref());
        } else if alive.as_deref().is_some_and(|words| words.contains("I'm alive")) {
            info.kind = ServerKind::LiteLlm;
        } else if path("/get_reward") {
            info.kind = ServerKind::RewardServer;
        } else if version.is_some() {
            (info.kind, info.version) = (ServerKind::Vllm, version);
        } else if path("/v1/responses") && path("/v1/audio/transcriptions") {
            // transformers serve 5.23 tells its name nowhere; of those above, none is left that has both paths.
            info.kind = ServerKind::Transformers;
        }
    }

    async fn is_lm_studio(&self, info: &mut ServerInfo) {
        let own = self.json_at("/api/v0/models", LIST).await;
        studio_context(info, own.as_ref());
    }

    async fn text_at(&self, path: &str, field: &str) -> Option<String> {
        self.json_at(path, PATHS).await?.get(field)?.as_str().map(str::to_owned)
    }

    pub(super) async fn json_at(&self, path: &str, most: usize) -> Option<Value> {
        serde_json::from_slice(&self.bytes_at(path, most).await?).ok()
    }

    async fn words_at(&self, path: &str) -> Option<String> {
        Some(String::from_utf8_lossy(&self.bytes_at(path, HEAD).await?).into_owned())
    }

    /// What the server has at a path from its root, under 200. Its root may be a path of a proxy's.
    async fn bytes_at(&self, path: &str, most: usize) -> Option<Vec<u8>> {
        let base = self.found().base;
        let url = self.address.at(base.strip_suffix("/v1").unwrap_or(&base), path);
        let patience = SIGN.min(self.timeouts.connect * 2);
        let response = self.send(Method::GET, &url, None, Some(patience)).await.ok()?;
        let is_good = response.status() == 200;
        let (bytes, is_cut) = read_some(response, most).await;
        (is_good && !is_cut).then_some(bytes)
    }
}

/// LM Studio tells the context of a model in its own list only.
fn studio_context(info: &mut ServerInfo, own: Option<&Value>) {
    let models = own.and_then(|own| Models::read(&own.to_string()).ok());
    let first = info.models.first();
    let mut all = models.iter().flat_map(|models| &models.0);
    let same = all.find(|model| Some(&model.id) == first).and_then(Model::context_tokens);
    info.context_tokens = info.context_tokens.or(same);
}

/// How much a fault tells: of two addresses that both do not work, the one that says more is told about.
fn weight(fault: &RequestFault) -> u8 {
    match fault {
        RequestFault::Refused { status: 404 | 405, .. } => 0,
        RequestFault::NoSuchModel { .. } => 1,
        RequestFault::NotAnApi { .. } | RequestFault::Garbled { .. } => 2,
        _ => 3,
    }
}
