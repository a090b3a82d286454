//! The table of the configuration file that says what is read, and what one file may cost.

use std::path::PathBuf;

use docrot::catalog::Keeping;
use docrot::extract::Limits;
use docrot::rot::Globs;
use serde::Deserialize;

use super::values::{Patterns, Size};

/// What is read, and how.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ScanSection {
    /// Folders to audit where the command line names none.
    pub(crate) roots: Vec<PathBuf>,
    /// Only files that match one of these, unless there are none.
    pub(crate) include: Globs,
    /// Files and folders to leave out.
    pub(crate) exclude: Globs,
    /// Whether hidden files and folders are read.
    pub(crate) hidden: bool,
    /// Whether symbolic links are followed.
    pub(crate) follow_links: bool,
    /// Whether archives are read as folders.
    pub(crate) read_archives: bool,
    /// Whether to stay on the file system of each root.
    pub(crate) one_file_system: bool,
    /// Whether git is asked when files were changed.
    pub(crate) git: bool,
    /// Whether the catalog keeps the texts of documents and the words in them.
    pub(crate) store_text: bool,
    /// Whether the words of documents are indexed.
    pub(crate) index_words: bool,
    /// Larger files are compared by their bytes but not read.
    pub(crate) max_file_bytes: u64,
    /// What is read of one document at most.
    pub(crate) limits: Limits,
    /// Memory of a worker process, in bytes.
    pub(crate) reader_memory: u64,
    /// Processor time for one document in a worker process.
    pub(crate) reader_seconds: u64,
    /// Threads; 0: as many as there are cores.
    pub(crate) threads: usize,
    /// Most memory that docrot and its reading processes use together, in bytes; none: no ceiling.
    pub(crate) memory: Option<u64>,
}

impl Default for ScanSection {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            include: Globs::default(),
            exclude: Globs::default(),
            hidden: false,
            follow_links: false,
            read_archives: false,
            one_file_system: false,
            git: false,
            store_text: true,
            index_words: true,
            max_file_bytes: 256 << 20,
            limits: Limits::default(),
            reader_memory: 1 << 30,
            reader_seconds: 20,
            threads: 0,
            memory: None,
        }
    }
}

impl ScanSection {
    /// What a catalog that is made now keeps of what documents say.
    pub(crate) const fn keeping(&self) -> Keeping {
        match (self.store_text, self.index_words) {
            (false, _) => Keeping::Fingerprints,
            (true, false) => Keeping::TextsAlone,
            (true, true) => Keeping::Texts,
        }
    }
}

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
    store_text: bool,
    index_words: bool,
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
    memory: Option<Size>,
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
            store_text: scan.store_text,
            index_words: scan.index_words,
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
            memory: scan.memory.map(Size),
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
            store_text: self.store_text,
            index_words: self.index_words,
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
            memory: self.memory.map(|it| it.0),
        }
    }
}

impl Default for WireScan {
    fn default() -> Self {
        Self::of(ScanSection::default())
    }
}
