//! Opens a file the careful way: never a FIFO, never through a link that was swapped in, and
//! without touching its access time where the system allows.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use crate::inventory::{Failure, Hash};

/// A file's bytes, or only their hash where there are too many of them.
pub(super) enum Bytes {
    /// All of them.
    Whole(Vec<u8>),
    /// The first 64 KiB of a file over the limit, and the hash of all.
    Large(Vec<u8>, Hash),
}

/// Reads `path`: whole up to `limit` bytes, otherwise its head and hash.
pub(super) fn read(path: &Path, limit: u64, follow_links: bool) -> io::Result<Bytes> {
    let file = open(path, follow_links)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no longer a regular file"));
    }
    let mut bytes = Vec::new();
    if metadata.len() <= limit {
        bytes.reserve_exact(metadata.len() as usize + 1);
        // A file that grows while it is read is cut at the limit plus one byte.
        (&file).take(limit + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= limit {
            return Ok(Bytes::Whole(bytes));
        }
        bytes.clear();
    }
    let file = open(path, follow_links)?;
    (&file).take(64 << 10).read_to_end(&mut bytes)?;
    let hash = Hash::of_reader(io::Cursor::new(&bytes).chain(&file))?;
    Ok(Bytes::Large(bytes, hash))
}

#[cfg(target_os = "linux")]
fn open(path: &Path, follow_links: bool) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut flags = OFlags::NONBLOCK;
    if !follow_links {
        flags |= OFlags::NOFOLLOW;
    }
    let open =
        |flags: OFlags| OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path);
    match open(flags | OFlags::NOATIME) {
        // Only the owner of a file may leave its access time alone.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => open(flags),
        result => result,
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn open(path: &Path, follow_links: bool) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut flags = OFlags::NONBLOCK;
    if !follow_links {
        flags |= OFlags::NOFOLLOW;
    }
    OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path, _follow_links: bool) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// Why a file could not be opened or read, for the ledger.
pub(super) fn failure(error: &io::Error) -> Failure {
    let reason = match error.kind() {
        io::ErrorKind::PermissionDenied => "permission-denied",
        io::ErrorKind::NotFound => "vanished",
        _ => "io-error",
    };
    Failure { reason: reason.to_owned(), detail: error.to_string() }
}
