//! The actions of a resource, and names that its permissions could not share.

use crate::diagnostics::clashing_permissions::clashing_permissions;
use crate::model::{self, PermissionKind};
use crate::report::Diagnostic;
use crate::resolve::{labels, names, singular};
use crate::syntax::{Located, Resource};

pub(crate) fn resolve(resource: &Resource, out: &mut Vec<Diagnostic>) -> Vec<model::Action> {
    let mut actions = Vec::with_capacity(resource.actions.len());
    for action in &resource.actions {
        names::check_action(&action.name, out);
        actions.push(model::Action {
            name: action.name.value.clone(),
            label: labels::resolve(action.label.as_ref(), out),
        });
    }
    check_types(resource, out);
    actions
}

/// Reports permissions of the resource that would be the same Rust type: `publish` and `publish_`
/// are both `Publish`. Names that are the same to the letter are reported elsewhere, or are one
/// permission of several fields.
fn check_types(resource: &Resource, out: &mut Vec<Diagnostic>) {
    let mut taken: Vec<(String, &str)> = PermissionKind::OF_EVERY_RESOURCE
        .iter()
        .map(|(_, verb)| (singular::camel_case(verb), *verb))
        .collect();
    let actions = resource.actions.iter();
    let actions = actions.map(|action| (&action.name, action.name.value.as_str()));
    let fields = resource.fields.iter();
    let fields = fields.filter_map(|field| field.permission.as_ref());
    let fields = fields.filter_map(|slug| Some((slug, second_half(resource, slug)?)));
    for (place, name) in actions.chain(fields) {
        let ty = singular::camel_case(name);
        match taken.iter().find(|(other, _)| *other == ty) {
            Some((_, first)) if *first != name => {
                out.push(clashing_permissions(place, name, first, &ty));
            }
            Some(_) => {}
            None => taken.push((ty, name)),
        }
    }
}

fn second_half<'a>(resource: &Resource, slug: &'a Located<String>) -> Option<&'a str> {
    let (of, name) = slug.value.split_once(':')?;
    (of == resource.name.value && names::is_snake_case(name)).then_some(name)
}
