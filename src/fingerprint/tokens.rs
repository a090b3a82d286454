//! The words of a text in order, as hashes: what a difference of two texts is found on.
//!
//! Each comes with what it may be in a form that is filled in.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::normalize::normalize;

/// Of shorter texts than this, in words, what addresses are made of is facts too: a note that a
/// page has moved says nothing else.
const SHORT_WORDS: usize = 50;

/// The normalized words of a text in order, as hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    hashes: Vec<u64>,
    // Invariant: as long as `hashes`.
    facts: Vec<Fact>,
    // Invariant: both of each word and its place, ascending by hash.
    sorted: Vec<(u64, u32, Fact)>,
}

/// What a word may be in a form that is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// It has a digit, or in a short text is part of an address.
    Figure,
    /// It begins with a capital letter somewhere in the text, and goes on in small ones.
    Name,
    /// Neither.
    Word,
}

impl Tokens {
    /// The words of a text as extracted.
    pub fn of(text: &str) -> Self {
        let normalized = normalize(text);
        let words = normalized.split(' ').filter(|it| !it.is_empty()).collect::<Vec<_>>();
        let hash = |word: &str| xxh3_64(word.as_bytes());
        let hashes_of = |is_wanted: fn(&str) -> bool| {
            let pieces = text.split_whitespace().filter(|it| is_wanted(it));
            let mut pieces = pieces.collect::<Vec<_>>();
            // A name stands in a text many times.
            pieces.sort_unstable();
            pieces.dedup();
            let normalized = pieces.into_iter().map(normalize);
            let mut hashes = HashSet::new();
            normalized.for_each(|it| hashes.extend(it.split(' ').map(hash)));
            hashes
        };
        let names = hashes_of(is_name);
        let is_short = words.len() < SHORT_WORDS;
        let addresses = if is_short { hashes_of(is_address) } else { HashSet::new() };
        let hashes = words.iter().map(|it| hash(it)).collect::<Vec<_>>();
        let fact = |(word, hash): (&&str, &u64)| {
            if word.bytes().any(|it| it.is_ascii_digit()) || addresses.contains(hash) {
                Fact::Figure
            } else if names.contains(hash) {
                Fact::Name
            } else {
                Fact::Word
            }
        };
        let facts = words.iter().zip(&hashes).map(fact).collect::<Vec<_>>();
        let sorted = hashes.iter().zip(0..).zip(&facts);
        let mut sorted = sorted.map(|((hash, at), fact)| (*hash, at, *fact)).collect::<Vec<_>>();
        sorted.sort_unstable_by_key(|it| it.0);
        Self { hashes, facts, sorted }
    }

    /// Their hashes.
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// What each may be.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Places of the words that stand once in each, in the order of this one.
    pub fn once_in_both(&self, other: &Self) -> Vec<(usize, usize)> {
        const NONE: u32 = u32::MAX;
        let is_once = |sorted: &[(u64, u32, Fact)], at: usize| {
            let is_other = |it: Option<&(u64, u32, Fact)>| it.is_none_or(|it| it.0 != sorted[at].0);
            is_other(sorted.get(at + 1)) && is_other(at.checked_sub(1).map(|it| &sorted[it]))
        };
        let (a, b) = (&self.sorted, &other.sorted);
        let mut there = vec![NONE; a.len()];
        let (mut i, mut j) = (0, 0);
        while i < a.len() && j < b.len() {
            // Without branches but for what is shared: which side is smaller cannot be predicted.
            let (x, y) = (a[i].0, b[j].0);
            if x == y && is_once(a, i) && is_once(b, j) {
                there[a[i].1 as usize] = b[j].1;
            }
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        let places = there.into_iter().enumerate().filter(|it| it.1 != NONE);
        places.map(|(here, there)| (here, there as usize)).collect()
    }

    /// The words that one has more often than the other, wherever they stand: how many there are,
    /// and how many of them are figures and names.
    pub fn surplus(&self, other: &Self) -> [usize; 3] {
        let mut found = [0; 3];
        let mut add = |fact: Fact| {
            found[0] += 1;
            found[1] += usize::from(fact == Fact::Figure);
            found[2] += usize::from(fact == Fact::Name);
        };
        let (mut a, mut b) = (self.sorted.iter().peekable(), other.sorted.iter().peekable());
        loop {
            match (a.peek(), b.peek()) {
                (Some(x), Some(y)) if x.0 == y.0 => _ = (a.next(), b.next()),
                (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                    add(x.2);
                    a.next();
                }
                (_, Some(y)) => {
                    add(y.2);
                    b.next();
                }
                _ => return found,
            }
        }
    }
}

/// Whether a piece of text between spaces is a word like `Smith`, and not `SMITH`.
fn is_name(piece: &str) -> bool {
    let mut chars = piece.chars().skip_while(|it| !it.is_alphanumeric());
    chars.next().is_some_and(char::is_uppercase) && chars.next().is_some_and(char::is_lowercase)
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
        let mark = |fact: &Fact| match fact {
            Fact::Figure => '#',
            Fact::Name => 'N',
            Fact::Word => '.',
        };
        Tokens::of(text).facts().iter().map(mark).collect()
    }

    #[test]
    fn names_are_words_with_a_capital_somewhere() {
        assert_eq!(facts("Dear Ann, ann OF Kent"), "NNN.N");
    }

    #[test]
    fn what_one_text_has_more_often_is_counted() {
        let (a, b) = (Tokens::of("a 1 b b Ann"), Tokens::of("b a c 2 2"));
        assert_eq!(a.surplus(&b), [6, 3, 1]);
        assert_eq!(b.surplus(&a), a.surplus(&b));
        assert_eq!(a.surplus(&a), [0; 3]);
    }

    #[test]
    fn words_that_stand_once_in_each_are_told_with_their_places() {
        let (a, b) = (Tokens::of("x twice only twice y z"), Tokens::of("y z twice z x new"));
        assert_eq!(a.once_in_both(&b), [(0, 4), (4, 0)]);
    }

    #[test]
    fn figures_are_facts() {
        assert_eq!(facts("invoice 4711 of v2"), ".#.#");
    }

    #[test]
    fn addresses_are_facts_in_short_texts() {
        assert_eq!(facts("moved to /docs/install.md."), "..###");
        assert_eq!(facts("see www.example.org, or ask jo@example.org"), ".###..###");
        assert_eq!(facts("and/or. that is all"), "##...");
        assert!(!facts(&"see /docs/install now ".repeat(20)).contains('#'));
    }
}
