//! App settings and recent sessions: one TOML file in the platform's configuration folder. Nothing of a session and
//! never a key is in it.

mod folders;
mod recent;
mod saver;
mod secrets;

pub use folders::Folders;
pub use recent::Recent;
pub use saver::Saver;
pub use secrets::{find_key, forget_key, keep_key, key_from_environment};

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
    /// Read the settings; defaults where there are none yet. A file that cannot be read is put aside, never written
    /// over; what can be made out of it is kept, above all who labels.
    pub fn load(folders: &Folders) -> (Self, Option<SettingsError>) {
        let path = folders.settings_file();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (Self::default(), None),
            Err(error) => return (Self::default(), Some(put_aside(&path, error.to_string()))),
        };
        let text = String::from_utf8_lossy(&bytes);
        match toml::from_str(&text) {
            Ok(settings) if matches!(text, std::borrow::Cow::Borrowed(_)) => (settings, None),
            Ok(settings) => (settings, Some(put_aside(&path, "it is not UTF-8".to_owned()))),
            Err(error) => (Self::salvage(&text), Some(put_aside(&path, error.message().to_owned()))),
        }
    }

    /// What can be made out of a file that is not all understood: value by value.
    fn salvage(text: &str) -> Self {
        let Ok(table) = toml::from_str::<toml::Table>(text) else { return Self::default() };
        let mut kept = toml::Table::new();
        for (key, value) in table {
            kept.insert(key.clone(), value);
            if toml::Table::try_into::<Self>(kept.clone()).is_err() {
                kept.remove(&key);
            }
        }
        kept.try_into().unwrap_or_default()
    }

    /// Write the settings, whole or not at all.
    pub fn save(&self, folders: &Folders) -> Result<(), SettingsError> {
        let path = folders.settings_file();
        let text = toml::to_string_pretty(self)
            .map_err(|error| SettingsError::Io { path: path.clone(), said: error.to_string() })?;
        let written = (|| {
            folders.make_config()?;
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

/// Move a file that cannot be used to a name that is not taken.
fn put_aside(path: &Path, said: String) -> SettingsError {
    let name = |number: u32| match number {
        1 => path.with_extension("broken.toml"),
        _ => path.with_extension(format!("broken-{number}.toml")),
    };
    let aside = (1..1000).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(1));
    match std::fs::rename(path, &aside) {
        Ok(()) => SettingsError::Broken { aside, said },
        Err(error) => io(path, &error),
    }
}

fn io(path: &Path, error: &std::io::Error) -> SettingsError {
    SettingsError::Io { path: path.to_owned(), said: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_understood_is_put_aside_and_the_annotator_kept() {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders::in_one(home.path().to_owned());
        let mine = Annotator { id: AnnotatorId::new(), name: "小林".to_owned() };
        Settings { annotator: Some(mine.clone()), ..Settings::default() }.save(&folders).unwrap();
        let path = folders.settings_file();
        let good = std::fs::read_to_string(&path).unwrap();
        for (number, broken) in [
            good.replace("theme = \"system\"", "theme = \"sepia\"").into_bytes(),
            [good.as_bytes(), b"# \xb1\xea\xd7\xa2\n"].concat(),
        ]
        .into_iter()
        .enumerate()
        {
            std::fs::write(&path, &broken).unwrap();
            let (settings, error) = Settings::load(&folders);
            assert_eq!(settings.annotator.as_ref(), Some(&mine));
            let Some(SettingsError::Broken { aside, .. }) = error else { panic!("{error:?}") };
            assert_eq!(std::fs::read(&aside).unwrap(), broken, "file {number}");
        }
        std::fs::write(&path, "not toml at all [").unwrap();
        assert!(matches!(Settings::load(&folders), (_, Some(SettingsError::Broken { .. }))));
        assert!(!path.exists());
    }

    #[test]
    fn what_a_newer_version_wrote_is_written_back() {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders::in_one(home.path().to_owned());
        std::fs::write(folders.settings_file(), "shiny = true\nhide_pace = true\n").unwrap();
        let (settings, error) = Settings::load(&folders);
        assert!(error.is_none() && settings.hide_pace);
        settings.save(&folders).unwrap();
        assert!(std::fs::read_to_string(folders.settings_file()).unwrap().contains("shiny = true"));
    }
}
