//! Settles what a crash left undecided, from what is on the disk.
//!
//! A move that ended in the middle has left at most a copy that is not whole, a copy too many, or a
//! file under a name of docrot's own. Which of these it was can be told by looking; what is removed
//! is always a second copy of something that was read and found whole.

use std::io;

use chrono::{DateTime, Utc};

use super::carry::{going_name, part_name};
use super::disk::{Disk, Folder, Spot, is_same};
use super::event::{Event, Held};
use super::journal::JournalError;
use super::quarantine::{Item, ItemState, Quarantine, items, origin};
use super::replace;
use super::step::Content;

/// Where a file is after a move that ended in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// Where it stood.
    NotMoved,
    /// Where it was to go, and this is what is there.
    Moved(Content),
    /// In neither place: somebody took it away.
    Gone,
}

/// Which of two whole copies goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spare {
    /// The new one, unless the old one is no longer the file of this inode.
    New { inode: u64 },
    /// The old one.
    Old,
}

/// Settles a move of what was `expected`; afterwards none of docrot's own names stands there.
pub(super) fn settle(
    disk: &Disk,
    from: &Spot,
    to: &Spot,
    expected: &Content,
    number: u64,
    spare: Spare,
) -> io::Result<Settled> {
    for spot in [to, from] {
        remove_if_there(disk, &spot.beside(part_name(number))?)?;
    }
    settle_going(disk, from, to, expected, number)?;
    settle_going(disk, to, from, expected, number)?;
    let (Some(there), Some(here)) = (to.stat()?, from.stat()?) else {
        return Ok(match (from.stat()?, to.content()?) {
            (Some(_), _) => Settled::NotMoved,
            (None, Some(content)) => Settled::Moved(content),
            (None, None) => Settled::Gone,
        });
    };
    let is_whole = |spot: &Spot| spot.content().map(|it| it.as_ref() == Some(expected));
    let is_twice = is_same(&here, &there) || is_whole(from)? && is_whole(to)?;
    match spare {
        Spare::New { inode } if is_twice && here.st_ino == inode => {
            disk.unlink(to)?;
            Ok(Settled::NotMoved)
        }
        Spare::Old if is_twice => {
            disk.unlink(from)?;
            Ok(Settled::Moved(*expected))
        }
        _ => Ok(to.content()?.map_or(Settled::NotMoved, Settled::Moved)),
    }
}

/// A file that got another name before it was to go: it goes if its copy is whole, else it gets its
/// name back.
fn settle_going(
    disk: &Disk,
    from: &Spot,
    to: &Spot,
    expected: &Content,
    number: u64,
) -> io::Result<()> {
    let going = from.beside(going_name(number))?;
    let Some(content) = going.content()? else { return Ok(()) };
    if content == *expected && to.content()?.as_ref() == Some(expected) {
        return disk.unlink(&going);
    }
    match disk.rename(&going, from) {
        // Something new took its name. Both stay, under the names they have.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        renamed => renamed,
    }
}

fn remove_if_there(disk: &Disk, spot: &Spot) -> io::Result<()> {
    match spot.stat()? {
        Some(_) => disk.unlink(spot),
        None => Ok(()),
    }
}

/// Settles everything that the journal leaves open.
pub(super) fn settle_all(it: &mut Quarantine, now: DateTime<Utc>) -> Result<(), JournalError> {
    let mut settled = false;
    for item in items(&it.journal.lines).into_values() {
        let event = match (item.state, item.is_undoing, item.is_purging) {
            (ItemState::Open, ..) => settle_apply(it, &item),
            (_, true, _) => settle_undo(it, &item),
            (_, _, true) => settle_purge(it, &item),
            _ => continue,
        };
        // What cannot be looked at now, as a share that is offline, stays open.
        match event {
            Ok(event) => {
                it.journal.append(now, event)?;
                settled = true;
            }
            Err(error) => log::warn!("line {} of the journal stays open: {error}", item.number),
        }
    }
    if settled { it.journal.sync() } else { Ok(()) }
}

