//! What a scan did, in numbers, and what went wrong outside of files.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
    /// Files whose content or times changed.
    pub changed: u64,
    /// Files that stand elsewhere now, recognised by their content.
    pub moved: u64,
    /// Files that are no longer there.
    pub gone: u64,
    /// Files that were not opened, because nothing about them changed.
    pub unchanged: u64,
    /// Files that could not be read, new or known.
    pub unreadable: u64,
    /// Whether it was interrupted before it had seen everything.
    pub interrupted: bool,
    /// What could not be listed or followed.
    pub problems: Vec<Problem>,
    /// What a reader should know of how the scan was done, such as fields that a mount does not keep.
    pub notes: Vec<String>,
}

/// A folder or link that could not be listed or followed, and why. (A file that could not be read
/// is a record with [`crate::inventory::Status::NotRead`].)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which root, as a position in the inventory's roots.
    pub root: u16,
    /// Path relative to the root; empty for the root itself.
    pub path: PathBuf,
    /// Stable word for scripts, such as `permission-denied`, `loop`, `not-mounted`.
    pub reason: String,
    /// The whole sentence for people.
    pub detail: String,
}
