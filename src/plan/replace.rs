//! What stands in the place of a document that was moved aside: a text that points to the copy that
//! stays, another name of it, or a copy that shares its disk blocks.
//!
//! It is put there under a name of docrot's own first, and taken away again only where it is still
//! what was put there.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, fchmod};

use crate::inventory::Hash;

use super::carry::keep_attributes;
use super::disk::{Disk, Folder, Opened, Spot, is_same};
use super::event::{Held, Intent, Replacement};
use super::refusal::Refusal;
use super::step::{Content, Disposition};

fn new_name(number: u64) -> OsString {
    format!(".docrot-{number}.new").into()
}

fn aside_name(number: u64) -> OsString {
    format!(".docrot-{number}.replaced").into()
}

/// The file that points to the copy that stays: `Plan.docx.moved.txt`.
pub(super) fn pointer_path(document: &Path) -> PathBuf {
    let mut name = document.file_name().unwrap_or_default().to_owned();
    name.push(".moved.txt");
    document.with_file_name(name)
}

/// What such a file says.
pub(super) fn pointer_text(intent: &Intent, number: u64, quarantine: &Path) -> String {
    let survivor = intent.survivor.as_ref().map(|it| it.at.root.join(&it.at.path));
    let stays = survivor.map_or_else(String::new, |path| {
        format!("The document that stays:\n  {}\n", path.display())
    });
    format!(
        "This document was moved aside: {}.\n{stays}To get it back:\n  docrot undo {number} --yes \
         --quarantine {}\n",
        intent.reason,
        quarantine.display(),
    )
}

/// What an intent of this disposition puts in the document's place.
pub(super) fn planned(intent: &Intent, number: u64, quarantine: &Path) -> Option<Replacement> {
    match intent.disposition() {
        Disposition::Pointer => {
            let text = pointer_text(intent, number, quarantine);
            let content = Content { hash: Hash::of(text.as_bytes()), size: text.len() as u64 };
            let path = pointer_path(&intent.document.path);
            Some(Replacement { path, content: Held::of(&content) })
        }
        Disposition::HardLink | Disposition::Reflink => Some(Replacement {
            path: intent.document.path.clone(),
            content: intent.content.clone(),
        }),
        _ => None,
    }
}

/// Puts it there. `original` is the document, moved aside already; `survivor` the copy that stays.
pub(super) fn put(
    disk: &Disk,
    intent: &Intent,
    number: u64,
    quarantine: &Path,
    original: &Opened,
    survivor: Option<&(Spot, Opened)>,
) -> Result<(), Refusal> {
    let Some(replacement) = &intent.replacement else { return Ok(()) };
    let refuse = Refusal::io("put something in its place");
    let spot = spot_of(intent, replacement).map_err(&refuse)?;
    let taken = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Refusal::NameTaken(spot.name.to_string_lossy().into_owned())
        }
        _ => refuse(error),
    };
    let no_survivor = || Refusal::Nonsense("it names no copy that stays".to_owned());
    if intent.disposition() == Disposition::HardLink {
        let (from, opened) = survivor.ok_or_else(no_survivor)?;
        disk.link(from, &spot).map_err(taken)?;
        let linked = spot.stat().map_err(&refuse)?;
        if !linked.is_some_and(|it| is_same(&it, &opened.stat)) {
            disk.unlink(&spot).map_err(&refuse)?;
            return Err(Refusal::ChangedUnderWay("the copy that should stay"));
        }
        return disk.sync(&spot.folder).map_err(refuse);
    }
    let new = spot.beside(new_name(number)).map_err(&refuse)?;
    let file = disk.create(&new).map_err(&refuse)?;
    let written = match intent.disposition() {
        Disposition::Reflink => {
            let (_, opened) = survivor.ok_or_else(no_survivor)?;
            share_blocks(&opened.file, &file).and_then(|()| keep_attributes(original, &file))
        }
        _ => write_text(&file, &pointer_text(intent, number, quarantine)).map_err(&refuse),
    };
    let done = written
        .and_then(|()| file.sync_all().map_err(&refuse))
        .and_then(|()| disk.rename(&new, &spot).map_err(taken))
        .and_then(|()| disk.sync(&spot.folder).map_err(&refuse));
    done.inspect_err(|_| {
        // The first error is the one to tell.
        let _ = disk.unlink(&new);
    })
}

fn write_text(mut file: &std::fs::File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    Ok(fchmod(file, Mode::from_raw_mode(0o644))?)
}

#[cfg(target_os = "linux")]
fn share_blocks(from: &std::fs::File, to: &std::fs::File) -> Result<(), Refusal> {
    rustix::fs::ioctl_ficlone(to, from)
        .map_err(|error| Refusal::io("share disk blocks on this file system")(error.into()))
}

