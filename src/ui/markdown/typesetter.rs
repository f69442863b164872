//! The thread that parses and measures, with fonts of its own: no frame waits for it, and it waits for no frame.
//!
//! In a frame the views ask for pages. What is there is drawn; what is not, or was measured for another width, is
//! noted and handed to the thread when the frame ends, in the order in which it was asked for. A later frame replaces
//! what was not begun yet.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use egui::epaint::text::{Fonts, TextOptions, ViewportKey};

use super::diff;
use super::document::Document;
use super::layout::{Measured, Reading, measure};
use super::parse::{parse, plain};
use crate::domain::{GroupId, Guidelines, Reply, ReplyId};
use crate::session::OpenGroup;
use crate::ui::mailbox::Mailbox;
use crate::ui::theme::fonts;

/// Pages that are kept, and bytes of source that they stand for; the ones that were not drawn for longest go first.
const PAGES: usize = 400;
const BYTES: usize = 48 << 20;

/// What a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Reply(ReplyId, Look),
    Reasoning(ReplyId),
    /// A turn of a group's prompt: 0 is the system prompt, the last one the user turn.
    Turn(GroupId, u16),
    /// A version of the guidelines.
    Guidelines(u32),
}

/// How a reply is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Look {
    /// As it is; its first part where it is very long.
    Usual,
    /// All of it.
    Whole,
    /// With its differences to another reply.
    Against(ReplyId),
    /// With what all replies share dimmed; the number stands for these replies.
    Shared(u64),
}

/// A text, shared with the snapshot that holds it.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Reply(Arc<Reply>),
    Reasoning(Arc<Reply>),
    /// A turn of a prompt, numbered as in [`Key::Turn`].
    Turn(Arc<OpenGroup>, u16),
    Guidelines(Arc<Guidelines>),
}

impl Source {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Reply(reply) => &reply.text,
            Self::Reasoning(reply) => reply.reasoning.as_deref().unwrap_or_default(),
            Self::Turn(open, 0) => open.group.prompt.system.as_deref().unwrap_or_default(),
            Self::Turn(open, turn) => {
                let prompt = &open.group.prompt;
                prompt.history.get(usize::from(*turn) - 1).map_or(&prompt.user, |turn| &turn.text)
            }
            Self::Guidelines(guidelines) => &guidelines.text,
        }
    }

    /// Shown as it is written, or as Markdown.
    fn is_plain(&self) -> bool {
        matches!(self, Self::Reasoning(_) | Self::Turn(..))
    }
}

/// A page that is to be made.
pub(crate) struct Want {
    pub(crate) text: Source,
    /// The texts that it is compared with.
    pub(crate) others: Vec<Source>,
}

/// A text ready to be drawn.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) text: Source,
    pub(crate) document: Arc<Document>,
    pub(crate) measured: Measured,
    pub(crate) length: Length,
    pixels_per_point: f32,
    drawn_in: u64,
}

/// How long a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Length {
    /// Characters that are no spaces.
    pub(crate) characters: usize,
    pub(crate) words: usize,
    /// A good part is Chinese, whose length is counted in characters.
    pub(crate) chinese: bool,
}

impl Length {
    fn of(text: &str) -> Self {
        let chinese = text.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count();
        let characters = text.chars().filter(|c| !c.is_whitespace()).count();
        Self { characters, words: text.split_whitespace().count(), chinese: chinese * 3 > characters }
    }
}

struct Task {
    key: Key,
    want: Want,
    /// Parsed already; only the measure changed.
    document: Option<(Arc<Document>, Length)>,
    width: f32,
    reading: Reading,
    pixels_per_point: f32,
}

#[derive(Default)]
struct State {
    tasks: VecDeque<Task>,
    busy: Option<Key>,
    done: Vec<(Key, Page)>,
    options: TextOptions,
    closed: bool,
}

/// The pages, and the window's side of the thread.
pub(crate) struct Typesetter {
    shared: Arc<Mailbox<State>>,
    pages: HashMap<Key, Page>,
    wanted: Vec<Task>,
    frame: u64,
    /// Pages that were asked for and not there, or not at this width, in the last frame.
    pub(crate) missed: usize,
}

