//! The table of the configuration file that says what is read, and what one file may cost.

use std::path::PathBuf;

use docrot::extract::Limits;
use serde::Deserialize;

use super::ScanSection;
use super::values::{Patterns, Size};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WireScan {
    roots: Vec<PathBuf>,
    include: Patterns,
    pub(super) exclude: Patterns,
    pub(super) archives: Patterns,
    hidden: bool,
    follow_links: bool,
    read_archives: bool,
    one_file_system: bool,
    git: bool,
    max_file_bytes: Size,
    max_text_bytes: Size,
    max_entry_bytes: Size,
    max_unpacked_bytes: Size,
    max_expansion: u64,
    max_entries: u64,
    max_nesting: u32,
    reader_memory: Size,
    reader_seconds: u64,
    threads: usize,
}

impl WireScan {
    fn of(scan: ScanSection) -> Self {
        let Limits { text_bytes, entry_bytes, unpacked_bytes, expansion, entries, nesting } =
            scan.limits;
        Self {
            roots: scan.roots,
            include: Patterns(scan.include),
            exclude: Patterns(scan.exclude),
            archives: Patterns::default(),
            hidden: scan.hidden,
            follow_links: scan.follow_links,
            read_archives: scan.read_archives,
            one_file_system: scan.one_file_system,
            git: scan.git,
            max_file_bytes: Size(scan.max_file_bytes),
            max_text_bytes: Size(text_bytes),
            max_entry_bytes: Size(entry_bytes),
            max_unpacked_bytes: Size(unpacked_bytes),
            max_expansion: expansion,
            max_entries: entries,
            max_nesting: nesting,
            reader_memory: Size(scan.reader_memory),
            reader_seconds: scan.reader_seconds,
            threads: scan.threads,
        }
    }

    /// The options that it sets.
    pub(super) fn into_section(self) -> ScanSection {
        ScanSection {
            roots: self.roots,
            include: self.include.0,
            exclude: self.exclude.0,
            hidden: self.hidden,
            follow_links: self.follow_links,
            read_archives: self.read_archives,
            one_file_system: self.one_file_system,
            git: self.git,
            max_file_bytes: self.max_file_bytes.0,
            limits: Limits {
                text_bytes: self.max_text_bytes.0,
                entry_bytes: self.max_entry_bytes.0,
                unpacked_bytes: self.max_unpacked_bytes.0,
                expansion: self.max_expansion,
                entries: self.max_entries,
                nesting: self.max_nesting,
            },
            reader_memory: self.reader_memory.0,
            reader_seconds: self.reader_seconds,
            threads: self.threads,
        }
    }
}

impl Default for WireScan {
    fn default() -> Self {
        Self::of(ScanSection::default())
    }
}
