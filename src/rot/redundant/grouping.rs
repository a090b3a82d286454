//! Groups around leaders, out of pairs: every member is as similar as asked to its leader.
//!
//! Never by chaining, where one document after the other joins and the first and the last have
//! nothing in common. Documents are taken in order of preference, so that a group's leader is the
//! one that its members would choose to stay.

/// A similar pair, by node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub a: u32,
    pub b: u32,
    pub similarity: f64,
}

/// A leader with at least one member.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cluster {
    pub leader: u32,
    /// Each with its similarity to the leader, in order of preference.
    pub members: Vec<(u32, f64)>,
}

/// At most so many leaders of its neighbours' groups are tried for a node that is next to none.
const MAX_TRIES: usize = 4;

/// Groups the nodes in `order`, the most preferred first.
///
/// Nodes need not be next to their leader: where a crowd was too large to compare all pairs, `ask`
/// is asked for the similarity of a node and the leader of a neighbour's group, and gives none
/// where it is too small.
pub(super) fn cluster(
    order: &[u32],
    edges: &[Edge],
    mut ask: impl FnMut(u32, u32) -> Option<f64>,
) -> Vec<Cluster> {
    let nodes = order.iter().map(|it| *it as usize + 1).max().unwrap_or(0);
    let neighbours = Neighbours::new(nodes, edges);
    let mut rank = vec![u32::MAX; nodes];
    order.iter().zip(0..).for_each(|(node, place)| rank[*node as usize] = place);
    let mut leader_of = vec![None::<(u32, f64)>; nodes];
    for node in order {
        let mut best = None::<(u32, f64)>;
        let mut offer = |leader: u32, similarity: f64| {
            let is_better = best.is_none_or(|(other, value)| {
                value < similarity
                    || value == similarity && rank[leader as usize] < rank[other as usize]
            });
            if is_better {
                best = Some((leader, similarity));
            }
        };
        let mut elsewhere = Vec::new();
        let mut known = Vec::new();
        for (neighbour, similarity) in neighbours.of(*node) {
            match leader_of[*neighbour as usize] {
                Some((leader, _)) if leader == *neighbour => {
                    known.push(leader);
                    offer(leader, *similarity);
                }
                Some((leader, _)) => elsewhere.push((*similarity, leader)),
                None => {}
            }
        }
        if known.is_empty() {
            elsewhere.sort_by(|x, y| {
                y.0.total_cmp(&x.0).then(rank[x.1 as usize].cmp(&rank[y.1 as usize]))
            });
            let mut tried = Vec::new();
            for (_, leader) in elsewhere {
                if MAX_TRIES <= tried.len() {
                    break;
                }
                if !tried.contains(&leader) {
                    tried.push(leader);
                    ask(*node, leader).into_iter().for_each(|it| offer(leader, it));
                }
            }
        }
        leader_of[*node as usize] = Some(best.unwrap_or((*node, 1.0)));
    }
    collect(order, &leader_of)
}

fn collect(order: &[u32], leader_of: &[Option<(u32, f64)>]) -> Vec<Cluster> {
    let mut position = vec![usize::MAX; leader_of.len()];
    let mut clusters = Vec::new();
    for node in order {
        let Some((leader, similarity)) = leader_of[*node as usize] else { continue };
        if leader == *node {
            position[leader as usize] = clusters.len();
            clusters.push(Cluster { leader, members: Vec::new() });
        } else {
            clusters[position[leader as usize]].members.push((*node, similarity));
        }
    }
    clusters.retain(|it| !it.members.is_empty());
    clusters
}

struct Neighbours {
    /// One node's after the other's.
    flat: Vec<(u32, f64)>,
    starts: Vec<usize>,
}

impl Neighbours {
    /// Edges to nodes past `nodes` are left out.
    fn new(nodes: usize, edges: &[Edge]) -> Self {
        let both =
            |edge: &Edge| [(edge.a, edge.b, edge.similarity), (edge.b, edge.a, edge.similarity)];
        let inside = |it: &&Edge| (it.a.max(it.b) as usize) < nodes;
        let mut starts = vec![0; nodes + 1];
        for edge in edges.iter().filter(inside) {
            starts[edge.a as usize + 1] += 1;
            starts[edge.b as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut flat = vec![(0, 0.0); starts[nodes]];
        for (from, to, similarity) in edges.iter().filter(inside).flat_map(both) {
            flat[next[from as usize]] = (to, similarity);
            next[from as usize] += 1;
        }
        Self { flat, starts }
    }

    fn of(&self, node: u32) -> &[(u32, f64)] {
        &self.flat[self.starts[node as usize]..self.starts[node as usize + 1]]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_joins_by_chaining() {
        let edge = |a, b| Edge { a, b, similarity: 0.7 };
        let found = cluster(&[0, 1, 2, 3], &[edge(0, 1), edge(1, 2), edge(2, 3)], |_, _| None);
        assert_eq!(
            found,
            [
                Cluster { leader: 0, members: vec![(1, 0.7)] },
                Cluster { leader: 2, members: vec![(3, 0.7)] }
            ]
        );
    }

    #[test]
    fn a_crowd_joins_its_leader_through_neighbours() {
        let edges =
            (1..100).map(|it| Edge { a: it - 1, b: it, similarity: 0.9 }).collect::<Vec<_>>();
        let order = (0..100).collect::<Vec<_>>();
        let found = cluster(&order, &edges, |_, leader| (leader == 0).then_some(0.8));
        assert_eq!((found.len(), found[0].members.len()), (1, 99));
    }

    proptest! {
        #[test]
        fn the_order_of_pairs_makes_no_difference_and_members_are_next_to_their_leader(
            pairs in prop::collection::btree_map((0..12_u32, 0..12_u32), 0..100_u32, 0..40),
            order in Just((0..12_u32).collect::<Vec<_>>()).prop_shuffle(),
            turn in 0..40_usize,
        ) {
            let mut edges = pairs
                .into_iter()
                .filter(|((a, b), _)| a < b)
                .map(|((a, b), it)| Edge { a, b, similarity: f64::from(it) / 100.0 })
                .collect::<Vec<_>>();
            let found = cluster(&order, &edges, |_, _| None);
            for it in &found {
                for (member, similarity) in &it.members {
                    let (a, b) = (it.leader.min(*member), it.leader.max(*member));
                    let is_edge = edges.contains(&Edge { a, b, similarity: *similarity });
                    prop_assert!(is_edge);
                }
            }
            if !edges.is_empty() {
                let places = edges.len();
                edges.rotate_left(turn % places);
            }
            edges.iter_mut().for_each(|it| std::mem::swap(&mut it.a, &mut it.b));
            prop_assert_eq!(cluster(&order, &edges, |_, _| None), found);
        }
    }
}
