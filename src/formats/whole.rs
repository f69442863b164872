//! Files that appear whole or not at all.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::fault::from_io;
use crate::domain::FileFault;

/// Write a file under a temporary name in the same folder, bring it to disk, give it its name. On failure what was
/// there before is untouched.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), FileFault> {
    if path.is_dir() {
        return Err(FileFault::IsFolder);
    }
    let written = (|| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // For its owner alone until it is whole, and gone where it does not become so.
        let mut draft = tempfile::Builder::new().prefix(".pairloom-").tempfile_in(folder)?;
        {
            let mut buffered = BufWriter::with_capacity(1 << 16, draft.as_file_mut());
            write(&mut buffered)?;
            buffered.flush()?;
        }
        #[cfg(unix)]
        draft.as_file().set_permissions(chosen(path, folder)?)?;
        draft.as_file().sync_all()?;
        #[cfg(unix)]
        std::fs::rename(draft.path(), path)?;
        #[cfg(not(unix))]
        draft.persist(path).map_err(|error| error.error)?;
        // The name is on disk only when the folder is.
        #[cfg(unix)]
        std::fs::File::open(folder)?.sync_all()?;
        Ok(())
    })();
    written.map_err(|error: std::io::Error| from_io(&error))
}

/// Who may read a file that a person asked for: those who could read the one that it replaces; for a new one the
/// person's own rules (umask), which the system tells only by a file that is made by them.
#[cfg(unix)]
fn chosen(path: &Path, folder: &Path) -> std::io::Result<std::fs::Permissions> {
    use std::os::unix::fs::PermissionsExt as _;
    if let Ok(there) = std::fs::metadata(path) {
        return Ok(there.permissions());
    }
    let by_the_rules = std::fs::Permissions::from_mode(0o666);
    let probe = tempfile::Builder::new().prefix(".pairloom-").permissions(by_the_rules).tempfile_in(folder)?;
    Ok(probe.as_file().metadata()?.permissions())
}
