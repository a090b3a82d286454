//! Passages that stand in several otherwise different documents, edited in some of them.
//!
//! Hashes of sentences find what is the same; this finds what is nearly the same. Sketches, samples
//! of the runs of three words, propose: a passage of sixty words leaves four samples in each
//! document, or more. The texts of those that share rare ones are then compared in full. The work is
//! bounded, and what is left out is counted.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::extract::Provenance;
use crate::inventory::DocId;
use crate::rot::{Confidence, Context, Evidence, Finding, Value};

use super::alignment::Words;
use super::boilerplate::{Boilerplate, one_line};
use super::difference::{place_in, quotes};
use super::matching::{Match, Seeded, matches};
use super::passages::Shared;
use super::prose::is_prose;
use super::{passages, verify};

/// A sample that more documents have belongs to no one passage.
const MAX_HOLDERS: usize = 12;
/// So many samples two documents must share; a sentence counts for as many.
const MIN_SEEDS: usize = 2;
/// So many places of samples are looked at together (16 bytes each).
const MAX_AT_ONCE: usize = 8 << 20;
/// So many meetings of documents at samples are kept (8 bytes each).
const MAX_MEETINGS: usize = 4 << 20;
/// So many words are read, ...
const MAX_WORDS: u64 = 4_000_000;
/// ... and to compare so many that were read counts as one.
const COMPARED_AT_ONCE: u64 = 20;
/// Formats of data: rows of one make, which are no passages.
const DATA: &[&str] = &["json", "xml", "yaml"];
/// Of each passage, so many documents are named, and so many differences quoted of each.
const MAX_NAMED: usize = 10;
const MAX_QUOTES: usize = 3;

/// A passage and the documents that have it, edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edited {
    /// The first document that has it.
    pub(super) document: DocId,
    /// Where it begins there, and its words.
    place: Provenance,
    quote: String,
    /// The others, by path; a document that has it in several places as often.
    pub(super) others: Vec<Other>,
}

/// A passage in another document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Other {
    pub(super) document: DocId,
    place: Provenance,
    /// Words of the first document, and of this one.
    pub(super) passage: Match,
    /// Words that differ, those of the first document first.
    differences: Vec<String>,
}

/// Finds them among `documents`, and how many pairs were not compared.
pub(super) fn edited(
    ctx: &Context<'_>,
    documents: &[DocId],
    boilerplate: &Boilerplate,
) -> (Vec<Edited>, u64) {
    let may_be_prose = |it: &&DocId| {
        let format = ctx.inventory[**it].format.as_ref();
        !verify::is_sheet(&ctx.inventory[**it])
            && !format.is_some_and(|it| DATA.contains(&it.name.as_str()))
    };
    let documents = documents.iter().filter(may_be_prose).copied().collect::<Vec<_>>();
    let (pairs, not_compared) = pairs(ctx, &documents, boilerplate);
    let least = ctx.policy.duplicates.passage_words as usize;
    let load = |_, text: &str| Seeded::of(text);
    let found = verify::over_texts(ctx, &pairs, 3, load, |_, a, b| matches(a, b, least));
    let found = pairs.par_iter().zip(&found).filter_map(|(pair, it)| Some((*pair, it.as_ref()?)));
    let found = found.filter(|it| !it.1.is_empty()).collect::<Vec<_>>();
    // The pairs of a document stand together: it is read once.
    let of_documents = found.par_chunk_by(|x, y| x.0.0 == y.0.0);
    let found = of_documents.flat_map_iter(|pairs| described(ctx, pairs)).collect::<Vec<_>>();
    (gathered(found), not_compared)
}

