//! The numbers and words that organisations disagree about.

use globset::GlobSet;

/// Thresholds and preferences of an organisation. Plain data; `cli` reads it from `docrot.toml`.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// What counts as a copy.
    pub duplicates: Duplicates,
    /// Which copy stays.
    pub canonical: Canonical,
    /// Folders declared to be archives: what is in them is counted, not flagged as obsolete.
    pub archives: GlobSet,
}

/// What counts as a copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicates {
    /// Pairs at or above this similarity are listed (Jaccard of 3-word shingles, 0 to 1).
    pub pair: f64,
    /// Members of a group are at or above this similarity with its canonical document.
    pub group: f64,
    /// A document is contained in another at or above this share of its shingles.
    pub containment: f64,
    /// Fewer words than this are compared as sets of words, more strictly.
    pub short_words: u32,
    /// Documents of few words are copies at or above this similarity (Jaccard of words, 0 to 1).
    pub short: f64,
    /// Fewer words than this say too little: only equal texts are copies.
    pub min_words: u32,
}

impl Default for Duplicates {
    fn default() -> Self {
        Self { pair: 0.5, group: 0.6, containment: 0.6, short_words: 50, short: 0.8, min_words: 8 }
    }
}

/// Which copy stays, by reasons in a fixed order: approved folder, declared status, newest trusted
/// date, editable original over rendition, plain name, shallow path.
#[derive(Clone, Debug, Default)]
pub struct Canonical {
    /// Folders whose documents are preferred.
    pub approved: GlobSet,
}
