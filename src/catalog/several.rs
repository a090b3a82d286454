//! Several catalogs, of one server each, seen as one.
//!
//! Each keeps its own roots. Where they were given names, a root is told with its server's name in
//! front, so that two servers may have folders of one path.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::inventory::{FileIdentity, Inventory, Record, RootId, document_key};

use super::index::Bodies;
use super::{Catalog, CatalogError, Footprint, Vocabulary, of_index};

/// Catalogs that are judged together. At least one.
#[derive(Debug)]
pub struct Catalogs<'a> {
    // Invariant: not empty; no two of one name, and no two roots are told alike.
    parts: Vec<Part<'a>>,
}

#[derive(Debug)]
struct Part<'a> {
    name: Option<String>,
    catalog: &'a Catalog,
    /// How many roots those before it have.
    first_root: u16,
}

/// Which catalog a document is in, and its [`document_key`] there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DocumentKey {
    /// Position of the catalog.
    pub catalog: usize,
    /// Its key in that catalog.
    pub key: [u8; 16],
}

impl<'a> From<&'a Catalog> for Catalogs<'a> {
    fn from(catalog: &'a Catalog) -> Self {
        Self { parts: vec![Part { name: None, catalog, first_root: 0 }] }
    }
}

impl<'a> Catalogs<'a> {
    /// Takes catalogs together, each with the name of its server where it has one. Refuses none at
    /// all, a name that two have, and folders that could not be told from each other.
    pub fn new(
        named: impl IntoIterator<Item = (Option<String>, &'a Catalog)>,
    ) -> Result<Self, CatalogError> {
        let mut catalogs = Self { parts: Vec::new() };
        let (mut names, mut roots) = (BTreeSet::new(), BTreeSet::new());
        let mut first_root = 0_u16;
        for (name, catalog) in named {
            let folder = || catalog.folder().to_path_buf();
            if name.as_ref().is_some_and(|it| !names.insert(it.clone())) {
                return Err(CatalogError::SameName {
                    path: folder(),
                    name: name.unwrap_or_default(),
                });
            }
            let count = catalog.roots().len() as u16;
            let part = Part { name, catalog, first_root };
            if let Some(root) = part.roots().into_iter().find(|it| !roots.insert(it.clone())) {
                return Err(CatalogError::SameRoot { path: part.catalog.folder().into(), root });
            }
            first_root = first_root.saturating_add(count);
            catalogs.parts.push(part);
        }
        if catalogs.parts.is_empty() {
            return Err(CatalogError::Missing { path: PathBuf::new() });
        }
        Ok(catalogs)
    }

    /// The first of them, beside which decisions are kept.
    pub fn first(&self) -> &'a Catalog {
        self.parts[0].catalog
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a Catalog> {
        self.parts.iter().map(|it| it.catalog)
    }

    /// Each of them with the name of its server, where it has one.
    pub fn named(&self) -> impl ExactSizeIterator<Item = (Option<&str>, &'a Catalog)> {
        self.parts.iter().map(|it| (it.name.as_deref(), it.catalog))
    }

    /// The position of the first root of each of them, in order.
    pub fn first_roots(&self) -> impl ExactSizeIterator<Item = RootId> {
        self.parts.iter().map(|it| RootId(it.first_root))
    }

    /// What they take on the disk, all together.
    pub fn footprint(&self) -> Result<Footprint, CatalogError> {
        let mut all = Footprint::default();
        for catalog in self.iter() {
            let Footprint { records, record_bytes, index_bytes } = catalog.footprint()?;
            all.records += records;
            all.record_bytes += record_bytes;
            all.index_bytes += index_bytes;
        }
        Ok(all)
    }

    /// The folders that all of them are of.
    pub fn roots(&self) -> Vec<PathBuf> {
        self.parts.iter().flat_map(Part::roots).collect()
    }

    /// The records of all of them, catalog by catalog.
    pub fn inventory(&self) -> Result<Inventory, CatalogError> {
        if let [only] = &*self.parts {
            return only.catalog.inventory();
        }
        let rows = self.iter().map(Catalog::len).sum::<u64>();
        if u64::from(u32::MAX) < rows {
            return Err(CatalogError::TooMany { rows });
        }
        let mut records = Vec::with_capacity(rows as usize);
        for (position, part) in self.parts.iter().enumerate() {
            for record in part.catalog.records()? {
                let mut record = record?;
                record.root.0 += part.first_root;
                let identity = record.file.identity;
                record.file.identity = elsewhere(identity, position as u64);
                records.push(record);
            }
        }
        Ok(Inventory::new(self.roots(), records))
    }

    /// Identifies a record of [`Catalogs::inventory`] in what the other functions give.
    pub fn key(&self, record: &Record) -> DocumentKey {
        let first_roots = self.parts.iter().map(|it| it.first_root).collect::<Vec<_>>();
        key_among(&first_roots, record)
    }

    /// A source of the stored texts, as of the last commits.
    pub fn texts(&self) -> Result<impl Fn(&Record) -> Option<String> + Sync + use<>, CatalogError> {
        self.texts_within(usize::MAX)
    }

    /// As [`Catalogs::texts`], with so many blocks of texts at most that are kept unpacked. A block
    /// is 16 KiB, or a longer text.
    pub fn texts_within(
        &self,
        blocks: usize,
    ) -> Result<impl Fn(&Record) -> Option<String> + Sync + use<>, CatalogError> {
        let each = blocks / self.parts.len();
        let open = |it: &Catalog| {
            Bodies::open_within(&it.index, each).map_err(|error| of_index(&it.folder, error))
        };
        let bodies = self.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let first_roots = self.parts.iter().map(|it| it.first_root).collect::<Vec<_>>();
        Ok(move |record: &Record| {
            let DocumentKey { catalog, key } = key_among(&first_roots, record);
            bodies[catalog].text(key)
        })
    }

    /// The words of all documents, as of the last commits.
    pub fn vocabulary(&self) -> Result<Vocabulary, CatalogError> {
        let searches = self.iter().map(Catalog::search).collect::<Result<_, _>>()?;
        let first_roots = self.parts.iter().map(|it| it.first_root).collect();
        Ok(Vocabulary::of(searches, first_roots))
    }

    /// The documents whose text has the words of `phrase` in this order, whatever their case.
    pub fn mentions(&self, phrase: &str) -> Result<Vec<DocumentKey>, CatalogError> {
        let mut found = Vec::new();
        for (catalog, part) in self.parts.iter().enumerate() {
            let keys = part.catalog.mentions(phrase)?.into_iter();
            found.extend(keys.map(|key| DocumentKey { catalog, key }));
        }
        Ok(found)
    }

    /// Finds documents of similar text within the catalog of a document.
    pub fn similar(&self) -> Result<Similar<'_>, CatalogError> {
        Ok(Similar { catalogs: self, bodies: self.bodies()? })
    }

