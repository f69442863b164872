//! Reward models: servers that give a number for a prompt with a reply.
//!
//! A look ([`RewardClient::probe`]) finds out how a server is asked and what its numbers are; after that, scores are
//! asked for without looking again. A number that cannot be trusted is no score, with a reason: nothing is guessed,
//! averaged or cut without a word.
//!
//! `template` and `body` make a request, `answer` and `table` read what came, `presets` are the requests of servers that
//! are known, `probe` looks for the
//! request, `trial` and `numbers` tell what it gives, `rendered` shows the text that the model reads,
//! `shown` what came back.

mod answer;
mod body;
mod numbers;
mod presets;
mod probe;
mod rendered;
mod shown;
mod table;
mod template;
mod trial;

use std::sync::Arc;

use reqwest::Method;
use serde_json::Value;

use super::client::Client;
use super::exchange::{content_type, read_some};
use super::fault::{self, ChatError, HEAD, Retry};
use super::wait;
use crate::domain::{NoScore, Points, Prompt, RequestFault, Reward, RewardFault, RewardFinding, RewardRequest};
use answer::Found;
use body::Material;
pub use presets::PRESETS;
use template::Template;

/// Replies in a request where neither the scorer nor the server's preset names a number.
const BATCH: u32 = 16;
/// The most replies that any setting puts into a request.
const MOST_BATCH: u32 = 512;
/// Bytes of an answer: a row for each of some ten thousand tokens, or a batch with a few numbers each.
const LARGEST: usize = 16 << 20;

/// A reward model on a server. Clones share their connections.
#[derive(Clone, Debug)]
pub struct RewardClient {
    client: Client,
    /// As the person named it; empty for the first that the server lists.
    model: String,
    settings: Reward,
    template: Result<Option<Arc<Template>>, RewardFault>,
}

/// A reply with the prompt that it answers.
#[derive(Clone, Copy, Debug)]
pub struct RewardItem<'a> {
    /// The prompt, with earlier turns.
    pub prompt: &'a Prompt,
    /// The reply's text.
    pub reply: &'a str,
}

/// What came of one reply.
#[derive(Clone, Debug, PartialEq)]
pub struct RewardReading {
    /// The score, or why there is none.
    pub result: Result<Points, NoScore>,
    /// The number as it came, before a logistic function was undone; of steps the one that counts.
    pub raw: Option<f64>,
    /// Tokens of prompt and reply, where the server counts them for this reply alone.
    pub tokens: Option<u32>,
}

impl RewardReading {
    fn none(why: NoScore) -> Self {
        Self { result: Err(why), raw: None, tokens: None }
    }
}

/// An answer, and what was found in it for each reply.
struct Answered {
    found: Result<Vec<Found>, NoScore>,
    body: Value,
}

impl RewardClient {
    /// A reward model; nothing is sent yet. What is wrong with the settings is told by the first call.
    pub fn new(client: Client, model: String, settings: Reward) -> Self {
        let template = Template::new(&settings.template).map(|template| template.map(Arc::new));
        Self { client, model, settings, template }
    }

    /// Replies that [`Self::score`] sends in one request: 1 where the server makes the chat text itself.
    pub fn batch(&self, finding: &RewardFinding) -> usize {
        if !body::takes_list(&finding.request.body) {
            return 1;
        }
        let (wanted, most) = (self.settings.batch, finding.request.most);
        let batch = match (wanted, most) {
            (0, 0) => BATCH,
            (0, most) => most.min(BATCH),
            (wanted, 0) => wanted,
            (wanted, most) => wanted.min(most),
        };
        batch.clamp(1, MOST_BATCH) as usize
    }

    /// What a server is sent for a reply, for people's eyes: the text by the chat template, or the conversation as JSON
    /// where the server makes the text.
    pub fn render(&self, finding: &RewardFinding, item: RewardItem<'_>) -> Result<String, RewardFault> {
        let material = self.material(&finding.request, &item)?;
        if body::wants_text(&finding.request.body) {
            return Ok(material.text);
        }
        let shown = if body::sends_messages(&finding.request.body) {
            serde_json::to_string_pretty(&material.messages)
        } else {
            let materials = std::slice::from_ref(&material);
            serde_json::to_string_pretty(&body::fill(&finding.request.body, &finding.model, materials))
        };
        shown.map_err(|error| RewardFault::BadTemplate { said: error.to_string() })
    }

