//! What a scan did, in numbers, and what went wrong outside of files.

use std::cmp::Ordering;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::catalog::Keeping;
use crate::crawl::Skipped;
use crate::inventory::{Hash, path_text};

use super::merge::Counts;
use super::sample::Sampled;
use super::timings::Timing;

/// What cannot be said without texts.
const NO_TEXTS: &str = "no text of a document is kept (--no-store-text): likeness is estimated from \
                        sketches, and forms that are filled in otherwise count as near-duplicates; \
                        edited passages, facts on which copies disagree, terms out of use, subjects \
                        and quotations of differences are not told, and searches know titles and \
                        paths alone";

/// What cannot be said without an index of words.
const NO_WORDS: &str = "words were not indexed (--no-index): subjects and terms out of use are not \
                        told, and searches know titles and paths alone";

/// What a scan did. Kept in the catalog beside the records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// When the scan began, in UTC.
    pub started: DateTime<Utc>,
    /// How long it took.
    pub duration: Duration,
    /// Files that were not there before.
    pub new: u64,
    /// Files whose content changed. (One whose times alone changed is unchanged.)
    pub changed: u64,
    /// Files that stand elsewhere now, recognised by their content.
    pub moved: u64,
    /// Files that are no longer there.
    pub gone: u64,
    /// Files whose content is what it was; hardly any of them had to be opened to know.
    pub unchanged: u64,
    /// Files that could not be read, new or known.
    pub unreadable: u64,
    /// Whether it was interrupted before it had seen everything.
    pub interrupted: bool,
    /// What counted as a document; where it differs now, files that were none are looked at again.
    pub detection_version: u32,
    /// What was looked at, where that is a sample.
    pub sample: Option<Sampled>,
    /// Whether only exact copies were looked for.
    pub only_exact: bool,
    /// Whether version control was asked; where it was not and is now, every file is read again.
    pub has_history: bool,
    /// Whether its records are of entries of an index, which are no files.
    pub of_entries: bool,
    /// Roots, as positions, on whose file system inode and change time say nothing.
    pub weak_identity: Vec<u16>,
    /// What could not be listed or followed.
    pub problems: Vec<Problem>,
    /// What a reader has to know before believing what follows from the scan: what it did not look
    /// for, or could not keep. Told in every report that has words.
    pub caveats: Vec<String>,
    /// What a reader should know of how the scan was done, such as fields that a mount does not keep.
    pub notes: Vec<String>,
    /// Where the time went; empty unless it was measured.
    pub timings: Vec<Timing>,
}

/// A folder or link that could not be listed or followed, and why. (A file that could not be read
/// is a record with [`crate::inventory::Status::NotRead`].)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which root, as a position in the inventory's roots.
    pub root: u16,
    /// Path relative to the root; empty for the root itself.
    #[serde(with = "path_text")]
    pub path: PathBuf,
    /// Stable word for scripts, such as `permission-denied`, `loop`, `not-mounted`.
    pub reason: String,
    /// The whole sentence for people.
    pub detail: String,
}

