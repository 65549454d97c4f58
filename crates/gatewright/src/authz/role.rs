//! Roles as sets of permissions, one bit each.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{FieldDef, Model, ResourceDef};
use crate::store::OfResource;
use crate::store::custom::TenantFields;

/// A set of the model's permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PermissionSet {
    words: Vec<u64>,
}

impl PermissionSet {
    fn insert(&mut self, index: usize) {
        let word = index / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word |= 1 << (index % 64);
        }
    }

    fn extend(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    fn remove(&mut self, index: usize) {
        if let Some(word) = self.words.get_mut(index / 64) {
            *word &= !(1 << (index % 64));
        }
    }

    /// Whether the permission at `index` of the model is in the set.
    pub(crate) fn contains(&self, index: usize) -> bool {
        let word = self.words.get(index / 64);
        word.is_some_and(|word| word & (1 << (index % 64)) != 0)
    }
}

/// How far a permission reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// To every record of the tenant.
    All,
    /// To the records that the holder made.
    Own,
}

impl Extent {
    /// A permission of this extent as it is written: `orders:update`, `orders:update:own`.
    pub(crate) fn slug(self, permission: &str) -> String {
        match self {
            Self::All => permission.to_owned(),
            Self::Own => format!("{permission}:own"),
        }
    }

    /// As it stands in the database.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Own => "own",
        }
    }
}

/// What somebody holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Held {
    all: PermissionSet,
    own: PermissionSet,
}

impl Held {
    /// Adds all that another holds.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.all.extend(&other.all);
        self.own.extend(&other.own);
    }

    /// Adds a permission, as far as it reaches.
    pub(crate) fn add(&mut self, index: usize, extent: Extent) {
        match extent {
            Extent::All => self.all.insert(index),
            Extent::Own => self.own.insert(index),
        }
    }

    /// Takes a permission away, however far it reaches.
    pub(crate) fn remove(&mut self, index: usize) {
        self.all.remove(index);
        self.own.remove(index);
    }

    /// Whether all of `other` is held, at least as far as it reaches there.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.missing(other).is_none()
    }

    /// The first permission of `other`, by its place in the model, that is not held as far as it
    /// reaches there.
    pub(crate) fn missing(&self, other: &Self) -> Option<usize> {
        let most = other.all.words.len().max(other.own.words.len()) * 64;
        (0..most).find(|index| match other.extent(*index) {
            None => false,
            Some(Extent::Own) => self.extent(*index).is_none(),
            Some(Extent::All) => self.extent(*index) != Some(Extent::All),
        })
    }

    /// All that is held, in the model's order: `orders:read`, `orders:update:own`.
    pub(crate) fn slugs(&self, model: &Model) -> Vec<String> {
        let permissions = model.permissions.iter().enumerate();
        let held = permissions.filter_map(|(index, permission)| {
            let extent = self.extent(index)?;
            Some(extent.slug(permission.slug))
        });
        held.collect()
    }

    /// How far the permission at `index` of the model reaches; `None` if it is not held.
    pub(crate) fn extent(&self, index: usize) -> Option<Extent> {
        if self.all.contains(index) {
            Some(Extent::All)
        } else if self.own.contains(index) {
            Some(Extent::Own)
        } else {
            None
        }
    }
}

/// Who makes a request, as whoever reads its head and body needs to know them.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    model: &'static Model,
    held: Arc<Held>,
    /// Permissions that the route's actions use: what they show and write is the action's business.
    lent: Arc<[&'static str]>,
    /// What their tenant has made of the resources.
    fields: Arc<TenantFields>,
}

impl Holder {
    pub(crate) fn new(model: &'static Model, held: Held) -> Self {
        Self {
            model,
            held: Arc::new(held),
            lent: Arc::default(),
            fields: Arc::default(),
        }
    }

    /// The same holder in a tenant that has made this of the resources.
    pub(crate) fn in_tenant_with(self, fields: Arc<TenantFields>) -> Self {
        Self { fields, ..self }
    }

    pub(crate) fn fields(&self) -> &TenantFields {
        &self.fields
    }

    /// The fields that their tenant has added to a resource.
    pub(crate) fn custom(&self, def: &ResourceDef) -> OfResource {
        self.fields.of(def)
    }

