//! What an inventory holds already like a document that is not in it.

use std::sync::LazyLock;

use rayon::prelude::*;

use crate::fingerprint::{Features, Fingerprint, Hash, Similarity, VERSION};
use crate::inventory::{DocId, Inventory};
use crate::rot::{Policy, Texts};

use super::verify::{is_sheet, is_short};

/// Sketches estimate shares to within this, nearly always.
const MARGIN: f64 = 0.2;
/// So many documents, the most alike by their sketches, are compared on their texts.
const MAX_COMPARED: usize = 2_000;
/// Containment is believed from so many shared runs of words on.
const MIN_SHARED: usize = 6;

/// A document that may have its like in an inventory.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    /// Hash of its bytes.
    pub hash: Hash,
    /// Fingerprint of its text; none where it has no words.
    pub fingerprint: Option<&'a Fingerprint>,
    /// Its text as extracted.
    pub text: &'a str,
    /// Whether it is a sheet, whose rows are compared.
    pub is_sheet: bool,
}

/// A document of the inventory that is like it. Shares are from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Like {
    /// The document.
    pub document: DocId,
    /// `exact-copy`, `same-text`, `near-duplicate`, `contained` (most of the new one stands in it)
    /// or `contains` (most of it stands in the new one).
    pub kind: &'static str,
    /// Shared runs of three words among all of both; of sheets, cells.
    pub similarity: f64,
    /// Share of the new one's that the document has.
    pub of_probe: f64,
    /// Share of the document's that the new one has.
    pub of_document: f64,
}

/// Kinds in the order in which they are listed.
const KINDS: [&str; 5] = ["exact-copy", "same-text", "near-duplicate", "contained", "contains"];

/// Finds the documents that are like one that need not be among them, the strongest kind first and
/// the most similar first within a kind.
pub fn similar(
    inventory: &Inventory,
    texts: &dyn Texts,
    policy: &Policy,
    probe: &Probe<'_>,
) -> Vec<Like> {
    let mut found = Vec::new();
    let mut candidates = Vec::new();
    for (id, record) in inventory.iter() {
        let equal =
            |kind| Like { document: id, kind, similarity: 1.0, of_probe: 1.0, of_document: 1.0 };
        let print = record.fingerprint.as_ref().filter(|it| it.version == VERSION);
        let texts = print.zip(probe.fingerprint);
        if record.hash == Some(probe.hash) {
            found.push(equal(KINDS[0]));
        } else if texts.is_some_and(|(a, b)| a.text == b.text) {
            found.push(equal(KINDS[1]));
        } else if let Some((document, new)) = texts
            && is_sheet(record) == probe.is_sheet
            && policy.duplicates.min_words <= document.words.min(new.words)
        {
            let estimate = new.sketch.compare(&document.sketch);
            let share = estimate.containment_a.max(estimate.containment_b);
            // The sketch of a sheet is not of its cells, nor is that of a short text of its words.
            let may_be = probe.is_sheet
                || is_short(policy, document.words, new.words)
                || policy.duplicates.pair <= estimate.jaccard + MARGIN
                || policy.duplicates.containment <= share + MARGIN;
            if may_be && 0 < estimate.shared {
                candidates.push((share, id));
            }
        }
    }
    found.extend(compared(inventory, texts, policy, probe, candidates));
    let place = |kind: &str| KINDS.iter().position(|it| *it == kind);
    let share = |it: &Like| it.similarity.max(it.of_probe.max(it.of_document) - 1.0);
    found.sort_by(|a, b| {
        let kinds = place(a.kind).cmp(&place(b.kind));
        kinds.then(share(b).total_cmp(&share(a))).then(a.document.cmp(&b.document))
    });
    found
}

/// The most promising candidates, compared by their texts.
fn compared(
    inventory: &Inventory,
    texts: &dyn Texts,
    policy: &Policy,
    probe: &Probe<'_>,
    mut candidates: Vec<(f64, DocId)>,
) -> Vec<Like> {
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    candidates.truncate(MAX_COMPARED);
    let features = |text: &str| {
        if probe.is_sheet { Features::cells(text) } else { Features::shingles(text) }
    };
    let new = features(probe.text);
    let new_words = LazyLock::new(|| Features::words(probe.text));
    let compared = candidates.par_iter().filter_map(|(_, id)| {
        let text = texts.text(&inventory[*id])?;
        let it = new.compare(&features(&text));
        let words = (probe.fingerprint.map_or(0, |it| it.words), inventory[*id].words());
        let is_short = is_short(policy, words.0, words.1) && !probe.is_sheet;
        let short = || new_words.compare(&Features::words(&text)).jaccard;
        let kind = kind(policy, &it, is_short.then(short))?;
        let (of_probe, of_document) = (it.containment_a, it.containment_b);
        Some(Like { document: *id, kind, similarity: it.jaccard, of_probe, of_document })
    });
    compared.collect()
}

/// What a document is to a new one that shares so much with it; short ones are judged by the share
/// of their words.
fn kind(policy: &Policy, it: &Similarity, short: Option<f64>) -> Option<&'static str> {
    let limits = &policy.duplicates;
    let is_near = short.map_or(limits.pair <= it.jaccard, |it| limits.short <= it);
    let is_part = MIN_SHARED <= it.shared;
    if is_near {
        Some(KINDS[2])
    } else if limits.containment <= it.containment_a && is_part {
        Some(KINDS[3])
    } else if limits.containment <= it.containment_b && is_part {
        Some(KINDS[4])
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, prose};
    use super::*;

    #[test]
    fn every_kind_of_likeness_is_found() {
        let text = prose(1, 200);
        let tree = Tree::default()
            .file("copy.md", &text)
            .file("upper.md", &text.to_uppercase())
            .file("near.md", &format!("{text} and more words"))
            .file("whole.md", &format!("{} {text} {}", prose(2, 300), prose(3, 300)))
            .file("part.md", &prose(1, 60))
            .file("other.md", &prose(4, 200));
        tree.with(|ctx| {
            let fingerprint = Fingerprint::of(&text);
            let probe = Probe {
                hash: Hash::of(text.as_bytes()),
                fingerprint: fingerprint.as_ref(),
                text: &text,
                is_sheet: false,
            };
            let found = similar(ctx.inventory, ctx.texts, ctx.policy, &probe);
            let kinds = found.iter().map(|it| (it.kind, it.document.0)).collect::<Vec<_>>();
            let expected = [
                ("exact-copy", 0),
                ("same-text", 4),
                ("near-duplicate", 1),
                ("contained", 5),
                ("contains", 3),
            ];
            assert_eq!(kinds, expected);
            assert!((found[3].of_probe - 1.0).abs() < 1e-9);
        });
    }

    #[test]
    fn a_text_without_words_is_like_nothing() {
        let tree = Tree::default().file("a.md", &prose(1, 50));
        tree.with(|ctx| {
            let probe =
                Probe { hash: Hash::of(b"..."), fingerprint: None, text: "...", is_sheet: false };
            assert!(similar(ctx.inventory, ctx.texts, ctx.policy, &probe).is_empty());
        });
    }
}
