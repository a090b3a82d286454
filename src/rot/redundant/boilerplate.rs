//! Boilerplate: passages that stand in very many documents of different names, such as headers,
//! legal footers and the fixed words of templates. Found, never typed in.
//!
//! Two documents that have nothing else in common are no pair. Versions of one document are not
//! many documents: what counts is how many different names a passage stands under.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use crate::fingerprint::{Features, Passage, normalize, passage_words, passages, shingle_hashes};
use crate::inventory::DocId;
use crate::rot::Context;
use crate::rot::obsolete::versions::Name;

use super::postings::each_shared;
use super::verify::Verified;

/// Names of files that say nothing of the document.
const GENERIC: &[&str] =
    &["", "contents", "default", "document", "home", "index", "main", "page", "readme", "untitled"];
/// What is left of the likeness of strangers, such as turns of phrase.
const MARGIN: f64 = 0.05;
/// What boilerplate leaves of a document says something from so many words on.
const MIN_OWN_WORDS: f64 = 40.0;
/// Less boilerplate than this explains no likeness.
const MIN_SHARED_WORDS: u32 = 20;
/// So many passages are listed, and for each so many documents are named.
const MAX_LISTED: usize = 50;
const MAX_NAMED: usize = 20;
/// Texts read to find other wordings.
const MAX_READ: usize = 3_000;
/// Another wording shares so much of its runs of three words.
const MIN_ALIKE: f64 = 0.4;
/// Neighbours that stand in so many of the documents of a passage belong to it.
const SAME_SPREAD: f64 = 0.8;

/// The passages of an inventory that are boilerplate.
#[derive(Debug, Default)]
pub(super) struct Boilerplate {
    /// In how many documents each stands.
    spread: HashMap<u64, u32>,
    /// Of each document, by its id, those that it has, ascending; empty for most.
    of: HashMap<DocId, Vec<u64>>,
    names: HashMap<DocId, u64>,
}

impl Boilerplate {
    /// Finds what stands under so many names as the policy says.
    pub(super) fn of(ctx: &Context<'_>, documents: &[DocId]) -> Self {
        let least = ctx.policy.duplicates.boilerplate_documents.max(2) as usize;
        if documents.len() < least {
            return Self::default();
        }
        let names = documents.par_iter().map(|it| (*it, name(ctx, *it))).collect::<HashMap<_, _>>();
        let mut spread = HashMap::new();
        each_shared(ctx.inventory, documents, |key, holders| {
            if least <= holders.len() && has_names(holders, &names, least) {
                spread.insert(key, holders.len() as u32);
            }
        });
        let mine = |id: &DocId| {
            let all = &ctx.inventory[*id].fingerprint.as_ref()?.passages;
            let mut mine =
                all.iter().copied().filter(|it| spread.contains_key(it)).collect::<Vec<_>>();
            mine.sort_unstable();
            mine.dedup();
            (!mine.is_empty()).then_some((*id, mine))
        };
        let of = documents.par_iter().filter_map(mine).collect();
        Self { spread, of, names }
    }

    /// Whether a passage is boilerplate.
    pub(super) fn has(&self, key: u64) -> bool {
        self.spread.contains_key(&key)
    }

    /// Whether all that two documents have in common is boilerplate.
    pub(super) fn explains(&self, ctx: &Context<'_>, pair: &Verified) -> bool {
        let (Some(a), Some(b)) = (self.of.get(&pair.a), self.of.get(&pair.b)) else {
            return false;
        };
        if self.names.get(&pair.a) == self.names.get(&pair.b) {
            return false;
        }
        let shared = shared_words(a, b);
        if shared < MIN_SHARED_WORDS {
            return false;
        }
        let words = |id: DocId| f64::from(ctx.inventory[id].words());
        let (shared, x, y) = (f64::from(shared), words(pair.a), words(pair.b));
        let it = &pair.similarity;
        if pair.is_near {
            let own = x.min(y) - shared;
            let seen = it.seen_a + it.seen_b - it.shared;
            let margin = MARGIN + spread(it.jaccard, seen);
            return MIN_OWN_WORDS <= own && it.jaccard <= shared / (x + y - shared) + margin;
        }
        let (part, share, seen) = if x <= y {
            (x, it.containment_a, it.seen_a)
        } else {
            (y, it.containment_b, it.seen_b)
        };
        share <= shared / part.max(1.0) + MARGIN + spread(share, seen)
    }
}

