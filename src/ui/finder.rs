//! Searching and sorting on a thread of its own: which rows the queue shows, which groups the palette finds, which rows a
//! score table shows. The newest question replaces one that was not begun; until it is answered the views show the last
//! answer.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::mailbox::Mailbox;
use super::panels::score::{Arranged, Wanted, arrange};
use crate::domain::{GroupStatus, QueueFilter};
use crate::session::{QueueRow, ScoreTable};

/// Groups that the palette lists.
const GROUPS: usize = 6;

/// Which rows of the queue are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) filter: QueueFilter,
    /// In lower case.
    pub(crate) needle: String,
    /// Changes with the queue.
    pub(crate) version: (u64, usize),
}

/// A group that the palette found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FoundGroup {
    pub(crate) row: QueueRow,
    /// The characters of the title that match.
    pub(crate) matched: Vec<u32>,
}

enum Question {
    Rows(Rows, imbl::Vector<QueueRow>),
    Groups(String, imbl::Vector<QueueRow>),
    Scores(Scores, imbl::Vector<QueueRow>),
}

/// Which rows of which table are asked for.
#[derive(Clone)]
struct Scores {
    table: Arc<ScoreTable>,
    wanted: Wanted,
}

impl Scores {
    /// The same rows of the same reading of the table.
    fn is(&self, table: &Arc<ScoreTable>, wanted: &Wanted) -> bool {
        Arc::ptr_eq(&self.table, table) && self.wanted == *wanted
    }
}

#[derive(Default)]
struct State {
    rows: Option<Question>,
    groups: Option<Question>,
    found_rows: Option<(Rows, Vec<usize>)>,
    found_groups: Option<(String, Vec<FoundGroup>)>,
    scores: Option<Question>,
    found_scores: Option<(Scores, Arc<Arranged>)>,
    closed: bool,
}

/// The window's side of the thread.
pub(crate) struct Finder {
    shared: Arc<Mailbox<State>>,
    asked_rows: Option<Rows>,
    asked_groups: Option<String>,
    asked_scores: Option<Scores>,
}

impl Finder {
    pub(crate) fn new(ctx: &egui::Context) -> Self {
        let shared = Arc::new(Mailbox::<State>::default());
        let (theirs, ctx) = (Arc::clone(&shared), ctx.clone());
        let spawned = std::thread::Builder::new().name("finder".to_owned()).spawn(move || work(&theirs, &ctx));
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread to search on; searches find nothing");
        }
        Self { shared, asked_rows: None, asked_groups: None, asked_scores: None }
    }

    /// All rows are shown: the next search is asked for anew.
    pub(crate) fn forget_rows(&mut self) {
        self.asked_rows = None;
    }

    /// The rows of the queue that fit, by their positions, once they are found.
    pub(crate) fn rows(&mut self, rows: &Rows, queue: &imbl::Vector<QueueRow>) -> Option<Vec<usize>> {
        if self.asked_rows.as_ref() != Some(rows) {
            self.asked_rows = Some(rows.clone());
            self.shared.ask(|state| state.rows = Some(Question::Rows(rows.clone(), queue.clone())));
        }
        let mut state = self.shared.lock();
        let found = state.found_rows.take_if(|(answered, _)| answered == rows)?;
        Some(found.1)
    }

    /// The groups whose titles match, best first; `None` until the search for these letters is done.
    pub(crate) fn groups(&mut self, needle: &str, queue: &imbl::Vector<QueueRow>) -> Option<Vec<FoundGroup>> {
        if self.asked_groups.as_deref() != Some(needle) {
            self.asked_groups = Some(needle.to_owned());
            self.shared.ask(|state| state.groups = Some(Question::Groups(needle.to_owned(), queue.clone())));
        }
        let state = self.shared.lock();
        let answer = state.found_groups.as_ref().filter(|(answered, _)| answered == needle);
        answer.map(|(_, found)| found.clone())
    }

    /// The rows of a score table that are wanted, once they are found.
    pub(crate) fn scores(
        &mut self,
        table: &Arc<ScoreTable>,
        wanted: &Wanted,
        queue: &imbl::Vector<QueueRow>,
    ) -> Option<Arc<Arranged>> {
        if !self.asked_scores.as_ref().is_some_and(|asked| asked.is(table, wanted)) {
            let question = Scores { table: Arc::clone(table), wanted: wanted.clone() };
            self.asked_scores = Some(question.clone());
            self.shared.ask(|state| state.scores = Some(Question::Scores(question, queue.clone())));
        }
        let state = self.shared.lock();
        let answer = state.found_scores.as_ref().filter(|(answered, _)| answered.is(table, wanted));
        answer.map(|(_, found)| Arc::clone(found))
    }

    /// No table is in front any more: what is held of the last one is let go.
    pub(crate) fn forget_scores(&mut self) {
        if self.asked_scores.take().is_some() {
            let mut state = self.shared.lock();
            (state.scores, state.found_scores) = (None, None);
        }
    }
}

