//! Scores of a reward model that was looked at: what goes wrong costs the replies that it is about, and nothing becomes
//! a number that is none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pairloom::domain::{
    ApiKey, ChatTemplate, NoScore, Prompt, RequestFault, Reward, RewardFault, RewardFinding, RewardNumbers,
    RewardRequest, RewardRows, RewardServer, StepRule,
};
use pairloom::endpoints::{Access, ChatError, Client, Retry, RewardClient, RewardItem, RewardReading, Timeouts};
use serde_json::{Value, json};

use crate::rewards::{look, reward_client};
use crate::rewards_templates::finding;
use crate::support::RUNTIME;
use crate::support::raw::{Raw, answering, http, json as ok, missing, writing};

fn request(body: Value, pointer: &str) -> RewardRequest {
    RewardRequest { path: "/pooling".to_owned(), body, pointer: pointer.to_owned(), ..RewardRequest::default() }
}

/// Texts in batches, numbers as vLLM gives them.
fn batches() -> RewardFinding {
    finding(request(json!({"model": "{model}", "input": "{texts}"}), "/data/*/data"))
}

fn scores(url: &str, finding: &RewardFinding, replies: &[&str]) -> Result<Vec<RewardReading>, ChatError> {
    let settings = Reward { template: ChatTemplate::Plain, ..Reward::default() };
    let prompt = Prompt::new(None, "q");
    let items: Vec<RewardItem<'_>> = replies.iter().map(|&reply| RewardItem { prompt: &prompt, reply }).collect();
    RUNTIME.block_on(reward_client(url, settings).score(finding, &items))
}

fn values(readings: &[RewardReading]) -> Vec<Result<f64, NoScore>> {
    readings.iter().map(|reading| reading.result.clone().map(|points| points.value)).collect()
}

fn always(body: &'static str) -> Raw {
    answering(move |_| ok(body))
}

