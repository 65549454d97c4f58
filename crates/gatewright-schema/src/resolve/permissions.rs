//! Every permission that a tenant's role can hold, and what a pattern such as `products:*` means.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::diagnostics::{
    invalid_uses, misplaced_own::misplaced_own, platform_permission::platform_permission,
    unknown_permission::unknown_permission,
};
use crate::model::{Permission, PermissionKind};
use crate::report::Diagnostic;
use crate::resolve::built_in::{built_in_permissions, is_built_in};
use crate::resolve::field_permissions;
use crate::syntax::{Action, Located, Resource};
use crate::wording::{closest, listed};

/// What narrows a permission to the holder's own records.
const OWN: &str = ":own";

/// All permissions in their order. Those of one resource stand together, so whatever a pattern
/// means is a range.
pub(crate) struct Catalog {
    permissions: Vec<Permission>,
    by_resource: HashMap<String, Range<usize>>,
    /// Whether the file's resources are among them.
    complete: bool,
    /// Resources with permissions that could not be read.
    partial: HashSet<String>,
}

/// What a pattern means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// Positions in the catalog.
    pub permissions: Range<usize>,
    /// Whether they reach the holder's own records alone.
    pub own: bool,
}

impl Catalog {
    /// `resources` is absent if the file has none that could be read.
    pub fn of(resources: Option<&[Resource]>, out: &mut Vec<Diagnostic>) -> Self {
        let mut catalog = Self {
            permissions: built_in_permissions(),
            by_resource: HashMap::new(),
            complete: resources.is_some(),
            partial: HashSet::new(),
        };
        let resources = resources.unwrap_or_default();
        // A resource of a built-in's name was refused; its slugs would be there twice.
        let ours = || {
            let ours = resources.iter();
            ours.filter(|resource| !is_built_in(&resource.name.value))
        };
        for resource in ours() {
            catalog.permissions.extend(permissions_of(resource));
            if !resource.permissions_known || !field_permissions::are_sound(resource) {
                catalog.partial.insert(resource.name.value.clone());
            }
        }
        for (at, permission) in catalog.permissions.iter().enumerate() {
            catalog
                .by_resource
                .entry(permission.resource.clone())
                .or_insert(at..at)
                .end = at + 1;
        }
        for resource in ours() {
            for action in &resource.actions {
                catalog.resolve_uses(&resource.name.value, action, out);
            }
        }
        catalog
    }

    pub fn all(&self) -> &[Permission] {
        &self.permissions
    }

    pub fn into_permissions(self) -> Vec<Permission> {
        self.permissions
    }

