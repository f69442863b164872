//! The app: which session is open, which keys mean what, what is drawn.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use super::actions::{Action, Place};
use super::dialogs::{PathPopup, Purpose};
use super::finder::Finder;
use super::keys::{self, Keymap};
use super::palette::{self, Palette};
use super::panels::label::{self, FrameCost, LabelPanel};
use super::panels::settings::{self, Section, SettingsPanel};
use super::panels::{data::DataPanel, generate::GeneratePanel, start};
use super::{shell, theme};
use crate::domain::{Plan, Problem, View};
use crate::session::{Command, Options, Session, Snapshot};
use crate::settings::{Folders, Recent, Settings};
use crate::text::{Language, Text};

/// What the window needs from the program around it.
pub struct Boot {
    /// The settings as they were read.
    pub settings: Settings,
    /// Where things are kept.
    pub folders: Folders,
    /// The language of the system, for as long as none is chosen.
    pub system_language: Language,
    /// Runs requests.
    pub runtime: tokio::runtime::Handle,
    /// Where the sample server listens; starts it when it is first asked for.
    pub sample: Arc<dyn Fn() -> std::io::Result<SocketAddr> + Send + Sync>,
    /// A session to open at once.
    pub open: Option<PathBuf>,
}

/// The window's state.
pub struct App {
    pub(crate) settings: Settings,
    pub(crate) folders: Folders,
    system_language: Language,
    runtime: tokio::runtime::Handle,
    sample: Arc<dyn Fn() -> std::io::Result<SocketAddr> + Send + Sync>,
    stage: Stage,
    pub(crate) start: start::StartPanel,
    pub(crate) popup: Option<PathPopup>,
    pub(crate) keys_open: bool,
    pub(crate) settings_panel: Option<SettingsPanel>,
    pub(crate) palette: Option<Palette>,
    pub(crate) finder: Finder,
    /// What the palette was asked for, for the next frame.
    pub(crate) pending: Vec<Action>,
    pub(crate) pending_commands: Vec<Command>,
    /// A problem outside of any session.
    pub(crate) problem: Option<Problem>,
    /// The last message of the session that was dismissed.
    pub(crate) dismissed: u64,
}

/// What is in front.
enum Stage {
    Start,
    Opening(Receiver<Result<Opening, Problem>>),
    Open(Box<Desk>),
}

/// A session that was just opened, and what to do with it first.
struct Opening {
    session: Session,
    then: Vec<Command>,
}

/// An open session with its views.
pub(crate) struct Desk {
    pub(crate) session: Session,
    pub(crate) label: LabelPanel,
    pub(crate) generate: GeneratePanel,
    pub(crate) data: DataPanel,
}

impl App {
    /// The app in a window, or in a test that stands for one.
    pub fn new(cc: &eframe::CreationContext<'_>, boot: Boot) -> Self {
        theme::install(&cc.egui_ctx);
        theme::choose(&cc.egui_ctx, boot.settings.theme);
        Keymap::new(&boot.settings.keys).install(&cc.egui_ctx);
        let mut app = Self {
            start: start::StartPanel::new(&boot.settings),
            settings: boot.settings,
            folders: boot.folders,
            system_language: boot.system_language,
            runtime: boot.runtime,
            sample: boot.sample,
            stage: Stage::Start,
            popup: None,
            keys_open: false,
            settings_panel: None,
            palette: None,
            finder: Finder::new(&cc.egui_ctx),
            pending: Vec::new(),
            pending_commands: Vec::new(),
            problem: None,
            dismissed: 0,
        };
        // Where the annotator stopped.
        let last = app.settings.last_session.clone().filter(|path| path.exists());
        if let Some(path) = boot.open.or(last) {
            app.open(&cc.egui_ctx, path);
        }
        app
    }

    /// The sentences of the language in force.
    pub(crate) fn text(&self) -> Text {
        Text::new(self.settings.language.unwrap_or(self.system_language))
    }

