//! `new`, `generate` and `sample-server`.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;

use super::args::{Generate, New, SampleServer};
use super::progress::Progress;
use super::report::{self, Report};
use super::{Context, Done, LOOK, Stop, interrupted, open_or_create, options, wait_for};
use crate::domain::{Endpoint, FileFault, JobPhase, Plan, Problem, ReplyCount, RequestFault};
use crate::formats::{self, PlanFile};
use crate::sample::{self, Behaviour};
use crate::session::{Command, Session, Snapshot};

/// Tries after which a server that never answered counts as not there.
const FIRST_TRIES: u32 = 3;

pub(super) fn new(args: &New, context: &Context) -> Done {
    let planned = read_plan(args.plan.as_deref())?.unwrap_or_default();
    let stem = args.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let title = args.title.clone().or(stem).unwrap_or_default();
    let session = Session::create(&args.file, &title, &planned.plan(), options(context))?;
    set_guidelines(&session, planned.guidelines)?;
    session.close();
    let path = args.file.display().to_string();
    Ok(Report {
        lines: vec![context.text.cli_made(&path)],
        json: args.json.then(|| json!({"file": path, "title": title})),
        incomplete: false,
    })
}

pub(super) fn generate(args: &Generate, context: &Context) -> Done {
    let session = open_or_create(&args.file, context)?;
    let planned = read_plan(args.plan.as_deref())?;
    let base = planned.as_ref().map_or_else(|| (*session.snapshot().plan).clone(), PlanFile::plan);
    let plan = plan(args, base)?;
    set_guidelines(&session, planned.and_then(|planned| planned.guidelines))?;
    if !plan.has_endpoint() {
        return Err(Stop::Usage(context.text.cli_no_endpoint().to_owned()));
    }
    session.send(Command::SetPlan(Box::new(plan)));
    if args.retry {
        session.send(Command::RetryFailed);
    }
    let before = session.snapshot().generation.have;
    let number = session.send(Command::Start);
    wait_for(&session, number, |_| true)?;

    let stop = interrupted(context);
    let mut progress = Progress::new(args.json);
    let text = context.text;
    let last = loop {
        let snapshot = match session.wait(LOOK, finished) {
            Ok(snapshot) => break snapshot,
            Err(snapshot) => snapshot,
        };
        let state = &snapshot.generation;
        if let Some(waiting) = state.waiting() {
            if state.have == before && waiting.tries >= FIRST_TRIES {
                progress.end();
                return Err(Stop::Problem(Problem::Request(waiting.fault.clone())));
            }
            progress.show(state.have, state.wanted, &text.cli_waiting(&waiting.fault.to_string()), true);
        } else {
            let rate = state.per_second.unwrap_or(0.0);
            progress.show(state.have, state.wanted, &text.cli_rate(&format!("{rate:.1}")), false);
        }
        if stop.load(Ordering::Relaxed) {
            session.send(Command::Pause);
            break snapshot;
        }
    };
    progress.end();
    if let Some(fault) = last.generation.stopped() {
        return Err(Stop::Problem(Problem::Request(fault.clone())));
    }
    let state = last.generation.clone();
    let total = last.counts.total;
    let interrupted = stop.load(Ordering::Relaxed);
    session.close();
    let mut lines = vec![text.cli_generated(total, state.have, state.wanted)];
    if state.failed > 0 {
        lines.push(text.cli_failed(state.failed));
        lines.extend(state.failures.first().map(|failure| format!("  {}", failure.fault)));
    }
    if interrupted {
        lines.push(text.cli_go_on().to_owned());
    }
    Ok(Report {
        lines,
        json: args.json.then(|| {
            json!({
                "groups": total, "replies": state.have, "wanted": state.wanted, "failed": state.failed,
                "interrupted": interrupted,
            })
        }),
        incomplete: state.failed > 0 || interrupted,
    })
}

fn finished(snapshot: &Snapshot) -> bool {
    snapshot.generation.phase != JobPhase::Running
}

fn read_plan(path: Option<&Path>) -> Result<Option<PlanFile>, Stop> {
    path.map(|path| formats::read_plan(path).map_err(|fault| file(path, fault))).transpose()
}

