//! App settings and recent sessions: one TOML file in the platform's configuration folder. Nothing of a session and
//! never a key is in it.

mod folders;
mod recent;
mod saver;

pub use folders::Folders;
pub use recent::Recent;
pub use saver::Saver;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::{Annotator, AnnotatorId};
use crate::text::Language;

/// Sessions that are remembered.
const MOST_RECENT: usize = 50;

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// How the replies of a group stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Row by row.
    #[default]
    Grid,
    /// Side by side; they scroll together.
    Columns,
    /// One at a time.
    One,
}

impl Layout {
    /// The next one round.
    pub fn next(self) -> Self {
        match self {
            Self::Grid => Self::Columns,
            Self::Columns => Self::One,
            Self::One => Self::Grid,
        }
    }
}

/// What a person set, and where they were.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Who labels; asked for at the first launch.
    pub annotator: Option<Annotator>,
    /// The language; `None` follows the system.
    pub language: Option<Language>,
    /// The colours.
    pub theme: ThemeChoice,
    /// Size of replies in points, 12 to 24; `None` goes by the window's width.
    pub reading_size: Option<f32>,
    /// How replies stand; `None` goes by the window's width and their number.
    pub layout: Option<Layout>,
    /// Characters of Chinese in a line of a reply that is shown alone, 24 to 60.
    pub reading_width: Option<u32>,
    /// A digit checks and confirms at once: one key for each decision.
    pub digit_confirms: bool,
    /// Time for each group and time left are not shown.
    pub hide_pace: bool,
    /// Keys that were changed, by action, as `"Ctrl+Shift+Z"`.
    pub keys: BTreeMap<String, Vec<String>>,
    /// The queue is open; `None` goes by the window's width.
    pub queue_open: Option<bool>,
    /// The side panel is open; `None` goes by the window's width.
    pub side_open: Option<bool>,
    /// The session that was open when the app was closed.
    pub last_session: Option<PathBuf>,
    /// Sessions, newest first.
    pub recent: Vec<Recent>,
    /// What another version wrote and this one does not know; it is written back.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, toml::Value>,
}

/// Settings that could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read or written.
    #[error("{path}: {said}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        said: String,
    },
    /// The file cannot be understood; it was put aside under another name and defaults are in force.
    #[error("put aside as {aside}: {said}")]
    Broken {
        /// Where it is now.
        aside: PathBuf,
        /// The parser's words.
        said: String,
    },
}

impl Settings {
    /// Read the settings; defaults where there are none yet. A broken file is put aside, never overwritten.
    pub fn load(folders: &Folders) -> (Self, Option<SettingsError>) {
        let path = folders.settings_file();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (Self::default(), None),
            Err(error) => return (Self::default(), Some(io(&path, &error))),
        };
        match toml::from_str(&text) {
            Ok(settings) => (settings, None),
            Err(error) => {
                let aside = path.with_extension("broken.toml");
                let said = error.message().to_owned();
                match std::fs::rename(&path, &aside) {
                    Ok(()) => (Self::default(), Some(SettingsError::Broken { aside, said })),
                    Err(error) => (Self::default(), Some(io(&path, &error))),
                }
            }
        }
    }

    /// Write the settings, whole or not at all.
    pub fn save(&self, folders: &Folders) -> Result<(), SettingsError> {
        let path = folders.settings_file();
        let text = toml::to_string_pretty(self)
            .map_err(|error| SettingsError::Io { path: path.clone(), said: error.to_string() })?;
        let written = (|| {
            std::fs::create_dir_all(&folders.config)?;
            let mut draft = tempfile::NamedTempFile::new_in(&folders.config)?;
            draft.write_all(text.as_bytes())?;
            draft.as_file().sync_all()?;
            draft.persist(&path).map_err(|error| error.error)
        })();
        written.map(drop).map_err(|error| io(&path, &error))
    }

    /// The annotator, made from the system's user name where none was asked for yet.
    pub fn annotator_or_user(&mut self) -> Annotator {
        let made = || Annotator { id: AnnotatorId::new(), name: user_name() };
        self.annotator.get_or_insert_with(made).clone()
    }

    /// Put a session at the head of the recent ones.
    pub fn touch(&mut self, recent: Recent) {
        self.recent.retain(|other| other.path != recent.path);
        self.recent.insert(0, recent);
        self.recent.truncate(MOST_RECENT);
    }
}

/// The name that the system knows the user by.
pub fn user_name() -> String {
    ["USER", "USERNAME", "LOGNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()))
        .unwrap_or_else(|| "annotator".to_owned())
}

fn io(path: &Path, error: &std::io::Error) -> SettingsError {
    SettingsError::Io { path: path.to_owned(), said: error.to_string() }
}
