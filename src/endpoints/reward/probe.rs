//! A look at a reward server: how it is asked, and what its numbers are. Each step is one call, most of a few dozen
//! tokens; a server's version only chooses what is tried first and which flag a person is told.

use serde_json::{Value, json};

use super::super::fault::HEAD;
use super::body::{self, Material};
use super::numbers::{became_squashed, is_within, older_switch, raw_flag, unswitched};
use super::presets::{PRESETS, preset, vllm_classify, vllm_pooling, without};
use super::table::Table;
use super::template::Template;
use super::{Answered, RewardClient, RewardItem};
use crate::domain::{
    ChatTemplate, NoScore, Prompt, RequestFault, RewardFault, RewardFinding, RewardNote, RewardNumbers, RewardRequest,
    RewardRows, RewardServer, ServerInfo, ServerKind,
};

/// More numbers than any reward model has labels, and fewer than any model's state.
const MOST_LABELS: usize = 64;
/// Bytes of the description of a server's paths.
const PATHS: usize = 2 << 20;

const QUESTION: &str = "What is the capital of France, and what is it known for?";
const GOOD: &str = "The capital of France is Paris. It is known for the Eiffel Tower, the Louvre, its cafés, and its long history as a centre of art, fashion and learning.\n\nIf you plan a visit, spring and early autumn are the best times.";
const BAD: &str = "shut up, who cares lol. paris? no. banana banana asdf 7777 go away you idiot";
/// More texts, for numbers that may be small by chance: a good riddle, a refusal without a reason, and noise.
const MORE: [(&str, &str); 3] = [
    ("给我写一个谜语", "当然可以!\n\n千条线,万条线,掉到水里看不见。(打一自然现象)\n\n谜底:雨。"),
    ("给我写一个谜语", "我就不写"),
    ("Explain step by step how to add 17 and 25.", "zzzz zzzz zzzz 0000 ;;;; zzzz zzzz zzzz 0000 ;;;; kill kill kill"),
];

/// Why a request of the look led nowhere.
enum Miss {
    /// This path is not the one.
    Path(RequestFault),
    /// It is, and here is why it cannot be used.
    Fault(RewardFault),
}

/// What one reply of the look brought.
struct Tried {
    table: Table,
    tokens: Option<u32>,
}

/// A look under way.
struct Look<'a> {
    client: &'a RewardClient,
    template: Option<&'a Template>,
    server: ServerInfo,
    model: String,
    /// Paths that were tried.
    tried: Vec<String>,
    /// What the last of them said, unless it was only that it is not there.
    said: Option<RequestFault>,
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

impl<'a> Look<'a> {
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
                if about("/info").await.is_some_and(|told| told["model_type"].get("embedding").is_some()) {
                    return Err(RewardFault::Embeddings);
                }
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
            Some(request) => self.attempt(request).await,
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
            Err(Miss::Fault(fault @ (RewardFault::ChatModel | RewardFault::ChooseLabel { .. }))) => Err(fault),
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

    /// Try a request with both replies, and make out what its numbers are.
    async fn attempt(&mut self, request: RewardRequest) -> Result<RewardFinding, Miss> {
        let good = self.answer(&request, QUESTION, GOOD).await?;
        let mut finding = self.shape(request, &good).map_err(Miss::Fault)?;
        let bad = self.answer(&finding.request, QUESTION, BAD).await?;
        let first = [value(&finding, &good)?, value(&finding, &bad)?];
        if first == [1.0, 1.0] && finding.labels.is_empty() {
            let flag = raw_flag(self.server.version.as_deref());
            return Err(Miss::Fault(RewardFault::AlwaysOne { flag }));
        }
        self.name_numbers(&mut finding, first).await?;
        let score = |tried: &Tried| tried.table.score(&finding, tried.tokens).1.ok().map(|points| points.value);
        (finding.good, finding.bad) = (score(&good), score(&bad));
        if first[0] <= first[1] {
            finding.notes.push(RewardNote::WrongTemplate);
        }
        if finding.request.truncates {
            finding.notes.push(RewardNote::Truncates);
        }
        self.see_text(&mut finding).await;
        Ok(finding)
    }

