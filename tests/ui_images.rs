//! Pictures of every view in both themes and languages, beside those that were looked at and kept in
//! `tests/snapshots/`. Run with `cargo test --features snapshots -- --ignored images`; after a change of looks that is
//! meant, write them anew with `UPDATE_SNAPSHOTS=1`, look at each, and keep them with 256 colours, a fifth of the size:
//! `mogrify +dither -colors 256 tests/snapshots/*.png`.

use std::fs;
use std::path::{Path, PathBuf};

use egui::{Key, Modifiers};
use egui_kittest::{SnapshotOptions, SnapshotResults};
use pairloom::domain::{Endpoint, Judge, Pause, QueueFilter, Reward, Scorer, ScorerId, ScorerKind, ServerAddress};
use pairloom::session::{Command, Session};
use pairloom::settings::{Folders, Settings, ThemeChoice};
use pairloom::text::Language;

use crate::support::window::{Launch, Window, close, until};
use crate::support::{annotator, check, label, options, plan, run, wait};

/// Clock times differ from run to run.
const CLOCK: usize = 900;
/// Colours that 256 of them cannot hold differ by less; a letter that moved differs by far more.
const SHADE: f32 = 5.0;

/// A session of the sample, three groups decided, the fourth in front with a check.
fn session(folder: &Path, language: Language) -> PathBuf {
    let name = if language == Language::Chinese { "zh" } else { "en" };
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("sessions/sample-{name}.jsonl"));
    let path = folder.join("sample.pairloom");
    let plan = plan(ServerAddress::Sample, 2);
    let session = Session::create(&path, "Sample", &plan, options()).unwrap();
    session.send(Command::Import { path: archive, format: None });
    wait(&session, |snapshot| snapshot.counts.ready == 12);
    run(&session, Command::SetGuidelines("1. **Safe**\n2. **Short** 简短\n".to_owned()));
    run(&session, Command::GoToNumber(1));
    for places in [&[0, 2][..], &[1], &[3]] {
        label(&session, places);
    }
    let group = session.snapshot().place.group.unwrap();
    run(&session, Command::SetFlag { group, flagged: true });
    check(&session, &[1]);
    run(&session, Command::SetView(pairloom::domain::View::Label));
    session.close();
    path
}

/// The same, with a judge and a reward model that scored every group, and so many of them labeled. Ids are fixed: what
/// the sample judge says follows from them.
fn scored(folder: &Path, language: Language) -> PathBuf {
    let path = session(folder, language);
    let session = Session::open(&path, options()).unwrap();
    for (number, name, kind, model) in [
        (1, "sample-judge", ScorerKind::Judge(Judge::default()), pairloom::sample::MODEL),
        (2, "sample-reward", ScorerKind::Reward(Box::<Reward>::default()), pairloom::sample::REWARD_MODEL),
    ] {
        let mut endpoint = Endpoint::at(ServerAddress::Sample);
        endpoint.model = model.to_owned();
        let (id, created_at) = (ScorerId::from_bytes([number; 16]), jiff::Timestamp::UNIX_EPOCH);
        let scorer = Scorer { id, name: name.to_owned(), endpoint, kind, created_at, calibrates: None };
        run(&session, Command::AddScorer(Box::new(scorer)));
        session.send(Command::Score { scorer: id, filter: QueueFilter::All, follows: false });
        wait(&session, |snapshot| {
            let state = snapshot.scorers.iter().find(|state| state.scorer.id == id);
            state.is_some_and(|state| state.scored == 12 && state.left == 0)
        });
    }
    run(&session, Command::SetPause(Pause::Never));
    for number in 4..=10 {
        run(&session, Command::GoToNumber(number));
        label(&session, &[number as usize % 4]);
    }
    run(&session, Command::SetView(pairloom::domain::View::Score));
    session.close();
    path
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    // Pages and searches come from threads of their own.
    for _ in 0..40 {
        window.run_steps(1);
        std::thread::park_timeout(std::time::Duration::from_millis(5));
    }
}

fn picture(window: &mut Window, name: &str) {
    window.snapshot_options(name, &SnapshotOptions::new().threshold(SHADE).max_failed_pixels(CLOCK));
}

#[test]
#[ignore = "needs a software renderer; looked at by people"]
fn images_of_every_view_are_as_they_were_looked_at() {
    // Paths are shown, so they must be the same in each run.
    let home = std::env::temp_dir().join("pairloom-images");
    let mut results = SnapshotResults::new();
    // Each language and each theme once: the words do not depend on the colours.
    for (language, theme, suffix) in
        [(Language::Chinese, ThemeChoice::Light, "zh-light"), (Language::English, ThemeChoice::Dark, "en-dark")]
    {
        drop(fs::remove_dir_all(&home));
        fs::create_dir_all(&home).unwrap();
        let named = |view: &str| format!("{view}-{suffix}");
        let mut window = Launch { language, theme, ..Launch::default() }.at(&home);
        picture(&mut window, &named("start"));
        results.extend_harness(&mut window);
        close(window);
        // The labels of the session are those of the person at the window.
        let mine = Settings { annotator: Some(annotator()), ..Settings::default() };
        mine.save(&Folders::in_one(home.clone())).unwrap();
        let open = session(&home, language);
        let launch = Launch { language, theme, open: Some(open), ..Launch::default() };
        let mut window = launch.at(&home);
        until(&mut window, |snapshot| snapshot.current.is_some());
        press(&mut window, Modifiers::NONE, Key::I);
        picture(&mut window, &named("label"));
        for layout in ["columns", "one"] {
            press(&mut window, Modifiers::NONE, Key::V);
            if layout == "columns" {
                press(&mut window, Modifiers::NONE, Key::D);
            }
            picture(&mut window, &named(layout));
        }
        press(&mut window, Modifiers::NONE, Key::D);
        press(&mut window, Modifiers::NONE, Key::V);
        press(&mut window, Modifiers::NONE, Key::E);
        picture(&mut window, &named("edit"));
        press(&mut window, Modifiers::NONE, Key::Escape);
        press(&mut window, Modifiers::NONE, Key::Questionmark);
        picture(&mut window, &named("keys"));
        press(&mut window, Modifiers::NONE, Key::Escape);
        press(&mut window, Modifiers::COMMAND, Key::K);
        picture(&mut window, &named("palette"));
        press(&mut window, Modifiers::NONE, Key::Escape);
        press(&mut window, Modifiers::COMMAND, Key::Comma);
        picture(&mut window, &named("settings"));
        press(&mut window, Modifiers::NONE, Key::Escape);
        press(&mut window, Modifiers::COMMAND, Key::Num1);
        picture(&mut window, &named("generate"));
        press(&mut window, Modifiers::COMMAND, Key::Num4);
        until(&mut window, |snapshot| snapshot.summary.is_some());
        picture(&mut window, &named("data"));
        results.extend_harness(&mut window);
        close(window);
        fs::remove_file(home.join("sample.pairloom")).unwrap();
        let launch = Launch { language, theme, open: Some(scored(&home, language)), ..Launch::default() };
        let mut window = launch.at(&home);
        until(&mut window, |snapshot| snapshot.agreement.is_some() && snapshot.score_table.is_some());
        press(&mut window, Modifiers::NONE, Key::ArrowRight);
        picture(&mut window, &named("score"));
        press(&mut window, Modifiers::NONE, Key::V);
        picture(&mut window, &named("margins"));
        results.extend_harness(&mut window);
        close(window);
    }
}
