//! The data view: files in, files out, the session in numbers.

mod import;
mod machine_pairs;
mod plots;
mod statistics;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Layout, Ui};

use crate::domain::{PairOrder, PairPolicy, PairSource};
use crate::formats::{self, Format};
use crate::session::{Command, Snapshot, Summary};
use crate::text::Text;
use crate::ui::actions::Action;
use crate::ui::dialogs::{PathPopup, Purpose};
use crate::ui::theme::{self, fonts, icons, tokens};
use crate::ui::widgets::{self, Button, Kind};

/// The column with the parts of the view.
const SECTIONS: f32 = 200.0;
/// Rows of a preview that are drawn.
const ROWS: usize = 8;
/// Pairs are counted anew at most so often while commits come.
const COUNT_EVERY: Duration = Duration::from_secs(1);
/// A count that brought nothing for so long has failed.
const GIVEN_UP: Duration = Duration::from_secs(60);

/// What a summary is asked for: labels and commits, policy, order, format.
type Wanted = (u64, PairPolicy, PairSource, Format);

/// What the view is drawn from, and where its wishes go.
pub(crate) struct Cx<'a> {
    pub(crate) text: Text,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) out: &'a mut Vec<Command>,
    pub(crate) acts: &'a mut Vec<Action>,
    pub(crate) popup: &'a mut Option<PathPopup>,
    /// Times are shown.
    pub(crate) has_pace: bool,
}

/// What is in front.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Files,
    Statistics,
}

/// What the view remembers between frames.
#[derive(Default)]
pub(crate) struct DataPanel {
    section: Section,
    statistics: statistics::Page,
    import: String,
    out: Option<String>,
    /// Which pairs; `None` is what is usual for the order.
    policy: Option<PairPolicy>,
    order: PairOrder,
    /// The least margin of scores; `None` is what is usual for the order.
    margin: Option<f64>,
    format: Format,
    shown: usize,
    /// What the summary was asked for, and when; and the one that was there then.
    asked: Option<(Wanted, Instant)>,
    before: Option<Arc<Summary>>,
}

impl DataPanel {
    /// A file was dropped or chosen.
    pub(crate) fn look(&mut self, path: &Path) {
        self.import = path.display().to_string();
        self.section = Section::Files;
    }

    /// Where to export to was chosen.
    pub(crate) fn export_to(&mut self, path: &Path) {
        self.out = Some(path.display().to_string());
    }

    /// Write the file.
    fn export(&mut self, snapshot: &Snapshot, out: &mut Vec<Command>) {
        let path = PathBuf::from(self.path(snapshot).trim());
        let (policy, source) = (self.policy(), self.source(snapshot));
        out.push(Command::Export { path, format: self.format, policy, source });
    }

    /// Whether pairs are to be counted now: at once for other choices, after other commits when the last answer came.
    fn is_due(&self, ui: &Ui, wanted: Wanted, snapshot: &Snapshot) -> bool {
        let Some(((labels, policy, source, format), at)) = self.asked else { return true };
        if (policy, source, format) != (wanted.1, wanted.2, wanted.3) {
            return true;
        }
        let answered = match (&self.before, &snapshot.summary) {
            (Some(before), Some(now)) => !Arc::ptr_eq(before, now),
            (before, now) => before.is_none() == now.is_some(),
        };
        let due = if answered { COUNT_EVERY } else { GIVEN_UP };
        if labels != wanted.0 && at.elapsed() < due {
            ui.ctx().request_repaint_after(due.saturating_sub(at.elapsed()));
        }
        labels != wanted.0 && at.elapsed() >= due
    }

    fn is_archive(&self) -> bool {
        self.format == Format::Archive
    }

    /// The format whose pairs are counted and shown; an archive has none of its own.
    fn pair_format(&self) -> Format {
        if self.is_archive() { Format::default() } else { self.format }
    }

