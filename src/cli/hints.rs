//! Asks the catalog's index where the policy's words stand, so that only those texts are read.

use std::collections::{HashMap, HashSet};

use docrot::catalog::Catalog;
use docrot::inventory::{DocId, Inventory, document_key};
use docrot::rot::{Hints, Policy};

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
    let by_key: HashMap<[u8; 16], DocId> = inventory
        .iter()
        .map(|(id, record)| (document_key(record.root, &record.file.path), id))
        .collect();
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
