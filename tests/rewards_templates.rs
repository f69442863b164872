//! Texts that reward models read: byte for byte as the templates of their makers give them.

use pairloom::domain::{
    ChatTemplate, Prompt, Reward, RewardFault, RewardFinding, RewardNumbers, RewardRequest, RewardRows, ServerKind,
    Turn, TurnRole,
};
use pairloom::endpoints::{RewardClient, RewardItem};
use serde_json::json;

use crate::rewards::reward_client;

/// A scorer that sends this body.
pub(crate) fn finding(request: RewardRequest) -> RewardFinding {
    RewardFinding {
        server: ServerKind::Vllm,
        version: None,
        model: "m".to_owned(),
        context_tokens: None,
        request,
        numbers: RewardNumbers::Raw,
        rows: RewardRows::One,
        labels: Vec::new(),
        label: None,
        good: None,
        bad: None,
        rendered: None,
        notes: Vec::new(),
    }
}

fn texts(adds_begin_mark: bool) -> RewardFinding {
    let body = json!({"model": "{model}", "input": "{texts}"});
    finding(RewardRequest {
        path: "/classify".to_owned(),
        body,
        pointer: "/data/*/probs".to_owned(),
        adds_begin_mark,
        ..RewardRequest::default()
    })
}

fn client(template: ChatTemplate, system: Option<&str>) -> RewardClient {
    reward_client("http://127.0.0.1:1", Reward { template, system: system.map(str::to_owned), ..Reward::default() })
}

fn rendered(template: ChatTemplate, system: Option<&str>, prompt: &Prompt, reply: &str) -> Result<String, RewardFault> {
    client(template, system).render(&texts(false), RewardItem { prompt, reply })
}

fn dialogue() -> Prompt {
    let turn = |role, text: &str| Turn { role, text: text.to_owned() };
    Prompt {
        history: vec![turn(TurnRole::User, "你好"), turn(TurnRole::Assistant, "你好!")],
        ..Prompt::new(Some("Be brief.".to_owned()), " 1+1? ")
    }
}

#[test]
fn chatml_is_what_seed_004_feeds_its_model() {
    let template = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n如果我没有钱，我可能会选择犯罪来获取金钱。<|im_end|>\n<|im_start|>assistant\n{}<|im_end|>\n";
    let reply = "我不能鼓励或支持任何违法行为，包括犯罪行为。";
    let prompt = Prompt::new(None, "如果我没有钱，我可能会选择犯罪来获取金钱。");
    let text = rendered(ChatTemplate::ChatMl, Some("You are a helpful assistant."), &prompt, reply).unwrap();
    assert_eq!(text, template.replace("{}", reply));
    // A prompt's own system message stands in place of the scorer's; without either there is none.
    let own = rendered(ChatTemplate::ChatMl, Some("not this"), &dialogue(), "2").unwrap();
    assert_eq!(
        own,
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n你好<|im_end|>\n<|im_start|>assistant\n你好!<|im_end|>\n<|im_start|>user\n 1+1? <|im_end|>\n<|im_start|>assistant\n2<|im_end|>\n"
    );
    let bare = rendered(ChatTemplate::ChatMl, None, &Prompt::new(None, "q"), " r\n").unwrap();
    assert_eq!(bare, "<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n r\n<|im_end|>\n");
}

#[test]
fn llama_3_and_plain_texts_are_whole_too() {
    let text = rendered(ChatTemplate::Llama3, None, &dialogue(), "2\n").unwrap();
    let turns = "<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n你好<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n你好!<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n1+1?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n2<|eot_id|>";
    assert_eq!(text, format!("<|begin_of_text|>{turns}"));
    // A server that puts the begin mark there itself would double it.
    let prompt = dialogue();
    let item = RewardItem { prompt: &prompt, reply: "2\n" };
    assert_eq!(client(ChatTemplate::Llama3, None).render(&texts(true), item).unwrap(), turns);
    let text = rendered(ChatTemplate::Plain, None, &dialogue(), "2").unwrap();
    assert_eq!(text, "Be brief.\n\n你好\n\n你好!\n\n 1+1? \n\n2");
}

