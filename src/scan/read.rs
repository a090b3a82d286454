//! Reads one file: bytes → format → content → fingerprint. Never fails: what goes wrong is in the
//! record.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::catalog::Room;
use crate::crawl::FileEntry;
use crate::extract::{
    self, ARCHIVES, Child, Content, Detection, ExtractError, Format, Limit, Limits, Metadata,
    Missing, Reached, Workers,
};
use crate::fingerprint::Fingerprint;
use crate::inventory::{Failure, FormatId, Hash, Record, RootId, Status};

use super::cache::{Cache, Inside, Key, Reading};
use super::changes::{CLOSED, remembered};
use super::exact::Hashes;
use super::history::Histories;
use super::open::{self, Bytes};
use super::options::ScanOptions;
use super::timings::{Stage, Timings};

/// Everything that reading needs, shared by the reading threads.
pub(super) struct Reader<'a> {
    pub(super) options: &'a ScanOptions,
    /// A turn for each thread that may work on what was read; the others wait for files.
    pub(super) processors: Arc<Room>,
    pub(super) timings: &'a Timings,
    pub(super) workers: Option<Workers>,
    pub(super) cache: Cache,
    /// What version control knows.
    pub(super) histories: &'a Histories,
    /// Hashes of the files that may have an equal, where no more is asked.
    pub(super) exact: OnceLock<Hashes>,
    /// Held while an archive is unpacked.
    pub(super) unpacking: Mutex<()>,
    /// When the scan began, in nanoseconds since 1970-01-01 UTC.
    pub(super) started: i64,
}

impl Reader<'_> {
    /// Reads a file below `root_folder`, and says what is to be remembered and indexed of it, and
    /// then of what is inside of it, in the order of paths.
    pub(super) fn read(
        &self,
        root: RootId,
        root_folder: &Path,
        file: FileEntry,
    ) -> Vec<(Record, Option<Arc<str>>)> {
        if self.options.only_exact {
            return vec![(self.hashed(root, file), None)];
        }
        let reading = self.reading(&root_folder.join(&file.path), &file);
        let file = remembered(file, self.started);
        match reading {
            Ok(reading) => {
                let claim = self.histories.claim(root, &file.path);
                let mut family = family(root, file, &reading);
                family[0].0.metadata.dates.extend(claim);
                family
            }
            Err(failure) => vec![(unread(root, file, failure), None)],
        }
    }

    /// A file of which only the hash is asked, if it may have an equal at all.
    fn hashed(&self, root: RootId, file: FileEntry) -> Record {
        let hashed = self.exact.get().and_then(|it| it.get(&(root, file.path.clone())));
        match hashed {
            Some(Err(failure)) => unread(root, file, failure.clone()),
            Some(Ok(hash)) => Record { hash: Some(*hash), ..not_a_document(root, file) },
            None => not_a_document(root, file),
        }
    }

    fn reading(&self, path: &Path, file: &FileEntry) -> Result<Arc<Reading>, Failure> {
        let other_name =
            (file.links > 1 && file.identity.inode != 0).then_some(Key::File(file.identity));
        if let Some(known) = other_name.and_then(|key| self.cache.get(key)) {
            return Ok(known);
        }
        let follow_links = self.options.crawl.follow_links;
        let read = || open::read(path, self.options.max_file_bytes, follow_links);
        let reading = match self.timings.of(Stage::Read, read) {
            Err(failure) => return Err(failure),
            Ok(Bytes::Large(head, hash)) => Arc::new(self.too_large(path, file.size, &head, hash)),
            Ok(Bytes::Whole(bytes)) => {
                let _turn = self.processors.take(1);
                self.whole(path, &bytes, &mut Budget::within(&self.options.limits))
            }
        };
        if let Some(key) = other_name {
            self.cache.put(key, Arc::clone(&reading));
        }
        Ok(reading)
    }

    fn too_large(&self, path: &Path, size: u64, head: &[u8], hash: Hash) -> Reading {
        let status = match extract::detect(&self.options.formats, path, head) {
            Detection::NotADocument => Status::NotADocument,
            Detection::Document(_) | Detection::Unsupported(_) | Detection::Placeholder(_) => {
                let limit = self.options.max_file_bytes;
                Status::NotRead((&ExtractError::TooLarge { size, limit }).into())
            }
        };
        Reading::without_text(None, status, hash)
    }

    /// Reads bytes, and what is inside of them as far as the budget goes.
    fn whole(&self, path: &Path, bytes: &[u8], budget: &mut Budget) -> Arc<Reading> {
        let hash = self.timings.of(Stage::Hash, || Hash::of(bytes));
        let none = |status| Arc::new(Reading::without_text(None, status, hash));
        let format = match extract::detect(&self.options.formats, path, bytes) {
            Detection::Document(format) => format,
            Detection::NotADocument => return none(Status::NotADocument),
            Detection::Unsupported(what) => {
                let error = ExtractError::Unsupported(what.to_owned());
                let status = Status::NotRead((&error).into());
                // An archive that is left closed is remembered as one, for the scan that opens it.
                let archive = ARCHIVES.iter().find(|it| (it.recognize)(bytes));
                let closed = archive.map(|it| Format { version: CLOSED, ..*it });
                return Arc::new(Reading::without_text(closed, status, hash));
            }
            Detection::Placeholder(what) => {
                let error = ExtractError::Placeholder(what.to_owned());
                return none(Status::NotRead((&error).into()));
            }
        };
        let key = Key::Bytes(hash, format.name);
        if let Some(known) = self.cache.get(key)
            && budget.covers(&known)
        {
            return known;
        }
        // What is unpacked is in memory at once, so one archive is at a time.
        let is_outer = is_archive(format) && budget.depth == 0;
        let _turn = is_outer.then(|| self.unpacking.lock().unwrap_or_else(PoisonError::into_inner));
        let limits = &self.options.limits;
        let content = self.timings.of(Stage::Extract, || match &self.workers {
            Some(workers) if format.isolated => workers.read(format, bytes, limits),
            _ => extract::read_here(format, bytes, limits),
        });
        let left_out = budget.left_out;
        let reading = match content {
            Ok(mut content) => {
                let children = std::mem::take(&mut content.children);
                let (children, missing) = self.inside(children, budget);
                content.partly = content.partly.or(missing);
                let made = || Reading::of_content(*format, hash, content);
                Reading { children, ..self.timings.of(Stage::Fingerprint, made) }
            }
            Err(error) => {
                let status = Status::NotRead((&error).into());
                let reached = self.reached_by(&error);
                Reading { reached, ..Reading::without_text(Some(*format), status, hash) }
            }
        };
        let reading = Arc::new(reading);
        if left_out == budget.left_out || budget.depth == 0 {
            self.cache.put(key, Arc::clone(&reading));
        }
        reading
    }

    /// The limit that a reader met that gave nothing.
    fn reached_by(&self, error: &ExtractError) -> Option<Reached> {
        let limit = match error {
            ExtractError::OverLimit(missing) => return missing.reached,
            ExtractError::TimedOut(_) => Limit::ReaderSeconds,
            ExtractError::OutOfMemory(_) => Limit::ReaderMemory,
            _ => return None,
        };
        Some(Reached { limit, value: self.options.limit(limit) })
    }

    /// Reads the children of a document, and tells which of them were left out. What is missing of
    /// a child is the child's to tell.
    fn inside(&self, children: Vec<Child>, budget: &mut Budget) -> (Vec<Inside>, Option<Missing>) {
        let mut inside = Vec::new();
        let (mut left_out, mut reached) = (0, None);
        for Child { name, bytes } in children {
            let size = bytes.len() as u64;
            if let Err(limit) = budget.take(size) {
                reached.get_or_insert(budget.limits.reached(limit));
                left_out += 1;
                continue;
            }
            budget.depth += 1;
            let reading = self.whole(Path::new(&name), &bytes, budget);
            budget.depth -= 1;
            inside.push(Inside { name, size, reading });
        }
        budget.left_out += left_out;
        (inside, (0 < left_out).then(|| extract::left_out_of_it(left_out, reached)))
    }
}