#[test]
fn answers_are_matched_by_index_and_in_order_where_there_is_none() {
    let shuffled = always(r#"{"data":[{"index":2,"data":[3]},{"index":0,"data":[1]},{"index":1,"data":[2]}]}"#);
    let readings = scores(&shuffled.url, &batches(), &["a", "b", "c"]).unwrap();
    assert_eq!(values(&readings), [Ok(1.0), Ok(2.0), Ok(3.0)]);
    assert_eq!(shuffled.chats()[0].json()["input"], json!(["q\n\na", "q\n\nb", "q\n\nc"]));
    let plain = RewardFinding { request: request(json!({"query": "{texts}"}), "/rewards/*"), ..batches() };
    let ordered = always(r#"{"rewards":[1.5,-2,"3.5"]}"#);
    assert_eq!(values(&scores(&ordered.url, &plain, &["a", "b", "c"]).unwrap()), [Ok(1.5), Ok(-2.0), Ok(3.5)]);
}

#[test]
fn what_is_no_number_is_no_score() {
    let strange = |said: &str| Err(NoScore::WrongShape { said: said.to_owned() });
    let raw = batches();
    let undone = RewardFinding { numbers: RewardNumbers::InverseSigmoid, ..batches() };
    let tokens = RewardFinding { rows: RewardRows::LastToken, ..batches() };
    let steps = |rule| RewardFinding { rows: RewardRows::Steps(rule), ..batches() };
    let labels: Vec<String> = ["bad", "good"].map(str::to_owned).into();
    let labelled = RewardFinding { labels, label: Some(1), ..batches() };
    let cases: Vec<(&RewardFinding, &'static str, Result<f64, NoScore>)> = vec![
        (&raw, "[-3.25]", Ok(-3.25)),
        (&raw, "-3.25", Ok(-3.25)),
        (&raw, "[[-3.25]]", Ok(-3.25)),
        (&raw, "[NaN]", Err(NoScore::NotFinite)),
        (&raw, "[-Infinity]", Err(NoScore::NotFinite)),
        (&raw, "[Infinity]", Err(NoScore::NotFinite)),
        (&raw, "[null]", Err(NoScore::NotFinite)),
        (&raw, "[1e999]", Err(NoScore::NotFinite)),
        (&raw, r#"["nan"]"#, Err(NoScore::NotFinite)),
        (&raw, "[]", strange("0 rows")),
        (&raw, "[1, 2]", strange("2 numbers")),
        (&raw, "[[1], [2]]", strange("2 rows")),
        (&raw, "[[1], [2, 3]]", strange("[[1],[2,3]]")),
        (&raw, r#""AAAgQA==""#, strange("\"AAAgQA==\"")),
        (&raw, "true", strange("true")),
        (&undone, "[0.5]", Ok(0.0)),
        (&undone, "[0.880797077977882]", Ok(2.0)),
        (&undone, "[1.0]", Err(NoScore::Saturated)),
        (&undone, "[0.99999994]", Err(NoScore::Saturated)),
        (&undone, "[0.0]", Err(NoScore::Saturated)),
        (&undone, "[2.5]", strange("2.5, not between 0 and 1")),
        (&tokens, "[[9], [8], [-1]]", Ok(-1.0)),
        (&tokens, "[[9], [8]]", strange("2 rows")),
        (&tokens, "[[9], [8], [NaN]]", Err(NoScore::NotFinite)),
        (&labelled, "[0.25, 0.75]", strange("0, 1")),
        (&labelled, r#"[{"label": "good", "score": 4}, {"label": "bad", "score": 1}]"#, Ok(4.0)),
        (&labelled, r#"[{"label": "bad", "score": 5}, {"label": "good", "score": 4}]"#, Ok(4.0)),
        (&labelled, r#"[{"label": "fine", "score": 5}, {"label": "poor", "score": 4}]"#, strange("fine, poor")),
        (&labelled, r#""bad:0.5,good:-1.5""#, Ok(-1.5)),
    ];
    for (finding, data, expected) in cases {
        let server = answering(move |_| {
            ok(format!(r#"{{"data":[{{"index":0,"data":{data}}}],"usage":{{"prompt_tokens":3}}}}"#))
        });
        let readings = scores(&server.url, finding, &["r"]).unwrap();
        let close = match (&readings[0].result, &expected) {
            (Ok(points), Ok(expected)) => (points.value - expected).abs() < 1e-9,
            (came, expected) => came.as_ref().err() == expected.as_ref().err(),
        };
        assert!(close, "{data}: {readings:?}");
        assert_eq!(readings[0].tokens, Some(3));
    }
    let rows = always(r#"{"data":[{"index":0,"data":[[0.5],[-1.5],[4]]}]}"#);
    for (rule, expected) in [(StepRule::Minimum, -1.5), (StepRule::Last, 4.0), (StepRule::Mean, 1.0)] {
        assert_eq!(values(&scores(&rows.url, &steps(rule), &["r"]).unwrap()), [Ok(expected)], "{rule:?}");
    }
    let hole = always(r#"{"data":[{"index":0,"data":[[0.5],[NaN],[4]]}]}"#);
    assert_eq!(values(&scores(&hole.url, &steps(StepRule::Minimum), &["r"]).unwrap()), [Err(NoScore::NotFinite)]);
    // What came is told beside the score.
    let server = always(r#"{"data":[{"index":0,"data":[0.880797077977882]}]}"#);
    assert_eq!(scores(&server.url, &undone, &["r"]).unwrap()[0].raw, Some(0.880_797_077_977_882));
}

#[test]
fn a_wrong_count_gives_nobody_anothers_number() {
    // Two numbers for three texts, without places: nobody knows whose they are. Asked one by one, two are enough.
    let plain = RewardFinding { request: request(json!({"query": "{texts}"}), "/rewards/*"), ..batches() };
    let short = answering(|asked| match asked.json()["query"].as_array().unwrap().len() {
        1 => ok(r#"{"rewards":[5]}"#),
        _ => ok(r#"{"rewards":[1,2]}"#),
    });
    assert_eq!(values(&scores(&short.url, &plain, &["a", "b", "c"]).unwrap()), [Ok(5.0), Ok(5.0), Ok(5.0)]);
    let always_two = always(r#"{"rewards":[1,2]}"#);
    let none = Err(NoScore::WrongShape { said: "2 for 1".to_owned() });
    assert_eq!(values(&scores(&always_two.url, &plain, &["a", "b", "c"]).unwrap()), [none.clone(), none.clone(), none]);
    // A place twice, a place missing.
    let twice = always(r#"{"data":[{"index":0,"data":[1]},{"index":0,"data":[2]},{"index":2,"data":[3]}]}"#);
    let wrong = Err(NoScore::WrongShape { said: "3 for 3".to_owned() });
    let came = values(&scores(&twice.url, &batches(), &["a", "b", "c"]).unwrap());
    assert_eq!(came, [wrong.clone(), wrong, Ok(3.0)]);
}

#[test]
fn one_bad_reply_costs_no_other_its_score() {
    let too_long = json!({"error": {"message": "This model's maximum context length is 4096 tokens. However, your prompt contains at least 4097 input tokens", "code": 400}});
    let refused = json!({"error": {"message": "cannot be tokenised", "code": 400}});
    let server = answering(move |asked| {
        let body = asked.json();
        let input = body["input"].as_array().unwrap();
        let bad = |word: &str| input.iter().any(|text| text.as_str().unwrap().contains(word));
        if bad("long") {
            return http("400 Bad Request", "", too_long.to_string());
        }
        if bad("odd") {
            return http("400 Bad Request", "", refused.to_string());
        }
        if bad("crash") {
            return http("500 Internal Server Error", "", r#"{"detail":"out of range float values"}"#);
        }
        let data: Vec<Value> = input
            .iter()
            .enumerate()
            .map(|(index, text)| json!({"index": index, "data": [text.as_str().unwrap().len()]}))
            .collect();
        ok(json!({"data": data}).to_string())
    });
    let readings = scores(&server.url, &batches(), &["a", "long", "odd", "crash", " \n", "bcd"]).unwrap();
    let came = values(&readings);
    assert_eq!((&came[0], &came[5]), (&Ok(4.0), &Ok(6.0)));
    assert!(matches!(&came[1], Err(NoScore::TooLong { said }) if said.contains("4096 tokens")), "{came:?}");
    assert!(
        matches!(&came[2], Err(NoScore::Failed { fault: RequestFault::Refused { status: 400, said } }) if said == "cannot be tokenised")
    );
    assert!(matches!(&came[3], Err(NoScore::Failed { fault: RequestFault::Busy { status: 500, .. } })), "{came:?}");
    assert_eq!(came[4], Err(NoScore::Empty));
    // One request with five, then five with one; the empty reply was never sent.
    assert_eq!(server.chats().len(), 6);
    assert!(server.chats().iter().all(|asked| asked.json()["truncate_prompt_tokens"].is_null()));
}

#[test]
fn what_is_wrong_with_the_server_is_the_requests_failure() {
    type Fits = fn(&ChatError) -> bool;
    let cases: Vec<(&str, Vec<u8>, Fits)> = vec![
        ("401", http("401 Unauthorized", "", r#"{"error":"Unauthorized"}"#), |error| {
            matches!(&error.fault, RequestFault::Unauthorized { status: 401, .. }) && error.retry == Retry::No
        }),
        (
            "model",
            http("404 Not Found", "", r#"{"error":{"message":"The model `m` does not exist.","code":404}}"#),
            |error| matches!(&error.fault, RequestFault::NoSuchModel { model, models, .. } if model == "m" && models == &["base_reward"]),
        ),
        ("path", missing(), |error| matches!(&error.fault, RequestFault::Refused { status: 404, .. })),
        (
            "page",
            http("502 Bad Gateway", "content-type: text/html\r\n", "<html><title>Bad Gateway</title></html>"),
            |error| {
                matches!(&error.fault, RequestFault::NotAnApi { status: 502, said } if said == "Bad Gateway")
                    && error.retry != Retry::No
            },
        ),
        (
            "page under 200",
            http("200 OK", "content-type: text/html\r\n", "<!doctype html><title>Hello</title>"),
            |error| matches!(&error.fault, RequestFault::NotAnApi { status: 200, said } if said == "Hello"),
        ),
        ("busy", http("503 Service Unavailable", "retry-after: 7\r\n", "{}"), |error| {
            error.retry == Retry::Later { after: Some(Duration::from_secs(7)) }
        }),
        (
            "redirect",
            http("307 Temporary Redirect", "location: http://elsewhere.invalid/pooling\r\n", ""),
            |error| matches!(&error.fault, RequestFault::Redirected { host, .. } if host == "http://elsewhere.invalid"),
        ),
        (
            "packed",
            http("200 OK", "content-encoding: gzip\r\n", "xx"),
            |error| matches!(&error.fault, RequestFault::Garbled { said } if said.contains("gzip")),
        ),
        ("half", ok(r#"{"data":[{"index":0,"da"#), |error| {
            error.fault == RequestFault::CutStream && error.retry != Retry::No
        }),
        ("words", ok("hello"), |error| matches!(&error.fault, RequestFault::Garbled { .. })),
        ("error under 200", ok(r#"{"object":"error","message":"engine died","code":500}"#), |error| {
            matches!(&error.fault, RequestFault::BrokeOff { said } if said == "engine died") && error.retry != Retry::No
        }),
    ];
    for (name, answer, fits) in cases {
        let server = answering(move |asked| match asked.line() {
            "POST /pooling" => answer.clone(),
            "GET /v1/models" => ok(r#"{"data":[{"id":"base_reward","owned_by":"vllm"}]}"#),
            _ => missing(),
        });
        for replies in [&["a"][..], &["a", "b"]] {
            let error = scores(&server.url, &batches(), replies).unwrap_err();
            assert!(fits(&error), "{name}: {error:?}");
        }
    }
    let error = scores("http://127.0.0.1:1", &batches(), &["a"]).unwrap_err();
    assert_eq!(error.retry, Retry::Away);
    assert!(matches!(
        look("http://127.0.0.1:1", Reward::default()),
        Err(RewardFault::Request(RequestFault::Unreachable { .. }))
    ));
}

#[test]
fn silence_ends_and_floods_are_not_read() {
    let timeouts = Timeouts {
        connect: Duration::from_millis(300),
        idle: Duration::from_millis(300),
        patience: Duration::from_secs(1),
    };
    let prompt = Prompt::new(None, "q");
    let ask = |url: &str| {
        let client = Client::new(url, Access::with_key(None), timeouts).unwrap();
        let client =
            RewardClient::new(client, String::new(), Reward { template: ChatTemplate::Plain, ..Reward::default() });
        RUNTIME.block_on(client.score(&batches(), &[RewardItem { prompt: &prompt, reply: "r" }])).unwrap_err()
    };
    let silent = writing(|_, stream| {
        // Until the client gives up.
        let mut byte = [0];
        drop(std::io::Read::read(stream, &mut byte));
        false
    });
    let error = ask(&silent.url);
    assert!(matches!(error.fault, RequestFault::TimedOut { .. }) && error.retry != Retry::No, "{error:?}");
    let flood = writing(|_, stream| {
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"data\":[";
        let mut bytes = head.to_vec();
        while std::io::Write::write_all(stream, &bytes).is_ok() {
            bytes = b"1.5,".repeat(1 << 14);
        }
        false
    });
    assert!(matches!(ask(&flood.url).fault, RequestFault::TooLarge { mebibytes: 16 }));
}

#[test]
fn a_key_goes_with_every_request_and_into_no_words() {
    let server = answering(|asked| match asked.line() {
        "GET /v1/models" => ok(r#"{"data":[{"id":"m","owned_by":"vllm"}]}"#),
        "POST /pooling" => http("400 Bad Request", "", r#"{"error":"bad key tell-nobody-42 in header"}"#),
        _ => missing(),
    });
    let access = Access::with_key(ApiKey::new("tell-nobody-42"));
    let client = Client::new(&server.url, access, Timeouts::default()).unwrap();
    let client =
        RewardClient::new(client, String::new(), Reward { template: ChatTemplate::Plain, ..Reward::default() });
    let fault = RUNTIME.block_on(client.probe()).unwrap_err();
    let prompt = Prompt::new(None, "q");
    let readings = RUNTIME.block_on(client.score(&batches(), &[RewardItem { prompt: &prompt, reply: "r" }]));
    let told = format!("{fault:?} {fault} {readings:?} {client:?}");
    assert!(told.contains("bad key …") && !told.contains("tell-nobody"), "{told}");
    assert!(server.asked.lock().unwrap().iter().all(|asked| asked.head.contains("Bearer tell-nobody-42")));
}

#[test]
fn batches_are_as_large_as_the_server_takes() {
    let client = |batch| {
        reward_client("http://127.0.0.1:1", Reward { batch, template: ChatTemplate::Plain, ..Reward::default() })
    };
    let with = |most| RewardFinding { request: RewardRequest { most, ..batches().request }, ..batches() };
    let messages = finding(request(json!({"messages": "{messages}"}), "/data/*/data"));
    for (wanted, finding, expected) in [
        (0, with(0), 16),
        (0, with(8), 8),
        (0, with(32), 16),
        (64, with(32), 32),
        (5, with(32), 5),
        (64, with(0), 64),
        (64, messages, 1),
    ] {
        assert_eq!(client(wanted).batch(&finding), expected, "{wanted}");
    }
    // More items than fit into one request are sent in several, in order.
    let server = answering(|asked| {
        let body = asked.json();
        let input = body["input"].as_array().unwrap();
        let data: Vec<Value> = input
            .iter()
            .enumerate()
            .map(|(index, text)| json!({"index": index, "data": [text.as_str().unwrap().len()]}))
            .collect();
        ok(json!({"data": data}).to_string())
    });
    let replies: Vec<String> = (1..=20).map(|length| "x".repeat(length)).collect();
    let replies: Vec<&str> = replies.iter().map(String::as_str).collect();
    let came = values(&scores(&server.url, &with(8), &replies).unwrap());
    assert_eq!(came, (1..=20).map(|length| Ok(f64::from(length) + 3.0)).collect::<Vec<_>>());
    assert_eq!(server.chats().len(), 3);
}

#[test]
fn a_request_of_ones_own_reaches_any_server() {
    // A reranker: one query, many texts, an answer sorted by score.
    let rerank = RewardRequest {
        path: "/rerank".to_owned(),
        body: json!({"query": "{prompt}", "texts": "{replies}", "raw_scores": true}),
        pointer: "/*/score".to_owned(),
        ..RewardRequest::default()
    };
    let server = answering(|asked| match asked.line() {
        "POST /rerank" => {
            let body = asked.json();
            let length = |text: &Value| text.as_str().unwrap().len() as f64 - 20.5;
            let mut rows: Vec<Value> = body["texts"]
                .as_array()
                .unwrap()
                .iter()
                .enumerate()
                .map(|(index, text)| json!({"index": index, "score": length(text)}))
                .collect();
            rows.reverse();
            ok(Value::Array(rows).to_string())
        }
        _ => missing(),
    });
    let settings = Reward { server: RewardServer::Custom(rerank), ..Reward::default() };
    let found = look(&server.url, settings.clone()).unwrap();
    assert!(found.good.unwrap() > found.bad.unwrap());
    let (one, other) = (Prompt::new(None, "one"), Prompt::new(None, "other"));
    let item = |prompt, reply| RewardItem { prompt, reply };
    let items = [item(&one, "a"), item(&one, "bb"), item(&other, "ccc")];
    let before = server.chats().len();
    let readings = RUNTIME.block_on(reward_client(&server.url, settings).score(&found, &items)).unwrap();
    assert_eq!(values(&readings), [Ok(-19.5), Ok(-18.5), Ok(-17.5)]);
    let asked: Vec<Value> = server.chats()[before..].iter().map(|asked| asked.json()["query"].clone()).collect();
    assert_eq!(asked, ["one", "other"], "replies to two prompts are two requests");

    let bad = |request: RewardRequest| {
        look(&server.url, Reward { server: RewardServer::Custom(request), ..Reward::default() })
    };
    let good = || request(json!({"text": "{reply}"}), "/score");
    let cases = [
        (RewardRequest { path: "@elsewhere.invalid/".to_owned(), ..good() }, "path"),
        (RewardRequest { pointer: "score".to_owned(), ..good() }, "pointer"),
        (RewardRequest { body: json!({"texts": "{replies}"}), ..good() }, "pointer"),
        (RewardRequest { body: json!({"text": "hello"}), ..good() }, "body"),
        (RewardRequest { body: json!("{reply}"), ..good() }, "body"),
    ];
    for (request, place) in cases {
        let fault = bad(request).unwrap_err();
        assert!(matches!(&fault, RewardFault::BadSetting { setting, .. } if setting == place), "{fault:?}");
    }
}

#[test]
fn a_conversation_that_the_template_refuses_costs_only_itself() {
    let template =
        "{% if messages | length > 2 %}{{ raise_exception('one turn only') }}{% endif %}{{ messages[-1].content }}";
    let settings = Reward { template: ChatTemplate::Jinja(template.to_owned()), ..Reward::default() };
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = answering(move |asked| {
        count.fetch_add(1, Ordering::SeqCst);
        assert_eq!(asked.json()["input"], json!(["r"]));
        ok(r#"{"data":[{"index":0,"data":[2]}]}"#)
    });
    let (short, long) = (Prompt::new(None, "q"), Prompt::new(Some("s".to_owned()), "q"));
    let items = [RewardItem { prompt: &long, reply: "r" }, RewardItem { prompt: &short, reply: "r" }];
    let readings = RUNTIME.block_on(reward_client(&server.url, settings).score(&batches(), &items)).unwrap();
    assert!(
        matches!(&readings[0].result, Err(NoScore::Failed { fault: RequestFault::BadSetting { said, .. } }) if said.contains("one turn only"))
    );
    assert_eq!((readings[1].result.as_ref().map(|points| points.value), asked.load(Ordering::SeqCst)), (Ok(2.0), 1));
    // A template that cannot be read stops everything before anything is sent.
    let settings = Reward { template: ChatTemplate::Jinja("{% if".to_owned()), ..Reward::default() };
    let error = RUNTIME.block_on(reward_client(&server.url, settings.clone()).score(&batches(), &items)).unwrap_err();
    assert!(matches!(error.fault, RequestFault::BadSetting { .. }) && error.retry == Retry::No);
    assert!(matches!(look(&server.url, settings), Err(RewardFault::BadTemplate { .. })));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn findings_and_faults_survive_their_file() {
    let server = answering(|asked| match asked.line() {
        "GET /v1/models" => ok(r#"{"data":[{"id":"m","owned_by":"vllm"}]}"#),
        "POST /pooling" if asked.body.contains("Eiffel") => {
            ok(r#"{"data":[{"index":0,"data":[0.5]}],"usage":{"prompt_tokens":3}}"#)
        }
        "POST /pooling" => ok(r#"{"data":[{"index":0,"data":[1.0]}],"usage":{"prompt_tokens":3}}"#),
        _ => missing(),
    });
    let found = look(&server.url, Reward::default()).unwrap();
    assert_eq!((found.good, found.bad), (Some(0.0), None), "what is saturated is told as lost");
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<RewardFinding>(&text).unwrap(), found, "{text}");
    for fault in [
        RewardFault::Request(RequestFault::CutStream),
        RewardFault::AlwaysOne { flag: "--x".to_owned() },
        RewardFault::Embeddings,
        RewardFault::ChooseStep { rows: 3 },
        RewardFault::NoNumber { why: NoScore::NotFinite },
        RewardFault::NoPath { tried: vec!["POST /pooling".to_owned()], said: String::new() },
    ] {
        let text = serde_json::to_string(&fault).unwrap();
        assert_eq!(serde_json::from_str::<RewardFault>(&text).unwrap(), fault, "{text}");
    }
}
