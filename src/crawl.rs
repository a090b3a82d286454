//! t
use std::path::PathBuf;
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
}

/// Tells files apart that have several names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileIdentity {
    /// Device number.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
}
