//! Moves one file, within a file system or to another, so that no writer's work is lost on the way.
//!
//! What was checked before the move is checked again after it, on the file that was moved: whoever
//! edited or replaced it in between finds it put back. On another file system a copy is made and
//! verified first, and the file's name is taken away last.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Seek as _};

use rustix::fs::{
    Gid, Mode, Timespec, Timestamps, Uid, XattrFlags, fchmod, fchown, fgetxattr, flistxattr,
    fsetxattr, fstat, futimens,
};
use rustix::io::Errno;

use super::disk::{Disk, Opened, Spot, is_absence, is_same};
use super::refusal::Refusal;
use super::step::Content;

/// What is to be moved, and where to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carry<'a> {
    /// Where it stands.
    pub(super) from: &'a Spot,
    /// Where it goes; nothing stands there.
    pub(super) to: &'a Spot,
    /// What it holds.
    pub(super) expected: &'a Content,
    /// A number that no other move of this quarantine has, for names that stand for a moment.
    pub(super) number: u64,
    /// What it is, for people.
    pub(super) what: &'static str,
}

/// The name of a copy that is not whole yet.
pub(super) fn part_name(number: u64) -> OsString {
    format!(".docrot-{number}.part").into()
}

/// The name of a file whose copy is whole, a moment before it goes.
pub(super) fn going_name(number: u64) -> OsString {
    format!(".docrot-{number}.going").into()
}

/// Moves it; `opened` is the file as it was checked. After a refusal it stands where it stood,
/// unless the refusal says otherwise.
pub(super) fn carry(disk: &Disk, job: Carry<'_>, opened: &Opened) -> Result<(), Refusal> {
    match disk.move_to(job.from, job.to) {
        Ok(()) => after_rename(disk, job, opened),
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => copy_over(disk, job, opened),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Refusal::NameTaken(job.to.name.to_string_lossy().into_owned()))
        }
        Err(error) if is_absence(&error) => Err(Refusal::Missing(job.what)),
        Err(error) => Err(Refusal::io("move it")(error)),
    }
}

fn after_rename(disk: &Disk, job: Carry<'_>, opened: &Opened) -> Result<(), Refusal> {
    if is_what_was_checked(job.to, opened, job.expected) {
        let synced = disk.sync(&job.to.folder).and_then(|()| disk.sync(&job.from.folder));
        return match synced {
            Ok(()) => Ok(()),
            Err(error) => {
                put_back(disk, job)?;
                Err(Refusal::io("have the move written to the disk")(error))
            }
        };
    }
    put_back(disk, job)?;
    Err(Refusal::ChangedUnderWay(job.what))
}

fn put_back(disk: &Disk, job: Carry<'_>) -> Result<(), Refusal> {
    match disk.rename(job.to, job.from) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Refusal::NameTakenUnderWay(job.what))
        }
        Err(error) => Err(Refusal::io("put it back")(error)),
    }
}

/// Whether the file at `spot` is the one that was opened, and still holds what it did.
fn is_what_was_checked(spot: &Spot, opened: &Opened, expected: &Content) -> bool {
    let is_it = spot.stat().is_ok_and(|it| it.is_some_and(|it| is_same(&it, &opened.stat)));
    is_it && opened.content().is_ok_and(|content| content == *expected)
}

fn copy_over(disk: &Disk, job: Carry<'_>, opened: &Opened) -> Result<(), Refusal> {
    if 1 < opened.stat.st_nlink {
        return Err(Refusal::SeveralNames);
    }
    if job.from.folder.is_read_only() {
        // Before anything is copied for nothing.
        let error = io::ErrorKind::ReadOnlyFilesystem.into();
        return Err(Refusal::io("remove the original")(error));
    }
    let part = job.to.beside(part_name(job.number)).map_err(Refusal::io("copy it"))?;
    let copied = copy(disk, opened, &part, job.expected)
        .and_then(|()| disk.rename(&part, job.to).map_err(Refusal::io("name the copy")))
        .and_then(|()| disk.sync(&job.to.folder).map_err(Refusal::io("sync the copy")));
    if let Err(refusal) = copied {
        // The first error is the one to tell; what is left of the copy is found again by its name.
        let _ = disk.unlink(&part);
        return Err(match refusal {
            Refusal::Io { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
                Refusal::NameTaken(job.to.name.to_string_lossy().into_owned())
            }
            refusal => refusal,
        });
    }
    remove_original(disk, job, opened).inspect_err(|_| {
        // The original is where it was, so the copy is one too many.
        if job.from.stat().is_ok_and(|it| it.is_some()) {
            let _ = disk.unlink(job.to);
        }
    })
}

