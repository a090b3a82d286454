//! Sketches that share hashes: an inverted index of each document's smallest ones.
//!
//! Two documents that share at least two are candidates. A hash that more than a thousand
//! different documents have says little; their documents are linked to their neighbours in the
//! order of their next hashes instead, and to the first of them.

use rayon::prelude::*;

use super::{Links, runs};

/// All documents together look up so many hashes, ...
const MAX_KEYS: usize = 1_600_000;
/// ... each at least so many of its smallest, and at most so many: a part of a much larger document
/// shares few of its smallest hashes with it.
const KEYS: std::ops::RangeInclusive<usize> = 16..=64;
/// Documents that share at least so many are candidates.
const MIN_SHARED: u8 = 2;
/// Where all documents together may ask for so many comparisons, ...
const MAX_COMPARISONS: usize = 20_000_000;
/// ... a hash may have so many documents before they are a crowd, or more where there are few, ...
const MIN_CROWD: usize = 1_000;
/// ... and each document may ask for so many.
const MIN_PARTNERS: usize = 64;
/// Of documents of equal sketches, so many are looked up.
const MAX_EQUALS: usize = 8;
/// Members of such a crowd are linked to so many neighbours.
const NEIGHBOURS: usize = 4;

/// Links the positions of sketches that share hashes.
///
/// The first ones are the leaders where many look alike.
pub(super) fn link(sketches: &[&[u32]], links: &mut Links) {
    link_within(sketches, MAX_COMPARISONS, links);
}

/// As [`link`], with room for so many comparisons.
fn link_within(sketches: &[&[u32]], max_comparisons: usize, links: &mut Links) {
    let Collapsed { leaders, others } = collapse(sketches, links);
    let share = max_comparisons / leaders.len().max(1);
    let index = Index::new(sketches, &leaders, share.max(MIN_CROWD), links);
    let most = share.max(MIN_PARTNERS);
    let chunks = leaders
        .par_chunks(1_024)
        .enumerate()
        .map(|(chunk, part)| {
            let mut counts = vec![0_u8; leaders.len()];
            let mut found = Links::default();
            for position in chunk * 1_024..chunk * 1_024 + part.len() {
                index.partners(position, most, &mut counts, &mut found);
            }
            found
        })
        .collect::<Vec<_>>();
    for chunk in chunks {
        links.not_compared += chunk.not_compared;
        links.pairs.extend(chunk.pairs.iter().map(|pair| {
            let (a, b) = (leaders[(pair >> 32) as usize], leaders[*pair as u32 as usize]);
            u64::from(a.min(b)) << 32 | u64::from(a.max(b))
        }));
    }
    links.pairs.sort_unstable();
    links.pairs.dedup();
    expand(&others, links);
}

/// Documents of equal sketches: of many, the first few stand for the others.
struct Collapsed {
    /// Those that are looked up, ascending.
    leaders: Vec<u32>,
    /// The others, each with the first document of its sketch; by that document.
    others: Vec<(u32, u32)>,
}

fn collapse(sketches: &[&[u32]], links: &mut Links) -> Collapsed {
    let mut order = (0..sketches.len() as u32).collect::<Vec<_>>();
    order.par_sort_unstable_by_key(|it| (sketches[*it as usize], *it));
    let (mut leaders, mut others) = (Vec::with_capacity(order.len()), Vec::new());
    for equals in order.chunk_by(|a, b| sketches[*a as usize] == sketches[*b as usize]) {
        if !sketches[equals[0] as usize].is_empty() {
            links.add_equals(equals);
            let (kept, left) = equals.split_at(equals.len().min(MAX_EQUALS));
            leaders.extend(kept);
            others.extend(left.iter().map(|it| (equals[0], *it)));
        }
    }
    leaders.sort_unstable();
    others.sort_unstable();
    Collapsed { leaders, others }
}

/// Links what a document stands for to its partners, as long as there is room.
fn expand(others: &[(u32, u32)], links: &mut Links) {
    if others.is_empty() {
        return;
    }
    for position in 0..links.pairs.len() {
        let pair = links.pairs[position];
        let (a, b) = ((pair >> 32) as u32, pair as u32);
        for (leader, partner) in [(a, b), (b, a)] {
            let from = others.partition_point(|it| it.0 < leader);
            let ours = others[from..].iter().take_while(|it| it.0 == leader);
            for (_, other) in ours {
                if links.pairs.len() < MAX_COMPARISONS {
                    links.add(*other, partner);
                } else {
                    links.not_compared += 1;
                }
            }
        }
    }
}

/// Who has which hash. Documents are positions among the leaders.
struct Index {
    /// The documents of each list, one list after the other.
    documents: Vec<u32>,
    /// Where each list starts; one more at the end.
    starts: Vec<u32>,
    /// The lists of each document, one document after the other.
    lists: Vec<u32>,
    /// Where each document's lists start; one more at the end.
    first_list: Vec<u32>,
}

