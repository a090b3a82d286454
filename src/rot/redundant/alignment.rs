//! Two texts laid side by side, word by word: where they agree and where they do not.
//!
//! Runs of words that each text has once hold the two together; only what lies between them is
//! compared word by word. So the work stays near the length of the texts, however they differ:
//! what is too long to compare counts as replaced.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use xxhash_rust::xxh3::xxh3_64;

use crate::fingerprint::{Tokens, is_without_spaces};

/// Runs of so many words hold two texts together.
const ANCHOR_WORDS: usize = 3;
/// Longer stretches than this, in words of one side times words of the other, are not compared.
pub(super) const MAX_PRODUCT: usize = 1 << 22;
/// The same where many pairs of texts are compared: so long a stretch is no slot of a form.
const MAX_TOKENS_PRODUCT: usize = 1 << 16;
/// Signs at the edge of a word that belong to its meaning.
const SIGNS: [char; 12] = ['$', '€', '£', '¥', '₹', '%', '‰', '°', '§', '@', '#', '+'];

/// A text as words that know where they stand. Layout, case and punctuation make no difference.
#[derive(Clone, Debug)]
pub(super) struct Words<'a> {
    pub(super) text: &'a str,
    // Invariant: ranges lie in `text`, ascend and do not overlap; one key each.
    ranges: Vec<Range<usize>>,
    keys: Vec<u64>,
}

impl<'a> Words<'a> {
    /// Takes a text apart.
    pub(super) fn of(text: &'a str) -> Self {
        let room = text.len() / 6;
        let (ranges, keys) = (Vec::with_capacity(room), Vec::with_capacity(room));
        let mut words = Self { text, ranges, keys };
        let mut start = None;
        let mut at = 0;
        while let Some(byte) = text.as_bytes().get(at) {
            let (is_gap, stands_alone, width) = match byte {
                b'\t'..=b'\r' | b' ' | b'|' => (true, false, 1),
                byte if byte.is_ascii() => (false, false, 1),
                _ => {
                    let Some(char) = text[at..].chars().next() else { break };
                    (char.is_whitespace(), is_without_spaces(char), char.len_utf8())
                }
            };
            if (is_gap || stands_alone)
                && let Some(start) = start.take()
            {
                words.push(start..at);
            }
            if stands_alone {
                words.push(at..at + width);
            } else if start.is_none() && !is_gap {
                start = Some(at);
            }
            at += width;
        }
        if let Some(start) = start {
            words.push(start..text.len());
        }
        words
    }

    fn push(&mut self, range: Range<usize>) {
        let is_word = |it: char| it.is_ascii_alphanumeric() || it.is_alphanumeric();
        let is_kept = |it: char| is_word(it) || SIGNS.contains(&it);
        let word = &self.text[range.clone()];
        if !word.contains(is_word) {
            return;
        }
        let start = range.start + word.find(is_kept).unwrap_or(0);
        let kept = word.trim_end_matches(|it| !is_kept(it));
        let range = start..(range.start + kept.len()).max(start);
        // A word that a hyphen breaks at the end of a line is one word.
        if let Some(last) = self.ranges.last().cloned()
            && self.is_broken(&last, &range)
        {
            let joined = last.start..range.end;
            let whole = self.text[joined.clone()].replace(['-', '\n', '\r', ' '], "");
            self.ranges.pop();
            self.keys.pop();
            self.keys.push(key(&whole));
            self.ranges.push(joined);
            return;
        }
        self.keys.push(key(&self.text[range.clone()]));
        self.ranges.push(range);
    }

    fn is_broken(&self, last: &Range<usize>, next: &Range<usize>) -> bool {
        let gap = &self.text[last.end..next.start];
        let is_lower = |it: Option<char>| it.is_some_and(char::is_lowercase);
        gap.len() <= 4
            && gap.starts_with('-')
            && gap.contains('\n')
            && is_lower(self.text[..last.end].chars().next_back())
            && is_lower(self.text[next.start..].chars().next())
    }

