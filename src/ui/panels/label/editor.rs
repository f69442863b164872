//! The field in which a reply is edited or written. What is in it is kept as a draft from the first pause on.

use std::time::{Duration, Instant};

use egui::{TextEdit, Ui, UiBuilder, Widget as _, vec2};

use super::card::Handle;
use super::{Cx, LabelPanel};
use crate::domain::{GroupId, ReplyId};
use crate::session::{Command, OpenGroup};
use crate::ui::actions::Action;
use crate::ui::theme::{self, fonts, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// How long after the last letter a text is sent.
pub(super) const PAUSE: Duration = Duration::from_millis(700);
/// The row of buttons under the field.
const FOOT: f32 = 44.0;
const LEAST_ROWS: f32 = 6.0;
/// The longest reply that can be edited here, in bytes.
const LONGEST: usize = 200_000;
/// The field for a reply of one's own.
const WRITE: f32 = 230.0;

/// The text that is being written.
pub(super) struct Editor {
    group: GroupId,
    parent: Option<ReplyId>,
    pub(super) text: String,
    /// What it was made from; the same text again is no draft.
    original: String,
    changed: Option<Instant>,
    focus: bool,
    height: f32,
}

impl Editor {
    /// It holds a reply that is edited, not one of one's own.
    pub(super) fn edits(&self) -> bool {
        self.parent.is_some()
    }
}

impl LabelPanel {
    /// Edit a reply, or write one. A text that no field can hold without a stutter is not opened.
    pub(super) fn open_editor(&mut self, open: &OpenGroup, parent: Option<ReplyId>, out: &mut Vec<Command>) {
        self.close_editor(out);
        if parent.and_then(|parent| open.text_of(parent)).is_some_and(|text| text.len() > LONGEST) {
            self.too_long = true;
            return;
        }
        let original = parent.and_then(|parent| open.text_of(parent)).unwrap_or_default().to_owned();
        let draft = open.writings.iter().find(|writing| writing.parent == parent);
        let text = draft.map_or_else(|| original.clone(), |draft| draft.text.clone());
        self.editor =
            Some(Editor { group: open.group.id, parent, text, original, changed: None, focus: true, height: 200.0 });
    }

    pub(super) fn editing(&self, parent: Option<ReplyId>) -> bool {
        self.editor.as_ref().is_some_and(|editor| editor.parent == parent)
    }

    pub(super) fn editor_height(&self, parent: Option<ReplyId>) -> Option<f32> {
        self.editor.as_ref().filter(|editor| editor.parent == parent).map(|editor| editor.height + FOOT + 20.0)
    }

    pub(super) fn has_draft(&self, open: &OpenGroup, parent: Option<ReplyId>) -> bool {
        open.writings.iter().any(|writing| writing.parent == parent)
    }

    /// Keep what was written and close the field; whether there was one.
    pub(super) fn close_editor(&mut self, out: &mut Vec<Command>) -> bool {
        self.flush_editor(out);
        self.editor.take().is_some()
    }

    /// Send what was written since the last time.
    pub(super) fn flush_editor(&mut self, out: &mut Vec<Command>) {
        if let Some(editor) = &mut self.editor
            && editor.changed.take().is_some()
        {
            let empty = editor.text.trim().is_empty() || editor.text == editor.original;
            let text = (!empty).then(|| editor.text.clone());
            out.push(Command::SetWriting { group: editor.group, parent: editor.parent, text });
        }
    }

    /// Make the text a reply; with the seconds worked also confirm.
    pub(super) fn take_text(&mut self, confirm: Option<f32>, out: &mut Vec<Command>) {
        // The draft goes first: should the step be refused, the text is safe and the field can be opened again.
        self.flush_editor(out);
        let Some(editor) = &self.editor else { return };
        let (group, parent, text) = (editor.group, editor.parent, editor.text.clone());
        let nothing = text.trim().is_empty() || text == editor.original;
        out.push(Command::Take { group, parent, text, confirm });
        if !nothing {
            self.editor = None;
        }
    }

    /// The field inside the card of the reply that is edited.
    pub(super) fn editor_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        handle: Handle,
        out: &mut Vec<Command>,
    ) {
        let Handle { index, rect, reading, .. } = handle;
        let parent = self.editor.as_ref().and_then(|editor| editor.parent);
        let place = rect.shrink2(vec2(10.0, 10.0)).with_min_y(rect.top() + tokens::CARD_HEADER + 8.0);
        let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt(("editor", parent)));
        let name = cx.text.edit_named(index + 1);
        self.field_ui(&mut child, cx, open, &name, reading, out);
    }

    /// The field for a reply of one's own, below the replies.
    pub(super) fn write_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, out: &mut Vec<Command>) {
        if !self.editing(None) {
            return;
        }
        let t = theme::of(ui);
        let reading = tokens::reading(cx.width, cx.settings.reading_size);
        let frame = egui::Frame::new().fill(t.card).inner_margin(egui::Margin::symmetric(16, 10));
        let most = (ui.available_height() * 0.5).min(WRITE);
        egui::Panel::bottom("write").exact_size(most).resizable(false).frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = tokens::S1;
            widgets::label(ui, cx.text.act_write(), fonts::semibold(tokens::META.0), t.text2);
            let height = ui.available_height() - FOOT;
            egui::ScrollArea::vertical().id_salt("write").max_height(height).auto_shrink(false).show(ui, |ui| {
                self.text_ui(ui, cx, cx.text.act_write(), reading, (height - 14.0) / reading.1, out);
            });
            self.foot_ui(ui, cx, open, out);
        });
    }

    fn field_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenGroup,
        name: &str,
        reading: (f32, f32),
        out: &mut Vec<Command>,
    ) {
        let height = self.text_ui(ui, cx, name, reading, LEAST_ROWS, out);
        if let Some(editor) = &mut self.editor
            && (editor.height - height).abs() > 0.5
        {
            editor.height = height;
            ui.ctx().request_repaint();
        }
        self.foot_ui(ui, cx, open, out);
    }

    fn text_ui(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        name: &str,
        reading: (f32, f32),
        rows: f32,
        out: &mut Vec<Command>,
    ) -> f32 {
        let t = theme::of(ui);
        let Some(editor) = &mut self.editor else { return 0.0 };
        // Lines as high as those of the replies.
        let mut lines = |ui: &Ui, text: &dyn egui::TextBuffer, width: f32| {
            let format = egui::TextFormat {
                font_id: fonts::regular(reading.0),
                color: t.text,
                line_height: Some(reading.1),
                ..egui::TextFormat::default()
            };
            let mut job = egui::text::LayoutJob::single_section(text.as_str().to_owned(), format);
            job.wrap.max_width = width;
            ui.painter().layout_job(job)
        };
        let field = TextEdit::multiline(&mut editor.text)
            .id_salt("editor")
            .hint_text(egui::RichText::new(cx.text.write_hint()).color(t.text3))
            .font(fonts::regular(reading.0))
            .text_color(t.text)
            .background_color(t.inset)
            .margin(egui::Margin::symmetric(10, 8))
            .layouter(&mut lines)
            .desired_rows(rows.max(2.0) as usize)
            .desired_width(ui.available_width() - 20.0)
            .ui(ui)
            .accessible_name(name);
        if std::mem::take(&mut editor.focus) {
            field.request_focus();
            field.scroll_to_me(None);
        }
        if field.changed() && !self.composing {
            editor.changed = Some(Instant::now());
        }
        if let Some(changed) = editor.changed {
            if !field.has_focus() || (changed.elapsed() >= PAUSE && !self.composing) {
                self.flush_editor(out);
            } else {
                ui.ctx().request_repaint_after(PAUSE);
            }
        }
        field.rect.height()
    }

    fn foot_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenGroup, out: &mut Vec<Command>) {
        let t = theme::of(ui);
        let narrow = ui.available_width() < 420.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = tokens::S1;
            let key = Action::Take.hint(ui.ctx());
            let take = Button::new(cx.text.take_confirm()).key(&key).kind(Kind::Primary).small();
            if take.show(ui).clicked() {
                self.take_text(Some(self.worked.as_secs_f32()), out);
            }
            if Button::new(cx.text.take()).small().show(ui).on_hover_text(cx.text.take_note()).clicked() {
                self.take_text(None, out);
            }
            if Button::new(cx.text.discard()).kind(Kind::Quiet).small().show(ui).clicked()
                && let Some(editor) = self.editor.take()
                && (editor.changed.is_some() || self.has_draft(open, editor.parent))
            {
                out.push(Command::SetWriting { group: editor.group, parent: editor.parent, text: None });
            }
            if !narrow {
                widgets::elided(ui, cx.text.draft_kept(), fonts::regular(tokens::META.0), t.text3);
            }
        });
    }
}
