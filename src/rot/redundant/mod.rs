//! What stands in more than one place: copies, same texts, near-duplicates, versions, parts.
//!
//! Computed once and narrowed step by step, so that a document is reported once, under the
//! strongest rule that holds: exact copy, same text, superseded, near-duplicate, contained. From
//! each step only the canonical documents go on to the next. Whatever the order of the input and
//! the number of threads, the result is the same.

mod alignment;
mod boilerplate;
mod candidates;
mod canonical;
mod claims;
mod difference;
mod edited;
mod facts;
mod forms;
mod grouping;
mod kinds;
mod matching;
mod pairs;
mod postings;
mod prose;
mod similar;
mod stated;
mod variants;
mod verify;

pub(super) mod conflicts;
pub(super) mod contained;
pub(super) mod exact;
pub(super) mod folders;
pub(super) mod near;
pub(super) mod passages;
pub(super) mod same_text;

#[cfg(test)]
mod hostile;
#[cfg(test)]
pub(super) mod testing;

pub use boilerplate::{CommonPassage, OtherWording};
pub use difference::{Difference, FactPair, Piece};
pub use folders::ContainedFolder;
pub(super) use forms::{KnownForms, is_same_form};
pub use pairs::{PAIR_KINDS, Pair, PairCount, PairOptions, pairs};
pub(super) use postings::each_shared;
pub use similar::{Like, Probe, similar};
pub(super) use verify::{is_sheet, verify_one};

use std::collections::{HashMap, HashSet};

use crate::extract::Provenance;
use crate::fingerprint::{Fingerprint, VERSION};
use crate::inventory::DocId;

use super::obsolete::versions;
use super::{Context, Evidence, Finding, Group, Value};

use boilerplate::Boilerplate;
use candidates::Candidates;
use contained::Part;
use edited::Edited;
use passages::Shared;
use verify::Verified;

/// Everything redundant in an inventory.
#[derive(Debug, Default)]
pub struct Redundancy {
    /// Groups of every kind, by canonical document within a kind, the strongest kind first. A
    /// document is a member of one at most; it may be the canonical document of others.
    pub groups: Vec<Group>,
    /// How many pairs looked worth comparing and were not compared, because too many documents
    /// look alike: each of those was compared with a few, among them their leader.
    pub not_compared: u64,
    /// How many pairs that may share an edited passage were not compared.
    pub passages_not_compared: u64,
    /// How many shared passages were found beyond the most that are told; they are those that
    /// repeat the fewest words.
    pub passages_not_told: u64,
    /// How many members of groups of near-duplicates, at most, were not compared with their
    /// canonical document for facts on which they disagree; those of chains of versions, and
    /// documents that share a passage alone, are not counted.
    pub facts_not_compared: u64,
    /// How many documents are the same form as one like them, filled in with other facts, and so no
    /// copies.
    pub same_form: u64,
    /// The canonical documents of groups that are a form filled in.
    filled_in: HashSet<DocId>,
    /// Passages that stand in very many documents, the most frequent first.
    pub boilerplate: Vec<CommonPassage>,
    /// Folders whose content stands elsewhere, by path.
    pub folders: Vec<ContainedFolder>,
    parts: Vec<Part>,
    /// Members of groups, and parts, whose share is estimated.
    estimated: HashSet<DocId>,
    passages: Vec<Shared>,
    edited: Vec<Edited>,
    /// The group that each document is a member of; by document.
    member_of: Vec<Option<u32>>,
}

