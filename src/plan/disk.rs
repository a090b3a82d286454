//! The file system as a plan sees it: folders by handle, names without a path, nothing replaced.
//!
//! No function here follows a symbolic link below the folder it starts from, and none overwrites or
//! truncates a file that is there. All that docrot ever does to documents goes through [`Disk`],
//! which says beforehand what it is about to do: so a test can stop it after any step, and see what
//! is left.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io::{self, Seek as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Component, Path};
use std::sync::Arc;

use rustix::fs::{
    AtFlags, CWD, FileType, FlockOperation, Mode, OFlags, RenameFlags, Stat, StatVfsMountFlags,
    Timespec, Timestamps, UTIME_OMIT, flock, fstat, fstatvfs, fsync, futimens, linkat, mkdirat,
    openat, renameat_with, statat, unlinkat,
};
use rustix::io::{Errno, retry_on_intr};

use crate::inventory::Hash;

use super::step::Content;

/// Asked before each change; what it returns as an error is as if the system had refused.
type Watch = dyn Fn(&str) -> io::Result<()> + Send + Sync;

/// The only way in which files are changed.
#[derive(Clone, Default)]
pub struct Disk {
    watch: Option<Arc<Watch>>,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").finish_non_exhaustive()
    }
}

/// A folder by its handle: it stays the same folder whatever becomes of its path.
#[derive(Debug)]
pub(super) struct Folder {
    fd: OwnedFd,
}

/// A name in a folder.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) folder: Folder,
    pub(super) name: OsString,
}

/// An open file, with what the system said of it when it was opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) stat: Stat,
}

