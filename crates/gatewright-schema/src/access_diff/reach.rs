//! How far a role reaches in one schema.

use std::collections::HashMap;

use super::changes::Extent;
use crate::model::{Audit, Field, Permission, PermissionKind, Resource, Role, Schema};

/// What shows the audit log, which holds the values of records.
const AUDIT: [&str; 2] = ["audit:read", "audit:export"];

/// What a role holds, opens and may be given. Slugs that are missing have [`Extent::None`].
#[derive(Debug, Default)]
pub(super) struct Reach<'a> {
    held: HashMap<&'a str, Extent>,
    ceiling: HashMap<&'a str, Extent>,
    /// The actions that the role holds.
    actions: Vec<(&'a Permission, Extent)>,
}

impl<'a> Reach<'a> {
    pub fn of(schema: &'a Schema, role: &'a Role) -> Self {
        let mut held = HashMap::new();
        let own = role.own.iter().map(|slug| (slug.as_str(), Extent::Own));
        let all = role.permissions.iter();
        held.extend(own);
        held.extend(all.map(|slug| (slug.as_str(), Extent::All)));

        let mut ceiling = held.clone();
        let bounds = role.ceiling.iter().flatten();
        ceiling.extend(bounds.map(|slug| (slug.as_str(), Extent::All)));

        let actions = schema
            .permissions
            .iter()
            .filter(|permission| permission.kind == PermissionKind::Action)
            .filter_map(|action| Some((action, *held.get(action.slug.as_str())?)))
            .collect();
        Self {
            held,
            ceiling,
            actions,
        }
    }

    /// Over which records the role has the permission itself.
    pub fn holds(&self, slug: &str) -> Extent {
        self.held.get(slug).copied().unwrap_or_default()
    }

    /// Over which records a tenant may let the role have it.
    pub fn may_hold(&self, slug: &str) -> Extent {
        self.ceiling.get(slug).copied().unwrap_or_default()
    }

    /// Over which records the role can use the permission, held or through an action.
    pub fn opens(&self, slug: &str) -> Extent {
        let through = self.using(slug).map(|(_, extent)| extent).max();
        self.holds(slug).max(through.unwrap_or_default())
    }

    /// The actions that open the permission this far.
    pub fn actions_that_open(&self, slug: &str, extent: Extent) -> Vec<String> {
        self.using(slug)
            .filter(|(_, reach)| *reach == extent)
            .map(|(action, _)| action.slug.clone())
            .collect()
    }

    /// In which records of the resource the role sees the field.
    ///
    /// Reading and changing answer the record. Making one answers the one just made, which is the
    /// maker's own. The audit log shows the values of all.
    pub fn sees(&self, resource: &Resource, field: &Field) -> Extent {
        let answers = |opens: &dyn Fn(&str) -> Extent| {
            let of = |action: &str| opens(&format!("{}:{action}", resource.name));
            of("read")
                .max(of("update"))
                .max(of("create").min(Extent::Own))
        };
        let audit = match resource.audit {
            Audit::Full => {
                let [read, export] = AUDIT.map(|slug| self.holds(slug));
                read.max(export)
            }
            Audit::Fact => Extent::None,
        };
        let anywhere = answers(&|slug| self.opens(slug)).max(audit);
        let Some(guard) = &field.permission else {
            return anywhere;
        };
        if self.holds(guard) > Extent::None {
            return anywhere;
        }
        // Only in what an action that uses the field's permission answers.
        self.using(guard)
            .map(|(action, extent)| {
                answers(&|slug| match action.uses.iter().any(|used| used == slug) {
                    true => extent,
                    false => Extent::None,
                })
            })
            .max()
            .unwrap_or_default()
    }

    fn using<'s>(&'s self, slug: &'s str) -> impl Iterator<Item = (&'a Permission, Extent)> + 's {
        let actions = self.actions.iter().copied();
        actions.filter(move |(action, _)| action.uses.iter().any(|used| used == slug))
    }
}
