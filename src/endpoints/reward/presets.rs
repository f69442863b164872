//! Requests of the servers that are known, as data.
//!
//! Read in the source of vLLM 0.6.3 to 0.33.0, SGLang 0.4.6 to 0.5.23, Text Embeddings Inference 0d124dc, Infinity
//! fcb951c, OpenRLHF 0.11.0, LLaMA-Factory 0.9.5, LMDeploy 0.18.0, and on NVIDIA's pages of its reward NIMs.

use serde_json::{Value, json};

use crate::domain::RewardRequest;

/// The names of the presets that a person may choose.
pub const PRESETS: [&str; 7] = ["tei", "infinity", "openrlhf", "llama-factory", "lmdeploy", "nim", "sglang"];

/// The preset of a name.
pub(super) fn preset(name: &str) -> Option<RewardRequest> {
    let request = |path: &str, body: Value, pointer: &str| RewardRequest {
        path: path.to_owned(),
        body,
        pointer: pointer.to_owned(),
        ..RewardRequest::default()
    };
    Some(match name {
        // `["a", "b"]` would be one pair: each text is a list of its own. 32 is the most of a default server. Long texts
        // would be cut by default, and the numbers squashed.
        "tei" => RewardRequest {
            most: 32,
            adds_begin_mark: true,
            ..request("/predict", json!({"inputs": {"*": ["{text}"]}, "raw_scores": true, "truncate": false}), "/*")
        },
        // `raw_scores` does nothing at this path; left out so that nobody trusts it.
        "infinity" => RewardRequest {
            sigmoid: true,
            adds_begin_mark: true,
            truncates: true,
            ..request("/classify", json!({"model": "{model}", "input": "{texts}"}), "/data/*")
        },
        // Only `query` is read. Cuts at its `max_len`, 2048 tokens unless set.
        "openrlhf" => RewardRequest {
            adds_begin_mark: true,
            truncates: true,
            ..request("/get_reward", json!({"query": "{texts}"}), "/rewards/*")
        },
        // Texts in place of messages; some versions give a list of lists, which is read as well.
        "llama-factory" => RewardRequest {
            truncates: true,
            ..request("/v1/score/evaluation", json!({"model": "{model}", "messages": "{texts}"}), "/scores/*")
        },
        "lmdeploy" => RewardRequest {
            adds_begin_mark: true,
            ..request("/pooling", json!({"model": "{model}", "input": "{texts}"}), "/data/*/data")
        },
        "nim" => request(
            "/v1/chat/completions",
            json!({"model": "{model}", "messages": "{messages}"}),
            "/choices/0/message/content",
        ),
        // Never `/v1/classify`, which always applies a softmax.
        "sglang" => {
            RewardRequest { adds_begin_mark: true, ..request("/classify", json!({"text": "{texts}"}), "/*/embedding") }
        }
        _ => return None,
    })
}

/// vLLM's `/pooling`, as one asks for a reward since 0.6.6: messages in parts of text, or texts. `task` counts from
/// 0.11.1 on, `use_activation` too; both are ignored before. `has_marks`: the texts hold the model's own marks.
pub(super) fn vllm_pooling(as_messages: bool, has_marks: bool) -> RewardRequest {
    let mut body = json!({"model": "{model}"});
    add_input(&mut body, as_messages, has_marks);
    body["encoding_format"] = json!("float");
    body["task"] = json!("classify");
    body["use_activation"] = json!(false);
    RewardRequest { path: "/pooling".to_owned(), body, pointer: "/data/*/data".to_owned(), ..RewardRequest::default() }
}

/// vLLM's `/classify`, since 0.9.1; with messages since 0.11.1.
pub(super) fn vllm_classify(as_messages: bool, has_marks: bool) -> RewardRequest {
    let mut body = json!({"model": "{model}"});
    add_input(&mut body, as_messages, has_marks);
    body["use_activation"] = json!(false);
    RewardRequest {
        path: "/classify".to_owned(),
        body,
        pointer: "/data/*/probs".to_owned(),
        ..RewardRequest::default()
    }
}

fn add_input(body: &mut Value, as_messages: bool, has_marks: bool) {
    if as_messages {
        body["messages"] = json!("{message_parts}");
    } else {
        body["input"] = json!("{texts}");
        if has_marks {
            body["add_special_tokens"] = json!(false);
        }
    }
}

/// The same request without these fields.
pub(super) fn without(request: &RewardRequest, fields: &[&str]) -> RewardRequest {
    let mut other = request.clone();
    if let Value::Object(body) = &mut other.body {
        body.retain(|name, _| !fields.contains(&name.as_str()));
    }
    other
}
