//! The start view: recent sessions, and how to begin one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use egui::{Layout, Ui};

use crate::domain::{Annotator, AnnotatorId, Endpoint, Plan, ServerAddress};
use crate::settings::{Recent, Settings, user_name};
use crate::ui::actions::Action;
use crate::ui::app::App;
use crate::ui::dialogs::{PathPopup, Purpose};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// What the view remembers between frames.
pub(crate) struct StartPanel {
    /// The name as it is typed; `None` once it is known.
    name: Option<String>,
    /// Files of recent sessions that were not there when they were looked for; `None` before that.
    moved: Option<HashSet<PathBuf>>,
    looking: Option<Receiver<HashSet<PathBuf>>>,
}

impl StartPanel {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { name: settings.annotator.is_none().then(user_name), moved: None, looking: None }
    }

    /// Look for the files anew, the next time that the view is shown.
    pub(crate) fn look_again(&mut self) {
        self.moved = None;
    }

    /// The file was there when it was looked for. The looking is done on a thread: a drive that is away may take long.
    pub(crate) fn is_there(&self, path: &Path) -> bool {
        self.moved.as_ref().is_none_or(|moved| !moved.contains(path))
    }

    fn look(&mut self, ctx: &egui::Context, recent: &[Recent]) {
        if let Some(looking) = &self.looking {
            if let Ok(moved) = looking.try_recv() {
                (self.moved, self.looking) = (Some(moved), None);
            }
            return;
        }
        if self.moved.is_some() {
            return;
        }
        let paths: Vec<PathBuf> = recent.iter().map(|recent| recent.path.clone()).collect();
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let spawned = std::thread::Builder::new().name("recent".to_owned()).spawn(move || {
            // The app may have been closed meanwhile.
            drop(sender.send(paths.into_iter().filter(|path| !path.exists()).collect()));
            ctx.request_repaint();
        });
        match spawned {
            Ok(_) => self.looking = Some(receiver),
            Err(error) => {
                tracing::warn!(%error, "no thread to look for recent sessions on; they are taken to be there");
                self.moved = Some(HashSet::new());
            }
        }
    }
}

/// The sample's plan: replies come from the sample server.
pub(crate) fn sample_plan() -> Plan {
    let model = crate::sample::MODEL.to_owned();
    Plan { endpoints: vec![Endpoint { model, ..Endpoint::at(ServerAddress::Sample) }], ..Plan::default() }
}

pub(crate) fn show(app: &mut App, ui: &mut Ui, acts: &mut Vec<Action>) {
    let (t, text) = (theme::of(ui), app.text());
    app.start.look(ui.ctx(), &app.settings.recent);
    let meta = fonts::regular(tokens::META.0);
    let bar = egui::Frame::new().fill(t.bg).inner_margin(egui::Margin::symmetric(14, 5));
    egui::Panel::bottom("status").exact_size(tokens::STATUS).resizable(false).frame(bar).show(ui, |ui| {
        ui.horizontal(|ui| {
            let version = concat!("Pairloom ", env!("CARGO_PKG_VERSION"));
            widgets::label(ui, version, meta.clone(), t.text2);
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                widgets::label(ui, text.drop_hint(), meta.clone(), t.text2);
            });
        });
    });
    let side = egui::Frame::new().fill(t.bg).inner_margin(egui::Margin::symmetric(16, 36));
    egui::Panel::left("start").exact_size(256.0).resizable(false).frame(side).show(ui, |ui| side_ui(app, ui, acts));
    let centre = egui::Frame::new().fill(t.canvas).inner_margin(egui::Margin::symmetric(40, 40));
    egui::CentralPanel::default().frame(centre).show(ui, |ui| {
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            name_ui(app, ui);
            recent_ui(app, ui, acts);
        });
    });
}

