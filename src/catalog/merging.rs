//! Which segments of the index are merged while it is written, where memory is short.
//!
//! A merge maps all files of its segments, and what is mapped counts as memory of the process.

use std::collections::HashMap;
use std::path::PathBuf;

use tantivy::SegmentMeta;
use tantivy::index::{SegmentComponent, SegmentId};
use tantivy::indexer::{LogMergePolicy, MergeCandidate, MergePolicy};

/// Tantivy's own policy, but for merges of more than so many bytes.
#[derive(Debug)]
pub(super) struct SmallMerges {
    /// Where the segments lie.
    pub(super) folder: PathBuf,
    /// Most that the segments of one merge take on disk together, in bytes.
    pub(super) bytes: u64,
}

/// What a segment consists of.
const FILES: [SegmentComponent; 6] = [
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
    SegmentComponent::Terms,
    SegmentComponent::Store,
];

/// So many segments of the same size are to fit into a merge, or merging makes little progress.
const AT_LEAST: u64 = 4;

impl MergePolicy for SmallMerges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let size = |segment: &SegmentMeta| -> u64 {
            let files = FILES.into_iter().map(|it| self.folder.join(segment.relative_path(it)));
            files.filter_map(|it| it.metadata().ok()).map(|it| it.len()).sum()
        };
        let sizes: HashMap<SegmentId, u64> =
            segments.iter().map(|it| (it.id(), size(it))).collect();
        let small = segments.iter().filter(|it| sizes[&it.id()] <= self.bytes / AT_LEAST);
        let small = small.cloned().collect::<Vec<_>>();
        let candidates = LogMergePolicy::default().compute_merge_candidates(&small).into_iter();
        candidates.filter_map(|MergeCandidate(ids)| within(self.bytes, ids, &sizes)).collect()
    }
}

/// The smallest of these segments that take no more than `bytes` together; none for a single one.
fn within(
    bytes: u64,
    mut ids: Vec<SegmentId>,
    sizes: &HashMap<SegmentId, u64>,
) -> Option<MergeCandidate> {
    ids.sort_by_key(|it| (sizes[it], *it));
    let mut sum = 0;
    ids.retain(|it| {
        sum += sizes[it];
        sum <= bytes
    });
    (1 < ids.len()).then_some(MergeCandidate(ids))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_takes_the_smallest_that_fit() {
        let ids = (0..4).map(|_| SegmentId::generate_random()).collect::<Vec<_>>();
        let sizes: HashMap<_, _> = ids.iter().copied().zip([50, 10, 30, 20]).collect();
        let mut merged = within(60, ids.clone(), &sizes).unwrap().0;
        merged.sort_by_key(|it| sizes[it]);
        assert_eq!(merged, [ids[1], ids[3], ids[2]]);
        assert!(within(15, ids, &sizes).is_none());
    }
}
