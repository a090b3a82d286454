//! The layout of the records file: which part of a [`Record`] stands in which Parquet column.
//!
//! All numbers are INT64 and all else BYTE_ARRAY; an absent value is 0 or empty. Column order and
//! meaning are part of [`SCHEMA_VERSION`](super::SCHEMA_VERSION).

use parquet::data_type::ByteArray;

use crate::inventory::{
    Failure, FileEntry, FileIdentity, Fingerprint, FormatId, Hash, Limit, Metadata, Reached,
    Record, RootId, Sketch, Status, path_text,
};

use super::entries::Listed;

/// INT64 columns, in order.
pub(super) const NUMBERS: [&str; 16] = [
    "root",
    "size",
    "modified_ns",
    "changed_ns",
    "accessed_ns",
    "device",
    "inode",
    "links",
    "container_bytes",
    "format_version",
    "status",
    "fingerprint_version",
    "simhash",
    "words",
    "sketch_bound",
    "sketch_shingles",
];

/// BYTE_ARRAY columns, in order, after the numbers.
pub(super) const BYTES: [&str; 8] =
    ["path", "format", "status_detail", "hash", "text_hash", "sketch", "metadata", "passages"];

/// How many of [`NUMBERS`], from the first, a rescan needs to see that a file has not changed.
pub(super) const STAT_NUMBERS: usize = 12;
/// How many of [`BYTES`], from the first, a rescan needs.
pub(super) const STAT_BYTES: usize = 2;

/// How many of [`NUMBERS`], from the first, a validation needs.
pub(super) const LISTED_NUMBERS: usize = 14;
/// How many of [`BYTES`], from the first, a validation needs.
pub(super) const LISTED_BYTES: usize = 5;

/// One record as values of the columns.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) numbers: [i64; NUMBERS.len()],
    pub(super) bytes: [ByteArray; BYTES.len()],
}

/// What a rescan needs to know of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The root it was found under.
    pub root: RootId,
    /// What the file system said of it when it was read.
    pub file: FileEntry,
    /// The format it was read as.
    pub format: Option<FormatId>,
    /// Whether it could not be read then, and whether that may have changed though the file has not.
    pub unreadable: Option<Retry>,
    /// The limit that kept it from being read whole, if one did.
    pub reached: Option<Reached>,
    /// The version of its fingerprint; none without one.
    pub fingerprint_version: Option<u32>,
}

/// When a file that could not be read is worth another try, though nothing about it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not before its reader changes or the limit that it met, if it met one: its bytes were seen,
    /// and will be the same.
    WithAnotherReader,
    /// When the limit on sizes is raised.
    WithAnotherLimit,
    /// Always: it could not be opened, for reasons that lie outside of the file.
    Always,
}

const READ: i64 = 0;
const PARTLY_READ: i64 = 1;
const NOT_READ: i64 = 2;
const NOT_A_DOCUMENT: i64 = 3;
const NOT_OPENED: i64 = 4;
const TOO_LARGE: i64 = 5;

/// How far the limit that was met stands to the left of the status: its position in [`Limit::ALL`],
/// from 1.
const LIMIT_SHIFT: u32 = 8;
/// How far the value of that limit does; it is cut at 2⁴⁷.
const VALUE_SHIFT: u32 = 16;

/// A status, and the limit that was met, as one number.
fn with_reached(status: i64, reached: Option<Reached>) -> i64 {
    let Some(Reached { limit, value }) = reached else { return status };
    let position = Limit::ALL.iter().position(|it| *it == limit).map_or(0, |it| it as i64 + 1);
    let value = value.min((1 << (i64::BITS - 1 - VALUE_SHIFT)) - 1) as i64;
    status | position << LIMIT_SHIFT | value << VALUE_SHIFT
}

/// The two again.
fn without_reached(number: i64) -> (i64, Option<Reached>) {
    let position = (number >> LIMIT_SHIFT & 0xff) as usize;
    let limit = position.checked_sub(1).and_then(|it| Limit::ALL.get(it));
    let value = (number >> VALUE_SHIFT) as u64;
    (number & 0xff, limit.map(|&limit| Reached { limit, value }))
}

impl Row {
    pub(super) fn of(record: &Record) -> Self {
        let Record { root, file, status, reached, format, metadata, hash, fingerprint } = record;
        let FileEntry { path, size, modified, changed, accessed, identity, links, container } =
            file;
        let (status, detail) = match status {
            Status::Read => (READ, String::new()),
            Status::PartlyRead(why) => (PARTLY_READ, why.clone()),
            Status::NotRead(failure) => {
                let code = match hash {
                    None => NOT_OPENED,
                    Some(_) if failure.reason == "too-large" => TOO_LARGE,
                    Some(_) => NOT_READ,
                };
                (code, format!("{}\0{}", failure.reason, failure.detail))
            }
            Status::NotADocument => (NOT_A_DOCUMENT, String::new()),
        };
        let print = fingerprint.as_ref();
        let sketch = print.map(|it| &it.sketch);
        let metadata = if *metadata == Metadata::default() {
            Vec::new()
        } else {
            serde_json::to_vec(metadata).expect("metadata has string keys only")
        };
        Self {
            numbers: [
                i64::from(root.0),
                *size as i64,
                *modified,
                *changed,
                *accessed,
                identity.device as i64,
                identity.inode as i64,
                *links as i64,
                // The container is the beginning of the path.
                container.as_ref().map_or(0, |it| path_text::to_bytes(it).len() as i64),
                format.as_ref().map_or(0, |it| i64::from(it.version)),
                with_reached(status, *reached),
                print.map_or(0, |it| i64::from(it.version)),
                print.map_or(0, |it| it.simhash as i64),
                print.map_or(0, |it| i64::from(it.words)),
                sketch.map_or(0, |it| i64::from(it.bound)),
                sketch.map_or(0, |it| i64::from(it.shingles)),
            ],
            bytes: [
                path_text::to_bytes(path).to_vec().into(),
                format.as_ref().map_or_else(Vec::new, |it| it.name.clone().into_bytes()).into(),
                detail.into_bytes().into(),
                hash.map_or_else(Vec::new, |it| it.0.to_vec()).into(),
                print.map_or_else(Vec::new, |it| it.text.to_vec()).into(),
                sketch.map_or_else(Vec::new, Sketch::to_bytes).into(),
                metadata.into(),
                print.map_or_else(Vec::new, |it| passage_bytes(&it.passages)).into(),
            ],
        }
    }

