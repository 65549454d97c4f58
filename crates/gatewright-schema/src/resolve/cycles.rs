//! Circles in a directed graph, for roles that include each other and references that need each
//! other.

/// What a walk through a graph found.
pub(crate) struct Walk {
    /// Every node, each after all that it points to (circles aside).
    pub order: Vec<usize>,
    /// The circles, one for each edge that closes one.
    pub cycles: Vec<Cycle>,
}

/// Nodes that lead back to the first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cycle {
    pub nodes: Vec<usize>,
    /// Which of the last node's edges closes the circle.
    pub edge: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    OnPath,
    Done,
}

/// Walks depth first; `edges[node]` are the nodes that it points to.
///
/// The path is a vector rather than the call stack, so a long chain cannot overflow it.
pub(crate) fn walk(edges: &[Vec<usize>]) -> Walk {
    let mut states = vec![State::New; edges.len()];
    let mut found = Walk {
        order: Vec::with_capacity(edges.len()),
        cycles: Vec::new(),
    };
    for start in 0..edges.len() {
        if states[start] != State::New {
            continue;
        }
        states[start] = State::OnPath;
        // A node of the path and the edge to follow next.
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let (from, edge) = (*node, *next);
            let Some(&to) = edges[from].get(edge) else {
                states[from] = State::Done;
                found.order.push(from);
                path.pop();
                continue;
            };
            *next += 1;
            match states[to] {
                State::Done => {}
                State::New => {
                    states[to] = State::OnPath;
                    path.push((to, 0));
                }
                State::OnPath => {
                    let nodes = path.iter().map(|(node, _)| *node);
                    found.cycles.push(Cycle {
                        nodes: nodes.skip_while(|node| *node != to).collect(),
                        edge,
                    });
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_ordered_from_its_leaves() {
        let found = walk(&[vec![1, 2], vec![2], vec![]]);
        assert_eq!(found.order, [2, 1, 0]);
        assert!(found.cycles.is_empty());
    }

    #[test]
    fn each_closing_edge_is_a_cycle() {
        let found = walk(&[vec![0, 1], vec![2], vec![2, 0]]);
        let cycle = |nodes: &[usize], edge| Cycle {
            nodes: nodes.to_vec(),
            edge,
        };
        assert_eq!(
            found.cycles,
            [cycle(&[0], 0), cycle(&[2], 0), cycle(&[0, 1, 2], 1)]
        );
        assert_eq!(found.order.len(), 3);
    }

    #[test]
    fn a_long_chain_does_not_overflow_the_stack() {
        let edges: Vec<Vec<usize>> = (1..=200_000)
            .map(|next| if next < 200_000 { vec![next] } else { vec![] })
            .collect();
        assert_eq!(walk(&edges).order.len(), 200_000);
    }
}