fn side_ui(app: &App, ui: &mut Ui, acts: &mut Vec<Action>) {
    let (t, text) = (theme::of(ui), app.text());
    logo_ui(ui);
    ui.add_space(tokens::S2);
    let indented = |ui: &mut Ui, add: &mut dyn FnMut(&mut Ui)| {
        ui.horizontal(|ui| {
            ui.add_space(tokens::S3);
            ui.vertical(|ui| add(ui));
        });
    };
    indented(ui, &mut |ui| {
        widgets::label(ui, "Pairloom", fonts::semibold(tokens::HEADING.0), t.text);
        widgets::paragraph(ui, text.tagline(), fonts::regular(tokens::UI.0), t.text2);
    });
    ui.add_space(tokens::S4);
    let mut row = |ui: &mut Ui, action: Action| {
        let hint = action.hint(ui.ctx());
        let button = Button::new(action.words(text)).icon(action.icon()).key(&hint).kind(Kind::Quiet).row(224.0);
        if button.show(ui).clicked() {
            acts.push(action);
        }
    };
    for action in [Action::NewSession, Action::OpenSession, Action::ImportNew, Action::TrySample] {
        row(ui, action);
    }
    indented(ui, &mut |ui| {
        widgets::paragraph(ui, text.sample_note(), fonts::regular(tokens::META.0), t.text3);
    });
    ui.with_layout(Layout::bottom_up(egui::Align::Min), |ui| {
        row(ui, Action::Settings);
        row(ui, Action::SwitchLanguage);
    });
}

/// Two warps and two wefts.
fn logo_ui(ui: &mut Ui) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        ui.add_space(tokens::S3);
        let (rect, _) = ui.allocate_exact_size(egui::vec2(36.0, 36.0), egui::Sense::hover());
        let bar = |x: f32, y: f32, w: f32, h: f32, color: egui::Color32| {
            let at = egui::Rect::from_min_size(rect.min + egui::vec2(x, y), egui::vec2(w, h));
            ui.painter().rect_filled(at, 2.0, color);
        };
        for (x, gap) in [(6.0, 20.0), (18.0, 9.0)] {
            bar(x, 2.0, 4.0, 32.0, t.accent_text);
            bar(x - 1.0, gap, 6.0, 8.0, t.bg);
        }
        for (y, gap) in [(11.0, 17.0), (22.0, 5.0)] {
            bar(2.0, y, 32.0, 4.0, t.chosen);
            bar(gap, y - 1.0, 1.5, 6.0, t.bg);
        }
    });
}

/// The first launch asks who labels.
fn name_ui(app: &mut App, ui: &mut Ui) {
    let (t, text) = (theme::of(ui), app.text());
    let Some(mut name) = app.start.name.take() else { return };
    widgets::card_frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::label(ui, text.who(), fonts::semibold(tokens::TITLE.0), t.text);
        widgets::label(ui, text.who_note(), fonts::regular(tokens::UI.0), t.text2);
        let field = widgets::field(ui, &mut name, text.set_annotator(), text.set_annotator_hint(), 280.0);
        if field.changed() && !name.trim().is_empty() {
            let made = || Annotator { id: AnnotatorId::new(), name: String::new() };
            app.settings.annotator.get_or_insert_with(made).name = name.trim().to_owned();
        }
    });
    ui.add_space(tokens::S4);
    app.start.name = Some(name);
}

fn recent_ui(app: &mut App, ui: &mut Ui, acts: &mut Vec<Action>) {
    let (t, text) = (theme::of(ui), app.text());
    let recent = app.settings.recent.clone();
    let mut open: Option<PathBuf> = None;
    let first = recent.iter().position(|recent| app.start.is_there(&recent.path));
    if let Some(newest) = first.and_then(|index| recent.get(index)) {
        resume_ui(ui, text, newest, acts);
        ui.add_space(tokens::S4);
    }
    ui.horizontal(|ui| {
        widgets::label(ui, text.recent(), fonts::semibold(tokens::UI.0), t.text);
        widgets::label(ui, recent.len().to_string(), fonts::regular(tokens::META.0), t.text3);
    });
    if recent.is_empty() {
        widgets::label(ui, text.no_recent(), fonts::regular(tokens::UI.0), t.text2);
        return;
    }
    let frame = widgets::card_frame(ui).inner_margin(0);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        for (index, recent) in recent.iter().enumerate().filter(|(index, _)| Some(*index) != first) {
            if index > 0 {
                widgets::separator(ui);
            }
            row_ui(app, ui, recent, &mut open);
        }
        if recent.len() == 1 && first.is_some() {
            row_ui(app, ui, &recent[0], &mut open);
        }
    });
    if let Some(path) = open {
        let ctx = ui.ctx().clone();
        app.open(&ctx, path);
    }
}

