//! What a scan is told, and what it tells while it runs.

use std::path::Path;

use chrono::{DateTime, Utc};

use crate::crawl::CrawlOptions;
use crate::extract::{FORMATS, Format, Limit, Limits, WorkerOptions};

use super::history::HistoryOptions;
use super::memory::Shares;
use super::sample::Sample;

/// How to read a tree. Built with `..Default::default()`.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// What to list.
    pub crawl: CrawlOptions,
    /// What counts as a document.
    pub formats: Vec<Format>,
    /// Larger files are not read, in bytes.
    pub max_file_bytes: u64,
    /// What one document may cost.
    pub limits: Limits,
    /// Reading threads; 0 for one per processor, more on a network share.
    pub threads: usize,
    /// How memory is shared out among the stages; [`ScanOptions::within`] does so under a ceiling.
    pub shares: Shares,
    /// Whether files are read even where nothing about them changed.
    pub rehash: bool,
    /// Whether only exact copies are looked for: no document is read, and a file is opened only where
    /// another one is as large. Such a scan needs a catalog of its own.
    pub only_exact: bool,
    /// How much of the tree is looked at; none: all of it. Such a scan needs a catalog of its own.
    pub sample: Option<Sample>,
    /// Whether to measure where the time goes.
    pub timings: bool,
    /// How to start the worker processes that read untrusted binary formats; none reads them in
    /// this process, where only panics are caught.
    pub workers: Option<WorkerOptions>,
    /// How to ask version control when files were changed; none does not ask.
    pub history: Option<HistoryOptions>,
    /// When the scan begins, in UTC. Files that changed within the last two seconds before it are
    /// read again by the next scan, because their time can not tell a later change.
    pub started: DateTime<Utc>,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            crawl: CrawlOptions::default(),
            formats: FORMATS.to_vec(),
            max_file_bytes: 256 << 20,
            limits: Limits::default(),
            threads: 0,
            shares: Shares::default(),
            rehash: false,
            only_exact: false,
            sample: None,
            timings: false,
            workers: None,
            history: None,
            started: DateTime::UNIX_EPOCH,
        }
    }
}

impl ScanOptions {
    /// Where a limit is in this scan.
    pub(super) fn limit(&self, limit: Limit) -> u64 {
        let workers = self.workers.as_ref();
        match limit {
            Limit::ReaderMemory => workers.map_or(u64::MAX, |it| it.memory_bytes),
            Limit::ReaderSeconds => workers.map_or(u64::MAX, |it| it.cpu_seconds),
            limit => self.limits.reached(limit).value,
        }
    }
}

/// What happens during a scan. Told from several threads.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The history of a root is being read, before anything else.
    History {
        /// Commits read so far.
        commits: u64,
    },
    /// A file is to be read, of so many bytes.
    Queued {
        /// Its size in bytes.
        bytes: u64,
    },
    /// A file has not changed and is not opened.
    Unchanged,
    /// A file was read, or could not be.
    Done {
        /// Its path, relative to the root.
        path: &'a Path,
        /// Its size in bytes.
        bytes: u64,
    },
    /// All folders are listed: nothing more will be queued.
    Listed,
    /// The catalog is being written.
    Committing,
}