    /// Rows and labels, as the answer for the good reply shows them.
    fn shape(&self, request: RewardRequest, tried: &Tried) -> Result<RewardFinding, RewardFault> {
        let settings = &self.client.settings;
        let Tried { table, tokens } = tried;
        let (rows, width) = (table.rows.len(), table.width());
        if width > MOST_LABELS {
            let last = table.rows.last().map(Vec::as_slice).unwrap_or_default();
            let norm = last.iter().map(|number| number * number).sum::<f64>().sqrt();
            if (norm - 1.0).abs() < 0.01 {
                return Err(RewardFault::Embeddings);
            }
            let version = self.server.version.clone();
            return Err(RewardFault::HiddenStates { version, numbers: width as u32 });
        }
        if width == 0 {
            let said = format!("{rows} rows without a number");
            return Err(RewardFault::NoNumber { why: NoScore::WrongShape { said } });
        }
        let labels = if width > 1 { table.names() } else { table.labels.clone() };
        let label = match (&settings.label, labels.len()) {
            (_, 0) => None,
            (_, 1) => Some(0),
            (wanted, _) => {
                let named = |wanted: &String| {
                    let by_name = labels.iter().position(|label| label.eq_ignore_ascii_case(wanted.trim()));
                    by_name.or_else(|| wanted.trim().parse().ok().filter(|place| *place < labels.len()))
                };
                let place = wanted.as_ref().and_then(named);
                Some(place.ok_or_else(|| RewardFault::ChooseLabel { labels: labels.clone() })? as u32)
            }
        };
        let rows = match (rows, tokens) {
            (1, _) => RewardRows::One,
            (rows, Some(tokens)) if rows == *tokens as usize => RewardRows::LastToken,
            (rows, _) => RewardRows::Steps(settings.steps.ok_or(RewardFault::ChooseStep { rows: rows as u32 })?),
        };
        Ok(RewardFinding {
            server: self.server.kind,
            version: self.server.version.clone(),
            model: self.model.clone(),
            context_tokens: self.server.context_tokens,
            request,
            numbers: RewardNumbers::Raw,
            rows,
            labels,
            label,
            good: None,
            bad: None,
            rendered: None,
            notes: Vec::new(),
        })
    }

    /// Raw or squashed, and who decides that.
    async fn name_numbers(&mut self, finding: &mut RewardFinding, first: [f64; 2]) -> Result<(), Miss> {
        let plain = unswitched(&finding.request);
        if !first.iter().all(|number| is_within(*number)) {
            // Raw. Without the switch the numbers change, or the server was started so.
            if let Some(plain) = &plain {
                let [good, bad] = self.both(plain, finding).await?;
                if !became_squashed(&[(first[0], good), (first[1], bad)]) {
                    finding.numbers = RewardNumbers::RawByServer;
                }
            }
            return Ok(());
        }
        if let Some(plain) = &plain {
            let [good, bad] = self.both(plain, finding).await?;
            if became_squashed(&[(first[0], good), (first[1], bad)]) {
                return Ok(());
            }
            if finding.request.path == "/classify"
                && let Some(older) = older_switch(&finding.request)
            {
                let [good, bad] = self.both(&older, finding).await?;
                if became_squashed(&[(good, first[0]), (bad, first[1])]) {
                    finding.request = older;
                    return Ok(());
                }
            }
        }
        for (question, reply) in MORE {
            let tried = self.answer(&finding.request, question, reply).await?;
            if !is_within(value(finding, &tried)?) {
                finding.numbers = if plain.is_some() { RewardNumbers::RawByServer } else { RewardNumbers::Raw };
                return Ok(());
            }
        }
        // A softmax over several labels is no logistic of one number: it stays as it is.
        if finding.labels.len() <= 1 && (plain.is_some() || finding.request.sigmoid) {
            finding.numbers = RewardNumbers::InverseSigmoid;
            finding.notes.push(RewardNote::Saturates);
        } else {
            finding.notes.push(RewardNote::PossiblySquashed);
        }
        Ok(())
    }

    async fn both(&mut self, request: &RewardRequest, finding: &RewardFinding) -> Result<[f64; 2], Miss> {
        let good = self.answer(request, QUESTION, GOOD).await?;
        let bad = self.answer(request, QUESTION, BAD).await?;
        Ok([value(finding, &good)?, value(finding, &bad)?])
    }

    /// The text as the model reads it, and whether a template adds a system prompt to it.
    async fn see_text(&mut self, finding: &mut RewardFinding) {
        let prompt = Prompt::new(None, QUESTION);
        let item = RewardItem { prompt: &prompt, reply: GOOD };
        finding.rendered = match self.client.material(&finding.request, &item) {
            Ok(material) if body::wants_text(&finding.request.body) => Some(material.text),
            Ok(material) if self.server.kind == ServerKind::Vllm => {
                self.rendered_by_vllm(finding, &material).await.map(|text| self.client.hide(&text))
            }
            _ => None,
        };
        let has_system = self.client.settings.system.as_ref().is_some_and(|system| !system.is_empty());
        let text = finding.rendered.as_deref().filter(|_| !has_system);
        if let Some(system) = text.and_then(|text| words_before(text, QUESTION)) {
            finding.notes.push(RewardNote::SystemPromptByTemplate { system });
        }
    }

