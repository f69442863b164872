//! Looks at reward servers: each kind and release line with the answers that it really gives, and what is made of them.

use pairloom::domain::{
    ChatTemplate, Reward, RewardFault, RewardFinding, RewardNote, RewardNumbers, RewardRows, RewardServer, ServerKind,
    StepRule,
};
use pairloom::endpoints::{Access, Client, RewardClient, Timeouts};
use serde_json::{Value, json};

use crate::support::RUNTIME;
use crate::support::raw::{Asked, Raw, answering, http, json as ok, missing};

/// What a model of one label makes of a text: the good replies of a look are above, the bad ones below.
fn logit(asked: &str) -> f64 {
    let known = [("Eiffel", 2.5), ("banana", -3.25), ("千条线", 3.5), ("我就不写", -2.0), ("zzzz", -5.0)];
    known.iter().find(|(part, _)| asked.contains(part)).map_or(0.125, |(_, logit)| *logit)
}

fn logistic(number: f64) -> f64 {
    1.0 / (1.0 + (-number).exp())
}

pub(crate) fn reward_client(url: &str, settings: Reward) -> RewardClient {
    let client = Client::new(url, Access::with_key(None), Timeouts::default()).unwrap();
    RewardClient::new(client, String::new(), settings)
}

pub(crate) fn look(url: &str, settings: Reward) -> Result<RewardFinding, RewardFault> {
    RUNTIME.block_on(reward_client(url, settings).probe())
}

fn chatml() -> Reward {
    Reward { template: ChatTemplate::ChatMl, ..Reward::default() }
}

fn refusal(said: &str) -> Vec<u8> {
    http(
        "400 Bad Request",
        "content-type: application/json\r\n",
        json!({"error": {"message": said, "code": 400}}).to_string(),
    )
}

