//! Time that the thread worked or waited for a lock, without the time in which other programs had its core. Linux tells
//! that; elsewhere it is the time on the wall.

use std::fs;
use std::time::{Duration, Instant};

/// Measures on the thread that it was started on.
pub(crate) struct Stopwatch {
    kept_waiting: Duration,
    began: Instant,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { kept_waiting: scheduled("/proc/thread-self/schedstat").1, began: Instant::now() }
    }

    pub(crate) fn stop(self) -> Duration {
        let took = self.began.elapsed();
        took.saturating_sub(scheduled("/proc/thread-self/schedstat").1.saturating_sub(self.kept_waiting))
    }
}

/// How long a thread has run and how long it was kept waiting for a core. The first is exact once the thread sleeps.
fn scheduled(path: &str) -> (Duration, Duration) {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut numbers = text.split_whitespace().map(|number| number.parse().unwrap_or(0)).map(Duration::from_nanos);
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
}

/// The processor time of a thread of this process, of those with this name the newest.
pub(crate) struct Thread(String);

impl Thread {
    pub(crate) fn newest(name: &str) -> Option<Self> {
        let tasks = fs::read_dir("/proc/self/task").ok()?;
        let ids = tasks.filter_map(|task| task.ok()?.file_name().to_str()?.parse::<u64>().ok());
        let named = |id: &u64| {
            fs::read_to_string(format!("/proc/self/task/{id}/comm")).is_ok_and(|found| found.trim_end() == name)
        };
        ids.filter(named).max().map(|id| Self(format!("/proc/self/task/{id}/schedstat")))
    }

    /// So far; the thread must be asleep.
    pub(crate) fn ran(&self) -> Duration {
        scheduled(&self.0).0
    }
}

/// A line of `/proc/self/status` in MB, 0 where there is none.
pub(crate) fn memory(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