    /// A reading for each item, in their order. Items are sent in as few requests as [`Self::batch`] allows, one after the
    /// other. Where a request with several fails for what one of them may be (too long, refused), they are asked again
    /// one by one, and only that one has no score. `Err`: the whole request failed; ask again as the error tells.
    pub async fn score(
        &self,
        finding: &RewardFinding,
        items: &[RewardItem<'_>],
    ) -> Result<Vec<RewardReading>, ChatError> {
        self.score_all(finding, items).await.map_err(|error| self.client.seal_error(error))
    }

    async fn score_all(
        &self,
        finding: &RewardFinding,
        items: &[RewardItem<'_>],
    ) -> Result<Vec<RewardReading>, ChatError> {
        if let Err(fault) = &self.template {
            return Err(ChatError::never(as_request_fault(fault.clone())));
        }
        let mut readings: Vec<Option<RewardReading>> = vec![None; items.len()];
        let mut due: Vec<(usize, Material<'_>)> = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            if item.reply.trim().is_empty() {
                readings[place] = Some(RewardReading::none(NoScore::Empty));
                continue;
            }
            match self.material(&finding.request, item) {
                Ok(material) => due.push((place, material)),
                Err(fault @ RewardFault::NeedsTemplate { .. }) => {
                    return Err(ChatError::never(as_request_fault(fault)));
                }
                // A template may refuse one conversation, for the order of its roles.
                Err(fault) => {
                    let fault = as_request_fault(fault);
                    readings[place] = Some(RewardReading::none(NoScore::Failed { fault }));
                }
            }
        }
        let (batch, shares_prompt) = (self.batch(finding), body::shares_prompt(&finding.request.body));
        let mut rest = due.as_mut_slice();
        while !rest.is_empty() {
            let turns = |material: &Material<'_>| material.messages.len() - 1;
            let same =
                |one: &Material<'_>, other: &Material<'_>| one.messages[..turns(one)] == other.messages[..turns(other)];
            let size =
                rest.iter().take(batch).take_while(|(_, other)| !shares_prompt || same(&rest[0].1, other)).count();
            let (part, after) = rest.split_at_mut(size);
            let places: Vec<usize> = part.iter().map(|(place, _)| *place).collect();
            let materials: Vec<Material<'_>> = part.iter_mut().map(|(_, material)| material.take()).collect();
            for (place, reading) in places.into_iter().zip(self.score_some(finding, &materials).await?) {
                readings[place] = Some(reading);
            }
            rest = after;
        }
        let missing = || RewardReading::none(NoScore::WrongShape { said: String::new() });
        Ok(readings.into_iter().map(|reading| reading.unwrap_or_else(missing)).collect())
    }

    /// One request, or one for each where one of them may be the reason that it failed.
    async fn score_some(
        &self,
        finding: &RewardFinding,
        materials: &[Material<'_>],
    ) -> Result<Vec<RewardReading>, ChatError> {
        let error = match self.ask(&finding.request, &finding.model, materials).await {
            Ok(Answered { found: Ok(found), .. }) => {
                return Ok(found.iter().map(|found| self.read(finding, found)).collect());
            }
            Ok(Answered { found: Err(why), .. }) if materials.len() == 1 => {
                return Ok(vec![RewardReading::none(self.hide_reason(why))]);
            }
            Ok(Answered { found: Err(_), .. }) => None,
            Err(error) if materials.len() == 1 => return self.of_one(error).await.map(|reading| vec![reading]),
            Err(error) if may_be_one(&error) => Some(error),
            Err(error) => return Err(self.with_models(error).await),
        };
        let mut readings = Vec::with_capacity(materials.len());
        let mut failed: Vec<(usize, ChatError)> = Vec::new();
        for material in materials {
            let one = std::slice::from_ref(material);
            let reading = match self.ask(&finding.request, &finding.model, one).await {
                Ok(Answered { found: Ok(found), .. }) => found.first().map(|found| self.read(finding, found)),
                Ok(Answered { found: Err(why), .. }) => Some(RewardReading::none(self.hide_reason(why))),
                Err(error) => match self.of_one(error).await {
                    Ok(reading) => Some(reading),
                    Err(error) if error.retry == Retry::Away => return Err(error),
                    Err(error) => {
                        failed.push((readings.len(), error));
                        None
                    }
                },
            };
            readings.push(reading.unwrap_or_else(|| RewardReading::none(NoScore::WrongShape { said: String::new() })));
        }
        // A server that answers for others is there: the failure is this reply's own.
        if failed.len() == materials.len() {
            return Err(error.unwrap_or_else(|| failed.swap_remove(0).1));
        }
        for (place, error) in failed {
            readings[place] = RewardReading::none(NoScore::Failed { fault: self.client.seal(error.fault) });
        }
        Ok(readings)
    }

    fn read(&self, finding: &RewardFinding, found: &Found) -> RewardReading {
        let (raw, result) = match &found.table {
            Ok(table) => table.score(finding, found.tokens),
            Err(why) => (None, Err(why.clone())),
        };
        RewardReading { result: result.map_err(|why| self.hide_reason(why)), raw, tokens: found.tokens }
    }

    /// What a failed request for one reply means: something about that reply, or about all.
    async fn of_one(&self, error: ChatError) -> Result<RewardReading, ChatError> {
        match self.client.seal(error.fault.clone()) {
            RequestFault::TooLong { said } => Ok(RewardReading::none(NoScore::TooLong { said })),
            fault @ RequestFault::Refused { status: 400 | 413 | 422 | 424, .. } => {
                Ok(RewardReading::none(NoScore::Failed { fault }))
            }
            _ => Err(self.with_models(error).await),
        }
    }

    /// The models that there are, where the one that was named is not among them.
    async fn with_models(&self, error: ChatError) -> ChatError {
        match error.fault {
            RequestFault::NoSuchModel { model, said, .. } => {
                let models = self.client.find_models().await.map(|listed| listed.models).unwrap_or_default();
                ChatError { fault: RequestFault::NoSuchModel { model, said, models }, retry: error.retry }
            }
            fault => ChatError { fault, retry: error.retry },
        }
    }

    fn material<'a>(&'a self, request: &RewardRequest, item: &RewardItem<'a>) -> Result<Material<'a>, RewardFault> {
        let template = self.template.as_ref().map_err(Clone::clone)?.as_deref();
        self.material_by(template, request, item)
    }

    fn material_by<'a>(
        &'a self,
        template: Option<&Template>,
        request: &RewardRequest,
        item: &RewardItem<'a>,
    ) -> Result<Material<'a>, RewardFault> {
        let wants_text = body::wants_text(&request.body);
        if wants_text && template.is_none() {
            return Err(RewardFault::NeedsTemplate { path: request.path.clone() });
        }
        let system = self.settings.system.as_deref();
        Material::new(item, system, template.filter(|_| wants_text), request.adds_begin_mark)
    }