    /// What a pattern of a role means: a slug, one that ends in `:own`, `products:*` or `*`. `None`
    /// if it was reported.
    pub fn matching(
        &self,
        pattern: &Located<String>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Meaning> {
        let (whole, own) = match pattern.value.strip_suffix(OWN) {
            Some(whole) => (whole, true),
            None => (pattern.value.as_str(), false),
        };
        let found = match whole {
            "*" => Some(0..self.permissions.len()),
            whole => self.find(whole),
        };
        let Some(permissions) = found else {
            out.extend(self.explain(pattern, whole, own));
            return None;
        };
        if own && let Some(why) = self.without_own(whole, permissions.start) {
            out.push(misplaced_own(pattern, &why));
            return None;
        }
        Some(Meaning { permissions, own })
    }

    /// What a pattern of a ceiling means, where `:own` has no place. `None` if it was reported.
    pub fn whole(
        &self,
        pattern: &Located<String>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Range<usize>> {
        let meaning = self.matching(pattern, out)?;
        if meaning.own {
            let why = "a ceiling names whole permissions; what the role has for own records alone stays so";
            out.push(misplaced_own(pattern, why));
            return None;
        }
        Some(meaning.permissions)
    }

    /// The one permission of a slug, and whether it ends in `:own`. `None` if it was reported.
    pub fn single(
        &self,
        slug: &Located<String>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<(usize, bool)> {
        if slug.value == "*" || slug.value.ends_with(":*") {
            let why = "a test names one permission at a time".to_owned();
            out.push(unknown_permission(slug, why, None));
            return None;
        }
        let meaning = self.matching(slug, out)?;
        Some((meaning.permissions.start, meaning.own))
    }

    /// Writes what an action of the resource covers into its permission.
    fn resolve_uses(&mut self, resource: &str, action: &Action, out: &mut Vec<Diagnostic>) {
        let used = action.uses.iter().filter_map(|slug| self.usable(slug, out));
        let mut used: Vec<usize> = used.collect();
        used.extend(self.find(&format!("{resource}:read")).map(|at| at.start));
        used.sort_unstable();
        used.dedup();
        let slugs = used.iter().map(|at| self.permissions[*at].slug.clone());
        let slugs: Vec<String> = slugs.collect();
        let Some(at) = self.find(&format!("{resource}:{}", action.name.value)) else {
            return;
        };
        let permission = &mut self.permissions[at.start];
        // A name that is taken was reported, and its permission is another's.
        if permission.kind == PermissionKind::Action {
            permission.uses = slugs;
        }
    }

    /// The permission that an action may use by this slug. `None` if it was reported.
    fn usable(&self, slug: &Located<String>, out: &mut Vec<Diagnostic>) -> Option<usize> {
        if slug.value == "*" || slug.value.ends_with(":*") {
            out.push(invalid_uses::wildcard(slug));
            return None;
        }
        let meaning = self.matching(slug, out)?;
        let permission = &self.permissions[meaning.permissions.start];
        if meaning.own {
            let why = "whoever holds the action for own records uses these for own records too";
            out.push(misplaced_own(slug, why));
        } else if permission.built_in {
            out.push(invalid_uses::built_in(slug));
        } else if permission.kind == PermissionKind::Action {
            out.push(invalid_uses::action(slug));
        } else {
            return Some(meaning.permissions.start);
        }
        None
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

    /// Why `:own` cannot follow this; `None` if it can.
    fn without_own(&self, whole: &str, at: usize) -> Option<String> {
        if whole == "*" || whole.ends_with(":*") {
            let why = "`:own` follows one permission at a time, such as `products:update:own`";
            return Some(why.to_owned());
        }
        let permission = &self.permissions[at];
        if permission.built_in {
            return Some(format!(
                "`{}` is gatewright's; its records are nobody's own",
                permission.resource
            ));
        }
        match permission.kind {
            PermissionKind::Create => Some("whoever makes a record owns it".to_owned()),
            PermissionKind::Field => {
                Some("a field is shown in all records that a holder sees, or in none".to_owned())
            }
            PermissionKind::Read
            | PermissionKind::Update
            | PermissionKind::Delete
            | PermissionKind::Action => None,
        }
    }

    /// Why there is no such permission. `None` if it may be one that could not be read.
    fn explain(&self, pattern: &Located<String>, whole: &str, own: bool) -> Option<Diagnostic> {
        let own = if own { OWN } else { "" };
        let Some((resource, action)) = whole.split_once(':') else {
            let ending = if own.is_empty() { "*" } else { "update:own" };
            let help = self
                .closest_resource(whole)
                .map(|resource| format!("did you mean `{resource}:{ending}`?"));
            let why = "a permission is a resource and an action, such as `products:read`";
            return Some(unknown_permission(pattern, why.to_owned(), help));
        };
        if resource == "platform" {
            return Some(platform_permission(pattern));
        }
        let Some(range) = self.by_resource.get(resource) else {
            if !self.complete {
                return None;
            }
            let why = format!("there is no resource `{resource}`");
            let help = self
                .closest_resource(resource)
                .map(|resource| format!("did you mean `{resource}:{action}{own}`?"));
            return Some(unknown_permission(pattern, why, help));
        };
        if self.partial.contains(resource) {
            return None;
        }
        let actions: Vec<&str> = self.permissions[range.clone()]
            .iter()
            .map(|permission| permission.action.as_str())
            .collect();
        let why = format!("`{resource}` has no action `{action}`");
        let help = closest(action, actions.iter().copied()).map_or_else(
            || format!("it has {}", listed(&actions)),
            |action| format!("did you mean `{resource}:{action}{own}`?"),
        );
        Some(unknown_permission(pattern, why, Some(help)))
    }

    fn closest_resource(&self, name: &str) -> Option<&str> {
        if let Some((name, _)) = self.by_resource.get_key_value(name) {
            return Some(name);
        }
        closest(name, self.permissions.iter().map(|p| p.resource.as_str()))
    }
}

/// The permissions of a resource: the four that each has, its actions, and those of its fields.
/// A name that is there twice was reported; the first one counts.
fn permissions_of(resource: &Resource) -> Vec<Permission> {
    let name = resource.name.value.as_str();
    let every = PermissionKind::OF_EVERY_RESOURCE.into_iter();
    let actions = resource.actions.iter();
    let actions = actions.map(|action| (PermissionKind::Action, action.name.value.as_str()));
    let fields = field_permissions::named_by(resource);
    let fields = fields.map(|named| (PermissionKind::Field, named));
    let mut permissions: Vec<Permission> = Vec::new();
    for (kind, action) in every.chain(actions).chain(fields) {
        if permissions.iter().any(|taken| taken.action == action) {
            continue;
        }
        permissions.push(Permission {
            slug: format!("{name}:{action}"),
            resource: name.to_owned(),
            action: action.to_owned(),
            kind,
            built_in: false,
            uses: Vec::new(),
        });
    }
    permissions
}
