//! What a subject is called: the words and the title that tell its documents from all others.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::inventory::{DocId, Inventory};

use super::weights::{Vectors, is_telling};

/// A telling word stands in so large a share of the documents of its subject.
const LEAST_COVERAGE: f64 = 0.25;
/// A telling word is so much more frequent there than among all.
const LEAST_LIFT: f64 = 2.0;
/// A subject has so many telling words, or it is none.
const LEAST_TELLING: usize = 2;
/// So many are kept.
const MOST_TELLING: usize = 8;
/// Words in a name where no title says it.
const NAME_WORDS: usize = 3;
/// A phrase stands in the titles of so large a share of the documents, and of so many.
const PHRASE_SHARE: f64 = 0.15;
const PHRASE_DOCUMENTS: usize = 3;

/// The telling words of some documents, the most telling first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Telling {
    /// Positions among the terms.
    pub(super) terms: Vec<u32>,
}

impl Telling {
    /// Whether they make a subject.
    pub(super) fn is_subject(&self) -> bool {
        LEAST_TELLING <= self.terms.len()
    }
}

/// Documents that others are told from, which are among them.
pub(super) struct Around {
    all: f64,
    /// In how many of them each term stands; none where all documents are meant.
    documents: Option<HashMap<u32, u32>>,
}

impl Around {
    pub(super) fn of(vectors: &Vectors, rows: &[u32]) -> Self {
        let documents = (rows.len() < vectors.len()).then(|| counted(vectors, rows));
        Self { all: rows.len() as f64, documents }
    }

    fn documents(&self, vectors: &Vectors, term: u32) -> f64 {
        f64::from(match &self.documents {
            // Those also count that have more telling words than this one.
            None => vectors.terms[term as usize].documents,
            Some(documents) => documents[&term],
        })
    }
}

/// Finds what tells the documents of `rows` from those around them.
pub(super) fn telling(vectors: &Vectors, rows: &[u32], around: &Around) -> Telling {
    let count = rows.len() as f64;
    let inside = counted(vectors, rows);
    let mut scored: Vec<(f64, u32)> = inside
        .into_iter()
        .filter_map(|(term, documents)| {
            let coverage = f64::from(documents) / count;
            let lift = coverage / (around.documents(vectors, term) / around.all);
            let is_telling = LEAST_COVERAGE <= coverage && LEAST_LIFT <= lift;
            // Most of the documents having it counts for more than few others having it: a name is to
            // stay the same when a document comes or goes.
            is_telling.then(|| (coverage * coverage * lift.ln_1p(), term))
        })
        .collect();
    scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.truncate(MOST_TELLING);
    Telling { terms: scored.into_iter().map(|it| it.1).collect() }
}

/// In how many of the rows each term stands.
fn counted(vectors: &Vectors, rows: &[u32]) -> HashMap<u32, u32> {
    let mut counts = HashMap::new();
    for (term, _) in rows.iter().flat_map(|row| vectors.row(*row as usize)) {
        *counts.entry(*term).or_default() += 1;
    }
    counts
}

/// Names a subject of these documents by its telling words, which are the most telling first, in a
/// way that no other name has.
pub(super) fn name(
    inventory: &Inventory,
    vectors: &Vectors,
    telling: &Telling,
    rows: &[u32],
    taken: &mut HashSet<String>,
) -> String {
    let words: Vec<&str> = words_of(vectors, telling).collect();
    let phrase = phrase(inventory, vectors, telling, rows);
    // By the alphabet: which one tells a little more changes with every document.
    let listed = |count: usize| {
        let mut listed = words[..count.min(words.len())].to_vec();
        listed.sort_unstable();
        listed.join(", ")
    };
    let plain = listed(NAME_WORDS);
    let of_words = std::iter::once(plain.clone()).chain((NAME_WORDS + 1..=words.len()).map(listed));
    let of_phrase = phrase.iter().cloned().chain(
        phrase.iter().flat_map(|phrase| words.iter().map(move |word| format!("{phrase}: {word}"))),
    );
    let numbered = (2..).map(|number| format!("{plain} ({number})"));
    let free = of_phrase.chain(of_words).chain(numbered).map(|it| capitalized(&it));
    let name = free.into_iter().find(|it| !taken.contains(&it.to_lowercase()));
    let name = name.expect("numbers do not run out");
    taken.insert(name.to_lowercase());
    name
}

/// The telling words, the most telling first.
pub(super) fn words_of<'a>(
    vectors: &'a Vectors,
    telling: &'a Telling,
) -> impl Iterator<Item = &'a str> {
    telling.terms.iter().map(|it| vectors.terms[*it as usize].text.as_str())
}

/// Two neighbouring words of titles that are telling and that most titles have, if any.
fn phrase(
    inventory: &Inventory,
    vectors: &Vectors,
    telling: &Telling,
    rows: &[u32],
) -> Option<String> {
    let stems: Vec<&str> =
        telling.terms.iter().map(|it| vectors.terms[*it as usize].stem.as_str()).collect();
    // The last letter of a stem may be the stemmer's own.
    let is_of = |word: &str, stem: &str| {
        let kept = stem
            .char_indices()
            .last()
            .filter(|(at, _)| 3 < *at)
            .map_or(stem, |(at, _)| &stem[..at]);
        word.starts_with(kept) && word.chars().count() <= stem.chars().count() + 4
    };
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for row in rows {
        let title = title(inventory, vectors.rows[*row as usize]).to_lowercase();
        let words: Vec<&str> = title.split(|c: char| !c.is_alphanumeric()).collect();
        let pairs: HashSet<_> = words.windows(2).map(|it| (it[0], it[1])).collect();
        for (first, second) in pairs {
            let both = is_of_phrase(first) && is_of_phrase(second);
            if both && stems.iter().any(|it| is_of(first, it) || is_of(second, it)) {
                *counts.entry((first.to_owned(), second.to_owned())).or_default() += 1;
            }
        }
    }
    let least = (PHRASE_SHARE * rows.len() as f64).max(PHRASE_DOCUMENTS as f64);
    // The first of the most frequent ones.
    let best = counts.into_iter().rev().max_by_key(|it| it.1)?;
    (least <= best.1 as f64).then(|| format!("{} {}", best.0.0, best.0.1))
}

/// Whether a word of a title may be one of two that name a subject.
fn is_of_phrase(word: &str) -> bool {
    const NONE: &[&str] =
        &["about", "from", "into", "over", "that", "this", "under", "with", "your"];
    is_telling(word) && (4 <= word.chars().count() || !word.is_ascii()) && !NONE.contains(&word)
}

/// A document's title, or its name where it has none.
pub(super) fn title(inventory: &Inventory, document: DocId) -> String {
    let record = &inventory[document];
    let title = record.metadata.title.as_ref().map(|it| it.value.trim().to_owned());
    let stem = || record.file.path.file_stem().map(|it| it.to_string_lossy().into_owned());
    title.filter(|it| !it.is_empty()).or_else(stem).unwrap_or_default()
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |it| it.to_uppercase().chain(chars).collect())
}