impl Redundancy {
    /// Finds everything redundant.
    pub(super) fn find(ctx: &Context<'_>) -> Self {
        let mut found = Self { member_of: vec![None; ctx.inventory.len()], ..Self::default() };
        let mut is_gone = vec![false; ctx.inventory.len()];
        let copies = exact::copies(ctx);
        copies.links.iter().for_each(|it| is_gone[it.0 as usize] = true);
        found.add_equals(ctx, exact::RULE.id, &copies.groups);

        let left = |found: &Self| {
            let is_left =
                |it: &DocId| !is_gone[it.0 as usize] && found.member_of[it.0 as usize].is_none();
            ctx.inventory.iter().map(|it| it.0).filter(is_left).collect::<Vec<_>>()
        };
        let same = same_text::groups(ctx, &left(&found));
        found.add_equals(ctx, same_text::RULE.id, &same);

        let documents = comparable(ctx, &left(&found));
        let copies = found.copies();
        let mut chains = versions::chains(ctx, &documents, &copies);
        found.estimated.extend(verify::state(ctx, &mut chains));
        chains.into_iter().for_each(|it| found.add(it));
        let boilerplate = Boilerplate::of(ctx, &documents);
        let (mut verified, not_compared) = compare(ctx, &documents);
        verified.retain(|it| !boilerplate.explains(ctx, it));
        found.not_compared = not_compared;
        let is_left = |it: &DocId| found.member_of[it.0 as usize].is_none();
        let left = documents.iter().copied().filter(is_left).collect::<Vec<_>>();
        let pairs = verified.iter().filter(|it| is_left(&it.a) && is_left(&it.b));
        let pairs = pairs.copied().collect::<Vec<_>>();
        let near::Grouped { groups, same_form, filled_in, estimated } =
            near::groups(ctx, &left, &pairs, &boilerplate);
        (found.same_form, found.filled_in) = (same_form, filled_in);
        found.estimated.extend(estimated);
        groups.into_iter().for_each(|it| found.add(it));
        found.parts = contained::parts(ctx, &verified);
        found.estimated.extend(contained::state(ctx, &mut found.parts));
        found.folders = folders::contained(ctx, &found.groups);
        found.facts_not_compared = conflicts::not_compared(&found);
        (found.passages, found.passages_not_told) =
            passages::shared(ctx, &documents, &found.groups, &boilerplate);
        let is_left = |it: &DocId| found.member_of[it.0 as usize].is_none();
        let left = documents.iter().copied().filter(is_left).collect::<Vec<_>>();
        let (edited, passages_not_compared) = edited::edited(ctx, &left, &boilerplate);
        (found.edited, found.passages_not_compared) = (edited, passages_not_compared);
        found.boilerplate = boilerplate::listed(ctx, &boilerplate, &documents);
        found
    }

    /// Whether a document is reported in a group.
    pub(super) fn is_member(&self, document: DocId) -> bool {
        self.member_of.get(document.0 as usize).is_some_and(Option::is_some)
    }

    /// The members of groups so far, each with the document that stays for it.
    fn copies(&self) -> Vec<(DocId, DocId)> {
        let members = self
            .groups
            .iter()
            .flat_map(|group| group.members.iter().map(|it| (it.0, group.canonical)));
        let copies = members.collect::<HashMap<_, _>>();
        let last = |of: DocId| {
            // A copy of a copy of the same text: two steps at most.
            copies.get(&of).map_or(of, |it| *copies.get(it).unwrap_or(it))
        };
        let mut copies = copies.keys().map(|it| (*it, last(*it))).collect::<Vec<_>>();
        copies.sort_unstable();
        copies
    }

    fn add_equals(&mut self, ctx: &Context<'_>, kind: &'static str, groups: &[Vec<DocId>]) {
        let mut groups = groups
            .iter()
            .map(|members| {
                let canonical::Choice { canonical, reasons, is_tie } =
                    canonical::choose_among_equals(ctx, members);
                let others = members.iter().filter(|it| **it != canonical);
                let members = others.map(|it| (*it, 1.0)).collect();
                Group { kind, canonical, reasons, is_tie, members }
            })
            .collect::<Vec<_>>();
        groups.sort_by_key(|it| it.canonical);
        groups.into_iter().for_each(|it| self.add(it));
    }

    fn add(&mut self, group: Group) {
        let position = self.groups.len() as u32;
        for (member, _) in &group.members {
            self.member_of[member.0 as usize] = Some(position);
        }
        self.groups.push(group);
    }
}

/// Which of some documents of one content stays; none where there is none.
pub(super) fn preferred_copy(ctx: &Context<'_>, copies: &[DocId]) -> Option<DocId> {
    (!copies.is_empty()).then(|| canonical::choose_among_equals(ctx, copies).canonical)
}

/// The documents with enough words to be compared by them.
fn comparable(ctx: &Context<'_>, documents: &[DocId]) -> Vec<DocId> {
    let has_words = |it: &&DocId| {
        let fingerprint = ctx.inventory[**it].fingerprint.as_ref();
        fingerprint
            .is_some_and(|it| it.version == VERSION && ctx.policy.duplicates.min_words <= it.words)
    };
    documents.iter().filter(has_words).copied().collect()
}