/// What may still be read inside of one file.
struct Budget {
    limits: Limits,
    depth: u32,
    entries: u64,
    bytes: u64,
    /// How many files were left out so far.
    left_out: usize,
}

impl Budget {
    const fn within(limits: &Limits) -> Self {
        let (entries, bytes) = (limits.entries, limits.unpacked_bytes);
        Self { limits: *limits, depth: 0, entries, bytes, left_out: 0 }
    }

    /// Takes a file of so many bytes that is inside of the present one, or says what it is beyond.
    const fn take(&mut self, bytes: u64) -> Result<(), Limit> {
        if self.limits.nesting <= self.depth {
            return Err(Limit::Nesting);
        }
        if self.entries == 0 {
            return Err(Limit::Entries);
        }
        if self.bytes < bytes {
            return Err(Limit::UnpackedBytes);
        }
        self.entries -= 1;
        self.bytes -= bytes;
        Ok(())
    }

    /// Takes what is inside of a known reading from the budget, if there is room for all of it.
    fn covers(&mut self, known: &Reading) -> bool {
        let (entries, bytes) = known.inside();
        let is_covered = entries <= self.entries
            && bytes <= self.bytes
            && self.depth.saturating_add(known.depth()) <= self.limits.nesting;
        if is_covered {
            self.entries -= entries;
            self.bytes -= bytes;
        }
        is_covered
    }
}

/// Whether a format is one of archives, which are folders and no documents.
fn is_archive(format: &Format) -> bool {
    ARCHIVES.iter().any(|it| it.name == format.name)
}

