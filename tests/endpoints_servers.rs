//! Each kind of server, with the answers that it really gives: lists, streams, refusals, signs.

use std::sync::Arc;

use pairloom::domain::{Ability, GroupId, Prompt, RequestFault, Sampling, ServerKind, Thinking};
use pairloom::endpoints::{Access, ChatRequest, Client, Form, Timeouts, find_local};
use pairloom::jobs::{Generator, JobEvent, Setup, Work};
use pairloom::sample::Fault;

use crate::support::raw::{self, Asked, Raw, answering, events, http, json, missing};
use crate::support::{RUNTIME, server};

fn client(url: &str) -> Client {
    Client::new(url, Access::with_key(None), Timeouts::default()).unwrap()
}

fn request(n: u32) -> ChatRequest {
    let prompt = Arc::new(Prompt::new(None, "u"));
    ChatRequest { model: String::new(), prompt, n, seed: Some(7), sampling: Sampling::default(), form: Form::default() }
}

/// A server with these answers by method and path; all else is 404.
fn paths(answers: &'static [(&'static str, &'static str)]) -> Raw {
    answering(move |asked| match answers.iter().find(|(line, _)| *line == asked.line()) {
        Some((_, body)) if body.starts_with("data:") => events(body),
        Some((_, body)) => json(body),
        None => missing(),
    })
}

const STREAM: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

