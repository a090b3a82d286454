//! Reads one file: bytes → format → content → fingerprint. Never fails: what goes wrong is in the
//! record.

use std::path::Path;
use std::sync::Arc;

use crate::crawl::FileEntry;
use crate::extract::{self, Content, Detection, ExtractError, Format, Metadata, Workers};
use crate::fingerprint::Fingerprint;
use crate::inventory::{Failure, FormatId, Hash, Record, RootId, Status};

use super::cache::{Cache, Key, Reading};
use super::changes::remembered;
use super::history::Histories;
use super::open::{self, Bytes};
use super::options::ScanOptions;

/// Everything that reading needs, shared by the reading threads.
pub(super) struct Reader<'a> {
    pub(super) options: &'a ScanOptions,
    pub(super) workers: Option<Workers>,
    pub(super) cache: Cache,
    /// What version control knows.
    pub(super) histories: &'a Histories,
    /// When the scan began, in nanoseconds since 1970-01-01 UTC.
    pub(super) started: i64,
}

impl Reader<'_> {
    /// Reads a file below `root_folder`, and says what is to be remembered and indexed of it.
    pub(super) fn read(
        &self,
        root: RootId,
        root_folder: &Path,
        file: FileEntry,
    ) -> (Record, Option<Arc<str>>) {
        let reading = self.reading(&root_folder.join(&file.path), &file);
        let file = remembered(file, self.started);
        match reading {
            Ok(reading) => {
                let mut metadata = reading.metadata.clone();
                metadata.dates.extend(extract::dates_in_name(&file.path));
                metadata.dates.extend(self.histories.claim(root, &file.path));
                let record = Record {
                    root,
                    file,
                    status: reading.status.clone(),
                    format: reading.format.map(|it| FormatId {
                        name: it.name.to_owned(),
                        version: it.reading_version(),
                    }),
                    metadata,
                    hash: Some(reading.hash),
                    fingerprint: reading.fingerprint.clone(),
                };
                (record, reading.text.clone())
            }
            Err(failure) => (unread(root, file, failure), None),
        }
    }

    fn reading(&self, path: &Path, file: &FileEntry) -> Result<Arc<Reading>, Failure> {
        let other_name =
            (file.links > 1 && file.identity.inode != 0).then_some(Key::File(file.identity));
        if let Some(known) = other_name.and_then(|key| self.cache.get(key)) {
            return Ok(known);
        }
        let follow_links = self.options.crawl.follow_links;
        let reading = match open::read(path, self.options.max_file_bytes, follow_links) {
            Err(failure) => return Err(failure),
            Ok(Bytes::Large(head, hash)) => Arc::new(self.too_large(path, file.size, &head, hash)),
            Ok(Bytes::Whole(bytes)) => self.whole(path, &bytes),
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

    fn whole(&self, path: &Path, bytes: &[u8]) -> Arc<Reading> {
        let hash = Hash::of(bytes);
        let none = |status| Arc::new(Reading::without_text(None, status, hash));
        let format = match extract::detect(&self.options.formats, path, bytes) {
            Detection::Document(format) => format,
            Detection::NotADocument => return none(Status::NotADocument),
            Detection::Unsupported(what) => {
                let error = ExtractError::Unsupported(what.to_owned());
                return none(Status::NotRead((&error).into()));
            }
            Detection::Placeholder(what) => {
                let error = ExtractError::Placeholder(what.to_owned());
                return none(Status::NotRead((&error).into()));
            }
        };
        let key = Key::Bytes(hash, format.name);
        if let Some(known) = self.cache.get(key) {
            return known;
        }
        let content = match &self.workers {
            Some(workers) if format.isolated => workers.read(format, bytes),
            _ => extract::read_here(format, bytes),
        };
        let reading = Arc::new(match content {
            Ok(content) => Reading::of_content(*format, hash, content),
            Err(error) => {
                Reading::without_text(Some(*format), Status::NotRead((&error).into()), hash)
            }
        });
        self.cache.put(key, Arc::clone(&reading));
        reading
    }
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
        let metadata = Metadata::default();
        Self { format, status, hash, metadata, fingerprint: None, text: None }
    }

    fn of_content(format: Format, hash: Hash, content: Content) -> Self {
        let fingerprint = fingerprint(format.name, &content);
        let status = content.partly.clone().map_or(Status::Read, Status::PartlyRead);
        Self {
            format: Some(format),
            status,
            hash,
            fingerprint,
            text: Some(Arc::from(content.text())),
            metadata: content.metadata,
        }
    }
}

/// The record of a file that was seen and not read.
pub(super) fn unread(root: RootId, file: FileEntry, failure: Failure) -> Record {
    Record {
        root,
        file,
        status: Status::NotRead(failure),
        format: None,
        metadata: Metadata::default(),
        hash: None,
        fingerprint: None,
    }
}
