//! Every pair of similar documents, with exact similarities, for people and scripts that want the
//! pairs and not the groups.
//!
//! Pairs are handed out one by one, in order; what is held is a few bytes for each. Copies of one
//! text are compared once and stand for each other.

use std::ops::ControlFlow;

use crate::inventory::{DocId, Inventory};
use crate::rot::{Context, Policy, Texts};

use super::kinds::{self, Kind, Neighbor};
use super::{candidate_pairs, comparable, exact as bytes, same_text};

/// Of more copies than this, each is paired with the first only, and the first stands for all.
const MAX_COPIES: usize = 1_000;

/// Two similar documents. Shares are from 0 to 1, of the sets of 3-word shingles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The first document, in the inventory's order.
    pub a: DocId,
    /// The second document.
    pub b: DocId,
    /// What they are to each other: one of [`PAIR_KINDS`].
    pub kind: &'static str,
    /// Jaccard: shared shingles among all of both.
    pub similarity: f64,
    /// Share of the first one's shingles that the second has.
    pub containment_a: f64,
    /// Share of the second one's shingles that the first has.
    pub containment_b: f64,
}

/// What two documents may be to each other, the strongest first, each with a sentence about it.
pub const PAIR_KINDS: &[(&str, &str)] = &[
    ("exact-copy", "The same bytes."),
    ("same-text", "The same words in other bytes."),
    ("near-duplicate", "Nearly the same text."),
    ("same-form", "One form, filled in with other facts; no copies."),
    ("contained", "Most of one stands in the other, which is larger."),
    ("similar", "As similar as asked, but too short or too different to be called more."),
];

/// Which pairs are wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairOptions {
    /// Pairs at or above this similarity, 0 to 1.
    pub min_similarity: f64,
    /// Also documents of which most stands in a larger one, however small their similarity.
    pub parts: bool,
}

/// How many pairs there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairCount {
    /// Handed out.
    pub listed: u64,
    /// Known and not handed out: pairs among very many copies of one text.
    pub not_listed: u64,
    /// How many pairs at most were not compared, because too many documents look alike.
    pub not_compared: u64,
    /// How many pairs of texts are near-duplicates of which it was not asked whether they are one
    /// form, to bound the work.
    pub not_asked: u64,
}

/// Hands every pair at or above the smallest similarity to `each`, copies included, by first and
/// then second document, until it breaks.
///
/// Similarities are exact where the texts are stored, and estimated from sketches otherwise.
pub fn pairs(
    inventory: &Inventory,
    texts: &dyn Texts,
    policy: &Policy,
    options: &PairOptions,
    mut each: impl FnMut(Pair) -> ControlFlow<()>,
) -> PairCount {
    // No verdict here depends on the day.
    let ctx = Context::new(inventory, texts, policy, chrono::NaiveDate::default());
    let mut count = PairCount::default();
    let copies = Copies::of(&ctx);
    let documents = comparable(&ctx, &copies.firsts);
    let candidates = candidate_pairs(&ctx, &documents);
    count.not_compared = candidates.not_compared;
    let pairs = candidates.pairs.into_iter();
    let pairs = pairs.map(|(a, b)| (documents[a as usize], documents[b as usize]));
    let links = kinds::links(&ctx, pairs.collect(), options);
    count.not_asked = links.not_asked;
    let mut partners = Vec::new();
    for (document, _) in inventory.iter() {
        copies.partners(&ctx, document, &mut partners, &mut count);
        copies.partners_of_links(document, &links, &mut partners, &mut count);
        partners.sort_unstable_by_key(|it| it.b);
        for pair in partners.drain(..) {
            count.listed += 1;
            if each(pair).is_break() {
                return count;
            }
        }
    }
    count
}

/// The documents, gathered by their text.
struct Copies {
    /// The first document of each text, in order.
    firsts: Vec<DocId>,
    /// The set that a document is in; by document.
    set_of: Vec<Option<u32>>,
    /// Documents of one text, at least two each, ascending.
    sets: Vec<Vec<DocId>>,
    /// The first document of the text, by document; none for further names of one file.
    first_of: Vec<Option<DocId>>,
}

impl Copies {
    fn of(ctx: &Context<'_>) -> Self {
        let copies = bytes::copies(ctx);
        let ids = || ctx.inventory.iter().map(|it| it.0);
        let mut first_of = ids().map(Some).collect::<Vec<_>>();
        copies.links.iter().for_each(|it| first_of[it.0 as usize] = None);
        let is_first =
            |first_of: &[Option<DocId>], it: &DocId| first_of[it.0 as usize] == Some(*it);
        let mut merge = |groups: &[Vec<DocId>]| {
            for group in groups {
                group.iter().for_each(|it| first_of[it.0 as usize] = Some(group[0]));
            }
        };
        merge(&copies.groups);
        let left = ids().filter(|it| is_first(&first_of, it)).collect::<Vec<_>>();
        let same_texts = same_text::groups(ctx, &left);
        let mut first_text = first_of.clone();
        for group in &same_texts {
            group.iter().for_each(|it| first_text[it.0 as usize] = Some(group[0]));
        }
        // A copy's text is the text of the first copy.
        let first_of = first_of.into_iter().map(|it| first_text[it?.0 as usize]);
        let first_of = first_of.collect::<Vec<_>>();
        let firsts = ids().filter(|it| is_first(&first_of, it)).collect::<Vec<_>>();
        let mut found =
            Self { firsts, set_of: vec![None; first_of.len()], sets: Vec::new(), first_of };
        for (document, first) in ids().zip(found.first_of.clone()) {
            let Some(first) = first.filter(|it| *it != document) else { continue };
            let set = *found.set_of[first.0 as usize].get_or_insert_with(|| {
                found.sets.push(vec![first]);
                (found.sets.len() - 1) as u32
            });
            found.set_of[document.0 as usize] = Some(set);
            found.sets[set as usize].push(document);
        }
        found
    }

