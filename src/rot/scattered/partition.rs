//! Parts of a graph that hang together more than chance would have it.
//!
//! Nodes move to the part they gain most from, and parts are taken together, until nothing is gained
//! (Louvain's method, for modularity). What comes of it depends a little on the order, so it is done
//! in several orders, and what most of them agree on is done once more. The orders follow from the
//! names of the nodes, so that one more node changes little.

use std::borrow::Cow;
use std::collections::VecDeque;

use rayon::prelude::*;

use super::neighbours::Graph;

/// So many orders are tried.
const ORDERS: u64 = 12;
/// Gains below this are noise of adding up.
const LEAST_GAIN: f64 = 1e-9;
/// What is left of an edge that no order agrees on.
const FORGOTTEN: f32 = 1e-6;

/// The part of each node, numbered by their first nodes. `names` tells nodes apart, whatever other
/// nodes there are.
pub(super) fn parts(graph: &Graph, names: &[u64]) -> Vec<u32> {
    let tried: Vec<Vec<u32>> =
        (0..ORDERS).into_par_iter().map(|order| in_order(graph, names, order)).collect();
    let mut agreed = graph.clone();
    for node in 0..graph.len() {
        for at in agreed.starts[node] as usize..agreed.starts[node + 1] as usize {
            let (other, weight) = &mut agreed.edges[at];
            let together = tried.iter().filter(|it| it[node] == it[*other as usize]).count();
            let share = together as f32 / ORDERS as f32;
            *weight = *weight * share * share + FORGOTTEN;
        }
    }
    in_order(&agreed, names, ORDERS)
}

/// How much more hangs together within the parts than chance would have it, from -0.5 to 1.
pub(super) fn modularity(graph: &Graph, parts: &[u32]) -> f64 {
    let count = parts.iter().max().map_or(0, |it| *it as usize + 1);
    let (mut inside, mut ends) = (vec![0.0; count], vec![0.0; count]);
    for node in 0..graph.len() {
        for (other, weight) in graph.of(node) {
            ends[parts[node] as usize] += f64::from(*weight);
            if parts[node] == parts[*other as usize] {
                inside[parts[node] as usize] += f64::from(*weight);
            }
        }
    }
    let total: f64 = ends.iter().sum();
    if total == 0.0 {
        return 0.0;
    }
    inside.iter().zip(&ends).map(|(inside, ends)| inside / total - (ends / total).powi(2)).sum()
}

fn in_order(graph: &Graph, names: &[u64], order: u64) -> Vec<u32> {
    let mut keys: Vec<u64> = names.iter().map(|it| mixed(*it ^ mixed(order + 1))).collect();
    let mut part_of: Vec<u32> = (0..graph.len() as u32).collect();
    let mut level = Cow::Borrowed(graph);
    loop {
        let (parts, has_moved) = moved(&level, &keys);
        part_of.iter_mut().for_each(|it| *it = parts[*it as usize]);
        if !has_moved {
            return part_of;
        }
        let count = parts.iter().max().map_or(0, |it| *it as usize + 1);
        let mut taken_together = vec![u64::MAX; count];
        for (part, key) in parts.iter().zip(&keys) {
            let least = &mut taken_together[*part as usize];
            *least = (*least).min(*key);
        }
        level = Cow::Owned(together(&level, &parts, count));
        keys = taken_together;
    }
}

/// Moves nodes until none gains; says whether any moved.
fn moved(graph: &Graph, keys: &[u64]) -> (Vec<u32>, bool) {
    let count = graph.len();
    let degree: Vec<f64> = (0..count).map(|node| degree(graph, node)).collect();
    let total: f64 = degree.iter().sum();
    let mut part: Vec<u32> = (0..count as u32).collect();
    let mut weight_of = degree.clone();
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.sort_unstable_by_key(|it| (keys[*it as usize], *it));
    let mut queue: VecDeque<u32> = order.into();
    let mut is_queued = vec![true; count];
    let mut joins = vec![0.0_f64; count];
    let mut touched: Vec<u32> = Vec::new();
    let mut has_moved = false;
    // Rounding could make nodes move to and fro for ever.
    let mut steps_left = 50 * count;
    while let Some(node) = queue.pop_front() {
        let at = node as usize;
        is_queued[at] = false;
        if steps_left == 0 || total == 0.0 {
            break;
        }
        steps_left -= 1;
        let own = part[at];
        weight_of[own as usize] -= degree[at];
        touched.push(own);
        for (other, weight) in graph.of(at) {
            let theirs = part[*other as usize];
            if joins[theirs as usize] == 0.0 && theirs != own {
                touched.push(theirs);
            }
            joins[theirs as usize] += f64::from(*weight);
        }
        let gain = |part: u32| joins[part as usize] - degree[at] * weight_of[part as usize] / total;
        let (mut best, mut most) = (own, gain(own));
        for candidate in &touched {
            let gained = gain(*candidate);
            if most + LEAST_GAIN < gained {
                (best, most) = (*candidate, gained);
            }
        }
        touched.drain(..).for_each(|it| joins[it as usize] = 0.0);
        weight_of[best as usize] += degree[at];
        if best == own {
            continue;
        }
        part[at] = best;
        has_moved = true;
        for (other, _) in graph.of(at) {
            if part[*other as usize] != best && !is_queued[*other as usize] {
                is_queued[*other as usize] = true;
                queue.push_back(*other);
            }
        }
    }
    (numbered(&part), has_moved)
}