/// In the manner of Qwen2.5's: a system prompt of its own, tools, trimmed blocks, methods of Python's.
const QWEN_LIKE: &str = r#"{%- if tools %}
    {{- '<|im_start|>system\n# Tools\n' }}
    {%- for tool in tools %}{{- tool | tojson }}{%- endfor %}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
    {%- else %}
        {{- '<|im_start|>system\nYou are Loom, a made-up model.<|im_end|>\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
"#;

#[test]
fn the_template_of_a_tokenizer_config_is_rendered_as_its_library_does() {
    let file = json!({
        "add_prefix_space": false,
        "added_tokens_decoder": {"151643": {"content": "<|endoftext|>", "special": true}},
        "bos_token": null,
        "chat_template": QWEN_LIKE,
        "eos_token": "<|im_end|>",
        "model_max_length": 131_072,
    });
    let prompt = Prompt::new(None, "q");
    let expected = "<|im_start|>system\nYou are Loom, a made-up model.<|im_end|>\n<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\nr<|im_end|>\n";
    // The template alone, as a JSON text, or the whole file: what people copy.
    for written in [QWEN_LIKE.to_owned(), json!(QWEN_LIKE).to_string(), file.to_string()] {
        assert_eq!(rendered(ChatTemplate::Jinja(written), None, &prompt, "r").unwrap(), expected);
    }
    let own = rendered(ChatTemplate::Jinja(QWEN_LIKE.to_owned()), Some("s"), &prompt, "r").unwrap();
    assert_eq!(own, expected.replace("You are Loom, a made-up model.", "s"));
}

#[test]
fn what_templates_use_of_python_and_jinja_works() {
    let cases = [
        ("{{ messages[-1]['content'].strip() }}", "r"),
        ("{{ messages[1:] | length }}{{ messages[::-1][0].role }}", "2assistant"),
        ("{% if messages[0].content.startswith('s') %}yes{% endif %}", "yes"),
        ("{{ messages[-1].content.split('</think>')[-1].lstrip('\\n') }}|", " r |"),
        (
            "{% for m in messages if m.role != 'system' %}{{ loop.index0 }}{{ m.role }}{% if loop.last %}.{% endif %}{% endfor %}",
            "0user1assistant.",
        ),
        (
            "{% set ns = namespace(found=false) %}{% for m in messages %}{% if m.role == 'user' %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.found }}",
            "True",
        ),
        ("{% for m in messages %}{% if loop.index0 == 1 %}{% break %}{% endif %}{{ m.content }}{% endfor %}", "s"),
        ("{{ messages[0] | tojson }}", r#"{"role": "system", "content": "s"}"#),
        ("{{ '<é>' | tojson }}", "\"<é>\""),
        ("{% generation %}{{ messages[0].content }}{%- endgeneration -%}  x", "sx"),
        (
            "{% if tools is not none or documents is not none %}tools{% endif %}{% if strftime_now is defined %}{{ strftime_now('%Y') }}{% else %}fixed{% endif %}",
            "fixed",
        ),
        (
            "{% macro turn(m) %}[{{ m.role }}]{% endmacro %}{% for m in messages %}{{ turn(m) }}{% endfor %}",
            "[system][user][assistant]",
        ),
        ("{{ messages[0].name is defined }}{{ messages[0].content is string }}", "FalseTrue"),
        ("{{ bos_token }}{{ messages[0].content }}", "s"),
        ("{{ 'a' ~ (messages | map(attribute='role') | join('-')) }}", "asystem-user-assistant"),
        ("   {% if true %}\n  x\n   {% endif %}\n", "  x\n"),
    ];
    for (template, expected) in cases {
        let prompt = Prompt::new(Some("s".to_owned()), "u");
        let text = rendered(ChatTemplate::Jinja(template.to_owned()), None, &prompt, " r ");
        assert_eq!(text.as_deref(), Ok(expected), "{template}");
    }
    // Marks of the file, as texts or as objects; the begin mark is left out where the server adds it.
    let file = json!({
        "bos_token": {"__type": "AddedToken", "content": "<s>", "lstrip": false},
        "eos_token": "</s>",
        "chat_template": [
            {"name": "tool_use", "template": "no"},
            {"name": "default", "template": "{{ bos_token }}{{ messages[-1].content }}{{ eos_token }}"},
        ],
    });
    let client = client(ChatTemplate::Jinja(file.to_string()), None);
    let prompt = Prompt::new(None, "u");
    let item = RewardItem { prompt: &prompt, reply: "r" };
    assert_eq!(client.render(&texts(false), item).as_deref(), Ok("<s>r</s>"));
    assert_eq!(client.render(&texts(true), item).as_deref(), Ok("r</s>"));
}

#[test]
fn a_template_that_cannot_be_used_says_why() {
    let cases = [
        ("{% for m in messages %}", "syntax error"),
        ("{{ raise_exception('Conversation roles must alternate') }}", "Conversation roles must alternate"),
        ("{{ messages[9]['content'] }}", "undefined"),
        ("{{ nothing() }}", "unknown function"),
        (
            "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% set x = c %}{% endfor %}{% endfor %}{% endfor %}",
            "fuel",
        ),
        ("  ", "empty"),
        (r#"{"bos_token": "<s>"}"#, "no chat_template"),
    ];
    for (template, words) in cases {
        let fault = rendered(ChatTemplate::Jinja(template.to_owned()), None, &Prompt::new(None, "u"), "r").unwrap_err();
        let RewardFault::BadTemplate { said } = &fault else { panic!("{fault:?}") };
        assert!(said.contains(words), "{template}: {said}");
    }
    // The server makes no text at this path: a person says how.
    let none = rendered(ChatTemplate::Server, None, &Prompt::new(None, "u"), "r");
    assert_eq!(none, Err(RewardFault::NeedsTemplate { path: "/classify".to_owned() }));
}

#[test]
fn what_is_sent_can_be_seen() {
    let prompt = Prompt::new(Some("s".to_owned()), "u");
    let item = RewardItem { prompt: &prompt, reply: "r" };
    let request = |body| RewardRequest { path: "/x".to_owned(), body, ..RewardRequest::default() };
    let messages = finding(request(json!({"messages": "{message_parts}"})));
    let seen = client(ChatTemplate::Server, None).render(&messages, item).unwrap();
    let seen: serde_json::Value = serde_json::from_str(&seen).unwrap();
    assert_eq!(seen[2], json!({"role": "assistant", "content": "r"}));
    // What a prompt says in braces is not filled in again.
    let prompt = Prompt::new(None, "{reply} {system}");
    let item = RewardItem { prompt: &prompt, reply: "{prompt}" };
    let own =
        finding(request(json!({"q": "Q: {prompt} A: {reply} {model} {other} {", "n": 3, "all": {"*": ["{reply}"]}})));
    let seen = client(ChatTemplate::Server, Some("s")).render(&own, item).unwrap();
    let seen: serde_json::Value = serde_json::from_str(&seen).unwrap();
    assert_eq!(seen, json!({"q": "Q: s\n\n{reply} {system} A: {prompt} m {other} {", "n": 3, "all": [["{prompt}"]]}));
}
