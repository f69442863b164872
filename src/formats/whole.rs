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
        let mut builder = tempfile::Builder::new();
        builder.prefix(".pairloom-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(path).map_or(0o644, |data| data.permissions().mode());
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        let mut draft = builder.tempfile_in(folder)?;
        {
            let mut buffered = BufWriter::with_capacity(1 << 16, draft.as_file_mut());
            write(&mut buffered)?;
            buffered.flush()?;
        }
        draft.as_file().sync_all()?;
        draft.persist(path).map_err(|error| error.error)?;
        // The name is on disk only when the folder is.
        std::fs::File::open(folder)?.sync_all()
    })();
    written.map_err(|error: std::io::Error| from_io(&error))
}