    /// The same holder on a route whose permissions use these.
    pub(crate) fn lending(&self, slugs: Arc<[&'static str]>) -> Self {
        Self {
            lent: slugs,
            ..self.clone()
        }
    }

    /// How far the permission of this slug reaches; `None` if it is not held.
    pub(crate) fn extent(&self, slug: &str) -> Option<Extent> {
        let index = self.model.permission(slug);
        index.and_then(|index| self.held.extent(index))
    }

    /// Whether the field is there for them: one that their tenant hides is not.
    pub(crate) fn sees(&self, field: &FieldDef) -> bool {
        field.permission.is_none_or(|slug| self.passes(slug)) && !self.fields.hides(field)
    }

    /// Whether what the permission guards is there for them. One that the model does not have opens
    /// nothing.
    pub(crate) fn passes(&self, slug: &str) -> bool {
        self.lent.contains(&slug) || self.extent(slug) == Some(Extent::All)
    }
}

/// The permissions of each role template, worked out once.
#[derive(Debug)]
pub(crate) struct Roles(HashMap<&'static str, Held>);

impl Roles {
    pub(crate) fn new(model: &Model) -> Self {
        let set = |slugs: &[&str]| {
            let mut set = PermissionSet::default();
            for index in slugs.iter().filter_map(|slug| model.permission(slug)) {
                set.insert(index);
            }
            set
        };
        let of = |role: &'static crate::model::RoleDef| {
            let held = Held {
                all: set(role.permissions),
                own: set(role.own),
            };
            (role.name, held)
        };
        Self(model.roles.iter().map(of).collect())
    }

    /// What the schema gives a template; nothing to one that it does not have.
    pub(crate) fn template(&self, name: &str) -> Held {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// What these templates hold together.
    #[cfg(test)]
    pub(crate) fn union<'a>(&self, roles: impl IntoIterator<Item = &'a str>) -> Held {
        let mut union = Held::default();
        for held in roles.into_iter().filter_map(|role| self.0.get(role)) {
            union.extend(held);
        }
        union
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AuthPolicy, Kind, Limits, PermissionDef, RoleDef, Signup};

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_beside() {
        let mut set = PermissionSet::default();
        for index in [0, 63, 64, 129] {
            set.insert(index);
        }
        let held: Vec<usize> = (0..130).filter(|index| set.contains(*index)).collect();
        assert_eq!(held, [0, 63, 64, 129]);
        assert!(!set.contains(10_000));
    }

    #[test]
    fn roles_add_up_and_unknown_ones_add_nothing() {
        static PERMISSIONS: [PermissionDef; 2] = [
            PermissionDef {
                slug: "a:read",
                resource: "a",
                kind: Kind::Read,
                ..PermissionDef::DEFAULT
            },
            PermissionDef {
                slug: "b:read",
                resource: "b",
                kind: Kind::Read,
                ..PermissionDef::DEFAULT
            },
        ];
        static ROLES: [RoleDef; 3] = [
            RoleDef {
                name: "one",
                permissions: &["a:read"],
                ..RoleDef::DEFAULT
            },
            RoleDef {
                name: "two",
                permissions: &["gone:read"],
                own: &["a:read", "b:read"],
                ..RoleDef::DEFAULT
            },
            RoleDef {
                name: "three",
                permissions: &["b:read"],
                ..RoleDef::DEFAULT
            },
        ];
        let model = Model {
            app: "",
            auth: AuthPolicy {
                signup: Signup::Open,
                require_verified_email: true,
                access_token_ttl: 1,
                refresh_token_ttl: 1,
                session_idle_ttl: 1,
                passwords: true,
                providers: &[],
            },
            row_level_security: true,
            limits: Limits::NONE,
            permissions: &PERMISSIONS,
            roles: &ROLES,
            resources: &[],
        };
        let roles = Roles::new(&model);
        let extents = |names: &[&str]| {
            let held = roles.union(names.iter().copied());
            [0, 1].map(|index| held.extent(index))
        };
        let (all, own) = (Some(Extent::All), Some(Extent::Own));
        assert_eq!(extents(&["one", "two", "none"]), [all, own]);
        assert_eq!(extents(&["two", "three"]), [own, all]);
        assert_eq!(extents(&["one"]), [all, None]);
        assert_eq!(extents(&[]), [None, None]);
    }
}
