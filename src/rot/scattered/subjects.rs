//! Finds the subjects of an inventory from its texts: documents that share telling words.
//!
//! Copies and older versions go with the one that stays, so that a subject is not what was copied
//! most. A large subject is looked through once more for narrower ones. Where nothing tells documents
//! apart there are no subjects, and that is said.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::inventory::{DocId, Inventory, Word, path_text};
use crate::rot::{Group, Policy, Texts};

use super::furniture::Furniture;
use super::names::{self, Around, Telling};
use super::neighbours::{Graph, neighbours};
use super::partition::{modularity, parts};
use super::weights::{Vectors, Weighing};
use super::{Member, NoSubjects, Subject, Subjects};

/// Fewer documents have no subjects to speak of.
const LEAST_DOCUMENTS: usize = 12;
/// A subject has so many documents, copies not counted.
const LEAST_OF_SUBJECT: usize = 4;
/// A subject of so many documents may have narrower ones.
const SPLIT_FROM: usize = 30;
/// Narrower subjects hang together by so much more than chance.
const LEAST_MODULARITY: f64 = 0.25;
/// Subjects within subjects within subjects.
const MOST_LEVELS: usize = 4;
/// A document that is farther from what its subject has in common belongs nowhere.
const LEAST_CENTRALITY: f32 = 0.1;

/// The document that stands for each document: the copy that stays, the newest version.
pub(super) fn stands_for(inventory: &Inventory, groups: &[Group]) -> Vec<DocId> {
    let mut stands_for: Vec<DocId> = inventory.iter().map(|it| it.0).collect();
    for group in groups {
        for (member, _) in &group.members {
            stands_for[member.0 as usize] = group.canonical;
        }
    }
    // A copy of a copy leads on; two that name each other do not lead round for ever.
    for _ in 0..8 {
        let next = stands_for.iter().map(|it| stands_for[it.0 as usize]).collect();
        if stands_for == next {
            break;
        }
        stands_for = next;
    }
    stands_for
}

/// Whether a document stands for itself and says enough to be looked at for subjects.
pub(super) fn is_weighed(
    inventory: &Inventory,
    policy: &Policy,
    stands_for: &[DocId],
    id: DocId,
) -> bool {
    let record = &inventory[id];
    let stands_for_itself = stands_for[id.0 as usize] == id;
    record.is_readable() && stands_for_itself && policy.duplicates.min_words <= record.words()
}

/// What each document that is weighed is about; none where the source knows no words.
pub(super) fn vectors(
    inventory: &Inventory,
    texts: &dyn Texts,
    policy: &Policy,
    stands_for: &[DocId],
) -> Option<Vectors> {
    let is_weighed = |id: DocId| is_weighed(inventory, policy, stands_for, id);
    let documents: Vec<DocId> =
        inventory.iter().map(|it| it.0).filter(|id| is_weighed(*id)).collect();
    let furniture = Furniture::of(inventory, texts, policy, &documents);
    let mut weighing = Weighing::of(inventory, documents);
    let is_told = texts.each_word(inventory, &is_weighed, 2, &mut |word| {
        let uses = furniture.left_of(word.text, word.uses);
        if !uses.is_empty() {
            weighing.add(&Word { uses: &uses, ..*word });
        }
    });
    is_told.then(|| weighing.finish())
}

/// Finds the subjects.
pub(super) fn find(inventory: &Inventory, vectors: &Vectors, stands_for: &[DocId]) -> Subjects {
    if vectors.len() < LEAST_DOCUMENTS {
        return Subjects::none(NoSubjects::TooFew);
    }
    let graph = neighbours(vectors);
    let names: Vec<u64> = vectors.rows.iter().map(|it| name_hash(inventory, *it)).collect();
    let all: Vec<u32> = (0..vectors.len() as u32).collect();
    let mut found = Vec::new();
    let looking = Looking { vectors, graph: &graph, names: &names };
    looking.look(&all, None, 0, &mut found);
    if found.is_empty() {
        return Subjects::none(NoSubjects::NothingTellsApart);
    }
    laid_out(inventory, vectors, stands_for, found)
}

/// A subject in the making.
struct Found {
    rows: Vec<u32>,
    telling: Telling,
    broader: Option<usize>,
}

struct Looking<'a> {
    vectors: &'a Vectors,
    graph: &'a Graph,
    names: &'a [u64],
}

