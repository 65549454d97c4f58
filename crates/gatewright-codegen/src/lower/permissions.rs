//! Permissions as the runtime's data and as types.

use std::collections::HashMap;

use gatewright_schema::{self as schema, PermissionKind};
use serde::Serialize;

use super::literal::quoted_list;
use super::names::{self, Scope};

/// A permission of a resource as a type of its module in `permissions.rs`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PermissionType {
    pub slug: String,
    /// `ReadCost`
    pub name: String,
    pub kind: &'static str,
    /// What a grant of it opens besides: `"products:read", "products:update"`, or nothing.
    uses: String,
    /// The types behind `uses`.
    covers: Vec<Cover>,
}

impl PermissionType {
    pub fn has_covers(&self) -> bool {
        !self.covers.is_empty()
    }
}

/// One `impl Covers<products::Update> for products::Publish {}`.
#[derive(Debug, Clone, Serialize)]
struct Cover {
    /// The permission that is opened, from the top of `permissions.rs`.
    opened: String,
    /// The permission that opens it, likewise.
    by: String,
}

/// The types of all resources, by the resource's name; `modules` gives each resource's module.
pub(super) fn types(
    permissions: &[schema::Permission],
    modules: &HashMap<&str, String>,
) -> HashMap<String, Vec<PermissionType>> {
    let mut scopes: HashMap<&str, Scope> = HashMap::new();
    let mut paths: HashMap<&str, String> = HashMap::new();
    let mut types: HashMap<String, Vec<PermissionType>> = HashMap::new();
    for permission in permissions {
        let Some(module) = modules.get(permission.resource.as_str()) else {
            continue;
        };
        let scope = scopes
            .entry(permission.resource.as_str())
            .or_insert_with(Scope::permissions);
        let kind = kind(permission.kind);
        let name = match permission.kind {
            PermissionKind::Action | PermissionKind::Field => {
                scope.ty(names::pascal(&permission.action), kind)
            }
            // The scope keeps these four for them.
            _ => kind.to_owned(),
        };
        paths.insert(&permission.slug, format!("{module}::{name}"));
        types
            .entry(permission.resource.clone())
            .or_default()
            .push(PermissionType {
                slug: permission.slug.clone(),
                name,
                kind,
                uses: quoted_list(&permission.uses),
                covers: Vec::new(),
            });
    }
    for permission in permissions {
        let own = types.get_mut(&permission.resource);
        let found = own.and_then(|own| own.iter_mut().find(|it| it.slug == permission.slug));
        let (Some(found), Some(by)) = (found, paths.get(permission.slug.as_str())) else {
            continue;
        };
        let used = permission.uses.iter().map(String::as_str);
        // Each permission covers itself already.
        let used = used.filter(|slug| *slug != permission.slug);
        found.covers = used
            .filter_map(|slug| paths.get(slug))
            .map(|opened| Cover {
                opened: opened.clone(),
                by: by.clone(),
            })
            .collect();
    }
    types
}

/// A permission as a value of the runtime's `PermissionDef`.
pub(super) fn definition(permission: &schema::Permission) -> String {
    let mut keys = vec![
        format!("slug: {:?}", permission.slug),
        format!("resource: {:?}", permission.resource),
        format!("kind: Kind::{}", kind(permission.kind)),
    ];
    if permission.uses.is_empty() {
        keys.push("..PermissionDef::DEFAULT".to_owned());
    } else {
        keys.push(format!("uses: &[{}]", quoted_list(&permission.uses)));
    }
    format!("PermissionDef {{ {} }}", keys.join(", "))
}

/// A role as a value of the runtime's `RoleDef`.
pub(super) fn role(role: &schema::Role) -> String {
    let mut keys = vec![
        format!("name: {:?}", role.name),
        format!("permissions: &[{}]", quoted_list(&role.permissions)),
    ];
    if !role.own.is_empty() {
        keys.push(format!("own: &[{}]", quoted_list(&role.own)));
    }
    keys.push(format!("assigns: &[{}]", quoted_list(&role.assigns)));
    if let Some(ceiling) = &role.ceiling {
        keys.push(format!("ceiling: Some(&[{}])", quoted_list(ceiling)));
    }
    if role.own.is_empty() || role.ceiling.is_none() {
        keys.push("..RoleDef::DEFAULT".to_owned());
    }
    format!("RoleDef {{ {} }}", keys.join(", "))
}

fn kind(kind: PermissionKind) -> &'static str {
    match kind {
        PermissionKind::Read => "Read",
        PermissionKind::Create => "Create",
        PermissionKind::Update => "Update",
        PermissionKind::Delete => "Delete",
        PermissionKind::Action => "Action",
        PermissionKind::Field => "Field",
    }
}
