//! The job: groups in, replies out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::attempt;
use super::gate::{Gate, Standing};
use crate::domain::{Generated, GroupId, Prompt, RequestFault, Sampling};
use crate::endpoints::{ChatAnswer, ChatRequest, Choice, Client, Form};

/// What a job works with.
pub struct Setup {
    /// Which endpoint of the plan it asks; handed back with every event.
    pub endpoint: usize,
    /// The server.
    pub client: Client,
    /// How the server is named in the record of a reply.
    pub server_label: String,
    /// Which model; empty means the first.
    pub model: String,
    /// How replies are drawn.
    pub sampling: Sampling,
    /// Requests at the same time.
    pub concurrency: u32,
    /// One for each request to the server, whichever job it is of; who asked first is served first.
    pub server_permits: Arc<Semaphore>,
}

/// The places of one group that want replies.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// The group.
    pub group: GroupId,
    /// The round that the replies are for; handed back with them.
    pub round: u32,
    /// What is asked.
    pub prompt: Arc<Prompt>,
    /// The places.
    pub slots: Vec<u32>,
    /// A seed for each place.
    pub seeds: Vec<u64>,
}

/// An event and whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The endpoint that the job asks.
    pub endpoint: usize,
    /// What happened.
    pub event: JobEvent,
}

/// What a job reports.
#[derive(Clone, Debug, PartialEq)]
pub enum JobEvent {
    /// A reply.
    Reply { group: GroupId, round: u32, slot: u32, text: String, reasoning: Option<String>, generated: Generated },
    /// A reply that could not be had.
    Failed { group: GroupId, round: u32, slot: u32, fault: RequestFault },
    /// All places of a piece of work are answered or failed.
    Ended { group: GroupId, round: u32 },
    /// The server is away; it is waited for.
    Away { fault: RequestFault, next_try: jiff::Timestamp, tries: u32 },
    /// The server is there again.
    Back,
    /// Nothing can work as things are: the address, the key or the model is wrong. No reply counts as failed.
    Stopped { fault: RequestFault },
}

impl From<Standing> for JobEvent {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Away { fault, next_try, tries } => Self::Away { fault, next_try, tries },
            Standing::Back => Self::Back,
        }
    }
}

/// A running job. Dropping it cancels it.
pub struct Generator {
    work: mpsc::Sender<Work>,
    gate: Arc<Gate<Told>>,
    paused: watch::Sender<bool>,
    cancel: CancellationToken,
    in_flight: Arc<AtomicU32>,
}

impl Generator {
    /// Start a job; it waits for work.
    pub fn start(runtime: &Handle, setup: Setup, events: mpsc::Sender<Told>) -> Self {
        let permits = setup.concurrency.max(1);
        // Enough work at hand that a free permit never waits for the session, little enough that a change of place
        // is followed soon.
        let (work, inbox) = mpsc::channel((permits as usize * 2).max(4));
        let (paused, watch) = watch::channel(false);
        let endpoint = setup.endpoint;
        let gate = Arc::new(Gate::new(events, move |standing| Told { endpoint, event: standing.into() }));
        let cancel = CancellationToken::new();
        let in_flight = Arc::new(AtomicU32::new(0));
        let job = Arc::new(Job {
            setup,
            gate: Arc::clone(&gate),
            permits: Semaphore::new(permits as usize),
            singles: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            in_flight: Arc::clone(&in_flight),
            cancel: cancel.clone(),
        });
        runtime.spawn(job.run(inbox, watch));
        Self { work, gate, paused, cancel, in_flight }
    }

    /// Hand over work; given back when there is no room.
    pub fn offer(&self, work: Work) -> Result<(), Work> {
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

impl Drop for Generator {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

struct Job {
    setup: Setup,
    gate: Arc<Gate<Told>>,
    /// One for each request of this job.
    permits: Semaphore,
    /// The server ignores or refuses `n`: ask for one reply at a time.
    singles: AtomicBool,
    stopped: AtomicBool,
    in_flight: Arc<AtomicU32>,
    cancel: CancellationToken,
}

impl Job {
    async fn run(self: Arc<Self>, mut inbox: mpsc::Receiver<Work>, mut paused: watch::Receiver<bool>) {
        let slots = Arc::new(Semaphore::new(self.setup.concurrency.max(1) as usize));
        loop {
            tokio::select! {
                () = self.cancel.cancelled() => return,
                go = paused.wait_for(|paused| !paused) => {
                    if go.is_err() {
                        return;
                    }
                }
            }
            // A group is begun only when one of its requests can run, so that the order of work is kept.
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
                    () = job.fill(work) => {}
                }
                drop(slot);
            });
        }
    }