    /// How many words there are.
    pub(super) const fn len(&self) -> usize {
        self.ranges.len()
    }

    /// A word as written, without what surrounds it.
    pub(super) fn word(&self, word: usize) -> &'a str {
        &self.text[self.ranges[word].clone()]
    }

    /// Their hashes, in order.
    pub(super) fn into_keys(self) -> Vec<u64> {
        self.keys
    }

    /// Whether a word, given in lower case, stands in it anywhere.
    pub(super) fn has(&self, word: &str) -> bool {
        self.keys.contains(&key(word))
    }

    /// Runs of words of which no run of three stands in another text.
    pub(super) fn missing_in(&self, other: &Self) -> Vec<Range<usize>> {
        let known = other.keys.windows(ANCHOR_WORDS).map(hash);
        let known = known.collect::<HashSet<_, BuildHasherDefault<Hashed>>>();
        let mut is_known = vec![false; self.len()];
        for (at, run) in self.keys.windows(ANCHOR_WORDS).enumerate() {
            if known.contains(&hash(run)) {
                is_known[at..at + ANCHOR_WORDS].fill(true);
            }
        }
        let mut runs = Vec::<Range<usize>>::new();
        for word in (0..self.len()).filter(|it| !is_known[*it]) {
            match runs.last_mut() {
                Some(last) if last.end == word => last.end += 1,
                _ => runs.push(word..word + 1),
            }
        }
        runs
    }

    /// Where a run of words stands in the text; where the next one would stand if there is none.
    pub(super) fn span(&self, words: &Range<usize>) -> Range<usize> {
        let at = |word: usize| self.ranges.get(word).map_or(self.text.len(), |it| it.start);
        if words.is_empty() {
            return at(words.start)..at(words.start);
        }
        at(words.start)..self.ranges[words.end - 1].end
    }

    /// The first word that stands at or after a place of the text.
    pub(super) fn at(&self, place: usize) -> usize {
        self.ranges.partition_point(|it| it.end <= place)
    }

    /// A run of words as written, in one line; a run that reaches past the ends is cut.
    pub(super) fn quote(&self, words: Range<usize>) -> String {
        let words = words.start.min(self.len())..words.end.min(self.len());
        if words.is_empty() {
            return String::new();
        }
        self.text[self.span(&words)].split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A run of words with those around it, to the ends of its sentence but no more than `most` on
    /// either side.
    pub(super) fn sentence(&self, words: &Range<usize>, most: usize) -> Range<usize> {
        let ends_between = |word: usize| {
            let gap = &self.text[self.ranges[word - 1].end..self.ranges[word].start];
            let has_end = gap.contains(['.', '!', '?', ';', '\u{2022}']);
            has_end || gap.bytes().filter(|it| *it == b'\n').count() > 1
        };
        let (mut start, mut end) = (words.start.min(self.len()), words.end.min(self.len()));
        while 0 < start && words.start - start < most && start < self.len() && !ends_between(start)
        {
            start -= 1;
        }
        while 0 < end && end < self.len() && end - words.end < most && !ends_between(end) {
            end += 1;
        }
        if start < end {
            return start..end;
        }
        // Where a sentence begins with nothing, it is quoted from there.
        let mut end = (start + 1).min(self.len());
        while end < self.len() && end - start < most && !ends_between(end) {
            end += 1;
        }
        start..end.max(start)
    }

    /// Each word of a run in lower case, without what surrounds it.
    pub(super) fn lower(&self, words: &Range<usize>) -> Vec<String> {
        words.clone().map(|it| plain(&self.text[self.ranges[it].clone()])).collect()
    }
}

fn plain(word: &str) -> String {
    word.to_lowercase().replace(['\u{2019}', '\u{2018}'], "'")
}