    fn path(&mut self, snapshot: &Snapshot) -> &mut String {
        self.out.get_or_insert_with(|| snapshot.path.with_extension("jsonl").display().to_string())
    }

    /// Carry out an action of this view.
    pub(crate) fn act(&mut self, action: Action, ctx: &egui::Context, snapshot: &Snapshot, out: &mut Vec<Command>) {
        match (action, self.section) {
            (Action::Export, Section::Files) => self.export(snapshot, out),
            (Action::Export, Section::Statistics) => self.section = Section::Files,
            (Action::CopyStatistics, Section::Statistics) => self.statistics.copy(ctx, snapshot),
            (Action::ShowStatistics, Section::Files) => self.section = Section::Statistics,
            (Action::ShowStatistics, Section::Statistics) => self.section = Section::Files,
            _ => {}
        }
    }

    pub(crate) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let t = theme::of(ui);
        let is_wide = ui.ctx().content_rect().width() >= tokens::NARROW;
        if is_wide {
            let frame = egui::Frame::new().fill(t.bg).inner_margin(egui::Margin::symmetric(9, 16));
            let panel = egui::Panel::left("data-sections").exact_size(SECTIONS).resizable(false);
            panel.frame(frame).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = tokens::S1;
                self.sections_ui(ui, cx, true);
            });
        }
        let frame = egui::Frame::new().fill(t.canvas).inner_margin(16);
        egui::CentralPanel::default().frame(frame).show(ui, |ui| {
            if !is_wide {
                ui.horizontal(|ui| self.sections_ui(ui, cx, false));
            }
            egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                widgets::in_the_middle(ui, |ui| {
                    ui.spacing_mut().item_spacing = egui::vec2(tokens::S3, tokens::S3);
                    match self.section {
                        Section::Files => self.files_ui(ui, cx),
                        Section::Statistics => self.statistics.show(ui, cx),
                    }
                });
            });
        });
    }

    fn sections_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, is_column: bool) {
        let text = cx.text;
        let key = Action::ShowStatistics.hint(ui.ctx());
        for (section, icon, words) in [
            (Section::Files, icons::UPLOAD_SIMPLE, text.section_files()),
            (Section::Statistics, icons::CHART_BAR, text.section_statistics()),
        ] {
            let is_front = self.section == section;
            let hint = if is_front { "" } else { &key };
            let mut button = Button::new(words).icon(icon).key(hint).bare().kind(Kind::Quiet).selected(is_front);
            if is_column {
                button = button.row(SECTIONS - 18.0);
            }
            if button.show(ui).clicked() {
                self.section = section;
            }
        }
    }

    fn files_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Cx { text, snapshot, out, popup, .. } = cx;
        // Counted anew when labels changed; placing and scrolling do not count.
        self.forget_removed(snapshot);
        let (format, policy, source) = (self.pair_format(), self.policy(), self.source(snapshot));
        let key = (snapshot.counts.labeled() ^ (snapshot.commits << 16), policy, source, format);
        if self.is_due(ui, key, snapshot) {
            self.asked = Some((key, Instant::now()));
            self.before = snapshot.summary.clone();
            out.push(Command::Summarise { format, policy, source });
        }
        self.export_ui(ui, *text, snapshot, out, popup);
        self.import_ui(ui, *text, snapshot, out, popup);
    }

    fn export_ui(
        &mut self,
        ui: &mut Ui,
        text: Text,
        snapshot: &Snapshot,
        out: &mut Vec<Command>,
        popup: &mut Option<PathPopup>,
    ) {
        let t = theme::of(ui);
        let wanted = (self.policy(), self.source(snapshot), self.pair_format());
        let is_wanted = |summary: &&Summary| (summary.policy, summary.source, summary.format) == wanted;
        let summary = snapshot.summary.as_deref().filter(is_wanted);
        widgets::card_frame(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = tokens::S2;
            widgets::label(ui, text.export_title(), fonts::semibold(tokens::TITLE.0), t.text);
            let half = (ui.available_width() - tokens::S4) / 2.0;
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(half);
                    self.choices_ui(ui, text, snapshot, half, popup);
                });
                ui.vertical(|ui| {
                    ui.set_width(half);
                    self.rows_ui(ui, text, summary, half);
                    machine_pairs::yields_ui(ui, text, snapshot, summary);
                });
            });
            widgets::separator(ui);
            self.go_ui(ui, text, snapshot, summary, out);
        });
    }

    fn choices_ui(&mut self, ui: &mut Ui, text: Text, snapshot: &Snapshot, width: f32, popup: &mut Option<PathPopup>) {
        let t = theme::of(ui);
        let meta = fonts::regular(tokens::META.0);
        // So that the button that writes the file is in sight below all choices.
        ui.spacing_mut().item_spacing.y = 1.0;
        self.order_ui(ui, text, snapshot, width);
        widgets::label(ui, text.pairing(), meta.clone(), t.text2);
        for (policy, words) in [
            (PairPolicy::All, text.pairs_all()),
            (PairPolicy::BestWorst, text.pairs_best_worst()),
            (PairPolicy::Adjacent, text.pairs_adjacent()),
        ] {
            let chosen = self.policy() == policy;
            let icon = if chosen { icons::CHECK_CIRCLE_FILL } else { icons::CIRCLE };
            if Button::new(words).icon(icon).small().kind(Kind::Quiet).selected(chosen).row(width).show(ui).clicked() {
                self.policy = Some(policy);
            }
        }
        widgets::label(ui, text.format(), meta.clone(), t.text2);
        for format in Format::PAIRS.into_iter().chain([Format::Archive]) {
            let chosen = self.format == format;
            let words = format_words(text, format);
            let icon = if chosen { icons::CHECK_CIRCLE_FILL } else { icons::CIRCLE };
            if Button::new(words).icon(icon).small().kind(Kind::Quiet).selected(chosen).row(width).show(ui).clicked() {
                self.format = format;
                self.out = Some(snapshot.path.with_extension(ending(format)).display().to_string());
            }
        }
        widgets::label(ui, text.file(), meta, t.text2);
        ui.add_space(tokens::S1);
        ui.horizontal(|ui| {
            let name = format!("{} {}", text.act_export(), text.file());
            let path = self.path(snapshot);
            widgets::field(ui, path, &name, text.path_hint(), width - 110.0);
            let start = path.clone();
            if Button::new(text.path_choose()).small().show(ui).clicked() {
                *popup = Some(PathPopup::new(Purpose::Export, start));
            }
        });
    }

    fn rows_ui(&mut self, ui: &mut Ui, text: Text, summary: Option<&Summary>, width: f32) {
        let t = theme::of(ui);
        let known = summary.map(|summary| summary.pairs);
        let Some(summary) = summary.filter(|summary| !summary.rows.is_empty()) else {
            widgets::label(ui, text.preview(), fonts::semibold(tokens::UI.0), t.text);
            let words = match (known, self.order) {
                (None, _) => text.counting_pairs(),
                (Some(0), _) | (_, PairOrder::Human) => text.no_pairs_yet(),
                _ => text.rows_hidden(),
            };
            widgets::paragraph(ui, words, fonts::regular(tokens::UI.0), t.text2);
            return;
        };
        self.shown = self.shown.min(summary.rows.len() - 1);
        ui.horizontal(|ui| {
            widgets::label(ui, text.preview(), fonts::semibold(tokens::UI.0), t.text);
            let words = text.preview_of(self.shown + 1, summary.pairs);
            widgets::label(ui, words, fonts::regular(tokens::META.0), t.text3);
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                if Button::icon_only(icons::CARET_RIGHT, text.act_next_reply()).small().show(ui).clicked() {
                    self.shown = (self.shown + 1).min(summary.rows.len() - 1);
                }
                if Button::icon_only(icons::CARET_LEFT, text.act_previous_reply()).small().show(ui).clicked() {
                    self.shown = self.shown.saturating_sub(1);
                }
            });
        });
        let frame = egui::Frame::new().fill(t.inset).corner_radius(tokens::R1).inner_margin(10);
        frame.show(ui, |ui| {
            ui.set_width(width - 20.0);
            let area = egui::ScrollArea::vertical().id_salt("row").max_height(330.0).auto_shrink([false, true]);
            area.show(ui, |ui| {
                let row: String = summary.rows[self.shown].chars().take(6000).collect();
                widgets::paragraph(ui, crate::ui::markdown::visible(&row), fonts::mono(tokens::META.0), t.text);
            });
        });
        if summary.left_out > 0 {
            let words = text.left_out(summary.left_out);
            widgets::paragraph(ui, words, fonts::regular(tokens::META.0), t.text3);
        }
    }

    fn go_ui(
        &mut self,
        ui: &mut Ui,
        text: Text,
        snapshot: &Snapshot,
        summary: Option<&Summary>,
        out: &mut Vec<Command>,
    ) {
        let t = theme::of(ui);
        let path = PathBuf::from(self.path(snapshot).trim());
        for line in formats::load_line(self.format, &path) {
            widgets::elided(ui, format!("{} {line}", text.load_with()), fonts::mono(tokens::META.0), t.text2);
        }
        if let Some(fault) = summary.and_then(|summary| summary.unheld.as_ref()).filter(|_| !self.is_archive()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            widgets::paragraph(ui, text.file_fault(&name, fault), fonts::regular(tokens::UI.0), t.rejected);
        }
        let followed = snapshot.followed.iter().find(|file| file.path == path);
        if let Some(file) = followed {
            let words = text.following(&file.path.display().to_string(), file.rows);
            widgets::elided(ui, words, fonts::regular(tokens::META.0), t.chosen);
            if let Some(fault) = &file.fault {
                let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                widgets::paragraph(ui, text.file_fault(&name, fault), fonts::regular(tokens::META.0), t.rejected);
            }
        }
        ui.horizontal(|ui| {
            let can_follow = self.format == Format::MsSwift;
            if can_follow && widgets::check_box(ui, followed.is_some(), text.follow(), true, t.accent).clicked() {
                let path = path.clone();
                out.push(if followed.is_some() { Command::Unfollow { path } } else { Command::Follow { path } });
            }
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                let pairs = summary.map_or(0, |summary| summary.pairs);
                let is_held = summary.is_none_or(|summary| summary.unheld.is_none());
                let words = if self.is_archive() { text.export_archive().to_owned() } else { text.export_pairs(pairs) };
                let ready = self.is_archive() || (pairs > 0 && is_held);
                if Button::new(&words).kind(Kind::Primary).key("E").enabled(ready).show(ui).clicked() {
                    self.export(snapshot, out);
                }
            });
        });
    }
}

fn format_words(text: Text, format: Format) -> &'static str {
    match format {
        Format::MsSwift => text.format_ms_swift(),
        Format::Trl => text.format_trl(),
        Format::TrlExplicit => text.format_trl_explicit(),
        Format::Cvalues => text.format_cvalues(),
        Format::Seed000 => text.format_seed000(),
        Format::Seed000Triplets => text.format_seed000_triplets(),
        Format::Seed004 => text.format_seed004(),
        Format::Archive => text.format_archive(),
        Format::Prompts | Format::Seed001Session => format.name(),
    }
}

/// How the file's name ends, so that files of two formats do not meet under one name.
fn ending(format: Format) -> String {
    match format {
        Format::MsSwift => "jsonl".to_owned(),
        list if list.is_list() => format!("{}.json", list.name()),
        lines => format!("{}.jsonl", lines.name()),
    }
}
