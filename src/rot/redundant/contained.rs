//! Most of a document stands in a larger one. A note: the part may be there for a reason.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::extract::Provenance;
use crate::inventory::DocId;
use crate::rot::{Category, Confidence, Context, Evidence, Finding, Rule, Severity, Value};

use super::difference::missing_words;
use super::verify::{self, Verified};

pub(in crate::rot) const RULE: Rule = Rule {
    id: "contained",
    category: Category::Redundant,
    severity: Severity::Note,
    summary: "Most of the document stands in a larger one.",
    check,
};

/// Of so many documents at most, so many places are quoted that the larger one does not have.
const MAX_QUOTES: usize = 20_000;
const MAX_PLACES: usize = 3;

/// A document and the larger one that holds most of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    pub document: DocId,
    pub whole: DocId,
    /// Share of the part's shingles that the whole has, 0 to 1.
    pub share: f64,
}

/// The best whole for every part among `pairs`, by document.
pub(super) fn parts(ctx: &Context<'_>, pairs: &[Verified]) -> Vec<Part> {
    let mut best = BTreeMap::<DocId, Part>::new();
    for pair in pairs.iter().filter(|it| !it.is_near) {
        let shingles =
            |id: DocId| ctx.inventory[id].fingerprint.as_ref().map(|it| it.sketch.shingles);
        let part = if shingles(pair.a) <= shingles(pair.b) {
            Part { document: pair.a, whole: pair.b, share: pair.similarity.containment_a }
        } else {
            Part { document: pair.b, whole: pair.a, share: pair.similarity.containment_b }
        };
        let known = best.entry(part.document).or_insert(part);
        if known.share < part.share || known.share == part.share && part.whole < known.whole {
            *known = part;
        }
    }
    best.into_values().collect()
}

/// States the exact shares of parts. Returns those whose share is estimated.
pub(super) fn state(ctx: &Context<'_>, parts: &mut [Part]) -> Vec<DocId> {
    let pairs = parts.iter().map(|it| (it.document, it.whole)).collect::<Vec<_>>();
    let estimated =
        parts.iter_mut().zip(verify::stated(ctx, &pairs)).filter_map(|(part, found)| {
            if let Some(found) = found {
                part.share = found.containment_a;
                return None;
            }
            Some(part.document)
        });
    estimated.collect()
}

fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let duplicates = ctx.duplicates();
    let parts = duplicates.parts.iter().filter(|it| !duplicates.is_member(it.document));
    let finding = |part: &Part| {
        let from = |it: &str| Provenance::Computed(it.to_owned());
        let is_sheet = verify::is_sheet(&ctx.inventory[part.document]);
        let counted = match (is_sheet, duplicates.estimated.contains(&part.document)) {
            (true, false) => "its cells that the other has too",
            (false, false) => "its runs of three words that the other has too",
            (_, true) => "estimated from a sample of both",
        };
        let share = Value::Share(part.share);
        let share = Evidence::new("share of this document", share, from(counted));
        let whole = Evidence::new("stands in", Value::Document(part.whole), from("texts of both"));
        let mut finding = Finding::new(&RULE, part.document, Confidence::Likely, share).and(whole);
        finding.related = vec![part.whole];
        finding
    };
    let findings = parts.map(finding).collect::<Vec<_>>();
    findings.into_par_iter().enumerate().map(|(at, it)| with_own_words(ctx, at, it)).collect()
}

/// Adds what the larger document does not have, to the first findings.
fn with_own_words(ctx: &Context<'_>, at: usize, mut finding: Finding) -> Finding {
    let text = |id: DocId| ctx.texts.text(&ctx.inventory[id]).filter(|_| at < MAX_QUOTES);
    let Some((part, whole)) = text(finding.document).zip(text(finding.related[0])) else {
        return finding;
    };
    let (quotes, words) = missing_words(&part, &whole, MAX_PLACES);
    let from = || Provenance::Computed("words of which no run of three stands there".to_owned());
    finding.push(Evidence::new("words only here", Value::Count(words as u64), from()));
    for quote in quotes {
        finding.push(Evidence::new("only here", Value::Text(quote), from()));
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Tree, prose};
    use super::*;

    #[test]
    fn a_chapter_is_contained_in_its_book() {
        let chapter = prose(1, 200);
        let book = format!("{} {chapter} {}", prose(2, 300), prose(3, 300));
        let tree = Tree::default().file("book.md", &book).file("chapter.md", &chapter);
        tree.file("other.md", &prose(4, 200)).with(|ctx| {
            let findings = check(ctx);
            assert_eq!(findings.len(), 1);
            assert_eq!((findings[0].document, findings[0].related[0]), (DocId(1), DocId(0)));
            assert!(ctx.duplicates().groups.is_empty());
        });
    }
}
