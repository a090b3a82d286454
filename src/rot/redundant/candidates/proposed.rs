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
