//! What docrot remembers of a tree: one folder, one commit point.
//!
//! The folder holds a Tantivy index (texts, search) and sorted Parquet files (records). The names
//! and hashes of the records files travel in the payload of the Tantivy commit, which is the only
//! commit point: whatever a commit does not name is garbage. It knows nothing of crawling and
//! judging.

mod columns;
mod commit;
mod entries;
mod error;
mod footprint;
mod foreign;
mod index;
mod kept;
mod lock;
mod merging;
mod private;
mod readonly;
mod records;
mod room;
mod schema;
mod search;
mod several;
mod stream;
mod update;
mod waiting;
mod walk;
mod words;

pub use columns::{Known, Retry};
pub use entries::{Indexed, Listed, walk_catalog};
pub use error::CatalogError;
pub use footprint::Footprint;
pub use foreign::{Asking, ForeignError, ForeignField, ForeignIndex, ForeignKind};
pub use index::IndexedDocument;
pub use room::{Room, Taken};
pub use schema::Keeping;
pub use search::{
    Admit, AdmitPath, Clause, Form, Found, Hit, OwnWords, Query, QueryError, Scope, Search,
    SearchOptions, Shown, Snippet, Vocabulary,
};
pub use several::{Catalogs, DocumentKey, Similar};
pub use stream::RecordStream;
pub use update::{Records, Update, UpdateOptions};
pub use walk::{Depth, IndexFault, IndexWalk, walk_index};

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::Index;
use tantivy::TantivyError;
use tantivy::directory::MmapDirectory;

use crate::inventory::{Inventory, Record, document_key};

use commit::Commit;
use error::{at, of_index};

/// Version of the catalog's layout: columns, index fields, commit payload.
pub const SCHEMA_VERSION: u32 = 5;

/// Where Tantivy's files lie, below the catalog's folder.
const INDEX_FOLDER: &str = "index";

/// An opened catalog, as of its last commit.
pub struct Catalog {
    folder: PathBuf,
    index: Index,
    commit: Mutex<Arc<Commit>>,
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalog").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Catalog {
    /// Opens the catalog in `folder`, which must exist.
    pub fn open(folder: &Path) -> Result<Self, CatalogError> {
        let index_folder = folder.join(INDEX_FOLDER);
        if !index_folder.join("meta.json").is_file() {
            return Err(CatalogError::Missing { path: folder.to_path_buf() });
        }
        let index = Index::open_in_dir(&index_folder).map_err(|source| of_index(folder, source))?;
        Self::of(folder, index)
    }

    /// Opens the catalog in `folder` to look at it: nothing is written there, and nobody is kept
    /// from writing.
    pub fn open_read_only(folder: &Path) -> Result<Self, CatalogError> {
        let index_folder = folder.join(INDEX_FOLDER);
        if !index_folder.join("meta.json").is_file() {
            return Err(CatalogError::Missing { path: folder.to_path_buf() });
        }
        let directory = readonly::ReadOnly::open(&index_folder);
        let index = directory.map_err(TantivyError::from).and_then(Index::open);
        Self::of(folder, index.map_err(|source| of_index(folder, source))?)
    }

    fn of(folder: &Path, mut index: Index) -> Result<Self, CatalogError> {
        index.set_tokenizers(words::tokenizers());
        let commit = Commit::load(folder, &index)?;
        let folder = folder.to_path_buf();
        Ok(Self { folder, index, commit: Mutex::new(Arc::new(commit)) })
    }

    /// Opens the catalog in `folder`, or makes an empty one there, which keeps texts. A folder that
    /// holds anything else is refused.
    pub fn open_or_create(folder: &Path) -> Result<Self, CatalogError> {
        Self::open_or_create_keeping(folder, Keeping::Texts)
    }

