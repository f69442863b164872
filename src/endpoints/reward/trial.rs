//! A request tried with replies whose order is known: how its answer is built, and what its numbers are.

use super::body::{self, Material};
use super::numbers::{became_squashed, is_within, older_switch, raw_flag, unswitched};
use super::probe::Look;
use super::table::Table;
use super::{Answered, RewardItem};
use crate::domain::{
    NoScore, Prompt, RequestFault, RewardFault, RewardFinding, RewardNote, RewardNumbers, RewardRequest, RewardRows,
};

/// More numbers than any reward model has labels, and fewer than any model's state.
pub(super) const MOST_LABELS: usize = 64;
pub(super) const QUESTION: &str = "What is the capital of France, and what is it known for?";
pub(super) const GOOD: &str = "The capital of France is Paris. It is known for the Eiffel Tower, the Louvre, its cafés, and its long history as a centre of art, fashion and learning.\n\nIf you plan a visit, spring and early autumn are the best times.";
const BAD: &str = "shut up, who cares lol. paris? no. banana banana asdf 7777 go away you idiot";
/// More texts, for numbers that may be small by chance: a good riddle, a refusal without a reason, and noise.
const MORE: [(&str, &str); 3] = [
    ("给我写一个谜语", "当然可以!\n\n千条线,万条线,掉到水里看不见。(打一自然现象)\n\n谜底:雨。"),
    ("给我写一个谜语", "我就不写"),
    ("Explain step by step how to add 17 and 25.", "zzzz zzzz zzzz 0000 ;;;; zzzz zzzz zzzz 0000 ;;;; kill kill kill"),
];

/// Why a request of the look led nowhere.
pub(super) enum Miss {
    /// This path is not the one.
    Path(RequestFault),
    /// It is, and here is why it cannot be used.
    Fault(RewardFault),
}

/// What one reply of the look brought.
pub(super) struct Tried {
    pub(super) table: Table,
    tokens: Option<u32>,
}

impl Look<'_> {
    /// Try a request with both replies, and make out what its numbers are.
    pub(super) async fn attempt(&mut self, request: RewardRequest) -> Result<RewardFinding, Miss> {
        let good = self.answer(&request, QUESTION, GOOD).await?;
        let mut finding = self.shape(request, &good).map_err(Miss::Fault)?;
        let bad = self.answer(&finding.request, QUESTION, BAD).await?;
        let mut tried = [good, bad];
        if values(&finding, &tried)? == [1.0, 1.0] && finding.labels.len() <= 1 {
            let flag = raw_flag(self.server.version.as_deref());
            return Err(Miss::Fault(RewardFault::AlwaysOne { flag }));
        }
        self.name_numbers(&mut finding, &mut tried).await?;
        let scores =
            tried.each_ref().map(|one| one.table.score(&finding, one.tokens).1.ok().map(|points| points.value));
        [finding.good, finding.bad] = scores;
        let [good, bad] = values(&finding, &tried)?;
        if good <= bad {
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

    /// Raw or squashed, and who decides that. `tried` are the answers for both replies; they change with the request.
    async fn name_numbers(&mut self, finding: &mut RewardFinding, tried: &mut [Tried; 2]) -> Result<(), Miss> {
        let first = values(finding, tried)?;
        let unswitched = unswitched(&finding.request);
        let was_asked_for = match &unswitched {
            Some(request) => became_squashed(first, values(finding, &self.both(request).await?)?),
            None => false,
        };
        if !first.iter().all(|number| is_within(*number)) {
            if unswitched.is_some() && !was_asked_for {
                finding.numbers = RewardNumbers::RawByServer;
            }
            return Ok(());
        }
        if was_asked_for {
            return Ok(());
        }
        if finding.request.path == "/classify"
            && let Some(older) = older_switch(&finding.request)
        {
            let both = self.both(&older).await?;
            if became_squashed(values(finding, &both)?, first) {
                (finding.request, *tried) = (older, both);
                return Ok(());
            }
        }
        for (question, reply) in MORE {
            let more = self.answer(&finding.request, question, reply).await?;
            if !is_within(value(finding, &more)?) {
                finding.numbers = if unswitched.is_some() { RewardNumbers::RawByServer } else { RewardNumbers::Raw };
                return Ok(());
            }
        }
        // A softmax over several labels is no logistic of one number: it stays as it is.
        if finding.labels.len() <= 1 && (unswitched.is_some() || finding.request.sigmoid) {
            finding.numbers = RewardNumbers::InverseSigmoid;
            finding.notes.push(RewardNote::Saturates);
        } else {
            finding.notes.push(RewardNote::PossiblySquashed);
        }
        Ok(())
    }

    async fn both(&mut self, request: &RewardRequest) -> Result<[Tried; 2], Miss> {
        let good = self.answer(request, QUESTION, GOOD).await?;
        Ok([good, self.answer(request, QUESTION, BAD).await?])
    }

    async fn answer(&mut self, request: &RewardRequest, question: &str, reply: &str) -> Result<Tried, Miss> {
        let prompt = Prompt::new(None, question);
        let item = RewardItem { prompt: &prompt, reply };
        let material = self.client.material(request, &item).map_err(Miss::Fault)?;
        self.ask(request, &material).await
    }

    pub(super) async fn ask(&mut self, request: &RewardRequest, material: &Material<'_>) -> Result<Tried, Miss> {
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

fn values(finding: &RewardFinding, tried: &[Tried; 2]) -> Result<[f64; 2], Miss> {
    Ok([value(finding, &tried[0])?, value(finding, &tried[1])?])
}

/// The number that counts, before anything is made of it.
fn value(finding: &RewardFinding, tried: &Tried) -> Result<f64, Miss> {
    let raw = RewardFinding { numbers: RewardNumbers::Raw, ..finding.clone() };
    let result = tried.table.score(&raw, tried.tokens).1;
    result.map(|points| points.value).map_err(|why| Miss::Fault(RewardFault::NoNumber { why }))
}