/// Takes the name of a file away that was copied. It gets another one first and is read again, so
/// that whoever wrote to it or replaced it meanwhile finds it put back.
fn remove_original(disk: &Disk, job: Carry<'_>, opened: &Opened) -> Result<(), Refusal> {
    let going = job.from.beside(going_name(job.number)).map_err(Refusal::io("remove it"))?;
    disk.rename(job.from, &going).map_err(|error| match is_absence(&error) {
        true => Refusal::Missing(job.what),
        false => Refusal::io("remove the original")(error),
    })?;
    if !is_what_was_checked(&going, opened, job.expected) {
        put_back(disk, Carry { to: &going, ..job })?;
        return Err(Refusal::ChangedUnderWay(job.what));
    }
    let removed = disk.unlink(&going).and_then(|()| disk.sync(&job.from.folder));
    removed.or_else(|error| {
        put_back(disk, Carry { to: &going, ..job })?;
        Err(Refusal::io("remove the original")(error))
    })
}

/// Makes a copy with all that the file has, and reads it again.
fn copy(disk: &Disk, from: &Opened, to: &Spot, expected: &Content) -> Result<(), Refusal> {
    let mut copy = disk.create(to).map_err(Refusal::io("make a copy"))?;
    disk.before("write").map_err(Refusal::io("copy it"))?;
    let mut original = &from.file;
    original.rewind().map_err(Refusal::io("copy it"))?;
    io::copy(&mut original, &mut copy).map_err(Refusal::io("copy it"))?;
    disk.before("attributes").map_err(Refusal::io("keep its attributes"))?;
    keep_attributes(from, &copy)?;
    disk.before("sync").map_err(Refusal::io("copy it"))?;
    copy.sync_all().map_err(Refusal::io("copy it"))?;
    let stat = fstat(&copy).map_err(|it| Refusal::io("read the copy")(it.into()))?;
    let found = Opened { file: copy, stat }.content().map_err(Refusal::io("read the copy"))?;
    if found != *expected {
        return Err(Refusal::ChangedUnderWay("the document"));
    }
    Ok(())
}

/// Owner, extended attributes (access lists are among them), permissions and times, in this order:
/// each could undo the one before.
pub(super) fn keep_attributes(from: &Opened, to: &File) -> Result<(), Refusal> {
    let refuse = |what| move |error: Errno| Refusal::io(what)(error.into());
    let stat = &from.stat;
    let now = fstat(to).map_err(refuse("keep its owner"))?;
    if (now.st_uid, now.st_gid) != (stat.st_uid, stat.st_gid) {
        let (owner, group) = (Uid::from_raw(stat.st_uid), Gid::from_raw(stat.st_gid));
        fchown(to, Some(owner), Some(group)).map_err(refuse("keep its owner"))?;
    }
    keep_extended(&from.file, to).map_err(refuse("keep its extended attributes"))?;
    let mode = Mode::from_raw_mode(stat.st_mode);
    fchmod(to, mode).map_err(refuse("keep its permissions"))?;
    let last_access = Timespec { tv_sec: stat.st_atime as _, tv_nsec: stat.st_atime_nsec as _ };
    let last_modification =
        Timespec { tv_sec: stat.st_mtime as _, tv_nsec: stat.st_mtime_nsec as _ };
    futimens(to, &Timestamps { last_access, last_modification }).map_err(refuse("keep its times"))
}

fn keep_extended(from: &File, to: &File) -> Result<(), Errno> {
    let mut names = vec![0_u8; 64 << 10];
    let length = match flistxattr(from, &mut names[..]) {
        // The file system has none, or something like it that is not the document's.
        Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(()),
        length => length?,
    };
    let mut value = vec![0_u8; 64 << 10];
    for name in names[..length].split(|it| *it == 0).filter(|it| !it.is_empty()) {
        let length = fgetxattr(from, name, &mut value[..])?;
        match fsetxattr(to, name, &value[..length], XattrFlags::empty()) {
            // Labels of the system's own are set by the system.
            Err(Errno::PERM | Errno::ACCESS | Errno::NOTSUP) if name.starts_with(b"security.") => {}
            result => result?,
        }
    }
    Ok(())
}