fn key(word: &str) -> u64 {
    let mut short = [0; 32];
    match short.get_mut(..word.len()) {
        // Nearly every word, and no room is made for it.
        Some(short) if word.is_ascii() => {
            short.copy_from_slice(word.as_bytes());
            short.make_ascii_lowercase();
            xxh3_64(short)
        }
        _ => xxh3_64(plain(word).as_bytes()),
    }
}

/// A stretch in which two texts differ, as runs of words of both; one of them may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) a: Range<usize>,
    pub(super) b: Range<usize>,
}

/// Where two texts differ, in order.
pub(super) fn hunks(a: &Words<'_>, b: &Words<'_>) -> Vec<Hunk> {
    Sides { a: &a.keys, b: &b.keys, most: MAX_PRODUCT }.hunks(&anchors(&a.keys, &b.keys))
}

/// Where two texts differ, in order, in nearly the time that it takes to read them: words that each
/// has once hold them together, and longer stretches without any count as replaced.
pub(super) fn hunks_of_tokens(a: &Tokens, b: &Tokens) -> Vec<Hunk> {
    let sides = Sides { a: a.hashes(), b: b.hashes(), most: MAX_TOKENS_PRODUCT };
    let mut places = a.once_in_both(b);
    // A word alone may stand anywhere.
    places.retain(|(x, y)| sides.is_in_a_run(*x, *y));
    sides.hunks(&longest_rise(&places))
}

/// The words of two texts, as hashes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides<'a> {
    pub(super) a: &'a [u64],
    pub(super) b: &'a [u64],
    /// Longer stretches than this, in words of one side times words of the other, are not compared.
    pub(super) most: usize,
}

impl Sides<'_> {
    /// Where they differ beside places at which they are held together, which rise in both.
    fn hunks(&self, places: &[(usize, usize)]) -> Vec<Hunk> {
        let mut found = Vec::new();
        let mut from = (0, 0);
        let end = (self.a.len(), self.b.len());
        for (x, y) in places.iter().copied().chain([end]) {
            self.between(from.0..x, from.1..y, &mut found);
            from = (x + 1, y + 1);
        }
        found
    }

    /// Whether two equal words are part of equal runs of [`ANCHOR_WORDS`].
    fn is_in_a_run(&self, x: usize, y: usize) -> bool {
        let after = self.a[x..].iter().zip(&self.b[y..]).take(ANCHOR_WORDS);
        let after = after.take_while(|(x, y)| x == y).count();
        let before = self.a[..x].iter().rev().zip(self.b[..y].iter().rev());
        let missing = ANCHOR_WORDS - after;
        missing == before.take(missing).take_while(|(x, y)| x == y).count()
    }

    /// Compares what lies between two places that hold the texts together.
    pub(super) fn between(&self, x: Range<usize>, y: Range<usize>, found: &mut Vec<Hunk>) {
        if x.is_empty() && y.is_empty() {
            return;
        }
        let (a, b) = (&self.a[x.clone()], &self.b[y.clone()]);
        let before = a.iter().zip(b).take_while(|(x, y)| x == y).count();
        let (a, b) = (&a[before..], &b[before..]);
        let after = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
        let (a, b) = (&a[..a.len() - after], &b[..b.len() - after]);
        if a.is_empty() && b.is_empty() {
            return;
        }
        let mut push = |x: Range<usize>, y: Range<usize>| match found.last_mut() {
            Some(last) if last.a.end == x.start && last.b.end == y.start => {
                (last.a.end, last.b.end) = (x.end, y.end);
            }
            _ => found.push(Hunk { a: x, b: y }),
        };
        let (start_a, start_b) = (x.start + before, y.start + before);
        let shift = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        if a.len().min(b.len()) <= 1 && is_told_apart(a, b) || self.most < a.len() * b.len() {
            return push(shift(0..a.len(), start_a), shift(0..b.len(), start_b));
        }
        for op in capture_diff_slices(Algorithm::Myers, a, b) {
            if !matches!(op, DiffOp::Equal { .. }) {
                push(shift(op.old_range(), start_a), shift(op.new_range(), start_b));
            }
        }
    }
}

