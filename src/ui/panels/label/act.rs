//! What the actions of the view do: to the page at once, to the session by commands, one step at a time.

use egui::vec2;

use super::LabelPanel;
use super::editor::Editor;
use crate::domain::ReplyId;
use crate::session::{Card, Command, OpenGroup, Snapshot};
use crate::settings::Layout;
use crate::ui::actions::Action;

/// How far one press of an arrow scrolls, in points.
const STEP: f32 = 60.0;

impl LabelPanel {
    /// Carry out an action of this view, or hold it back while a step is under way: the person has not seen what it
    /// would hit.
    pub(crate) fn act(&mut self, action: Action, snapshot: &Snapshot, out: &mut Vec<Command>) {
        if action == Action::Take {
            // The text that is being written is in front; what else was sent belongs to it.
            return self.take_text(Some(self.worked.as_secs_f32()), out);
        }
        // Letters that were typed after a key that opens a field were meant for the field.
        if self.field_opens > 0 || self.held.iter().any(|held| opens_field(*held)) {
            return;
        }
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
            // The view stays to show scores: keys that came before were meant for the next group.
            let open = snapshot.current.as_deref();
            if open.is_some_and(|open| self.stands(open) && self.painted != Some(open.group.id)) {
                self.held.retain(|held| is_way(*held));
            }
            let Some(action) = self.held.pop_front() else { return };
            self.carry_out(action, snapshot, out);
        }
    }

    fn busy(&self, snapshot: &Snapshot) -> bool {
        snapshot.handled < self.waiting_for
    }

    /// Forget the keys that were held back: the person went elsewhere by hand.
    pub(crate) fn forget_held(&mut self) {
        self.held.clear();
    }

    /// Note that a step with this number is under way.
    pub(crate) fn sent(&mut self, number: u64) {
        self.waiting_for = self.waiting_for.max(number);
    }

    fn carry_out(&mut self, action: Action, snapshot: &Snapshot, out: &mut Vec<Command>) {
        let seconds = self.worked.as_secs_f32();
        self.is_standing = false;
        if opens_field(action) {
            // The frame that asks for the focus, and the one in which it is there.
            self.field_opens = 2;
        }
        self.too_long = false;
        match action {
            Action::Undo | Action::Redo => {
                self.flush(out);
                return out.push(if action == Action::Undo { Command::Undo } else { Command::Redo });
            }
            Action::PreviousGroup => return out.push(Command::Previous),
            Action::NextGroup => return out.push(Command::Next),
            Action::GoTo => return self.go_to = Some(String::new()),
            Action::Search => return self.focus_search = true,
            _ => {}
        }
        let Some(open) = &snapshot.current else { return };
        let group = open.group.id;
        let verdict = matches!(action, Action::Check(_) | Action::CheckFocused | Action::NoneAcceptable);
        if verdict && self.stands(open) {
            self.is_standing = true;
            return;
        }
        let last = open.cards.len().saturating_sub(1);
        match action {
            Action::Check(place) => {
                let place = usize::from(place);
                if place <= last {
                    self.focus_on(place);
                    self.check(open, place, seconds, out);
                }
            }
            Action::CheckFocused => out.extend(check(open, self.focus)),
            Action::Confirm => {
                self.flush(out);
                out.push(Command::Confirm { group, seconds });
            }
            Action::NoneAcceptable => {
                self.flush(out);
                out.push(Command::NoneAcceptable { group, seconds });
            }
            Action::ChangeLabel if self.stands(open) => self.changing = Some(group),
            Action::Reasons => self.all_reasons = !self.all_reasons,
            Action::Skip => {
                self.flush(out);
                out.push(Command::Skip { group });
            }
            Action::Later => {
                self.flush(out);
                out.push(Command::SetLater { group, later: !open.mark.later });
            }
            Action::Regenerate => out.push(Command::Regenerate { group }),
            Action::RegenerateOne => {
                out.extend(self.focused(open).map(|reply| Command::RegenerateOne { group, reply }));
            }
            Action::Flag => out.push(Command::SetFlag { group, flagged: !open.mark.flagged }),
            Action::Note => {
                self.focus_note = true;
                self.note_open = true;
            }
            Action::Edit => {
                if let Some(reply) = self.focused(open) {
                    self.open_editor(open, Some(reply), out);
                    self.reveal_focus = true;
                }
            }
            Action::Write => self.open_editor(open, None, out),
            Action::Open => self.open_focused(open, out),
            Action::Pin => {
                let focused = self.focused(open);
                self.pinned = if self.pinned == focused { None } else { focused };
                self.reveal_focus = true;
            }
            Action::Differences => {
                self.differences = !self.differences;
                // Without a pinned reply there is nothing to differ from.
                if self.differences && self.pinned.is_none() {
                    self.pinned = self.focused(open);
                }
            }
            Action::DimShared => self.dim_shared = !self.dim_shared,
            Action::PreviousReply => self.step(-1),
            Action::NextReply => self.step(1),
            Action::FirstReply => self.focus_on(self.sheet.order.first().copied().unwrap_or(0)),
            Action::LastReply => self.focus_on(self.sheet.order.last().copied().unwrap_or(last)),
            Action::ScrollUp => self.scroll_by(-STEP),
            Action::ScrollDown => self.scroll_by(STEP),
            Action::PageUp => self.scroll_by(-(self.page.y - STEP).max(STEP)),
            Action::PageDown => self.scroll_by((self.page.y - STEP).max(STEP)),
            _ => {}
        }
    }

    /// Turn a check around; with one key for a decision check and confirm.
    fn check(&self, open: &OpenGroup, place: usize, seconds: f32, out: &mut Vec<Command>) {
        let Some(command) = check(open, place) else { return };
        let unchecks = matches!(command, Command::Check { checked: false, .. });
        if !self.digit_confirms {
            out.push(command);
            return;
        }
        if !unchecks {
            out.push(command);
        }
        out.push(Command::Confirm { group: open.group.id, seconds });
    }

    /// The reply that has the focus.
    pub(super) fn focused(&self, open: &OpenGroup) -> Option<ReplyId> {
        match open.cards.get(self.focus)? {
            Card::Reply(reply) => Some(reply.id),
            Card::Waiting | Card::Failed(_) => None,
        }
    }

    /// The reply before or after the focused one, in the order of the page.
    fn step(&mut self, by: isize) {
        let order = &self.sheet.order;
        let at = order.iter().position(|index| *index == self.focus).unwrap_or(0);
        let next = at.saturating_add_signed(by).min(order.len().saturating_sub(1));
        self.focus_on(order.get(next).copied().unwrap_or(0));
    }

    pub(super) fn focus_on(&mut self, place: usize) {
        // One at a time shows no field of another reply; its text was sent as a draft when it was left.
        if self.layout == Layout::One && place != self.focus && self.editor.as_ref().is_some_and(Editor::edits) {
            self.leaving = true;
        }
        self.focus = place;
        self.reveal_focus = true;
    }

    fn scroll_by(&mut self, points: f32) {
        let from = self.scroll_to.unwrap_or(self.scroll);
        self.scroll_to = Some(vec2(from.x, (from.y + points).max(0.0)));
    }

    /// Open what the focused card keeps folded, or the prompt where it folds nothing.
    fn open_focused(&mut self, open: &OpenGroup, out: &mut Vec<Command>) {
        let Some(Card::Reply(reply)) = open.cards.get(self.focus) else {
            self.prompt_open = !self.prompt_open;
            return;
        };
        let long = self.layout == Layout::Grid && self.is_cut(reply) || self.left_out(reply) > 0;
        let thought = reply.reasoning.is_some();
        let shut = (long && !self.opened.contains(&reply.id)) || (thought && !self.thinking.contains(&reply.id));
        if shut {
            self.opened.insert(reply.id);
            if thought {
                self.thinking.insert(reply.id);
            }
        } else if self.opened.remove(&reply.id) | self.thinking.remove(&reply.id) {
            self.reveal_focus = true;
        } else if open.alike.contains_key(&reply.id) {
            out.push(Command::Unfold { group: open.group.id });
        } else {
            self.prompt_open = !self.prompt_open;
        }
    }
}

/// The command that turns a check around.
fn check(open: &OpenGroup, place: usize) -> Option<Command> {
    let Card::Reply(reply) = open.cards.get(place)? else { return None };
    let checked = !open.draft.checked.contains(&reply.id);
    Some(Command::Check { group: open.group.id, reply: reply.id, checked })
}

/// The action only leads elsewhere, whatever is in front.
fn is_way(action: Action) -> bool {
    matches!(action, Action::PreviousGroup | Action::NextGroup | Action::Undo | Action::Redo)
}

/// The action leads into a field where something is written.
fn opens_field(action: Action) -> bool {
    matches!(action, Action::Note | Action::Edit | Action::Write | Action::GoTo | Action::Search)
}
