//! The stretches of a text that can be read for facts on their own.
//!
//! Every fact has a word that tells: one with a digit, a number in words, or a part of an address.
//! All its other words are near, so that none reaches over a long run of words that tell nothing:
//! what stands before such a run and what stands behind it are read alike apart and together.

use std::ops::Range;

use super::numbers::is_number_word;

/// No word of a fact is further from a word of it that tells; the patterns need half of it.
const REACH: usize = 6;

/// The stretch around a part of a text, no further back than `from`, of which no fact reaches out;
/// none if there is no fact in it.
pub(super) fn around(text: &str, from: usize, part: &Range<usize>) -> Option<Range<usize>> {
    let middle = |at: usize| at.clamp(from, text.len());
    let start = text[..middle(part.start)].rfind(char::is_whitespace).map_or(from, |it| {
        // Whitespace may be of several bytes.
        let width = text[it..].chars().next().map_or(1, char::len_utf8);
        from.max(it + width)
    });
    let end = middle(part.end);
    let end = text[end..].find(char::is_whitespace).map_or(text.len(), |it| end + it);
    let mut tells = text[start..end].split_whitespace().any(is_telling);
    let words = text[from..start].split_whitespace().rev();
    let places = words.map(|word| (word, offset(text, word)));
    let first = edge(places, &mut tells).unwrap_or(from);
    let words = text[end..].split_whitespace();
    let places = words.map(|word| (word, offset(text, word) + word.len()));
    let last = edge(places, &mut tells).unwrap_or(text.len());
    tells.then_some(first..last)
}

/// Where a part of a text begins in it.
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// The place at the first words, as they come, that are so many and tell so little that no fact
/// reaches over it; none where the text ends before.
fn edge<'a>(words: impl Iterator<Item = (&'a str, usize)>, tells: &mut bool) -> Option<usize> {
    let mut quiet = 0;
    let mut edge = 0;
    for (word, place) in words {
        if is_telling(word) {
            *tells = true;
            quiet = 0;
            continue;
        }
        quiet += 1;
        if quiet == REACH {
            edge = place;
        }
        if quiet == 2 * REACH {
            return Some(edge);
        }
    }
    None
}

/// Whether a fact may rest on a word. Also true of some on which none does.
fn is_telling(word: &str) -> bool {
    let is_number = |it: char| it.is_numeric() || it == '@';
    word.contains(is_number)
        || word.contains("://")
        || word.split(|it: char| !it.is_alphanumeric()).any(is_number_word)
        || word.as_bytes().windows(4).any(|it| it.eq_ignore_ascii_case(b"www."))
}
