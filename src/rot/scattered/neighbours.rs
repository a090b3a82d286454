//! Which documents are nearest to each other, by their weighted words.
//!
//! Each word leads to the documents that it weighs most in, and to no more than a few hundred of
//! them, so that the work grows with the number of documents and not with its square.

use rayon::prelude::*;

use super::weights::Vectors;

/// So many nearest ones are kept of each document.
const NEAREST: usize = 16;
/// A word leads to so many documents at most: those that it weighs most in.
const LED_TO: usize = 400;
/// Documents that have less in common than this are no neighbours (cosine, 0 to 1).
const LEAST: f32 = 0.04;

/// Documents and how close each is to others. Undirected: each edge stands at both ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Graph {
    // Invariant: one more than nodes; ascending positions in `edges`.
    pub(super) starts: Vec<u32>,
    /// Ascending by node at the other end.
    pub(super) edges: Vec<(u32, f32)>,
    /// What joins a node with itself, counted once; after nodes were taken together.
    pub(super) loops: Vec<f32>,
}

impl Graph {
    /// How many nodes it has.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The edges of a node.
    pub(super) fn of(&self, node: usize) -> &[(u32, f32)] {
        &self.edges[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// The graph of edges that are listed at both ends, by the node they stand at.
    pub(super) fn new(by_node: Vec<Vec<(u32, f32)>>) -> Self {
        let mut graph = Self { loops: vec![0.0; by_node.len()], ..Self::default() };
        graph.starts.push(0);
        for edges in by_node {
            graph.edges.extend(edges);
            graph.starts.push(graph.edges.len() as u32);
        }
        graph
    }

    /// The part between these nodes, which ascend; they are numbered anew.
    pub(super) fn between(&self, nodes: &[u32]) -> Self {
        let mut place = std::collections::HashMap::with_capacity(nodes.len());
        place.extend(nodes.iter().zip(0u32..));
        let edges = |node: &u32| {
            let edges = self.of(*node as usize).iter();
            edges.filter_map(|(to, weight)| Some((*place.get(to)?, *weight))).collect()
        };
        Self::new(nodes.iter().map(edges).collect())
    }
}

/// Joins each document with those nearest to it; fully where each is among the nearest of the other.
pub(super) fn neighbours(vectors: &Vectors) -> Graph {
    let nearest = nearest(vectors);
    let mut by_node: Vec<Vec<(u32, f32)>> = nearest.clone();
    for (node, near) in (0u32..).zip(&nearest) {
        for (other, weight) in near {
            let back = &nearest[*other as usize];
            if back.iter().all(|it| it.0 != node) {
                by_node[*other as usize].push((node, weight / 2.0));
            }
        }
    }
    let is_mutual = |a: u32, b: u32| nearest[b as usize].iter().any(|it| it.0 == a);
    for (node, edges) in (0u32..).zip(&mut by_node) {
        let own = nearest[node as usize].len();
        for (at, (other, weight)) in edges.iter_mut().enumerate() {
            if at < own && !is_mutual(node, *other) {
                *weight /= 2.0;
            }
        }
        edges.sort_unstable_by_key(|it| it.0);
    }
    Graph::new(by_node)
}

/// The nearest of each document, the nearest first.
fn nearest(vectors: &Vectors) -> Vec<Vec<(u32, f32)>> {
    let mut leads: Vec<Vec<(u32, f32)>> = vec![Vec::new(); vectors.terms.len()];
    for row in 0..vectors.len() {
        for (term, weight) in vectors.row(row) {
            leads[*term as usize].push((row as u32, *weight));
        }
    }
    leads.par_iter_mut().for_each(|led| {
        led.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        led.truncate(LED_TO);
    });
    let scratch = || (vec![0.0_f32; vectors.len()], Vec::new(), Vec::new());
    (0..vectors.len())
        .into_par_iter()
        .map_init(scratch, |(close, touched, near), row| {
            for (term, weight) in vectors.row(row) {
                for (other, its) in &leads[*term as usize] {
                    let sum = &mut close[*other as usize];
                    if *sum == 0.0 {
                        touched.push(*other);
                    }
                    *sum += weight * its;
                }
            }
            near.clear();
            for other in touched.drain(..) {
                let sum = std::mem::take(&mut close[other as usize]);
                if LEAST <= sum && other as usize != row {
                    near.push((other, sum));
                }
            }
            let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
            if NEAREST < near.len() {
                near.select_nth_unstable_by(NEAREST, order);
                near.truncate(NEAREST);
            }
            near.sort_unstable_by(order);
            // Not what it had room for: most documents share a word with thousands.
            near.as_slice().to_vec()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{inventory, record};
    use super::super::weights::Weighing;
    use super::*;
    use crate::inventory::{DocId, Word, WordUse};

    #[test]
    fn no_more_is_held_of_a_document_than_its_nearest() {
        let documents = 300;
        let records = (0..documents).map(|at| record(&format!("{at:03}.md"))).collect();
        let inventory = inventory(records);
        let mut weighing = Weighing::of(&inventory, (0..documents).map(DocId).collect());
        for word in 0..18 {
            // Six words for every third document, so that each shares them with a hundred.
            let uses = (0..documents).filter(|it| it % 3 == word % 3);
            let uses: Vec<_> =
                uses.map(|it| WordUse { document: DocId(it), in_text: 1, in_title: 0 }).collect();
            let text = format!("word{}", char::from(b'a' + word as u8));
            weighing.add(&Word { text: &text, stem: &text, is_common: false, uses: &uses });
        }
        let nearest = nearest(&weighing.finish());
        assert_eq!(nearest.len(), documents as usize);
        for near in nearest {
            assert_eq!((near.len(), near.capacity()), (NEAREST, NEAREST));
        }
    }
}
