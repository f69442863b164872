//! What a model is asked: system prompt, earlier turns, user turn.

use serde::{Deserialize, Serialize};

/// Who spoke an earlier turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnRole {
    /// The person.
    User,
    /// The model.
    Assistant,
}

impl TurnRole {
    /// The role's name in chat messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One earlier turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Turn {
    /// Who spoke.
    pub role: TurnRole,
    /// What was said, as it was said.
    pub text: String,
}

/// A prompt. Texts are kept as they came: no trimming, no normalisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Prompt {
    /// The system prompt; `None` when there is none (an empty one is not sent either, but is kept).
    pub system: Option<String>,
    /// Earlier turns, oldest first.
    #[serde(default)]
    pub history: Vec<Turn>,
    /// The user turn to answer.
    pub user: String,
}

impl Prompt {
    /// A prompt of one user turn.
    pub fn new(system: Option<String>, user: impl Into<String>) -> Self {
        Self { system, history: Vec::new(), user: user.into() }
    }

    /// The prompt as chat messages, `(role, text)`, without an answer. An empty system prompt is left out.
    pub fn messages(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let system = self.system.as_deref().filter(|text| !text.is_empty());
        system
            .map(|text| ("system", text))
            .into_iter()
            .chain(self.history.iter().map(|turn| (turn.role.as_str(), turn.text.as_str())))
            .chain(std::iter::once(("user", self.user.as_str())))
    }

    /// The first words of the user turn on one line, at most `max_chars` characters: what a queue row shows.
    pub fn title(&self, max_chars: usize) -> String {
        let mut title = String::new();
        let mut chars = 0;
        for word in self.user.split_whitespace() {
            if chars > 0 {
                title.push(' ');
                chars += 1;
            }
            for character in word.chars() {
                if chars >= max_chars {
                    return title;
                }
                title.push(character);
                chars += 1;
            }
        }
        title
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_and_bounded() {
        let prompt = Prompt::new(None, "  第一行\n\n second\tline ");
        assert_eq!(prompt.title(80), "第一行 second line");
        assert_eq!(prompt.title(5), "第一行 s");
    }

    #[test]
    fn an_empty_system_prompt_is_not_sent() {
        let roles: Vec<_> = Prompt::new(Some(String::new()), "q").messages().map(|(role, _)| role).collect();
        assert_eq!(roles, ["user"]);
    }
}