impl Folder {
    /// Opens a folder by path. Links in the path are followed: it is the caller's.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { fd: retry_on_intr(|| openat(CWD, path, flags, Mode::empty()))? })
    }

    /// Opens a folder in this one.
    fn sub(&self, name: &OsStr) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self { fd: retry_on_intr(|| openat(&self.fd, name, flags, Mode::empty()))? })
    }

    fn again(&self) -> io::Result<Self> {
        Ok(Self { fd: self.fd.try_clone()? })
    }

    /// The place of `path`, whose folders are there. The path must be a plain one.
    pub(super) fn spot(&self, path: &Path) -> io::Result<Spot> {
        let mut folder = self.again()?;
        for name in parents(path) {
            folder = folder.sub(name)?;
        }
        Ok(Spot { folder, name: path.file_name().unwrap_or_default().to_owned() })
    }

    /// What is called so; links are not followed.
    pub(super) fn stat(&self, name: &OsStr) -> io::Result<Stat> {
        Ok(statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Whether its file system can only be read.
    pub(super) fn is_read_only(&self) -> bool {
        fstatvfs(&self.fd).is_ok_and(|it| it.f_flag.contains(StatVfsMountFlags::RDONLY))
    }

    /// When the folder's list of names last changed, in nanoseconds since 1970.
    pub(super) fn modified(&self) -> io::Result<i64> {
        Ok(nanoseconds(&fstat(&self.fd)?))
    }
}

fn parents(path: &Path) -> impl Iterator<Item = &OsStr> {
    path.parent().into_iter().flat_map(Path::components).filter_map(|it| match it {
        Component::Normal(name) => Some(name),
        _ => None,
    })
}

/// Modification time in nanoseconds since 1970.
pub(super) fn nanoseconds(stat: &Stat) -> i64 {
    stat.st_mtime.saturating_mul(1_000_000_000).saturating_add(stat.st_mtime_nsec as i64)
}

/// Whether two answers are about the same file.
pub(super) fn is_same(a: &Stat, b: &Stat) -> bool {
    (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino)
}

/// Whether a file has not been touched between two answers, as far as its times tell.
pub(super) fn is_untouched(a: &Stat, b: &Stat) -> bool {
    is_same(a, b)
        && a.st_size == b.st_size
        && nanoseconds(a) == nanoseconds(b)
        && (a.st_ctime, a.st_ctime_nsec) == (b.st_ctime, b.st_ctime_nsec)
}

impl Spot {
    /// What stands there; none where nothing does.
    pub(super) fn stat(&self) -> io::Result<Option<Stat>> {
        match self.folder.stat(&self.name) {
            Ok(stat) => Ok(Some(stat)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A name beside this one.
    pub(super) fn beside(&self, name: impl Into<OsString>) -> io::Result<Self> {
        Ok(Self { folder: self.folder.again()?, name: name.into() })
    }

    /// Opens the regular file that stands there; another kind is `InvalidInput`.
    pub(super) fn open(&self) -> io::Result<Opened> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let open =
            |flags| retry_on_intr(|| openat(&self.folder.fd, &self.name, flags, Mode::empty()));
        let stat = self.folder.stat(&self.name)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // Reading must not destroy what the time of the last access tells.
        #[cfg(target_os = "linux")]
        let fd = open(flags | OFlags::NOATIME).or_else(|_| open(flags))?;
        #[cfg(not(target_os = "linux"))]
        let fd = open(flags)?;
        let stat = fstat(&fd)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(Opened { file: File::from(fd), stat })
    }

    /// Opens docrot's own file that stands there, to read and write it.
    pub(super) fn open_to_write(&self) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let open = || openat(&self.folder.fd, &self.name, flags, Mode::empty());
        Ok(File::from(retry_on_intr(open)?))
    }

    /// What the regular file that stands there holds; none where there is no such file.
    pub(super) fn content(&self) -> io::Result<Option<Content>> {
        match self.open() {
            Ok(opened) => Ok(Some(opened.content()?)),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether an error says that there is no such file: none at all, or something that is no file.
pub(super) fn is_absence(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw_os_error);
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidInput)
        || matches!(errno, Some(Errno::LOOP | Errno::NOTDIR))
}

impl Opened {
    /// Reads it from its start to its end.
    pub(super) fn content(&self) -> io::Result<Content> {
        let mut file = &self.file;
        file.rewind()?;
        let hash = Hash::of_reader(file)?;
        Ok(Content { hash, size: file.stream_position()? })
    }

    /// Keeps other programs that lock files away; `false` where one of them was first.
    pub(super) fn lock(&self, alone: bool) -> bool {
        let how = match alone {
            true => FlockOperation::NonBlockingLockExclusive,
            false => FlockOperation::NonBlockingLockShared,
        };
        // A file system without locks has nobody to keep away.
        flock(&self.file, how) != Err(Errno::WOULDBLOCK)
    }
}

impl Disk {
    /// A disk that asks `watch` before each change.
    pub fn watched(watch: impl Fn(&str) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self { watch: Some(Arc::new(watch)) }
    }

    pub(super) fn before(&self, change: &str) -> io::Result<()> {
        self.watch.as_ref().map_or(Ok(()), |watch| watch(change))
    }

    /// Moves a file to a folder that may be on another file system: then the error says so.
    pub(super) fn move_to(&self, from: &Spot, to: &Spot) -> io::Result<()> {
        self.before("move")?;
        self.rename(from, to)
    }

    /// Gives a file another name, unless that is taken.
    #[expect(clippy::disallowed_methods, reason = "this is where documents are moved")]
    pub(super) fn rename(&self, from: &Spot, to: &Spot) -> io::Result<()> {
        self.before("rename")?;
        let flags = RenameFlags::NOREPLACE;
        match renameat_with(&from.folder.fd, &from.name, &to.folder.fd, &to.name, flags) {
            // The file system cannot rename without replacing: a second name, then no first.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                self.link(from, to)?;
                self.unlink(from)
            }
            result => Ok(result?),
        }
    }

    /// Gives a file a second name, unless that is taken.
    #[expect(clippy::disallowed_methods, reason = "this is where documents are linked")]
    pub(super) fn link(&self, from: &Spot, to: &Spot) -> io::Result<()> {
        self.before("link")?;
        let (from_fd, to_fd) = (&from.folder.fd, &to.folder.fd);
        Ok(linkat(from_fd, &from.name, to_fd, &to.name, AtFlags::empty())?)
    }

    /// Takes a name away.
    #[expect(clippy::disallowed_methods, reason = "only of what stands elsewhere, or is purged")]
    pub(super) fn unlink(&self, spot: &Spot) -> io::Result<()> {
        self.before("unlink")?;
        Ok(unlinkat(&spot.folder.fd, &spot.name, AtFlags::empty())?)
    }

    /// Takes an empty folder away.
    #[expect(clippy::disallowed_methods, reason = "only of folders that docrot made")]
    pub(super) fn remove_folder(&self, spot: &Spot) -> io::Result<()> {
        self.before("remove folder")?;
        Ok(unlinkat(&spot.folder.fd, &spot.name, AtFlags::REMOVEDIR)?)
    }

    /// Makes a file that was not there; only its owner may read it.
    pub(super) fn create(&self, spot: &Spot) -> io::Result<File> {
        self.before("create")?;
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        Ok(File::from(openat(&spot.folder.fd, &spot.name, flags, mode)?))
    }

    /// The place of `path` below `folder`, whose folders are made where they are not there.
    pub(super) fn make_way(&self, folder: &Folder, path: &Path) -> io::Result<Spot> {
        let mut folder = folder.again()?;
        for name in parents(path) {
            folder = match folder.sub(name) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.before("make folder")?;
                    match mkdirat(&folder.fd, name, Mode::from_raw_mode(0o777)) {
                        Ok(()) => self.sync(&folder)?,
                        Err(Errno::EXIST) => {}
                        Err(error) => return Err(error.into()),
                    }
                    folder.sub(name)?
                }
                found => found?,
            };
        }
        Ok(Spot { folder, name: path.file_name().unwrap_or_default().to_owned() })
    }

    /// Has the list of a folder's names written to the disk.
    pub(super) fn sync(&self, folder: &Folder) -> io::Result<()> {
        self.before("sync")?;
        match retry_on_intr(|| fsync(&folder.fd)) {
            // Some network file systems know no such thing for folders.
            Err(Errno::INVAL | Errno::NOTSUP | Errno::BADF) => Ok(()),
            result => Ok(result?),
        }
    }

    /// Sets the modification time of a folder.
    pub(super) fn set_modified(&self, folder: &Folder, nanoseconds: i64) -> io::Result<()> {
        self.before("set time")?;
        let keep = Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT as _ };
        let last_modification = Timespec {
            tv_sec: nanoseconds.div_euclid(1_000_000_000) as _,
            tv_nsec: nanoseconds.rem_euclid(1_000_000_000) as _,
        };
        let times = Timestamps { last_access: keep, last_modification };
        Ok(futimens(folder.fd.as_fd(), &times)?)
    }
}
