//! The scoring job: groups in, calls and judgements out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use tokio::runtime::Handle;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::attempt::{Tries, is_hopeless};
use super::calls::{answer_shape, reward_call, shape};
use super::gate::{Gate, Standing};
use super::generator::Counted;
use crate::domain::{
    Answer, Call, GroupId, Judge, Judgement, NoScore, Prompt, ReplyId, RequestFault, Revision, RewardFault,
    RewardFinding, Sampling, Scorer, ScorerFault, ScorerId, ScorerKind, Sent,
};
use crate::endpoints::{ChatRequest, Client, Form, RewardClient, RewardItem, RewardReading};
use crate::ranking::course::{self, Ask, Material, Next};
use crate::ranking::{open_rewards, reward_scores, seed_of};

/// What a scoring job works with.
pub struct ScoringSetup {
    /// The scorer; its id is handed back with every event.
    pub scorer: Arc<Scorer>,
    /// The server.
    pub client: Client,
    /// What a look at a reward server showed; without it the job looks first.
    pub finding: Option<RewardFinding>,
    /// Which run this is; handed back with every event.
    pub job: u64,
    /// One for each request to the server, whichever job it is of; who asked first is served first.
    pub server_permits: Arc<Semaphore>,
    /// For people's eyes: each request is told before it is sent, and the answers of reward servers are kept whole.
    pub shown: bool,
}

/// A group that wants scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoringWork {
    /// The group.
    pub group: GroupId,
    /// The round that is scored; handed back with what comes.
    pub round: u32,
    /// What was asked.
    pub prompt: Arc<Prompt>,
    /// The replies in the order of their places.
    pub replies: Vec<(ReplyId, Arc<str>)>,
    /// What this scorer was asked about them before and has answered.
    pub calls: Vec<Call>,
}

impl ScoringWork {
    /// Which replies it is about.
    pub fn revision(&self) -> Revision {
        Revision::of(self.replies.iter().map(|(reply, _)| *reply))
    }
}

/// An event and whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoringTold {
    /// The scorer.
    pub scorer: ScorerId,
    /// Which run of it.
    pub job: u64,
    /// What happened.
    pub event: ScoringEvent,
}

/// What a scoring job reports.
#[derive(Clone, Debug, PartialEq)]
pub enum ScoringEvent {
    /// What a look at a reward server showed.
    Found(Box<RewardFinding>),
    /// A request that is about to be sent, where requests are shown.
    Sending { step: u32, attempt: u32, sent: Box<Sent> },
    /// A request that was answered, or failed for good.
    Called { group: GroupId, round: u32, revision: Revision, call: Box<Call> },
    /// A group that is done.
    Judged(Box<Judgement>),
    /// The server is away; it is waited for.
    Away { fault: RequestFault, next_try: jiff::Timestamp, tries: u32 },
    /// The server is there again.
    Back,
    /// Nothing can work as things are. No group counts as done.
    Stopped(ScorerFault),
}

/// A running job. Dropping it cancels it.
pub struct Scoring {
    work: mpsc::Sender<ScoringWork>,
    gate: Arc<Gate<ScoringTold>>,
    paused: watch::Sender<bool>,
    cancel: CancellationToken,
    in_flight: Arc<AtomicU32>,
}

impl Scoring {
    /// Start a job; it waits for work.
    pub fn start(runtime: &Handle, setup: ScoringSetup, events: mpsc::Sender<ScoringTold>) -> Self {
        let concurrency = setup.scorer.endpoint.concurrency();
        let (work, inbox) = mpsc::channel((concurrency as usize * 2).max(4));
        let (paused, watch) = watch::channel(false);
        let (scorer, job) = (setup.scorer.id, setup.job);
        let gate = Arc::new(Gate::new(events, move |standing| ScoringTold { scorer, job, event: standing.into() }));
        let cancel = CancellationToken::new();
        let in_flight = Arc::new(AtomicU32::new(0));
        let finding = OnceCell::new_with(setup.finding.clone());
        let rewards = match &setup.scorer.kind {
            ScorerKind::Judge(_) => None,
            ScorerKind::Reward(settings) => {
                let model = setup.scorer.endpoint.model.clone();
                Some(RewardClient::new(setup.client.clone(), model, (**settings).clone()))
            }
        };
        let job = Arc::new(Job {
            setup,
            finding,
            rewards,
            gate: Arc::clone(&gate),
            paused: watch,
            stopped: AtomicBool::new(false),
            in_flight: Arc::clone(&in_flight),
            cancel: cancel.clone(),
        });
        runtime.spawn(job.run(inbox));
        Self { work, gate, paused, cancel, in_flight }
    }

    /// Hand over work; given back when there is no room.
    pub fn offer(&self, work: ScoringWork) -> Result<(), ScoringWork> {
        self.work.try_send(work).map_err(mpsc::error::TrySendError::into_inner)
    }

    /// How much more work there is room for.
    pub fn capacity(&self) -> usize {
        self.work.capacity()
    }

    /// Requests under way.
    pub fn in_flight(&self) -> u32 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// The server is being waited for: try at once.
    pub fn try_now(&self) {
        self.gate.try_now();
    }