/// What became of a step that was begun; the event that says so.
pub(super) fn settle_apply(it: &Quarantine, item: &Item) -> io::Result<Event> {
    let of = item.number;
    let abandoned = |reason: &str| Ok(Event::Abandoned { of, reason: reason.to_owned() });
    let from = match origin(&item.intent) {
        Ok(from) => from,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // The folder is gone, or the whole tree is elsewhere: what was moved tells.
            Folder::open(&item.intent.document.root)?;
            return match it.place_of(&item.intent, false).and_then(|to| to.content()) {
                Ok(Some(content)) => Ok(stranded(of, &content, "its folder is gone")),
                _ => abandoned("interrupted; its folder is gone"),
            };
        }
        Err(error) => return Err(error),
    };
    let replaced = replace::is_in_place(&item.intent)?;
    let to = match it.place_of(&item.intent, false) {
        Ok(to) => to,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return abandoned("interrupted before it was moved");
        }
        Err(error) => return Err(error),
    };
    let spare = Spare::New { inode: item.intent.inode };
    replace::remove_unfinished(&it.disk, &item.intent, of)?;
    let settled = settle(&it.disk, &from, &to, &item.content, of, spare)?;
    match settled {
        Settled::NotMoved => {
            it.tidy(&item.intent);
            abandoned("interrupted before it was moved")
        }
        Settled::Gone => abandoned("interrupted, and it is gone from both places"),
        // What stands in its place is put there last, so that step had come to its end.
        Settled::Moved(content)
            if content == item.content && replaced && item.intent.replacement.is_some() =>
        {
            let folder_modified = from.folder.modified().ok();
            Ok(Event::Done { of, folder_modified })
        }
        Settled::Moved(content) => match put_back(it, item, &from, &to)? {
            true => abandoned("interrupted; it was put back"),
            false => Ok(stranded(of, &content, "interrupted, and something took its name")),
        },
    }
}

/// Takes a document back whose step did not come to its end; `false` where its name is taken.
fn put_back(it: &Quarantine, item: &Item, from: &Spot, to: &Spot) -> io::Result<bool> {
    let opened = to.open()?;
    let expected = opened.content()?;
    let job = super::carry::Carry {
        from: to,
        to: from,
        expected: &expected,
        number: item.number,
        what: "the document",
    };
    match super::carry::carry(&it.disk, job, &opened) {
        Ok(()) => {
            it.tidy(&item.intent);
            Ok(true)
        }
        // A copy back that was whole already.
        Err(super::refusal::Refusal::NameTaken(_)) if from.content()? == Some(expected) => {
            it.disk.unlink(to)?;
            Ok(true)
        }
        Err(super::refusal::Refusal::NameTaken(_)) => Ok(false),
        Err(super::refusal::Refusal::Io { source, .. }) => Err(source),
        Err(refusal) => Err(io::Error::other(refusal)),
    }
}

fn stranded(of: u64, content: &Content, reason: &str) -> Event {
    Event::Stranded { of, content: Held::of(content), reason: reason.to_owned() }
}

/// What became of taking a document back; the event that says so.
pub(super) fn settle_undo(it: &Quarantine, item: &Item) -> io::Result<Event> {
    let of = item.number;
    let not_undone = |reason: &str| Ok(Event::NotUndone { of, reason: reason.to_owned() });
    let to = match origin(&item.intent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Folder::open(&item.intent.document.root)?;
            return not_undone("interrupted before it went back");
        }
        to => to?,
    };
    let from = match it.place_of(&item.intent, false) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(match to.content()? {
                Some(_) => Event::Undone { of },
                None => Event::NotUndone { of, reason: "it is gone from both places".to_owned() },
            });
        }
        from => from?,
    };
    // What stands in its place is taken aside first and discarded last.
    let not_begun = item.intent.replacement.is_some()
        && from.stat()?.is_some()
        && !replace::is_aside(&item.intent, of)?;
    let settled = match not_begun {
        true => Settled::NotMoved,
        false => settle(&it.disk, &from, &to, &item.content, of, Spare::Old)?,
    };
    match settled {
        Settled::Moved(content) if content == item.content && from.stat()?.is_none() => {
            replace::discard(&it.disk, &item.intent, of)?;
            it.tidy(&item.intent);
            Ok(Event::Undone { of })
        }
        Settled::Gone => not_undone("it is gone from both places"),
        _ => {
            replace::restore(&it.disk, &item.intent, of)?;
            not_undone("interrupted before it went back")
        }
    }
}

fn settle_purge(it: &Quarantine, item: &Item) -> io::Result<Event> {
    let of = item.number;
    let there = match it.place_of(&item.intent, false) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        spot => spot?.stat()?,
    };
    Ok(match there {
        None => Event::Purged { of },
        Some(_) => Event::NotPurged { of, reason: "interrupted before it was deleted".to_owned() },
    })
}