#[cfg(not(target_os = "linux"))]
fn share_blocks(_from: &std::fs::File, _to: &std::fs::File) -> Result<(), Refusal> {
    let error = io::Error::from(io::ErrorKind::Unsupported);
    Err(Refusal::io("share disk blocks on this system")(error))
}

fn spot_of(intent: &Intent, replacement: &Replacement) -> io::Result<Spot> {
    Folder::open(&intent.document.root)?.spot(&replacement.path)
}

/// Whether what was to be put in the document's place stands there; true where nothing was.
pub(super) fn is_in_place(intent: &Intent) -> io::Result<bool> {
    let Some(replacement) = &intent.replacement else { return Ok(true) };
    let spot = spot_of(intent, replacement)?;
    let Some(stat) = spot.stat()? else { return Ok(false) };
    let is_original = replacement.path == intent.document.path && stat.st_ino == intent.inode;
    Ok(!is_original
        && spot.content()?.as_ref().map(Held::of).as_ref() == Some(&replacement.content))
}

/// Removes what a crash left before it had its name.
pub(super) fn remove_unfinished(disk: &Disk, intent: &Intent, number: u64) -> io::Result<()> {
    let Some(replacement) = &intent.replacement else { return Ok(()) };
    let new = spot_of(intent, replacement)?.beside(new_name(number))?;
    match new.stat()? {
        Some(_) => disk.unlink(&new),
        None => Ok(()),
    }
}

/// Gives it another name, so that the document can have its own back. Refuses where somebody
/// changed it: that would be lost.
pub(super) fn take_aside(disk: &Disk, intent: &Intent, number: u64) -> Result<(), Refusal> {
    let Some(replacement) = &intent.replacement else { return Ok(()) };
    let refuse = Refusal::io("take away what stands in its place");
    let spot = match spot_of(intent, replacement) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        spot => spot.map_err(&refuse)?,
    };
    if spot.stat().map_err(&refuse)?.is_none() {
        return Ok(());
    }
    let changed = || Refusal::NameTaken(spot.name.to_string_lossy().into_owned());
    if !is_ours(intent, replacement, &spot).map_err(&refuse)? {
        return Err(changed());
    }
    let aside = spot.beside(aside_name(number)).map_err(&refuse)?;
    disk.rename(&spot, &aside).map_err(&refuse)?;
    if is_ours(intent, replacement, &aside).map_err(&refuse)? {
        return Ok(());
    }
    disk.rename(&aside, &spot).map_err(&refuse)?;
    Err(changed())
}

/// Whether it is what was put there, or another name of the copy that stays: taking a name away
/// from a file that has others loses nothing.
fn is_ours(intent: &Intent, replacement: &Replacement, spot: &Spot) -> io::Result<bool> {
    if spot.content()?.as_ref().map(Held::of).as_ref() == Some(&replacement.content) {
        return Ok(true);
    }
    let Some(survivor) = &intent.survivor else { return Ok(false) };
    if intent.disposition() != Disposition::HardLink {
        return Ok(false);
    }
    let there = Folder::open(&survivor.at.root).and_then(|it| it.spot(&survivor.at.path)?.stat());
    Ok(there.ok().flatten().zip(spot.stat()?).is_some_and(|(a, b)| is_same(&a, &b)))
}

fn aside_of(intent: &Intent, number: u64) -> io::Result<Option<(Spot, Spot)>> {
    let Some(replacement) = &intent.replacement else { return Ok(None) };
    let spot = match spot_of(intent, replacement) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        spot => spot?,
    };
    let aside = spot.beside(aside_name(number))?;
    Ok(aside.stat()?.is_some().then_some((spot, aside)))
}

/// Whether it was taken aside.
pub(super) fn is_aside(intent: &Intent, number: u64) -> io::Result<bool> {
    Ok(aside_of(intent, number)?.is_some())
}

/// Removes what was taken aside.
pub(super) fn discard(disk: &Disk, intent: &Intent, number: u64) -> io::Result<()> {
    aside_of(intent, number)?.map_or(Ok(()), |(_, aside)| disk.unlink(&aside))
}

/// Puts back what was taken aside.
pub(super) fn restore(disk: &Disk, intent: &Intent, number: u64) -> io::Result<()> {
    match aside_of(intent, number)? {
        Some((spot, aside)) if spot.stat()?.is_none() => disk.rename(&aside, &spot),
        // Something else has its name; what stood there is docrot's own.
        Some((_, aside)) => disk.unlink(&aside),
        None => Ok(()),
    }
}
