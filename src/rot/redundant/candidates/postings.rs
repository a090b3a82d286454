//! Sketches that share hashes: an inverted index of each document's smallest ones.
//!
//! Two documents that share at least two are candidates. Where that is too much work, the hashes
//! that most documents have are left out; their documents are linked to their neighbours in the
//! order of their next hashes instead, and to the first of them. Where there are too many
//! candidates, each document keeps those that share most with it. Both are counted.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::{Links, runs};

/// All documents together look up so many hashes, ...
const MAX_KEYS: usize = 6_400_000;
/// ... each at least so many of its smallest, and at most so many: a part of a much larger document
/// shares few of its smallest hashes with it.
const KEYS: std::ops::RangeInclusive<usize> = 16..=256;
/// Documents that share at least so many are candidates, ...
const MIN_SHARED: u16 = 2;
/// ... and so large a part, as one in so many, of the hashes that both could share.
const MIN_PART: usize = 4;
/// Of documents of equal sketches, so many are looked up.
const MAX_EQUALS: usize = 8;
/// Members of a crowd are linked to so many neighbours, ...
const NEIGHBOURS: usize = 4;
/// ... in so many crowds each.
const MAX_CROWDS: u8 = 8;

/// How much may be done.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Times that a document is met while all are looked up. A hash that too many have is a crowd.
    meetings: u64,
    /// Candidate pairs.
    pairs: usize,
}

const LIMITS: Limits = Limits { meetings: 1_000_000_000, pairs: 20_000_000 };
/// A hash that so few documents have is no crowd, and a document may have so many partners.
const MIN_CROWD: usize = 64;

/// Links the positions of sketches that share hashes.
///
/// The first ones are the leaders where many look alike.
pub(super) fn link(sketches: &[&[u32]], links: &mut Links) {
    link_within(sketches, LIMITS, links);
}

fn link_within(sketches: &[&[u32]], limits: Limits, links: &mut Links) {
    let Collapsed { leaders, others } = collapse(sketches, links);
    let index = Index::new(sketches, &leaders, limits.meetings, links);
    let found = index.pairs(usize::MAX, limits.pairs).unwrap_or_else(|| {
        let most = index.most_partners(limits.pairs);
        index.pairs(most, usize::MAX).unwrap_or_default()
    });
    for chunk in found {
        links.not_compared += chunk.not_compared;
        links.pairs.extend(chunk.pairs.iter().map(|pair| {
            let (a, b) = (leaders[(pair >> 32) as usize], leaders[*pair as u32 as usize]);
            u64::from(a.min(b)) << 32 | u64::from(a.max(b))
        }));
    }
    links.pairs.sort_unstable();
    links.pairs.dedup();
    expand(&others, limits.pairs, links);
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
fn expand(others: &[(u32, u32)], most: usize, links: &mut Links) {
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
                if links.pairs.len() < most {
                    links.add(*other, partner);
                } else {
                    links.not_compared += 1;
                }
            }
        }
    }
}

/// Who has which hash. Documents are positions among the leaders.
struct Index<'a> {
    /// The hashes of each document that are looked up.
    keys: Vec<&'a [u32]>,
    /// The documents of each list, one list after the other.
    documents: Vec<u32>,
    /// Where each list starts; one more at the end.
    starts: Vec<u32>,
    /// The lists of each document, one document after the other.
    lists: Vec<u32>,
    /// Where each document's lists start; one more at the end.
    first_list: Vec<u32>,
}

