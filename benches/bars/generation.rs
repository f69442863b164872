//! The generation client: short replies from the sample server on the same cores, counted when they are on disk; and
//! what a label costs meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pairloom::domain::{Endpoint, JobPhase, Plan, PromptList, ServerAddress};
use pairloom::sample::{self, Behaviour};
use pairloom::session::{Command, Options, Session, Snapshot};

use crate::content::{self, options};
use crate::table::{Bar, Table};

const PROMPTS: usize = 3000;
const REPLIES: u64 = PROMPTS as u64 * 4;
const CONFIRMS: usize = 100;
const LONG: Duration = Duration::from_secs(120);

pub(crate) fn bench(table: &mut Table, folder: &Path) {
    let mut rates = Vec::new();
    for run in 0..5 {
        let session = generating(&folder.join(format!("generate-{run}.pairloom")));
        let began = Instant::now();
        wait(&session, |snapshot| snapshot.generation.have == REPLIES && snapshot.generation.phase == JobPhase::Idle);
        rates.push(REPLIES as f64 / began.elapsed().as_secs_f64());
    }
    table.add(
        format!("durable replies a second, {PROMPTS} prompts x 4"),
        "/s",
        rates,
        Some(Bar::MedianAtLeast(3000.0)),
    );
    let session = generating(&folder.join("busy.pairloom"));
    let busy = confirms(&session);
    assert_ne!(session.snapshot().generation.have, REPLIES, "the labels were given while replies came");
    wait(&session, |snapshot| snapshot.generation.phase == JobPhase::Idle);
    let quiet = confirms(&session);
    table.times("confirm while replies come, sent to shown", &busy, None);
    table.times("confirm when all is there, sent to shown", &quiet, None);
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    };
    table.add(
        "confirm, replies coming : all there, medians",
        "x",
        vec![median(busy) / median(quiet)],
        Some(Bar::MedianAtMost(1.5)),
    );
}

/// A session that has just begun to ask the sample server, which lives in this process.
fn generating(path: &Path) -> Session {
    let runtime = content::RUNTIME.handle();
    let address = sample::start(runtime, Behaviour::default()).unwrap();
    let user = (0..PROMPTS).map(|number| format!("Question {number}")).collect();
    let plan = Plan {
        endpoints: vec![Endpoint { concurrency: 32, ..Endpoint::at(ServerAddress::Sample) }],
        prompts: PromptList { user, ..PromptList::default() },
        ..Plan::default()
    };
    let options = Options { sample: Arc::new(move || Ok(address)), ..options() };
    let session = Session::create(path, "Generation", &plan, options).unwrap();
    session.send(Command::Start);
    wait(&session, |snapshot| snapshot.counts.total == PROMPTS as u64);
    session
}

/// What labels cost, from the command to the snapshot.
fn confirms(session: &Session) -> Vec<Duration> {
    let mut times = Vec::new();
    while times.len() < CONFIRMS {
        let snapshot =
            wait(session, |snapshot| snapshot.current.as_ref().is_some_and(|open| open.replies().count() == 4));
        let open = snapshot.current.clone().unwrap();
        let (group, reply) = (open.group.id, open.replies().next().unwrap().id);
        run(session, Command::Check { group, reply, checked: true });
        let began = Instant::now();
        run(session, Command::Confirm { group, seconds: 5.0 });
        times.push(began.elapsed());
    }
    times
}

fn run(session: &Session, command: Command) {
    let number = session.send(command);
    wait(session, |snapshot| snapshot.handled >= number);
}

fn wait(session: &Session, done: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    session.wait(LONG, done).unwrap_or_else(|last| panic!("it did not come so far: {:?}", last.generation))
}
