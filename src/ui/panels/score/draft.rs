//! A scorer as it is made: every field as it was typed, what is still lacking, the scorer that comes of it.

use super::rubric::RubricDraft;
use crate::domain::{
    ChatTemplate, Judge, JudgeLanguage, JudgeMethod, Orders, Reward, RewardRequest, RewardServer, RubricFault, Scorer,
    ScorerId, ScorerKind, StepRule,
};
use crate::sample;
use crate::ui::panels::endpoint::Form;

/// The longest answer that can be asked for, in tokens.
const TOKENS: std::ops::RangeInclusive<u32> = 16..=65_536;

/// Servers whose requests are known by name: the name in a scorer's settings, and as people call them.
pub(super) const PRESETS: [(&str, &str); 7] = [
    ("tei", "TEI"),
    ("infinity", "Infinity"),
    ("openrlhf", "OpenRLHF"),
    ("llama-factory", "LLaMA-Factory"),
    ("lmdeploy", "LMDeploy"),
    ("nim", "NIM"),
    ("sglang", "SGLang"),
];

/// Which kind of scorer is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Judge,
    Reward,
}

/// Who makes one text out of prompt and reply, in the order of the choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Template {
    #[default]
    Server,
    ChatMl,
    Llama3,
    Plain,
    Jinja,
}

impl Template {
    pub(super) const ALL: [Self; 5] = [Self::Server, Self::ChatMl, Self::Llama3, Self::Plain, Self::Jinja];
}

/// How a reward server is asked, in the order of the choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Asking {
    #[default]
    Find,
    Preset,
    Own,
}

impl Asking {
    pub(super) const ALL: [Self; 3] = [Self::Find, Self::Preset, Self::Own];
}

/// What keeps a scorer from being added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    Address,
    Concurrency,
    Headers,
    Name,
    NameTaken(String),
    Rubric(RubricFault),
    Tokens,
    Template,
    Path,
    Body,
    Pointer,
}

/// The fields of one scorer.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) id: ScorerId,
    pub(super) kind: Kind,
    pub(super) server: Form,
    pub(super) name: String,
    /// The name was typed; no other is proposed any more.
    pub(super) is_named: bool,
    pub(super) method: JudgeMethod,
    pub(super) orders: Orders,
    pub(super) rubric: RubricDraft,
    pub(super) language: JudgeLanguage,
    pub(super) thinking: bool,
    pub(super) max_tokens: String,
    pub(super) template: Template,
    pub(super) jinja: String,
    pub(super) has_system: bool,
    pub(super) system: String,
    pub(super) asking: Asking,
    pub(super) preset: usize,
    pub(super) path: String,
    pub(super) body: String,
    pub(super) pointer: String,
    pub(super) squashed: bool,
    pub(super) steps: Option<StepRule>,
    pub(super) label: String,
}

impl Draft {
    pub(super) fn new(kind: Kind, server: Form) -> Self {
        let judge = Judge::default();
        Self {
            id: ScorerId::new(),
            kind,
            server,
            name: String::new(),
            is_named: false,
            method: judge.method,
            orders: judge.orders,
            rubric: RubricDraft::default(),
            language: judge.language,
            thinking: judge.thinking,
            max_tokens: judge.max_tokens.to_string(),
            template: Template::default(),
            jinja: String::new(),
            has_system: false,
            system: String::new(),
            asking: Asking::default(),
            preset: 0,
            path: "/pooling".to_owned(),
            body: "{\"model\": \"{model}\", \"messages\": \"{messages}\"}".to_owned(),
            pointer: "/data/*/data".to_owned(),
            squashed: false,
            steps: None,
            label: String::new(),
        }
    }

    /// The longest answer in tokens; `None` where no such number stands there.
    pub(super) fn max_tokens(&self) -> Option<u32> {
        self.max_tokens.trim().parse().ok().filter(|tokens| TOKENS.contains(tokens))
    }