#[test]
fn every_kind_is_known_by_what_it_answers_and_gives_its_reply() {
    type Case = (ServerKind, Option<&'static str>, Option<u32>, &'static [(&'static str, &'static str)]);
    let cases: &[Case] = &[
        (
            ServerKind::Vllm,
            Some("0.11.2"),
            Some(4096),
            &[
                (
                    "GET /v1/models",
                    r#"{"object":"list","data":[{"id":"m","object":"model","created":1,"owned_by":"vllm","root":"m","parent":null,"max_model_len":4096,"permission":[]}]}"#,
                ),
                ("GET /version", r#"{"version":"0.11.2"}"#),
                ("POST /v1/chat/completions", STREAM),
            ],
        ),
        (
            ServerKind::Sglang,
            Some("0.5.4"),
            Some(32768),
            &[
                (
                    "GET /v1/models",
                    r#"{"object":"list","data":[{"id":"m","object":"model","created":1,"owned_by":"sglang","root":"m","max_model_len":32768}]}"#,
                ),
                ("GET /get_server_info", r#"{"version":"0.5.4","model_path":"m"}"#),
                ("POST /v1/chat/completions", STREAM),
            ],
        ),
        (
            ServerKind::LlamaCpp,
            Some("b9265-abc"),
            Some(8192),
            &[
                (
                    "GET /models",
                    r#"{"models":[{"name":"m"}],"object":"list","data":[{"id":"m","object":"model","owned_by":"llamacpp","meta":{"n_ctx":8192,"n_ctx_train":131072}}]}"#,
                ),
                ("GET /props", r#"{"build_info":"b9265-abc","default_generation_settings":{},"total_slots":4}"#),
                ("POST /chat/completions", STREAM),
            ],
        ),
        (
            ServerKind::LlamaCppPython,
            None,
            None,
            &[
                (
                    "GET /v1/models",
                    r#"{"object":"list","data":[{"id":"m","object":"model","owned_by":"me","permissions":[]}]}"#,
                ),
                ("POST /v1/chat/completions", STREAM),
            ],
        ),
        (
            ServerKind::Ollama,
            Some("0.33.0"),
            None,
            &[
                (
                    "GET /v1/models",
                    r#"{"object":"list","data":[{"id":"m","object":"model","created":1,"owned_by":"someone"}]}"#,
                ),
                ("GET /", "Ollama is running"),
                ("GET /api/version", r#"{"version":"0.33.0"}"#),
                ("POST /v1/chat/completions", STREAM),
            ],
        ),
        (
            ServerKind::LmStudio,
            None,
            Some(2048),
            &[
                ("GET /models", r#"{"error":"Unexpected endpoint or method. (GET /models)"}"#),
                (
                    "GET /v1/models",
                    r#"{"data":[{"id":"m","object":"model","owned_by":"organization_owner"}],"object":"list"}"#,
                ),
                (
                    "GET /api/v0/models",
                    r#"{"data":[{"id":"m","type":"llm","loaded_context_length":2048,"max_context_length":131072}]}"#,
                ),
                ("POST /chat/completions", r#"{"error":"Unexpected endpoint or method. (POST /chat/completions)"}"#),
                ("POST /v1/chat/completions", STREAM),
            ],
        ),
        (
            ServerKind::Tgi,
            Some("3.3.4"),
            Some(4096),
            &[
                (
                    "GET /v1/models",
                    r#"{"object":"list","data":[{"id":"org/m","object":"model","created":0,"owned_by":"org/m"}]}"#,
                ),
                ("GET /info", r#"{"model_id":"org/m","version":"3.3.4","max_total_tokens":4096}"#),
                ("POST /v1/chat/completions", STREAM),
            ],
        ),
        (
            ServerKind::Transformers,
            None,
            None,
            &[
                ("GET /v1/models", r#"{"object":"list","data":[]}"#),
                (
                    "GET /openapi.json",
                    r#"{"paths":{"/v1/responses":{},"/v1/audio/transcriptions":{},"/v1/models":{}}}"#,
                ),
                (
                    "POST /v1/chat/completions",
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
                ),
            ],
        ),
        (
            ServerKind::LmDeploy,
            None,
            None,
            &[
                ("GET /v1/models", r#"{"object":"list","data":[{"id":"m","object":"model","owned_by":"lmdeploy"}]}"#),
                ("POST /v1/chat/completions", STREAM),
            ],
        ),
        (
            ServerKind::LiteLlm,
            None,
            None,
            &[
                (
                    "GET /v1/models",
                    r#"{"data":[{"id":"m","object":"model","created":1,"owned_by":"openai"}],"object":"list"}"#,
                ),
                ("GET /health/liveliness", "\"I'm alive!\""),
                ("POST /v1/chat/completions", STREAM),
            ],
        ),
    ];
    for (kind, version, context, answers) in cases {
        let server = paths(answers);
        let client = client(&server.url);
        let info = RUNTIME.block_on(client.probe()).unwrap();
        assert_eq!((info.kind, info.version.as_deref(), info.context_tokens), (*kind, *version, *context));
        let named = ChatRequest { model: "m".to_owned(), ..request(1) };
        let answer = RUNTIME.block_on(client.chat(&named, |_| {})).unwrap();
        assert_eq!(answer.choices[0].text, "hello", "{kind:?}");
        assert!(server.lines().iter().all(|line| !line.contains("//")), "{:?}", server.lines());
    }
}

#[test]
fn a_full_address_is_taken_and_its_query_goes_with_every_request() {
    let server = answering(|asked| match asked.line() {
        "GET /v1/models?api-version=1" => json(r#"{"data":[{"id":"m"}]}"#),
        "POST /v1/chat/completions?api-version=1" => events(STREAM),
        _ => missing(),
    });
    let client = client(&format!("{}//v1//chat/completions/?api-version=1", server.url));
    assert_eq!(RUNTIME.block_on(client.chat(&request(1), |_| {})).unwrap().choices[0].text, "hello");
}

#[test]
fn a_server_without_a_list_is_found_by_its_chat() {
    let server = paths(&[("POST /v1/chat/completions", STREAM)]);
    let client = client(&server.url);
    let named = ChatRequest { model: "m".to_owned(), ..request(1) };
    for _ in 0..2 {
        assert_eq!(RUNTIME.block_on(client.chat(&named, |_| {})).unwrap().choices[0].text, "hello");
    }
    let wrong = server.lines().iter().filter(|line| *line == "POST /chat/completions").count();
    assert_eq!(wrong, 1, "where it is, is remembered: {:?}", server.lines());
}

#[test]
fn fields_are_left_out_only_where_the_person_did_not_ask_for_them() {
    fn strict(asked: &Asked) -> Vec<u8> {
        let body = asked.json();
        let refused = |field: &str| {
            let said = format!(
                r#"{{"detail":[{{"type":"extra_forbidden","loc":["body","{field}"],"msg":"Extra inputs are not permitted"}}]}}"#
            );
            http("422 Unprocessable Entity", "content-type: application/json\r\n", said)
        };
        match ["stream_options", "seed", "top_k"].into_iter().find(|field| body.get(field).is_some()) {
            _ if asked.head.starts_with("GET") => json(r#"{"data":[{"id":"m"}]}"#),
            Some(field) => refused(field),
            None => events(STREAM),
        }
    }
    let server = answering(strict);
    let here = client(&server.url);
    let answer = RUNTIME.block_on(here.chat(&request(1), |_| {})).unwrap();
    assert_eq!(answer.seed, None, "no seed was sent, so none may be recorded");
    assert_eq!(server.chats().len(), 3);
    RUNTIME.block_on(here.chat(&request(1), |_| {})).unwrap();
    assert_eq!(server.chats().len(), 4, "what it refuses is remembered");
    let mut extra = request(1);
    extra.sampling.extra.insert("top_k".to_owned(), 5.into());
    let mut seeded = request(1);
    seeded.sampling.first_seed = Some(1);
    for (asked, field) in [(extra, "top_k"), (seeded, "seed")] {
        let error = RUNTIME.block_on(client(&answering(strict).url).chat(&asked, |_| {})).unwrap_err();
        assert!(
            matches!(&error.fault, RequestFault::Refused { said, .. } if said.starts_with(field)),
            "{:?}",
            error.fault
        );
    }
}

/// The replies and failures of one group of four.
fn group(server: &Raw, sampling: Sampling) -> (Vec<(String, u32, Option<u64>)>, Vec<RequestFault>) {
    let (sender, mut told) = tokio::sync::mpsc::channel(64);
    let setup = Setup {
        endpoint: 0,
        client: client(&server.url),
        server_label: "s".to_owned(),
        model: "m".to_owned(),
        sampling,
        concurrency: 4,
        server_permits: Arc::new(tokio::sync::Semaphore::new(8)),
    };
    RUNTIME.block_on(async {
        let generator = Generator::start(&tokio::runtime::Handle::current(), setup, sender);
        let prompt = Arc::new(Prompt::new(None, "u"));
        let work =
            Work { group: GroupId::new(), round: 0, prompt, slots: vec![0, 1, 2, 3], seeds: vec![10, 11, 12, 13] };
        generator.offer(work).unwrap();
        let (mut replies, mut faults) = (Vec::new(), Vec::new());
        loop {
            match told.recv().await.unwrap().event {
                JobEvent::Reply { text, generated, .. } => replies.push((text, generated.requested, generated.seed)),
                JobEvent::Failed { fault, .. } | JobEvent::Stopped { fault } => faults.push(fault),
                JobEvent::Ended { .. } => return (replies, faults),
                _ => {}
            }
        }
    })
}

fn choices(count: u64, finish: &str) -> Vec<u8> {
    let all: Vec<String> = (0..count)
        .map(|index| format!(r#"{{"index":{index},"message":{{"content":"r{index}"}},"finish_reason":{finish}}}"#))
        .collect();
    json(format!(r#"{{"choices":[{}]}}"#, all.join(",")))
}

fn n(asked: &Asked) -> u64 {
    asked.json()["n"].as_u64().unwrap_or(1)
}

#[test]
fn missing_replies_are_topped_up_with_seeds_of_their_own() {
    for slots in [1, 2, 4] {
        let server = answering(move |asked| {
            if asked.head.starts_with("GET") {
                json(r#"{"data":[]}"#)
            } else {
                choices(n(asked).min(slots), "\"stop\"")
            }
        });
        let (replies, faults) = group(&server, Sampling::default());
        assert_eq!((replies.len(), faults.len()), (4, 0));
        let mut seeds: Vec<u64> = server.chats().iter().filter_map(|asked| asked.json()["seed"].as_u64()).collect();
        let sent = seeds.len();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!((seeds.len(), sent), (5 - slots as usize, 5 - slots as usize), "{slots}");
    }
}

#[test]
fn several_are_given_up_only_when_one_alone_works() {
    let server = answering(|asked| match n(asked) {
        _ if asked.head.starts_with("GET") => json(r#"{"data":[]}"#),
        1 => choices(1, "\"stop\""),
        _ => http("400 Bad Request", "", r#"{"error":{"message":"n_cmpl must be at most the number of slots"}}"#),
    });
    let (replies, faults) = group(&server, Sampling::default());
    assert_eq!((replies.len(), faults.len(), server.chats().len()), (4, 0, 5));
    assert!(replies.iter().all(|(_, requested, _)| *requested == 1));

    let server = answering(|asked| {
        let said = r#"{"error":{"message":"temperature must be at most 1"}}"#;
        if asked.head.starts_with("GET") { json(r#"{"data":[]}"#) } else { http("400 Bad Request", "", said) }
    });
    let (replies, faults) = group(&server, Sampling { temperature: Some(1.5), ..Sampling::default() });
    assert_eq!((replies.len(), faults.len(), server.chats().len()), (0, 4, 2));
    assert!(server.chats().iter().all(|asked| asked.json()["temperature"] == 1.5), "what was set is not dropped");
}

#[test]
fn an_empty_reply_is_asked_for_again_with_another_seed_which_is_recorded() {
    let server = answering(|asked| match asked.json()["seed"].as_u64() {
        _ if asked.head.starts_with("GET") => json(r#"{"data":[]}"#),
        Some(10..=13) if n(asked) == 1 => json(r#"{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}"#),
        _ if n(asked) > 1 => http("422 Unprocessable Entity", "", "{}"),
        _ => choices(1, "\"stop\""),
    });
    let (replies, faults) = group(&server, Sampling::default());
    assert_eq!((replies.len(), faults.len()), (4, 0), "{faults:?}");
    assert!(replies.iter().all(|(_, _, seed)| seed.is_some_and(|seed| seed > 13)), "{replies:?}");
}

#[test]
fn what_is_wrong_with_every_request_stops_the_endpoint_and_fails_no_reply() {
    for (status, body) in [
        ("402 Payment Required", r#"{"error":{"code":402,"message":"Insufficient credits"}}"#),
        ("429 Too Many Requests", r#"{"error":{"message":"quota","code":"insufficient_quota"}}"#),
        ("404 Not Found", r#"{"detail":"Not Found"}"#),
    ] {
        let server = answering(move |asked| {
            if asked.head.starts_with("GET") { json(r#"{"data":[{"id":"m"}]}"#) } else { http(status, "", body) }
        });
        let (replies, faults) = group(&server, Sampling::default());
        assert_eq!((replies.len(), faults.len(), server.chats().len()), (0, 1, 1), "{status}");
    }
}

#[test]
fn a_test_tells_what_a_server_can_do() {
    // vLLM: all of it.
    let server = answering(|asked| {
        let body = asked.json();
        match asked.line() {
            "GET /v1/models" => json(r#"{"data":[{"id":"m","owned_by":"vllm"}]}"#),
            "POST /v1/chat/completions" if body["response_format"].is_object() => {
                json(r#"{"choices":[{"message":{"content":"{\"lines\": 2"},"finish_reason":"length"}]}"#)
            }
            "POST /v1/chat/completions" if body["logprobs"] == true => json(
                r#"{"choices":[{"message":{"content":"r0"},"finish_reason":"stop","logprobs":{"content":[{"token":"r","logprob":-0.1}]}}]}"#,
            ),
            "POST /v1/chat/completions" => choices(n(asked), "\"stop\""),
            _ => missing(),
        }
    });
    let seen = RUNTIME.block_on(client(&server.url).examine("")).unwrap();
    assert_eq!((seen.model.as_str(), seen.server.kind), ("m", ServerKind::Vllm));
    assert!(seen.chat.is_ok());
    for ability in [&seen.several, &seen.seeds, &seen.json, &seen.logprobs] {
        assert_eq!(*ability, Ability::Works, "{seen:?}");
    }
    assert_eq!(server.chats().len(), 4);
    assert!(server.chats().iter().all(|asked| asked.json()["max_tokens"] == 16));

    // A server that ignores all of it, thinks inline, and draws other dice each time.
    let count = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let server = answering(move |asked| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        match asked.line() {
            "GET /v1/models" => json(r#"{"data":[{"id":"m","owned_by":"sglang"}]}"#),
            "POST /v1/chat/completions" if asked.json()["logprobs"] == true => json(format!(
                r#"{{"choices":[{{"message":{{"content":"<think>{number}</think>r"}},"finish_reason":"stop","logprobs":null}}]}}"#
            )),
            "POST /v1/chat/completions" if asked.json()["response_format"].is_object() => {
                http("400 Bad Request", "", r#"{"error":{"message":"response_format is not supported"}}"#)
            }
            "POST /v1/chat/completions" => json(format!(
                r#"{{"choices":[{{"message":{{"content":"<think>{number}</think>r"}},"finish_reason":"stop"}}]}}"#
            )),
            _ => missing(),
        }
    });
    let seen = RUNTIME.block_on(client(&server.url).examine("m")).unwrap();
    assert_eq!(seen.chat.as_ref().map(|reply| reply.thinking), Ok(Thinking::Inline));
    assert_eq!((&seen.several, &seen.seeds, &seen.logprobs), (&Ability::Ignored, &Ability::Ignored, &Ability::Ignored));
    assert_eq!(seen.json, Ability::Refused { said: "response_format is not supported".to_owned() });
    assert_eq!(seen.notes, ServerKind::Sglang.notes());

    // A reward server: no chat, and nothing else is tried.
    let server = paths(&[("GET /v1/models", r#"{"data":[{"id":"m","owned_by":"vllm"}]}"#)]);
    let seen = RUNTIME.block_on(client(&server.url).examine("")).unwrap();
    assert!(matches!(seen.chat, Err(RequestFault::Refused { status: 404, .. })), "{seen:?}");
    assert_eq!(server.chats().len(), 1);
}

#[test]
fn local_servers_are_found_and_other_things_are_left_out() {
    let model = paths(&[("GET /v1/models", r#"{"data":[{"id":"m","owned_by":"vllm"}]}"#)]);
    let page = answering(|_| http("200 OK", "content-type: text/html\r\n", "<!doctype html><title>My page</title>"));
    let other = answering(|_| json(r#"{"status":"ok"}"#));
    let reward = paths(&[("GET /openapi.json", r#"{"paths":{"/get_reward":{}}}"#)]);
    let silent = raw::writing(|_, _| {
        std::thread::sleep(std::time::Duration::from_secs(20));
        false
    });
    let ports = [page.port, reward.port, other.port, silent.port, model.port, 1];
    let found = RUNTIME.block_on(find_local(&ports));
    let kinds: Vec<ServerKind> = found.iter().map(|info| info.kind).collect();
    assert_eq!(kinds, [ServerKind::RewardServer, ServerKind::Vllm], "{found:?}");
    assert!(model.asked.lock().unwrap().iter().all(|asked| !asked.head.to_lowercase().contains("authorization")));
}

#[test]
fn the_faults_of_the_sample_server_are_taken_as_what_they_are() {
    type Fits = fn(&Result<String, RequestFault>) -> bool;
    let cases: Vec<(&str, Fits)> = vec![
        (
            "redirect",
            |result| matches!(result, Err(RequestFault::Redirected { host, .. }) if host == "https://elsewhere.invalid"),
        ),
        ("bomb", |result| matches!(result, Err(RequestFault::Garbled { said }) if said.contains("gzip"))),
        ("endless", |result| matches!(result, Err(RequestFault::TooLarge { .. }))),
        ("large", |result| matches!(result, Err(RequestFault::TooLarge { .. }))),
        ("too-long", |result| matches!(result, Err(RequestFault::TooLong { .. }))),
        ("nul", |result| result.as_ref().is_ok_and(|text| text.contains('\0') && text.contains('\u{1b}'))),
        ("comments", Result::is_ok),
        ("no-done", Result::is_ok),
        ("drip", Result::is_ok),
    ];
    for (fault, fits) in cases {
        let url = format!("http://{}", server(&[fault]));
        let answer = RUNTIME.block_on(client(&url).chat(&request(1), |_| {}));
        let result = answer.map(|answer| answer.choices[0].text.clone()).map_err(|error| error.fault);
        assert!(fits(&result), "{fault}: {:.200}", format!("{result:?}"));
    }
    for (kind, known) in [("kind:vllm", ServerKind::Vllm), ("kind:library", ServerKind::Ollama)] {
        let info = RUNTIME.block_on(client(&format!("http://{}", server(&[kind]))).probe()).unwrap();
        assert_eq!(info.kind, known);
    }
    assert!("kind:teapot".parse::<Fault>().is_err());
}
