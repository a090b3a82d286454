//! Looks through the files of an index, and says everything that is wrong with them.
//!
//! Tantivy's own check reports all clear where its list of files is missing, and stops at the first
//! file that is. This one looks at every file that the last commit names: whether it is there,
//! whether its bytes are the ones that were written, whether numbers of documents agree, and, if
//! asked to, whether every document and every posting can be read. Any Tantivy index will do.
//! Nothing is written.

mod contents;

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use tantivy::directory::Directory as _;
use tantivy::directory::error::OpenReadError;
use tantivy::directory::footer::Footer;
use tantivy::{HasLen as _, Index, IndexMeta, SegmentMeta};

use super::readonly::ReadOnly;
use super::words;

/// What was found of the files of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexWalk {
    /// Files that the last commit names and that were looked at.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Everything that is broken.
    pub faults: Vec<IndexFault>,
    /// Files that no commit names, with their bytes.
    pub unreferenced: Vec<(PathBuf, u64)>,
    /// Parts of the index.
    pub segments: u64,
    /// Documents that can be found.
    pub documents: u64,
    /// Documents that were taken out and still take room.
    pub deleted: u64,
    /// Documents that were read back; 0 unless that was asked for.
    pub read_back: u64,
    /// What could not be looked at, in words; no fault.
    pub notes: Vec<String>,
    /// Whether somebody is writing to it now.
    pub is_being_written: bool,
}

/// Something broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFault {
    /// The file, relative to the index.
    pub file: PathBuf,
    /// What is wrong with it, in words.
    pub what: String,
    /// Whether documents are lost or wrong by it.
    pub is_grave: bool,
}

/// How closely to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// At the bytes of every file.
    Files,
    /// At every document and every posting, too.
    Documents,
}

/// Tantivy's files that belong to no segment.
pub(super) const META: &str = "meta.json";
const MANAGED: &str = ".managed.json";
pub(super) const WRITER_LOCK: &str = ".tantivy-writer.lock";
const LOCKS: &[&str] = &[WRITER_LOCK, ".tantivy-meta.lock"];

/// Looks through the index in `folder`.
///
/// Where a writer changes it meanwhile, it is looked through once more.
pub fn walk_index(folder: &Path, depth: Depth) -> IndexWalk {
    let meta = || fs::read(folder.join(META)).ok();
    let before = meta();
    let walk = Walk::through(folder, depth);
    if walk.faults.is_empty() || meta() == before {
        return walk;
    }
    Walk::through(folder, depth)
}

struct Walk<'a> {
    folder: &'a Path,
    found: IndexWalk,
}

