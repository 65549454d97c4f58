//! What roles, actions and field permissions come to.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its files has failed"
)]

use gatewright_schema::{Audit, Permission, PermissionKind, Rate, Schema, parse, render};

/// Parses a file without errors and warnings.
fn clean(source: &str) -> Schema {
    let parsed = parse(source);
    let said = render(&parsed.diagnostics, "gatewright.toml", source, false);
    assert_eq!(said, "");
    parsed.schema.unwrap()
}

/// The sample of the design, with the resources that it mentions.
const SAMPLE: &str = include_str!("sample/gatewright.toml");

#[test]
fn the_sample_of_the_design_is_read() {
    let parsed = parse(SAMPLE);
    let said = render(&parsed.diagnostics, "gatewright.toml", SAMPLE, false);
    let schema = parsed.schema.unwrap_or_else(|| unreachable!("{said}"));
    let rate = |requests, seconds| Some(Rate { requests, seconds });
    assert_eq!(schema.limits.per_key, rate(600, 60));
    assert_eq!(schema.limits.anonymous, rate(60, 60));

    let ours: Vec<&Permission> = schema.permissions.iter().filter(|p| !p.built_in).collect();
    let slugs: Vec<&str> = ours.iter().map(|p| p.slug.as_str()).collect();
    assert_eq!(
        slugs[..6],
        [
            "products:read",
            "products:create",
            "products:update",
            "products:delete",
            "products:publish",
            "products:read_cost",
        ]
    );
    assert_eq!(ours[4].kind, PermissionKind::Action);
    assert_eq!(ours[4].uses, ["products:read", "products:update"]);
    assert_eq!(ours[5].kind, PermissionKind::Field);

    let [owner, _, editor, viewer] = schema.roles.as_slice() else {
        unreachable!("four roles in the file");
    };
    assert_eq!(owner.permissions.len(), schema.permissions.len());
    assert_eq!(
        editor.permissions,
        [
            &slugs[..6],
            &["categories:read", "orders:read", "orders:create"]
        ]
        .concat()
    );
    assert_eq!(editor.own, ["orders:update"]);
    // What it includes is inside its ceiling without being repeated there.
    assert_eq!(
        editor.ceiling.as_deref().unwrap(),
        [
            &slugs[..6],
            &["categories:read"],
            &[
                "orders:read",
                "orders:create",
                "orders:update",
                "orders:delete"
            ]
        ]
        .concat()
    );
    assert_eq!(viewer.ceiling, None);

    let products = &schema.resources[0];
    assert_eq!(products.actions[0].label.as_deref(), Some("Publish"));
    assert_eq!(products.audit, Audit::Full);
    let cost = &products.fields[3];
    assert_eq!(cost.permission.as_deref(), Some("products:read_cost"));
}

/// Whoever has a permission both ways has it wholly, by whichever role it comes.
#[test]
fn the_whole_goes_before_own_records() {
    let schema = clean(
        r#"
        app.name = "Shop"
        [roles]
        owner = { permissions = ["*"], assigns = ["*"] }
        lead = { includes = ["author"], permissions = ["posts:update"] }
        author = { permissions = ["posts:*", "posts:read:own"] }
        guest = { permissions = ["posts:read:own", "posts:publish:own", "posts:delete:own"] }
        staff = { includes = ["guest"], permissions = ["posts:read"], ceiling = ["posts:read", "posts:create"] }
        [resources.posts]
        fields.title = { type = "string" }
        actions.publish = {}
        [[tests]]
        role = "guest"
        can = ["posts:read:own", "posts:publish:own"]
        cannot = ["posts:read", "posts:publish", "posts:update:own"]
        [[tests]]
        role = "lead"
        can = ["posts:read:own", "posts:read"]
        "#,
    );
    let role = |name: &str| schema.roles.iter().find(|role| role.name == name).unwrap();
    assert_eq!(role("author").own, [""; 0]);
    assert_eq!(role("lead").permissions.len(), 5);
    assert_eq!(role("guest").permissions, [""; 0]);
    assert_eq!(
        role("guest").own,
        ["posts:read", "posts:delete", "posts:publish"]
    );
    assert_eq!(role("staff").permissions, ["posts:read"]);
    assert_eq!(role("staff").own, ["posts:delete", "posts:publish"]);
    // A tenant cannot widen what the role has for own records alone.
    let ceiling = role("staff").ceiling.as_deref().unwrap();
    assert_eq!(ceiling, ["posts:read", "posts:create"]);
}

/// Each action brings its resource's `read`; what it uses stands in the order of the catalogue.
#[test]
fn actions_use_what_they_name_and_their_own_read() {
    let schema = clean(
        r#"
        app.name = "Shop"
        roles.owner = { permissions = ["*"] }
        [resources.orders]
        fields.number = { type = "string" }
        actions.ship = { uses = ["products:read_cost", "products:update", "orders:update"] }
        actions.view = {}
        [resources.products]
        fields.cost = { type = "integer", optional = true, permission = "products:read_cost" }
        fields.margin = { type = "integer", optional = true, permission = "products:read_cost" }
        "#,
    );
    let uses = |slug: &str| {
        let found = schema.permissions.iter().find(|p| p.slug == slug);
        found.unwrap().uses.clone()
    };
    assert_eq!(
        uses("orders:ship"),
        [
            "orders:read",
            "orders:update",
            "products:update",
            "products:read_cost"
        ]
    );
    assert_eq!(uses("orders:view"), ["orders:read"]);
    let costs = schema
        .permissions
        .iter()
        .filter(|p| p.action == "read_cost");
    assert_eq!(costs.count(), 1);
}
