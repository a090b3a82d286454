//! Words that a document has from its template: sentences that stand in very many documents tell of
//! no subject.

use std::collections::{BTreeMap, HashMap};

use crate::fingerprint::passages;
use crate::inventory::{DocId, Inventory, WordUse};
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
        let sentences_of = |id: DocId| {
            let fingerprint = inventory[id].fingerprint.as_ref();
            let mut keys = fingerprint.map_or_else(Vec::new, |it| it.passages.clone());
            keys.sort_unstable();
            keys.dedup();
            keys
        };
        let mut spread: HashMap<u64, (u32, DocId)> = HashMap::new();
        for document in documents {
            for key in sentences_of(*document) {
                spread.entry(key).or_insert((0, *document)).0 += 1;
            }
        }
        let mut frequent: Vec<(u64, u32, DocId)> =
            spread.into_iter().map(|(key, it)| (key, it.0, it.1)).collect();
        frequent.retain(|it| least <= it.1);
        frequent.sort_unstable_by_key(|it| (std::cmp::Reverse(it.1), it.0));
        frequent.truncate(MOST_SENTENCES);
        if frequent.is_empty() {
            return Self::default();
        }
        let number: HashMap<u64, u32> = frequent.iter().map(|it| it.0).zip(0u32..).collect();
        let mut furniture = Self::default();
        let mut holders: BTreeMap<DocId, Vec<u64>> = BTreeMap::new();
        for (key, _, holder) in &frequent {
            holders.entry(*holder).or_default().push(*key);
        }
        for (holder, keys) in holders {
            let Some(text) = texts.text(&inventory[holder]) else { continue };
            let mut all = passages(&text);
            all.retain(|it| keys.contains(&it.key));
            all.dedup_by_key(|it| it.key);
            for passage in all {
                furniture.take(number[&passage.key], &text[passage.range]);
            }
        }
        for document in documents {
            let mut own: Vec<u32> =
                sentences_of(*document).iter().filter_map(|it| number.get(it)).copied().collect();
            own.sort_unstable();
            if !own.is_empty() {
                furniture.of.insert(*document, own);
            }
        }
        furniture
    }

    fn take(&mut self, number: u32, sentence: &str) {
        let sentence = sentence.to_lowercase();
        for word in sentence.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()) {
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

    #[test]
    fn words_of_a_sentence_that_stands_everywhere_are_nobodys_own() {
        let texts: Vec<String> = (0..12)
            .map(|at| {
                format!("{FOOTER}\nThe company of number {at} pays what it owes to all of us.")
            })
            .collect();
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
        let documents: Vec<DocId> = (0..12).map(DocId).collect();
        let furniture = Furniture::of(&inventory, &text, &Policy::default(), &documents);
        let uses: Vec<WordUse> =
            documents.iter().map(|it| WordUse { document: *it, in_text: 2, in_title: 0 }).collect();
        // Once in the footer, once in what each has of its own.
        assert!(furniture.left_of("company", &uses).iter().all(|it| it.in_text == 1));
        assert_eq!(furniture.left_of("company", &uses).len(), 12);
        let once: Vec<WordUse> = uses.iter().map(|it| WordUse { in_text: 1, ..*it }).collect();
        assert_eq!(furniture.left_of("property", &once).len(), 0);
        assert_eq!(furniture.left_of("number", &once).len(), 12);
    }
}
