//! What each role gained and lost.

use super::changes::{
    AssignChange, Effect, Extent, FieldAccess, PermissionChange, Presence, RoleChange,
    ThroughChange,
};
use super::endpoints;
use super::reach::Reach;
use crate::model::{Field, Permission, Resource, Role, Schema};

/// Compares the roles of two schemas that call everything the same.
pub(super) fn compare(before: &Schema, after: &Schema) -> Vec<RoleChange> {
    let schemas = Schemas { before, after };
    let now = after.roles.iter().map(|role| {
        let old = before.roles.iter().find(|old| old.name == role.name);
        schemas.role(old, Some(role), &role.name)
    });
    let gone = before
        .roles
        .iter()
        .filter(|old| !after.roles.iter().any(|role| role.name == old.name))
        .map(|old| schemas.role(Some(old), None, &old.name));
    now.chain(gone).flatten().collect()
}

struct Schemas<'a> {
    before: &'a Schema,
    after: &'a Schema,
}

impl<'a> Schemas<'a> {
    /// `None` where nothing differs.
    fn role(
        &self,
        before: Option<&'a Role>,
        after: Option<&'a Role>,
        name: &str,
    ) -> Option<RoleChange> {
        let reach = |schema, role: Option<&'a Role>| {
            role.map_or_else(Reach::default, |role| Reach::of(schema, role))
        };
        let old = reach(self.before, before);
        let new = reach(self.after, after);
        let change = RoleChange {
            name: name.to_owned(),
            change: match (before, after) {
                (None, _) => Presence::New,
                (_, None) => Presence::Removed,
                _ => Presence::Changed,
            },
            permissions: self.permissions(&old, &new),
            through: self.through(&old, &new),
            ceiling: self.ceiling(&old, &new),
            assigns: self.assigns(before, after),
            fields: self.fields(&old, &new),
        };
        let nothing = change.change == Presence::Changed
            && change.permissions.is_empty()
            && change.through.is_empty()
            && change.ceiling.is_empty()
            && change.assigns.is_empty()
            && change.fields.is_empty();
        (!nothing).then_some(change)
    }

    fn permissions(&self, old: &Reach<'_>, new: &Reach<'_>) -> Vec<PermissionChange> {
        self.all_permissions()
            .map(|permission| PermissionChange {
                endpoints: endpoints::of(permission),
                ..change(
                    &permission.slug,
                    old.holds(&permission.slug),
                    new.holds(&permission.slug),
                )
            })
            .filter(|change| change.before != change.after)
            .collect()
    }

    fn through(&self, old: &Reach<'_>, new: &Reach<'_>) -> Vec<ThroughChange> {
        let changes = self.all_permissions().filter_map(|permission| {
            let slug = permission.slug.as_str();
            let (before, after) = beyond(
                (old.opens(slug), old.holds(slug)),
                (new.opens(slug), new.holds(slug)),
            )?;
            Some(ThroughChange {
                permission: slug.to_owned(),
                actions: if after > before {
                    new.actions_that_open(slug, after)
                } else {
                    old.actions_that_open(slug, before)
                },
                before,
                after,
                effect: Effect::of(&before, &after),
            })
        });
        changes.collect()
    }

    fn ceiling(&self, old: &Reach<'_>, new: &Reach<'_>) -> Vec<PermissionChange> {
        let changes = self.all_permissions().filter_map(|permission| {
            let slug = permission.slug.as_str();
            let (before, after) = beyond(
                (old.may_hold(slug), old.holds(slug)),
                (new.may_hold(slug), new.holds(slug)),
            )?;
            Some(change(slug, before, after))
        });
        changes.collect()
    }

    fn assigns(&self, before: Option<&Role>, after: Option<&Role>) -> Vec<AssignChange> {
        let may = |role: Option<&Role>, name: &String| {
            role.is_some_and(|role| role.assigns.contains(name))
        };
        let names = names(
            self.before.roles.iter().map(|role| role.name.as_str()),
            self.after.roles.iter().map(|role| role.name.as_str()),
        );
        names
            .into_iter()
            .filter_map(|name| {
                let role = name.to_owned();
                let effect = Effect::of(&may(before, &role), &may(after, &role));
                (effect != Effect::Neutral).then_some(AssignChange { role, effect })
            })
            .collect()
    }

    fn fields(&self, old: &Reach<'_>, new: &Reach<'_>) -> Vec<FieldAccess> {
        let mut changes = Vec::new();
        let resources = |schema: &'a Schema| schema.resources.iter().map(|r| r.name.as_str());
        for name in names(resources(self.before), resources(self.after)) {
            let old_resource = self.before.resources.iter().find(|r| r.name == name);
            let new_resource = self.after.resources.iter().find(|r| r.name == name);
            let fields = |resource: Option<&'a Resource>| {
                let fields = resource.into_iter().flat_map(|resource| &resource.fields);
                fields.map(|field| field.name.as_str())
            };
            for field in names(fields(old_resource), fields(new_resource)) {
                let before = sees(old, old_resource, field);
                let after = sees(new, new_resource, field);
                if before != after {
                    changes.push(FieldAccess {
                        resource: name.to_owned(),
                        field: field.to_owned(),
                        before,
                        after,
                        effect: Effect::of(&before, &after),
                    });
                }
            }
        }
        changes
    }

    /// Those of the newer schema, then what only the older one has.
    fn all_permissions(&self) -> impl Iterator<Item = &'a Permission> {
        let now = &self.after.permissions;
        let gone = self.before.permissions.iter();
        let gone = gone.filter(|old| !now.iter().any(|permission| permission.slug == old.slug));
        now.iter().chain(gone)
    }
}

fn change(slug: &str, before: Extent, after: Extent) -> PermissionChange {
    PermissionChange {
        permission: slug.to_owned(),
        before,
        after,
        effect: Effect::of(&before, &after),
        endpoints: Vec::new(),
    }
}

/// How what a role can come to changed, where what it holds does not say so already. Each side is
/// what it can come to, and what it holds of that.
fn beyond(before: (Extent, Extent), after: (Extent, Extent)) -> Option<(Extent, Extent)> {
    let gained = after.0 > before.0 && after.0 > after.1;
    let lost = after.0 < before.0 && before.0 > before.1;
    (gained || lost).then_some((before.0, after.0))
}

fn sees(reach: &Reach<'_>, resource: Option<&Resource>, field: &str) -> Extent {
    let find = |resource: &'_ Resource| -> Option<Extent> {
        let of: &Field = resource.fields.iter().find(|f| f.name == field)?;
        Some(reach.sees(resource, of))
    };
    resource.and_then(find).unwrap_or_default()
}

/// The newer names, then those that are only in the older.
fn names<'a>(
    before: impl Iterator<Item = &'a str>,
    after: impl Iterator<Item = &'a str>,
) -> Vec<&'a str> {
    let mut names: Vec<&str> = after.collect();
    let now = names.len();
    names.extend(before);
    let gone = names.split_off(now);
    let gone: Vec<&str> = gone
        .into_iter()
        .filter(|name| !names.contains(name))
        .collect();
    names.extend(gone);
    names
}
