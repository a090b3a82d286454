//! Boils a text down to what tells copies, near-copies and strangers apart.
//!
//! Knows nothing of files and formats.

use std::fmt;

/// Raised whenever the same text yields another fingerprint, so that stored records are made anew.
pub const VERSION: u32 = 1;

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
}

/// A bounded sample of a document's shingle hashes, from which similarity and containment are
/// estimated (bottom-k with FracMinHash scaling).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Ascending, distinct; every shingle hash up to `bound` is here.
    pub hashes: Vec<u32>,
    /// The largest hash value that the sample covers.
    pub bound: u32,
    /// Number of distinct shingles of the document.
    pub shingles: u32,
}

impl Fingerprint {
    /// stub
    pub fn of(text: &str) -> Option<Self> {
        let words = text.split_whitespace().count() as u32;
        (words > 0).then(|| Self {
            version: VERSION,
            text: Hash::of(text.as_bytes()).0[..16].try_into().expect("32 >= 16"),
            simhash: 0,
            sketch: Sketch::default(),
            words,
        })
    }

    /// stub
    pub fn of_rows<'a>(rows: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        Self::of(&rows.into_iter().collect::<Vec<_>>().join("\n"))
    }
}
