//! Addresses as people give them, and the addresses that requests go to.

use std::net::IpAddr;

use url::{Host, Url};

use super::access::from_environment;
use super::secret::{Secrets, carries_secret, expand, has_reference, looks_secret, percent_encoded};
use crate::domain::{RequestFault, ServerKind};

/// Paths that people copy with an address: of chats, and of reward models.
const ENDINGS: [&str; 8] = [
    "/chat/completions",
    "/completions",
    "/models",
    "/responses",
    "/pooling",
    "/classify",
    "/get_reward",
    "/score/evaluation",
];
/// Azure's hosts; they want the key under another name.
const AZURE: [&str; 4] =
    [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com", ".azure-api.net"];

/// Where a server is.
#[derive(Clone)]
pub(super) struct Address {
    /// Scheme, host and port.
    pub(super) root: String,
    /// The bases that requests may go to, the likeliest first.
    pub(super) bases: Vec<String>,
    /// What follows `?` in every request; may hold secrets.
    query: Option<String>,
    /// Name and password of the address, for HTTP's own way of asking for them.
    pub(super) basic: Option<(String, String)>,
    pub(super) is_loopback: bool,
    /// Nobody but the people around it reaches it.
    pub(super) is_near: bool,
    /// The service, where the host tells.
    pub(super) kind: ServerKind,
    /// The deployment that an Azure address of the old form names.
    pub(super) deployment: Option<String>,
}

impl Address {
    pub(super) fn parse(written: &str, secrets: &mut Secrets) -> Result<Self, RequestFault> {
        let written = written.trim();
        let bad = || RequestFault::BadAddress { url: shown(written) };
        let bare = expand(written, &mut |_| Ok(String::new()))?;
        let bare = Url::parse(&bare).map_err(|_| bad())?;
        let secret = |place: String| Err(RequestFault::SecretShown { place });
        let named = !bare.username().is_empty() && !has_reference(written.split('@').next().unwrap_or_default());
        if bare.password().is_some_and(|password| !password.is_empty()) || named {
            return secret(shown(written));
        }
        for (name, value) in bare.query_pairs() {
            if carries_secret(&name) && !value.is_empty() {
                return secret(format!("?{name}=…"));
            }
        }
        let full = expand(written, &mut |name| from_environment(name, secrets).map(|value| percent_encoded(&value)))?;
        let url = Url::parse(&full).map_err(|_| bad())?;
        let Some(host) = url.host().filter(|_| matches!(url.scheme(), "http" | "https")) else { return Err(bad()) };
        let name = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let (is_loopback, is_near) = nearness(&host);
        let basic = (!url.username().is_empty() || url.password().is_some())
            .then(|| (decoded(url.username()), decoded(url.password().unwrap_or_default())));
        let root = url[..url::Position::BeforePath].to_owned();
        let root = match root.rsplit_once('@') {
            Some((_, host)) => format!("{}://{host}", url.scheme()),
            None => root,
        };
        let kind = hosted(&name);
        let path = base_path(url.path());
        let deployment = path.split_once("/openai/deployments/").map(|(_, name)| decoded(name));
        let mut bases = vec![format!("{root}{path}")];
        if path.is_empty() {
            match kind {
                ServerKind::OpenRouter => bases.insert(0, format!("{root}/api/v1")),
                ServerKind::DashScope => bases.insert(0, format!("{root}/compatible-mode/v1")),
                ServerKind::Azure => bases.insert(0, format!("{root}/openai/v1")),
                _ => {}
            }
        }
        if !ends_in_version(&path) && deployment.is_none() {
            bases.push(format!("{root}{path}/v1"));
        }
        let query = url.query().filter(|query| !query.is_empty()).map(str::to_owned);
        Ok(Self { root, bases, query, basic, is_loopback, is_near, kind, deployment })
    }

    /// A whole address: base or root, path, and the query of the address.
    pub(super) fn at(&self, base: &str, path: &str) -> String {
        match &self.query {
            Some(query) => format!("{base}{path}?{query}"),
            None => format!("{base}{path}"),
        }
    }
}

/// An address for people's eyes: without what may be a secret.
pub(super) fn shown(written: &str) -> String {
    let hidden = || "…".to_owned();
    match Url::parse(written) {
        Ok(url) if url.has_host() => {
            let name = if url.username().is_empty() && url.password().is_none() { "" } else { "…@" };
            let host = url.host_str().unwrap_or_default();
            let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
            format!("{}://{name}{host}{port}{}", url.scheme(), url.path())
        }
        _ if written.contains('@') || looks_secret(written) => hidden(),
        _ => written.split(['?', '#']).next().unwrap_or_default().to_owned(),
    }
}

/// The path of a base: no double slashes (LM Studio answers them with 400, or with 200 and an error), none at its end,
/// and without the endings of full addresses.
fn base_path(path: &str) -> String {
    let mut clean = String::with_capacity(path.len());
    for part in path.split('/').filter(|part| !part.is_empty()) {
        clean.push('/');
        clean.push_str(part);
    }
    for ending in ENDINGS {
        if let Some(shorter) = clean.strip_suffix(ending) {
            return shorter.to_owned();
        }
    }
    clean
}

/// `/v1`, `/v4` and the like.
fn ends_in_version(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let number = last.strip_prefix('v').unwrap_or_default();
    number.starts_with(|digit: char| digit.is_ascii_digit())
}

/// Whether a host is this machine, and whether it is this machine or a neighbour.
fn nearness(host: &Host<&str>) -> (bool, bool) {
    let address = match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let is_loopback = name == "localhost" || name.ends_with(".localhost");
            let ends = [".local", ".lan", ".internal", ".home.arpa", ".intranet"];
            let is_near = !name.contains('.') || ends.iter().any(|end| name.ends_with(end));
            return (is_loopback, is_loopback || is_near);
        }
        Host::Ipv4(address) => IpAddr::V4(*address),
        Host::Ipv6(address) => IpAddr::V6(*address),
    };
    let is_near = match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    };
    (address.is_loopback(), address.is_loopback() || is_near)
}