impl<'a> Index<'a> {
    fn new(sketches: &[&'a [u32]], leaders: &[u32], meetings: u64, links: &mut Links) -> Self {
        let most = (MAX_KEYS / leaders.len().max(1)).clamp(*KEYS.start(), *KEYS.end());
        let keys = leaders.iter().map(|it| {
            let sketch = sketches[*it as usize];
            &sketch[..sketch.len().min(most)]
        });
        let keys = keys.collect::<Vec<_>>();
        let mut postings = Vec::with_capacity(keys.iter().map(|it| it.len()).sum());
        for (position, keys) in keys.iter().enumerate() {
            postings.extend(keys.iter().map(|key| (*key, position as u32)));
        }
        postings.par_sort_unstable();
        let crowd = crowd(&postings, meetings);
        let (mut documents, mut starts) = (Vec::new(), vec![0]);
        let mut by_document = Vec::new();
        let mut crowds = vec![0; leaders.len()];
        for run in runs(&postings) {
            if crowd < run.len() {
                link_crowd(run, &keys, &mut crowds, leaders, links);
            } else if 1 < run.len() {
                let list = (starts.len() - 1) as u32;
                by_document.extend(run.iter().map(|it| (it.1, list)));
                documents.extend(run.iter().map(|it| it.1));
                starts.push(documents.len() as u32);
            }
        }
        drop(postings);
        by_document.par_sort_unstable();
        let mut first_list = vec![0; leaders.len() + 1];
        for (document, _) in &by_document {
            first_list[*document as usize + 1] += 1;
        }
        for document in 0..leaders.len() {
            first_list[document + 1] += first_list[document];
        }
        let lists = by_document.into_iter().map(|it| it.1).collect();
        Self { keys, documents, starts, lists, first_list }
    }

    /// The partners of every document, at most so many each; none where they are more than so many
    /// together.
    fn pairs(&self, most: usize, limit: usize) -> Option<Vec<Links>> {
        const CHUNK: usize = 256;
        let total = AtomicUsize::new(0);
        let chunks = (0..self.keys.len().div_ceil(CHUNK)).into_par_iter();
        let chunks = chunks.map_init(
            || vec![0_u16; self.keys.len()],
            |counts, chunk| {
                let mut found = Links::default();
                for document in chunk * CHUNK..self.keys.len().min((chunk + 1) * CHUNK) {
                    if limit < total.load(Ordering::Relaxed) {
                        break;
                    }
                    let before = found.pairs.len();
                    self.link(document, most, counts, &mut found);
                    total.fetch_add(found.pairs.len() - before, Ordering::Relaxed);
                }
                found
            },
        );
        let chunks = chunks.collect::<Vec<_>>();
        (total.into_inner() <= limit).then_some(chunks)
    }

    /// How many partners each document may have, so that all together have no more than so many.
    fn most_partners(&self, limit: usize) -> usize {
        let documents = (0..self.keys.len()).into_par_iter();
        let count = documents.map_init(
            || vec![0_u16; self.keys.len()],
            |counts, document| self.partners(document, counts).len(),
        );
        let mut counts = count.collect::<Vec<_>>();
        counts.sort_unstable();
        let (mut left, mut room) = (counts.len(), limit);
        for count in counts {
            if room / left < count {
                return (room / left).max(MIN_CROWD);
            }
            room -= count;
            left -= 1;
        }
        usize::MAX
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
    fn link(&self, document: usize, most: usize, counts: &mut [u16], found: &mut Links) {
        let mut partners = self.partners(document, counts);
        if most < partners.len() {
            partners.select_nth_unstable_by_key(most, |it| (std::cmp::Reverse(it.1), it.0));
            // Each end may leave a pair out, or keep it: the count is an upper bound.
            found.not_compared += (partners.len() - most) as u64;
            partners.truncate(most);
        }
        // Where nothing is left out, the first document of a pair knows it too.
        let is_ours = |it: &&(u32, u16)| most < usize::MAX || document < it.0 as usize;
        partners.iter().filter(is_ours).for_each(|it| found.add(document as u32, it.0));
    }

    /// The documents that share enough with one, each with the number of shared hashes.
    ///
    /// `counts` is all zeros before and after.
    fn partners(&self, document: usize, counts: &mut [u16]) -> Vec<(u32, u16)> {
        let mut partners = Vec::new();
        for list in self.lists_of(document) {
            for other in self.documents_of(*list) {
                let count = &mut counts[*other as usize];
                *count += 1;
                if *count == MIN_SHARED && *other as usize != document {
                    partners.push((*other, 0));
                }
            }
        }
        for partner in &mut partners {
            partner.1 = counts[partner.0 as usize];
        }
        for list in self.lists_of(document) {
            self.documents_of(*list).iter().for_each(|it| counts[*it as usize] = 0);
        }
        let ours = self.keys[document];
        partners.retain(|it| is_enough(ours, self.keys[it.0 as usize], it.1));
        partners
    }
}

/// Whether so many shared hashes may be more than what strangers share: of documents that are alike
/// or parts, most of what one has below both bounds, the other has.
fn is_enough(a: &[u32], b: &[u32], shared: u16) -> bool {
    let (Some(last_a), Some(last_b)) = (a.last(), b.last()) else { return false };
    // All of the one that ends first is below its end.
    let (whole, other, bound) = if last_a <= last_b { (a, b, last_a) } else { (b, a, last_b) };
    let most = MIN_PART * usize::from(shared);
    whole.len() <= most || other.len() <= most || other.partition_point(|it| it <= bound) <= most
}

/// The longest list that is no crowd: all shorter ones together make so many meetings at most.
fn crowd(postings: &[(u32, u32)], meetings: u64) -> usize {
    let mut lengths = runs(postings).map(<[_]>::len).filter(|it| 1 < *it).collect::<Vec<_>>();
    lengths.sort_unstable();
    let mut left = meetings;
    let fits = lengths.iter().take_while(|it| {
        let squared = (**it as u64).pow(2);
        let fits = squared <= left;
        left = left.saturating_sub(squared);
        fits
    });
    fits.last().copied().unwrap_or_default().max(MIN_CROWD)
}

/// Links the documents of a hash that too many have.
fn link_crowd(
    run: &[(u32, u32)],
    keys: &[&[u32]],
    crowds: &mut [u8],
    leaders: &[u32],
    links: &mut Links,
) {
    let hash = run[0].0;
    let mut crowd = run.iter().map(|it| it.1 as usize).collect::<Vec<_>>();
    let first = leaders[crowd[0]];
    let members = crowd.len() as u64;
    crowd.retain(|it| crowds[*it] < MAX_CROWDS);
    crowd.sort_unstable_by_key(|it| {
        let after = keys[*it].partition_point(|key| *key <= hash);
        (&keys[*it][after..], *it)
    });
    let mut added = 0;
    for (position, document) in crowd.iter().enumerate() {
        crowds[*document] += 1;
        links.add(first, leaders[*document]);
        for neighbour in crowd[position + 1..].iter().take(NEIGHBOURS) {
            links.add(leaders[*document], leaders[*neighbour]);
            added += 1;
        }
    }
    let added = added + crowd.len() as u64;
    links.not_compared += (members * (members - 1) / 2).saturating_sub(added);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(sketches: &[Vec<u32>], limits: Limits) -> Links {
        let mut links = Links::default();
        link_within(&sketches.iter().map(Vec::as_slice).collect::<Vec<_>>(), limits, &mut links);
        links
    }

    fn template(instances: u32) -> Vec<Vec<u32>> {
        (0..instances).map(|it| (0..15).chain([100 + it]).collect()).collect()
    }

    #[test]
    fn all_pairs_of_a_large_bucket_are_compared_while_there_is_room() {
        let links = linked(&template(1_500), LIMITS);
        assert_eq!((links.pairs.len(), links.not_compared), (1_500 * 1_499 / 2, 0));
    }

    #[test]
    fn a_crowd_of_one_template_stays_bounded_and_connected() {
        let links = linked(&template(1_500), Limits { meetings: 1_000_000, ..LIMITS });
        assert!(links.pairs.len() < 1_500 * 8, "{}", links.pairs.len());
        assert!(1_500 * 1_400 / 2 < links.not_compared);
        let with_first = links.pairs.iter().filter(|it| **it >> 32 == 0).count();
        assert_eq!(with_first, 1_499, "each is compared with the first");
    }

    #[test]
    fn a_template_of_fifty_thousand_is_a_crowd_before_it_is_looked_up() {
        let postings = (0..16).flat_map(|key| (0..50_000).map(move |it| (key, it)));
        let others = (0..50_000).map(|it| (100 + it / 900, it));
        let postings = postings.chain(others).collect::<Vec<_>>();
        assert_eq!(crowd(&postings, LIMITS.meetings), 900);
    }

    #[test]
    fn where_pairs_are_too_many_those_that_share_most_are_kept() {
        let links = linked(&template(600), Limits { pairs: 60_000, ..LIMITS });
        assert!(links.pairs.len() <= 60_000, "{}", links.pairs.len());
        assert!(0 < links.not_compared);
        let near = (0..15).chain([100, 101]).collect();
        let sketches = [template(600), vec![near]].concat();
        let links = linked(&sketches, Limits { pairs: 60_000, ..LIMITS });
        assert!(links.pairs.contains(&600) && links.pairs.contains(&(1 << 32 | 600)));
    }

    #[test]
    fn a_little_part_of_a_large_document_is_found_and_chance_is_not() {
        let large = (0..200).map(|it| it * 50).collect::<Vec<u32>>();
        let part = (0..40).map(|it| it * 250).collect::<Vec<_>>();
        let stranger = (0..40).map(|it| it * 250 + u32::from(1 < it)).collect::<Vec<_>>();
        let found = linked(&[large, part, stranger], LIMITS).pairs;
        assert_eq!(found, [1]);
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
