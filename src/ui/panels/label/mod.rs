//! The label view: queue, prompt, replies, note, and what can be decided.

mod act;
mod bar;
mod card;
mod editor;
mod guidelines;
mod page;
mod prompt;
mod queue;
mod reveal;
mod side;
mod states;
mod strip;

pub(crate) use queue::{status_icon, status_words};

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use egui::{Ui, Vec2, vec2};

use crate::domain::{GroupId, Notice, PairPolicy, PairSource, ReplyId};
use crate::formats::Format;
use crate::session::{Command, OpenGroup, Snapshot};
use crate::settings::{Layout, Settings};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::finder::Finder;
use crate::ui::markdown::{Key, Selection, Typesetter};
use crate::ui::theme::tokens;

/// Time without a key or a move of the pointer that no longer counts as work on the group.
const IDLE: Duration = Duration::from_secs(60);

/// What the view draws with.
pub(crate) struct Cx<'a> {
    pub(crate) text: Text,
    pub(crate) settings: &'a Settings,
    pub(crate) snapshot: &'a Snapshot,
    /// Of the window.
    pub(crate) width: f32,
    pub(crate) height: f32,
}

/// What the view remembers between frames.
pub(crate) struct LabelPanel {
    group: Option<GroupId>,
    focus: usize,
    scroll: Vec2,
    /// Where the page is to scroll to in the next frame.
    scroll_to: Option<Vec2>,
    /// Bring the focused card into sight once its place is known.
    reveal_focus: bool,
    reported: Option<(GroupId, u32, f32)>,
    report_due: Option<Instant>,
    prompt_open: bool,
    prompt_width: f32,
    /// Long replies that were opened, and those whose reasoning was.
    opened: HashSet<ReplyId>,
    thinking: HashSet<ReplyId>,
    seen: HashSet<ReplyId>,
    pages: Typesetter,
    /// Which page each reply of the group in front is drawn from.
    shown: HashMap<ReplyId, Key>,
    by_characters: bool,
    selection: Option<Selection>,
    /// The target of a link that was pressed; nothing is opened before the person agrees.
    link: Option<String>,
    pinned: Option<ReplyId>,
    differences: bool,
    dim_shared: bool,
    layout: Layout,
    sheet: page::Sheet,
    page: Vec2,
    editor: Option<editor::Editor>,
    /// A reply was too long to be edited; said until another key.
    too_long: bool,
    /// The field is to be closed, its text kept.
    leaving: bool,
    /// A field gets the focus within so many frames; letters until then are meant for it.
    field_opens: u8,
    /// Pairs of the checks as they are, counted when they change.
    pairs: Option<(GroupId, Vec<ReplyId>, usize, usize)>,
    /// Words of each reasoning, counted once.
    thoughts: HashMap<ReplyId, usize>,
    guidelines: guidelines::Editing,
    note: String,
    note_changed: Option<Instant>,
    focus_note: bool,
    composing: bool,
    /// The side panel was opened for the note and stays until the field is left.
    note_open: bool,
    focus_search: bool,
    search: String,
    queue: queue::Shown,
    go_to: Option<String>,
    /// One digit labels a group.
    digit_confirms: bool,
    /// Keys that came while a step was under way, and the number of that step.
    held: VecDeque<Action>,
    waiting_for: u64,
    /// The group whose label is being changed though its scores were seen.
    changing: Option<GroupId>,
    /// The round whose scores are in sight, and that the session was told of.
    revealed: Option<(GroupId, u32)>,
    /// The group on which scores were painted last: keys from before that were not meant for it.
    painted: Option<GroupId>,
    all_reasons: bool,
    /// A key was pressed that does nothing while the label stands; said until another key.
    is_standing: bool,
    /// Work on the group so far, and when it was last counted.
    worked: Duration,
    counted: Option<Instant>,
    last_input: Option<Instant>,
    asked_notice: u64,
    /// Labels at which the pairs were counted for the end of the queue.
    counted_for: Option<u64>,
    pub(crate) cost: FrameCost,
}

/// What a frame of the label view cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameCost {
    /// Texts of the group in front that were not ready: to be parsed or measured.
    pub missed: usize,
    /// Blocks laid out for painting.
    pub drawn: usize,
}