impl Walk<'_> {
    fn through(folder: &Path, depth: Depth) -> IndexWalk {
        let mut walk = Walk { folder, found: IndexWalk::default() };
        walk.found.is_being_written = is_locked(&folder.join(WRITER_LOCK));
        let Some((directory, index, metas)) = walk.open() else { return walk.found };
        walk.counts(&metas);
        let mut sound = Vec::new();
        for segment in &metas.segments {
            let files = files_of(segment, &metas);
            // All files are looked at, also where the first is broken.
            let broken = files.iter().filter(|file| !walk.file(&directory, file)).count();
            if broken == 0 && segment.num_deleted_docs() <= segment.max_doc() {
                sound.push(segment.clone());
            }
        }
        walk.unreferenced(&metas);
        for segment in sound {
            contents::look(&index, &segment, depth, &mut walk.found);
        }
        walk.found
    }

    fn fault(&mut self, file: impl Into<PathBuf>, what: impl Into<String>) {
        let (file, what) = (file.into(), what.into());
        self.found.faults.push(IndexFault { file, what, is_grave: true });
    }

    fn open(&mut self) -> Option<(ReadOnly, Index, IndexMeta)> {
        let path = self.folder.join(META);
        match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.fault(META, "is missing: without it nothing can be found");
                return None;
            }
            Err(error) => {
                self.fault(META, format!("cannot be read: {error}"));
                return None;
            }
            Ok(bytes) => {
                if let Err(error) = serde_json::from_slice::<serde_json::Value>(&bytes) {
                    self.fault(META, format!("is no JSON: {error}"));
                    return None;
                }
            }
        }
        let opened =
            ReadOnly::open(self.folder).map_err(|error| error.to_string()).and_then(|directory| {
                let index = Index::open(directory.clone()).map_err(|error| error.to_string())?;
                let metas = index.load_metas().map_err(|error| error.to_string())?;
                Ok((directory, index, metas))
            });
        match opened {
            Ok((directory, mut index, metas)) => {
                index.set_tokenizers(words::tokenizers());
                Some((directory, index, metas))
            }
            Err(error) => {
                self.fault(META, format!("cannot be understood: {}", in_one_line(&error)));
                None
            }
        }
    }

    fn counts(&mut self, metas: &IndexMeta) {
        self.found.segments = metas.segments.len() as u64;
        for segment in &metas.segments {
            if segment.max_doc() < segment.num_deleted_docs() {
                let what = format!("part {} has fewer documents than were taken out", segment.id());
                self.fault(META, what);
                continue;
            }
            self.found.documents += u64::from(segment.num_docs());
            self.found.deleted += u64::from(segment.num_deleted_docs());
        }
    }

    /// Whether a file is there and its bytes are the ones that were written.
    fn file(&mut self, directory: &ReadOnly, file: &Path) -> bool {
        let slice = match directory.open_read(file) {
            Ok(slice) => slice,
            Err(OpenReadError::FileDoesNotExist(_)) => {
                self.fault(file, "is missing");
                return false;
            }
            Err(error) => {
                self.fault(file, format!("cannot be read: {}", in_one_line(&error.to_string())));
                return false;
            }
        };
        self.found.files += 1;
        self.found.bytes += slice.len() as u64;
        // Footer, its length and a magic number; less than that is no file of Tantivy.
        const LEAST_BYTES: usize = 8;
        if slice.len() < LEAST_BYTES {
            self.fault(file, "is cut: its end is missing");
            return false;
        }
        let (footer, body) = match Footer::extract_footer(slice) {
            Ok(parts) => parts,
            Err(error) => {
                self.fault(file, format!("is cut or overwritten at its end: {error}"));
                return false;
            }
        };
        if let Err(error) = footer.is_compatible() {
            self.fault(file, format!("was written by another version: {error:?}"));
            return false;
        }
        match body.read_bytes() {
            Ok(bytes) if crc32fast::hash(&bytes) == footer.crc => true,
            Ok(_) => {
                self.fault(file, "has other bytes than were written");
                false
            }
            Err(error) => {
                self.fault(file, format!("cannot be read: {error}"));
                false
            }
        }
    }

    /// Lists what no commit names, and compares Tantivy's own list of files.
    fn unreferenced(&mut self, metas: &IndexMeta) {
        let named: BTreeSet<PathBuf> =
            metas.segments.iter().flat_map(|segment| files_of(segment, metas)).collect();
        for entry in fs::read_dir(self.folder).into_iter().flatten().flatten() {
            let name = PathBuf::from(entry.file_name());
            let text = name.to_string_lossy();
            let is_own = text == META || text == MANAGED || LOCKS.contains(&&*text);
            let is_file = entry.file_type().is_ok_and(|it| it.is_file());
            if is_own || !is_file || named.contains(&name) {
                continue;
            }
            let bytes = entry.metadata().map_or(0, |it| it.len());
            self.found.unreferenced.push((name, bytes));
        }
        self.found.unreferenced.sort();
        let mut minor = |what: String| {
            let file = PathBuf::from(MANAGED);
            self.found.faults.push(IndexFault { file, what, is_grave: false });
        };
        match fs::read(self.folder.join(MANAGED)) {
            Err(_) => minor("is missing: files that are no longer used would stay".to_owned()),
            Ok(bytes) => match serde_json::from_slice::<BTreeSet<PathBuf>>(&bytes) {
                Err(error) => minor(format!("is no list of files: {error}; nobody can write")),
                Ok(managed) => {
                    let unknown = named.difference(&managed).count();
                    if 0 < unknown {
                        minor(format!("lacks {unknown} of the files in use"));
                    }
                }
            },
        }
    }
}

/// The files of a segment as its commit names them.
fn files_of(segment: &SegmentMeta, metas: &IndexMeta) -> BTreeSet<PathBuf> {
    let id = segment.id().uuid_string();
    metas
        .list_segment_files()
        .into_iter()
        .filter(|file| {
            let name = file.to_string_lossy();
            // Deletions have a file only where there are some; stores under way end with the commit.
            name.starts_with(&id)
                && !name.ends_with(".temp")
                && (!name.ends_with(".del") || segment.has_deletes())
        })
        .collect()
}

/// Whether another process holds the lock of this name.
pub(super) fn is_locked(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

pub(super) fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