fn set_guidelines(session: &Session, guidelines: Option<String>) -> Result<(), Stop> {
    if let Some(guidelines) = guidelines {
        let number = session.send(Command::SetGuidelines(guidelines));
        wait_for(session, number, |_| true)?;
    }
    Ok(())
}

/// The session's or the file's plan with what the command line says.
fn plan(args: &Generate, mut plan: Plan) -> Result<Plan, Stop> {
    endpoints(args, &mut plan)?;
    if let Some(count) = args.replies {
        plan.replies = ReplyCount::try_from(count).map_err(|error| Stop::Usage(error.to_string()))?;
    }
    if !args.system.is_empty() {
        plan.prompts.system.clear();
        for system in &args.system {
            match system.strip_prefix('@') {
                Some(path) => plan.prompts.system.extend(prompt_texts(path.as_ref())?),
                None => plan.prompts.system.push(system.clone()),
            }
        }
    }
    if !args.prompts.is_empty() {
        plan.prompts.user.clear();
        for path in &args.prompts {
            plan.prompts.user.extend(prompt_texts(path)?);
        }
    }
    plan.prompts.pairing = args.pairing.unwrap_or(plan.prompts.pairing);
    let sampling = &mut plan.sampling;
    sampling.temperature = args.temperature.or(sampling.temperature);
    sampling.top_p = args.top_p.or(sampling.top_p);
    sampling.max_tokens = args.max_tokens.or(sampling.max_tokens);
    sampling.first_seed = args.seed.or(sampling.first_seed);
    if !args.stop.is_empty() {
        sampling.stop.clone_from(&args.stop);
    }
    if let Some(extra) = &args.extra {
        sampling.extra = serde_json::from_str(extra).map_err(|error| Stop::Usage(format!("--extra: {error}")))?;
    }
    Ok(plan)
}

/// The endpoints that the command line names in place of the plan's; models, shares and key variables go by their
/// order, and one of them serves all.
fn endpoints(args: &Generate, plan: &mut Plan) -> Result<(), Stop> {
    if !args.endpoint.is_empty() {
        plan.endpoints = args.endpoint.iter().map(|url| Endpoint::at(url.as_str().into())).collect();
    }
    let count = plan.endpoints.len();
    let nth = |given: usize, at: usize, option: &str| match given {
        0 => Ok(None),
        1 => Ok(Some(0)),
        _ if given == count => Ok(Some(at)),
        _ => Err(Stop::Usage(format!("{option} is given {given} times for {count} endpoints"))),
    };
    for (at, endpoint) in plan.endpoints.iter_mut().enumerate() {
        if let Some(nth) = nth(args.model.len(), at, "--model")? {
            endpoint.model.clone_from(&args.model[nth]);
        }
        if let Some(nth) = nth(args.share.len(), at, "--share")? {
            endpoint.share = args.share[nth];
        }
        if let Some(nth) = nth(args.key.len(), at, "--key")? {
            endpoint.key = args.key[nth].clone();
        }
        if let Some(nth) = nth(args.concurrency.len(), at, "--concurrency")? {
            endpoint.concurrency = args.concurrency[nth];
        }
    }
    Ok(())
}

fn prompt_texts(path: &std::path::Path) -> Result<Vec<String>, Stop> {
    formats::prompt_texts(path).map_err(|fault| file(path, fault))
}

fn file(path: &std::path::Path, fault: FileFault) -> Stop {
    Stop::Problem(Problem::File { path: path.to_owned(), fault })
}

pub(super) fn sample_server(args: &SampleServer, context: &Context) -> Done {
    let behaviour =
        Behaviour { pace: Duration::from_millis(args.pace), faults: args.fault.clone(), ..Behaviour::default() };
    context.runtime.block_on(async {
        let unreachable = |error: std::io::Error| {
            let url = format!("127.0.0.1:{}", args.port);
            Stop::Problem(Problem::Request(RequestFault::Unreachable { url, said: error.to_string() }))
        };
        let listener = sample::listen(args.port).await.map_err(unreachable)?;
        let address = listener.local_addr().map_err(unreachable)?;
        report::announce(&context.text.cli_sample_server(&format!("http://{address}/v1")));
        tokio::select! {
            served = sample::serve(listener, behaviour) => served.map_err(unreachable)?,
            Ok(()) = tokio::signal::ctrl_c() => {}
        }
        Ok(Report { lines: Vec::new(), json: None, incomplete: false })
    })
}