impl LabelPanel {
    pub(crate) fn new(ctx: &egui::Context) -> Self {
        Self {
            group: None,
            focus: 0,
            scroll: Vec2::ZERO,
            scroll_to: None,
            reveal_focus: false,
            reported: None,
            report_due: None,
            prompt_open: false,
            prompt_width: 600.0,
            opened: HashSet::new(),
            thinking: HashSet::new(),
            seen: HashSet::new(),
            pages: Typesetter::new(ctx),
            shown: HashMap::new(),
            by_characters: false,
            selection: None,
            link: None,
            pinned: None,
            differences: false,
            dim_shared: false,
            layout: Layout::Grid,
            sheet: page::Sheet::default(),
            page: vec2(800.0, 600.0),
            editor: None,
            too_long: false,
            leaving: false,
            field_opens: 0,
            pairs: None,
            thoughts: HashMap::new(),
            guidelines: guidelines::Editing::default(),
            note: String::new(),
            note_changed: None,
            focus_note: false,
            composing: false,
            note_open: false,
            focus_search: false,
            search: String::new(),
            queue: queue::Shown::default(),
            go_to: None,
            digit_confirms: false,
            held: VecDeque::new(),
            waiting_for: 0,
            changing: None,
            revealed: None,
            painted: None,
            all_reasons: false,
            is_standing: false,
            worked: Duration::ZERO,
            counted: None,
            last_input: None,
            asked_notice: 0,
            counted_for: None,
            cost: FrameCost::default(),
        }
    }