/// Finds and verifies the pairs among documents of different texts.
fn compare(ctx: &Context<'_>, documents: &[DocId]) -> (Vec<Verified>, u64) {
    let Candidates { pairs, not_compared } = match &ctx.hints.proposals {
        Some(proposals) => candidates::proposed(ctx, documents, proposals),
        None => candidate_pairs(ctx, documents),
    };
    let pairs = pairs.iter().map(|(a, b)| (documents[*a as usize], documents[*b as usize]));
    (verify::verify(ctx, &pairs.collect::<Vec<_>>()), not_compared)
}

fn candidate_pairs(ctx: &Context<'_>, documents: &[DocId]) -> Candidates {
    let fingerprints = documents.iter().filter_map(|it| ctx.inventory[*it].fingerprint.as_ref());
    candidates::candidates(&fingerprints.collect::<Vec<&Fingerprint>>())
}

/// A member of a group, as its rule sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// The document.
    pub(super) document: DocId,
    /// The one that stays.
    pub(super) canonical: DocId,
    /// How similar they are, 0 to 1.
    pub(super) similarity: f64,
}

/// How similar a member is to the document that stays, and what that was counted on.
pub(super) fn similarity_of(ctx: &Context<'_>, member: &Member) -> Evidence {
    let is_sheet = verify::is_sheet(&ctx.inventory[member.document]);
    let what = if is_sheet { "cells" } else { "runs of three words" };
    let is_estimated = ctx.duplicates().estimated.contains(&member.document);
    let of = if is_estimated { "estimated from a sample of both" } else { "of both texts" };
    let from = Provenance::Computed(format!("{what} {of}"));
    Evidence::new("similarity", Value::Share(member.similarity), from)
}

/// A finding for each member of each group of a kind. What all have in common is added: the
/// canonical document, why it stays, and the group.
pub(super) fn members(
    ctx: &Context<'_>,
    kind: &str,
    finding: impl Fn(Member) -> Finding,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let groups = ctx.duplicates().groups.iter().enumerate().filter(|it| it.1.kind == kind);
    for (position, group) in groups {
        let canonical = group.canonical;
        for (document, similarity) in &group.members {
            let member = Member { document: *document, canonical, similarity: *similarity };
            let from = Provenance::Computed("order of preference".to_owned());
            let mut finding = finding(member).and(Evidence::new(
                "stays",
                Value::Document(canonical),
                from.clone(),
            ));
            if let Some(reason) = group.reasons.first() {
                // The reason of a tie is a sentence of its own.
                let what = if group.is_tie { "because" } else { "because it" };
                finding.push(Evidence::new(what, Value::Text(reason.clone()), from));
            }
            finding.related = vec![canonical];
            finding.group = Some(position);
            findings.push(finding);
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::testing::{Tree, prose};

    #[test]
    fn a_document_is_reported_once_under_the_strongest_rule() {
        let text = prose(1, 200);
        let tree = Tree::default()
            .file("a.md", &text)
            .file("b/a.md", &text)
            .file("b/c/upper.md", &text.to_uppercase())
            .file("near.md", &format!("{text} and a little more"))
            .file("whole.md", &format!("{text} {}", prose(2, 900)));
        tree.with(|ctx| {
            let found = ctx.duplicates();
            let kinds = found.groups.iter().map(|it| (it.kind, it.members.len()));
            let kinds = kinds.collect::<Vec<_>>();
            assert_eq!(kinds, [("exact-copy", 1), ("same-text", 1), ("near-duplicate", 1)]);
            let mut members = found.groups.iter().flat_map(|it| &it.members).map(|it| it.0);
            let mut seen = std::collections::HashSet::new();
            assert!(members.all(|it| seen.insert(it)));
        });
    }

    #[test]
    fn the_number_of_threads_makes_no_difference() {
        let tree = (0..60).fold(Tree::default(), |tree, it| {
            let text = format!("{} {}", prose(it % 7, 80), prose(100 + it, 4 + it % 20));
            tree.file(&format!("{}/{it} v{}.md", it % 3, it % 5), &text)
        });
        let found = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| tree.with(|ctx| ctx.duplicates().groups.clone()))
        };
        assert!(!found(1).is_empty());
        assert_eq!(found(1), found(4));
    }

    #[test]
    fn an_empty_inventory_has_no_duplicates() {
        Tree::default().with(|ctx| assert!(ctx.duplicates().groups.is_empty()));
    }
}
