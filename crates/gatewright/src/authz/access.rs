//! What a route asks of a request, as data.

use serde::Serialize;

/// The access kinds. There is no other way to register a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Everybody; no credential is looked at.
    Public,
    /// Any account, in no tenant.
    SignedIn,
    /// Any member of the request's tenant.
    Member,
    /// Members who hold all of the route's permissions.
    Protect,
    /// Holders of a platform role that has the permission.
    Platform,
}

/// One registered route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteSpec {
    /// `POST`
    pub method: &'static str,
    /// `/api/products/{id}`
    pub path: String,
    /// What it asks of a request.
    pub access: Access,
    /// The slugs that it needs, all of them.
    pub permissions: Vec<&'static str>,
    /// The resource of its first permission, where it has one.
    pub resource: Option<&'static str>,
}