    /// Begin no more requests, or go on. Those that run come to their end.
    pub fn pause(&self, paused: bool) {
        self.paused.send_replace(paused);
    }

    /// Stop: running requests are dropped, their connections closed.
    pub fn cancel(self) {
        self.cancel.cancel();
    }
}

impl Drop for Scoring {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl From<Standing> for ScoringEvent {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Away { fault, next_try, tries } => Self::Away { fault, next_try, tries },
            Standing::Back => Self::Back,
        }
    }
}

struct Job {
    setup: ScoringSetup,
    finding: OnceCell<RewardFinding>,
    /// For a reward model; its chat template is read once.
    rewards: Option<RewardClient>,
    gate: Arc<Gate<ScoringTold>>,
    paused: watch::Receiver<bool>,
    stopped: AtomicBool,
    in_flight: Arc<AtomicU32>,
    cancel: CancellationToken,
}

impl Job {
    async fn run(self: Arc<Self>, mut inbox: mpsc::Receiver<ScoringWork>) {
        // A group is begun only when one of its requests can run. Its requests follow one another, so that the server
        // finds the prompt in its cache.
        let slots = Arc::new(Semaphore::new(self.setup.scorer.endpoint.concurrency() as usize));
        loop {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
            let work = tokio::select! {
                () = self.cancel.cancelled() => return,
                work = inbox.recv() => match work {
                    Some(work) => work,
                    None => return,
                },
            };
            let job = Arc::clone(&self);
            tokio::spawn(async move {
                let cancel = job.cancel.clone();
                tokio::select! {
                    () = cancel.cancelled() => {}
                    () = job.score(work) => {}
                }
                drop(slot);
            });
        }
    }

    async fn score(&self, work: ScoringWork) {
        let done = match (&self.setup.scorer.kind, &self.rewards) {
            (ScorerKind::Judge(judge), _) => self.judge(judge, &work).await,
            (ScorerKind::Reward(_), Some(client)) => self.reward(client, &work).await,
            (ScorerKind::Reward(_), None) => return,
        };
        match done {
            Ok(judgement) => self.tell(ScoringEvent::Judged(Box::new(judgement))).await,
            Err(fault) => {
                if !self.stopped.swap(true, Ordering::Relaxed) {
                    self.tell(ScoringEvent::Stopped(fault)).await;
                }
            }
        }
    }

    /// Ask a judge what is still to be asked, one request after the other.
    async fn judge(&self, judge: &Judge, work: &ScoringWork) -> Result<Judgement, ScorerFault> {
        let scorer = &self.setup.scorer;
        let replies: Vec<(ReplyId, &str)> = work.replies.iter().map(|(reply, text)| (*reply, &**text)).collect();
        let material = Material { prompt: &work.prompt, replies: &replies };
        let seed = seed_of(scorer.id, work.group, work.round);
        let mut calls = work.calls.clone();
        loop {
            let means = self.setup.client.means();
            let means = course::Means { shape: shape(means), logprobs: means.logprobs };
            let asks = match course::next(judge, seed, &material, &calls, means) {
                Next::Ask(asks) => asks,
                Next::Done(outcome) => {
                    return Ok(Judgement {
                        scorer: scorer.id,
                        group: work.group,
                        round: work.round,
                        scores: outcome.scores,
                        spread: outcome.spread,
                        suspect: outcome.suspect,
                        inconsistent: outcome.inconsistent,
                        at: jiff::Timestamp::now(),
                    });
                }
            };
            for ask in asks {
                self.sending(ask.step, ask.attempt, || Some(Sent::Messages(ask.prompt.clone()))).await;
                let call = match self.ask_judge(&ask, seed).await {
                    Ok(answer) => course::read(judge, &ask, answer, jiff::Timestamp::now()),
                    Err(fault) if is_hopeless(&fault) => return Err(ScorerFault::Request(fault)),
                    Err(fault) => course::failed(&ask, &fault, jiff::Timestamp::now()),
                };
                self.called(work, call.clone()).await;
                calls.push(call);
            }
        }
    }

    async fn ask_judge(&self, ask: &Ask, seed: u64) -> Result<Answer, RequestFault> {
        let sampling = Sampling { temperature: Some(0.0), max_tokens: Some(ask.max_tokens), ..Sampling::default() };
        let request = ChatRequest {
            model: self.setup.scorer.endpoint.model.clone(),
            prompt: Arc::new(ask.prompt.clone()),
            n: 1,
            // Seeds that every server takes.
            seed: Some(seed & (u64::MAX >> 1)),
            sampling,
            form: Form { shape: answer_shape(ask), logprobs: ask.digits, thinking: Some(ask.thinking) },
        };
        let mut tries = Tries::new();
        loop {
            let _turn = self.turn().await;
            match self.setup.client.judge(&request).await {
                Ok(answer) => return Ok(answer),
                Err(error) => tries.failed(&self.gate, &self.setup.client, error).await?,
            }
        }
    }

