//! What a reader of the audit log sees of a change.

use serde_json::{Map, Value as Json};

use crate::jobs::AUDITED_AS;
use crate::model::{Model, ResourceDef};

/// Beside `old` and `new` of a change: the permission that guarded the field when the entry was
/// made. No answer has it.
const GUARD: &str = "guard";

/// What keys of the tenant's own fields begin with. No field of the schema has a dot in its name.
const CUSTOM: &str = "custom_fields.";

/// Marks the changes of guarded fields with what guards them.
///
/// A field's name may be used again for another field, which anybody sees; the old values stay what
/// they were.
pub(super) fn mark(def: &ResourceDef, changes: &mut Map<String, Json>) {
    for field in def.fields {
        if let Some(slug) = field.permission
            && let Some(Json::Object(change)) = changes.get_mut(field.name)
        {
            change.insert(GUARD.to_owned(), slug.into());
        }
    }
}

/// Leaves out of a change what its reader does not see.
///
/// A key that is no field of the resource today tells nothing of who may see it: the field may have
/// been guarded before it was removed or renamed. So it is left out too, and so is all of a
/// resource that the schema no longer has. A key that is a field shows to whoever passes both what
/// guards the field today and what guarded it then. The database keeps every entry whole.
pub(crate) fn seen(
    model: &Model,
    resource: &str,
    changes: Option<Json>,
    passes: impl Fn(&str) -> bool,
) -> Option<Json> {
    let Some(Json::Object(changes)) = changes else {
        return changes;
    };
    let seen: Map<String, Json> = match model.resource(resource) {
        Some(def) => changes
            .into_iter()
            .filter_map(|(key, mut change)| {
                // A field of the tenant's own, which nothing guards, today or then.
                if key.starts_with(CUSTOM) {
                    return Some((key, change));
                }
                let field = def.fields.iter().find(|field| field.name == key)?;
                let mark = change.as_object_mut().and_then(|of| of.remove(GUARD));
                let then = mark.is_none_or(|slug| slug.as_str().is_some_and(&passes));
                let today = field.permission.is_none_or(&passes);
                (then && today).then_some((key, change))
            })
            .collect(),
        // What gatewright itself writes of members, roles and the like has no guarded fields.
        None if resource == "custom_fields" => changes
            .into_iter()
            .filter(|(key, _)| shows_override(model, key, &passes))
            .collect(),
        None if is_built_in(model, resource) => changes,
        None => Map::new(),
    };
    Some(Json::Object(seen))
}

/// Whether a reader sees what a tenant made of a field, `products.cost`. Other keys tell of fields of
/// its own.
fn shows_override(model: &Model, key: &str, passes: impl Fn(&str) -> bool) -> bool {
    let Some((resource, field)) = key.split_once('.') else {
        return true;
    };
    let def = model.resource(resource);
    let field = def.and_then(|def| def.fields.iter().find(|known| known.name == field));
    field.is_some_and(|field| field.permission.is_none_or(passes))
}

fn is_built_in(model: &Model, resource: &str) -> bool {
    // What the platform's staff do in the tenant; no role of a tenant has a permission on it.
    if resource == "platform" {
        return true;
    }
    let mut permissions = model.permissions.iter();
    resource == AUDITED_AS || permissions.any(|permission| permission.resource == resource)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{AuthPolicy, FieldDef, Kind, Limits, PermissionDef, Signup};

    static PRODUCTS: ResourceDef = ResourceDef {
        name: "products",
        fields: &[
            FieldDef {
                name: "name",
                ..FieldDef::DEFAULT
            },
            FieldDef {
                name: "cost",
                permission: Some("products:read_cost"),
                ..FieldDef::DEFAULT
            },
        ],
        ..ResourceDef::DEFAULT
    };

    static MODEL: Model = Model {
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
        permissions: &[PermissionDef {
            slug: "members:update",
            resource: "members",
            kind: Kind::Update,
            ..PermissionDef::DEFAULT
        }],
        roles: &[],
        resources: &[&PRODUCTS],
    };

    #[test]
    fn a_reader_sees_the_fields_that_they_see_elsewhere() {
        let changes =
            json!({ "name": { "new": "A" }, "cost": { "new": "1" }, "gone": { "new": 1 } });
        let of = |resource: &str, passes: fn(&str) -> bool| {
            seen(&MODEL, resource, Some(changes.clone()), passes).unwrap()
        };
        let unguarded = |_: &str| false;
        assert_eq!(of("products", unguarded), json!({ "name": { "new": "A" } }));
        assert_eq!(
            of("products", |_| true),
            json!({ "name": { "new": "A" }, "cost": { "new": "1" } })
        );
        assert_eq!(of("members", unguarded), changes);
        assert_eq!(of("removed", |_| true), json!({}));
        assert_eq!(seen(&MODEL, "products", None, unguarded), None);
        // What a tenant made of a field tells that there is one.
        let made =
            json!({ "products.name": {}, "products.cost": {}, "products.gone": {}, "label": {} });
        let of = |passes: fn(&str) -> bool| {
            seen(&MODEL, "custom_fields", Some(made.clone()), passes).unwrap()
        };
        assert_eq!(of(unguarded), json!({ "products.name": {}, "label": {} }));
        assert_eq!(
            of(|_| true),
            json!({ "products.name": {}, "products.cost": {}, "label": {} })
        );
    }
}
