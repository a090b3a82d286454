//! Every pair of similar documents, with exact similarities, for people and scripts that want the
//! pairs and not the groups.

use rayon::prelude::*;

use crate::inventory::{DocId, Inventory};
use crate::rot::{Context, Policy, Texts};

use super::verify::{Basis, exact};
use super::{candidate_pairs, comparable, exact as bytes, near, same_text};

/// Copies of one text beyond this many are paired with the first only.
const MAX_COPIES: usize = 1_000;
/// Sketches estimate the similarity to within this, nearly always.
const MARGIN: f64 = 0.2;

/// Two similar documents. Shares are from 0 to 1, of the sets of 3-word shingles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The first document, in the inventory's order.
    pub a: DocId,
    /// The second document.
    pub b: DocId,
    /// The rule's id: `exact-copy`, `same-text` or `near-duplicate`.
    pub kind: &'static str,
    /// Jaccard: shared shingles among all of both.
    pub similarity: f64,
    /// Share of the first one's shingles that the second has.
    pub containment_a: f64,
    /// Share of the second one's shingles that the first has.
    pub containment_b: f64,
}

/// The pairs of an inventory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs {
    /// Ordered by first, then second document.
    pub pairs: Vec<Pair>,
    /// How many more there may be: pairs of copies beyond what is listed, and pairs that were not
    /// compared because too many documents look alike.
    pub not_listed: u64,
}

/// Finds every pair at or above `min_similarity`, copies included.
///
/// Similarities are exact where the texts are stored, and estimated from sketches otherwise.
pub fn pairs(
    inventory: &Inventory,
    texts: &dyn Texts,
    policy: &Policy,
    min_similarity: f64,
) -> Pairs {
    // No verdict here depends on the day.
    let ctx = Context::new(inventory, texts, policy, chrono::NaiveDate::default());
    let mut found = Pairs::default();
    let copies = bytes::copies(&ctx);
    let mut is_left = vec![true; inventory.len()];
    copies.links.iter().for_each(|it| is_left[it.0 as usize] = false);
    // Copies stand for each other: what is found of the first holds of all.
    let mut same = vec![Vec::new(); inventory.len()];
    found.add_copies(bytes::RULE.id, &copies.groups, &mut is_left, &mut same);
    let left = |is_left: &[bool]| {
        let ids = inventory.iter().map(|it| it.0).filter(|it| is_left[it.0 as usize]);
        ids.collect::<Vec<_>>()
    };
    let texts = same_text::groups(&ctx, &left(&is_left));
    found.add_copies(same_text::RULE.id, &texts, &mut is_left, &mut same);
    let documents = comparable(&ctx, &left(&is_left));
    found.add_near(&ctx, &documents, min_similarity, &same);
    found.pairs.sort_by_key(|it| (it.a, it.b));
    found
}

impl Pairs {
    /// Adds the pairs of equals, and leaves only the first of each group among those left.
    fn add_copies(
        &mut self,
        kind: &'static str,
        groups: &[Vec<DocId>],
        is_left: &mut [bool],
        same: &mut [Vec<DocId>],
    ) {
        for group in groups {
            let with_copies = |it: &DocId| {
                std::iter::once(*it).chain(same[it.0 as usize].clone()).collect::<Vec<_>>()
            };
            let sets = group.iter().map(with_copies).collect::<Vec<_>>();
            for (position, a) in sets.iter().enumerate() {
                let rest = &sets[position + 1..];
                if MAX_COPIES < group.len() && 0 < position {
                    self.not_listed += rest.len() as u64;
                } else {
                    rest.iter().for_each(|b| self.add(kind, a, b, [1.0; 3]));
                }
            }
            let (first, others) = group.split_first().expect("a group has members");
            others.iter().for_each(|it| is_left[it.0 as usize] = false);
            same[first.0 as usize].extend(sets[1..].iter().flatten());
        }
    }

    /// Adds every pair of two sets of copies.
    fn add(&mut self, kind: &'static str, a: &[DocId], b: &[DocId], shares: [f64; 3]) {
        let is_listed = a.len() * b.len() <= MAX_COPIES;
        let (a, b) = if is_listed {
            (a, b)
        } else {
            self.not_listed += (a.len() * b.len() - 1) as u64;
            (&a[..1], &b[..1])
        };
        for one in a {
            for other in b {
                let [similarity, of_one, of_other] = shares;
                let (a, b, containment_a, containment_b) = if one < other {
                    (*one, *other, of_one, of_other)
                } else {
                    (*other, *one, of_other, of_one)
                };
                self.pairs.push(Pair { a, b, kind, similarity, containment_a, containment_b });
            }
        }
    }

    fn add_near(
        &mut self,
        ctx: &Context<'_>,
        documents: &[DocId],
        min_similarity: f64,
        same: &[Vec<DocId>],
    ) {
        let candidates = candidate_pairs(ctx, documents);
        self.not_listed += candidates.not_compared;
        let sketch = |id: DocId| ctx.inventory[id].fingerprint.as_ref().map(|it| &it.sketch);
        let estimated = candidates.pairs.par_iter().filter_map(|(a, b)| {
            let (a, b) = (documents[*a as usize], documents[*b as usize]);
            let estimate = sketch(a)?.compare(sketch(b)?);
            let may_be = min_similarity <= estimate.jaccard + MARGIN
                || super::verify::is_sheet(&ctx.inventory[a]);
            may_be.then_some((a, b, estimate))
        });
        let estimated = estimated.collect::<Vec<_>>();
        let questions = estimated.iter().map(|(a, b, _)| (*a, *b, Basis::Shingles));
        let answers = exact(ctx, &questions.collect::<Vec<_>>());
        for ((a, b, estimate), answer) in estimated.into_iter().zip(answers) {
            let it = answer.unwrap_or(estimate);
            if min_similarity <= it.jaccard {
                let with_copies = |it: DocId| {
                    std::iter::once(it)
                        .chain(same[it.0 as usize].iter().copied())
                        .collect::<Vec<_>>()
                };
                let shares = [it.jaccard, it.containment_a, it.containment_b];
                self.add(near::RULE.id, &with_copies(a), &with_copies(b), shares);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, prose};
    use super::*;

    #[test]
    fn copies_and_near_duplicates_are_listed_with_exact_similarities() {
        let text = prose(1, 100);
        let tree = Tree::default()
            .file("a.md", &text)
            .file("b.md", &text)
            .file("c.md", &text.to_uppercase())
            .file("d.md", &format!("{text} more words"))
            .file("e.md", &prose(2, 100));
        tree.with(|ctx| {
            let found = pairs(ctx.inventory, ctx.texts, ctx.policy, 0.5).pairs;
            let kinds = found.iter().map(|it| (it.a.0, it.b.0, it.kind)).collect::<Vec<_>>();
            assert_eq!(
                kinds,
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
        });
    }
}
