//! The sample as a judge: it ranks by [`quality`] with a little noise and a small liking for what it reads first, so
//! that it ties and changes its mind now and then, as real judges do. Its reason says that no model is behind it.

use serde_json::{Map, Value};

use super::fault::JudgeTrick;
use super::quality::{addresses_a_judge, draw, quality};
use super::scene::{Form, Scene};
use super::wire::{ChatRequest, Reply, TokenProbs};

/// How far noise moves a reply, in units of [`quality`].
const NOISE: f64 = 0.9;
/// What being shown first is worth, and what coming last costs.
const FIRST: f64 = 0.25;
/// Replies nearer to each other than this are equals.
const TIE: f64 = 0.2;
/// Characters of a token, where an answer goes on to its limit.
const LETTERS: usize = 4;
/// The limit where the request has none, in tokens.
const LIMIT: usize = 1024;
/// The most characters of such an answer.
const MOST: usize = 1 << 16;

/// What the sample judge answers; `index` tells several answers to one request apart.
pub(super) fn answer(request: &ChatRequest, scene: &Scene<'_>, trick: Option<JudgeTrick>, index: u64) -> Reply {
    let words = Words::of(scene.chinese);
    match trick {
        Some(JudgeTrick::Prose) => return Reply::stopped(words.prose.to_owned()),
        Some(JudgeTrick::Refuses) => return Reply::stopped(words.refusal.to_owned()),
        Some(JudgeTrick::Loop) => {
            let letters = (request.most_tokens().unwrap_or(LIMIT) * LETTERS).min(MOST);
            let round = words.round.chars().cycle().take(letters);
            return Reply::cut(["{\"reason\": \""].into_iter().flat_map(str::chars).chain(round).collect());
        }
        Some(JudgeTrick::Obeys | JudgeTrick::Cut) | None => {}
    }
    let values = values(request, scene, trick == Some(JudgeTrick::Obeys), index);
    match &scene.form {
        Form::Digit(_) if trick == Some(JudgeTrick::Cut) => Reply::cut(String::new()),
        Form::Digit(digits) => digit(digits, values.first().copied().unwrap_or(0.0)),
        Form::Json(schema) => {
            let filler = Filler { scene, values: &values, reason: words.reason };
            let text = filler.fill("", schema).to_string();
            match (trick, text.rfind(':')) {
                // In the middle of the verdict, which stands last.
                (Some(JudgeTrick::Cut), Some(at)) => Reply::cut(text[..=at].to_owned()),
                _ => Reply::stopped(text),
            }
        }
    }
}

/// An object as a schema wants it, for requests that no judge sends.
pub(super) fn instance(schema: &Value) -> String {
    let scene = Scene { prompt: String::new(), shown: Vec::new(), chinese: false, form: Form::Digit(Vec::new()) };
    Filler { scene: &scene, values: &[], reason: Words::of(false).reason }.fill("", schema).to_string()
}

/// What each reply shown is worth to this judge, this time.
fn values(request: &ChatRequest, scene: &Scene<'_>, obeys: bool, index: u64) -> Vec<f64> {
    let all: String = request.messages.iter().map(|message| message.content.text()).collect();
    let seed = request.seed.unwrap_or(0).to_string();
    let last = scene.shown.len().saturating_sub(1) as f64;
    let value = |(place, text): (usize, &str)| {
        if obeys && addresses_a_judge(text) {
            return 100.0 - place as f64;
        }
        let noise = NOISE * draw(&[&all, &seed, text], index);
        let position = if last > 0.0 { FIRST * (1.0 - 2.0 * place as f64 / last) } else { 0.0 };
        quality(&scene.prompt, text) + noise + position
    };
    scene.shown.iter().map(|shown| shown.text).enumerate().map(value).collect()
}

/// From 0, bad, to 1, good.
fn share(value: f64) -> f64 {
    1.0 / (1.0 + (-value * 0.7).exp())
}

/// One digit, with the probabilities of all of them: near the value most, and a little on what is no digit.
fn digit(digits: &[u8], value: f64) -> Reply {
    let (low, high) = (digits.iter().min().copied().unwrap_or(0), digits.iter().max().copied().unwrap_or(9));
    let range = f64::from(high - low);
    let middle = f64::from(low) + range * share(value);
    let width = 0.35 + range / 12.0;
    let weights: Vec<f64> =
        digits.iter().map(|digit| (-((f64::from(*digit) - middle) / width).powi(2) / 2.0).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mut top: Vec<(String, f64)> = Vec::new();
    for (digit, weight) in digits.iter().zip(&weights) {
        // Tokenisers have digits with and without a space before.
        top.push((digit.to_string(), 0.9 * weight / total));
        top.push((format!(" {digit}"), 0.05 * weight / total));
    }
    top.push(("The".to_owned(), 0.03));
    top.push(("\n".to_owned(), 0.02));
    top.sort_by(|one, other| other.1.total_cmp(&one.1));
    top.retain(|(_, share)| *share > 1e-9);
    let token = top.first().map_or_else(String::new, |(token, _)| token.clone());
    let probs = TokenProbs::of(&token, top.iter().map(|(token, share)| (token.as_str(), share.ln())));
    Reply { tokens: Some(vec![probs]), ..Reply::stopped(token) }
}

/// Fills a schema in.
struct Filler<'a> {
    scene: &'a Scene<'a>,
    values: &'a [f64],
    reason: &'static str,
}

