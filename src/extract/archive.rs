//! Zip containers of documents, with limits.
//!
//! Entries are counted while they are unpacked: declared sizes are never trusted. Names are compared
//! without regard to case, leading slashes and the direction of slashes. Nothing is written.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::ExtractError;
use super::limits::{Limit, Limits, Missing, Reached, size};

/// The end-of-central-directory record without its comment, in bytes.
const END_BYTES: usize = 22;

/// An open zip file.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    // Invariant: keys are `normal` names.
    entries: HashMap<String, usize>,
    limits: Limits,
    /// What may be unpacked of all entries together, in bytes, and what limits it.
    whole: (u64, Reached),
    left: u64,
    /// What went wrong with entries so far, the first time.
    pub(super) trouble: Option<Missing>,
    /// Whether an entry that was asked for needs a password.
    pub(super) needs_password: bool,
    /// Whether the entry that was read last was cut, because no more may be unpacked.
    pub(super) was_cut: bool,
}

/// Whether these bytes begin as a zip file does.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The bytes of the central directory, unparsed; none where it cannot be found.
///
/// Names stand in it in plain, so that asking whether an archive may hold a name costs a search of
/// a few kilobytes.
pub(super) fn directory(bytes: &[u8]) -> Option<&[u8]> {
    if !is_zip(bytes) {
        return None;
    }
    let end = end_record(bytes)?;
    let size = usize::try_from(number(bytes, end + 12, 4)?).ok()?;
    // Counted back from the end record, because archives with something in front state offsets
    // that are too small.
    bytes.get(end.checked_sub(size)?..end)
}

/// Where the end-of-central-directory record starts: within the last 64 KiB.
fn end_record(bytes: &[u8]) -> Option<usize> {
    let from = bytes.len().saturating_sub(END_BYTES + usize::from(u16::MAX));
    bytes[from..].windows(4).rposition(|it| it == b"PK\x05\x06").map(|at| from + at)
}

/// A little-endian number of `width` bytes.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let digits = bytes.get(at..at.checked_add(width)?)?;
    Some(digits.iter().rev().fold(0, |sum, &it| sum << 8 | u64::from(it)))
}

/// How many entries the archive claims to have, told without reading them.
fn claimed_entries(bytes: &[u8]) -> Option<u64> {
    let end = end_record(bytes)?;
    let count = number(bytes, end + 10, 2)?;
    let locator = end.checked_sub(20).filter(|&at| bytes[at..].starts_with(b"PK\x06\x07"));
    match locator.and_then(|at| usize::try_from(number(bytes, at + 8, 8)?).ok()) {
        Some(zip64) => number(bytes, zip64.checked_add(32)?, 8).or(Some(count)),
        None => Some(count),
    }
}

/// The name under which an entry is found.
fn normal(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    name.trim_start_matches(['/', '.']).to_owned()
}

impl<'a> Archive<'a> {
    /// Reads the central directory.
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, ExtractError> {
        if claimed_entries(bytes).is_some_and(|it| limits.entries < it) {
            let what = format!("archive of more than {} entries", limits.entries);
            let missing = Missing::over(limits.reached(Limit::Entries), what);
            return Err(ExtractError::OverLimit(missing));
        }
        let whole = limits.unpacked(bytes.len());
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| ExtractError::Damaged(format!("zip archive: {error}")))?;
        let mut entries = HashMap::new();
        for (index, name) in zip.file_names_raw().enumerate() {
            entries.entry(normal(&String::from_utf8_lossy(name))).or_insert(index);
        }
        Ok(Self {
            zip,
            entries,
            limits: *limits,
            whole,
            left: whole.0,
            trouble: None,
            needs_password: false,
            was_cut: false,
        })
    }

    /// The same, to see what an archive is, which costs no more however far the limits are raised.
    pub(super) fn peek(bytes: &'a [u8]) -> Result<Self, ExtractError> {
        Self::open(bytes, &Limits::default())
    }

    /// Names of the entries as they are written, in their order, without folders.
    pub(super) fn files(&self) -> Vec<String> {
        let names = self.zip.file_names_raw().map(|it| String::from_utf8_lossy(it).into_owned());
        names.filter(|it| !it.ends_with(['/', '\\'])).collect()
    }

    /// Whether there is such an entry.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&normal(name))
    }

    /// Unpacks an entry; none where there is no such entry or nothing of it can be unpacked.
    ///
    /// What is cut or broken is said in [`Archive::trouble`]; what could be unpacked is returned.
    pub(super) fn read(&mut self, name: &str) -> Option<Vec<u8>> {
        let entry_bytes = self.limits.entry_bytes;
        // One byte more, to notice that there is more.
        let mut bytes = self.read_up_to(name, entry_bytes.saturating_add(1))?;
        if entry_bytes < bytes.len() as u64 {
            bytes.truncate(usize::try_from(entry_bytes).unwrap_or(usize::MAX));
            self.left += 1;
            let what = format!("{name}: cut at {}", size(entry_bytes));
            let reached = self.limits.reached(Limit::EntryBytes);
            self.trouble.get_or_insert_with(|| Missing::over(reached, what));
        }
        Some(bytes)
    }

    /// The same with another limit for the entry, in bytes, which is the caller's own: that there is
    /// more is no trouble.
    pub(super) fn read_up_to(&mut self, name: &str, limit: u64) -> Option<Vec<u8>> {
        let index = *self.entries.get(&normal(name))?;
        let mut bytes = Vec::new();
        self.was_cut = false;
        let outcome: Result<(), Missing> = match self.zip.by_index(index) {
            Ok(entry) if entry.encrypted() => {
                self.needs_password = true;
                Err("needs a password".into())
            }
            // One byte more, to notice that there is more.
            Ok(entry) => {
                let most = limit.min(self.left.saturating_add(1));
                match entry.take(most).read_to_end(&mut bytes) {
                    Ok(_) if bytes.len() as u64 <= self.left => Ok(()),
                    Ok(_) => {
                        self.was_cut = true;
                        let what = format!("cut where {} were unpacked", size(self.whole.0));
                        Err(Missing::over(self.whole.1, what))
                    }
                    Err(error) => Err(error.to_string().into()),
                }
            }
            Err(error) => {
                self.needs_password |= error.to_string().contains("assword");
                Err(error.to_string().into())
            }
        };
        bytes.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= bytes.len() as u64;
        if let Err(missing) = outcome {
            let what = format!("{name}: {}", missing.what);
            self.trouble.get_or_insert(Missing { what, ..missing });
            if bytes.is_empty() {
                return None;
            }
        }
        Some(bytes)
    }
}

