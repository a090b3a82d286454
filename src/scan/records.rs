//! Brings the records back into order: what was read comes when it comes, the catalog wants it
//! sorted.

use std::collections::HashMap;
use std::path::PathBuf;

use crossbeam_channel::{Receiver, Sender};

use crate::catalog::{CatalogError, Records, Update};
use crate::inventory::{Hash, Record, Status};

/// What becomes of the next place in the order of records.
pub(super) enum Step {
    /// The next known record stays as it is.
    Keep,
    /// The next known record gives way to the one with this number.
    Replace(u64),
    /// The record with this number is new here.
    Insert(u64),
    /// Everything so far is to become durable; answered when it is.
    Checkpoint(String, Sender<()>),
}

/// What the steps added up to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Records that were inserted.
    pub(super) inserted: u64,
    /// Hashes of their bytes.
    pub(super) hashes: Vec<Hash>,
    /// Known records that gave way to one with other bytes.
    pub(super) changed: u64,
    /// Records that say `NotRead`, new or replaced ones.
    pub(super) unreadable: u64,
    /// Known records that gave way to one with the same bytes, or that could not be read then and
    /// now: not a change of content.
    pub(super) same_bytes: u64,
}

/// Carries out the steps in order, waiting for each record where it is not read yet.
pub(super) fn arrange(
    update: &Update<'_>,
    records: &mut Records,
    steps: &Receiver<Step>,
    results: &Receiver<(u64, Record)>,
    roots: &[PathBuf],
) -> Result<Tally, CatalogError> {
    let mut tally = Tally::default();
    let mut early = HashMap::new();
    let mut wait_for = |number: u64| {
        loop {
            if let Some(record) = early.remove(&number) {
                return Some(record);
            }
            // The readers are gone only if one of them panicked, which ends the scan elsewhere.
            let (number, record) = results.recv().ok()?;
            early.insert(number, record);
        }
    };
    for step in steps {
        match step {
            Step::Keep => records.keep()?,
            Step::Replace(number) => {
                // The known record goes only when there is one to take its place.
                let Some(record) = wait_for(number) else { break };
                let before = records.drop_known()?;
                if is_unchanged(&before, &record) {
                    tally.same_bytes += 1;
                } else {
                    tally.changed += 1;
                }
                tally.note(&record);
                records.insert(&record)?;
            }
            Step::Insert(number) => {
                let Some(record) = wait_for(number) else { break };
                tally.note(&record);
                tally.inserted += 1;
                tally.hashes.extend(record.hash);
                records.insert(&record)?;
            }
            Step::Checkpoint(summary, done) => {
                update.checkpoint(records, roots, summary)?;
                // Whoever asked may have given up; the checkpoint stands all the same.
                let _ = done.send(());
            }
        }
    }
    Ok(tally)
}

/// Whether reading again told nothing new: the same bytes, or no bytes for the same reason.
fn is_unchanged(before: &Record, now: &Record) -> bool {
    match (before.hash, now.hash) {
        (Some(before), Some(now)) => before == now,
        (None, None) => before.status == now.status && before.file.size == now.file.size,
        _ => false,
    }
}

impl Tally {
    fn note(&mut self, record: &Record) {
        if matches!(record.status, Status::NotRead(_)) {
            self.unreadable += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::FileEntry;
    use crate::inventory::{Failure, RootId};
    use crate::scan::read::unread;

    fn record(reason: &str, hash: Option<&str>) -> Record {
        let failure = Failure { reason: reason.to_owned(), detail: String::new() };
        let record = unread(RootId(0), FileEntry::default(), failure);
        Record { hash: hash.map(|it| Hash::of(it.as_bytes())), ..record }
    }

    #[test]
    fn a_file_that_still_cannot_be_read_has_not_changed() {
        let denied = record("permission-denied", None);
        assert!(is_unchanged(&denied, &denied));
        assert!(!is_unchanged(&denied, &record("io-error", None)));
        assert!(!is_unchanged(&denied, &record("damaged", Some("text"))));
        assert!(!is_unchanged(&record("damaged", Some("text")), &denied));
    }

    #[test]
    fn the_same_bytes_have_not_changed_and_others_have() {
        let before = record("damaged", Some("text"));
        assert!(is_unchanged(&before, &record("encrypted", Some("text"))));
        assert!(!is_unchanged(&before, &record("damaged", Some("other text"))));
    }
}
