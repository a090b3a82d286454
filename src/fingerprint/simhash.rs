//! SimHash: 64 bits that differ little where the words differ little.
//!
//! The only user of the `simhash` crate.

/// SimHash of `features`, each of which should be given once.
///
/// Repeats weigh more: one frequent word (`|` in a table) can own every bit.
pub(super) fn of<'a>(features: impl Iterator<Item = &'a str>) -> u64 {
    simhash::simhash_stream(features)
}

/// Number of bits in which two SimHashes differ, 0 to 64.
pub const fn distance(a: u64, b: u64) -> u32 {
    (a ^ b).count_ones()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stable_across_releases() {
        assert_eq!(
            of("the quick brown fox jumps over lazy dog".split(' ')),
            1_504_212_198_473_932_219
        );
    }

    #[test]
    fn one_word_changes_few_bits() {
        let a = of("the quick brown fox jumps over lazy dog".split(' '));
        let b = of("the quick brown cat jumps over lazy dog".split(' '));
        assert!(0 < distance(a, b) && distance(a, b) < 20);
    }
}
