//! One request with its retries.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

use super::gate::{Gate, is_away};
use crate::domain::RequestFault;
use crate::endpoints::{ChatAnswer, ChatError, ChatRequest, Client, Retry};

/// Tries of a request that the server turns away or answers badly.
const TRIES: usize = 5;
/// Tries of a request that brings an empty reply: with another draw of the dice it may bring text.
const EMPTY_TRIES: u32 = 2;
/// How far the seed of such a try is from the first one's: other than the steps between places, rounds and tries.
const EMPTY_STEP: u64 = 982_451_653;
/// Seeds that every server takes: those of 63 bits.
const MOST_SEED: u64 = u64::MAX >> 1;

/// The tries of one request so far.
pub(super) struct Tries {
    waits: ExponentialBackoff,
    count: u32,
}

impl Tries {
    pub(super) fn new() -> Self {
        let waits = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(500))
            .with_max_delay(Duration::from_secs(30))
            .with_max_times(TRIES - 1)
            .with_jitter()
            .build();
        Self { waits, count: 0 }
    }

    /// A try failed: wait until the next one is due, or say why there is none. A server that is away is waited for,
    /// without end.
    pub(super) async fn failed<E: Send>(
        &mut self,
        gate: &Gate<E>,
        client: &Client,
        error: ChatError,
    ) -> Result<(), RequestFault> {
        if is_away(error.retry) {
            gate.wait_for(client, error.fault).await;
            return Ok(());
        }
        self.count += 1;
        let fault = match error.fault {
            RequestFault::Busy { status, said, .. } => RequestFault::Busy { status, tries: self.count, said },
            other => other,
        };
        let Retry::Later { after } = error.retry else { return Err(fault) };
        let Some(wait) = self.waits.next() else { return Err(fault) };
        tokio::time::sleep(after.unwrap_or(wait)).await;
        Ok(())
    }
}

/// Send a request until it is answered or asking again cannot help.
pub(super) async fn answer<E: Send>(
    client: &Client,
    gate: &Gate<E>,
    request: &ChatRequest,
) -> Result<ChatAnswer, RequestFault> {
    let mut tries = Tries::new();
    let mut empty = 0;
    let mut request = std::borrow::Cow::Borrowed(request);
    loop {
        gate.pass().await;
        let error = match client.chat(&request, |_| {}).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        if matches!(error.fault, RequestFault::EmptyReply { .. } | RequestFault::OnlyReasoning) {
            empty += 1;
            if empty >= EMPTY_TRIES {
                return Err(error.fault);
            }
            if request.seed.is_some() {
                // The same seed would bring the same nothing again.
                let request = request.to_mut();
                request.seed = request.seed.map(|seed| seed.wrapping_add(EMPTY_STEP) & MOST_SEED);
            }
        }
        tries.failed(gate, client, error).await?;
    }
}

/// Whether a fault is about every request, not about this one: the address, the key or the model is wrong.
pub(super) fn is_hopeless(fault: &RequestFault) -> bool {
    matches!(
        fault,
        RequestFault::BadAddress { .. }
            | RequestFault::SecretShown { .. }
            | RequestFault::BadSetting { .. }
            | RequestFault::NoKey { .. }
            | RequestFault::Redirected { .. }
            | RequestFault::Unauthorized { .. }
            | RequestFault::NoSuchModel { .. }
            | RequestFault::NotAnApi { .. }
            // No such path, no money left, no quota left.
            | RequestFault::Refused { status: 402 | 404 | 405 | 429, .. }
    )
}
