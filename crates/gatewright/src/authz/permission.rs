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
}

/// That a grant of `Self` opens what needs a grant of `P`. Each permission covers itself.
#[diagnostic::on_unimplemented(
    message = "a grant of `{Self}` does not open what needs `{P}`",
    label = "this grant is of another permission",
    note = "ask the route for the permission that is needed: `protect({P}, handler)`, or for both: `protect(({Self}, {P}), handler)`;\n\
        the handler then takes a `Grant` of each, in that order"
)]
pub trait Covers<P: Permission>: Permission + sealed::Covers<P> {}

impl<P: Permission> Covers<P> for P {}

/// An application that could say what covers what could open any store function with any grant.
mod sealed {
    pub trait Covers<P> {}

    impl<P: super::Permission> Covers<P> for P {}
}
