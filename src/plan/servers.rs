//! Plans for several file servers, of which each is carried out where its documents are.
//!
//! Whoever carries out a step looks at the document and at the copy that stays, and sees only one
//! server. So of copies on several servers one stays on each, and a document whose better copy is on
//! another server is for review: which of the two is wanted, a person has to say. It knows no
//! catalogs, only which roots a server has.

use std::path::PathBuf;

use crate::inventory::{DocId, RootId, path_text};

use super::make::{Draft, Making};
use super::step::{Disposition, Place, Plan};

impl Making<'_> {
    /// The position of the server that a document is on.
    fn server(&self, document: DocId) -> usize {
        let root = self.inventory[document].root;
        self.servers.partition_point(|first: &RootId| *first <= root)
    }

    /// Whether who looks at the one document can look at the other.
    pub(super) fn are_together(&self, one: DocId, other: DocId) -> bool {
        self.server(one) == self.server(other)
    }

    /// Documents in ascending order, those of each server by themselves.
    pub(super) fn by_server(&self, documents: Vec<DocId>) -> impl Iterator<Item = Vec<DocId>> {
        let servers = documents.chunk_by(|a, b| self.are_together(*a, *b));
        servers.map(<[DocId]>::to_vec).collect::<Vec<_>>().into_iter()
    }

    /// Leaves a document to a person whose better copy is on another server. What somebody decided
    /// before is told, and wants a name again: it was decided for the sake of a copy that nobody
    /// looks at when the document goes.
    pub(super) fn look_no_further(&self, document: DocId, draft: &mut Draft) {
        let survivor = draft.survivor.filter(|it| !self.are_together(document, *it));
        let Some(survivor) = survivor.filter(|_| draft.disposition != Disposition::Keep) else {
            return;
        };
        let record = &self.inventory[survivor];
        let place = self.inventory.root_of(record).join(&record.file.path);
        let mut because = format!(
            "what would stay is on another server, where this plan cannot look: {}",
            path_text::encode(&place)
        );
        // Nothing is lost of an empty file, and of an archived one neither.
        let needs_copy =
            draft.disposition != Disposition::Archive && 0 < self.inventory[document].file.size;
        if needs_copy {
            if let Some(signed) = draft.signed.take() {
                let what = draft.disposition.name();
                because = format!("{because}; decided by {}: {what}", signed.by);
            }
            draft.disposition = Disposition::Review;
        }
        if let Some(known) = &draft.because {
            because = format!("{known}; {because}");
        }
        draft.because = Some(because);
    }
}

impl Plan {
    /// The part of each server, given the roots of each as they are called there, in the order of
    /// the plan's.
    pub fn split(self, servers: Vec<Vec<PathBuf>>) -> Vec<Self> {
        let Self { roots: _, as_of, made, archive, holds, steps, broken } = self;
        let mut plans = Vec::new();
        let mut starts = Vec::new();
        let mut start = 0;
        for roots in servers {
            starts.push(start);
            start += roots.len();
            let (archive, holds) = (archive.clone(), holds.clone());
            let (steps, broken) = (Vec::new(), broken.clone());
            plans.push(Self { roots, as_of, made, archive, holds, steps, broken });
        }
        for mut step in steps {
            let server = starts.partition_point(|it| *it <= step.document.root) - 1;
            let is_here =
                |it: &Place| starts.partition_point(|start| *start <= it.root) - 1 == server;
            // Whoever made the plan saw to it that no step needs such a copy.
            step.survivor = step.survivor.filter(|(place, _)| is_here(place));
            step.document.root -= starts[server];
            if let Some((place, _)) = &mut step.survivor {
                place.root -= starts[server];
            }
            plans[server].steps.push(step);
        }
        plans
    }
}
