//! The distinct hashes of a text: open addressing, because a general set costs as much as hashing.
//!
//! Nobody can make texts that are slow to take apart: where a hash goes depends on the hash of the
//! whole text, which changes with every word that is chosen for its place.

/// A set of hashes of one text.
pub(super) struct Distinct {
    // Invariant: a power of two long, at most half full; 0 marks a free slot.
    slots: Vec<u64>,
    /// How far a product is shifted to be a slot.
    shift: u32,
    // Invariant: odd.
    factor: u64,
    /// The upper 32 bits of each hash, in the order in which they came.
    pub(super) upper_halves: Vec<u32>,
}

impl Distinct {
    /// For some `len` hashes of the text that has this hash.
    pub(super) fn of_text(text: &[u8; 16], len: usize) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *text;
        let len_of_slots = (2 * len).next_power_of_two().max(64);
        Self {
            slots: vec![0; len_of_slots],
            shift: u64::BITS - len_of_slots.trailing_zeros(),
            factor: u64::from_le_bytes([a, b, c, d, e, f, g, h]) | 1,
            upper_halves: Vec::with_capacity(len),
        }
    }

    /// Adds `hash`; false where it was there already. 0 counts as 1.
    pub(super) fn insert(&mut self, hash: u64) -> bool {
        if self.slots.len() <= 2 * self.upper_halves.len() {
            self.grow();
        }
        let hash = hash.max(1);
        let slot = self.slot_of(hash);
        if self.slots[slot] != 0 {
            return false;
        }
        self.slots[slot] = hash;
        self.upper_halves.push((hash >> 32) as u32);
        true
    }

    #[cold]
    fn grow(&mut self) {
        let grown = vec![0; 2 * self.slots.len()];
        self.shift -= 1;
        for hash in std::mem::replace(&mut self.slots, grown) {
            if hash != 0 {
                let slot = self.slot_of(hash);
                self.slots[slot] = hash;
            }
        }
    }

    /// Where the search for `hash` begins.
    const fn home_of(&self, hash: u64) -> usize {
        // Folded first: a product alone moves bits up only.
        ((hash ^ hash >> 32).wrapping_mul(self.factor) >> self.shift) as usize
    }

    /// Where `hash` stands or would stand.
    fn slot_of(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = self.home_of(hash);
        while self.slots[slot] != 0 && self.slots[slot] != hash {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;
    use crate::fingerprint::hash_of_text;

    fn distinct(len: usize) -> Distinct {
        Distinct::of_text(&hash_of_text("a text"), len)
    }

    #[test]
    fn many_hashes_stay_distinct() {
        let mut distinct = distinct(0);
        let hashes = (0..1_000_u64).map(|it| xxh3_64(&(it % 700).to_le_bytes()));
        assert_eq!(hashes.filter(|it| distinct.insert(*it)).count(), 700);
        assert!(!distinct.insert(xxh3_64(&699_u64.to_le_bytes())));
    }

    /// How many slots are looked at to find each of these again.
    fn steps(hashes: impl Iterator<Item = u64> + Clone) -> usize {
        let mut distinct = distinct(64);
        assert!(hashes.clone().all(|it| distinct.insert(it)));
        let mask = distinct.slots.len() - 1;
        let of = |it| (distinct.slot_of(it).wrapping_sub(distinct.home_of(it)) & mask) + 1;
        hashes.map(of).sum()
    }

    #[test]
    fn hashes_that_share_bits_are_found_in_a_few_steps() {
        let count = 20_000;
        for shift in [0, 8, 20, 32, 44] {
            let steps = steps((1..=count).map(|it| it << shift));
            assert!(steps < 8 * count as usize, "{shift}: {steps}");
        }
    }
}
