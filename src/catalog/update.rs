//! A change of the catalog: documents go in and out, records are rewritten in order, then all of it
//! becomes visible in one commit.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::errors::ParquetError;

use crate::inventory::{Hash, Record, RootId};

use super::columns::{Known, Row};
use super::commit::{self, Commit, Root};
use super::error::of_index;
use super::index::{IndexedDocument, Indexer};
use super::lock::Lock;
use super::records::{self, Part, PartReader, PartWriter};
use super::{Catalog, CatalogError, SCHEMA_VERSION, private};

/// How much the index may use while it is written.
#[derive(Clone, Copy, Debug)]
pub struct UpdateOptions {
    /// Indexing threads.
    pub threads: usize,
    /// Memory of all of them together, in bytes; at least 15 MB each.
    pub memory_bytes: usize,
    /// What texts may take that wait for them, in bytes.
    pub waiting_bytes: u64,
    /// Most that segments take on disk, in bytes, that are merged while the index is written; none
    /// for no limit.
    pub merge_bytes: Option<u64>,
}

impl Default for UpdateOptions {
    fn default() -> Self {
        Self { threads: 1, memory_bytes: 64 << 20, waiting_bytes: 64 << 20, merge_bytes: None }
    }
}

/// A change of the catalog that is under way. Dropped without [`Update::finish`], it leaves the
/// catalog at its last commit.
///
/// Texts go in from any thread ([`Update::put`]). Records are given in order from one thread: every
/// known record is either kept or dropped, and new ones are inserted where they belong.
pub struct Update<'a> {
    catalog: &'a Catalog,
    indexer: Indexer<'a>,
    before: Commit,
    /// Last, so that it is given back when nothing writes any more.
    _lock: Lock,
}

impl std::fmt::Debug for Update<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Update").field("catalog", &self.catalog).finish_non_exhaustive()
    }
}

impl<'a> Update<'a> {
    pub(super) fn begin(
        catalog: &'a Catalog,
        options: UpdateOptions,
    ) -> Result<Self, CatalogError> {
        let lock = Lock::take(&catalog.folder)?;
        // Another process may have committed since this catalog was opened.
        let before = Commit::load(&catalog.folder, &catalog.index)?;
        catalog.set_commit(before.clone());
        private::shut(&catalog.folder);
        commit::remove_strays(&catalog.folder, &before);
        let indexer = Indexer::new(&catalog.index, &catalog.folder, options)
            .map_err(|source| of_index(&catalog.folder, source))?;
        Ok(Self { catalog, indexer, before, _lock: lock })
    }

