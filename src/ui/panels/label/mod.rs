//! The label view: queue, prompt, replies, note, and what can be decided.

mod bar;
mod cards;
mod prompt;
mod queue;
mod side;
mod states;

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use egui::Ui;

use crate::domain::{GroupId, Notice, ReplyId};
use crate::session::{Card, Command, OpenGroup, Snapshot};
use crate::settings::Settings;
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::markdown::{Document, Measured};
use crate::ui::theme::tokens;

/// Time without a key or a move of the pointer that no longer counts as work on the group.
const IDLE: Duration = Duration::from_secs(60);
/// Parsed replies kept: the group in front, its neighbours, and some that were just left.
const PARSED: usize = 120;
/// How far one press of an arrow scrolls, in points.
const STEP: f32 = 60.0;

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
#[derive(Default)]
pub(crate) struct LabelPanel {
    group: Option<GroupId>,
    focus: usize,
    scroll: f32,
    /// Where the page is to scroll to in the next frame.
    scroll_to: Option<f32>,
    /// Bring the focused card into sight once its place is known.
    reveal_focus: bool,
    reported: Option<(GroupId, u32, f32)>,
    report_due: Option<Instant>,
    prompt_open: bool,
    opened: HashSet<ReplyId>,
    seen: HashSet<ReplyId>,
    parsed: HashMap<ReplyId, Parsed>,
    note: String,
    note_changed: Option<Instant>,
    focus_note: bool,
    /// The side panel was opened for the note and stays until the field is left.
    note_open: bool,
    focus_search: bool,
    search: String,
    queue: queue::Shown,
    go_to: Option<String>,
    /// Keys that came while a step was under way, and the number of that step.
    held: VecDeque<Action>,
    waiting_for: u64,
    /// Work on the group so far, and when it was last counted.
    worked: Duration,
    counted: Option<Instant>,
    last_input: Option<Instant>,
    asked_notice: u64,
    page: f32,
    tops: Vec<(f32, f32)>,
    pub(crate) counters: Counters,
}

/// What a frame cost, for tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    /// Replies parsed and measured since the start.
    pub(crate) parsed: u64,
    /// Blocks laid out for painting in the last frame.
    pub(crate) drawn: usize,
}

struct Parsed {
    document: Document,
    measured: Measured,
    length: String,
}

