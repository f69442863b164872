//! Files and folders that Pairloom makes for itself: nobody but their owner may look into them.

use std::fs::{DirBuilder, File, OpenOptions};
use std::path::Path;

/// Make a file, which must not exist.
pub(super) fn make(path: &Path) -> std::io::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Let files that are made this way be for their owner alone.
#[cfg(unix)]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

/// Other systems keep what is in a person's folders from others.
#[cfg(not(unix))]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Make a folder and those above it, where they are not there.
pub(super) fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut folder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.recursive(true).create(path)
}

/// A folder for what is being written; it goes with all that is in it.
pub(super) fn holder_in(folder: &Path) -> std::io::Result<tempfile::TempDir> {
    holder().prefix(".pairloom-").tempdir_in(folder)
}

/// A folder among the system's temporary ones.
pub(super) fn holder_aside() -> std::io::Result<tempfile::TempDir> {
    holder().prefix("pairloom-check-").tempdir()
}

fn holder() -> tempfile::Builder<'static, 'static> {
    let mut folder = tempfile::Builder::new();
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    folder
}

/// New names reach the disk with their folder. Other systems do not open folders.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
