//! Shingles: the runs of three words of a text, as hashes.
//!
//! Sets of them say exactly how much two texts share. They are made when needed and never stored.

use xxhash_rust::xxh3::xxh3_64;

use super::normalize::{Words, normalize};

/// Number of words in a shingle.
pub const SHINGLE_WORDS: usize = 3;

/// Calls `each` with every word of a normalized text, and with the run of [`SHINGLE_WORDS`] words
/// that ends there.
///
/// A text of fewer words is one run.
pub(super) fn each_word<'a>(normalized: &'a str, mut each: impl FnMut(&'a str, Option<&'a str>)) {
    if normalized.is_empty() {
        return;
    }
    let bytes = normalized.as_bytes();
    let mut starts = [0; SHINGLE_WORDS];
    let mut words = 0;
    let mut position = 0;
    while position < bytes.len() {
        position = end_of_word(bytes, position);
        words += 1;
        let is_run = SHINGLE_WORDS <= words || position == bytes.len();
        let shingle = is_run.then(|| &normalized[starts[0]..position]);
        each(&normalized[starts[SHINGLE_WORDS.min(words) - 1]..position], shingle);
        position += 1;
        if SHINGLE_WORDS <= words {
            starts.rotate_left(1);
            starts[SHINGLE_WORDS - 1] = position;
        } else {
            starts[words] = position;
        }
    }
}

/// Where the next space stands, or the end: eight bytes are looked at together, which is most words.
fn end_of_word(bytes: &[u8], mut position: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    while let Some(eight) = bytes[position..].first_chunk::<8>() {
        let spaces_are_zero = u64::from_le_bytes(*eight) ^ (ONES * b' ' as u64);
        // The lowest bit that is set is right; those above it need not be.
        let zeros = spaces_are_zero.wrapping_sub(ONES) & !spaces_are_zero & (ONES << 7);
        if zeros != 0 {
            return position + (zeros.trailing_zeros() / 8) as usize;
        }
        position += 8;
    }
    let rest = bytes[position..].iter().position(|it| *it == b' ');
    rest.map_or(bytes.len(), |it| position + it)
}

/// As [`each_word`], with the runs only.
pub(super) fn each_shingle<'a>(normalized: &'a str, mut each: impl FnMut(&'a str)) {
    each_word(normalized, |_, shingle| shingle.into_iter().for_each(&mut each));
}

/// Calls `each` with the hash of a normalized row, and of every run of words inside it: a row that
/// changed in one cell keeps most of them.
pub(super) fn each_row_feature(row: &str, mut each: impl FnMut(u64)) {
    each(xxh3_64(row.as_bytes()));
    each_shingle(row, |shingle| each(xxh3_64(shingle.as_bytes())));
}

/// The distinct features of a text, as hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    // Invariant: ascending, distinct.
    hashes: Vec<u64>,
}

impl Features {
    /// The 3-word shingles of a text as extracted.
    pub fn shingles(text: &str) -> Self {
        let normalized = normalize(text);
        let mut hashes = Vec::with_capacity(normalized.len() / 6);
        each_shingle(&normalized, |shingle| hashes.push(xxh3_64(shingle.as_bytes())));
        Self::from_hashes(hashes)
    }

    /// The words of a text as extracted; for texts too short for shingles.
    pub fn words(text: &str) -> Self {
        let normalized = normalize(text);
        let words = normalized.split(' ').filter(|it| !it.is_empty());
        Self::from_hashes(words.map(|it| xxh3_64(it.as_bytes())).collect())
    }

    /// The cells of a sheet's text, whose rows are lines and whose cells are separated by tabs: each
    /// with the first cell of its row, which says what it is about.
    ///
    /// Equal cells of equal rows count as often as they stand there. Neither the order of rows nor
    /// that of columns behind the first makes a difference.
    pub fn cells(text: &str) -> Self {
        let mut hashes = Vec::new();
        let mut words = Words::default();
        for row in text.split('\n') {
            let mut first = None;
            for cell in row.split('\t') {
                words.clear();
                words.push_row(cell);
                let cell = words.since(0);
                if !cell.is_empty() {
                    let hash = xxh3_64(cell.as_bytes());
                    hashes.push(first.map_or(hash, |it| of_place(it, hash)));
                    first.get_or_insert(hash);
                }
            }
        }
        hashes.sort_unstable();
        for equals in hashes.chunk_by_mut(|a, b| a == b) {
            for (nth, hash) in (1..).zip(&mut equals[1..]) {
                *hash = of_place(*hash, nth);
            }
        }
        Self::from_hashes(hashes)
    }