impl LabelPanel {
    /// Draw the view. Commands go into `out`, actions that buttons stand for into `acts`.
    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, out: &mut Vec<Command>, acts: &mut Vec<Action>) {
        self.follow(cx.snapshot, out);
        self.count_work(ui);
        self.counters.drawn = 0;
        let queue_open = cx.settings.queue_open.unwrap_or(cx.width >= tokens::NARROW);
        let side_open = cx.settings.side_open.unwrap_or(cx.width >= tokens::MEDIUM);
        self.queue_ui(ui, cx, queue_open, out, acts);
        bar::bar_ui(self, ui, cx, acts);
        match &cx.snapshot.current {
            Some(open) => {
                self.side_ui(ui, cx, open, side_open, out, acts);
                let frame = egui::Frame::new().fill(crate::ui::theme::of(ui).canvas);
                egui::CentralPanel::default().frame(frame).show(ui, |ui| {
                    self.prompt_ui(ui, cx, open);
                    self.cards_ui(ui, cx, open, out, acts);
                });
            }
            None => states::no_group_ui(ui, cx, acts),
        }
        self.go_to_ui(ui, cx, out);
        self.report_place(ui, out);
    }

    /// Take up a new group when the snapshot has one.
    fn follow(&mut self, snapshot: &Snapshot, out: &mut Vec<Command>) {
        let group = snapshot.place.group;
        if self.group == group {
            return;
        }
        self.flush_note(out);
        self.group = group;
        self.focus = snapshot.place.focus as usize;
        self.scroll_to = Some(snapshot.place.scroll);
        self.scroll = snapshot.place.scroll;
        self.reported = group.map(|group| (group, snapshot.place.focus, snapshot.place.scroll));
        self.prompt_open = false;
        self.opened.clear();
        self.seen.clear();
        self.worked = Duration::ZERO;
        self.counted = None;
        self.note = snapshot.current.as_ref().map(|open| open.mark.note.clone()).unwrap_or_default();
        self.queue.reveal = true;
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

    /// Carry out an action of this view, or hold it back while a step is under way: the person has not seen what it
    /// would hit.
    pub(crate) fn act(&mut self, action: Action, snapshot: &Snapshot, out: &mut Vec<Command>) {
        if self.busy(snapshot) || !self.held.is_empty() || !out.is_empty() {
            self.held.push_back(action);
        } else {
            self.carry_out(action, snapshot, out);
        }
    }

    /// Carry out keys that were held back, one step at a time.
    pub(crate) fn release(&mut self, snapshot: &Snapshot, out: &mut Vec<Command>) {
        while out.is_empty() && !self.busy(snapshot) {
            self.follow(snapshot, out);
            let Some(action) = self.held.pop_front() else { return };
            self.carry_out(action, snapshot, out);
        }
    }

    fn busy(&self, snapshot: &Snapshot) -> bool {
        snapshot.handled < self.waiting_for
    }

    /// Note that a step with this number is under way.
    pub(crate) fn sent(&mut self, number: u64) {
        self.waiting_for = self.waiting_for.max(number);
    }

    fn carry_out(&mut self, action: Action, snapshot: &Snapshot, out: &mut Vec<Command>) {
        let seconds = self.worked.as_secs_f32();
        match action {
            Action::PreviousGroup => return out.push(Command::Previous),
            Action::NextGroup => return out.push(Command::Next),
            Action::GoTo => return self.go_to = Some(String::new()),
            Action::Search => return self.focus_search = true,
            _ => {}
        }
        let Some(open) = &snapshot.current else { return };
        let group = open.group.id;
        let last = open.cards.len().saturating_sub(1);
        match action {
            Action::Check(place) => {
                let place = usize::from(place);
                if place <= last {
                    self.focus = place;
                    self.reveal_focus = true;
                    out.extend(check(open, place));
                }
            }
            Action::CheckFocused => out.extend(check(open, self.focus)),
            Action::Confirm => {
                self.flush_note(out);
                out.push(Command::Confirm { group, seconds });
            }
            Action::NoneAcceptable => {
                self.flush_note(out);
                out.push(Command::NoneAcceptable { group, seconds });
            }
            Action::Skip => {
                self.flush_note(out);
                out.push(Command::Skip { group });
            }
            Action::Regenerate => out.push(Command::Regenerate { group }),
            Action::Flag => out.push(Command::SetFlag { group, flagged: !open.mark.flagged }),
            Action::Note => {
                self.focus_note = true;
                self.note_open = true;
            }
            Action::Open => self.open_focused(open),
            Action::PreviousReply => self.focus_on(self.focus.saturating_sub(1)),
            Action::NextReply => self.focus_on((self.focus + 1).min(last)),
            Action::FirstReply => self.focus_on(0),
            Action::LastReply => self.focus_on(last),
            Action::ScrollUp => self.scroll_by(-STEP),
            Action::ScrollDown => self.scroll_by(STEP),
            Action::PageUp => self.scroll_by(-(self.page - STEP).max(STEP)),
            Action::PageDown => self.scroll_by((self.page - STEP).max(STEP)),
            _ => {}
        }
    }

    fn focus_on(&mut self, place: usize) {
        self.focus = place;
        self.reveal_focus = true;
    }

    fn scroll_by(&mut self, points: f32) {
        self.scroll_to = Some((self.scroll_to.unwrap_or(self.scroll) + points).max(0.0));
    }

    fn open_focused(&mut self, open: &OpenGroup) {
        match open.cards.get(self.focus) {
            Some(Card::Reply(reply)) if self.queue_cut(reply.id) => {
                if !self.opened.insert(reply.id) {
                    self.opened.remove(&reply.id);
                }
            }
            _ => self.prompt_open = !self.prompt_open,
        }
    }

    /// Whether a reply is longer than the page.
    fn queue_cut(&self, reply: ReplyId) -> bool {
        self.parsed.get(&reply).is_some_and(|parsed| parsed.measured.height() > self.page * 0.9)
    }

    /// Send the note when it changed.
    pub(crate) fn flush_note(&mut self, out: &mut Vec<Command>) {
        if self.note_changed.take().is_some()
            && let Some(group) = self.group
        {
            out.push(Command::SetNote { group, note: self.note.clone() });
        }
    }

    /// Tell the session where the annotator is reading, a second after the last move.
    fn report_place(&mut self, ui: &Ui, out: &mut Vec<Command>) {
        let Some(group) = self.group else { return };
        let place = (group, self.focus as u32, self.scroll.round());
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

/// The command that turns a check around.
fn check(open: &OpenGroup, place: usize) -> Option<Command> {
    let Card::Reply(reply) = open.cards.get(place)? else { return None };
    let checked = !open.draft.checked.contains(&reply.id);
    Some(Command::Check { group: open.group.id, reply: reply.id, checked })
}
