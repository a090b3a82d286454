//! SimHashes that differ in few bits: a self-join by pairs of buckets.
//!
//! A hash is four blocks of 16 bits. Of two hashes within distance k, one block differs in at most
//! k / 4 bits, so for each block only buckets whose numbers differ that little are compared. A
//! pair that several blocks could see is reported by the first.

use std::ops::Range;

use super::{Links, runs};

const BLOCKS: u32 = 4;
const BLOCK_BITS: u32 = 64 / BLOCKS;
const BUCKETS: usize = 1 << BLOCK_BITS;

/// All hashes together have room for so many links, ...
const MAX_LINKS: usize = 5_000_000;
/// ... and each for at least so many. A pair is linked where either has room.
const MIN_ROOM: usize = 64;

/// How many hashes may be compared; crowds beyond that are sampled.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// In two buckets.
    of_buckets: usize,
    /// In all pairs of buckets of a block. A million documents of a share make a quarter of it.
    of_block: u64,
}

const LIMITS: Limits = Limits { of_buckets: 1 << 20, of_block: 1 << 32 };

/// Links the positions of hashes at most `max_distance` apart.
pub(super) fn link(hashes: &[u64], max_distance: u32, links: &mut Links) {
    let mut sorted = hashes.iter().copied().zip(0..).collect::<Vec<(u64, u32)>>();
    sorted.sort_unstable();
    let mut distinct = Vec::with_capacity(sorted.len());
    for equals in runs(&sorted) {
        let members = equals.iter().map(|it| it.1).collect::<Vec<_>>();
        links.add_equals(&members);
        distinct.push((equals[0].0, members[0]));
    }
    drop(sorted);
    let mut degrees = vec![0_usize; hashes.len()];
    let room = (MAX_LINKS / hashes.len().max(1)).max(MIN_ROOM);
    let skipped = join(&mut distinct, max_distance, LIMITS, |a, b| {
        let (degree_a, degree_b) = (degrees[a as usize], degrees[b as usize]);
        if room <= degree_a && room <= degree_b {
            links.not_compared += 1;
            return;
        }
        degrees[a as usize] += 1;
        degrees[b as usize] += 1;
        links.add(a, b);
    });
    links.not_compared += skipped;
}

/// Calls `found` once for every pair of distinct `hashes` at most `max_distance` apart.
///
/// Returns the number of comparisons left out of overfull buckets.
fn join(
    hashes: &mut [(u64, u32)],
    max_distance: u32,
    limits: Limits,
    mut found: impl FnMut(u32, u32),
) -> u64 {
    let mut skipped = 0;
    for block in 0..BLOCKS {
        let Some(reach) = radius(block, max_distance) else { continue };
        hashes.sort_unstable_by_key(|it| (bucket(it.0, block), it.0));
        let buckets = Buckets::of(hashes, block);
        let used = (0..BUCKETS).filter(|it| !buckets.range(*it).is_empty()).collect::<Vec<_>>();
        let is_first = |a: u64, b: u64| {
            (0..block).all(|earlier| {
                let apart = (bucket(a, earlier) ^ bucket(b, earlier)).count_ones();
                radius(earlier, max_distance).is_none_or(|radius| radius < apart)
            })
        };
        let mut visit = |a: usize, b: usize| {
            if is_first(hashes[a].0, hashes[b].0) {
                found(hashes[a].1, hashes[b].1);
            }
        };
        let masks = masks(reach);
        let most = buckets.most_comparisons(&masks, limits);
        for mask in masks {
            for at in used.iter().copied().filter(|at| *at <= at ^ mask) {
                let pair = Pair { a: buckets.range(at), b: buckets.range(at ^ mask), most };
                skipped += compare(&buckets.bits, &pair, max_distance, &mut visit);
            }
        }
    }
    skipped
}

/// Hashes by bucket, without anything between them: they are looked at thousands of times.
struct Buckets {
    bits: Vec<u64>,
    starts: Vec<u32>,
}

impl Buckets {
    fn of(hashes: &[(u64, u32)], block: u32) -> Self {
        let mut starts = vec![0_u32; BUCKETS + 1];
        for (hash, _) in hashes {
            starts[bucket(*hash, block) + 1] += 1;
        }
        for at in 0..BUCKETS {
            starts[at + 1] += starts[at];
        }
        Self { bits: hashes.iter().map(|it| it.0).collect(), starts }
    }

    fn range(&self, bucket: usize) -> Range<usize> {
        self.starts[bucket] as usize..self.starts[bucket + 1] as usize
    }

    /// So many comparisons of two buckets that those of all are no more than allowed.
    fn most_comparisons(&self, masks: &[usize], limits: Limits) -> usize {
        let mut most = limits.of_buckets;
        let all = self.bits.len() as u64;
        if all * all <= limits.of_block {
            return most;
        }
        let size = |bucket: usize| (self.starts[bucket + 1] - self.starts[bucket]) as usize;
        let of_mask = |mask: &usize, most: usize| {
            let pairs = (0..BUCKETS).filter(|at| *at <= at ^ mask);
            pairs.map(|at| (size(at) * size(at ^ mask)).min(most) as u64).sum::<u64>()
        };
        while 1 < most && limits.of_block < masks.iter().map(|it| of_mask(it, most)).sum() {
            most /= 2;
        }
        most
    }
}