    fn from_hashes(mut hashes: Vec<u64>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        Self { hashes }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Compares two sets.
    pub fn compare(&self, other: &Self) -> Similarity {
        let shared = shared(&self.hashes, &other.hashes);
        Similarity::of_counts(shared, self.len(), other.len())
    }
}

/// A hash of what stands in a place, and of that place.
fn of_place(place: u64, what: u64) -> u64 {
    let mixed = (place ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xd1b5_4a32_d192_ed03);
    (mixed.rotate_left(31) ^ what).wrapping_mul(0xff51_afd7_ed55_8ccd)
}

/// How many values two ascending, distinct slices share.
pub(super) fn shared<T: Ord + Copy>(a: &[T], b: &[T]) -> usize {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        // Without branches: which side is smaller cannot be predicted.
        let (x, y) = (a[i], b[j]);
        shared += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    shared
}

/// How much two sets share. All shares are from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Similarity {
    /// Shared features among all features of both (Jaccard).
    pub jaccard: f64,
    /// Share of the first one's features that the second has.
    pub containment_a: f64,
    /// Share of the second one's features that the first has.
    pub containment_b: f64,
    /// Number of features seen in both.
    pub shared: usize,
    /// Number of the first one's features that were looked at.
    pub seen_a: usize,
    /// Number of the second one's features that were looked at.
    pub seen_b: usize,
}

impl Similarity {
    pub(super) fn of_counts(shared: usize, a: usize, b: usize) -> Self {
        let share = |of: usize| if of == 0 { 0.0 } else { shared as f64 / of as f64 };
        Self {
            jaccard: share(a + b - shared),
            containment_a: share(a),
            containment_b: share(b),
            shared,
            seen_a: a,
            seen_b: b,
        }
    }
}

/// The hashes of a text's 3-word shingles as a [`Sketch`](super::Sketch) holds them, in its order.
pub fn shingle_hashes(text: &str) -> Vec<u32> {
    let normalized = normalize(text);
    let mut hashes = Vec::new();
    each_shingle(&normalized, |it| hashes.push((xxh3_64(it.as_bytes()) >> 32) as u32));
    hashes
}

/// Exact similarity of two texts as extracted: the sets of their 3-word shingles.
pub fn similarity(a: &str, b: &str) -> Similarity {
    Features::shingles(a).compare(&Features::shingles(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut found = Vec::new();
        each_shingle(text, |it| found.push(it));
        assert_eq!(found, expected);
    }

    #[test]
    fn shingles_are_runs_of_three_words() {
        check("a bb c dd", &["a bb c", "bb c dd"]);
        check("a bb c", &["a bb c"]);
        check(
            "a longer-than-eight and other",
            &["a longer-than-eight and", "longer-than-eight and other"],
        );
        check("eight888 nine99999 x", &["eight888 nine99999 x"]);
        check("a bb", &["a bb"]);
        check("", &[]);
    }

    #[test]
    fn similarity_counts_distinct_shingles() {
        let similarity = similarity("one two three four", "One, two three. Five!");
        assert_eq!((similarity.shared, similarity.seen_a, similarity.seen_b), (1, 2, 2));
        assert!((similarity.jaccard - 1.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn order_of_rows_makes_no_difference() {
        assert_eq!(Features::cells("a\t1\nb\t2"), Features::cells("B\t2\n\na\t 1 \t\n"));
    }

    #[test]
    fn each_cell_of_a_sheet_counts_once_for_each_place() {
        let sheet = |price: u32| format!("Day\tHours\nMon\t8\t8\nTue\t8\t{price}\n");
        let found = Features::cells(&sheet(7)).compare(&Features::cells(&sheet(9)));
        assert_eq!((found.shared, found.seen_a, found.seen_b), (7, 8, 8));
    }
}