/// How far a share that was estimated on so many samples may be from the truth.
fn spread(share: f64, seen: usize) -> f64 {
    3.0 * (share * (1.0 - share) / seen.max(1) as f64).sqrt()
}

/// Words of the passages that two ascending lists share.
fn shared_words(a: &[u64], b: &[u64]) -> u32 {
    let (mut i, mut j, mut words) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                words += passage_words(a[i]);
                i += 1;
                j += 1;
            }
        }
    }
    words
}

fn has_names(holders: &[DocId], names: &HashMap<DocId, u64>, least: usize) -> bool {
    let mut seen = HashSet::with_capacity(least);
    holders.iter().any(|it| {
        seen.insert(names.get(it));
        least <= seen.len()
    })
}

/// A hash of a document's name without version words; of its folder's too where that says nothing.
fn name(ctx: &Context<'_>, document: DocId) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let path = &ctx.inventory[document].file.path;
    let stem = Name::of(path).stem;
    let mut hasher = DefaultHasher::new();
    if GENERIC.contains(&stem.as_str()) {
        path.parent().hash(&mut hasher);
    }
    stem.hash(&mut hasher);
    hasher.finish()
}

/// A passage that is boilerplate, as reports list it.
#[derive(Clone, Debug, PartialEq)]
pub struct CommonPassage {
    /// Its words as written, at most 300 characters.
    pub quote: String,
    /// How many words it has.
    pub words: u64,
    /// In how many documents of different texts it stands.
    pub documents: u64,
    /// Some of them, by path.
    pub examples: Vec<DocId>,
    /// Other wordings of it, the most frequent first.
    pub wordings: Vec<OtherWording>,
}

/// Another wording of a passage that most documents have in one wording.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherWording {
    /// Its words as written, at most 300 characters.
    pub quote: String,
    /// The documents that have it, by path.
    pub documents: Vec<DocId>,
}

struct Common {
    /// Its sentences in their order.
    keys: Vec<u64>,
    holder: DocId,
    spread: u32,
    hashes: HashSet<u32>,
    passage: CommonPassage,
}

/// The boilerplate of an inventory for a report, the most frequent first, with other wordings.
pub(super) fn listed(
    ctx: &Context<'_>,
    boilerplate: &Boilerplate,
    documents: &[DocId],
) -> Vec<CommonPassage> {
    let mut found = runs(ctx, boilerplate);
    found.truncate(MAX_LISTED);
    for common in &mut found {
        describe(ctx, boilerplate, common);
    }
    found.retain(|it| !it.passage.quote.is_empty());
    other_wordings(ctx, &mut found, documents);
    found.into_iter().map(|it| it.passage).collect()
}

/// Sentences of boilerplate that stand together, the most frequent first.
fn runs(ctx: &Context<'_>, boilerplate: &Boilerplate) -> Vec<Common> {
    let mut holders = boilerplate.of.keys().copied().collect::<Vec<_>>();
    holders.sort_unstable();
    let mut taken = HashSet::new();
    let mut found = Vec::new();
    for holder in holders {
        let Some(fingerprint) = &ctx.inventory[holder].fingerprint else { continue };
        let mut run = Vec::<u64>::new();
        let mut spread = 0;
        let mut close = |run: &mut Vec<u64>, spread: u32| {
            if !run.is_empty() {
                let keys = std::mem::take(run);
                let passage = CommonPassage {
                    quote: String::new(),
                    words: keys.iter().map(|it| u64::from(passage_words(*it))).sum(),
                    documents: u64::from(spread),
                    examples: Vec::new(),
                    wordings: Vec::new(),
                };
                found.push(Common { keys, holder, spread, hashes: HashSet::new(), passage });
            }
        };
        for key in &fingerprint.passages {
            let its = boilerplate.spread.get(key).copied().filter(|_| taken.insert(*key));
            let Some(its) = its else {
                close(&mut run, spread);
                continue;
            };
            let is_like = f64::from(its.min(spread)) >= SAME_SPREAD * f64::from(its.max(spread));
            if !run.is_empty() && !is_like {
                close(&mut run, spread);
            }
            spread = if run.is_empty() { its } else { spread.min(its) };
            run.push(*key);
        }
        close(&mut run, spread);
    }
    found.sort_by(|a, b| {
        b.spread
            .cmp(&a.spread)
            .then(b.passage.words.cmp(&a.passage.words))
            .then(a.keys.cmp(&b.keys))
    });
    found
}