    /// Every known record, in order, with what a rescan needs. Reads block by block.
    pub fn known(&self) -> impl Iterator<Item = Result<Known, CatalogError>> + '_ {
        let folder = &self.catalog.folder;
        self.before.parts.iter().flat_map(move |part| known_of(folder, part))
    }

    /// Puts a document into the index, in the place of an older one.
    pub fn put(&self, document: IndexedDocument<'_>) -> Result<(), CatalogError> {
        // Also a file without a record may be in the index: an interrupted scan leaves such.
        let replace = self.before.number > 0;
        self.indexer.put(document, replace).map_err(|source| of_index(&self.catalog.folder, source))
    }

    /// Takes a document out of the index.
    pub fn remove(&self, root: RootId, path: &Path) -> Result<(), CatalogError> {
        self.indexer.remove(root, path).map_err(|source| of_index(&self.catalog.folder, source))
    }

    /// Begins to rewrite the records.
    pub fn records(&self) -> Records {
        Records {
            folder: self.catalog.folder.clone(),
            number: self.before.number + 1,
            done: Vec::new(),
            old: OldRows::new(&self.catalog.folder, &self.before.parts),
            writer: None,
            kept: 0,
        }
    }

    /// Makes everything so far durable and visible. Known records that were neither kept nor
    /// dropped yet are kept.
    pub fn checkpoint(
        &self,
        records: &mut Records,
        roots: &[PathBuf],
        summary: String,
    ) -> Result<(), CatalogError> {
        let tail = records.close_part()?;
        let parts = records.done.iter().cloned().chain(tail).collect();
        self.commit(records.number, parts, roots, summary)?;
        records.number += 1;
        Ok(())
    }

    /// Ends the change: leaves out the records in `gone`, and commits. `summary` is made from the
    /// hashes of what is gone. Where nothing changed, only the summary is noted.
    pub fn finish(
        self,
        mut records: Records,
        gone: &HashSet<(RootId, PathBuf)>,
        roots: &[PathBuf],
        summary: impl FnOnce(&[Hash]) -> String,
    ) -> Result<(), CatalogError> {
        let folder = &self.catalog.folder;
        let same_roots = self.before.roots.iter().map(|it| &it.0).eq(roots);
        let untouched = records.is_untouched();
        if untouched && gone.is_empty() && same_roots && self.before.number > 0 {
            return commit::write_last_scan(folder, self.before.number, summary(&[]));
        }
        let mut parts = if untouched {
            self.before.parts.clone()
        } else {
            let tail = records.close_part()?;
            records.done.iter().cloned().chain(tail).collect()
        };
        let mut gone_hashes = Vec::new();
        if !gone.is_empty() || parts.len() > 1 {
            for (root, path) in gone {
                self.remove(*root, path)?;
            }
            let path = folder.join(format!("records-{}-all.parquet", records.number));
            let merged = merge(folder, &parts, gone, &path, &mut gone_hashes)
                .map_err(|error| CatalogError::records(&path, error))?;
            parts = vec![merged];
        }
        self.commit(records.number, parts, roots, summary(&gone_hashes))?;
        let Self { catalog, indexer, .. } = self;
        indexer.close().map_err(|source| of_index(&catalog.folder, source))?;
        commit::remove_strays(&catalog.folder, &catalog.commit());
        // Merges have left files since the commit.
        private::shut(&catalog.folder);
        Ok(())
    }

    fn commit(
        &self,
        number: u64,
        parts: Vec<Part>,
        roots: &[PathBuf],
        summary: String,
    ) -> Result<(), CatalogError> {
        let folder = &self.catalog.folder;
        commit::sync_folder(folder)?;
        let commit = Commit {
            schema_version: SCHEMA_VERSION,
            number,
            roots: roots.iter().cloned().map(Root).collect(),
            parts,
            summary: Some(summary),
        };
        let payload = serde_json::to_string(&commit).expect("a commit has string keys only");
        self.indexer.commit(&payload).map_err(|source| of_index(folder, source))?;
        private::shut(folder);
        self.catalog.set_commit(commit);
        Ok(())
    }
}

/// Writes all parts as one, without what is gone.
fn merge(
    folder: &Path,
    parts: &[Part],
    gone: &HashSet<(RootId, PathBuf)>,
    path: &Path,
    gone_hashes: &mut Vec<Hash>,
) -> Result<Part, ParquetError> {
    let mut writer = PartWriter::create(path.to_path_buf())?;
    let mut rows = OldRows::new(folder, parts);
    while let Some(row) = rows.try_next_row()? {
        if !gone.is_empty() {
            let record = row.record().map_err(records::broken)?;
            if gone.contains(&(record.root, record.file.path)) {
                gone_hashes.extend(record.hash);
                continue;
            }
        }
        writer.push_row(row)?;
    }
    writer.finish()
}

fn known_of(folder: &Path, part: &Part) -> Box<dyn Iterator<Item = Result<Known, CatalogError>>> {
    let path = folder.join(&part.file);
    match PartReader::open(folder, part) {
        Err(error) => Box::new(std::iter::once(Err(CatalogError::records(&path, error)))),
        Ok(reader) => {
            Box::new((0..reader.groups()).flat_map(move |group| match reader.known(group) {
                Ok(rows) => rows.into_iter().map(Ok).collect::<Vec<_>>(),
                Err(error) => vec![Err(CatalogError::records(&path, error))],
            }))
        }
    }
}