    /// All documents with the text of this one that may be listed, and how many there are.
    fn of_text<'a>(&'a self, document: &'a DocId) -> (&'a [DocId], usize) {
        match self.set_of[document.0 as usize] {
            None => (std::slice::from_ref(document), 1),
            Some(set) => {
                let set = &self.sets[set as usize];
                (if MAX_COPIES < set.len() { &set[..1] } else { set }, set.len())
            }
        }
    }

    /// Adds the later copies of a document.
    fn partners(
        &self,
        ctx: &Context<'_>,
        document: DocId,
        found: &mut Vec<Pair>,
        count: &mut PairCount,
    ) {
        let Some(set) = self.set_of[document.0 as usize] else { return };
        let set = &self.sets[set as usize];
        let later = &set[set.partition_point(|it| *it <= document)..];
        if MAX_COPIES < set.len() && document != set[0] {
            count.not_listed += later.len() as u64;
            return;
        }
        let hash = |it: DocId| ctx.inventory[it].hash;
        found.extend(later.iter().map(|it| {
            let is_same = hash(document).is_some() && hash(document) == hash(*it);
            let kind = if is_same { Kind::ExactCopy } else { Kind::SameText };
            pair(document, &Neighbor { document: *it, kind, shares: [1.0; 3] })
        }));
    }

    /// Adds the later documents that this one's text is linked to.
    fn partners_of_links(
        &self,
        document: DocId,
        links: &kinds::Links,
        found: &mut Vec<Pair>,
        count: &mut PairCount,
    ) {
        let Some(first) = self.first_of[document.0 as usize] else { return };
        let (ours, all_ours) = self.of_text(&first);
        if !ours.contains(&document) && first != document {
            return;
        }
        for neighbor in links.of(first) {
            let (theirs, all_theirs) = self.of_text(&neighbor.document);
            let later = theirs.iter().filter(|it| document < **it);
            found.extend(later.map(|it| pair(document, &Neighbor { document: *it, ..neighbor })));
            // Counted once for both texts.
            if document == first && first < neighbor.document {
                count.not_listed += (all_ours * all_theirs - ours.len() * theirs.len()) as u64;
            }
        }
    }
}

/// A document and its neighbor.
fn pair(a: DocId, neighbor: &Neighbor) -> Pair {
    let Neighbor { document: b, kind, shares: [similarity, containment_a, containment_b] } =
        *neighbor;
    Pair { a, b, kind: kind.name(), similarity, containment_a, containment_b }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, prose};
    use super::*;

    fn found(tree: &Tree, min_similarity: f64, parts: bool) -> (Vec<Pair>, PairCount) {
        tree.with(|ctx| {
            let mut found = Vec::new();
            let options = PairOptions { min_similarity, parts };
            let count = pairs(ctx.inventory, ctx.texts, ctx.policy, &options, |it| {
                found.push(it);
                ControlFlow::Continue(())
            });
            (found, count)
        })
    }

    fn kinds(found: &[Pair]) -> Vec<(u32, u32, &'static str)> {
        found.iter().map(|it| (it.a.0, it.b.0, it.kind)).collect()
    }

    #[test]
    fn copies_and_near_duplicates_are_listed_with_exact_similarities() {
        let text = prose(1, 100);
        let tree = Tree::default()
            .file("a.md", &text)
            .file("b.md", &text)
            .file("c.md", &text.to_uppercase())
            .file("d.md", &format!("{text} more words"))
            .file("e.md", &prose(2, 100));
        let (found, count) = found(&tree, 0.5, false);
        assert_eq!(
            kinds(&found),
            [
                (0, 1, "exact-copy"),
                (0, 2, "same-text"),
                (0, 3, "near-duplicate"),
                (1, 2, "same-text"),
                (1, 3, "near-duplicate"),
                (2, 3, "near-duplicate"),
            ]
        );
        assert!((found[2].similarity - 0.98).abs() < 1e-9);
        assert!((found[2].containment_a - 1.0).abs() < 1e-9);
        assert_eq!(count, PairCount { listed: 6, ..PairCount::default() });
    }

    #[test]
    fn parts_are_listed_when_asked_for_or_similar_enough() {
        let tree = Tree::default()
            .file("a.md", &format!("{} {}", prose(1, 300), prose(2, 600)))
            .file("b.md", &prose(1, 300));
        assert_eq!(kinds(&found(&tree, 0.5, false).0), []);
        assert_eq!(kinds(&found(&tree, 0.3, false).0), [(0, 1, "contained")]);
        let (found, _) = found(&tree, 0.5, true);
        assert_eq!(kinds(&found), [(0, 1, "contained")]);
        assert!(found[0].containment_a < 0.35 && 0.99 < found[0].containment_b);
    }

    #[test]
    fn what_very_many_copies_leave_out_is_counted() {
        let (text, near) = (prose(1, 20), format!("{} more", prose(1, 20)));
        let tree = (0..1_100).fold(Tree::default(), |it, at| it.file(&format!("{at}.md"), &text));
        let tree = tree.file("near.md", &near).file("nearer.md", &near);
        let (found, count) = found(&tree, 0.5, false);
        assert_eq!((found.len(), count.listed), (1_099 + 1 + 2, 1_102));
        assert_eq!(count.not_listed, 1_099 * 1_098 / 2 + 1_099 * 2);
    }
}
