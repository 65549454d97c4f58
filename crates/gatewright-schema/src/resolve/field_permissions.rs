//! The `permission` of a field.

use crate::diagnostics::{
    guarded_required::guarded_required, invalid_field_permission,
    platform_permission::platform_permission,
};
use crate::model::PermissionKind;
use crate::report::Diagnostic;
use crate::resolve::names;
use crate::syntax::{Field, Located, Resource};

/// The second halves of the permissions that the resource's fields name, in the order of the file.
/// One that several fields name comes several times.
pub(crate) fn named_by(resource: &Resource) -> impl Iterator<Item = &str> {
    let fields = resource.fields.iter();
    let slugs = fields.filter_map(|field| field.permission.as_ref());
    slugs.filter_map(|slug| second_half(resource, slug))
}

/// Whether each of the resource's fields names a permission that can be one, or none.
pub(crate) fn are_sound(resource: &Resource) -> bool {
    let mut slugs = resource.fields.iter().filter_map(|f| f.permission.as_ref());
    slugs.all(|slug| second_half(resource, slug).is_some())
}

/// `read_cost` of `products:read_cost`; `None` if it is no permission of that resource's fields.
fn second_half<'a>(resource: &Resource, slug: &'a Located<String>) -> Option<&'a str> {
    let (of, name) = slug.value.split_once(':')?;
    let every = PermissionKind::OF_EVERY_RESOURCE;
    let sound = of == resource.name.value
        && names::can_be_permission(name)
        && every.iter().all(|(_, taken)| *taken != name);
    sound.then_some(name)
}

/// Checks the permission of a field; `None` if it was reported.
pub(crate) fn resolve(
    resource: &Resource,
    field: &Field,
    out: &mut Vec<Diagnostic>,
) -> Option<String> {
    let slug = field.permission.as_ref()?;
    // Of a field whose type could not be read nothing else is known.
    if field.ty.is_some() && !field.optional && field.default.is_none() {
        out.push(guarded_required(&field.name, slug.span.clone()));
    }
    let name = resource.name.value.as_str();
    let reported = out.len();
    match slug.value.split_once(':') {
        Some(("platform", _)) => out.push(platform_permission(slug)),
        Some((of, action)) if of == name => {
            let mut actions = resource.actions.iter();
            if second_half(resource, slug).is_none() {
                out.push(invalid_field_permission::name(slug, name, action));
            } else if let Some(action) = actions.find(|known| known.name.value == action) {
                out.push(invalid_field_permission::action(slug, &action.name.value));
            }
        }
        Some((_, action)) => out.push(invalid_field_permission::elsewhere(slug, name, action)),
        None => out.push(invalid_field_permission::elsewhere(slug, name, &slug.value)),
    }
    (out.len() == reported).then(|| slug.value.clone())
}