    /// Send one request and find what its answer holds.
    async fn ask(
        &self,
        request: &RewardRequest,
        model: &str,
        materials: &[Material<'_>],
    ) -> Result<Answered, ChatError> {
        let url = self.url(&request.path);
        let body = body::fill(&request.body, model, materials).to_string().into_bytes();
        let response = self.client.send(Method::POST, &url, Some(body), None).await?;
        let (status, kind) = (response.status().as_u16(), content_type(response.headers()));
        if !response.status().is_success() {
            let after = wait::retry_after(response.headers(), jiff::Timestamp::now());
            let body = self.client.some_text(response, HEAD).await;
            return Err(fault::from_answer(status, &kind, &body, after, model));
        }
        let (bytes, is_cut) = read_some(response, LARGEST).await;
        if is_cut {
            return Err(if bytes.len() >= LARGEST {
                ChatError::never(RequestFault::TooLarge { mebibytes: (LARGEST >> 20) as u32 })
            } else {
                ChatError::later(RequestFault::CutStream)
            });
        }
        let text = String::from_utf8_lossy(&bytes);
        if fault::looks_like_html(&kind, &text) {
            return Err(ChatError::never(RequestFault::NotAnApi { status, said: fault::title(&text) }));
        }
        let body = answer::parse(&text).map_err(|error| match error.classify() {
            serde_json::error::Category::Eof => ChatError::later(RequestFault::CutStream),
            _ => ChatError::never(RequestFault::Garbled { said: fault::words(&text) }),
        })?;
        let is_error = body.get("error").is_some_and(|error| !error.is_null()) || body["object"] == "error";
        if is_error {
            return Err(fault::from_error(&text));
        }
        let found = answer::find(&body, &request.pointer, materials.len());
        Ok(Answered { found, body })
    }

    /// The address of a path from the server's root, which may be a path of a proxy's.
    fn url(&self, path: &str) -> String {
        let base = self.client.found().base;
        self.client.address.at(base.strip_suffix("/v1").unwrap_or(&base), path)
    }

    fn hide_reason(&self, why: NoScore) -> NoScore {
        match why {
            NoScore::WrongShape { said } => NoScore::WrongShape { said: self.hide(&said) },
            other => other,
        }
    }

    fn hide(&self, text: &str) -> String {
        fault::clip(&self.client.hide(text))
    }
}

/// Whether one of several replies may be the reason that a request failed.
fn may_be_one(error: &ChatError) -> bool {
    matches!(
        error.fault,
        RequestFault::TooLong { .. }
            | RequestFault::Refused { status: 400 | 413 | 422 | 424, .. }
            | RequestFault::Busy { status: 500, .. }
    )
}

/// A setting that stops a request before it is sent.
fn as_request_fault(fault: RewardFault) -> RequestFault {
    match fault {
        RewardFault::Request(fault) => fault,
        RewardFault::BadSetting { setting, said } => RequestFault::BadSetting { place: setting, said },
        RewardFault::BadTemplate { said } => RequestFault::BadSetting { place: "chat template".to_owned(), said },
        other => RequestFault::BadSetting { place: "chat template".to_owned(), said: other.to_string() },
    }
}
