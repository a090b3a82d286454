//! What a journal tells, line by line, as it stands in the file. Version 1.
//!
//! Like the metadata in the catalog these are the wire types themselves: both ends are docrot, and
//! nothing outside of this module sees them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::inventory::path_text;

use super::step::{Content, Disposition};
use super::wire::hash_called;

/// Something that happened, or is about to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(super) enum Event {
    /// A run begins.
    Began { schema_version: u32, run: String, by: String, version: String, plan: Option<String> },
    /// A document is about to be moved.
    Intent(Box<Intent>),
    /// It was moved; the folder it was in last changed then.
    Done { of: u64, folder_modified: Option<i64> },
    /// It was not moved after all.
    Abandoned { of: u64, reason: String },
    /// It was moved, and somebody changed it on the way: this is what lies in quarantine now.
    Stranded { of: u64, content: Held, reason: String },
    /// A step was not taken.
    Refused {
        #[serde(flatten)]
        what: Refused,
        word: String,
        reason: String,
    },
    /// A document is about to go back.
    Undoing { of: u64 },
    /// It went back.
    Undone { of: u64 },
    /// It did not go back.
    NotUndone { of: u64, reason: String },
    /// A document is about to be deleted for good.
    Purging { of: u64 },
    /// It was.
    Purged { of: u64 },
    /// It was not.
    NotPurged { of: u64, reason: String },
    /// The run ends.
    Ended { done: u64, refused: u64, stopped: bool },
    /// The last line was not whole; so many bytes were cut off.
    Repaired { cut_bytes: u64 },
}

/// All that is needed to move a document, and to take it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Intent {
    /// Where it stands.
    #[serde(flatten)]
    pub(super) document: At,
    /// What it holds.
    pub(super) content: Held,
    /// What is done with it.
    pub(super) disposition: String,
    /// Where it goes: below the quarantine, or below a folder of its own.
    pub(super) to: To,
    /// What is put in its place.
    pub(super) replacement: Option<Replacement>,
    /// The copy that stays.
    pub(super) survivor: Option<Survivor>,
    pub(super) rule: String,
    pub(super) finding: String,
    pub(super) reason: String,
    /// Who signed for it; empty where it follows from the bytes.
    pub(super) signed: String,
    /// Its number in the file system.
    pub(super) inode: u64,
    /// When the list of names of its folder last changed.
    pub(super) folder_modified: Option<i64>,
}

/// A file by root and path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct At {
    #[serde(with = "path_text")]
    pub(super) root: PathBuf,
    #[serde(with = "path_text")]
    pub(super) path: PathBuf,
}

/// Content, spelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) blake3: String,
    pub(super) size: u64,
}

/// Where a document is moved to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct To {
    /// The archive; none for the quarantine that the journal is in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) archive: Option<String>,
    #[serde(with = "path_text")]
    pub(super) path: PathBuf,
}

/// What stands in a document's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Replacement {
    /// Its path below the document's root.
    #[serde(with = "path_text")]
    pub(super) path: PathBuf,
    /// What it holds.
    pub(super) content: Held,
}

/// The copy that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Survivor {
    #[serde(flatten)]
    pub(super) at: At,
    pub(super) content: Held,
}

/// The document of a step that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refused {
    pub(super) root: String,
    pub(super) path: String,
    pub(super) rule: String,
    pub(super) finding: String,
}

impl Held {
    pub(super) fn of(content: &Content) -> Self {
        Self { blake3: content.hash.to_string(), size: content.size }
    }

    /// None where the journal was edited into nonsense.
    pub(super) fn content(&self) -> Option<Content> {
        Some(Content { hash: hash_called(&self.blake3)?, size: self.size })
    }
}

impl To {
    pub(super) fn archive(&self) -> Option<PathBuf> {
        self.archive.as_deref().map(path_text::decode)
    }
}

impl Intent {
    pub(super) fn disposition(&self) -> Disposition {
        Disposition::called(&self.disposition).unwrap_or(Disposition::Quarantine)
    }
}
