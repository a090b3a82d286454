//! Samples that can be drawn again, and what they say of the whole.

/// Numbers that look random and follow from a seed (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `below`; 0 for 0.
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // The bias of the remainder is far below what a sample of documents can show.
        (z ^ (z >> 31)) % below.max(1)
    }
}

/// Draws up to `size` of a stream, each with the same chance (reservoir sampling).
pub(super) struct Reservoir<T> {
    drawn: Vec<T>,
    size: usize,
    seen: u64,
    dice: Dice,
}

impl<T> Reservoir<T> {
    pub(super) fn new(size: u64, seed: u64) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        Self { drawn: Vec::new(), size, seen: 0, dice: Dice::new(seed) }
    }

    pub(super) fn see(&mut self, item: impl FnOnce() -> T) {
        self.seen += 1;
        if self.drawn.len() < self.size {
            self.drawn.push(item());
            return;
        }
        let place = self.dice.roll(self.seen) as usize;
        if place < self.size {
            self.drawn[place] = item();
        }
    }

    /// What was drawn, and from how many.
    pub(super) fn into_drawn(self) -> (Vec<T>, u64) {
        (self.drawn, self.seen)
    }
}

/// Where the share of the whole lies with a certainty of 95 %, by a sample in which `count` of `of`
/// were counted (Wilson's interval).
pub fn interval(count: u64, of: u64) -> (f64, f64) {
    const Z: f64 = 1.959_963_985;
    if of == 0 {
        return (0.0, 1.0);
    }
    let (n, share) = (of as f64, count as f64 / of as f64);
    let center = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (((center - spread) / scale).max(0.0), ((center + spread) / scale).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        let (low, high) = interval(0, 100);
        assert!(low == 0.0 && (high - 0.037).abs() < 0.0005, "{low} {high}");
        let (low, high) = interval(50, 100);
        assert!((low - 0.404).abs() < 0.0005 && (high - 0.596).abs() < 0.0005, "{low} {high}");
        assert_eq!(interval(0, 0), (0.0, 1.0));
    }

    #[test]
    fn every_item_has_the_same_chance() {
        let mut drawn = [0_u32; 10];
        for seed in 0..2_000 {
            let mut reservoir = Reservoir::new(3, seed);
            (0..10_usize).for_each(|item| reservoir.see(|| item));
            let (items, seen) = reservoir.into_drawn();
            assert_eq!((items.len(), seen), (3, 10));
            items.into_iter().for_each(|item| drawn[item] += 1);
        }
        // 600 each; three standard deviations are 62.
        assert!(drawn.iter().all(|it| (530..670).contains(it)), "{drawn:?}");
    }
}
