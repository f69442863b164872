//! What was pressed, and what comes of it: keys become actions, actions become commands or change what the app shows.

use std::path::Path;

use super::actions::{Action, Place};
use super::app::{App, Desk, Stage};
use super::dialogs::{PathPopup, Purpose};
use super::errands::{Done, Errands};
use super::palette::Palette;
use super::panels::data;
use super::panels::endpoint::Wish;
use super::panels::generate::{self, GeneratePanel};
use super::panels::label::{self, LabelPanel};
use super::panels::score;
use super::panels::settings::{self, Section, SettingsPanel};
use super::panels::start;
use super::{keys, shell, status, theme};
use crate::domain::{Problem, StoreFault, View};
use crate::formats;
use crate::session::{Command, Snapshot};
use crate::settings::{forget_key, keep_key};
use crate::text::Language;

impl App {
    /// Key presses become actions of the view in front.
    pub(super) fn keys(&self, ctx: &egui::Context, place: Place, view_popup: bool) -> Vec<Action> {
        if self.settings_panel.as_ref().is_some_and(SettingsPanel::captures) {
            return Vec::new();
        }
        let keymap = keys::of(ctx);
        let typing = ctx.text_edit_focused();
        // A control that was reached by Tab has Enter and Space for itself, and arrows where they lead to another one.
        let control = ctx.memory(|memory| memory.focused().is_some());
        let popup = self.popup.is_some() || self.keys_open || self.palette.is_some() || view_popup;
        let settings = self.settings_panel.is_some();
        ctx.input(|input| {
            let presses = input.events.iter().filter_map(|event| match event {
                egui::Event::Key { key, physical_key, pressed: true, repeat, modifiers } => {
                    let action = keymap.find(place, *key, *physical_key, *modifiers)?;
                    // A key that is leaned on decides one group, not all of them.
                    (!repeat || action.repeats()).then_some((action, *key, *modifiers))
                }
                _ => None,
            });
            presses
                .filter(|(action, key, modifiers)| {
                    let arrows = place == Place::Score && is_arrow(*key);
                    let press = matches!(key, egui::Key::Enter | egui::Key::Space);
                    let own = (press || arrows) && control && !modifiers.command;
                    let chord = modifiers.command || *action == Action::Back;
                    // In a field Ctrl+Z undoes what was typed there.
                    let field_undo = typing && matches!(action, Action::Undo | Action::Redo);
                    if popup {
                        *action == Action::Back
                    } else if settings {
                        chord && !matches!(action.place(), Place::Label | Place::Score) && !field_undo
                    } else {
                        (chord || !typing) && !own && !field_undo
                    }
                })
                .map(|(action, ..)| action)
                .collect()
        })
    }

    /// Esc leaves what is in front: a popup, a field in which something is written, the selection, then the rest.
    fn back(&mut self, ctx: &egui::Context, label: &mut LabelPanel, snapshot: &Snapshot, out: &mut Vec<Command>) {
        let overlaid = self.popup.is_some()
            || self.keys_open
            || self.palette.is_some()
            || self.settings_panel.is_some()
            || self.problem.is_some();
        let focused = ctx.memory(egui::Memory::focused);
        if !overlaid && label.leave_field(out) {
            if let Some(focused) = focused {
                ctx.memory_mut(|memory| memory.surrender_focus(focused));
            }
        } else if overlaid || focused.is_some() || !label.deselect() {
            self.act(ctx, Action::Back, Some(snapshot), out);
        }
    }

    /// The same in the score view: what it has in front goes before messages do.
    fn back_of_score(
        &mut self,
        ctx: &egui::Context,
        score: &mut score::ScorePanel,
        snapshot: &Snapshot,
        out: &mut Vec<Command>,
    ) {
        let overlaid = self.popup.is_some()
            || self.keys_open
            || self.palette.is_some()
            || self.settings_panel.is_some()
            || self.problem.is_some()
            || score.popup_open();
        let focused = ctx.memory(egui::Memory::focused).is_some();
        if overlaid || focused || !score.back() {
            self.act(ctx, Action::Back, Some(snapshot), out);
        }
    }

