//! Asks the catalog's index where the policy's words stand, so that only those texts are read, and
//! which documents are like each other.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use docrot::catalog::{Catalogs, DocumentKey};
use docrot::export::{self, Candidates, JobLimits};
use docrot::inventory::{DocId, Inventory};
use docrot::rot::{Assessment, Hints, Policy, Proposals, SIMILAR, Suggestion, suggest_successors};

/// The documents in which the policy's retired terms may stand.
pub(super) fn of(
    catalogs: &Catalogs<'_>,
    inventory: &Inventory,
    policy: &Policy,
) -> anyhow::Result<Hints> {
    let mut hints = Hints::default();
    if policy.terms.is_empty() {
        return Ok(hints);
    }
    let by_key = keys(catalogs, inventory);
    for (position, term) in policy.terms.iter().enumerate() {
        if term.find_regex.is_some() {
            // No index knows expressions: every text is read.
            let readable = inventory.iter().filter(|(_, record)| record.is_readable());
            hints.terms.extend(readable.map(|(id, _)| (position, id)));
            continue;
        }
        let mut found: HashSet<DocId> = HashSet::new();
        for spelling in &term.find {
            let keys = catalogs.mentions(spelling)?;
            found.extend(keys.iter().filter_map(|key| by_key.get(key)));
        }
        hints.terms.extend(found.into_iter().map(|id| (position, id)));
    }
    Ok(hints)
}

/// The pairs that a cluster proposed for these catalogs; none where they are to be found here.
pub(super) fn proposals(
    catalogs: &Catalogs<'_>,
    policy: &Policy,
) -> anyhow::Result<Option<Proposals>> {
    let candidates = export::candidates(&catalogs.iter().collect::<Vec<_>>())?;
    let (pairs, not_compared, limits) = match candidates {
        Candidates::Absent => return Ok(None),
        Candidates::Outdated(why) => {
            log::warn!("{why}; similar documents are looked for here instead");
            return Ok(None);
        }
        Candidates::Proposed { pairs, not_compared, limits } => (pairs, not_compared, limits),
    };
    let JobLimits { min_words, pair, containment, short_words } = limits;
    let wanted = &policy.duplicates;
    let is_covered = min_words <= i64::from(wanted.min_words)
        && pair <= wanted.pair
        && containment <= wanted.containment
        && i64::from(wanted.short_words) <= short_words;
    if !is_covered {
        log::warn!(
            "what was imported comes from a job with higher thresholds than the policy has now; \
             similar documents are looked for here instead"
        );
        return Ok(None);
    }
    Ok(Some(Proposals { pairs, not_compared }))
}

/// Newer documents that may have taken the place of those that are over or long unverified.
pub(super) fn successors(
    catalogs: &Catalogs<'_>,
    inventory: &Inventory,
    assessment: &Assessment,
    policy: &Policy,
    as_of: NaiveDate,
) -> anyhow::Result<Vec<Suggestion>> {
    let by_key = keys(catalogs, inventory);
    let like = catalogs.similar()?;
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

fn keys(catalogs: &Catalogs<'_>, inventory: &Inventory) -> HashMap<DocumentKey, DocId> {
    inventory.iter().map(|(id, record)| (catalogs.key(record), id)).collect()
}
