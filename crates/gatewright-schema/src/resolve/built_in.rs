//! The permissions that the runtime brings.

use crate::model::{Permission, PermissionKind};

use PermissionKind::{Create, Delete, Read, Update};

/// Each resource of the runtime with its permissions, in the order of the catalogue.
const BUILT_IN: &[(&str, &[(PermissionKind, &str)])] = &[
    (
        "tenant",
        &[(Read, "read"), (Update, "update"), (Update, "suspend")],
    ),
    (
        "members",
        &[(Read, "read"), (Update, "update"), (Delete, "remove")],
    ),
    (
        "invitations",
        &[(Read, "read"), (Create, "create"), (Delete, "revoke")],
    ),
    (
        "roles",
        &[
            (Read, "read"),
            (Create, "create"),
            (Update, "update"),
            (Delete, "delete"),
            (Update, "assign"),
        ],
    ),
    (
        "api_keys",
        &[
            (Read, "read"),
            (Create, "create"),
            (Update, "rotate"),
            (Delete, "revoke"),
        ],
    ),
    ("audit", &[(Read, "read"), (Read, "export")]),
    ("branding", &[(Read, "read"), (Update, "update")]),
    (
        "custom_fields",
        &[
            (Read, "read"),
            (Create, "create"),
            (Update, "update"),
            (Delete, "delete"),
        ],
    ),
];

/// The permissions that gatewright brings, rather than the schema's resources, such as
/// `members:read`. They begin [`Schema::permissions`](crate::Schema::permissions).
#[must_use]
pub fn built_in_permissions() -> Vec<Permission> {
    let of_one = |(resource, permissions): &(&str, &[(PermissionKind, &str)])| {
        let resource = (*resource).to_owned();
        let permissions = permissions.iter();
        permissions
            .map(|(kind, action)| Permission {
                slug: format!("{resource}:{action}"),
                resource: resource.clone(),
                action: (*action).to_owned(),
                kind: *kind,
                built_in: true,
                uses: Vec::new(),
            })
            .collect::<Vec<_>>()
    };
    BUILT_IN.iter().flat_map(of_one).collect()
}

/// Whether the runtime has a resource of this name.
pub(crate) fn is_built_in(resource: &str) -> bool {
    BUILT_IN.iter().any(|(name, _)| *name == resource)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::names;
    use crate::syntax::Located;

    /// Otherwise a schema could give a resource one of these names, and its slugs would be theirs.
    #[test]
    fn no_resource_of_a_schema_can_have_the_name_of_a_built_in_one() {
        for (resource, _) in BUILT_IN {
            let name = Located {
                value: (*resource).to_owned(),
                span: 0..0,
            };
            let mut out = Vec::new();
            names::check_resource(&name, &mut out);
            assert_eq!(out.len(), 1, "{resource}");
        }
    }
}
