//! Permissions as types.

use crate::model::Kind;

/// A permission of a tenant, as a type. Generated code implements it, one type for each slug of the schema.
///
/// Implementing it for another type opens nothing: a grant is issued by a route alone, and a route
/// whose permission is not the schema's, to the letter of resource and kind, stops the start.
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
    /// What a grant of it opens besides, for an action: slugs as the schema's `uses` has them.
    const USES: &'static [&'static str] = &[];
}

/// That a grant of `Self` opens what needs a grant of `P`. Each permission covers itself; generated
/// code implements it for the actions of the schema that use others.
///
/// To implement it is not enough: a grant opens what stands in [`Permission::USES`], which a
/// compilation checks where the grant is used and the start compares with the schema.
#[diagnostic::on_unimplemented(
    message = "a grant of `{Self}` does not open what needs `{P}`",
    label = "this grant is of another permission",
    note = "ask the route for the permission that is needed: `protect({P}, handler)`, or for both: `protect(({Self}, {P}), handler)`;\n\
        the handler then takes a `Grant` of each, in that order"
)]
pub trait Covers<P: Permission>: Permission {}

impl<P: Permission> Covers<P> for P {}

/// Whether a grant of `P` opens what needs `Q`.
pub(super) const fn covers<P: Permission, Q: Permission>() -> bool {
    if same(P::SLUG, Q::SLUG) {
        return true;
    }
    let mut at = 0;
    while at < P::USES.len() {
        if same(P::USES[at], Q::SLUG) {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether two texts are the same, at compile time.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && stands_at(a.as_bytes(), b.as_bytes(), 0)
}

/// Whether a slug is `resource:action`, at compile time.
pub(crate) const fn names(slug: &str, resource: &str, action: &str) -> bool {
    let (slug, resource, action) = (slug.as_bytes(), resource.as_bytes(), action.as_bytes());
    slug.len() == resource.len() + 1 + action.len()
        && stands_at(slug, resource, 0)
        && slug[resource.len()] == b':'
        && stands_at(slug, action, resource.len() + 1)
}

/// Whether `part` stands at a place of `text`, which is long enough.
const fn stands_at(text: &[u8], part: &[u8], place: usize) -> bool {
    let mut at = 0;
    while at < part.len() {
        if text[place + at] != part[at] {
            return false;
        }
        at += 1;
    }
    true
}
