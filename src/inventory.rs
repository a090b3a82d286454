//! All documents, without their texts: one [`Record`] each, ordered by root and path.
//!
//! Plain data. It does not know how it was found nor where it is stored.

use std::ops::Index;
use std::path::{Path, PathBuf};

pub use crate::crawl::{FileEntry, FileIdentity, path_text};
pub use crate::extract::{Limit, Metadata, Reached};
pub use crate::fingerprint::{Fingerprint, Hash, Sketch, is_without_spaces};

use crate::extract::ExtractError;

/// A root's position in [`Inventory::roots`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RootId(pub u16);

/// A document's position in an [`Inventory`]. Valid for that inventory only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocId(pub u32);

/// What is known of one file, apart from its text. Well under two kilobytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The root it was found under.
    pub root: RootId,
    /// Path relative to the root, size, times, identity.
    pub file: FileEntry,
    /// Whether it was read.
    pub status: Status,
    /// The limit that kept it from being read whole, if one did.
    pub reached: Option<Reached>,
    /// The format it was read as, if it is a document.
    pub format: Option<FormatId>,
    /// What the document says about itself.
    pub metadata: Metadata,
    /// Hash of its bytes; none where they could not be read.
    pub hash: Option<Hash>,
    /// Fingerprint of its text; none where there is no text to speak of.
    pub fingerprint: Option<Fingerprint>,
}

/// The format that a record was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatId {
    /// The format's name.
    pub name: String,
    /// The reader's version at that time.
    pub version: u32,
}

/// Whether a file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Read whole.
    Read,
    /// Some of it was read; the words say what is missing.
    PartlyRead(String),
    /// It is or may be a document, and was not read.
    NotRead(Failure),
    /// A picture, a program, data: nothing docrot reads text from.
    NotADocument,
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Stable word for the ledger and for scripts, such as `encrypted` or `permission-denied`.
    pub reason: String,
    /// The whole sentence for people.
    pub detail: String,
}

impl From<&ExtractError> for Failure {
    fn from(error: &ExtractError) -> Self {
        Self { reason: error.reason().to_owned(), detail: error.to_string() }
    }
}

impl Record {
    /// Whether its text was read, in whole or in part.
    pub const fn is_readable(&self) -> bool {
        matches!(self.status, Status::Read | Status::PartlyRead(_))
    }

    /// Number of words of its normalized text; 0 where there is none.
    pub fn words(&self) -> u32 {
        self.fingerprint.as_ref().map_or(0, |fingerprint| fingerprint.words)
    }
}

/// Records ordered by root and path.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// The audited folders, absolute.
    pub roots: Vec<PathBuf>,
    // Invariant: sorted by (root, path), no such pair twice, `RootId`s within `roots`.
    records: Vec<Record>,
}

impl Inventory {
    /// Sorts the records and drops repeats of one path.
    pub fn new(roots: Vec<PathBuf>, mut records: Vec<Record>) -> Self {
        let key = |record: &Record| (record.root, record.file.path.clone());
        if !records.is_sorted_by(|a, b| (a.root, &a.file.path) < (b.root, &b.file.path)) {
            records.sort_by_cached_key(key);
            records.dedup_by(|a, b| a.root == b.root && a.file.path == b.file.path);
        }
        Self { roots, records }
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Every record with its id, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (DocId, &Record)> {
        self.records.iter().enumerate().map(|(id, record)| (DocId(id as u32), record))
    }

    /// The record of `path` below `root`.
    pub fn find(&self, root: RootId, path: &Path) -> Option<DocId> {
        self.records
            .binary_search_by(|record| (record.root, record.file.path.as_path()).cmp(&(root, path)))
            .ok()
            .map(|id| DocId(id as u32))
    }

    /// The folder of the audited tree that a record was found under.
    pub fn root_of(&self, record: &Record) -> &Path {
        &self.roots[usize::from(record.root.0)]
    }
}

/// A word of the documents, as an index knows it.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    /// The word in lower case.
    pub text: &'a str,
    /// What it has in common with its other forms; the word itself where that is not known.
    pub stem: &'a str,
    /// Whether it is one that every text of its language has, such as `the`.
    pub is_common: bool,
    /// Where it stands, by document. Not empty.
    pub uses: &'a [WordUse],
}

/// How often a word stands in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordUse {
    /// The document.
    pub document: DocId,
    /// How often it stands in the text.
    pub in_text: u32,
    /// How often it stands in the title.
    pub in_title: u32,
}

impl WordUse {
    /// Makes one of those in the same document, ascending by document.
    pub fn add_up(uses: &mut Vec<Self>) {
        uses.sort_unstable_by_key(|it| it.document);
        uses.dedup_by(|next, kept| {
            let is_same = next.document == kept.document;
            if is_same {
                kept.in_text += next.in_text;
                kept.in_title += next.in_title;
            }
            is_same
        });
    }
}

/// The 16 bytes that identify the document of `path` below `root` in the index, also where the
/// path is not UTF-8: the first half of a BLAKE3 hash, so that no file name can be made to collide.
pub fn document_key(root: RootId, path: &Path) -> [u8; 16] {
    let mut bytes = root.0.to_le_bytes().to_vec();
    bytes.extend_from_slice(path_text::to_bytes(path));
    let mut key = [0; 16];
    key.copy_from_slice(&Hash::of(&bytes).0[..16]);
    key
}

impl Index<DocId> for Inventory {
    type Output = Record;

    fn index(&self, id: DocId) -> &Record {
        &self.records[id.0 as usize]
    }
}