/// The pairs of documents that share several rare samples, ascending.
fn pairs(
    ctx: &Context<'_>,
    documents: &[DocId],
    boilerplate: &Boilerplate,
) -> (Vec<(DocId, DocId)>, u64) {
    /// Tells sentences from samples, which have 32 bits.
    const SENTENCE: u64 = 1 << 63;
    let samples = |id: DocId| {
        let print = ctx.inventory[id].fingerprint.as_ref();
        let hashes = print.into_iter().flat_map(|it| &it.sketch.hashes).map(|it| u64::from(*it));
        let keys = print.into_iter().flat_map(|it| &it.passages);
        let keys = keys.filter(|it| !boilerplate.has(**it)).map(|it| it | SENTENCE);
        hashes.chain(keys)
    };
    let total = documents.iter().map(|it| samples(*it).count()).sum::<usize>();
    let parts = (total / MAX_AT_ONCE + 1) as u64;
    let (mut places, mut meetings, mut left_out) = (Vec::new(), Vec::new(), 0);
    for part in 0..parts {
        places.clear();
        for id in documents {
            places.extend(samples(*id).filter(|it| (it >> 8) % parts == part).map(|it| (it, *id)));
        }
        places.par_sort_unstable();
        places.dedup();
        let rare = |it: &&[(u64, DocId)]| (2..=MAX_HOLDERS).contains(&it.len());
        for same in places.chunk_by(|x, y| x.0 == y.0).filter(rare) {
            let times = if same[0].0 & SENTENCE == 0 { 1 } else { MIN_SEEDS };
            for (at, (_, a)) in same.iter().enumerate() {
                for (_, b) in &same[at + 1..] {
                    let room = MAX_MEETINGS.saturating_sub(meetings.len()).min(times);
                    meetings.extend(std::iter::repeat_n((*a, *b), room));
                    left_out += u64::from(room == 0);
                }
            }
        }
    }
    meetings.par_sort_unstable();
    let met = meetings.chunk_by(|x, y| x == y).filter(|it| MIN_SEEDS <= it.len());
    let mut met = met.map(|it| (it.len(), it[0])).collect::<Vec<_>>();
    met.sort_unstable_by_key(|it| (std::cmp::Reverse(it.0), it.1));
    let words = |id: DocId| u64::from(ctx.inventory[id].words());
    let (mut read, mut known) = (0, HashSet::new());
    let mut has_room = |(_, (a, b)): &(usize, (DocId, DocId))| {
        let new = [a, b].into_iter().filter(|it| !known.contains(*it)).map(|it| words(*it));
        let (new, compared) = (new.sum::<u64>(), (words(*a) + words(*b)) / COMPARED_AT_ONCE);
        if MAX_WORDS < read + new + compared {
            return false;
        }
        read += new + compared;
        known.extend([*a, *b]);
        true
    };
    let all = met.len();
    met.retain(&mut has_room);
    left_out += (all - met.len()) as u64;
    let mut pairs = met.into_iter().map(|it| it.1).collect::<Vec<_>>();
    pairs.sort_unstable();
    (pairs, left_out)
}

/// Passages of two documents.
type Found<'a> = ((DocId, DocId), &'a Vec<Match>);

/// Where the passages of one document and others stand in their texts, with their words; those worth
/// telling of.
fn described(ctx: &Context<'_>, pairs: &[Found<'_>]) -> Vec<Edited> {
    let text = |id: DocId| ctx.texts.text(&ctx.inventory[id]);
    let Some(first) = text(pairs[0].0.0) else { return Vec::new() };
    let words = Words::of(&first);
    let mut found = Vec::new();
    for ((a, b), passages) in pairs {
        let passages = passages.iter().filter(|it| is_prose(&words, &it.a)).collect::<Vec<_>>();
        let Some(other) = Some(*b).filter(|_| !passages.is_empty()).and_then(text) else {
            continue;
        };
        let other_words = Words::of(&other);
        found.extend(passages.into_iter().map(|passage| {
            let (here, there) = (words.span(&passage.a), other_words.span(&passage.b));
            let differing = passage.hunks.iter().take(MAX_QUOTES);
            let other = Other {
                document: *b,
                place: place_in(&ctx.inventory[*b], &other, there.start),
                differences: differing.map(|it| quotes(&words, &other_words, it)).collect(),
                passage: passage.clone(),
            };
            Edited {
                document: *a,
                place: place_in(&ctx.inventory[*a], &first, here.start),
                quote: one_line(&first[here]).chars().take(200).collect(),
                others: vec![other],
            }
        }));
    }
    found
}

/// Puts what is one passage of one document together, the most words first.
fn gathered(found: Vec<Edited>) -> Vec<Edited> {
    // What the passages of a document are parts of: the passage of an earlier document, by words.
    let mut known = HashMap::<DocId, Vec<(usize, std::ops::Range<usize>)>>::new();
    let mut passages = Vec::<Edited>::new();
    for one in found {
        let range = |it: &Edited| it.others[0].passage.a.clone();
        let (a, b) = (one.document, one.others[0].document);
        let of = |id: DocId, range: &std::ops::Range<usize>| {
            let known = known.get(&id).into_iter().flatten();
            let known = known.filter(|it| overlap(&it.1, range)).map(|it| it.0);
            known.collect::<Vec<_>>()
        };
        let (of_a, of_b) = (of(a, &range(&one)), of(b, &one.others[0].passage.b));
        // Both have it of an earlier one, where it is told.
        if of_a.iter().any(|it| of_b.contains(it)) {
            continue;
        }
        let same = of_a.iter().copied().find(|it| passages[*it].document == a);
        let place = same.unwrap_or_else(|| {
            passages.push(Edited { others: Vec::new(), ..one.clone() });
            known.entry(a).or_default().push((passages.len() - 1, range(&one)));
            passages.len() - 1
        });
        known.entry(b).or_default().push((place, one.others[0].passage.b.clone()));
        passages[place].others.extend(one.others);
    }
    passages.sort_by_cached_key(|it| {
        let words = it.others.iter().map(|it| it.passage.shared).sum::<usize>();
        (std::cmp::Reverse(words), it.document, it.others[0].passage.a.start)
    });
    passages
}

