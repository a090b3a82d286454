//! Takes documents back to where they were, from the journal alone.
//!
//! The last one moved goes first, so that folders become what they were, step by step. Nothing that
//! has come to stand there since is replaced.

use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::apply::told;
use super::carry::{Carry, carry};
use super::check::Terms;
use super::disk::{Folder, Spot, is_absence};
use super::event::Event;
use super::journal::JournalError;
use super::quarantine::{Item, ItemState, Quarantine, items};
use super::recover::settle_undo;
use super::refusal::Refusal;
use super::replace;
use super::wire::check_path;

/// Which documents are to go back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Lines of the journal; empty for all.
    pub numbers: BTreeSet<u64>,
    /// Only what was moved then or later.
    pub since: Option<DateTime<Utc>>,
}

impl Selection {
    pub(super) fn holds(&self, item: &Item) -> bool {
        (self.numbers.is_empty() || self.numbers.contains(&item.number))
            && self.since.is_none_or(|since| since <= item.at)
    }
}

/// What came of one document.
#[derive(Debug)]
pub enum Return {
    /// It is back.
    Done,
    /// It would go back.
    Would,
    /// It stays in quarantine, and why.
    Refused(Refusal),
}

/// Told of every document when it is over; may stop the run.
pub type OnReturn<'a> = &'a mut dyn FnMut(u64, &Path, &Return) -> ControlFlow<()>;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// Documents that went back, or would.
    pub done: u64,
    /// Documents that stay in quarantine.
    pub refused: u64,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

/// Takes documents back; only looks whether that is possible where `acts` is false.
pub fn undo(
    quarantine: &mut Quarantine,
    selection: &Selection,
    terms: &Terms<'_>,
    acts: bool,
    on_return: OnReturn<'_>,
) -> Result<Returned, JournalError> {
    let aside = items(&quarantine.journal.lines).into_values();
    let aside: Vec<Item> =
        aside.filter(|it| it.state == ItemState::Aside && selection.holds(it)).collect();
    if acts {
        let event = Event::Began {
            schema_version: 1,
            run: "undo".to_owned(),
            by: terms.by.to_owned(),
            version: terms.version.to_owned(),
            plan: None,
        };
        quarantine.journal.append((terms.now)(), event)?;
    }
    let mut returned = Returned::default();
    for item in aside.iter().rev() {
        let outcome = match acts {
            true => take_back(quarantine, item, terms)?,
            false => match possible(quarantine, item) {
                Ok(()) => Return::Would,
                Err(refusal) => Return::Refused(refusal),
            },
        };
        match outcome {
            Return::Refused(_) => returned.refused += 1,
            Return::Done | Return::Would => returned.done += 1,
        }
        let path = item.intent.document.root.join(&item.intent.document.path);
        if on_return(item.number, &path, &outcome).is_break() {
            returned.stopped = true;
            break;
        }
    }
    if acts {
        let Returned { done, refused, stopped } = returned;
        quarantine.journal.append((terms.now)(), Event::Ended { done, refused, stopped })?;
        quarantine.journal.sync()?;
    }
    Ok(returned)
}

/// Whether a document could go back now.
fn possible(quarantine: &Quarantine, item: &Item) -> Result<(), Refusal> {
    let refuse = Refusal::io("look at it");
    let held = held(quarantine, item)?;
    if held.content().map_err(&refuse)?.as_ref() != Some(&item.content) {
        return Err(Refusal::QuarantineChanged);
    }
    let path = &item.intent.document.path;
    check_path(path).map_err(Refusal::Nonsense)?;
    let root = Folder::open(&item.intent.document.root).map_err(&refuse)?;
    let is_replaced = |it: &super::event::Replacement| it.path == *path;
    match root.spot(path).and_then(|spot| spot.stat()) {
        Ok(None) => Ok(()),
        Ok(Some(_)) if item.intent.replacement.as_ref().is_some_and(is_replaced) => Ok(()),
        Ok(Some(_)) => Err(name_taken(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(refuse(error)),
    }
}

fn name_taken(path: &Path) -> Refusal {
    Refusal::NameTaken(path.display().to_string())
}

/// The place of a document in quarantine.
fn held(quarantine: &Quarantine, item: &Item) -> Result<Spot, Refusal> {
    check_path(&item.intent.to.path).map_err(Refusal::Nonsense)?;
    quarantine.place_of(&item.intent, false).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Refusal::QuarantineChanged,
        _ => Refusal::io("open it")(error),
    })
}

fn take_back(
    quarantine: &mut Quarantine,
    item: &Item,
    terms: &Terms<'_>,
) -> Result<Return, JournalError> {
    let of = item.number;
    if let Err(refusal) = possible(quarantine, item) {
        let reason = told(&refusal);
        quarantine.journal.append((terms.now)(), Event::NotUndone { of, reason })?;
        return Ok(Return::Refused(refusal));
    }
    quarantine.journal.append((terms.now)(), Event::Undoing { of })?;
    quarantine.journal.sync()?;
    let outcome = act(quarantine, item);
    let event = match &outcome {
        Ok(()) => Event::Undone { of },
        Err(refusal) => {
            let settled = settle_undo(quarantine, item).map_err(|source| JournalError::Io {
                what: "find out what became of a document, and say so in",
                source,
            })?;
            match settled {
                Event::NotUndone { of, .. } => Event::NotUndone { of, reason: told(refusal) },
                settled => settled,
            }
        }
    };
    let is_back = matches!(event, Event::Undone { .. });
    quarantine.journal.append((terms.now)(), event)?;
    Ok(match outcome {
        Err(refusal) if !is_back => Return::Refused(refusal),
        _ => Return::Done,
    })
}

fn act(quarantine: &Quarantine, item: &Item) -> Result<(), Refusal> {
    let (disk, intent) = (&quarantine.disk, &item.intent);
    let refuse = Refusal::io("take it back");
    let from = held(quarantine, item)?;
    let opened = from.open().map_err(|error| match is_absence(&error) {
        true => Refusal::QuarantineChanged,
        false => refuse(error),
    })?;
    let root = Folder::open(&intent.document.root).map_err(&refuse)?;
    let to = disk.make_way(&root, &intent.document.path).map_err(&refuse)?;
    let before = to.folder.modified().map_err(&refuse)?;
    replace::take_aside(disk, intent, item.number)?;
    let (number, expected) = (item.number, &item.content);
    let job = Carry { from: &from, to: &to, expected, number, what: "what lies in quarantine" };
    carry(disk, job, &opened)?;
    replace::discard(disk, intent, number).map_err(&refuse)?;
    // The folder is as it was, unless somebody has changed it since.
    if let (true, Some(modified)) = (item.folder_modified == Some(before), intent.folder_modified) {
        disk.set_modified(&to.folder, modified).map_err(&refuse)?;
    }
    quarantine.tidy(intent);
    Ok(())
}
