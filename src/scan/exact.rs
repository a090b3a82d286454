//! Hashes of the files that may have an equal, and of no others.
//!
//! Files of equal bytes are of equal size, and begin alike. So only files that share their size with
//! another are opened; of large ones the first bytes are hashed before all of them are. A file that
//! is left out at either step has no equal.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::crawl::{FileEntry, FileIdentity};
use crate::inventory::{Failure, Hash, RootId};

use super::crawler::Seen;
use super::open;
use super::options::{Event, ScanOptions};
use super::roots::Root;
use super::timings::{Stage, Timings};

/// Larger files are told apart by so many first bytes, before all are read.
const HEAD_BYTES: u64 = 16 << 10;

/// What was found of the files that were opened; the others have no equal.
pub(super) type Hashes = HashMap<(RootId, PathBuf), Result<Hash, Failure>>;

/// A file, or several names of one.
struct Candidate<'a> {
    names: Vec<(RootId, &'a FileEntry)>,
}

/// A file that could not be hashed, or its hash.
type Hashed<'a> = (Candidate<'a>, Result<Hash, Failure>);

/// Hashes the files in `seen` that may have an equal.
pub(super) fn hashes(
    seen: &[(u16, Seen)],
    roots: &[Root],
    options: &ScanOptions,
    timings: &Timings,
    stop: &AtomicBool,
    on_event: &(impl Fn(Event<'_>) -> ControlFlow<()> + Sync),
) -> Hashes {
    let hash = |candidate: &Candidate<'_>, head: Option<u64>| {
        let (root, file) = candidate.names[0];
        let path = roots[usize::from(root.0)].path.join(&file.path);
        hash_of(&path, head, options, timings, stop)
    };
    let (large, small) = of_equal_size(seen).into_iter().partition::<Vec<_>, _>(|it| {
        let (_, file) = it[0].names[0];
        HEAD_BYTES < file.size
    });
    let large = large.into_iter().flatten().collect();
    let (large, mut failed) = of_equal_head(in_parallel(large, |it| hash(it, Some(HEAD_BYTES))));
    let small = small.into_iter().flatten();
    let whole = small.chain(large).collect::<Vec<_>>();
    for candidate in &whole {
        let (_, file) = candidate.names[0];
        if on_event(Event::Queued { bytes: file.size }).is_break() {
            stop.store(true, Ordering::Relaxed);
        }
    }
    failed.extend(in_parallel(whole, |candidate| {
        let hashed = hash(candidate, None);
        let (_, file) = candidate.names[0];
        if on_event(Event::Done { path: &file.path, bytes: file.size }).is_break() {
            stop.store(true, Ordering::Relaxed);
        }
        hashed
    }));
    let names = failed.into_iter().flat_map(|(candidate, hashed)| {
        let names = candidate.names.into_iter();
        names.map(move |(root, file)| ((root, file.path.clone()), hashed.clone()))
    });
    names.collect()
}

/// Files that have their size in common with another file, by size.
fn of_equal_size(seen: &[(u16, Seen)]) -> Vec<Vec<Candidate<'_>>> {
    let mut files = Vec::new();
    let mut names: HashMap<FileIdentity, usize> = HashMap::new();
    for (root, seen) in seen {
        let Seen::File(file) = seen else { continue };
        let name = (RootId(*root), file);
        // Of a file with several names one is read.
        if 1 < file.links && file.identity.inode != 0 {
            if let Some(at) = names.get(&file.identity) {
                let known: &mut Candidate<'_> = &mut files[*at];
                known.names.push(name);
                continue;
            }
            names.insert(file.identity, files.len());
        }
        files.push(Candidate { names: vec![name] });
    }
    in_groups(files, |it| it.names[0].1.size)
}

/// The large files that begin like another of their size; and those that could not be read.
fn of_equal_head(heads: Vec<Hashed<'_>>) -> (Vec<Candidate<'_>>, Vec<Hashed<'_>>) {
    let mut failed = Vec::new();
    let mut read = Vec::new();
    for (candidate, head) in heads {
        match head {
            Ok(head) => read.push((candidate, head)),
            Err(_) => failed.push((candidate, head)),
        }
    }
    let groups = in_groups(read, |(it, head)| (it.names[0].1.size, head.0));
    (groups.into_iter().flatten().map(|it| it.0).collect(), failed)
}

/// The groups of at least two, in the order of keys.
fn in_groups<T, K: Ord + Copy>(items: Vec<T>, key: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    let mut keyed = items.into_iter().map(|it| (key(&it), it)).collect::<Vec<_>>();
    keyed.sort_by_key(|it| it.0);
    let mut groups: Vec<Vec<T>> = Vec::new();
    let mut last = None;
    for (key, item) in keyed {
        match groups.last_mut() {
            Some(group) if last == Some(key) => group.push(item),
            _ => groups.push(vec![item]),
        }
        last = Some(key);
    }
    groups.retain(|it| 1 < it.len());
    groups
}

/// Hashes candidates in the order in which they are likely to lie on a disk.
fn in_parallel<'a>(
    mut candidates: Vec<Candidate<'a>>,
    hash: impl Fn(&Candidate<'_>) -> Result<Hash, Failure> + Sync,
) -> Vec<Hashed<'a>> {
    candidates.sort_by_key(|it| it.names[0].1.identity);
    let candidates = candidates.into_par_iter();
    candidates.map(|it| (hash(&it), it)).map(|(hashed, it)| (it, hashed)).collect()
}

fn hash_of(
    path: &Path,
    head: Option<u64>,
    options: &ScanOptions,
    timings: &Timings,
    stop: &AtomicBool,
) -> Result<Hash, Failure> {
    if stop.load(Ordering::Relaxed) {
        // Nothing of an interrupted scan is kept.
        return Ok(Hash::of(b""));
    }
    timings.of(Stage::Hash, || open::hash(path, head, options.crawl.follow_links))
}