    /// Carry out actions that do not belong to one view; the others are left.
    pub(super) fn act(
        &mut self,
        ctx: &egui::Context,
        action: Action,
        snapshot: Option<&Snapshot>,
        out: &mut Vec<Command>,
    ) {
        match action {
            Action::ShowGenerate => self.show_view(View::Generate, out),
            Action::ShowLabel => self.show_view(View::Label, out),
            Action::ShowScore => self.show_view(View::Score, out),
            Action::ShowData => self.show_view(View::Data, out),
            Action::Undo => out.push(Command::Undo),
            Action::Redo => out.push(Command::Redo),
            Action::AllKeys => self.keys_open = true,
            Action::Settings => {
                self.settings_panel = if self.settings_panel.is_some() { None } else { Some(SettingsPanel::default()) };
            }
            Action::Palette => self.palette = Some(Palette::default()),
            Action::NextLayout => {
                let now = self.settings.layout.unwrap_or_default();
                // From the layout that goes by the width the first step is the next one from the grid.
                self.settings.layout = Some(now.next());
                self.save_settings();
            }
            Action::Import => self.popup = Some(PathPopup::new(Purpose::Import, String::new())),
            Action::OpenSession | Action::ImportNew => {
                self.popup = Some(PathPopup::new(Purpose::Open, String::new()));
            }
            Action::SaveCopy => {
                let path = snapshot.map_or_else(String::new, |snapshot| {
                    let stem = snapshot.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                    snapshot.path.with_file_name(format!("{stem}-copy.pairloom")).display().to_string()
                });
                self.popup = Some(PathPopup::new(Purpose::SaveCopy, path));
            }
            Action::Larger | Action::Smaller => {
                let width = ctx.content_rect().width();
                let now = theme::tokens::reading(width, self.settings.reading_size).0;
                let step = if action == Action::Larger { 1.0 } else { -1.0 };
                self.settings.reading_size = Some((now + step).clamp(12.0, 24.0));
            }
            Action::UsualSize => self.settings.reading_size = None,
            Action::Back => {
                let popup = self.popup.is_some() || self.keys_open || self.palette.is_some() || self.problem.is_some();
                if let Some(focused) = ctx.memory(egui::Memory::focused) {
                    ctx.memory_mut(|memory| memory.surrender_focus(focused));
                } else if !popup && self.settings_panel.take().is_some() {
                    self.save_settings();
                } else if let Some((id, _)) = snapshot.and_then(|snapshot| snapshot.notices.last()) {
                    self.dismissed = *id;
                }
                (self.popup, self.keys_open, self.palette, self.problem) = (None, false, None, None);
            }
            Action::SwitchLanguage => {
                self.settings.language = Some(self.text().language.other());
                self.save_settings();
            }
            Action::NewSession => {
                let text = self.text();
                let plan = GeneratePanel::new_plan(text);
                self.create(ctx, text.untitled(), plan, vec![Command::SetView(View::Generate)]);
            }
            Action::TrySample => self.try_sample(ctx),
            Action::Resume => {
                let newest = self.settings.recent.iter().find(|recent| self.start.is_there(&recent.path));
                if let Some(path) = newest.map(|recent| recent.path.clone()) {
                    self.open(ctx, path);
                }
            }
            Action::ToggleQueue => {
                let open = self.settings.queue_open.unwrap_or(ctx.content_rect().width() >= theme::tokens::NARROW);
                self.settings.queue_open = Some(!open);
            }
            Action::ToggleSide => {
                let open = self.settings.side_open.unwrap_or(ctx.content_rect().width() >= theme::tokens::MEDIUM);
                self.settings.side_open = Some(!open);
            }
            _ => {}
        }
    }

    /// Bring a view to the front; settings make room for it.
    fn show_view(&mut self, view: View, out: &mut Vec<Command>) {
        self.settings_panel = None;
        out.push(Command::SetView(view));
    }

    /// Open the settings at a part of them.
    pub(crate) fn open_settings(&mut self, section: Section) {
        self.settings_panel = Some(SettingsPanel::at(section));
    }

    /// Open the settings where the key of an action is changed.
    pub(crate) fn change_key(&mut self, action: Action) {
        let mut panel = SettingsPanel::default();
        panel.capture(action);
        self.settings_panel = Some(panel);
    }

    /// Draw the settings where they are open; whether they are.
    pub(super) fn settings_ui(&mut self, ui: &mut egui::Ui) -> bool {
        let Some(mut panel) = self.settings_panel.take() else { return false };
        if !settings::show(self, &mut panel, ui) {
            self.settings_panel = Some(panel);
        }
        true
    }

    /// The sample: its prompts, replies from the sample server, ready to label.
    fn try_sample(&mut self, ctx: &egui::Context) {
        let chinese = self.text().language == Language::Chinese;
        let title = crate::sample::title(chinese);
        let start = Command::StartWith(crate::sample::prompts(chinese));
        self.create(ctx, title, start::sample_plan(), vec![Command::SetView(View::Label), start]);
    }

