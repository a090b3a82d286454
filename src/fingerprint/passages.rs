//! Passages: the sentences of a text as hashes in its order, by which a paragraph is found again in
//! other documents.
//!
//! Where a sentence ends is told from the text alone, and the break of a line within running text
//! is not an end. So a paragraph of a Word file, of its PDF and of a hard-wrapped text file have
//! the same sentences.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::normalize::normalize_marking;

/// Sentences of fewer words say too little to be looked for.
const MIN_WORDS: usize = 8;
/// Longer ones are parted: what has no ends of sentences is no sentence.
const MAX_WORDS: usize = 64;
/// At most so many passages of one text are kept, those of the smallest hashes.
const MAX_KEPT: usize = 512;
/// A line shorter than this, in bytes, ends a paragraph, unless the next goes on in lower case.
const FULL_LINE_BYTES: usize = 60;
/// The bits of a key that hold the number of words.
const WORDS_MASK: u64 = 63;

/// A sentence of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Equal for equal normalized words; see [`passage_words`].
    pub key: u64,
}

/// How many words the passage of this key has; 63 stands for 63 and more.
pub const fn passage_words(key: u64) -> u32 {
    (key & WORDS_MASK) as u32
}

/// The sentences of a text that are long enough to be looked for, in its order.
pub fn passages(text: &str) -> Vec<Passage> {
    let ends = sentence_ends(text);
    let (normalized, marks) = normalize_marking(text, &ends);
    of_normalized(&normalized, &ends, &marks)
}

/// The passages of a text whose sentences end at `ends`, and in its normalized words at `marks`.
fn of_normalized(normalized: &str, ends: &[usize], marks: &[usize]) -> Vec<Passage> {
    let mut found = Vec::new();
    let (mut start, mut from) = (0, 0);
    for (end, mark) in ends.iter().copied().zip(marks.iter().copied()) {
        let range = start..end;
        // A hyphen that joins a word across the end of a sentence can leave a mark inside of it.
        let mut rest = normalized.get(from..mark.min(normalized.len())).unwrap_or_default().trim();
        (start, from) = (end, mark);
        while !rest.is_empty() {
            let all = rest.bytes().filter(|it| *it == b' ').count() + 1;
            let (mut cut, words) = (rest.len(), all.min(MAX_WORDS));
            // Nearly every sentence is shorter, and counting is much faster than looking for places.
            if MAX_WORDS < all {
                cut = rest.match_indices(' ').nth(MAX_WORDS - 1).map_or(cut, |it| it.0);
            }
            found.extend(passage(range.clone(), &rest[..cut], words));
            rest = rest[cut..].trim_start();
        }
    }
    found
}

fn passage(range: Range<usize>, normalized: &str, words: usize) -> Option<Passage> {
    let key = xxh3_64(normalized.as_bytes()) & !WORDS_MASK | (words as u64).min(WORDS_MASK);
    (MIN_WORDS <= words).then_some(Passage { range, key })
}

/// The keys of a text that are kept, in its order; of what [`normalize_marking`] gave for its
/// [`sentence_ends`].
pub(super) fn keys(normalized: &str, ends: &[usize], marks: &[usize]) -> Vec<u64> {
    let passages = of_normalized(normalized, ends, marks);
    let mut keys = passages.into_iter().map(|it| it.key).collect::<Vec<_>>();
    if MAX_KEPT < keys.len() {
        let mut smallest = keys.clone();
        let (_, bound, _) = smallest.select_nth_unstable(MAX_KEPT - 1);
        let bound = *bound;
        keys.retain(|it| *it <= bound);
        keys.truncate(MAX_KEPT);
    }
    keys
}

/// Bytes at which a sentence may end.
const MAY_END: [bool; 256] = {
    let mut table = [false; 256];
    let ends = b".!?\t|\n\xe3\xef";
    let mut at = 0;
    while at < ends.len() {
        table[ends[at] as usize] = true;
        at += 1;
    }
    table
};

/// Where the sentences of a text end, in bytes: each where the next begins, the last with the text.
pub(super) fn sentence_ends(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut ends = Vec::with_capacity(text.len() / 64);
    let mut line_start = 0;
    let mut at = 0;
    while at < bytes.len() {
        if !MAY_END[usize::from(bytes[at])] {
            at += 1;
            continue;
        }
        let (is_end, width) = match bytes[at] {
            b'.' | b'!' | b'?' => (ends_sentence(bytes, at), 1),
            b'\t' | b'|' => (true, 1),
            b'\n' => {
                let is_end = ends_paragraph(text, line_start, at);
                line_start = at + 1;
                (is_end, 1)
            }
            // 。 ！ ？
            0xe3 if bytes[at..].starts_with("。".as_bytes()) => (true, 3),
            0xef if text[at..].starts_with(['！', '？']) => (true, 3),
            _ => (false, 1),
        };
        at += width;
        if is_end {
            ends.push(at);
        }
    }
    if ends.last().is_none_or(|it| *it < text.len()) {
        ends.push(text.len());
    }
    ends
}