/// The service that a host belongs to.
fn hosted(name: &str) -> ServerKind {
    let of = |domain: &str| name == domain || name.strip_suffix(domain).is_some_and(|before| before.ends_with('.'));
    if AZURE.iter().any(|end| name.ends_with(end)) {
        return ServerKind::Azure;
    }
    [
        ("api.openai.com", ServerKind::OpenAi),
        ("openrouter.ai", ServerKind::OpenRouter),
        ("deepseek.com", ServerKind::DeepSeek),
        ("aliyuncs.com", ServerKind::DashScope),
        ("moonshot.cn", ServerKind::Moonshot),
        ("moonshot.ai", ServerKind::Moonshot),
    ]
    .into_iter()
    .find(|(domain, _)| of(domain))
    .filter(|(domain, _)| *domain != "aliyuncs.com" || name.starts_with("dashscope"))
    .map_or(ServerKind::Unknown, |(_, kind)| kind)
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(written: &str) -> Address {
        Address::parse(written, &mut Secrets::default()).unwrap()
    }

    #[test]
    fn every_way_to_write_an_address_leads_to_its_base() {
        let cases: &[(&str, &[&str])] = &[
            ("http://h:8000", &["http://h:8000", "http://h:8000/v1"]),
            ("http://h:8000/", &["http://h:8000", "http://h:8000/v1"]),
            (" http://h:8000//v1// ", &["http://h:8000/v1"]),
            ("http://h:8000/v1/chat/completions", &["http://h:8000/v1"]),
            ("http://h:8000/v1/chat/completions/", &["http://h:8000/v1"]),
            ("http://h:8000/v1/models", &["http://h:8000/v1"]),
            ("http://h:8000/v1/completions#x", &["http://h:8000/v1"]),
            ("http://[::1]:8000/v1", &["http://[::1]:8000/v1"]),
            ("https://openrouter.ai/api/v1", &["https://openrouter.ai/api/v1"]),
            (
                "https://openrouter.ai",
                &["https://openrouter.ai/api/v1", "https://openrouter.ai", "https://openrouter.ai/v1"],
            ),
            (
                "https://dashscope.aliyuncs.com/compatible-mode/v1",
                &["https://dashscope.aliyuncs.com/compatible-mode/v1"],
            ),
            ("https://api.deepseek.com", &["https://api.deepseek.com", "https://api.deepseek.com/v1"]),
            ("https://h/api/paas/v4", &["https://h/api/paas/v4"]),
            (
                "https://r.openai.azure.com/openai/deployments/d1/chat/completions?api-version=2024-10-21",
                &["https://r.openai.azure.com/openai/deployments/d1"],
            ),
        ];
        for (written, bases) in cases {
            assert_eq!(parse(written).bases, *bases, "{written}");
        }
    }

    #[test]
    fn the_query_stays_and_the_deployment_is_known() {
        let azure = parse("https://r.openai.azure.com/openai/deployments/d1/chat/completions?api-version=2024-10-21");
        assert_eq!((azure.kind, azure.deployment.as_deref()), (ServerKind::Azure, Some("d1")));
        let chat = azure.at(&azure.bases[0], "/chat/completions");
        assert_eq!(chat, "https://r.openai.azure.com/openai/deployments/d1/chat/completions?api-version=2024-10-21");
    }

    #[test]
    fn hosts_are_known_by_their_domain_and_not_by_a_likeness() {
        assert_eq!(parse("https://api.openai.com/v1").kind, ServerKind::OpenAi);
        assert_eq!(parse("https://dashscope-intl.aliyuncs.com/compatible-mode/v1").kind, ServerKind::DashScope);
        assert_eq!(parse("https://api.moonshot.cn/v1").kind, ServerKind::Moonshot);
        for other in
            ["https://notdeepseek.com", "https://deepseek.com.example.org", "https://openai.azure.com.example.org"]
        {
            assert_eq!(parse(other).kind, ServerKind::Unknown, "{other}");
        }
        assert!(parse("http://127.0.0.2:1").is_loopback && !parse("http://127.example.org").is_loopback);
        assert!(parse("http://vllm:8000").is_near && parse("http://10.0.0.3").is_near);
        assert!(!parse("https://api.example.org").is_near);
    }

    #[test]
    fn a_secret_in_an_address_is_refused_and_never_repeated() {
        let refused = [
            "http://user:tell-nobody@h/v1",
            "http://tell-nobody@h/v1",
            "http://h/v1?key=tell-nobody",
            "http://h/v1?a=b&api_key=tell-nobody",
            "http://h/v1?api-key=tell-nobody",
            "http://h/v1?apikey=tell-nobody",
            "http://h/v1?access_token=tell-nobody",
            "http://h/v1?sv=1&sig=tell-nobody",
            "http://h/v1?token=$PATH,tell-nobody",
        ];
        for written in refused {
            let fault = Address::parse(written, &mut Secrets::default()).err().unwrap();
            assert!(matches!(fault, RequestFault::SecretShown { .. }), "{written}: {fault:?}");
            assert!(!format!("{fault:?} {fault}").contains("tell-nobody"), "{fault:?}");
        }
        for written in [
            "user:tell-nobody@h:1",
            "ftp://u:tell-nobody@h",
            "http://u:tell-nobody@",
            "://x?key=tell-nobody",
            "sk-tell-nobody",
        ] {
            let fault = Address::parse(written, &mut Secrets::default()).err().unwrap();
            assert!(!format!("{fault:?} {fault}").contains("tell-nobody"), "{fault:?}");
        }
    }

    #[test]
    fn variables_fill_in_a_name_and_a_password() {
        let mut secrets = Secrets::default();
        let address =
            Address::parse("http://me:$CARGO_MANIFEST_DIR@h:1/v1?sig=${CARGO_MANIFEST_DIR}", &mut secrets).unwrap();
        let folder = env!("CARGO_MANIFEST_DIR");
        assert_eq!(address.basic, Some(("me".to_owned(), folder.to_owned())));
        assert_eq!(address.root, "http://h:1");
        let whole = address.at(&address.bases[0], "/models");
        assert!(whole.starts_with("http://h:1/v1/models?sig=%2F"), "{whole}");
        assert_eq!(secrets.hide(&whole), "http://h:1/v1/models?sig=…");
    }
}
