//! SimHashes that differ in few bits: a self-join by pairs of buckets.
//!
//! A hash is four blocks of 16 bits. Of two hashes within distance k, one block differs in at most
//! k / 4 bits, so for each block only buckets whose numbers differ that little are compared. A
//! pair that several blocks could see is reported by the first.

use super::{Links, runs};

const BLOCKS: u32 = 4;
const BLOCK_BITS: u32 = 64 / BLOCKS;
const BUCKETS: usize = 1 << BLOCK_BITS;

/// All hashes together have room for so many links, ...
const MAX_LINKS: usize = 5_000_000;
/// ... and each for at least so many. A pair is linked where either has room.
const MIN_ROOM: usize = 64;
/// Two buckets are compared whole up to so many comparisons; a crowd beyond is sampled.
const MAX_COMPARISONS: usize = 1 << 20;

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
    let skipped = join(&mut distinct, max_distance, |a, b| {
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
fn join(hashes: &mut [(u64, u32)], max_distance: u32, mut found: impl FnMut(u32, u32)) -> u64 {
    let mut skipped = 0;
    for block in 0..BLOCKS {
        let Some(reach) = radius(block, max_distance) else { continue };
        hashes.sort_unstable_by_key(|it| (bucket(it.0, block), it.0));
        let mut starts = vec![0_u32; BUCKETS + 1];
        for (hash, _) in hashes.iter() {
            starts[bucket(*hash, block) + 1] += 1;
        }
        for at in 0..BUCKETS {
            starts[at + 1] += starts[at];
        }
        let used = (0..BUCKETS).filter(|it| starts[*it] < starts[it + 1]).collect::<Vec<_>>();
        let slice = |at: usize| &hashes[starts[at] as usize..starts[at + 1] as usize];
        let is_first = |a: u64, b: u64| {
            (0..block).all(|earlier| {
                let apart = (bucket(a, earlier) ^ bucket(b, earlier)).count_ones();
                radius(earlier, max_distance).is_none_or(|radius| radius < apart)
            })
        };
        let mut visit = |a: &(u64, u32), b: &(u64, u32)| {
            if (a.0 ^ b.0).count_ones() <= max_distance && is_first(a.0, b.0) {
                found(a.1, b.1);
            }
        };
        for mask in masks(reach) {
            for at in used.iter().copied() {
                let other = at ^ mask;
                if other < at {
                    continue;
                }
                skipped += compare(slice(at), slice(other), mask == 0, &mut visit);
            }
        }
    }
    skipped
}

/// Visits the pairs of two buckets; of overfull ones, each hash with the nearest in order only.
fn compare(
    a: &[(u64, u32)],
    b: &[(u64, u32)],
    is_same: bool,
    visit: &mut impl FnMut(&(u64, u32), &(u64, u32)),
) -> u64 {
    let is_whole = a.len() * b.len() <= MAX_COMPARISONS;
    let window = if is_whole { b.len() } else { MAX_COMPARISONS / a.len() + 1 };
    let mut skipped = 0;
    for (position, x) in a.iter().enumerate() {
        let from = match (is_same, is_whole) {
            (true, _) => position + 1,
            (false, true) => 0,
            (false, false) => position * b.len() / a.len(),
        };
        let to = (from + window).min(b.len());
        skipped += (b.len() - to) as u64;
        b[from..to].iter().for_each(|y| visit(x, y));
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
        assert_eq!(join(&mut distinct, max_distance, |a, b| pairs.push((a.min(b), a.max(b)))), 0);
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
        let skipped = join(&mut hashes, 0, |_, _| pairs += 1);
        assert_eq!(pairs, 0);
        assert!(4_096 * 4_095 / 2 > 1 << 20 && 0 < skipped);
    }
}
