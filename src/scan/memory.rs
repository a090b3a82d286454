//! How the memory of a scan is shared out: with a ceiling, every stage gets its part of it, and
//! together with the worker processes they stay below.
//!
//! What cannot be shared out is what the program takes by itself and a few bytes a file.

use crate::catalog::UpdateOptions;
use crate::extract::{Limits, WorkerOptions};

use super::options::ScanOptions;

const MIB: u64 = 1 << 20;

/// The program, its threads, and what the allocator keeps between them.
const BASE: u64 = 64 * MIB;
/// The least address space with which a worker reads ordinary documents: 64 MiB of it are a stack
/// that hardly any document needs.
const WORKER_LEAST: u64 = 160 * MIB;
/// What Tantivy wants at least for a thread, and what makes its segments large enough.
const INDEX_THREAD: u64 = 16 * MIB;
/// What reading plain formats takes at most, as a multiple of the file: its bytes, its text, and
/// what its fingerprint is made of. 444 MiB for the worst file of 200 MB that was made.
pub(super) const READING_FACTOR: u64 = 3;
/// What a record takes that waits to be written, with its place in the queues.
const WAITING_RECORD: u64 = 4096;
/// The least ceiling under which a scan works.
const LEAST: u64 = 320 * MIB;

/// The ceiling on memory is below what a scan works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} MiB of memory are too few for a scan; the least is {} MiB", .given >> 20, .least >> 20)]
pub struct TooLittleMemory {
    /// What was given, in bytes.
    pub given: u64,
    /// The least that works, in bytes.
    pub least: u64,
}

/// Memory of the stages of a scan, in bytes where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// The index writer, all of its threads.
    pub index: usize,
    /// Most segments of the index that are merged at a time, on disk; none for no limit.
    pub merge: Option<u64>,
    /// Texts that wait for the index.
    pub waiting: u64,
    /// Contents that are being read in the scan's own process.
    pub reading: u64,
    /// Contents that are kept because a copy may follow.
    pub cache: usize,
    /// How many files may wait to be read, and records to be written.
    pub queue: usize,
}

impl Default for Shares {
    fn default() -> Self {
        Self {
            index: 128 << 20,
            merge: None,
            waiting: 64 << 20,
            reading: u64::MAX,
            cache: 32 << 20,
            // Far more than keeps the readers busy: the further the crawl is ahead, the better the
            // remaining time is known.
            queue: 1 << 16,
        }
    }
}

impl ScanOptions {
    /// Shares `ceiling` bytes out, among the scan's process and its workers together. Limits of
    /// documents that would not fit are lowered.
    pub fn within(mut self, ceiling: u64) -> Result<Self, TooLittleMemory> {
        if ceiling < LEAST {
            return Err(TooLittleMemory { given: ceiling, least: LEAST });
        }
        let mut free = ceiling - BASE;
        if let Some(workers) = self.workers.take() {
            let (workers, bytes) = shared_among(workers, free / 2);
            free -= bytes;
            self.workers = Some(workers);
        }
        let part = |percent: u64| free / 100 * percent;
        let reading = part(40);
        self.shares = Shares {
            index: part(20).clamp(INDEX_THREAD, 512 * MIB) as usize,
            merge: Some(part(15)),
            waiting: part(5).min(64 * MIB),
            reading,
            cache: part(5).min(32 * MIB) as usize,
            queue: (part(10) / WAITING_RECORD).min(1 << 16) as usize,
        };
        self.max_file_bytes = self.max_file_bytes.min(reading / READING_FACTOR);
        let Limits { text_bytes, entry_bytes, unpacked_bytes, entries, .. } = self.limits;
        self.limits = Limits {
            text_bytes: text_bytes.min(reading / 8),
            entry_bytes: entry_bytes.min(reading / 4),
            unpacked_bytes: unpacked_bytes.min(reading / 2),
            entries: entries.min(part(10) / WAITING_RECORD),
            ..self.limits
        };
        Ok(self)
    }
}

impl Shares {
    /// How the index is written, with so many threads at most.
    pub(super) fn update(&self, threads: usize) -> UpdateOptions {
        let least = INDEX_THREAD as usize;
        // Tantivy gains nothing from more, and wants memory for each.
        let threads = threads.clamp(1, 4).min((self.index / least).max(1));
        UpdateOptions {
            threads,
            memory_bytes: self.index.max(threads * least),
            waiting_bytes: self.waiting,
            merge_bytes: self.merge,
        }
    }

    /// What reading a file of so many bytes takes of [`Shares::reading`].
    pub(super) fn reading_of(bytes: u64, options: &ScanOptions) -> u64 {
        // What small archives unpack to is no more than the limit on text, in a few copies.
        let text = options.limits.text_bytes.min(bytes.saturating_mul(options.limits.expansion));
        if options.max_file_bytes < bytes { 0 } else { bytes * READING_FACTOR + text * 2 }
    }
}

/// As many workers as may be, with as much memory as they may have, out of `share` bytes.
fn shared_among(workers: WorkerOptions, share: u64) -> (WorkerOptions, u64) {
    let count = (share / WORKER_LEAST).clamp(1, workers.count.max(1) as u64);
    let memory_bytes = workers.memory_bytes.min(share.max(WORKER_LEAST) / count);
    (WorkerOptions { count: count as usize, memory_bytes, ..workers }, memory_bytes * count)
}