impl Filler<'_> {
    fn fill(&self, name: &str, schema: &Value) -> Value {
        let alternatives = ["anyOf", "oneOf"].into_iter().find_map(|key| schema.get(key)?.as_array()?.first());
        if let Some(first) = alternatives {
            return self.fill(name, first);
        }
        if let Some(fixed) = schema.get("const") {
            return fixed.clone();
        }
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            return self.choose(choices);
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("object") | None => {
                let fields = schema.get("properties").and_then(Value::as_object);
                let filled = fields.into_iter().flatten().map(|(name, field)| (name.clone(), self.fill(name, field)));
                Value::Object(filled.collect::<Map<_, _>>())
            }
            Some("array") if name == "order" => self.order(schema),
            Some("array") => Value::Array(Vec::new()),
            Some("integer" | "number") => self.number(name, schema).into(),
            Some("boolean") => true.into(),
            Some("null") => Value::Null,
            Some(_) => self.reason.into(),
        }
    }

    /// Best first; equals share an inner list where there are such.
    fn order(&self, schema: &Value) -> Value {
        let mut ranked: Vec<(&str, f64)> =
            self.scene.shown.iter().zip(self.values).map(|(shown, value)| (shown.id, *value)).collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
        let nested = schema.pointer("/items/type").and_then(Value::as_str) == Some("array")
            || schema.pointer("/items/anyOf").is_some();
        if !nested {
            return ranked.into_iter().map(|(id, _)| id).collect();
        }
        let mut tiers: Vec<Vec<&str>> = Vec::new();
        let mut before = f64::INFINITY;
        for (id, value) in ranked {
            match tiers.last_mut() {
                Some(tier) if before - value < TIE => tier.push(id),
                _ => tiers.push(vec![id]),
            }
            before = value;
        }
        serde_json::json!(tiers)
    }

    /// One of several: the better reply, a number, or what stands first.
    fn choose(&self, choices: &[Value]) -> Value {
        let numbers: Vec<i64> = choices.iter().filter_map(Value::as_i64).collect();
        if let (Some(low), Some(high)) = (numbers.iter().min(), numbers.iter().max()) {
            return self.scaled("", *low as f64, *high as f64).into();
        }
        let mut ranked: Vec<(&str, f64)> =
            self.scene.shown.iter().zip(self.values).map(|(shown, value)| (shown.id, *value)).collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
        let tie = choices.iter().filter_map(Value::as_str).find(|choice| !ranked.iter().any(|(id, _)| id == choice));
        match (ranked.as_slice(), tie) {
            ([one, other, ..], Some(tie)) if one.1 - other.1 < TIE => tie.into(),
            ([one, ..], _) => one.0.into(),
            _ => choices.first().cloned().unwrap_or_default(),
        }
    }

    fn number(&self, name: &str, schema: &Value) -> i64 {
        let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
        let low = bound("minimum").unwrap_or(1.0);
        self.scaled(name, low, bound("maximum").unwrap_or(10.0).max(low))
    }

    /// The worth of the first reply on a scale. Criteria differ a little from each other.
    fn scaled(&self, name: &str, low: f64, high: f64) -> i64 {
        let value = self.values.first().copied().unwrap_or(0.0);
        let own = 0.5 * draw(&[name, self.scene.shown.first().map_or("", |shown| shown.text)], 1);
        (low + (high - low) * share(value + own)).round() as i64
    }
}

/// What the sample judge says in a language.
struct Words {
    reason: &'static str,
    prose: &'static str,
    refusal: &'static str,
    round: &'static str,
}

impl Words {
    fn of(chinese: bool) -> &'static Self {
        if chinese { &CHINESE } else { &ENGLISH }
    }
}

static ENGLISH: Words = Words {
    reason: "Sample judge: no model read this. Length, shared words and manners were counted.",
    prose: "Each of them has something to say for itself. One goes deeper, another is easier to follow; it depends on what the asker is after.",
    refusal: "I'm sorry, but I can't help with that.",
    round: "the first is better than the second, which is better than the first; so ",
};

static CHINESE: Words = Words {
    reason: "示例评委：没有模型读过这些文字，只数了长短、共同的词和礼貌与否。",
    prose: "各有各的长处。有的讲得更深入，有的更好懂，要看提问者想要什么。",
    refusal: "抱歉，我无法协助完成这个请求。",
    round: "第一个比第二个好，第二个又比第一个好，所以",
};