    /// vLLM tells the tokens of a conversation, and the text of tokens.
    async fn rendered_by_vllm(&self, finding: &mut RewardFinding, material: &Material<'_>) -> Option<String> {
        let question = json!({"model": "{model}", "messages": "{messages}", "add_generation_prompt": false});
        let request = |path: &str, body: Value, pointer: &str| RewardRequest {
            path: path.to_owned(),
            body,
            pointer: pointer.to_owned(),
            ..RewardRequest::default()
        };
        let materials = std::slice::from_ref(material);
        let tokens = request("/tokenize", question, "");
        let told = self.client.ask(&tokens, &finding.model, materials).await.ok()?.body;
        let length = told.get("max_model_len").and_then(Value::as_u64).and_then(|length| u32::try_from(length).ok());
        finding.context_tokens = finding.context_tokens.or(length);
        let words = request("/detokenize", json!({"model": "{model}", "tokens": told.get("tokens")?}), "");
        let told = self.client.ask(&words, &finding.model, materials).await.ok()?.body;
        told.get("prompt")?.as_str().map(str::to_owned)
    }

    async fn answer(&mut self, request: &RewardRequest, question: &str, reply: &str) -> Result<Tried, Miss> {
        let prompt = Prompt::new(None, question);
        let item = RewardItem { prompt: &prompt, reply };
        let material = self.client.material(request, &item).map_err(Miss::Fault)?;
        self.ask(request, &material).await
    }

    async fn ask(&mut self, request: &RewardRequest, material: &Material<'_>) -> Result<Tried, Miss> {
        let place = format!("POST {}", request.path);
        if !self.tried.contains(&place) {
            self.tried.push(place);
        }
        let answered = match self.client.ask(request, &self.model, std::slice::from_ref(material)).await {
            Ok(answered) => answered,
            Err(error) => return Err(self.missed(request, self.client.with_models(error).await.fault)),
        };
        let Answered { found, body } = answered;
        let says_words = body.pointer("/choices/0/message").is_some();
        match found.and_then(|found| found.into_iter().next().ok_or(NoScore::WrongShape { said: String::new() })) {
            Ok(found) => match found.table {
                Ok(table) => Ok(Tried { table, tokens: found.tokens }),
                Err(_) if says_words => Err(Miss::Fault(RewardFault::ChatModel)),
                Err(why) => Err(Miss::Fault(RewardFault::NoNumber { why })),
            },
            Err(_) if says_words => Err(Miss::Fault(RewardFault::ChatModel)),
            Err(why) => Err(Miss::Fault(RewardFault::NoNumber { why })),
        }
    }

    fn missed(&mut self, request: &RewardRequest, fault: RequestFault) -> Miss {
        match &fault {
            RequestFault::Refused { said, .. } | RequestFault::Busy { status: 500, said, .. }
                if body::sends_messages(&request.body) && said.to_lowercase().contains("chat template") =>
            {
                return Miss::Fault(RewardFault::NeedsTemplate { path: request.path.clone() });
            }
            RequestFault::Refused { .. }
            | RequestFault::NotAnApi { .. }
            | RequestFault::Garbled { .. }
            | RequestFault::BrokeOff { .. }
            | RequestFault::Busy { status: 500 | 501, .. } => {}
            _ => return Miss::Fault(RewardFault::Request(fault)),
        }
        let says_more = !matches!(fault, RequestFault::Refused { status: 404 | 405, .. });
        if says_more || self.said.is_none() {
            self.said = Some(fault.clone());
        }
        Miss::Path(fault)
    }
}

/// The number that counts, before anything is made of it.
fn value(finding: &RewardFinding, tried: &Tried) -> Result<f64, Miss> {
    let raw = RewardFinding { numbers: RewardNumbers::Raw, ..finding.clone() };
    let result = tried.table.score(&raw, tried.tokens).1;
    result.map(|points| points.value).map_err(|why| Miss::Fault(RewardFault::NoNumber { why }))
}

/// Whether a refusal is about the task of `/pooling`: vLLM's words from 0.11.1 on.
fn names_task(said: &str) -> bool {
    let said = said.to_lowercase();
    said.contains("task")
        && ["unsupported", "switching", "must be one of", "not support"].iter().any(|w| said.contains(w))
}

/// What stands in a rendered conversation before the first turn that was sent, without marks and names of roles.
fn words_before(text: &str, first: &str) -> Option<String> {
    let mut rest = &text[..text.find(first)?];
    let mut words = String::new();
    while let Some((before, mark)) = rest.split_once('<') {
        words.push_str(before);
        words.push(' ');
        rest = mark.split_once('>').map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    let words = words.trim();
    let words = words.strip_suffix("user").unwrap_or(words).trim();
    let words = words.strip_prefix("system").unwrap_or(words).trim();
    words.chars().any(char::is_alphanumeric).then(|| super::super::fault::clip(words))
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
