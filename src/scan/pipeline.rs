//! Runs the stages side by side: listing, asking, comparing, reading, storing.
//!
//! Bounded queues between them are all that is shared; each waits for the next, so memory does not
//! grow with the tree.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::catalog::{Catalog, CatalogError, IndexedDocument, Keeping, Room, Update};
use crate::crawl::FileEntry;
use crate::extract::{DETECTION_VERSION, Workers};
use crate::inventory::{Failure, Record, RootId};

use super::cache::Cache;
use super::history::Histories;
use super::memory::Shares;
use super::merge::{Merge, Since, Verdict};
use super::options::{Event, ScanOptions};
use super::read::{Reader, not_a_document, unread};
use super::records::{Member, Step, Tally, arrange};
use super::roots::{self, Root};
use super::sample::{self, Sampling};
use super::summary::Summary;
use super::threads::Threads;
use super::timings::{Stage, Timings};
use super::{ScanError, crawler, exact};

/// A commit at least this often makes sure that a long scan is never lost as a whole.
const COMMIT_BYTES: u64 = 256 << 20;
/// What a reader of the report has to know.
const ONLY_EXACT: &str = "only exact copies were looked for (--only exact): no document was read";
const COMMIT_EVERY: Duration = Duration::from_mins(1);

/// A file to read, and its number in the order of records.
struct Job {
    number: u64,
    root: RootId,
    file: FileEntry,
    known: bool,
}

/// Brings `catalog` up to date with the folders in `named`.
///
/// `on_event` is called from several threads for every file; it ends the scan by answering
/// [`ControlFlow::Break`]. An interrupted scan keeps what it has read and forgets nothing.
pub fn scan(
    named: &[PathBuf],
    options: &ScanOptions,
    catalog: &Catalog,
    on_event: impl Fn(Event<'_>) -> ControlFlow<()> + Sync,
) -> Result<Summary, ScanError> {
    let begun = Instant::now();
    let roots = roots::resolve(named, catalog)?;
    let before = catalog.summary().and_then(|text| Summary::from_json(&text));
    if options.only_exact && before.as_ref().is_some_and(|it| !it.only_exact) {
        return Err(ScanError::KnowsDocuments(catalog.folder().to_path_buf()));
    }
    sample::check(options.sample, before.as_ref(), catalog)?;
    let before = before.unwrap_or_default();
    let threads = Threads::of(&roots, options);
    let update = catalog.update(options.shares.update(threads.at_work.div_ceil(2)))?;
    let roots = roots::in_order_of(catalog, roots)?;
    let started = options.started.timestamp_nanos_opt().unwrap_or(0);
    let histories = Histories::of(&roots, options.history.as_ref(), &on_event);
    let timings = Timings::new(options.timings);
    let sampling = options.sample.map(|sample| {
        let again = before.sample.as_ref();
        timings.of(Stage::List, || Sampling::of(sample, again, &roots, &options.crawl))
    });
    let reader = Reader {
        options,
        processors: Room::of(threads.at_work as u64),
        timings: &timings,
        exact: OnceLock::new(),
        histories: &histories,
        workers: options.workers.clone().map(Workers::new),
        cache: Cache::of(options.shares.cache),
        unpacking: Mutex::default(),
        started,
    };
    let pipeline = Pipeline {
        paths: roots.iter().map(|root| root.path.clone()).collect(),
        roots: &roots,
        options,
        update: &update,
        reader,
        threads,
        sampling,
        room: Room::of(options.shares.reading),
        stop: AtomicBool::new(false),
        error: Mutex::new(None),
        on_event: &on_event,
        begun,
        keeping: catalog.keeping(),
        before: &before,
    };
    let (summary, records, gone, inserted) = pipeline.run()?;
    let paths = pipeline.paths.clone();
    drop(pipeline);
    // A summary that is cut short by ^C still belongs to what was kept.
    let _ = on_event(Event::Committing);
    let mut finished = summary.clone();
    timings.of(Stage::Commit, || {
        update.finish(records, &gone, &paths, |gone_hashes| {
            finished.count_moves(inserted, gone_hashes);
            finished.duration = begun.elapsed();
            finished.timings = timings.measured();
            finished.to_json()
        })
    })?;
    // What is kept cannot tell of its own commit.
    finished.timings = timings.measured();
    Ok(finished)
}

struct Pipeline<'a, E> {
    paths: Vec<PathBuf>,
    roots: &'a [Root],
    options: &'a ScanOptions,
    update: &'a Update<'a>,
    reader: Reader<'a>,
    threads: Threads,
    sampling: Option<Sampling>,
    /// What the contents that are being read may take.
    room: Arc<Room>,
    stop: AtomicBool,
    error: Mutex<Option<CatalogError>>,
    on_event: &'a E,
    begun: Instant,
    keeping: Keeping,
    before: &'a Summary,
}

type Outcome = (
    Summary,
    crate::catalog::Records,
    std::collections::HashSet<(RootId, PathBuf)>,
    Vec<crate::inventory::Hash>,
);

