//! `endpoints`: which servers there are, what each is and what it can do.

use std::time::Duration;

use serde_json::{Value, json};

use super::args::Endpoints;
use super::report::Report;
use super::{Context, Done, Stop};
use crate::domain::{Ability, Endpoint, Examination, Problem, RequestFault, ServerInfo};
use crate::endpoints::{Access, Client, LOCAL_PORTS, Timeouts, find_local};
use crate::settings::key_from_environment;
use crate::text::Text;

/// Nobody waits longer for a server that is being looked at.
const PATIENCE: Timeouts =
    Timeouts { connect: Duration::from_secs(5), idle: Duration::from_secs(60), patience: Duration::from_secs(60) };

pub(super) fn endpoints(args: &Endpoints, context: &Context) -> Done {
    let text = context.text;
    let runtime = &context.runtime;
    let named = |url: &String| Endpoint { key: args.key.clone(), ..Endpoint::at(url.as_str().into()) };
    let asked: Vec<Endpoint> = if args.urls.is_empty() {
        let found: Vec<ServerInfo> = runtime.block_on(find_local(&LOCAL_PORTS));
        found.iter().map(|server| named(&server.base_url)).collect()
    } else {
        args.urls.iter().map(named).collect()
    };
    let answers: Vec<_> = asked.iter().map(|endpoint| (endpoint, runtime.block_on(examine(endpoint)))).collect();
    if let [(_, Err(fault))] = answers.as_slice() {
        return Err(Stop::Problem(Problem::Request(fault.clone())));
    }
    let mut lines = Vec::new();
    if answers.is_empty() {
        lines.push(text.found_none().to_owned());
    }
    for (endpoint, answer) in &answers {
        let address = endpoint.address.as_str();
        match answer {
            Ok(found) => lines.extend(words(text, address, found)),
            Err(fault) => {
                lines.push(format!("{address}: {}", text.request_fault(fault)));
                lines.extend(text.request_detail(fault).map(|said| format!("  {said}")));
            }
        }
    }
    let failed = answers.iter().any(|(_, answer)| answer.is_err());
    let json = args.json.then(|| answers.iter().map(|(endpoint, answer)| as_json(endpoint, answer)).collect::<Value>());
    Ok(Report { lines, json, incomplete: failed })
}

async fn examine(endpoint: &Endpoint) -> Result<Examination, RequestFault> {
    let of = endpoint.clone();
    let access = Access { key: std::sync::Arc::new(move || key_from_environment(&of)), ..Access::with_key(None) };
    Client::new(endpoint.address.as_str(), access, PATIENCE)?.examine("").await
}

fn words(text: Text, address: &str, found: &Examination) -> Vec<String> {
    let server = &found.server;
    let mut lines = vec![format!("{address}: {}", text.server_named(server.kind, server.version.as_deref()))];
    let mut say = |line: String| lines.push(format!("  {line}"));
    match server.models.len() {
        0 => say(text.test_no_models().to_owned()),
        _ => say(text.test_models(&server.models.join(", "))),
    }
    if let Some(tokens) = server.context_tokens {
        say(text.test_context(tokens));
    }
    match &found.chat {
        Ok(reply) => {
            say(text.first_reply(reply));
            text.thinking(reply.thinking).into_iter().for_each(|line| say(line.to_owned()));
        }
        Err(fault) => {
            say(text.request_fault(fault));
            text.request_detail(fault).into_iter().for_each(&mut say);
        }
    }
    for (name, ability) in text.abilities(found) {
        match ability {
            Ability::Refused { said } => say(format!("{} ({said})", text.detailed(name, text.ability(ability)))),
            _ => say(text.detailed(name, text.ability(ability))),
        }
    }
    found.notes.iter().for_each(|note| say(text.server_note(*note).to_owned()));
    lines
}

fn as_json(endpoint: &Endpoint, answer: &Result<Examination, RequestFault>) -> Value {
    let address = endpoint.address.as_str();
    match answer {
        Ok(found) => {
            let server = &found.server;
            let ability = |ability: &Ability| match ability {
                Ability::Works => json!("works"),
                Ability::Ignored => json!("ignored"),
                Ability::Refused { said } => json!({"refused": said}),
                Ability::Unknown => Value::Null,
            };
            json!({
                "address": address, "base_url": server.base_url, "kind": server.kind, "version": server.version,
                "models": server.models, "context_tokens": server.context_tokens,
                "answers": found.chat.is_ok(),
                "fault": found.chat.as_ref().err().map(ToString::to_string),
                "n": ability(&found.several), "seed": ability(&found.seeds), "json_schema": ability(&found.json),
                "logprobs": ability(&found.logprobs), "notes": found.notes,
            })
        }
        Err(fault) => json!({"address": address, "answers": false, "fault": fault.to_string()}),
    }
}
