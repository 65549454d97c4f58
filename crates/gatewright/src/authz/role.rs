//! Roles as sets of permissions, one bit each.

use std::collections::HashMap;

use crate::model::Model;

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

    /// Whether the permission at `index` of the model is in the set.
    pub(crate) fn contains(&self, index: usize) -> bool {
        let word = self.words.get(index / 64);
        word.is_some_and(|word| word & (1 << (index % 64)) != 0)
    }
}

/// The permissions of each role template, worked out once.
#[derive(Debug)]
pub(crate) struct Roles(HashMap<&'static str, PermissionSet>);

impl Roles {
    pub(crate) fn new(model: &Model) -> Self {
        let of = |role: &'static crate::model::RoleDef| {
            let mut set = PermissionSet::default();
            for index in role
                .permissions
                .iter()
                .filter_map(|slug| model.permission(slug))
            {
                set.insert(index);
            }
            (role.name, set)
        };
        Self(model.roles.iter().map(of).collect())
    }

    /// The permissions of these roles together. A role that the schema no longer has adds nothing.
    pub(crate) fn union<'a>(&self, roles: impl IntoIterator<Item = &'a str>) -> PermissionSet {
        let mut union = PermissionSet::default();
        for set in roles.into_iter().filter_map(|role| self.0.get(role)) {
            union.extend(set);
        }
        union
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AuthPolicy, Kind, PermissionDef, RoleDef, Signup};

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
            },
            PermissionDef {
                slug: "b:read",
                resource: "b",
                kind: Kind::Read,
            },
        ];
        static ROLES: [RoleDef; 2] = [
            RoleDef {
                name: "one",
                permissions: &["a:read"],
                assigns: &[],
            },
            RoleDef {
                name: "two",
                permissions: &["b:read", "gone:read"],
                assigns: &[],
            },
        ];
        let model = Model {
            app: "",
            auth: AuthPolicy {
                signup: Signup::Open,
                require_verified_email: true,
                access_token_ttl: 1,
                refresh_token_ttl: 1,
            },
            row_level_security: true,
            permissions: &PERMISSIONS,
            roles: &ROLES,
            resources: &[],
        };
        let roles = Roles::new(&model);
        let both = roles.union(["one", "two", "none"]);
        assert!(both.contains(0) && both.contains(1));
        assert!(!roles.union(["one"]).contains(1));
        assert!(!roles.union([]).contains(0));
    }
}
