//! Circles of required references.

use std::collections::HashMap;

use crate::diagnostics::required_cycle::required_cycle;
use crate::report::Diagnostic;
use crate::resolve::cycles::walk;
use crate::syntax::{Located, Resource};

/// Reports circles in which no record could be the first.
pub(crate) fn check_cycles(resources: &[Resource], out: &mut Vec<Diagnostic>) {
    let index: HashMap<&str, usize> = resources
        .iter()
        .enumerate()
        .map(|(at, resource)| (resource.name.value.as_str(), at))
        .collect();
    let targets: Vec<Vec<(usize, &Located<String>)>> = resources
        .iter()
        .map(|resource| {
            let required = resource.fields.iter().filter(|field| !field.optional);
            required
                .filter_map(|field| field.to.as_ref())
                .filter_map(|to| Some((*index.get(to.value.as_str())?, to)))
                .collect()
        })
        .collect();
    let edges: Vec<Vec<usize>> = targets
        .iter()
        .map(|targets| targets.iter().map(|(at, _)| *at).collect())
        .collect();
    for cycle in walk(&edges).cycles {
        let closing = cycle
            .nodes
            .last()
            .and_then(|last| targets[*last].get(cycle.edge));
        let around = cycle.nodes.iter().chain(cycle.nodes.first());
        let path: Vec<&str> = around
            .map(|at| resources[*at].name.value.as_str())
            .collect();
        out.extend(closing.map(|(_, to)| required_cycle(&path, to.span.clone())));
    }
}
