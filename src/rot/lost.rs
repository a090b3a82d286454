//! What would be lost with a document: passages that stand nowhere else, and facts that the
//! document which stays states otherwise.
//!
//! Sentences are compared by the keys that fingerprints keep. Of a text of more than 512 sentences
//! not all are kept, so that one of them may be called the only one and is not: never the reverse.

use std::collections::{HashMap, HashSet};

use crate::fingerprint::passages;
use crate::inventory::{DocId, Inventory};

use super::Texts;
use super::redundant::{Difference, is_sheet};

/// More than so many facts or passages are counted, not quoted.
const MAX_QUOTED: usize = 5;
/// Length of a quotation in characters.
const MAX_QUOTE_CHARS: usize = 160;

/// In how many documents that stay each passage stands, of those that matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Elsewhere {
    counts: HashMap<u64, u32>,
}

impl Elsewhere {
    /// Counts the passages of `documents` among all documents that stay.
    pub fn of(inventory: &Inventory, documents: &[DocId], stays: impl Fn(DocId) -> bool) -> Self {
        let keys = |document: DocId| {
            inventory[document].fingerprint.iter().flat_map(|it| it.passages.iter().copied())
        };
        let mut counts: HashMap<u64, u32> =
            documents.iter().flat_map(|it| keys(*it)).map(|key| (key, 0)).collect();
        for (document, _) in inventory.iter().filter(|(it, _)| stays(*it)) {
            let distinct: HashSet<u64> = keys(document).collect();
            for key in distinct {
                if let Some(count) = counts.get_mut(&key) {
                    *count += 1;
                }
            }
        }
        Self { counts }
    }

    /// Passages of a document that no other document has; `itself` says whether it was counted.
    fn only_in(&self, text: &str, itself: bool) -> Vec<String> {
        let mut seen = HashSet::new();
        let is_only =
            |key: &u64| self.counts.get(key).copied().unwrap_or_default() <= u32::from(itself);
        passages(text)
            .into_iter()
            .filter(|it| is_only(&it.key) && seen.insert(it.key))
            .map(|it| quote(&text[it.range]))
            .collect()
    }
}

fn quote(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(MAX_QUOTE_CHARS).collect();
    if cut.len() < words.len() { cut + "..." } else { words }
}

/// What would be lost with a document while `survivor` stays, in sentences; empty where nothing is.
///
/// `stays` says whether the document itself was counted among those that stay.
pub fn lost(
    inventory: &Inventory,
    texts: &dyn Texts,
    elsewhere: &Elsewhere,
    document: DocId,
    survivor: Option<DocId>,
    stays: bool,
) -> Vec<String> {
    let record = &inventory[document];
    let Some(text) = texts.text(record) else {
        return vec!["its text is not known".to_owned()];
    };
    let mut said = Vec::new();
    let only = elsewhere.only_in(&text, stays);
    match only.len() {
        0 => {}
        1 => said.push("1 passage stands nowhere else".to_owned()),
        n => said.push(format!("{n} passages stand nowhere else")),
    }
    said.extend(only.iter().take(MAX_QUOTED).map(|it| format!("only here: \u{201c}{it}\u{201d}")));
    let other = survivor.map(|it| &inventory[it]);
    let other = other.and_then(|it| Some((texts.text(it)?, is_sheet(record) && is_sheet(it))));
    let Some((other, are_sheets)) = other else { return said };
    let facts = Difference::of(&text, &other, are_sheets).facts;
    let told = facts.iter().take(MAX_QUOTED).map(|fact| {
        format!(
            "{}: {} here, {} there (\u{201c}{}\u{201d})",
            fact.kind,
            quote(&fact.a),
            quote(&fact.b),
            quote(&fact.quote_a)
        )
    });
    said.extend(told);
    if MAX_QUOTED < facts.len() {
        said.push(format!("{} facts differ in all", facts.len()));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::super::redundant::testing::{Tree, prose};
    use super::*;

    #[test]
    fn what_stands_nowhere_else_is_quoted_and_differing_facts_are_told() {
        let base = prose(1, 200);
        let own = "The spare key of the archive room is with the porter of the north gate. ";
        let due = |days| format!("{base}. Every claim is paid within {days} days of the journey.");
        let tree = Tree::default()
            .file("a.md", &format!("{} {own}", due(14)))
            .file("b.md", &due(30))
            .file("c.md", &prose(9, 100));
        tree.with(|ctx| {
            let elsewhere = Elsewhere::of(ctx.inventory, &[DocId(0)], |_| true);
            let lost = |survivor| {
                lost(ctx.inventory, ctx.texts, &elsewhere, DocId(0), survivor, true).join("\n")
            };
            let said = lost(Some(DocId(1)));
            assert!(said.contains("passages stand nowhere else"), "{said}");
            assert!(said.contains("The spare key of the archive room"), "{said}");
            assert!(said.contains("period: 14 days here, 30 days there"), "{said}");
        });
    }

    #[test]
    fn nothing_is_lost_with_what_stands_elsewhere_too() {
        let text = prose(1, 200);
        let tree = Tree::default().file("a.md", &text).file("b.md", &text.to_uppercase());
        tree.with(|ctx| {
            let elsewhere = Elsewhere::of(ctx.inventory, &[DocId(0)], |_| true);
            let lost = lost(ctx.inventory, ctx.texts, &elsewhere, DocId(0), Some(DocId(1)), true);
            assert_eq!(lost, Vec::<String>::new());
        });
    }
}