impl Summary {
    /// The form in which the catalog keeps it.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a summary has string keys only")
    }

    /// Reads the form in which the catalog keeps it; none where it is not one.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Adds what the scan of other folders did, whose roots follow those of this one from position
    /// `first_root` on.
    pub fn add(&mut self, other: Self, first_root: u16) {
        let Self {
            started,
            duration,
            new,
            changed,
            moved,
            gone,
            unchanged,
            unreadable,
            interrupted,
            detection_version: _,
            has_history,
            only_exact,
            sample,
            of_entries,
            weak_identity,
            problems,
            caveats,
            notes,
            timings: _,
        } = other;
        self.started = self.started.min(started);
        self.duration += duration;
        self.new += new;
        self.changed += changed;
        self.moved += moved;
        self.gone += gone;
        self.unchanged += unchanged;
        self.unreadable += unreadable;
        self.interrupted |= interrupted;
        self.has_history |= has_history;
        self.only_exact |= only_exact;
        self.sample = match (self.sample.take(), sample) {
            (Some(one), Some(other)) => Some(Sampled {
                highest: one.highest,
                looked_at: one.looked_at + other.looked_at,
                left_out: one.left_out + other.left_out,
            }),
            (one, other) => one.or(other),
        };
        self.of_entries |= of_entries;
        self.weak_identity.extend(weak_identity.iter().map(|root| root + first_root));
        let problems = problems.into_iter();
        self.problems.extend(problems.map(|it| Problem { root: it.root + first_root, ..it }));
        for caveat in caveats {
            if !self.caveats.contains(&caveat) {
                self.caveats.push(caveat);
            }
        }
        self.notes.extend(notes);
    }

    /// What a reader has to know of what a catalog that keeps this does not tell.
    pub(super) fn caveat_of(keeping: Keeping) -> Option<String> {
        match keeping {
            Keeping::Texts => None,
            Keeping::TextsAlone => Some(NO_WORDS.to_owned()),
            Keeping::Fingerprints => Some(NO_TEXTS.to_owned()),
        }
    }

    /// What a reader should know, the caveats first.
    pub fn remarks(&self) -> impl Iterator<Item = &str> {
        self.caveats.iter().chain(&self.notes).map(String::as_str)
    }

    /// Pairs new files with gone ones of the same content: those have moved.
    pub(super) fn count_moves(&mut self, mut new: Vec<Hash>, gone: &[Hash]) {
        let mut gone = gone.to_vec();
        new.sort_unstable();
        gone.sort_unstable();
        let (mut n, mut g) = (new.iter().peekable(), gone.iter().peekable());
        while let (Some(a), Some(b)) = (n.peek(), g.peek()) {
            match a.cmp(b) {
                Ordering::Less => drop(n.next()),
                Ordering::Greater => drop(g.next()),
                Ordering::Equal => {
                    self.moved += 1;
                    n.next();
                    g.next();
                }
            }
        }
        self.new -= self.moved;
        self.gone -= self.moved;
    }

    pub(super) fn notes_of(counts: &Counts) -> Vec<String> {
        let mut notes = Vec::new();
        for (why, count) in &counts.skipped {
            let folders = if *count == 1 { "folder" } else { "folders" };
            notes.push(match why {
                Skipped::Hidden => {
                    format!("{count} hidden {folders} skipped (--hidden reads them)")
                }
                Skipped::System => format!("{count} system {folders} skipped, such as .git"),
                Skipped::Excluded => format!("{count} {folders} excluded by the configuration"),
                Skipped::OtherFileSystem => {
                    format!("{count} {folders} on other file systems skipped")
                }
            });
        }
        if counts.links > 0 {
            notes.push(format!(
                "{} symbolic links not followed (--follow-links does)",
                counts.links
            ));
        }
        if counts.unreachable > 0 {
            notes.push(format!(
                "{} known files could not be reached and are kept as they were",
                counts.unreachable
            ));
        }
        notes
    }

    pub(super) fn note_identity(&mut self, roots: &[PathBuf]) {
        for root in &self.weak_identity {
            self.notes.push(format!(
                "inodes and change times under {} are not stable; only size and modification time \
                 tell changes there",
                roots[usize::from(*root)].display()
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gone_content_makes_one_move() {
        let hash = |byte| Hash([byte; 32]);
        let mut summary = Summary { new: 3, gone: 2, ..Summary::default() };
        summary.count_moves(vec![hash(1), hash(1), hash(2)], &[hash(1), hash(3)]);
        assert_eq!((summary.new, summary.gone, summary.moved), (2, 1, 1));
    }

    #[test]
    fn a_summary_survives_being_kept() {
        let summary = Summary { new: 7, notes: vec!["x".to_owned()], ..Summary::default() };
        assert_eq!(Summary::from_json(&summary.to_json()), Some(summary));
    }
}