/// Whether a full stop is followed by white space, after quotes and brackets.
fn ends_sentence(bytes: &[u8], at: usize) -> bool {
    let after = bytes[at + 1..].iter().find(|it| !matches!(it, b'"' | b'\'' | b')' | b']' | b'*'));
    after.is_none_or(u8::is_ascii_whitespace)
}

/// Whether a break of a line at `at` is the end of a paragraph.
fn ends_paragraph(text: &str, line_start: usize, at: usize) -> bool {
    let line = text[line_start..at].trim_end();
    let rest = text[at + 1..].trim_start_matches([' ', '\r', '\t']);
    match rest.chars().next() {
        None | Some('\n') => true,
        Some(first) if first.is_lowercase() => false,
        Some(first) if first.is_alphabetic() => line.len() < FULL_LINE_BYTES,
        // A number may go on, or may number an item.
        Some(first) if first.is_ascii_digit() => {
            let after = rest.trim_start_matches(|it: char| it.is_ascii_digit());
            line.len() < FULL_LINE_BYTES || after.starts_with(['.', ')'])
        }
        Some('(' | '"' | '\u{201c}' | '\u{201e}' | '\u{ab}') => line.len() < FULL_LINE_BYTES,
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fingerprint::normalize;

    fn check(text: &str, expected: &[&str]) {
        let found = passages(text);
        let found = found.iter().map(|it| text[it.range.clone()].trim()).collect::<Vec<_>>();
        assert_eq!(found, expected);
    }

    const A: &str = "Everyone who travels for us books the train unless a car is cheaper.";
    const B: &str = "The rate for the use of a car of one's own is 45p per mile.";

    #[test]
    fn sentences_are_told_from_the_text() {
        check(&format!("Travel policy\n{A} {B}\nShort one."), &[A, B]);
        check(&format!("- {A}\n- {B}\n"), &[&format!("- {A}"), &format!("- {B}")]);
    }

    #[test]
    fn wrapping_and_container_make_no_difference() {
        let keys = |text: &str| passages(text).into_iter().map(|it| it.key).collect::<Vec<_>>();
        let plain = keys(&format!("Travel policy\n{A} {B}"));
        assert_eq!(plain.len(), 2);
        let wrapped = "TRAVEL POLICY\n\nEveryone who travels for us books the train unless a car is cheap-\ner. The rate for the use of a car of one's own is 45p\nper mile.\n";
        assert_eq!(keys(wrapped), plain);
        assert_eq!(passage_words(plain[0]), 13);
    }

    proptest! {
        #[test]
        fn marking_ends_changes_no_word(text in "([a-zA-Z0-9]{1,6}|[-.!?|\t\n 。！é½ﬁ\u{301}\u{ad}カﾞ界]){0,60}") {
            let ends = sentence_ends(&text);
            let (normalized, marks) = normalize_marking(&text, &ends);
            prop_assert_eq!(normalized, normalize(&text));
            prop_assert_eq!(marks.len(), ends.len());
        }
    }

    #[test]
    fn a_tab_at_the_start_of_a_line_parts_no_broken_word() {
        let normalized = |text: &str| normalize_marking(text, &sentence_ends(text)).0;
        assert_eq!(normalized("a-\n\ta"), "aa");
        assert_eq!(normalized("a-\ta"), "a a");
    }

    fn keys(text: &str) -> Vec<u64> {
        let ends = sentence_ends(text);
        let (normalized, marks) = normalize_marking(text, &ends);
        super::keys(&normalized, &ends, &marks)
    }

    #[test]
    fn texts_without_ends_of_sentences_are_parted_and_long_ones_sampled() {
        let text = "word ".repeat(200);
        assert_eq!(passages(&text).len(), 4);
        let long =
            (0..3_000).map(|it| format!("Number {it} of the list is the next of all here.\n"));
        let long = long.collect::<String>();
        let kept = keys(&long);
        assert_eq!(kept.len(), MAX_KEPT);
        let half = keys(&long[..long.len() / 2]);
        // The same are kept of both, as far as both have them.
        assert!(kept.iter().filter(|it| half.contains(it)).count() > MAX_KEPT / 3);
    }
}