/// The records and texts of a file and of what is inside of it.
fn family(root: RootId, file: FileEntry, reading: &Reading) -> Vec<(Record, Option<Arc<str>>)> {
    let mut inside = Vec::new();
    collect(root, &file, reading, &mut HashMap::new(), &mut inside);
    inside.sort_by(|(a, _), (b, _)| a.file.path.cmp(&b.file.path));
    inside.insert(0, member(root, file, reading));
    inside
}

fn collect(
    root: RootId,
    file: &FileEntry,
    reading: &Reading,
    taken: &mut HashMap<PathBuf, u32>,
    inside: &mut Vec<(Record, Option<Arc<str>>)>,
) {
    for child in &reading.children {
        let path = free_path(file.path.join(&child.name), taken);
        let entry = file.child(path, child.size);
        inside.push(member(root, entry.clone(), &child.reading));
        collect(root, &entry, &child.reading, taken, inside);
    }
}

/// The path, or where it is taken the path with a number: `plan (2).txt`.
fn free_path(path: PathBuf, taken: &mut HashMap<PathBuf, u32>) -> PathBuf {
    let mut free = path.clone();
    while taken.contains_key(&free) {
        let count = taken.entry(path.clone()).or_insert(1);
        *count += 1;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = match path.extension() {
            Some(extension) => format!("{stem} ({count}).{}", extension.to_string_lossy()),
            None => format!("{stem} ({count})"),
        };
        free = path.with_file_name(name);
    }
    taken.insert(free.clone(), 1);
    free
}

fn member(root: RootId, file: FileEntry, reading: &Reading) -> (Record, Option<Arc<str>>) {
    let mut metadata = reading.metadata.clone();
    metadata.dates.extend(extract::dates_in_name(&file.path));
    let record = Record {
        root,
        file,
        status: reading.status.clone(),
        reached: reading.reached,
        format: reading.format.map(|it| FormatId {
            name: it.name.to_owned(),
            version: if it.version == CLOSED { CLOSED } else { it.reading_version() },
        }),
        metadata,
        hash: Some(reading.hash),
        fingerprint: reading.fingerprint.clone(),
    };
    (record, reading.text.clone())
}

/// Whether `rot` compares documents of this format by their rows.
pub(super) fn is_sheet(format: &str) -> bool {
    ["csv", "ods", "xls", "xlsb", "xlsx"].contains(&format)
}

/// The fingerprint of what was read from a file of this format.
pub(super) fn fingerprint(format: &str, content: &Content) -> Option<Fingerprint> {
    if !is_sheet(format) {
        return Fingerprint::of(content.text());
    }
    // An export as CSV has the rows and not the names of the sheets.
    let rows = content.blocks().iter().filter(|block| !block.is_sheet_name());
    Fingerprint::of_rows(rows.map(|block| content.text_of(block)))
}

impl Reading {
    fn without_text(format: Option<Format>, status: Status, hash: Hash) -> Self {
        Self {
            format,
            status,
            reached: None,
            hash,
            metadata: Metadata::default(),
            fingerprint: None,
            text: None,
            children: Vec::new(),
        }
    }

    fn of_content(format: Format, hash: Hash, content: Content) -> Self {
        let reached = content.partly.as_ref().and_then(|it| it.reached);
        let partly = content.partly.as_ref().map(|it| Status::PartlyRead(it.to_string()));
        if is_archive(&format) {
            let status = partly.unwrap_or(Status::NotADocument);
            return Self { reached, ..Self::without_text(Some(format), status, hash) };
        }
        let fingerprint = fingerprint(format.name, &content);
        Self {
            format: Some(format),
            status: partly.unwrap_or(Status::Read),
            reached,
            hash,
            fingerprint,
            text: Some(Arc::from(content.text())),
            metadata: content.metadata,
            children: Vec::new(),
        }
    }

    /// How many files are inside of it, at any depth, and their bytes.
    fn inside(&self) -> (u64, u64) {
        self.children.iter().fold((0, 0), |(entries, bytes), it| {
            let inner = it.reading.inside();
            (entries + 1 + inner.0, bytes + it.size + inner.1)
        })
    }

    /// How deep documents are nested in it.
    fn depth(&self) -> u32 {
        self.children.iter().map(|it| 1 + it.reading.depth()).max().unwrap_or(0)
    }
}

/// The record of a file that nothing is read from.
pub(super) fn not_a_document(root: RootId, file: FileEntry) -> Record {
    let failure = Failure { reason: String::new(), detail: String::new() };
    Record { status: Status::NotADocument, ..unread(root, file, failure) }
}

/// The record of a file that was seen and not read.
pub(super) fn unread(root: RootId, file: FileEntry, failure: Failure) -> Record {
    Record {
        root,
        file,
        status: Status::NotRead(failure),
        reached: None,
        format: None,
        metadata: Metadata::default(),
        hash: None,
        fingerprint: None,
    }
}
