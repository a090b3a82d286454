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

use crate::fingerprint::is_without_spaces;

/// Runs of so many words hold two texts together.
const ANCHOR_WORDS: usize = 3;
/// Longer stretches than this, in words of one side times words of the other, are not compared.
const MAX_PRODUCT: usize = 1 << 22;
/// Signs at the edge of a word that belong to its meaning.
const SIGNS: &str = "$€£¥₹%‰°§@#+";

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
        let mut words = Self { text, ranges: Vec::new(), keys: Vec::new() };
        let mut start = None;
        for (at, char) in text.char_indices() {
            let stands_alone = is_without_spaces(char);
            if (char.is_whitespace() || char == '|' || stands_alone)
                && let Some(start) = start.take()
            {
                words.push(start..at);
            }
            if stands_alone {
                words.push(at..at + char.len_utf8());
            } else if start.is_none() && !char.is_whitespace() && char != '|' {
                start = Some(at);
            }
        }
        if let Some(start) = start {
            words.push(start..text.len());
        }
        words
    }

    fn push(&mut self, range: Range<usize>) {
        let is_kept = |it: char| it.is_alphanumeric() || SIGNS.contains(it);
        let word = &self.text[range.clone()];
        if !word.contains(char::is_alphanumeric) {
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
    let mut found = Vec::new();
    let mut from = (0, 0);
    let end = (a.len(), b.len());
    for (x, y) in anchors(&a.keys, &b.keys).into_iter().chain([end]) {
        between(&a.keys, &b.keys, from.0..x, from.1..y, &mut found);
        from = (x + 1, y + 1);
    }
    found
}

/// Compares what lies between two places that hold the texts together.
pub(super) fn between(
    a: &[u64],
    b: &[u64],
    x: Range<usize>,
    y: Range<usize>,
    found: &mut Vec<Hunk>,
) {
    let mut push = |hunk: Hunk| match found.last_mut() {
        Some(last) if last.a.end == hunk.a.start && last.b.end == hunk.b.start => {
            last.a.end = hunk.a.end;
            last.b.end = hunk.b.end;
        }
        _ => found.push(hunk),
    };
    if x.is_empty() && y.is_empty() {
        return;
    }
    if a[x.clone()] == b[y.clone()] {
        return;
    }
    let is_one_word = x.len() == 1 && y.len() == 1;
    if x.is_empty() || y.is_empty() || is_one_word || MAX_PRODUCT < x.len() * y.len() {
        return push(Hunk { a: x, b: y });
    }
    let ops = capture_diff_slices(Algorithm::Myers, &a[x.clone()], &b[y.clone()]);
    for op in ops.iter().filter(|it| !matches!(it, DiffOp::Equal { .. })) {
        let shift = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        push(Hunk { a: shift(op.old_range(), x.start), b: shift(op.new_range(), y.start) });
    }
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
        let place = ends.partition_point(|it| pairs[*it].1 < pair.1);
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
