//! The command that starts a server for a scorer, for a person to copy and fit to their machine.

use super::{Endpoint, RewardServer, Scorer, ScorerKind, ServerAddress};

/// The command that starts a server where the scorer asks, for a model of that name: `vllm serve` for reward models,
/// with the flag that gives their own numbers, SGLang for judges; other servers where the scorer names one that is
/// known. `None` where the scorer asks the sample, a service (https), or a server with a request of one's own. Written
/// for vLLM 0.19 and later (0.32 was run), SGLang 0.5, TEI 1.8, Infinity, LMDeploy 0.18; for a POSIX shell.
pub fn serve_command(scorer: &Scorer) -> Option<String> {
    let place = Place::of(&scorer.endpoint)?;
    let model = Model::of(&scorer.endpoint);
    let reward = match &scorer.kind {
        ScorerKind::Judge(_) => return Some(sglang(&place, &model, "--mem-fraction-static 0.8 --dp 1 --tp 1")),
        ScorerKind::Reward(reward) => reward,
    };
    let name = match &reward.server {
        RewardServer::Find => return Some(vllm(&place, &model)),
        RewardServer::Preset(name) => name.as_str(),
        RewardServer::Custom(_) => return None,
    };
    let Place { host, port } = &place;
    let path = &model.path;
    match name {
        "sglang" => Some(sglang(&place, &model, "--is-embedding --tp 1")),
        "tei" => {
            Some(format!("text-embeddings-router --model-id {path} --hostname {host} --port {}", port.unwrap_or(3000)))
        }
        "infinity" => Some(format!("infinity_emb v2 --model-id {path} --host {host} --port {}", port.unwrap_or(7997))),
        "lmdeploy" => Some(format!(
            "lmdeploy serve api_server {path} --server-name {host} --server-port {}{} --tp 1",
            port.unwrap_or(23_333),
            model.flag("--model-name"),
        )),
        _ => None,
    }
}

fn vllm(place: &Place, model: &Model) -> String {
    let (path, host, port) = (&model.path, &place.host, place.port.unwrap_or(8000));
    let name = model.flag("--served-model-name");
    format!(
        "vllm serve {path}{name} --host {host} --port {port} --tensor-parallel-size 1 --runner pooling --pooler-config '{{\"pooling_type\": \"LAST\", \"use_activation\": false}}'"
    )
}

fn sglang(place: &Place, model: &Model, more: &str) -> String {
    let (path, host, port) = (&model.path, &place.host, place.port.unwrap_or(30_000));
    let name = model.flag("--served-model-name");
    format!("python -m sglang.launch_server --model-path {path}{name} --host {host} --port {port} {more}")
}

/// Where the server listens.
struct Place {
    host: &'static str,
    port: Option<u16>,
}

impl Place {
    fn of(endpoint: &Endpoint) -> Option<Self> {
        let ServerAddress::Url(url) = &endpoint.address else { return None };
        let rest = url.trim().strip_prefix("http://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = authority.rsplit('@').next()?;
        let (name, port) = match host.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((name, after)) => (name, after.strip_prefix(':')),
            None => host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port))),
        };
        if name.is_empty() {
            return None;
        }
        let port = port.map(str::parse).transpose().ok()?;
        let is_here = name == "localhost" || name == "::1" || name.starts_with("127.");
        // Only this machine reaches the first; the second is reached from others.
        Some(Self { host: if is_here { "127.0.0.1" } else { "0.0.0.0" }, port })
    }
}

/// What is served: a model of a hub by its name, or a folder under a name of its own.
struct Model {
    path: String,
    name: Option<String>,
}

impl Model {
    fn of(endpoint: &Endpoint) -> Self {
        match endpoint.model.as_str() {
            "" => Self { path: "path/to/model".to_owned(), name: None },
            hub if hub.contains('/') => Self { path: quoted(hub), name: None },
            name => Self { path: quoted(&format!("path/to/{name}")), name: Some(quoted(name)) },
        }
    }

    fn flag(&self, flag: &str) -> String {
        self.name.as_ref().map_or_else(String::new, |name| format!(" {flag} {name}"))
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+=,".contains(c);
    if word.chars().all(is_plain) && !word.starts_with('-') {
        return word.to_owned();
    }
    let word = if word.starts_with('-') { format!("./{word}") } else { word.to_owned() };
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Judge, Reward, ScorerId};

    fn command(url: &str, model: &str, kind: ScorerKind) -> Option<String> {
        let endpoint = Endpoint { model: model.to_owned(), ..Endpoint::at(url.into()) };
        let created_at = jiff::Timestamp::UNIX_EPOCH;
        serve_command(&Scorer {
            id: ScorerId::new(),
            name: "s".to_owned(),
            endpoint,
            kind,
            created_at,
            calibrates: None,
        })
    }

    fn reward(server: RewardServer) -> ScorerKind {
        ScorerKind::Reward(Box::new(Reward { server, ..Reward::default() }))
    }

    #[test]
    fn the_commands_of_the_batch_scorer_and_the_reward_service_are_given_in_todays_flags() {
        let found = command("http://0.0.0.0:5001/pooling", "base_reward", reward(RewardServer::Find)).unwrap();
        assert_eq!(
            found,
            r#"vllm serve path/to/base_reward --served-model-name base_reward --host 0.0.0.0 --port 5001 --tensor-parallel-size 1 --runner pooling --pooler-config '{"pooling_type": "LAST", "use_activation": false}'"#
        );
        let judge = ScorerKind::Judge(Judge::default());
        let found = command("http://127.0.0.1:28035/v1", "Qwen/Qwen3-32B", judge).unwrap();
        assert_eq!(
            found,
            "python -m sglang.launch_server --model-path Qwen/Qwen3-32B --host 127.0.0.1 --port 28035 --mem-fraction-static 0.8 --dp 1 --tp 1"
        );
        let preset = reward(RewardServer::Preset("sglang".to_owned()));
        let found = command("http://[::1]/", "", preset).unwrap();
        assert!(found.contains("--model-path path/to/model --host 127.0.0.1 --port 30000 --is-embedding"), "{found}");
    }

    #[test]
    fn services_and_the_sample_have_no_command_and_odd_names_are_quoted() {
        let judge = || ScorerKind::Judge(Judge::default());
        for none in ["sample", "https://api.openai.com/v1", "h:1", "http://h:no"] {
            assert_eq!(command(none, "m", judge()), None, "{none}");
        }
        let found = command("http://h:1", "it's; rm -rf", reward(RewardServer::Find)).unwrap();
        assert!(found.contains(r"--served-model-name 'it'\''s; rm -rf'"), "{found}");
    }
}
