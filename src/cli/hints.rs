//! Asks the catalog's index where the policy's words stand, so that only those texts are read, and
//! which documents are like each other.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use docrot::catalog::Catalog;
use docrot::inventory::{DocId, Inventory, document_key};
use docrot::rot::{Assessment, Hints, Policy, SIMILAR, Suggestion, suggest_successors};

/// The documents in which the policy's retired terms may stand.
pub(super) fn of(
    catalog: &Catalog,
    inventory: &Inventory,
    policy: &Policy,
) -> anyhow::Result<Hints> {
    let mut hints = Hints::default();
    if policy.terms.is_empty() {
        return Ok(hints);
    }
    let by_key = keys(inventory);
    for (position, term) in policy.terms.iter().enumerate() {
        if term.find_regex.is_some() {
            // No index knows expressions: every text is read.
            let readable = inventory.iter().filter(|(_, record)| record.is_readable());
            hints.terms.extend(readable.map(|(id, _)| (position, id)));
            continue;
        }
        let mut found: HashSet<DocId> = HashSet::new();
        for spelling in &term.find {
            let keys = catalog.mentions(spelling)?;
            found.extend(keys.iter().filter_map(|key| by_key.get(key)));
        }
        hints.terms.extend(found.into_iter().map(|id| (position, id)));
    }
    Ok(hints)
}

/// Newer documents that may have taken the place of those that are over or long unverified.
pub(super) fn successors(
    catalog: &Catalog,
    inventory: &Inventory,
    assessment: &Assessment,
    policy: &Policy,
    as_of: NaiveDate,
) -> anyhow::Result<Vec<Suggestion>> {
    let by_key = keys(inventory);
    let like = catalog.similar()?;
    let mut trouble = None;
    let similar = |document: DocId| match like.to(&inventory[document], SIMILAR) {
        Ok(keys) => keys.iter().filter_map(|key| by_key.get(key).copied()).collect(),
        Err(error) => {
            trouble.get_or_insert(error);
            Vec::new()
        }
    };
    let suggestions = suggest_successors(inventory, assessment, policy, as_of, similar);
    trouble.map_or(Ok(suggestions), |error| Err(error.into()))
}

fn keys(inventory: &Inventory) -> HashMap<[u8; 16], DocId> {
    let key = |record: &docrot::inventory::Record| document_key(record.root, &record.file.path);
    inventory.iter().map(|(id, record)| (key(record), id)).collect()
}