fn pooled(data: impl Into<Value>, tokens: u32) -> Vec<u8> {
    let item = json!({"index": 0, "object": "pooling", "data": data.into()});
    ok(json!({"id": "pooling-1", "object": "list", "created": 1, "model": "base_reward", "data": [item], "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}).to_string())
}

fn classified(number: f64) -> Vec<u8> {
    let item = json!({"index": 0, "label": "LABEL_0", "probs": [number], "num_classes": 1});
    ok(json!({"id": "classify-1", "object": "list", "created": 1, "model": "base_reward", "data": [item], "usage": {"prompt_tokens": 40}}).to_string())
}

/// A vLLM of this version, whose `/pooling` and `/classify` answer so.
fn vllm(version: &'static str, answer: impl Fn(&str, &Value, f64) -> Vec<u8> + Send + Sync + 'static) -> Raw {
    answering(move |asked| match asked.line() {
        "GET /v1/models" => ok(
            r#"{"object":"list","data":[{"id":"base_reward","object":"model","created":1,"owned_by":"vllm","root":"/m","parent":null,"max_model_len":4096}]}"#,
        ),
        "GET /version" => ok(format!(r#"{{"version":"{version}"}}"#)),
        "POST /pooling" => answer("/pooling", &asked.json(), logit(&asked.body)),
        "POST /classify" => answer("/classify", &asked.json(), logit(&asked.body)),
        _ => missing(),
    })
}

fn asks_raw(body: &Value) -> bool {
    body["use_activation"] == false
}

/// What is learnt, in short.
fn gist(found: &Result<RewardFinding, RewardFault>) -> (&str, RewardNumbers, RewardRows) {
    let finding = found.as_ref().unwrap();
    (finding.request.path.as_str(), finding.numbers, finding.rows)
}

#[test]
fn every_release_line_of_vllm_gives_its_logits_or_says_why_not() {
    use RewardNumbers::{InverseSigmoid, Raw as RawNumbers, RawByServer};
    type Server = fn(&str, &Value, f64) -> Vec<u8>;
    let one = RewardRows::One;
    // 0.6.6 to 0.9.2 with seed 002's flag, `softmax: false`.
    let by_flag: Server = |_, _, x| pooled([x], 40);
    // 0.9.1 to 0.9.2 as it is.
    let squashed: Server = |_, _, x| pooled([logistic(x)], 40);
    // 0.10.0: hidden states at one path, a sigmoid at the other, which takes texts only.
    let hidden: Server = |path, body, x| match path {
        "/pooling" => pooled((0..896).map(|n| f64::from(n % 7) - 3.0).collect::<Vec<_>>(), 40),
        _ if body["input"].is_null() => {
            refusal("[{'type': 'missing', 'loc': ('body', 'input'), 'msg': 'Field required'}]")
        }
        _ => classified(logistic(x)),
    };
    // 0.10.1 to 0.11.0: chunked prefill is on, and `/classify` has a switch of another name.
    let chunked: Server = |path, body, x| match path {
        "/pooling" => refusal("The model does not support Pooling API"),
        _ if body["input"].is_null() => {
            refusal("[{'type': 'missing', 'loc': ('body', 'input'), 'msg': 'Field required'}]")
        }
        _ if body["activation"] == false => classified(x),
        _ => classified(logistic(x)),
    };
    let chunked_by_flag: Server = |path, _, x| match path {
        "/pooling" => refusal("The model does not support Pooling API"),
        _ => classified(x),
    };
    // 0.11.1 to 0.13.0: the older names switch squashing on, even when false.
    let with_task: Server = |_, body, x| {
        let trapped = ["softmax", "activation"].iter().any(|name| !body[*name].is_null());
        match body["task"].as_str() {
            None => refusal("pooling_task must be one of ['encode', 'classify', 'score']"),
            Some(_) if trapped || !asks_raw(body) => pooled([logistic(x)], 40),
            Some(_) => pooled([x], 40),
        }
    };
    // 0.13 to 0.18: a row for each token without the task.
    let rows: Server = |_, body, x| match body["task"].as_str() {
        None => pooled(vec![json!([logistic(x)]); 40], 40),
        Some(_) => pooled([if asks_raw(body) { x } else { logistic(x) }], 40),
    };
    let today: Server = |_, body, x| pooled([if asks_raw(body) { x } else { logistic(x) }], 40);
    // Raw numbers that all look like probabilities: asking again without the switch shows what they are.
    let small: Server = |_, body, x| {
        let x = 0.5 + x / 20.0;
        pooled([if asks_raw(body) { x } else { logistic(x) }], 40)
    };
    // A head that squashes whatever is asked for.
    let stubborn: Server = |_, _, x| pooled([logistic(x)], 40);

    let cases: Vec<(&'static str, Server, Reward, (&str, RewardNumbers, RewardRows))> = vec![
        ("0.8.5", by_flag, Reward::default(), ("/pooling", RawByServer, one)),
        ("0.9.2", by_flag, Reward::default(), ("/pooling", RawByServer, one)),
        ("0.9.2", squashed, Reward::default(), ("/pooling", InverseSigmoid, one)),
        ("0.10.0", hidden, chatml(), ("/classify", InverseSigmoid, one)),
        ("0.10.1.1", chunked, chatml(), ("/classify", RawNumbers, one)),
        ("0.11.0", chunked, chatml(), ("/classify", RawNumbers, one)),
        ("0.11.0", chunked_by_flag, chatml(), ("/classify", RawByServer, one)),
        ("0.11.2", with_task, Reward::default(), ("/pooling", RawNumbers, one)),
        ("0.12.0", with_task, chatml(), ("/pooling", RawNumbers, one)),
        ("0.13.0", rows, Reward::default(), ("/pooling", RawNumbers, one)),
        ("0.18.1", rows, chatml(), ("/pooling", RawNumbers, one)),
        ("0.33.0", today, Reward::default(), ("/pooling", RawNumbers, one)),
        ("0.33.0", by_flag, Reward::default(), ("/pooling", RawByServer, one)),
        ("0.33.0", small, Reward::default(), ("/pooling", RawNumbers, one)),
        ("0.33.0", stubborn, Reward::default(), ("/pooling", InverseSigmoid, one)),
    ];
    for (version, answer, settings, expected) in cases {
        let server = vllm(version, answer);
        let found = look(&server.url, settings);
        assert_eq!(gist(&found), expected, "{version}: {found:?}");
        let finding = found.unwrap();
        assert_eq!((finding.server, finding.version.as_deref()), (ServerKind::Vllm, Some(version)));
        assert_eq!((finding.model.as_str(), finding.context_tokens), ("base_reward", Some(4096)));
        assert_eq!(finding.notes.contains(&RewardNote::Saturates), expected.1 == InverseSigmoid, "{version}");
        // The scores are logits, whatever came.
        let (good, bad) = (finding.good.unwrap(), finding.bad.unwrap());
        let scale = if version == "0.33.0" && good < 1.0 { 20.0 } else { 1.0 };
        let (a, b) = if scale > 1.0 { (0.625, 0.3375) } else { (2.5, -3.25) };
        assert!((good - a).abs() < 1e-9 && (bad - b).abs() < 1e-9, "{version}: {good} {bad}");
        // Nothing is ever cut on our account, and the names that turn squashing on are not sent where they do.
        for asked in server.chats() {
            assert!(asked.json()["truncate_prompt_tokens"].is_null(), "{version}");
            assert!(asked.json()["softmax"].is_null() && asked.json()["normalize"].is_null(), "{version}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_told_for_what_it_is() {
    type Server = fn(&str, &Value, f64) -> Vec<u8>;
    let always_one: Server = |_, _, _| pooled([1.0], 40);
    let states: Server = |path, _, _| match path {
        "/pooling" => pooled(vec![json!(vec![0.5; 512]); 40], 40),
        _ => refusal("The model does not support Classification API"),
    };
    let vector: Server = |path, body, _| match path {
        "/pooling" if body["task"] == "classify" => refusal("Unsupported task: 'classify' Supported tasks: ['embed']"),
        "/pooling" => pooled(vec![1.0 / 32.0; 1024], 40),
        _ => missing(),
    };
    let texts_only: Server = |path, body, x| match path {
        "/classify" if body["input"].is_array() => classified(logistic(x)),
        "/classify" => refusal("[{'type': 'missing', 'loc': ('body', 'input'), 'msg': 'Field required'}]"),
        _ => missing(),
    };
    let no_template: Server = |_, _, _| {
        refusal(
            "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template if the tokenizer does not define one.",
        )
    };
    let nan: Server =
        |_, _, _| ok(r#"{"data":[{"index":0,"object":"pooling","data":[NaN]}],"usage":{"prompt_tokens":9}}"#);
    let steps: Server = |_, _, x| pooled(json!([[0.2, 0.8], [0.9, 0.1], [0.3, logistic(x)]]), 40);
    let flag = |flag: &str| RewardFault::AlwaysOne { flag: flag.to_owned() };
    let labels =
        |labels: &[&str]| RewardFault::ChooseLabel { labels: labels.iter().map(|&label| label.into()).collect() };
    let cases: Vec<(&'static str, Server, Reward, RewardFault)> = vec![
        ("0.8.5", always_one, Reward::default(), flag(r#"--override-pooler-config '{"softmax": false}'"#)),
        ("0.20.2", always_one, Reward::default(), flag(r#"--pooler-config '{"use_activation": false}'"#)),
        (
            "0.10.0",
            states,
            Reward::default(),
            RewardFault::HiddenStates { version: Some("0.10.0".into()), numbers: 512 },
        ),
        ("0.28.0", vector, Reward::default(), RewardFault::Embeddings),
        ("0.10.1.1", texts_only, Reward::default(), RewardFault::NeedsTemplate { path: "/classify".into() }),
        ("0.33.0", no_template, Reward::default(), RewardFault::NeedsTemplate { path: "/pooling".into() }),
        ("0.19.0", nan, Reward::default(), RewardFault::NoNumber { why: pairloom::domain::NoScore::NotFinite }),
        ("0.19.0", steps, Reward::default(), labels(&["0", "1"])),
        (
            "0.19.0",
            steps,
            Reward { label: Some("1".to_owned()), ..Reward::default() },
            RewardFault::ChooseStep { rows: 3 },
        ),
    ];
    for (version, answer, settings, fault) in cases {
        assert_eq!(look(&vllm(version, answer).url, settings), Err(fault), "{version}");
    }

    // A person chose: the worst step of the label that is the reward.
    let settings = Reward { label: Some("1".to_owned()), steps: Some(StepRule::Minimum), ..Reward::default() };
    let finding = look(&vllm("0.19.0", steps).url, settings).unwrap();
    assert_eq!((finding.rows, finding.label), (RewardRows::Steps(StepRule::Minimum), Some(1)));
    assert_eq!(finding.numbers, RewardNumbers::Raw);
    assert_eq!((finding.good, finding.notes.contains(&RewardNote::PossiblySquashed)), (Some(0.1), true));

    // A chat model: no path for rewards, and words in place of a number.
    let chat = answering(|asked| match asked.line() {
        "GET /v1/models" => ok(r#"{"data":[{"id":"m","owned_by":"vllm"}]}"#),
        "POST /v1/chat/completions" => ok(
            r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Paris, of course."},"finish_reason":"length"}]}"#,
        ),
        _ => missing(),
    });
    assert_eq!(look(&chat.url, Reward::default()), Err(RewardFault::ChatModel));
    // One that only thinks within the limit, and one that wants the user to speak last.
    for answer in [
        ok(
            r#"{"choices":[{"index":0,"message":{"role":"assistant","content":null,"reasoning":"Hm"},"finish_reason":"length"}]}"#,
        ),
        refusal("Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant"),
    ] {
        let chat = answering(move |asked| match asked.line() {
            "GET /v1/models" => ok(r#"{"data":[{"id":"m","owned_by":"vllm"}]}"#),
            "POST /v1/chat/completions" => answer.clone(),
            _ => missing(),
        });
        assert_eq!(look(&chat.url, Reward::default()), Err(RewardFault::ChatModel));
    }

    // Nothing at all.
    let nothing = answering(|asked| match asked.line() {
        "GET /v1/models" => ok(r#"{"data":[{"id":"m","owned_by":"someone"}]}"#),
        _ => missing(),
    });
    let fault = look(&nothing.url, Reward::default()).unwrap_err();
    let RewardFault::NoPath { tried, .. } = &fault else { panic!("{fault:?}") };
    assert_eq!(tried[..2], ["POST /pooling", "POST /classify"]);
}

#[test]
fn a_model_that_scores_tokens_gives_the_last_one() {
    // Qwen2ForRewardModel on vLLM 0.28: the task is its own, raw numbers where asked for.
    let server = vllm("0.28.0", |path, body, x| match path {
        "/pooling" if body["task"] == "classify" => {
            refusal("Unsupported task: 'classify' Supported tasks: ['token_embed', 'token_classify'] (parameter=task)")
        }
        "/pooling" => {
            let squash = |x: f64| if asks_raw(body) { x } else { logistic(x) };
            let mut rows = vec![json!([squash(9.0)]); 39];
            rows.push(json!([squash(x)]));
            pooled(rows, 40)
        }
        _ => missing(),
    });
    let finding = look(&server.url, Reward::default()).unwrap();
    assert_eq!((finding.rows, finding.numbers), (RewardRows::LastToken, RewardNumbers::Raw));
    assert_eq!((finding.good, finding.bad), (Some(2.5), Some(-3.25)));
    assert!(finding.request.body["task"].is_null());
}

#[test]
fn the_worse_reply_above_the_better_one_is_told_with_the_text_as_the_model_read_it() {
    let server = answering(|asked| {
        match asked.line() {
        "GET /v1/models" => ok(r#"{"data":[{"id":"m","owned_by":"vllm","max_model_len":512}]}"#),
        "GET /version" => ok(r#"{"version":"0.20.2"}"#),
        "POST /pooling" => pooled([-logit(&asked.body)], 40),
        "POST /tokenize" => ok(r#"{"count":3,"max_model_len":512,"tokens":[1,2,3]}"#),
        "POST /detokenize" => ok(json!({"prompt": "<|im_start|>system\nYou are Q, made by Q Cloud.<|im_end|>\n<|im_start|>user\nWhat is the capital of France, and what is it known for?<|im_end|>\n"}).to_string()),
        _ => missing(),
    }
    });
    let finding = look(&server.url, Reward::default()).unwrap();
    let system = RewardNote::SystemPromptByTemplate { system: "You are Q, made by Q Cloud.".to_owned() };
    assert_eq!(finding.notes, [RewardNote::WrongTemplate, system]);
    assert!(finding.rendered.unwrap().contains("made by Q Cloud"));
    // One's own system prompt is no surprise.
    let settings = Reward { system: Some("s".to_owned()), ..Reward::default() };
    assert_eq!(look(&server.url, settings).unwrap().notes, [RewardNote::WrongTemplate]);
}

/// A server of another kind, by method and path.
fn other(answer: impl Fn(&Asked) -> Option<Value> + Send + Sync + 'static) -> Raw {
    answering(move |asked| answer(asked).map_or_else(missing, |value| ok(value.to_string())))
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn logits(value: &Value) -> Vec<f64> {
    texts(value).iter().map(|text| logit(text)).collect()
}

#[test]
fn other_servers_are_known_and_asked_in_their_own_way() {
    let preset = |name: &str| Reward { server: RewardServer::Preset(name.to_owned()), ..chatml() };
    let sglang = other(|asked| match asked.line() {
        "GET /v1/models" => Some(json!({"data": [{"id": "m", "owned_by": "sglang", "max_model_len": 2048}]})),
        "GET /model_info" => Some(json!({"model_path": "m", "is_generation": false})),
        "GET /get_server_info" => Some(json!({"version": "0.5.9"})),
        "POST /classify" => {
            let vectors = logits(&asked.json()["text"]);
            Some(
                vectors
                    .iter()
                    .map(|x| json!({"embedding": [x], "meta_info": {"id": "1", "prompt_tokens": 30}}))
                    .collect(),
            )
        }
        // Always a softmax: never asked.
        "POST /v1/classify" => Some(json!({"data": [{"index": 0, "probs": [1.0]}]})),
        _ => None,
    });
    let tei = other(|asked| match asked.line() {
        "GET /info" => Some(
            json!({"model_id": "m", "model_type": {"reranker": {"id2label": {"0": "LABEL_0"}}}, "version": "1.8.0", "max_client_batch_size": 8}),
        ),
        "POST /predict" => {
            let body = asked.json();
            let squash = |x: f64| if body["raw_scores"] == true { x } else { logistic(x) };
            let inputs = body["inputs"].as_array().unwrap();
            Some(inputs.iter().map(|pair| json!([{"score": squash(logits(pair)[0]), "label": "LABEL_0"}])).collect())
        }
        _ => None,
    });
    let infinity = other(|asked| match asked.line() {
        "GET /models" => Some(json!({"data": [{"id": "m", "owned_by": "infinity", "capabilities": ["classify"]}]})),
        "POST /classify" => {
            let rows = logits(&asked.json()["input"]);
            let data: Value = rows.iter().map(|x| json!([{"score": logistic(*x), "label": "LABEL_0"}])).collect();
            Some(
                json!({"object": "classify", "data": data, "model": "m", "usage": {"prompt_tokens": 3, "total_tokens": 3}}),
            )
        }
        _ => None,
    });
    let openrlhf = other(|asked| match asked.line() {
        "GET /openapi.json" => Some(json!({"paths": {"/get_reward": {}}})),
        "POST /get_reward" => {
            let rewards = logits(&asked.json()["query"]);
            Some(json!({"rewards": rewards, "scores": rewards, "extra_logs": {"dummy_scores": rewards}}))
        }
        _ => None,
    });
    let older_openrlhf = other(|asked| match asked.line() {
        "POST /get_reward" => Some(json!({"rewards": logits(&asked.json()["query"])})),
        _ => None,
    });
    let factory = other(|asked| match asked.line() {
        "GET /v1/models" => Some(json!({"object": "list", "data": [{"id": "gpt-3.5-turbo", "owned_by": "owner"}]})),
        "GET /openapi.json" => Some(json!({"paths": {"/v1/score/evaluation": {}, "/v1/chat/completions": {}}})),
        "POST /v1/score/evaluation" => {
            // A tensor of one column, as 0.9.5 puts it there.
            let scores: Vec<Value> = logits(&asked.json()["messages"]).iter().map(|x| json!([x])).collect();
            Some(json!({"id": "scoreval-1", "object": "score.evaluation", "model": "gpt-3.5-turbo", "scores": scores}))
        }
        _ => None,
    });
    let lmdeploy = other(|asked| match asked.line() {
        "GET /v1/models" => Some(json!({"object": "list", "data": [{"id": "m", "owned_by": "lmdeploy"}]})),
        "POST /pooling" => {
            let body = asked.json();
            let rows = logits(&body["input"]);
            let data: Vec<Value> = rows
                .iter()
                .enumerate()
                .map(|(index, x)| json!({"index": index, "object": "pooling", "data": x}))
                .collect();
            Some(json!({"id": "pooling-1", "object": "list", "data": data, "usage": {"prompt_tokens": 30}}))
        }
        _ => None,
    });
    let (raw, undone) = (RewardNumbers::Raw, RewardNumbers::InverseSigmoid);
    let cases: [(&Raw, Reward, ServerKind, &str, RewardNumbers, &[RewardNote]); 8] = [
        (&sglang, chatml(), ServerKind::Sglang, "/classify", raw, &[]),
        (&tei, chatml(), ServerKind::Tei, "/predict", raw, &[]),
        (
            &infinity,
            chatml(),
            ServerKind::Infinity,
            "/classify",
            undone,
            &[RewardNote::Saturates, RewardNote::Truncates],
        ),
        (&openrlhf, chatml(), ServerKind::RewardServer, "/get_reward", raw, &[RewardNote::Truncates]),
        (&older_openrlhf, preset("openrlhf"), ServerKind::Unknown, "/get_reward", raw, &[RewardNote::Truncates]),
        (&factory, chatml(), ServerKind::Unknown, "/v1/score/evaluation", raw, &[RewardNote::Truncates]),
        (&lmdeploy, chatml(), ServerKind::LmDeploy, "/pooling", raw, &[]),
        (&lmdeploy, preset("lmdeploy"), ServerKind::LmDeploy, "/pooling", raw, &[]),
    ];
    for (server, settings, kind, path, numbers, notes) in cases {
        let finding = look(&server.url, settings).unwrap_or_else(|fault| panic!("{kind:?}: {fault:?}"));
        assert_eq!((finding.server, finding.request.path.as_str(), finding.numbers), (kind, path, numbers), "{kind:?}");
        assert_eq!((finding.rows, finding.notes.as_slice()), (RewardRows::One, notes), "{kind:?}");
        assert!((finding.good.unwrap() - 2.5).abs() < 1e-9, "{kind:?}: {finding:?}");
        assert!(finding.rendered.unwrap().ends_with("<|im_end|>\n"), "{kind:?}");
        // None of them makes the chat text itself, so that a person has to say how.
        let needed = look(&server.url, Reward::default());
        if kind != ServerKind::Unknown {
            assert_eq!(needed, Err(RewardFault::NeedsTemplate { path: path.to_owned() }), "{kind:?}");
        }
    }
    assert!(sglang.lines().iter().all(|line| line != "POST /v1/classify"));
    // As many as the server takes, which it tells.
    let finding = look(&tei.url, chatml()).unwrap();
    assert_eq!(reward_client(&tei.url, chatml()).batch(&finding), 8);
}

#[test]
fn servers_of_other_models_say_so() {
    let writes = other(|asked| match asked.line() {
        "GET /v1/models" => Some(json!({"data": [{"id": "m", "owned_by": "sglang"}]})),
        "GET /get_model_info" => Some(json!({"model_path": "m", "is_generation": true})),
        _ => None,
    });
    assert_eq!(look(&writes.url, chatml()), Err(RewardFault::ChatModel));
    let vectors = other(|asked| match asked.line() {
        "GET /info" => {
            Some(json!({"model_id": "m", "model_type": {"embedding": {"pooling": "cls"}}, "version": "1.8.0"}))
        }
        _ => None,
    });
    assert_eq!(look(&vectors.url, chatml()), Err(RewardFault::Embeddings));
    let unnamed = look(&writes.url, Reward { server: RewardServer::Preset("vlm".to_owned()), ..chatml() });
    assert!(matches!(unnamed, Err(RewardFault::BadSetting { setting, .. }) if setting == "server"));
}

#[test]
fn rewards_that_come_as_words_have_their_labels() {
    // NVIDIA's reward models: several attributes, or one reward.
    let nim = |content: fn(f64) -> String| {
        other(move |asked| match asked.line() {
            "GET /v1/models" => Some(json!({"data": [{"id": "nvidia/reward", "owned_by": "system"}]})),
            "POST /v1/chat/completions" => {
                let body = asked.json();
                let last = body["messages"].as_array().unwrap().last().unwrap().clone();
                assert_eq!((last["role"].as_str(), last["content"].is_string()), (Some("assistant"), true));
                Some(
                    json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": content(logit(&asked.body))}}]}),
                )
            }
            _ => None,
        })
    };
    let several = nim(|x| format!("helpfulness:{x},correctness:0.4384765625,verbosity:-1.5"));
    let fault = look(&several.url, Reward::default()).unwrap_err();
    assert_eq!(
        fault,
        RewardFault::ChooseLabel { labels: ["correctness", "helpfulness", "verbosity"].map(str::to_owned).into() }
    );
    let settings = Reward { label: Some("helpfulness".to_owned()), ..Reward::default() };
    let finding = look(&several.url, settings).unwrap();
    assert_eq!((finding.good, finding.label, finding.labels.len()), (Some(2.5), Some(1), 3));
    assert!(finding.request.body["max_tokens"].is_null(), "the limit of the look is not the scorer's");
    let one = nim(|x| format!("reward:{x}"));
    assert_eq!(look(&one.url, Reward::default()).unwrap().good, Some(2.5));
}

#[test]
fn seed_002_is_asked_as_it_asks_itself() {
    let server = vllm("0.33.0", |_, body, x| pooled([if asks_raw(body) { x } else { logistic(x) }], 40));
    // The address as that script has it, with the path.
    let settings = Reward { system: Some("You are a helpful assistant.".to_owned()), ..Reward::default() };
    look(&format!("{}/pooling", server.url), settings).unwrap();
    let mut first = server.chats()[0].json();
    let part = |text: &str| json!([{"type": "text", "text": text}]);
    let (question, reply) = (&first["messages"][1]["content"][0]["text"], &first["messages"][2]["content"][0]["text"]);
    let messages = json!([
        {"role": "system", "content": part("You are a helpful assistant.")},
        {"role": "user", "content": part(question.as_str().unwrap())},
        {"role": "assistant", "content": part(reply.as_str().unwrap())},
    ]);
    assert_eq!((&first["model"], &first["messages"]), (&json!("base_reward"), &messages));
    for added in ["task", "use_activation", "encoding_format"] {
        first.as_object_mut().unwrap().remove(added).unwrap();
    }
    assert_eq!(first.as_object().unwrap().len(), 2);
}
