//! One gate for all requests of a job: closed while the server is away, opened when it answers again.

use std::time::Duration;

use tokio::sync::{Mutex, Notify, mpsc};

use crate::domain::RequestFault;
use crate::endpoints::{Client, Retry};

/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(60);

/// What a job tells of its server.
pub(super) enum Standing {
    /// It is away, and waited for.
    Away { fault: RequestFault, next_try: jiff::Timestamp, tries: u32 },
    /// It is there again.
    Back,
}

/// The gate of a job whose events are `E`.
pub(super) struct Gate<E> {
    /// Held by the one task that looks for the server; the others wait for it here.
    keeper: Mutex<()>,
    knock: Notify,
    events: mpsc::Sender<E>,
    event: Box<dyn Fn(Standing) -> E + Send + Sync>,
}

impl<E: Send> Gate<E> {
    /// A gate that tells `events` how the server does, as `event` words it.
    pub(super) fn new(events: mpsc::Sender<E>, event: impl Fn(Standing) -> E + Send + Sync + 'static) -> Self {
        Self { keeper: Mutex::new(()), knock: Notify::new(), events, event: Box::new(event) }
    }

    /// Try at once.
    pub(super) fn try_now(&self) {
        self.knock.notify_one();
    }

    /// Wait while somebody looks for the server.
    pub(super) async fn pass(&self) {
        drop(self.keeper.lock().await);
    }

    /// A request found nobody: look for the server until it answers, or wait for the one who does so already.
    pub(super) async fn wait_for(&self, client: &Client, fault: RequestFault) {
        let Ok(_kept) = self.keeper.try_lock() else {
            self.pass().await;
            return;
        };
        let mut fault = fault;
        let mut wait = Duration::from_secs(1);
        for tries in 1.. {
            let next_try = jiff::Timestamp::now() + wait;
            if !self.tell((self.event)(Standing::Away { fault: fault.clone(), next_try, tries })).await {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.knock.notified() => {}
            }
            match client.is_there().await {
                Err(away) => fault = away,
                // Whatever it says, it is there; the requests find out the rest.
                Ok(()) => break,
            }
            wait = (wait * 2).min(LONGEST);
        }
        self.tell((self.event)(Standing::Back)).await;
    }

    /// Waits while the session has its hands full; `false` when nobody listens, which is when the job is over.
    pub(super) async fn tell(&self, event: E) -> bool {
        self.events.send(event).await.is_ok()
    }
}

/// Whether an error means that the server is away.
pub(super) fn is_away(retry: Retry) -> bool {
    retry == Retry::Away
}