/// Two buckets, and how many comparisons of them are made at most.
struct Pair {
    a: Range<usize>,
    b: Range<usize>,
    most: usize,
}

/// Visits the pairs of two buckets that are close; of overfull ones, each hash with the nearest in
/// order only.
fn compare(
    bits: &[u64],
    Pair { a, b, most }: &Pair,
    max_distance: u32,
    visit: &mut impl FnMut(usize, usize),
) -> u64 {
    const AT_ONCE: usize = 8;
    let (is_same, is_whole) = (a == b, a.len() * b.len() <= *most);
    let window = if is_whole { b.len() } else { most / a.len() + 1 };
    let mut skipped = 0;
    for (position, x) in a.clone().enumerate() {
        let from = match (is_same, is_whole) {
            (true, _) => position + 1,
            (false, true) => 0,
            (false, false) => position * b.len() / a.len(),
        };
        let to = (from + window).min(b.len());
        skipped += (b.len() - to) as u64;
        let hash = bits[x];
        let is_close = |it: &u64| (hash ^ it).count_ones() <= max_distance;
        let from = b.start + from;
        for (nth, some) in bits[from..b.start + to].chunks(AT_ONCE).enumerate() {
            // Without branches: next to none is close.
            if some.iter().fold(false, |any, it| any | is_close(it)) {
                let first = from + nth * AT_ONCE;
                let close = some.iter().enumerate().filter(|it| is_close(it.1));
                close.for_each(|it| visit(x, first + it.0));
            }
        }
    }
    skipped
}

fn bucket(hash: u64, block: u32) -> usize {
    (hash >> (block * BLOCK_BITS)) as usize & (BUCKETS - 1)
}

/// In how many bits a block may differ; none where a later block need not be looked at.
///
/// Of k = 4a + b bits, either one of the first b + 1 blocks has at most a, or one of the others
/// has at most a - 1.
fn radius(block: u32, max_distance: u32) -> Option<u32> {
    let (share, rest) = (max_distance / BLOCKS, max_distance % BLOCKS);
    if block <= rest { Some(share) } else { share.checked_sub(1) }
}

/// All numbers of [`BLOCK_BITS`] bits of which at most `radius` are set.
fn masks(radius: u32) -> Vec<usize> {
    (0..BUCKETS).filter(|it| it.count_ones() <= radius).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(hashes: &[u64], max_distance: u32) -> Vec<(u32, u32)> {
        let mut distinct = hashes.iter().copied().zip(0..).collect::<Vec<_>>();
        let mut pairs = Vec::new();
        let add = |a: u32, b: u32| pairs.push((a.min(b), a.max(b)));
        assert_eq!(join(&mut distinct, max_distance, LIMITS, add), 0);
        pairs.sort_unstable();
        pairs
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn finds_every_pair_that_brute_force_finds_once(
            seeds in prop::collection::vec((any::<u64>(), prop::collection::vec(0..64_u32, 0..12)), 1..20),
            max_distance in 0..13_u32,
        ) {
            // Random hashes are far apart, so each comes with a copy in which few bits differ.
            let mut hashes = seeds
                .iter()
                .flat_map(|(hash, bits)| [*hash, bits.iter().fold(*hash, |it, bit| it ^ 1 << bit)])
                .collect::<Vec<_>>();
            hashes.sort_unstable();
            hashes.dedup();
            let brute = (0..hashes.len())
                .flat_map(|a| (a + 1..hashes.len()).map(move |b| (a, b)))
                .filter(|(a, b)| (hashes[*a] ^ hashes[*b]).count_ones() <= max_distance)
                .map(|(a, b)| (a as u32, b as u32))
                .collect::<Vec<_>>();
            prop_assert_eq!(found(&hashes, max_distance), brute);
        }
    }

    #[test]
    fn an_overfull_bucket_is_sampled_and_counted() {
        let mut hashes = (0..4_096_u64).map(|it| (it << 48, it as u32)).collect::<Vec<_>>();
        let mut pairs = 0_u64;
        let skipped = join(&mut hashes, 0, LIMITS, |_, _| pairs += 1);
        assert_eq!(pairs, 0);
        assert!(4_096 * 4_095 / 2 > 1 << 20 && 0 < skipped);
    }
    #[test]
    fn hashes_made_to_be_alike_are_compared_a_bounded_number_of_times() {
        let limits = Limits { of_buckets: 1 << 20, of_block: 100_000 };
        let alike = |it: u64| xxhash_rust::xxh3::xxh3_64(&it.to_le_bytes()) & 0x00ff_0003_0003_0003;
        let mut hashes = (0..3_000).map(|it| (alike(it), it as u32)).collect::<Vec<_>>();
        hashes.sort_unstable();
        hashes.dedup_by_key(|it| it.0);
        let all = (hashes.len() * (hashes.len() - 1) / 2) as u64;
        let mut close = 0_u64;
        let skipped = join(&mut hashes, 10, limits, |_, _| close += 1);
        assert!(0 < close && 0 < skipped, "{close} {skipped}");
        // Each member of a bucket is compared with one at least.
        let most = u64::from(BLOCKS) * (limits.of_block + 137 * hashes.len() as u64);
        assert!(close <= most && most < all, "{close} of {all}");
    }
}
