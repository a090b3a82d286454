//! Words that a document has from its template: sentences that stand in very many documents tell of
//! no subject.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::fingerprint::{normalize, passages};
use crate::inventory::{DocId, Inventory, WordUse};
use crate::rot::redundant::each_shared;
use crate::rot::{Policy, Texts};

/// So many sentences are known at most, the most frequent ones.
const MOST_SENTENCES: usize = 300;

/// Sentences of templates, and who has them.
#[derive(Debug, Default)]
pub(super) struct Furniture {
    /// The sentences that each word stands in, and how often.
    sentences: HashMap<String, Vec<(u32, u32)>>,
    /// The sentences of each document, ascending.
    of: HashMap<DocId, Vec<u32>>,
}

impl Furniture {
    /// Finds the sentences that stand in as many of these documents as the policy calls boilerplate.
    pub(super) fn of(
        inventory: &Inventory,
        texts: &dyn Texts,
        policy: &Policy,
        documents: &[DocId],
    ) -> Self {
        let least = policy.duplicates.boilerplate_documents.max(2);
        let mut frequent: Vec<(u64, u32, DocId)> = Vec::new();
        each_shared(inventory, documents, |key, holders| {
            let spread = holders.len() as u32;
            if least <= spread {
                frequent.push((key, spread, holders[0]));
            }
        });
        frequent.sort_unstable_by_key(|it| (std::cmp::Reverse(it.1), it.0));
        frequent.truncate(MOST_SENTENCES);
        if frequent.is_empty() {
            return Self::default();
        }
        let number: HashMap<u64, u32> = frequent.iter().map(|it| it.0).zip(0u32..).collect();
        let mut furniture = Self::default();
        let mut taken = HashSet::new();
        let holders: BTreeSet<DocId> = frequent.iter().map(|it| it.2).collect();
        for holder in holders {
            if let Some(text) = texts.text(&inventory[holder]) {
                furniture.read(&text, &number, &mut taken);
            }
        }
        for document in documents {
            let keys = inventory[*document].fingerprint.iter().flat_map(|it| &it.passages);
            let mut own: Vec<u32> = keys.filter_map(|it| number.get(it)).copied().collect();
            own.sort_unstable();
            own.dedup();
            if !own.is_empty() {
                furniture.of.insert(*document, own);
            }
        }
        furniture
    }

    /// Takes the sentences of a text that all of is furniture, each once.
    fn read(&mut self, text: &str, number: &HashMap<u64, u32>, taken: &mut HashSet<u32>) {
        // The parts of a long sentence have the range of all of it.
        for parts in passages(text).chunk_by(|a, b| a.range == b.range) {
            let numbers = parts.iter().map(|it| number.get(&it.key).copied());
            let Some(numbers) = numbers.collect::<Option<Vec<u32>>>() else { continue };
            // Who has the rarest part has the others too.
            let rarest = numbers.into_iter().max().filter(|it| taken.insert(*it));
            if let Some(rarest) = rarest {
                self.take(rarest, &text[parts[0].range.clone()]);
            }
        }
    }

    fn take(&mut self, number: u32, sentence: &str) {
        for word in normalize(sentence).split(' ') {
            let sentences = self.sentences.entry(word.to_owned()).or_default();
            match sentences.last_mut().filter(|it| it.0 == number) {
                Some(known) => known.1 += 1,
                None => sentences.push((number, 1)),
            }
        }
    }

    /// Where a word stands that is the documents' own.
    pub(super) fn left_of<'a>(&self, word: &str, uses: &'a [WordUse]) -> Left<'a> {
        let Some(sentences) = self.sentences.get(word) else { return Left::All(uses) };
        let own = |it: &WordUse| {
            let of = self.of.get(&it.document).map_or(&[][..], Vec::as_slice);
            let has = |number: &u32| of.binary_search(number).is_ok();
            let theirs = sentences.iter().filter(|it| has(&it.0)).map(|it| it.1).sum::<u32>();
            let in_text = it.in_text.saturating_sub(theirs);
            (0 < in_text + it.in_title).then_some(WordUse { in_text, ..*it })
        };
        Left::Some(uses.iter().filter_map(own).collect())
    }
}

