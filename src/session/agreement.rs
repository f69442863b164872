//! How far people and machines agree: read and computed on a thread of its own.

use super::actor::Actor;

impl Actor {
    /// Compute the figures anew.
    pub(super) fn measure(&mut self) {
        self.measuring = true;
    }
}
