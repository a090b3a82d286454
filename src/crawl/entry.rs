//! What a directory and an inode tell of a file.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use super::error::CrawlError;

/// A file, as its directory and its inode describe it. Nothing was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileEntry {
    /// Path relative to the root.
    pub path: PathBuf,
    /// Size in bytes.
    pub size: u64,
    /// Last modification, in nanoseconds since 1970-01-01 UTC.
    pub modified: i64,
    /// Last change of the inode, in nanoseconds since 1970-01-01 UTC; 0 where the system has none.
    pub changed: i64,
    /// Last access before the scan, in nanoseconds since 1970-01-01 UTC; 0 where unknown.
    pub accessed: i64,
    /// Device and inode number; zeros where the system has none.
    pub identity: FileIdentity,
    /// Number of hard links.
    pub links: u64,
    /// The file that this one is inside of, a message or an archive, by its path relative to the
    /// root; none for a file of its own. What is inside of a file is no file of the file system: it
    /// has the times of its container, no identity, and cannot be opened, moved or removed alone.
    pub container: Option<PathBuf>,
}

/// Tells files apart that have several names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileIdentity {
    /// Device number.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
}

impl FileEntry {
    /// Asks the file system about `path` below `root`. Links are followed.
    pub fn of(root: &Path, path: &Path) -> Result<Self, CrawlError> {
        let metadata = fs::metadata(root.join(path))
            .map_err(|source| CrawlError::from_io(path.to_path_buf(), &source))?;
        Ok(Self::from_metadata(path.to_path_buf(), &metadata))
    }

    /// The entry of something inside of this file, or inside of what is inside of it.
    pub fn child(&self, path: PathBuf, size: u64) -> Self {
        Self {
            path,
            size,
            identity: FileIdentity::default(),
            links: 1,
            container: self.container.clone().or_else(|| Some(self.path.clone())),
            ..self.clone()
        }
    }

    #[cfg(unix)]
    fn from_metadata(path: PathBuf, metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000) + rest;
        Self {
            path,
            size: metadata.size(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            accessed: nanoseconds(metadata.atime(), metadata.atime_nsec()),
            identity: FileIdentity { device: metadata.dev(), inode: metadata.ino() },
            links: metadata.nlink(),
            container: None,
        }
    }

    #[cfg(not(unix))]
    fn from_metadata(path: PathBuf, metadata: &Metadata) -> Self {
        use std::time::{SystemTime, UNIX_EPOCH};
        let nanoseconds = |time: std::io::Result<SystemTime>| {
            time.ok()
                .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
                .and_then(|since| i64::try_from(since.as_nanos()).ok())
                .unwrap_or(0)
        };
        Self {
            path,
            size: metadata.len(),
            modified: nanoseconds(metadata.modified()),
            changed: 0,
            accessed: nanoseconds(metadata.accessed()),
            identity: FileIdentity::default(),
            links: 1,
            container: None,
        }
    }
}

/// Whether `path` lies on a file system behind a network or a user-space server, where many
/// questions at once pay off.
#[cfg(target_os = "linux")]
pub fn is_remote(path: &Path) -> bool {
    // NFS, CIFS, SMB2, FUSE, 9P, AFS, Ceph (linux/magic.h).
    const REMOTE: [u64; 7] =
        [0x6969, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x0102_1997, 0x5346_414F, 0x00C3_6400];
    rustix::fs::statfs(path).is_ok_and(|it| REMOTE.contains(&(it.f_type as u64 & 0xFFFF_FFFF)))
}

/// Whether `path` lies behind a network; not told apart on this system.
#[cfg(not(target_os = "linux"))]
pub fn is_remote(_path: &Path) -> bool {
    false
}