/// A zip file in memory, for tests of the formats that are zip files.
#[cfg(test)]
pub(super) fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write as _;

    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_spite_of_case_and_slashes() {
        let bytes = zip_of(&[("\\Word\\Document.xml", b"x"), ("/a.xml", b"y")]);
        let mut archive = Archive::open(&bytes, &Limits::default()).unwrap();
        assert_eq!(archive.read("word/document.xml").unwrap(), b"x");
        assert_eq!(archive.read("a.xml").unwrap(), b"y");
        assert!(archive.read("b.xml").is_none());
    }

    const MIB: usize = 1 << 20;

    /// An archive of one entry of so many blanks, which pack to next to nothing.
    fn blanks(count: usize) -> Vec<u8> {
        zip_of(&[("a", &vec![b' '; count])])
    }

    /// How much of the entry is unpacked within limits, and what is said where that is not all.
    fn read_within(bytes: &[u8], limits: &Limits) -> (usize, Option<String>) {
        let mut archive = Archive::open(bytes, limits).unwrap();
        let read = archive.read("a").unwrap_or_default().len();
        (read, archive.trouble.map(|it| it.to_string()))
    }

    #[test]
    fn an_entry_is_cut_at_the_limit_and_that_is_said() {
        let limits = Limits { entry_bytes: MIB as u64, ..Limits::default() };
        assert_eq!(read_within(&blanks(MIB), &limits), (MIB, None));
        let said = "a: cut at 1 MiB, the limit max_entry_bytes".to_owned();
        assert_eq!(read_within(&blanks(MIB + 1), &limits), (MIB, Some(said)));
    }

    #[test]
    fn all_entries_together_are_cut_at_the_limit() {
        let limits = Limits { unpacked_bytes: 2 * MIB as u64, ..Limits::default() };
        let bytes = blanks(MIB);
        let mut archive = Archive::open(&bytes, &limits).unwrap();
        let lengths: Vec<_> = (0..2).filter_map(|_| archive.read("a")).map(|it| it.len()).collect();
        assert_eq!((lengths, &archive.trouble), (vec![MIB, MIB], &None));
        assert_eq!(archive.read("a"), None);
        let said = "a: cut where 2 MiB were unpacked, the limit max_unpacked_bytes";
        assert_eq!(archive.trouble.unwrap().to_string(), said);
    }

    #[test]
    fn a_small_archive_that_unpacks_to_much_is_cut_early() {
        let said = "a: cut where 32 MiB were unpacked, the limit max_expansion".to_owned();
        let usual = Limits::default();
        assert_eq!(read_within(&blanks(32 * MIB), &usual), (32 * MIB, None));
        assert_eq!(read_within(&blanks(32 * MIB + 1), &usual), (32 * MIB, Some(said)));
        let raised = Limits { expansion: 2000, ..usual };
        assert_eq!(read_within(&blanks(32 * MIB + 1), &raised), (32 * MIB + 1, None));
    }

    #[test]
    fn an_archive_of_more_entries_than_allowed_is_refused() {
        let bytes = zip_of(&[("a", b""), ("b", b"")]);
        let open = |entries| {
            let limits = Limits { entries, ..Limits::default() };
            Archive::open(&bytes, &limits).map(drop).map_err(|it| it.to_string())
        };
        assert_eq!(open(2), Ok(()));
        let said = "over a limit: archive of more than 1 entries, the limit max_entries";
        assert_eq!(open(1), Err(said.to_owned()));
    }

    #[test]
    fn what_a_caller_does_not_ask_for_is_no_trouble() {
        let bytes = blanks(100);
        let mut archive = Archive::peek(&bytes).unwrap();
        assert_eq!(archive.read_up_to("a", 10).map(|it| it.len()), Some(10));
        assert_eq!(archive.trouble, None);
    }

    #[test]
    fn a_truncated_archive_is_damaged() {
        let bytes = zip_of(&[("a", b"x")]);
        let outcome = Archive::open(&bytes[..bytes.len() - 10], &Limits::default());
        assert!(matches!(outcome, Err(ExtractError::Damaged(_))));
    }

    #[test]
    fn the_directory_shows_names() {
        let bytes = zip_of(&[("one.xml", b"x")]);
        assert!(directory(&bytes).unwrap().windows(7).any(|it| it == b"one.xml"));
        assert!(directory(b"PK\x03\x04").is_none());
        assert!(directory(b"").is_none());
    }
}
