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

    /// Make the folder of the settings, for its owner alone.
    pub(super) fn make_config(&self) -> std::io::Result<()> {
        let mut folder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.recursive(true).create(&self.config)
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
        let mut stem: String = if stem.is_empty() { "session".to_owned() } else { stem.chars().take(60).collect() };
        // File systems count bytes, and more is added to the name: a number, an ending.
        while stem.len() > 180 {
            stem.pop();
        }
        let name = |number: u32| match number {
            1 => self.data.join(format!("{stem}.pairloom")),
            _ => self.data.join(format!("{stem}-{number}.pairloom")),
        };
        (1..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(1))
    }
}