fn resume_ui(ui: &mut Ui, text: crate::text::Text, newest: &Recent, acts: &mut Vec<Action>) {
    let t = theme::of(ui);
    let card = widgets::card_frame(ui).inner_margin(egui::Margin::symmetric(24, 18)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.vertical(|ui| {
                widgets::label(ui, &newest.title, fonts::semibold(tokens::TITLE.0), t.text);
                let when = text.last_saved(&text.when(newest.touched_at));
                widgets::label(ui, when, fonts::regular(tokens::UI.0), t.text2);
            });
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                let words =
                    newest.number.map_or_else(|| text.resume_plain().to_owned(), |number| text.resume_at(number));
                let key = Action::Resume.hint(ui.ctx());
                if Button::new(&words).key(&key).kind(Kind::Primary).show(ui).clicked() {
                    acts.push(Action::Resume);
                }
            });
        });
        ui.horizontal(|ui| {
            let words = text.labeled_of(newest.labeled, newest.total);
            let width = (ui.available_width() - 190.0).max(80.0);
            widgets::progress_bar(ui, width, newest.labeled as f32 / newest.total.max(1) as f32, t.chosen, &words);
            widgets::label(ui, words, fonts::regular(tokens::UI.0), t.text);
        });
    });
    let mut bar = card.response.rect;
    bar.set_width(5.0);
    let round = egui::CornerRadius { nw: tokens::R2, sw: tokens::R2, ne: 0, se: 0 };
    ui.painter().rect_filled(bar, round, t.accent);
}

fn row_ui(app: &mut App, ui: &mut Ui, recent: &Recent, open: &mut Option<PathBuf>) {
    let (t, text) = (theme::of(ui), app.text());
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(egui::vec2(width, 56.0), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &recent.title));
    if response.hovered() {
        ui.painter().rect_filled(rect.shrink2(egui::vec2(1.0, 0.0)), 0.0, t.hover);
    }
    let there = app.start.is_there(&recent.path);
    let y = rect.center().y;
    let left = rect.left() + 24.0;
    let at = |x: f32, y: f32| egui::pos2(x, y);
    let align = egui::Align2::LEFT_CENTER;
    ui.painter().text(at(left, y - 10.0), align, &recent.title, fonts::semibold(tokens::UI.0), t.text);
    let note = if !there {
        text.moved().to_owned()
    } else if recent.missing > 0 {
        text.still_generating(recent.missing)
    } else {
        recent.path.display().to_string()
    };
    let color = if there { t.text3 } else { t.warning };
    let mut job = egui::text::LayoutJob::simple_singleline(note, fonts::regular(tokens::META.0), color);
    job.wrap = egui::text::TextWrapping::truncate_at_width((width - 480.0).max(120.0));
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(at(left, y + 2.0), galley, color);
    let right = rect.right() - 430.0;
    let done = recent.labeled as f32 / recent.total.max(1) as f32;
    if there && recent.total > 0 && recent.labeled == recent.total {
        ui.painter().text(at(right, y), align, icons::CHECK_CIRCLE_FILL, fonts::icon(16.0), t.chosen);
        ui.painter().text(at(right + 22.0, y), align, text.all_done(), fonts::regular(tokens::UI.0), t.chosen);
    } else if there {
        let track = egui::Rect::from_min_size(at(right, y - 2.0), egui::vec2(150.0, 4.0));
        ui.painter().rect_filled(track, 2.0, t.track);
        ui.painter().rect_filled(track.with_max_x(track.left() + 150.0 * done.clamp(0.0, 1.0)), 2.0, t.chosen);
    }
    let counts = text.some_of(recent.labeled, recent.total);
    ui.painter().text(at(rect.right() - 260.0, y), align, counts, fonts::regular(tokens::META.0), t.text2);
    let when = text.when(recent.touched_at);
    ui.painter().text(at(rect.right() - 140.0, y), align, when, fonts::regular(tokens::META.0), t.text3);
    if response.has_focus() {
        widgets::focus_ring(ui, rect.shrink(4.0), tokens::R1);
    }
    if response.clicked() {
        if there {
            *open = Some(recent.path.clone());
        } else {
            app.popup = Some(PathPopup::new(Purpose::Open, recent.path.display().to_string()));
        }
    }
}
