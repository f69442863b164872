//! The sample server: an OpenAI-compatible server over loopback that answers from the two sample sessions and makes up
//! text for any other prompt, judges replies and gives rewards. It runs no model and says so wherever it appears. It has wire types of its own on
//! purpose: a mistake in the client's types must not be mirrored here.

mod compose;
mod content;
mod fault;
mod judge;
mod pooling;
mod quality;
mod scene;
mod wire;

pub use content::{prompts, replies_to, title};
pub use fault::{Fault, FaultError, JudgeTrick, RewardTrick};

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use futures_util::stream::{self, StreamExt as _};
use tokio::net::TcpListener;

/// The chat model that the server lists.
pub const MODEL: &str = "sample";
/// The reward model that the server lists.
pub const REWARD_MODEL: &str = "sample-reward";
/// The vLLM whose `/pooling` the reward model answers as.
const VERSION: &str = "0.19.0+sample";

/// Bytes of a large reply.
const LARGE: usize = 20 << 20;
/// Letters that a stream that drips brings at a time, wherever that cuts its events.
const DROP: usize = 16;
/// How long each of them takes.
const DRIP: Duration = Duration::from_millis(1);

/// How the server behaves.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// How long it waits before each piece of a stream, so that replies arrive as from a model.
    pub pace: Duration,
    /// Faults that it plays.
    pub faults: Vec<Fault>,
    /// Chat requests that came; a clone counts on.
    pub asked: Arc<AtomicU64>,
    /// Reward requests that came; a clone counts on.
    pub pooled: Arc<AtomicU64>,
}

struct Server {
    behaviour: Behaviour,
}

/// What faults leave to be done to an answer.
#[derive(Default)]
struct Struck {
    damage: Option<Fault>,
    judge: Option<JudgeTrick>,
    reward: Option<RewardTrick>,
    /// One reply, however many are wanted.
    alone: bool,
}

/// Start the server for the app on a free loopback port; it runs until the program ends.
pub fn start(runtime: &tokio::runtime::Handle, behaviour: Behaviour) -> std::io::Result<SocketAddr> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let _guard = runtime.enter();
    let listener = TcpListener::from_std(listener)?;
    runtime.spawn(async move {
        if let Err(error) = serve(listener, behaviour).await {
            tracing::error!(%error, "the sample server has ended");
        }
    });
    Ok(address)
}

/// Serve on a listener until the task is dropped.
pub async fn serve(listener: TcpListener, behaviour: Behaviour) -> std::io::Result<()> {
    let server = Arc::new(Server { behaviour });
    let router = Router::new()
        .route("/v1/models", get(models))
        .route("/v1/chat/completions", post(chat))
        .route("/pooling", post(pool))
        .route("/version", get(|| async { Json(serde_json::json!({"version": VERSION})) }))
        .route("/health", get(|| async { StatusCode::OK }))
        .with_state(server);
    // Small pieces go out at once instead of waiting 40 ms for the last one to be acknowledged.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "pieces of a stream may wait for each other");
        }
    });
    axum::serve(listener, router).await
}

async fn models(State(server): State<Arc<Server>>) -> Response {
    if server.behaviour.faults.contains(&Fault::Html { first: None }) {
        return html();
    }
    if server.behaviour.faults.iter().any(|fault| matches!(fault, Fault::Unauthorized)) {
        return unauthorized();
    }
    let kind = server.behaviour.faults.iter().find_map(|fault| match fault {
        Fault::Kind { owned_by } => Some(*owned_by),
        _ => None,
    });
    Json(wire::Models::of(&[MODEL, REWARD_MODEL], kind.unwrap_or("pairloom-sample"))).into_response()
}

async fn chat(State(server): State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Response {
    let number = server.behaviour.asked.fetch_add(1, Ordering::Relaxed);
    let request: wire::ChatRequest = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, &format!("the body is no chat request: {error}")),
    };
    let json = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !json {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send application/json");
    }
    let count = request.n.unwrap_or(1);
    if !(1..=128).contains(&count) {
        return refuse(StatusCode::BAD_REQUEST, "n must be between 1 and 128");
    }
    if request.model == REWARD_MODEL {
        let said = wire::Error::bad_request("The model does not support Chat Completions API");
        return (StatusCode::BAD_REQUEST, Json(said)).into_response();
    }
    if request.model != MODEL {
        return wire::Error::no_model(&request.model);
    }
    let Struck { damage, judge, alone, .. } = match strike(&server.behaviour.faults, number).await {
        Ok(struck) => struck,
        Err(response) => return *response,
    };
    let mut replies = content::answers(&request, if alone { 1 } else { count }, judge);
    for reply in &mut replies {
        match damage {
            Some(Fault::Empty { .. }) => reply.text.clear(),
            Some(Fault::Nul) => reply.text.push_str("\0 \u{1b}[31m \u{7}"),
            Some(Fault::Large) => reply.text = reply.text.repeat(LARGE / reply.text.len().max(1) + 1),
            _ => {}
        }
    }
    if request.stream {
        streamed(&server.behaviour, &replies, damage.as_ref(), &request)
    } else if matches!(damage, Some(Fault::Garbage { .. })) {
        "{\"choices\": [{\"mess".into_response()
    } else {
        Json(wire::completion(MODEL, &replies, &request)).into_response()
    }
}