impl Looking<'_> {
    /// Finds the subjects among some rows, which ascend.
    fn look(&self, rows: &[u32], broader: Option<usize>, level: usize, found: &mut Vec<Found>) {
        let is_whole = rows.len() == self.vectors.len();
        let graph =
            if is_whole { Cow::Borrowed(self.graph) } else { Cow::Owned(self.graph.between(rows)) };
        let names: Vec<u64> = rows.iter().map(|it| self.names[*it as usize]).collect();
        let part_of = parts(&graph, &names);
        if 0 < level && modularity(&graph, &part_of) < LEAST_MODULARITY {
            return;
        }
        let mut parts: Vec<Vec<u32>> = Vec::new();
        for (row, part) in rows.iter().zip(&part_of) {
            let part = *part as usize;
            if parts.len() <= part {
                parts.resize_with(part + 1, Vec::new);
            }
            parts[part].push(*row);
        }
        parts.sort_by_key(|it| std::cmp::Reverse(it.len()));
        let around = Around::of(self.vectors, rows);
        let mut inner = Vec::new();
        for part in parts.into_iter().filter(|it| LEAST_OF_SUBJECT <= it.len()) {
            let is_part = part.len() < rows.len();
            self.take(part, &around, is_part, level, &mut inner);
        }
        // One narrower subject would be the same one again.
        if broader.is_some() && inner.iter().filter(|it| it.broader.is_none()).count() < 2 {
            return;
        }
        let first = found.len();
        found.extend(
            inner.into_iter().map(|it| Found {
                broader: it.broader.map_or(broader, |at| Some(first + at)),
                ..it
            }),
        );
    }

    /// Takes a part as a subject, with the narrower ones in it. What has no words of its own may have
    /// parts that have.
    fn take(
        &self,
        part: Vec<u32>,
        around: &Around,
        is_part: bool,
        level: usize,
        found: &mut Vec<Found>,
    ) {
        let close = self.close(part.clone());
        let telling = names::telling(self.vectors, &close, around);
        let may_split = SPLIT_FROM <= part.len() && level + 1 < MOST_LEVELS;
        if LEAST_OF_SUBJECT <= close.len() && telling.is_subject() {
            let position = found.len();
            found.push(Found { rows: close.clone(), telling, broader: None });
            if may_split {
                self.look(&close, Some(position), level + 1, found);
            }
        } else if may_split && is_part {
            self.look(&part, None, level + 1, found);
        }
    }

    /// Those of a part that are close to what it has in common.
    fn close(&self, part: Vec<u32>) -> Vec<u32> {
        let centre = Centre::of(self.vectors, &part);
        let is_close = |row: &u32| LEAST_CENTRALITY <= centre.closeness(self.vectors, *row);
        part.into_iter().filter(is_close).collect()
    }
}

/// What documents have in common.
pub(super) struct Centre {
    weights: std::collections::HashMap<u32, f32>,
}

impl Centre {
    pub(super) fn of(vectors: &Vectors, rows: &[u32]) -> Self {
        let mut weights = std::collections::HashMap::new();
        for (term, weight) in rows.iter().flat_map(|row| vectors.row(*row as usize)) {
            *weights.entry(*term).or_insert(0.0_f32) += weight;
        }
        // Whatever the order of the table, the sum has to be the same.
        let mut squares: Vec<f32> = weights.values().map(|it| it * it).collect();
        squares.sort_unstable_by(f32::total_cmp);
        let length = squares.iter().sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        weights.values_mut().for_each(|it| *it /= length);
        Self { weights }
    }

    /// How close a document is to it, from 0 to 1.
    pub(super) fn closeness(&self, vectors: &Vectors, row: u32) -> f32 {
        let row = vectors.row(row as usize).iter();
        row.map(|(term, weight)| weight * self.weights.get(term).copied().unwrap_or(0.0)).sum()
    }
}

/// The subjects in the order in which they are listed: the largest first, each before its narrower
/// ones.
fn largest_first(found: Vec<Found>) -> Vec<Found> {
    let mut narrower: Vec<Vec<usize>> = vec![Vec::new(); found.len() + 1];
    for (at, it) in found.iter().enumerate() {
        narrower[it.broader.map_or(found.len(), |it| it)].push(at);
    }
    // The last one is taken first.
    narrower
        .iter_mut()
        .for_each(|it| it.sort_by_key(|it| (found[*it].rows.len(), usize::MAX - it)));
    let mut waiting = std::mem::take(&mut narrower[found.len()]);
    let (mut place, mut ordered) = (vec![0; found.len()], Vec::with_capacity(found.len()));
    let mut found: Vec<Option<Found>> = found.into_iter().map(Some).collect();
    while let Some(at) = waiting.pop() {
        let Some(it) = found[at].take() else { continue };
        place[at] = ordered.len();
        let broader = it.broader.map(|it| place[it]);
        ordered.push(Found { broader, ..it });
        waiting.append(&mut narrower[at]);
    }
    ordered
}

/// Names the subjects and gives each its documents, copies included.
fn laid_out(
    inventory: &Inventory,
    vectors: &Vectors,
    stands_for: &[DocId],
    found: Vec<Found>,
) -> Subjects {
    let found = largest_first(found);
    let mut followers: Vec<Vec<DocId>> = vec![Vec::new(); inventory.len()];
    for (document, stands) in (0u32..).map(DocId).zip(stands_for) {
        if document != *stands && inventory[document].is_readable() {
            followers[stands.0 as usize].push(document);
        }
    }
    let mut of = vec![None; inventory.len()];
    let mut taken = HashSet::new();
    let mut list = Vec::with_capacity(found.len());
    for (position, Found { rows, telling, broader }) in found.iter().enumerate() {
        let name = names::name(inventory, vectors, telling, rows, &mut taken);
        let centre = Centre::of(vectors, rows);
        let mut members = Vec::with_capacity(rows.len());
        for row in rows {
            let (document, centrality) =
                (vectors.rows[*row as usize], centre.closeness(vectors, *row));
            let family = std::iter::once(document).chain(followers[document.0 as usize].clone());
            for it in family {
                members.push(Member { document: it, centrality, is_copy: it != document });
                of[it.0 as usize] = Some(position as u32);
            }
        }
        let terms = names::words_of(vectors, telling).map(str::to_owned).collect();
        list.push(Subject { name, terms, broader: *broader, members, ..Subject::default() });
    }
    Subjects::of(inventory, list, of, false)
}

/// Tells a document from others, whatever other documents there are.
fn name_hash(inventory: &Inventory, document: DocId) -> u64 {
    let path = path_text::to_bytes(&inventory[document].file.path);
    path.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
