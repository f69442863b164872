//! Servers on this machine.

use std::time::Duration;

use futures_util::future::join_all;

use super::access::Access;
use super::client::{Client, Timeouts};
use crate::domain::{RequestFault, ServerInfo, ServerKind};

/// The ports where model servers listen unless told otherwise: LM Studio 1234, vLLM, llama-cpp-python and others 8000,
/// llama.cpp 8080, Ollama 11434, SGLang 30000, LMDeploy 23333, LiteLLM 4000, reward servers 5000 and 5001, TGI and TEI
/// 3000, Infinity 7997, and 28035, which a batch scorer of preference pairs uses.
pub const LOCAL_PORTS: [u16; 12] = [1234, 8000, 8080, 11434, 30000, 23333, 4000, 5000, 5001, 3000, 7997, 28035];

/// How long each question may take: a server on this machine that is idle answers within milliseconds.
const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_millis(750),
    idle: Duration::from_millis(1500),
    patience: Duration::from_millis(1500),
};

/// The servers that answer at these ports of this machine, in the order of the ports. Nothing leaves the machine, no
/// key is sent. Ask only when a person wants it. What answers and is no model server is left out.
pub async fn find_local(ports: &[u16]) -> Vec<ServerInfo> {
    let found = join_all(ports.iter().map(|port| async move {
        let (old, new) = tokio::join!(look_at("127.0.0.1", *port), look_at("[::1]", *port));
        old.or(new)
    }));
    found.await.into_iter().flatten().collect()
}

async fn look_at(host: &str, port: u16) -> Option<ServerInfo> {
    let access = Access { proxy: "none".to_owned(), ..Access::with_key(None) };
    let client = Client::new(&format!("http://{host}:{port}"), access, TIMEOUTS).ok()?;
    match client.probe().await {
        Ok(info) => Some(info),
        Err(RequestFault::Unreachable { .. } | RequestFault::TimedOut { .. } | RequestFault::Redirected { .. }) => None,
        // Something is there: a server that wants a key, or one without a list of models.
        Err(fault) => {
            let mut info = ServerInfo { base_url: format!("http://{host}:{port}"), ..ServerInfo::default() };
            client.find_kind(&mut info).await;
            let is_locked = matches!(fault, RequestFault::Unauthorized { .. });
            (info.kind != ServerKind::Unknown || is_locked).then_some(info)
        }
    }
}