    /// The record, or what is wrong with the row.
    pub(super) fn record(&self) -> Result<Record, &'static str> {
        let (code, reached) = without_reached(self.numbers[10]);
        let status = status(code, &self.bytes[2])?;
        let metadata = match self.bytes[6].data() {
            [] => Metadata::default(),
            json => serde_json::from_slice(json).map_err(|_| "broken metadata")?,
        };
        let hash = hash(&self.bytes[3])?;
        let Known { root, file, format, .. } =
            known(&self.numbers[..STAT_NUMBERS], &self.bytes[..STAT_BYTES])?;
        let fingerprint = self.fingerprint()?;
        Ok(Record { root, file, status, reached, format, metadata, hash, fingerprint })
    }

    fn fingerprint(&self) -> Result<Option<Fingerprint>, &'static str> {
        let [.., version, simhash, words, bound, shingles] = self.numbers;
        if version == 0 {
            return Ok(None);
        }
        let sketch = Sketch::from_bytes(self.bytes[5].data(), bound as u32, shingles as u32);
        let (passages, rest) = self.bytes[7].data().as_chunks::<8>();
        if !rest.is_empty() {
            return Err("passages of the wrong length");
        }
        Ok(Some(Fingerprint {
            version: version as u32,
            text: self.bytes[4].data().try_into().map_err(|_| "a text hash of the wrong length")?,
            simhash: simhash as u64,
            sketch: sketch.ok_or("a sketch that is none")?,
            words: words as u32,
            passages: passages.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect(),
        }))
    }
}

fn status(code: i64, detail: &ByteArray) -> Result<Status, &'static str> {
    let detail = || text(detail);
    Ok(match code {
        READ => Status::Read,
        PARTLY_READ => Status::PartlyRead(detail()),
        NOT_READ | NOT_OPENED | TOO_LARGE => {
            let detail = detail();
            let (reason, detail) = detail.split_once('\0').ok_or("a reason is missing")?;
            Status::NotRead(Failure { reason: reason.to_owned(), detail: detail.to_owned() })
        }
        NOT_A_DOCUMENT => Status::NotADocument,
        _ => return Err("an unknown status"),
    })
}

fn hash(bytes: &ByteArray) -> Result<Option<Hash>, &'static str> {
    match bytes.data() {
        [] => Ok(None),
        bytes => Ok(Some(Hash(bytes.try_into().map_err(|_| "a hash of the wrong length")?))),
    }
}

/// What a validation needs, from the first columns of a row.
pub(super) fn listed(numbers: &[i64], bytes: &[ByteArray]) -> Result<Listed, &'static str> {
    let Known { root, file, format, fingerprint_version, .. } =
        known(&numbers[..STAT_NUMBERS], &bytes[..STAT_BYTES])?;
    let text = match bytes[4].data() {
        [] => [0; 16],
        bytes => bytes.try_into().map_err(|_| "a text hash of the wrong length")?,
    };
    Ok(Listed {
        root,
        file,
        format,
        status: status(without_reached(numbers[10]).0, &bytes[2])?,
        hash: hash(&bytes[3])?,
        words: numbers[13] as u32,
        text,
        fingerprint_version,
    })
}

/// What a rescan needs, from the first columns of a row.
pub(super) fn known(numbers: &[i64], bytes: &[ByteArray]) -> Result<Known, &'static str> {
    let [
        root,
        size,
        modified,
        changed,
        accessed,
        device,
        inode,
        links,
        container,
        version,
        status,
        print,
    ] = *numbers
    else {
        return Err("columns are missing");
    };
    let container = match usize::try_from(container) {
        Ok(0) => None,
        Ok(length) => Some(bytes[0].data().get(..length).ok_or("a container without a path")?),
        Err(_) => return Err("a container out of range"),
    };
    let format = text(&bytes[1]);
    let (status, reached) = without_reached(status);
    Ok(Known {
        root: RootId(root.try_into().map_err(|_| "a root out of range")?),
        file: FileEntry {
            path: path_text::from_bytes(bytes[0].data()),
            size: size as u64,
            modified,
            changed,
            accessed,
            identity: FileIdentity { device: device as u64, inode: inode as u64 },
            links: links as u64,
            container: container.map(path_text::from_bytes),
        },
        format: (!format.is_empty()).then_some(FormatId { name: format, version: version as u32 }),
        unreadable: match status {
            NOT_READ => Some(Retry::WithAnotherReader),
            TOO_LARGE => Some(Retry::WithAnotherLimit),
            NOT_OPENED => Some(Retry::Always),
            _ => None,
        },
        reached,
        fingerprint_version: (print != 0).then_some(print as u32),
    })
}

fn text(bytes: &ByteArray) -> String {
    String::from_utf8_lossy(bytes.data()).into_owned()
}

fn passage_bytes(passages: &[u64]) -> Vec<u8> {
    passages.iter().flat_map(|key| key.to_le_bytes()).collect()
}
