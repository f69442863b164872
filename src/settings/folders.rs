//! Where things are kept.

use std::path::PathBuf;

/// The app's folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// For settings.
    pub config: PathBuf,
    /// For sessions that were given no other place.
    pub data: PathBuf,
}

impl Folders {
    /// The variable that puts both into one folder: for portable use, and to keep things apart.
    pub const VARIABLE: &'static str = "PAIRLOOM_HOME";

    /// The platform's folders, or those of [`Self::VARIABLE`].
    pub fn find() -> Self {
        if let Some(home) = std::env::var_os(Self::VARIABLE).filter(|home| !home.is_empty()) {
            return Self::in_one(PathBuf::from(home));
        }
        match directories::ProjectDirs::from("", "", "pairloom") {
            Some(found) => Self { config: found.config_dir().to_owned(), data: found.data_dir().to_owned() },
            // A system without a home folder.
            None => Self::in_one(PathBuf::from("pairloom-data")),
        }
    }

    /// Both in one folder.
    pub fn in_one(home: PathBuf) -> Self {
        Self { config: home.clone(), data: home }
    }

    /// The settings file.
    pub fn settings_file(&self) -> PathBuf {
        self.config.join("settings.toml")
    }

    /// A path for a new session that no file has yet, made from its title.
    pub fn new_session(&self, title: &str) -> PathBuf {
        let plain: String = title
            .chars()
            .map(|character| if character.is_alphanumeric() || "-_ ".contains(character) { character } else { ' ' })
            .collect();
        let stem = plain.split_whitespace().collect::<Vec<_>>().join("-");
        let stem: String = if stem.is_empty() { "session".to_owned() } else { stem.chars().take(60).collect() };
        let name = |number: u32| match number {
            1 => self.data.join(format!("{stem}.pairloom")),
            _ => self.data.join(format!("{stem}-{number}.pairloom")),
        };
        (1..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(1))
    }
}