    fn bodies(&self) -> Result<Vec<Bodies>, CatalogError> {
        let open =
            |it: &Catalog| Bodies::open(&it.index).map_err(|error| of_index(&it.folder, error));
        self.iter().map(open).collect()
    }
}

impl Part<'_> {
    /// The audited folders as they are told.
    fn roots(&self) -> Vec<PathBuf> {
        let roots = self.catalog.roots().into_iter();
        match &self.name {
            None => roots.collect(),
            Some(name) => roots.map(|root| on_server(name, &root)).collect(),
        }
    }
}

/// The key of a record, by the first root of each catalog.
pub(super) fn key_among(first_roots: &[u16], record: &Record) -> DocumentKey {
    let catalog = first_roots.partition_point(|it| *it <= record.root.0).saturating_sub(1);
    let root = RootId(record.root.0 - first_roots[catalog]);
    DocumentKey { catalog, key: document_key(root, &record.file.path) }
}

/// `name:/srv/share`.
fn on_server(name: &str, root: &Path) -> PathBuf {
    let mut told = std::ffi::OsString::from(name);
    told.push(":");
    told.push(root);
    told.into()
}

/// The identity of a file of another server, where the same numbers mean another file.
fn elsewhere(identity: FileIdentity, server: u64) -> FileIdentity {
    let FileIdentity { device, inode } = identity;
    FileIdentity { device: device ^ server << 48, inode }
}

/// Finds documents of similar text.
#[expect(missing_debug_implementations, reason = "holds searchers, which have none")]
pub struct Similar<'a> {
    catalogs: &'a Catalogs<'a>,
    bodies: Vec<Bodies>,
}

impl Similar<'_> {
    /// The up to `limit` documents whose text is most like the record's, the most similar first,
    /// without itself.
    pub fn to(&self, record: &Record, limit: usize) -> Result<Vec<DocumentKey>, CatalogError> {
        let DocumentKey { catalog, key } = self.catalogs.key(record);
        let folder = &self.catalogs.parts[catalog].catalog.folder;
        let found = self.bodies[catalog].similar(key, limit);
        let keys = found.map_err(|it| of_index(folder, it))?.into_iter();
        Ok(keys.map(|key| DocumentKey { catalog, key }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{FileEntry, Metadata, Status};

    fn record(root: u16) -> Record {
        Record {
            root: RootId(root),
            file: FileEntry { path: "a.md".into(), ..FileEntry::default() },
            status: Status::NotADocument,
            reached: None,
            format: None,
            metadata: Metadata::default(),
            hash: None,
            fingerprint: None,
        }
    }

    #[test]
    fn a_document_is_known_by_its_catalog_and_its_key_there() {
        // The first catalog has two roots, the second none, the third one.
        let key = |root| key_among(&[0, 2, 2], &record(root));
        let there = |root| document_key(RootId(root), Path::new("a.md"));
        assert_eq!(key(0), DocumentKey { catalog: 0, key: there(0) });
        assert_eq!(key(1), DocumentKey { catalog: 0, key: there(1) });
        assert_eq!(key(2), DocumentKey { catalog: 2, key: there(0) });
    }

    #[test]
    fn one_number_on_two_servers_is_two_files() {
        let file = FileIdentity { device: 5, inode: 9 };
        assert_eq!(elsewhere(file, 0), file);
        assert_ne!(elsewhere(file, 1), file);
        assert_ne!(elsewhere(file, 1), elsewhere(file, 2));
        assert_eq!(elsewhere(file, 1).inode, 9);
    }

    #[test]
    fn a_folder_is_told_with_its_server() {
        assert_eq!(on_server("bonn", Path::new("/srv/a")), Path::new("bonn:/srv/a"));
    }

    #[test]
    fn no_catalogs_are_no_audit() {
        assert!(matches!(Catalogs::new([]), Err(CatalogError::Missing { .. })));
    }
}
