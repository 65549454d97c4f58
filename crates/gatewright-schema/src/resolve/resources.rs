//! `[resources]`: names, singulars, and the fields one by one.

use std::collections::{HashMap, HashSet};

use crate::diagnostics::{invalid_singular::invalid_singular, same_singular::same_singular};
use crate::model::Resource;
use crate::report::Diagnostic;
use crate::resolve::renames::Renames;
use crate::resolve::{actions, fields, labels, limits, names, singular};
use crate::syntax;

pub(crate) fn resolve(resources: &[syntax::Resource], out: &mut Vec<Diagnostic>) -> Vec<Resource> {
    let known: HashSet<&str> = resources.iter().map(|r| r.name.value.as_str()).collect();
    let mut renames = Renames::among("a resource", resources.iter().map(|r| &r.name));
    let mut taken: HashMap<String, &str> = HashMap::new();
    let mut resolved = Vec::with_capacity(resources.len());
    for resource in resources {
        let name = resource.name.value.as_str();
        names::check_resource(&resource.name, out);
        let singular = singular_of(resource, out);
        match taken.get(&singular) {
            Some(first) => out.push(same_singular(&singular, &resource.name, first)),
            None => {
                taken.insert(singular.clone(), name);
            }
        }
        let from = resource.renamed_from.as_ref();
        resolved.push(Resource {
            name: name.to_owned(),
            singular,
            label: labels::resolve(resource.label.as_ref(), out),
            renamed_from: renames.resolve(&resource.name, from, out),
            audit: resource.audit.unwrap_or_default(),
            actions: actions::resolve(resource, out),
            fields: fields::resolve_all(resource, &known, out),
        });
    }
    resolved
}

fn singular_of(resource: &syntax::Resource, out: &mut Vec<Diagnostic>) -> String {
    let derived = singular::derive(&resource.name.value);
    let Some(given) = &resource.singular else {
        return derived;
    };
    let name = given.value.as_str();
    let camel = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric());
    if !camel || name.len() > limits::NAME_LENGTH || singular::is_taken(name) {
        out.push(invalid_singular(given, &derived));
    }
    name.to_owned()
}
