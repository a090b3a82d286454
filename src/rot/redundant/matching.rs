//! Passages that two texts share word for word but for edits, whatever else they say.
//!
//! Runs of five words that each text has once are the seeds. What lies between two runs that follow
//! each other closely in both texts is an edit. The work stays near the length of the texts.

use std::ops::Range;

use super::alignment::{Hunk, MAX_PRODUCT, Sides, Words, hash};

/// Runs of so many words hold a passage together.
const SEED_WORDS: usize = 5;
/// More words than this in either text, one after the other, are no edit of a passage.
const MAX_EDIT_WORDS: usize = 12;
/// Of a passage, so large a share may be edited.
const MAX_EDITED: f64 = 0.25;

/// The words of a text, and the runs of them that stand there once.
#[derive(Debug)]
pub(super) struct Seeded {
    keys: Vec<u64>,
    // Invariant: ascending by hash, one each; each run with the place of its first word.
    seeds: Vec<(u64, u32)>,
}

impl Seeded {
    pub(super) fn of(text: &str) -> Self {
        let keys = Words::of(text).into_keys();
        let runs = keys.windows(SEED_WORDS).map(hash).zip(0..);
        let mut runs = runs.collect::<Vec<(u64, u32)>>();
        runs.sort_unstable();
        let once = runs.chunk_by(|x, y| x.0 == y.0).filter(|it| it.len() == 1);
        let seeds = once.map(|it| it[0]).collect();
        Self { keys, seeds }
    }

    /// Places of the runs that stand once in each text, in order of this one.
    fn shared(&self, other: &Self) -> Vec<(usize, usize)> {
        let (a, b) = (&self.seeds, &other.seeds);
        let (mut i, mut j, mut shared) = (0, 0, Vec::new());
        while i < a.len() && j < b.len() {
            let (x, y) = (a[i], b[j]);
            if x.0 == y.0 {
                shared.push((x.1 as usize, y.1 as usize));
            }
            i += usize::from(x.0 <= y.0);
            j += usize::from(y.0 <= x.0);
        }
        shared.sort_unstable();
        shared
    }
}

/// A passage of two texts, in runs of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) a: Range<usize>,
    pub(super) b: Range<usize>,
    /// Words that are the same in both.
    pub(super) shared: usize,
    /// Where they differ, in order.
    pub(super) hunks: Vec<Hunk>,
}

/// The passages of at least so many equal words that two texts share with edits, in order of the
/// first text.
pub(super) fn matches(a: &Seeded, b: &Seeded, least: usize) -> Vec<Match> {
    let seeds = a.shared(b);
    let (a, b) = (a.keys.as_slice(), b.keys.as_slice());
    let mut found = Vec::new();
    let mut from = (0, 0);
    let mut next = 0;
    while let Some(seed) = seeds.get(next) {
        if seed.0 < from.0 {
            next += 1;
            continue;
        }
        let passage = passage(a, b, &seeds[next..], from.0);
        from = (passage.a.end, passage.b.end);
        let edited = passage.hunks.iter().map(|it| it.a.len().max(it.b.len())).sum::<usize>();
        let is_edited = 0 < edited && edited as f64 <= MAX_EDITED * passage.shared as f64;
        if is_edited && least <= passage.shared {
            found.push(passage);
        }
    }
    found
}

/// The passage around the first of ascending seeds, no further back in the first text than `from`.
fn passage(a: &[u64], b: &[u64], seeds: &[(usize, usize)], from: usize) -> Match {
    let first = run(a, b, seeds[0], (from, 0));
    let mut passage =
        Match { a: first.0.clone(), b: first.1, shared: first.0.len(), hunks: Vec::new() };
    for seed in seeds {
        let (x, y) = (passage.a.end, passage.b.end);
        if x + MAX_EDIT_WORDS < seed.0 {
            break;
        }
        if seed.0 < x || seed.1 < y || y + MAX_EDIT_WORDS < seed.1 {
            continue;
        }
        let (next_a, next_b) = run(a, b, *seed, (x, y));
        let sides = Sides { a, b, most: MAX_PRODUCT };
        sides.between(x..next_a.start, y..next_b.start, &mut passage.hunks);
        passage.shared += next_a.len();
        (passage.a.end, passage.b.end) = (next_a.end, next_b.end);
    }
    passage
}