impl Drop for Finder {
    fn drop(&mut self) {
        self.shared.ask(|state| state.closed = true);
    }
}

fn work(shared: &Mailbox<State>, ctx: &egui::Context) {
    let mut search = Search::default();
    loop {
        let question = shared.wait(|state| {
            let question = state.groups.take().or_else(|| state.rows.take()).or_else(|| state.scores.take());
            if state.closed { Some(None) } else { question.map(Some) }
        });
        let Some(question) = question else { return };
        // A mistake in one search must not end all others.
        match question {
            Question::Rows(rows, queue) => {
                let found = std::panic::catch_unwind(AssertUnwindSafe(|| fitting(&rows, &queue)));
                shared.lock().found_rows = Some((rows, found.unwrap_or_default()));
            }
            Question::Groups(needle, queue) => {
                let found = std::panic::catch_unwind(AssertUnwindSafe(|| search.groups(&needle, &queue)));
                shared.lock().found_groups = Some((needle, found.unwrap_or_default()));
            }
            Question::Scores(scores, queue) => {
                let Scores { table, wanted } = &scores;
                let fits = |title: &str| contains(title, &wanted.needle);
                let found = std::panic::catch_unwind(AssertUnwindSafe(|| arrange(table, &queue, wanted, fits)));
                let found = Arc::new(found.unwrap_or_else(|_| Arranged::none(table)));
                shared.lock().found_scores = Some((scores, found));
            }
        }
        ctx.request_repaint();
    }
}

fn fitting(rows: &Rows, queue: &imbl::Vector<QueueRow>) -> Vec<usize> {
    let number: Option<u64> = rows.needle.parse().ok();
    let fits = |row: &QueueRow| {
        let filtered = match rows.filter {
            QueueFilter::All => true,
            QueueFilter::Ready => !row.status.labeled() && row.status != GroupStatus::Later,
            QueueFilter::Done => row.status.labeled(),
            QueueFilter::Flagged => row.flagged,
            QueueFilter::Later => row.status == GroupStatus::Later,
            QueueFilter::Picked => row.picked,
        };
        let found = || contains(&row.title, &rows.needle) || number == Some(row.number);
        filtered && (rows.needle.is_empty() || found())
    };
    queue.iter().enumerate().filter(|(_, row)| fits(row)).map(|(position, _)| position).collect()
}

/// Whether a title holds a needle in lower case, whatever the title's case. Nothing is copied for letters of ASCII
/// and for scripts without case.
fn contains(title: &str, needle: &str) -> bool {
    if needle.is_ascii() {
        let (title, needle) = (title.as_bytes(), needle.as_bytes());
        let Some(first) = needle.first() else { return true };
        let starts = title.iter().enumerate().filter(|(_, byte)| byte.eq_ignore_ascii_case(first));
        return starts
            .map(|(at, _)| &title[at..])
            .any(|rest| rest.len() >= needle.len() && rest[..needle.len()].eq_ignore_ascii_case(needle));
    }
    if needle.chars().all(|c| !c.is_lowercase()) {
        title.contains(needle)
    } else {
        title.to_lowercase().contains(needle)
    }
}

