//! Is a document found with the content that it has?
//!
//! A hash decides, where the index has one: what looks changed is read, of what looks unchanged, or
//! of which nothing else is known, a sample. Without a hash sizes and dates have to do, unless most
//! of them are not those of the files: then the field says something else, and is not believed.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::inventory::{FileEntry, RootId};

use super::digest::Digest;
use super::row::Row;
use super::sample::Reservoir;
use super::tree::Tree;
use super::{Example, Tally};

/// Where fewer entries than this have a size or date, they are believed as they are.
const LEAST_TO_DOUBT: u64 = 20;

/// The contents compared so far.
pub(super) struct Contents {
    by_hash: Tally,
    unchanged: Reservoir<(RootId, PathBuf, Digest)>,
    /// Without a hash: other sizes; other dates and the same size or none; other dates in all.
    sizes: Tally,
    dates: Tally,
    all_dates: Tally,
    waits: Vec<f64>,
    has_bare_hashes: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Drift {
    pub(super) changed: Tally,
    pub(super) sampled: Tally,
    pub(super) waits: Vec<f64>,
}

impl Contents {
    pub(super) fn new(sample: u64, seed: u64) -> Self {
        Self {
            by_hash: Tally::default(),
            unchanged: Reservoir::new(sample, seed),
            sizes: Tally::default(),
            dates: Tally::default(),
            all_dates: Tally::default(),
            waits: Vec::new(),
            has_bare_hashes: false,
        }
    }

    /// Compares what the index says of a document with its file.
    pub(super) fn compare(&mut self, tree: &Tree, row: &Row, file: &FileEntry, now: DateTime<Utc>) {
        let facts = (row.has_size_of(file), row.has_time_of(file));
        let Some(hash) = row.hash else { return self.by_facts(facts, row, file, now) };
        match facts {
            (None, None) => {
                self.has_bare_hashes = true;
                self.unchanged.see(|| (row.root, file.path.clone(), hash));
            }
            // One of both may not be told.
            (None | Some(true), None | Some(true)) => {
                self.unchanged.see(|| (row.root, file.path.clone(), hash));
            }
            _ if hash.is_of(&tree.place(row.root, &file.path)) == Some(false) => {
                let wait = wait(file, now);
                let words = format!("changed {wait:.1} days ago, and is found as it was before");
                self.by_hash.add(|| Example::new(&file.path, words));
                self.waits.push(wait);
            }
            _ => {}
        }
    }

    fn by_facts(
        &mut self,
        (size, time): (Option<bool>, Option<bool>),
        row: &Row,
        file: &FileEntry,
        now: DateTime<Utc>,
    ) {
        let wait = wait(file, now);
        let then = &row.file;
        let by_date = || {
            let words = if then.modified < file.modified {
                format!("was saved {wait:.1} days ago, after it was indexed")
            } else {
                "is older than what was indexed".to_owned()
            };
            Example::new(&file.path, words)
        };
        self.sizes.of += u64::from(size.is_some());
        self.all_dates.of += u64::from(time.is_some());
        if time == Some(false) {
            self.all_dates.add(by_date);
        }
        match (size, time) {
            (Some(false), _) => {
                let words = format!("has {} bytes, and had {}", file.size, then.size);
                self.sizes.add(|| Example::new(&file.path, words));
                self.waits.push(wait);
            }
            (_, Some(false)) => {
                self.dates.add(by_date);
                self.waits.push(wait);
            }
            _ => {}
        }
    }

    /// Reads the sample, and adds everything up.
    pub(super) fn finish(self, tree: &Tree) -> Drift {
        let Self { mut by_hash, unchanged, sizes, dates, all_dates, mut waits, .. } = self;
        let (drawn, of) = unchanged.into_drawn();
        let mut sampled = Tally::of(drawn.len() as u64);
        let words = match self.has_bare_hashes {
            true => "has another content than was indexed",
            false => "has another content, though its size and times are the same",
        };
        for (root, path, hash) in drawn {
            if hash.is_of(&tree.place(root, &path)) == Some(false) {
                sampled.add(|| Example::new(&path, words));
            }
        }
        sampled.is_sample = sampled.of < of;
        let is_doubtful = |tally: &Tally| LEAST_TO_DOUBT <= tally.of && tally.of < 2 * tally.count;
        let mut doubts = Vec::new();
        if is_doubtful(&all_dates) {
            doubts.push(doubt("dates", &all_dates));
        }
        let dated = match (is_doubtful(&sizes), is_doubtful(&all_dates)) {
            (false, false) => vec![sizes, dates],
            (false, true) => vec![sizes],
            (true, dates_too) => {
                doubts.insert(0, doubt("sizes", &sizes));
                if dates_too { Vec::new() } else { vec![all_dates] }
            }
        };
        if !doubts.is_empty() {
            // How long what is not believed waits is not known either.
            waits.truncate(by_hash.count as usize);
        }
        dated.into_iter().for_each(|it| by_hash.append(it));
        if !doubts.is_empty() {
            by_hash = by_hash.noted(doubts.join("; "));
        }
        Drift { changed: by_hash, sampled, waits }
    }
}

fn doubt(what: &str, tally: &Tally) -> String {
    let (count, of) = (tally.count, tally.of);
    format!(
        "the {what} of the index are not those of the files ({count} of {of} differ), and count for nothing"
    )
}

/// How many days a change has waited.
pub(super) fn wait(file: &FileEntry, now: DateTime<Utc>) -> f64 {
    let changed = DateTime::from_timestamp_nanos(file.changed.max(file.modified));
    ((now - changed).num_seconds().max(0)) as f64 / 86_400.0
}
