//! Where the time of a scan goes: per stage, the time its threads were at it and the processor time
//! that they used.
//!
//! The difference of the two is waiting: for a disk, a file server, a worker process or a processor.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use serde::{Deserialize, Serialize};

/// What is measured, in the order in which a document goes through it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stage {
    List,
    Ask,
    Read,
    Hash,
    Extract,
    Fingerprint,
    Index,
    Records,
    Commit,
}

/// Stable words for the stages, and what happens in each.
const STAGES: [(&str, &str); 9] = [
    ("list", "folders are listed"),
    ("ask", "sizes and times of files"),
    ("read", "files are opened and read"),
    ("hash", "BLAKE3 of the bytes"),
    ("extract", "bytes become text; PDF, office files and mail in worker processes"),
    ("fingerprint", "text is normalized, its shingles hashed"),
    ("index", "documents are handed to the index, waiting while it is busy"),
    ("records", "records are written in order"),
    ("commit", "the index and the records are made durable"),
];

/// How long a stage took, all threads together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Stable word for the stage, such as `extract`.
    pub stage: String,
    /// What happens in it, for people.
    pub what: String,
    /// How often it was gone through.
    pub count: u64,
    /// How long threads were at it, added up.
    pub busy: Duration,
    /// Processor time of those threads; none where the system does not tell.
    pub processor: Option<Duration>,
}

/// Adds up what the threads of a scan measure. Measures nothing unless asked to.
#[derive(Debug, Default)]
pub(super) struct Timings {
    is_on: bool,
    stages: [Sums; STAGES.len()],
}

#[derive(Debug, Default)]
struct Sums {
    count: AtomicU64,
    busy: AtomicU64,
    processor: AtomicU64,
}

impl Timings {
    pub(super) fn new(is_on: bool) -> Self {
        Self { is_on, ..Self::default() }
    }

    /// Runs a piece of a stage. Stages do not nest.
    pub(super) fn of<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        if !self.is_on {
            return work();
        }
        let (begun, processor) = (Instant::now(), ThreadTime::try_now().ok());
        let done = work();
        let sums = &self.stages[stage as usize];
        let add = |to: &AtomicU64, time: Duration| {
            to.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
        };
        sums.count.fetch_add(1, Ordering::Relaxed);
        add(&sums.busy, begun.elapsed());
        if let Some(time) = processor.and_then(|it| it.try_elapsed().ok()) {
            add(&sums.processor, time);
        }
        done
    }

    /// What was measured; nothing where nothing was to be.
    pub(super) fn measured(&self) -> Vec<Timing> {
        let rows = STAGES.iter().zip(&self.stages).filter(|_| self.is_on);
        let has_processor_time = ThreadTime::try_now().is_ok();
        let time = |sum: &AtomicU64| Duration::from_nanos(sum.load(Ordering::Relaxed));
        rows.map(|((stage, what), sums)| Timing {
            stage: (*stage).to_owned(),
            what: (*what).to_owned(),
            count: sums.count.load(Ordering::Relaxed),
            busy: time(&sums.busy),
            processor: has_processor_time.then(|| time(&sums.processor)),
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_has_the_time_of_all_its_pieces() {
        let timings = Timings::new(true);
        for _ in 0..3 {
            assert_eq!(timings.of(Stage::Hash, || (0..200_000_u64).fold(0, |a, b| a ^ b)), 0);
        }
        let measured = timings.measured();
        let hash = measured.iter().find(|it| it.stage == "hash").expect("it has a row");
        assert_eq!(hash.count, 3);
        assert!(hash.busy > Duration::ZERO);
        assert!(measured.iter().all(|it| it.stage == "hash" || it.count == 0));
    }

    #[test]
    fn nothing_is_measured_unasked() {
        let timings = Timings::new(false);
        timings.of(Stage::Hash, || ());
        assert!(timings.measured().is_empty());
    }
}
