//! The text that a model reads, as far as it can be known.

use serde_json::{Value, json};

use super::super::fault::clip;
use super::RewardItem;
use super::body::{self, Material};
use super::probe::Look;
use super::trial::{GOOD, QUESTION};
use crate::domain::{Prompt, RewardFinding, RewardNote, RewardRequest, ServerKind};

impl Look<'_> {
    /// The text as the model reads it, and whether a template adds a system prompt to it.
    pub(super) async fn see_text(&mut self, finding: &mut RewardFinding) {
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
    words.chars().any(char::is_alphanumeric).then(|| clip(words))
}
