//! Takes documents that somebody hands over, such as the entries of another program's index, into a
//! catalog: read as text, fingerprinted and stored as files are. Nothing is listed and no file is
//! opened.
//!
//! Such a catalog is of entries and not of files. Every scan makes its records anew.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use chrono::{DateTime, Utc};
use crossbeam_channel::{Receiver, Sender, bounded};

use crate::catalog::{Catalog, CatalogError, IndexedDocument, Room, Taken, Update};
use crate::crawl::FileEntry;
use crate::extract::{
    self, DETECTION_VERSION, DateClaim, DateRole, FORMATS, Fact, Format, Precision, Provenance,
};
use crate::inventory::{Failure, FormatId, Hash, Record, RootId, Status, document_key};

use super::ScanError;
use super::memory::READING_FACTOR;
use super::options::ScanOptions;
use super::read::{fingerprint, unread};
use super::summary::Summary;

/// Documents that may wait to be read; each has its text in memory.
const QUEUE: usize = 64;
/// Why an entry has no text, for the ledger and for scripts.
const NOT_STORED: &str = "not-stored";

/// A document that is handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandedOver {
    /// Its path, relative.
    pub path: PathBuf,
    /// Its text; none where it is not stored.
    pub text: Option<String>,
    /// Its title, and where that stands.
    pub title: Option<(String, String)>,
    /// When it was last changed, and where that stands.
    pub modified: Option<(DateTime<Utc>, String)>,
    /// The size of its file.
    pub size: Option<u64>,
    /// What tells its bytes from others, such as a hash of any kind.
    pub content: Option<Vec<u8>>,
}

/// How handing over went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handing {
    /// Whether it was ended before everything was handed over.
    pub interrupted: bool,
    /// What a reader of the report should know of it.
    pub notes: Vec<String>,
}

/// Whoever hands documents over, until the answer is `false`.
pub type HandOver<'a, E> =
    &'a mut dyn FnMut(&mut dyn FnMut(HandedOver) -> bool) -> Result<Handing, E>;

/// Makes the catalog of `of` anew from what is handed over. A path that comes again gets a number.
///
/// Where handing over ends with an error or is interrupted, the catalog stays as it was.
pub fn scan_entries<E: From<ScanError>>(
    of: &Path,
    options: &ScanOptions,
    catalog: &Catalog,
    hand_over: HandOver<'_, E>,
) -> Result<Summary, E> {
    let begun = Instant::now();
    let failed = |error: CatalogError| E::from(ScanError::Catalog(error));
    let known = catalog.roots();
    if known.iter().any(|it| it != of) {
        let known: Vec<_> = known.iter().map(|it| it.display().to_string()).collect();
        let path = catalog.folder().to_path_buf();
        return Err(failed(CatalogError::OtherRoots { path, known: known.join(" and ") }));
    }
    let readers = match options.threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let update = catalog.update(options.shares.update(1)).map_err(failed)?;
    let reading = Reading { options, update: &update, records: Mutex::new(Ok(Vec::new())) };
    let (sender, receiver) = bounded(QUEUE);
    let room = Room::of(options.shares.reading);
    let admit = |document: &HandedOver| {
        let text = document.text.as_ref().map_or(0, |it| it.len() as u64);
        room.take_while(text * READING_FACTOR, || reading.goes_on()).ok()
    };
    let handed = thread::scope(|scope| {
        for _ in 0..readers {
            let (receiver, reading) = (receiver.clone(), &reading);
            scope.spawn(move || reading.all(&receiver));
        }
        drop(receiver);
        send_all(sender, &admit, hand_over)
    });
    let mut records = reading.into_records().map_err(failed)?;
    let Handing { interrupted, notes } = handed?;
    let summary = Summary {
        started: options.started,
        detection_version: DETECTION_VERSION,
        of_entries: true,
        interrupted,
        caveats: Summary::caveat_of(catalog.keeping()).into_iter().collect(),
        notes,
        ..Summary::default()
    };
    if interrupted {
        return Ok(summary);
    }
    records.sort_by(|a, b| a.file.path.cmp(&b.file.path));
    store(of, update, &records, (summary, begun)).map_err(failed)
}