fn degree(graph: &Graph, node: usize) -> f64 {
    let edges = graph.of(node).iter().map(|it| f64::from(it.1)).sum::<f64>();
    edges + 2.0 * f64::from(graph.loops[node])
}

/// Numbers parts by their first nodes.
fn numbered(parts: &[u32]) -> Vec<u32> {
    let mut number = vec![u32::MAX; parts.len()];
    let mut next = 0;
    let number = |part: &u32| {
        let number = &mut number[*part as usize];
        if *number == u32::MAX {
            *number = next;
            next += 1;
        }
        *number
    };
    parts.iter().map(number).collect()
}

/// The graph of the parts.
fn together(graph: &Graph, parts: &[u32], count: usize) -> Graph {
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (node, part) in (0u32..).zip(parts) {
        members[*part as usize].push(node);
    }
    let mut sums = vec![0.0_f64; count];
    let mut touched: Vec<u32> = Vec::new();
    let mut by_node = Vec::with_capacity(count);
    let mut loops = Vec::with_capacity(count);
    for (part, members) in (0u32..).zip(members) {
        let mut own: f64 = 0.0;
        for node in members {
            own += 2.0 * f64::from(graph.loops[node as usize]);
            for (other, weight) in graph.of(node as usize) {
                let theirs = parts[*other as usize];
                if theirs == part {
                    own += f64::from(*weight);
                    continue;
                }
                if sums[theirs as usize] == 0.0 {
                    touched.push(theirs);
                }
                sums[theirs as usize] += f64::from(*weight);
            }
        }
        touched.sort_unstable();
        let edges = touched.drain(..).map(|it| (it, std::mem::take(&mut sums[it as usize]) as f32));
        by_node.push(edges.collect());
        loops.push((own / 2.0) as f32);
    }
    Graph { loops, ..Graph::new(by_node) }
}

/// Scatters the bits of a number (the finalizer of SplitMix64).
pub(super) const fn mixed(number: u64) -> u64 {
    let mut it = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cliques of so many nodes, each joined with the next one by one weak edge.
    fn cliques(sizes: &[usize]) -> (Graph, Vec<u32>) {
        let mut truth = Vec::new();
        for (clique, size) in (0u32..).zip(sizes) {
            truth.extend(std::iter::repeat_n(clique, *size));
        }
        let mut by_node = vec![Vec::new(); truth.len()];
        for a in 0..truth.len() {
            for b in 0..truth.len() {
                if a != b && truth[a] == truth[b] {
                    by_node[a].push((b as u32, 1.0));
                } else if a.abs_diff(b) == 1 {
                    by_node[a].push((b as u32, 0.5));
                }
            }
        }
        (Graph::new(by_node), truth)
    }

    #[test]
    fn what_hangs_together_is_one_part() {
        let (graph, truth) = cliques(&[4, 6, 5, 9]);
        let names: Vec<u64> = (0..truth.len() as u64).collect();
        assert_eq!(parts(&graph, &names), truth);
        assert!(0.5 < modularity(&graph, &truth));
        assert!(modularity(&graph, &vec![0; truth.len()]).abs() < 1e-9);
    }

    #[test]
    fn the_order_of_nodes_makes_no_difference() {
        let (graph, truth) = cliques(&[3, 7, 5]);
        let count = truth.len();
        let names: Vec<u64> = (0..count as u64).collect();
        // The same graph, written down from the other end.
        let turned = |node: u32| count as u32 - 1 - node;
        let by_node = (0..count as u32).map(|node| {
            let edges = graph.of(turned(node) as usize).iter();
            let mut edges: Vec<_> = edges.map(|(to, weight)| (turned(*to), *weight)).collect();
            edges.sort_unstable_by_key(|it| it.0);
            edges
        });
        let other = Graph::new(by_node.collect());
        let mut found = parts(&other, &names.iter().rev().copied().collect::<Vec<_>>());
        found.reverse();
        assert_eq!(numbered(&found), parts(&graph, &names));
    }

    #[test]
    fn nothing_and_strangers_have_no_parts_to_speak_of() {
        assert!(parts(&Graph::new(Vec::new()), &[]).is_empty());
        assert_eq!(parts(&Graph::new(vec![Vec::new(); 3]), &[7, 8, 9]), [0, 1, 2]);
    }
}
