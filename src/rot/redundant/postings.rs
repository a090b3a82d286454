//! Which passages stand in which documents.

use rayon::prelude::*;

use crate::inventory::{DocId, Inventory};

/// So many places of passages are looked at together (16 bytes each).
const MAX_AT_ONCE: usize = 8 << 20;

/// Calls `each` with every passage that stands in several of `documents` and with those, ascending.
/// The order of passages is always the same.
///
/// The work is that of sorting all places of passages; how many documents share one does not
/// matter.
pub(in crate::rot) fn each_shared(
    inventory: &Inventory,
    documents: &[DocId],
    mut each: impl FnMut(u64, &[DocId]),
) {
    let keys = |id: &DocId| {
        inventory[*id].fingerprint.as_ref().map_or(&[][..], |it| it.passages.as_slice())
    };
    let total = documents.iter().map(|it| keys(it).len()).sum::<usize>();
    let parts = (total / MAX_AT_ONCE + 1) as u64;
    let mut places = Vec::new();
    let mut holders = Vec::new();
    for part in 0..parts {
        places.clear();
        for id in documents {
            // The lowest bits are the number of words.
            let mine = keys(id).iter().filter(|it| (**it >> 8) % parts == part);
            places.extend(mine.map(|it| (*it, *id)));
        }
        places.par_sort_unstable();
        for same in places.chunk_by(|a, b| a.0 == b.0).filter(|it| 1 < it.len()) {
            holders.clear();
            holders.extend(same.iter().map(|it| it.1));
            holders.dedup();
            if 1 < holders.len() {
                each(same[0].0, &holders);
            }
        }
    }
}