/// A document that waits to be read, with the memory that it takes until then.
type Admitted = (HandedOver, Taken);

/// Sends on what is handed over, under paths that differ, once it is admitted.
fn send_all<E>(
    sender: Sender<Admitted>,
    admit: &dyn Fn(&HandedOver) -> Option<Taken>,
    hand_over: HandOver<'_, E>,
) -> Result<Handing, E> {
    let mut taken: HashSet<[u8; 16]> = HashSet::new();
    // The last number of every path that came again: all before it are taken.
    let mut numbers: HashMap<[u8; 16], u32> = HashMap::new();
    hand_over(&mut |mut document| {
        let key = document_key(RootId(0), &document.path);
        if !taken.insert(key) {
            let number = numbers.entry(key).or_insert(1);
            let name = document.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            loop {
                *number += 1;
                document.path.set_file_name(format!("{name} (entry {number})"));
                if taken.insert(document_key(RootId(0), &document.path)) {
                    break;
                }
            }
        }
        // Nobody takes it any more only when the catalog cannot be written.
        admit(&document).is_some_and(|taken| sender.send((document, taken)).is_ok())
    })
}

struct Reading<'a> {
    options: &'a ScanOptions,
    update: &'a Update<'a>,
    // In proportion to the number of documents, as when they are judged.
    records: Mutex<Result<Vec<Record>, CatalogError>>,
}

