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
/// A hash of more documents than this is not worth a comparison of all of them.
const MAX_DOCUMENTS: usize = 1_000;
/// Members of such a crowd are linked to so many neighbours.
const NEIGHBOURS: usize = 4;

/// At most so many candidates of each of `documents` are kept, those that share most first.
///
/// What a thousand documents may ask for, a million may not.
fn max_partners(documents: usize) -> usize {
    (20_000_000 / documents.max(1)).clamp(64, MAX_DOCUMENTS)
}

/// Links the positions of sketches that share hashes.
pub(super) fn link(sketches: &[&[u32]], links: &mut Links) {
    let leaders = collapse(sketches, links);
    let index = Index::new(sketches, &leaders, links);
    let max_partners = max_partners(leaders.len());
    let chunks = leaders
        .par_chunks(1_024)
        .enumerate()
        .map(|(chunk, part)| {
            let mut counts = vec![0_u8; leaders.len()];
            let mut found = Links::default();
            for position in chunk * 1_024..chunk * 1_024 + part.len() {
                index.partners(position, max_partners, &mut counts, &mut found);
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
}

/// Links documents of equal sketches, and gives the first of each, ascending.
fn collapse(sketches: &[&[u32]], links: &mut Links) -> Vec<u32> {
    let mut order = (0..sketches.len() as u32).collect::<Vec<_>>();
    order.par_sort_unstable_by_key(|it| (sketches[*it as usize], *it));
    let mut leaders = Vec::with_capacity(order.len());
    for equals in order.chunk_by(|a, b| sketches[*a as usize] == sketches[*b as usize]) {
        if !sketches[equals[0] as usize].is_empty() {
            links.add_equals(equals);
            leaders.push(equals[0]);
        }
    }
    leaders.sort_unstable();
    leaders
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
        for run in runs(&postings) {
            if MAX_DOCUMENTS < run.len() {
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
