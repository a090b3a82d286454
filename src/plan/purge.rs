//! Deletes for good what has been in quarantine for long enough. The only place that deletes
//! documents.
//!
//! What is deleted must be what was put there, and where it was a copy, the copy that stayed must
//! still be there and hold the same bytes: the last one is never deleted unasked.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::apply::told;
use super::check::Terms;
use super::disk::{Folder, Spot};
use super::event::Event;
use super::journal::JournalError;
use super::quarantine::{Item, ItemState, Quarantine, items};
use super::refusal::Refusal;
use super::step::Disposition;
use super::wire::check_path;

/// What may be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PurgeTerms {
    /// What was moved aside before this moment.
    pub before: DateTime<Utc>,
    /// Whether it may be the last copy.
    pub last_copies: bool,
}

/// What came of one document.
#[derive(Debug)]
pub enum Purge {
    /// It is gone for good.
    Done,
    /// It would be.
    Would,
    /// It stays in quarantine, and why.
    Refused(Refusal),
}

/// Told of every document when it is over, with its size; may stop the run.
pub type OnPurge<'a> = &'a mut dyn FnMut(u64, &Path, u64, &Purge) -> ControlFlow<()>;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Documents that were deleted, or would be.
    pub done: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Documents that stay in quarantine although they are old enough.
    pub refused: u64,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

/// Deletes what may be deleted; only says what that is where `acts` is false.
pub fn purge(
    quarantine: &mut Quarantine,
    what: PurgeTerms,
    terms: &Terms<'_>,
    acts: bool,
    on_purge: OnPurge<'_>,
) -> Result<Deleted, JournalError> {
    let old = items(&quarantine.journal.lines).into_values().filter(|it| {
        // What is in the archive is kept there.
        let is_archived = it.intent.disposition() == Disposition::Archive;
        it.state == ItemState::Aside && it.at < what.before && !is_archived
    });
    let old: Vec<Item> = old.collect();
    if acts {
        let event = Event::Began {
            schema_version: 1,
            run: "purge".to_owned(),
            by: terms.by.to_owned(),
            version: terms.version.to_owned(),
            plan: None,
        };
        quarantine.journal.append((terms.now)(), event)?;
    }
    let mut deleted = Deleted::default();
    for item in &old {
        let outcome = match may_go(quarantine, item, what, terms) {
            Err(refusal) => Purge::Refused(refusal),
            Ok(_) if !acts => Purge::Would,
            Ok(spot) => delete(quarantine, item, &spot, terms)?,
        };
        match outcome {
            Purge::Refused(_) => deleted.refused += 1,
            Purge::Done | Purge::Would => {
                deleted.done += 1;
                deleted.bytes += item.content.size;
            }
        }
        let path = item.intent.document.root.join(&item.intent.document.path);
        if on_purge(item.number, &path, item.content.size, &outcome).is_break() {
            deleted.stopped = true;
            break;
        }
    }
    if acts {
        let Deleted { done, refused, stopped, .. } = deleted;
        quarantine.journal.append((terms.now)(), Event::Ended { done, refused, stopped })?;
        quarantine.journal.sync()?;
    }
    Ok(deleted)
}

fn may_go(
    quarantine: &Quarantine,
    item: &Item,
    what: PurgeTerms,
    terms: &Terms<'_>,
) -> Result<Spot, Refusal> {
    let intent = &item.intent;
    if let Some(hold) = terms.policy.hold(&intent.document.path, terms.today) {
        return Err(Refusal::Hold(hold.reason.clone()));
    }
    check_path(&intent.to.path).map_err(Refusal::Nonsense)?;
    let spot = quarantine.place_of(intent, false).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Refusal::QuarantineChanged,
        _ => Refusal::io("open it")(error),
    })?;
    if spot.content().map_err(Refusal::io("read it"))?.as_ref() != Some(&item.content) {
        return Err(Refusal::QuarantineChanged);
    }
    if what.last_copies || item.content.is_empty() || !intent.signed.is_empty() {
        return Ok(spot);
    }
    let survivor = intent.survivor.as_ref().ok_or(Refusal::LastCopy)?;
    let there = Folder::open(&survivor.at.root)
        .and_then(|it| it.spot(&survivor.at.path))
        .and_then(|it| it.content());
    // The signed ones are past; all others were moved because of equal bytes.
    match there {
        Ok(Some(content)) if content == item.content => Ok(spot),
        _ => Err(Refusal::LastCopy),
    }
}

fn delete(
    quarantine: &mut Quarantine,
    item: &Item,
    spot: &Spot,
    terms: &Terms<'_>,
) -> Result<Purge, JournalError> {
    let of = item.number;
    quarantine.journal.append((terms.now)(), Event::Purging { of })?;
    quarantine.journal.sync()?;
    let disk = &quarantine.disk;
    let removed = disk.unlink(spot).and_then(|()| disk.sync(&spot.folder));
    let (event, outcome) = match removed {
        Ok(()) => (Event::Purged { of }, Purge::Done),
        Err(error) => {
            let refusal = Refusal::io("delete it")(error);
            let reason = told(&refusal);
            (Event::NotPurged { of, reason }, Purge::Refused(refusal))
        }
    };
    quarantine.journal.append((terms.now)(), event)?;
    quarantine.tidy(&item.intent);
    Ok(outcome)
}
