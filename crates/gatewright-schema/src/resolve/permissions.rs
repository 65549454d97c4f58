//! Every permission that a tenant's role can hold, and what `products:*` means.

use std::collections::HashMap;
use std::ops::Range;

use crate::diagnostics::{
    not_built_yet::not_built_yet, platform_permission::platform_permission,
    unknown_permission::unknown_permission,
};
use crate::model::{Permission, PermissionKind};
use crate::report::Diagnostic;
use crate::syntax::{Located, Resource};
use crate::wording::{closest, listed};

/// Resources that the runtime brings, all of them readable.
const BUILT_IN: [&str; 3] = ["tenant", "members", "audit"];

/// Actions of the runtime that this version does not have yet.
const LATER: &[(&str, &[&str])] = &[
    ("tenant", &["update", "suspend"]),
    ("members", &["update", "remove"]),
    ("audit", &["export"]),
    ("invitations", &["read", "create", "revoke"]),
    ("roles", &["read", "create", "update", "delete", "assign"]),
    ("api_keys", &["read", "create", "rotate", "revoke"]),
    ("branding", &["read", "update"]),
    ("custom_fields", &["read", "create", "update", "delete"]),
];

/// The permissions that gatewright brings, rather than the schema's resources: `tenant:read`,
/// `members:read` and `audit:read`. They begin [`Schema::permissions`](crate::Schema::permissions).
#[must_use]
pub fn built_in_permissions() -> Vec<Permission> {
    BUILT_IN
        .into_iter()
        .map(|resource| permission(resource, (PermissionKind::Read, "read"), true))
        .collect()
}

fn permission(
    resource: &str,
    (kind, action): (PermissionKind, &str),
    built_in: bool,
) -> Permission {
    Permission {
        slug: format!("{resource}:{action}"),
        resource: resource.to_owned(),
        action: action.to_owned(),
        kind,
        built_in,
        uses: Vec::new(),
    }
}

/// All permissions in their order. Those of one resource stand together, so whatever a pattern
/// means is a range.
pub(crate) struct Catalog {
    permissions: Vec<Permission>,
    by_resource: HashMap<String, Range<usize>>,
    /// Whether the file's resources are among them.
    complete: bool,
}

impl Catalog {
    /// `resources` is absent if the file has none that could be read.
    pub fn of(resources: Option<&[Resource]>) -> Self {
        let mut permissions = built_in_permissions();
        for resource in resources.unwrap_or_default() {
            let name = resource.name.value.as_str();
            // A resource of a built-in's name was refused; its slugs would be there twice.
            if !BUILT_IN.contains(&name) {
                permissions.extend(
                    PermissionKind::OF_EVERY_RESOURCE.map(|kind| permission(name, kind, false)),
                );
            }
        }
        let mut by_resource: HashMap<String, Range<usize>> = HashMap::new();
        for (at, permission) in permissions.iter().enumerate() {
            by_resource
                .entry(permission.resource.clone())
                .or_insert(at..at)
                .end = at + 1;
        }
        Self {
            permissions,
            by_resource,
            complete: resources.is_some(),
        }
    }

    pub fn all(&self) -> &[Permission] {
        &self.permissions
    }

    pub fn into_permissions(self) -> Vec<Permission> {
        self.permissions
    }

    /// What a pattern of a role means: a slug, `products:*` or `*`. `None` if it was reported.
    pub fn matching(
        &self,
        pattern: &Located<String>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Range<usize>> {
        if pattern.value == "*" {
            return Some(0..self.permissions.len());
        }
        let found = self.find(&pattern.value);
        if found.is_none() {
            out.extend(self.explain(pattern));
        }
        found
    }

    /// The one permission of a slug. `None` if it was reported.
    pub fn single(&self, slug: &Located<String>, out: &mut Vec<Diagnostic>) -> Option<usize> {
        if slug.value == "*" || slug.value.ends_with(":*") {
            let why = "a test names one permission at a time".to_owned();
            out.push(unknown_permission(slug, why, None));
            return None;
        }
        self.matching(slug, out).map(|range| range.start)
    }

    fn find(&self, pattern: &str) -> Option<Range<usize>> {
        let (resource, action) = pattern.split_once(':')?;
        let range = self.by_resource.get(resource)?;
        if action == "*" {
            return Some(range.clone());
        }
        range
            .clone()
            .find(|at| self.permissions[*at].action == action)
            .map(|at| at..at + 1)
    }

    /// Why there is no such permission. `None` if it may be one of a resource that could not be
    /// read.
    fn explain(&self, pattern: &Located<String>) -> Option<Diagnostic> {
        let slug = pattern.value.as_str();
        let Some((resource, action)) = slug.split_once(':') else {
            let help = self
                .closest_resource(slug)
                .map(|resource| format!("did you mean `{resource}:*`?"));
            let why = "a permission is a resource and an action, such as `products:read`";
            return Some(unknown_permission(pattern, why.to_owned(), help));
        };
        if resource == "platform" {
            return Some(platform_permission(pattern));
        }
        if let Some(whole) = slug.strip_suffix(":own")
            && self.find(whole).is_some()
        {
            return Some(not_built_yet("`:own`", pattern.span.clone()));
        }
        let later = LATER.iter().find(|(name, _)| *name == resource);
        let Some(range) = self.by_resource.get(resource) else {
            if later.is_some() {
                let what = format!("the permission `{slug}`");
                return Some(not_built_yet(&what, pattern.span.clone()));
            }
            if !self.complete {
                return None;
            }
            let why = format!("there is no resource `{resource}`");
            let help = self
                .closest_resource(resource)
                .map(|resource| format!("did you mean `{resource}:{action}`?"));
            return Some(unknown_permission(pattern, why, help));
        };
        if later.is_some_and(|(_, actions)| actions.contains(&action)) {
            let what = format!("the permission `{slug}`");
            return Some(not_built_yet(&what, pattern.span.clone()));
        }
        let actions: Vec<&str> = self.permissions[range.clone()]
            .iter()
            .map(|permission| permission.action.as_str())
            .collect();
        let why = format!("`{resource}` has no action `{action}`");
        let help = closest(action, actions.iter().copied()).map_or_else(
            || format!("it has {}", listed(&actions)),
            |action| format!("did you mean `{resource}:{action}`?"),
        );
        Some(unknown_permission(pattern, why, Some(help)))
    }

    fn closest_resource(&self, name: &str) -> Option<&str> {
        if self.by_resource.contains_key(name) {
            return self
                .by_resource
                .get_key_value(name)
                .map(|(key, _)| key.as_str());
        }
        closest(name, self.permissions.iter().map(|p| p.resource.as_str()))
    }
}
