//! The journal: one line for everything that happens, written before it does.
//!
//! Each line carries the hash of the one before, so a line that was changed, dropped or put in is
//! seen. How far it went stands in a second file, so that lines missing at the end are seen too.
//! A line that a crash cut short is none: it is cut off when the journal is next written to.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::inventory::Hash;

use super::disk::{Disk, Folder, Spot};
use super::event::Event;

/// The file's name in the quarantine.
pub(super) const NAME: &str = "journal.jsonl";
/// The file that says how far the journal goes.
pub(super) const HEAD: &str = "journal.head";
/// What stands before the first line.
const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// It cannot be read or written.
    #[error("cannot {what} the journal")]
    Io {
        /// What was attempted.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A line is not as it was written.
    #[error("the journal was altered: line {line} {why}")]
    Altered {
        /// The first line that does not fit, from 1.
        line: u64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Lines are missing at its end.
    #[error("the journal was cut short: it ends with line {found}, and line {known} was written")]
    Truncated {
        /// The last line there is.
        found: u64,
        /// The last line known to have been written.
        known: u64,
    },
    /// Another docrot is at work.
    #[error("another docrot is at work on this quarantine")]
    Busy,
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> JournalError {
    move |source| JournalError::Io { what, source }
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: u64,
    /// When it was written.
    pub(super) at: DateTime<Utc>,
    /// What it tells.
    pub(super) event: Event,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    number: u64,
    at: DateTime<Utc>,
    before: String,
    #[serde(flatten)]
    event: Event,
}

/// What is in a journal's file.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) lines: Vec<Line>,
    /// The hash of the last line; empty where there is none.
    hash: String,
    /// Bytes of whole lines.
    whole: u64,
    /// Bytes after them.
    torn: u64,
}

impl Told {
    /// Reads and verifies the lines of a journal, of which `head` says how far it goes.
    pub(super) fn read(text: &[u8], head: Option<&str>) -> Result<Self, JournalError> {
        let mut told = Self { hash: START.to_owned(), ..Self::default() };
        let whole = text.iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1);
        (told.whole, told.torn) = (whole as u64, (text.len() - whole) as u64);
        let (known, known_hash) = read_head(head);
        for (number, line) in (1..).zip(text[..whole].split_inclusive(|it| *it == b'\n')) {
            let altered = |why| JournalError::Altered { line: number, why };
            let line = std::str::from_utf8(line).map_err(|_| altered("is no text"))?.trim_end();
            let (body, hash) = line
                .strip_suffix("\"}")
                .and_then(|it| it.rsplit_once(",\"hash\":\""))
                .ok_or_else(|| altered("has no hash"))?;
            let body = format!("{body}}}");
            if Hash::of(body.as_bytes()).to_string() != hash {
                return Err(altered("does not have the hash that it states"));
            }
            let Wire { number: stated, at, before, event } =
                serde_json::from_str(&body).map_err(|_| altered("tells nothing known"))?;
            if stated != number || before != told.hash {
                return Err(altered("does not follow the one before"));
            }
            if number == known && known_hash != hash {
                return Err(altered("is not the one that was written"));
            }
            hash.clone_into(&mut told.hash);
            told.lines.push(Line { number, at, event });
        }
        let found = told.lines.len() as u64;
        if found < known {
            return Err(JournalError::Truncated { found, known });
        }
        Ok(told)
    }
}

fn read_head(head: Option<&str>) -> (u64, &str) {
    let parts = head.and_then(|it| it.trim().split_once(' '));
    parts.and_then(|(number, hash)| Some((number.parse().ok()?, hash))).unwrap_or((0, ""))
}

/// A journal that is written to. While it lives, no other docrot writes to it.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    head: File,
    pub(super) lines: Vec<Line>,
    hash: String,
    length: u64,
    disk: Disk,
}

impl Journal {
    /// Opens the journal in a quarantine's folder; makes one where there is none.
    pub(super) fn open(
        folder: &Folder,
        disk: &Disk,
        now: DateTime<Utc>,
    ) -> Result<Self, JournalError> {
        let mut file = open_or_create(folder, disk, NAME)?;
        let opened = super::disk::Opened {
            stat: rustix::fs::fstat(&file).map_err(|it| failed("open")(it.into()))?,
            file: file.try_clone().map_err(failed("open"))?,
        };
        if !opened.lock(true) {
            return Err(JournalError::Busy);
        }
        let mut head = open_or_create(folder, disk, HEAD)?;
        let (mut text, mut head_text) = (Vec::new(), String::new());
        file.read_to_end(&mut text).map_err(failed("read"))?;
        head.read_to_string(&mut head_text).map_err(failed("read"))?;
        let Told { lines, hash, whole, torn } = Told::read(&text, Some(&head_text))?;
        let mut journal = Self { file, head, lines, hash, length: whole, disk: disk.clone() };
        if 0 < torn {
            journal.append(now, Event::Repaired { cut_bytes: torn })?;
        }
        Ok(journal)
    }

    /// The number that the next line will have.
    pub(super) fn next(&self) -> u64 {
        self.lines.len() as u64 + 1
    }