    /// An open session: bars, the view in front, then what was asked for.
    pub(super) fn session_ui(&mut self, ui: &mut egui::Ui, mut desk: Box<Desk>) {
        let ctx = ui.ctx().clone();
        let snapshot = desk.session.snapshot();
        let (mut out, mut acts) = (std::mem::take(&mut self.pending_commands), std::mem::take(&mut self.pending));
        while let Some(done) = desk.errands.take() {
            self.take_errand(done, &mut desk, &mut out);
        }
        let place = place_of(snapshot.place.view);
        desk.label.release(&snapshot, &mut out);
        let popup = match snapshot.place.view {
            View::Score => desk.score.popup_open(),
            _ => desk.label.popup_open(),
        };
        acts.extend(self.keys(&ctx, place, popup));
        shell::top_ui(self, ui, &snapshot, &mut acts);
        status::status_ui(self, ui, &snapshot, &mut out, &mut acts);
        shell::notice_ui(self, ui, &snapshot, &mut out);
        let text = self.text();
        match snapshot.place.view {
            _ if self.settings_ui(ui) => {}
            View::Label => {
                let size = ctx.content_rect().size();
                let cx =
                    label::Cx { text, settings: &self.settings, snapshot: &snapshot, width: size.x, height: size.y };
                desk.label.show(ui, &cx, &mut self.finder, &mut out, &mut acts);
            }
            View::Generate => {
                let (mut wishes, popup) = (Vec::new(), &mut self.popup);
                let (out, acts, snapshot) = (&mut out, &mut acts, &*snapshot);
                desk.generate.show(ui, &mut generate::Cx { text, snapshot, out, acts, popup, wishes: &mut wishes });
                for wish in wishes {
                    grant(&ctx, &desk.errands, wish);
                }
            }
            View::Score => {
                let (mut wishes, popup) = (Vec::new(), &mut self.popup);
                let (out, acts, snapshot) = (&mut out, &mut acts, &*snapshot);
                let mut cx = score::Cx { text, snapshot, out, acts, popup, wishes: &mut wishes };
                desk.score.show(ui, &mut cx, &mut self.finder);
                for wish in wishes {
                    grant(&ctx, &desk.errands, wish);
                }
            }
            View::Data => {
                let (popup, has_pace) = (&mut self.popup, !self.settings.hide_pace);
                let (out, acts, snapshot) = (&mut out, &mut acts, &*snapshot);
                desk.data.show(ui, &mut data::Cx { text, snapshot, out, acts, popup, has_pace });
            }
        }
        let close = acts.contains(&Action::CloseSession);
        for action in acts.into_iter().filter(|action| *action != Action::CloseSession) {
            let shell = matches!(action, Action::ToggleQueue | Action::ToggleSide | Action::NextLayout);
            if action == Action::Back && snapshot.place.view == View::Score {
                self.back_of_score(&ctx, &mut desk.score, &snapshot, &mut out);
            } else if action == Action::Back {
                self.back(&ctx, &mut desk.label, &snapshot, &mut out);
            } else if action.place() == Place::Score {
                let (popup, snapshot) = (&mut self.popup, &*snapshot);
                let (acts, wishes) = (&mut Vec::new(), &mut Vec::new());
                desk.score.act(action, &mut score::Cx { text, snapshot, out: &mut out, acts, popup, wishes });
            } else if action.place() == Place::Label && !shell {
                desk.label.act(action, &snapshot, &mut out);
            } else if action.place() == Place::Data {
                desk.data.act(action, &ctx, &snapshot, &mut out);
            } else if matches!(action, Action::Undo | Action::Redo) && snapshot.place.view == View::Label {
                // In the order in which the keys came, with those that are held back.
                desk.label.act(action, &snapshot, &mut out);
            } else {
                self.act(&ctx, action, Some(&snapshot), &mut out);
            }
        }
        if out.iter().any(|command| matches!(command, Command::Go(_) | Command::SetView(_))) {
            desk.label.forget_held();
        }
        for command in out {
            let quiet = matches!(
                command,
                Command::SetPlace { .. }
                    | Command::SetPlan(_)
                    | Command::Reveal { .. }
                    | Command::Measure
                    | Command::SetNote { .. }
                    | Command::SetWriting { .. }
                    | Command::SetGuidelines(_)
            );
            let number = desk.session.send(command);
            if !quiet {
                desk.label.sent(number);
            }
        }
        if desk.session.has_ended() && self.problem.is_none() && !self.end_told {
            self.end_told = true;
            let said = "the session thread has ended; the log has more".to_owned();
            self.problem =
                Some(Problem::Store { path: snapshot.path.to_path_buf(), fault: StoreFault::Other { said } });
        }
        if matches!(self.stage, Stage::Start) {
            self.stage = Stage::Open(desk);
        } else {
            // Another session is being opened: this one is closed as by hand.
            let opening = std::mem::replace(&mut self.stage, Stage::Open(desk));
            self.close_session();
            self.stage = opening;
        }
        if close {
            self.close_session();
        }
    }
    /// What came of work beside the window.
    fn take_errand(&mut self, done: Done, desk: &mut Desk, out: &mut Vec<Command>) {
        match done {
            Done::Prompts { system, texts: Ok(texts), .. } => desk.generate.take_list(system, texts),
            Done::PlanRead { plan: Ok(file), .. } => {
                desk.generate.take_plan(&file.plan());
                out.extend(file.guidelines.map(Command::SetGuidelines));
            }
            Done::PlanWritten { path, written: Ok(()) } => desk.generate.plan_was_saved(path.display().to_string()),
            Done::Key { kept, done: Ok(()) } => {
                desk.generate.key_was_changed(kept);
                desk.score.key_was_changed(kept);
            }
            Done::Template { text: Ok(text), .. } => desk.score.take_template(text),
            Done::Prompts { path, texts: Err(fault), .. }
            | Done::Template { path, text: Err(fault) }
            | Done::PlanRead { path, plan: Err(fault) }
            | Done::PlanWritten { path, written: Err(fault) } => self.problem = Some(Problem::File { path, fault }),
            Done::Key { done: Err(fault), .. } => self.problem = Some(Problem::Request(fault)),
        }
    }

