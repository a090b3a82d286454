//! What version control knows of files: when each was last changed in substance.
//!
//! The last commit of a file is no date of an edit: on real documentation most files share theirs
//! with fifty others. So commits that touch many files are passed over, and so are small changes
//! and the commits that `.git-blame-ignore-revs` lists. A history that cannot be trusted is not
//! used, and that is said; it never ends a scan.

mod git;
mod log;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::extract::{DateClaim, DateRole, Precision, Provenance};
use crate::inventory::RootId;

use super::options::Event;
use super::roots::Root;

/// How to ask version control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryOptions {
    /// The git program: a path, or a name to look for.
    pub program: PathBuf,
    /// Commits that touch more files than this are reformatting or migration.
    pub max_files: usize,
    /// Changes of fewer lines than this are corrections.
    pub min_lines: u64,
    /// A short question is answered within this, or the repository is not used.
    pub answer_within: Duration,
    /// While the history is read git says something at least this often, or it is not used.
    pub silent_for: Duration,
}

impl HistoryOptions {
    /// With the limits that were measured: of pages that have such a commit, the median lies 7 and
    /// 55 days from the date that their authors declare, where the last commit is years off.
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            max_files: 20,
            min_lines: 10,
            answer_within: Duration::from_secs(30),
            // The largest commits known are compared within two.
            silent_for: Duration::from_mins(10),
        }
    }
}

/// A commit that changed a file in substance.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    /// Seconds since 1970-01-01 UTC.
    time: i64,
    /// The first digits of the commit's name.
    commit: String,
}

/// The histories of all roots.
#[derive(Debug, Default)]
pub(super) struct Histories {
    roots: HashMap<RootId, HashMap<PathBuf, Change>>,
    /// Why some are not used, in sentences.
    pub(super) notes: Vec<String>,
}

impl Histories {
    /// Reads the history of every root, one pass each. Told to stop by `on_event`, it returns with
    /// what it has.
    pub(super) fn of(
        roots: &[Root],
        options: Option<&HistoryOptions>,
        on_event: &impl Fn(Event<'_>) -> ControlFlow<()>,
    ) -> Self {
        let mut histories = Self::default();
        let Some(options) = options else { return histories };
        for (at, root) in roots.iter().enumerate() {
            let read = git::Repository::of(&root.path, options)
                .and_then(|repository| repository.changes(options, on_event));
            match read {
                Ok(changes) => {
                    histories.roots.insert(RootId(at as u16), changes);
                }
                Err(refusal) => histories.notes.push(format!(
                    "the git history of {} is not used: {refusal}",
                    root.path.display()
                )),
            }
        }
        histories
    }

    /// When a file was last changed in substance.
    pub(super) fn claim(&self, root: RootId, path: &Path) -> Option<DateClaim> {
        let change = self.roots.get(&root)?.get(path)?;
        let time = DateTime::from_timestamp(change.time, 0)?;
        Some(DateClaim {
            role: DateRole::Updated,
            date: time.date_naive(),
            precision: Precision::Day,
            other_reading: None,
            raw: time.to_rfc3339(),
            provenance: Provenance::property(format!(
                "git last change of substance, commit {}",
                change.commit
            )),
        })
    }

    /// Whether a file has got a commit since then, so that its record may say something else now.
    pub(super) fn has_changed(&self, root: RootId, path: &Path, since: DateTime<Utc>) -> bool {
        let change = self.roots.get(&root).and_then(|it| it.get(path));
        change.is_some_and(|it| since.timestamp() <= it.time)
    }
}

#[cfg(test)]
mod tests;
