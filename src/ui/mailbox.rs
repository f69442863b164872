//! What a thread beside the window is asked and has answered: a state that both sides change under one lock.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A state and the news that it changed.
#[derive(Default)]
pub(super) struct Mailbox<S> {
    state: Mutex<S>,
    changed: Condvar,
}

impl<S> Mailbox<S> {
    /// Look into it or answer.
    pub(super) fn lock(&self) -> MutexGuard<'_, S> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ask: change the state and wake the thread.
    pub(super) fn ask(&self, change: impl FnOnce(&mut S)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Wait until `take` finds something to do.
    pub(super) fn wait<T>(&self, mut take: impl FnMut(&mut S) -> Option<T>) -> T {
        let mut state = self.lock();
        loop {
            if let Some(task) = take(&mut state) {
                return task;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
