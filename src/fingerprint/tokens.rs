//! The words of a text in order, as hashes: what a difference of two texts is found on.
//!
//! Each hash tells whether its word is a fact that a form is filled in with.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::normalize::normalize;

/// Of shorter texts than this, in words, what addresses are made of is facts too: a note that a
/// page has moved says nothing else.
const SHORT_WORDS: usize = 50;

/// The normalized words of a text in order, as hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    // Invariant: the lowest bit of each says whether the word is a fact.
    hashes: Vec<u64>,
}

impl Tokens {
    /// The words of a text as extracted.
    pub fn of(text: &str) -> Self {
        let normalized = normalize(text);
        let words = || normalized.split(' ').filter(|it| !it.is_empty());
        let hash = |word: &str| {
            let is_figure = word.bytes().any(|it| it.is_ascii_digit());
            xxh3_64(word.as_bytes()) & !1 | u64::from(is_figure)
        };
        let mut hashes = words().map(hash).collect::<Vec<_>>();
        if hashes.len() < SHORT_WORDS {
            let addresses = text.split_whitespace().filter(|it| is_address(it));
            let addresses = addresses.map(normalize).collect::<Vec<_>>();
            let parts = addresses.iter().flat_map(|it| it.split(' '));
            let parts = parts.map(|it| hash(it) | 1).collect::<HashSet<_>>();
            for hash in &mut hashes {
                if parts.contains(&(*hash | 1)) {
                    *hash |= 1;
                }
            }
        }
        Self { hashes }
    }

    /// Their hashes.
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// Whether the word with this hash is a fact: it has a digit, or in a short text it is part of
    /// an address.
    pub const fn is_fact(hash: u64) -> bool {
        hash & 1 == 1
    }
}

/// Whether a piece of text between spaces is a URL, a path, a file name or an e-mail address.
fn is_address(piece: &str) -> bool {
    let is_word = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
    let joins = |at: usize, mark: char| {
        is_word(piece[..at].chars().next_back())
            && is_word(piece[at + mark.len_utf8()..].chars().next())
    };
    piece.contains("://")
        || piece.char_indices().any(|(at, char)| match char {
            '/' => joins(at, char) || is_word(piece[at + 1..].chars().next()),
            '@' => joins(at, char),
            '.' => {
                joins(at, char) && piece[at + 1..].starts_with(|it: char| it.is_ascii_lowercase())
            }
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str) -> String {
        let tokens = Tokens::of(text);
        let is_fact = |hash: &u64| if Tokens::is_fact(*hash) { '#' } else { '.' };
        tokens.hashes().iter().map(is_fact).collect()
    }

    #[test]
    fn figures_are_facts() {
        assert_eq!(facts("Invoice 4711 of v2"), ".#.#");
    }

    #[test]
    fn addresses_are_facts_in_short_texts() {
        assert_eq!(facts("Moved to /docs/install.md."), "..###");
        assert_eq!(facts("see www.example.org, or ask jo@example.org"), ".###..###");
        assert_eq!(facts("and/or. That is all"), "##...");
        assert!(!facts(&"see /docs/install now ".repeat(20)).contains('#'));
    }
}
