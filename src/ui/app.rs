//! The app: which session is open, which keys mean what, what is drawn.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use super::actions::{Action, Place};
use super::dialogs::PathPopup;
use super::errands::Errands;
use super::finder::Finder;
use super::keys::Keymap;
use super::palette::{self, Palette};
use super::panels::label::{FrameCost, LabelPanel};
use super::panels::settings::SettingsPanel;
use super::panels::{data::DataPanel, generate::GeneratePanel, score::ScorePanel, start};
use super::{dispatch, shell, theme};
use crate::domain::{FileFault, Plan, Problem, View};
use crate::session::{Command, Options, Session, Snapshot};
use crate::settings::{Folders, Recent, Saver, Settings, SettingsError, find_key};
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
    /// Why the settings could not be read.
    pub broken: Option<SettingsError>,
}

/// The window's state.
pub struct App {
    pub(crate) settings: Settings,
    pub(crate) folders: Folders,
    saver: Option<Saver>,
    system_language: Language,
    runtime: tokio::runtime::Handle,
    sample: Arc<dyn Fn() -> std::io::Result<SocketAddr> + Send + Sync>,
    pub(super) stage: Stage,
    pub(crate) start: start::StartPanel,
    pub(crate) popup: Option<PathPopup>,
    pub(crate) keys_open: bool,
    pub(crate) settings_panel: Option<SettingsPanel>,
    pub(crate) palette: Option<Palette>,
    pub(crate) finder: Finder,
    /// It was told that the session thread has ended.
    pub(super) end_told: bool,
    /// What the palette was asked for, for the next frame.
    pub(crate) pending: Vec<Action>,
    pub(crate) pending_commands: Vec<Command>,
    /// A problem outside of any session.
    pub(crate) problem: Option<Problem>,
    /// The last message of the session that was dismissed.
    pub(crate) dismissed: u64,
}

/// What is in front.
pub(super) enum Stage {
    Start,
    Opening(Receiver<Result<Opening, Problem>>),
    Open(Box<Desk>),
}

/// A session that was just opened, and what to do with it first.
pub(super) struct Opening {
    session: Session,
    then: Vec<Command>,
}

/// An open session with its views.
pub(crate) struct Desk {
    pub(crate) session: Session,
    pub(crate) label: LabelPanel,
    pub(crate) generate: GeneratePanel,
    pub(crate) score: ScorePanel,
    pub(crate) data: DataPanel,
    pub(super) errands: Errands,
}

impl Desk {
    /// Send all that was typed and not sent yet.
    fn hand_in(&mut self) {
        let mut out = Vec::new();
        self.label.flush_all(&mut out);
        self.generate.flush(&mut out);
        for command in out {
            self.session.send(command);
        }
    }
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
            saver: Some(Saver::new(boot.folders.clone())),
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
            end_told: false,
            pending: Vec::new(),
            pending_commands: Vec::new(),
            problem: boot.broken.map(unsaved),
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
            keys: Arc::new(find_key),
            resume_jobs: true,
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
        self.start.look_again();
        self.remember();
        self.settings.last_session = None;
        if let Stage::Open(mut desk) = std::mem::replace(&mut self.stage, Stage::Start) {
            desk.hand_in();
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
        if let Some(saver) = &self.saver {
            saver.save(&self.settings);
        }
    }

    fn poll_opening(&mut self, ctx: &egui::Context) {
        let Stage::Opening(receiver) = &self.stage else { return };
        match receiver.try_recv() {
            Ok(Ok(Opening { session, then })) => {
                let last = session.snapshot().notices.last().map_or(0, |(id, _)| *id);
                self.dismissed = last.saturating_sub(1);
                let generate = GeneratePanel::new(&session.snapshot().plan);
                for command in then {
                    session.send(command);
                }
                let desk = Desk {
                    session,
                    label: LabelPanel::new(ctx),
                    generate,
                    score: ScorePanel::default(),
                    data: DataPanel::default(),
                    errands: Errands::new(),
                };
                self.end_told = false;
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
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.poll_opening(&ctx);
        self.problem = self.saver.as_ref().and_then(Saver::fault).map(unsaved).or(self.problem.take());
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
        let place = snapshot.as_deref().map_or(Place::Start, |snapshot| dispatch::place_of(snapshot.place.view));
        palette::show(self, &ctx, place, snapshot.as_deref());
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.remember();
        if let Stage::Open(mut desk) = std::mem::replace(&mut self.stage, Stage::Start) {
            desk.hand_in();
            desk.session.close();
        }
        self.save_settings();
        // Waits until they are on disk.
        drop(self.saver.take());
    }
}

/// Settings that could not be written, as a person is told.
fn unsaved(error: SettingsError) -> Problem {
    let (SettingsError::Io { path, said } | SettingsError::Broken { aside: path, said }) = error;
    Problem::File { path, fault: FileFault::Other { said } }
}
