//! Boils a text down to what tells copies, near-copies and strangers apart.
//!
//! Knows nothing of files and formats.

mod distinct;
mod normalize;
mod passages;
mod shingle;
mod simhash;
mod sketch;
mod tokens;

use distinct::Distinct;
pub use normalize::{is_without_spaces, normalize};
pub use passages::{Passage, passage_words, passages};
pub use shingle::{Features, SHINGLE_WORDS, Similarity, shingle_hashes, similarity};
use simhash::SimHash;
pub use simhash::distance;
pub use sketch::Sketch;
pub use tokens::{Fact, Tokens};

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

/// Raised whenever the same text yields another fingerprint, so that stored records are made anew.
pub const VERSION: u32 = 3;

/// BLAKE3 hash of a file's bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Hashes `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Hashes everything that `reader` yields.
    pub fn of_reader(reader: impl std::io::Read) -> std::io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(reader)?;
        Ok(Self(*hasher.finalize().as_bytes()))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// What is kept of a document's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The [`VERSION`] it was made with.
    pub version: u32,
    /// Hash of the normalized text: the first 128 bits of its BLAKE3.
    pub text: [u8; 16],
    /// SimHash of the distinct normalized words.
    pub simhash: u64,
    /// The smallest hashes of its 3-word shingles.
    pub sketch: Sketch,
    /// Number of normalized words.
    pub words: u32,
    /// Keys of its [`passages()`] in its order, at most 512; none of a sheet.
    pub passages: Vec<u64>,
}

impl Fingerprint {
    /// Fingerprints a text as extracted; none where it has no words.
    pub fn of(text: &str) -> Option<Self> {
        let ends = passages::sentence_ends(text);
        let (normalized, marks) = normalize::normalize_marking(text, &ends);
        if normalized.is_empty() {
            return None;
        }
        let text = hash_of_text(&normalized);
        let mut words = 0;
        let mut distinct = Distinct::of_text(&text, normalized.len() / 24);
        let mut simhash = SimHash::default();
        let mut shingles = Distinct::of_text(&text, normalized.len() / 8);
        shingle::each_word(&normalized, |word, shingle| {
            words += 1;
            if distinct.insert(hash_of_word(word)) {
                simhash.add(word);
            }
            if let Some(shingle) = shingle {
                shingles.insert(xxh3_64(shingle.as_bytes()));
            }
        });
        Some(Self {
            version: VERSION,
            text,
            simhash: simhash.finish(),
            sketch: Sketch::of(shingles.upper_halves),
            words,
            passages: passages::keys(&normalized, &ends, &marks),
        })
    }

    /// Fingerprints a sheet, whose features are its rows, and in the sketch the runs of words inside
    /// them too: sorting rows changes nothing but the hash of the text. None where no row has words.
    pub fn of_rows<'a>(rows: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut words = normalize::Words::default();
        let mut ends = Vec::new();
        let mut start = 0;
        for row in rows {
            words.push_row(row);
            let length = words.since(start).len();
            if 0 < length {
                ends.push(start + length);
                start += length + 1;
            }
        }
        let normalized = words.into_text();
        if normalized.is_empty() {
            return None;
        }
        let text = hash_of_text(&normalized);
        let mut distinct = Distinct::of_text(&text, 64);
        let mut features = Distinct::of_text(&text, 64);
        let mut simhash = SimHash::default();
        start = 0;
        for end in ends {
            let row = &normalized[start..end];
            start = end + 1;
            if distinct.insert(xxh3_64(row.as_bytes())) {
                simhash.add(row);
                shingle::each_row_feature(row, |hash| _ = features.insert(hash));
            }
        }
        Some(Self {
            version: VERSION,
            text,
            simhash: simhash.finish(),
            sketch: Sketch::of(features.upper_halves),
            words: u32::try_from(normalized.split(' ').count()).unwrap_or(u32::MAX),
            passages: Vec::new(),
        })
    }
}

fn hash_of_text(normalized: &str) -> [u8; 16] {
    let Hash(hash) = Hash::of(normalized.as_bytes());
    std::array::from_fn(|byte| hash[byte])
}

/// A well-mixed hash that tells the words of a text apart, where nothing else depends on it.
fn hash_of_word(word: &str) -> u64 {
    const KEYS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03];
    let bytes = word.as_bytes();
    let (first, last) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) if bytes.len() <= 16 => {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        }
        (Some(_), Some(_)) => return xxh3_64(bytes),
        _ => (simhash::up_to_seven(bytes), 0),
    };
    let product = u128::from(first ^ KEYS[0])
        * u128::from(last.rotate_left(32) ^ KEYS[1] ^ bytes.len() as u64);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOX: &str = "The quick brown fox jumps over the lazy dog.";

    #[test]
    fn stable_across_releases() {
        let fingerprint = Fingerprint::of(FOX).unwrap();
        assert_eq!(fingerprint.text, PINNED_TEXT);
        assert_eq!(fingerprint.simhash, 1_504_212_198_473_932_219);
        assert_eq!(fingerprint.sketch.hashes, PINNED_SKETCH);
        assert_eq!((fingerprint.words, fingerprint.sketch.shingles), (9, 7));
    }

    const PINNED_SKETCH: [u32; 7] = [
        937_731_022,
        1_038_699_616,
        1_301_037_211,
        1_519_899_515,
        2_498_857_029,
        3_671_826_158,
        4_102_117_871,
    ];
    const PINNED_TEXT: [u8; 16] =
        [84, 235, 154, 82, 159, 161, 52, 58, 91, 30, 22, 234, 173, 224, 194, 116];

    #[test]
    fn container_and_layout_make_no_difference() {
        let wrapped = "the QUICK brown fox\njumps ov-\ner the lazy dog\n\nPage 1\n";
        assert_eq!(Fingerprint::of(FOX), Fingerprint::of(wrapped));
    }

    #[test]
    fn a_text_without_words_has_no_fingerprint() {
        assert_eq!(Fingerprint::of(" ... \n --- "), None);
        assert_eq!(Fingerprint::of_rows(["", "\t"]), None);
    }

    #[test]
    fn sorting_a_sheet_keeps_simhash_and_sketch() {
        let one = Fingerprint::of_rows(["name\tage", "ann\t3", "bob\t4"]).unwrap();
        let other = Fingerprint::of_rows(["bob 4", "name age", "", "ann 3"]).unwrap();
        assert_eq!((one.simhash, &one.sketch), (other.simhash, &other.sketch));
        assert_ne!(one.text, other.text);
        assert_eq!(one.words, 6);
    }

    #[test]
    fn a_column_that_changes_in_every_row_leaves_the_others_alike() {
        let row = |it: u32, price: u32| format!("part {it}\tsteel bolt\tbox {it}\t{price}");
        let sheet = |factor: u32| (0..9).map(|it| row(it, it * factor)).collect::<Vec<_>>();
        let of = |factor| Fingerprint::of_rows(sheet(factor).iter().map(String::as_str)).unwrap();
        assert!(0.4 < of(100).sketch.compare(&of(101).sketch).jaccard);
    }

    #[test]
    fn words_are_told_apart_by_every_letter() {
        let words = ["a", "aa", "ab", "ba", "abcdefgh", "abcdefgi", "abcdefghabcdefgh"];
        let more =
            ["abcdefghi", "abcdefghabcdefg", "bbcdefghi", "\u{e4}", "\u{f6}", "abcdefghabcdefghi"];
        let hashes = words.iter().chain(&more).map(|it| hash_of_word(it));
        assert_eq!(hashes.collect::<std::collections::HashSet<_>>().len(), 13);
    }
}