/// Fuzzy matching with its buffers.
pub(crate) struct Search {
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Default for Search {
    fn default() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT), buffer: Vec::new() }
    }
}

impl Search {
    /// How well a text matches, and which of its characters do.
    pub(crate) fn matched(&mut self, needle: &str, text: &str) -> Option<(u32, Vec<u32>)> {
        let pattern = pattern(needle);
        let mut indices = Vec::new();
        let score = pattern.indices(Utf32Str::new(text, &mut self.buffer), &mut self.matcher, &mut indices)?;
        indices.sort_unstable();
        indices.dedup();
        Some((score, indices))
    }

    fn groups(&mut self, needle: &str, queue: &imbl::Vector<QueueRow>) -> Vec<FoundGroup> {
        if needle.trim().is_empty() {
            return Vec::new();
        }
        let pattern = pattern(needle);
        let number: Option<u64> = needle.trim().parse().ok();
        let mut best: Vec<(u32, usize)> = Vec::new();
        for (position, row) in queue.iter().enumerate() {
            let score = if number == Some(row.number) {
                Some(u32::MAX)
            } else {
                pattern.score(Utf32Str::new(&row.title, &mut self.buffer), &mut self.matcher)
            };
            if let Some(score) = score {
                best.push((score, position));
                if best.len() > GROUPS * 64 {
                    keep_best(&mut best);
                }
            }
        }
        keep_best(&mut best);
        let found = best.into_iter().filter_map(|(_, position)| queue.get(position));
        found
            .map(|row| {
                let matched = self.matched(needle, &row.title).map_or_else(Vec::new, |(_, matched)| matched);
                FoundGroup { row: row.clone(), matched }
            })
            .collect()
    }
}

fn pattern(needle: &str) -> Pattern {
    Pattern::parse(needle.trim(), CaseMatching::Smart, Normalization::Smart)
}

/// The best ones, earlier groups first among equals.
fn keep_best(best: &mut Vec<(u32, usize)>) {
    best.sort_unstable_by_key(|(score, position)| (std::cmp::Reverse(*score), *position));
    best.truncate(GROUPS);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::GroupId;

    fn queue(titles: &[&str]) -> imbl::Vector<QueueRow> {
        let row = |(index, title): (usize, &&str)| QueueRow {
            id: GroupId::new(),
            number: index as u64 + 1,
            status: if index % 2 == 0 { GroupStatus::Ready } else { GroupStatus::Done },
            flagged: index == 0,
            noted: false,
            picked: false,
            title: (*title).into(),
        };
        titles.iter().enumerate().map(row).collect()
    }

    #[test]
    fn rows_are_filtered_and_searched_by_title_and_number() {
        let queue = queue(&["Tick bite", "被猫抓出血", "Ferritin 9", "Tick again"]);
        let rows = |filter, needle: &str| fitting(&Rows { filter, needle: needle.to_owned(), version: (0, 4) }, &queue);
        assert_eq!(rows(QueueFilter::All, "tick"), [0, 3]);
        assert_eq!(rows(QueueFilter::Done, ""), [1, 3]);
        assert_eq!(rows(QueueFilter::All, "猫"), [1]);
        assert_eq!(rows(QueueFilter::All, "bite"), [0]);
        assert!(contains("ÄRZTE", "ärzte") && contains("Tick", "") && !contains("Tick", "ticks"));
        assert_eq!(rows(QueueFilter::All, "4"), [3]);
        assert_eq!(rows(QueueFilter::Flagged, ""), [0]);
    }

    #[test]
    fn groups_are_found_by_a_few_letters_best_first() {
        let queue = queue(&["Different things", "iter() and into_iter() differ how?", "Dogs"]);
        let found = Search::default().groups("differ", &queue);
        assert_eq!(found.iter().map(|group| group.row.number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(found[1].matched, (23..29).collect::<Vec<u32>>());
        assert_eq!(Search::default().groups("3", &queue)[0].row.number, 3);
    }
}
