//! Zip containers of documents, with limits.
//!
//! Opens any entry up to 64 MiB, and in all up to 256 MiB or 200 times the archive's size, counted
//! while unpacking: declared sizes are never trusted. Names are compared without regard to case, leading slashes and the direction of
//! slashes. Nothing is written.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::ExtractError;

/// Most that is unpacked of one entry, in bytes.
const MAX_ENTRY_BYTES: u64 = 64 << 20;
/// Most that is unpacked of one archive, in bytes.
const MAX_ARCHIVE_BYTES: u64 = 256 << 20;
/// Most that is unpacked of one archive, as a multiple of its size. Office files unpack to 5 to 20
/// times their size, sheets of nothing but repetition to 100 times.
const MAX_RATIO: u64 = 200;
/// What is unpacked of an archive however small it is, in bytes.
const FREE_BYTES: u64 = 32 << 20;
/// Most entries that an archive may have.
const MAX_ENTRIES: u64 = 50_000;
/// The end-of-central-directory record without its comment, in bytes.
const END_BYTES: usize = 22;

/// An open zip file.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    // Invariant: keys are `normal` names.
    entries: HashMap<String, usize>,
    left: u64,
    /// What went wrong with entries so far, the first time, in words.
    pub(super) trouble: Option<String>,
    /// Whether an entry that was asked for needs a password.
    pub(super) needs_password: bool,
    /// Whether an entry was cut at a limit.
    pub(super) is_cut: bool,
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
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ExtractError> {
        if claimed_entries(bytes).is_some_and(|it| MAX_ENTRIES < it) {
            let what = format!("archive of more than {MAX_ENTRIES} entries");
            return Err(ExtractError::OverLimit(what));
        }
        let left = MAX_ARCHIVE_BYTES.min(FREE_BYTES.max(bytes.len() as u64 * MAX_RATIO));
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| ExtractError::Damaged(format!("zip archive: {error}")))?;
        let mut entries = HashMap::new();
        for (index, name) in zip.file_names_raw().enumerate() {
            entries.entry(normal(&String::from_utf8_lossy(name))).or_insert(index);
        }
        Ok(Self { zip, entries, left, trouble: None, needs_password: false, is_cut: false })
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
        self.read_up_to(name, MAX_ENTRY_BYTES)
    }

    /// The same with a lower limit, in bytes.
    pub(super) fn read_up_to(&mut self, name: &str, limit: u64) -> Option<Vec<u8>> {
        let index = *self.entries.get(&normal(name))?;
        let limit = limit.min(self.left);
        let mut bytes = Vec::new();
        let outcome = match self.zip.by_index(index) {
            Ok(entry) if entry.encrypted() => {
                self.needs_password = true;
                Err("needs a password".to_owned())
            }
            // One byte more, to notice that there is more.
            Ok(entry) => match entry.take(limit + 1).read_to_end(&mut bytes) {
                Ok(_) if bytes.len() as u64 <= limit => Ok(()),
                Ok(_) => {
                    self.is_cut = true;
                    Err(format!("cut at {} MiB", limit >> 20))
                }
                Err(error) => Err(error.to_string()),
            },
            Err(error) => {
                self.needs_password |= error.to_string().contains("assword");
                Err(error.to_string())
            }
        };
        bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        self.left -= bytes.len() as u64;
        if let Err(why) = outcome {
            self.trouble.get_or_insert_with(|| format!("{name}: {why}"));
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
        let mut archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.read("word/document.xml").unwrap(), b"x");
        assert_eq!(archive.read("a.xml").unwrap(), b"y");
        assert!(archive.read("b.xml").is_none());
    }

    /// Bytes that no packer makes smaller.
    fn noise(length: usize) -> Vec<u8> {
        let mut seed = 1_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 56) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn an_entry_is_cut_at_the_limit_and_that_is_said() {
        // Enough that the size of the archive allows for more.
        let noise = noise(1 << 20);
        let bytes = zip_of(&[("n", &noise), ("a", &vec![b' '; (MAX_ENTRY_BYTES + 1) as usize])]);
        let mut archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.read("a").unwrap().len() as u64, MAX_ENTRY_BYTES);
        assert_eq!(archive.trouble.as_deref(), Some("a: cut at 64 MiB"));
        assert!(archive.is_cut);
    }

    #[test]
    fn all_entries_together_are_cut_at_the_limit() {
        let noise = noise(2 << 20);
        let bytes = zip_of(&[("n", &noise), ("a", &vec![b' '; MAX_ENTRY_BYTES as usize])]);
        let mut archive = Archive::open(&bytes).unwrap();
        let read: usize = (0..6).filter_map(|_| archive.read("a")).map(|it| it.len()).sum();
        assert_eq!(read as u64, MAX_ARCHIVE_BYTES);
    }

    #[test]
    fn a_small_archive_that_unpacks_to_much_is_cut_early() {
        let bytes = zip_of(&[("a", &vec![b' '; MAX_ENTRY_BYTES as usize])]);
        let mut archive = Archive::open(&bytes).unwrap();
        assert_eq!(archive.read("a").unwrap().len() as u64, FREE_BYTES);
        assert_eq!(archive.trouble.as_deref(), Some("a: cut at 32 MiB"));
    }

    #[test]
    fn a_truncated_archive_is_damaged() {
        let bytes = zip_of(&[("a", b"x")]);
        let outcome = Archive::open(&bytes[..bytes.len() - 10]);
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
