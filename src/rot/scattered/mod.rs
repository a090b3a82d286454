//! Where the knowledge on one subject lives, and who else writes about it.
//!
//! Subjects come from the words of the texts, or from the organisation's own list. It knows no index:
//! words are told by the [`super::Texts`] that the caller passes in; a source that knows none has no
//! subjects.

mod assign;
mod furniture;
mod names;
mod neighbours;
mod partition;
mod reading;
mod settings;
mod spread;
mod subjects;
mod taxonomy;
mod turtle;
mod weights;

pub(super) mod one_author;
pub(super) mod scatter;
pub(super) mod silos;

pub use reading::{Reading, reading_list};
pub use settings::{ArticleState, SubjectPolicy};
pub use spread::{Folder, Home, Spread};
pub use taxonomy::{Concept, Taxonomy, TaxonomyError};

use crate::inventory::{DocId, Inventory};

use super::{Assessment, Context, Finding, Policy, Texts};

/// The subjects of an inventory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subjects {
    /// Broader ones before narrower ones, else the ones with most documents first.
    pub list: Vec<Subject>,
    /// Why there are none, where there are none.
    pub why_none: Option<NoSubjects>,
    /// Whether they come from the organisation's own list.
    pub is_given: bool,
    /// Documents that have words and fit into no subject, by path.
    pub nowhere: Vec<DocId>,
    /// The narrowest subject of each document, by document.
    of: Vec<Option<u32>>,
}

/// Documents about one thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// What it is called. No two have one name.
    pub name: String,
    /// The words that tell its documents from others, the most telling first.
    pub terms: Vec<String>,
    /// The position of the broader subject that it is part of.
    pub broader: Option<usize>,
    /// Its documents, with those of narrower subjects; the most central first.
    pub members: Vec<Member>,
    /// Where they lie, whose they are and how old.
    pub spread: Spread,
}

/// A document of a subject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The document.
    pub document: DocId,
    /// How much of what the subject's documents have in common it has, from 0 to 1.
    pub centrality: f32,
    /// Whether it is a copy or an older version of another one.
    pub is_copy: bool,
}

/// Why there are no subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSubjects {
    /// Too few documents say anything.
    TooFew,
    /// No words tell some of the documents from the others.
    NothingTellsApart,
    /// More documents than the policy looks for subjects among.
    TooMany,
    /// None of the organisation's own subjects has a document.
    NoneGivenFits,
}

impl NoSubjects {
    /// A whole sentence for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::TooFew => "No subjects to speak of: fewer than twelve documents say enough.",
            Self::NothingTellsApart => {
                "No subjects to speak of: no words tell some of the documents from the others."
            }
            Self::TooMany => {
                "No subjects: there are more documents than most_documents in [subjects] of docrot.toml allows."
            }
            Self::NoneGivenFits => "No document fits any of the subjects that were given.",
        }
    }
}

impl Subjects {
    fn none(why: NoSubjects) -> Self {
        Self { why_none: Some(why), ..Self::default() }
    }

    /// Puts the members of each subject in order, and tells who is in none.
    fn of(
        inventory: &Inventory,
        mut list: Vec<Subject>,
        of: Vec<Option<u32>>,
        is_given: bool,
    ) -> Self {
        for subject in &mut list {
            subject.members.sort_by(|a, b| {
                let by_centrality = b.centrality.total_cmp(&a.centrality);
                by_centrality.then(a.is_copy.cmp(&b.is_copy)).then(a.document.cmp(&b.document))
            });
        }
        let is_nowhere = |id: &DocId| {
            let record = &inventory[*id];
            record.is_readable() && 0 < record.words() && of[id.0 as usize].is_none()
        };
        let nowhere = inventory.iter().map(|it| it.0).filter(is_nowhere).collect();
        Self { list, why_none: None, is_given, nowhere, of }
    }

    /// The narrowest subject of a document, by its position.
    pub fn subject_of(&self, document: DocId) -> Option<usize> {
        self.of.get(document.0 as usize).copied().flatten().map(|it| it as usize)
    }

    /// The positions of the subjects without narrower ones.
    pub fn narrowest(&self) -> impl Iterator<Item = (usize, &Subject)> {
        let mut is_broader = vec![false; self.list.len()];
        self.list.iter().filter_map(|it| it.broader).for_each(|it| is_broader[it] = true);
        self.list.iter().enumerate().filter(move |(at, _)| !is_broader[*at])
    }

    /// How many broader subjects a subject is within.
    pub fn level(&self, position: usize) -> usize {
        let broader = |at: &usize| self.list[*at].broader;
        std::iter::successors(broader(&position), broader).take(self.list.len()).count()
    }
}

/// Tells the words that subjects are found by, document by document: each with its weight, which
/// are of length 1 for each document. Copies and older versions have those of the one that stays. Says whether the texts tell words at all.
pub fn telling_words(
    inventory: &Inventory,
    assessment: &Assessment,
    texts: &dyn Texts,
    policy: &Policy,
    mut visit: impl FnMut(DocId, &str, f32),
) -> bool {
    let stands_for = subjects::stands_for(inventory, &assessment.groups);
    let Some(vectors) = subjects::vectors(inventory, texts, policy, &stands_for) else {
        return false;
    };
    for (document, record) in inventory.iter() {
        let row = vectors.rows.binary_search(&stands_for[document.0 as usize]);
        let Some(row) = row.ok().filter(|_| record.is_readable()) else { continue };
        for (term, weight) in vectors.row(row) {
            visit(document, &vectors.terms[*term as usize].stem, *weight);
        }
    }
    true
}

/// Finds the subjects of an inventory and how they are spread; none where the texts tell no words or
/// the policy does not ask for them. `findings` are those of all other rules.
pub(super) fn subjects(ctx: &Context<'_>, findings: &[Finding]) -> Option<Subjects> {
    let policy = &ctx.policy.subjects;
    if !policy.enabled {
        return None;
    }
    let stands_for = subjects::stands_for(ctx.inventory, &ctx.duplicates().groups);
    let mut found = match &policy.taxonomy {
        Some(taxonomy) => assign::assign(ctx, taxonomy, &stands_for)?,
        None if is_too_much(ctx, &stands_for) => Subjects::none(NoSubjects::TooMany),
        None => {
            let vectors = subjects::vectors(ctx.inventory, ctx.texts, ctx.policy, &stands_for)?;
            subjects::find(ctx.inventory, &vectors, &stands_for)
        }
    };
    spread::measure(ctx, findings, &mut found);
    Some(found)
}

fn is_too_much(ctx: &Context<'_>, stands_for: &[DocId]) -> bool {
    let is_weighed = |id: &DocId| subjects::is_weighed(ctx.inventory, ctx.policy, stands_for, *id);
    let weighed = ctx.inventory.iter().map(|it| it.0).filter(is_weighed);
    ctx.policy.subjects.most_documents < weighed.count() as u32
}

#[cfg(test)]
mod tests {
    use super::super::redundant::testing::{Tree, prose};
    use super::*;

    #[test]
    fn documents_that_say_too_little_are_none_too_many() {
        let tree = Tree::default().file("a.md", &prose(1, 200)).file("b.md", "to be written");
        tree.with(|ctx| {
            let is_too_much = |most: u32| {
                let mut policy = Policy::default();
                policy.subjects.most_documents = most;
                let ctx = Context::new(ctx.inventory, ctx.texts, &policy, ctx.as_of);
                is_too_much(&ctx, &subjects::stands_for(ctx.inventory, &[]))
            };
            assert_eq!([0, 1].map(is_too_much), [true, false]);
        });
    }
}
