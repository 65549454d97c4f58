//! Permissions as types, and sets of them as bits.

use crate::model::{Kind, Model};

/// A permission of a tenant, as a type. Generated code implements it, one type for each slug of the schema.
///
/// An application cannot add a permission by implementing it: a route whose permission is not the
/// schema's, to the letter of resource and kind, stops the start.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a permission",
    note = "permissions are the types in `generated::permissions`, such as `products::Create`; add new ones to gatewright.toml"
)]
pub trait Permission: Send + Sync + 'static {
    /// `products:create`
    const SLUG: &'static str;
    /// `products`
    const RESOURCE: &'static str;
    /// What it does to its resource.
    const KIND: Kind;
}

/// That a grant of `Self` opens what needs a grant of `P`. Each permission covers itself.
#[diagnostic::on_unimplemented(
    message = "a grant of `{Self}` does not open what needs `{P}`",
    label = "this grant is of another permission",
    note = "let the route protect `{P}` too, `protect(({Self}, {P}), handler)`, and take both grants in the handler"
)]
pub trait Covers<P: Permission>: Permission {}

impl<P: Permission> Covers<P> for P {}

/// A set of the model's permissions, one bit each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PermissionSet {
    words: Vec<u64>,
}

impl PermissionSet {
    /// The permissions of these role templates together. A role that the schema no longer has adds nothing.
    pub(crate) fn of_roles<'a>(model: &Model, roles: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self {
            words: vec![0; model.permissions.len().div_ceil(64)],
        };
        let slugs = roles
            .into_iter()
            .filter_map(|role| model.role(role))
            .flat_map(|role| role.permissions);
        for index in slugs.filter_map(|slug| model.permission(slug)) {
            set.insert(index);
        }
        set
    }

    fn insert(&mut self, index: usize) {
        if let Some(word) = self.words.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    /// Whether the permission at `index` of the model is in the set.
    pub(crate) fn contains(&self, index: usize) -> bool {
        self.words
            .get(index / 64)
            .is_some_and(|word| word & (1 << (index % 64)) != 0)
    }
}