/// Whether two runs of words share half of the shorter one.
fn overlap(a: &std::ops::Range<usize>, b: &std::ops::Range<usize>) -> bool {
    let shared = a.end.min(b.end).saturating_sub(a.start.max(b.start));
    a.len().min(b.len()) <= 2 * shared
}

impl Edited {
    /// Whether all its documents are among ascending ones.
    pub(super) fn is_among(&self, documents: &[DocId]) -> bool {
        let mut all = self.others.iter().map(|it| it.document).chain([self.document]);
        all.all(|it| documents.binary_search(&it).is_ok())
    }

    /// Whether it tells of all that some documents share, and of more documents.
    pub(super) fn holds(&self, shared: &Shared) -> bool {
        let has = |it: &DocId| {
            *it == self.document || self.others.iter().any(|other| other.document == *it)
        };
        shared.documents.len() <= self.first_places().count()
            && shared.words as usize <= self.others[0].passage.a.len()
            && shared.documents.iter().all(has)
    }

    /// Where it first stands in each other document.
    fn first_places(&self) -> impl Iterator<Item = &Other> {
        self.others.chunk_by(|a, b| a.document == b.document).map(|it| &it[0])
    }

    /// What differs, as evidence.
    pub(super) fn differences(&self) -> Vec<Evidence> {
        let from = || Provenance::Computed("compared word by word".to_owned());
        let all = self.others.iter().flat_map(|it| &it.differences).take(MAX_QUOTES);
        all.map(|it| Evidence::new("difference", Value::Text(it.clone()), from())).collect()
    }

    /// The finding of a passage that is told nowhere else.
    pub(super) fn finding(&self) -> Finding {
        let shared = self.others.iter().map(|it| it.passage.shared).max().unwrap_or_default();
        let counted = Provenance::Computed("the same in both, with edits between".to_owned());
        let words = Evidence::new("shared words", Value::Count(shared as u64), counted.clone());
        let mut finding = Finding::new(&passages::RULE, self.document, Confidence::Likely, words);
        for other in self.first_places().take(MAX_NAMED) {
            let document = Value::Document(other.document);
            finding.push(Evidence::new("stands in", document, other.place.clone()));
        }
        let count = Value::Count(self.first_places().count() as u64 + 1);
        finding.push(Evidence::new("documents", count, counted));
        let quote = Value::Text(self.quote.clone());
        finding.push(Evidence::new("passage", quote, self.place.clone()));
        self.differences().into_iter().for_each(|it| finding.push(it));
        finding.related = self.first_places().map(|it| it.document).collect();
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, prose};
    use super::super::{conflicts, passages};
    use super::*;
    use crate::rot::Severity;

    /// Words of letters alone.
    fn plain(seed: u32, count: u32) -> String {
        let letter = |it: char| it.to_digit(10).map_or(it, |it| char::from(b'g' + it as u8));
        prose(seed, count).chars().map(letter).collect()
    }

    /// Sixty words about travel, and a rate.
    fn passage(rate: &str) -> String {
        format!("{} the rate for cars is {rate} per mile {}", plain(90, 26), plain(91, 26))
    }

    fn handbook(seed: u32, passage: &str) -> String {
        format!("{}. {passage}. {}.", prose(seed, 250), prose(seed + 1, 180))
    }

    fn tree(rates: &[&str]) -> Tree {
        let files = rates.iter().enumerate();
        files.fold(Tree::default(), |tree, (it, rate)| {
            let name = format!("{}/{}.md", prose(300 + it as u32, 1), prose(400 + it as u32, 1));
            tree.file(&name, &handbook(2 * it as u32 + 1, &passage(rate)))
        })
    }