impl Index {
    fn new(sketches: &[&[u32]], leaders: &[u32], crowd: usize, links: &mut Links) -> Self {
        let keys = (MAX_KEYS / leaders.len().max(1)).clamp(*KEYS.start(), *KEYS.end());
        let mut postings = Vec::with_capacity(keys * leaders.len());
        for (position, leader) in leaders.iter().enumerate() {
            let keys = sketches[*leader as usize].iter().take(keys);
            postings.extend(keys.map(|key| (*key, position as u32)));
        }
        postings.par_sort_unstable();
        let mut index =
            Self { documents: Vec::new(), starts: vec![0], lists: Vec::new(), first_list: vec![0] };
        let mut by_document = Vec::new();
        for run in runs(&postings) {
            if crowd < run.len() {
                link_crowd(run, sketches, leaders, links);
            } else if 1 < run.len() {
                let list = (index.starts.len() - 1) as u32;
                by_document.extend(run.iter().map(|it| (it.1, list)));
                index.documents.extend(run.iter().map(|it| it.1));
                index.starts.push(index.documents.len() as u32);
            }
        }
        drop(postings);
        by_document.par_sort_unstable();
        index.first_list.resize(leaders.len() + 1, 0);
        for (document, _) in &by_document {
            index.first_list[*document as usize + 1] += 1;
        }
        for document in 0..leaders.len() {
            index.first_list[document + 1] += index.first_list[document];
        }
        index.lists = by_document.into_iter().map(|it| it.1).collect();
        index
    }

    fn lists_of(&self, document: usize) -> &[u32] {
        let first = &self.first_list[document..];
        &self.lists[first[0] as usize..first[1] as usize]
    }

    fn documents_of(&self, list: u32) -> &[u32] {
        let starts = &self.starts[list as usize..];
        &self.documents[starts[0] as usize..starts[1] as usize]
    }

    /// Links a document to those that share most with it; equals by the order of documents, so
    /// that the members of a crowd choose the same ones.
    ///
    /// `counts` is all zeros before and after.
    fn partners(&self, document: usize, most: usize, counts: &mut [u8], found: &mut Links) {
        let mut partners = Vec::new();
        for list in self.lists_of(document) {
            for other in self.documents_of(*list) {
                let count = &mut counts[*other as usize];
                *count += 1;
                if *count == MIN_SHARED && *other as usize != document {
                    partners.push(*other);
                }
            }
        }
        if most < partners.len() {
            partners.select_nth_unstable_by_key(most, |it| {
                (std::cmp::Reverse(counts[*it as usize]), *it)
            });
            // Each end may leave a pair out, or keep it: the count is an upper bound.
            found.not_compared += (partners.len() - most) as u64;
            partners.truncate(most);
        }
        for list in self.lists_of(document) {
            self.documents_of(*list).iter().for_each(|it| counts[*it as usize] = 0);
        }
        partners.iter().for_each(|other| found.add(document as u32, *other));
    }
}

/// Links the documents of a hash that too many have.
fn link_crowd(run: &[(u32, u32)], sketches: &[&[u32]], leaders: &[u32], links: &mut Links) {
    let mut crowd = run.iter().map(|it| leaders[it.1 as usize]).collect::<Vec<_>>();
    let first = crowd[0];
    crowd.sort_unstable_by_key(|it| (sketches[*it as usize], *it));
    let mut added = 0;
    for (position, document) in crowd.iter().enumerate() {
        links.add(first, *document);
        for neighbour in crowd[position + 1..].iter().take(NEIGHBOURS) {
            links.add(*document, *neighbour);
            added += 1;
        }
    }
    let members = crowd.len() as u64;
    links.not_compared += (members * (members - 1) / 2).saturating_sub(added + members);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_of_one_template_stays_bounded_and_connected() {
        let sketch = |it: u32| (0..15).chain([100 + it]).collect::<Vec<_>>();
        let sketches = (0..1_500).map(sketch).collect::<Vec<_>>();
        let mut links = Links::default();
        link_within(&sketches.iter().map(Vec::as_slice).collect::<Vec<_>>(), 1, &mut links);
        assert!(links.pairs.len() < 1_500 * 8, "{}", links.pairs.len());
        assert!(0 < links.not_compared);
        let with_first = links.pairs.iter().filter(|it| **it >> 32 == 0).count();
        assert_eq!(with_first, 1_499, "each is compared with the first");
    }

    #[test]
    fn equal_sketches_are_linked_to_what_their_first_is_linked_to() {
        let equal = (0..20).collect::<Vec<u32>>();
        let near = (1..21).collect::<Vec<u32>>();
        let mut sketches = vec![equal.as_slice(); 12];
        sketches.push(&near);
        let mut links = Links::default();
        link(&sketches, &mut links);
        let with_near = links.pairs.iter().filter(|it| **it as u32 == 12).count();
        assert_eq!(with_near, 12);
    }
}
