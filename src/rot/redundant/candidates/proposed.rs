//! Pairs that were proposed from elsewhere, such as by a cluster that saw more documents than one
//! machine can hold.
//!
//! Whoever proposes may take another copy of a text for it than the one that is compared here, so
//! documents are known by their texts.

use std::collections::HashMap;

use crate::inventory::DocId;
use crate::rot::{Context, Proposals};

use super::Candidates;

/// The proposed pairs, as positions among `documents`; of documents that are not among them, of
/// those with the same text.
pub(in crate::rot::redundant) fn proposed(
    ctx: &Context<'_>,
    documents: &[DocId],
    proposals: &Proposals,
) -> Candidates {
    let text = |id: DocId| ctx.inventory[id].fingerprint.as_ref().map(|it| it.text);
    let mut positions = HashMap::<[u8; 16], Vec<u32>>::with_capacity(documents.len());
    for (document, position) in documents.iter().zip(0..) {
        if let Some(text) = text(*document) {
            positions.entry(text).or_default().push(position);
        }
    }
    let places = |id: DocId| text(id).and_then(|it| positions.get(&it)).map_or(&[][..], |it| it);
    let mut pairs = Vec::with_capacity(proposals.pairs.len());
    for (a, b) in &proposals.pairs {
        for a in places(*a) {
            let others = places(*b).iter().filter(|b| a != *b);
            pairs.extend(others.map(|b| (*a.min(b), *a.max(b))));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    Candidates { pairs, not_compared: proposals.not_compared }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rot::assess_with;
    use crate::rot::redundant::testing::{Tree, date, prose};
    use crate::rot::{Assessment, Hints};

    /// Two near-duplicates, one of them also as a copy, and a stranger.
    fn tree() -> Tree {
        let text = prose(1, 200);
        Tree::default()
            .file("a.md", &format!("{text} and more"))
            .file("copy.md", &text)
            .file("text.md", &text)
            .file("z.md", &prose(2, 200))
    }

    fn proposing(pairs: &[(u32, u32)]) -> Option<Proposals> {
        let pairs = pairs.iter().map(|(a, b)| (DocId(*a), DocId(*b))).collect();
        Some(Proposals { pairs, not_compared: 7 })
    }

    /// Judged by these proposals, or by the own search.
    fn near_duplicates(proposals: Option<Proposals>) -> (usize, u64) {
        tree().with(|ctx| {
            let hints = Hints { proposals, ..Hints::default() };
            let as_of = date(2026, 6, 1);
            let Assessment { groups, not_compared, .. } =
                assess_with(ctx.inventory, ctx.texts, ctx.policy, as_of, &hints);
            (groups.iter().filter(|it| it.kind == "near-duplicate").count(), not_compared)
        })
    }

    #[test]
    fn proposals_replace_the_own_search_and_are_judged_alike() {
        assert_eq!(near_duplicates(None), (1, 0));
        assert_eq!(near_duplicates(proposing(&[(0, 1)])), (1, 7));
        // What nobody proposes is not compared, and what is proposed need not be alike.
        assert_eq!(near_duplicates(proposing(&[])), (0, 7));
        assert_eq!(near_duplicates(proposing(&[(0, 3)])), (0, 7));
    }

    #[test]
    fn any_copy_of_a_text_speaks_for_all() {
        for copy in [1, 2] {
            assert_eq!(near_duplicates(proposing(&[(0, copy)])), (1, 7));
        }
        tree().with(|ctx| {
            let documents = [DocId(0), DocId(1), DocId(3)];
            let proposals = proposing(&[(0, 2), (0, 1), (1, 2)]).unwrap_or_default();
            // Positions among the documents; a text is no pair with itself.
            assert_eq!(proposed(ctx, &documents, &proposals).pairs, [(0, 1)]);
        });
    }
}