    /// What keeps it from being added, in the order of the page; `taken` knows the names of the other scorers.
    pub(super) fn lacks(&self, taken: impl Fn(&str) -> bool) -> Vec<Lack> {
        let mut lacks = Vec::new();
        if self.server.endpoint().is_none() {
            lacks.push(Lack::Address);
        }
        if self.server.concurrency().is_none() {
            lacks.push(Lack::Concurrency);
        }
        if self.server.headers().is_none() {
            lacks.push(Lack::Headers);
        }
        let name = self.name.trim();
        if name.is_empty() {
            lacks.push(Lack::Name);
        } else if taken(name) {
            lacks.push(Lack::NameTaken(name.to_owned()));
        }
        match self.kind {
            Kind::Judge => {
                if let Err(fault) = self.rubric.rubric().check() {
                    lacks.push(Lack::Rubric(fault));
                }
                if self.max_tokens().is_none() {
                    lacks.push(Lack::Tokens);
                }
            }
            Kind::Reward => {
                if self.template == Template::Jinja && self.jinja.trim().is_empty() {
                    lacks.push(Lack::Template);
                }
                if self.asking == Asking::Own {
                    let starts = |text: &str| text.trim().starts_with('/');
                    let wrong = [
                        (!starts(&self.path), Lack::Path),
                        (self.body().is_none(), Lack::Body),
                        (!starts(&self.pointer), Lack::Pointer),
                    ];
                    lacks.extend(wrong.into_iter().filter(|(wrong, _)| *wrong).map(|(_, lack)| lack));
                }
            }
        }
        lacks
    }