/// Whether nothing of one side stands in the other, of which one has a word at most.
fn is_told_apart(a: &[u64], b: &[u64]) -> bool {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().all(|it| !many.contains(it))
}

/// Places of runs of words that stand once in each text and in one order in both.
fn anchors(a: &[u64], b: &[u64]) -> Vec<(usize, usize)> {
    let unique = |keys: &[u64]| {
        let mut places = HashMap::<u64, Option<usize>, BuildHasherDefault<Hashed>>::default();
        places.reserve(keys.len());
        for (at, run) in keys.windows(ANCHOR_WORDS).enumerate() {
            places.entry(hash(run)).and_modify(|it| *it = None).or_insert(Some(at));
        }
        places
    };
    let in_b = unique(b);
    let mut pairs = unique(a)
        .into_iter()
        .filter_map(|(run, at)| Some((at?, (*in_b.get(&run)?)?)))
        .collect::<Vec<_>>();
    pairs.sort_unstable();
    longest_rise(&pairs)
}

/// Takes what is a hash already as it is.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= xxh3_64(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

pub(super) fn hash(run: &[u64]) -> u64 {
    run.iter().fold(0, |sum, it| (sum ^ it).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29))
}

/// The longest subsequence whose second values rise; first values rise already.
fn longest_rise(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends = Vec::<usize>::new();
    let mut before = vec![usize::MAX; pairs.len()];
    for (at, pair) in pairs.iter().enumerate() {
        // Nearly always, all of them rise.
        let rises = ends.last().is_none_or(|it| pairs[*it].1 < pair.1);
        let place =
            if rises { ends.len() } else { ends.partition_point(|it| pairs[*it].1 < pair.1) };
        if 0 < place {
            before[at] = ends[place - 1];
        }
        if place == ends.len() {
            ends.push(at);
        } else {
            ends[place] = at;
        }
    }
    let mut rise = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied().unwrap_or(usize::MAX);
    while let Some(pair) = pairs.get(at) {
        rise.push(*pair);
        at = before[at];
    }
    rise.reverse();
    rise
}

#[cfg(test)]
mod tests {
    use super::super::testing::prose;
    use super::*;

    fn check(a: &str, b: &str, expected: &[(&str, &str)]) {
        let (a, b) = (Words::of(a), Words::of(b));
        let quote = |it: &Hunk| (a.quote(it.a.clone()), b.quote(it.b.clone()));
        let found = hunks(&a, &b).iter().map(quote).collect::<Vec<_>>();
        let found = found.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect::<Vec<_>>();
        assert_eq!(found, expected);
    }

    #[test]
    fn words_that_differ_are_found_in_place() {
        check(
            "The rate is 45p per mile. Ask first.",
            "the rate is 40p per\nmile, ask  FIRST",
            &[("45p", "40p")],
        );
        check("you must not smoke", "you must smoke", &[("not", "")]);
        check("|a|b|", "a b", &[]);
        check("the docu-\nment is here", "the document is there", &[("here", "there")]);
        check("料金は45円です", "料金は40円です", &[("45", "40")]);
    }

    #[test]
    fn a_moved_part_leaves_the_rest_aligned() {
        let (x, y, z) = (prose(1, 40), prose(2, 40), prose(3, 40));
        let a = format!("{x} {y} {z} costs 45p");
        let b = format!("{y} {x} {z} costs 40p");
        let (a, b) = (Words::of(&a), Words::of(&b));
        let last = hunks(&a, &b).pop().unwrap();
        assert_eq!((a.quote(last.a), b.quote(last.b)), ("45p".to_owned(), "40p".to_owned()));
    }

    #[test]
    fn strangers_of_any_length_are_one_replacement() {
        let (a, b) = (prose(1, 3_000), prose(2, 3_000));
        let (a, b) = (Words::of(&a), Words::of(&b));
        assert_eq!(hunks(&a, &b), [Hunk { a: 0..3_000, b: 0..3_000 }]);
    }
}
