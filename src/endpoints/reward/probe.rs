//! A look at a reward server: how it is asked, and what its numbers are. Each step is one call, most of a few dozen
//! tokens; a server's version only chooses what is tried first and which flag a person is told.

use serde_json::json;

use super::super::fault::HEAD;
use super::presets::{PRESETS, preset, vllm_classify, vllm_pooling, without};
use super::template::Template;
use super::trial::{GOOD, MOST_LABELS, Miss, QUESTION};
use super::{RewardClient, RewardItem, body};
use crate::domain::{
    ChatTemplate, Prompt, RequestFault, RewardFault, RewardFinding, RewardRequest, RewardServer, ServerInfo, ServerKind,
};

/// Bytes of the description of a server's paths.
const PATHS: usize = 2 << 20;

/// A look under way.
pub(super) struct Look<'a> {
    pub(super) client: &'a RewardClient,
    template: Option<&'a Template>,
    pub(super) server: ServerInfo,
    pub(super) model: String,
    /// Paths that were tried.
    pub(super) tried: Vec<String>,
    /// What the last of them said, unless it was only that it is not there.
    pub(super) said: Option<RequestFault>,
}

impl RewardClient {
    /// Find out how the server is asked and what its numbers are; sends a good and a bad reply and a few more. Costs
    /// little; only when a person wants it.
    pub async fn probe(&self) -> Result<RewardFinding, RewardFault> {
        self.look().await.map_err(|fault| self.seal(fault))
    }

    async fn look(&self) -> Result<RewardFinding, RewardFault> {
        let template = self.template.as_ref().map_err(Clone::clone)?.as_deref();
        let fixed = match &self.settings.server {
            RewardServer::Find => None,
            RewardServer::Preset(name) => Some(preset(name).ok_or_else(|| RewardFault::BadSetting {
                setting: "server".to_owned(),
                said: format!("{name}; known: {}", PRESETS.join(", ")),
            })?),
            RewardServer::Custom(request) => Some(checked(request)?),
        };
        if let Some(request) = &fixed
            && template.is_none()
            && body::wants_text(&request.body)
        {
            return Err(RewardFault::NeedsTemplate { path: request.path.clone() });
        }
        let server = self.who().await?;
        let model =
            if self.model.is_empty() { server.models.first().cloned().unwrap_or_default() } else { self.model.clone() };
        let mut look = Look { client: self, template, server, model, tried: Vec::new(), said: None };
        match fixed {
            Some(request) => look.fixed(request).await,
            None => look.find().await,
        }
    }

    /// Who the server is. One without a list of models may give rewards all the same.
    async fn who(&self) -> Result<ServerInfo, RewardFault> {
        match self.client.probe().await {
            Ok(server) => Ok(server),
            Err(
                RequestFault::Refused { .. }
                | RequestFault::Garbled { .. }
                | RequestFault::NotAnApi { .. }
                | RequestFault::NoSuchModel { .. },
            ) => {
                let mut server = ServerInfo { kind: self.client.address.kind, ..ServerInfo::default() };
                self.client.find_kind(&mut server).await;
                Ok(server)
            }
            Err(fault) => Err(RewardFault::Request(fault)),
        }
    }

    /// A fault as it may leave this module: no secret, no endless words.
    fn seal(&self, fault: RewardFault) -> RewardFault {
        match fault {
            RewardFault::Request(fault) => RewardFault::Request(self.client.seal(fault)),
            RewardFault::NoPath { tried, said } => RewardFault::NoPath { tried, said: self.hide(&said) },
            RewardFault::ChooseLabel { labels } => {
                RewardFault::ChooseLabel { labels: labels.iter().map(|label| self.hide(label)).collect() }
            }
            RewardFault::NoNumber { why } => RewardFault::NoNumber { why: self.hide_reason(why) },
            other => other,
        }
    }
}