    fn conflicting(tree: &Tree) -> Vec<String> {
        let check = conflicts::RULE.check;
        let text = |it: &Finding| match &it.evidence()[0].value {
            Value::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        };
        tree.with(|ctx| check(ctx).iter().map(text).collect())
    }

    #[test]
    fn an_edited_passage_of_different_documents_is_one_finding_with_its_edits() {
        tree(&["45p", "40p", "45p"]).with(|ctx| {
            assert_eq!(ctx.duplicates().passages_not_compared, 0);
            let findings = (passages::RULE.check)(ctx);
            assert_eq!(findings.len(), 1, "{findings:?}");
            assert_eq!(findings[0].related.len(), 2);
            let has =
                |it: &Evidence| matches!(&it.value, Value::Text(text) if text.contains("45p"));
            assert!(findings[0].evidence().iter().any(has));
        });
    }

    #[test]
    fn a_document_that_has_a_passage_twice_counts_once() {
        let passage = |start| Match { a: 0..60, b: start..start + 60, shared: 58, hunks: vec![] };
        let place = || Provenance::Computed(String::new());
        let other = |document, start| Other {
            document: DocId(document),
            place: place(),
            passage: passage(start),
            differences: Vec::new(),
        };
        let others = vec![other(1, 0), other(1, 100), other(2, 0)];
        let edited = Edited { document: DocId(0), place: place(), quote: String::new(), others };
        let finding = edited.finding();
        let of = |what: &str| {
            let evidence = finding.evidence().iter().filter(|it| it.what == what);
            evidence.map(|it| it.value.clone()).collect::<Vec<_>>()
        };
        assert_eq!(of("stands in"), [1, 2].map(|it| Value::Document(DocId(it))));
        assert_eq!(of("documents"), [Value::Count(3)]);
        let shared = |documents: &[u32]| Shared {
            runs: Vec::new(),
            words: 60,
            documents: documents.iter().map(|it| DocId(*it)).collect(),
        };
        assert!(edited.holds(&shared(&[0, 1])));
        assert!(!edited.holds(&shared(&[0, 1, 2])), "no more documents");
    }

    #[test]
    fn facts_that_differ_in_a_shared_passage_are_told() {
        let found = conflicting(&tree(&["45p", "40p"]));
        assert_eq!(found, ["2 different amounts: 40p (1 copy), 45p (1)"]);
        assert!(conflicting(&tree(&["45p", "45p"])).is_empty());
    }

    #[test]
    fn disagreements_of_a_passage_are_possible_and_those_of_copies_are_likely() {
        let told = |tree: &Tree| {
            let found = tree.with(|ctx| (conflicts::RULE.check)(ctx));
            found.iter().map(|it| (it.confidence, it.severity)).collect::<Vec<_>>()
        };
        let expected = (Confidence::Possible, Severity::Warning);
        assert_eq!(told(&tree(&["45p", "40p"])), [expected]);
        let whole = |rate: &str| handbook(1, &passage(rate));
        let copies = Tree::default().file("HR/a.md", &whole("45p")).file("b.md", &whole("40p"));
        assert_eq!(told(&copies), [(Confidence::Likely, Severity::Error)]);
    }

    #[test]
    fn a_slot_in_which_nearly_every_document_has_its_own_value_is_none() {
        let rates = (0..8).map(|it| format!("{}p", 31 + it)).collect::<Vec<_>>();
        let found = conflicting(&tree(&rates.iter().map(String::as_str).collect::<Vec<_>>()));
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn the_work_grows_with_the_documents_and_what_is_left_out_is_counted() {
        let asked = |documents: u32| {
            // Every two share a passage of their own with the next.
            let file = |tree: Tree, it: u32| {
                let shared = prose(1_000 + it / 2, 60);
                let text = format!("{} {shared} {}", prose(it, 200), prose(5_000 + it, 9));
                tree.file(&format!("{}.md", prose(8_000 + it, 1)), &text)
            };
            let asked = std::sync::atomic::AtomicUsize::new(0);
            (0..documents).fold(Tree::default(), file).with(|ctx| {
                let texts = |record: &crate::inventory::Record| {
                    asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    ctx.texts.text(record)
                };
                let ctx = Context::new(ctx.inventory, &texts, ctx.policy, ctx.as_of);
                let documents = ctx.inventory.iter().map(|it| it.0).collect::<Vec<_>>();
                edited(&ctx, &documents, &Boilerplate::default());
            });
            asked.into_inner()
        };
        assert!(0 < asked(40) && asked(400) <= 11 * asked(40));
    }
}
