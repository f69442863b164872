//! What a judge's answer says, or why it says nothing.
//!
//! Strict first: the whole answer is the object that was asked for. Else an object inside it, mended where models write
//! JSON badly; else an order in the last line. Nothing is guessed: a number is not moved onto the scale, a missing reply is
//! not put last, of two verdicts that differ none counts, and what a model only thought is not what it said. No reply can
//! forge a verdict, since none knows the names of its request.

mod digit;
mod loose;
mod meaning;
mod prose;
mod thought;

use crate::domain::{Answer, CallKind, NoScore, Rubric, Scale, VerdictReading};
use crate::ranking::prompts::{criterion_keys, range};
use loose::Object;
use meaning::{Meaning, meaning};

/// What a request wanted to know.
pub(super) struct Wanted<'a> {
    pub(super) kind: CallKind,
    /// The names of the replies in the order in which they were shown.
    pub(super) names: &'a [String],
    codes: &'a [String],
    /// The fields of a verdict.
    keys: Vec<String>,
    /// What else models call them: criteria by their names.
    aliases: Vec<Vec<String>>,
    weights: Vec<f64>,
    /// The best and the worst number.
    range: (u8, u8),
}

impl<'a> Wanted<'a> {
    pub(super) fn new(kind: CallKind, names: &'a [String], codes: &'a [String], rubric: &Rubric) -> Self {
        let each = rubric.scale == Scale::EachCriterion && matches!(kind, CallKind::Point | CallKind::PointJson);
        let keys = match kind {
            CallKind::List => vec!["order".to_owned()],
            CallKind::Pair => vec!["winner".to_owned()],
            _ if each => criterion_keys(rubric),
            _ => vec!["score".to_owned()],
        };
        let names_of = |at: usize| {
            let criterion = rubric.criteria.get(at).filter(|_| each)?;
            Some([&criterion.name.en, &criterion.name.zh].map(|name| name.trim().to_lowercase()).to_vec())
        };
        let aliases = (0..keys.len()).map(|at| names_of(at).unwrap_or_default()).collect();
        let weights = if each { rubric.criteria.iter().map(|one| one.weight).collect() } else { vec![1.0] };
        Self { kind, names, codes, keys, aliases, weights, range: range(rubric.scale) }
    }

    /// The field that a key means.
    fn key_at(&self, key: &str) -> Option<usize> {
        let key = key.trim().to_lowercase();
        let exact = self.keys.iter().position(|known| *known == key);
        exact.or_else(|| self.aliases.iter().position(|names| !key.is_empty() && names.contains(&key)))
    }

    fn is_verdict_key(&self, key: &str) -> bool {
        self.key_at(key).is_some()
    }

    /// The reply of a name, and whether the name is written as it was given: models add quotes, brackets and `Reply`.
    fn name(&self, text: &str) -> Option<(usize, bool)> {
        if let Some(at) = self.names.iter().position(|name| name == text) {
            return Some((at, true));
        }
        let is_around = |c: char| c.is_whitespace() || "\"'`“”‘’[](){}<>【】「」《》（）*#_.,:：。，".contains(c);
        let bare = meaning::narrow(text).trim_matches(is_around).to_ascii_uppercase();
        let word = |bare: &str| self.names.iter().position(|name| name == bare);
        let after = ["REPLY", "RESPONSE", "ANSWER", "ID", "R", "回复", "回答", "编号"]
            .iter()
            .filter_map(|head| bare.strip_prefix(head))
            .find_map(|rest| word(rest.trim_matches(is_around)));
        word(&bare).or(after).map(|at| (at, false))
    }

    /// A text repeats one of our fences.
    fn has_code(&self, text: &str) -> bool {
        self.codes.iter().any(|code| text.contains(code.as_str()))
    }
}

/// A verdict, with replies by their place in the request.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// Best first; equals share a tier. No place twice, at least two in all.
    Order(Vec<Vec<usize>>),
    /// `None` for a tie.
    Winner(Option<usize>),
    Points {
        value: f64,
        deviation: Option<f64>,
        mass: Option<f64>,
    },
}

impl Said {
    fn points(value: f64) -> Self {
        Self::Points { value, deviation: None, mass: None }
    }
}

/// An answer as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) said: Option<Said>,
    pub(super) how: VerdictReading,
    /// Why there is no verdict; with an order, what it lacks.
    pub(super) gap: Option<NoScore>,
}

impl Reading {
    fn none(gap: NoScore) -> Self {
        Self { said: None, how: VerdictReading::None, gap: Some(gap) }
    }

    fn some(said: Said, how: VerdictReading) -> Self {
        Self { said: Some(said), how, gap: None }
    }
}

