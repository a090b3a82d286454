//! What is compared when a catalog is validated: what its records say of every file, and what its
//! index holds.

use std::fs;
use std::path::{Path, PathBuf};

use tantivy::schema::Value as _;
use tantivy::{DocAddress, Searcher, TantivyDocument};

use crate::inventory::{FileEntry, FormatId, Hash, RootId, Status, path_text};

use super::commit::{self, Commit};
use super::error::of_index;
use super::records::{self, Part, PartReader};
use super::schema::{self, Fields};
use super::walk::{self, Depth, IndexFault, IndexWalk};
use super::{Catalog, CatalogError, INDEX_FOLDER, index};

/// What the records say of a file, without what only judging needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The root it was found under.
    pub root: RootId,
    /// What the file system said of it when it was read.
    pub file: FileEntry,
    /// The format it was read as.
    pub format: Option<FormatId>,
    /// Whether it was read.
    pub status: Status,
    /// Hash of its bytes.
    pub hash: Option<Hash>,
    /// Number of words of its normalized text.
    pub words: u32,
    /// Hash of its normalized text; zeros without one.
    pub text: [u8; 16],
    /// The version of its fingerprint; none without one.
    pub fingerprint_version: Option<u32>,
}

/// An entry of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Indexed {
    /// The beginning of its [`crate::inventory::document_key`], as [`Indexed::id_of`] has it.
    pub id: u64,
    /// The beginning of the hash of the file's bytes as it was indexed, as
    /// [`Indexed::content_of`] has it; 0 without one.
    pub content: u64,
    address: DocAddress,
}

impl Indexed {
    /// What an entry is told by: the first eight bytes of its key.
    pub fn id_of(key: &[u8; 16]) -> u64 {
        schema::id_of(key)
    }

    /// What its bytes are told by: the first eight of their hash.
    pub fn content_of(hash: &Hash) -> u64 {
        schema::content_of(hash)
    }
}

impl Catalog {
    /// What the records say of every file, in order, block by block.
    pub fn listed(&self) -> impl Iterator<Item = Result<Listed, CatalogError>> + use<> {
        let (folder, commit) = (self.folder.clone(), self.commit());
        (0..commit.parts.len()).flat_map(move |part| listed_of(&folder, &commit.parts[part]))
    }

    /// Every entry of the index, by its id; the same one twice where a document is in it twice.
    pub fn indexed(&self) -> Result<Vec<Indexed>, CatalogError> {
        let failed = |source| of_index(&self.folder, source);
        let searcher = index::searcher(&self.index, 1).map_err(failed)?;
        let mut entries = indexed(&searcher).map_err(failed)?;
        entries.sort_unstable();
        Ok(entries)
    }

    /// The paths, below their root, of entries of the index; empty where one cannot be read.
    pub fn paths_of(&self, entries: &[Indexed]) -> Result<Vec<PathBuf>, CatalogError> {
        let failed = |source| of_index(&self.folder, source);
        let searcher = index::searcher(&self.index, 1).map_err(failed)?;
        let field = Fields::of(&self.index.schema()).map_err(failed)?.path;
        let path = |entry: &Indexed| {
            let document: TantivyDocument = searcher.doc(entry.address)?;
            let path = document.get_first(field).and_then(|it| it.as_str());
            Ok(path.map(path_text::decode).unwrap_or_default())
        };
        entries.iter().map(path).collect::<tantivy::Result<_>>().map_err(failed)
    }

    /// Whether the index has the fields that this docrot gives new ones.
    pub fn has_current_schema(&self) -> bool {
        self.index.schema() == schema::schema(self.keeping())
    }

    /// How often this catalog was committed.
    pub fn commits(&self) -> u64 {
        self.commit().number
    }
}

fn listed_of(folder: &Path, part: &Part) -> Box<dyn Iterator<Item = Result<Listed, CatalogError>>> {
    let path = folder.join(&part.file);
    match PartReader::open(folder, part) {
        Err(error) => Box::new(std::iter::once(Err(CatalogError::records(&path, error)))),
        Ok(reader) => {
            Box::new((0..reader.groups()).flat_map(move |group| match reader.listed(group) {
                Ok(rows) => rows.into_iter().map(Ok).collect::<Vec<_>>(),
                Err(error) => vec![Err(CatalogError::records(&path, error))],
            }))
        }
    }
}

fn indexed(searcher: &Searcher) -> tantivy::Result<Vec<Indexed>> {
    let mut entries = Vec::with_capacity(searcher.num_docs() as usize);
    for (ordinal, segment) in (0u32..).zip(searcher.segment_readers()) {
        // Columns are read many times faster than dictionaries of keys that all differ.
        let ids = segment.fast_fields().u64("id")?;
        let contents = segment.fast_fields().u64("content")?;
        for document in segment.doc_ids_alive() {
            let id = ids.first(document).unwrap_or_default();
            let content = contents.first(document).unwrap_or_default();
            entries.push(Indexed { id, content, address: DocAddress::new(ordinal, document) });
        }
    }
    Ok(entries)
}

/// Looks through all files of the catalog in `folder`: those of its index, and the records. Works
/// where the catalog cannot be opened, too.
pub fn walk_catalog(folder: &Path, depth: Depth) -> IndexWalk {
    let mut walk = walk::walk_index(&folder.join(INDEX_FOLDER), depth);
    walk.is_being_written |= walk::is_locked(&folder.join(super::lock::NAME));
    for path in walk.faults.iter_mut().map(|it| &mut it.file) {
        *path = Path::new(INDEX_FOLDER).join(&*path);
    }
    for (path, _) in &mut walk.unreferenced {
        *path = Path::new(INDEX_FOLDER).join(&*path);
    }
    let mut fault = |file: &Path, what: String| {
        walk.faults.push(IndexFault { file: file.to_path_buf(), what, is_grave: true });
    };
    let commit = match Catalog::open_read_only(folder) {
        Ok(catalog) => catalog.commit(),
        // What keeps it from being opened was told of the index, unless the commit itself does.
        Err(error @ (CatalogError::Version { .. } | CatalogError::Damaged { .. })) => {
            fault(&Path::new(INDEX_FOLDER).join("meta.json"), error.to_string());
            return walk;
        }
        Err(_) => return walk,
    };
    for part in &commit.parts {
        match records::is_intact(folder, part) {
            Ok(true) => walk.files += 1,
            Ok(false) => fault(Path::new(&part.file), "has other bytes than were written".into()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                fault(Path::new(&part.file), "is missing".to_owned());
            }
            Err(error) => fault(Path::new(&part.file), format!("cannot be read: {error}")),
        }
        walk.bytes += part.bytes;
    }
    walk.unreferenced.extend(strays(folder, &commit));
    walk
}

/// Files in the catalog's folder that docrot gave a name and that no commit names.
fn strays(folder: &Path, commit: &Commit) -> Vec<(std::path::PathBuf, u64)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut strays: Vec<_> = entries
        .filter(|entry| commit::is_stray(&entry.file_name().to_string_lossy(), commit))
        .map(|it| (it.file_name().into(), it.metadata().map_or(0, |it| it.len())))
        .collect();
    strays.sort();
    strays
}
