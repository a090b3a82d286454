//! Bytes spoilt by numbers that look random, the same for the same seed.

/// Numbers that look random (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `below`.
    pub(crate) fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }

    /// Changes one to eight bytes, or copies or drops a piece.
    pub(crate) fn spoil(&mut self, bytes: &mut Vec<u8>) {
        /// Bytes at which parsers take other ways.
        const TELLING: &[u8] = b"\0\xff\x7f\x80\x01<>&;\"'(){}[]\\/=:-\n\r\t 09";
        if bytes.is_empty() {
            return;
        }
        for _ in 0..=self.roll(8) {
            let at = self.roll(bytes.len());
            match self.roll(10) {
                0 => {
                    let end = (at + 1 + self.roll(64)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    let to = self.roll(bytes.len());
                    drop(bytes.splice(to..to, piece));
                }
                1 if bytes.len() > 64 => {
                    let end = (at + 1 + self.roll(32)).min(bytes.len() - 1);
                    if at < end {
                        drop(bytes.drain(at..end));
                    }
                }
                2..=5 => bytes[at] = TELLING[self.roll(TELLING.len())],
                _ => bytes[at] ^= 1 << self.roll(8),
            }
        }
    }
}