    /// What was chosen in the popup with the path.
    pub(crate) fn take_path(&mut self, ctx: &egui::Context, purpose: &Purpose, path: &Path) {
        if *purpose == Purpose::Open {
            self.open_any(ctx, path);
            return;
        }
        let Stage::Open(desk) = &mut self.stage else { return };
        match purpose {
            Purpose::Open => {}
            Purpose::Import => {
                desk.data.look(path);
                desk.session.send(Command::SetView(View::Data));
                desk.session.send(Command::PreviewImport { path: path.to_owned(), format: None });
            }
            Purpose::SaveCopy => {
                desk.session.send(Command::SaveCopy { path: path.to_owned() });
            }
            Purpose::SystemPrompts | Purpose::UserPrompts => {
                let (system, path) = (*purpose == Purpose::SystemPrompts, path.to_owned());
                desk.errands.run(ctx, move || Done::Prompts { system, texts: formats::prompt_texts(&path), path });
            }
            Purpose::LoadPlan => {
                let path = path.to_owned();
                desk.errands.run(ctx, move || Done::PlanRead { plan: formats::read_plan(&path).map(Box::new), path });
            }
            Purpose::SavePlan => {
                let guidelines = desk.session.snapshot().guidelines.as_ref().map(|newest| newest.text.clone());
                let file = formats::PlanFile::new(desk.generate.plan().clone(), guidelines);
                let path = path.to_owned();
                desk.errands.run(ctx, move || Done::PlanWritten { written: formats::write_plan(&path, &file), path });
            }
            Purpose::ChatTemplate => {
                let path = path.to_owned();
                desk.errands.run(ctx, move || Done::Template { text: formats::short_text(&path), path });
            }
            Purpose::Export => desk.data.export_to(path),
        }
    }
}

/// Do what a view asks of the app.
fn grant(ctx: &egui::Context, errands: &Errands, wish: Wish) {
    match wish {
        Wish::KeepKey(endpoint, key) => {
            errands.run(ctx, move || Done::Key { kept: true, done: keep_key(&endpoint, &key) });
        }
        Wish::ForgetKey(endpoint) => {
            errands.run(ctx, move || Done::Key { kept: false, done: forget_key(&endpoint) });
        }
    }
}

/// Whose single keys count in a view.
pub(super) fn place_of(view: View) -> Place {
    match view {
        View::Label => Place::Label,
        View::Data => Place::Data,
        View::Score => Place::Score,
        View::Generate => Place::Session,
    }
}

fn is_arrow(key: egui::Key) -> bool {
    use egui::Key::{ArrowDown, ArrowLeft, ArrowRight, ArrowUp};
    matches!(key, ArrowUp | ArrowDown | ArrowLeft | ArrowRight)
}
