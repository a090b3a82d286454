//! An entry of a search index, whatever engine holds it.

use std::path::PathBuf;

use crate::inventory::{FileEntry, FormatId, Hash, RootId};

/// What an index says of one document, without its text: what is compared with the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The root it lies under.
    pub root: RootId,
    /// What was known of the file when it was indexed. Engines that know its place alone leave the
    /// rest as it is by default.
    pub file: FileEntry,
    /// The format it was read as, where that is known.
    pub format: Option<FormatId>,
    /// Whether it can be found.
    pub state: State,
    /// Hash of the file's bytes when it was indexed, where the index has it.
    pub hash: Option<Hash>,
}

/// Whether a document can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is in the index.
    Indexed,
    /// It is in the index with the bytes of another file or version.
    IndexedOtherwise,
    /// It was read, and is not in the index.
    Lost,
    /// It could not be read, so that it cannot be in the index.
    Unread,
    /// It is no document, and has no place in the index.
    NoDocument,
}

impl Row {
    /// A row of a foreign index that knows the place of its document, and maybe the bytes' hash.
    pub fn at(root: RootId, path: PathBuf, hash: Option<Hash>) -> Self {
        let file = FileEntry { path, ..FileEntry::default() };
        Self { root, file, format: None, state: State::Indexed, hash }
    }

    /// Whether the index has an entry for it.
    pub const fn is_indexed(&self) -> bool {
        matches!(self.state, State::Indexed | State::IndexedOtherwise)
    }
}
