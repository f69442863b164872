//! What a server is and what it can do: the sentences of a test.

use crate::domain::{Ability, Examination, FirstReply, ServerKind, ServerNote, Thinking};

use super::Text;

sentences! {
    find_local: "Find servers on this machine" | "查找本机服务器";
    finding_local: "Looking…" | "正在查找…";
    found_none: "No server answers at the usual ports of this machine" | "本机的常用端口上没有服务器响应";
    ability_several: "Several replies from one request" | "一次请求多条回复";
    ability_seeds: "Same seed, same reply" | "种子相同，回复相同";
    ability_json: "Replies in a given JSON shape" | "按指定 JSON 结构回复";
    ability_logprobs: "Probabilities of tokens" | "token 概率";
    detailed(what: &str, detail: &str): "{what}: {detail}" | "{what}：{detail}";
    works: "works" | "可用";
    ignored: "ignored" | "被忽略";
    refused: "refused" | "被拒绝";
    not_known: "not known" | "不清楚";
    first_token(millis: u32): "First token after {millis} ms" | "{millis} 毫秒后出现第一个 token";
    answered_in(millis: u32): "Answered in {millis} ms" | "{millis} 毫秒内答完";
    thinking_apart: "Its thinking comes apart from the reply" | "思考内容与回复分开";
    thinking_inline: "Its thinking comes inside the reply and is taken out" | "思考内容夹在回复里，会自动取出";
}

impl Text {
    /// What people call a server; proper names are the same in both languages.
    pub fn server_kind(self, kind: ServerKind) -> &'static str {
        match kind {
            ServerKind::Unknown => self.pick("OpenAI-compatible server", "兼容 OpenAI 的服务器"),
            ServerKind::Sample => self.pick("Sample server", "示例服务器"),
            ServerKind::Vllm => "vLLM",
            ServerKind::Sglang => "SGLang",
            ServerKind::LlamaCpp => "llama.cpp",
            ServerKind::LlamaCppPython => "llama-cpp-python",
            ServerKind::Ollama => "Ollama",
            ServerKind::LmStudio => "LM Studio",
            ServerKind::Tgi => "TGI",
            ServerKind::Transformers => "transformers serve",
            ServerKind::LmDeploy => "LMDeploy",
            ServerKind::LiteLlm => "LiteLLM",
            ServerKind::OpenAi => "OpenAI",
            ServerKind::Azure => "Azure OpenAI",
            ServerKind::OpenRouter => "OpenRouter",
            ServerKind::DeepSeek => "DeepSeek",
            ServerKind::DashScope => self.pick("DashScope", "阿里云百炼"),
            ServerKind::Moonshot => self.pick("Moonshot", "月之暗面"),
            ServerKind::Tei => self.pick("TEI, which does not chat", "TEI，不能对话"),
            ServerKind::Infinity => self.pick("Infinity, which does not chat", "Infinity，不能对话"),
            ServerKind::RewardServer => self.pick("Reward server, which does not chat", "打分服务器，不能对话"),
        }
    }

    /// A server's name with its version, where it tells.
    pub fn server_named(self, kind: ServerKind, version: Option<&str>) -> String {
        match version {
            Some(version) => format!("{} {version}", self.server_kind(kind)),
            None => self.server_kind(kind).to_owned(),
        }
    }

    /// What is known about servers of a kind.
    pub fn server_note(self, note: ServerNote) -> &'static str {
        match note {
            ServerNote::SeedsIgnored => self.pick(
                "Seeds are ignored unless the server runs with deterministic inference: the same request brings another reply.",
                "除非服务器开启确定性推理，否则忽略种子：同样的请求会得到不同的回复。",
            ),
            ServerNote::OneReplyEach => self.pick(
                "It gives one reply to a request. Pairloom asks for the others one by one.",
                "每次请求只给一条回复，其余的由 Pairloom 逐条请求。",
            ),
            ServerNote::SlotsLimitReplies => self.pick(
                "It gives as many replies to a request as it has slots (--parallel). Pairloom asks for the others one by one.",
                "一次请求的回复数不超过它的槽位数（--parallel），其余的由 Pairloom 逐条请求。",
            ),
            ServerNote::CutsLongPrompts => self.pick(
                "Prompts longer than its context are cut without a word. Raise OLLAMA_CONTEXT_LENGTH for long ones.",
                "超出上下文的提示会被悄悄截断。提示较长时请调大 OLLAMA_CONTEXT_LENGTH。",
            ),
            ServerNote::OneAtATime => self.pick(
                "It works at one request at a time unless OLLAMA_NUM_PARALLEL is set.",
                "除非设置 OLLAMA_NUM_PARALLEL，否则一次只处理一个请求。",
            ),
            ServerNote::DefaultsFromModel => self.pick(
                "Sampling that is left empty comes from the model's generation_config.json.",
                "留空的采样参数取自模型的 generation_config.json。",
            ),
            ServerNote::ForeignFieldsRefused => self.pick(
                "Fields that OpenAI does not have, like top_k, may be refused.",
                "OpenAI 没有的字段（如 top_k）可能被拒绝。",
            ),
            ServerNote::LimitedTemperature => self.pick(
                "It takes temperatures from 0 to 1 and near 0 gives one reply to a request. For newer models leave temperature and top p empty.",
                "温度只能在 0 到 1 之间，接近 0 时每次请求只给一条回复。较新的模型请把温度和 top p 留空。",
            ),
            ServerNote::ThinksByDefault => self.pick(
                "Many of its models think first. Extra JSON {\"enable_thinking\": false} turns that off.",
                "许多模型会先思考。附加 JSON {\"enable_thinking\": false} 可以关闭。",
            ),
        }
    }

    /// Whether it can do a thing, in a word or two.
    pub fn ability(self, ability: &Ability) -> &'static str {
        match ability {
            Ability::Works => self.works(),
            Ability::Ignored => self.ignored(),
            Ability::Refused { .. } => self.refused(),
            Ability::Unknown => self.not_known(),
        }
    }

    /// The four things that a test tries, with their names, in the order of the page.
    pub fn abilities(self, examination: &Examination) -> [(&'static str, &Ability); 4] {
        [
            (self.ability_several(), &examination.several),
            (self.ability_seeds(), &examination.seeds),
            (self.ability_json(), &examination.json),
            (self.ability_logprobs(), &examination.logprobs),
        ]
    }

    /// How fast a chat was answered.
    pub fn first_reply(self, reply: &FirstReply) -> String {
        match reply.first_token_millis {
            Some(millis) => self.first_token(millis),
            None => self.answered_in(reply.total_millis),
        }
    }

    /// Where the thinking comes; nothing where none was seen.
    pub fn thinking(self, thinking: Thinking) -> Option<&'static str> {
        match thinking {
            Thinking::Unseen => None,
            Thinking::Apart => Some(self.thinking_apart()),
            Thinking::Inline => Some(self.thinking_inline()),
        }
    }
}
