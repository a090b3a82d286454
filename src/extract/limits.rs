//! What one document may cost, and which of these limits was met where one was.
//!
//! Readers count while they read; what a file claims of itself is not believed. A limit has the name
//! of the key that raises it, so that whoever reads what is missing knows what to change.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ExtractError;

/// Most that is read of one document. Every value is valid; those of `default` are met by no
/// ordinary document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most text that is kept, in bytes.
    pub text_bytes: u64,
    /// Most that is unpacked of one part of an archive or kept of one attachment, in bytes.
    pub entry_bytes: u64,
    /// Most that is unpacked of one archive, and that everything inside of one file takes up
    /// together, in bytes.
    pub unpacked_bytes: u64,
    /// Most that is unpacked of one archive, as a multiple of its size. Office files unpack to 5 to
    /// 20 times their size, sheets of nothing but repetition to 100 times.
    pub expansion: u64,
    /// Most parts of an archive, and most files inside of one file at any depth.
    pub entries: u64,
    /// Deepest nesting of files in files: a file in an archive in a message in a mailbox is three
    /// deep.
    pub nesting: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_bytes: 16 << 20,
            entry_bytes: 64 << 20,
            unpacked_bytes: 256 << 20,
            expansion: 200,
            entries: 50_000,
            nesting: 5,
        }
    }
}

/// What is unpacked of an archive however small it is, in bytes.
const FREE_BYTES: u64 = 32 << 20;
/// What a paragraph or row counts for at least, in bytes: 16 MiB of text have at most twice the
/// rows of the longest sheet.
const BLOCK_BYTES: usize = 8;

impl Limits {
    /// The limit on text, as a length in memory.
    pub(super) fn text(&self) -> usize {
        usize::try_from(self.text_bytes).unwrap_or(usize::MAX)
    }

    /// Most blocks that are kept of a document.
    pub(super) fn blocks(&self) -> usize {
        self.text() / BLOCK_BYTES
    }

    /// Most that is unpacked of an archive of `size` bytes, and what limits it.
    pub(super) fn unpacked(&self, size: usize) -> (u64, Reached) {
        let expanded = FREE_BYTES.max((size as u64).saturating_mul(self.expansion));
        if expanded < self.unpacked_bytes {
            (expanded, self.reached(Limit::Expansion))
        } else {
            (self.unpacked_bytes, self.reached(Limit::UnpackedBytes))
        }
    }

    /// A limit of these as one that was met.
    pub const fn reached(&self, limit: Limit) -> Reached {
        let value = match limit {
            Limit::TextBytes => self.text_bytes,
            Limit::EntryBytes => self.entry_bytes,
            Limit::UnpackedBytes => self.unpacked_bytes,
            Limit::Expansion => self.expansion,
            Limit::Entries => self.entries,
            Limit::Nesting => self.nesting as u64,
            // They are not the reader's to know.
            Limit::ReaderMemory | Limit::ReaderSeconds => 0,
        };
        Reached { limit, value }
    }
}

/// A limit by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::text_bytes`].
    TextBytes,
    /// [`Limits::entry_bytes`].
    EntryBytes,
    /// [`Limits::unpacked_bytes`].
    UnpackedBytes,
    /// [`Limits::expansion`].
    Expansion,
    /// [`Limits::entries`].
    Entries,
    /// [`Limits::nesting`].
    Nesting,
    /// Memory of a worker process.
    ReaderMemory,
    /// Processor time of a worker process for a document.
    ReaderSeconds,
}

impl Limit {
    /// Every limit. Their positions are stored; new ones go to the end.
    pub const ALL: [Self; 8] = [
        Self::TextBytes,
        Self::EntryBytes,
        Self::UnpackedBytes,
        Self::Expansion,
        Self::Entries,
        Self::Nesting,
        Self::ReaderMemory,
        Self::ReaderSeconds,
    ];

    /// The key of the configuration that raises it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::TextBytes => "max_text_bytes",
            Self::EntryBytes => "max_entry_bytes",
            Self::UnpackedBytes => "max_unpacked_bytes",
            Self::Expansion => "max_expansion",
            Self::Entries => "max_entries",
            Self::Nesting => "max_nesting",
            Self::ReaderMemory => "reader_memory",
            Self::ReaderSeconds => "reader_seconds",
        }
    }
}

/// A limit that was met, and where it was then: reading again is worth it once it is higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Which one.
    pub limit: Limit,
    /// In bytes, times, entries, levels or seconds.
    pub value: u64,
}

/// What of a document is missing, in words, and the limit that was met, if that is why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// What, and why.
    pub what: String,
    /// The limit that was met.
    pub reached: Option<Reached>,
}

impl Missing {
    /// What is missing because of a limit.
    pub(super) fn over(reached: Reached, what: impl Into<String>) -> Self {
        Self { what: what.into(), reached: Some(reached) }
    }
}

/// Where nothing is left of the document.
impl From<Missing> for ExtractError {
    fn from(missing: Missing) -> Self {
        match missing.reached {
            Some(_) => Self::OverLimit(missing),
            None => Self::Damaged(missing.what),
        }
    }
}

impl From<String> for Missing {
    fn from(what: String) -> Self {
        Self { what, reached: None }
    }
}

impl From<&str> for Missing {
    fn from(what: &str) -> Self {
        what.to_owned().into()
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match self.reached {
            Some(reached) => write!(f, ", the limit {}", reached.limit.key()),
            None => Ok(()),
        }
    }
}

/// A size as it is written in a configuration, such as `64 MiB`.
pub(super) fn size(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = units.into_iter().find(|(shift, _)| bytes != 0 && bytes.trailing_zeros() >= *shift);
    match unit {
        Some((shift, unit)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_unpacks_to_a_multiple_of_its_size_or_to_all_that_is_allowed() {
        let limits = Limits { expansion: 10, unpacked_bytes: 100 << 20, ..Limits::default() };
        let unpacked = |size| {
            let (bytes, reached) = limits.unpacked(size);
            (bytes >> 20, reached.limit)
        };
        assert_eq!(unpacked(1), (32, Limit::Expansion));
        assert_eq!(unpacked(9 << 20), (90, Limit::Expansion));
        assert_eq!(unpacked(10 << 20), (100, Limit::UnpackedBytes));
        assert_eq!(unpacked(usize::MAX), (100, Limit::UnpackedBytes));
    }

    #[test]
    fn what_is_missing_names_the_key_that_brings_it() {
        let limits = Limits::default();
        let text = Missing::over(limits.reached(Limit::TextBytes), "text cut at 16 MiB");
        assert_eq!(text.to_string(), "text cut at 16 MiB, the limit max_text_bytes");
        assert_eq!(Missing::from("pages missing: 1").to_string(), "pages missing: 1");
    }

    #[test]
    fn sizes_are_written_in_whole_units() {
        let sizes = [0, 1000, 1 << 10, 3 << 19, 16 << 20, 1 << 30].map(size);
        assert_eq!(sizes, ["0 bytes", "1000 bytes", "1 KiB", "1536 KiB", "16 MiB", "1 GiB"]);
    }
}