async fn pool(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let number = server.behaviour.pooled.fetch_add(1, Ordering::Relaxed);
    match strike(&server.behaviour.faults, number).await {
        Ok(struck) => pooling::answer(&body, struck.reward),
        Err(response) => *response,
    }
}

/// Play the faults of the request with this number; `Err` is an answer in place of any other.
async fn strike(faults: &[Fault], number: u64) -> Result<Struck, Box<Response>> {
    let mut struck = Struck::default();
    for fault in faults.iter().filter(|fault| fault.strikes(number)) {
        let instead = match fault {
            Fault::Delay { millis } => {
                tokio::time::sleep(Duration::from_millis(*millis)).await;
                continue;
            }
            Fault::TooMany { .. } => {
                let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, "too many requests, come back later");
                response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
                response
            }
            Fault::Internal { .. } => refuse(StatusCode::INTERNAL_SERVER_ERROR, "the sample server broke"),
            Fault::Unauthorized => unauthorized(),
            Fault::Html { .. } => html(),
            Fault::Redirect => redirect(),
            Fault::Bomb => bomb(),
            Fault::Endless => endless(),
            Fault::TooLong => {
                let said = "This model's maximum context length is 32768 tokens. However, your prompt is longer.";
                refuse(StatusCode::BAD_REQUEST, said)
            }
            Fault::Kind { .. } => continue,
            Fault::IgnoreN => {
                struck.alone = true;
                continue;
            }
            Fault::Judge { trick, .. } => {
                struck.judge = Some(*trick);
                continue;
            }
            Fault::Reward(trick) => {
                struck.reward = Some(*trick);
                continue;
            }
            Fault::Cut { .. }
            | Fault::Garbage { .. }
            | Fault::Empty { .. }
            | Fault::Drip
            | Fault::Comments
            | Fault::NoDone
            | Fault::Nul
            | Fault::Large => {
                struck.damage = Some(fault.clone());
                continue;
            }
        };
        return Err(Box::new(instead));
    }
    Ok(struck)
}

/// The replies as server-sent events, choices interleaved as real servers send them.
fn streamed(
    behaviour: &Behaviour,
    replies: &[wire::Reply],
    damage: Option<&Fault>,
    request: &wire::ChatRequest,
) -> Response {
    let mut events = wire::events(MODEL, replies, request);
    let mut pace = behaviour.pace;
    let mut broken = false;
    match damage {
        Some(Fault::Cut { .. }) => {
            events.truncate((events.len() / 2).max(1));
            broken = true;
        }
        Some(Fault::Garbage { .. }) => {
            let middle = events.len() / 2;
            events.insert(middle, "data: {\"choices\": [{\"delta\n\n".to_owned());
        }
        Some(Fault::NoDone) => drop(events.pop()),
        Some(Fault::Comments) => events.iter_mut().for_each(|event| event.insert_str(0, ": keep-alive\n\n")),
        Some(Fault::Drip) => {
            let letters: Vec<char> = events.concat().chars().collect();
            events = letters.chunks(DROP).map(|drop| drop.iter().collect()).collect();
            pace = pace.max(DRIP);
        }
        _ => {}
    }
    let pieces = stream::iter(events).then(move |event| async move {
        if !pace.is_zero() {
            tokio::time::sleep(pace).await;
        }
        Ok::<_, std::io::Error>(Bytes::from(event))
    });
    let body = if broken {
        let end = stream::once(async { Err(std::io::Error::other("cut by the fault mode")) });
        Body::from_stream(pieces.chain(end))
    } else {
        Body::from_stream(pieces)
    };
    ([(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-cache")], body).into_response()
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(wire::Error::of(message, status.as_u16()))).into_response()
}

fn unauthorized() -> Response {
    (StatusCode::UNAUTHORIZED, Json(serde_json::json!({"error": "Unauthorized"}))).into_response()
}

fn html() -> Response {
    let page = "<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nothing here</body></html>";
    (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

/// Sends to a host that does not exist, whose name is kept for that.
fn redirect() -> Response {
    let place = [(header::LOCATION, "https://elsewhere.invalid/v1/chat/completions")];
    (StatusCode::TEMPORARY_REDIRECT, place).into_response()
}

/// Says that it is packed.
fn bomb() -> Response {
    let head = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")];
    (head, vec![0x1f_u8, 0x8b, 0x08, 0x00]).into_response()
}

fn endless() -> Response {
    let chunk = serde_json::json!({"choices": [{"index": 0, "delta": {"content": "and so on ".repeat(1000)}}]});
    let event = Bytes::from(format!("data: {chunk}\n\n"));
    let body = Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(event.clone())));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

/// Listen on a loopback port; 0 takes a free one.
pub async fn listen(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}