/// The equal words around a seed, no further back than `from`.
fn run(
    a: &[u64],
    b: &[u64],
    seed: (usize, usize),
    from: (usize, usize),
) -> (Range<usize>, Range<usize>) {
    let (mut x, mut y) = seed;
    while from.0 < x && from.1 < y && a[x - 1] == b[y - 1] {
        (x, y) = (x - 1, y - 1);
    }
    let equal = a[x..].iter().zip(&b[y..]).take_while(|(x, y)| x == y).count();
    (x..x + equal, y..y + equal)
}

#[cfg(test)]
mod tests {
    use super::super::testing::prose;
    use super::*;

    /// The passages, each with the words that differ.
    fn check(a: &str, b: &str, expected: &[(usize, &[(&str, &str)])]) {
        let found = matches(&Seeded::of(a), &Seeded::of(b), 30);
        let (a, b) = (Words::of(a), Words::of(b));
        let quoted = found.iter().map(|it| {
            let hunks = it.hunks.iter();
            let hunks = hunks.map(|it| (a.quote(it.a.clone()), b.quote(it.b.clone())));
            (it.shared, hunks.collect::<Vec<_>>())
        });
        let expected = expected.iter().map(|(shared, hunks)| {
            let hunks = hunks.iter().map(|it| (it.0.to_owned(), it.1.to_owned()));
            (*shared, hunks.collect::<Vec<_>>())
        });
        assert_eq!(quoted.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }

    fn within(passage: &str, seed: u32) -> String {
        format!("{} {passage} {}", prose(seed, 200), prose(seed + 1, 150))
    }

    #[test]
    fn a_passage_is_found_with_its_edits_in_different_texts() {
        let (x, y) = (prose(1, 30), prose(2, 30));
        let a = format!("{x} at 45p a mile {y}");
        let b = format!("{x} at 40p a mile {y}");
        check(&within(&a, 10), &within(&b, 20), &[(63, &[("45p", "40p")])]);
        check(&within(&a, 10), &within(&b.replace("at 40p ", ""), 20), &[(62, &[("at 45p", "")])]);
    }

    #[test]
    fn equal_and_short_passages_are_none_and_a_new_sentence_ends_one() {
        let (x, y) = (prose(1, 40), prose(2, 40));
        check(&within(&x, 10), &within(&x, 20), &[]);
        let (short, other) = (prose(3, 10), prose(4, 10));
        let a = format!("{short} one {other}");
        let b = format!("{short} two {other}");
        check(&within(&a, 10), &within(&b, 20), &[]);
        let b = format!("{x} {} {y}", prose(5, 30));
        check(&within(&format!("{x} {y}"), 10), &within(&b, 20), &[]);
    }

    #[test]
    fn two_passages_in_another_order_are_two() {
        let edited =
            |seed: u32, word: &str| format!("{} {word} {}", prose(seed, 20), prose(seed + 1, 20));
        let a = format!("{} {} {}", edited(1, "one"), prose(30, 90), edited(5, "two"));
        let b = format!("{} {} {}", edited(5, "ten"), prose(40, 90), edited(1, "six"));
        check(&a, &b, &[(40, &[("one", "six")]), (40, &[("two", "ten")])]);
    }

    #[test]
    fn strangers_and_repetitions_share_no_passage() {
        check(&prose(1, 2_000), &prose(2, 2_000), &[]);
        check(&"again and again ".repeat(900), &"again and again ".repeat(700), &[]);
    }
}
