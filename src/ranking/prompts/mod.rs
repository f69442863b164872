//! What a judge is asked, in English and Chinese.
//!
//! Every request of a group begins with the same text: the instructions, then the prompt between fences. Then come the
//! replies, then the question. Servers that keep what they have read of a request (prefix caches) read that beginning once.
//! Material stands between fences with codes that occur nowhere in it, so no reply can end its own fence; its origin,
//! its reasoning and its place in the group are not sent.

mod keys;
mod names;
mod schema;
mod script;
mod words;

use crate::domain::{CallKind, Judge, NoScore, Prompt, Scale, Turn, TurnRole};

pub(super) use keys::criterion_keys;
pub(super) use names::{Labels, Texts};
pub(super) use schema::schema;
pub(super) use script::Tongue;
pub(super) use words::EXAMPLE_NAMES;

/// Characters of its own answer that a judge is shown again.
const ANSWER: usize = 500;

/// One request, before it is worded.
pub(super) struct Sheet<'a> {
    pub(super) judge: &'a Judge,
    pub(super) tongue: Tongue,
    /// What the replies answer.
    pub(super) prompt: &'a Prompt,
    /// The replies in the order in which they are shown.
    pub(super) texts: Vec<&'a str>,
    pub(super) labels: &'a Labels,
    pub(super) kind: CallKind,
    /// The reason comes in the answer, before the verdict; not where the model thinks first.
    pub(super) reason: bool,
}

/// What went wrong with an earlier answer.
pub(super) struct Complaint<'a> {
    /// The kind.
    pub(super) gap: &'a NoScore,
    /// The names that its order lacks.
    pub(super) lacking: Vec<&'a str>,
    /// What the judge said, without its reasoning.
    pub(super) said: &'a str,
}

impl Sheet<'_> {
    /// The request.
    pub(super) fn first(&self) -> Prompt {
        Prompt::new(Some(words::instructions(self.tongue, &self.judge.rubric)), self.user_turn())
    }

    /// The same request once more, with the judge's own answer and what was wrong with it.
    pub(super) fn again(&self, complaint: &Complaint) -> Prompt {
        let mut prompt = self.first();
        let wrong = words::complaint(self.tongue, complaint, &self.labels.names, self.range());
        let shape = self.shape();
        let schema = schema(self.judge, self.kind, &self.labels.names, self.reason);
        let user = words::once_more(self.tongue, &wrong, &shape, &schema.to_string());
        let said = head(complaint.said.trim());
        if said.is_empty() {
            // There is no turn to show; many chat templates want the roles to alternate and none to be empty.
            prompt.user = format!("{}\n\n{user}", prompt.user);
            return prompt;
        }
        let asked = std::mem::replace(&mut prompt.user, user);
        prompt.history =
            vec![Turn { role: TurnRole::User, text: asked }, Turn { role: TurnRole::Assistant, text: said }];
        prompt
    }

    fn user_turn(&self) -> String {
        let mut text = String::new();
        let code = &self.labels.group_code;
        text += &format!("[[P {code}]]\n");
        for (role, said) in self.prompt.messages() {
            text += &format!("[[{role} {code}]]\n{}\n", defused(said));
        }
        text += &format!("[[/P {code}]]\n\n");
        let code = &self.labels.call_code;
        for (name, reply) in self.labels.names.iter().zip(&self.texts) {
            text += &format!("[[R {name} {code}]]\n{}\n[[/R {name} {code}]]\n\n", defused(reply));
        }
        text += &self.question();
        text
    }

    fn question(&self) -> String {
        let names = &self.labels.names;
        let shape = self.shape();
        match self.kind {
            CallKind::List => words::list(self.tongue, names, &shape),
            CallKind::Pair => words::pair(self.tongue, names, &shape),
            CallKind::Point | CallKind::Reward => words::digit(self.tongue, self.judge.rubric.scale),
            CallKind::PointJson => words::number(self.tongue, &self.judge.rubric, &shape),
        }
    }

    /// The answer as it is to look, with words where values go.
    fn shape(&self) -> String {
        words::shape(self.tongue, self.kind, &self.judge.rubric, self.reason)
    }

    fn range(&self) -> (u8, u8) {
        range(self.judge.rubric.scale)
    }
}

/// The best and the worst number of a scale.
pub(super) fn range(scale: Scale) -> (u8, u8) {
    match scale {
        Scale::Whole => (9, 0),
        Scale::EachCriterion => (10, 1),
        Scale::SafetyClasses => (2, 0),
    }
}

/// Whether a text holds anything that can be judged: letters, digits, or symbols such as an emoji or ∞. Marks alone, even
/// a colon, have been taken for the best reply by strong judges (arXiv 2507.08794), so they are never sent.
pub fn can_be_judged(text: &str) -> bool {
    !text.chars().all(is_mark)
}

/// Space, punctuation and what cannot be seen.
fn is_mark(character: char) -> bool {
    !character.is_alphanumeric()
        && (character.is_whitespace()
            || character.is_control()
            || character.is_ascii_punctuation()
            || matches!(character,
                '\u{a1}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{2e00}'..='\u{2e7f}' | '\u{3000}'..='\u{303f}'
                | '\u{fe00}'..='\u{fe6f}' | '\u{ff00}'..='\u{ffef}' | '\u{feff}' | '\u{fffd}' | '\u{e0000}'..='\u{e0fff}'))
}

/// Material as it is sent: `[[` loses its power to look like a fence, and `<|name|>`, which servers read as the end of a
/// turn wherever it stands, is taken apart.
fn defused(text: &str) -> String {
    let mut sent = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let is_second = before == Some(character);
        let opens = before == Some('<') && matches!(character, '|' | '｜') && is_token_name(rest.as_str(), character);
        if (is_second && character == '[') || opens {
            sent.push(' ');
        }
        sent.push(character);
        before = Some(character);
    }
    sent
}

/// Whether a text goes on with a name, the bar and `>`.
fn is_token_name(rest: &str, bar: char) -> bool {
    let named = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '▁'));
    named.len() < rest.len() && named.strip_prefix(bar).is_some_and(|end| end.starts_with('>'))
}

/// The first characters of an answer.
fn head(text: &str) -> String {
    match text.char_indices().nth(ANSWER) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