    /// Ask a reward model for the replies that have no number yet.
    async fn reward(&self, client: &RewardClient, work: &ScoringWork) -> Result<Judgement, ScorerFault> {
        let scorer = &self.setup.scorer;
        let finding = self.finding.get_or_try_init(|| self.look(client)).await?;
        let replies: Vec<(ReplyId, &str)> = work.replies.iter().map(|(reply, text)| (*reply, &**text)).collect();
        let mut calls = work.calls.clone();
        let batch = if self.setup.shown { 1 } else { client.batch(finding).max(1) };
        for part in open_rewards(&replies, &calls).chunks(batch) {
            let items: Vec<RewardItem<'_>> =
                part.iter().map(|place| RewardItem { prompt: &work.prompt, reply: replies[*place].1 }).collect();
            if let ([place], [item]) = (part, &items[..]) {
                self.sending(*place as u32, 1, || client.sent(finding, *item).ok()).await;
            }
            let readings = match self.ask_reward(client, finding, &items).await {
                Ok(readings) => readings,
                Err(fault) if is_hopeless(&fault) => return Err(ScorerFault::Request(fault)),
                Err(fault) => {
                    let gap = || Err(NoScore::Failed { fault: fault.clone() });
                    let failed = || RewardReading { result: gap(), raw: None, tokens: None };
                    items.iter().map(|_| (failed(), String::new())).collect()
                }
            };
            for (place, (reading, said)) in part.iter().zip(readings) {
                let call = reward_call(*place as u32, replies[*place].0, finding, reading, said);
                self.called(work, call.clone()).await;
                calls.push(call);
            }
        }
        Ok(Judgement {
            scorer: scorer.id,
            group: work.group,
            round: work.round,
            scores: reward_scores(&replies, &calls),
            spread: Vec::new(),
            suspect: Vec::new(),
            inconsistent: Vec::new(),
            at: jiff::Timestamp::now(),
        })
    }

    /// Look at a reward server that nobody has looked at; one that is away is waited for.
    async fn look(&self, client: &RewardClient) -> Result<RewardFinding, ScorerFault> {
        loop {
            let _turn = self.turn().await;
            match client.probe().await {
                Ok(finding) => {
                    self.tell(ScoringEvent::Found(Box::new(finding.clone()))).await;
                    return Ok(finding);
                }
                Err(RewardFault::Request(
                    fault @ (RequestFault::Unreachable { .. }
                    | RequestFault::TimedOut { .. }
                    | RequestFault::Busy { .. }),
                )) => self.gate.wait_for(&self.setup.client, fault).await,
                Err(RewardFault::Request(fault)) => return Err(ScorerFault::Request(fault)),
                Err(fault) => return Err(ScorerFault::Reward(fault)),
            }
        }
    }

    /// A reading for each item, with the server's answer where it is shown.
    async fn ask_reward(
        &self,
        client: &RewardClient,
        finding: &RewardFinding,
        items: &[RewardItem<'_>],
    ) -> Result<Vec<(RewardReading, String)>, RequestFault> {
        let mut tries = Tries::new();
        loop {
            let _turn = self.turn().await;
            let asked = match items {
                [item] if self.setup.shown => client.show(finding, *item).await.map(|shown| vec![shown]),
                items => {
                    let silent = |reading| (reading, String::new());
                    client.score(finding, items).await.map(|readings| readings.into_iter().map(silent).collect())
                }
            };
            match asked {
                Ok(readings) => return Ok(readings),
                Err(error) => tries.failed(&self.gate, &self.setup.client, error).await?,
            }
        }
    }

    /// Wait until a request may be sent: nobody paused, the server is there, and it is this request's turn. Never returns
    /// once the job is being dropped: that is no answer to anything, and nothing must be told of it.
    async fn turn(&self) -> Turn<'_> {
        loop {
            if self.paused.clone().wait_for(|paused| !paused).await.is_err() {
                std::future::pending::<()>().await;
            }
            self.gate.pass().await;
            let Ok(permit) = self.setup.server_permits.acquire().await else { std::future::pending().await };
            // It may have been paused while others had their turn.
            if !*self.paused.borrow() {
                return Turn { _permit: permit, _counted: Counted::new(&self.in_flight) };
            }
        }
    }

    /// Tell of a request before it is sent, where requests are shown.
    async fn sending(&self, step: u32, attempt: u32, sent: impl FnOnce() -> Option<Sent>) {
        if let Some(sent) = self.setup.shown.then(sent).flatten() {
            self.tell(ScoringEvent::Sending { step, attempt, sent: Box::new(sent) }).await;
        }
    }

    async fn called(&self, work: &ScoringWork, call: Call) {
        let (group, round, revision) = (work.group, work.round, work.revision());
        self.tell(ScoringEvent::Called { group, round, revision, call: Box::new(call) }).await;
    }

    async fn tell(&self, event: ScoringEvent) {
        let (scorer, job) = (self.setup.scorer.id, self.setup.job);
        self.gate.tell(ScoringTold { scorer, job, event }).await;
    }
}

/// A request under way.
struct Turn<'a> {
    _permit: SemaphorePermit<'a>,
    _counted: Counted<'a>,
}