/// Fills in the words and some of the documents.
fn describe(ctx: &Context<'_>, boilerplate: &Boilerplate, common: &mut Common) {
    let Some(text) = ctx.texts.text(&ctx.inventory[common.holder]) else { return };
    let all = passages(&text);
    let Some(first) = all.iter().position(|it| it.key == common.keys[0]) else { return };
    let last =
        all[first..].iter().take(common.keys.len()).rfind(|it| common.keys.contains(&it.key));
    let end = last.map_or(all[first].range.end, |it| it.range.end);
    let words = &text[all[first].range.start..end];
    common.passage.quote = one_line(words);
    common.hashes = shingle_hashes(words).into_iter().collect();
    let mut holders =
        boilerplate.of.iter().filter(|it| it.1.binary_search(&common.keys[0]).is_ok());
    let mut examples = holders.by_ref().map(|it| *it.0).collect::<Vec<_>>();
    examples.sort_unstable();
    examples.truncate(MAX_NAMED);
    common.passage.examples = examples;
}

pub(super) fn one_line(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(300).collect()
}

/// Finds documents that have nearly the words of a passage and not the passage.
fn other_wordings(ctx: &Context<'_>, found: &mut [Common], documents: &[DocId]) {
    let mut by_hash = HashMap::<u32, Vec<usize>>::new();
    for (position, common) in found.iter().enumerate() {
        for hash in &common.hashes {
            by_hash.entry(*hash).or_default().push(position);
        }
    }
    let seen = |id: &DocId| {
        let fingerprint = ctx.inventory[*id].fingerprint.as_ref()?;
        let mut hits = BTreeMap::<usize, u32>::new();
        for hash in &fingerprint.sketch.hashes {
            for position in by_hash.get(hash).into_iter().flatten() {
                *hits.entry(*position).or_default() += 1;
            }
        }
        let has = |position: &usize| {
            found[*position].keys.iter().any(|it| fingerprint.passages.contains(it))
        };
        let likely = hits.into_iter().filter(|(position, hits)| 2 <= *hits && !has(position));
        let likely = likely.map(|it| it.0).collect::<Vec<_>>();
        (!likely.is_empty()).then_some((*id, likely))
    };
    let candidates = documents.par_iter().filter_map(seen).collect::<Vec<_>>();
    let read = candidates.par_iter().take(MAX_READ).flat_map_iter(|(id, positions)| {
        let text = ctx.texts.text(&ctx.inventory[*id]).unwrap_or_default();
        let all = passages(&text);
        let wording = |position: &usize| {
            let features = Features::shingles(&found[*position].passage.quote);
            let (passage, quote) = most_alike(&text, &all, &features)?;
            Some((*position, passage, quote, *id))
        };
        positions.iter().filter_map(wording).collect::<Vec<_>>()
    });
    let mut wordings = BTreeMap::<(usize, u64), (String, Vec<DocId>)>::new();
    for (position, key, quote, id) in read.collect::<Vec<_>>() {
        wordings.entry((position, key)).or_insert_with(|| (quote, Vec::new())).1.push(id);
    }
    for ((position, _), (quote, mut documents)) in wordings {
        documents.sort_unstable();
        found[position].passage.wordings.push(OtherWording { quote, documents });
    }
    for common in found {
        let order = |it: &OtherWording| (std::cmp::Reverse(it.documents.len()), it.quote.clone());
        common.passage.wordings.sort_by_key(order);
    }
}