impl Look<'_> {
    /// A request that a person or a preset names: what comes of it is told, and nothing else is tried.
    async fn fixed(&mut self, request: RewardRequest) -> Result<RewardFinding, RewardFault> {
        match self.attempt(request).await {
            Ok(finding) => Ok(finding),
            Err(Miss::Fault(fault)) => Err(fault),
            Err(Miss::Path(_)) => Err(self.no_path()),
        }
    }

    async fn find(&mut self) -> Result<RewardFinding, RewardFault> {
        let about = |path: &'static str| self.client.client.json_at(path, HEAD);
        let mut most = 0;
        let name = match self.server.kind {
            ServerKind::Sglang => {
                let told = match about("/model_info").await {
                    Some(told) => Some(told),
                    None => about("/get_model_info").await,
                };
                if told.is_some_and(|told| told["is_generation"] == true) {
                    return Err(RewardFault::ChatModel);
                }
                Some("sglang")
            }
            ServerKind::Tei => {
                let told = about("/info").await.unwrap_or_default();
                if told["model_type"].get("embedding").is_some() {
                    return Err(RewardFault::Embeddings);
                }
                most = told["max_client_batch_size"].as_u64().and_then(|most| u32::try_from(most).ok()).unwrap_or(0);
                Some("tei")
            }
            ServerKind::Infinity => Some("infinity"),
            ServerKind::RewardServer => Some("openrlhf"),
            ServerKind::LmDeploy => Some("lmdeploy"),
            ServerKind::Unknown => {
                let paths = self.client.client.json_at("/openapi.json", PATHS).await;
                let has = |path: &str| paths.as_ref().is_some_and(|all| all["paths"].get(path).is_some());
                match () {
                    () if has("/get_reward") => Some("openrlhf"),
                    () if has("/v1/score/evaluation") => Some("llama-factory"),
                    () => None,
                }
            }
            _ => None,
        };
        let missed = match name.and_then(preset) {
            Some(request) if most == 0 => self.attempt(request).await,
            Some(request) => self.attempt(RewardRequest { most, ..request }).await,
            None => self.vllm().await,
        };
        match missed {
            Ok(finding) => Ok(finding),
            Err(Miss::Fault(fault)) => Err(fault),
            Err(Miss::Path(_)) => self.chat().await,
        }
    }

    /// vLLM of any version, and what behaves like it.
    async fn vllm(&mut self) -> Result<RewardFinding, Miss> {
        let as_messages = self.template.is_none();
        let has_marks = self.template.is_some_and(Template::holds_marks);
        let pooling = vllm_pooling(as_messages, has_marks);
        let mut came = self.attempt(pooling.clone()).await;
        if matches!(&came, Err(Miss::Path(RequestFault::Refused { said, .. })) if names_task(said)) {
            // Another task is the server's own: a model that scores tokens, or one that makes vectors.
            came = self.attempt(without(&pooling, &["task"])).await;
        }
        // vLLM 0.10.0 gives hidden states at one path and rewards at the other.
        let first = match came {
            Err(miss @ (Miss::Path(_) | Miss::Fault(RewardFault::HiddenStates { .. } | RewardFault::Embeddings))) => {
                miss
            }
            other => return other,
        };
        match self.attempt(vllm_classify(as_messages, has_marks)).await {
            Err(Miss::Path(_)) => {}
            other => return other,
        }
        if as_messages && let Some(path) = self.path_for_texts().await {
            return Err(Miss::Fault(RewardFault::NeedsTemplate { path }));
        }
        Err(first)
    }

    /// The path that would give rewards for finished texts.
    async fn path_for_texts(&mut self) -> Option<String> {
        let template = Template::new(&ChatTemplate::ChatMl).ok()??;
        for request in [vllm_pooling(false, true), vllm_classify(false, true)] {
            let prompt = Prompt::new(None, QUESTION);
            let item = RewardItem { prompt: &prompt, reply: GOOD };
            let Ok(material) = self.client.material_by(Some(&template), &request, &item) else { continue };
            if let Ok(tried) = self.ask(&request, &material).await
                && (1..=MOST_LABELS).contains(&tried.table.width())
            {
                return Some(request.path);
            }
        }
        None
    }

    /// The last path: reward models that answer as chats do (NVIDIA's), or a chat model.
    async fn chat(&mut self) -> Result<RewardFinding, RewardFault> {
        let failed = self.no_path();
        if !self.server.kind.chats() {
            return Err(failed);
        }
        let Some(mut request) = preset("nim") else { return Err(failed) };
        request.body["max_tokens"] = json!(16);
        match self.attempt(request).await {
            Ok(mut finding) => {
                finding.request = without(&finding.request, &["max_tokens"]);
                Ok(finding)
            }
            Err(Miss::Fault(fault @ RewardFault::ChooseLabel { .. })) => Err(fault),
            // Words, or nothing but thoughts: whoever writes them is no reward model.
            Err(Miss::Fault(RewardFault::ChatModel | RewardFault::NoNumber { .. })) => Err(RewardFault::ChatModel),
            // The path is there, and its model does not go on after an assistant.
            Err(Miss::Path(RequestFault::Refused { status: 400 | 422, said })) if !said.contains("not support") => {
                Err(RewardFault::ChatModel)
            }
            Err(_) => Err(failed),
        }
    }

    fn no_path(&self) -> RewardFault {
        match &self.said {
            Some(fault @ RequestFault::NotAnApi { .. }) => RewardFault::Request(fault.clone()),
            said => {
                let said = match said {
                    Some(
                        RequestFault::Refused { said, .. }
                        | RequestFault::Busy { said, .. }
                        | RequestFault::Garbled { said }
                        | RequestFault::BrokeOff { said },
                    ) => said.clone(),
                    _ => String::new(),
                };
                RewardFault::NoPath { tried: self.tried.clone(), said }
            }
        }
    }
}

/// Whether a refusal is about the task of `/pooling`: vLLM's words from 0.11.1 on.
fn names_task(said: &str) -> bool {
    let said = said.to_lowercase();
    said.contains("task")
        && ["unsupported", "switching", "must be one of", "not support"].iter().any(|w| said.contains(w))
}

/// A person's own request, if it can be sent at all.
fn checked(request: &RewardRequest) -> Result<RewardRequest, RewardFault> {
    let bad =
        |setting: &str, said: &str| Err(RewardFault::BadSetting { setting: setting.to_owned(), said: said.to_owned() });
    if !request.path.starts_with('/') {
        return bad("path", "it begins with /");
    }
    if !request.body.is_object() {
        return bad("body", "it is a JSON object");
    }
    if !(request.pointer.is_empty() || request.pointer.starts_with('/')) {
        return bad("pointer", "it begins with /");
    }
    if body::takes_list(&request.body) && !request.pointer.split('/').any(|step| step == "*") {
        return bad("pointer", "a body with a list needs * where the answer's list is");
    }
    let filled =
        body::wants_text(&request.body) || body::sends_messages(&request.body) || body::names_reply(&request.body);
    if !filled {
        return bad("body", "it names no reply: {messages}, {texts}, {text}, {reply}, {replies}");
    }
    Ok(request.clone())
}