/// The records on their way from the last commit to the next.
pub struct Records {
    folder: PathBuf,
    number: u64,
    done: Vec<Part>,
    old: OldRows,
    // Opened by the first change; until then keeping a record is counting it.
    writer: Option<PartWriter>,
    kept: u64,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Records {
    /// Keeps the next known record as it is.
    pub fn keep(&mut self) -> Result<(), CatalogError> {
        if self.writer.is_none() && self.done.is_empty() {
            self.kept += 1;
            return Ok(());
        }
        let row =
            self.old.next_row().map_err(|error| CatalogError::records(&self.folder, error))?;
        let pushed = self.writer()?.push_row(row);
        pushed.map_err(|error| CatalogError::records(&self.folder, error))
    }

    /// Leaves the next known record out, and returns it.
    pub fn drop_known(&mut self) -> Result<Record, CatalogError> {
        self.writer()?;
        let row =
            self.old.next_row().map_err(|error| CatalogError::records(&self.folder, error))?;
        row.record().map_err(|what| CatalogError::Damaged {
            path: self.folder.clone(),
            what: format!("a record has {what}"),
        })
    }

    /// Adds a record at this place.
    pub fn insert(&mut self, record: &Record) -> Result<(), CatalogError> {
        let pushed = self.writer()?.push(record);
        pushed.map_err(|error| CatalogError::records(&self.folder, error))
    }

    fn is_untouched(&self) -> bool {
        self.writer.is_none() && self.done.is_empty()
    }

    fn writer(&mut self) -> Result<&mut PartWriter, CatalogError> {
        if self.writer.is_none() {
            let name = format!("records-{}-{}.parquet", self.number, self.done.len());
            let path = self.folder.join(name);
            let broken = |error| CatalogError::records(&path, error);
            let mut writer = PartWriter::create(path.clone()).map_err(broken)?;
            for _ in 0..std::mem::take(&mut self.kept) {
                writer.push_row(self.old.next_row().map_err(broken)?).map_err(broken)?;
            }
            self.writer = Some(writer);
        }
        Ok(self.writer.as_mut().expect("it was just opened"))
    }

    /// Ends the part that is being written, and copies the known records that are still to come
    /// into a part of their own, so that a commit here holds them all.
    fn close_part(&mut self) -> Result<Option<Part>, CatalogError> {
        self.writer()?;
        let path = self.folder.clone();
        let broken = |error| CatalogError::records(&path, error);
        if let Some(writer) = self.writer.take() {
            let part = writer.finish().map_err(broken)?;
            if part.rows > 0 {
                self.done.push(part);
            }
        }
        let mut rest = self.old.clone();
        let Some(first) = rest.try_next_row().map_err(broken)? else {
            return Ok(None);
        };
        let name = format!("records-{}-rest.parquet", self.number);
        let mut writer = PartWriter::create(self.folder.join(name)).map_err(broken)?;
        writer.push_row(first).map_err(broken)?;
        while let Some(row) = rest.try_next_row().map_err(broken)? {
            writer.push_row(row).map_err(broken)?;
        }
        writer.finish().map(Some).map_err(broken)
    }
}

/// A cursor over the rows of the last commit.
#[derive(Clone)]
struct OldRows {
    folder: PathBuf,
    parts: Vec<Part>,
    part: usize,
    group: usize,
    row: usize,
    rows: Arc<Vec<Row>>,
}

impl OldRows {
    fn new(folder: &Path, parts: &[Part]) -> Self {
        let (folder, parts) = (folder.to_path_buf(), parts.to_vec());
        Self { folder, parts, part: 0, group: 0, row: 0, rows: Arc::default() }
    }

    fn next_row(&mut self) -> Result<Row, ParquetError> {
        self.try_next_row()?
            .ok_or_else(|| ParquetError::General("the records end before the scan does".to_owned()))
    }

    fn try_next_row(&mut self) -> Result<Option<Row>, ParquetError> {
        while self.row == self.rows.len() {
            let Some(part) = self.parts.get(self.part) else {
                return Ok(None);
            };
            let reader = PartReader::open(&self.folder, part)?;
            if self.group == reader.groups() {
                self.part += 1;
                self.group = 0;
                continue;
            }
            self.rows = Arc::new(reader.rows(self.group)?);
            self.group += 1;
            self.row = 0;
        }
        let row = self.rows[self.row].clone();
        self.row += 1;
        Ok(Some(row))
    }
}