    fn body(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// The scorer, once it has an address; fields that cannot be read count as their defaults, and [`Draft::lacks`] says
    /// which.
    pub(super) fn scorer(&self) -> Option<Scorer> {
        let mut endpoint = self.server.endpoint()?;
        endpoint.share = 1;
        if self.server.sample {
            let model = if self.kind == Kind::Judge { sample::MODEL } else { sample::REWARD_MODEL };
            model.clone_into(&mut endpoint.model);
        }
        let kind = match self.kind {
            Kind::Judge => ScorerKind::Judge(self.judge()),
            Kind::Reward => ScorerKind::Reward(Box::new(self.reward())),
        };
        let (id, name) = (self.id, self.name.trim().to_owned());
        Some(Scorer { id, name, endpoint, kind, created_at: jiff::Timestamp::now(), calibrates: None })
    }

    /// The judge's settings.
    pub(super) fn judge(&self) -> Judge {
        Judge {
            method: self.method,
            orders: self.orders,
            rubric: self.rubric.rubric(),
            language: self.language,
            thinking: self.thinking && self.method != JudgeMethod::Pointwise,
            max_tokens: self.max_tokens().unwrap_or(Judge::default().max_tokens),
        }
    }

    fn reward(&self) -> Reward {
        let label = self.label.trim();
        Reward {
            server: match self.asking {
                Asking::Find => RewardServer::Find,
                Asking::Preset => {
                    let name = PRESETS.get(self.preset).map_or("", |(name, _)| name);
                    RewardServer::Preset(name.to_owned())
                }
                Asking::Own => RewardServer::Custom(RewardRequest {
                    path: self.path.trim().to_owned(),
                    body: self.body().unwrap_or_default(),
                    pointer: self.pointer.trim().to_owned(),
                    sigmoid: self.squashed,
                    ..RewardRequest::default()
                }),
            },
            system: Some(self.system.trim().to_owned()).filter(|system| self.has_system && !system.is_empty()),
            template: match self.template {
                Template::Server => ChatTemplate::Server,
                Template::ChatMl => ChatTemplate::ChatMl,
                Template::Llama3 => ChatTemplate::Llama3,
                Template::Plain => ChatTemplate::Plain,
                Template::Jinja => ChatTemplate::Jinja(self.jinja.clone()),
            },
            steps: self.steps,
            label: (!label.is_empty()).then(|| label.to_owned()),
            batch: 0,
        }
    }

    /// Propose a name after the model, or the server's first model, one that no other scorer has.
    pub(super) fn propose(&mut self, first_model: Option<&str>, taken: impl Fn(&str) -> bool) {
        if self.is_named {
            return;
        }
        let model = self.server.model.trim();
        let model = if model.is_empty() { first_model.unwrap_or_default() } else { model };
        let base = match (self.server.sample, self.kind) {
            (true, Kind::Judge) => "sample-judge",
            (true, Kind::Reward) => sample::REWARD_MODEL,
            // Models are named by who made them, or by the folder that they are in.
            (false, _) => model.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or_default(),
        };
        let free = |name: &String| !taken(name);
        let others = (2..).map(|number| format!("{base}-{number}"));
        self.name = match base {
            "" => String::new(),
            base => std::iter::once(base.to_owned()).chain(others).find(free).unwrap_or_default(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> bool {
        false
    }

    #[test]
    fn what_is_lacking_is_told_and_nothing_else() {
        let mut draft = Draft::new(Kind::Judge, Form::at(""));
        assert_eq!(draft.lacks(none), [Lack::Address, Lack::Name]);
        draft.server = Form::at("http://127.0.0.1:8000/v1");
        draft.name = " qwen ".to_owned();
        assert_eq!(draft.lacks(none), []);
        assert_eq!(draft.lacks(|name| name == "qwen"), [Lack::NameTaken("qwen".to_owned())]);
        draft.max_tokens = "8".to_owned();
        draft.server.concurrency = "many".to_owned();
        assert_eq!(draft.lacks(none), [Lack::Concurrency, Lack::Tokens]);
        draft.server.concurrency.clear();
        // What a reward model lacks does not hold a judge up, nor the other way round.
        draft.kind = Kind::Reward;
        draft.asking = Asking::Own;
        (draft.path, draft.body, draft.pointer) = ("score".to_owned(), "{".to_owned(), String::new());
        assert_eq!(draft.lacks(none), [Lack::Path, Lack::Body, Lack::Pointer]);
        draft.template = Template::Jinja;
        draft.asking = Asking::Find;
        assert_eq!(draft.lacks(none), [Lack::Template]);
    }

    #[test]
    fn a_name_is_proposed_after_the_model_until_one_is_typed() {
        let mut draft = Draft::new(Kind::Judge, Form::at("http://h/v1"));
        draft.propose(None, none);
        assert_eq!(draft.name, "");
        draft.propose(Some("Qwen/Qwen3-32B"), none);
        assert_eq!(draft.name, "Qwen3-32B");
        draft.server.model = "/models/skywork-v2/".to_owned();
        draft.propose(Some("Qwen/Qwen3-32B"), |name| name == "skywork-v2");
        assert_eq!(draft.name, "skywork-v2-2");
        (draft.name, draft.is_named) = ("mine".to_owned(), true);
        draft.propose(Some("other"), none);
        assert_eq!(draft.name, "mine");
    }

    #[test]
    fn the_scorer_holds_what_was_chosen() {
        let mut draft = Draft::new(Kind::Reward, Form::at("sample"));
        draft.propose(None, none);
        (draft.has_system, draft.system) = (true, " be kind ".to_owned());
        (draft.asking, draft.preset, draft.label) = (Asking::Preset, 2, "0".to_owned());
        draft.steps = Some(StepRule::Minimum);
        let scorer = draft.scorer().unwrap();
        assert_eq!((scorer.name.as_str(), scorer.endpoint.model.as_str()), ("sample-reward", "sample-reward"));
        let ScorerKind::Reward(reward) = scorer.kind else { panic!("a judge") };
        assert_eq!(reward.server, RewardServer::Preset("openrlhf".to_owned()));
        assert_eq!((reward.system.as_deref(), reward.label.as_deref()), (Some("be kind"), Some("0")));
        assert_eq!(reward.steps, Some(StepRule::Minimum));
        // A digit needs no thinking.
        (draft.kind, draft.thinking, draft.method) = (Kind::Judge, true, JudgeMethod::Pointwise);
        assert!(!draft.judge().thinking);
    }
}
