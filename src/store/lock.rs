//! One Pairloom to a session file: a lock file beside it that the system frees when its holder ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::identity::Identity;
use super::{Result, StoreError, files};

/// A holder that did not leave its name.
const UNKNOWN: &str = "another program";

/// Held while the session is open.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

/// How often a lock file that is removed under our hands is opened anew.
const ATTEMPTS: u32 = 16;

impl Lock {
    pub(super) fn take(session: &Path) -> Result<Self> {
        let path = companion(&real(session), ".lock");
        for _ in 0..ATTEMPTS {
            let mut open = OpenOptions::new();
            let file = files::private(open.read(true).write(true).create(true).truncate(false)).open(&path)?;
            if let Some(lock) = Self::hold(file, &path)? {
                return Ok(lock);
            }
        }
        Err(StoreError::Locked { holder: UNKNOWN.to_owned() })
    }

    /// Lock an open lock file. `None` where its holder removed it since: a lock on it would keep nobody out.
    fn hold(mut file: File, path: &Path) -> Result<Option<Self>> {
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let read = file.read_to_string(&mut holder);
                let unknown = read.is_err() || holder.trim().is_empty();
                return Err(StoreError::Locked {
                    holder: if unknown { UNKNOWN.to_owned() } else { holder.trim().to_owned() },
                });
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        if !leads_to(path, &file)? {
            return Ok(None);
        }
        let holder =
            format!("{}, process {}, since {}", host(), std::process::id(), jiff::Zoned::now().strftime("%F %T"));
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(holder.as_bytes())?;
        Ok(Some(Self { file, path: path.to_owned() }))
    }

    /// Give the lock back. The file goes while it is still held, so that nobody's lock is removed.
    pub(super) fn release(self) {
        // Where the folder was moved away, the name may be another's by now.
        if !leads_to(&self.path, &self.file).unwrap_or(false) {
            return;
        }
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, "the lock file stays; it holds nobody up");
        }
        drop(self.file);
    }
}

/// Whether a path still leads to an open file.
fn leads_to(path: &Path, file: &File) -> Result<bool> {
    Ok(Identity::of(path)? == Identity::of_open(file)?)
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok());
    name.map_or_else(|| "this machine".to_owned(), |name| name.trim().to_owned())
}

/// The path without links, so that a link and its target have one lock.
pub(super) fn real(session: &Path) -> PathBuf {
    if let Ok(real) = session.canonicalize() {
        return real;
    }
    let folder = session.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), session.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => session.to_owned(),
    }
}

/// The session's path with something added to its name.
pub(super) fn companion(session: &Path, ending: &str) -> PathBuf {
    let mut name = session.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Remove a file that failed while it was made. Its lock file goes with [`Lock::release`].
pub(super) fn remove_with_companions(session: &Path) {
    for ending in ["", "-journal", "-wal", "-shm"] {
        // What is not there need not go.
        drop(std::fs::remove_file(companion(session, ending)));
    }
}

/// SQLite's locks cannot be trusted on network file systems (sqlite.org, "How To Corrupt An SQLite Database File").
/// Where the file is counts, not where a link to it is.
pub(super) fn refuse_network_drive(path: &Path) -> Result<()> {
    let path = real(path);
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
    const NETWORK: [&str; 16] = [
        "9p",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.sshfs",
        "glusterfs",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb2",
        "smb3",
        "smbfs",
    ];
    let mounted = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((PathBuf::from(unescaped(words.next()?)), words.next()?))
    });
    let nearest =
        mounted.filter(|(point, _)| folder.starts_with(point)).max_by_key(|(point, _)| point.components().count())?;
    NETWORK.contains(&nearest.1).then(|| nearest.1.to_owned())
}

/// A path of the list of mounts: the kernel writes what would part its words as `\NNN`.
fn unescaped(point: &str) -> String {
    let mut plain = point.to_owned();
    for (written, meant) in [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\043", "#"), ("\\134", "\\")] {
        plain = plain.replace(written, meant);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_lock_file_that_was_removed_is_not_held() {
        let folder = tempfile::tempdir().unwrap();
        let session = folder.path().join("s");
        let path = companion(&session, ".lock");
        let open = || OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).unwrap();
        // Its holder gives it back between the opening and the locking; then a third one comes.
        let late = open();
        std::fs::remove_file(&path).unwrap();
        assert!(Lock::hold(late.try_clone().unwrap(), &path).unwrap().is_none());
        let third = Lock::take(&session).unwrap();
        assert!(Lock::hold(late, &path).unwrap().is_none());
        assert!(matches!(Lock::take(&session), Err(StoreError::Locked { .. })));
        third.release();
        assert!(Lock::hold(open(), &path).unwrap().is_some());
    }

    #[test]
    fn the_nearest_mount_decides() {
        let mounts = "/dev/a / ext4 rw 0 0\nserver:/x /mnt/my\\040share nfs4 rw 0 0\n/dev/b /mnt/my\\040share/local xfs rw 0 0\n";
        assert_eq!(network_kind(mounts, Path::new("/home/me")), None);
        assert_eq!(network_kind(mounts, Path::new("/mnt/my share/s")).as_deref(), Some("nfs4"));
        assert_eq!(network_kind(mounts, Path::new("/mnt/my share/local")), None);
        // A name of the mount with a backslash in it, and one mount over another.
        let mounts = "s:/x /mnt/a\\134b cifs rw 0 0\n/dev/a /mnt/c ext4 rw 0 0\ns:/y /mnt/c nfs rw 0 0\n";
        assert_eq!(network_kind(mounts, Path::new("/mnt/a\\b/s")).as_deref(), Some("cifs"));
        assert_eq!(network_kind(mounts, Path::new("/mnt/c")).as_deref(), Some("nfs"));
    }
}