/// Where a word stands, without the sentences of templates.
pub(super) enum Left<'a> {
    /// It stands in none of them.
    All(&'a [WordUse]),
    /// What is left.
    Some(Vec<WordUse>),
}

impl std::ops::Deref for Left<'_> {
    type Target = [WordUse];

    fn deref(&self) -> &[WordUse] {
        match self {
            Self::All(uses) => uses,
            Self::Some(uses) => uses,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, record};
    use super::*;
    use crate::fingerprint::Fingerprint;
    use crate::inventory::Record;

    const FOOTER: &str =
        "This document is the property of the company and may not leave the house.";

    /// The furniture of these documents, of which each is asked for its words.
    fn furniture(texts: &[String]) -> (Furniture, Vec<DocId>) {
        let records = texts.iter().enumerate().map(|(at, text)| {
            let keys = passages(text).iter().map(|it| it.key).collect();
            let mut record = record(&format!("{at:02}.md"));
            let fingerprint = record.fingerprint.take().unwrap();
            record.fingerprint = Some(Fingerprint { passages: keys, ..fingerprint });
            record
        });
        let inventory = inventory(records.collect());
        let text = |record: &Record| {
            let at: usize = record.file.path.file_stem()?.to_str()?.parse().ok()?;
            Some(texts[at].clone())
        };
        let documents: Vec<DocId> = inventory.iter().map(|it| it.0).collect();
        (Furniture::of(&inventory, &text, &Policy::default(), &documents), documents)
    }

    /// How often a word is each document's own, if it stands there so often; where it does at all.
    fn own(texts: &[String], word: &str, in_text: u32) -> Vec<u32> {
        let (furniture, documents) = furniture(texts);
        let uses = documents.iter().map(|it| WordUse { document: *it, in_text, in_title: 0 });
        let uses: Vec<WordUse> = uses.collect();
        furniture.left_of(word, &uses).iter().map(|it| it.in_text).collect()
    }

    /// Twelve documents that begin so, each with a sentence of its own.
    fn beginning(with: &str) -> Vec<String> {
        (0..12).map(|at| format!("{with}\nWe pay number {at} all that we owe to it.")).collect()
    }

    #[test]
    fn words_of_a_sentence_that_stands_everywhere_are_nobodys_own() {
        let texts: Vec<String> = (0..12)
            .map(|at| {
                format!("{FOOTER}\nThe company of number {at} pays what it owes to all of us.")
            })
            .collect();
        // Once in the footer, once in what each has of its own.
        assert_eq!(own(&texts, "company", 2), [1; 12]);
        assert!(own(&texts, "property", 1).is_empty());
        assert_eq!(own(&texts, "number", 1), [1; 12]);
    }

    #[test]
    fn a_sentence_of_several_parts_counts_once_and_only_where_all_of_it_is_furniture() {
        let words = |from: u32, to: u32| (from..to).map(|it| format!("word{it} ")).collect();
        let long: [String; 2] = [words(0, 100), words(101, 150)];
        let texts = beginning(&format!("{}company {}.", long[0], long[1]));
        assert_eq!(own(&texts, "company", 2), [1; 12]);
        let ends =
            (0..12).map(|at| format!("{}company {}.", long[0], words(200 * at, 200 * at + 49)));
        assert_eq!(own(&ends.collect::<Vec<_>>(), "word1", 1), [1; 12]);
    }

    #[test]
    fn a_footer_that_stands_at_the_top_and_at_the_bottom_counts_once() {
        let other = "Printed copies of this page are not under control and may be out of date.";
        let texts = beginning(&format!("{FOOTER}\n{other}\n{FOOTER}"));
        assert_eq!(own(&texts, "company", 3), [2; 12]);
    }

    #[test]
    fn words_of_furniture_are_split_as_the_index_splits_them() {
        let texts = beginning(
            "\u{793e}\u{5185}\u{6587}\u{66f8}\u{306f}\u{6301}\u{3061}\u{51fa}\u{3057}\u{7981}\u{6b62}\u{3002}",
        );
        assert!(own(&texts, "\u{6587}", 1).is_empty());
    }
}
