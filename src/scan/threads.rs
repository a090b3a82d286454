//! How many threads wait for files, and how many work on what was read.
//!
//! A file server takes its time for each answer, and many questions at once cost it no more. What
//! works on contents gains nothing from more threads than there are processors.

use std::thread;

use crate::crawl;

use super::options::ScanOptions;
use super::roots::Root;

/// How many threads do what.
#[derive(Clone, Copy)]
pub(super) struct Threads {
    /// That ask for sizes and times.
    pub(super) asking: usize,
    /// That wait for files to be opened and read.
    pub(super) reading: usize,
    /// Of which so many work on what was read at a time.
    pub(super) at_work: usize,
}

/// Threads that wait for answers of a file server, where no number is named.
const REMOTE_THREADS: usize = 16;

impl Threads {
    pub(super) fn of(roots: &[Root], options: &ScanOptions) -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let is_remote = roots.iter().any(|root| crawl::is_remote(&root.path));
        let (asking, reading) = match options.threads {
            0 if is_remote => (REMOTE_THREADS, REMOTE_THREADS.max(processors)),
            0 => (1, processors),
            // On a local disk more than one gains nothing. Who names more threads than there are
            // processors knows of a share that is not known as one.
            named if named <= processors && !is_remote => (1, named),
            named => (named, named),
        };
        Self { asking, reading, at_work: reading.min(processors) }
    }
}
