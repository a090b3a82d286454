//! Which files a scan looks at that is of a sample: those whose path hashes low. The same ones every
//! time, whatever the order and however many there are.

use std::collections::BinaryHeap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::crawl::{self, CrawlOptions, Listed};
use crate::inventory::{RootId, document_key};

use super::ScanError;
use super::roots::Root;
use super::summary::Summary;

/// How much of a tree is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sample {
    /// So many files.
    Files(u64),
    /// A share of them, from 0 to 1.
    Share(f64),
}

/// What a scan of a sample looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sampled {
    /// The highest hash that is in the sample. A later scan keeps it, so that no file leaves the
    /// sample while it is there.
    pub(super) highest: u64,
    /// How many files were looked at, and how many were not.
    pub looked_at: u64,
    /// How many files were left out.
    pub left_out: u64,
}

impl Sampled {
    /// What a reader has to know of figures that come from a sample.
    pub(super) fn caveat(&self) -> String {
        let Self { looked_at, left_out, .. } = self;
        format!(
            "a sample: {looked_at} files were looked at and {left_out} were not (--sample). Copies \
             and links that lie outside of it are not seen, so that there is more redundancy than is \
             told here, and links may seem dead that are not. No figure is that of the whole tree"
        )
    }
}

/// Tells which files are in a sample.
pub(super) struct Sampling {
    highest: u64,
    looked_at: AtomicU64,
    left_out: AtomicU64,
}

impl Sampling {
    /// The sampling of a tree, as it was before where it was.
    pub(super) fn of(
        sample: Sample,
        before: Option<&Sampled>,
        roots: &[Root],
        options: &CrawlOptions,
    ) -> Self {
        let highest = match (before, sample) {
            // No file leaves a sample that is made larger, or that the tree has outgrown.
            (Some(before), Sample::Files(count)) if before.looked_at < count => {
                lowest(count, roots, options).max(before.highest)
            }
            (Some(before), _) => before.highest,
            (None, Sample::Share(share)) => highest_of(share),
            (None, Sample::Files(count)) => lowest(count, roots, options),
        };
        Self { highest, looked_at: AtomicU64::default(), left_out: AtomicU64::default() }
    }

    /// Whether a file is looked at. Counts it.
    pub(super) fn takes(&self, root: u16, path: &Path) -> bool {
        let is_taken = hash_of(root, path) <= self.highest;
        let count = if is_taken { &self.looked_at } else { &self.left_out };
        count.fetch_add(1, Ordering::Relaxed);
        is_taken
    }

    /// What was looked at so far.
    pub(super) fn sampled(&self) -> Sampled {
        let [looked_at, left_out] =
            [&self.looked_at, &self.left_out].map(|it| it.load(Ordering::Relaxed));
        Sampled { highest: self.highest, looked_at, left_out }
    }
}

/// Refuses a sample for a catalog that holds more, or another one: what is not in the sample would
/// seem to be gone.
pub(super) fn check(
    sample: Option<Sample>,
    before: Option<&Summary>,
    catalog: &Catalog,
) -> Result<(), ScanError> {
    let (Some(sample), Some(before)) = (sample, before) else { return Ok(()) };
    let refuse = |known: &str| {
        let folder = catalog.folder().to_path_buf();
        Err(ScanError::KnowsMore { folder, known: known.to_owned() })
    };
    match (&before.sample, sample) {
        (None, _) => refuse("more than a sample"),
        (Some(it), Sample::Share(share)) if it.highest != highest_of(share) => {
            refuse("another sample")
        }
        _ => Ok(()),
    }
}

fn highest_of(share: f64) -> u64 {
    (share.clamp(0.0, 1.0) * u64::MAX as f64) as u64
}

fn hash_of(root: u16, path: &Path) -> u64 {
    let key = document_key(RootId(root), path);
    u64::from_be_bytes(*key.first_chunk().expect("a key is longer"))
}

/// The highest of the `count` lowest hashes. Lists the tree and asks nothing of its files.
fn lowest(count: u64, roots: &[Root], options: &CrawlOptions) -> u64 {
    let mut heap = BinaryHeap::new();
    for (number, root) in roots.iter().enumerate() {
        for listed in crawl::walk(&root.path, options).flatten() {
            let Listed::File(path) = listed else { continue };
            heap.push(hash_of(number as u16, &path));
            if count < heap.len() as u64 {
                heap.pop();
            }
        }
    }
    heap.pop().unwrap_or(u64::MAX)
}
