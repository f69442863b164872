//! One Pairloom to a session file: a lock file beside it that the system frees when its holder ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::{Result, StoreError};

/// Held while the session is open.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    pub(super) fn take(session: &Path) -> Result<Self> {
        let path = companion(session, ".lock");
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let read = file.read_to_string(&mut holder);
                let unknown = read.is_err() || holder.trim().is_empty();
                return Err(StoreError::Locked {
                    holder: if unknown { "another program".to_owned() } else { holder.trim().to_owned() },
                });
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let holder =
            format!("{}, process {}, since {}", host(), std::process::id(), jiff::Zoned::now().strftime("%F %T"));
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(holder.as_bytes())?;
        Ok(Self { file, path })
    }

    /// Give the lock back. The file goes while it is still held, so that nobody's lock is removed.
    pub(super) fn release(self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, "the lock file stays; it holds nobody up");
        }
        drop(self.file);
    }
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok());
    name.map_or_else(|| "this machine".to_owned(), |name| name.trim().to_owned())
}

/// The session's path with something added to its name.
pub(super) fn companion(session: &Path, ending: &str) -> PathBuf {
    let mut name = session.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Remove a file that failed while it was made.
pub(super) fn remove_with_companions(session: &Path) {
    for ending in ["", "-wal", "-shm", ".lock"] {
        // What is not there need not go.
        drop(std::fs::remove_file(companion(session, ending)));
    }
}

/// SQLite's locks cannot be trusted on network file systems (sqlite.org, "How To Corrupt An SQLite Database File").
pub(super) fn refuse_network_drive(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(folder) = folder.canonicalize() else { return Ok(()) };
    let Ok(mounts) = std::fs::read_to_string("/proc/mounts") else { return Ok(()) };
    match network_kind(&mounts, &folder) {
        Some(kind) => Err(StoreError::NetworkDrive { kind }),
        None => Ok(()),
    }
}

/// The kind of network file system that `folder` lies on, by a list of mounts as the kernel gives it.
fn network_kind(mounts: &str, folder: &Path) -> Option<String> {
    const NETWORK: [&str; 9] = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "ncpfs", "ceph"];
    let mounted = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        let point = words.next()?.replace("\\040", " ");
        Some((PathBuf::from(point), words.next()?))
    });
    let nearest =
        mounted.filter(|(point, _)| folder.starts_with(point)).max_by_key(|(point, _)| point.components().count())?;
    NETWORK.contains(&nearest.1).then(|| nearest.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_decides() {
        let mounts = "/dev/a / ext4 rw 0 0\nserver:/x /mnt/my\\040share nfs4 rw 0 0\n/dev/b /mnt/my\\040share/local xfs rw 0 0\n";
        assert_eq!(network_kind(mounts, Path::new("/home/me")), None);
        assert_eq!(network_kind(mounts, Path::new("/mnt/my share/s")).as_deref(), Some("nfs4"));
        assert_eq!(network_kind(mounts, Path::new("/mnt/my share/local")), None);
    }
}
