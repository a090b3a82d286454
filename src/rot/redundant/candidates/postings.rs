//! Sketches that share hashes: an inverted index of each document's smallest ones.
//!
//! Two documents that share at least two are candidates. A hash that more than a thousand
//! different documents have says little; their documents are linked to their neighbours in the
//! order of their next hashes instead, and to the first of them.

use rayon::prelude::*;

use super::{Links, runs};

/// So many of a document's smallest hashes are looked up.
const KEYS: usize = 16;
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
pub(super) fn link(sketches: &[&[u32]], links: &mut Links) {
    let Collapsed { leaders, others } = collapse(sketches, links);
    let index = Index::new(sketches, &leaders, links);
    let most = (MAX_COMPARISONS / leaders.len().max(1)).max(MIN_PARTNERS);
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
    fn new(sketches: &[&[u32]], leaders: &[u32], links: &mut Links) -> Self {
        let mut postings = Vec::with_capacity(KEYS * leaders.len());
        for (position, leader) in leaders.iter().enumerate() {
            let keys = sketches[*leader as usize].iter().take(KEYS);
            postings.extend(keys.map(|key| (*key, position as u32)));
        }
        postings.par_sort_unstable();
        let mut index =
            Self { documents: Vec::new(), starts: vec![0], lists: Vec::new(), first_list: vec![0] };
        let mut by_document = Vec::new();
        let crowd = (MAX_COMPARISONS / leaders.len().max(1)).max(MIN_CROWD);
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
