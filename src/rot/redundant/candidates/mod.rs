//! Pairs of documents worth comparing, out of all pairs, without looking at all pairs.
//!
//! Two independent sources: SimHashes that differ in few bits, and sketches that share hashes.
//! Whatever the input, time and memory grow with the number of documents, not with its square:
//! where thousands look alike, each is linked to a few neighbours and to a common leader, and what
//! was left out is counted. Nothing here decides that two documents are similar.

mod hamming;
mod postings;
mod proposed;

pub(super) use proposed::proposed;

use crate::fingerprint::Fingerprint;

/// SimHashes that differ in at most so many bits make a candidate pair.
pub(super) const MAX_DISTANCE: u32 = 10;

/// Pairs worth comparing, as positions in the given fingerprints.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// Ascending, distinct, the smaller position first.
    pub pairs: Vec<(u32, u32)>,
    /// How many pairs looked worth comparing and were left out, because too many look alike.
    pub not_compared: u64,
}

/// Finds the candidate pairs among documents of different texts.
///
/// The order of the fingerprints matters where many look alike: the first ones are the leaders.
pub(super) fn candidates(fingerprints: &[&Fingerprint]) -> Candidates {
    let simhashes = fingerprints.iter().map(|it| it.simhash).collect::<Vec<_>>();
    let mut by_simhash = Links::default();
    hamming::link(&simhashes, MAX_DISTANCE, &mut by_simhash);
    let mut links = Links::default();
    let sketches = fingerprints.iter().map(|it| it.sketch.hashes.as_slice()).collect::<Vec<_>>();
    postings::link(&sketches, &mut links);
    // Sketches know nearly all that SimHashes tell: what the latter leave out was compared all the
    // same, unless the former left out something too.
    if 0 < links.not_compared {
        links.not_compared += by_simhash.not_compared;
    }
    links.pairs.append(&mut by_simhash.pairs);
    links.pairs.sort_unstable();
    links.pairs.dedup();
    // What is left out at one hash may be left out at others, too.
    let count = fingerprints.len() as u64;
    let all = count * count.saturating_sub(1) / 2;
    let not_compared = links.not_compared.min(all - links.pairs.len() as u64);
    let pairs = links.pairs.iter().map(|it| ((it >> 32) as u32, *it as u32)).collect();
    Candidates { pairs, not_compared }
}

/// Pairs while they are collected.
#[derive(Debug, Default)]
struct Links {
    /// Both positions in one number, the smaller one above.
    pairs: Vec<u64>,
    not_compared: u64,
}

impl Links {
    fn add(&mut self, a: u32, b: u32) {
        if a != b {
            self.pairs.push(u64::from(a.min(b)) << 32 | u64::from(a.max(b)));
        }
    }

    /// Links the members of a set of equals: all of them where they are few, otherwise each to the
    /// first and to the next.
    fn add_equals(&mut self, members: &[u32]) {
        const ALL: usize = 64;
        for (position, a) in members.iter().enumerate() {
            if members.len() <= ALL {
                members[position + 1..].iter().for_each(|b| self.add(*a, *b));
            } else {
                self.add(members[0], *a);
                members.get(position + 1).into_iter().for_each(|b| self.add(*a, *b));
            }
        }
        if ALL < members.len() {
            let members = members.len() as u64;
            self.not_compared += members * (members - 1) / 2 - (2 * members - 3);
        }
    }
}

/// The ranges of equal keys in a sorted slice, as slices.
fn runs<K: Ord>(sorted: &[(K, u32)]) -> impl Iterator<Item = &[(K, u32)]> {
    sorted.chunk_by(|a, b| a.0 == b.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Fingerprint;

    fn check(texts: &[String], expected: &[(u32, u32)]) {
        let fingerprints = texts.iter().filter_map(|it| Fingerprint::of(it)).collect::<Vec<_>>();
        let found = candidates(&fingerprints.iter().collect::<Vec<_>>());
        assert_eq!(found.pairs, expected);
    }

    fn words(range: std::ops::Range<u32>) -> String {
        range.map(|it| format!("w{}", it.wrapping_mul(2_654_435_761))).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn similar_texts_are_candidates_and_strangers_are_not() {
        check(&[words(0..300), words(1000..1300), words(30..330)], &[(0, 2)]);
    }

    #[test]
    fn a_part_is_a_candidate_with_its_whole() {
        check(&[words(0..900), words(300..600)], &[(0, 1)]);
    }
}