    /// Fill the places of one group.
    async fn fill(&self, work: Work) {
        let (group, round) = (work.group, work.round);
        let mut open: Vec<(u32, u64)> = work.slots.iter().copied().zip(work.seeds.iter().copied()).collect();
        // vLLM refuses several replies at temperature 0; they would all be the same.
        let greedy = self.setup.sampling.temperature == Some(0.0);
        if open.len() > 1 && !greedy && !self.singles.load(Ordering::Relaxed) {
            let asked = open.len() as u32;
            match self.ask(&work, asked, open[0].1).await {
                Ok(answer) => {
                    if answer.seen == 1 {
                        self.singles.store(true, Ordering::Relaxed);
                    }
                    open = self.hand_out(&work, open, asked, &answer).await;
                }
                Err(RequestFault::Refused { status: 400 | 422, .. }) => open = self.without_n(&work, open).await,
                Err(fault) => {
                    self.fail(&work, &open, fault).await;
                    open.clear();
                }
            }
        }
        let rest = open.into_iter().map(|place| self.single(&work, place));
        futures_util::future::join_all(rest).await;
        self.tell(JobEvent::Ended { group, round }).await;
    }

    /// A request for several replies was refused. That may be about their number (llama.cpp above its slots, Moonshot
    /// near temperature 0), or about all else: a request for one shows. The places that are left.
    async fn without_n(&self, work: &Work, mut open: Vec<(u32, u64)>) -> Vec<(u32, u64)> {
        let first = open.remove(0);
        match self.ask(work, 1, first.1).await {
            Ok(answer) => {
                self.singles.store(true, Ordering::Relaxed);
                drop(self.hand_out(work, vec![first], 1, &answer).await);
                open
            }
            Err(fault @ RequestFault::Refused { status: 400 | 422, .. }) => {
                open.insert(0, first);
                self.fail(work, &open, fault).await;
                Vec::new()
            }
            // Not about the number, nor about the request: the others are asked for all the same.
            Err(fault) => {
                self.fail(work, &[first], fault).await;
                open
            }
        }
    }

    async fn single(&self, work: &Work, place: (u32, u64)) {
        match self.ask(work, 1, place.1).await {
            Ok(answer) => drop(self.hand_out(work, vec![place], 1, &answer).await),
            Err(fault) => self.fail(work, &[place], fault).await,
        }
    }

    async fn ask(&self, work: &Work, n: u32, seed: u64) -> Result<ChatAnswer, RequestFault> {
        let request = ChatRequest {
            model: self.setup.model.clone(),
            prompt: Arc::clone(&work.prompt),
            n,
            seed: Some(seed),
            sampling: self.setup.sampling.clone(),
            form: Form::default(),
        };
        let Ok(_permit) = self.permits.acquire().await else { return Err(RequestFault::CutStream) };
        let Ok(_turn) = self.setup.server_permits.acquire().await else { return Err(RequestFault::CutStream) };
        let _counted = Counted::new(&self.in_flight);
        attempt::answer(&self.setup.client, &self.gate, &request).await
    }

    /// Give the choices of an answer to the open places; the places that are left.
    async fn hand_out(
        &self,
        work: &Work,
        open: Vec<(u32, u64)>,
        requested: u32,
        answer: &ChatAnswer,
    ) -> Vec<(u32, u64)> {
        let mut open = open.into_iter();
        for choice in &answer.choices {
            let Some((slot, _)) = open.next() else { break };
            let generated = self.record(requested, answer, choice);
            self.tell(JobEvent::Reply {
                group: work.group,
                round: work.round,
                slot,
                text: choice.text.clone(),
                reasoning: choice.reasoning.clone(),
                generated,
            })
            .await;
        }
        open.collect()
    }

    fn record(&self, requested: u32, answer: &ChatAnswer, choice: &Choice) -> Generated {
        Generated {
            server: self.setup.server_label.clone(),
            model: answer.model.clone(),
            sampling: self.setup.sampling.clone(),
            seed: answer.seed,
            requested,
            choice: choice.index,
            finish_reason: choice.finish_reason.clone(),
            prompt_tokens: answer.prompt_tokens,
            completion_tokens: answer.completion_tokens.filter(|_| requested == 1),
            first_token_millis: answer.first_token.map(|time| time.as_millis() as u32),
            total_millis: answer.total.as_millis() as u32,
        }
    }

    async fn fail(&self, work: &Work, open: &[(u32, u64)], fault: RequestFault) {
        // What is wrong with every request is no failure of this one.
        if attempt::is_hopeless(&fault) {
            if !self.stopped.swap(true, Ordering::Relaxed) {
                self.tell(JobEvent::Stopped { fault }).await;
            }
            return;
        }
        for (slot, _) in open {
            let (group, round, slot, fault) = (work.group, work.round, *slot, fault.clone());
            self.tell(JobEvent::Failed { group, round, slot, fault }).await;
        }
    }

    async fn tell(&self, event: JobEvent) {
        self.gate.tell(Told { endpoint: self.setup.endpoint, event }).await;
    }
}

/// Counts a request while it runs, however it ends.
pub(super) struct Counted<'a>(&'a AtomicU32);

impl<'a> Counted<'a> {
    pub(super) fn new(count: &'a AtomicU32) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