impl Typesetter {
    pub(crate) fn new(ctx: &egui::Context) -> Self {
        let shared = Arc::new(Mailbox::<State>::default());
        let (theirs, ctx) = (Arc::clone(&shared), ctx.clone());
        let spawned = std::thread::Builder::new().name("typesetter".to_owned()).spawn(move || work(&theirs, &ctx));
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread to prepare replies on; none can be shown");
        }
        Self { shared, pages: HashMap::new(), wanted: Vec::new(), frame: 0, missed: 0 }
    }

    /// Take in what was made since the last frame.
    pub(crate) fn begin(&mut self) {
        self.frame += 1;
        self.missed = 0;
        let done = std::mem::take(&mut self.shared.lock().done);
        for (key, page) in done {
            self.pages.insert(key, Page { drawn_in: self.frame, ..page });
        }
    }

    /// The page for a text. The newest one that there is; if it was measured otherwise, another is made meanwhile.
    pub(crate) fn page(
        &mut self,
        ui: &egui::Ui,
        key: Key,
        width: f32,
        reading: Reading,
        want: impl FnOnce() -> Want,
    ) -> Option<&Page> {
        let pixels_per_point = ui.pixels_per_point();
        let width = width.round();
        let page = self.pages.get_mut(&key);
        let mut document = None;
        let fits = page.is_some_and(|page| {
            page.drawn_in = self.frame;
            document = Some((Arc::clone(&page.document), page.length));
            let measured = &page.measured;
            let failed = page.document.blocks.is_empty();
            let fits = measured.width == width && measured.reading == reading;
            failed || (fits && page.pixels_per_point == pixels_per_point)
        });
        if !fits {
            self.missed += 1;
            if !self.wanted.iter().any(|task| task.key == key) {
                self.wanted.push(Task { key, want: want(), document, width, reading, pixels_per_point });
            }
        }
        self.pages.get(&key)
    }

    /// A page that is there, at whichever width.
    pub(crate) fn get(&self, key: Key) -> Option<&Page> {
        self.pages.get(&key)
    }

    /// Hand over what was missed, and forget what was not drawn for long.
    pub(crate) fn end(&mut self, ctx: &egui::Context) {
        let wanted = std::mem::take(&mut self.wanted);
        if !wanted.is_empty() {
            let options = ctx.fonts(|fonts| *fonts.options());
            self.shared.ask(|state| {
                state.options = options;
                state.tasks = wanted.into_iter().filter(|task| Some(task.key) != state.busy).collect();
            });
        }
        let bytes: usize = self.pages.values().map(|page| page.text.as_str().len()).sum();
        if self.pages.len() > PAGES || bytes > BYTES {
            let mut ages: Vec<u64> = self.pages.values().map(|page| page.drawn_in).collect();
            ages.sort_unstable();
            // Half goes, never what this frame shows.
            let limit = ages[ages.len() / 2].min(self.frame.saturating_sub(1));
            self.pages.retain(|_, page| page.drawn_in > limit);
        }
    }
}

impl Drop for Typesetter {
    fn drop(&mut self) {
        self.shared.ask(|state| state.closed = true);
    }
}

fn work(shared: &Mailbox<State>, ctx: &egui::Context) {
    let mut fonts: Option<Fonts> = None;
    loop {
        let next = shared.wait(|state| {
            if state.closed {
                return Some(None);
            }
            let task = state.tasks.pop_front()?;
            state.busy = Some(task.key);
            Some(Some((task, state.options)))
        });
        let Some((task, options)) = next else { return };
        let key = task.key;
        let mut own = fonts
            .take()
            .unwrap_or_else(|| Fonts::new(options, fonts::definitions()).with_font_providers(vec![fonts::provider()]));
        // Glyphs that no page needs any more make room.
        own.begin_pass(options, ViewportKey::default());
        let (text, pixels_per_point) = (task.want.text.clone(), task.pixels_per_point);
        // A text that this stumbles over must not leave all later ones blank.
        let made = std::panic::catch_unwind(AssertUnwindSafe(|| typeset(task, &mut own)));
        let page = if let Ok(page) = made {
            fonts = Some(own);
            page
        } else {
            tracing::error!(?key, "a text could not be laid out");
            let (document, measured, length) = Default::default();
            Page { text, document, measured, length, pixels_per_point, drawn_in: 0 }
        };
        let mut state = shared.lock();
        state.busy = None;
        state.done.push((key, page));
        drop(state);
        ctx.request_repaint();
    }
}

fn typeset(task: Task, fonts: &mut Fonts) -> Page {
    let Task { want, document, width, reading, pixels_per_point, key } = task;
    let (document, length) = document.unwrap_or_else(|| {
        let whole = key_is_whole(key);
        let text = want.text.as_str();
        // A text that the parser stumbles over is still a text that people must see.
        let parsed = std::panic::catch_unwind(AssertUnwindSafe(|| compose(key, &want)));
        (Arc::new(parsed.unwrap_or_else(|_| plain(text, whole))), Length::of(text))
    });
    let mut lay = |job| Arc::new(fonts.layout_uncached(pixels_per_point, Arc::new(job)));
    let measured = measure(&document, width, reading, &mut lay);
    Page { text: want.text, document, measured, length, pixels_per_point, drawn_in: 0 }
}

fn key_is_whole(key: Key) -> bool {
    matches!(key, Key::Reply(_, Look::Whole) | Key::Turn(..) | Key::Guidelines(_))
}

fn compose(key: Key, want: &Want) -> Document {
    let whole = key_is_whole(key);
    let read = |source: &Source| {
        let text = source.as_str();
        if source.is_plain() { plain(text, whole) } else { parse(text, whole) }
    };
    let mut document = read(&want.text);
    match key {
        Key::Reply(_, Look::Against(_)) => match want.others.first() {
            Some(other) => diff::against(&read(other), &document),
            None => document,
        },
        Key::Reply(_, Look::Shared(_)) => {
            let others: Vec<Document> = want.others.iter().map(&read).collect();
            diff::dim_shared(&mut document, &others);
            document
        }
        _ => document,
    }
}
