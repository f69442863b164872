//! What tests share: folders, sessions, the sample server with its faults.

#[cfg(unix)]
pub(crate) mod disk;
pub(crate) mod raw;
pub(crate) mod window;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use pairloom::domain::{Annotator, AnnotatorId, Endpoint, Plan, PromptList, ReplyCount, ServerAddress};
use pairloom::sample::{self, Behaviour, Fault};
use pairloom::session::{Command, Options, Session, Snapshot};
use tokio::runtime::Runtime;

/// The longest wait for a state; only a failing test waits so long.
pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

/// The same in every process of a test.
static ANNOTATOR: LazyLock<Annotator> =
    LazyLock::new(|| Annotator { id: AnnotatorId::from_bytes([7; 16]), name: "Tester".to_owned() });

pub(crate) fn annotator() -> Annotator {
    ANNOTATOR.clone()
}

/// A sample server of the test's own that plays these faults.
pub(crate) fn server(faults: &[&str]) -> SocketAddr {
    counting_server(faults).0
}

/// The same, with the count of its chat requests.
pub(crate) fn counting_server(faults: &[&str]) -> (SocketAddr, Arc<AtomicU64>) {
    let faults = faults.iter().map(|fault| fault.parse::<Fault>().unwrap()).collect();
    let behaviour = Behaviour { faults, ..Behaviour::default() };
    let asked = Arc::clone(&behaviour.asked);
    (sample::start(RUNTIME.handle(), behaviour).unwrap(), asked)
}

pub(crate) fn options() -> Options {
    static SAMPLE: OnceLock<SocketAddr> = OnceLock::new();
    Options {
        annotator: annotator(),
        runtime: RUNTIME.handle().clone(),
        waker: Arc::new(|| {}),
        sample: Arc::new(|| Ok(*SAMPLE.get_or_init(|| server(&[])))),
        keys: Arc::new(|_| Ok(None)),
        resume_jobs: true,
    }
}

/// A plan that asks `address` for four replies to each prompt.
pub(crate) fn plan(address: ServerAddress, prompts: usize) -> Plan {
    let user = (0..prompts).map(|number| format!("Question {number}: what is {number} + 1?")).collect();
    Plan {
        endpoints: vec![Endpoint::at(address)],
        replies: ReplyCount::default(),
        prompts: PromptList { user, ..PromptList::default() },
        ..Plan::default()
    }
}

pub(crate) fn url(address: SocketAddr) -> ServerAddress {
    ServerAddress::Url(format!("http://{address}/v1"))
}

/// A session with all replies of `groups` prompts.
pub(crate) fn generated(path: &Path, groups: usize) -> Session {
    let session = Session::create(path, "Test", &plan(ServerAddress::Sample, groups), options()).unwrap();
    session.send(Command::Start);
    wait(&session, |snapshot| snapshot.counts.ready == groups as u64 && snapshot.generation.missing() == 0);
    session
}

/// Wait for a state.
#[track_caller]
pub(crate) fn wait(session: &Session, done: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    match session.wait(LONG, done) {
        Ok(snapshot) => snapshot,
        Err(last) => {
            panic!("the session did not come so far; last: {:?} {:?} {:?}", last.counts, last.generation, last.notices)
        }
    }
}

/// Send a command and wait until it was carried out.
#[track_caller]
pub(crate) fn run(session: &Session, command: Command) -> Arc<Snapshot> {
    let number = session.send(command);
    wait(session, |snapshot| snapshot.handled >= number)
}

/// Check the replies at these places of the group in front.
#[track_caller]
pub(crate) fn check(session: &Session, places: &[usize]) -> Arc<Snapshot> {
    let open = session.snapshot().current.clone().unwrap();
    let replies: Vec<_> = open.replies().map(|reply| reply.id).collect();
    for place in places {
        run(session, Command::Check { group: open.group.id, reply: replies[*place], checked: true });
    }
    session.snapshot()
}

/// Check, then confirm; where the view stays to show scores, keep the label and go on.
#[track_caller]
pub(crate) fn label(session: &Session, places: &[usize]) -> Arc<Snapshot> {
    let group = check(session, places).place.group.unwrap();
    let snapshot = run(session, Command::Confirm { group, seconds: 1.0 });
    if snapshot.place.group == Some(group) { run(session, Command::Confirm { group, seconds: 1.0 }) } else { snapshot }
}

/// Numbers that look random and are the same each time (`SplitMix64`).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// One of `0..end`; 0 where that is empty.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}