    /// The newest snapshot of the open session.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        match &self.stage {
            Stage::Open(desk) => Some(desk.session.snapshot()),
            Stage::Start | Stage::Opening(_) => None,
        }
    }

    /// What the last frame of the label view cost.
    pub fn frame_cost(&self) -> Option<FrameCost> {
        match &self.stage {
            Stage::Open(desk) => Some(desk.label.cost),
            Stage::Start | Stage::Opening(_) => None,
        }
    }

    fn options(&mut self, ctx: &egui::Context) -> Options {
        let ctx = ctx.clone();
        Options {
            annotator: self.settings.annotator_or_user(),
            runtime: self.runtime.clone(),
            waker: Arc::new(move || ctx.request_repaint()),
            sample: Arc::clone(&self.sample),
            resume_generation: true,
        }
    }

    /// Run something that opens a session on a thread of its own; the window goes on.
    fn open_behind(
        &mut self,
        ctx: &egui::Context,
        make: impl FnOnce(Options) -> Result<Session, Problem> + Send + 'static,
        then: Vec<Command>,
    ) {
        let (sender, receiver) = channel();
        let (options, ctx) = (self.options(ctx), ctx.clone());
        let spawned = std::thread::Builder::new().name("opening".to_owned()).spawn(move || {
            let opened = make(options).map(|session| Opening { session, then });
            // The app may have been closed meanwhile; dropping the session closes it.
            drop(sender.send(opened));
            ctx.request_repaint();
        });
        match spawned {
            Ok(_) => self.stage = Stage::Opening(receiver),
            Err(error) => tracing::error!(%error, "no thread to open the session on"),
        }
    }

    /// Open a session file.
    pub(crate) fn open(&mut self, ctx: &egui::Context, path: PathBuf) {
        self.open_behind(ctx, move |options| Session::open(&path, options), Vec::new());
    }

    /// Make a session in the data folder and open it.
    pub(crate) fn create(&mut self, ctx: &egui::Context, title: &str, plan: Plan, then: Vec<Command>) {
        let (path, title) = (self.folders.new_session(title), title.to_owned());
        self.open_behind(ctx, move |options| Session::create(&path, &title, &plan, options), then);
    }

    /// A file that was dropped, typed or chosen: a session is opened, anything else is imported.
    pub(crate) fn open_any(&mut self, ctx: &egui::Context, path: &Path) {
        if let Stage::Open(desk) = &mut self.stage {
            desk.data.look(path);
            desk.session.send(Command::SetView(View::Data));
            desk.session.send(Command::PreviewImport { path: path.to_owned(), format: None });
        } else if path.extension().is_some_and(|ending| ending == "pairloom") {
            self.open(ctx, path.to_owned());
        } else {
            let title = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            let look = Command::PreviewImport { path: path.to_owned(), format: None };
            self.create(ctx, &title, Plan::default(), vec![Command::SetView(View::Data), look]);
        }
    }

    /// Back to the start view; the session is closed on a thread of its own.
    pub(crate) fn close_session(&mut self) {
        self.remember();
        self.settings.last_session = None;
        if let Stage::Open(mut desk) = std::mem::replace(&mut self.stage, Stage::Start) {
            let mut out = Vec::new();
            desk.label.flush(&mut out);
            desk.generate.flush(&mut out);
            for command in out {
                desk.session.send(command);
            }
            let spawned = std::thread::Builder::new().name("closing".to_owned()).spawn(move || desk.session.close());
            if let Err(error) = spawned {
                tracing::error!(%error, "no thread to close the session on; it was closed here");
            }
        }
        self.save_settings();
    }

    /// Note in the list of recent sessions how far this one is.
    fn remember(&mut self) {
        let Some(snapshot) = self.snapshot() else { return };
        self.settings.touch(Recent {
            path: snapshot.path.to_path_buf(),
            title: snapshot.title.to_string(),
            labeled: snapshot.counts.labeled(),
            total: snapshot.counts.total,
            missing: snapshot.generation.missing(),
            number: snapshot.current.as_ref().map(|open| open.group.number),
            touched_at: jiff::Timestamp::now(),
        });
        self.settings.last_session = Some(snapshot.path.to_path_buf());
    }

    pub(crate) fn save_settings(&self) {
        if let Err(error) = self.settings.save(&self.folders) {
            tracing::error!(%error, "the settings were not saved");
        }
    }

    fn poll_opening(&mut self, ctx: &egui::Context) {
        let Stage::Opening(receiver) = &self.stage else { return };
        match receiver.try_recv() {
            Ok(Ok(Opening { session, then })) => {
                let last = session.snapshot().notices.last().map_or(0, |(id, _)| *id);
                self.dismissed = last.saturating_sub(1);
                let generate = GeneratePanel::new(&session.snapshot().plan, self.text());
                for command in then {
                    session.send(command);
                }
                let desk = Desk { session, label: LabelPanel::new(ctx), generate, data: DataPanel::default() };
                self.stage = Stage::Open(Box::new(desk));
                self.remember();
                self.save_settings();
            }
            Ok(Err(problem)) => {
                self.stage = Stage::Start;
                self.problem = Some(problem);
                self.settings.last_session = None;
            }
            Err(std::sync::mpsc::TryRecvError::Empty) => {}
            Err(std::sync::mpsc::TryRecvError::Disconnected) => self.stage = Stage::Start,
        }
    }

    /// Key presses become actions of the view in front.
    fn keys(&self, ctx: &egui::Context, place: Place, view_popup: bool) -> Vec<Action> {
        if self.settings_panel.as_ref().is_some_and(SettingsPanel::captures) {
            return Vec::new();
        }
        let keymap = keys::of(ctx);
        let typing = ctx.text_edit_focused();
        // A control that was reached by Tab has Enter and Space for itself.
        let control = ctx.memory(|memory| memory.focused().is_some());
        let popup = self.popup.is_some() || self.keys_open || self.palette.is_some() || view_popup;
        let settings = self.settings_panel.is_some();
        ctx.input(|input| {
            let presses = input.events.iter().filter_map(|event| match event {
                egui::Event::Key { key, physical_key, pressed: true, modifiers, .. } => {
                    keymap.find(place, *key, *physical_key, *modifiers).map(|action| (action, *key, *modifiers))
                }
                _ => None,
            });
            presses
                .filter(|(action, key, modifiers)| {
                    let own = matches!(key, egui::Key::Enter | egui::Key::Space) && control && !modifiers.command;
                    let chord = modifiers.command || *action == Action::Back;
                    // In a field Ctrl+Z undoes what was typed there.
                    let field_undo = typing && matches!(action, Action::Undo | Action::Redo);
                    if popup {
                        *action == Action::Back
                    } else if settings {
                        chord && action.place() != Place::Label && !field_undo
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

    /// Carry out actions that do not belong to one view; the others are left.
    fn act(&mut self, ctx: &egui::Context, action: Action, snapshot: Option<&Snapshot>, out: &mut Vec<Command>) {
        match action {
            Action::ShowGenerate => self.show_view(View::Generate, out),
            Action::ShowLabel => self.show_view(View::Label, out),
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
                let newest = self.settings.recent.iter().find(|recent| recent.path.exists());
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
    fn settings_ui(&mut self, ui: &mut egui::Ui) -> bool {
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

    fn session_ui(&mut self, ui: &mut egui::Ui, mut desk: Box<Desk>) {
        let ctx = ui.ctx().clone();
        let snapshot = desk.session.snapshot();
        let (mut out, mut acts) = (std::mem::take(&mut self.pending_commands), std::mem::take(&mut self.pending));
        let place = place_of(snapshot.place.view);
        desk.label.release(&snapshot, &mut out);
        acts.extend(self.keys(&ctx, place, desk.label.popup_open()));
        shell::top_ui(self, ui, &snapshot, &mut acts);
        shell::status_ui(self, ui, &snapshot, &mut out, &mut acts);
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
            View::Generate => desk.generate.show(ui, text, &snapshot, &mut out, &mut acts, &mut self.popup),
            View::Data => desk.data.show(ui, text, &snapshot, &mut out, &mut self.popup),
        }
        let close = acts.contains(&Action::CloseSession);
        for action in acts.into_iter().filter(|action| *action != Action::CloseSession) {
            let shell = matches!(action, Action::ToggleQueue | Action::ToggleSide | Action::NextLayout);
            if action == Action::Back {
                self.back(&ctx, &mut desk.label, &snapshot, &mut out);
            } else if action.place() == Place::Label && !shell {
                desk.label.act(action, &snapshot, &mut out);
            } else if action == Action::Export {
                desk.data.export(&snapshot, &mut out);
            } else if matches!(action, Action::Undo | Action::Redo) && snapshot.place.view == View::Label {
                desk.label.flush(&mut out);
                self.act(&ctx, action, Some(&snapshot), &mut out);
            } else {
                self.act(&ctx, action, Some(&snapshot), &mut out);
            }
        }
        for command in out {
            let quiet = matches!(
                command,
                Command::SetPlace { .. }
                    | Command::SetPlan(_)
                    | Command::SetNote { .. }
                    | Command::SetWriting { .. }
                    | Command::SetGuidelines(_)
            );
            let number = desk.session.send(command);
            if !quiet {
                desk.label.sent(number);
            }
        }
        self.stage = Stage::Open(desk);
        if close {
            self.close_session();
        }
    }
}

impl App {
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
            Purpose::SystemPrompts | Purpose::UserPrompts => match crate::formats::prompt_texts(path) {
                Ok(texts) => desk.generate.take_list(*purpose == Purpose::SystemPrompts, texts),
                Err(fault) => self.problem = Some(Problem::File { path: path.to_owned(), fault }),
            },
            Purpose::Export => desk.data.export_to(path),
        }
    }
}

/// Whose single keys count in a view.
fn place_of(view: View) -> Place {
    match view {
        View::Label => Place::Label,
        View::Data => Place::Data,
        View::Generate => Place::Session,
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.poll_opening(&ctx);
        let dropped: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        if let Some(path) = dropped.first() {
            self.open_any(&ctx, path);
        }
        match std::mem::replace(&mut self.stage, Stage::Start) {
            Stage::Open(desk) => self.session_ui(ui, desk),
            Stage::Opening(receiver) => {
                self.stage = Stage::Opening(receiver);
                shell::opening_ui(ui, self.text());
            }
            Stage::Start => {
                let mut acts = self.keys(&ctx, Place::Start, false);
                acts.append(&mut self.pending);
                if !self.settings_ui(ui) {
                    start::show(self, ui, &mut acts);
                }
                for action in acts {
                    self.act(&ctx, action, None, &mut Vec::new());
                }
            }
        }
        shell::popups_ui(self, &ctx);
        let snapshot = self.snapshot();
        let place = snapshot.as_deref().map_or(Place::Start, |snapshot| place_of(snapshot.place.view));
        palette::show(self, &ctx, place, snapshot.as_deref());
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.remember();
        if let Stage::Open(mut desk) = std::mem::replace(&mut self.stage, Stage::Start) {
            let mut out = Vec::new();
            desk.label.flush(&mut out);
            desk.generate.flush(&mut out);
            for command in out {
                desk.session.send(command);
            }
            desk.session.close();
        }
        self.save_settings();
    }
}
