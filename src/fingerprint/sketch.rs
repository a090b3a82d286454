//! A bounded sample of a set of hashes, from which similarity and containment are estimated.
//!
//! Every hash below 1/16 of the range is kept (FracMinHash), but never fewer than the 64 smallest
//! nor more than the 1,024 smallest (bottom-k). Two samples are compared below the smaller of
//! their bounds, where both are complete.

use super::shingle::{Similarity, shared};

/// Hashes below this are kept.
const KEEP_BELOW: u32 = 1 << 28;
/// At least so many of the smallest are kept.
const MIN_HASHES: usize = 64;
/// At most so many of the smallest are kept.
const MAX_HASHES: usize = 1024;

/// A bounded sample of a document's shingle hashes, from which similarity and containment are
/// estimated (bottom-k with FracMinHash scaling).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Ascending, distinct; every shingle hash up to `bound` is here.
    pub hashes: Vec<u32>,
    /// The largest hash value that the sample covers.
    pub bound: u32,
    /// Number of distinct shingles of the document.
    pub shingles: u32,
}

impl Sketch {
    /// Samples `hashes`, which are distinct and in any order.
    pub(super) fn of(mut hashes: Vec<u32>) -> Self {
        let shingles = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
        if hashes.len() <= MIN_HASHES {
            hashes.sort_unstable();
            hashes.dedup();
            return Self { hashes, bound: u32::MAX, shingles };
        }
        let low = hashes.iter().filter(|it| **it < KEEP_BELOW).count();
        let kept = low.clamp(MIN_HASHES, MAX_HASHES);
        hashes.select_nth_unstable(kept - 1);
        hashes.truncate(kept);
        hashes.sort_unstable();
        let bound = if kept == low { KEEP_BELOW - 1 } else { hashes[kept - 1] };
        hashes.dedup();
        hashes.shrink_to_fit();
        Self { hashes, bound, shingles }
    }

    /// Its hashes in the form in which they are stored; bound and number are kept beside them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect()
    }

    /// Reads the form in which hashes are stored; none where they are not those of a sketch.
    pub fn from_bytes(bytes: &[u8], bound: u32, shingles: u32) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<4>();
        let hashes: Vec<u32> = hashes.iter().map(|it| u32::from_le_bytes(*it)).collect();
        let is_sound = rest.is_empty() && hashes.is_sorted_by(|a, b| a < b);
        is_sound.then_some(Self { hashes, bound, shingles })
    }

    /// Estimates how much two documents share. Exact where both samples are whole.
    pub fn compare(&self, other: &Self) -> Similarity {
        let bound = self.bound.min(other.bound);
        let (a, b) = (self.up_to(bound), other.up_to(bound));
        Similarity::of_counts(shared(a, b), a.len(), b.len())
    }

    /// Whether it holds every shingle of its document, so that comparisons are exact.
    pub const fn is_whole(&self) -> bool {
        self.bound == u32::MAX
    }

    fn up_to(&self, bound: u32) -> &[u32] {
        if bound == self.bound {
            return &self.hashes;
        }
        &self.hashes[..self.hashes.partition_point(|it| *it <= bound)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Well-mixed hashes of the numbers in `range`.
    fn sketch(range: std::ops::Range<u64>) -> Sketch {
        let hash = |it: u64| (xxhash_rust::xxh3::xxh3_64(&it.to_le_bytes()) >> 32) as u32;
        Sketch::of(range.map(hash).collect())
    }

    #[test]
    fn size_is_bounded_and_small_sets_are_whole() {
        assert_eq!(sketch(0..40).hashes.len(), 40);
        assert!(sketch(0..40).is_whole());
        assert_eq!(sketch(0..500).hashes.len(), 64);
        assert!((280..340).contains(&sketch(0..5_000).hashes.len()));
        assert_eq!(sketch(0..100_000).hashes.len(), 1024);
        assert_eq!(sketch(0..0), Sketch { bound: u32::MAX, ..Sketch::default() });
    }

    #[test]
    fn estimates_are_close_to_the_truth() {
        for size in [100, 1_000, 10_000, 100_000] {
            let estimate = sketch(0..size).compare(&sketch(size / 4..size + size / 4));
            assert!((estimate.jaccard - 0.6).abs() < 0.12, "{size}: {estimate:?}");
        }
    }

    #[test]
    fn a_part_is_contained_in_its_whole() {
        let estimate = sketch(0..2_000).compare(&sketch(0..60_000));
        assert!(8 <= estimate.seen_a);
        assert!((estimate.containment_a - 1.0).abs() < 1e-9);
        assert!(estimate.containment_b < 0.1);
    }
}
