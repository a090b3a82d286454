//! How many documents are asked for at once, and how they are asked for in addresses.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Pages grow and shrink towards this size.
const PAGE_BYTES: u64 = 4 << 20;
/// No page may be longer. The longest document has to fit in.
pub(super) const MOST_PAGE_BYTES: u64 = 256 << 20;
/// The first page has so many.
pub(super) const FIRST_DOCUMENTS: u64 = 100;
/// So many has each page of a scroll, which keeps the size that it was opened with.
pub(super) const SCROLLED_DOCUMENTS: u64 = 500;
/// More than that is refused by most engines.
const MOST_DOCUMENTS: u64 = 10_000;

/// How many documents the next page shall have, by the last one of `size` that had `got`.
pub(super) fn next_size(size: u64, got: u64, bytes: u64) -> u64 {
    let each = (bytes / got.max(1)).max(1);
    // A page of long documents may follow one of short ones, so pages grow step by step.
    (PAGE_BYTES / each).clamp(1, size.saturating_mul(4)).min(MOST_DOCUMENTS)
}

/// What stands for itself in an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A word as it stands in the query of an address.
pub(super) fn encoded(word: &str) -> String {
    utf8_percent_encode(word, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_grow_and_shrink_towards_their_size() {
        assert_eq!(next_size(100, 100, 50_000), 400);
        assert_eq!(next_size(8_000, 8_000, 800_000), MOST_DOCUMENTS);
        assert_eq!(next_size(400, 400, 40 << 20), 40);
        assert_eq!(next_size(1, 1, 100 << 20), 1);
    }

    #[test]
    fn words_are_encoded_for_addresses() {
        assert_eq!(encoded("a b&c=ü/+"), "a%20b%26c%3D%C3%BC%2F%2B");
    }
}
