//! Lists the roots with one thread, and asks for sizes and times with one or many.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Scope;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::crawl::{self, CrawlError, CrawlOptions, FileEntry, Listed, Skipped};

use super::roots::Root;
use super::sample::Sampling;
use super::timings::{Stage, Timings};

/// Small enough that sixteen threads find work in a small tree.
const BATCH: usize = 64;

/// What the crawl says, in sorted order.
#[derive(Debug)]
pub(super) enum Seen {
    /// A file.
    File(FileEntry),
    /// A FIFO, socket or device.
    Special(FileEntry),
    /// A file that was listed, and then did not say its size and times.
    Nameless(PathBuf, CrawlError),
    /// A folder or link that could not be listed or followed.
    Failed(CrawlError),
    /// A folder that was skipped.
    SkippedFolder(Skipped),
    /// A link that was not followed.
    Link,
    /// All of a root was listed.
    EndOfRoot,
}

/// A name that was listed, or the end of its root.
type Name = Option<Result<Listed, CrawlError>>;
type Batch<T> = (u64, Vec<(u16, T)>);

/// Starts to crawl, with so many threads that ask for sizes and times; what is seen comes out in
/// order.
pub(super) fn start<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    (roots, threads): (&'env [Root], usize),
    sampling: Option<&'env Sampling>,
    options: &'env CrawlOptions,
    stop: &'env AtomicBool,
    timings: &'env Timings,
) -> impl Iterator<Item = (u16, Seen)> + use<'scope, 'env> {
    let (to_stat, names) = bounded::<Batch<Name>>(BATCH);
    let (to_merge, seen) = bounded::<Batch<Seen>>(BATCH);
    scope.spawn(move || list(roots, (options, sampling), stop, timings, &to_stat));
    for _ in 0..threads {
        let (names, to_merge) = (names.clone(), to_merge.clone());
        scope.spawn(move || {
            for (number, batch) in names {
                let ask = || batch.into_iter().filter_map(|item| stat(roots, item)).collect();
                let batch = timings.of(Stage::Ask, ask);
                if to_merge.send((number, batch)).is_err() {
                    return;
                }
            }
        });
    }
    in_order(seen)
}

fn list(
    roots: &[Root],
    (options, sampling): (&CrawlOptions, Option<&Sampling>),
    stop: &AtomicBool,
    timings: &Timings,
    to_stat: &Sender<Batch<Name>>,
) {
    let mut number = 0;
    let mut batch = Vec::with_capacity(BATCH);
    let mut send = |batch: &mut Vec<_>| {
        let sent = to_stat.send((number, std::mem::take(batch))).is_ok();
        number += 1;
        sent
    };
    for (root_id, root) in roots.iter().enumerate() {
        let mut names = crawl::walk(&root.path, options);
        while let Some(item) = timings.of(Stage::List, || names.next()) {
            if let (Some(sampling), Ok(Listed::File(path))) = (sampling, &item)
                && !sampling.takes(root_id as u16, path)
            {
                continue;
            }
            batch.push((root_id as u16, Some(item)));
            if batch.len() == BATCH && !send(&mut batch) || stop.load(Ordering::Relaxed) {
                return;
            }
        }
        batch.push((root_id as u16, None));
    }
    send(&mut batch);
}

fn stat(roots: &[Root], (root, name): (u16, Name)) -> Option<(u16, Seen)> {
    let Some(item) = name else {
        return Some((root, Seen::EndOfRoot));
    };
    let entry_of = |path: &PathBuf| FileEntry::of(&roots[usize::from(root)].path, path);
    let seen = match item {
        Err(error) => Seen::Failed(error),
        Ok(Listed::File(path)) => match entry_of(&path) {
            Ok(entry) => Seen::File(entry),
            Err(error) => Seen::Nameless(path, error),
        },
        Ok(Listed::Special(path)) => match entry_of(&path) {
            Ok(entry) => Seen::Special(entry),
            Err(error) => Seen::Nameless(path, error),
        },
        Ok(Listed::Link) => Seen::Link,
        Ok(Listed::SkippedFile) => return None,
        Ok(Listed::SkippedFolder(why)) => Seen::SkippedFolder(why),
    };
    Some((root, seen))
}

fn in_order(batches: Receiver<Batch<Seen>>) -> impl Iterator<Item = (u16, Seen)> {
    let mut early = HashMap::new();
    let mut next = 0;
    std::iter::from_fn(move || {
        loop {
            if let Some(batch) = early.remove(&next) {
                next += 1;
                return Some(batch);
            }
            let (number, batch): Batch<_> = batches.recv().ok()?;
            early.insert(number, batch);
        }
    })
    .flatten()
}