    /// Draw the view. Commands go into `out`, actions that buttons stand for into `acts`.
    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        finder: &mut Finder,
        out: &mut Vec<Command>,
        acts: &mut Vec<Action>,
    ) {
        self.follow(cx.snapshot, out);
        if std::mem::take(&mut self.leaving) {
            self.close_editor(out);
        }
        self.field_opens = self.field_opens.saturating_sub(1);
        self.count_work(ui);
        self.note_composing(ui);
        self.digit_confirms = cx.settings.digit_confirms;
        self.cost.drawn = 0;
        self.pages.begin();
        let queue_open = cx.settings.queue_open.unwrap_or(cx.width >= tokens::NARROW);
        let side_open = cx.settings.side_open.unwrap_or(cx.width >= tokens::MEDIUM);
        self.queue_ui(ui, cx, finder, queue_open, out, acts);
        bar::bar_ui(self, ui, cx, acts);
        match &cx.snapshot.current {
            Some(open) => {
                self.side_ui(ui, cx, open, side_open, out, acts);
                let frame = egui::Frame::new().fill(crate::ui::theme::of(ui).canvas);
                egui::CentralPanel::default().frame(frame).show(ui, |ui| {
                    if reveal::is_revealed(open) {
                        self.banner_ui(ui, cx, open, acts);
                    }
                    let available = ui.available_width();
                    self.prompt_ui(ui, cx, open);
                    self.write_ui(ui, cx, open, out);
                    self.page_ui(ui, cx, open, out, acts);
                    self.note_reveal(open, out);
                    self.painted = reveal::is_revealed(open).then_some(open.group.id);
                    self.cost.missed = self.pages.missed;
                    self.prepare_neighbours(ui, cx, available);
                });
            }
            None => {
                let done = cx.snapshot.counts.labeled();
                if done > 0 && self.counted_for != Some(done) {
                    self.counted_for = Some(done);
                    out.push(Command::Summarise {
                        format: Format::MsSwift,
                        policy: PairPolicy::All,
                        source: PairSource::default(),
                    });
                }
                states::no_group_ui(ui, cx, out, acts);
            }
        }
        self.copy(ui, cx.snapshot.current.as_deref());
        self.pages.end(ui.ctx());
        self.go_to_ui(ui, cx, out);
        self.link_ui(ui, cx);
        self.report_place(ui, out);
    }

    /// Take up a new group when the snapshot has one.
    fn follow(&mut self, snapshot: &Snapshot, out: &mut Vec<Command>) {
        let group = snapshot.place.group;
        if self.group == group {
            return;
        }
        self.flush(out);
        self.editor = None;
        self.group = group;
        self.focus = snapshot.place.focus as usize;
        self.scroll = vec2(0.0, snapshot.place.scroll);
        self.scroll_to = Some(self.scroll);
        self.reported = group.map(|group| (group, snapshot.place.focus, snapshot.place.scroll));
        self.prompt_open = false;
        self.opened.clear();
        self.thinking.clear();
        self.seen.clear();
        self.shown.clear();
        self.thoughts.clear();
        self.too_long = false;
        (self.selection, self.pinned) = (None, None);
        (self.changing, self.all_reasons, self.is_standing) = (None, false, false);
        self.worked = Duration::ZERO;
        self.counted = None;
        self.note = snapshot.current.as_ref().map(|open| open.mark.note.clone()).unwrap_or_default();
        self.queue.reveal = true;
    }

    /// Whether an input method is composing: then the last letters in a field are not meant yet.
    fn note_composing(&mut self, ui: &Ui) {
        ui.input(|input| {
            for event in &input.events {
                if let egui::Event::Ime(event) = event {
                    self.composing = matches!(event, egui::ImeEvent::Preedit { text, .. } if !text.is_empty());
                }
            }
        });
    }

    /// Time spent on the group; pauses are left out.
    fn count_work(&mut self, ui: &Ui) {
        let now = Instant::now();
        if ui.input(|input| !input.events.is_empty()) || self.last_input.is_none() {
            self.last_input = Some(now);
        }
        let active = self.last_input.is_some_and(|last| now - last < IDLE);
        if let Some(counted) = self.counted
            && active
        {
            self.worked += (now - counted).min(IDLE);
        }
        self.counted = Some(now);
    }

    /// Close the field in which a reply or the guidelines are written; whether there was one. A reply's text is kept.
    pub(crate) fn leave_field(&mut self, out: &mut Vec<Command>) -> bool {
        self.close_editor(out) || self.guidelines.close()
    }

    /// Before the session is closed: send all that was typed, guidelines too.
    pub(crate) fn flush_all(&mut self, out: &mut Vec<Command>) {
        self.flush(out);
        out.extend(self.guidelines.unsaved().map(Command::SetGuidelines));
    }

    /// Forget the selection; whether there was one.
    pub(crate) fn deselect(&mut self) -> bool {
        self.selection.take().is_some()
    }

    /// Send all that was typed and not sent yet.
    pub(crate) fn flush(&mut self, out: &mut Vec<Command>) {
        self.flush_note(out);
        self.flush_editor(out);
        let place = self.group.map(|group| (group, self.focus as u32, self.scroll.y.round()));
        if let Some((group, focus, scroll)) = place.filter(|place| self.reported != Some(*place)) {
            self.reported = place;
            out.push(Command::SetPlace { group, focus, scroll });
        }
    }

    /// Copy the selected text as it stands in the source; with nothing selected the focused reply.
    fn copy(&self, ui: &Ui, open: Option<&OpenGroup>) {
        let asked = ui.input(|input| input.events.iter().any(|event| matches!(event, egui::Event::Copy)));
        if !asked || ui.ctx().text_edit_focused() {
            return;
        }
        let selected = self.selection.and_then(|selection| {
            self.pages.get(selection.key)?.text.as_str().get(selection.range()).map(str::to_owned)
        });
        let focused = || open.and_then(|open| open.text_of(self.focused(open)?)).map(str::to_owned);
        if let Some(text) = selected.or_else(focused) {
            ui.ctx().copy_text(text);
        }
    }

    /// Send the note when it changed.
    fn flush_note(&mut self, out: &mut Vec<Command>) {
        if self.note_changed.take().is_some()
            && let Some(group) = self.group
        {
            out.push(Command::SetNote { group, note: self.note.clone() });
        }
    }

    /// Tell the session where the annotator is reading, a second after the last move.
    fn report_place(&mut self, ui: &Ui, out: &mut Vec<Command>) {
        let Some(group) = self.group else { return };
        let place = (group, self.focus as u32, self.scroll.y.round());
        if self.reported == Some(place) {
            self.report_due = None;
            return;
        }
        let now = Instant::now();
        let due = *self.report_due.get_or_insert(now + Duration::from_secs(1));
        if now >= due {
            self.reported = Some(place);
            self.report_due = None;
            out.push(Command::SetPlace { group, focus: place.1, scroll: place.2 });
        } else {
            ui.ctx().request_repaint_after(due - now);
        }
    }

    /// The question of the strip above the action bar: nothing was checked.
    pub(crate) fn question(&self, snapshot: &Snapshot) -> Option<u64> {
        let (id, notice) = snapshot.notices.last()?;
        let asks = matches!(notice, Notice::NothingChecked | Notice::NotReady);
        (asks && *id > self.asked_notice).then_some(*id)
    }
}