    /// Writes a line. It is on its way to the disk; [`Journal::sync`] waits until it is there.
    pub(super) fn append(&mut self, at: DateTime<Utc>, event: Event) -> Result<u64, JournalError> {
        let number = self.next();
        let wire = Wire { number, at, before: self.hash.clone(), event };
        let body = serde_json::to_string(&wire).map_err(|it| failed("write")(it.into()))?;
        let hash = Hash::of(body.as_bytes()).to_string();
        let body = body.strip_suffix('}').unwrap_or(&body);
        let line = format!("{body},\"hash\":\"{hash}\"}}\n");
        self.write(line.as_bytes()).map_err(failed("write"))?;
        self.length += line.len() as u64;
        self.hash = hash;
        self.lines.push(Line { number, at, event: wire.event });
        // Behind by a line after a crash; it is never ahead.
        let head = format!("{number:020} {}\n", self.hash);
        let written = self.disk.before("write head").and_then(|()| {
            self.head.rewind()?;
            self.head.write_all(head.as_bytes())
        });
        written.map_err(failed("write"))?;
        Ok(number)
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.disk.before("write journal")?;
        // What a crash or a full disk left of a line is written over.
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(line)
    }

    /// Waits until every line is on the disk.
    pub(super) fn sync(&self) -> Result<(), JournalError> {
        self.disk.before("sync journal").map_err(failed("sync"))?;
        self.file.sync_data().map_err(failed("sync"))
    }
}

fn open_or_create(folder: &Folder, disk: &Disk, name: &str) -> Result<File, JournalError> {
    let spot = folder.spot(name.as_ref()).map_err(failed("open"))?;
    match spot.open_to_write() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let file = disk.create(&spot).map_err(failed("make"))?;
            disk.sync(folder).map_err(failed("make"))?;
            Ok(file)
        }
        file => file.map_err(failed("open")),
    }
}

/// Reads a journal without writing to it.
pub(super) fn read(folder: &Folder) -> Result<Told, JournalError> {
    let text = |name: &str| -> Result<Option<Vec<u8>>, JournalError> {
        let spot: Spot = folder.spot(name.as_ref()).map_err(failed("read"))?;
        match spot.open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => {
                let mut text = Vec::new();
                let mut file = opened.map_err(failed("read"))?.file;
                file.read_to_end(&mut text).map_err(failed("read"))?;
                Ok(Some(text))
            }
        }
    };
    let missing = || failed("read")(io::ErrorKind::NotFound.into());
    let lines = text(NAME)?.ok_or_else(missing)?;
    let head = text(HEAD)?.map(|it| String::from_utf8_lossy(&it).into_owned());
    Told::read(&lines, head.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> (tempfile::TempDir, Vec<u8>, String) {
        let folder = tempfile::tempdir().unwrap();
        let handle = Folder::open(folder.path()).unwrap();
        let mut journal = Journal::open(&handle, &Disk::default(), DateTime::UNIX_EPOCH).unwrap();
        for of in 1..=3 {
            journal.append(DateTime::UNIX_EPOCH, Event::Undone { of }).unwrap();
        }
        journal.sync().unwrap();
        drop(journal);
        let text = std::fs::read(folder.path().join(NAME)).unwrap();
        let head = std::fs::read_to_string(folder.path().join(HEAD)).unwrap();
        (folder, text, head)
    }

    #[test]
    fn any_altered_byte_is_seen() {
        let (_folder, text, head) = written();
        assert_eq!(Told::read(&text, Some(&head)).unwrap().lines.len(), 3);
        for at in 0..text.len() {
            let mut altered = text.clone();
            altered[at] ^= 1;
            assert!(Told::read(&altered, Some(&head)).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_line_that_was_dropped_put_in_or_moved_is_seen() {
        let (_folder, text, head) = written();
        let lines: Vec<&[u8]> = text.split_inclusive(|it| *it == b'\n').collect();
        for order in [&[0, 2][..], &[1, 2], &[0, 0, 1, 2], &[0, 2, 1], &[0, 1], &[]] {
            let altered: Vec<u8> = order.iter().flat_map(|it| lines[*it]).copied().collect();
            assert!(Told::read(&altered, Some(&head)).is_err(), "{order:?}");
        }
    }

    #[test]
    fn a_line_cut_short_by_a_crash_is_cut_off_and_told() {
        let (folder, text, _) = written();
        for cut in [1, 10] {
            std::fs::write(folder.path().join(NAME), &text[..text.len() - cut]).unwrap();
            // As a crash leaves it: behind the journal, never ahead of it.
            std::fs::write(folder.path().join(HEAD), "").unwrap();
            let handle = Folder::open(folder.path()).unwrap();
            let journal = Journal::open(&handle, &Disk::default(), DateTime::UNIX_EPOCH).unwrap();
            assert!(matches!(journal.lines[2].event, Event::Repaired { .. }));
            drop(journal);
            assert_eq!(read(&handle).unwrap().lines.len(), 3);
        }
    }

    #[test]
    fn two_do_not_write_at_once() {
        let (folder, ..) = written();
        let handle = Folder::open(folder.path()).unwrap();
        let _first = Journal::open(&handle, &Disk::default(), DateTime::UNIX_EPOCH).unwrap();
        let second = Journal::open(&handle, &Disk::default(), DateTime::UNIX_EPOCH);
        assert!(matches!(second, Err(JournalError::Busy)));
    }
}