impl<E: Fn(Event<'_>) -> ControlFlow<()> + Sync> Pipeline<'_, E> {
    fn run(&self) -> Result<Outcome, ScanError> {
        let (to_readers, jobs) = bounded::<Job>(self.options.shares.queue);
        let (to_records, steps) = bounded::<Step>(self.options.shares.queue);
        let (results, arriving) = unbounded::<(u64, Vec<Member>)>();
        let timings = self.reader.timings;
        let mut records = self.update.records();
        let outcome = thread::scope(|scope| {
            let arranging = scope.spawn(|| {
                let tally =
                    arrange(self.update, &mut records, &steps, &arriving, &self.paths, timings);
                if tally.is_err() {
                    self.stop.store(true, Ordering::Relaxed);
                }
                // Whoever still sends steps learns that nobody takes them any more.
                drop(steps);
                tally
            });
            for _ in 0..self.threads.reading {
                let (jobs, results) = (jobs.clone(), results.clone());
                scope.spawn(move || self.read_all(&jobs, &results));
            }
            drop(jobs);
            let asking = self.threads.asking;
            let seen = crawler::start(
                scope,
                (self.roots, asking),
                self.sampling.as_ref(),
                &self.options.crawl,
                &self.stop,
                timings,
            );
            let summary = if self.options.only_exact {
                let seen = self.hash_equals(seen.collect());
                self.merge(seen.into_iter(), to_readers, to_records, results)
            } else {
                self.merge(seen, to_readers, to_records, results)
            };
            let tally = arranging.join().expect("arranging records does not panic");
            (summary, tally)
        });
        if let Some(error) = self.error.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(error.into());
        }
        let ((summary, mut gone), tally) = (outcome.0?, outcome.1?);
        let summary = self.summarize(summary, &tally);
        if summary.interrupted {
            gone.clear();
        }
        let gone_count = summary.gone + gone.len() as u64;
        Ok((Summary { gone: gone_count, ..summary }, records, gone, tally.hashes))
    }

    /// Hashes what may have an equal, before anything is recorded. Where that was interrupted,
    /// nothing was seen.
    fn hash_equals(&self, seen: Vec<(u16, crawler::Seen)>) -> Vec<(u16, crawler::Seen)> {
        let timings = self.reader.timings;
        let hash =
            || exact::hashes(&seen, self.roots, self.options, timings, &self.stop, self.on_event);
        self.reader.exact.get_or_init(hash);
        if self.stop.load(Ordering::Relaxed) { Vec::new() } else { seen }
    }

    /// Compares what is seen with what is known, and hands out the work.
    fn merge(
        &self,
        seen: impl Iterator<Item = (u16, crawler::Seen)>,
        to_readers: Sender<Job>,
        to_records: Sender<Step>,
        results: Sender<(u64, Vec<Member>)>,
    ) -> Result<(Summary, std::collections::HashSet<(RootId, PathBuf)>), ScanError> {
        let since = Since {
            detection_changed: self.before.detection_version != DETECTION_VERSION,
            history_changed: self.before.has_history != self.options.history.is_some(),
            histories: self.reader.histories,
            started: self.before.started,
        };
        let mut merge = Merge::new(self.update.known(), self.roots, self.options, since);
        for root in &self.before.weak_identity {
            if let Some(trust) = merge.trust.get_mut(usize::from(*root)) {
                trust.lost = true;
            }
        }
        let mut hand_out = HandOut { to_readers, to_records, results, numbers: 0, queued_bytes: 0 };
        let mut committed = Instant::now();
        for item in seen {
            let sent = &mut true;
            merge.see(item, &mut |verdict| *sent &= hand_out.act(verdict, self))?;
            if !*sent || self.stop.load(Ordering::Relaxed) {
                break;
            }
            let due = hand_out.queued_bytes > COMMIT_BYTES || committed.elapsed() > COMMIT_EVERY;
            if due && hand_out.numbers > 0 {
                let so_far = Summary { interrupted: true, ..self.summary(&merge.counts) };
                hand_out.checkpoint(so_far.to_json());
                committed = Instant::now();
            }
        }
        self.tell(Event::Listed);
        let mut summary = self.summary(&merge.counts);
        summary.weak_identity =
            (0u16..).zip(&merge.trust).filter(|(_, it)| it.lost).map(|(root, _)| root).collect();
        summary.note_identity(&self.paths);
        Ok((summary, merge.counts.gone))
    }

    fn read_all(&self, jobs: &Receiver<Job>, results: &Sender<(u64, Vec<Member>)>) {
        for Job { number, root, file, known } in jobs {
            let (path, bytes) = (file.path.clone(), self.bytes_to_read(&file));
            if self.stop.load(Ordering::Relaxed) {
                // Emptying the queue after ^C: what was not read yet is for the next scan.
                continue;
            }
            let _taken = self.room.take(Shares::reading_of(file.size, self.options));
            let family = self.reader.read(root, &self.paths[usize::from(root.0)], file);
            for (record, text) in &family {
                if let Err(error) = self.store(record, text.as_ref(), known) {
                    self.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    self.stop.store(true, Ordering::Relaxed);
                }
            }
            let family = family.into_iter().map(|(record, text)| Member::new(record, &text));
            let family = family.collect();
            // Nobody listens any more only when the scan has failed.
            let _ = results.send((number, family));
            self.tell(Event::Done { path: &path, bytes });
        }
    }

    fn store(
        &self,
        record: &Record,
        text: Option<&Arc<str>>,
        known: bool,
    ) -> Result<(), CatalogError> {
        match text {
            Some(text) => {
                let put = || self.update.put(IndexedDocument { record, text });
                self.reader.timings.of(Stage::Index, put)
            }
            // Of what is inside of a file it is not known here; whoever drops the old records does
            // it.
            None if known && record.file.container.is_none() => {
                self.update.remove(record.root, &record.file.path)
            }
            None => Ok(()),
        }
    }

    /// Where only exact copies are looked for, what is read was read before.
    const fn bytes_to_read(&self, file: &FileEntry) -> u64 {
        if self.options.only_exact { 0 } else { file.size }
    }

    fn tell(&self, event: Event<'_>) {
        if (self.on_event)(event).is_break() {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn summary(&self, counts: &super::merge::Counts) -> Summary {
        Summary {
            started: self.options.started,
            duration: self.begun.elapsed(),
            new: counts.inserted,
            changed: counts.replaced,
            unchanged: counts.kept,
            unreadable: counts.kept_unreadable,
            // After a scan for exact copies alone, every file is looked at anew.
            detection_version: if self.options.only_exact { 0 } else { DETECTION_VERSION },
            only_exact: self.options.only_exact,
            notes: [self.reader.histories.notes.clone(), Summary::notes_of(counts)].concat(),
            sample: self.sampling.as_ref().map(Sampling::sampled),
            caveats: self.caveats(),
            problems: counts.problems.clone(),
            ..Summary::default()
        }
    }

    fn caveats(&self) -> Vec<String> {
        let kept = match self.options.only_exact {
            true => Some(ONLY_EXACT.to_owned()),
            false => Summary::caveat_of(self.keeping),
        };
        let sampled = self.sampling.as_ref().map(|it| it.sampled().caveat());
        sampled.into_iter().chain(kept).collect()
    }

    fn summarize(&self, mut summary: Summary, tally: &Tally) -> Summary {
        summary.interrupted = self.stop.load(Ordering::Relaxed);
        // Until a scan has come to its end some records may know nothing of version control.
        summary.has_history =
            self.options.history.is_some() && (!summary.interrupted || self.before.has_history);
        summary.unreadable += tally.unreadable;
        summary.new = tally.inserted;
        summary.gone = tally.gone;
        summary.changed = tally.changed;
        summary.unchanged += tally.same_bytes;
        summary
    }
}

/// The ends of the queues that the merge feeds.
struct HandOut {
    to_readers: Sender<Job>,
    to_records: Sender<Step>,
    results: Sender<(u64, Vec<Member>)>,
    numbers: u64,
    queued_bytes: u64,
}

impl HandOut {
    /// Returns false when nobody takes the work any more.
    fn act<E: Fn(Event<'_>) -> ControlFlow<()> + Sync>(
        &mut self,
        verdict: Verdict,
        pipeline: &Pipeline<'_, E>,
    ) -> bool {
        let number = self.numbers;
        let step = |known| if known { Step::Replace(number) } else { Step::Insert(number) };
        match verdict {
            Verdict::DropInside => self.to_records.send(Step::DropInside).is_ok(),
            Verdict::Keep => {
                pipeline.tell(Event::Unchanged);
                self.to_records.send(Step::Keep).is_ok()
            }
            Verdict::Read { root, file, known } => {
                self.numbers += 1;
                self.queued_bytes += file.size;
                pipeline.tell(Event::Queued { bytes: pipeline.bytes_to_read(&file) });
                self.to_records.send(step(known)).is_ok()
                    && self.to_readers.send(Job { number, root, file, known }).is_ok()
            }
            Verdict::Note { root, file, error, known } => {
                self.numbers += 1;
                let record = match error {
                    Some(error) => unread(
                        root,
                        file,
                        Failure {
                            reason: error.reason.code().to_owned(),
                            detail: error.reason.to_string(),
                        },
                    ),
                    None => not_a_document(root, file),
                };
                self.to_records.send(step(known)).is_ok()
                    && self.results.send((number, vec![Member::new(record, &None)])).is_ok()
            }
        }
    }

    /// Waits until everything handed out so far is durable.
    fn checkpoint(&mut self, summary: String) {
        let (done, wait) = bounded(1);
        if self.to_records.send(Step::Checkpoint(summary, done)).is_ok() {
            // An answer that never comes means that arranging failed; its error tells why.
            let _ = wait.recv();
        }
        self.queued_bytes = 0;
    }
}
