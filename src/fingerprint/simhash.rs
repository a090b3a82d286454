//! SimHash: 64 bits that differ little where the words differ little.
//!
//! The only user of the `simhash` crate, whose bits these are: the tests compare every one. The
//! crate counts each of the 64 bits of a word in a saturating number of its own, which compilers do
//! not turn into vector code for every processor. Here the counts of all bits are kept in slices,
//! one machine word a digit, which is some ten times less work on any of them.

/// The SimHash of features, while they are added. Each should be added once.
///
/// Repeats weigh more: one frequent word (`|` in a table) can own every bit.
#[derive(Default)]
pub(super) struct SimHash {
    /// How often each bit was set: bit b of `digits[d]` is digit d of the count of bit b.
    digits: [u64; 32],
    /// Hashes that wait to be added eight at a time.
    waiting: [u64; 8],
    added: u32,
}

/// Number of bits in which two SimHashes differ, 0 to 64.
pub fn distance(a: u64, b: u64) -> u32 {
    simhash::hamming_distance(a, b)
}

impl SimHash {
    pub(super) fn add(&mut self, feature: &str) {
        let place = (self.added % 8) as usize;
        self.waiting[place] = sip_hash(feature.as_bytes());
        self.added += 1;
        if place == 7 {
            self.add_waiting();
        }
    }

    /// Adds eight numbers of one binary digit each, for all 64 bits at once.
    fn add_waiting(&mut self) {
        let [a, b, c, d, e, f, g, h] = self.waiting;
        let [ones, twos, fours, ..] = self.digits;
        let (ones, twos_a) = sum(ones, a, b);
        let (ones, twos_b) = sum(ones, c, d);
        let (twos, fours_a) = sum(twos, twos_a, twos_b);
        let (ones, twos_a) = sum(ones, e, f);
        let (ones, twos_b) = sum(ones, g, h);
        let (twos, fours_b) = sum(twos, twos_a, twos_b);
        let (fours, mut carry) = sum(fours, fours_a, fours_b);
        self.digits[..3].copy_from_slice(&[ones, twos, fours]);
        for digit in &mut self.digits[3..] {
            (*digit, carry) = (*digit ^ carry, *digit & carry);
            if carry == 0 {
                break;
            }
        }
    }

    /// The bits that were set more often than not.
    pub(super) fn finish(mut self) -> u64 {
        let added = self.added;
        if !added.is_multiple_of(8) {
            self.waiting[(added % 8) as usize..].fill(0);
            self.add_waiting();
        }
        let count = |bit: u32| {
            let digits = self.digits.iter().enumerate();
            digits.map(|(digit, it)| (it >> bit & 1) << digit).sum::<u64>()
        };
        (0..64).filter(|bit| u64::from(added) < 2 * count(*bit)).map(|bit| 1 << bit).sum()
    }
}

/// Sum and carry of three numbers of one digit.
const fn sum(a: u64, b: u64, c: u64) -> (u64, u64) {
    (a ^ b ^ c, a & b | (a ^ b) & c)
}

/// SipHash-2-4 with a key of zeros, of `word` as strings are hashed: with a byte 255 after it.
fn sip_hash(word: &[u8]) -> u64 {
    let mut state = [
        0x736f_6d65_7073_6575_u64,
        0x646f_7261_6e64_6f6d,
        0x6c79_6765_6e65_7261,
        0x7465_6462_7974_6573,
    ];
    let mut absorb = |block: u64| {
        state[3] ^= block;
        sip_round(&mut state);
        sip_round(&mut state);
        state[0] ^= block;
    };
    let (blocks, rest) = word.as_chunks::<8>();
    blocks.iter().for_each(|it| absorb(u64::from_le_bytes(*it)));
    let mut last = up_to_seven(rest) | 0xff << (8 * rest.len());
    if rest.len() == 7 {
        absorb(last);
        last = 0;
    }
    absorb(last | (word.len() as u64 + 1) << 56);
    state[2] ^= 0xff;
    (0..4).for_each(|_| sip_round(&mut state));
    state[0] ^ state[1] ^ state[2] ^ state[3]
}

/// The bytes as a little-endian number, read in two pieces that may overlap.
pub(super) fn up_to_seven(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let last = u64::from(u32::from_le_bytes(*last)) << (8 * (bytes.len() - 4));
        return u64::from(u32::from_le_bytes(*first)) | last;
    }
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn sip_round(state: &mut [u64; 4]) {
    let [mut a, mut b, mut c, mut d] = *state;
    a = a.wrapping_add(b);
    b = b.rotate_left(13) ^ a;
    a = a.rotate_left(32);
    c = c.wrapping_add(d);
    d = d.rotate_left(16) ^ c;
    a = a.wrapping_add(d);
    d = d.rotate_left(21) ^ a;
    c = c.wrapping_add(b);
    b = b.rotate_left(17) ^ c;
    c = c.rotate_left(32);
    *state = [a, b, c, d];
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of<'a>(features: impl Iterator<Item = &'a str>) -> u64 {
        let mut simhash = SimHash::default();
        features.for_each(|it| simhash.add(it));
        simhash.finish()
    }

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

    #[test]
    fn many_words_are_the_crates_bits() {
        let words = (0..70_000_u32).map(|it| format!("w{}", it.wrapping_mul(2_654_435_761)));
        let words = words.collect::<Vec<_>>();
        for count in [0, 1, 7, 8, 9, 255, 70_000] {
            let words = || words[..count].iter().map(String::as_str);
            assert_eq!(of(words()), simhash::simhash_stream(words()), "{count} words");
        }
    }

    proptest! {
        #[test]
        fn the_bits_are_those_of_the_simhash_crate(
            words in prop::collection::vec("\\PC{0,20}|[a-z0-9]{0,12}", 0..40),
        ) {
            let words = || words.iter().map(String::as_str);
            prop_assert_eq!(of(words()), simhash::simhash_stream(words()));
        }
    }
}
