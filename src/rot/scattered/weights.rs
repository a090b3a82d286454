//! What each document is about, in weighted words.
//!
//! Words come in the order of their bytes, so that the forms of one stem come together and few lists
//! are in memory at a time. Of each document the most telling words are kept, whatever its length.

use std::collections::HashMap;

use crate::inventory::{DocId, Inventory, Word, WordUse, is_without_spaces};

/// So many of a document's words are kept.
pub(super) const MOST_WORDS: usize = 80;
/// A document of fewer telling words says too little of its subject.
const LEAST_WORDS: usize = 5;
/// What stands in a larger share of the documents tells of no subject.
const MOST_SHARE: f64 = 0.5;
/// Words of fewer documents are no more telling than those of this share of all, or of so many: what
/// two documents alone have tells of no subject.
const RARE_SHARE: f64 = 0.02;
const RARE_DOCUMENTS: f64 = 10.0;
/// How soon more of the same word counts for nothing more, and how much long texts are discounted.
const SATURATION: f64 = 1.2;
const LENGTH: f64 = 0.3;
/// A word of the title counts so many times more.
const TITLE: f64 = 1.0;
/// Shorter words of alphabets tell too little.
const LEAST_CHARS: usize = 3;
/// The forms of one stem begin with so many equal characters.
const SAME_BEGINNING: usize = 3;
/// No row, among positions.
const NONE: u32 = u32::MAX;

/// A word that tells documents apart, in all its forms.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    /// The most frequent form.
    pub(super) text: String,
    /// What its forms have in common.
    pub(super) stem: String,
    /// How many documents have it.
    pub(super) documents: u32,
}

/// Documents as directions: the weights of each one's words, of length 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Vectors {
    pub(super) terms: Vec<Term>,
    /// The document of each row, ascending.
    pub(super) rows: Vec<DocId>,
    // Invariant: one more than rows; ascending positions in `entries`.
    starts: Vec<u32>,
    /// Ascending by term within a row.
    entries: Vec<(u32, f32)>,
}

impl Vectors {
    /// How many documents there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The weighted terms of a row, ascending by term.
    pub(super) fn row(&self, row: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[row] as usize..self.starts[row + 1] as usize]
    }
}

/// Weighs words as they come.
pub(super) struct Weighing {
    /// The row of each document; [`NONE`] where it is not weighed.
    row_of: Vec<u32>,
    rows: Vec<DocId>,
    /// How much a document's length weighs on its words.
    length: Vec<f32>,
    terms: Vec<Term>,
    best: Vec<Vec<(f32, u32)>>,
    /// The words whose other forms may still come.
    pending: HashMap<String, Forms>,
    beginning: String,
}

#[derive(Default)]
struct Forms {
    text: String,
    most: u64,
    uses: Vec<WordUse>,
}

impl Weighing {
    /// Weighs the words of these documents, which ascend.
    pub(super) fn of(inventory: &Inventory, documents: Vec<DocId>) -> Self {
        let mut row_of = vec![NONE; inventory.len()];
        for (row, document) in (0u32..).zip(&documents) {
            row_of[document.0 as usize] = row;
        }
        let words = |id: &DocId| f64::from(inventory[*id].words().max(1));
        let mean = documents.iter().map(words).sum::<f64>() / documents.len().max(1) as f64;
        let length = |id: &DocId| (SATURATION * (1.0 - LENGTH + LENGTH * words(id) / mean)) as f32;
        Self {
            length: documents.iter().map(length).collect(),
            best: vec![Vec::new(); documents.len()],
            row_of,
            rows: documents,
            terms: Vec::new(),
            pending: HashMap::new(),
            beginning: String::new(),
        }
    }

    /// Takes a word; the order is that of their bytes.
    pub(super) fn add(&mut self, word: &Word<'_>) {
        if word.is_common || !is_telling(word.text) {
            return;
        }
        let beginning = word.text.chars().take(SAME_BEGINNING);
        if !beginning.clone().eq(self.beginning.chars()) {
            self.beginning = beginning.collect();
            self.weigh_pending();
        }
        let count = word.uses.iter().map(|it| u64::from(it.in_text + it.in_title)).sum::<u64>();
        let forms = self.pending.entry(word.stem.to_owned()).or_default();
        if forms.most < count {
            (forms.most, forms.text) = (count, word.text.to_owned());
        }
        forms.uses.extend(word.uses);
    }

    fn weigh_pending(&mut self) {
        let mut stems: Vec<(String, Forms)> = self.pending.drain().collect();
        stems.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (stem, forms) in stems {
            self.weigh(stem, forms);
        }
    }