    /// Opens the catalog in `folder`, or makes an empty one there that keeps this and no more. One
    /// that keeps more is refused; one that keeps less stays as it is.
    pub fn open_or_create_keeping(folder: &Path, keeping: Keeping) -> Result<Self, CatalogError> {
        if folder.join(INDEX_FOLDER).join("meta.json").is_file() {
            let catalog = Self::open(folder)?;
            if catalog.keeping() < keeping {
                let what = match keeping {
                    Keeping::Fingerprints => "keeps the texts of documents",
                    _ => "indexes the words of documents",
                };
                return Err(CatalogError::KeepsMore { path: folder.to_path_buf(), what });
            }
            return Ok(catalog);
        }
        // One whose index was removed is still a catalog: what people decided may be in it.
        let is_ours = folder.join(lock::NAME).is_file();
        let is_other =
            |it: std::io::Result<fs::DirEntry>| it.is_ok_and(|it| it.file_name() != INDEX_FOLDER);
        if !is_ours && fs::read_dir(folder).is_ok_and(|mut entries| entries.any(is_other)) {
            return Err(CatalogError::NotACatalog { path: folder.to_path_buf() });
        }
        let index_folder = folder.join(INDEX_FOLDER);
        private::make_folder(&index_folder).map_err(at(&index_folder))?;
        private::shut(folder);
        let _lock = lock::Lock::take(folder)?;
        kept::remove_all(folder)?;
        let directory =
            MmapDirectory::open(&index_folder).map_err(|error| of_index(folder, error.into()))?;
        let index = Index::builder()
            .schema(schema::schema(keeping))
            .settings(schema::settings())
            .tokenizers(words::tokenizers())
            .open_or_create(directory)
            .map_err(|source| of_index(folder, source))?;
        let folder = folder.to_path_buf();
        Ok(Self { folder, index, commit: Mutex::new(Arc::new(Commit::default())) })
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it keeps of what documents say.
    pub fn keeping(&self) -> Keeping {
        Keeping::of(&self.index.schema())
    }

    /// The audited folders, in the order of their [`crate::inventory::RootId`]s.
    pub fn roots(&self) -> Vec<PathBuf> {
        self.commit().roots.iter().map(|root| root.0.clone()).collect()
    }

    /// What the last scan left as its summary; none before the first.
    pub fn summary(&self) -> Option<String> {
        let commit = self.commit();
        commit::last_scan(&self.folder, commit.number).or_else(|| commit.summary.clone())
    }

    /// Every record, checked against the hash that was committed.
    pub fn inventory(&self) -> Result<Inventory, CatalogError> {
        let mut records = Vec::with_capacity(self.commit().rows() as usize);
        for record in self.records()? {
            records.push(record?);
        }
        Ok(Inventory::new(self.roots(), records))
    }

    /// The records in the order of [`Catalog::inventory`], of which few are in memory at a time.
    pub fn records(&self) -> Result<RecordStream, CatalogError> {
        let commit = self.commit();
        for part in &commit.parts {
            let path = self.folder.join(&part.file);
            if !records::is_intact(&self.folder, part).map_err(at(&path))? {
                return Err(CatalogError::Damaged {
                    path,
                    what: "its bytes are not the ones that were committed".to_owned(),
                });
            }
        }
        Ok(RecordStream::new(self.folder.clone(), commit.parts.clone()))
    }

    /// A name for what the catalog holds now, of 16 hexadecimal digits: another scan that changes
    /// any record changes it.
    pub fn state(&self) -> String {
        records::state(&self.commit().parts)
    }

    /// How many records it holds.
    pub fn len(&self) -> u64 {
        self.commit().rows()
    }

    /// Whether it holds no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A source of the stored texts, as of the last commit.
    pub fn texts(&self) -> Result<impl Fn(&Record) -> Option<String> + Sync + use<>, CatalogError> {
        let bodies = index::Bodies::open(&self.index).map_err(|it| of_index(&self.folder, it))?;
        Ok(move |record: &Record| bodies.text(document_key(record.root, &record.file.path)))
    }

    /// The [`document_key`]s of the documents whose text has the words of `phrase` in this order,
    /// whatever their case.
    pub fn mentions(&self, phrase: &str) -> Result<Vec<[u8; 16]>, CatalogError> {
        let failed = |source| of_index(&self.folder, source);
        index::Bodies::open(&self.index).map_err(failed)?.mentions(phrase).map_err(failed)
    }

    /// Finds documents by their words, as of the last commit.
    pub fn search(&self) -> Result<Search, CatalogError> {
        Search::open(self.folder.clone(), &self.index)
    }

    /// What is kept under `name` beside the catalog, if it was made from this commit and from what
    /// `made_from` says. Whatever does not fit is as good as none.
    pub fn kept(&self, name: &str, made_from: &str) -> Option<Vec<u8>> {
        kept::read(&self.folder, name, &self.with_commit(made_from))
    }

    /// Keeps something that was worked out from this commit and from what `made_from` says.
    pub fn keep(&self, name: &str, made_from: &str, content: &[u8]) -> Result<(), CatalogError> {
        kept::write(&self.folder, name, &self.with_commit(made_from), content)
    }

    fn with_commit(&self, made_from: &str) -> String {
        format!("{SCHEMA_VERSION} {} {made_from}", self.commit().number)
    }

    /// Takes from everybody but its owner what they may do with the catalog's files. Scans do so by
    /// themselves; whoever else puts files there does it with this.
    pub fn shut(&self) {
        private::shut(&self.folder);
    }

    /// Begins to change the catalog. Only one process can at a time.
    pub fn update(&self, options: UpdateOptions) -> Result<Update<'_>, CatalogError> {
        Update::begin(self, options)
    }

    fn commit(&self) -> Arc<Commit> {
        Arc::clone(&self.commit.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_commit(&self, commit: Commit) {
        *self.commit.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(commit);
    }
}