/// The passage of a text that is most like the given one, if any is.
fn most_alike(text: &str, all: &[Passage], features: &Features) -> Option<(u64, String)> {
    let alike = |it: &Passage| {
        let similarity = Features::shingles(&text[it.range.clone()]).compare(features);
        similarity.containment_a.min(1.0).max(similarity.jaccard)
    };
    let best = all
        .iter()
        .map(|it| (alike(it), it))
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.range.start.cmp(&a.1.range.start)))?;
    let (value, passage) = best;
    let words = &text[passage.range.clone()];
    (MIN_ALIKE <= value && !normalize(words).is_empty()).then(|| (passage.key, one_line(words)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, prose};
    use super::*;

    const CLAUSE: &str = "This document is the property of the company and must not be given to anybody outside of it without the written consent of the legal department, which can be asked at any time.";

    fn sentences(seed: u32, count: u32) -> String {
        (0..count).map(|it| format!("X{} \n\n", prose(seed * 100 + it, 12))).collect()
    }

    fn tree(documents: u32) -> Tree {
        (0..documents).fold(Tree::default(), |tree, it| {
            let name = prose(900 + it, 1);
            tree.file(&format!("{name}.md"), &format!("{}\n{CLAUSE}\n", sentences(it + 1, 6)))
        })
    }

    #[test]
    fn what_stands_in_many_documents_is_listed_with_its_other_wordings() {
        let old = CLAUSE.replace("legal department", "board");
        let tree = tree(14)
            .file("one.md", &format!("{}\n{old}\n", sentences(60, 6)))
            .file("two.md", &format!("{}\n{old}\n", sentences(61, 6)));
        tree.with(|ctx| {
            let found = &ctx.duplicates().boilerplate;
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].documents, found[0].words), (14, 33));
            assert!(found[0].quote.starts_with("This document is the property"));
            assert_eq!(found[0].wordings.len(), 1);
            assert_eq!(found[0].wordings[0].documents.len(), 2);
            assert!(found[0].wordings[0].quote.contains("of the board"));
        });
    }

    #[test]
    fn documents_that_share_boilerplate_alone_are_no_pair() {
        let frame = (0..8).map(|it| format!("F{}.\n\n", prose(7_000 + it, 20))).collect::<String>();
        let document = |it: u32| format!("{frame}{}", sentences(it, 5));
        let tree = (1..=12).fold(Tree::default(), |tree, it| {
            tree.file(&format!("{}.md", prose(900 + it, 1)), &document(it))
        });
        tree.with(|ctx| {
            assert!(ctx.duplicates().groups.is_empty(), "{:?}", ctx.duplicates().groups);
            assert!(!ctx.duplicates().boilerplate.is_empty());
        });
        // A copy of one of them is one still.
        tree.file("copy.md", &format!("{} the end", document(3))).with(|ctx| {
            assert_eq!(ctx.duplicates().groups.len(), 1);
        });
    }

    #[test]
    fn versions_of_one_document_make_no_boilerplate() {
        let tree = (1..=12).fold(Tree::default(), |tree, it| {
            let text = format!("{CLAUSE} {}\n\n{}", sentences(1, 6), prose(50 + it, 20));
            tree.file(&format!("{}/plan v{it}.md", prose(900 + it, 1)), &text)
        });
        tree.with(|ctx| assert!(ctx.duplicates().boilerplate.is_empty()));
    }

    #[test]
    fn the_work_does_not_grow_with_the_square_of_the_documents() {
        let read = |documents: u32| {
            let asked = std::sync::atomic::AtomicUsize::new(0);
            tree(documents).with(|ctx| {
                let texts = |record: &crate::inventory::Record| {
                    asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    ctx.texts.text(record)
                };
                let ctx = Context::new(ctx.inventory, &texts, ctx.policy, ctx.as_of);
                let documents = ctx.inventory.iter().map(|it| it.0).collect::<Vec<_>>();
                let found = Boilerplate::of(&ctx, &documents);
                assert_eq!(found.of.len(), documents.len());
                listed(&ctx, &found, &documents);
            });
            asked.into_inner()
        };
        assert!(read(400) <= read(40) + 2);
    }
}