    fn weigh(&mut self, stem: String, forms: Forms) {
        let Forms { text, mut uses, .. } = forms;
        WordUse::add_up(&mut uses);
        let (documents, all) = (uses.len() as f64, self.rows.len() as f64);
        if documents < 2.0 || MOST_SHARE * all < documents {
            return;
        }
        let counted = documents.max((RARE_SHARE * all).min(RARE_DOCUMENTS));
        let rarity = (1.0 + (all - counted + 0.5) / (counted + 0.5)).ln();
        let term = self.terms.len() as u32;
        self.terms.push(Term { text, stem, documents: uses.len() as u32 });
        for WordUse { document, in_text, in_title } in uses {
            let row = self.row_of[document.0 as usize] as usize;
            let count = f64::from(in_text.max(in_title));
            let mut weight = count * (SATURATION + 1.0) / (count + f64::from(self.length[row]));
            if 0 < in_title {
                weight *= 1.0 + TITLE;
            }
            let best = &mut self.best[row];
            best.push(((weight * rarity) as f32, term));
            if 2 * MOST_WORDS <= best.len() {
                keep_best(best);
            }
        }
    }

    /// What came of it. Documents that say too little are left out.
    pub(super) fn finish(mut self) -> Vectors {
        self.weigh_pending();
        let mut vectors = Vectors { starts: vec![0], ..Vectors::default() };
        let mut is_used = vec![false; self.terms.len()];
        for (document, mut best) in self.rows.into_iter().zip(self.best) {
            keep_best(&mut best);
            if best.len() < LEAST_WORDS {
                continue;
            }
            let length = best.iter().map(|it| it.0 * it.0).sum::<f32>().sqrt();
            best.sort_unstable_by_key(|it| it.1);
            for (weight, term) in best {
                is_used[term as usize] = true;
                vectors.entries.push((term, weight / length));
            }
            vectors.rows.push(document);
            vectors.starts.push(vectors.entries.len() as u32);
        }
        // Most words are nobody's most telling ones.
        let mut place = vec![NONE; is_used.len()];
        for (at, term) in self.terms.into_iter().enumerate().filter(|(at, _)| is_used[*at]) {
            place[at] = vectors.terms.len() as u32;
            vectors.terms.push(term);
        }
        vectors.entries.iter_mut().for_each(|it| it.0 = place[it.0 as usize]);
        vectors
    }
}

/// The weightiest, the first of equals.
fn keep_best(best: &mut Vec<(f32, u32)>) {
    best.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    best.truncate(MOST_WORDS);
}

/// Whether a word may tell of a subject: no number, no code, not too short.
pub(super) fn is_telling(word: &str) -> bool {
    let (mut letters, mut digits) = (0, 0);
    for c in word.chars() {
        if is_without_spaces(c) {
            return true;
        }
        letters += usize::from(c.is_alphabetic());
        digits += usize::from(c.is_numeric());
    }
    LEAST_CHARS <= letters + digits && 2 <= letters && digits < letters
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, record};
    use super::*;

    /// A word, its stem, and its uses.
    type Used<'a> = (&'a str, &'a str, &'a [(u32, u32, u32)]);

    fn weighed(words: &[Used<'_>], documents: u32) -> Vectors {
        let records = (0..documents).map(|at| record(&format!("{at:03}.md"))).collect();
        let inventory = inventory(records);
        let mut weighing = Weighing::of(&inventory, (0..documents).map(DocId).collect());
        for (text, stem, uses) in words {
            let uses: Vec<_> = uses
                .iter()
                .map(|&(document, in_text, in_title)| WordUse {
                    document: DocId(document),
                    in_text,
                    in_title,
                })
                .collect();
            weighing.add(&Word { text, stem, is_common: false, uses: &uses });
        }
        weighing.finish()
    }

    #[test]
    fn forms_of_one_stem_are_one_term_called_by_the_most_frequent() {
        let others = ["aaa", "bbb", "ccc", "ddd"].map(|it| (it, it, &[(0, 1, 0), (1, 1, 0)][..]));
        let mut words = others.to_vec();
        words.push(("policies", "polici", &[(0, 1, 0), (2, 1, 0)]));
        words.push(("policy", "polici", &[(0, 3, 0), (1, 2, 1)]));
        let vectors = weighed(&words, 10);
        assert_eq!(vectors.rows, [DocId(0), DocId(1)]);
        let policy = vectors.terms.iter().find(|it| it.stem == "polici").unwrap();
        assert_eq!((policy.text.as_str(), policy.documents), ("policy", 3));
        let weight = |row: usize| vectors.row(row).last().unwrap().1;
        // In the title of the second.
        assert!(weight(0) < weight(1), "{} {}", weight(0), weight(1));
    }

    #[test]
    fn numbers_codes_and_what_half_of_the_documents_have_tell_nothing() {
        for word in ["2024", "a1b2c3d4", "ab", "7f"] {
            assert!(!is_telling(word), "{word}");
        }
        for word in ["erc20", "http2", "tax", "税", "größe"] {
            assert!(is_telling(word), "{word}");
        }
        let everywhere: Vec<_> = (0..10).map(|it| (it, 5, 0)).collect();
        assert_eq!(
            weighed(&[("everywhere", "everywhere", &everywhere)], 10),
            Vectors { starts: vec![0], ..Vectors::default() }
        );
    }
}