impl Reading<'_> {
    fn all(&self, documents: &Receiver<Admitted>) {
        for (document, _taken) in documents {
            let (record, text) = read(document, self.options);
            let put = match &text {
                Some(text) => self.update.put(IndexedDocument { record: &record, text }),
                None => self.update.remove(RootId(0), &record.file.path),
            };
            let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
            match (put, &mut *records) {
                (Ok(()), Ok(records)) => records.push(record),
                (Err(error), Ok(_)) => {
                    *records = Err(error);
                    return;
                }
                (_, Err(_)) => return,
            }
        }
    }

    /// Fails once the catalog could not be written, and nobody reads on.
    fn goes_on(&self) -> Result<(), ()> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.as_ref().map(|_| ()).map_err(|_| ())
    }

    fn into_records(self) -> Result<Vec<Record>, CatalogError> {
        self.records.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Replaces the known records by these, which are in order.
fn store(
    of: &Path,
    update: Update<'_>,
    records: &[Record],
    (mut summary, begun): (Summary, Instant),
) -> Result<Summary, CatalogError> {
    let text = |record: &Record| record.fingerprint.as_ref().map(|it| it.text);
    let mut rows = update.records();
    let mut before: Vec<(PathBuf, Option<[u8; 16]>)> = Vec::new();
    for _ in 0..update.known().count() {
        let record = rows.drop_known()?;
        before.push((record.file.path.clone(), text(&record)));
    }
    let mut before = before.into_iter().peekable();
    let mut gone = Vec::new();
    for record in records {
        let path = &record.file.path;
        while let Some((earlier, _)) = before.next_if(|it| it.0 < *path) {
            gone.push(earlier);
        }
        match before.next_if(|it| it.0 == *path) {
            None => summary.new += 1,
            Some((_, known)) if known == text(record) => summary.unchanged += 1,
            Some(_) => summary.changed += 1,
        }
        summary.unreadable += u64::from(matches!(record.status, Status::NotRead(_)));
        rows.insert(record)?;
    }
    gone.extend(before.map(|it| it.0));
    for path in &gone {
        update.remove(RootId(0), path)?;
    }
    summary.gone = gone.len() as u64;
    summary.duration = begun.elapsed();
    let json = summary.to_json();
    update.finish(rows, &Default::default(), &[of.to_path_buf()], |_| json)?;
    Ok(summary)
}

/// The record of a document, and its text.
fn read(document: HandedOver, options: &ScanOptions) -> (Record, Option<String>) {
    let HandedOver { path, text, title, modified, size, content: bytes } = document;
    let length = text.as_ref().map_or(0, |it| it.len() as u64);
    let file = FileEntry { path, size: size.unwrap_or(length), links: 1, ..FileEntry::default() };
    let hash = bytes.map(|it| Hash::of(&it));
    let mut record = match text {
        None => {
            let (reason, detail) =
                (NOT_STORED.to_owned(), "its text is not in the index".to_owned());
            let unread = unread(RootId(0), file, Failure { reason, detail });
            (Record { hash, ..unread }, None)
        }
        Some(text) => of_text(file, hash, &text, options),
    };
    let metadata = &mut record.0.metadata;
    if let Some((title, place)) = title {
        metadata.title = Some(Fact::new(title, Provenance::property(place)));
    }
    metadata.dates.extend(modified.map(|(time, place)| DateClaim {
        role: DateRole::Updated,
        date: time.date_naive(),
        precision: Precision::Day,
        other_reading: None,
        raw: time.format("%Y-%m-%d").to_string(),
        provenance: Provenance::property(place),
    }));
    metadata.dates.extend(extract::dates_in_name(&record.0.file.path));
    record
}

fn of_text(
    file: FileEntry,
    hash: Option<Hash>,
    text: &str,
    options: &ScanOptions,
) -> (Record, Option<String>) {
    let format = format_of(text);
    match extract::read_here(format, text.as_bytes(), &options.limits) {
        Err(error) => (Record { hash, ..unread(RootId(0), file, (&error).into()) }, None),
        Ok(content) => {
            let partly = content.partly.as_ref();
            let record = Record {
                root: RootId(0),
                file,
                status: partly.map_or(Status::Read, |it| Status::PartlyRead(it.to_string())),
                reached: partly.and_then(|it| it.reached),
                format: Some(FormatId {
                    name: format.name.to_owned(),
                    version: format.reading_version(),
                }),
                metadata: content.metadata.clone(),
                hash,
                fingerprint: fingerprint(format.name, &content),
            };
            (record, Some(content.text().to_owned()))
        }
    }
}

/// What a text is read as: a page where it has tags, else as it stands.
fn format_of(text: &str) -> &'static Format {
    let start = text.trim_start();
    let is_page = start.starts_with('<') && start.contains("</");
    let name = if is_page { "html" } else { "text" };
    FORMATS.iter().find(|it| it.name == name).expect("these formats are always there")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(paths: &[&str]) -> Vec<String> {
        let (sender, receiver) = crossbeam_channel::unbounded();
        let mut hand_over = |take: &mut dyn FnMut(HandedOver) -> bool| {
            for path in paths {
                assert!(take(HandedOver { path: path.into(), ..HandedOver::default() }));
            }
            Ok::<_, ScanError>(Handing::default())
        };
        let room = Room::of(1);
        send_all(sender, &|_| Some(room.take(0)), &mut hand_over).unwrap();
        receiver.iter().map(|it| it.0.path.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_path_that_comes_again_gets_a_number() {
        let paths = ["a/b", "a/b", "a/b (entry 3)", "a/b", "c", "a/b", "a/b (entry 3)"];
        let expected = [
            "a/b",
            "a/b (entry 2)",
            "a/b (entry 3)",
            "a/b (entry 4)",
            "c",
            "a/b (entry 5)",
            "a/b (entry 3) (entry 2)",
        ];
        assert_eq!(names(&paths), expected);
    }

    /// Trying every number from the beginning would take minutes.
    #[test]
    fn many_entries_may_have_one_path() {
        let names = names(&["a/b"; 30_000]);
        assert_eq!(names.last().map(String::as_str), Some("a/b (entry 30000)"));
        assert_eq!(names.into_iter().collect::<BTreeSet<_>>().len(), 30_000);
    }
}
