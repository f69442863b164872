//! One request with its retries.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

use super::gate::{Gate, is_away};
use crate::domain::RequestFault;
use crate::endpoints::{ChatAnswer, ChatRequest, Client, Retry};

/// Tries of a request that the server turns away or answers badly.
const TRIES: usize = 5;
/// Tries of a request that brings an empty reply: with another draw of the dice it may bring text.
const EMPTY_TRIES: u32 = 2;
/// How far the seed of such a try is from the first one's: other than the steps between places, rounds and tries.
const EMPTY_STEP: u64 = 982_451_653;
/// Seeds that every server takes: those of 63 bits.
const MOST_SEED: u64 = u64::MAX >> 1;

/// Send a request until it is answered or asking again cannot help. A server that is away is waited for, without end.
pub(super) async fn answer(client: &Client, gate: &Gate, request: &ChatRequest) -> Result<ChatAnswer, RequestFault> {
    let mut waits = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(Duration::from_secs(30))
        .with_max_times(TRIES - 1)
        .with_jitter()
        .build();
    let mut tries = 0;
    let mut request = std::borrow::Cow::Borrowed(request);
    loop {
        gate.pass().await;
        tries += 1;
        let error = match client.chat(&request, |_| {}).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        if is_away(error.retry) {
            gate.wait_for(client, error.fault).await;
            continue;
        }
        let fault = match error.fault {
            RequestFault::Busy { status, said, .. } => RequestFault::Busy { status, tries, said },
            other => other,
        };
        let empty = matches!(fault, RequestFault::EmptyReply { .. } | RequestFault::OnlyReasoning);
        let Retry::Later { after } = error.retry else { return Err(fault) };
        if empty && tries >= EMPTY_TRIES {
            return Err(fault);
        }
        if empty && request.seed.is_some() {
            // The same seed would bring the same nothing again.
            let request = request.to_mut();
            request.seed = request.seed.map(|seed| seed.wrapping_add(EMPTY_STEP) & MOST_SEED);
        }
        let Some(wait) = waits.next() else { return Err(fault) };
        tokio::time::sleep(after.unwrap_or(wait)).await;
    }
}