/// Reads an answer.
pub(super) fn read(wanted: &Wanted, answer: &Answer) -> Reading {
    let finish = answer.finish_reason.as_deref().unwrap_or_default();
    if finish == "content_filter" || answer.refusal.as_deref().is_some_and(|words| !words.trim().is_empty()) {
        return Reading::none(NoScore::Refusal);
    }
    if wanted.kind == CallKind::Point {
        return digit::read(wanted, answer);
    }
    let is_cut = matches!(finish, "length" | "max_tokens" | "model_length" | "abort" | "error" | "repetition");
    let said = said_text(answer);
    let found = if is_cut || said.open { complete(wanted, said) } else { spoken(wanted, answer, said) };
    match found {
        Ok(reading) => reading,
        Err(gap) if !is_cut && !said.open => Reading::none(gap),
        Err(_) => {
            let all = [Some(answer.text.as_str()), answer.reasoning.as_deref()];
            let circles = finish == "repetition" || is_cut && all.into_iter().flatten().any(thought::loops);
            Reading::none(if circles { NoScore::Loop } else { NoScore::Truncated })
        }
    }
}

/// What an answer says, its thinking taken out. An object that is the whole answer is left whole, whatever tags its texts
/// quote.
pub(super) fn said_text(answer: &Answer) -> thought::Spoken<'_> {
    let whole = answer.text.trim_start_matches('\u{feff}').trim();
    let is_object = loose::object(whole).is_ok_and(|object| !object.cut && object.length == whole.len());
    if is_object { thought::Spoken { text: whole, thought: false, open: false } } else { thought::spoken(&answer.text) }
}

/// The verdict of an answer that came to its end.
fn spoken(wanted: &Wanted, answer: &Answer, said: thought::Spoken) -> Result<Reading, NoScore> {
    let text = said.text;
    if text.is_empty() {
        let thought = said.thought || answer.reasoning.as_deref().is_some_and(|words| !words.trim().is_empty());
        return Err(if thought { NoScore::OnlyReasoning } else { NoScore::Prose });
    }
    let found = objects(wanted, text)?;
    let Some(last) = found.last() else { return without_object(wanted, text) };
    let meaning = last.meaning.clone()?;
    // One that was mended or given up on the way counts as nothing; one that says something else counts.
    if found.iter().any(|other| other.meaning.as_ref().is_ok_and(|other| other.said != meaning.said)) {
        return Err(NoScore::Contradictory);
    }
    let is_whole = found.len() == 1 && last.start == 0 && last.object.length == text.len();
    let is_strict = is_whole && meaning.exact && !last.object.mended && !last.object.cut && !said.thought;
    Ok(verdict(wanted, meaning.said, if is_strict { VerdictReading::Strict } else { VerdictReading::Salvaged }))
}

/// The verdict of an answer that was cut: only one that was complete before the cut and had the last word.
fn complete(wanted: &Wanted, said: thought::Spoken) -> Result<Reading, NoScore> {
    let found = objects(wanted, said.text)?;
    let [only] = found.as_slice() else { return Err(NoScore::Truncated) };
    let after = &said.text[only.start + only.object.length..];
    if said.open || !after.chars().all(|c| c.is_whitespace() || c == '`') {
        return Err(NoScore::Truncated);
    }
    let reading = verdict(wanted, only.meaning.clone()?.said, VerdictReading::Salvaged);
    if reading.gap.is_some() { Err(NoScore::Truncated) } else { Ok(reading) }
}

/// An order that lacks replies says so.
fn verdict(wanted: &Wanted, said: Said, how: VerdictReading) -> Reading {
    let lacks = matches!(&said, Said::Order(tiers) if tiers.iter().flatten().count() < wanted.names.len());
    Reading { gap: lacks.then_some(NoScore::Incomplete), ..Reading::some(said, how) }
}

fn without_object(wanted: &Wanted, text: &str) -> Result<Reading, NoScore> {
    if let Some(said) = prose::last_line(wanted, text) {
        return Ok(verdict(wanted, said?, VerdictReading::Salvaged));
    }
    Err(if wanted.has_code(text) {
        NoScore::Echo
    } else if prose::declines(text) {
        NoScore::Refusal
    } else {
        NoScore::Prose
    })
}

/// An object with the fields of a verdict.
struct Found {
    start: usize,
    object: Object,
    meaning: Result<Meaning, NoScore>,
}

/// Braces that turn out to open nothing; an answer with more of them is no verdict.
const FALSE_STARTS: u32 = 200;

/// The objects of an answer that have the fields of a verdict, in their order.
///
/// # Errors
///
/// [`NoScore::Prose`] where one of ours begins and cannot be read: what stands inside it must not be taken for a verdict.
fn objects(wanted: &Wanted, text: &str) -> Result<Vec<Found>, NoScore> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut false_starts = 0;
    while let Some(start) = text[from..].find(['{', '｛']).map(|at| from + at) {
        match loose::object(&text[start..]) {
            Ok(object) => {
                from = start + object.length;
                if let Some(meaning) = meaning(wanted, &object.fields) {
                    found.push(Found { start, object, meaning });
                } else if object.cut {
                    return Err(NoScore::Prose);
                }
            }
            Err(broken) => {
                false_starts += 1;
                if broken.keys.iter().any(|key| key == "reason" || wanted.is_verdict_key(key))
                    || false_starts > FALSE_STARTS
                {
                    return Err(NoScore::Prose);
                }
                from = start + text[start..].chars().next().map_or(1, char::len_utf8);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
