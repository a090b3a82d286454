//! Opens a file the careful way: never a FIFO, never through a link that was swapped in, without
//! touching its access time where the system allows, and without fetching what a cloud's client has
//! left in the cloud.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use crate::extract::ExtractError;
use crate::inventory::{Failure, Hash};

/// A file's bytes, or only their hash where there are too many of them.
pub(super) enum Bytes {
    /// All of them.
    Whole(Vec<u8>),
    /// The first 64 KiB of a file over the limit, and the hash of all.
    Large(Vec<u8>, Hash),
}

/// Reads `path`: whole up to `limit` bytes, otherwise its head and hash.
pub(super) fn read(path: &Path, limit: u64, follow_links: bool) -> Result<Bytes, Failure> {
    let io_failure = |error: io::Error| failure(&error);
    let (file, metadata) = regular(path, follow_links)?;
    read_open(&file, &metadata, path, limit, follow_links).map_err(io_failure)
}

/// Opens a regular file whose bytes are there.
fn regular(path: &Path, follow_links: bool) -> Result<(File, Metadata), Failure> {
    let io_failure = |error: io::Error| failure(&error);
    let file = open(path, follow_links).map_err(io_failure)?;
    let metadata = file.metadata().map_err(io_failure)?;
    if !metadata.is_file() {
        return Err(io_failure(io::Error::other("it is not a regular file")));
    }
    if metadata.len() > 0 && is_placeholder(&file, &metadata) {
        let what = "a file that its cloud has not downloaded, or one of nothing but holes";
        return Err((&ExtractError::Placeholder(what.to_owned())).into());
    }
    Ok((file, metadata))
}

/// Hashes `path`, or its first `head` bytes, without holding them.
pub(super) fn hash(path: &Path, head: Option<u64>, follow_links: bool) -> Result<Hash, Failure> {
    let io_failure = |error: io::Error| failure(&error);
    let (file, _) = regular(path, follow_links)?;
    let bytes = (&file).take(head.unwrap_or(u64::MAX));
    Hash::of_reader(bytes).map_err(io_failure)
}

fn read_open(
    file: &File,
    metadata: &Metadata,
    path: &Path,
    limit: u64,
    follow_links: bool,
) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    if metadata.len() <= limit {
        let length = metadata.len();
        bytes = read_up_to(file, length as usize)?;
        // Of a file that grew since it was listed the next scan sees it by its time, so its end is
        // not asked for: that is a round trip to a server. Files of the system say 0 of their length.
        if 0 < length && bytes.len() as u64 == length {
            return Ok(Bytes::Whole(bytes));
        }
        // A file that grows while it is read is cut at the limit plus one byte.
        file.take(limit + 1 - bytes.len() as u64).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= limit {
            return Ok(Bytes::Whole(bytes));
        }
        bytes.clear();
    }
    // From its start again, if some of it was read.
    let file = open(path, follow_links)?;
    (&file).take(64 << 10).read_to_end(&mut bytes)?;
    let hash = Hash::of_reader(io::Cursor::new(&bytes).chain(&file))?;
    Ok(Bytes::Large(bytes, hash))
}

/// The first `length` bytes of a file, or fewer where it ends before: asked for all at once, and not
/// piece by piece, because each is a round trip to a server.
fn read_up_to(mut file: &File, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let mut read = 0;
    while read < length {
        match file.read(&mut bytes[read..]) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(read);
    Ok(bytes)
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

/// Whether a file's content is not on this disk: a file of some size that takes no room. Reading it
/// would make a cloud's client download it.
#[cfg(any(target_os = "linux", target_os = "macos", target_os = "freebsd"))]
fn is_placeholder(file: &File, metadata: &Metadata) -> bool {
    use rustix::fs::{SeekFrom, seek};
    use rustix::io::Errno;
    use std::os::unix::fs::MetadataExt as _;

    // File systems that keep no count of blocks say 0 of every file; they do not know holes either.
    metadata.blocks() == 0 && seek(file, SeekFrom::Data(0)) == Err(Errno::NXIO)
}

#[cfg(windows)]
fn is_placeholder(_file: &File, metadata: &Metadata) -> bool {
    use std::os::windows::fs::MetadataExt as _;

    /// `OFFLINE`, `RECALL_ON_OPEN`, `RECALL_ON_DATA_ACCESS`.
    const ELSEWHERE: u32 = 0x1000 | 0x4_0000 | 0x40_0000;
    metadata.file_attributes() & ELSEWHERE != 0
}

#[cfg(not(any(windows, target_os = "linux", target_os = "macos", target_os = "freebsd")))]
fn is_placeholder(_file: &File, _metadata: &Metadata) -> bool {
    false
}

/// Why a file could not be opened or read, for the ledger.
fn failure(error: &io::Error) -> Failure {
    let reason = match error.kind() {
        io::ErrorKind::PermissionDenied => "permission-denied",
        io::ErrorKind::NotFound => "vanished",
        _ => "io-error",
    };
    Failure { reason: reason.to_owned(), detail: error.to_string() }
}
