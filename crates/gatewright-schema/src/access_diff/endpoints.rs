//! Which routes of a resource a permission opens.

use super::changes::Endpoint;
use crate::model::{Permission, PermissionKind};

/// The generated routes that ask for the permission. Those of permissions that gatewright brings
/// are the runtime's, and those of a team's own are the team's: neither is known here.
pub(super) fn of(permission: &Permission) -> Vec<Endpoint> {
    if permission.built_in {
        return Vec::new();
    }
    let action = format!("/{{id}}/{}", permission.action);
    let routes: &[(&'static str, &str)] = match permission.kind {
        PermissionKind::Read => &[("GET", ""), ("GET", "/{id}"), ("GET", "/export")],
        PermissionKind::Create => &[("POST", ""), ("POST", "/bulk/create")],
        PermissionKind::Update => &[("PATCH", "/{id}"), ("POST", "/bulk/update")],
        PermissionKind::Delete => &[("DELETE", "/{id}"), ("POST", "/bulk/delete")],
        PermissionKind::Action => &[("POST", &action)],
        PermissionKind::Field => &[],
    };
    let resource = &permission.resource;
    routes
        .iter()
        .map(|(method, rest)| Endpoint {
            method,
            path: format!("/api/{resource}{rest}"),
        })
        .collect()
}
