//! `renamed_from`: the older schema in the names of the newer one.

use std::collections::HashMap;

use crate::model::{FieldType, Resource, Schema};

/// What was renamed between two schemas.
#[derive(Debug, Default)]
pub(super) struct Renames {
    /// Old name of a resource -> new name.
    resources: HashMap<String, String>,
    /// New name of the resource and old name of the field -> new name of the field.
    fields: HashMap<(String, String), String>,
}

impl Renames {
    fn between(before: &Schema, after: &Schema) -> Self {
        let mut renames = Self::default();
        for resource in &after.resources {
            let old = rename_of(
                &resource.name,
                resource.renamed_from.as_deref(),
                |name| before.resources.iter().any(|old| old.name == name),
                |name| after.resources.iter().any(|new| new.name == name),
            );
            if let Some(old) = old {
                let entry = renames.resources.entry(old.to_owned());
                entry.or_insert_with(|| resource.name.clone());
            }
        }
        for old in &before.resources {
            let name = renames.resource(&old.name);
            if let Some(new) = after.resources.iter().find(|new| new.name == name) {
                renames.add_fields(old, new);
            }
        }
        renames
    }

    fn add_fields(&mut self, before: &Resource, after: &Resource) {
        for field in &after.fields {
            let old = rename_of(
                &field.name,
                field.renamed_from.as_deref(),
                |name| before.fields.iter().any(|old| old.name == name),
                |name| after.fields.iter().any(|new| new.name == name),
            );
            if let Some(old) = old {
                let key = (after.name.clone(), old.to_owned());
                let entry = self.fields.entry(key);
                entry.or_insert_with(|| field.name.clone());
            }
        }
    }

    /// The name that a resource of the older schema has now.
    fn resource(&self, name: &str) -> String {
        self.resources
            .get(name)
            .map_or(name, String::as_str)
            .to_owned()
    }

    /// A slug of the older schema, of the resource's name now.
    fn slug(&self, slug: &str) -> String {
        match slug.split_once(':') {
            Some((resource, action)) => format!("{}:{action}", self.resource(resource)),
            None => slug.to_owned(),
        }
    }

    /// The name that a resource of the newer schema had, if it was another.
    pub fn old_resource(&self, new: &str) -> Option<String> {
        let found = self.resources.iter().find(|(_, name)| *name == new);
        found.map(|(old, _)| old.clone())
    }

    /// The name that a field of the newer schema had, if it was another.
    pub fn old_field(&self, resource: &str, new: &str) -> Option<String> {
        let mut all = self.fields.iter();
        let found = all.find(|((of, _), name)| of == resource && *name == new);
        found.map(|((_, old), _)| old.clone())
    }
}

/// `renamed_from`, where it tells of this change: an entry that stands in both files was renamed
/// earlier, and one whose old name is still in use was not renamed at all.
fn rename_of<'a>(
    name: &str,
    renamed_from: Option<&'a str>,
    in_before: impl Fn(&str) -> bool,
    in_after: impl Fn(&str) -> bool,
) -> Option<&'a str> {
    renamed_from.filter(|old| in_before(old) && !in_before(name) && !in_after(old))
}

/// The older schema with every resource, field and slug called as the newer one calls it.
pub(super) fn in_the_names_of(before: &Schema, after: &Schema) -> (Schema, Renames) {
    let renames = Renames::between(before, after);
    let mut schema = before.clone();
    let slugs = |slugs: &mut Vec<String>| {
        for slug in slugs {
            *slug = renames.slug(slug);
        }
    };
    for permission in &mut schema.permissions {
        permission.slug = renames.slug(&permission.slug);
        permission.resource = renames.resource(&permission.resource);
        slugs(&mut permission.uses);
    }
    for role in &mut schema.roles {
        slugs(&mut role.permissions);
        slugs(&mut role.own);
        role.ceiling.iter_mut().for_each(slugs);
    }
    for resource in &mut schema.resources {
        resource.name = renames.resource(&resource.name);
        for field in &mut resource.fields {
            let key = (resource.name.clone(), field.name.clone());
            if let Some(name) = renames.fields.get(&key) {
                field.name.clone_from(name);
            }
            if let Some(permission) = &mut field.permission {
                *permission = renames.slug(permission);
            }
            if let FieldType::Reference { to, .. } = &mut field.ty {
                *to = renames.resource(to);
            }
        }
    }
    (schema, renames)
}
