//! Brings the records back into order: what was read comes when it comes, the catalog wants it
//! sorted.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};

use crate::catalog::{CatalogError, Records, Update};
use crate::inventory::{Hash, Record, Status};

use super::timings::{Stage, Timings};

/// A record as it comes from reading.
pub(super) struct Member {
    record: Record,
    has_text: bool,
}

impl Member {
    pub(super) fn new(record: Record, text: &Option<Arc<str>>) -> Self {
        Self { record, has_text: text.is_some() }
    }
}

/// What becomes of the next place in the order of records.
pub(super) enum Step {
    /// The next known record stays as it is.
    Keep,
    /// The next known record gives way to the one with this number, and to those inside of it.
    Replace(u64),
    /// The next known record was inside of the file just replaced, and goes.
    DropInside,
    /// The record with this number is new here, with those inside of it.
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
    /// Known records that gave way to one with the same bytes: not a change of content.
    pub(super) same_bytes: u64,
    /// Records of what was inside of a file and is no longer.
    pub(super) gone: u64,
    /// What is inside of the file just replaced, until it is known whether it was there before.
    inside: HashMap<PathBuf, (Option<Hash>, bool)>,
}

/// Carries out the steps in order, waiting for each record where it is not read yet.
pub(super) fn arrange(
    update: &Update<'_>,
    records: &mut Records,
    steps: &Receiver<Step>,
    results: &Receiver<(u64, Vec<Member>)>,
    roots: &[PathBuf],
    timings: &Timings,
) -> Result<Tally, CatalogError> {
    let mut tally = Tally::default();
    let mut early = HashMap::new();
    let mut wait_for = |number: u64| {
        loop {
            if let Some(family) = early.remove(&number) {
                return Some(family);
            }
            // The readers are gone only if one of them panicked, which ends the scan elsewhere.
            let (number, family) = results.recv().ok()?;
            early.insert(number, family);
        }
    };
    for step in steps {
        match step {
            Step::Keep => records.keep()?,
            Step::Replace(number) => {
                // The known record goes only when there is one to take its place.
                let Some(family) = wait_for(number) else { break };
                let before = records.drop_known()?;
                tally.settle();
                for (index, Member { record, has_text }) in family.iter().enumerate() {
                    tally.note(record);
                    if index == 0 {
                        tally.compare(&before, record);
                    } else {
                        let seen = (record.hash, *has_text);
                        tally.inside.insert(record.file.path.clone(), seen);
                    }
                    timings.of(Stage::Records, || records.insert(record))?;
                }
            }
            Step::DropInside => {
                let before = records.drop_known()?;
                let now = tally.inside.remove(&before.file.path);
                match now {
                    Some((hash, _)) => tally.count(before.hash.is_some() && before.hash == hash),
                    None => tally.gone += 1,
                }
                if now.is_none_or(|(_, has_text)| !has_text) {
                    update.remove(before.root, &before.file.path)?;
                }
            }
            Step::Insert(number) => {
                let Some(family) = wait_for(number) else { break };
                for Member { record, .. } in &family {
                    tally.note(record);
                    tally.inserted += 1;
                    tally.hashes.extend(record.hash);
                    timings.of(Stage::Records, || records.insert(record))?;
                }
            }
            Step::Checkpoint(summary, done) => {
                timings.of(Stage::Commit, || update.checkpoint(records, roots, summary))?;
                // Whoever asked may have given up; the checkpoint stands all the same.
                let _ = done.send(());
            }
        }
    }
    tally.settle();
    Ok(tally)
}

impl Tally {
    fn note(&mut self, record: &Record) {
        if matches!(record.status, Status::NotRead(_)) {
            self.unreadable += 1;
        }
    }

    fn compare(&mut self, before: &Record, now: &Record) {
        // Where only exact copies are looked for, a file that has none is not read.
        let is_unread = before.hash.is_none() && now.status == Status::NotADocument;
        let is_same_file = (before.file.size, before.file.modified, &before.status)
            == (now.file.size, now.file.modified, &now.status);
        let has_same_bytes = before.hash.is_some() && before.hash == now.hash;
        self.count(has_same_bytes || is_unread && is_same_file);
    }

    fn count(&mut self, is_same: bool) {
        if is_same {
            self.same_bytes += 1;
        } else {
            self.changed += 1;
        }
    }

    /// Whatever is inside of the file replaced last and was not there before is new.
    fn settle(&mut self) {
        for (_, (hash, _)) in self.inside.drain() {
            self.inserted += 1;
            self.hashes.extend(hash);
        }
    }
}
